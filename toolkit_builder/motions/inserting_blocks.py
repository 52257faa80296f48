"""New paragraphs, points and headings + the printed motion -> their plan: beside a block, at an edge, by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from toolkit_builder.motions.codes import insert_coded, is_code
from toolkit_builder.motions.instructions import Instruction, Spot, Words, label_words, print_place
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.points import (
    add_points,
    add_sub_points,
    bodies_of,
    follows,
    follows_on,
    list_in,
    numbered_point,
    point_beside,
)
from toolkit_builder.motions.regions import Region
from toolkit_builder.motions.relabel import items_of, key_of
from toolkit_builder.motions.rows import insert_row
from toolkit_builder.motions.text import Block, parse

if TYPE_CHECKING:
    from toolkit_builder.motions.cutting import Cutter


def side_by_side(p: Cutter, i: Instruction, spot: Spot, region: Region, plan: Plan) -> bool:
    """Whether the second place of a ``between`` follows the first (there is none for other spots)."""
    if spot.kind != "between":
        return True
    other = p.regions_of(spot.other, i.scope, i.inherited, plan) if isinstance(spot.other, tuple) else []
    if plan.problem is None and (
        len(other) != 1
        or other[0].start <= region.start
        or p.source[max(region.end, region.wide) : other[0].start].strip()
    ):
        plan.fail("A308", "the two places do not stand side by side", "write: after paragraph 2 insert")
    return plan.problem is None


def top_point(p: Cutter, block: Block) -> Block:
    """The top-level point a sub-point lies in."""
    tops = [b for b in p.text.calls if b.list_no == block.list_no and b.depth == 1 and b.start <= block.start]
    return tops[-1] if tops else block


def paragraph_after(p: Cutter, text: str, block: Block, plan: Plan) -> None:
    end = p.text.extent(block)
    plan.cuts.append(Cut(end, end, "\n\n" + text))


def insert_block(p: Cutter, i: Instruction, regions: list[Region], plan: Plan, *, several: bool) -> None:
    if i.unit == "row":
        insert_row(p, i, regions, plan)
        return
    if is_code(i.label) and i.spot is None:
        insert_coded(p, i, plan)
        return
    opens = bool(new := parse(i.text)[0].blocks) and new[0].kind == "paragraph" and new[0].opens
    if i.unit == "clause" or (i.unit == "subpoint" and opens and not i.scope):
        i = replace(i, unit="point" if p.text.calls and not opens else "paragraph")
    if (i.unit == "paragraph" and i.label and not i.label[0].isdigit()) or (
        i.unit == "paragraph" and not p.text.paragraphs and p.text.calls
    ):
        i = replace(i, unit="point")
    if i.label and i.spot is None:
        if i.unit == "paragraph":
            _numbered_paragraph(p, i, regions, plan)
        elif i.unit == "heading":
            plan.fail("A306", "a heading has no number", "write: insert new heading before paragraph 2")
        else:
            numbered_point(p, i, regions, plan, several=several)
        return
    spot = i.spot
    if spot is None:
        plan.fail(
            "A202", "this says what is new but not where it goes", "say where: after paragraph 2, at end, new point 4"
        )
        return
    if spot.kind in {"start", "end"}:
        _block_at_edge(p, i, spot, regions, plan, several=several)
        return
    block = _beside(p, i, spot, regions, plan)
    if block is not None:
        beside_block(p, i, block, plan, after=spot.kind != "before", several=several)


def _beside(p: Cutter, i: Instruction, spot: Spot, regions: list[Region], plan: Plan) -> Block | None:
    """The block a new block goes beside."""
    if isinstance(spot.ref, Words):
        found = p.words(spot.ref, regions, plan)
        block = p.block_at(found[0].end) if found else None
        if block is None:
            return None
        rest = p.source[found[0].end : block.end] if spot.kind != "before" else p.source[block.content : found[0].start]
        if rest.strip(" .;,:*_”\"'’"):
            plan.fail(
                "A308",
                f"a new {i.unit} cannot go into the middle of {p.text.address(block)}",
                f"write: after {p.text.address(block)}",
            )
            return None
        return block
    regions = p.regions_of(spot.ref or (), i.scope, i.inherited, plan)
    name = print_place(spot.ref[-1]) if spot.ref else "this place"
    region = p.one_region(regions, name, plan) if not plan.problem else None
    if region is None or not region.blocks:
        return None
    if region.loose or region.unit == "sentence":
        plan.fail(
            "A308",
            f"a new {i.unit} cannot go {spot.kind} {region.name}",
            f"name the paragraph or point it goes {spot.kind}",
        )
        return None
    if isinstance(spot.other, tuple) and not side_by_side(p, i, spot, region, plan):
        return None
    if spot.kind == "before":
        return region.blocks[0]
    top = [b for b in region.blocks if b.depth == region.blocks[0].depth]
    return top[-1]


def beside_block(p: Cutter, i: Instruction, block: Block, plan: Plan, *, after: bool, several: bool) -> None:
    """New paragraphs beside a paragraph, new points beside a point."""
    unit = i.unit or ("point" if block.kind == "call" else "paragraph")
    plan.needs.append((block.start, block.end))
    new = parse(i.text)[0].blocks
    if (
        unit == "subpoint"
        and after
        and block.kind == "call"
        and new
        and new[0].kind == "call"
        and follows_on(new[0], block)
    ):
        point_beside(p, replace(i, unit="point"), block, plan, after=after, several=True)
    elif unit == "subpoint" and block.kind == "call" and block.depth == 1:
        add_sub_points(p, i, block, plan)
    elif unit in {"point", "bullet", "subpoint", "clause"}:
        point_beside(p, i, block, plan, after=after, several=several)
    elif block.kind == "call":
        items = items_of(p.text, key_of(top_point(p, block)))
        if not after or top_point(p, block).id != items[-1].id or i.unit == "":
            plan.fail("A308",
                    f"a new paragraph cannot go {'after' if after else 'before'} {p.text.address(block)} "
                    f"in the middle of a list",
                      "write: insert new point")  # fmt: skip
            return
        paragraph_after(p, i.text, items[-1], plan)
    elif after:
        calls = p.text.calls_of(block)
        last = calls[-1] if calls else block
        text = _headed(p, i) if unit == "heading" else i.text
        plan.cuts.append(Cut(last.end, last.end, "\n\n" + text))
    else:
        start = p.line_start(block)
        text = _headed(p, i) if unit == "heading" else i.text
        plan.cuts.append(Cut(start, start, text + "\n\n"))


def _headed(p: Cutter, i: Instruction) -> str:
    """A heading of the level the motion uses."""
    if i.text.startswith("#"):
        return i.text
    marks = [re.match(r"#+", p.source[b.start : b.end]) for b in p.text.blocks if b.kind == "heading"]
    level = max((len(m[0]) for m in marks if m), default=2)
    return f"{'#' * level} {i.text}"


def _block_at_edge(p: Cutter, i: Instruction, spot: Spot, regions: list[Region], plan: Plan, *, several: bool) -> None:
    """``Add new point at end``, ``insert new paragraph at the start``."""
    if spot.ref is not None and not isinstance(spot.ref, Words):
        regions = p.regions_of(spot.ref, i.scope, i.inherited, plan)
        if plan.problem:
            return
    region = p.one_region(regions, "this place", plan)
    if region is None:
        return
    if i.unit in {"paragraph", "heading"}:
        blocks = [b for b in region.blocks if b.kind != "heading"]
        if region.unit == "paragraph" and spot.kind == "end" and i.unit == "paragraph" and not region.wide:
            paragraph_after(p, i.text, blocks[-1], plan)
        elif region.unit not in {"motion", "section", "preamble"} or not blocks:
            plan.fail(
                "A308",
                f"a new {i.unit} cannot go to the {spot.kind} of {region.name}",
                "name the paragraph it goes after",
            )
        elif spot.kind == "end":
            paragraph_after(p, _headed(p, i) if i.unit == "heading" else i.text, blocks[-1], plan)
        elif region.unit == "section":
            plan.fail("A308", "a section begins with its opener", "name the paragraph it goes after")
        else:
            beside_block(p, i, blocks[0], plan, after=False, several=True)
        return
    if i.unit == "subpoint" and region.unit == "point":
        add_sub_points(p, i, region.blocks[0], plan)
        return
    items = list_in(p, i, region, plan)
    if items and (bodies := bodies_of(i, plan, several=several)):
        if spot.kind == "end" and i.label and not follows(i.label, items[-1]):
            plan.fail(
                "A311",
                f"the last point is {items[-1].marker}, so a new one at the end is not {label_words(i.label)}",
                "leave the number out",
            )
            return
        add_points(p, items[-1] if spot.kind == "end" else items[0], bodies, plan, after=spot.kind == "end")


def _numbered_paragraph(p: Cutter, i: Instruction, regions: list[Region], plan: Plan) -> None:
    """``Insert new paragraph 2``: it goes before the printed paragraph 2."""
    number = int(i.label[0])
    paragraphs = list(p.text.paragraphs)
    if len(i.label) > 1 or number < 1 or number > len(paragraphs) + 1:
        plan.fail("A311",
                f"the motion has {len(paragraphs)} paragraphs, so there is no place for paragraph "
                f"{label_words(i.label)}",
                  "name the paragraph it goes after")  # fmt: skip
    elif number <= len(paragraphs):
        start = p.line_start(paragraphs[number - 1])
        plan.cuts.append(Cut(start, start, i.text + "\n\n"))
    else:
        calls = p.text.calls_of(paragraphs[-1]) if paragraphs else ()
        last = calls[-1] if calls else (paragraphs or list(p.text.blocks))[-1]
        if p.text.blocks[-1].id != last.id:
            last = p.text.blocks[-1]
        plan.cuts.append(Cut(last.end, last.end, "\n\n" + i.text))
