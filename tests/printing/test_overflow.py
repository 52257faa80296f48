"""What does not fit is found, with its page, its field and the right number of millimetres."""

from __future__ import annotations

import re

import pytest

from toolkit_builder.diagnostics import Span
from toolkit_builder.printing import inspect
from toolkit_builder.printing.engine import WeasyPrintEngine
from toolkit_builder.printing.overflow import Overflow, diagnostics

from .conftest import document
from .helpers import codes, png

LINE = 6  # mm: the height of a line in these fixtures
CSS = (
    f"img {{ display: block; height: 14mm }} html {{ font-size: 10pt; line-height: {LINE}mm }} body, p {{ margin: 0 }}"
)
LINES = "<p>one</p><p>two</p><p>three</p>"


def millimetres(message: str) -> float:
    found = re.search(r"([\d.]+) mm", message)
    assert found
    return float(found[1])


@pytest.mark.parametrize(
    ("body", "by"),
    [
        (f'<div data-fit="panel" style="height: 20mm">{LINES}</div>', None),
        (f'<div data-fit="panel" style="height: 18mm">{LINES}</div>', None),
        (f'<div data-fit="panel" style="height: 13mm">{LINES}</div>', 5.0),
        (f'<div data-fit="panel" style="height: 13mm; overflow: hidden">{LINES}</div>', 5.0),
        (f'<div data-fit="panel" style="height: 15mm; padding: 4mm; box-sizing: border-box">{LINES}</div>', 11.0),
        (f'<div data-fit="panel" style="position: absolute; top: 10mm; height: 10mm">{LINES}</div>', 8.0),
        (f'<div data-fit="panel" style="height: 10mm"><div style="position: absolute">{LINES}</div></div>', 8.0),
        (f'<div data-fit="panel" style="max-height: 10mm">{LINES}</div>', 8.0),
        (f'<div style="display: flex"><div data-fit="panel" style="height: 10mm">{LINES}</div></div>', 8.0),
        ('<div data-fit="panel" style="height: 10mm"><img alt="x" src="x.png"></div>', 4.0),
        ('<div data-fit="panel" style="height: 10mm"><img alt="" src="x.png"></div>', None),
    ],
)  # fmt: skip
def test_a_field_too_long_for_its_box(engine: WeasyPrintEngine, body: str, by: float | None) -> None:
    _, found = engine.render(document(body, css=CSS, assets={"x.png": png(900, 900)}))
    if by is None:
        assert found == []
    else:
        assert codes(found) == ["Q121"]
        assert "'panel' on page 1" in found[0].message
        assert millimetres(found[0].message) == pytest.approx(by, abs=0.1)


def test_a_field_too_wide_for_its_box(engine: WeasyPrintEngine) -> None:
    body = '<div data-fit="name" style="width: 20mm; white-space: nowrap">Llanfairpwllgwyngyllgogerychwyrndrobwll</div>'
    _, found = engine.render(document(body, css=CSS))
    assert codes(found) == ["Q121"]
    assert "too wide" in found[0].message


def test_a_field_that_goes_on_over_the_page_is_too_long(engine: WeasyPrintEngine) -> None:
    body = f'<div style="height: 245mm"></div><div data-fit="card">{LINES}</div>'
    _, found = engine.render(document(body, css=CSS + "@page { @bottom-center { content: none } }"))
    assert codes(found) == ["Q121"]
    assert millimetres(found[0].message) == pytest.approx(LINE, abs=0.1)


def test_each_field_is_reported_by_itself(engine: WeasyPrintEngine) -> None:
    def field(name: str) -> str:
        return f'<div data-fit="{name}" style="height: 10mm; margin-bottom: 20mm">{LINES}</div>'

    _, found = engine.render(document(field("one") + field("two"), css=CSS))
    assert [item.message.split()[0] for item in found] == ["'one'", "'two'"]


def test_text_off_the_paper(engine: WeasyPrintEngine) -> None:
    _, found = engine.render(document('<p style="position: absolute; left: 180mm">Nobody will read this</p>', css=CSS))
    assert "Q122" in codes(found)
    left, found = engine.render(document('<p style="position: relative; left: -25mm">Nobody</p>', css=CSS))
    assert [item.message for item in found if item.code == "Q122"] == ["'Nobody' runs 5.0 mm off the left of page 1"]
    assert left.pages == 1


def test_text_cut_off_by_a_box_that_hides_it_needs_no_mark(engine: WeasyPrintEngine) -> None:
    _, found = engine.render(document(f'<div style="height: 12mm; overflow: hidden">{LINES}</div>', css=CSS))
    assert codes(found) == ["Q123"]
    assert "'three'" in found[0].message


def test_text_for_screen_readers_only_is_neither_clipped_nor_lost(engine: WeasyPrintEngine) -> None:
    hidden = '<span style="position: absolute; width: 0.1pt; height: 0.1pt; overflow: hidden">Added words</span>'
    printed, found = engine.render(document(f"<p>Text {hidden} end</p>", css=CSS))
    assert found == []
    assert "Added words" in inspect.pdf_text(printed.pdf)[0]


