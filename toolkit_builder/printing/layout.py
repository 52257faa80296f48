"""A laid-out document in, its boxes with page numbers and places out.

The one module that reads the engine's own box tree (``page._page_box``, private, but the same since version 40).
Lengths are CSS pixels from the top left corner of the trimmed page; ``MM`` of them make a millimetre.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

MM = 96 / 25.4
POINTS = 0.75  # PDF points in a CSS pixel


def children_of(box: Any) -> list[Any]:
    """The boxes inside a box, absolutely placed ones out of their placeholders."""
    return [getattr(child, "_box", child) for child in getattr(box, "children", ())]


def boxes_of(page: Any) -> Iterator[Any]:
    """Every box of one page, parents before children, in document order."""
    waiting = [page._page_box]
    while waiting:
        box = waiting.pop()
        yield box
        waiting += reversed(children_of(box))


def kind(box: Any) -> str:
    return type(box).__name__


def is_principal(box: Any) -> bool:
    """Whether the element itself made this box, not a pseudo-element and not the engine for its own use."""
    return box.element is not None and "::" not in str(box.element_tag) and type(box.style).__name__ != "AnonymousStyle"


def is_repeated(group: Any) -> bool:
    """Whether a group of rows stands on every page of its table: its head or its foot."""
    return bool(group.element is not None and (group.is_header or group.is_footer))


def attribute(box: Any, name: str) -> str | None:
    """An attribute of the element that made the box."""
    value = box.element.get(name) if is_principal(box) else None
    return None if value is None else str(value)


def text_of(box: Any) -> str:
    """The text laid out in a box."""
    if kind(box) == "TextBox":
        return str(box.text)
    return "".join(text_of(child) for child in children_of(box))


def excerpt(text: str, length: int = 40) -> str:
    """Text on one line, cut to a length that a message can carry."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


class Frame(Struct, frozen=True):
    """A rectangle in CSS pixels: edges from the top left corner of the page."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def content(cls, box: Any) -> Frame:
        left, top = box.content_box_x(), box.content_box_y()
        return cls(left, top, left + box.width, top + box.height)

    @classmethod
    def padding(cls, box: Any) -> Frame:
        left, top = box.padding_box_x(), box.padding_box_y()
        return cls(left, top, left + box.padding_width(), top + box.padding_height())

    def beyond(self, other: Frame) -> tuple[float, str]:
        """By how much (CSS pixels) and on which side this frame leaves the other the most."""
        return max(
            (self.bottom - other.bottom, "bottom"),
            (self.right - other.right, "right"),
            (other.left - self.left, "left"),
            (other.top - self.top, "top"),
        )
