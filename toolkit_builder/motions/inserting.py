"""An insertion + the printed motion -> its plan: words into a block, paragraphs between blocks, points into lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from toolkit_builder.motions import joins
from toolkit_builder.motions.cutting import STOPS_SHORT
from toolkit_builder.motions.inserting_blocks import (
    beside_block,
    insert_block,
    paragraph_after,
    side_by_side,
    top_point,
)
from toolkit_builder.motions.instructions import Instruction, Spot, Words, print_place, quoted
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.points import (
    add_numbered,
    add_points,
    point_texts,
)
from toolkit_builder.motions.regions import Region
from toolkit_builder.motions.text import Block, parse

if TYPE_CHECKING:
    from toolkit_builder.motions.cutting import Cutter

_BLOCK_UNITS = {"paragraph", "point", "bullet", "subpoint", "clause", "heading", "row"}


_GOES_ON = re.compile(r"(?:and|or|but|nor|which|who|whose|including|plus|as\s+well\s+as)\b")
"""Words that go on with a sentence: no new point or paragraph begins with them."""


def insert(p: Cutter, i: Instruction, regions: list[Region], plan: Plan) -> None:
    """Plan an insertion of any kind."""
    unit = i.unit.removesuffix("s") if i.unit else ""
    if unit in _BLOCK_UNITS:
        insert_block(p, replace(i, unit=unit), regions, plan, several=i.unit.endswith("s"))
    elif i.spot is None:
        plan.fail(
            "A202", "this says what is new but not where it goes", 'say where: after "X", at the end of paragraph 2'
        )
    elif i.spot.kind in {"start", "end"}:
        _at_edge(p, i, i.spot, regions, plan)
    elif isinstance(i.spot.ref, Words):
        _at_words(p, i, i.spot, i.spot.ref, regions, plan)
    else:
        _at_place(p, i, i.spot, plan)


# --- words --------------------------------------------------------------------------------------------------


def _at_words(p: Cutter, i: Instruction, spot: Spot, words: Words, regions: list[Region], plan: Plan) -> None:
    """After, before or between quoted words."""
    for match in p.words(words, regions, plan):
        block = p.block_at(match.end)
        if block is None:
            plan.fail("A301", "these words are not in one part of the motion")
            return
        at = _outside(p.source, match.start, match.end, block, before=spot.kind == "before")
        if spot.kind == "between" and not _meets(p, i, spot, match.end, regions, plan):
            return
        if _stands_there(p.source, at, i.text, block, before=spot.kind == "before"):
            plan.fail(
                "A314", f"{quoted(i.text)} stands there already", "leave the instruction out, or quote other words"
            )
            return
        _put(p, i, at, block, plan, after=spot.kind != "before")
        if plan.problem:
            return


def _stands_there(source: str, at: int, text: str, block: Block, *, before: bool) -> bool:
    """Whether the new words are the very words beside the spot."""
    words = re.findall(r"\w+", text.lower())
    beside = re.findall(r"\w+", (source[block.content : at] if before else source[at : block.end]).lower())
    return bool(words) and (beside[-len(words) :] if before else beside[: len(words)]) == words


def _outside(source: str, start: int, end: int, block: Block, *, before: bool) -> int:
    """The offset beside words found, outside the emphasis that begins and ends with them."""
    first, last = start, end
    while first > block.content and source[first - 1] in "*_" and source[last : last + 1] == source[first - 1]:
        first, last = first - 1, last + 1
    return first if before else last


def _meets(p: Cutter, i: Instruction, spot: Spot, end: int, regions: list[Region], plan: Plan) -> bool:
    """Whether the second words of a ``between`` follow the first."""
    if not isinstance(spot.other, Words):
        plan.fail("A308", "'between' needs two quotations that stand side by side")
        return False
    beside = [m for m in p.at.finder.find(spot.other.quote, end) if not p.source[end : m.start].strip(" \n,;.")]
    if not beside:
        plan.fail("A308", "the two quotations do not stand side by side", 'write: after "X" insert "Y"')
        return False
    plan.needs.append((beside[0].start, beside[0].end))
    return True


def _put(p: Cutter, i: Instruction, at: int, block: Block, plan: Plan, *, after: bool) -> None:
    """New words at an offset; a whole sentence goes behind the full stop, never into the middle of another."""
    new = parse(i.text)[0].blocks
    dashed = len(new) == 1 and new[0].is_bullet and p.source[at : block.end].strip(" .;,")
    if not dashed and (len(new) > 1 or (new and new[0].kind == "call")):
        _blocks_at_words(p, i, at, block, plan, after=after)
        return
    right = joins.after_of(p.source, at, block.end)
    if joins.is_sentence(i.text) or i.unit == "sentence":
        stop = at
        while stop < block.end and p.source[stop] in ".!?”\"'’)*_":
            stop += 1
        ended = p.source[at:stop].strip("”\"'’)*_") or p.source[:at].rstrip("”\"'’)*_ ")[-1:] in {".", "!", "?", ":"}
        if after and (ended or stop == block.end):
            at = stop
        elif not after and (at == block.content or p.source[:at].rstrip("”\"'’)*_ \n")[-1:] in {".", "!", "?", ":"}):
            pass
        elif right not in ";:" or not right:
            plan.fail("A308", "a whole sentence would stand in the middle of another",
                      "quote the last words of the sentence it follows")  # fmt: skip
            return
    if joins.stops_short(p.source, at, i.text, block.end) and not p.source[block.content : at].rstrip().endswith(
        (".", "!", "?")
    ):
        plan.fail(*STOPS_SHORT)
        return
    put = joins.continued if after else joins.insert
    plan.cuts.append(put(p.source, at, i.text, block.content, block.end))


def _blocks_at_words(p: Cutter, i: Instruction, at: int, block: Block, plan: Plan, *, after: bool) -> None:
    """Paragraphs or points put after words must follow the end of the words' own block."""
    at_end = after and not p.source[at : block.end].strip(" .;,:*_”\"'’")
    at_start = not after and not p.source[block.content : at].strip(" *_”\"'’")
    if not at_end and not at_start:
        plan.fail("A308", f"new paragraphs or points cannot go into the middle of {p.text.address(block)}",
                  f"write: after {p.text.address(block)} insert")  # fmt: skip
        return
    plan.needs.append((block.start, block.end))
    beside_block(p, i, block, plan, after=at_end, several=True)


