"""What a screen reader gets: languages, decoration left out, words kept apart, text inside transparency."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name

from toolkit_builder.printing import inspect
from toolkit_builder.printing.engine import WeasyPrintEngine
from toolkit_builder.printing.tags import document_element, elements

from .conftest import document
from .helpers import codes, png, ua_failures, unpacked

SVG = 'xmlns="http://www.w3.org/2000/svg" width="9" height="9"'
DOT = {"dot.png": png(90, 90)}
STYLE = "img { width: 3mm }"


def languages(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = elements(opened.Root.StructTreeRoot)
        return [str(element["/Lang"]) for element in found if "/Lang" in element]


def test_the_language_of_a_part_is_kept(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    body = '<p>Here <span lang="cy">mae hen wlad</span> and <a lang="fr" href="https://example.org">ici</a>.</p>'
    printed, found = engine.render(document(body))
    assert found == []
    assert languages(printed.pdf) == ["cy", "fr"]
    assert inspect.facts(printed.pdf).lang == "en-GB"
    assert ua_failures(printed.pdf, tmp_path) == []


def test_words_of_neighbours_do_not_run_together(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(document("<p><b>Carried</b> <i>unanimously</i> <b>today</b></p>"))
    assert inspect.pdf_text(printed.pdf) == ["Carried unanimously today"]


def test_words_at_the_end_of_a_line_are_whole(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    text = "Many words of extraordinary internationalisation are here to wrap, and bold words wrap well-nigh as often."
    marked = text.replace("bold words wrap", "<b>bold words wrap</b>")
    body = f'<p lang="en-GB" style="width: 30mm; hyphens: auto">{marked}</p><p>One<br>two</p>'
    printed, found = engine.render(document(body))
    assert found == []
    assert inspect.pdf_text(printed.pdf) == [f"{text}\nOne two"]
    assert ua_failures(printed.pdf, tmp_path) == []


def test_text_inside_transparency_is_in_the_structure(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    faint = '<p style="opacity: 0.5">Faint <span style="display: inline-block; opacity: 0.5">fainter</span></p>'
    printed, _ = engine.render(document(f'<p>One</p>{faint}<p style="break-before: page">Two</p>{faint}'))
    assert inspect.pdf_text(printed.pdf) == ["One\nFaint fainter", "Two\nFaint fainter"]
    assert ua_failures(printed.pdf, tmp_path) == []


def test_decoration_is_left_out(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    body = '<p>Text <img src="dot.png" alt=""> <span aria-hidden="true">* * *</span> end</p><img src="dot.png" alt="">'
    printed, found = engine.render(document(body, css=STYLE, assets=DOT))
    assert found == []
    assert inspect.facts(printed.pdf).figures == ()
    assert inspect.pdf_text(printed.pdf)[0].split() == ["Text", "end"]
    assert ua_failures(printed.pdf, tmp_path) == []


def test_pictures_without_a_description_are_named(engine: WeasyPrintEngine) -> None:
    body = f'<img src="dot.png"><img src="dot.png" alt="A dot"><svg {SVG}/>'
    printed, found = engine.render(document(body, css=STYLE, assets=DOT))
    assert codes(found) == ["Q105", "Q105"]
    assert "'dot.png'" in found[0].message
    assert codes(inspect.problems(printed.pdf, "a.pdf")) == ["Q171"]


def test_a_drawing_can_be_named_with_aria_label(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    svg = f'<svg aria-label="Rosette" {SVG}><rect width="5" height="5"/></svg>'
    printed, found = engine.render(document(svg))
    assert found == []
    assert inspect.facts(printed.pdf).figures == ("Rosette",)
    assert ua_failures(printed.pdf, tmp_path) == []


def test_running_headers_are_artefacts(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(document("<p>Text</p>", css="@page { @top-center { content: 'Running head' } }"))
    assert inspect.pdf_text(printed.pdf) == ["Text"]
    assert unpacked(printed.pdf).count(b"/Pagination") == 2


def test_inspection_finds_what_is_missing(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(document("<h1>One</h1><h3>Three</h3><table><tr><td>a</td></tr></table>", pdf_variant=""))
    sentences = [item.message for item in inspect.problems(printed.pdf, "a.pdf")]
    assert "the PDF has no structure for screen readers" in sentences
    printed, _ = engine.render(document("<h1>One</h1><h2>Three</h2><table><tr><td>a</td></tr></table>"))
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed.pdf)) as opened:
        for element in elements(opened.Root.StructTreeRoot):
            if element.get(pikepdf.Name.S) == pikepdf.Name.H2:
                element.S = pikepdf.Name.H3
        opened.save(out)
    assert [item.message for item in inspect.problems(out.getvalue(), "a.pdf")] == [
        "1 tables have no header cells",
        "the heading 'Three' of level 3 skips a level",
    ]


def test_headings_that_skip_a_level_are_raised(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(document("<h3>One</h3><h6>Two</h6><h3>Three</h3><h4>Four</h4>"))
    assert inspect.facts(printed.pdf).headings == ((1, "One"), (2, "Two"), (1, "Three"), (2, "Four"))


@pytest.mark.parametrize(
    "body",
    [
        "<ul><li><p>One</p><p>Two</p></li></ul>",
        "<ul><li>One<ul><li><p>Two</p></li></ul></li></ul>",
        "<ol><li><h2>One</h2><table><tr><th>Two</th></tr></table></li></ol>",
        "<ul><li><details open><summary>One</summary><p>Two</p></details></li></ul>",
        "<dl><dt>One</dt><dd><p>Two</p></dd></dl>",
        '<p><a href="#end"><b>One</b> <i>Two</i></a></p>',
        '<p><a href="https://example.org/"><img src="dot.png" alt="One"></a>Two</p>',
        '<a href="#end" style="display: block"><p>One</p><p>Two</p></a>',
        '<p><a href="#end">One <span style="float: footnote">Two</span></a></p>',
        '<table><tr><th rowspan="2">One</th><td colspan="2">x</td></tr><tr><td>y</td><td>Two</td></tr></table>',
        "<table><tr><th>One</th><th>x</th></tr><tr><th>Two</th><td>y</td></tr></table>",
        '<ul><li><a href="#end">One</a></li><li><a href="#end"><p>Two</p></a></li></ul>',
    ],
)
def test_common_shapes_keep_the_rules_of_pdf_ua(engine: WeasyPrintEngine, tmp_path: Path, body: str) -> None:
    printed, found = engine.render(document(f'<h1 id="end">Shapes</h1>{body}', css=STYLE, assets=DOT))
    assert found == []
    assert ua_failures(printed.pdf, tmp_path) == []
    known = inspect.facts(printed.pdf)
    words = " ".join([*inspect.pdf_text(printed.pdf), *known.figures])
    assert "One" in words
    assert "Two" in words


def test_a_link_is_one_stop_for_the_tab_key(engine: WeasyPrintEngine) -> None:
    printed, _ = engine.render(document('<p><a href="https://example.org/">A <b>bold</b> <i>link</i></a></p>'))
    assert inspect.facts(printed.pdf).links == ("https://example.org/",)


def test_a_broken_list_item_goes_on_accessibly(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    body = f"<ul><li><p>{'Many words go on and on. ' * 400}</p></li></ul>"
    printed, found = engine.render(document(body))
    assert (printed.pages > 1, found) == (True, [])
    assert ua_failures(printed.pdf, tmp_path) == []


def test_text_that_the_engine_drops_is_reported(engine: WeasyPrintEngine) -> None:
    body = "<p>Kept words</p><div>One<br>two<br>three<br>and four</div><p>Kept again</p>"
    printed, found = engine.render(document(body, css="div { max-lines: 2; continue: discard }"))
    assert "four" not in inspect.pdf_text(printed.pdf)[0]
    assert codes(found) == ["Q125"]
    assert "four" in found[0].message


@pytest.mark.parametrize(
    "body",
    [
        '<p style="display: none">Hidden <b>too</b></p>',
        '<p style="text-transform: uppercase">Straße</p>',
        "<style>p::first-letter { font-size: 3em }</style><p>First</p>",
        '<p lang="en" style="hyphens: auto; width: 12mm">extraordinary internationalisation</p>',
        '<p style="hyphens: manual; width: 9mm">extra\N{SOFT HYPHEN}ordinary</p>',
        '<header style="position: running(head)">Runs along</header>',
        "<table><thead><tr><th>Again and again</th></tr></thead>" + "<tr><td>row</td></tr>" * 90 + "</table>",
        "<p>Read <!-- not this --> that</p><script>var gone = 1</script><template>gone</template>",
        '<p style="font-size: 0">Nothing</p>',
        '<p style="display: contents">Contents <b>bold</b> tail</p>',
        "<ruby>A<rt>b</rt></ruby><textarea>x</textarea><select><option>y</option></select>",
    ],
)
def test_text_that_is_hidden_or_changed_on_purpose_is_not(engine: WeasyPrintEngine, body: str) -> None:
    _, found = engine.render(document(f"<h1>Title</h1>{body}"))
    assert [item for item in found if item.code == "Q125"] == []


def long_table(rows: int) -> str:
    head = "<thead><tr><th>Branch</th><th colspan=2>Members and posts</th></tr></thead>"
    foot = "<tfoot><tr><td>Total</td><td>1</td><td>2</td></tr></tfoot>"
    body = "".join(f"<tr><th scope=row>Branch {n}</th><td>m{n}</td><td>p{n}</td></tr>" for n in range(rows))
    return f"<h1>Figures</h1><table>{head}{foot}<tbody>{body}</tbody></table><p>After the table.</p>"


def test_a_table_over_pages_is_one_table_whose_head_is_read_once(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    printed, found = engine.render(document(long_table(120), "td, th { padding: 2mm }"))
    assert printed.pages > 2
    assert not found
    assert ua_failures(printed.pdf, tmp_path) == []
    with pikepdf.open(io.BytesIO(printed.pdf)) as opened:
        tagged = list(elements(document_element(opened.Root.StructTreeRoot)))
        kinds = [str(element.S) for element in tagged]
        assert kinds.count("/Table") == 1
        assert kinds.count("/THead") == kinds.count("/TFoot") == 1
        assert kinds.count("/TR") == 122
        names = {bytes(element.ID) for element in tagged if Name.ID in element}
        cells = [element for element in tagged if element.S == Name.TD and len(element.A.Headers) > 0]
        assert len(cells) >= 240
        assert all(bytes(name) in names for cell in cells for name in cell.A.Headers)
        assert {len(cell.A.Headers) for cell in cells[-20:]} <= {1, 2}


def test_a_space_at_the_end_of_a_line_in_a_link_is_read(engine: WeasyPrintEngine, tmp_path: Path) -> None:
    body = f'<p>Read <a href="https://union.example/">{"the motion on safe caseloads " * 12}</a> today.</p>'
    printed, _ = engine.render(document(body))
    with pikepdf.open(io.BytesIO(printed.pdf)) as opened:
        meant = [
            str(element.ActualText)
            for element in elements(document_element(opened.Root.StructTreeRoot))
            if Name.ActualText in element
        ]
    assert len(meant) >= 2
    assert all(text.endswith(" ") for text in meant)
    assert ua_failures(printed.pdf, tmp_path) == []
