"""Quoted words + stretches of a motion -> where the words stand, or a problem that offers the places there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec import Struct

from toolkit_builder.motions.finding import Finder, Match
from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.instructions import Place, Words, quoted
from toolkit_builder.motions.lines import LineMap
from toolkit_builder.motions.text import Block, MotionText


class Region(Struct, frozen=True):
    """A stretch of the source that a place names.

    ``blocks`` are those it covers; ``wide`` is where it ends together with the calls it introduces; ``loose``
    regions (lines) only prefer, because printed papers number lines in many ways.
    """

    unit: str
    start: int
    end: int
    blocks: tuple[Block, ...] = ()
    wide: int = 0
    loose: bool = False
    name: str = ""


class Problem(Struct, frozen=True):
    """Why something could not be located: a code, a sentence, what to do."""

    code: str
    message: str
    hint: str = ""


@dataclass
class Searcher:
    """A motion made ready for looking things up: where words stand, and what a block covers."""

    text: MotionText
    lines: LineMap
    finder: Finder

    @property
    def whole(self) -> Region:
        return Region("motion", 0, len(self.text.source), self.text.blocks)

    def _span(self, unit: str, blocks: list[Block]) -> Region:
        first, last = blocks[0], blocks[-1]
        return Region(unit, first.start, self.text.extent(last), tuple(blocks), name=self._name(blocks))

    def _name(self, blocks: list[Block]) -> str:
        first = self.text.address(blocks[0])
        return first if len(blocks) == 1 else f"{first} to {self.text.address(blocks[-1])}"

    def _one(self, block: Block, unit: str, *, introduced: bool = False) -> Region:
        calls = self.text.calls_of(block)
        blocks = (block, *self.text.children(block), *(calls if introduced else ()))
        end = calls[-1].end if introduced and calls else self.text.extent(block)
        wide = calls[-1].end if calls and self.introduces(block) else 0
        return Region(unit, block.start, end, blocks, wide, name=self.text.address(block))

    def introduces(self, block: Block) -> bool:
        """Whether a paragraph is the beginning of the list after it (it ends in a colon, or does not end)."""
        words = self.text.text(block).rstrip("*_ ”\"'’")
        return bool(self.text.calls_of(block)) and not words.endswith((".", "?", "!"))

    def _several(self, blocks: list[Block], unit: str) -> Region:
        last = blocks[-1]
        inner = tuple(dict.fromkeys(b for top in blocks for b in (top, *self.text.children(top))))
        wide = self.text.calls_of(last)
        return Region(unit, blocks[0].start, self.text.extent(last), inner,
                      wide[-1].end if wide and self.introduces(last) else 0, name=self._name(blocks))  # fmt: skip

    @staticmethod
    def _described(words: str, place: Place) -> bool:
        folded = folded_text(words).lower()

        def bare(quote: str) -> str:
            return folded_text(quote).lower().strip(" .,;:'")

        if place.beginning and not _begins(folded.lstrip("'"), bare(place.beginning)):
            return False
        if place.ending and not folded.rstrip(" .,;:'").endswith(bare(place.ending)):
            return False
        return not place.containing or bare(place.containing) in folded

    def words(self, words: Words, regions: Iterable[Region]) -> tuple[list[Match], Problem | None]:
        """Where quoted words stand within the candidates: one match, or all where ``every`` is set."""
        regions = list(regions)
        matches: dict[tuple[int, int], Match] = {}
        for region in regions:
            for match in self._in_region(words, region):
                matches.setdefault((match.start, match.end), match)
        found = sorted(matches.values(), key=lambda m: (m.start, m.end))
        if not found:
            return [], self._not_there(words, regions)
        if words.every:
            return found, None
        if words.occurrence:
            index = words.occurrence if words.occurrence < 0 else words.occurrence - 1
            if len(regions) == 1 and -len(found) <= index < len(found):
                return [found[index]], None
            return [], Problem("A303", f"{quoted(words.quote)} stands there {_times(len(found))}", self._offer(found))
        if len(found) > 1:
            return [], Problem("A302", f"{quoted(words.quote)} stands in {len(found)} places", self._offer(found))
        return found, None

    def _in_region(self, words: Words, region: Region) -> list[Match]:
        if region.loose:
            return self._near_line(words, region)
        found = self._beside(words, self.finder.find(words.quote, region.start, region.end, possessives=words.every))
        if not found and region.wide > region.end:
            found = self._beside(words, self.finder.find(words.quote, region.start, region.wide))
        return found

    def _near_line(self, words: Words, region: Region) -> list[Match]:
        """Lines prefer: words that touch the line, if several; the only ones in the block (or motion), if not."""
        outer = self._around(region)
        everywhere = self._beside(words, self.finder.find(words.quote, outer.start, max(outer.end, outer.wide)))
        touching = [m for m in everywhere if m.start < region.end and m.end > region.start]
        if words.occurrence or words.every:
            return touching or everywhere
        return touching if len(touching) == 1 else everywhere

    def _around(self, region: Region) -> Region:
        """The block around a line that was named within a block; the motion for a line of the motion."""
        if region.wide and region.wide != self.whole.end and region.blocks:
            block = region.blocks[0]
            return self._one(block, "paragraph")
        return self.whole if region.wide == self.whole.end else region

    def _beside(self, words: Words, found: list[Match]) -> list[Match]:
        """Only the matches with the neighbour, or at the edge of their block, that was named."""
        if words.edge:
            found = [m for m in found if self._at_edge(m, words.edge)]
        if not (words.after or words.before):
            return found
        neighbours = self.finder.find(words.after or words.before)
        source = self.text.source
        if words.after:
            return [
                m
                for m in found
                if any(not source[n.end : m.start].strip(" \n,;") and n.end <= m.start for n in neighbours)
            ]
        return [
            m for m in found if any(not source[m.end : n.start].strip(" \n,;") and m.end <= n.start for n in neighbours)
        ]

    def _at_edge(self, match: Match, edge: str) -> bool:
        block = self.text.block(match.last if edge == "end" else match.first)
        if block is None:
            return False
        source = self.text.source
        rest = source[match.end : block.end] if edge == "end" else source[block.content : match.start]
        return not rest.strip(" .;,:*_”\"’')\n")

    def _offer(self, found: list[Match]) -> str:
        """``paragraph 2, line 1 (“a low wage”) or paragraph 5, line 2 (“the wage gap”)?``"""
        names: list[str] = []
        for match in found:
            block = self.text.block(match.first)
            line = self.lines.at(match.start)
            name = f"{self.text.address(block)}, line {line.within}" if block and line else ""
            name += f" ({quoted(self._around_words(match, block))})" if block and name and len(found) > 1 else ""
            if name and name not in names:
                names.append(name)
        shown = names[:6]
        return f"which is meant: {', '.join(shown[:-1])}{' or ' if len(shown) > 1 else ''}{shown[-1]}?" if shown else ""

    def _around_words(self, match: Match, block: Block) -> str:
        """Words found, with a word or two on either side, as they are printed."""
        source = self.text.source
        before = source[block.content : match.start].split()[-2:]
        after = source[match.end : block.end].split()[: 2 if len(before) else 3]
        words = " ".join([*before, *source[match.start : match.end].split(), *after])
        return short(re.sub(r"\s+(?=[,.;:!?)])", "", words).strip(" .,;:*_"))

    def _not_there(self, words: Words, regions: list[Region]) -> Problem:
        """Both texts: what was quoted, and the nearest there is."""
        where = " or ".join(dict.fromkeys(r.name for r in regions if r.name)) or "the motion"
        elsewhere = self.finder.find(words.quote)
        message = f"{quoted(short(words.quote))} is not in {where}"
        if elsewhere:
            hint = "it stands in " + self._offer(elsewhere).removeprefix("which is meant: ").rstrip("?")
            return Problem("A301", message, hint)
        inside = {b.id for region in regions for b in (region.blocks or ())}
        near = self.finder.nearest(words.quote, inside) or self.finder.nearest(words.quote)
        if near:
            return Problem(
                "A301", message, f"the nearest words are {quoted(short(near[0]))} in {self.text.address(near[1])}"
            )
        return Problem("A301", message, "quote the words as they are printed")


def _begins(words: str, start: str) -> bool:
    """Whether words begin with others, whole words: ``TR21`` does not begin ``TR210``."""
    after = words[len(start) : len(start) + 1]
    return words.startswith(start) and not (start[-1:].isalnum() and after.isalnum())


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else f"{flat[:80]} … {flat[-30:]}"
