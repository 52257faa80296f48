"""A laid-out document in; what does not fit, where, and by how many millimetres out.

A box opts in with ``data-fit="name of the field"``: its text and pictures must stay inside its content box, on one
page. Without opting in, three things are never right: text that runs off the paper, text that a box with hidden
overflow clips away, and a line wider than its column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..diagnostics import Diagnostic, Span, error, warning
from .layout import MM, Frame, Ink, attribute, boxes_of, excerpt, ink_of, kind

TOLERANCE = 0.2 * MM  # below the width of a hairline: rounding, not overflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Overflow:
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


def _on_page(number: int, page: Any) -> Iterator[tuple[object, Overflow]]:
    sheet = Frame(0, 0, page.width, page.height)
    for ink in ink_of(page):
        if not ink.text and _is_decoration(ink.box):
            continue
        for how, holder, frame in _holders(ink, sheet):
            by, side = ink.frame.beyond(frame)
            if by > TOLERANCE:
                field = attribute(holder, "data-fit") or "" if how == "box" else ""
                found = Overflow(how=how, page=number, field=field, side=side, by_mm=by / MM, text=excerpt(ink.text))
                yield (holder.element if how in {"box", "clip"} else ink.box), found


def _holders(ink: Ink, sheet: Frame) -> Iterator[tuple[str, Any, Frame]]:
    """The frames that a piece of ink has to stay in."""
    if ink.text:
        yield "page", ink.box, sheet
        block = next((b for b in reversed(ink.around) if kind(b) not in {"LineBox", "InlineBox"}), None)
        if block is not None and not _is_transformed(ink):
            inside = Frame.content(block)
            yield "line", block, Frame(inside.left, -1e9, inside.right, 1e9)
    for position in range(len(ink.around) - 1, -1, -1):
        box = ink.around[position]
        if ink.text and _clips(box):
            yield "clip", box, Frame.padding(box)
        if attribute(box, "data-fit") is not None:
            yield "box", box, Frame.content(box)
            return  # a field inside a field answers for itself


def _clips(box: Any) -> bool:
    return box.style["overflow"] != "visible" and kind(box) not in {"PageBox", "MarginBox", "InlineBox", "LineBox"}


def _is_transformed(ink: Ink) -> bool:
    return any(box.style["transform"] for box in ink.around)


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
    return [_HOW[item.how](item, span) for item in found]


def _mm(value: float) -> str:
    return f"{value:.1f} mm"


def _box(item: Overflow, span: Span) -> Diagnostic:
    name = f"'{item.field}'" if item.field else f"the box with '{item.text}'"
    text = f"{name} on page {item.page} is {_mm(item.by_mm)} too long for its box"
    if item.side in {"left", "right"}:
        text = f"{name} on page {item.page} is {_mm(item.by_mm)} too wide for its box"
    return error("P121", text, span, hint="shorten the text, or give it a larger box in the theme")


def _page(item: Overflow, span: Span) -> Diagnostic:
    text = f"'{item.text}' runs {_mm(item.by_mm)} off the {item.side} of page {item.page}"
    return error("P122", text, span, hint="shorten the text, or move its box in the theme")


def _clip(item: Overflow, span: Span) -> Diagnostic:
    text = f"'{item.text}' on page {item.page} is cut off: it stands {_mm(item.by_mm)} outside a box that hides it"
    return error("P123", text, span, hint="shorten the text, or give it a larger box in the theme")


def _line(item: Overflow, span: Span) -> Diagnostic:
    text = f"the line '{item.text}' on page {item.page} is {_mm(item.by_mm)} wider than its column"
    return warning("P124", text, span, hint="break the long word or address, or use a smaller size")


_HOW = {"box": _box, "page": _page, "clip": _clip, "line": _line}
