"""Sizes of type and a way to try one in; the largest in which the copy fits its pages out.

A theme that sets all its lengths in ``rem`` (one rem is a line of text) can be set larger or smaller as a whole. The
smallest size says how many pages the copy needs; the largest that needs no more pages fills them best. A try is a
whole layout, so where the copy runs through its pages the next size to try is reckoned (copy takes room by the square
of its size), and one that fills its last page is not tried further.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct

_UNSURE = 0.08  # of a page: closer than this to a full one, only a layout tells
_FULL = 0.06  # of a page: with less than this to spare the next size would hardly fit


class Trial(Struct, frozen=True):
    """What came of one size: pages, how many of them are used (0 where nothing runs through them), what overflows."""

    pages: int
    used: float
    misfits: bool


def largest(sizes: Sequence[float], attempt: Callable[[int], Trial]) -> int:
    """The index of the largest of ``sizes`` (ascending) that needs no more pages than the smallest, and overflows
    nothing; 0 when even that overflows. ``attempt`` is asked once for an index: two or three times as a rule.
    """
    search = _Search(sizes, attempt)
    reckoned = search.pages_of_the_smallest()
    found = search.within(reckoned)
    if found < 0 and (pages := search.at(0).pages) > reckoned:
        found = search.within(pages)
    return max(found, 0)


class _Search:
    """The tries so far, by index, and what they say of the others."""

    def __init__(self, sizes: Sequence[float], attempt: Callable[[int], Trial]) -> None:
        self._sizes = sizes
        self._attempt = attempt
        self._tried: dict[int, Trial] = {}
        self._start = len(sizes) // 3

    def at(self, index: int) -> Trial:
        if index not in self._tried:
            self._tried[index] = self._attempt(index)
        return self._tried[index]

    def pages_of_the_smallest(self) -> int:
        """How many pages the smallest size needs: reckoned where that is plain, else laid out."""
        first = self.at(self._start)
        least = self._used(0)
        if first.pages == 1:
            return 1
        if first.misfits or not least or abs(least - round(least)) < _UNSURE:
            return self.at(0).pages
        return math.ceil(least)

    def within(self, pages: int) -> int:
        """The index of the largest size within so many pages; -1 when there is none."""
        good, bad = -1, len(self._sizes)
        step = self._start
        while step >= 0:
            trial = self.at(step)
            if trial.misfits or trial.pages > pages:
                bad = step
            else:
                good = step
            step = self._next(good, bad, pages)
        return good

    def _next(self, good: int, bad: int, pages: int) -> int:
        """The next index to try between one that fits and one that does not; -1 when it is plain that none is left."""
        if good + 1 == bad:
            return -1
        if not self._used(good + 1):
            return (good + bad) // 2 if good >= 0 else 0
        step = good + 1
        if good >= 0 and (self._used(step) > pages + _UNSURE or self._is_full(good, pages)):
            return -1
        while step + 1 < bad and self._used(step + 1) <= pages:
            step += 1
        return step

    def _is_full(self, index: int, pages: int) -> bool:
        return self._tried[index].used > pages - _FULL

    def _used(self, index: int) -> float:
        """How many pages a size uses, reckoned from the nearest try; 0 where nothing runs through the pages."""
        near = min(self._tried, key=lambda tried: (abs(tried - index), tried))
        return self._tried[near].used * (self._sizes[index] / self._sizes[near]) ** 2
