"""Lines that begin with list markers -> lists, numbered exactly as printed: no number is lost, none is invented."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct, field

from toolkit_builder.prose.markers import Marker, read, split_task

_LOOKAHEAD = 80
_UNFINISHED = re.compile(r"[^.!?;:)\]”\"'’…]\s*$")
_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\b"
_POINT = re.compile(rf" {{0,3}}(\d{{1,2}}) {{1,4}}(?=[\"'“‘(*_]*[^\W\d_a-z])(?!{_MONTHS})")
HAS_POINTS = re.compile(r"^ {0,3}1 {1,4}\S", re.MULTILINE)
_LEAD_IN = re.compile(r"(?s)((?:(?![.!?]\s)[^:]){1,160}):(?=\s|$)")


class Item(Struct):
    """One item: its lines without marker and indent, the index of the first, and how it is numbered."""

    lines: list[str]
    at: int
    value: int = 0
    printed: str = ""


class Found(Struct):
    """A list that was read: its kind ("", "1", "a", "A", "i", "I"), marker shape, items, and the line after it."""

    kind: str
    shape: str
    items: list[Item] = field(default_factory=list)
    end: int = 0
    points: bool = False


def opens(
    lines: list[str], at: int, paragraph: list[str], ended: dict[tuple[str, str], int], interrupts: bool
) -> tuple[Marker, str, int] | None:
    """The marker at ``at`` if it starts a list there, with its kind and value.

    ``paragraph`` is the text it would interrupt (empty after a blank line; ``interrupts`` says which). ``ended``
    holds the last value of each kind of list seen before, so that a list may go on after a break.
    """
    marker = read(lines[at])
    if marker is None:
        return None
    if not marker.label:
        return (marker, "", 0) if not interrupts or lines[at][marker.width :].strip() else None
    after_colon = not interrupts or paragraph[-1].rstrip().endswith((":", ":-", ":–", ": –"))
    for kind, value in marker.readings():
        goes_on = ended.get((kind, marker.shape)) == value - 1 and value > 1
        if goes_on and not interrupts:
            return marker, kind, value
        first = value == 1
        sure = _sure(marker, kind) and (first or (kind == "1" and marker.shape != "(N)"))
        if after_colon and (sure or _next_follows(lines, at, marker, kind, value)):
            return marker, kind, value
        if (
            not after_colon
            and first
            and not _open_bracket(paragraph)
            and (paragraph[-1].rstrip()[-1:] in ";,.–—" or _next_follows(lines, at, marker, kind, value))
            and (_sure(marker, kind) or _next_follows(lines, at, marker, kind, value))
        ):
            return marker, kind, value
    return None


def _sure(marker: Marker, kind: str) -> bool:
    """Whether the form alone shows a list: ``A.`` and ``I.`` may be initials, ``(c)`` a copyright sign."""
    return kind == "1" or marker.shape != "N."


def _open_bracket(paragraph: list[str]) -> bool:
    text = " ".join(paragraph[-3:])
    return text.count("(") > text.count(")")


def _next_follows(lines: list[str], at: int, marker: Marker, kind: str, value: int) -> bool:
    """Whether the next item of the same list stands within the next lines."""
    for line in lines[at + 1 : at + _LOOKAHEAD]:
        other = read(line)
        if other and other.shape == marker.shape and (kind, value + 1) in other.readings():
            return True
    return False


def take(lines: list[str], at: int, marker: Marker, kind: str, value: int, breaks: Callable[[str], bool]) -> Found:
    """Read the whole list that starts at ``at``; ``breaks`` says which lines end a paragraph (a fence, a heading)."""
    found = Found(kind, marker.shape)
    while True:
        item = Item([lines[at][marker.width :]], at, value, marker.printed)
        found.items.append(item)
        at, following = _take_item(lines, at + 1, marker, found, item, breaks)
        if following is None:
            found.end = at
            return found
        marker, value = following


def _take_item(
    lines: list[str], at: int, marker: Marker, found: Found, item: Item, breaks: Callable[[str], bool]
) -> tuple[int, tuple[Marker, int] | None]:
    """Add the item's further lines; return where it ends and the marker of the next item, if one follows."""
    blank = nested = False
    for index in range(at, len(lines)):
        line = lines[index]
        if not line.strip():
            blank = True
            item.lines.append("")
            continue
        indent = len(line) - len(line.lstrip(" "))
        if indent >= marker.indent + 2 and not (indent < 4 and _sibling(line, marker, found, item, blank, near=True)):
            item.lines.append(line[min(indent, marker.width) :])
            blank = False
            continue
        sibling = _sibling(line, marker, found, item, blank)
        if sibling is not None:
            return _trimmed(item, index), sibling
        if _starts_sublist(lines, index, found):
            nested = True
            item.lines.append(line[min(indent, marker.width) :] if indent else line)
            blank = False
            continue
        if nested and read(line) is not None:
            item.lines.append(line.lstrip(" "))
            blank = False
            continue
        if not blank and not breaks(line) and (read(line) is None or found.kind):
            if read(line) is not None and not read(line).label:  # type: ignore[union-attr]
                return _trimmed(item, index), None
            item.lines.append(line)
            continue
        if blank and not breaks(line) and _carries_on(line, item, found):
            item.lines.append(line)
            blank = False
            continue
        return _trimmed(item, index), None
    return _trimmed(item, len(lines)), None


