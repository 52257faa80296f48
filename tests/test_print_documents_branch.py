"""The base templates of branch documents, filled with values of a test: their boxes, their marks, their words."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import Any

import page as validation
import pytest
from PIL import Image

from tests.sample import ROOT
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.printing.engine import WeasyPrintEngine, available
from toolkit_builder.printing.inspect import facts, pdf_text
from toolkit_builder.printing.picture import pages
from toolkit_builder.theme import loading
from toolkit_builder.theme.colours import brand_css

WORDS = "<h2>Enough hands</h2><p>There is too much work for too few of us.</p><ul><li>Count it</li><li>Say so</li></ul>"
PANELS = {
    name: {"title": f"The {name} panel", "html": f"<p>Words of the {name} panel.</p>"}
    for name in ("front", "back", "flap", "inside-left", "inside-middle", "inside-right")
}
SIDES = {name: {"title": "", "html": f"<h2>The {name}</h2><p>Words of the {name}.</p>"} for name in ("front", "back")}
BRANCH = {
    "title": "Aldermoor branch",
    "office": "12 High Street\nAldermoor",
    "phone": "01632 960001",
    "textphone": "",
    "email": "branch@example.org",
    "web": "https://example.org",
    "imprint": "Printed by A & B. Promoted by C.",
}
IMPRINT = "Printed by A &amp; B. Promoted by C."
QR = '<svg class="qr" viewBox="0 0 10 10" role="img"><title>https://example.org</title><path d="M0 0h5v5H0z"/></svg>'
SHEETS = [
    ("letter", "a4", (210, 297), 1), ("leaflet-a5", "a5", (148, 210), 2), ("leaflet-a4", "a4", (210, 297), 1),
    ("leaflet-dl", "dl", (297, 210), 2), ("poster", "a4", (210, 297), 1), ("poster", "a3", (297, 420), 1),
    ("petition", "a4", (210, 297), 1), ("survey", "a4", (210, 297), 1), ("postcard", "a6", (148, 105), 2),
    ("press-release", "a4", (210, 297), 1),
]  # fmt: skip


class Press:
    """The default theme's print folder, and one document after another through it."""

    def __init__(self) -> None:
        found, problems = loading.load(ROOT, "default")
        assert found is not None
        assert not problems
        self.templates = Templates(found.bundle)
        files = found.print_files
        self.styles: dict[str, bytes | str] = {f"print/{n}": d for n, d in sorted(files.items()) if n.endswith(".css")}
        self.styles["print/brand.css"] = brand_css(found)
        self.fonts = {f"print/{n}": d for n, d in files.items() if n.endswith(".ttf")}

    def html(self, template: str, size: str, language: str = "en-GB", **doc: Any) -> str:
        shown = {
            "title": "Enough hands",
            "body_html": WORDS,
            "panels": {},
            "branch": BRANCH,
            "questions": [],
            "imprint_html": IMPRINT,
            "qr_svg": QR,
            "not_for_print": [],
            "languages": [language],
            **doc,
        }
        union = {
            "name": "Lodestar",
            "short_name": "Lodestar",
            "logo": None,
            "address": "",
            "imprint_html": "",
            "join_link": "",
        }
        payload = {
            "template": f"print/{template}.html",
            "site": {"title": "A site", "organisation": union},
            "page": {
                "title": "Enough hands",
                "language": language,
                "jsonld": "",
                "direction": "rtl" if language in {"ar", "ur"} else "ltr",
            },
            "doc": shown,
            "sheet": {"size": size},
            "listings": {},
            "resolve": {},
            "label": "a test",
        }
        return pdf.page(payload, self.templates).decode()

    def printed(self, html: str, language: str = "en-GB", **sheet: Any) -> tuple[bytes, list[Diagnostic]]:
        return pdf.render(
            {
                "html": html.encode(),
                "title": "Enough hands",
                "language": language,
                "path": "test.md",
                "stylesheets": self.styles,
                "assets": self.fonts,
                "root": "https://example.org",
                "sheet": sheet,
            }
        )


@pytest.fixture(scope="session")
def press() -> Press:
    if missing := available():
        pytest.skip(missing)
    return Press()


def panels_for(template: str) -> dict[str, Any]:
    return PANELS if template == "leaflet-dl" else SIDES if template in {"leaflet-a5", "postcard"} else {}


def size_of(data: bytes) -> tuple[int, int]:
    left, bottom, right, top = facts(data).sheets[0].trim
    return round((right - left) * 25.4 / 72), round((top - bottom) * 25.4 / 72)


@pytest.mark.parametrize(("template", "size", "millimetres", "count"), SHEETS)
def test_each_sheet_is_accessible_complete_and_of_its_size(
    template: str, size: str, millimetres: tuple[int, int], count: int, press: Press, tmp_path: Path
) -> None:
    panels = panels_for(template)
    html = press.html(template, size, panels=panels, body_html="" if panels else WORDS)
    data, found = press.printed(html)
    assert [d.message for d in found] == []
    said = facts(data)
    assert len(said.sheets) == count
    assert size_of(data) == millimetres
    text = " ".join(pdf_text(data))
    wanted = [f"Words of the {name}" for name in panels] or ["There is too much work for too few of us", "Say so"]
    assert all(sentence in " ".join(text.split()) for sentence in wanted)
    file = tmp_path / "checked.pdf"
    file.write_bytes(data)
    result = validation.validate_pdf(str(file), profile=validation.ValidationProfile.PDF_UA_1)
    assert result.is_compliant, [failure.rule_id for failure in result.failures]


