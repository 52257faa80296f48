"""Paper sizes and layouts by name in; which page goes where on which sheet out. Plain arithmetic, no PDF.

Layouts: ``booklet`` (saddle stitch: two pages a side, padded to a multiple of four), ``2-up`` to ``16-up`` (pages in
reading order), ``same-2`` to ``same-16`` (each page repeated, to be cut apart).
"""

from __future__ import annotations

import re

from msgspec import Struct

POINTS_PER_MM = 72 / 25.4
MOST = 16

# ISO 216 and ISO 217 (RA, SRA), ANSI/ASME Y14.1 for letter, legal and tabloid; portrait, millimetres.
SHEETS = {
    "a2": (420.0, 594.0),
    "a3": (297.0, 420.0),
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "a6": (105.0, 148.0),
    "ra3": (305.0, 430.0),
    "ra4": (215.0, 305.0),
    "sra3": (320.0, 450.0),
    "sra4": (225.0, 320.0),
    "letter": (215.9, 279.4),
    "legal": (215.9, 355.6),
    "tabloid": (279.4, 431.8),
}


class Cell(Struct, frozen=True):
    """A place for a page on a sheet, in points from its lower left corner."""

    x: float
    y: float
    width: float
    height: float


class Plan(Struct, frozen=True):
    """Sheet size in points, its cells, and for each side the page (from 0; None is blank) of each cell."""

    width: float
    height: float
    cells: tuple[Cell, ...]
    sides: tuple[tuple[int | None, ...], ...]
    folded: bool = False


def plan(pages: int, page_size: tuple[float, float], layout: str, sheet: str, *, right_bound: bool = False) -> Plan:
    """Lay out ``pages`` pages of ``page_size`` (points). Raises ``ValueError`` with a sentence for a wrong name."""
    if sheet not in SHEETS:
        raise ValueError(f"there is no sheet '{sheet}': choose one of {', '.join(SHEETS)}")
    paper = tuple(side * POINTS_PER_MM for side in SHEETS[sheet])
    if layout == "booklet":
        width, height, cells = _grid(2, page_size, (paper[1], paper[0]), only=(2, 1))
        return Plan(width, height, cells, _booklet(pages, right_bound), folded=True)
    known = re.fullmatch(r"(\d+)-up|same-(\d+)", layout)
    count = int(known[1] or known[2]) if known else 0
    if not 1 <= count <= MOST:
        raise ValueError(f"there is no layout '{layout}': choose booklet, 2-up to {MOST}-up, or same-2 to same-{MOST}")
    width, height, cells = _best(count, page_size, (paper[0], paper[1]))
    if layout.startswith("same"):
        return Plan(width, height, cells, tuple((page,) * count for page in range(pages)))
    starts = range(0, pages, count)
    sides = (tuple(page if page < pages else None for page in range(at, at + count)) for at in starts)
    return Plan(width, height, cells, tuple(sides))


def _booklet(pages: int, right_bound: bool) -> tuple[tuple[int | None, ...], ...]:
    """Sides of a saddle-stitched booklet, outside first: last and first page, second and last but one, ..."""
    padded = -(-pages // 4) * 4
    sides = []
    for sheet in range(padded // 4):
        first, last = 2 * sheet, padded - 1 - 2 * sheet
        for pair in ((last, first), (first + 1, last - 1)):
            ordered = reversed(pair) if right_bound else pair
            sides.append(tuple(page if page < pages else None for page in ordered))
    return tuple(sides)


def _best(count: int, page: tuple[float, float], paper: tuple[float, float]) -> tuple[float, float, tuple[Cell, ...]]:
    """The orientation and grid that show the pages largest."""
    choices = [_grid(count, page, size) for size in (paper, paper[::-1])]
    return max(choices, key=lambda choice: _scale(page, choice[2][0]))


def _grid(
    count: int, page: tuple[float, float], paper: tuple[float, float], only: tuple[int, int] | None = None
) -> tuple[float, float, tuple[Cell, ...]]:
    width, height = paper
    shapes = [only] if only else [(across, -(-count // across)) for across in range(1, count + 1)]

    def cell(shape: tuple[int, int]) -> Cell:
        return Cell(0, 0, width / shape[0], height / shape[1])

    across, down = max(shapes, key=lambda shape: _scale(page, cell(shape)))
    wide, tall = width / across, height / down
    cells = [Cell(x * wide, height - (y + 1) * tall, wide, tall) for y in range(down) for x in range(across)]
    return width, height, tuple(cells[:count])


def _scale(page: tuple[float, float], cell: Cell) -> float:
    return min(cell.width / page[0], cell.height / page[1])
