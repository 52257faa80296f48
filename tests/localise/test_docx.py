"""Word documents: real styles and numbers, the same bytes, and LibreOffice can read them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from html import escape, unescape
from pathlib import Path
from typing import Any

import docx
import pytest

from toolkit_builder.formats.docx import render
from toolkit_builder.formats.wordlists import written

BASE: dict[str, Any] = {
    "html": "", "title": "T", "heading": "", "head": ["Alder branch"], "language": "cy", "author": "Alder branch",
    "subject": "S", "warning": "", "imprint": "", "resolve": {}, "root": "",
}  # fmt: skip

RICH = """<h2 id="a">Head</h2><p>One <strong>bold</strong> <em>it</em><br>
next &amp; <a href="https://x.example/">link</a>.</p>
<ol><li>first</li><li><p>second</p><p>more</p><ol type="a" class="bracketed"><li data-marker="(a)">inner</li>
<li data-marker="(b)">other</li></ol></li></ol><ol start="3"><li>third</li></ol><ul><li>dot</li></ul>
<ol><li data-marker="1.1">odd</li><li data-marker="2.7">numbers</li></ol>
<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
<blockquote><p>Said.</p></blockquote><aside class="box"><p class="box-title">Box</p><p>In it.</p></aside>
<dl><dt>Term</dt><dd>Meaning</dd></dl><hr><p><img src="x.png" alt="A picture"></p>"""


def opened(**changes: Any) -> Any:
    return docx.Document(io.BytesIO(render({**BASE, **changes})))


def test_styles_headings_and_words() -> None:
    document = opened(
        html=RICH, heading="The title", warning="NOT FOR PRINT. Missing: imprint", imprint="Printed by P &amp; Q"
    )
    said = [(p.style.name, p.text) for p in document.paragraphs]
    assert said[:4] == [
        ("Not For Print", "NOT FOR PRINT. Missing: imprint"),
        ("Letterhead Name", "Alder branch"),
        ("Title", "The title"),
        ("Heading 2", "Head"),
    ]
    assert ("Normal", "One bold it\nnext & link.") in said
    assert ("Quote", "Said.") in said
    assert ("Box", "In it.") in said
    assert ("Normal", "[A picture]") in said
    assert said[-1] == ("Imprint", "Printed by P & Q")
    assert [[c.text for c in row.cells] for row in document.tables[0].rows] == [["A", "B"], ["1", "2"]]
    assert document.core_properties.language == "cy"


def test_lists_have_the_printed_numbers() -> None:
    document = opened(html=RICH)
    root = document.part.numbering_part.element
    found = []
    for paragraph in document.paragraphs:
        number = paragraph._p.xpath("./w:pPr/w:numPr/w:numId/@w:val")
        if number:
            name = root.xpath(f"./w:num[@w:numId='{number[0]}']/w:abstractNumId/@w:val")[0]
            level = f"./w:abstractNum[@w:abstractNumId='{name}']/w:lvl"
            found.append(
                (paragraph.text, *(root.xpath(f"{level}/w:{tag}/@w:val")[0] for tag in ("numFmt", "lvlText", "start")))
            )
    assert found == [
        ("first", "decimal", "%1.", "1"),
        ("second", "decimal", "%1.", "1"),
        ("inner", "lowerLetter", "(%2)", "1"),
        ("other", "lowerLetter", "(%2)", "1"),
        ("third", "decimal", "%1.", "3"),
        ("dot", "bullet", "•", "1"),
    ]
    typed = [p.text for p in document.paragraphs if "\t" in p.text]
    assert typed == ["1.1\todd", "2.7\tnumbers"]


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (1, "lowerLetter", "a"),
        (27, "lowerLetter", "aa"),
        (28, "upperLetter", "BB"),
        (4, "lowerRoman", "iv"),
        (99, "upperRoman", "XCIX"),
        (12, "decimal", "12"),
        (0, "lowerLetter", "0"),
    ],
)
def test_numbers_as_word_writes_them(value: int, kind: str, said: str) -> None:
    assert written(value, kind) == said


def test_the_same_bytes_and_no_clock() -> None:
    first, second = render({**BASE, "html": RICH}), render({**BASE, "html": RICH})
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {i.date_time for i in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01" in packed.read("docProps/core.xml")


def test_hostile_text_and_links() -> None:
    links = "<a href='javascript:x'>j</a> <a href='/local/'>l</a>"
    document = opened(html=f"<p>a\x0bb\x00 {links}</p>" + "<div>" * 50 + "deep")
    assert "j l" in document.paragraphs[1].text
    assert "hyperlink" not in document.element.xml
    assert document.paragraphs[-1].text == "deep"


@pytest.mark.parametrize("words", ["Short", "word " * 60, "x" * 200, "<b>&amp; more</b> " * 20, "W" * 45])
def test_a_social_picture_cuts_nothing(words: str) -> None:
    from tests.localise.test_template import _template
    from toolkit_builder.localise import documents, sheets, social

    paper = sheets.Stationery(site={}, root="", stylesheets={})
    template = _template(f"## {words}", "social")
    made = documents.make(template, {**documents.blank_branch(), "title": words})
    drawn = social.svg(template, made, paper)
    [column] = social.columns(template, made)
    for weight, said in (("900", column.headline), ("700", column.name)):
        lines = re.findall(rf'y="([\d.]+)" font-size="(\d+)" font-weight="{weight}"[^>]*>([^<]*)</text>', drawn)
        lines = [line for line in lines if line[0] != "100"]  # the union's name
        assert "".join("".join(line for *_, line in lines).split()) == "".join(escape(said).split())
        assert all(len(unescape(line)) * int(size) * 0.58 <= 1060 for _, size, line in lines)
        assert all(100 < float(y) <= 600 for y, *_ in lines)
    heads = [float(y) for y in re.findall(r'y="([\d.]+)" font-size="\d+" font-weight="900"', drawn)]
    names = [float(y) for y in re.findall(r'y="([\d.]+)" font-size="\d+" font-weight="700" xml', drawn)]
    assert max(heads) < min(names)


@pytest.mark.office
@pytest.mark.slow
def test_libreoffice_reads_it(tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "t.docx").write_bytes(render({**BASE, "html": RICH, "heading": "The title"}))
    subprocess.run(
        [office, "--headless", "--convert-to", "txt:Text (encoded):UTF8", "t.docx"],
        cwd=tmp_path,
        check=True,
        timeout=120,
        capture_output=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    text = (tmp_path / "t.txt").read_text("utf-8-sig")
    assert "The title" in text
    assert "3. third" in text.replace("\t", " ")
    assert "(b) other" in text.replace("\t", " ")
