"""``::: name "title" {attributes}`` ... ``:::`` -> boxes, contact panels, pull quotes and their like."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from toolkit_builder.diagnostics import Severity
from toolkit_builder.prose.engine import ATTRIBUTES, attribute_html, escape_all

if TYPE_CHECKING:
    from toolkit_builder.prose.blocks import _Scan

_FENCE = re.compile(r" {0,3}(?P<colons>:{3,})[ ]*(?P<name>[A-Za-z][\w-]*)?(?P<rest>.*)$")
_CODE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FROM = re.compile(r"\bfrom=(?:\"([^\"]*)\"|“([^”]*)”|'([^']*)'|(\S+))")
_RANGE = re.compile(r"(\d{1,2})(?:\s*(?:-|–|to|or)\s*(\d{1,2}))?\b")
_TITLED = re.compile(r"[\"“](.*)[\"”]$")
_CHOOSE = {"en": ("Choose", "or", "to"), "cy": ("Dewiswch", "neu", "i")}
_FROM_WORD = {"en": "From", "cy": "Gan"}


_PHONE = re.compile(r"(?<![\w£.,/-])(?:\+?\d[\d ()-]{8,16}\d)(?![\w.,/-]*\d)")
_REACHED = re.compile(
    r"@[\w-]+\.|\bwww\.|https?://|\b(?:tel|phone|textphone|minicom|e-?mail|fax|mobile)\b", re.IGNORECASE
)
_NAME_AND_MAIL = re.compile(r"[^\W\d_][\w .'’-]{2,40}: ?\S+@\S+")


def is_contact(lines: list[str]) -> bool:
    """Whether a paragraph is a contact panel though nobody marked it: short lines, two of which say how to reach
    somebody (a number, an address, the web), or one line of a name and an e-mail address."""
    if len(lines) == 1:
        return len(lines[0]) < 100 and "@" in lines[0] and bool(_NAME_AND_MAIL.fullmatch(lines[0].strip()))
    if not 3 <= len(lines) <= 20 or max(map(len, lines)) > 60:
        return False
    if any(line.rstrip().endswith((".", ":")) and len(line) > 45 for line in lines):
        return False
    reached = sum(bool(_PHONE.search(line)) or bool(_REACHED.search(line)) for line in lines)
    return reached >= 2 and any(map(_PHONE.search, lines))


class Head(Struct):
    """The opening line, taken apart. ``number`` is a range for ``choose`` (low, high) or columns (n, n)."""

    name: str
    title: str
    origin: str
    number: tuple[int, int] | None
    attributes: str


def pair(lines: list[str]) -> dict[int, int]:
    """Opening line -> closing line for every container of these lines; an unclosed one is missing.

    A bare fence closes the innermost container with as many colons, or the innermost of all.
    """
    pairs: dict[int, int] = {}
    stack: list[tuple[int, int]] = []
    code = ""
    for index, line in enumerate(lines):
        if (mark := _CODE.match(line)) is not None:
            code = "" if code and mark[1].startswith(code) else code or mark[1][:3]
        if code or ":::" not in line or not (match := _FENCE.match(line)):
            continue
        colons = len(match["colons"])
        if match["name"]:
            stack.append((index, colons))
        elif stack and not match["rest"].strip():
            position = next((k for k in range(len(stack) - 1, -1, -1) if stack[k][1] == colons), len(stack) - 1)
            pairs[stack[position][0]] = index
            del stack[position:]
    return pairs


def read(scan: _Scan, i: int) -> int | None:
    """Write the container that opens at ``i``; the index after it. None where the line is only text."""
    line = scan.lines[i]
    match = _FENCE.match(line)
    context, at = scan.s.context, scan.base + i
    if not match or (not match["name"] and match["rest"].strip()):
        return None
    if not match["name"]:
        context.report(
            Severity.WARNING, "P109", "this line closes a box, but none is open", at, find=match["colons"],
            hint="delete it, or write the name of a box after the colons to open one",
        )  # fmt: skip
        return i + 1
    end = scan.closers.get(i)
    if end is None:
        context.report(
            Severity.ERROR, "P108", f"the box '{match['name']}' that opens here is never closed", at,
            find=line.strip(), hint=f"write {match['colons']} on a line of its own where it ends",
        )  # fmt: skip
        end = len(scan.lines)
    head = _head(match["name"], match["rest"])
    write = _WRITERS.get(head.name)
    if write is None:
        near = difflib.get_close_matches(head.name, NAMES, 1, 0.5)
        context.report(
            Severity.ERROR, "P107", f"there is no box called '{match['name']}'", at, find=match["name"],
            hint=f"did you mean {near[0]}?" if near else f"the boxes are: {', '.join(NAMES)}",
        )  # fmt: skip
        write = _unknown
        if head.name != match["name"].lower() or not near:
            head.title = f"{match['name']} {head.title}".strip()
    scan.add(write(scan, head, scan.lines[i + 1 : end], i))
    return min(end + 1, len(scan.lines))


def _head(name: str, rest: str) -> Head:
    head = Head(name.lower(), "", "", None, "")
    rest = rest.rstrip()
    given = ATTRIBUTES.fullmatch(rest, rest.rfind("{")) if rest.endswith("}") else None
    if given is not None:
        head.attributes = attribute_html(given[1])
        rest = rest[: given.start()]
    if head.name == "quote" and (origin := _FROM.search(rest)) is not None:
        head.origin = next(group for group in origin.groups() if group is not None)
        rest = rest[: origin.start()] + rest[origin.end() :]
    rest = rest.strip()
    if head.name in {"choose", "columns"} and (number := _RANGE.match(rest)) is not None:
        head.number = (int(number[1]), int(number[2] or number[1]))
        rest = rest[number.end() :].strip()
    titled = _TITLED.fullmatch(rest)
    head.title = titled[1] if titled else rest
    return head


def _wrap(scan: _Scan, head: Head, lines: list[str], i: int, tag: str, more: str = "", title: str = "") -> str:
    """The box itself; an attribute list on the opening line adds to it."""
    attributes = f' class="{head.name}"'
    if ' class="' in head.attributes:
        attributes = head.attributes.replace(' class="', f' class="{head.name} ', 1)
    else:
        attributes += head.attributes
    text = title or head.title
    heading = f'<p class="{head.name}-title">{scan.s.inline(text, scan.base + i)}</p>\n' if text else ""
    body = scan.s.html(lines, scan.base + i + 1, scan.depth + 1)
    return f"<{tag}{attributes}{more}>\n{heading}{body}\n</{tag}>"


def _aside(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    return _wrap(scan, head, lines, i, "aside")


def _by_line(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    """Contact panels and orders of business are read line by line, as they were typed."""
    scan.s.break_lines += 1
    try:
        return _wrap(scan, head, lines, i, "section" if head.name == "today" else "aside")
    finally:
        scan.s.break_lines -= 1


def _pull_quote(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    """A last line that starts with a dash says whose words they are."""
    last = next((k for k in range(len(lines) - 1, -1, -1) if lines[k].strip()), -1)
    caption = ""
    if last >= 0 and re.match(r"\s*(?:—|–|---?)\s*\S", lines[last]):
        name = re.sub(r"^\s*(?:—|–|---?)\s*", "", lines[last])
        caption = f"<figcaption>— {scan.s.inline(name.strip(), scan.base + i + 1 + last)}</figcaption>\n"
        lines = lines[:last]
    inner = Head("pullquote", "", "", None, "")
    body = scan.s.html(lines, scan.base + i + 1, scan.depth + 1)
    title = f'<p class="pullquote-title">{scan.s.inline(head.title, scan.base + i)}</p>\n' if head.title else ""
    inner.attributes = head.attributes
    return (
        f'<figure class="pullquote"{head.attributes if " class=" not in head.attributes else ""}>\n{title}'
        f"<blockquote>\n{body}\n</blockquote>\n{caption}</figure>"
    )


def _other_papers(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    """Another union's words: references in them are to that union's papers, so none is linked."""
    body = scan.s.html(lines, scan.base + i + 1, scan.depth + 1)
    title = f'<p class="quote-title">{scan.s.inline(head.title, scan.base + i)}</p>\n' if head.title else ""
    word = _FROM_WORD.get(scan.s.context.lang.split("-")[0].lower(), "From")
    origin = f"\n<figcaption>{word}: {escape_all(head.origin)}</figcaption>" if head.origin else ""
    return f'<figure class="quote">\n<blockquote class="other-papers">\n{title}{body}\n</blockquote>{origin}\n</figure>'


def _choose(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    low, high = head.number or (1, 1)
    choose, either, to = _CHOOSE.get(scan.s.context.lang.split("-")[0].lower(), _CHOOSE["en"])
    span = f"{low}" if low == high else f"{low} {either if high == low + 1 else to} {high}"
    return _wrap(scan, head, lines, i, "div", f' data-min="{low}" data-max="{high}"', head.title or f"{choose} {span}")


def _columns(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    count = max(1, min(head.number[0] if head.number else 2, 4))
    return _wrap(scan, head, lines, i, "div", f' data-count="{count}"')


def _note(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    return _wrap(scan, head, lines, i, "aside", ' role="note"')


def _placed(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    """A side of a sheet or a panel of a folded leaflet: its first word says which one, and becomes a class."""
    place, _, title = head.title.partition(" ")
    if re.fullmatch(r"[a-z]+(?:-[a-z]+)*", place):
        titled = _TITLED.fullmatch(title.strip())
        head.title = titled[1] if titled else title.strip()
        more = f"{head.name}-{place}"
        if ' class="' in head.attributes:
            head.attributes = head.attributes.replace(' class="', f' class="{more} ', 1)
        else:
            head.attributes += f' class="{more}"'
    return _wrap(scan, head, lines, i, "section")


def _unknown(scan: _Scan, head: Head, lines: list[str], i: int) -> str:
    title = f"<p>{scan.s.inline(head.title, scan.base + i)}</p>\n" if head.title else ""
    return f"<div>\n{title}{scan.s.html(lines, scan.base + i + 1, scan.depth + 1)}\n</div>"


_WRITERS: dict[str, Callable[[_Scan, Head, list[str], int], str]] = {
    "box": _aside,
    "choose": _choose,
    "columns": _columns,
    "contact": _by_line,
    "guidance": _note,
    "note": _note,
    "panel": _placed,
    "pullquote": _pull_quote,
    "quote": _other_papers,
    "side": _placed,
    "today": _by_line,
}
NAMES = tuple(_WRITERS)
"""The boxes there are."""
