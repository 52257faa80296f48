"""One instruction + the printed motion -> a plan: exact edits, points to add and remove, and what it leans on.

All instructions mean the text as printed, so plans never see each other; ``amend`` puts them together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from toolkit_builder.motions import joins
from toolkit_builder.motions.finding import Match
from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.instructions import Instruction, Path, Ref, Spot, Target, Words, print_place, quoted
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.locate import Locator, Problem, Region
from toolkit_builder.motions.relabel import ListKey, NewPoint, key_of
from toolkit_builder.motions.sentences import sentences
from toolkit_builder.motions.text import Block
from toolkit_builder.motions.inline import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A point to be written at a source offset once its number is known."""

    point: NewPoint
    at: int
    lead: str
    indent: str
    gap: str
    body: str
    trail: str


@dataclass
class Plan:
    """What one instruction does. ``needs`` are stretches of the printed text it cannot do without."""

    cuts: list[Cut] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    told: set[ListKey] = field(default_factory=set)
    needs: list[tuple[int, int]] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    title: str | None = None
    problem: Problem | None = None

    def fail(self, code: str, message: str, hint: str = "") -> Plan:
        self.problem = Problem(code, message, hint)
        return self


class Planner:
    """Plans instructions against one printed motion."""

    def __init__(self, locator: Locator) -> None:
        self.at = locator
        self.text = locator.text
        self.source = locator.text.source

    def plan(self, i: Instruction) -> Plan:
        """The plan of one instruction; its ``problem`` says why there is none."""
        plan = self._planned(i)
        if plan.problem is not None and 0 < i.inherited <= len(i.scope) and i.unit:  # a place given for the lines above
            alone = self._planned(replace(i, scope=i.scope[i.inherited :], inherited=0))
            plan = alone if alone.problem is None else plan
        return plan

    def _planned(self, i: Instruction) -> Plan:
        from toolkit_builder.motions.inserting import insert, move

        plan = Plan()
        regions, problem = self.at.regions(i.scope, i.inherited)
        if problem is not None:
            plan.problem = problem
            return plan
        if regions and regions[0].unit == "title":
            return self._title(i, plan)
        if i.verb == "insert":
            insert(self, i, regions, plan)
        elif i.verb in {"delete", "replace"} and i.target is not None:
            self._take_out(i, i.target, regions, plan)
        elif i.verb == "move" and i.target is not None:
            move(self, i, i.target, regions, plan)
        elif i.verb == "check":
            if folded_text(i.reads).strip(" .") not in folded_text(self.source):
                plan.fail("A401", f"the text does not read {quoted(i.reads)}", "quote it as it is printed")
        elif i.verb == "renumber":
            plan.told |= {key_of(b) for b in self.text.calls if any(r.start <= b.start < r.end for r in regions)}
        if plan.problem is None:
            self._told(i, plan)
            if i.verb in {"insert", "replace"} and not plan.additions and not plan.removed and plan.title is None and not any(
                self.source[c.start : c.end] != c.new for c in plan.cuts
            ):
                plan.fail("A314", "this would change nothing: the text reads so already", "leave the instruction out, or quote other words")
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

    # --- finding -----------------------------------------------------------------------------------------

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
        return found

    def _line_note(self, match: Match, regions: list[Region], plan: Plan) -> None:
        """Words that are unmistakable but stand in another line than was said: said again, not refused."""
        region = regions[0] if len(regions) == 1 else None
        if region is None or not region.loose or (match.start < region.end and match.end > region.start and region.wide):
            return
        line = self.at.lines.at(match.start)
        block = self.text.block(match.first)
        if line is not None and block is not None:
            where = f"{self.text.address(block)}, line {line.within} (line {line.number} of the motion)"
            words = self.source[match.start : match.end]
            plan.notes.append(Problem("A310", f"{quoted(' '.join(words.split())[:60])} stands in {where}, not in {region.name}",
                                      "the words are unmistakable, so the instruction was followed"))  # fmt: skip

    def regions_of(self, path: Path, scope: Path, inherited: int, plan: Plan) -> list[Region]:
        """A path inside a scope; the scope may already say the same."""
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
            if regions[0].unit == "title":
                plan.title = i.text if i.verb == "replace" else ""
                if not plan.title:
                    plan.fail("A306", "a motion needs a title", 'write: replace the title with "..."')
                return
            region = self.one_region(regions, print_place(path[-1]), plan)
            if region is None:
                return
            found.append(region)
        if i.verb == "replace" and len(found) > 1:
            found = self._neighbours(found, plan)
        for region in found:
            self._region(region, i, plan)

    def _neighbours(self, found: list[Region], plan: Plan) -> list[Region]:
        """Several places with one new text between them must be neighbours: then they are one place."""
        found = sorted(found, key=lambda r: r.start)
        for before, after in zip(found, found[1:], strict=False):
            if self.source[before.end : after.start].strip() and not self._only_marker(before.end, after):
                plan.fail("A307", "one new text cannot replace places that are apart", "write an instruction for each place")
                return []
        blocks = tuple(b for region in found for b in region.blocks)
        last = found[-1]
        return [Region(found[0].unit, found[0].start, last.end, blocks, last.wide, name=found[0].name)]

    def _only_marker(self, end: int, region: Region) -> bool:
        return not self.source[end : region.start].strip()

    def _region(self, region: Region, i: Instruction, plan: Plan, *, introduced: bool = False) -> None:
        """A whole place goes (or is replaced)."""
        if region.unit == "line":
            self._lines(region, i, plan)
        elif region.unit == "sentence":
            self.cut(region.start, region.end, i, plan)
        elif region.unit == "row":
            plan.cuts.append(Cut(region.start - 1 if region.start else 0, region.end) if i.verb == "delete"
                             else Cut(region.start, region.end, i.text))  # fmt: skip
            plan.needs.append((region.start, region.end))
        elif region.blocks:
            self._blocks(region, i, plan, introduced=introduced)

    def _lines(self, region: Region, i: Instruction, plan: Plan) -> None:
        """Whole lines go only where they begin and end with a sentence or a block: lines are set, not written."""
        first, last = self.block_at(region.start), self.block_at(region.end)
        whole = region.wide and first is not None and last is not None
        if whole and first is not None and last is not None:
            before = self.source[first.content : region.start].rstrip()
            after = self.source[region.end : last.end]
            starts = region.start <= first.content or before.endswith((".", "!", "?", ":", ";"))
            ends = not after.strip() or self.source[region.end - 1] in ".!?:;"
            if starts and ends:
                self.cut(max(region.start, first.content if first.start == region.start and after.strip() else region.start), region.end, i, plan)
                return
        plan.fail("A312", f"the words of {region.name} do not begin and end with a sentence", 'quote the words: delete from "X" to "Y"')

    def _blocks(self, region: Region, i: Instruction, plan: Plan, *, introduced: bool) -> None:
        last = region.blocks[-1]
        leading = region.blocks[0]
        if region.unit == "paragraph" and not introduced and region.wide > region.end:
            calls = self.text.calls_of(last)
            name = f"{self.text.address(calls[0])} to {self.text.address(calls[-1])}" if len(calls) > 1 else self.text.address(calls[0])
            new = self._parsed(i.text)
            if i.verb == "replace" and any(b.kind == "call" for b in new):
                region = replace(region, end=region.wide, blocks=(*region.blocks, *calls))
            elif i.verb != "replace" or not i.text.rstrip().endswith(":"):
                plan.fail("A309", f"{self.text.address(last)} introduces {name}: it is not said whether they go too",
                          f"write 'delete {self.text.address(last)} and its points', or quote the words that go")  # fmt: skip
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
            plan.cuts.append(Cut(start, self.text.extent(region.blocks[-1]) if region.unit == "motion" else region.end, i.text))
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
        from toolkit_builder.motions.inserting import add_points, point_texts

        bodies = point_texts(i.text, several=True, label=region.blocks[0].labels[-1])
        tops = [b for b in region.blocks if b.depth == region.blocks[0].depth]
        first = tops[0]
        if len(bodies) > 1 and len(tops) == 1 and not self._marked(i.text):
            plan.fail("A311", f"the new text for {self.text.address(first)} has {len(bodies)} paragraphs", "number the new points, or write one paragraph")
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
        whole = start <= first.content + _lead(self.source, first) and self._is_end(end, last)
        if first is not last:
            self._across(first, last, start, end, i, plan, whole=whole)
            return
        removed = self.source[start:end]
        if joins.breaks_link(removed):
            plan.fail("A313", f"{quoted(removed)} holds one end of a link only", "quote the link's words from end to end")
        elif whole and i.verb == "delete":
            if self.text.children(first) or self.text.calls_of(first) and self.at.introduces(first):
                plan.fail("A309", f"{self.text.address(first)} introduces points: it is not said whether they go too",
                          f"write 'delete {self.text.address(first)} and its points'")  # fmt: skip
                return
            self.remove_blocks(first, first.end, plan)
        elif i.verb == "delete":
            plan.cuts.append(joins.delete(self.source, start, end, first.content, first.end))
        elif whole and first.kind == "call":
            self._new_points(Region("point", first.start, first.end, (first,)), i, plan)
        else:
            plan.cuts.append(joins.swap(self.source, start, end, i.text, first.content, first.end))

    def _is_end(self, end: int, block: Block) -> bool:
        return not self.source[end : block.end].strip(" .;,*_”\"'’")

    def _across(self, first: Block, last: Block, start: int, end: int, i: Instruction, plan: Plan, *, whole: bool) -> None:
        """Words over several blocks: whole blocks, or the end of the first and all of the rest."""
        inner = [b for b in self.text.blocks if first.start <= b.start <= last.start]
        at_start = start <= first.content + _lead(self.source, first)
        at_end = self._is_end(end, last)
        if not at_end:
            plan.fail("A308", f"the words end in the middle of {self.text.address(last)}, and what is left of it would have no place",
                      "write one instruction for each paragraph")  # fmt: skip
        elif at_start and i.verb == "delete":
            self.remove_blocks(first, self.text.extent(last), plan)
        elif at_start:
            region = Region("point" if first.kind == "call" else "paragraph", first.start, self.text.extent(last), tuple(inner))
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
                if listed and self.source[start : start + 1] == ":":
                    start += 1
                if listed or (own and not text[0].islower() and text[0] not in ".,;:"):
                    plan.cuts.append(Cut(start, stop, "\n\n" + text))
                else:
                    head = joins.swap(self.source, start, first.end, text, first.content, first.end)
                    plan.cuts.append(Cut(head.start, stop, head.new))
            plan.removed.extend(b.id for b in inner[1:])

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
            plan.fail("A302", "the words are not in that order in the text", "quote the first words and the last words that go")
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
        region = self.one_region(self.regions_of(ref, i.scope, i.inherited, plan) or [self.at.whole], print_place(ref[-1]), plan) if not plan.problem else None
        if region is None or plan.problem:
            return None
        if region.loose:
            plan.fail("A312", f"{region.name} does not say where words begin and end", 'quote the words: delete from "X" to "Y"')
            return None
        return region.start, max(region.end, region.wide)

    def _span_start(self, target: Target, match: tuple[int, int] | None, inside: list[Region], plan: Plan) -> int | None:
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
        self, target: Target, start: tuple[int, int] | None, match: tuple[int, int] | None, inside: list[Region], plan: Plan
    ) -> int | None:
        if match is not None:
            return match[1] if target.end_included else match[0]
        if start is not None and target.to_unit in {"sentence", "paragraph", "point", "bullet", "call", "clause", "subpoint"}:
            return self._unit_end(target.to_unit, start[1])
        if target.to_unit in {"motion", "text"}:
            return self._last()
        region = self.one_region(inside, "this place", plan)
        if region is None:
            return None
        if region.unit == "motion":
            return self._last()
        if region.loose:
            plan.fail("A312", f"{region.name} does not say where the words end", 'write: to the end of the paragraph, or from "X" to "Y"')
            return None
        block = self.block_at(start[0]) if start is not None else None
        if region.unit == "point" and block is not None and block.id == region.blocks[0].id and self.text.children(block):
            plan.fail("A309", f"{region.name} has sub-points: it is not said whether they go too", 'write: delete from "X" to "Y"')
            return None
        if region.unit == "paragraph" and region.wide > region.end and (start is None or start[0] < region.end):
            plan.fail("A309", f"{region.name} introduces points: it is not said whether they go too", 'write: delete from "X" to "Y"')
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
        from toolkit_builder.motions.amend import cut_together, make_planner
        from toolkit_builder.motions.text import parse

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


def _lead(source: str, block: Block) -> int:
    """Marks of emphasis or quotation before a block's first word."""
    words = source[block.content : block.end]
    return len(words) - len(words.lstrip("*_\"“‘' "))


def spot_words(spot: Spot) -> Words | None:
    """The quoted words of a spot, if it is by words."""
    return spot.ref if isinstance(spot.ref, Words) else None
