"""Tables as unions have them: every encoding and separator, bad rows beside good ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from toolkit_builder.localise import data, workbook
from toolkit_builder.localise.rows import letter

HEAD = "Branch,Region,Employer,Contact name,Contact e-mail,Meeting date"
GOOD = "Alder,North,Alder Council,Ada,ada@x.example,14/09/2027"


def opened(path: Path, **more: object) -> tuple[list[dict[str, object]], list[str]]:
    table, found = data.open_table(path, **more)  # type: ignore[arg-type]
    return list(table) if table else [], [f"{d.code} {d.message}" for d in found if d.code not in {"L127"}]


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "branches.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "separator", "ending"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ",", "\r\n"),
        ("cp1252", ";", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("utf-16-le", "\t", "\n"),
        ("utf-16-be", ",", "\n"),
        ("utf-32", ",", "\n"),
        ("utf-8", "|", "\n"),
        ("utf-8", ",", "\r"),
    ],
)
def test_tables_in_every_encoding(tmp_path: Path, encoding: str, separator: str, ending: str) -> None:
    text = f"{HEAD}\n{GOOD}\nCafé Rhŷl,Cymru,x,Zoë,,\n".replace(",", separator).replace("\n", ending)
    if encoding == "cp1252":
        text = text.replace("ŷ", "y")
    rows, found = opened(written(tmp_path, text, encoding))
    assert rows[0]["name"] == "alder"
    assert rows[0]["meeting"]["date"] == "2027-09-14"  # type: ignore[index]
    assert rows[1]["title"] == ("Café Rhyl" if encoding == "cp1252" else "Café Rhŷl")
    assert rows[1]["contacts"][0]["name"] == "Zoë"  # type: ignore[index]
    assert [f.split()[0] for f in found] == (["L121"] if encoding == "cp1252" else [])


def test_the_separator_that_excel_writes_above_the_header(tmp_path: Path) -> None:
    rows, found = opened(written(tmp_path, "sep=;\r\nBranch;Meeting date\r\nAlder;soon\r\nBirch;1/2/2027\r\n"))
    assert found == ["L128 row 2, column B: 'soon' is not a date"]  # Excel does not count the line that it hides
    assert [r["name"] for r in rows] == ["birch"]


def test_lines_of_windows_1252_among_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "branches.csv"
    path.write_bytes("Branch,Region\nRhŷl,Gogledd\nCaerffŷn,De\n".encode() + "Café,North\n".encode("cp1252"))
    rows, found = opened(path)
    assert [r["title"] for r in rows] == ["Rhŷl", "Caerffŷn", "Café"]
    assert found == ["L121 line 4 is not UTF-8 like the others, and was read as Windows-1252"]


BAD_ROWS = {
    "Birch,South,,,not an address,": "row 2, column E: 'not an address' cannot be the contact email of a branch",
    "Birch,South,,,,31/02/2027": "row 2, column F: '31/02/2027' is not a date",
    "Birch,South,,,,,,surplus": "row 2, column H: this row has 8 cells, but there are 6 columns",
    ",South,,,,": "row 2, column A: this row has no name of a branch",
    "!!!,South,,,,": "row 2, column A: '!!!' has no letters to name a folder with",
    "Bir\0ch,South,,,,": "row 2, column A: an invisible character stands here (U+0000)",
    'Bi"rch"x,South,,,,"open': "row 2: a quotation mark is opened in this row and never closed",
    '"Birch" x,South,,,,': "row 2: a quotation mark stands in the middle of a cell",
    "Bi\u202erch,South,,,,": "row 2, column A: an invisible character stands here (U+202E)",
    "Birch,South,#REF!,,,": "row 2, column C: the spreadsheet shows a fault here: #REF!",
    "Birch,South,Caf\ufffd,,,": "row 2, column C: a letter of 'Caf\ufffd' cannot be read",
    f"Birch,South,{'x' * 1_100_000},,,": "row 2, column C: this cell has 1100000 characters, and at most 20000 are taken",
    "Birch,South,,,,Monday 14 September 2027": "row 2, column F: 'Monday 14 September 2027' is not a date",
}  # fmt: skip


@pytest.mark.parametrize("row", BAD_ROWS, ids=range(len(BAD_ROWS)))
def test_a_bad_row_is_named_and_the_others_are_used(tmp_path: Path, row: str) -> None:
    rows, found = opened(written(tmp_path, f"{HEAD}\n{row}\n{GOOD}\n"))
    assert found == [f"L128 {BAD_ROWS[row]}"]
    assert [r["name"] for r in rows] == ["alder"]


def test_every_fault_of_a_row_is_reported(tmp_path: Path) -> None:
    _, found = opened(written(tmp_path, f"{HEAD},Web,Quote 1 name\nBirch,South,,,bad,soon,worse,Zoe\n"))
    assert sorted(f.split(": ", 1)[0] for f in found) == [f"L128 row 2, column {c}" for c in "EFGH"]


DATES = ("14/09/2027", "14.9.2027", "14-09-2027", "2027/09/14", "2027-09-14 00:00", "14th September 2027",
         "Tuesday 14 September 2027", "tue 14 Sep 2027")  # fmt: skip


def test_dates_as_people_write_them(tmp_path: Path) -> None:
    rows, found = opened(
        written(tmp_path, "Branch,Meeting date\n" + "".join(f"B{n},{d}\n" for n, d in enumerate(DATES)))
    )
    assert found == []
    assert {r["meeting"]["date"] for r in rows} == {"2027-09-14"}  # type: ignore[index]


def test_folders_that_every_file_system_can_make(tmp_path: Path) -> None:
    names = ["CON", "aux.", "com1", "NUL.txt", "zip", "../../etc", "École", "ecole", "X" * 400, "北" * 100, "  Al. "]
    rows, found = opened(written(tmp_path, "Branch\n" + "\n".join(names)))
    assert found == []
    folders = [str(r["name"]) for r in rows]
    assert folders[:8] == ["con-branch", "aux-branch", "com1-branch", "nul-txt", "zip-branch", "etc", "école", "ecole"]
    assert folders[-1] == "al"
    assert all(len(name.encode()) <= 100 for name in folders)
    assert [r["title"] for r in rows] == [name.strip() for name in names]


def test_columns_without_a_name_and_lines_above_the_names(tmp_path: Path) -> None:
    rows, found = opened(written(tmp_path, "Branch,,Region,\nAlder,,North\nBirch,lost,South\n"))
    assert len(rows) == 2
    assert found == ["L129 column B has no name, so nothing is filled by its cells ('lost' in row 3)"]
    _, problems = data.open_table(written(tmp_path, "Our branches,,\n,,\nBranch,Region,Phone\nAlder,North,1\n"))
    assert [(d.code, d.hint) for d in problems] == [
        ("L126", "row 3 looks like the names of the columns: delete what stands above it")
    ]


def test_facts_in_one_cell_and_in_several(tmp_path: Path) -> None:
    rows, found = opened(written(tmp_path, 'Branch,Facts,Fact 1,Fact 2\nAlder,"one\ntwo",three,four\n'))
    assert found == []
    assert rows[0]["facts"] == ["one", "two", "three", "four"]


def test_odd_but_good_rows(tmp_path: Path) -> None:
    text = f'{HEAD}\n\n"Al, der\nTown",North\n,,,,,\nBirch,South,"=HYPERLINK(""http://x"")",,,,,\n'
    rows, found = opened(written(tmp_path, text))
    assert found == [
        "L135 column C holds formulas, and they are printed as they are written ('=HYPERLINK(\"http://x\")' in row 5)"
    ]
    assert [(r["name"], r["employer"]) for r in rows] == [("al-der-town", ""), ("birch", '=HYPERLINK("http://x")')]


def test_duplicates_name_the_first_row(tmp_path: Path) -> None:
    rows, found = opened(written(tmp_path, f"{HEAD}\n{GOOD}\nALDER,South,,,,\n"))
    assert found == ["L128 row 3, column A: the branch 'ALDER' stands in row 2 already"]
    assert len(rows) == 1


def test_columns_are_reported(tmp_path: Path) -> None:
    path = written(tmp_path, "Branch,Demandd,Team\nAlder,x,y\n")
    _, found = data.open_table(path, declared=["team", "demand"], used=["contact.name", "fields.team", "branch.title"])
    assert [(d.code, d.message, d.hint) for d in found] == [
        ("L125", "no template asks for column B, 'Demandd'", "did you mean 'demand'?"),
        (
            "L127",
            "the templates ask for 'contact', and no column has it",
            "add the columns, or the documents have blanks there",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "L120"),
        ("Region,Employer\nNorth,x\n", "L126"),
        ("Branch,Phone,Telephone\nA,1,2\n", "L124"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, text: str, code: str) -> None:
    rows, found = opened(written(tmp_path, text))
    assert rows == []
    assert [f.split()[0] for f in found] == [code]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old Excel format"),
        (b"PK\x03\x04 not a zip", "cannot be read"),
        (b"%PDF-1.7 ...", "this is a PDF file"),
        (b"\r\n<html><table>", "this is a web page"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    rows, found = opened(path)
    assert rows == []
    assert said in found[0] or "not an Excel workbook" in found[0]


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    assert opened(tmp_path / "none.csv")[1][0].startswith("L120 this table cannot be read")


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        ["Branch", "Phone", "Meeting date", "Bilingual", "Employer", "Fact 2", "Fact 1", "Quote 1", "Quote 1 name"]
    )
    sheet.append(
        ["Alder", 1632960001, dt.datetime(2027, 9, 14), True, '=HYPERLINK("http://x","y")', "b", "a", "Q", "N"]
    )
    sheet.append(["Birch", 20.0, "next week"])
    book.create_sheet("Notes")
    path = tmp_path / "b.xlsx"
    book.save(path)
    rows, found = opened(path)
    assert rows[0]["phone"] == "1632960001"
    assert rows[0]["bilingual"] is True
    assert rows[0]["employer"] == '=HYPERLINK("http://x","y")'
    assert rows[0]["facts"] == ["a", "b"]
    assert rows[0]["quotes"] == [{"text": "Q", "name": "N", "role": ""}]
    assert [f.split(":")[0].split(" (")[0] for f in found] == [
        "L122 only the first sheet, 'Sheet', was read",
        "L128 row 3, column C",
        "L134 column B holds telephone numbers as numbers, which have lost their zero",
        "L135 column E holds formulas, and they are printed as they are written",
    ]


SHOWN = [
    (1234, "00000", "01234"), (1632960001, "00000 000000", "01632 960001"), (20.1, "0.00", "20.10"), (20, "0.00", "20.00"),
    (0.1 + 0.2, "General", "0.3"), (1e20, "General", "100000000000000000000"), (1234567.5, "#,##0.00", "1,234,567.50"),
    (12.5, '"£"#,##0.00', "£12.50"), (12.5, "[$£-809]#,##0.00;[Red]-[$£-809]#,##0.00", "£12.50"), (0.155, "0%", "16%"),
    (-3, "0", "-3"), (2.5, "0.##", "2.5"), (2.0, "General", "2"), (0, "General", "0"), (7, "@", "7"), (True, "General", "yes"),
    (dt.time(18, 30), "h:mm", "18:30"), (dt.timedelta(hours=18), "[h]:mm", "18:00"), (dt.date(2027, 9, 14), "d/m/y", "2027-09-14"),
    (dt.datetime(2027, 9, 14), "General", "2027-09-14"), (1.5e-7, "0.00E+00", "0.00000015"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "number_format", "text"), SHOWN)
def test_numbers_as_their_cells_show_them(value: object, number_format: str, text: str) -> None:
    assert workbook.as_text(value, number_format) == text


def test_a_workbook_s_formats_and_merged_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Branch", "Region", "Textphone", "Motion"], ["Alder", "North", 1234, 20.1], ["Birch", None, "01234", 20.1],
                ["Cedar", None, 5, 20]):  # fmt: skip
        sheet.append(row)
    sheet["C2"].number_format = "00000"
    for cell in ("D2", "D3", "D4"):
        sheet[cell].number_format = "0.00"
    sheet.merge_cells("B2:B3")
    path = tmp_path / "b.xlsx"
    book.save(path)
    rows, found = opened(path, declared=["motion"])
    assert [r["region"] for r in rows] == ["North", "North", ""]
    assert [r["textphone"] for r in rows] == ["01234", "01234", "5"]
    assert [r["custom"]["motion"] for r in rows] == ["20.10", "20.10", "20.00"]  # type: ignore[index]
    assert found == []


def test_rows_add_to_the_site_s_branches(tmp_path: Path) -> None:
    site = [
        {
            "name": "alder",
            "title": "Alder branch",
            "region": "North",
            "employer": "Old",
            "url": "https://u/alder/",
            "contacts": [{"name": "Ada", "phone": "1"}],
            "custom": {"team": "x"},
        }
    ]
    rows, _ = opened(written(tmp_path, "Branch,Employer,Contact name\nAlder branch,New,\n"), site=site)
    assert rows[0]["name"] == "alder"
    assert (rows[0]["employer"], rows[0]["url"], rows[0]["custom"]) == ("New", "https://u/alder/", {"team": "x"})
    assert rows[0]["contacts"][0]["phone"] == "1"  # type: ignore[index]


@pytest.mark.slow
def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    lines = [HEAD, *(f"Branch {n},North,Council {n},Person {n},p{n}@x.example,2027-09-14" for n in range(100_000))]
    lines[50_000] = "broken,North,,,not an address,"
    table, found = data.open_table(written(tmp_path, "\n".join(lines)))
    assert table is not None
    assert table.total == 99_999
    assert sum(1 for _ in table) == 99_999
    assert [d.message for d in found if d.is_error] == [
        "row 50001, column E: 'not an address' cannot be the contact email of a branch"
    ]


def test_letters_of_columns() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