@pytest.mark.parametrize(("template", "size", "millimetres", "count"), SHEETS)
def test_what_goes_to_a_print_shop_has_bleed_and_marks(
    template: str, size: str, millimetres: tuple[int, int], count: int, press: Press, tmp_path: Path
) -> None:
    panels = panels_for(template)
    html = press.html(template, size, panels=panels, body_html="" if panels else WORDS)
    data, found = press.printed(html, bleed=3.0, marks=True)
    assert [d.message for d in found] == []
    for sheet in facts(data).sheets:
        left, bottom, right, top = (round(value * 25.4 / 72) for value in sheet.trim)
        assert (right - left, top - bottom) == millimetres
        assert [round(value * 25.4 / 72) for value in sheet.bleed] == [left - 3, bottom - 3, right + 3, top + 3]
        assert [round(value * 25.4 / 72) for value in sheet.media] == [left - 10, bottom - 10, right + 10, top + 10]
    file = tmp_path / "checked.pdf"
    file.write_bytes(data)
    result = validation.validate_pdf(str(file), profile=validation.ValidationProfile.PDF_UA_1)
    assert result.is_compliant, [failure.rule_id for failure in result.failures]


@pytest.mark.parametrize(
    ("template", "size", "edges"),
    [("leaflet-a5", "a5", "lrtb"), ("leaflet-dl", "dl", "lrtb"), ("poster", "a3", "lrt"), ("postcard", "a6", "lrtb"),
     ("leaflet-a4", "a4", "lrt")],
)  # fmt: skip
def test_grounds_reach_the_edge_of_the_bleed(template: str, size: str, edges: str, press: Press) -> None:
    """Where the page is cut a millimetre off, no white shows at an edge that a ground runs to."""
    panels = panels_for(template)
    html = press.html(template, size, panels=panels, body_html="" if panels else WORDS)
    plain, bled = (press.printed(html, **sheet)[0] for sheet in ({}, {"bleed": 3.0}))
    inner, outer = (Image.open(io.BytesIO(pages(pdf, 72, only=range(1))[0])).convert("RGB") for pdf in (plain, bled))
    width, height = outer.size
    step = round(3 * 72 / 25.4)
    places = {
        "l": ((1, 30), (0, 30 - step)), "r": ((width - 2, 30), (inner.width - 1, 30 - step)),
        "t": ((width - 20, 1), (width - 20 - step, 0)), "b": ((width - 20, height - 2), (width - 20 - step, inner.height - 1)),
    }  # fmt: skip
    for edge in edges:
        beyond, at = places[edge]
        assert outer.getpixel(beyond) == inner.getpixel(at) != (255, 255, 255), edge


def test_panels_of_a_folded_leaflet_are_read_in_the_order_they_are_unfolded(press: Press) -> None:
    data, _ = press.printed(press.html("leaflet-dl", "dl", panels=PANELS, body_html=""))
    text = " ".join(pdf_text(data))
    order = [text.index(f"Words of the {name} panel") for name in
             ("front", "flap", "back", "inside-left", "inside-middle", "inside-right")]  # fmt: skip
    assert order == sorted(order)


@pytest.mark.parametrize(("template", "field"), [("leaflet-a5", "side back"), ("leaflet-dl", "panel back"),
                                                 ("postcard", "side back"), ("poster", "the poster")])  # fmt: skip
def test_a_text_that_is_too_long_for_its_box_is_reported_by_the_name_of_the_box(
    template: str, field: str, press: Press
) -> None:
    long = "<p>" + "Far too many words for a small box. " * 120 + "</p>"
    panels = {**panels_for(template), "back": {"title": "", "html": long}} if template != "poster" else {}
    html = press.html(template, "a4", panels=panels, body_html="" if panels else WORDS + long)
    said = [d.message for d in press.printed(html)[1]]
    assert any(f"'{field}' on page" in message and "too long for its box" in message for message in said)


@pytest.mark.parametrize(("template", "size", "millimetres", "count"), SHEETS)
def test_a_document_that_lacks_something_says_so_on_every_page(
    template: str, size: str, millimetres: tuple[int, int], count: int, press: Press
) -> None:
    panels = panels_for(template)
    html = press.html(template, size, panels=panels, body_html="" if panels else WORDS, not_for_print=["The telephone"])
    data, _ = press.printed(html)
    sheets = pdf_text(data)
    assert len(sheets) == count
    assert "NOT FOR PRINT" in sheets[0]
    assert "The telephone" in sheets[0]
    assert "NOT FOR PRINT" not in press.html(template, size, panels=panels)


