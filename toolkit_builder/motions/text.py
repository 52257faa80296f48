"""The Markdown body of a motion -> ``MotionText``: blocks with markers, roles and stable addresses.

The source is kept to the character; a block is a window on it. Addresses are those of the printed paper:
paragraphs are counted from 1, the preamble included (``p3``); a call is named by its printed labels (``c4``,
``c4b``), a bullet by its place; the calls of a second list carry its number (``c4-2``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, note, warning
from toolkit_builder.motions.blocks import Raw, scan
from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.markers import Style
from toolkit_builder.motions.openers import heading_opening, opening, openings

_LETTER = re.compile(r"\w")
_HEADING_END = re.compile(r"(?:[ \t]*\n[ \t]*(?:=+|-{2,})|[ \t]+#+)[ \t]*\Z")
_TERMINAL = (".", ":", ";", ",", "?", "!")


class Block(Struct, frozen=True, kw_only=True):
    """One paragraph, call, heading, table, quote or other stretch of a motion.

    ``source[start:end]`` is the block with its marker, ``source[content:end]`` its text. ``role`` is
    ``preamble`` or ``operative``; ``section`` is the opener it stands under (``notes``, ``calls on``), ``opens``
    tells whether it carries that opener itself. ``labels`` are a call's printed labels, outermost first.
    """

    kind: str
    id: str
    start: int
    content: int
    end: int
    line: int
    column: int
    number: int = 0
    marker: str = ""
    style: Style | None = None
    labels: tuple[str, ...] = ()
    value: int = 0
    depth: int = 0
    list_no: int = 0
    role: str = "preamble"
    section: str = ""
    opens: bool = False

    @property
    def is_bullet(self) -> bool:
        return self.style is not None and self.style.system == "bullet"


class Clause(Struct, frozen=True, kw_only=True):
    """What a motion asks for: a call, or a sentence hidden in a paragraph (``Conference therefore calls on``)."""

    block: str
    verb: str
    text: str


class MotionText(Struct, frozen=True, dict=True):
    """A motion's words: ``source`` to the character, ``title`` as printed, ``blocks`` in order."""

    source: str
    title: str
    path: str
    first_line: int
    blocks: tuple[Block, ...]

    @cached_property
    def _by_id(self) -> dict[str, int]:
        return {block.id: index for index, block in enumerate(self.blocks)}

    def block(self, block_id: str) -> Block | None:
        """The block with an id, or None."""
        index = self._by_id.get(block_id)
        return None if index is None else self.blocks[index]

    def index(self, block: Block) -> int:
        return self._by_id[block.id]

    @property
    def paragraphs(self) -> tuple[Block, ...]:
        return tuple(b for b in self.blocks if b.kind == "paragraph")

    @property
    def calls(self) -> tuple[Block, ...]:
        return tuple(b for b in self.blocks if b.kind == "call")

    @cached_property
    def lists(self) -> int:
        """How many separate lists of calls there are."""
        return max((b.list_no for b in self.blocks), default=0)

    def inline(self, block: Block) -> str:
        """A block's Markdown without its marker, a heading's without the line under it or the marks behind it."""
        source = self.source[block.content : block.end]
        return _HEADING_END.sub("", source) if block.kind == "heading" else source

    def text(self, block: Block) -> str:
        """A block's visible words, on one line, without its marker."""
        return visible(self.inline(block)).text

    def children(self, block: Block) -> tuple[Block, ...]:
        """The sub-points of a call, at every depth."""
        found = []
        for other in self.blocks[self.index(block) + 1 :]:
            if other.kind != "call" or other.list_no != block.list_no or other.depth <= block.depth:
                break
            found.append(other)
        return tuple(found) if block.kind == "call" else ()

    def calls_of(self, block: Block) -> tuple[Block, ...]:
        """The calls that a paragraph introduces: those that follow it at once."""
        found = []
        for other in self.blocks[self.index(block) + 1 :]:
            if other.kind != "call":
                break
            found.append(other)
        return tuple(found) if block.kind == "paragraph" else ()

    def extent(self, block: Block) -> int:
        """Where a block ends with its sub-points: an offset into the source."""
        inner = self.children(block)
        return inner[-1].end if inner else block.end

    def address(self, block: Block) -> str:
        """A block in words: ``paragraph 3``, ``point 4(b)``, ``bullet 2 under "resolves"``."""
        if block.kind == "paragraph":
            return f"paragraph {block.number}"
        if block.kind != "call":
            return f"{block.kind} {block.number}"
        first, *rest = block.labels
        words = "bullet" if block.is_bullet else "point"
        words = f"{words} {first}" + "".join(f"({label})" for label in rest)
        if self.lists > 1:
            words += f' under "{block.section}"' if self._sections_differ else f" of list {block.list_no}"
        return words

    @cached_property
    def _sections_differ(self) -> bool:
        """Whether the opener is enough to tell the lists apart."""
        pairs = {(b.list_no, b.section) for b in self.blocks if b.kind == "call" and b.depth == 1}
        names = [section for _, section in pairs]
        return all(names) and len(set(names)) == len(names)

    def clauses(self) -> Iterator[Clause]:
        """The operative clauses in order: calls under an operative opener, and sentences that ask for action."""
        for block in self.blocks:
            if block.kind == "call" and block.role == "operative":
                yield Clause(block=block.id, verb=block.section, text=self.text(block))
            elif block.kind in {"paragraph", "call"}:
                words = self.text(block)
                for found in openings(words):
                    if found.operative:
                        yield Clause(block=block.id, verb=found.verb, text=sentence_at(words, found.start))

    def words(self) -> int:
        """How many words the motion has: headings, markers and the title are not counted."""
        return sum(count_words(self.text(b)) for b in self.blocks if b.kind not in {"heading", "other"})

    def plain(self) -> str:
        """The visible text, a block a paragraph, markers as printed."""
        lines = []
        for block in self.blocks:
            words = self.inline(block) if block.kind in {"table", "other"} else self.text(block)
            gap = " " if block.marker else ""
            lines.append("  " * max(0, block.depth - 1) + block.marker + gap + words)
        return "\n\n".join(lines) + ("\n" if lines else "")

    def to_markdown(self) -> str:
        """The source, exactly."""
        return self.source

    def span(self, start: int, end: int | None = None) -> Span:
        """Offsets into the source as a place in its file."""
        line, column = self._place(start)
        end_line, end_column = self._place(start if end is None else end)
        return Span(self.path, line, column, end_line, end_column)

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.source.count("\n", 0, offset)
        return self.first_line + before, offset - (self.source.rfind("\n", 0, offset) + 1) + 1

    def source_line(self, offset: int) -> str:
        """The whole source line an offset stands on."""
        start = self.source.rfind("\n", 0, offset) + 1
        end = self.source.find("\n", offset)
        return self.source[start : len(self.source) if end < 0 else end].rstrip("\r")

    def to_json(self) -> dict[str, Any]:
        """Plain values; the blocks follow from the source and are not stored twice."""
        return {"source": self.source, "title": self.title, "path": self.path, "first_line": self.first_line}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> MotionText:
        return parse(data["source"], data["path"], data["first_line"], title=data["title"])[0]


