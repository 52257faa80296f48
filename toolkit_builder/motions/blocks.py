"""The source of a motion -> its blocks, in one pass over the lines: kinds, markers, extents. Addresses come later.

What is a list is decided by the form of the markers and their sequence, not by CommonMark's rules, because real
motions write ``1)Campaign`` and ``1 Fund:``; nothing is ever dropped, every non-blank line belongs to one block.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from toolkit_builder.motions.markers import Marker, Style, as_letter, as_roman, letter_value, read_marker, roman_value
from toolkit_builder.motions.openers import OPENING_LINE, SECTION_LINE

_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_DELIMITER_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_BOLD_LINE = re.compile(r"[ \t]*(\*\*|__)(?=\S)(?:(?!\1).)+\1:?[ \t]*$")
_NOTE = re.compile(r" {0,3}(?:\[\^[^\]\s]+|\*\[[^\]]+)\]:")
_BOLD_NUMBER = re.compile(r" {0,3}(\*\*|__)\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,5})(?:[.)]|\1)")
_LOOSE_ENDS = ("-", "–", "—", ":")
_ENDS = (".", ";", ":", "!", "?", ".”", '."')
_GOES_ON = re.compile(r"(?:,|\b(?:the|a|an|of|that|which|this|our|by|to|in|at|from|with|as|for|on))$", re.IGNORECASE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


class Raw(Struct):
    """A block as scanned: offsets into the source, and for a list item its place in the nesting."""

    kind: str
    start: int
    content: int
    end: int
    line: int
    marker: Marker | None = None
    depth: int = 0
    list_no: int = 0
    labels: tuple[str, ...] = ()


class _Level(Struct):
    style: Style
    indent: int
    value: int
    content_indent: int


class _Scanner(Struct):
    blocks: list[Raw] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    lists: int = 0
    open: Raw | None = None
    after_blank: bool = True
    fence: str = ""
    width: int = 0  # of the longest line, once it is asked for

    def add(self, kind: str, start: int, content: int, end: int, line: int) -> Raw:
        raw = Raw(kind, start, content, end, line)
        self.blocks.append(raw)
        return raw

    def close(self) -> None:
        self.open = None


def scan(source: str) -> list[Raw]:
    """The blocks of a source in order; offsets count characters, ``line`` counts from 0."""
    s = _Scanner()
    lines = source.split("\n")
    offset = 0
    for number, line in enumerate(lines):
        text = line.rstrip()
        if not text:
            if not s.fence:
                s.after_blank = True
                if s.open is not None and s.open.kind != "call":
                    s.close()
        else:
            _line(s, lines, number, text, offset)
            s.after_blank = False
        offset += len(line) + 1
    return s.blocks


def _line(s: _Scanner, lines: list[str], number: int, text: str, offset: int) -> None:
    end = offset + len(text)
    if s.fence:
        _extend(s, end)
        if text.strip().startswith(s.fence):
            s.fence = ""
            s.close()
        return
    head = text.lstrip()[0]
    if head in "#`~>|<-*_=" and _special(s, text, number, lines, offset, head):
        return
    if "|" in text and s.open is None and number + 1 < len(lines) and _is_delimiter(lines[number + 1]):
        s.open = s.add("table", offset, offset, end, number)
        _end_list(s)
        return
    if s.open is not None and s.open.kind in {"table", "quote", "other"}:
        _extend(s, end)
        return
    if head in "[*" and _NOTE.match(text):
        s.close()
        _end_list(s)
    marker = read_marker(text)
    if marker is not None:
        introduced = number > 0 and lines[number - 1].rstrip().endswith(":")
        followed = not marker.strong and _followed(lines, number, marker)
        if _accept(s, marker, introduced=introduced, followed=followed):
            _item(s, marker, text, offset, number)
            return
    if s.open is not None and not s.after_blank and _stands_apart(s, lines, number, text):
        s.close()
        _end_list(s)
    _prose(s, text, offset, number)


def _followed(lines: list[str], number: int, marker: Marker) -> bool:
    """Whether the marker's successor begins a line below it: ``2 -`` after ``1 -``, a dash on the next line."""
    for line in lines[number + 1 : number + 13]:
        if not line.strip():
            continue
        other = read_marker(line)
        if other is not None and other.style.alike(marker.style):
            return marker.style.system == "bullet" or other.value == marker.value + 1
        if marker.style.system == "bullet":
            return False
    return False


