"""``toolkit localise``: what it makes, what it refuses, and that it can be stopped at any moment."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.driver import SiteTest

pytestmark = pytest.mark.usefixtures("press")


def words(pdf: Path) -> str:
    with pypdfium2.PdfDocument(pdf) as opened:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in opened)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and ".toolkit" not in p.parts
    }


def rows(folder: Path) -> list[dict[str, str]]:
    text = (folder / "report.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_branch_gets_its_own_documents(union: SiteTest) -> None:
    done = union.run(
        "localise", "--branch", "alder", "--format", "pdf,docx,txt,html,png", "--zip", "--contact-sheet", "-o", "out"
    )
    assert done.returncode == 0, done.stderr
    out = union.folder / "out"
    made = tree(out)
    assert {n for n in made if n.endswith((".pdf", ".docx", ".txt"))} == {
        "alder/letter.pdf",
        "alder/letter.docx",
        "alder/letter.txt",
        "alder/leaflet.pdf",
        "alder/leaflet.txt",
        "alder/poster.pdf",
        "alder/poster.txt",
        "alder/poster-a4.pdf",
    }
    letter = words(out / "alder/letter.pdf")
    for said in ("for Alder branch", "a limit of fifteen", "We are many, says Ada Bell", "14 September 2027"):
        assert said in letter
        assert said in made["alder/letter.txt"].decode()
    assert "Send it on paper" not in letter
    assert "We are tired" not in letter
    assert "Alder & Sons Council" in words(out / "alder/leaflet.pdf")
    assert "• One fact" in made["alder/poster.txt"].decode() or "One fact" in made["alder/poster.txt"].decode()
    with pikepdf.open(out / "alder/leaflet.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == "Leaflet: Alder branch"
    with zipfile.ZipFile(out / "zip/by-branch/alder.zip") as packed:
        assert "alder/letter.pdf" in packed.namelist()
    assert made["contact-sheets/001.png"].startswith(b"\x89PNG")
    assert [r["Status"] for r in rows(out)] == ["made"] * 4


def test_the_same_run_makes_the_same_bytes_and_then_nothing(union: SiteTest) -> None:
    for folder, jobs in (("one", "1"), ("two", "2")):
        done = union.run("localise", "--all", "--format", "pdf,docx", "--zip", "-o", folder, "-j", jobs)
        assert done.returncode == 0, done.stderr
    assert tree(union.folder / "one") == tree(union.folder / "two")
    stamps = {p: p.stat().st_mtime_ns for p in (union.folder / "one").rglob("*.pdf")}
    again = union.run("localise", "--all", "--format", "pdf,docx", "--zip", "-o", "one")
    assert "0 made, 8 unchanged" in again.stdout
    assert tree(union.folder / "one") == tree(union.folder / "two")  # the report and the archives too
    assert {p: p.stat().st_mtime_ns for p in (union.folder / "one").rglob("*.pdf")} == stamps
    union.edit("content/branches/alder.md", "a limit of fifteen", "a limit of twelve")
    third = union.run("localise", "--all", "--format", "pdf,docx", "--zip", "-o", "one")
    assert "4 made, 4 unchanged" in third.stdout


def test_what_is_required_and_missing_is_watermarked_and_fails_strict(union: SiteTest) -> None:
    done = union.run("localise", "leaflet", "--branch", "birch", "-o", "out")
    assert done.returncode == 0
    assert "lacks: contact's name, contact's phone number, imprint" in done.stderr
    assert "NOT FOR PRINT" in words(union.folder / "out/birch/leaflet.pdf")
    assert "NOT FOR PRINT" not in words(_made(union, "alder"))
    strict = union.run("localise", "leaflet", "--branch", "birch", "-o", "strict", "--strict")
    assert strict.returncode == 1
    assert not list((union.folder / "strict").rglob("*.pdf"))
    assert rows(union.folder / "strict")[0]["Status"] == "failed"


def _made(union: SiteTest, branch: str) -> Path:
    assert union.run("localise", "leaflet", "--branch", branch, "-o", "whole").returncode == 0
    return union.folder / f"whole/{branch}/leaflet.pdf"


def test_overflow_is_an_error_of_that_document_only(union: SiteTest) -> None:
    demand = "A long demand. " * 150
    union.edit("content/branches/birch.md", "employer: Birch Council", f"employer: Birch\ndemand: {demand}")
    done = union.run("localise", "leaflet", "poster", "--all", "-o", "out")
    assert done.returncode == 1
    assert "leaflet for Birch branch was not made" in done.stderr
    out = union.folder / "out"
    assert not (out / "birch/leaflet.pdf").exists()
    assert (out / "birch/poster.pdf").exists()
    assert (out / "alder/leaflet.pdf").exists()
    row = next(r for r in rows(out) if r["Branch"] == "Birch branch" and r["Template"] == "leaflet")
    assert (row["Status"], row["Field"]) == ("overflow", "side back")
    assert float(row["Too long by (mm)"]) > 10
    assert union.run("localise", "leaflet", "--branch", "birch", "--allow-overflow", "-o", "out").returncode == 0
    assert (out / "birch/leaflet.pdf").exists()
    assert union.run("localise", "leaflet", "--branch", "birch", "-o", "out").returncode == 1
    assert not (out / "birch/leaflet.pdf").exists()


def test_a_table_beside_bad_rows(union: SiteTest) -> None:
    union.write(**{"b.csv": "branch;region;meeting date\nOak;North;14/09/2027\nElm;South;soon\n"})
    done = union.run("localise", "letter", "--data", "b.csv", "-o", "out")
    assert done.returncode == 1
    assert "row 3, column C: 'soon' is not a date" in done.stderr
    assert [p.parent.name for p in (union.folder / "out").rglob("*.pdf")] == ["oak"]
    assert union.run("localise", "letter", "--data", "b.csv", "-o", "s", "--strict").returncode == 1
    assert not (union.folder / "s").exists()
    north = union.run("localise", "letter", "--data", "b.csv", "--with-site", "--region", "north", "-o", "n")
    assert {p.parent.name for p in (union.folder / "n").rglob("*.pdf")} == {"alder", "oak"}, north.stderr


def test_strict_takes_back_what_an_earlier_run_made(union: SiteTest) -> None:
    out = union.folder / "out"
    first = union.run("localise", "leaflet", "--all", "-o", "out")
    again = union.run("localise", "leaflet", "--all", "-o", "out")
    assert first.stderr == again.stderr != ""  # what is missing is said as long as it is missing
    strict = union.run("localise", "leaflet", "--all", "-o", "out", "--strict")
    assert strict.returncode == 1
    assert [p.parent.name for p in out.rglob("*.pdf")] == ["alder"]
    assert union.run("localise", "leaflet", "--all", "-o", "out").stdout.startswith("out: 1 made, 1 unchanged")


def test_a_picture_that_changes_under_its_name_is_printed_anew(union: SiteTest) -> None:
    union.content(**{"toolkits/hands/a b.png": png(4, 4), "toolkits/hands/other.png": png(4, 4)})
    union.edit("content/toolkits/hands/poster.md", append="\n![A hand](<a b.png>)\n")
    order = ("localise", "poster", "letter", "--branch", "alder", "-o", "out")
    assert "3 made" in union.run(*order).stdout
    union.content(**{"toolkits/hands/other.png": png(5, 5)})
    assert "0 made, 3 unchanged" in union.run(*order).stdout
    union.content(**{"toolkits/hands/a b.png": png(5, 5)})
    assert "2 made, 1 unchanged" in union.run(*order).stdout


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "crimson").save(out, "PNG")
    return out.getvalue()


def test_hostile_values_are_text_and_stay_in_the_folder(union: SiteTest) -> None:
    markup = "<script>alert(1)</script><img src=x onerror=1>"
    hostile = (
        "branch;branch_id;employer;demand;contact\n"
        f"{markup};../../../etc/x;{markup};{{{{ branch.title }}}}{{% if x %}};**bold** [a](javascript:x)\n"
        '=HYPERLINK(1);/abs/olute;@SUM(1);]]> --> </style></title>;"a;b"\n'
        "CON;;-1;`code`;' OR 1=1 --\n"
    )
    union.write(**{"b.csv": hostile})
    done = union.run("localise", "leaflet", "letter", "--data", "b.csv", "--format", "html,txt,docx", "-o", "out")
    assert "Traceback" not in done.stderr
    out = union.folder / "out"
    assert {p.name for p in out.iterdir() if p.is_dir()} == {"etc-x", "abs-olute", "con-branch", ".toolkit"}
    assert not {p.name for p in union.folder.parent.iterdir()} - {union.folder.name}
    pages = "".join(p.read_text() for p in out.rglob("*.html"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages
    for tag in ("<script", "<img", "onerror=1>", 'javascript:x"'):
        assert tag not in pages
    text = "".join(p.read_text() for p in out.rglob("*.txt"))
    assert markup in text
    assert "{{ branch.title }}{% if x %}" in text
    assert "**bold** [a](javascript:x)" in text
    report = (out / "report.csv").read_text("utf-8-sig")
    assert not [
        cell for row in csv.reader(io.StringIO(report)) for cell in row if cell.startswith(("=", "@", "-", "+"))
    ]


TABLE = "branch,region,employer,contact_name,contact_phone,contact_email,imprint\n" + "".join(
    f"Branch {n},North,Council {n},Person {n},01632 960{n:03},p{n}@x.example,Printed by P\n" for n in range(12)
)


def test_what_lies_beside_the_documents(union: SiteTest) -> None:
    """More than one contact sheet, so that workers make them; each file is made again only if a document is."""
    union.write(**{"b.csv": TABLE})
    order = (
        "localise",
        "letter",
        "leaflet",
        "poster",
        "--data",
        "b.csv",
        "--format",
        "pdf,txt",
        "--zip",
        "--contact-sheet",
    )
    assert "48 made" in union.run(*order, "-o", "out").stdout
    out = union.folder / "out"
    made = tree(out)
    documents = {name: data for name, data in made.items() if name.startswith("branch-")}
    assert {f for row in rows(out) for f in row["Files"].split()} == set(documents)
    for folder, count in (("by-branch", 12), ("by-template", 4)):
        archives = sorted((out / "zip" / folder).iterdir())
        assert len(archives) == count
        packed: dict[str, bytes] = {}
        for file in archives:
            with zipfile.ZipFile(file) as opened:
                assert opened.testzip() is None
                packed |= {name: opened.read(name) for name in opened.namelist()}
        assert packed == documents
    sheets = [Image.open(io.BytesIO(made[f"contact-sheets/00{n}.png"])) for n in (1, 2)]
    assert [sheet.width for sheet in sheets] == [1340, 1340]
    assert sheets[0].height > sheets[1].height  # 30 thumbnails, then 18
    stamps = {p: p.stat().st_mtime_ns for p in out.rglob("*.*") if p.suffix in {".zip", ".png"}}
    union.edit("b.csv", "Person 11", "Somebody Else")
    union.run(*order, "-o", "out")
    changed = {p.relative_to(out).as_posix() for p, stamp in stamps.items() if p.stat().st_mtime_ns != stamp}
    assert {"zip/by-branch/branch-11.zip", "contact-sheets/002.png"} <= changed
    assert not changed & {f"zip/by-branch/branch-{n}.zip" for n in range(11)}
    assert "contact-sheets/001.png" not in changed


def test_foreign_and_changed_files_are_left_alone(union: SiteTest) -> None:
    out = union.folder / "out"
    (out / "alder").mkdir(parents=True)
    (out / "alder/letter.docx").write_bytes(b"mine")
    elsewhere = union.folder / "elsewhere"
    elsewhere.mkdir()
    os.symlink(elsewhere, out / "birch")
    done = union.run("localise", "letter", "--all", "--format", "docx", "-o", "out")
    assert done.returncode == 1
    assert "'alder/letter.docx' was not made by this command, so it was left alone" in done.stderr
    assert "'birch/letter.docx' is a link that leads elsewhere" in done.stderr
    assert (out / "alder/letter.docx").read_bytes() == b"mine"
    assert not list(elsewhere.iterdir())
    (out / "alder/letter.docx").unlink()
    union.run("localise", "letter", "--branch", "alder", "--format", "docx", "-o", "out")
    (out / "alder/letter.docx").write_bytes(b"edited by the branch")
    union.edit("content/branches/alder.md", "a limit of fifteen", "a limit of ten")
    done = union.run("localise", "letter", "--branch", "alder", "--format", "docx", "-o", "out")
    assert "was changed since it was made" in done.stderr
    assert (out / "alder/letter.docx").read_bytes() == b"edited by the branch"


def test_names_that_are_unknown_are_guessed(union: SiteTest) -> None:
    done = union.run("localise", "leaflt", "--branch", "alder", "-o", "out")
    assert "did you mean leaflet?" in done.stderr
    done = union.run("localise", "leaflet", "--branch", "aldr", "-o", "out")
    assert "did you mean alder?" in done.stderr
    assert union.run("localise", "leaflet", "-o", "out").returncode == 2
    assert not (union.folder / "out").exists()


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(union: SiteTest) -> None:
    lines = ["branch,region,employer,contact_name,contact_phone,contact_email,imprint"]
    lines += [f"Branch {n},North,Council {n},Person {n},01632 960{n:03},p{n}@x.example,Printed by P" for n in range(40)]
    union.write(**{"b.csv": "\n".join(lines)})
    command = [sys.executable, "-m", "toolkit_builder", "localise", "letter", "leaflet", "--data", "b.csv", "-o"]
    whole = union.run("localise", "letter", "leaflet", "--data", "b.csv", "-o", "whole")
    assert "80 made" in whole.stdout, whole.stderr
    out = union.folder / "out"
    for _ in range(3):
        run = subprocess.Popen(
            [*command, "out"],
            cwd=union.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        before = len(list(out.rglob("*.pdf")))
        deadline = time.monotonic() + 60
        while len(list(out.rglob("*.pdf"))) < before + 8 and time.monotonic() < deadline and run.poll() is None:
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    there = len(list(out.rglob("*.pdf")))
    done = union.run("localise", "letter", "leaflet", "--data", "b.csv", "-o", "out")
    assert done.returncode == 0, done.stderr
    unchanged = int(done.stdout.split(" unchanged")[0].rpartition(" ")[2])
    assert there - 1 <= unchanged <= 80
    assert tree(out) == tree(union.folder / "whole")
