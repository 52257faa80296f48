"""A ``MotionText`` -> its line map: the line numbers that belong to the text, whatever page it is set on.

Every block's visible text (marker included) is broken at a fixed measure in graphemes, greedily, at spaces; a
table counts a line for each row. Numbers run through the motion. The map is plain data, so that an edition can
keep the one it printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex

from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.text import Block, MotionText

MEASURE = 80

_COMPLEX = re.compile("[^\x00-\u02ff\u0370-\u0482\u0400-\u04ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")
_GRAPHEME = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered line: ``number`` in the motion, ``within`` its block (both from 1), and its source offsets."""

    number: int
    block: str
    within: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class LineMap:
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
        rows = [[ln.number, ln.block, ln.within, ln.start, ln.end, ln.text] for ln in self.lines]
        return {"measure": self.measure, "lines": rows}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LineMap:
        return cls(data["measure"], tuple(Line(*row) for row in data["lines"]))


def line_map(text: MotionText, measure: int = MEASURE) -> LineMap:
    """The line numbers of a motion; ``measure`` is in graphemes (what a reader counts as characters)."""
    lines: list[Line] = []
    for block in text.blocks:
        for within, (start, end, words) in enumerate(_broken(text, block, max(measure, 8)), start=1):
            lines.append(Line(len(lines) + 1, block.id, within, start, end, words))
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


def _broken(text: MotionText, block: Block, measure: int) -> Iterator[tuple[int, int, str]]:
    """``(source start, source end, visible text)`` of a block's lines."""
    if block.kind in {"table", "other"}:
        yield from _rows(text.source, block)
        return
    seen = visible(text.inline(block))
    if not seen.text:
        if block.marker:
            yield block.start, block.end, block.marker
        return
    lead = f"{block.marker} " if block.marker else ""
    for number, (start, end) in enumerate(_breaks(seen.text, measure, _width(lead))):
        first = number == 0
        source_start = block.start if first else block.content + seen.starts[start]
        yield source_start, block.content + seen.ends[end - 1], (lead if first else "") + seen.text[start:end]


def _breaks(text: str, measure: int, lead: int) -> Iterator[tuple[int, int]]:
    """Greedy lines over one-space text as ``(start, end)``; a word longer than the measure is cut."""
    simple = text.isascii() or _COMPLEX.search(text) is None
    if simple and lead < measure:
        yield from _simple_breaks(text, measure, lead)
        return
    start, room, at = 0, measure - lead, 0
    end = 0
    used = 0
    for word in text.split(" "):
        size = len(word) if simple else _width(word)
        gap = 1 if used else 0
        if used and used + gap + size > room:
            yield start, end
            start, room, used, gap = at, measure, 0, 0
        while size > room and not used:
            cut = room if simple else len("".join(_GRAPHEME.findall(word)[:room]))
            yield start, start + cut
            word, start, room = word[cut:], start + cut, measure
            at = start
            size = len(word) if simple else _width(word)
        used += gap + size
        end = at + len(word)
        at = end + 1
    if end > start:
        yield start, end


def _simple_breaks(text: str, measure: int, lead: int) -> Iterator[tuple[int, int]]:
    """The same where every character counts as one: a line ends at the last space that fits."""
    at, room = 0, measure - lead
    while len(text) - at > room:
        space = text.rfind(" ", at, at + room + 1)
        end = space if space > at else at + room
        yield at, end
        at = end + 1 if space > at else end
        room = measure
    if at < len(text):
        yield at, len(text)


def _width(text: str) -> int:
    """How many characters a reader counts."""
    return len(text) if text.isascii() or _COMPLEX.search(text) is None else len(_GRAPHEME.findall(text))


def _rows(source: str, block: Block) -> Iterator[tuple[int, int, str]]:
    """A table row (or line of verbatim text) is a line; the row of dashes is not read and not counted."""
    at = block.start
    for row in source[block.start : block.end].split("\n"):
        words = row.strip()
        if words and not (block.kind == "table" and not words.strip("|-: \t")):
            yield at, at + len(row.rstrip()), " ".join(words.split())
        at += len(row) + 1
