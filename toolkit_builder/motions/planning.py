"""One instruction + the printed motion -> a plan: exact edits, points to add and remove, and what it leans on.

All instructions mean the text as printed, so plans never see each other; ``amend`` puts them together.
"""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from toolkit_builder.motions.codes import close_up
from toolkit_builder.motions.cutting import Cutter
from toolkit_builder.motions.edits import cut_together
from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.instructions import Instruction, Path, Ref, Target, Words, print_place, quoted
from toolkit_builder.motions.lines import MEASURE, LineMap, line_map
from toolkit_builder.motions.locate import locator
from toolkit_builder.motions.marked import surely_marked
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.regions import Problem, Region
from toolkit_builder.motions.relabel import key_of
from toolkit_builder.motions.sentences import sentences
from toolkit_builder.motions.text import MotionText, parse


class Planner(Cutter):
    """Plans instructions against one printed motion."""

    def plan(self, i: Instruction) -> Plan:
        """The plan of one instruction; its ``problem`` says why there is none."""
        plan = self._planned(i)
        elsewhere = i.unit or (i.soft and plan.problem is not None and plan.problem.code == "A301")
        if (
            plan.problem is not None and 0 < i.inherited <= len(i.scope) and elsewhere
        ):  # a place given for the lines above
            alone = self._planned(replace(i, scope=i.scope[i.inherited :], inherited=0))
            plan = alone if alone.problem is None else plan
        return plan

    def _planned(self, i: Instruction) -> Plan:
        from toolkit_builder.motions.inserting import insert
        from toolkit_builder.motions.moving import move, swap

        plan = Plan()
        i = _numbered_like(i)
        regions, problem = self.at.regions(i.scope, i.inherited)
        if problem is not None:
            plan.problem = problem
            return plan
        if regions and regions[0].unit == "title":
            return self._title(i, plan)
        if i.verb == "insert" and surely_marked(i.text):
            plan.fail(
                "A316", "the new text holds marks of changes", "write the new words as they are to read, without marks"
            )
        elif i.verb == "insert":
            insert(self, i, regions, plan)
        elif i.verb in {"delete", "replace"} and i.target is not None:
            self._take_out(i, i.target, regions, plan)
        elif i.verb == "move" and i.target is not None:
            move(self, i, i.target, regions, plan)
        elif i.verb == "swap" and i.target is not None:
            swap(self, i, i.target, plan)
        elif i.verb == "check":
            if folded_text(i.reads).strip(" .") not in folded_text(self.source):
                plan.fail("A401", f"the text does not read {quoted(i.reads)}", "quote it as it is printed")
        elif i.verb == "renumber":
            plan.told |= {key_of(b) for b in self.text.calls if any(r.start <= b.start < r.end for r in regions)}
        if plan.problem is None:
            self._told(i, plan)
            if (
                i.verb in {"insert", "replace"}
                and not plan.additions
                and not plan.removed
                and plan.title is None
                and not any(self.source[c.start : c.end] != c.new for c in plan.cuts)
            ):
                plan.fail(
                    "A314",
                    "this would change nothing: the text reads so already",
                    "leave the instruction out, or quote other words",
                )
        return plan

    def _told(self, i: Instruction, plan: Plan) -> None:
        """The lists that ``and renumber`` speaks of: those this instruction touches."""
        if not i.renumber:
            return
        for block_id in plan.removed:
            block = self.text.block(block_id)
            if block and block.kind == "call":
                plan.told.add(key_of(block))
        plan.told |= {addition.point.key for addition in plan.additions}
        if i.verb == "delete":
            close_up(self, plan)

    # --- finding -----------------------------------------------------------------------------------------

    # --- taking out --------------------------------------------------------------------------------------

    def _take_out(self, i: Instruction, target: Target, regions: list[Region], plan: Plan) -> None:
        if target.kind == "words" and isinstance(target.start, Words):
            for match in self.words(target.start, regions, plan):
                self.cut(match.start, match.end, i, plan)
        elif target.kind == "places":
            self._places(i, target, plan)
        elif target.kind == "all":
            region = self.one_region(regions, "this place", plan)
            if region is not None:
                self._region(region, i, plan, introduced=True)
        else:
            self._span(i, target, regions, plan)

    def _places(self, i: Instruction, target: Target, plan: Plan) -> None:
        found: list[Region] = []
        for path in target.places:
            regions = self.regions_of(path, i.scope, i.inherited, plan)
            if plan.problem:
                return
            if regions[0].unit == "sentence" and len(path) == 1 and not i.scope and len(self.text.blocks) > 1:
                place = path[0]
                edge = place.ordinal in {1, -1} and place.count == 1 and self.text.blocks[-1].kind == "paragraph"
                if not (place.beginning or place.ending or place.containing or edge):
                    plan.problem = self.at.absent(place, path)
                    return
            if regions[0].unit == "title":
                plan.title = i.text if i.verb == "replace" else ""
                if not plan.title:
                    plan.fail("A306", "a motion needs a title", 'write: replace the title with "..."')
                return
            region = self.one_region(regions, print_place(path[-1]), plan)
            if region is None:
                return
            if path[-1].unit == "part":
                plan.fail(
                    "A308",
                    f"it is not said whether the heading of {print_place(path[-1])} goes too",
                    "name the paragraphs or points that go, and the heading if it goes",
                )
                return
            found.append(region)
        if i.verb == "replace" and len(found) > 1:
            found = self._neighbours(found, plan)
        for region in found:
            self._region(region, i, plan)

    def _neighbours(self, found: list[Region], plan: Plan) -> list[Region]:
        """Several places with one new text between them must be neighbours: then they are one place."""
        found = sorted(found, key=lambda r: r.start)
        for before, after in pairwise(found):
            if self.source[before.end : after.start].strip() and not self._only_marker(before.end, after):
                plan.fail(
                    "A307", "one new text cannot replace places that are apart", "write an instruction for each place"
                )
                return []
        blocks = tuple(b for region in found for b in region.blocks)
        last = found[-1]
        return [Region(found[0].unit, found[0].start, last.end, blocks, last.wide, name=found[0].name)]

    def _only_marker(self, end: int, region: Region) -> bool:
        return not self.source[end : region.start].strip()

    # --- spans -------------------------------------------------------------------------------------------

    def _span(self, i: Instruction, target: Target, regions: list[Region], plan: Plan) -> None:
        start_match = self._edge(i, target.start, regions, plan)
        if plan.problem:
            return
        inside = regions
        if start_match is not None and len(regions) > 1:
            inside = [r for r in regions if r.start <= start_match[0] <= max(r.end, r.wide)]
        if start_match is not None and target.end is not None and isinstance(target.end, Words):
            inside = [replace(r, start=start_match[1], loose=False, end=self._stop(r)) for r in inside]
            inside = self._same_block_first(start_match, target.end, inside)
        end_match = self._edge(i, target.end, inside, plan)
        if plan.problem:
            return
        start = self._span_start(target, start_match, inside, plan)
        end = self._span_end(target, start_match, end_match, inside, plan)
        if plan.problem or start is None or end is None:
            return
        if end <= start:
            plan.fail(
                "A302",
                "the words are not in that order in the text",
                "quote the first words and the last words that go",
            )
            return
        plan.needs.append((start, end))
        self.cut(*self._trimmed(start, end), i, plan)

    def _stop(self, region: Region) -> int:
        return len(self.source) if region.unit == "line" or region.loose else max(region.end, region.wide)

    def _same_block_first(self, start: tuple[int, int], words: Words, inside: list[Region]) -> list[Region]:
        """The end of a span is looked for in the block it began in, then further on."""
        block = self.block_at(start[0])
        if block is None:
            return inside
        here = [replace(r, end=min(r.end, block.end), wide=0) for r in inside]
        found, problem = self.at.words(words, here)
        return here if found or (problem and problem.code != "A301") else inside

    def _edge(self, i: Instruction, ref: Ref | None, regions: list[Region], plan: Plan) -> tuple[int, int] | None:
        if ref is None:
            return None
        if isinstance(ref, Words):
            found = self.words(ref, regions, plan)
            return (found[0].start, found[0].end) if found else None
        region = (
            self.one_region(
                self.regions_of(ref, i.scope, i.inherited, plan) or [self.at.whole], print_place(ref[-1]), plan
            )
            if not plan.problem
            else None
        )
        if region is None or plan.problem:
            return None
        if region.loose:
            plan.fail(
                "A312",
                f"{region.name} does not say where words begin and end",
                'quote the words: delete from "X" to "Y"',
            )
            return None
        return region.start, max(region.end, region.wide)

    def _span_start(
        self, target: Target, match: tuple[int, int] | None, inside: list[Region], plan: Plan
    ) -> int | None:
        if match is not None:
            return match[0] if target.start_included else match[1]
        region = self.one_region(inside, "this place", plan)
        if region is None:
            return None
        if region.unit == "motion":
            body = [b for b in self.text.blocks if b.kind != "heading"]
            return body[0].start if body else 0
        return region.blocks[0].content if region.blocks and region.unit in {"paragraph", "point"} else region.start

    def _span_end(
        self,
        target: Target,
        start: tuple[int, int] | None,
        match: tuple[int, int] | None,
        inside: list[Region],
        plan: Plan,
    ) -> int | None:
        if match is not None:
            return match[1] if target.end_included else match[0]
        if start is not None and target.to_unit in {
            "sentence",
            "paragraph",
            "point",
            "bullet",
            "call",
            "clause",
            "subpoint",
        }:
            return self._unit_end(target.to_unit, start[1])
        if target.to_unit in {"motion", "text"}:
            return self._last()
        region = self.one_region(inside, "this place", plan)
        if region is None:
            return None
        if region.unit == "motion":
            return self._last()
        if region.loose:
            plan.fail(
                "A312",
                f"{region.name} does not say where the words end",
                'write: to the end of the paragraph, or from "X" to "Y"',
            )
            return None
        block = self.block_at(start[0]) if start is not None else None
        if (
            region.unit == "point"
            and block is not None
            and block.id == region.blocks[0].id
            and self.text.children(block)
        ):
            plan.fail(
                "A309",
                f"{region.name} has sub-points: it is not said whether they go too",
                'write: delete from "X" to "Y"',
            )
            return None
        if region.unit == "paragraph" and region.wide > region.end and (start is None or start[0] < region.end):
            plan.fail(
                "A309",
                f"{region.name} introduces points: it is not said whether they go too",
                'write: delete from "X" to "Y"',
            )
            return None
        return region.wide if region.wide and start is not None and start[0] >= region.end else region.end

    def _last(self) -> int:
        return self.text.extent(self.text.blocks[-1]) if self.text.blocks else 0

    def _unit_end(self, unit: str, offset: int) -> int | None:
        block = self.block_at(offset)
        if block is None:
            return None
        if unit != "sentence":
            return block.end
        seen = visible(self.text.inline(block))
        for first, last in sentences(seen.text):
            if block.content + seen.starts[first] <= offset <= block.content + seen.ends[last - 1]:
                return block.content + seen.ends[last - 1]
        return block.end

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.source[start].isspace():
            start += 1
        while end > start and self.source[end - 1].isspace():
            end -= 1
        for block in self.text.blocks:  # from the marker or from the first word: the same
            if block.start == start and block.content < end:
                return block.content, end
        return start, end

    # --- the title ---------------------------------------------------------------------------------------

    def _title(self, i: Instruction, plan: Plan) -> Plan:
        """The title is a text of one paragraph: the same instruction is planned on it."""
        if i.target is not None and i.target.kind == "all":
            plan.title = i.text
            return plan
        small, _ = parse(self.text.title)
        inner = replace(i, scope=tuple(p for p in i.scope if p.unit != "title"), inherited=0, unit="", label=())
        inner_plan = make_planner(small).plan(inner)
        if inner_plan.problem or inner_plan.additions:
            plan.problem = inner_plan.problem or Problem("A308", "a title has no points", "")
            return plan
        plan.title = cut_together(self.text.title, inner_plan.cuts)
        return plan


def make_planner(text: MotionText, lines: LineMap | None = None, measure: int = MEASURE) -> Planner:
    """A motion made ready: build it once for all its amendments. ``lines`` is the map an edition pinned."""
    return Planner(locator(text, lines or line_map(text, measure)))


def _numbered_like(i: Instruction) -> Instruction:
    """``After 4 add: "5. ..."``: new text with a number of its own says that 4 is a point."""
    unit = i.unit.removesuffix("s")
    if unit not in {"point", "bullet", "subpoint"} and (
        not i.text or not (new := parse(i.text)[0].blocks) or new[0].kind != "call"
    ):
        return i

    def point(path: Path) -> Path:
        return tuple(replace(place, unit="point") if place.unit == "number" else place for place in path)

    spot, target = i.spot, i.target
    if spot is not None and isinstance(spot.ref, tuple):
        spot = replace(spot, ref=point(spot.ref))
    if spot is not None and isinstance(spot.other, tuple):
        spot = replace(spot, other=point(spot.other))
    if target is not None:
        target = replace(target, places=tuple(point(path) for path in target.places))
    return replace(i, scope=point(i.scope), spot=spot, target=target)
