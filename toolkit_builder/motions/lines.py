"""A ``MotionText`` -> its line map: the line numbers that belong to the text, whatever page it is set on.

Every block's visible text (marker included) is broken at a fixed measure in graphemes, greedily, at spaces; a
table counts a line for each row. Numbers run through the motion. The map is plain data, so that an edition can
keep the one it printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from typing import Any, NamedTuple

from msgspec import Struct

from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.text import Block, MotionText

MEASURE = 80

_COMPLEX = re.compile("[^\x00-\u02ff\u0370-\u0482\u0400-\u04ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")


class Line(NamedTuple):
    """One numbered line: ``number`` in the motion, ``within`` its block (both from 1), and its source offsets."""

    number: int
    block: str
    within: int
    start: int
    end: int
    text: str


class LineMap(Struct, frozen=True, dict=True):
    """All the lines of a motion at one measure."""

    measure: int
    lines: tuple[Line, ...]

    @cached_property
    def _of_block(self) -> dict[str, tuple[Line, ...]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.block, []).append(line)
        return {block: tuple(lines) for block, lines in found.items()}

    def of_block(self, block_id: str) -> tuple[Line, ...]:
        """The lines of one block, in order; empty for a block without text."""
        return self._of_block.get(block_id, ())

    def line(self, number: int) -> Line | None:
        """The line with a number of the motion, or None."""
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else None

    def at(self, offset: int) -> Line | None:
        """The line that a source offset stands on (the last that begins at or before it), or None."""
        low, high = 0, len(self.lines)
        while low < high:
            middle = (low + high) // 2
            if self.lines[middle].start <= offset:
                low = middle + 1
            else:
                high = middle
        return self.lines[low - 1] if low else None

    def to_json(self) -> dict[str, Any]:
        """Plain values: what an edition pins."""
        rows = [list(line) for line in self.lines]
        return {"measure": self.measure, "lines": rows}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LineMap:
        return cls(data["measure"], tuple(Line(*row) for row in data["lines"]))


def line_map(text: MotionText, measure: int = MEASURE) -> LineMap:
    """The line numbers of a motion; ``measure`` is in graphemes (what a reader counts as characters)."""
    lines: list[Line] = []
    for block in text.blocks:
        before, name = len(lines), block.id
        for number, (start, end, words) in enumerate(_broken(text, block, max(measure, 8)), start=before + 1):
            lines.append(Line(number, name, number - before, start, end, words))
    return LineMap(measure, tuple(lines))


def numbered(text: MotionText, lines: LineMap | None = None, *, every: int = 1) -> str:
    """Plain text with the line numbers in the margin; ``every=5`` prints each fifth only."""
    lines = lines or line_map(text)
    width = len(str(len(lines.lines)))
    out: list[str] = []
    for block in text.blocks:
        if out:
            out.append("")
        hanging = "  " * max(0, block.depth - 1)
        for line in lines.of_block(block.id):
            label = str(line.number) if line.number % every == 0 or line.number == 1 else ""
            out.append(f"{label:>{width}}  {hanging}{line.text}".rstrip())
    return "\n".join(out) + ("\n" if out else "")


def _broken(text: MotionText, block: Block, measure: int) -> Iterable[tuple[int, int, str]]:
    """``(source start, source end, visible text)`` of a block's lines."""
    if block.kind in {"table", "other"}:
        return _rows(text.source, block)
    seen = visible(text.inline(block))
    words = seen.text
    if not words:
        return [(block.start, block.end, block.marker)] if block.marker else []
    lead = f"{block.marker} " if block.marker else ""
    at, starts, ends = block.content, seen.starts, seen.ends
    first, *others = _breaks(words, measure, min(_width(lead), measure - 1))
    return [
        (block.start, at + ends[first[1] - 1], lead + words[first[0] : first[1]]),
        *[(at + starts[start], at + ends[end - 1], words[start:end]) for start, end in others],
    ]


@cache
def _graphemes() -> Callable[[str], list[str]]:
    """What cuts a text into graphemes; few texts need it."""
    import regex

    find: Callable[[str], list[str]] = regex.compile(r"\X").findall
    return find


def _breaks(text: str, measure: int, lead: int) -> list[tuple[int, int]]:
    """Greedy lines over one-space text as ``(start, end)``; a word longer than the measure is cut."""
    simple = text.isascii() or _COMPLEX.search(text) is None
    return _simple_breaks(text, measure, lead) if simple else _by_words(text, measure, lead)


def _by_words(text: str, measure: int, lead: int) -> list[tuple[int, int]]:
    """Word by word, where a reader counts some characters together."""
    found: list[tuple[int, int]] = []
    start, room, at = 0, measure - lead, 0
    end = 0
    used = 0
    for word in text.split(" "):
        size = _width(word)
        gap = 1 if used else 0
        if used and used + gap + size > room:
            found.append((start, end))
            start, room, used, gap = at, measure, 0, 0
        while size > room and not used:
            cut = len("".join(_graphemes()(word)[:room]))
            found.append((start, start + cut))
            word, start, room = word[cut:], start + cut, measure
            at = start
            size = _width(word)
        used += gap + size
        end = at + len(word)
        at = end + 1
    if end > start:
        found.append((start, end))
    return found


def _simple_breaks(text: str, measure: int, lead: int) -> list[tuple[int, int]]:
    """The same where every character counts as one: a line ends at the last space that fits."""
    found: list[tuple[int, int]] = []
    at, length, room = 0, len(text), measure - lead
    while length - at > room:
        space = text.rfind(" ", at, at + room + 1)
        end = space if space > at else at + room
        found.append((at, end))
        at = end + 1 if space > at else end
        room = measure
    if at < length:
        found.append((at, length))
    return found


def _width(text: str) -> int:
    """How many characters a reader counts."""
    return len(text) if text.isascii() or _COMPLEX.search(text) is None else len(_graphemes()(text))


def _rows(source: str, block: Block) -> Iterator[tuple[int, int, str]]:
    """A table row (or line of verbatim text) is a line; the row of dashes is not read and not counted."""
    at = block.start
    for row in source[block.start : block.end].split("\n"):
        words = row.strip()
        if words and not (block.kind == "table" and not words.strip("|-: \t")):
            said = visible(words).text if block.kind == "table" else " ".join(words.split())
            yield at, at + len(row.rstrip()), said
        at += len(row) + 1