def _at_place(p: Cutter, i: Instruction, spot: Spot, plan: Plan) -> None:
    """After or before a place, with nothing said of what the new text is: what the place is."""
    path = spot.ref if not isinstance(spot.ref, Words) and spot.ref else ()
    regions = p.regions_of(path, i.scope, i.inherited, plan)
    region = p.one_region(regions, print_place(path[-1]), plan) if not plan.problem else None
    if region is None or not side_by_side(p, i, spot, region, plan):
        return
    if spot.kind == "between":
        spot = Spot(kind="after", ref=spot.ref)
    if region.unit == "sentence":
        plan.needs.append((region.start, region.end))
        block = region.blocks[0]
        at = region.end if spot.kind == "after" else region.start
        plan.cuts.append(joins.insert(p.source, at, i.text, block.content, block.end))
    elif region.unit in {"paragraph", "point", "section", "list", "preamble", "heading", "table"} and region.blocks:
        block = region.blocks[-1 if spot.kind == "after" else 0]
        if (
            i.text[0] in ",;:."
            or (_GOES_ON.match(i.text) and block.kind != "heading")
            or (i.text[0].islower() and p.text.text(block)[:1].isupper() and not parse(i.text)[0].calls)
        ):
            plan.fail(
                "A308",
                f"it is not plain whether this goes on in {p.text.address(block)} or is new after it",
                f'write: at the end of {p.text.address(block)} insert "..."; or: insert new point after it',
            )
            return
        beside_block(p, i, block, plan, after=spot.kind == "after", several=True)
    else:
        plan.fail(
            "A308", f"new text cannot go {spot.kind} {region.name or 'that'}", 'quote the words: after "X" insert "Y"'
        )


def _at_edge(p: Cutter, i: Instruction, spot: Spot, regions: list[Region], plan: Plan) -> None:
    """At the start or end of a paragraph, point or sentence; of a section or the motion."""
    if spot.ref is not None and not isinstance(spot.ref, Words):
        regions = p.regions_of(spot.ref, i.scope, i.inherited, plan)
        if plan.problem:
            return
        if regions[0].unit == "title":
            title = p.text.title
            plan.title = f"{title} {i.text}" if spot.kind == "end" and i.text[0] not in ",;:" else f"{title}{i.text}"
            plan.title = f"{i.text} {title}" if spot.kind == "start" else plan.title
            return
    region = p.one_region(regions, "this place", plan)
    if region is None:
        return
    if region.unit == "sentence":
        cut = (
            joins.append(p.source, region.end, i.text, region.start)
            if spot.kind == "end"
            else joins.prepend(p.source, region.start, i.text)
        )
        plan.needs.append((region.start, region.end))
        plan.cuts.append(cut)
    elif region.unit in {"paragraph", "point", "heading"} and region.blocks and region.blocks[0].kind != "table":
        _edge_of_block(p, i, spot, region, plan)
    elif region.unit in {"motion", "section", "preamble", "list"}:
        _edge_of_part(p, i, spot, region, plan)
    else:
        plan.fail(
            "A308",
            f"{region.name or 'this place'} has no {spot.kind} that new words could join",
            'quote the words: after "X" insert "Y"',
        )