def parse(source: str, path: str = "", first_line: int = 1, *, title: str = "") -> tuple[MotionText, list[Diagnostic]]:
    """A motion's body as blocks. ``first_line`` is the line of the file the body begins on."""
    raws = scan(source)
    _leading_headings(source, raws)
    blocks = tuple(_addressed(source, raws, first_line))
    text = MotionText(source, title, path, first_line, blocks)
    return text, [*_doubled_labels(text), *(_boxes(text) if ":::" in source else ())]


def count_words(text: str) -> int:
    """Runs of non-space that hold a letter or digit: ``20 %`` is one word, ``–`` none."""
    words = text.split()
    return len(words) - len([word for word in words if not word[0].isalnum() and not _LETTER.search(word)])


def sentence_at(text: str, offset: int) -> str:
    """The sentence of ``text`` that holds an offset."""
    from toolkit_builder.motions.sentences import sentences

    for start, end in sentences(text):
        if start <= offset < end:
            return text[start:end]
    return text


def _leading_headings(source: str, raws: list[Raw]) -> None:
    """Title lines pasted above a plain-text motion (``Social care``, a date): short, no full stop, no opener."""
    leading = []
    for raw in raws:
        if raw.kind != "paragraph":
            break
        words = source[raw.start : raw.end]
        short = all(len(line) <= 90 and not line.rstrip().endswith(_TERMINAL) for line in words.split("\n"))
        recital = words.lstrip("*_ ").lower().startswith(("whereas", "resolved"))
        runs_on = recital or words.rstrip().endswith((" and", " or"))
        if not short or runs_on or words.count("\n") > 2 or opening(words) or openings(words):
            break
        leading.append(raw)
    if leading and len(leading) < len(raws):
        for raw in leading:
            raw.kind = "heading"


