"""A laid-out document in; what does not fit, where, and by how many millimetres out.

A box opts in with ``data-fit="name of the field"``: its text and pictures must stay inside its content box, on one
page. Without opting in, three things are never right: text that runs off the paper, text that a box with hidden
overflow clips away, and a line wider than its column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ..diagnostics import Diagnostic, Span, error, warning
from .layout import MM, Frame, attribute, boxes_of, children_of, excerpt, kind

TOLERANCE = 0.2 * MM  # below the width of a hairline: rounding, not overflow
_FAR = 1e9
_ANYWHERE = Frame(-_FAR, -_FAR, _FAR, _FAR)  # the column of turned text: its lines are not measured


class Overflow(Struct, frozen=True, kw_only=True):
    """One thing that does not fit. ``how`` is box, page, clip or line; ``side`` is where it leaves its place."""

    how: str
    page: int
    field: str
    side: str
    by_mm: float
    text: str


def overflows(laid_out: Any) -> list[Overflow]:
    """Everything that does not fit, once for each field, clipped box and line, the worst place of each."""
    worst: dict[tuple[str, object], Overflow] = {}
    for number, page in enumerate(laid_out.pages, 1):
        for key, found in _on_page(number, page):
            known = worst.get((found.how, key))
            if known is None or found.by_mm > known.by_mm:
                worst[found.how, key] = found
    for key, found in _broken(laid_out):
        worst["box", key] = found
    boxed = {found.text for found in worst.values() if found.how == "box"}
    # A field that overflows its box is one fault, even where its text then also leaves the page.
    return [found for found in worst.values() if found.how == "box" or found.text not in boxed]


class _Place(Struct, frozen=True):
    """What a piece of ink has to stay in: its line and column, and the boxes around it that limit or hide it."""

    line: Any = None
    column: Frame | None = None
    limits: tuple[tuple[str, Any, Frame], ...] = ()


def _on_page(number: int, page: Any) -> Iterator[tuple[object, Overflow]]:
    sheet = Frame(0, 0, page.width, page.height)
    for box, place in _ink_of(page):
        text = box.text if kind(box) == "TextBox" else ""
        frame = _frame(box, place)
        limits = place.limits
        if text:
            limits = (*limits, ("page", box, sheet))
            if place.column is not None:
                limits = (*limits, ("line", box, place.column))
        for how, holder, limit in limits:
            by, side = frame.beyond(limit)
            if by > TOLERANCE and (text or how == "box"):
                field = attribute(holder, "data-fit") or "" if how == "box" else ""
                found = Overflow(how=how, page=number, field=field, side=side, by_mm=by / MM, text=excerpt(text))
                yield (holder.element if how in {"box", "clip"} else box), found


def _ink_of(page: Any) -> Iterator[tuple[Any, _Place]]:
    """Every run of text and every picture that means something: what a reader could miss."""
    waiting: list[tuple[Any, _Place]] = [(page._page_box, _Place())]
    while waiting:
        box, place = waiting.pop()
        name = kind(box)
        if name == "TextBox":
            if box.text.strip() and box.style["visibility"] == "visible":
                yield box, place
        elif name.endswith("ReplacedBox"):
            if not _is_decoration(box):
                yield box, place
        elif not _is_for_hearing(box):
            inner = _inside(box, name, place)
            waiting += [(child, inner) for child in reversed(children_of(box))]


def _is_for_hearing(box: Any) -> bool:
    """The usual trick for text that is read out but not seen: a box of next to no size that hides what leaves it."""
    if kind(box) in {"LineBox", "InlineBox"} or box.style["overflow"] == "visible":
        return False
    return bool(box.width < MM and box.height < MM)


def _inside(box: Any, name: str, place: _Place) -> _Place:
    """The place of what stands in a box."""
    if name == "LineBox":
        return replace(place, line=box)
    if name == "InlineBox":
        return place
    frame = Frame.content(box)
    turned = box.style["transform"] or place.column == _ANYWHERE
    column = _ANYWHERE if turned else Frame(frame.left, -_FAR, frame.right, _FAR)
    limits = place.limits
    if attribute(box, "data-fit") is not None:  # a field inside a field answers for itself
        limits = (("box", box, frame),)
    if box.style["overflow"] != "visible" and name not in {"PageBox", "MarginBox"}:
        limits = (*limits, ("clip", box, Frame.padding(box)))
    return _Place(place.line, column, limits)


def _frame(box: Any, place: _Place) -> Frame:
    if kind(box) != "TextBox":
        return Frame.content(box)
    line = place.line or box
    return Frame(box.position_x, line.position_y, box.position_x + box.width, line.position_y + line.height)


def _is_decoration(box: Any) -> bool:
    element = box.element
    return element is None or element.get("aria-hidden") == "true" or element.get("alt") == ""


def _broken(laid_out: Any) -> Iterator[tuple[object, Overflow]]:
    """Fields that go on over a page break: they miss as much as stands on the later pages."""
    pieces: dict[Any, list[tuple[int, Any]]] = {}
    for number, page in enumerate(laid_out.pages, 1):
        for box in boxes_of(page):
            if attribute(box, "data-fit") is not None:
                pieces.setdefault(box.element, []).append((number, box))
    for element, found in pieces.items():
        later = [box for number, box in found if number > found[0][0]]
        if later:
            by = sum(box.height for box in later) / MM
            name = element.get("data-fit") or ""
            yield element, Overflow(how="box", page=found[0][0], field=name, side="bottom", by_mm=by, text="")


def diagnostics(found: list[Overflow], span: Span) -> list[Diagnostic]:
    """A report for each; where a page has more of one sort than a person would read, the worst stands for all."""
    alike: dict[tuple[str, int, str], list[Overflow]] = {}
    for item in found:
        alike.setdefault((item.how, item.page, item.side), []).append(item)
    told: list[Diagnostic] = []
    for items in alike.values():
        if len(items) <= _MOST or items[0].how == "box":
            told += [_HOW[item.how](item, span) for item in items]
            continue
        worst = _HOW[items[0].how](max(items, key=lambda item: item.by_mm), span)
        told.append(replace(worst, message=f"{worst.message}, and {len(items) - 1} more like it"))
    return told


_MOST = 5


def _mm(value: float) -> str:
    return f"{value:.1f} mm"


def _box(item: Overflow, span: Span) -> Diagnostic:
    name = f"'{item.field}'" if item.field else f"the box with '{item.text}'"
    text = f"{name} on page {item.page} is {_mm(item.by_mm)} too long for its box"
    if item.side in {"left", "right"}:
        text = f"{name} on page {item.page} is {_mm(item.by_mm)} too wide for its box"
    return error("Q121", text, span, hint="shorten the text, or give it a larger box in the theme")


def _page(item: Overflow, span: Span) -> Diagnostic:
    text = f"'{item.text}' runs {_mm(item.by_mm)} off the {item.side} of page {item.page}"
    return error("Q122", text, span, hint="shorten the text, or move its box in the theme")


def _clip(item: Overflow, span: Span) -> Diagnostic:
    text = f"'{item.text}' on page {item.page} is cut off: it stands {_mm(item.by_mm)} outside a box that hides it"
    return error("Q123", text, span, hint="shorten the text, or give it a larger box in the theme")


def _line(item: Overflow, span: Span) -> Diagnostic:
    text = f"the line '{item.text}' on page {item.page} is {_mm(item.by_mm)} wider than its column"
    return warning("Q124", text, span, hint="break the long word or address, or use a smaller size")


_HOW = {"box": _box, "page": _page, "clip": _clip, "line": _line}
