"""Points added to and taken out of lists -> the markers of the new points, and which printed markers change.

The rule: a new point takes the number after the point before it, and the points after it move up by one; a deleted
point leaves its number unused unless the amendment says to renumber (or a new point takes it); a point numbered
with a letter (``3a``) moves nothing. Each marker is written in the style of its list.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from toolkit_builder.motions.markers import Style
from toolkit_builder.motions.text import Block, MotionText

ListKey = tuple[int, tuple[str, ...]]
"""A list and the labels of the point its items lie in."""


class NewPoint(Struct, frozen=True, kw_only=True):
    """A point to be added to a list, before the item with index ``before`` (the length of the list: at its end)."""

    key: ListKey
    before: int
    label: str = ""  # a label of its own, such as 3a
    marker: str = ""  # as its mover wrote it, where no printed point says how
    order: tuple[int, ...] = ()


def key_of(block: Block) -> ListKey:
    return block.list_no, block.labels[:-1]


def items_of(text: MotionText, key: ListKey) -> list[Block]:
    """The points of one list, at one depth, in order."""
    depth = len(key[1]) + 1
    return [b for b in text.blocks if b.kind == "call" and key_of(b) == key and len(b.labels) == depth]


def style_of(items: list[Block], at: int) -> Style:
    """The style of the items around an index."""
    near = items[min(at, len(items) - 1)] if items else None
    if near is not None and at > 0:
        near = items[min(at - 1, len(items) - 1)]
    return near.style.unlettered() if near is not None and near.style is not None else Style("letter", "(", ")", " ")


def relabel(
    text: MotionText, removed: set[str], added: Iterable[NewPoint], told: set[ListKey]
) -> tuple[dict[str, str], dict[tuple[int, ...], str]]:
    """``(printed block id -> new marker, order of a new point -> its marker)``; only markers that change."""
    by_key: dict[ListKey, list[NewPoint]] = {key: [] for key in told}
    for point in added:
        by_key.setdefault(point.key, []).append(point)
    changed: dict[str, str] = {}
    markers: dict[tuple[int, ...], str] = {}
    for key in sorted(by_key):
        points = sorted(by_key[key], key=lambda p: (p.before, p.order))
        _one_list(text, key, removed, points, key in told, changed, markers)
    return changed, markers


def _one_list(
    text: MotionText, key: ListKey, removed: set[str], points: list[NewPoint], told: bool,
    changed: dict[str, str], markers: dict[tuple[int, ...], str],
) -> None:  # fmt: skip
    items = items_of(text, key)
    shift, gap, last = 0, 0, (items[0].value if items else 1) - 1
    for index in range(len(items) + 1):
        for point in (p for p in points if p.before == index):
            style = style_of(items, index)
            stem = _stem(items, key)
            if point.marker:
                markers[point.order] = point.marker
                continue
            if point.label:
                markers[point.order] = f"{style.before}{point.label}{style.after}"
                continue
            last += 1
            if gap:
                gap -= 1  # it takes the number of a point that goes
            else:
                shift += 1
            markers[point.order] = style.before if style.system == "bullet" else style.write(last, stem)
        if index == len(items):
            break
        item = items[index]
        if item.id in removed:
            if told or shift > 0:
                shift -= 1
            else:
                gap += 1
            continue
        gap = 0
        last = item.value + shift
        if shift and item.style is not None and item.style.system != "bullet":
            changed[item.id] = item.style.write(last, _stem(items, key))


def _stem(items: list[Block], key: ListKey) -> str:
    """What a decimal marker has before its last number: ``2.`` of ``2.1``."""
    for item in items:
        if item.style is not None and item.style.system == "decimal":
            return item.marker.rstrip(".)").rpartition(".")[0] + "."
    return ""