def _edge_of_block(p: Cutter, i: Instruction, spot: Spot, region: Region, plan: Plan) -> None:
    block = region.blocks[0]
    new = parse(i.text)[0].blocks
    listed = bool(new) and all(b.kind == "call" for b in new)
    introduces = block.kind == "paragraph" and p.at.introduces(block)
    plan.needs.append((block.start, block.end))
    if spot.kind == "start":
        if len(new) > 1 or listed:
            plan.fail(
                "A308",
                f"several paragraphs cannot begin {p.text.address(block)}",
                "write: insert new paragraph before it",
            )
        else:
            plan.cuts.append(joins.prepend(p.source, block.content, i.text))
    elif listed and (introduces or p.text.children(block)):
        inner = p.text.calls_of(block) if introduces else p.text.children(block)
        depth = min(b.depth for b in inner)
        add_points(p, [b for b in inner if b.depth == depth][-1], point_texts(i.text, several=True), plan, after=True)
    elif introduces or p.text.children(block):
        plan.fail("A309",
                f"{p.text.address(block)} introduces points: is the new text to follow its own words or "
                f"its points?",
                  'quote the words it is to follow, or write: add new point at end')  # fmt: skip
    elif listed and block.kind == "call" and new[0].labels[:1] != block.labels[:1]:
        beside_block(p, i, block, plan, after=True, several=True)
    elif len(new) > 1 and block.kind == "call":
        plan.fail("A308", f"several paragraphs cannot end {p.text.address(block)}", "write: insert new point after it")
    elif len(new) > 1:
        plan.cuts.append(Cut(block.end, block.end, ("\n\n" if new[0].opens else " ") + i.text))
    else:
        plan.cuts.append(joins.append(p.source, block.end, i.text, block.content, sentence=i.unit == "sentence"))


def _edge_of_part(p: Cutter, i: Instruction, spot: Spot, region: Region, plan: Plan) -> None:
    """The end of the motion or of a section: a new paragraph, a new point, or words that go on."""
    blocks = [b for b in region.blocks if b.kind != "heading"]
    if not blocks:
        plan.fail("A305", "there is no text here to add to")
        return
    new = parse(i.text)[0].blocks
    if spot.kind == "start":
        if region.unit != "motion" or (new and new[0].kind == "call"):
            plan.fail(
                "A308",
                f"it is not plain what the start of {region.name or 'this part'} is",
                'quote the words: before "X" insert "Y"',
            )
        else:
            beside_block(p, i, blocks[0], plan, after=False, several=True)
        return
    last = blocks[-1]
    plain = len(new) == 1 and new[0].kind == "paragraph" and not new[0].opens
    if region.unit == "section" and len(blocks) == 1 and plain and not p.at.introduces(last):
        plan.needs.append((last.end - 1, last.end))
        plan.cuts.append(joins.append(p.source, last.end, i.text, last.content))
        return
    if new and new[0].kind == "call" and last.kind == "call":
        top = last if last.depth == 1 or new[0].style == last.style else top_point(p, last)
        add_numbered(p, top, i, plan)
    elif new and new[0].kind == "call":
        plan.fail(
            "A308",
            f"{region.name or 'the motion'} does not end with a list that this point could join",
            "write: add new point at end, or name the point it goes after",
        )
    elif new and (new[0].opens or len(new) > 1 or last.kind not in {"paragraph", "call"}):
        paragraph_after(p, i.text, last, plan)
    elif last.kind == "call":
        _after_last_point(p, i, last, plan)
    elif i.text[0] in ",;:–—-" or i.text[0].islower():
        plan.cuts.append(joins.append(p.source, last.end, i.text, last.content))
        plan.needs.append((last.end - 1, last.end))
    else:
        paragraph_after(p, i.text, last, plan)


def _after_last_point(p: Cutter, i: Instruction, last: Block, plan: Plan) -> None:
    """``Add at end`` after a list: one more point if it reads like one."""
    ends = p.source[last.start : last.end].rstrip("*_ ")[-1:]
    like = i.text[:1].isupper() == p.text.text(last)[:1].isupper() and i.text[0].isalpha()
    if i.text[0] in ",;:" or (i.text[0].islower() and p.text.text(last)[:1].isupper()):
        plan.cuts.append(joins.append(p.source, last.end, i.text, last.content))
        plan.needs.append((last.end - 1, last.end))
    elif like and len(i.text.split()) >= 3 and (ends in ".;" or ends.isalnum() or ends in ",)"):
        top = last if last.depth == 1 else None
        if top is None:
            plan.fail(
                "A308", "it is not plain whether this is a new point or a new sub-point", "write: add new point at end"
            )
            return
        add_points(p, top, [i.text], plan, after=True)
    else:
        plan.fail(
            "A308",
            "it is not plain whether this goes on in the last point or is a new one",
            "write: add new point at end, or: add at end of point 4",
        )
