"""An insertion + the printed motion -> its plan: words into a block, paragraphs between blocks, points into lists."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from toolkit_builder.motions import joins
from toolkit_builder.motions.instructions import Instruction, Path, Place, Spot, Target, Words, label_words, print_place
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.locate import Region
from toolkit_builder.motions.markers import letter_value, roman_value
from toolkit_builder.motions.relabel import ListKey, NewPoint, items_of, key_of, style_of
from toolkit_builder.motions.text import Block, parse

if TYPE_CHECKING:
    from toolkit_builder.motions.planning import Plan, Planner

_BLOCK_UNITS = {"paragraph", "point", "bullet", "subpoint", "clause", "heading", "row"}


def insert(p: Planner, i: Instruction, regions: list[Region], plan: Plan) -> None:
    """Plan an insertion of any kind."""
    unit = i.unit.removesuffix("s") if i.unit else ""
    if unit in _BLOCK_UNITS:
        _insert_block(p, replace(i, unit=unit), regions, plan, several=i.unit.endswith("s"))
    elif i.spot is None:
        plan.fail("A202", "this says what is new but not where it goes", 'say where: after "X", at the end of paragraph 2')
    elif i.spot.kind in {"start", "end"}:
        _at_edge(p, i, i.spot, regions, plan)
    elif isinstance(i.spot.ref, Words):
        _at_words(p, i, i.spot, i.spot.ref, regions, plan)
    else:
        _at_place(p, i, i.spot, plan)


# --- words --------------------------------------------------------------------------------------------------


def _at_words(p: Planner, i: Instruction, spot: Spot, words: Words, regions: list[Region], plan: Plan) -> None:
    """After, before or between quoted words."""
    for match in p.words(words, regions, plan):
        block = p.block_at(match.end)
        if block is None:
            plan.fail("A301", "these words are not in one part of the motion")
            return
        at = match.start if spot.kind == "before" else match.end
        if spot.kind == "between" and not _meets(p, i, spot, match.end, regions, plan):
            return
        _put(p, i, at, block, plan, after=spot.kind != "before")
        if plan.problem:
            return


def _meets(p: Planner, i: Instruction, spot: Spot, end: int, regions: list[Region], plan: Plan) -> bool:
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


def _put(p: Planner, i: Instruction, at: int, block: Block, plan: Plan, *, after: bool) -> None:
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
    plan.cuts.append(joins.insert(p.source, at, i.text, block.content, block.end))


def _blocks_at_words(p: Planner, i: Instruction, at: int, block: Block, plan: Plan, *, after: bool) -> None:
    """Paragraphs or points put after words must follow the end of the words' own block."""
    at_end = after and not p.source[at : block.end].strip(" .;,:*_”\"'’")
    at_start = not after and not p.source[block.content : at].strip(" *_”\"'’")
    if not at_end and not at_start:
        plan.fail("A308", f"new paragraphs or points cannot go into the middle of {p.text.address(block)}",
                  f"write: after {p.text.address(block)} insert")  # fmt: skip
        return
    plan.needs.append((block.start, block.end))
    _beside_block(p, i, block, plan, after=at_end, several=True)


def _at_place(p: Planner, i: Instruction, spot: Spot, plan: Plan) -> None:
    """After or before a place, with nothing said of what the new text is: what the place is."""
    path = spot.ref if not isinstance(spot.ref, Words) and spot.ref else ()
    regions = p.regions_of(path, i.scope, i.inherited, plan)
    region = p.one_region(regions, print_place(path[-1]), plan) if not plan.problem else None
    if region is None:
        return
    if region.unit == "sentence":
        plan.needs.append((region.start, region.end))
        block = region.blocks[0]
        at = region.end if spot.kind == "after" else region.start
        plan.cuts.append(joins.insert(p.source, at, i.text, block.content, block.end))
    elif region.unit in {"paragraph", "point", "section", "list", "preamble", "heading", "table"} and region.blocks:
        block = region.blocks[-1 if spot.kind == "after" else 0]
        if i.text[0] in ",;:." or (i.text[0].islower() and p.text.text(block)[:1].isupper() and not parse(i.text)[0].calls):
            plan.fail("A308", f"it is not plain whether this goes on in {p.text.address(block)} or is new after it",
                      f'write: at the end of {p.text.address(block)} insert "..."; or: insert new point after it')  # fmt: skip
            return
        _beside_block(p, i, block, plan, after=spot.kind == "after", several=True)
    else:
        plan.fail("A308", f"new text cannot go {spot.kind} {region.name or 'that'}", 'quote the words: after "X" insert "Y"')


