"""The engine: what goes in comes out, on paper, accessible, and the same every time."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from unittest import mock

import pytest
from msgspec.structs import replace

from toolkit_builder.printing.engine import Printed, WeasyPrintEngine

from .conftest import document
from .helpers import codes, png, ua_failures, unpacked

BODY = """
<h1>Workloads</h1><p>Members note the <a href="https://example.org/">report</a> and the <a href="#end">end</a>.</p>
<table><caption>Votes</caption><tr><th scope="col">For</th><th scope="col">Against</th></tr><tr><td>3</td><td>4</td>
</tr></table><ol><li>One</li><li>Two</li></ol><h2 id="end">End</h2>
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
PIXEL = "data:image/png;base64," + base64.b64encode(png(1, 1)).decode()


def test_a_plain_document_prints_without_a_word(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    printed, found = engine.render(document(BODY))
    assert found == []
    assert (printed.pages, printed.sheets) == (1, ((210.0, 297.0),))
    assert ua_failures(printed.pdf, tmp_path) == []


def test_the_same_document_gives_the_same_bytes_whatever_was_printed_before(engine: WeasyPrintEngine) -> None:
    first = engine.render(document(BODY))
    engine.render(document("<p>Something else</p>", css="@font-face { font-family: Other; src: url(fonts/none.ttf) }"))
    assert engine.render(document(BODY)) == first
    assert WeasyPrintEngine().render(document(BODY)) == first


def test_the_same_bytes_from_another_folder_and_process(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    script = (
        "from tests.printing.test_engine import *;"
        "print(sha256(WeasyPrintEngine().render(document(BODY))[0].pdf).hexdigest())"
    )
    root = Path(__file__).parents[2]
    settings = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=settings, capture_output=True, text=True, check=True
    )
    here = sha256(engine.render(document(BODY))[0].pdf).hexdigest()
    assert there.stdout.strip() == here
    assert there.stderr == ""


def test_a_picture_that_changes_under_its_name_is_printed_anew(engine: WeasyPrintEngine) -> None:
    def with_drawing(colour: str) -> Printed:
        drawing = f'{SVG}<rect width="9" height="9" fill="{colour}"/></svg>'
        return engine.render(document('<img src="a.svg" alt="A">', assets={"a.svg": drawing.encode()}))[0]

    red = with_drawing("red")
    assert with_drawing("blue").pdf != red.pdf
    assert with_drawing("red").pdf == red.pdf


def test_complaints_about_a_style_sheet_come_with_every_document_that_uses_it(engine: WeasyPrintEngine) -> None:
    sheets = {"stylesheet_paths": ("base.css", "print.css")}
    first = engine.render(document("<p>One</p>", css="p {\n  colour: red }", **sheets))[1]
    again = engine.render(document("<p>Two</p>", css="p {\n  colour: red }", **sheets))[1]
    assert first == again
    assert codes(first) == ["Q104"]
    span = first[0].span
    assert span is not None
    assert (span.path, span.line, span.column) == ("print.css", 2, 3)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<img src="file:///etc/passwd" alt="x">', "Q101"),
        ('<img src="http://127.0.0.1:9/x.png" alt="x">', "Q101"),
        ('<img src="//example.org/x.png" alt="x">', "Q101"),
        ('<img src="ftp://example.org/x.png" alt="x">', "Q101"),
        ('<img src="../../../etc/passwd" alt="x">', "Q102"),
        ('<img src="%2e%2e/%2e%2e/etc/passwd" alt="x">', "Q102"),
        ('<link rel="stylesheet" href="file:///etc/passwd">', "Q101"),
        ('<style>@import "https://example.org/x.css";</style>', "Q101"),
        ('<style>body { background: url(file:///etc/passwd) }</style>', "Q101"),
        ('<base href="file:///etc/"><img src="passwd" alt="x">', "Q101"),
        ('<img alt="x" src="data:image/svg+xml,<svg><script>1</script></svg>">', "Q101"),
        ('<img alt="x" src="data:text/html,hello">', "Q101"),
        ('<img alt="x" src="data:image/png;base64,!!">', "Q101"),
        (SVG + '<title>x</title><image href="file:///etc/passwd" width="9" height="9"/></svg>', "Q101"),
        ('<a href="javascript:alert(1)">x</a>', "Q108"),
        ('<a href="file:///etc/passwd">x</a>', "Q108"),
        ('<a href="http://[bad">x</a>', "Q108"),
        ('<img src="//[" alt="x">', "Q108"),
        ('<a rel="attachment" href="a.txt">x</a>', "Q112"),
    ],
)  # fmt: skip
def test_nothing_outside_the_document_is_reached(engine: WeasyPrintEngine, body: str, code: str) -> None:
    printed, found = engine.render(document(body + "<p>Text</p>", assets={"a.txt": b"secret words"}))
    assert codes(found) == [code]
    assert printed.pages == 1
    for secret in (b"root:", b"secret words", b"javascript", b"file://"):
        assert secret not in unpacked(printed.pdf)


