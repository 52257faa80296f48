"""Stretches and places of the printed text -> the cuts that take them out, or put new text there."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from toolkit_builder.motions import joins
from toolkit_builder.motions.finding import Match
from toolkit_builder.motions.instructions import Instruction, Path, Words, quoted
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.locate import Locator
from toolkit_builder.motions.marked import as_to_read, surely_marked
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.regions import Problem, Region, short
from toolkit_builder.motions.rows import change_row
from toolkit_builder.motions.text import Block

STOPS_SHORT = (
    "A308",
    "a full stop would stand in the middle of a sentence",
    "leave it out of the new text, or quote the words up to the end of the sentence",
)


class Cutter:
    """Turns stretches and blocks of the printed text into exact cuts, against one motion."""

    def __init__(self, locator: Locator) -> None:
        self.at = locator
        self.text = locator.text
        self.source = locator.text.source

    def one_region(self, regions: list[Region], what: str, plan: Plan) -> Region | None:
        """The only candidate, or a problem that offers them."""
        if len(regions) == 1:
            return regions[0]
        names = list(dict.fromkeys(region.name for region in regions if region.name))[:6]
        offer = f"which is meant: {', '.join(names[:-1])} or {names[-1]}?" if len(names) > 1 else ""
        plan.fail("A307", f"{what} could mean {len(regions)} places", offer)
        return None

    def words(self, words: Words, regions: Iterable[Region], plan: Plan) -> list[Match]:
        """Quoted words within the candidates; an empty list when the plan has failed."""
        regions = list(regions)
        found, problem = self.at.words(words, regions)
        if problem is not None:
            plan.problem = problem
            return []
        for match in found:
            self._line_note(match, regions, plan)
        plan.needs.extend((m.start, m.end) for m in found)
        if words.every:
            plan.variants.extend(self.at.finder.variants(words.quote, regions[0].start, regions[-1].end))
        return found

    def _line_note(self, match: Match, regions: list[Region], plan: Plan) -> None:
        """Words that are unmistakable but stand in another line than was said: said again, not refused."""
        region = regions[0] if len(regions) == 1 else None
        if (
            region is None
            or not region.loose
            or (match.start < region.end and match.end > region.start and region.wide)
        ):
            return
        line = self.at.lines.at(match.start)
        block = self.text.block(match.first)
        if line is not None and block is not None:
            where = f"{self.text.address(block)}, line {line.within} (line {line.number} of the motion)"
            words = self.source[match.start : match.end]
            plan.notes.append(
                Problem(
                    "A310",
                    f"{quoted(' '.join(words.split())[:60])} stands in {where}, not in {region.name}",
                    "the words are unmistakable, so the instruction was followed",
                )
            )

    def regions_of(self, path: Path, scope: Path, inherited: int, plan: Plan) -> list[Region]:
        """A path inside a scope; the scope may already say the same."""
        if path and scope and path[-1] == scope[-1]:  # "in point 4, delete from 'X' to the end of point 4"
            path = path[:-1]
        found, problem = self.at.regions((*scope, *path), inherited)
        if problem is not None and scope:
            alone, other = self.at.regions(path)
            if other is None and len(path) > 1:
                return alone
        plan.problem = plan.problem or problem
        return found

    def block_at(self, offset: int) -> Block | None:
        """The block an offset lies in."""
        for block in self.text.blocks:
            if block.start <= offset <= block.end:
                return block
        return None

    def line_start(self, block: Block) -> int:
        return self.source.rfind("\n", 0, block.start) + 1

    def _region(self, region: Region, i: Instruction, plan: Plan, *, introduced: bool = False) -> None:
        """A whole place goes (or is replaced)."""
        if i.verb == "replace" and region.unit != "motion":
            i = self._without_marks(i, self.source[region.start : region.end], plan)
            if plan.problem:
                return
        if region.unit == "line":
            self._lines(region, i, plan)
        elif region.unit == "sentence":
            self.cut(region.start, region.end, i, plan)
        elif region.unit == "row":
            change_row(self, i, region, plan)
        elif region.blocks:
            self._blocks(region, i, plan, introduced=introduced)

    def _without_marks(self, i: Instruction, printed: str, plan: Plan) -> Instruction:
        """New text whose changes are marked, as it is to read."""
        read = as_to_read(i.text, printed)
        if isinstance(read, Problem):
            plan.problem = read
            return i
        return i if read == i.text else replace(i, text=read)

    def _lines(self, region: Region, i: Instruction, plan: Plan) -> None:
        """Whole lines go only where they begin and end with a sentence or a block: lines are set, not written."""
        first, last = self.block_at(region.start), self.block_at(region.end)
        whole = region.wide and first is not None and last is not None
        if whole and first is not None and last is not None:
            before = self.source[first.content : region.start].rstrip()
            after = self.source[region.end : last.end]
            starts = region.start <= first.content or before.endswith((".", "!", "?", ":", ";"))
            ends = not after.strip() or self.source[region.end - 1] in ".!?:;"
            inner = [b for b in self.text.blocks if region.start <= b.start < region.end]
            torn = any(
                max((c.end for c in (*self.text.children(b), *self._introduced(b))), default=0) > region.end
                for b in inner
            )
            if starts and ends and torn:
                plan.fail(
                    "A309",
                    f"{region.name} take out what introduces points, and not all of those points",
                    "name the points that go: delete points 2 to 4",
                )
                return
            if starts and ends:
                words = short(" ".join(self.source[region.start : region.end].split()))
                plan.notes.append(
                    Problem(
                        "A315",
                        f"{region.name} of this paper: {quoted(words)}",
                        "lines are counted as the motion is published here, see its line numbers",
                    )
                )
                self.cut(
                    max(region.start, first.content if first.start == region.start and after.strip() else region.start),
                    region.end,
                    i,
                    plan,
                )
                return
        plan.fail(
            "A312",
            f"the words of {region.name} do not begin and end with a sentence",
            'quote the words: delete from "X" to "Y"',
        )

    def _introduced(self, block: Block) -> tuple[Block, ...]:
        return self.text.calls_of(block) if self.at.introduces(block) else ()

    def _blocks(self, region: Region, i: Instruction, plan: Plan, *, introduced: bool) -> None:
        last = region.blocks[-1]
        leading = region.blocks[0]
        if region.unit == "paragraph" and not introduced and region.wide > region.end:
            calls = self.text.calls_of(last)
            name = (
                f"{self.text.address(calls[0])} to {self.text.address(calls[-1])}"
                if len(calls) > 1
                else self.text.address(calls[0])
            )
            new = self._parsed(i.text)
            if i.verb == "replace" and any(b.kind == "call" for b in new):
                region = replace(region, end=region.wide, blocks=(*region.blocks, *calls))
            elif i.verb != "replace" or not i.text.rstrip().endswith(":"):
                plan.fail(
                    "A309",
                    f"{self.text.address(last)} introduces {name}: it is not said whether they go too",
                    f"write 'delete {self.text.address(last)} and its points', or quote the words that go",
                )
                return
        plan.needs.append((region.start, region.end))
        if i.verb == "delete":
            self.remove_blocks(region.blocks[0], region.end, plan)
        elif leading.kind == "call" and region.unit not in {"section", "list", "motion", "preamble"}:
            self._new_points(region, i, plan)
        elif leading.kind == "heading" and len(region.blocks) == 1:
            text = i.text.lstrip("# ") if self.source[leading.start : leading.content].strip() else i.text
            plan.cuts.append(Cut(leading.content, leading.end, text))
        else:
            start = leading.start
            if region.unit == "motion":
                rest = [b for b in region.blocks if b.kind != "heading"]
                start = rest[0].start if rest else start
            plan.cuts.append(
                Cut(start, self.text.extent(region.blocks[-1]) if region.unit == "motion" else region.end, i.text)
            )
            plan.removed.extend(b.id for b in region.blocks)

    def _parsed(self, source: str) -> tuple[Block, ...]:
        from toolkit_builder.motions.text import parse

        return parse(source)[0].blocks

    def remove_blocks(self, first: Block, end: int, plan: Plan) -> None:
        """Whole blocks go, with the blank line after them."""
        start = self.line_start(first)
        covered = [b for b in self.text.blocks if first.start <= b.start < end]
        following = [b for b in self.text.blocks if b.start >= end]
        stop = self._gap_after(start, end, self.line_start(following[0])) if following else end
        plan.removed.extend(b.id for b in covered)
        plan.cuts.append(Cut(start, stop))

    def _gap_after(self, start: int, end: int, following: int) -> int:
        """How far white space goes with a block: of the gaps above and below it the larger one stays."""
        above = self.source[len(self.source[:start].rstrip()) : start].count("\n")
        below = self.source.count("\n", end, following)
        if not self.source[:start].strip() or below <= above:
            return following
        stop = end
        for _ in range(above):
            stop = self.source.index("\n", stop) + 1
        return stop

    def _new_points(self, region: Region, i: Instruction, plan: Plan) -> None:
        """Points replaced: the first new point takes the first old one's number, the rest follow."""
        from toolkit_builder.motions.points import add_points, point_texts

        bodies = point_texts(i.text, several=True, label=region.blocks[0].labels[-1])
        tops = [b for b in region.blocks if b.depth == region.blocks[0].depth]
        first = tops[0]
        if len(bodies) > 1 and len(tops) == 1 and not self._marked(i.text):
            plan.fail(
                "A311",
                f"the new text for {self.text.address(first)} has {len(bodies)} paragraphs",
                "number the new points, or write one paragraph",
            )
            return
        plan.cuts.append(Cut(first.content, self.text.extent(first), bodies[0]))
        plan.removed.extend(b.id for b in self.text.children(first))
        for old, body in zip(tops[1:], bodies[1:], strict=False):
            plan.cuts.append(Cut(old.content, self.text.extent(old), body))
            plan.removed.extend(b.id for b in self.text.children(old))
        for old in tops[len(bodies) :]:
            self.remove_blocks(old, self.text.extent(old), plan)
        if len(bodies) > len(tops):
            add_points(self, tops[-1], bodies[len(tops) :], plan, after=True)

    def _marked(self, text: str) -> bool:
        return all(b.kind == "call" for b in self._parsed(text))

    def cut(self, start: int, end: int, i: Instruction, plan: Plan) -> None:
        """Words from one offset to another go, or give way to new text; whole blocks go as blocks."""
        first, last = self.block_at(start), self.block_at(end)
        if first is None or last is None:
            plan.fail("A301", "these words are not in one part of the motion")
            return
        if i.verb == "replace" and surely_marked(i.text):
            i = self._without_marks(i, self.source[start:end], plan)
            if plan.problem:
                return
        whole = start <= first.content + _lead(self.source, first) and self._is_end(end, last)
        if first is not last:
            self._across(first, last, start, end, i, plan, whole=whole)
            return
        removed = self.source[start:end]
        if joins.breaks_link(removed):
            plan.fail(
                "A313", f"{quoted(removed)} holds one end of a link only", "quote the link's words from end to end"
            )
        elif joins.breaks_quotation(removed, i.text if i.verb == "replace" else ""):
            plan.fail(
                "A313",
                f"{quoted(removed)} holds one end of a quotation only",
                "quote both of its marks, or none",
            )
        elif whole and i.verb == "delete":
            if self.text.children(first) or (self.text.calls_of(first) and self.at.introduces(first)):
                plan.fail("A309", f"{self.text.address(first)} introduces points: it is not said whether they go too",
                          f"write 'delete {self.text.address(first)} and its points'")  # fmt: skip
                return
            self.remove_blocks(first, first.end, plan)
        elif i.verb == "delete":
            plan.cuts.append(joins.delete(self.source, start, end, first.content, first.end))
        elif whole and first.kind == "call" and (end == first.end or self._as_points(i.text)):
            self._new_points(Region("point", first.start, first.end, (first,)), i, plan)
        else:
            if joins.stops_short(self.source, end, i.text, first.end) and not joins.stops_short(
                self.source, end, removed, first.end
            ):
                plan.fail(*STOPS_SHORT)
                return
            plan.cuts.append(joins.swap(self.source, start, end, i.text, first.content, first.end))

    def _as_points(self, text: str) -> bool:
        """Whether new words take the place of a whole point, its closing mark included: ``1. win.``"""
        new = self._parsed(text)
        return len(new) > 1 or (bool(new) and new[0].kind == "call") or text.rstrip("”\"'’*_ ")[-1:] in {*".;:,!?"}

    def _is_end(self, end: int, block: Block) -> bool:
        return not self.source[end : block.end].strip(" .;,*_”\"'’")

    def _across(
        self, first: Block, last: Block, start: int, end: int, i: Instruction, plan: Plan, *, whole: bool
    ) -> None:
        """Words over several blocks: whole blocks, or the end of the first and all of the rest."""
        inner = [b for b in self.text.blocks if first.start <= b.start <= last.start]
        at_start = start <= first.content + _lead(self.source, first)
        at_end = self._is_end(end, last)
        if not at_end:
            plan.fail("A308",
                    f"the words end in the middle of {self.text.address(last)}, and what is left of it "
                    f"would have no place",
                      "write one instruction for each paragraph")  # fmt: skip
        elif at_start and i.verb == "delete":
            self.remove_blocks(first, self.text.extent(last), plan)
        elif at_start:
            region = Region(
                "point" if first.kind == "call" else "paragraph", first.start, self.text.extent(last), tuple(inner)
            )
            if first.kind == "call" and any(b.kind != "call" for b in inner):
                plan.cuts.append(Cut(first.start, self.text.extent(last), i.text))
                plan.removed.extend(b.id for b in inner)
            else:
                self._blocks(region, i, plan, introduced=True)
        else:
            stop = self.text.extent(last)
            if i.verb == "delete":
                head = joins.delete(self.source, start, first.end, first.content, first.end)
                plan.cuts.append(Cut(head.start, stop, head.new))
            else:
                text = i.text
                new = self._parsed(text)
                listed = bool(new) and new[0].kind == "call"
                own = bool(new) and (len(new) > 1 or new[0].opens)
                while (listed or own) and self.source[start - 1 : start].isspace():
                    start -= 1
                if listed and self.source[start : start + 1] == ":":
                    start += 1
                if listed or (own and not text[0].islower() and text[0] not in ".,;:"):
                    plan.cuts.append(Cut(start, stop, "\n\n" + text))
                else:
                    head = joins.swap(self.source, start, first.end, text, first.content, first.end)
                    plan.cuts.append(Cut(head.start, stop, head.new))
            plan.removed.extend(b.id for b in inner[1:])


def _lead(source: str, block: Block) -> int:
    """Marks of emphasis or quotation before a block's first word."""
    words = source[block.content : block.end]
    return len(words) - len(words.lstrip("*_\"“‘' "))