def _at_edge(p: Planner, i: Instruction, spot: Spot, regions: list[Region], plan: Plan) -> None:
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
        block = region.blocks[0]
        cut = joins.append(p.source, region.end, i.text, region.start) if spot.kind == "end" else joins.prepend(p.source, region.start, i.text)
        plan.needs.append((region.start, region.end))
        plan.cuts.append(cut)
    elif region.unit in {"paragraph", "point", "heading"} and region.blocks and region.blocks[0].kind != "table":
        _edge_of_block(p, i, spot, region, plan)
    elif region.unit in {"motion", "section", "preamble", "list"}:
        _edge_of_part(p, i, spot, region, plan)
    else:
        plan.fail("A308", f"{region.name or 'this place'} has no {spot.kind} that new words could join", 'quote the words: after "X" insert "Y"')


def _edge_of_block(p: Planner, i: Instruction, spot: Spot, region: Region, plan: Plan) -> None:
    block = region.blocks[0]
    new = parse(i.text)[0].blocks
    listed = bool(new) and all(b.kind == "call" for b in new)
    introduces = block.kind == "paragraph" and p.at.introduces(block)
    plan.needs.append((block.start, block.end))
    if spot.kind == "start":
        if len(new) > 1 or listed:
            plan.fail("A308", f"several paragraphs cannot begin {p.text.address(block)}", "write: insert new paragraph before it")
        else:
            plan.cuts.append(joins.prepend(p.source, block.content, i.text))
    elif listed and (introduces or p.text.children(block)):
        inner = p.text.calls_of(block) if introduces else p.text.children(block)
        depth = min(b.depth for b in inner)
        add_points(p, [b for b in inner if b.depth == depth][-1], point_texts(i.text, several=True), plan, after=True)
    elif introduces or p.text.children(block):
        plan.fail("A309", f"{p.text.address(block)} introduces points: is the new text to follow its own words or its points?",
                  'quote the words it is to follow, or write: add new point at end')  # fmt: skip
    elif listed and block.kind == "call" and new[0].labels[:1] != block.labels[:1]:
        _beside_block(p, i, block, plan, after=True, several=True)
    elif len(new) > 1 and block.kind == "call":
        plan.fail("A308", f"several paragraphs cannot end {p.text.address(block)}", "write: insert new point after it")
    elif len(new) > 1:
        plan.cuts.append(Cut(block.end, block.end, ("\n\n" if new[0].opens else " ") + i.text))
    else:
        plan.cuts.append(joins.append(p.source, block.end, i.text, block.content, sentence=i.unit == "sentence"))


def _edge_of_part(p: Planner, i: Instruction, spot: Spot, region: Region, plan: Plan) -> None:
    """The end of the motion or of a section: a new paragraph, a new point, or words that go on."""
    blocks = [b for b in region.blocks if b.kind != "heading"]
    if not blocks:
        plan.fail("A305", "there is no text here to add to")
        return
    new = parse(i.text)[0].blocks
    if spot.kind == "start":
        if region.unit != "motion" or (new and new[0].kind == "call"):
            plan.fail("A308", f"it is not plain what the start of {region.name or 'this part'} is", 'quote the words: before "X" insert "Y"')
        else:
            _beside_block(p, i, blocks[0], plan, after=False, several=True)
        return
    last = blocks[-1]
    if region.unit == "section" and len(blocks) == 1 and len(new) == 1 and new[0].kind == "paragraph" and not new[0].opens:
        if not p.at.introduces(last):
            plan.needs.append((last.end - 1, last.end))
            plan.cuts.append(joins.append(p.source, last.end, i.text, last.content))
            return
    if new and new[0].kind == "call" and last.kind == "call":
        top = last if last.depth == 1 or new[0].style == last.style else _top(p, last)
        _add_checked(p, top, i, plan)
    elif new and (new[0].opens or len(new) > 1 or last.kind not in {"paragraph", "call"}):
        _paragraph_after(p, i.text, last, plan)
    elif last.kind == "call":
        _after_last_point(p, i, last, plan)
    elif i.text[0] in ",;:–—-" or i.text[0].islower():
        plan.cuts.append(joins.append(p.source, last.end, i.text, last.content))
        plan.needs.append((last.end - 1, last.end))
    else:
        _paragraph_after(p, i.text, last, plan)