def _trimmed(item: Item, end: int) -> int:
    """Drop the item's trailing blank lines; the list ends where they begin only for the reader, not for us."""
    while len(item.lines) > 1 and not item.lines[-1].strip():
        item.lines.pop()
    return end


def _sibling(
    line: str, marker: Marker, found: Found, item: Item, blank: bool, near: bool = False
) -> tuple[Marker, int] | None:
    """The line's marker if it is the next item of this list. Gaps and repeats are kept; a wild jump in running
    text ("in clause / 12. Then") is no item. ``near``: the line is indented, so only the same depth counts."""
    other = read(line)
    if other is None or other.shape != found.shape:
        return None
    if near and other.indent != marker.indent:
        return None
    if not found.kind:
        return (other, 0) if abs(other.indent - marker.indent) <= 1 else None
    for kind, value in other.readings():
        if kind != found.kind:
            continue
        step = value - item.value
        if step == 1 or (kind == "1" and (0 <= step <= 5 or (blank and not near))):
            return other, value
        if kind != "1" and (other.printed == item.printed or (0 < step <= 3 and len(other.readings()) == 1)):
            return other, value
    return None


def _starts_sublist(lines: list[str], at: int, found: Found) -> bool:
    """``a)`` after ``1)``, ``(i)`` after ``(a)``: a list inside the item, though nothing is indented."""
    other = read(lines[at])
    if other is None or not found.kind or not other.label:
        return False
    order = {"1": 0, "A": 1, "a": 1, "I": 2, "i": 2}
    return any(
        value == 1
        and (order[kind] > order[found.kind] or (kind == "i" and found.kind in "Aa1"))
        and (other.shape != "N." or _next_follows(lines, at, other, kind, value))
        for kind, value in other.readings()
    )


def _carries_on(line: str, item: Item, found: Found) -> bool:
    """Whether a paragraph that starts in small letters finishes an item broken in mid-sentence."""
    if not found.kind or line[0] == " " or not line[0].islower():
        return False
    text = next((each for each in reversed(item.lines) if each.strip()), "")
    return bool(_UNFINISHED.search(text)) or text.rstrip().endswith((":", ","))


# --- numbered points without a dot ("1 Lead-in: body") ------------------------------------------------------


