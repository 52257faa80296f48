"""Runs of asterisks and underscores in a text -> which of them are marks of emphasis; the others are words.

A footnote's star (``nurses* and carers``), a blank to fill in (``name_``) and a power (``5 * 6``) stay on the page. The
rules are CommonMark's ("delimiter runs"), except that a run may close between punctuation and a letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

HELD = "\ue0f1"
"""Stands in a text for the start of a printed line while its marks are read: no character that a reader sees."""


class _Run(Struct):
    mark: str
    start: int
    stop: int
    opens: bool
    closes: bool
    length: int

    @property
    def left(self) -> int:
        return self.stop - self.start


class Pair(Struct, frozen=True):
    """An opening and a closing mark of ``size`` characters, by the places of their first characters."""

    opening: int
    closing: int
    size: int


def pairs(source: str, runs: Sequence[tuple[int, int]], first: int = 0, last: int | None = None) -> list[Pair]:
    """The marks of emphasis in ``source[first:last]``. ``runs`` are (start, stop) of runs of one of the two characters,
    in order; what lies in code, addresses and tags is none."""
    last = len(source) if last is None else last
    found: list[Pair] = []
    open_runs: list[_Run] = []
    for start, stop in runs:
        run = _run(source, start, stop, first, last)
        if run.closes:
            _close(run, open_runs, found)
        if run.opens and run.left:
            open_runs.append(run)
    return found


def paired(source: str, runs: Sequence[tuple[int, int]], first: int = 0, last: int | None = None) -> frozenset[int]:
    """The places of the characters that mark emphasis."""
    return frozenset(
        at
        for pair in pairs(source, runs, first, last)
        for mark in (pair.opening, pair.closing)
        for at in range(mark, mark + pair.size)
    )


def _run(source: str, start: int, stop: int, first: int, last: int) -> _Run:
    """A run with what it can do, which follows from the characters on its two sides."""
    before = source[start - 1] if start > first else " "
    after = source[stop] if stop < last else " "
    word_before, word_after = before.isalnum(), after.isalnum()
    opens = not after.isspace() and (word_after or after in "*_" or not word_before)
    closes = not (before.isspace() or before == HELD)
    if source[start] == "_":
        opens, closes = opens and not word_before, closes and not word_after
    return _Run(source[start], start, stop, opens, closes, stop - start)


def _close(run: _Run, open_runs: list[_Run], found: list[Pair]) -> None:
    """Pair a run with the open ones before it, the nearest first; what stands open between them is words."""
    at = len(open_runs) - 1
    while run.left and at >= 0:
        opener = open_runs[at]
        if opener.mark != run.mark or _ambiguous(opener, run):
            at -= 1
            continue
        size = min(2, opener.left, run.left)
        found.append(Pair(opener.stop - size, run.start, size))
        opener.stop -= size
        run.start += size
        del open_runs[at + 1 :]
        if not opener.left:
            open_runs.pop()
            at -= 1


def _ambiguous(opener: _Run, closer: _Run) -> bool:
    """CommonMark's rule of three, for runs that could both open and close."""
    total = opener.length + closer.length
    either = (opener.opens and opener.closes) or (closer.opens and closer.closes)
    return either and total % 3 == 0 and (opener.length % 3 != 0 or closer.length % 3 != 0)