def _after_last_point(p: Planner, i: Instruction, last: Block, plan: Plan) -> None:
    """``Add at end`` after a list: one more point if it reads like one."""
    ends = p.source[last.start : last.end].rstrip("*_ ")[-1:]
    like = i.text[:1].isupper() == p.text.text(last)[:1].isupper() and i.text[0].isalpha()
    if i.text[0] in ",;:" or (i.text[0].islower() and p.text.text(last)[:1].isupper()):
        plan.cuts.append(joins.append(p.source, last.end, i.text, last.content))
        plan.needs.append((last.end - 1, last.end))
    elif like and len(i.text.split()) >= 3 and (ends in ".;" or ends.isalnum() or ends in ",)"):
        top = last if last.depth == 1 else None
        if top is None:
            plan.fail("A308", "it is not plain whether this is a new point or a new sub-point", "write: add new point at end")
            return
        add_points(p, top, [i.text], plan, after=True)
    else:
        plan.fail("A308", "it is not plain whether this goes on in the last point or is a new one", "write: add new point at end, or: add at end of point 4")


def _top(p: Planner, block: Block) -> Block:
    """The top-level point a sub-point lies in."""
    tops = [b for b in p.text.calls if b.list_no == block.list_no and b.depth == 1 and b.start <= block.start]
    return tops[-1] if tops else block


def _paragraph_after(p: Planner, text: str, block: Block, plan: Plan) -> None:
    end = p.text.extent(block)
    plan.cuts.append(Cut(end, end, "\n\n" + text))


# --- whole blocks -------------------------------------------------------------------------------------------


def _insert_block(p: Planner, i: Instruction, regions: list[Region], plan: Plan, *, several: bool) -> None:
    if i.unit == "row":
        plan.fail("A306", "rows of a table cannot be inserted by an instruction", "hand in the table as an edited copy")
        return
    if i.unit == "clause":
        i = replace(i, unit="point" if p.text.calls else "paragraph")
    if i.unit == "paragraph" and i.label and not i.label[0].isdigit() or (i.unit == "paragraph" and not p.text.paragraphs and p.text.calls):
        i = replace(i, unit="point")
    if i.label and i.spot is None:
        if i.unit == "paragraph":
            _numbered_paragraph(p, i, regions, plan)
        elif i.unit == "heading":
            plan.fail("A306", "a heading has no number", "write: insert new heading before paragraph 2")
        else:
            _numbered_point(p, i, regions, plan, several=several)
        return
    spot = i.spot
    if spot is None:
        plan.fail("A202", "this says what is new but not where it goes", "say where: after paragraph 2, at end, new point 4")
        return
    if spot.kind in {"start", "end"}:
        _block_at_edge(p, i, spot, regions, plan, several=several)
        return
    block = _beside(p, i, spot, regions, plan)
    if block is not None:
        _beside_block(p, i, block, plan, after=spot.kind != "before", several=several)


def _beside(p: Planner, i: Instruction, spot: Spot, regions: list[Region], plan: Plan) -> Block | None:
    """The block a new block goes beside."""
    if isinstance(spot.ref, Words):
        found = p.words(spot.ref, regions, plan)
        block = p.block_at(found[0].end) if found else None
        if block is None:
            return None
        rest = p.source[found[0].end : block.end] if spot.kind != "before" else p.source[block.content : found[0].start]
        if rest.strip(" .;,:*_”\"'’"):
            plan.fail("A308", f"a new {i.unit} cannot go into the middle of {p.text.address(block)}", f"write: after {p.text.address(block)}")
            return None
        return block
    regions = p.regions_of(spot.ref or (), i.scope, i.inherited, plan)
    name = print_place(spot.ref[-1]) if spot.ref else "this place"
    region = p.one_region(regions, name, plan) if not plan.problem else None
    if region is None or not region.blocks:
        return None
    if region.loose or region.unit == "sentence":
        plan.fail("A308", f"a new {i.unit} cannot go {spot.kind} {region.name}", f"name the paragraph or point it goes {spot.kind}")
        return None
    if spot.kind == "between" and isinstance(spot.other, tuple):
        other = p.regions_of(spot.other, i.scope, i.inherited, plan)
        follows = other and not p.source[max(region.end, region.wide) : other[0].start].strip()
        if not follows:
            plan.fail("A308", "the two places do not stand side by side")
            return None
    if spot.kind == "before":
        return region.blocks[0]
    top = [b for b in region.blocks if b.depth == region.blocks[0].depth]
    return top[-1]


