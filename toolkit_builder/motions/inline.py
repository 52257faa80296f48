"""Inline Markdown -> the words a reader sees, with the place in the source of each character.

Only what changes the visible characters is understood (emphasis, code, links, footnote references, escapes,
entities, white space); everything else passes through, so nothing is ever lost.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

_MARKUP = re.compile(
    r"\\(?P<escape>[\\`*_{}\[\]()#+\-.!|<>])"
    r"|(?P<code>`+)(?P<codetext>(?:(?!`).)+)(?P=code)"
    r"|!?\[(?P<label>[^\[\]]*)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)"
    r"|\[\[(?P<mention>[^\[\]<>|]{1,120})(?:\|(?P<said>[^\[\]]{1,300}))?\]\]"
    r"|(?P<footnote>\[\^[^\]\s]+\])"
    r"|(?P<strong>\*{1,3})(?=\S)|(?P<strongend>(?<=\S)\*{1,3})"
    r"|(?<![\w_])(?P<under>_{1,3})(?=[^\s_])|(?<=[^\s_])(?P<underend>_{1,3})(?![\w_])"
    r"|(?P<tag></?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|<!--.*?-->)"
    r"|(?P<entity>&(?:#\d{1,6}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});)"
    r"|(?P<space>\s+)",
    re.DOTALL,
)
_SPECIAL = re.compile(r"[\\`*_\[<&]")


@dataclass(frozen=True, slots=True)
class Visible:
    """``text`` as read, on one line; ``starts[i]`` and ``ends[i]`` bound character ``i`` in the source."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=4096)
def visible(source: str) -> Visible:
    """The visible text of a stretch of inline Markdown; runs of white space become one space."""
    if not _SPECIAL.search(source):
        return _plain(source)
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(text: str, start: int, end: int) -> None:
        """Characters that stand for one stretch of source as a whole."""
        for char in text:
            chars.append(char)
            starts.append(start)
            ends.append(end)

    def walk(start: int, stop: int) -> None:
        at = start
        for match in _MARKUP.finditer(source, start, stop):
            for i in range(at, match.start()):
                put(source[i], i, i + 1)
            at = match.end()
            kind = match.lastgroup
            if match["escape"] is not None:
                put(match["escape"], match.start(), match.end())
            elif match["space"] is not None:
                put(" ", match.start(), match.end())
            elif match["codetext"] is not None:
                for i in range(match.start("codetext"), match.end("codetext")):
                    put(source[i], i, i + 1)
            elif match["target"] is not None:
                walk(match.start("label"), match.end("label"))
            elif match["said"] is not None:
                walk(match.start("said"), match.end("said"))
            elif match["mention"] is not None:
                # [[motion:4@2026-asw]] is shown as "motion 4"
                put(re.sub(r"\s*:\s*", " ", match["mention"].partition("@")[0].strip()), match.start(), match.end())
            elif match["entity"] is not None:
                put(html.unescape(match["entity"]), match.start(), match.end())
            elif kind == "strong" and not _closes(source, match):
                put(match["strong"], match.start(), match.end())
        for i in range(at, stop):
            put(source[i], i, i + 1)

    walk(0, len(source))
    return _squeezed(chars, starts, ends)


def _closes(source: str, match: re.Match[str]) -> bool:
    """Whether an opening run of asterisks is markup: its like stands later in the text."""
    run = match["strong"]
    return run in source[match.end() :] or run in source[: match.start()]


def _squeezed(chars: list[str], starts: list[int], ends: list[int]) -> Visible:
    """Spaces that markup brought together become one, and none stands at the edges."""
    keep = [i for i, c in enumerate(chars) if c != " " or (i and chars[i - 1] != " ")]
    while keep and chars[keep[0]] == " ":
        keep.pop(0)
    while keep and chars[keep[-1]] == " ":
        keep.pop()
    return Visible("".join(chars[i] for i in keep), tuple(starts[i] for i in keep), tuple(ends[i] for i in keep))


_SPACES = re.compile(r"\s+")


def _plain(source: str) -> Visible:
    """Text without markup: only white space changes."""
    start = len(source) - len(source.lstrip())
    stop = len(source.rstrip())
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = start
    for match in _SPACES.finditer(source, start, stop):
        parts.append(source[at : match.start()])
        starts.extend(range(at, match.start()))
        ends.extend(range(at + 1, match.start() + 1))
        parts.append(" ")
        starts.append(match.start())
        ends.append(match.end())
        at = match.end()
    parts.append(source[at:stop])
    starts.extend(range(at, stop))
    ends.extend(range(at + 1, stop + 1))
    return Visible("".join(parts), tuple(starts), tuple(ends))
