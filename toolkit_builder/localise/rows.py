"""One row of a table, whatever file it comes from, and how a spreadsheet names its columns."""

from __future__ import annotations

from msgspec import Struct

MOST_ROWS = 250_000
MOST_COLUMNS = 500


class Row(Struct, frozen=True):
    """One row: ``number`` as a spreadsheet counts it, the line it starts on, its cells. ``broken``: why it has none,
    and ``hint`` what to do.

    ``numbers`` are the columns, from 0, whose cells are numbers and not text: they have lost zeros at the front.
    """

    number: int
    line: int
    cells: list[str]
    broken: str = ""
    hint: str = ""
    numbers: tuple[int, ...] = ()


def letter(column: int) -> str:
    """A column's letter, from 0: A, B, ... Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