def _beside_block(p: Planner, i: Instruction, block: Block, plan: Plan, *, after: bool, several: bool) -> None:
    """New paragraphs beside a paragraph, new points beside a point."""
    unit = i.unit or ("point" if block.kind == "call" else "paragraph")
    plan.needs.append((block.start, block.end))
    if unit == "subpoint" and block.kind == "call" and block.depth == 1:
        _sub_at_end(p, i, block, plan)
    elif unit in {"point", "bullet", "subpoint", "clause"}:
        _point_beside(p, i, block, plan, after=after, several=several)
    elif block.kind == "call":
        items = items_of(p.text, key_of(_top(p, block)))
        if not after or _top(p, block).id != items[-1].id or i.unit == "":
            plan.fail("A308", f"a new paragraph cannot go {'after' if after else 'before'} {p.text.address(block)} in the middle of a list",
                      "write: insert new point")  # fmt: skip
            return
        _paragraph_after(p, i.text, items[-1], plan)
    elif after:
        calls = p.text.calls_of(block)
        last = calls[-1] if calls else block
        text = _headed(p, i) if unit == "heading" else i.text
        plan.cuts.append(Cut(last.end, last.end, "\n\n" + text))
    else:
        start = p.line_start(block)
        text = _headed(p, i) if unit == "heading" else i.text
        plan.cuts.append(Cut(start, start, text + "\n\n"))


def _headed(p: Planner, i: Instruction) -> str:
    """A heading of the level the motion uses."""
    if i.text.startswith("#"):
        return i.text
    marks = [re.match(r"#+", p.source[b.start : b.end]) for b in p.text.blocks if b.kind == "heading"]
    level = max((len(m[0]) for m in marks if m), default=2)
    return f"{'#' * level} {i.text}"


def _point_beside(p: Planner, i: Instruction, block: Block, plan: Plan, *, after: bool, several: bool) -> None:
    calls = p.text.calls_of(block) if block.kind == "paragraph" else ()
    if calls and after and p.at.introduces(block):
        plan.fail("A308", f"{p.text.address(block)} introduces a list: is the new point to be its first or its last?",
                  "write: insert new point 1, or: add new point at end")  # fmt: skip
        return
    if block.kind != "call":
        plan.fail("A308", f"{p.text.address(block)} is no point of a list", "write: insert new paragraph, or name a point")
        return
    bodies = _bodies(i, plan, several=several)
    if bodies:
        add_points(p, block, bodies, plan, after=after, label=_own_label(i, block))


def _own_label(i: Instruction, block: Block) -> str:
    """``3a`` beside point 3: a number that moves nothing."""
    if len(i.label) == 2 and i.label[0].isdigit() and block.labels == i.label[:1]:
        return "".join(i.label)
    return ""


def _bodies(i: Instruction, plan: Plan, *, several: bool) -> list[str]:
    bodies = point_texts(i.text, several=several)
    new = parse(i.text)[0].blocks
    if len(bodies) > 1 and not several and not all(b.kind == "call" for b in new):
        plan.fail("A311", "the new text has several paragraphs but is to be one point", "write: insert new points, and number them")
        return []
    return bodies


def _block_at_edge(p: Planner, i: Instruction, spot: Spot, regions: list[Region], plan: Plan, *, several: bool) -> None:
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
        if region.unit not in {"motion", "section", "preamble"} or not blocks:
            plan.fail("A308", f"a new {i.unit} cannot go to the {spot.kind} of {region.name}", "name the paragraph it goes after")
        elif spot.kind == "end":
            _paragraph_after(p, _headed(p, i) if i.unit == "heading" else i.text, blocks[-1], plan)
        elif region.unit == "section":
            plan.fail("A308", "a section begins with its opener", "name the paragraph it goes after")
        else:
            _beside_block(p, i, blocks[0], plan, after=False, several=True)
        return
    if i.unit == "subpoint" and region.unit == "point":
        _sub_at_end(p, i, region.blocks[0], plan)
        return
    items = _list_in(p, i, region, plan)
    if items and (bodies := _bodies(i, plan, several=several)):
        if spot.kind == "end" and i.label and not _follows(i.label, items[-1]):
            plan.fail("A311", f"the last point is {items[-1].marker}, so a new one at the end is not {label_words(i.label)}", "leave the number out")
            return
        add_points(p, items[-1] if spot.kind == "end" else items[0], bodies, plan, after=spot.kind == "end")


def _follows(label: tuple[str, ...], last: Block) -> bool:
    value = _value(label[-1], last)
    return last.is_bullet or value == last.value + 1


