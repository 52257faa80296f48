"""Quoted words + a motion -> every place they stand in the source, by words, tolerant of how they were quoted.

Words are matched at word boundaries, in order of faithfulness: as quoted, with the other case of the first letter,
without punctuation at the ends, without regard to case (three words or more). The first level that finds
anything decides, so a looser reading never competes with a faithful one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from msgspec import Struct

from toolkit_builder.motions.folding import fold
from toolkit_builder.motions.text import Block, MotionText, parse

_EDGES = " .,;:!?'()"
_OWNED = re.compile(r"'(?:s\b)?(?!\w)")
_ELLIPSIS = re.compile(r"\s*[\[(]?(?:\.{3,}|…)[\])]?\s*")


class Match(Struct, frozen=True):
    """Words found: source offsets, and the first and last block they lie in."""

    start: int
    end: int
    first: str
    last: str


class Finder:
    """The folded words of a whole motion, block after block, with the way back to the source."""

    def __init__(self, text: MotionText) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.blocks: list[tuple[int, Block]] = []
        parts: list[str] = []
        for block in self.text.blocks:
            folded = fold(self.text.inline(block))
            if not folded.text:
                continue
            if parts:
                parts.append("\x1f")  # between blocks: matches a space in a quotation, never a letter
                self.starts.append(block.content)
                self.ends.append(block.content)
            self.blocks.append((len(self.starts), block))
            parts.append(folded.text)
            self.starts.extend(block.content + at for at in folded.starts)
            self.ends.extend(block.content + at for at in folded.ends)
        self.folded = "".join(parts)
        self._spaced = self.folded.replace("\x1f", " ")
        self._lower = self._spaced.lower() if len(self._spaced.lower()) == len(self._spaced) else self._spaced

    def find(self, quote: str, start: int = 0, end: int | None = None, *, possessives: bool = False) -> list[Match]:
        """The matches of the most faithful level within ``source[start:end]``, in order.

        ``possessives``: ``Congress`` is found in ``Congress's`` too.
        """
        stop = len(self.text.source) if end is None else end
        for needle, haystack in self._levels(quote):
            found = [m for m in self._matches(needle, haystack, possessives) if start <= m.start and m.end <= stop]
            if found:
                return found
        return self._abridged(quote, start, stop)

    def _levels(self, quote: str) -> Iterator[tuple[str, str]]:
        whole = fold(quote).text
        needles = [whole]
        inner = _unmarked(quote)
        if inner != whole:
            needles.append(inner)
        for needle in needles:
            yield from self._faithful(needle)

    def _faithful(self, needle: str) -> Iterator[tuple[str, str]]:
        if not needle:
            return
        yield needle, self._spaced
        flipped = needle[0].swapcase() + needle[1:]
        if flipped != needle:
            yield flipped, self._spaced
        bare = needle.strip(_EDGES)
        if bare and bare != needle:
            yield bare, self._spaced
            yield bare[0].swapcase() + bare[1:], self._spaced
        if bare.count(" ") >= 2:
            yield bare.lower(), self._lower

    def _matches(self, needle: str, haystack: str, possessives: bool) -> Iterator[Match]:
        at = haystack.find(needle)
        while at >= 0:
            stop = at + len(needle)
            owned = possessives and _OWNED.match(self._spaced, stop) is not None
            if self._at_boundaries(at, stop) or (owned and self._at_boundaries(at, stop, owned=True)):
                yield Match(self.starts[at], self.ends[stop - 1], self._block(at).id, self._block(stop - 1).id)
            at = haystack.find(needle, at + 1)

    def _block(self, at: int) -> Block:
        low, high = 0, len(self.blocks)
        while low < high:
            middle = (low + high) // 2
            if self.blocks[middle][0] <= at:
                low = middle + 1
            else:
                high = middle
        return self.blocks[max(low - 1, 0)][1]

    def _at_boundaries(self, start: int, stop: int, *, owned: bool = False) -> bool:
        """No match ends inside a word; ``workers`` is not in ``workers' rights``, nor ``term`` in ``long-term``."""
        text = self._spaced
        first, last = text[start], text[stop - 1]
        before, after = text[start - 1] if start else " ", text[stop] if stop < len(text) else " "
        if first.isalnum() and (before.isalnum() or (before in "-'" and start > 1 and text[start - 2].isalnum())):
            return False
        if last.isalnum() and not owned:
            beyond = text[stop + 1] if stop + 1 < len(text) else " "
            if after.isalnum() or (after in "-'" and beyond.isalnum()):
                return False
            if after == "'" and last == "s" and not self._quoted_here(start, stop):
                return False
            if after in ".," and last.isdigit() and beyond.isdigit():
                return False
        if first.isdigit() and before in ".,£$€" and start > 1 and (before in "£$€" or text[start - 2].isdigit()):
            return False
        return not unicode_mark(after)

    def _quoted_here(self, start: int, stop: int) -> bool:
        """Whether the mark after a word closes a quotation opened before it (else it is a possessive)."""
        before = self._spaced[max(0, stop - 120) : stop]
        return re.search(r"(?:^|[\s(])'\S", before) is not None

    def _abridged(self, quote: str, start: int, stop: int) -> list[Match]:
        """``'However ... budget pressures'``: the ends are quoted, the middle is left out."""
        parts = [part for part in _ELLIPSIS.split(quote) if part.strip()]
        if not parts or len(parts) > 2 or (len(parts) == 1 and parts[0].strip() == quote.strip()):
            return []
        first = self.find(parts[0], start, stop)
        if len(parts) == 1:
            return first
        found = []
        for match in first:
            block = self.text.block(match.first)
            limit = block.end if block else stop
            last = self.find(parts[1], match.end, min(stop, limit)) or self.find(parts[1], match.end, stop)
            if len(last) != 1:
                return []
            found.append(Match(match.start, last[0].end, match.first, last[0].last))
        return found

    def variants(self, quote: str, start: int = 0, end: int | None = None) -> list[str]:
        """Longer forms of quoted words (a plural, a compound) within a stretch: ``workers`` for ``worker``."""
        bare = fold(quote).text.strip(_EDGES)
        stop = len(self.text.source) if end is None else end
        if not bare or not (bare[0].isalnum() and bare[-1].isalnum()):
            return []
        plural = rf"(?:{re.escape(bare)}e?s|{re.escape(bare[:-1])}ies)"
        joined = rf"(?:(?:\w+-)+{re.escape(bare)}(?:-\w+)*|{re.escape(bare)}(?:-\w+)+)"
        form = re.compile(rf"(?<![\w-])(?:{plural}|{joined})(?![\w-])", re.IGNORECASE)
        seen = (m for m in form.finditer(self._spaced) if start <= self.starts[m.start()] < stop)
        return list(dict.fromkeys(m[0] for m in seen if m[0].lower() != bare.lower()))

    def nearest(self, quote: str, inside: Collection[str] = ()) -> tuple[str, Block] | None:
        """The words of the motion most like a quotation that was not found, and their block.

        ``inside``: only the blocks with these ids (all, where there are none).
        """
        needle = _plain_words(quote)
        if not needle:
            return None
        best: tuple[float, str, Block] | None = None
        for _, block in self.blocks:
            if inside and block.id not in inside:
                continue
            words = self.text.text(block).split()
            plain = [" ".join(_plain_words(word)) for word in words]
            matcher = difflib.SequenceMatcher(None, plain, needle, autojunk=False)
            runs = sorted(matcher.get_matching_blocks(), key=lambda run: -run.size)[:3]
            starts = {max(0, run.a - run.b) for run in runs if run.size}
            if not starts and len(needle) <= 3:  # a slip of the pen in every word
                starts = {n for n, word in enumerate(plain) if _alike(word, needle[0]) > 0.7}
            for left in sorted(starts):
                right = min(len(words), left + len(needle))
                ratio = _alike(" ".join(plain[left:right]), " ".join(needle))
                if best is None or ratio > best[0]:
                    best = (ratio, " ".join(words[left:right]).strip(" .,;:"), block)
        enough = 0.6 if len(needle) > 1 else 0.75 if needle[0].isdigit() else 0.76
        return (best[1], best[2]) if best and best[0] >= enough else None


def _alike(one: str, other: str) -> float:
    """How alike two passages are: by letters where they are short, by words where that would take long."""
    if len(other) > 60:
        return difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _plain_words(text: str) -> list[str]:
    """Words in lower case, without accents and punctuation."""
    folded = (c for c in fold(text).text.lower() if not unicode_mark(c))
    return re.findall(r"[\w'-]*\w", "".join(folded))


def unicode_mark(char: str) -> bool:
    """A combining mark: the character before it is not whole without it."""
    return "\u0300" <= char <= "\u036f"


def _unmarked(quote: str) -> str:
    """A quotation that copies list markers (``1)Campaign``): its words without them, blocks joined by a space."""
    text, _ = parse(quote)
    return " ".join(fold(text.inline(block)).text for block in text.blocks if fold(text.inline(block)).text)
