"""Inline Markdown -> the words a reader sees, with the place in the source of each character.

Only what changes the visible characters is understood (emphasis, code, links, footnote references, escapes,
entities, white space); everything else passes through, so nothing is ever lost.
"""

from __future__ import annotations

import html
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from msgspec import Struct

from toolkit_builder.motions.emphasis import Pair, paired, pairs
from toolkit_builder.motions.tags import BLOCKS, Verdict, judge

ADDRESS = r"(?<![^\W_])(?:https?://|www\.)(?:[^\s<>\[\]\\\"“”*&]*[^\s<>\[\]\\\"“”*&_.,;:!?'’)])"
"""An address typed as it is: no mark in it is markup. Marks and stops at its end belong to the sentence."""

_MARKUP = re.compile(
    r"\\(?:(?P<escape>[\\`*_{}\[\]()#+\-.!|<>])|(?P<hard>\n))"
    r"|(?P<code>`+)(?P<codetext>(?:(?!`).)+)(?P=code)"
    r"|!?\[(?P<label>[^\[\]]*)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)"
    r"(?:\s+(?:\"(?P<title>[^\"]*)\"|'(?P<titled>[^']*)'))?\)"
    r"|\[\[(?P<mention>[^\[\]<>|]{1,120})(?:\|(?P<said>[^\[\]]{1,300}))?\]\]"
    r"|(?P<footnote>\[\^[^\]\s]+\])"
    r"|(?P<run>\*+|_+)"
    rf"|(?P<address>{ADDRESS})"
    r"|(?P<tag></?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|<!--.*?-->)"
    r"|(?P<entity>&(?:#\d{1,6}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});)"
    r"|(?P<space>\s*\n[ \t]*>[ \t>]*|\s{2,}|[^\S ])",
    re.DOTALL,
)
_MARK = re.compile(rf"[\\`!\[*_<&]|{ADDRESS}")
_MARK_OR_SPACE = re.compile(rf"[\\`!\[*_<&]|{ADDRESS}|\s{{2,}}|[^\S ]")


class Visible(Struct, frozen=True):
    """``text`` as read, on one line; ``starts[i]`` and ``ends[i]`` bound character ``i`` in the source."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


class _Places(Sequence[int]):
    """A place in the source for each visible character, kept as stretches: ``at`` is the first character of each,
    ``base`` its place, ``step`` 1 where places run on and 0 where all stand for the same stretch of source."""

    __slots__ = ("_at", "_base", "_length", "_step")

    def __init__(self, at: list[int], base: list[int], step: list[int], length: int) -> None:
        self._at, self._base, self._step, self._length = at, base, step, length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        if index < 0:
            index += self._length
        if not 0 <= index < self._length:
            raise IndexError(index)
        k = bisect_right(self._at, index) - 1
        return self._base[k] + (index - self._at[k]) * self._step[k]

    def __iter__(self) -> Iterator[int]:
        for at, stop, base, step in zip(self._at, [*self._at[1:], self._length], self._base, self._step, strict=True):
            yield from range(base, base + stop - at) if step else repeat(base, stop - at)


def has_marks(source: str) -> bool:
    """Whether a text may hold a mark that changes what is seen. (Seven scans for one character beat one for seven.)"""
    return (
        "*" in source or "[" in source or "_" in source or "<" in source or "&" in source or "`" in source
        or "\\" in source
    )  # fmt: skip


@lru_cache(maxsize=1024)
def visible(source: str) -> Visible:
    """The visible text of a stretch of inline Markdown; runs of white space become one space."""
    if not has_marks(source) and not (">" in source and "\n" in source):
        return _plain(source)
    may_start = _MARK if _evenly_spaced(source) else _MARK_OR_SPACE
    pieces: list[str] = []
    at: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    steps: list[int] = []
    length = 0

    def put(text: str, start: int, end: int, step: int = 0) -> None:
        """Characters that stand for one stretch of source as a whole (or, with ``step`` 1, each for itself)."""
        nonlocal length
        if text:
            pieces.append(text)
            at.append(length)
            starts.append(start)
            ends.append(end)
            steps.append(step)
            length += len(text)

    def keep(start: int, end: int) -> None:
        """A stretch of source that is shown as it is."""
        put(source[start:end], start, start + 1, 1)

    def caption(after: int, start: int, stop: int) -> None:
        """The words of a picture's title, which no mark changes, behind those that say what it shows."""
        put(" ", after, start)
        for word in re.finditer(r"\S+|\s+", source[start:stop]):
            if word[0].isspace():
                put(" ", start + word.start(), start + word.end())
            else:
                keep(start + word.start(), start + word.end())

    def walk(start: int, stop: int) -> None:
        done = start
        matches = _matches(source, start, stop, may_start)
        runs = [match.span() for match in matches if match.lastgroup == "run"]
        marks = paired(source, runs, start, stop) if runs else ()
        for match in matches:
            keep(done, match.start())
            done = match.end()
            group = match.lastgroup
            if group == "run":
                for at in range(match.start(), match.end()):
                    if at not in marks:
                        keep(at, at + 1)
            elif group == "address":
                keep(match.start(), match.end())
            elif group in ("target", "title", "titled"):
                walk(match.start("label"), match.end("label"))
                if group != "target" and match[0][0] == "!":  # a picture's title is its caption, and is printed
                    caption(match.end("label"), match.start(group), match.end(group))
            elif group == "tag" and not _is_tag(match["tag"]):
                keep(match.start(), match.end())  # "write to <the employer>"
            elif group == "tag" and (said := _said_of_tag(match["tag"])):
                put(said, match.start(), match.end())
            elif group == "footnote":
                put(f"[{match['footnote'][2:-1]}]", match.start(), match.end())
            elif group in ("codetext", "said"):
                show = keep if group == "codetext" else walk
                show(match.start(group), match.end(group))
            elif group == "mention":
                # [[motion:4@2026-asw]] is shown as "motion 4"
                put(re.sub(r"\s*:\s*", " ", match["mention"].partition("@")[0].strip()), match.start(), match.end())
            elif group in ("escape", "space", "hard", "entity"):
                blank = group in ("space", "hard")
                said = " " if blank else html.unescape(match[group]) if group == "entity" else match[group]
                put(said, match.start(), match.end())
        keep(done, stop)

    walk(0, len(source))
    return _squeezed("".join(pieces), _Places(at, starts, steps, length), _Places(at, ends, steps, length))