def test_a_line_wider_than_its_column(engine: WeasyPrintEngine) -> None:
    body = '<div style="columns: 3"><p>Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch is a place</p></div>'
    _, found = engine.render(document(body, css=CSS))
    assert codes(found) == ["Q124"]
    assert "Llanfair" in found[0].message


def test_ink_in_the_bleed_is_no_overflow(engine: WeasyPrintEngine) -> None:
    body = (
        '<div style="position: absolute; left: -23mm; top: -23mm; width: 216mm; height: 60mm; background: red"></div>'
    )
    assert engine.render(document(body + "<p>Text</p>", css=CSS, bleed_mm=3))[1] == []


@pytest.mark.parametrize(
    ("width", "severity"),
    [("100mm", "error"), ("40mm", "warning"), ("20mm", None), ("100mm; image-rendering: pixelated", None)],
)
def test_pictures_too_coarse_for_their_size(engine: WeasyPrintEngine, width: str, severity: str | None) -> None:
    body = f'<img src="x.png" alt="x" style="width: {width}">'
    _, found = engine.render(document(body, assets={"x.png": png(200, 200)}))
    assert [item.severity.value for item in found] == ([severity] if severity else [])


def test_a_background_picture_has_a_resolution_too(engine: WeasyPrintEngine) -> None:
    body = '<div style="background: url(x.png) 0 0 / 100mm 100mm; height: 50mm"></div>'
    _, found = engine.render(document(body, assets={"x.png": png(200, 200)}))
    assert codes(found) == ["Q141"]
    assert " 51 dpi" in found[0].message


def filler(lines: int) -> str:
    return "".join(f"<p>Line {number}</p>" for number in range(lines))


A4_LINES = 42  # 257 mm of text height at 6 mm


def test_copy_over_is_counted_in_lines(engine: WeasyPrintEngine) -> None:
    printed, found = engine.render(document(filler(A4_LINES + 5), css=CSS, max_pages=1))
    assert printed.fit is not None
    assert printed.fit.lines_over == 5
    assert [item.message for item in found] == ["the copy is 5 lines over: 2 pages instead of 1"]


def test_copy_short_is_counted_in_lines(engine: WeasyPrintEngine) -> None:
    printed, found = engine.render(document(filler(A4_LINES + 5), css=CSS, max_pages=2))
    assert printed.fit is not None
    assert (printed.fit.lines_left, printed.fit.lines_over) == (A4_LINES - 5, 0)
    assert codes(found) == ["Q132"]
    assert "37 lines short" in found[0].message


def test_columns_share_the_room_that_is_left(engine: WeasyPrintEngine) -> None:
    body = f'<div style="columns: 2">{filler(2 * A4_LINES + 20)}</div>'
    printed, found = engine.render(document(body, css=CSS, max_pages=2))
    assert printed.fit is not None
    assert printed.fit.lines_left == 2 * A4_LINES - 20
    assert printed.fit.filled == pytest.approx(20 / 2 * LINE / 257, abs=0.01)
    assert codes(found) == ["Q132"]


def test_a_full_document_needs_no_remark(engine: WeasyPrintEngine) -> None:
    printed, found = engine.render(document(filler(2 * A4_LINES), css=CSS, max_pages=2))
    assert (printed.pages, [d for d in found if d.severity != "note"]) == (2, [])


def test_a_heading_left_alone_at_the_foot_of_a_page(engine: WeasyPrintEngine) -> None:
    body = filler(A4_LINES - 1) + "<h2>Left alone</h2><p>Next page</p>"
    css = CSS + "h2 { font-size: 10pt; margin: 0; break-after: auto }"
    assert codes(engine.render(document(body, css=css))[1]) == ["Q133"]
    assert codes(engine.render(document(body, css=css.replace("auto", "avoid")))[1]) == []


def test_a_line_left_alone_at_the_head_of_a_page(engine: WeasyPrintEngine) -> None:
    body = filler(A4_LINES - 2) + "<p>One<br>two<br>and three</p><p>Next</p>"
    css = CSS + "p { widows: 1; orphans: 1 }"
    _, found = engine.render(document(body, css=css))
    assert codes(found) == ["Q134"]
    assert "'and three'" in found[0].message


@pytest.mark.parametrize(("levels", "found"), [(1, []), (2, []), (3, ["Q142"])])
def test_flexible_boxes_nested_too_deep_are_slow(engine: WeasyPrintEngine, levels: int, found: list[str]) -> None:
    body = '<div class="card" style="display: flex">' * levels + "<p>Words</p>" + "</div>" * levels
    assert codes(engine.render(document(body))[1]) == found
    mixed = '<div style="display: grid">' * levels + "<p>Words</p>" + "</div>" * levels
    assert codes(engine.render(document(mixed))[1]) == found


def test_many_of_one_sort_on_one_page_are_one_report() -> None:
    span = Span("a.md")
    found = [Overflow(how="page", page=3, field="", side="right", by_mm=n, text=f"cell {n}") for n in range(1, 9)]
    (one,) = diagnostics(found, span)
    assert one.message == "'cell 8' runs 8.0 mm off the right of page 3, and 7 more like it"
    assert len(diagnostics(found[:5], span)) == 5
    boxes = [Overflow(how="box", page=1, field=f"f{n}", side="bottom", by_mm=1, text="") for n in range(8)]
    assert len(diagnostics(boxes, span)) == 8