def _addressed(source: str, raws: list[Raw], first_line: int) -> Iterator[Block]:
    counts: dict[str, int] = {}
    taken: set[str] = set()
    role, section = "preamble", ""
    for raw in raws:
        counts[raw.kind] = counts.get(raw.kind, 0) + 1
        marker = raw.marker
        opens = False
        if raw.kind in {"paragraph", "call"} and (raw.kind == "paragraph" or raw.depth == 1):
            found = opening(source[raw.content : raw.end])
            if found is not None and (raw.kind == "paragraph" or _whole_opener(source, raw)):
                role, section, opens = ("operative" if found.operative else "preamble"), found.verb, True
        elif raw.kind == "heading" and (found := heading_opening(source[raw.content : raw.end])) is not None:
            role, section, opens = ("operative" if found.operative else "preamble"), found.verb, True
        yield Block(
            kind=raw.kind,
            id=_id(raw, counts[raw.kind], taken),
            start=raw.start,
            content=raw.content,
            end=raw.end,
            line=first_line + raw.line,
            column=raw.start - (source.rfind("\n", 0, raw.start) + 1) + 1,
            number=counts[raw.kind],
            marker=marker.text if marker else "",
            style=marker.style if marker else None,
            labels=raw.labels,
            value=marker.value if marker else 0,
            depth=raw.depth,
            list_no=raw.list_no,
            role=role,
            section=section,
            opens=opens,
        )
        if raw.kind == "paragraph" and source[raw.content : raw.end].rstrip("*_ ").endswith(":"):
            last = openings(source[raw.content : raw.end])
            if last:  # the list that follows answers to the last opener of its introduction
                role, section = ("operative" if last[-1].operative else "preamble"), last[-1].verb


def _whole_opener(source: str, raw: Raw) -> bool:
    """A numbered paragraph may open a section: ``3. Conference calls on``."""
    found = opening(source[raw.content : raw.end])
    return found is not None and found.start == 0


def _id(raw: Raw, number: int, taken: set[str]) -> str:
    if raw.kind == "call":
        first, *rest = raw.labels
        joined = first + "".join(f".{label}" if label[0].isdigit() else label for label in rest)
        base = f"c{joined}" + (f"-{raw.list_no}" if raw.list_no > 1 else "")
    else:
        base = f"{raw.kind[0]}{number}"
    unique, again = base, 2
    while unique in taken:
        unique, again = f"{base}_{again}", again + 1
    taken.add(unique)
    return unique


_BOX = re.compile(r"^ {0,3}:::+[ \t]*\w.*$", re.MULTILINE)


def _boxes(text: MotionText) -> list[Diagnostic]:
    """Boxes belong to pages: a paper has nothing but its text."""
    return [
        warning("A102", "a motion has no boxes, so this line is shown as it was typed",
                text.span(found.start(), found.end()), hint="delete the lines that begin with ':::'; their words stay",
                source=text.source_line(found.start()))
        for found in _BOX.finditer(text.source)
    ]  # fmt: skip


def _doubled_labels(text: MotionText) -> list[Diagnostic]:
    """Two points of one list with the same label: an amendment could not say which it means."""
    found = []
    for block in text.blocks:
        if block.kind == "call" and "_" in block.id:
            span = text.span(block.start, block.start + len(block.marker))
            found.append(note("A101", f"'{block.marker}' is the label of two points of the same list", span,
                              hint="number the points so that an amendment can name each",
                              source=text.source_line(block.start)))  # fmt: skip
    return found