def _list_in(p: Planner, i: Instruction, region: Region, plan: Plan) -> list[Block]:
    """The list a new point belongs to: the only one, or the one the motion ends with."""
    inside = [b for b in region.blocks if b.kind == "call"]
    if region.unit == "paragraph" and region.blocks:
        inside = list(p.text.calls_of(region.blocks[-1]))
    elif region.unit == "point":
        inside = list(p.text.children(region.blocks[0])) or inside
    top = min((b.depth for b in inside), default=0)
    keys = list(dict.fromkeys(key_of(b) for b in inside if b.depth == top))
    if not keys:
        plan.fail("A305", f"there is no list of points in {region.name or 'the motion'}", "write: insert new paragraph")
        return []
    lists = [items_of(p.text, key) for key in keys]
    ends = p.text.blocks[-1]
    if len(lists) > 1 and region.unit == "motion" and ends.kind == "call":
        lists = [items for items in lists if p.text.extent(items[-1]) == p.text.extent(ends)] or lists
    if len(lists) > 1:
        names = [f'"{items[0].section}"' for items in lists]
        plan.fail("A307", f"the motion has {len(lists)} lists of points", f"which is meant: {' or '.join(names)}?")
        return []
    return lists[0]


def _numbered_paragraph(p: Planner, i: Instruction, regions: list[Region], plan: Plan) -> None:
    """``Insert new paragraph 2``: it goes before the printed paragraph 2."""
    number = int(i.label[0])
    paragraphs = list(p.text.paragraphs)
    if len(i.label) > 1 or number < 1 or number > len(paragraphs) + 1:
        plan.fail("A311", f"the motion has {len(paragraphs)} paragraphs, so there is no place for paragraph {label_words(i.label)}",
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


def _numbered_point(p: Planner, i: Instruction, regions: list[Region], plan: Plan, *, several: bool) -> None:
    """``Insert new point 4``: it takes the number, the printed point 4 and those after it move up."""
    bodies = _bodies(i, plan, several=several)
    if not bodies:
        return
    places = [
        found for region in regions for items in _lists(p, i, region)
        if (found := _slot(p, items, i.label, inside=region.unit == "point"))
    ]  # fmt: skip
    if not places:
        plan.fail("A311", f"there is no place for a point {label_words(i.label)}", "name the point it goes after, or write: add new point at end")
        return
    if len(places) > 1:
        names = [f"{p.text.address(block)}" for block, _, _ in places]
        plan.fail("A307", f"point {label_words(i.label)} could go into {len(places)} lists", f"which is meant: beside {' or beside '.join(names)}?")
        return
    block, after, label = places[0]
    add_points(p, block, bodies, plan, after=after, label=label)


def _lists(p: Planner, i: Instruction, region: Region) -> list[list[Block]]:
    inside = [b for b in region.blocks if b.kind == "call"]
    if region.unit == "paragraph" and region.blocks:
        inside = list(p.text.calls_of(region.blocks[-1]))
    elif region.unit == "point" and region.blocks:
        inside = list(p.text.children(region.blocks[0]))
    if i.unit == "bullet" and any(b.is_bullet for b in inside):
        inside = [b for b in inside if b.is_bullet]
    return [items_of(p.text, key) for key in dict.fromkeys(key_of(b) for b in inside)]


def _slot(p: Planner, items: list[Block], label: tuple[str, ...], *, inside: bool) -> tuple[Block, bool, str] | None:
    """Where a label belongs in a list: ``(block, after it?, label of its own)``; ``inside`` the point of its outer label."""
    outer = () if inside else items[0].labels[:-1]
    if len(label) > 1 and outer != label[:-1]:
        anchor = [b for b in items if b.labels == label[:1]]
        return (anchor[0], True, "".join(label)) if anchor and not p.text.children(anchor[0]) and len(label) == 2 else None
    if len(label) == 1 and outer:
        return None
    value = _value(label[-1], items[0])
    if not value:
        return None
    for item in items:
        if item.value == value:
            return item, False, ""
    return (items[-1], True, "") if value == items[-1].value + 1 else None


def _value(label: str, like: Block) -> int:
    """The value of a label in the numeral system of a list, or 0."""
    system = like.style.system if like.style else "number"
    if system in {"number", "bullet", "decimal"}:
        return int(label) if label.isdigit() else 0
    return roman_value(label) if system == "roman" else letter_value(label)


def _sub_at_end(p: Planner, i: Instruction, block: Block, plan: Plan) -> None:
    """A new sub-point of a point, its first if it has none."""
    bodies = point_texts(i.text, several=True)
    inner = [b for b in p.text.children(block) if b.depth == block.depth + 1]
    if inner:
        add_points(p, inner[-1], bodies, plan, after=True)
        return
    key: ListKey = (block.list_no, block.labels)
    for number, body in enumerate(bodies):
        _add(p, plan, key, number, (block.end, "\n" + "   ", "", " ", body, ""))


# --- points -------------------------------------------------------------------------------------------------


def point_texts(source: str, *, several: bool, label: str = "") -> list[str]:
    """New text as points: what each marked line (or paragraph) says, without its marker; sub-points stay inside.

    ``label`` is the printed label of the point it replaces: a number like it at the beginning is not part of the text.
    """
    text = parse(source)[0]
    if label and not text.calls:
        source = re.sub(rf"^\(?{re.escape(label)}(?:[.)]\s*|\s+)", "", source, flags=re.IGNORECASE)
        text = parse(source)[0]
    blocks = list(text.blocks)
    if not blocks:
        return [source]
    if blocks[0].kind != "call":
        return [source[b.start : b.end] for b in blocks] if several or len(blocks) > 1 else [source]
    tops = [b for b in blocks if b.kind != "call" or b.depth == 1]
    stops = [b.start for b in tops[1:]] + [len(source)]
    return [source[b.content : stop].rstrip() for b, stop in zip(tops, stops, strict=True)]


def _add_checked(p: Planner, last: Block, i: Instruction, plan: Plan) -> None:
    """Points with printed numbers, added at the end: the numbers must follow on."""
    new = parse(i.text)[0].blocks[0]
    if not last.is_bullet and not new.is_bullet and not _follows(new.labels, last):
        plan.fail("A311", f"the last point is {last.marker}, so {new.marker} would not follow it", "write: add new point at end, or: insert new point 4")
        return
    add_points(p, last, point_texts(i.text, several=True), plan, after=True)


def add_points(p: Planner, beside: Block, bodies: list[str], plan: Plan, *, after: bool, label: str = "") -> None:
    """Points before or after a printed one, in the order given, set out as its list is."""
    key = key_of(beside)
    items = items_of(p.text, key)
    index = next(n for n, item in enumerate(items) if item.id == beside.id) + (1 if after else 0)
    start = p.line_start(beside)
    indent = p.source[start : beside.start]
    style = style_of(items, index)
    between = _between(p, items)
    plan.needs.append((beside.start, beside.end))
    at = p.text.extent(beside) if after else start
    for body in bodies:
        lead = between if after else ""
        trail = "" if after else between
        _add(p, plan, key, index, (at, lead, indent, style.gap, body, trail), label)


def _between(p: Planner, items: list[Block]) -> str:
    """What stands between two points of a list: a line's end, or a blank line."""
    for item in items[:-1]:
        end = p.text.extent(item)
        stop = p.source.find(items[items.index(item) + 1].marker, end)
        return "\n\n" if p.source[end:stop].count("\n") > 1 else "\n"
    block = items[0] if items else None
    above = p.source[: p.line_start(block)] if block else ""
    return "\n\n" if above.endswith("\n\n") else "\n"


def _add(p: Planner, plan: Plan, key: ListKey, before: int, parts: tuple[int, str, str, str, str, str], label: str = "") -> None:
    from toolkit_builder.motions.planning import Addition

    at, lead, indent, gap, body, trail = parts
    point = NewPoint(key=key, before=before, label=label, order=(len(plan.additions),))
    plan.additions.append(Addition(point=point, at=at, lead=lead, indent=indent, gap=gap, body=body, trail=trail))


# --- moving -------------------------------------------------------------------------------------------------


def move(p: Planner, i: Instruction, target: Target, regions: list[Region], plan: Plan) -> None:
    """Whole paragraphs or points from one place to another: out, and in again with the same words."""
    if target.kind != "places" or len(target.places) != 1:
        plan.fail("A308", "only whole paragraphs and points can be moved", "delete the words, and insert them where they should go")
        return
    found = p.regions_of(target.places[0], i.scope, i.inherited, plan)
    region = p.one_region(found, print_place(target.places[0][-1]), plan) if not plan.problem else None
    if region is None:
        return
    if not region.blocks or region.unit not in {"paragraph", "point"} or region.wide > region.end:
        plan.fail("A308", "only whole paragraphs and points can be moved", "delete the words, and insert them where they should go")
        return
    first = region.blocks[0]
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
