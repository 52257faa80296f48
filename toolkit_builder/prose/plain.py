"""A rendered fragment -> its visible words, for search, feeds, e-mail, excerpts and word counts."""

from __future__ import annotations

import html
import re

TAG = re.compile(r"(<!--.*?-->|</?[A-Za-z][^\s<>\"]*(?:\s[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*)?>)", re.DOTALL)
"""One tag of a sanitised fragment (its attribute values are in double quotes)."""

NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")

BLOCK = frozenset(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr li nav ol p pre section summary table tbody td tfoot th thead tr ul col colgroup".split()
)
"""Tags that part words."""

_MARKER = re.compile(r' data-marker="([^"]*)"')
_VALUE = re.compile(r' (?:value|start)="(-?\d+)"')
_SPACE = re.compile(r"[ \t]*\n\s*")


def plain(fragment: str) -> str:
    """The text of a fragment, a line for each block; list markers as printed, pictures as their alt text.

    Links back from footnotes are left out.
    """
    out: list[str] = []
    counters: list[int | None] = []
    skipping = False
    for position, piece in enumerate(TAG.split(fragment)):
        if position % 2 == 0:
            if piece and not skipping:
                out.append(piece)
            continue
        match = NAME.match(piece)
        name = match[1].lower() if match else ""
        closing = piece.startswith("</")
        if name == "a" and (skipping or 'class="footnote-backref"' in piece):
            skipping = not closing
        elif name in ("ol", "ul") and not closing:
            first = _VALUE.search(piece) if name == "ol" else None
            counters.append(None if name == "ul" else int(first[1]) if first else 1)
        elif name in ("ol", "ul") and counters:
            counters.pop()
        if name in BLOCK:
            out.append("\n")
        if name == "li" and not closing:
            out.append(_marker(piece, counters))
        elif name == "img" and (alt := re.search(r' alt="([^"]*)"', piece)):
            out.append(alt[1])
    return _SPACE.sub("\n", html.unescape("".join(out))).strip()


def _marker(tag: str, counters: list[int | None]) -> str:
    """What is printed before an item, and the count moved on."""
    if not counters or counters[-1] is None:
        return "• "
    given = _VALUE.search(tag)
    value = int(given[1]) if given else counters[-1]
    counters[-1] = value + 1
    printed = _MARKER.search(tag)
    return f"{printed[1]} " if printed else f"{value}. "


def excerpt(text: str, longest: int = 200) -> str:
    """The first ``longest`` characters or so, cut between words, with an ellipsis where something was cut."""
    flat = " ".join(text.split())
    if len(flat) <= longest:
        return flat
    cut = flat.rfind(" ", 0, longest)
    return flat[: cut if cut > longest // 2 else longest].rstrip(" ,;:–—-") + "…"


def count_words(text: str) -> int:
    """Words as a reader counts them: what stands between spaces and has a letter or a digit in it."""
    words = text.split()
    return len(words) - len([w for w in words if not w.isalnum() and not any(map(str.isalnum, w))])
