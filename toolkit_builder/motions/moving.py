"""Whole paragraphs or points + a spot -> the plan that takes them out and puts them in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit_builder.motions.codes import codes
from toolkit_builder.motions.inserting import insert
from toolkit_builder.motions.instructions import Instruction, Path, Place, Spot, Target, print_place
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.regions import Region
from toolkit_builder.motions.relabel import key_of

if TYPE_CHECKING:
    from toolkit_builder.motions.cutting import Cutter


def move(p: Cutter, i: Instruction, target: Target, regions: list[Region], plan: Plan) -> None:
    """Whole paragraphs or points from one place to another: out, and in again with the same words."""
    if target.kind != "places" or len(target.places) != 1:
        plan.fail(
            "A308",
            "only whole paragraphs and points can be moved",
            "delete the words, and insert them where they should go",
        )
        return
    found = p.regions_of(target.places[0], i.scope, i.inherited, plan)
    region = p.one_region(found, print_place(target.places[0][-1]), plan) if not plan.problem else None
    if region is None:
        return
    if not region.blocks or region.unit not in {"paragraph", "point"} or region.wide > region.end:
        plan.fail(
            "A308",
            "only whole paragraphs and points can be moved",
            "delete the words, and insert them where they should go",
        )
        return
    first = region.blocks[0]
    if i.renumber and any(code.block == first for code in codes(p.text)):
        plan.fail(
            "A311",
            "it is not said which code each paragraph is to have",
            "leave out 'renumber', or hand in an edited copy",
        )
        return
    words = p.source[first.start : region.end] if first.kind == "call" else p.source[region.start : region.end]
    label, spot = i.label, i.spot
    path: Path = ()
    if label:  # "to become point 2": before the printed 2 when it comes from below, after it when from above
        path = (Place(unit="point" if first.kind == "call" else "paragraph", labels=label),)
        goal = p.regions_of(path, i.scope, i.inherited, plan)
        if plan.problem or not goal:
            return
        spot = Spot(kind="before" if goal[0].start < region.start else "after", ref=path)
    made = Instruction(verb="insert", scope=i.scope, spot=spot, text=words, inherited=i.inherited,
                       unit="points" if first.kind == "call" else "paragraphs")  # fmt: skip
    insert(p, made, regions, plan)
    if plan.problem is None:
        plan.needs.append((region.start, region.end))
        p.remove_blocks(first, region.end, plan)
        if first.kind == "call":
            plan.told.add(key_of(first))


def swap(p: Cutter, i: Instruction, target: Target, plan: Plan) -> None:
    """Two paragraphs, or two points, change places; numbers stay where they are."""
    found: list[Region] = []
    for path in target.places:
        regions = p.regions_of(path, i.scope, i.inherited, plan)
        region = p.one_region(regions, print_place(path[-1]), plan) if not plan.problem else None
        if region is None:
            return
        found.append(region)
    one, other = sorted(found, key=lambda region: region.start)
    blocks = [region.blocks[0] for region in found if region.blocks]
    whole = len(blocks) == 2 and {r.unit for r in found} <= {"paragraph", "point"} and one.unit == other.unit
    numbered = any(b.style and b.style.system == "decimal" and p.text.children(b) for b in blocks)
    if not whole or one.end > other.start or one.wide > one.end or other.wide > other.end or numbered:
        plan.fail(
            "A308",
            "only two whole paragraphs or points can be swapped",
            "delete the words, and insert them where they should go",
        )
        return
    if any(code.block in blocks for code in codes(p.text)):
        plan.fail(
            "A308",
            "it is not said whether the codes of these paragraphs change places too",
            "hand in an edited copy of the two paragraphs",
        )
        return
    above, below = one.blocks[0].content, other.blocks[0].content
    plan.needs.extend([(one.start, one.end), (other.start, other.end)])
    plan.cuts.append(Cut(above, one.end, p.source[below : other.end]))
    plan.cuts.append(Cut(below, other.end, p.source[above : one.end]))
