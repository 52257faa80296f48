"""New points + the printed motion -> their place and number in a list: beside a point, under a label, at the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from toolkit_builder.motions.instructions import Instruction, label_words
from toolkit_builder.motions.markers import letter_value, roman_value
from toolkit_builder.motions.plans import Addition, Plan
from toolkit_builder.motions.regions import Region
from toolkit_builder.motions.relabel import ListKey, NewPoint, items_of, key_of, style_of
from toolkit_builder.motions.text import Block, parse

if TYPE_CHECKING:
    from toolkit_builder.motions.cutting import Cutter


def point_beside(p: Cutter, i: Instruction, block: Block, plan: Plan, *, after: bool, several: bool) -> None:
    calls = p.text.calls_of(block) if block.kind == "paragraph" else ()
    if calls and after and p.at.introduces(block):
        plan.fail("A308", f"{p.text.address(block)} introduces a list: is the new point to be its first or its last?",
                  "write: insert new point 1, or: add new point at end")  # fmt: skip
        return
    if block.kind != "call":
        plan.fail(
            "A308", f"{p.text.address(block)} is no point of a list", "write: insert new paragraph, or name a point"
        )
        return
    if own := re.match(r"\(?(?P<number>\d{1,2})(?P<letter>[a-z])[.)]\s*", i.text):  # "2a) ..." after point 2
        if block.labels != (own["number"],) or not after:
            plan.fail("A311", f"{own[0].strip()} would not follow {p.text.address(block)}", "leave the number out")
            return
        i = replace(i, label=(own["number"], own["letter"]), text=i.text[own.end() :])
    bodies = bodies_of(i, plan, several=several)
    if bodies:
        add_points(p, block, bodies, plan, after=after, label=_own_label(i, block))


def _own_label(i: Instruction, block: Block) -> str:
    """``3a`` beside point 3: a number that moves nothing."""
    if len(i.label) == 2 and i.label[0].isdigit() and block.labels == i.label[:1]:
        return "".join(i.label)
    return ""


def bodies_of(i: Instruction, plan: Plan, *, several: bool) -> list[str]:
    bodies = point_texts(i.text, several=several)
    new = parse(i.text)[0].blocks
    if len(bodies) > 1 and not several and not all(b.kind == "call" for b in new):
        plan.fail(
            "A311",
            "the new text has several paragraphs but is to be one point",
            "write: insert new points, and number them",
        )
        return []
    return bodies


def follows_on(new: Block, block: Block) -> bool:
    """Whether a point with its own label is the next after a printed one (``e)`` after ``d)``)."""
    return not block.is_bullet and _looks(new) == _looks(block) and follows(new.labels, block)


def _looks(block: Block) -> tuple[str, str]:
    """What stands around a printed number: ``(v)`` belongs to a list of ``(i)`` to ``(iv)``."""
    return (block.style.before, block.style.after) if block.style else ("", "")


def follows(label: tuple[str, ...], last: Block) -> bool:
    value = _value(label[-1], last)
    return last.is_bullet or value == last.value + 1


def list_in(p: Cutter, i: Instruction, region: Region, plan: Plan) -> list[Block]:
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


def numbered_point(p: Cutter, i: Instruction, regions: list[Region], plan: Plan, *, several: bool) -> None:
    """``Insert new point 4``: it takes the number, the printed point 4 and those after it move up."""
    bodies = bodies_of(i, plan, several=several)
    if not bodies:
        return
    places = [
        found for region in regions for items in _lists(p, i, region)
        if (found := _slot(p, items, i.label, inside=region.unit == "point"))
    ]  # fmt: skip
    if not places:
        plan.fail(
            "A311",
            f"there is no place for a point {label_words(i.label)}",
            f"{_lasts(p, i, regions)}name the point it goes after, or write: add new point at end",
        )
        return
    if len(places) > 1:
        names = [f"{p.text.address(block)}" for block, _, _ in places]
        plan.fail(
            "A307",
            f"point {label_words(i.label)} could go into {len(places)} lists",
            f"which is meant: beside {' or beside '.join(names)}?",
        )
        return
    block, after, label = places[0]
    add_points(p, block, bodies, plan, after=after, label=label)


def _lasts(p: Cutter, i: Instruction, regions: list[Region]) -> str:
    """``the last point is 5; ``: what the lists end with, for the report."""
    ends = [
        p.text.address(items[-1]) for region in regions for items in _lists(p, i, region) if not items[-1].is_bullet
    ]
    ends = list(dict.fromkeys(ends))
    if not ends:
        return ""
    return f"the last is {ends[0]}; " if len(ends) == 1 else f"the lists end with {' and '.join(ends[:4])}; "


def _lists(p: Cutter, i: Instruction, region: Region) -> list[list[Block]]:
    inside = [b for b in region.blocks if b.kind == "call"]
    if region.unit == "paragraph" and region.blocks:
        inside = list(p.text.calls_of(region.blocks[-1]))
    elif region.unit == "point" and region.blocks:
        inside = list(p.text.children(region.blocks[0]))
    if i.unit == "bullet" and any(b.is_bullet for b in inside):
        inside = [b for b in inside if b.is_bullet]
    elif i.unit == "point" and any(not b.is_bullet for b in inside):
        inside = [b for b in inside if not b.is_bullet]  # where points have numbers, "point 3" is a number
    return [items_of(p.text, key) for key in dict.fromkeys(key_of(b) for b in inside)]


def _slot(p: Cutter, items: list[Block], label: tuple[str, ...], *, inside: bool) -> tuple[Block, bool, str] | None:
    """Where a label belongs in a list: ``(block, after it?, label of its own)``; ``inside``: within its point."""
    outer = () if inside else items[0].labels[:-1]
    if len(label) > 1 and outer != label[:-1]:
        anchor = [b for b in items if b.labels == label[:1]]
        return (
            (anchor[0], True, "".join(label)) if anchor and not p.text.children(anchor[0]) and len(label) == 2 else None
        )
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


def add_sub_points(p: Cutter, i: Instruction, block: Block, plan: Plan) -> None:
    """A new sub-point of a point, its first if it has none."""
    bodies = point_texts(i.text, several=True)
    inner = [b for b in p.text.children(block) if b.depth == block.depth + 1]
    if inner:
        add_points(p, inner[-1], bodies, plan, after=True)
        return
    key: ListKey = (block.list_no, block.labels)
    tops = [b for b in parse(i.text)[0].blocks if b.kind == "call" and b.depth == 1]
    written = [b.marker for b in tops] if len(tops) == len(bodies) else [""] * len(bodies)
    for body, marker in zip(bodies, written, strict=True):
        _add(p, plan, key, 0, (block.end, "\n" + "   ", "", " ", body, ""), marker=marker)


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


def add_numbered(p: Cutter, last: Block, i: Instruction, plan: Plan) -> None:
    """Points with printed numbers, added at the end: the numbers must follow on."""
    new = parse(i.text)[0].blocks[0]
    if not i.scope and not last.is_bullet and not follows(new.labels, last):
        ends = [items_of(p.text, key)[-1] for key in dict.fromkeys(key_of(b) for b in p.text.calls)]
        fits = [b for b in ends if follows_on(new, b)]
        last = fits[0] if len(fits) == 1 else last
    if not last.is_bullet and not new.is_bullet and not follows(new.labels, last):
        plan.fail(
            "A311",
            f"the last point is {last.marker}, so {new.marker} would not follow it",
            "write: add new point at end, or: insert new point 4",
        )
        return
    add_points(p, last, point_texts(i.text, several=True), plan, after=True)


def add_points(p: Cutter, beside: Block, bodies: list[str], plan: Plan, *, after: bool, label: str = "") -> None:
    """Points before or after a printed one, in the order given, set out as its list is."""
    key = key_of(beside)
    items = items_of(p.text, key)
    index = next(n for n, item in enumerate(items) if item.id == beside.id) + (1 if after else 0)
    start = p.line_start(beside)
    indent = p.source[start : beside.start]
    style = style_of(items, index)
    between = _between(p, items, beside, after=after)
    plan.needs.append((beside.start, beside.end))
    at = p.text.extent(beside) if after else start
    for body in bodies:
        lead = between if after else ""
        trail = "" if after else between
        _add(p, plan, key, index, (at, lead, indent, style.gap, body, trail), label)


def _between(p: Cutter, items: list[Block], beside: Block, *, after: bool) -> str:
    """What stands between two points of a list, where a new one goes in: a line's end, or a blank line."""
    index = next(n for n, item in enumerate(items) if item.id == beside.id)
    nearest = (index, index - 1) if after else (index - 1, index)
    for n in (*nearest, *range(len(items) - 1)):
        if 0 <= n < len(items) - 1:
            gap = p.source[p.text.extent(items[n]) : items[n + 1].start]
            return "\n\n" if gap.count("\n") > 1 else "\n"
    above = p.source[: p.line_start(items[0])]
    return "\n\n" if above.endswith("\n\n") else "\n"


def _add(
    p: Cutter, plan: Plan, key: ListKey, before: int, parts: tuple[int, str, str, str, str, str],
    label: str = "", marker: str = "",
) -> None:  # fmt: skip
    at, lead, indent, gap, body, trail = parts
    point = NewPoint(key=key, before=before, label=label, marker=marker, order=(len(plan.additions),))
    plan.additions.append(Addition(point=point, at=at, lead=lead, indent=indent, gap=gap, body=body, trail=trail))
