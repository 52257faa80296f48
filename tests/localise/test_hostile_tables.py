"""Tables as nobody should send them: each gives a report that names the place, and its good rows are branches."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from toolkit_builder.localise import data

HEAD = "branch,region,employer,contact,contact email\n"
GOOD = "Good,North,Council,Ada,ada@x.example\n"


def rows(*names: str) -> str:
    return HEAD + "".join(f"{name},N,C,A,a@x.example\n" for name in names) + GOOD


# name: the table, the folders of the branches that are made, what is said (each in a message or in its hint)
CSV: dict[str, tuple[str | bytes, list[str] | None, list[str]]] = {
    "names that differ in case": (rows("Alder", "ALDER", "alder "), ["alder", "good"], ["row 3, column A", "row 4"]),
    "names that are paths": (
        rows("../x", "..", "/etc/passwd", "C:\\x", "."),
        ["x", "etc-passwd", "c-x", "good"],
        ["row 3, column A: '..' has no letters", "row 6, column A: '.' has no letters"],
    ),
    "names that Windows keeps": (
        rows("CON", "con.txt", "NUL", "COM1", "LPT9.", "COM¹", "zip", "contact-sheets", ".toolkit"),
        ["con-branch", "con-txt", "nul-branch", "com1-branch", "lpt9-branch", "com¹-branch", "zip-branch",
         "contact-sheets-branch", "toolkit", "good"],
        [],
    ),
    "dots at the end": (rows("Alder.", "Alder...", " "), ["alder", "good"], ["row 3", "row 4, column A: this row has no"]),
    "right to left": (rows("فرع ألدر", "סניף", "\u200fمرحبا"), ["فرع-ألدر", "סניף", "مرحبا", "good"], []),
    "marks that turn letters round": (rows("\u202eevil\u202c"), ["good"], ["row 2, column A: an invisible character"]),
    "a NUL in a name": (rows("Al\0der"), ["good"], ["row 2, column A: an invisible character stands here (U+0000)"]),
    "a NUL in a cell": (HEAD + "A,N,C\0,A,a@x.example\n" + GOOD, ["good"], ["row 2, column C: an invisible character"]),
    "a cell of a megabyte": (
        HEAD + f"A,N,{'x' * 1_000_000},A,a@x.example\n" + GOOD, ["good"], ["row 2, column C: this cell has 1000000"],
    ),
    "a name of a megabyte": (rows("y" * 1_000_000), ["good"], ["row 2, column A: this cell has 1000000 characters"]),
    "headings that are empty": ("branch,,region,,\nAlder,x,N,y,\n", ["alder"], ["column B has no name", "column D has"]),
    "headings that are the same": ("branch,region,Region\nA,N,S\n", None, ["columns B and C are both 'Region'"]),
    "headings that mean the same": ("branch,council,employer\nA,N,S\n", None, ["fill the same field"]),
    "headings nobody asks for, twice": ("branch,foo,foo\nA,1,2\n", None, ["columns B and C are both 'foo'"]),
    "only headings": (HEAD, [], ["below the names of its columns this table has no branch"]),
    "empty lines above": ("\n\n" + HEAD + GOOD, None, ["row 3 looks like the names of the columns"]),
    "a title above": ("Our branches,,,,\n" + HEAD + GOOD, None, ["row 2 looks like the names of the columns"]),
    "empty lines among": (HEAD + "\n,,,,\n" + GOOD + "\n\n", ["good"], []),
    "another separator in a row": (
        HEAD + "Alder;N;C;A;a@x.example\n" + GOOD, ["good"], ["row 2, column A: the cells of this row stand between ';'"],
    ),
    "a quotation mark that is never closed": (
        HEAD + '"Alder,N,C,A,a@x.example\n' + GOOD, ["good"], ["row 2: a quotation mark is opened", "close it"],
    ),
    "a quotation mark amid a cell": (HEAD + '"Bir"ch,N,C,A,\n' + GOOD, ["good"], ["row 2: a quotation mark stands in"]),
    "Latin 2": (rows("Łódź").encode("iso8859-2"), ["ód¼", "good"], ["read as Windows-1252", "save it as CSV UTF-8"]),
    "a Macintosh of old": (rows("Cafe").replace("\n", "\r"), ["cafe", "good"], []),
    "half a letter at the end": ((HEAD + GOOD).encode("utf-16") + b"\x41", ["good"], ["row 3, column A: a letter of"]),
    "lone surrogates": (rows("Al\ud800der").encode("utf-8", "surrogatepass"), ["alí-der", "good"], ["not UTF-8"]),
    "every byte": (bytes(range(256)) * 40, None, ["no column with the branches' names"]),
    "a compressed file": (b"\x1f\x8b\x08\0" + bytes(200), None, ["this is a compressed file"]),
    "a web page": ("<table><tr><td>branch</td></tr></table>", None, ["this is a web page"]),
    "JSON": ('[{"branch": "Alder"}]', None, ["this is a JSON file"]),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), None, ["this is a picture"]),
    "half a workbook": (b"PK\x03\x04" + bytes(99), None, ["no", "Excel workbook that can be read"]),
    "emoji": (rows("👩‍💻🏴", "👩 Alder"), ["alder", "good"], ["row 2, column A: '👩‍💻🏴' has no letters"]),
    "letters without width": (rows("Al\u200bder", "Alder"), ["alder", "good"], ["row 3, column A: the branch 'Alder'"]),
    "accents in two ways": (rows("Ålder", "A\u030alder"), ["ålder", "good"], ["row 3, column A"]),
    "names that make one folder": (rows("Alder & Birch", "alder-birch", "Alder/Birch"), ["alder-birch", "good"], ["branch_id"]),
    "ids that make one folder": ("branch,branch id\nA,x\nB,X\nC,../x\nD,\n", ["x", "d"], ["row 3", "row 4"]),
    "wrong in every cell": (
        "branch,email,web,join link,meeting date,languages,layout,bilingual,language\n"
        "A,@,javascript:x,ftp://x,31/02/2027,klingon,diagonal,perhaps,!!\nB,,,,,,,,\n",
        ["b"],
        ["column B: '@' cannot be the email", "column C: 'javascript:x' cannot be the web", "column D: 'ftp://x'",
         "column E: '31/02/2027' is not a date", "column F: 'klingon' cannot be the languages of a branch",
         "column G: 'diagonal' cannot be the layout", "column H: 'perhaps' is neither yes nor no",
         "column I: '!!' cannot be the language", "write yes or no"],
    ),
    "formulas": (rows("=1+1", "@SUM(1)"), ["1-1", "sum-1", "good"], ["column A holds formulas"]),
    "faults of a spreadsheet": (HEAD + "A,#N/A,#REF!,,\n#NAME?,,,,\n" + GOOD, ["good"], ["column B: the", "column C: the", "row 3, column A"]),
    "rows too long and too short": (HEAD + "A,N\nB,N,C,A,a@x.example,more\n" + GOOD, ["a", "good"], ["row 3, column F"]),
    "600 columns": ("branch," + ",".join(f"c{n}" for n in range(600)) + "\nA\n", None, ["more than 500 columns"]),
    "names of JavaScript": (
        "branch,__proto__,constructor\n__proto__,1,2\nconstructor,1,2\n", ["proto", "constructor"], ["no template asks for"],
    ),
    "words that programs take for nothing": (rows("null", "None", "nan", "0", "TRUE"), ["null", "none", "nan", "0", "true", "good"], []),
    "a mark of order amid the file": (rows("\ufeffAlder"), ["alder", "good"], []),
    "odd line ends": (HEAD.replace("\n", "\r\r\n") + "A,N,C\x0bD,A,a@x.example\r\r\n" + GOOD, ["good"], ["U+000B"]),
    "nothing": ("", None, ["this table is empty"]),
    "only spaces": ("   \n \n", None, ["this table is empty"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CSV)
def test_a_csv_file_of_any_kind(tmp_path: Path, name: str) -> None:
    text, made, said = CSV[name]
    path = tmp_path / "branches.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    check(path, made, said)


def check(path: Path, made: list[str] | None, said: list[str]) -> None:
    table, found = data.open_table(path)
    assert (None if table is None else [branch["name"] for branch in table]) == made
    words = "\n".join(f"{d.message} | {d.hint}" for d in found)
    for each in said:
        assert each in words
    assert all(d.span is not None and d.span.path == path.name for d in found)
    if made is None or not said:
        assert made is not None or any(d.is_error for d in found)


def dates(book: Any, sheet: Any) -> None:
    sheet.append(["branch", "meeting date", "meeting time", "contact phone", "bilingual"])
    sheet.append(["Alder", dt.datetime(2027, 9, 14), dt.time(18, 30), 1632960001, True])
    sheet.append(["Birch", 46644, 0.75, "01632 960001", False])
    sheet.append(["Cedar", dt.datetime(2027, 9, 14, 18, 30), "6pm", None, 1])
    sheet.append([12345, dt.date(2027, 9, 14), dt.timedelta(hours=18), None, "x"])
    sheet.append(["Elm", "#N/A", "=A1", None, None])


def hidden_sheet(book: Any, sheet: Any) -> None:
    sheet.sheet_state = "hidden"
    other = book.create_sheet("Branches")
    other.append(["branch", "region"])
    other.append(["Alder", "N"])
    book.active = 1


def merged(book: Any, sheet: Any) -> None:
    for row in (["branch", "region"], ["Alder", "N"], ["Birch", None], ["Cedar", None]):
        sheet.append(row)
    sheet.merge_cells("B2:B4")


def merged_title(book: Any, sheet: Any) -> None:
    sheet.append(["Branches 2027"])
    sheet.merge_cells("A1:D1")
    sheet.append(["branch", "region"])


def errors(book: Any, sheet: Any) -> None:
    for row in (["branch", "employer"], ["Alder", "=1/0"], ["Birch", "#DIV/0!"]):
        sheet.append(row)
    sheet["B3"].data_type = "e"


def far(book: Any, sheet: Any) -> None:
    sheet.append(["branch", "region"])
    sheet.cell(3, 1, "Alder")
    sheet.cell(2, 16_384, "far")
    sheet.cell(1_048_576, 1, "Last row")


def long(book: Any, sheet: Any) -> None:
    for row in (["branch", "employer"], ["Alder", "x" * 32_767], ["Birch", "C"]):
        sheet.append(row)


def hidden_rows(book: Any, sheet: Any) -> None:
    for row in (["branch"], ["Alder"], ["Birch"], ["Cedar"]):
        sheet.append(row)
    sheet.row_dimensions[2].hidden = sheet.row_dimensions[3].hidden = True


def empty(book: Any, sheet: Any) -> None:
    pass


BOOKS: dict[str, tuple[Callable[[Any, Any], None], list[str] | None, list[str]]] = {
    "dates, times and numbers": (
        dates, ["alder", "12345"],
        ["row 3, column B: '46644' is not a date", "row 4, column B: '2027-09-14 18:30' is not a date",
         "row 6, column B: the spreadsheet shows a fault", "column D holds telephone numbers as numbers"],
    ),
    "a hidden sheet first": (hidden_sheet, ["alder"], ["only the first sheet, 'Branches', was read"]),
    "merged cells": (merged, ["alder", "birch", "cedar"], []),
    "a merged title": (merged_title, None, ["row 2 looks like the names of the columns"]),
    "cells of errors": (errors, ["alder"], ["row 3, column B: the spreadsheet shows a fault here: #DIV/0!"]),
    "cells at the end of the world": (far, ["alder", "last-row"], ["row 2, column XFD: this row has 16384 cells"]),
    "the longest cell": (long, ["birch"], ["row 2, column B: this cell has 32767 characters"]),
    "rows that are hidden": (hidden_rows, ["alder", "birch", "cedar"], ["2 rows are hidden in this sheet, and were read"]),
    "nothing": (empty, None, ["no column with the branches' names"]),
}  # fmt: skip


def book(fill: Callable[[Any, Any], None]) -> bytes:
    made, out = openpyxl.Workbook(), BytesIO()
    fill(made, made.active)
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_of_any_kind(tmp_path: Path, name: str) -> None:
    fill, made, said = BOOKS[name]
    path = tmp_path / "branches.xlsx"
    path.write_bytes(book(fill))
    started = time.process_time()
    check(path, made, said)
    assert time.process_time() - started < 60


def rewritten(change: Callable[[str, bytes], bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book(merged))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_workbooks_that_somebody_has_been_at(tmp_path: Path) -> None:
    path = tmp_path / "branches.xlsx"
    whole = book(merged)
    for broken in (whole[: len(whole) // 2], b"PK\x03\x04"):
        path.write_bytes(broken)
        check(path, None, ["is not an Excel workbook that can be read"])
    path.write_bytes(whole.replace(b"xl/worksheets", b"xl/worksheexs"))
    check(path, None, ["this workbook has no sheet of cells", "save it as CSV UTF-8"])
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    path.write_bytes(rewritten(lambda name, data: entity + data.replace(b"Alder", b"&e;") if "xml" in name else data))
    table, found = data.open_table(path)
    assert found
    assert "SECRET" not in str([*(table or []), *found])
    path.write_bytes(rewritten(lambda name, data: data[: len(data) // 2] if "sheet1.xml" in name else data))
    table, found = data.open_table(path)
    assert any("damaged from here on" in d.message and "save it again" in d.hint for d in found)
