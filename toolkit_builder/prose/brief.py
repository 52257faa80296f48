"""One line's text in; what ``prose.inline`` makes of it out, at once, where its only marks are emphasis and links.

Most lines of most papers are such. They need neither Markdown's patterns nor the sanitiser nor a walk over tags: what
comes out is known to the byte. For any other text None comes out, and it goes the long way.
"""

from __future__ import annotations

from functools import lru_cache

from toolkit_builder.motions.emphasis import HELD
from toolkit_builder.prose.sanitise import clean
from toolkit_builder.prose.simple import has_marks, simple_pieces
from toolkit_builder.prose.typography import curl

_LONGEST = 2000
"""A longer text may hold more marks than are read at all (see ``blocks``)."""

_NAMES = ("", "em", "strong")


def inline(text: str, language: str) -> str | None:
    """The finished fragment, or None where the text needs more than is known here. ``language`` as in ``curl``."""
    if ("@" in text or ">" in text or "www." in text or "[^" in text or len(text) > _LONGEST
            or not text.replace("\n", "").replace(HELD, "").isprintable()):  # fmt: skip
        return None
    if not has_marks(text):
        return None if "://" in text else curl(text.strip(), " ", language)
    pieces = simple_pieces(text)
    if pieces is None:
        return None
    pieces[0] = pieces[0].lstrip()
    pieces[-1] = pieces[-1].rstrip()
    brackets = "](" not in text  # then they are only brackets
    out: list[str] = []
    before = " "
    for at, plain in enumerate(pieces[::5]):
        if plain:
            if "://" in plain or not (brackets or ("[" not in plain and "]" not in plain)):
                return None
            out.append(curl(plain, before, language))
            before = out[-1][-1]
        if 5 * at + 1 == len(pieces):
            break
        run, words, label, target = pieces[5 * at + 1 : 5 * at + 5]
        opening = f"<{_NAMES[len(run)]}>" if run else _link(target)
        if not opening or (run and "://" in words):
            return None
        words = curl(words if run else label, before, language)
        before = words[-1]
        out += (opening, words, f"</{_NAMES[len(run)]}>" if run else "</a>")
    return "".join(out)


@lru_cache(maxsize=4096)
def _link(target: str) -> str:
    """The opening tag of a link that the sanitiser leaves as it is; empty where it has something against it."""
    tag = f'<a href="{target}">'
    return tag if clean(f"{tag}x</a>") == f"{tag}x</a>" else ""
