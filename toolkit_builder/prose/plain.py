"""A rendered fragment -> its visible words, for search, feeds, e-mail, excerpts and word counts."""

from __future__ import annotations

import html
import re

from msgspec import Struct

from toolkit_builder.motions.tags import names
from toolkit_builder.patterns import pattern

TAG = pattern(r"(<!--.*?-->|</?[A-Za-z][^\s<>\"]*(?:\s[^<>\"]*(?:\"[^\"]*\"[^<>\"]*)*)?>)", re.DOTALL)
"""One tag of a sanitised fragment (its attribute values are in double quotes)."""

NAME = pattern(r"</?([A-Za-z][A-Za-z0-9]*)")

BLOCK = names(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 "
    "h6 header hr li nav ol p pre section summary table tbody td tfoot th thead tr ul col colgroup"
)
"""Tags that part words."""

_MARKER = pattern(r' data-marker="([^"]*)"')
_VALUE = pattern(r' (?:value|start)="(-?\d+)"')
_TYPE = pattern(r' type="([1aAiI])"')


class _List(Struct):
    """A list being written: its kind of numbering ("" for bullets) and the number of its next item."""

    kind: str
    value: int


def plain(fragment: str) -> str:
    """The text of a fragment, a line for each block; list markers as printed, pictures as their alt text.

    Links back from footnotes are left out.
    """
    out: list[str] = []
    lists: list[_List] = []
    marker = ""
    skipping = False
    for position, piece in enumerate(TAG.split(fragment)):
        if position % 2 == 0:
            if piece and not skipping:
                if marker and not piece.isspace():
                    out.append(marker)
                    marker, piece = "", piece.lstrip()
                out.append(piece)
            continue
        match = NAME.match(piece)
        name = match[1].lower() if match else ""
        closing = piece.startswith("</")
        if name == "a" and (skipping or 'class="footnote-backref"' in piece):
            skipping = not closing
        elif name in ("ol", "ul"):
            if not closing:
                lists.append(_opened(name, piece))
            elif lists:
                lists.pop()
        if name in BLOCK:
            out.append("\n")
        if name == "li":
            marker = "" if closing else _marker(piece, lists)
        elif name == "img" and (alt := re.search(r' alt="([^"]*)"', piece)):
            out.append(marker + alt[1])
            marker = ""
    lines = html.unescape("".join(out)).split("\n")
    return "\n".join(stripped for line in lines if (stripped := line.strip(" \t")))


def _opened(name: str, tag: str) -> _List:
    if name == "ul":
        return _List("", 0)
    kind, first = _TYPE.search(tag), _VALUE.search(tag)
    return _List(kind[1] if kind else "1", int(first[1]) if first else 1)


def _marker(tag: str, lists: list[_List]) -> str:
    """What is printed before an item, and the count moved on."""
    if not lists or not lists[-1].kind:
        return "• "
    current = lists[-1]
    given = _VALUE.search(tag)
    value = int(given[1]) if given else current.value
    current.value = value + 1
    printed = _MARKER.search(tag)
    return f"{printed[1]} " if printed else f"{label(current.kind, value)}. "


def label(kind: str, value: int) -> str:
    """A number in the numbering of a list's ``type``: 2 is ``2``, ``b``, ``B``, ``ii`` or ``II``."""
    if kind in "aA" and 0 < value <= 26:
        return chr(ord(kind) + value - 1)
    if kind in "iI" and 0 < value < 40:
        roman = "x" * (value // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[value % 10]
        return roman if kind == "i" else roman.upper()
    return str(value)


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
