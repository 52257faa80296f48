"""After printing: line numbers, print-shop boxes and colours, imposition, merging. All stay accessible and the same."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image, ImageChops

from toolkit_builder.printing import colour, inspect, picture
from toolkit_builder.printing.engine import WeasyPrintEngine
from toolkit_builder.printing.impose import impose
from toolkit_builder.printing.sheets import POINTS_PER_MM, plan

from .conftest import document
from .helpers import codes, png, ua_failures, unpacked

A5 = "@page { size: A5; margin: 15mm } body, p { margin: 0 }"


def motion(first: int, lines: int) -> str:
    spans = (f'<span data-line="{number}">Line {number} of it</span>' for number in range(first, first + lines))
    return f"<p>{'<br>'.join(spans)}</p>"


BOOK = (
    '<h1 id="top">Agenda</h1><p><a href="#m5">To motion 5</a> <a href="https://example.org/">Out</a></p>'
    "<table><tr><th scope='col'>A</th></tr><tr><td>b</td></tr></table>"
    + "".join(f'<h2 id="m{n}" style="break-before: page">Motion {n}</h2>{motion(1, 20)}' for n in range(1, 7))
    + '<p style="opacity: 0.7">Faint words</p>'
)


@pytest.fixture(scope="module")
def book(engine: WeasyPrintEngine) -> bytes:
    printed, found = engine.render(document(BOOK, css=A5))
    assert (printed.pages, printed.numbered, found) == (7, 120, [])
    return printed.pdf


def numbers_drawn(pdf: bytes) -> list[str]:
    """The page contents that show line numbers, decoded: one text for each page that has them."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            text = (
                page.Contents.read_bytes()
                if not isinstance(page.Contents, pikepdf.Array)
                else b"".join(
                    part.read_bytes()
                    for part in page.Contents  # type: ignore[attr-defined]
                )
            )
            block = re.search(rb"/LineNumbers.*?ET", text, re.DOTALL)
            if block is None:
                continue
            table = inspect._unicode_table(page.Resources.Font["/LineNumbers"])
            shown = re.findall(rb"<([0-9a-f]+)> Tj", block[0])
            words = ([int(word[at : at + 4], 16) for at in range(0, len(word), 4)] for word in shown)
            found.append(" ".join("".join(table[glyph] for glyph in word) for word in words))
    return found


