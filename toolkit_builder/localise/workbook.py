"""The bytes of an Excel workbook in; the rows of its first visible sheet as a reader sees them, as text, out.

A number keeps what its format shows: ``01234`` its zero, ``20.10`` its two places, ``15%`` its sign. A date is
``2027-09-14``, a formula the words it is written in, a cell merged over several rows stands in each of them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from toolkit_builder.diagnostics import Diagnostic, Span, error, note
from toolkit_builder.localise.rows import MOST_COLUMNS, Row

_LARGEST_SHEET = 1_000_000_000
_MOST_BESIDE = 20_000_000  # cells
_MERGED = re.compile(rb"mergeCell\s[^>]*?ref=\"([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})\"")
_HIDDEN = re.compile(rb"<row\s[^>]*?\shidden=\"(?:1|true)\"")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].')
_PLACES = re.compile(r"(?P<before>[^0#?.]*)(?P<whole>[#0?,]*)(?:\.(?P<part>[0#?]+))?(?P<after>[^0#?.]*)")
_DIGITS = re.compile(r"(?=.*0.*0)[0 ()+/-]+")


def rows(data: bytes, shown: str) -> tuple[Iterator[Row] | None, list[Diagnostic]]:
    """The rows of a workbook, header first; ``shown`` is its name in diagnostics."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _LARGEST_SHEET:
                return None, [error("L120", "this workbook unpacks to more than 1 GB", Span(shown))]
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
            marks = _marks(packed, getattr(sheet, "_worksheet_path", ""))
            merged, hidden = _merged(marks), len(_HIDDEN.findall(marks))
    except Exception as problem:  # whatever a damaged file makes the library raise
        return None, [
            error(
                "L120",
                f"this file is not an Excel workbook that can be read ({type(problem).__name__})",
                Span(shown),
                hint="open it in Excel or LibreOffice and save it as .xlsx or CSV UTF-8",
            )
        ]
    if sheet is None:
        return None, [error("L120", "this workbook has no sheet of cells", Span(shown), hint="save it as CSV UTF-8")]
    more = [s.title for s in book.worksheets if s is not sheet]
    found = [note("L122", f"only the first sheet, '{sheet.title}', was read", Span(shown))] if more else []
    if hidden:
        rows_are, were = ("1 row is", "was") if hidden == 1 else (f"{hidden} rows are", "were")
        text = f"{rows_are} hidden in this sheet, and {were} read like the others"
        found.append(note("L136", text, Span(shown), hint="delete the rows of branches that are not meant"))
    return _cells(sheet, merged), found


def _marks(packed: zipfile.ZipFile, path: str) -> bytes:
    """The sheet as it lies in the workbook, for what the reader does not say."""
    return packed.read(path.lstrip("/")) if path.lstrip("/") in packed.namelist() else b""


def _merged(marks: bytes) -> dict[int, list[tuple[int, int]]]:
    """First row of a merged cell -> its column, from 0, and its last row. Only what spans rows."""
    found: dict[int, list[tuple[int, int]]] = {}
    for name, first, last in _MERGED.findall(marks):
        column = 0
        for letter in name:
            column = 26 * column + letter - 64
        if int(last) > int(first):
            found.setdefault(int(first), []).append((column - 1, int(last)))
    return found


def _cells(sheet: Any, merged: dict[int, list[tuple[int, int]]]) -> Iterator[Row]:
    number = 0
    spanning: list[tuple[int, int, str]] = []  # column, last row, text
    try:
        beside = 0
        sheet.reset_dimensions()  # each row as wide as it is: a sheet says of itself that it is large, and is empty
        for row in sheet.iter_rows():
            number += 1
            beside += max(0, len(row) - MOST_COLUMNS)
            if beside > _MOST_BESIDE:
                said = f"so many rows have more than {MOST_COLUMNS} columns that the rest was not read"
                yield Row(number, number, [], said, "delete what stands beside the branches")
                return
            cells, numbers = [], []
            for column, cell in enumerate(row):
                value = cell.value
                if value is None or type(value) is str:
                    cells.append(_lines(value or ""))
                    continue
                cells.append(as_text(value, cell.number_format))
                if type(value) in {int, float}:
                    numbers.append(column)
            spanning = [one for one in spanning if one[1] >= number]
            for column, _, text in spanning:
                cells += [""] * (column + 1 - len(cells))
                cells[column] = cells[column] or text
            spanning += [(c, last, cells[c]) for c, last in merged.get(number, ()) if c < len(cells)]
            while cells and not cells[-1]:
                cells.pop()
            yield Row(number, number, cells, numbers=tuple(numbers))
    except Exception as problem:  # a sheet that is damaged in the middle
        said = f"the workbook is damaged from here on ({type(problem).__name__})"
        yield Row(number + 1, number + 1, [], said, "open it in Excel or LibreOffice and save it again")


def as_text(value: Any, number_format: str = "General") -> str:
    """A cell as text, as its format shows it: dates as 2027-09-14, times as 18:30, yes and no as words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    if isinstance(value, int | float):
        return _number(value, number_format or "General")
    return _lines(str(getattr(value, "text", value)))  # an array formula


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_\n", "\n")


def _number(value: float, number_format: str) -> str:
    exact = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")  # what Excel holds and shows
    shape = _shape(number_format)
    if isinstance(shape, str):
        return _filled(int(exact), shape) if exact >= 0 and exact == int(exact) else f"{exact:f}"
    if shape is None:
        return f"{exact.normalize():f}" if exact else "0"
    before, width, grouped, least, most, after = shape
    exact = exact.scaleb(2) if "%" in after else exact
    rounded = abs(exact).quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    whole, _, part = f"{rounded:f}".partition(".")
    while len(part) > least and part.endswith("0"):
        part = part[:-1]
    whole = f"{int(whole):,}" if grouped else whole.zfill(width)
    return f"{'-' if exact < 0 else ''}{before}{whole}{'.' if part else ''}{part}{after}"


def _filled(value: int, shape: str) -> str:
    """A number in a shape such as ``00000 000000``: its digits in place of the zeros, from the right."""
    digits = str(value).zfill(shape.count("0"))
    more = len(digits) - shape.count("0")
    out, rest = digits[:more], iter(digits[more:])
    return out + "".join(next(rest) if mark == "0" else mark for mark in shape)


@lru_cache(maxsize=512)
def _shape(number_format: str) -> Any:
    """``00000 000000`` as it is; else (before, digits, groups of three, least places, most places, after), or None."""
    plain = _LITERAL.sub(lambda found: found[1] or found[2] or found[3] or "", number_format.split(";")[0])
    if _DIGITS.fullmatch(plain):
        return plain
    match = _PLACES.fullmatch(plain)
    if match is None or not (match["whole"] or match["part"]) or "General" in plain or "E" in match["after"]:
        return None
    part = match["part"] or ""
    return match["before"], match["whole"].count("0"), "," in match["whole"], part.count("0"), len(part), match["after"]