def test_a_document_without_a_branch_is_printed_as_well(press: Press) -> None:
    for template, size, _, _ in SHEETS:
        html = press.html(template, size, branch=None, imprint_html="", qr_svg="", panels=panels_for(template))
        data, found = press.printed(html)
        assert data
        assert [d.message for d in found if "is on no page" in d.message] == []


def test_an_imprint_among_the_words_is_set_small_and_kept_once(press: Press) -> None:
    html = press.html("poster", "a4", body_html=WORDS + f"<p>{IMPRINT}</p>", imprint_html="")
    assert html.count("Promoted by C.") == 1
    assert re.search(r'<p class="imprint imprint-line" data-fit="imprint">Printed by A &amp; B\.', html)


def test_petition_has_lines_to_sign_instead_of_underscores_and_keeps_its_addresses(press: Press) -> None:
    table = (
        "<table><thead><tr><th>Name</th><th>Agree</th></tr></thead><tbody><tr><td>______________</td><td>[ ]</td>"
        "</tr></tbody></table>"
    )
    html = press.html("petition", "a4", body_html=f"<p>See a__b</p>{table}<p>Return to c__d by _____</p>")
    assert "a__b" in html
    assert "c__d by _____" in html
    assert "<td></td>" in html
    assert '<td><span class="tick"></span></td>' in html


def test_survey_prints_an_answer_for_each_sort_of_question(press: Press) -> None:
    kinds = ["scale", "yes-no", "number", "choice", "text"]
    questions = [
        {
            "ask": f"What of {k}?",
            "type": k,
            "options": ["Tea", "Coffee"] if k == "choice" else [],
            "low": "Never",
            "high": "Always",
            "concern": "",
        }
        for k in kinds
    ]
    data, found = press.printed(press.html("survey", "a4", questions=questions))
    text = " ".join(" ".join(pdf_text(data)).split())
    assert not found
    assert all(f"What of {k}?" in text for k in kinds)
    assert all(word in text for word in ("Never", "Always", "Yes", "No", "Tea", "Coffee"))


LANGUAGES = """
<h2>Digon o ddwylo</h2><p lang="cy">Mae gormod o waith, a phob gŵr a gwraig, tŷ, llŷn, ŵyn, âr, ïodin, môr, Ŵyr, Ŷd.</p>
<p lang="pl">Zażółć gęślą jaźń. Za mało rąk do pracy: Łódź, Świętokrzyskie, ŹDŹBŁO, ĆMA, ŻÓŁW, Ń, Ą, Ę.</p>
<p lang="ar" dir="rtl">لدينا الكثير من العمل والقليل من الأيدي. ١٢٣ عاملاً، هل هذا عدل؟</p>
<p lang="ur" dir="rtl">کام بہت ہے اور ہاتھ کم ہیں۔ ڈاکٹر، ٹیچر، پڑھنا، گھر، چھوٹے، ژالہ، ۴۵۶۔</p>
"""


def test_welsh_polish_arabic_and_urdu_have_every_character(press: Press) -> None:
    data, found = press.printed(press.html("letter", "a4", body_html=LANGUAGES))
    assert [d.message for d in found if "character" in d.message] == []
    assert {name.partition("+")[2] for name in facts(data).fonts} >= {"Toolkit-Serif", "Noto-Naskh-Arabic"}
    text = "".join(pdf_text(data))
    assert "gŵr" in text
    assert "Zażółć" in text


def test_leaflet_in_arabic_reads_from_the_right(press: Press) -> None:
    sides = {"front": {"title": "", "html": "<h2>أيدٍ كافية</h2><p>العمل كثير.</p>"}, "back": SIDES["back"]}
    html = press.html("leaflet-a5", "a5", "ar", panels=sides, body_html="")
    data, found = press.printed(html, "ar")
    assert '<html lang="ar" dir="rtl"' in html
    assert facts(data).lang == "ar"
    assert [d.message for d in found if "character" in d.message] == []


@pytest.mark.slow
def test_a_warm_leaflet_takes_a_fraction_of_a_second(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """CPU time, so that a busy machine does not fail it; the bound is loose, the figures are in docs/print.md."""
    here = WeasyPrintEngine()
    monkeypatch.setattr(pdf, "engine", lambda seconds: here)
    html = press.html("leaflet-a5", "a5", panels=SIDES, body_html="")
    press.printed(html)
    started = time.process_time()
    for _ in range(10):
        press.printed(html)
    assert (time.process_time() - started) / 10 < 0.15


# --- hard content -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["letter", "leaflet-a4", "leaflet-a5", "petition", "press-release"])
def test_a_word_that_is_longer_than_a_line_is_broken_and_stays_on_the_page(template: str, press: Press) -> None:
    long = f"<h2>{'Ansprechpartner' * 6}</h2><p>https://example.org/{'x' * 140} and on</p>"
    panels = {"front": {"title": "", "html": long}, "back": SIDES["back"]} if template == "leaflet-a5" else {}
    data, found = press.printed(press.html(template, "a4", panels=panels, body_html="" if panels else long))
    assert [d.message for d in found if d.code in {"Q122", "Q123", "Q124", "Q125"}] == []
    assert "x" * 140 in "".join("".join(pdf_text(data)).split())