def test_lines_are_numbered_by_the_text_not_by_the_page(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    printed, found = engine.render(document(motion(1, 60), css=A5 + "html { font-size: 12pt }"))
    assert found == []
    assert (printed.pages, printed.numbered) == (2, 60)
    first, second = (page.split() for page in numbers_drawn(printed.pdf))
    assert first + second == [str(number) for number in range(1, 61)]
    assert ua_failures(printed.pdf, tmp_path) == []
    assert "1" not in inspect.pdf_text(printed.pdf)[0].replace("Line 1", "").split("\n")


def test_line_numbers_stand_in_the_margin_on_the_baseline(engine: WeasyPrintEngine) -> None:
    body = '<ul><li><span data-line="8">Indented</span></li></ul><p><span data-line="9">Not indented</span></p>'
    printed, _ = engine.render(document(body, css=A5))
    bare, _ = engine.render(document(body, css=A5, line_numbers=False))
    with_numbers, without = (Image.open(io.BytesIO(picture.pages(p.pdf, 72)[0])).convert("L") for p in (printed, bare))
    margin = (0, 0, int(15 * POINTS_PER_MM), 300)
    assert without.crop(margin).getextrema() == (255, 255)
    ink = with_numbers.crop(margin).point(lambda value: 255 - value).getbbox()
    assert ink is not None
    left, top, right, bottom = ink
    assert 25 < left < right < 33  # both numbers in one narrow column, clear of the text at 42
    assert bottom - top > 10  # two of them
    assert with_numbers.crop((43, 0, 400, 500)).tobytes() == without.crop((43, 0, 400, 500)).tobytes()


def test_a_numbered_line_that_wraps_has_one_number(engine: WeasyPrintEngine) -> None:
    body = f'<p><span data-line="1">{"many words " * 40}</span><br><span data-line="2">End</span></p>'
    printed, _ = engine.render(document(body, css=A5))
    assert numbers_drawn(printed.pdf) == ["1 2"]


def test_lines_of_right_to_left_text_are_numbered_on_the_right(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(document('<p style="direction: rtl"><span data-line="4">x</span></p>', css=A5))
    shown = Image.open(io.BytesIO(picture.pages(printed.pdf, 72)[0])).convert("L")
    right = shown.crop((int(133 * POINTS_PER_MM) + 2, 0, shown.width, 300)).point(lambda value: 255 - value)
    assert right.getbbox() is not None


def box(sheet: Any, name: str) -> list[float]:
    return [round(value / POINTS_PER_MM, 1) for value in getattr(sheet, name)]


@pytest.mark.parametrize(("marks", "media"), [(False, [-3, -3, 151, 213]), (True, [-10, -10, 158, 220])])
def test_bleed_and_marks_set_the_boxes_a_printer_needs(
    engine: WeasyPrintEngine, tmp_path: Path, marks: bool, media: list[float]
) -> None:
    ink = "position: absolute; left: -30mm; top: -30mm; width: 200mm; height: 260mm; background: #b21"
    printed, found = engine.render(document(f'<div style="{ink}"></div>', css=A5, bleed_mm=3, marks=marks))
    assert found == []
    (sheet,) = inspect.facts(printed.pdf).sheets
    assert (box(sheet, "trim"), box(sheet, "bleed"), box(sheet, "media")) == (
        [0, 0, 148, 210],
        [-3, -3, 151, 213],
        media,
    )
    assert printed.sheets == ((148.0, 210.0),)
    assert ua_failures(printed.pdf, tmp_path) == []
    shown = Image.open(io.BytesIO(picture.pages(printed.pdf, 72)[0]))
    edge = 10 if marks else 3
    inside, outside = round((edge - 2) * POINTS_PER_MM), round((edge - 4) * POINTS_PER_MM)
    assert shown.getpixel((inside, 300)) == (187, 34, 17)
    if marks:
        assert shown.getpixel((outside, 300)) == (255, 255, 255)


COLOURS = """
<p style="color: #06c">Blue <b style="color: device-cmyk(0 1 1 0)">ink</b> <i style="color: lab(50% 60 20)">lab</i></p>
<div style="height: 9mm; background: linear-gradient(red, rgba(0, 0, 255, 0.4))"></div><p style="opacity: 0.5">Faint</p>
<svg aria-label="s" xmlns="http://www.w3.org/2000/svg" width="90" height="90"><defs>
<pattern id="p" width="10" height="10" patternUnits="userSpaceOnUse">
<rect width="5" height="5" fill="orange"/></pattern></defs>
<rect width="90" height="90" fill="url(#p)"/></svg><img src="a.png" alt="a"><img src="b.jpg" alt="b">
"""


def pictures() -> dict[str, bytes]:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "seagreen").save(out, "JPEG")
    return {"a.png": png(300, 300), "b.jpg": out.getvalue()}


def test_a_greyscale_variant_has_no_colour_left(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    settings = {"css": A5 + "img { width: 30mm }", "assets": pictures()}
    printed, found = engine.render(document(COLOURS, greyscale=True, **settings))
    assert found == []
    assert b"/DeviceRGB" not in unpacked(printed.pdf)
    shown = Image.open(io.BytesIO(picture.pages(printed.pdf, 60)[0]))
    red, green, blue = shown.split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()
    assert len(shown.getcolors(100000) or []) > 20
    assert ua_failures(printed.pdf, tmp_path) == []
    assert engine.render(document(COLOURS, greyscale=True, **settings))[0] == printed


def test_process_colours_put_neutral_tones_on_the_black_plate(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    settings = {"css": A5 + "img { width: 30mm }", "assets": pictures()}
    printed, found = engine.render(document(COLOURS + "<p>Black</p>", cmyk=True, **settings))
    assert found == []
    raw = unpacked(printed.pdf)
    assert b"/DeviceRGB" not in raw
    assert re.search(rb"\n0 0 0 1 k\n", raw)
    assert re.search(rb"\n0 1 1 0 k\n", raw)  # the theme's own ink stays
    assert ua_failures(printed.pdf, tmp_path) == []


OPAQUE = """
<h1>For the press</h1><p style="color: #06c">Blue <a href="https://example.org">link</a> <b style="color: lab(50% 60 20)">lab</b></p>
<div style="height: 9mm; background: linear-gradient(red, blue)"></div><img src="photo.png" alt="A photo">
<ul><li>One</li></ul><table><tr><th>A</th></tr><tr><td>b</td></tr></table>
"""


def test_pdf_x_has_process_colours_its_press_and_nothing_that_is_for_reading(engine: WeasyPrintEngine) -> None:
    assets = {"photo.png": png(600, 400)}
    paper = document(OPAQUE, A5 + "img { width: 30mm }", assets, bleed_mm=3, pdfx=True, date="2027-06-14")
    printed, found = engine.render(paper)
    assert found == []
    assert printed.pdf.startswith(b"%PDF-1.4")
    raw = unpacked(printed.pdf)
    assert b"/DeviceRGB" not in raw
    assert not re.search(rb"\n[\d.]+ [\d.]+ [\d.]+ (?:rg|RG)\n", raw)
    assert b"/ICCBased" not in raw
    assert b"/Lab" not in raw
    with pikepdf.open(io.BytesIO(printed.pdf)) as opened:
        (intent,) = opened.Root.OutputIntents
        assert (str(intent.S), str(intent.OutputConditionIdentifier)) == ("/GTS_PDFX", "FOGRA39")
        assert str(intent.RegistryName) == "http://www.color.org"
        info = opened.docinfo
        assert str(info["/GTS_PDFXVersion"]) == "PDF/X-1a:2003"
        assert str(info["/Trapped"]) == "/False"
        assert str(info["/CreationDate"]) == str(info["/ModDate"]) == "D:20270614000000Z"
        assert str(info["/Title"]) == "A paper"
        assert "/ID" in opened.trailer
        assert not {"/StructTreeRoot", "/Outlines", "/Metadata", "/Names"} & set(opened.Root.keys())
        for page in opened.pages:
            assert "/Annots" not in page.obj
            trim, bleed, media = (page.obj[name] for name in ("/TrimBox", "/BleedBox", "/MediaBox"))
            assert (
                float(media[0])
                <= float(bleed[0])
                < float(trim[0])
                < float(trim[2])
                < float(bleed[2])
                <= float(media[2])
            )
    assert not inspect.facts(printed.pdf).fonts_not_embedded
    assert engine.render(paper)[0].pdf == printed.pdf


def test_what_can_be_seen_through_is_not_called_pdf_x(engine: WeasyPrintEngine) -> None:
    printed, found = engine.render(document('<p style="opacity: 0.5">Faint</p>', css=A5, pdfx=True))
    assert codes(found) == ["Q152"]
    assert b"GTS_PDFX" not in unpacked(printed.pdf)


@pytest.mark.parametrize(
    ("rgb", "cmyk", "grey"),
    [
        ((0.0, 0.0, 0.0), (0, 0, 0, 1), 0),
        ((1.0, 1.0, 1.0), (0, 0, 0, 0), 1),
        ((1.0, 0.0, 0.0), (0, 1, 1, 0), 0.299),
        ((0.5, 0.5, 0.5), (0, 0, 0, 0.5), 0.5),
    ],
)
def test_colours_are_converted_by_the_book(rgb: tuple[float, ...], cmyk: tuple[float, ...], grey: float) -> None:
    assert colour.cmyk_of(rgb) == pytest.approx(cmyk)
    assert colour.grey_of(rgb) == pytest.approx((grey,))
    assert colour.rgb_of_lab(100, 0, 0) == pytest.approx((1, 1, 1), abs=0.01)


def test_a_booklet_is_padded_to_whole_sheets() -> None:
    sides = plan(6, (420, 595), "booklet", "a4").sides
    assert sides == ((None, 0), (1, None), (5, 2), (3, 4))
    assert plan(6, (420, 595), "booklet", "a4", right_bound=True).sides[0] == (0, None)


@pytest.mark.parametrize("pages", range(1, 30))
def test_every_page_is_on_exactly_one_place_of_a_booklet(pages: int) -> None:
    sides = plan(pages, (420, 595), "booklet", "a4").sides
    placed = [page for side in sides for page in side if page is not None]
    assert sorted(placed) == list(range(pages))
    assert len(sides) % 2 == 0
    for front, back in zip(sides[::2], sides[1::2], strict=True):  # one leaf: a page and its reverse follow each other
        for left, right in ((front[1], back[0]), (back[1], front[0])):
            assert left is None or right is None or right == left + 1


@pytest.mark.parametrize(
    ("layout", "sheet", "count", "shape"),
    [
        ("2-up", "a4", 2, (297, 210)),
        ("4-up", "a4", 4, (210, 297)),
        ("2-up", "a3", 2, (420, 297)),
        ("8-up", "a3", 8, (420, 297)),
    ],
)
def test_pages_are_laid_out_as_large_as_they_can_be(
    layout: str, sheet: str, count: int, shape: tuple[int, int]
) -> None:
    found = plan(count, (148 * POINTS_PER_MM, 210 * POINTS_PER_MM), layout, sheet)
    assert len(found.sides) == 1
    assert (round(found.width / POINTS_PER_MM), round(found.height / POINTS_PER_MM)) == shape


LAYOUTS = [
    ("booklet", "a4", 4),
    ("booklet", "a3", 4),
    ("2-up", "a4", 4),
    ("4-up", "a3", 2),
    ("same-2", "a4", 7),
    ("same-4", "a4", 7),
]
KEPT = ("title", "lang", "tagged", "ua_part", "headings", "bookmarks", "tables", "figures", "fonts", "tab_order")


@pytest.mark.parametrize(("layout", "sheet", "sides"), LAYOUTS)
@pytest.mark.parametrize("marks", [False, True])
def test_an_imposed_document_keeps_all_that_makes_it_accessible(
    book: bytes, tmp_path: Path, layout: str, sheet: str, sides: int, marks: bool
) -> None:
    imposed, found = impose(book, layout, sheet, marks=marks)
    assert found == []
    before, after = inspect.facts(book), inspect.facts(imposed)
    assert len(after.sheets) == sides
    for name in KEPT:
        assert getattr(after, name) == getattr(before, name), name
    assert sorted(after.links) == sorted(before.links)
    words = " ".join(inspect.pdf_text(book)).split()
    assert sorted(" ".join(inspect.pdf_text(imposed)).split()) == sorted(words)
    assert ua_failures(imposed, tmp_path) == []
    assert impose(book, layout, sheet, marks=marks)[0] == imposed


def destination_texts(pdf: bytes) -> Iterator[tuple[str, int]]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        order = {page.obj.objgen: index for index, page in enumerate(opened.pages)}
        pairs = list(opened.Root.Names.Dests.Names)  # type: ignore[call-overload]
        for name, target in zip(pairs[::2], pairs[1::2], strict=True):
            yield str(name), order[target[0].objgen]


def test_links_and_bookmarks_lead_to_the_sheet_that_shows_their_page(book: bytes) -> None:
    imposed, _ = impose(book, "booklet", "a4")
    where = {page: index for index, side in enumerate(plan(7, (420, 595), "booklet", "a4").sides) for page in side}
    assert dict(destination_texts(imposed)) == {name: where[page] for name, page in destination_texts(book)}


def test_an_imposed_page_looks_as_it_did(book: bytes) -> None:
    imposed, _ = impose(book, "2-up", "a4")
    side = Image.open(io.BytesIO(picture.pages(imposed, 144)[0])).convert("L")
    page = Image.open(io.BytesIO(picture.pages(book, 144)[1])).convert("L")
    left = side.width - side.width // 2
    half = side.crop((left, 0, left + page.width, page.height))
    offset = round(0.25 * POINTS_PER_MM * 2)  # the page is centred in half a sheet, half a millimetre wider
    difference = sum(
        abs(a - b) > 128
        for a, b in zip(half.crop((offset, 0, half.width, half.height)).tobytes(),
                        page.crop((0, 0, page.width - offset, page.height)).tobytes(), strict=True)
    )  # fmt: skip
    assert difference < 0.005 * page.width * page.height


@pytest.mark.parametrize(("layout", "filled"), [("same-2", True), ("same-4", False)])
def test_cards_that_fill_a_sheet_have_cut_marks_on_the_cuts(book: bytes, layout: str, filled: bool) -> None:
    """Two A5 pages are an A4 sheet: no room around them. Four leave room at A3, outside."""
    sheet = "a4" if filled else "sra3"
    plain, marked = (impose(book, layout, sheet, marks=marks)[0] for marks in (False, True))
    before, after = (Image.open(io.BytesIO(picture.pages(pdf, 288)[0])).convert("L") for pdf in (plain, marked))
    changed = ImageChops.difference(before, after).getbbox()
    assert changed is not None
    if filled:
        middle = max(after.size) // 2
        line = (middle - 4, 0, middle + 4, 20) if after.width > after.height else (0, middle - 4, 20, middle + 4)
        assert after.crop(line).getextrema()[0] < 160


def test_wrong_names_are_explained(book: bytes) -> None:
    for layout, sheet in (("brochure", "a4"), ("17-up", "a4"), ("0-up", "a4"), ("booklet", "a44")):
        same, found = impose(book, layout, sheet, path="content/agenda.md")
        assert same == book
        assert codes(found) == ["Q161"]


def test_pictures_of_pages_are_the_same_every_time(book: bytes) -> None:
    first = picture.pages(book, 40)
    assert len(first) == 7
    assert picture.pages(book, 40) == first
    assert picture.pages(book, 40, only=range(2, 3)) == [first[2]]
    assert Image.open(io.BytesIO(first[0])).size == (234, 331)


def test_pictures_are_compared_with_a_tolerance(book: bytes) -> None:
    first, second = picture.pages(book, 40, only=range(2))
    assert picture.difference(first, first) == 0
    assert 0.001 < picture.difference(first, second) < 0.5
    assert picture.difference(first, second, tolerance=255) == 0
    assert picture.difference(first, picture.pages(book, 41, only=range(1))[0]) == 1
