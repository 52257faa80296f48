"""Text -> the same text with everything that agendas get wrong in quoting folded away, and the way back.

Quotation marks and apostrophes are one character, dashes one (without the spaces around them), white space one
space, ligatures and accents decomposed, soft hyphens gone. ``starts``/``ends`` lead each folded character back to
the source, so that whatever is found is exact there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from toolkit_builder.motions.inline import visible

_QUOTES = "'\"‘’‚‛“”„‟«»‹›`´′″"
_DASHES = "-‐‑‒–—―−"
_GONE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_FOLD = {ord(c): "'" for c in _QUOTES} | {ord(c): "-" for c in _DASHES} | {ord(c): "" for c in _GONE} | {0x2026: "..."}


class Folded(Struct, frozen=True):
    """``text`` folded; character ``i`` stands for ``source[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@lru_cache(maxsize=8192)
def fold(source: str) -> Folded:
    """Inline Markdown, its visible text folded."""
    seen = visible(source)
    notes = "[^" in source
    if seen.text.isascii() and not notes and not any(c in seen.text for c in "-\"'`"):
        return Folded(seen.text, seen.starts, seen.ends)
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for char, start, end in zip(seen.text, seen.starts, seen.ends, strict=True):
        if notes and end - start > 1 and source.startswith("[^", start):
            continue  # nobody quotes the mark of a footnote
        folded = _FOLD.get(ord(char))
        if folded is None:
            folded = char if char.isascii() else unicodedata.normalize("NFKD", char)
        if folded == "-" and (char == "—" or (chars and chars[-1] == " ")):
            folded = "–"  # a dash, however it is set; hyphens have no spaces
            if chars and chars[-1] == " ":
                chars.pop(), starts.pop(), ends.pop()
        if folded == " " and chars and chars[-1] in "-–":
            chars[-1] = "–"
            continue
        if folded == "'" and chars and chars[-1] == "'" and start == ends[-1]:
            ends[-1] = end  # two single marks for one double
            continue
        for one in folded:
            chars.append(one)
            starts.append(start)
            ends.append(end)
    return Folded("".join(chars), tuple(starts), tuple(ends))


def folded_text(source: str) -> str:
    """The folded words only."""
    return fold(source).text
