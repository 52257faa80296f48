"""Straight quotes, double hyphens and three dots in a piece of text -> the characters that print uses."""

from __future__ import annotations

import re

from toolkit_builder.motions.emphasis import HELD

_DEFAULT = ("“", "”", "‘", "’")
_QUOTES = {
    "de": ("„", "“", "‚", "‘"),
    "cs": ("„", "“", "‚", "‘"),
    "sk": ("„", "“", "‚", "‘"),
    "pl": ("„", "”", "‚", "’"),
    "hu": ("„", "”", "‚", "’"),
    "ro": ("„", "”", "‚", "’"),
    "fr": ("«\u00a0", "\u00a0»", "‘", "’"),
    "it": ("«", "»", "‘", "’"),
    "es": ("«", "»", "‘", "’"),
    "sv": ("”", "”", "’", "’"),
    "fi": ("”", "”", "’", "’"),
}
_OPENS_AFTER = frozenset(" \n\t\u00a0\u2009\u202f([{/—–-“‘„‚«=")
_ELISION = re.compile(r"(?:\d0s|\d\d\b|tis\b|twas\b|til\b|em\b|cause\b|n'|n’|bout\b|round\b)", re.IGNORECASE)
_MARK = re.compile(r"\"|'|-(?<!--)-{1,2}(?!-)|\.(?<!\.\.)\.\.(?!\.)")  # begins with a character: found sooner


def curl(text: str, before: str, language: str) -> str:
    """``text`` (HTML text, no tags) with typographer's characters; ``before`` is the visible character before it."""
    if not ('"' in text or "'" in text or "--" in text or "..." in text):
        return text
    last = (-1, " ")  # where the mark replaced last ended, and what it became: "'Nested' quotation"
    double_open, double_close, single_open, single_close = _QUOTES.get(language, _DEFAULT)
    quoting = False  # whether a double mark has opened and none has closed

    def replace(match: re.Match[str]) -> str:
        nonlocal last
        start = match.start()
        previous = last[1] if start == last[0] else _before(text, start, before)
        became = choose(match, previous)
        last = (match.end(), became[-1])
        return became

    def choose(match: re.Match[str], previous: str) -> str:
        nonlocal quoting
        mark, start, end = match.group(), match.start(), match.end()
        if mark == "...":
            return "…"
        following = text[end : end + 1]
        if following == HELD:
            following = text[end + 1 : end + 2]
        if mark[0] == "-":
            return _dash(mark, previous, following)
        opening = previous in _OPENS_AFTER and following not in ("", " ", "\n", "\u00a0")
        if start + 1 == len(text) and previous in _OPENS_AFTER:
            opening = True  # a mark of emphasis follows: "*so it began*"
        if mark == '"':
            if previous in _OPENS_AFTER and following in ("", " ", "\n", "\u00a0"):
                opening = not quoting  # 'insert " and one': a space belongs to the words that are quoted
            quoting = opening
            return double_open if opening else double_close
        if opening and _ELISION.match(text, end):
            return "’"
        if previous.isalnum() and following.isalpha():
            return "’"
        return single_open if opening else single_close

    return _MARK.sub(replace, text)


def _before(text: str, start: int, before: str) -> str:
    """The visible character before ``start``."""
    if start and text[start - 1] == HELD:
        start -= 1
    if start == 0:
        return before if before and before != HELD else " "
    return "\u00a0" if text.endswith("&nbsp;", 0, start) else text[start - 1]


def _dash(mark: str, previous: str, following: str) -> str:
    """``--`` between words or spaces is a dash; ``--open`` is the name of an option."""
    spaced = (previous.isspace() or not previous) == (following.isspace() or not following)
    if not spaced:
        return mark
    return "—" if mark == "---" else "–"