def emphasis(source: str, start: int, stop: int) -> list[Pair]:
    """The pairs of marks of emphasis in a stretch, outside its links."""
    if "*" not in source and "_" not in source:
        return []
    matches = _matches(source, start, stop, _MARK)
    return pairs(source, [match.span() for match in matches if match.lastgroup == "run"], start, stop)


def no_marks(source: str, start: int = 0, stop: int | None = None) -> list[int]:
    """The places of asterisks and underscores that look like marks of emphasis and are words (``nurses* and carers``).
    Those in code and tags are not among them, nor what nobody takes for a mark (``5 * 6``, ``file_name``)."""
    stop = len(source) if stop is None else stop
    matches = _matches(source, start, stop, _MARK)
    runs = [match.span() for match in matches if match.lastgroup == "run"]
    marks = paired(source, runs, start, stop) if runs else ()
    found: list[int] = []
    for match in matches:
        if match.lastgroup == "run":
            found += [at for at in range(match.start(), match.end()) if at not in marks and _striking(source, at)]
        elif match.lastgroup == "address":
            found += [at for at in range(match.start(), match.end()) if source[at] == "_" and _striking(source, at)]
        elif match.lastgroup in ("target", "title", "titled"):
            found += no_marks(source, match.start("label"), match.end("label"))
    return found


def _striking(source: str, at: int) -> bool:
    """Whether an asterisk or underscore could be taken for a mark, by its neighbours."""
    before, after = source[at - 1 : at] or " ", source[at + 1 : at + 2] or " "
    if before.isspace() and after.isspace():
        return False
    return source[at] == "*" or not (before.isalnum() and after.isalnum())


def _is_tag(written: str) -> bool:
    """Whether angle brackets hold a tag of HTML or a comment: anything else in them is words."""
    return written.startswith("<!--") or judge(written)[0] is not Verdict.TEXT


_APART = (BLOCKS | {"br", "td", "th"}) - {"script", "style"}
_PICTURE_SAYS = re.compile(r"""\s(alt|title)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def _said_of_tag(tag: str) -> str:
    """What stands in the place of a tag: a space where it breaks the line or begins a block; of a picture what it
    shows, and its caption: ``<img alt="..." title="...">``."""
    if tag[:4].lower() != "<img":
        return " " if judge(tag)[1] in _APART else ""
    said = {name.lower(): a or b for name, a, b in _PICTURE_SAYS.findall(tag)}
    return html.unescape(" ".join(" ".join(said[name].split()) for name in ("alt", "title") if said.get(name)))


def _evenly_spaced(source: str) -> bool:
    """Whether all white space is single spaces."""
    return "  " not in source and source.isprintable()


def _matches(source: str, start: int, stop: int, may_start: re.Pattern[str]) -> list[re.Match[str]]:
    """The marks of a stretch of source, in order."""
    found = []
    look = start
    while (place := may_start.search(source, look, stop)) is not None:
        match = _MARKUP.match(source, place.start(), stop)
        look = match.end() if match else place.start() + 1
        if match:
            found.append(match)
    return found


def _squeezed(text: str, starts: Sequence[int], ends: Sequence[int]) -> Visible:
    """Spaces that markup brought together become one, and none stands at the edges."""
    if "  " not in text and text.strip(" ") == text:
        return Visible(text, starts, ends)
    first, stop = len(text) - len(text.lstrip(" ")), len(text.rstrip(" "))
    kept = [i for i in range(first, stop) if text[i] != " " or text[i - 1] != " "]
    return Visible("".join(text[i] for i in kept), [starts[i] for i in kept], [ends[i] for i in kept])


_RUNS = re.compile(r"\s{2,}|[^\S ]")


def _plain(source: str) -> Visible:
    """Text without markup: only white space changes."""
    start = len(source) - len(source.lstrip())
    stop = max(start, len(source.rstrip()))
    if _evenly_spaced(source) or not _RUNS.search(source, start, stop):
        return Visible(source[start:stop], range(start, stop), range(start + 1, stop + 1))
    parts: list[str] = []
    starts, ends = array("L"), array("L")
    at = start
    for match in _RUNS.finditer(source, start, stop):
        parts += (source[at : match.start()], " ")
        starts.extend(range(at, match.start()))
        ends.extend(range(at + 1, match.start() + 1))
        starts.append(match.start())
        ends.append(match.end())
        at = match.end()
    parts.append(source[at:stop])
    starts.extend(range(at, stop))
    ends.extend(range(at + 1, stop + 1))
    return Visible("".join(parts), starts, ends)