def find_points(lines: list[str]) -> dict[int, int]:
    """Line index -> number of each point of a plan: 1, 2, 3 ... at the start of paragraphs, with a lead-in.

    A number and a capital letter alone prove nothing ("12 June was", "30 Members came"): it takes a sequence that
    starts at 1, and a colon in each point, or a step of exactly one.
    """
    candidates: list[tuple[int, int, bool]] = []
    for index, line in enumerate(lines):
        match = _POINT.match(line) if line[:4].strip()[:1].isdigit() else None
        if match:
            starts = index == 0 or not lines[index - 1].strip()
            colon = bool(_LEAD_IN.match(_paragraph_at(lines, index)[match.end() :]))
            if starts or colon:
                candidates.append((index, int(match[1]), colon))
    best: list[tuple[int, int, bool]] = []
    for begin, (_, number, _) in enumerate(candidates):
        if number == 1:
            run = [candidates[begin]]
            for each in candidates[begin + 1 :]:
                step = each[1] - run[-1][1]
                if step == 1 or (each[2] and 0 <= step <= 3):
                    run.append(each)
            if len(run) > len(best):
                best = run
            if len(best) > 1:
                break
    enough = len(best) > 1 and (best[0][2] or sum(each[2] for each in best) * 2 >= len(best) or len(best) > 2)
    return {index: number for index, number, _ in best} if enough else {}


def _paragraph_at(lines: list[str], at: int) -> str:
    end = at
    while end < min(len(lines), at + 6) and lines[end].strip():
        end += 1
    return " ".join(lines[at:end])


def take_points(lines: list[str], at: int, points: dict[int, int], breaks: Callable[[str], bool]) -> Found:
    """Read the points from ``at`` on, up to the first thing that is no point and does not finish one."""
    found = Found("1", "N", points=True)
    index = at
    while index < len(lines):
        match = _POINT.match(lines[index]) if index in points else None
        if match is None:
            break
        item = Item([lines[index][match.end() :]], index, points[index], match[1])
        found.items.append(item)
        index = _take_point(lines, index + 1, points, item, breaks)
    found.end = index
    return found


def _take_point(lines: list[str], at: int, points: dict[int, int], item: Item, breaks: Callable[[str], bool]) -> int:
    blank = False
    for index in range(at, len(lines)):
        line = lines[index]
        if not line.strip():
            blank = True
            item.lines.append("")
            continue
        if index in points or breaks(line):
            return _trimmed(item, index)
        last = next(each for each in reversed(item.lines) if each.strip())
        indented = line.startswith("  ")
        unfinished = line[0].islower() or last.rstrip().endswith((":", ","))
        if blank and not indented and not unfinished:
            return _trimmed(item, index)
        item.lines.append(line[min(len(line) - len(line.lstrip(" ")), 3) :] if blank and indented else line)
        blank = False
    return _trimmed(item, len(lines))


def lead_in(text: str) -> tuple[str, str]:
    """``Urgent plan: fill posts`` -> (``Urgent plan:``, `` fill posts``); ("", text) where there is no lead-in."""
    match = _LEAD_IN.match(text)
    if not match or "*" in match[1] or "[" in match[1] or "`" in match[1] or "<" in match[1] or "\n\n" in match[1]:
        return "", text
    return text[: match.end()], text[match.end() :]


# --- writing ------------------------------------------------------------------------------------------------


def open_tag(found: Found) -> str:
    """``<ol start="3" class="marked">``: a class where the printed marker is not the browser's own."""
    if not found.kind:
        return "<ul>"
    attributes = f' start="{found.items[0].value}"' if found.items[0].value != 1 else ""
    if found.kind != "1":
        attributes += f' type="{found.kind}"'
    if found.points:
        attributes += ' class="points"'
    elif found.shape != "N.":
        attributes += f' class="{"bracketed" if found.shape == "(N)" else "half-bracketed"}"'
    return f"<ol{attributes}>"


def item_attributes(found: Found, position: int) -> str:
    """The number as printed: ``value`` where it is not one more than the last, the marker where it is not ``1.``"""
    item = found.items[position]
    if not found.kind:
        return ""
    attributes = ""
    if position and item.value != found.items[position - 1].value + 1:
        attributes += f' value="{item.value}"'
    if found.shape != "N." or (found.kind == "1" and item.printed != f"{item.value}."):
        attributes += f' data-marker="{item.printed}"'
    return attributes


def ticked(item: Item) -> bool | None:
    """Whether the item starts with a box to tick, and how it stands; the box is taken off its text."""
    item.lines[0], state = split_task(item.lines[0])
    return state