def _stands_apart(s: _Scanner, lines: list[str], number: int, text: str) -> bool:
    """Whether a line begins a block of its own though no blank line says so: an opener under a point or a sentence's
    end ("This branch believes:"; "Conference calls on", where the line above had room for it), a bold number."""
    above = lines[number - 1].rstrip()
    point = s.open is not None and s.open.kind == "call"
    if SECTION_LINE.match(text):
        return point or above.endswith((".", ":", ";"))
    if _BOLD_NUMBER.match(text):
        return True
    if not OPENING_LINE.match(text) or _GOES_ON.search(above) or not (point or above.endswith(_ENDS)):
        return False
    s.width = s.width or max(len(line.rstrip()) for line in lines)
    return len(above) + 1 + len(text.split(maxsplit=1)[0]) <= s.width


def _special(s: _Scanner, text: str, number: int, lines: list[str], offset: int, head: str) -> bool:
    """Headings, rules, fences, quotes, tables and HTML; True when the line was taken."""
    end = offset + len(text)
    if head == "#" and _HEADING.match(text):
        s.close()
        _end_list(s)
        content = offset + len(text) - len(text.lstrip().lstrip("#").lstrip())
        s.add("heading", offset, content, end, number)
        return True
    if s.open is not None and s.open.kind == "paragraph" and head in "=-" and _UNDERLINE.match(text):
        s.open.kind = "heading"
        _extend(s, end)
        s.close()
        return True
    if head in "-*_" and _RULE.match(text):
        s.close()
        s.add("other", offset, offset, end, number)
        return True
    fence = _FENCE.match(text) if head in "`~" else None
    if fence:
        s.close()
        s.fence = fence[1]
        s.open = s.add("other", offset, offset, end, number)
        return True
    kind = {">": "quote", "|": "table", "<": "other"}.get(head)
    if kind is None or (head == "<" and not re.match(r"\s*<(?:[/!?]|[A-Za-z][\w-]*[\s>/])", text)):
        return False
    if s.open is not None and s.open.kind == kind:
        _extend(s, end)
        return True
    if head == "<" and s.open is not None:
        return False  # inline HTML inside a paragraph
    s.close()
    if not text.startswith((" ", "\t")):
        _end_list(s)
    content = offset + len(text) - len(text.lstrip(" >")) if kind == "quote" else offset
    s.open = s.add(kind, offset, content, end, number)
    return True


def _is_delimiter(line: str) -> bool:
    return "-" in line and "|" in line and _DELIMITER_ROW.match(line) is not None


def _extend(s: _Scanner, end: int) -> None:
    if s.open is not None:
        s.open.end = end


def _end_list(s: _Scanner) -> None:
    """Something that is no list stands between: the next item of another sequence begins a new list."""
    for level in s.levels:
        level.indent = min(level.indent, 3)


def _accept(s: _Scanner, marker: Marker, *, introduced: bool, followed: bool) -> bool:
    """Whether a marker begins an item here; in running text it must begin or continue a sequence.

    ``introduced``: the line before ends in a colon, as above a list whose first point was deleted. ``followed``: the
    marker's successor stands below it.
    """
    if marker.style.system == "bullet":
        begins = followed or (s.after_blank if marker.style.gap else introduced)  # "-Resolves" without a space
        return marker.strong or begins or any(lv.style.alike(marker.style) for lv in s.levels)
    continues = any(_next(lv, marker) and _could_join(lv, marker) for lv in s.levels)
    if marker.style.system == "number" and marker.style.after[-1:] in _LOOSE_ENDS:  # "1 - ", "1: "
        return continues or (marker.value == 1 and followed)
    if marker.style.lettered:
        return continues or (marker.label == "1a" and (s.after_blank or s.open is None or introduced))
    if continues or (s.levels and s.open is not None and s.open.kind == "call" and marker.value == 1):
        return True
    bare = not marker.style.after and not marker.style.before and marker.style.system == "number"
    if bare:
        return marker.value == 1 and (s.after_blank or s.open is None or followed)
    if s.after_blank or s.open is None or s.open.kind == "call":
        return marker.strong or marker.value == 1 or marker.style.system == "decimal"
    return marker.value == 1 or (introduced and marker.strong)


def _next(level: _Level, marker: Marker) -> bool:
    """Whether a marker's number comes after the one before: 4 and 3a after 3, 3b and 4 after 3a."""
    return marker.value == level.value + 1 or (marker.style.lettered and marker.value == level.value)


def _could_join(level: _Level, marker: Marker) -> bool:
    if level.style.alike(marker.style):
        return True
    same_frame = (level.style.before, level.style.after, level.style.upper) == (
        marker.style.before, marker.style.after, marker.style.upper)  # fmt: skip
    return same_frame and {level.style.system, marker.style.system} == {"letter", "roman"}


