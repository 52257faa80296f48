"""New text in which a mover marked the changes (struck, bold, underlined, in brackets) -> the text as it is to read.

Which mark means what is never guessed: with the insertions left out and the deletions left in, the text must be the
printed one, word for word. Marks that can only be marks of changes and do not fit are a problem.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import product

from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.text import parse

_STRUCK = re.compile(r"~~(?P<a>.+?)~~|<(?P<tag>del|s|strike)>(?P<b>.+?)</(?P=tag)>", re.DOTALL | re.IGNORECASE)
_UNDERLINED = re.compile(r"<(?P<tag>ins|u)>(?P<a>.+?)</(?P=tag)>|\+\+(?P<b>.+?)\+\+", re.DOTALL | re.IGNORECASE)
_BOLD = re.compile(r"\*\*(?P<a>.+?)\*\*|__(?P<b>.+?)__", re.DOTALL)
_BRACKETS = re.compile(
    r"\[(?P<what>(?:add|insert|new|delete|remove)\s*:\s*)?(?P<a>[^\[\]]+)(?P<b>)\](?!\()", re.IGNORECASE
)
_ANY = re.compile(r"~~|\*\*|__|<(?:del|s|strike|ins|u)>|\+\+|\[", re.IGNORECASE)
_ALIKE = 0.6


def has_marks(text: str) -> bool:
    """Whether there is anything in a text that might mark a change."""
    return _ANY.search(text) is not None


def surely_marked(text: str) -> bool:
    """Whether a text holds marks that have no other meaning."""
    return _STRUCK.search(text) is not None or _UNDERLINED.search(text) is not None


def as_to_read(new: str, printed: str) -> str | Problem:
    """``new`` without its marks, if they are marks of changes to ``printed``; ``new`` itself if it has none."""
    if not has_marks(new):
        return new
    wanted = _words(printed)
    readings: dict[str, str] = {}
    for old, accepted, marks in _readings(new):
        if marks and _words(old) == wanted:
            readings.setdefault(_words(accepted), accepted)
    if len(readings) == 1:
        return next(iter(readings.values()))
    if surely_marked(new) or (_BRACKETS.search(new) and "[" not in printed and _likeness(new, printed) > _ALIKE):
        return Problem(
            "A316",
            "the new text is marked with changes, but without them it is not the printed text",
            'write the text as it is to read, without marks; or: delete "X" and insert "Y"',
        )
    return new


def _readings(new: str) -> Iterator[tuple[str, str, bool]]:
    """``(the old text, the new text, whether marks were used)`` for each way in which the marks may be meant."""
    for brackets, bold in product(("out", "in", ""), ("in", "")):
        old = _UNDERLINED.sub("", _STRUCK.sub(_inner, new))
        accepted = _UNDERLINED.sub(_inner, _STRUCK.sub("", new))
        marks = surely_marked(new)
        if bold:
            old, accepted, marks = _BOLD.sub("", old), _BOLD.sub(_inner, accepted), marks or bool(_BOLD.search(new))
        if brackets:
            marks = marks or bool(_BRACKETS.search(new))
            old = _BRACKETS.sub(lambda m, b=brackets: m["a"] if _goes(m, b) else "", old)  # type: ignore[misc]
            accepted = _BRACKETS.sub(lambda m, b=brackets: "" if _goes(m, b) else m["a"], accepted)  # type: ignore[misc]
        yield old, _tidy(accepted), marks


def _goes(match: re.Match[str], brackets: str) -> bool:
    said = (match["what"] or "").lower()
    return said.startswith(("delete", "remove")) if said else brackets == "out"


def _inner(match: re.Match[str]) -> str:
    return match["a"] or match["b"] or ""


def _tidy(text: str) -> str:
    """No doubled spaces, and none before punctuation, where words were left out."""
    return re.sub(r"[ \t]+(?=[,.;:!?)])", "", re.sub(r"(?<=\S)[ \t]{2,}", " ", text)).strip()


def _words(source: str) -> str:
    text = parse(source)[0]
    words = " ".join(folded_text(text.inline(block)) for block in text.blocks)
    return re.sub(r"\s+(?=[,.;:!?)])", "", " ".join(words.split()))


def _likeness(new: str, printed: str) -> float:
    return difflib.SequenceMatcher(None, _words(printed).split(), _words(new).split(), autojunk=False).ratio()