def test_a_drawing_that_is_an_asset_reaches_no_further(engine: WeasyPrintEngine) -> None:
    drawing = f'{SVG}<image href="http://example.org/a.png" width="9" height="9"/></svg>'.encode()
    _, found = engine.render(document('<img src="a.svg" alt="A">', assets={"a.svg": drawing}))
    assert codes(found) == ["Q101"]


def test_data_pictures_print(engine: WeasyPrintEngine) -> None:
    _, found = engine.render(
        document(f'<img alt="A dot" src="{PIXEL}" style="width: 5mm; image-rendering: pixelated">')
    )
    assert found == []


def test_a_character_that_no_font_has_is_named(engine: WeasyPrintEngine) -> None:
    _, found = engine.render(document("<p>Llŷn ŵ \N{ARABIC LETTER MEEM}\N{ARABIC LETTER MEEM} \N{SNOWMAN}</p>"))
    assert [item.message.split("character ")[1] for item in found] == [
        "'م' U+0645 ARABIC LETTER MEEM",
        "'☃' U+2603 SNOWMAN",
    ]
    assert all(item.span and item.span.path == "content/paper.md" for item in found)


def test_links_into_the_site_are_printed_with_its_address(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(
        document('<a href="../20/">20</a>', base="motions/21", site_url="https://union.example/kit/")
    )
    assert b"https://union.example/kit/motions/20/" in unpacked(printed.pdf)
    plain, found = engine.render(document('<a href="../20/">20</a>', base="motions/21"))
    assert found == []
    assert b"invalid" not in unpacked(plain.pdf)


def test_what_the_author_forgot_is_said_in_plain_words(engine: WeasyPrintEngine) -> None:
    body = '<img src="a.png" alt="A"><p id="x">One</p><p id="x">Two</p><a href="#gone">x</a>'
    _, found = engine.render(document(body, assets={"a.png": b"no picture"}))
    assert sorted(codes(found)) == ["Q103", "Q108", "Q109"]
    _, found = engine.render(document(f'<img src="{PIXEL}" style="width: 0.1mm">'))
    assert codes(found) == ["Q105"]


def test_nesting_too_deep_to_print_is_a_diagnostic(engine: WeasyPrintEngine) -> None:
    printed, found = engine.render(document("<div>" * 3000 + "text"))
    assert printed.pdf == b""
    assert codes(found) == ["Q113"]
    assert engine.render(document("<p>Well</p>"))[1] == []


def test_a_document_without_fonts_uses_the_machines_and_says_so(engine: WeasyPrintEngine) -> None:
    plain = document("<p>Text</p>")
    _, found = engine.render(replace(plain, stylesheets=()))
    assert codes(found) == ["Q111"]


@pytest.mark.parametrize("variant", ["pdf/ua-2", "pdf/a-3u", "pdf/x-1a", "pdf/x-4", ""])
def test_every_variant_gives_the_same_bytes(variant: str) -> None:
    first = WeasyPrintEngine().render(document(BODY, pdf_variant=variant))[0].pdf
    with mock.patch("weasyprint.pdf.pdfx.localtime", return_value=time.localtime(0)):
        assert WeasyPrintEngine().render(document(BODY, pdf_variant=variant))[0].pdf == first
    assert first
