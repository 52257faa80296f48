"""A CSV or Excel file in; its rows of text out, each with its number, or what is wrong with the file.

Encodings and separators are found out: UTF-8 with or without a mark, UTF-16, UTF-32, Windows-1252, and UTF-8 with some
lines of Windows-1252; comma, semicolon, tab, bar, or what a first line ``sep=;`` says. A cell is always text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from toolkit_builder.diagnostics import Diagnostic, Span, error, note, warning
from toolkit_builder.localise import workbook
from toolkit_builder.localise.rows import Row

LARGEST = 200_000_000
SEPARATORS = ",;\t|"
_CLOSE = "close it, or write two of them where the cell has one"
_SAYS = re.compile(r"sep=([,;\t|])[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_RECOVERIES = 20
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
          (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_OTHERS = ((b"%PDF-", "a PDF file"), (b"<", "a web page"), (b"{\\rtf", "a text document"),
           (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a table in the old Excel format"),
           (b"\x1f\x8b", "a compressed file"), (b"[{", "a JSON file"), (b'{"', "a JSON file"),
           (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"))  # fmt: skip


def rows(path: Path) -> tuple[Iterator[Row] | None, list[Diagnostic]]:
    """The rows of a table, header first."""
    shown = path.name
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return None, [error("L120", "this table is larger than 200 MB", Span(shown), hint="split it into several")]
        data = path.read_bytes()
    except OSError as problem:
        return None, [
            error(
                "L120", f"this table cannot be read: {problem.strerror or problem}", Span(shown), hint="check the path"
            )
        ]
    if data[:4] == b"PK\x03\x04":
        return workbook.rows(data, shown)
    if other := next((what for mark, what in _OTHERS if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(mark)), ""):
        return None, [
            error("L120", f"this is {other}", Span(shown), hint="save it as an Excel workbook (.xlsx) or as CSV UTF-8")
        ]
    text, found = _decoded(data, shown)
    if not text.strip():
        return None, [error("L120", "this table is empty", Span(shown), hint="its first row must name the columns")]
    return _csv_rows(text), found


def _decoded(data: bytes, shown: str) -> tuple[str, list[Diagnostic]]:
    for mark, encoding in _MARKS:
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
        return _guessed(data, shown)


def _guessed(data: bytes, shown: str) -> tuple[str, list[Diagnostic]]:
    """Windows-1252, or UTF-8 into which somebody has pasted lines of it: whichever more lines are."""
    lines = data.splitlines(keepends=True)
    odd = {n for n, line in enumerate(lines, 1) if not line.isascii() and not _is_utf8(line)}
    even = sum(1 for line in lines if not line.isascii()) - len(odd)
    if even <= len(odd):
        said = note(
            "L121",
            "this table is not UTF-8 and was read as Windows-1252",
            Span(shown),
            hint="if names look wrong, save it as CSV UTF-8",
        )
        return data.decode("cp1252", "replace"), [said]
    first = min(odd)
    text = f"line {first} is" if len(odd) == 1 else f"{len(odd)} lines, of which {first} is the first, are"
    said = warning(
        "L121",
        f"{text} not UTF-8 like the others, and was read as Windows-1252"
        if len(odd) == 1
        else f"{text} not UTF-8 like the others, and were read as Windows-1252",
        Span(shown, first, 1),
        hint="look whether the names there are right, and save the table as CSV UTF-8",
    )
    decoded = (line.decode("cp1252" if n in odd else "utf-8", "replace") for n, line in enumerate(lines, 1))
    return "".join(decoded), [said]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _separator(text: str) -> str:
    """The mark that the header row uses most, outside quotes."""
    header = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max(SEPARATORS, key=lambda mark: (header.count(mark), -SEPARATORS.index(mark)))


def _csv_rows(text: str) -> Iterator[Row]:
    csv.field_size_limit(LARGEST)
    said = _SAYS.match(text)  # Excel reads this line and does not show it
    separator = said[1] if said else _separator(text)
    lines = io.StringIO(text, newline="").readlines()
    start, number = (1 if said else 0), 0
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
                if "end of data" in str(problem):
                    yield Row(number, line + 1, [], "a quotation mark is opened in this row and never closed", _CLOSE)
                    start = line + 1  # the rows that it swallowed are rows all the same
                    break
                yield Row(number, line + 1, [], "a quotation mark stands in the middle of a cell", _CLOSE)
                continue
            number += 1
            yield Row(number, line + 1, [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells])
        if attempt == _RECOVERIES:
            yield Row(
                number + 1, start + 1, [], "too many quotation marks are never closed, so the rest was not read", _CLOSE
            )
