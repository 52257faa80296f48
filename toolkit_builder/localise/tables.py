"""A CSV or Excel file in; its rows of text out, each with its number, or what is wrong with the file.

Encodings and separators are found out: UTF-8 with or without a mark, UTF-16, Windows-1252; comma, semicolon, tab.
A cell is always text: a formula is the words it is written in, a date is ``2027-09-14``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit_builder.diagnostics import Diagnostic, Span, error, note

LARGEST = 200_000_000
MOST_ROWS = 250_000
MOST_COLUMNS = 500
_LARGEST_SHEET = 1_000_000_000
_SEPARATORS = ",;\t|"
_RECOVERIES = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``number`` as a spreadsheet counts it, the line it starts on, its cells. ``broken``: why it has none."""

    number: int
    line: int
    cells: list[str]
    broken: str = ""


def letter(column: int) -> str:
    """A column's letter, from 0: A, B, ... Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def rows(path: Path) -> tuple[Iterator[Row] | None, list[Diagnostic]]:
    """The rows of a table, header first."""
    shown = path.name
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return None, [error("L120", "this table is larger than 200 MB", Span(shown), hint="split it into several")]
        data = path.read_bytes()
    except OSError as problem:
        return None, [error("L120", f"this table cannot be read: {problem.strerror or problem}", Span(shown),
                            hint="check the path")]
    if data[:4] == b"PK\x03\x04":
        return _sheet_rows(data, shown)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return None, [error("L120", "this is a table in the old Excel format", Span(shown),
                            hint="save it as an Excel workbook (.xlsx) or as CSV UTF-8")]
    text, found = _decoded(data, shown)
    if not text.strip():
        return None, [error("L120", "this table is empty", Span(shown), hint="its first row must name the columns")]
    return _csv_rows(text), found


# --- CSV -------------------------------------------------------------------------------------------------------


def _decoded(data: bytes, shown: str) -> tuple[str, list[Diagnostic]]:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), []
    piece = data[:4000]
    if piece[1::2].count(0) > len(piece) // 4:
        return data.decode("utf-16-le", "replace"), []
    if piece[::2].count(0) > len(piece) // 4:
        return data.decode("utf-16-be", "replace"), []
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        said = note("L121", "this table is not UTF-8 and was read as Windows-1252", Span(shown),
                    hint="if names look wrong, save it as CSV UTF-8")
        return data.decode("cp1252", "replace"), [said]


def _separator(text: str) -> str:
    """The mark that the header row uses most, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max(_SEPARATORS, key=lambda mark: (header.count(mark), -_SEPARATORS.index(mark)))


def _csv_rows(text: str) -> Iterator[Row]:
    csv.field_size_limit(1_000_000)
    separator = _separator(text)
    lines = io.StringIO(text, newline="").readlines()
    start = number = 0
    for attempt in range(_RECOVERIES + 1):
        reader = csv.reader(iter(lines[start:]), delimiter=separator, strict=True)
        while True:
            line = start + reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                number += 1
                if "end of data" in str(problem) or "field larger" in str(problem):
                    yield Row(number, line + 1, [], "a quotation mark is opened in this row and never closed")
                    start = line + 1  # the rows that it swallowed are rows all the same
                    break
                yield Row(number, line + 1, [], "a quotation mark stands in the middle of a cell")
                continue
            number += 1
            yield Row(number, line + 1, [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells])
        if attempt == _RECOVERIES:
            yield Row(number + 1, start + 1, [], "too many quotation marks are never closed, so the rest was not read")


# --- Excel -----------------------------------------------------------------------------------------------------


def _sheet_rows(data: bytes, shown: str) -> tuple[Iterator[Row] | None, list[Diagnostic]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _LARGEST_SHEET:
                return None, [error("L120", "this workbook unpacks to more than 1 GB", Span(shown))]
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
    except Exception as problem:  # whatever a damaged file makes the library raise
        return None, [error("L120", f"this file is not an Excel workbook that can be read ({type(problem).__name__})",
                            Span(shown), hint="open it in Excel or LibreOffice and save it as .xlsx or CSV UTF-8")]
    if sheet is None:
        return None, [error("L120", "this workbook has no sheet", Span(shown))]
    more = [s.title for s in book.worksheets if s is not sheet]
    found = [note("L122", f"only the first sheet, '{sheet.title}', was read", Span(shown))] if more else []
    return _cells(sheet), found


def _cells(sheet: Any) -> Iterator[Row]:
    number = 0
    try:
        for row in sheet.iter_rows(max_col=MOST_COLUMNS):
            number += 1
            cells = [as_text(cell.value, getattr(cell, "number_format", "")) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            yield Row(number, number, cells)
    except Exception as problem:  # a sheet that is damaged in the middle
        yield Row(number + 1, number + 1, [], f"the workbook is damaged from here on ({type(problem).__name__})")


def as_text(value: Any, number_format: str = "") -> str:
    """A cell of a workbook as text: whole numbers without a point, dates as 2027-09-14, yes and no as words."""
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
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and re.fullmatch(r"0{2,20}", number_format):
        return str(value).zfill(len(number_format))  # a telephone number that the sheet shows with its zeros
    text = getattr(value, "text", value)  # an array formula
    return str(text).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_\n", "\n")
