"""A paragraph's visible text -> its sentences, as offsets: what ``the second sentence`` means."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|viz|no|nos|mr|mrs|ms|dr|st|prof|rev|hon|para|paras|p|pp|vol|fig|art|sec|ltd|inc|co)"
    r"|\b[A-Z])\.$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}$")


def sentences(text: str) -> list[tuple[int, int]]:
    """``(start, end)`` of every sentence, its full stop included and the white space after it not."""
    found: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        stop = match.start() + len(match[0].rstrip())
        before = text[start : match.start() + 1]
        follows_digit = text[match.end() : match.end() + 1].isdigit() and before[-2:-1].isdigit() is False
        if _ABBREVIATION.search(before) and not _closes_after(before, follows_digit):
            continue
        found.append((start, stop))
        start = match.end()
    if start < len(text):
        found.append((start, len(text)))
    return found


def ends_sentence(before: str, after: str) -> bool:
    """Whether ``before`` ends a sentence (no ``Dr.``) and another one goes on in ``after``."""
    match = _END.match(before[-1:] + after) if before[-1:] in {".", "!", "?"} else None
    return match is not None and not _ABBREVIATION.search(before)


def _closes_after(before: str, follows_digit: bool) -> bool:
    """``etc.`` and initials such as ``U.K.`` may close a sentence; ``No. 4`` and ``Dr. Smith`` do not."""
    if follows_digit:
        return False
    return before.lower().endswith(" etc.") or bool(_INITIALS.search(before))