def _item(s: _Scanner, marker: Marker, text: str, offset: int, number: int) -> None:
    marker, depth, fresh = _settle(s, marker)
    if fresh:
        s.lists += 1
    del s.levels[depth + 1 :]
    label = marker.label
    if marker.style.system == "bullet":
        value = s.levels[depth].value + 1 if depth < len(s.levels) and not fresh else 1
        marker = Marker(marker.indent, marker.text, str(value), value, marker.style, marker.start, marker.content, True)
        label = marker.label
    level = _Level(marker.style, marker.indent, marker.value, len(text[: marker.content].expandtabs(4)))
    s.levels[depth:] = [level]
    stems = tuple(label.split(".")) if marker.style.system == "decimal" else (label,)
    s.labels[depth:] = [label]
    above = () if marker.style.system == "decimal" and depth else _outer(s.labels[:depth])
    raw = s.add("call", offset + marker.start, offset + marker.content, offset + len(text), number)
    raw.marker, raw.depth, raw.list_no = marker, depth + 1, s.lists
    raw.labels = above + stems
    s.open = raw


def _outer(labels: list[str]) -> tuple[str, ...]:
    """The labels around an item, outermost first: ``2`` and ``2.1`` are 2 and 1."""
    last = next((n for n in range(len(labels) - 1, -1, -1) if "." in labels[n]), 0)
    return tuple(part for label in labels[last:] for part in label.split("."))


def _settle(s: _Scanner, marker: Marker) -> tuple[Marker, int, bool]:
    """Which level of the nesting an item joins, and whether it begins a new list."""
    for depth in range(len(s.levels) - 1, -1, -1):
        level = s.levels[depth]
        same = _joined(level, marker)
        if same is None:
            continue
        in_order = same.style.system == "bullet" or same.value > level.value or _next(level, same)
        deeper = marker.indent >= level.content_indent and marker.indent > level.indent + 1
        if deeper and (same.value == 1 or same.style.system == "bullet"):
            break
        interrupted = s.open is None or s.open.kind != "call"
        if interrupted and depth == 0 and not (_next(level, same) and same.style.system != "bullet"):
            break
        if not in_order and depth == 0 and same.value == 1:
            break
        return same, depth, False
    inside = s.open is not None and s.open.kind == "call" and s.levels
    if inside:
        top = s.levels[-1]
        if marker.indent > top.indent + 1 or (marker.indent >= top.indent and _may_nest(top, marker)):
            return marker, len(s.levels), False
        for depth in range(1, len(s.levels)):
            if s.levels[depth - 1].indent < marker.indent <= s.levels[depth].indent:
                return marker, depth, False
    return marker, 0, True


def _may_nest(top: _Level, marker: Marker) -> bool:
    """Whether a marker of another style, not indented, begins sub-points: (a) after 1, not 1 after a bullet."""
    if top.style.alike(marker.style) or top.style.system == "bullet" != marker.style.system:
        return False
    return marker.value == 1 or marker.style.system == "bullet" or marker.style.system == "decimal"


def _joined(level: _Level, marker: Marker) -> Marker | None:
    """The marker read so as to fit a level (``i`` as letter or Roman), or None."""
    systems = {level.style.system, marker.style.system}
    if systems == {"letter", "roman"} and _could_join(level, marker):
        if level.style.system == "letter" and letter_value(marker.label) == level.value + 1:
            return as_letter(marker)
        if level.style.system == "roman" and roman_value(marker.label) == level.value + 1:
            return as_roman(marker)
        return None
    return marker if level.style.alike(marker.style) else None


def _prose(s: _Scanner, text: str, offset: int, number: int) -> None:
    end = offset + len(text)
    indent = len(text[: len(text) - len(text.lstrip())].expandtabs(4))
    if s.open is not None:
        in_item = s.open.kind == "call"
        if not in_item or not s.after_blank:
            _extend(s, end)
            return
        level = s.levels[-1]
        if indent >= max(2, min(level.content_indent, level.indent + 2)) and indent > 0:
            _extend(s, end)  # a further paragraph of the same point
            return
        s.close()
        _end_list(s)
    kind = "heading" if _BOLD_LINE.match(text) and s.after_blank else "paragraph"
    raw = s.add(kind, offset + len(text) - len(text.lstrip()), offset + len(text) - len(text.lstrip()), end, number)
    s.open = raw if kind == "paragraph" else None
