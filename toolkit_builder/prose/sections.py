"""A fragment -> its pieces, one for each heading of a level: the articles of a bulletin."""

from __future__ import annotations

import html
import re

from toolkit_builder.prose.model import Section
from toolkit_builder.prose.plain import NAME, TAG

_ID = re.compile(r' id="([^"]*)"')
_NOTE_MARK = re.compile(r'<sup class="footnote-ref">.*?</sup>')
_VOID = frozenset({"br", "hr", "img", "col", "wbr"})


def split_sections(fragment: str, level: int = 2) -> tuple[Section, ...]:
    """The pieces of a sanitised fragment, cut at headings of ``level`` that stand in no box or list.

    What comes before the first heading is a section without a title, if there is any. A heading of a higher level
    cuts as well. The list of footnotes stays with the last section.
    """
    pieces = TAG.split(fragment)
    depth, start, found = 0, 0, []
    for i in range(1, len(pieces), 2):
        match = NAME.match(pieces[i])
        if match is None or match[1] in _VOID:
            continue
        name, closing = match[1], pieces[i][1] == "/"
        if not closing and depth == 0 and name[0] == "h" and name[1:].isdigit() and int(name[1]) <= level:
            found.append((start, i))
            start = i
        depth += -1 if closing else 1
    found.append((start, len(pieces)))
    return tuple(s for begin, end in found if (s := _section(pieces, begin, end, level)) is not None)


def _section(pieces: list[str], begin: int, end: int, level: int) -> Section | None:
    tag = pieces[begin]
    match = NAME.match(tag) if begin % 2 else None
    if match is None or not (match[1][0] == "h" and match[1][1:].isdigit() and int(match[1][1]) <= level):
        body = "".join(pieces[begin:end]).strip()
        return Section("", "", "", body) if body else None
    close = next(i for i in range(begin, end, 2) if pieces[i] == f"</{match[1]}>")
    inner = "".join(pieces[begin + 1 : close]).strip()
    words = TAG.sub("", _NOTE_MARK.sub("", inner))
    text = " ".join(html.unescape(words).split())
    anchor = _ID.search(tag)
    return Section(html.unescape(anchor[1]) if anchor else "", text, inner, "".join(pieces[close + 1 : end]).strip())
