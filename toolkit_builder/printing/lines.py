"""Elements marked ``data-line="27"`` in, their numbers in the margin of the finished PDF out.

The text's own line map decides where lines break; the theme wraps each in an element with its number. The numbers
stand on the baseline of their line, left of the column (right of it in right-to-left text), and are pagination
artefacts: a screen reader does not stumble over them. An element marked ``data-lines`` moves the margin to its edge.
"""

from __future__ import annotations

from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Dictionary, Name

from .fonts import Digits
from .layout import POINTS, attribute, children_of, kind

GAP = 11.0  # points between number and text
SIZE = 0.75  # of the text's own size, so that large print gets large numbers


class PlacedLine(Struct, frozen=True):
    """A line number and where it goes: page from 0; edge and baseline in points from the trim's lower left corner."""

    page: int
    number: str
    edge: float
    baseline: float
    size: float
    on_the_right: bool


def placed_lines(laid_out: Any) -> list[PlacedLine]:
    """The numbered lines of a document in page order; a line that wraps is numbered where it begins."""
    found: list[PlacedLine] = []
    begun: set[int] = set()
    for index, page in enumerate(laid_out.pages):
        page_box = page._page_box
        waiting: list[tuple[Any, Any, Any]] = [(page_box, page_box, None)]
        while waiting:
            box, column, line = waiting.pop()
            number = attribute(box, "data-line")
            if number is not None and id(box.element) not in begun:
                first = line or _first_line(box)
                if first is not None and number.isdigit():
                    begun.add(id(box.element))
                    found.append(_placed(index, page, number, column, first, box))
            if box.is_column or attribute(box, "data-lines") is not None:
                column = box
            if kind(box) == "LineBox":
                line = box
            waiting += [(child, column, line) for child in reversed(children_of(box))]
    return found


def _first_line(box: Any) -> Any:
    """The first line inside a block that carries a number itself."""
    waiting = [box]
    while waiting:
        inner = waiting.pop()
        if kind(inner) == "LineBox":
            return inner
        waiting += reversed(children_of(inner))
    return None


def _placed(index: int, page: Any, number: str, column: Any, line: Any, box: Any) -> PlacedLine:
    right = box.style["direction"] == "rtl"
    edge = column.content_box_x() + (column.width if right else 0)
    baseline = page.height - (line.position_y + line.baseline)
    size = round(box.style["font_size"] * POINTS * SIZE, 2)
    return PlacedLine(index, number, edge * POINTS, baseline * POINTS, size, right)


def stamp(pdf: pikepdf.Pdf, lines: list[PlacedLine], font_file: bytes) -> None:
    """Draw the numbers on the pages of an open PDF, in the digits of the given font."""
    if not lines:
        return
    digits = Digits(font_file)
    font = digits.embed(pdf)
    by_page: dict[int, list[PlacedLine]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    for index, own in by_page.items():
        page = pdf.pages[index]
        page.contents_add(pdf.make_stream(b"q"), prepend=True)
        page.contents_add(pdf.make_stream(_drawing(own, digits)))
        if Name.Font not in page.Resources:
            page.Resources.Font = Dictionary()
        page.Resources.Font[Name("/LineNumbers")] = font


def _drawing(lines: list[PlacedLine], digits: Digits) -> bytes:
    parts = ["Q /Artifact <</Type /Pagination>> BDC q BT 0.3 g"]
    size = x = y = 0.0
    for line in lines:
        if line.size != size:
            size = line.size
            parts.append(f"/LineNumbers {size:g} Tf")
        left = line.edge + GAP if line.on_the_right else line.edge - GAP - digits.width(line.number) * size
        parts.append(f"{left - x:.2f} {line.baseline - y:.2f} Td {digits.shown(line.number)} Tj")
        x, y = x + round(left - x, 2), y + round(line.baseline - y, 2)
    return "\n".join([*parts, "ET Q EMC"]).encode()
