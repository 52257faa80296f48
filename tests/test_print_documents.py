"""Every printed document of the sample site: accessible, complete, in order, within its pages, the same every time."""

from __future__ import annotations

import ctypes
import os
import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from typing import Any

import page as validation
import pypdfium2
import pypdfium2.raw
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.sample import Made, Sample
from toolkit_builder.diagnostics import Severity
from toolkit_builder.kinds.prints import PRINTS
from toolkit_builder.printing.engine import available
from toolkit_builder.printing.inspect import facts, pdf_text
from toolkit_builder.printing.picture import difference, pages

GOLDEN = Path(__file__).parent / "golden"
HELD = "conferences/2027-asw"
QUICK = [
    f"{HELD}/bulletins/2/bulletin.pdf", f"{HELD}/motions/5/motion.pdf", f"{HELD}/composites/composite-a/composite.pdf",
    *(f"plans/adult-social-work/plan-{size}.pdf" for size in ("a4", "a3", "a5", "a6")),
]  # fmt: skip
SLOW = [
    *(f"{HELD}/bulletins/{n}/bulletin.pdf" for n in (1, 3, 4)),
    *(f"{HELD}/bulletins/{n}/bulletin-{form}.pdf" for n, form in ((2, "large"), (4, "giant"))),
    *(f"{HELD}/{name}.pdf" for name in ("agenda", "agenda-a5", "agenda-large", "agenda-giant")),
    "toolkits/enough-hands/toolkit.pdf", "toolkits/enough-hands/pack.pdf", f"{HELD}/motions/9/motion.pdf",
    f"{HELD}/composites/composite-b/composite.pdf",
    *(f"plans/{plan}/plan-{size}.pdf" for plan in ("safe-workloads", "adult-social-work-cy")
      for size in ("a4", "a3", "a5", "a6")),
]  # fmt: skip
BRANCH = "branches/penrhyn-vale/enough-hands"
BRANCH_DOCUMENTS = [
    f"{BRANCH}/{name}.pdf"
    for name in (
        "leaflet-a5", "leaflet-a4", "leaflet-dl", "poster-a4", "poster-a3", "postcard", "petition", "press-release",
        "model-letter-director",
    )
]  # fmt: skip
EVERY = [*QUICK, *(pytest.param(path, marks=pytest.mark.slow) for path in SLOW)]
AGENDAS = [pytest.param(path, marks=pytest.mark.slow) for path in SLOW if Path(path).name.startswith("agenda")]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    if missing := available():
        pytest.skip(missing)
    return Sample.load(tmp_path_factory.mktemp("sample"))


# --- what is compared ------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """Words as a reader sees them: no hyphens at line ends, one sort of space and quote, small letters.

    What somebody's is, is two words: an abbreviation's explanation may stand between them.
    """
    text = re.sub("[\u00ad\u2010]\\s*", "", unescape(text)).replace("’", "'").replace("‘", "'")
    text = re.sub(r"'s\b", " s", text)
    return re.findall(r"[^\W_]+(?:['.,][^\W_]+)*", text.lower())


def html_words(html: str) -> list[str]:
    linked = re.sub(r"\[\[[^\]]*\]\]", "", html)  # a reference is shown by what it leads to
    apart = re.sub(r"<(?=/?(?:p|h[1-6]|li|[ou]l|d[tdl]|t[rdh]|br|figcaption|blockquote)\b)", " <", linked)
    tree = LexborHTMLParser(f"<body>{apart}</body>")
    for hidden in tree.css(".ref-result, .visually-hidden, .guidance, .footnote-backref"):
        hidden.decompose()
    return words(tree.body.text() if tree.body is not None else "")


def printed_words(made: Made) -> list[str]:
    return words(" ".join(pdf_text(made.pdf)))


def assert_in_order(wanted: list[str], found: list[str]) -> None:
    """``wanted`` stands in ``found`` in this order, whatever stands between.

    The engine drops the space at the end of a line inside a link, so two words may be found as one; and a word that
    is broken over two pages is found as two.
    """
    at, skip = 0, False
    for number, word in enumerate(wanted):
        if skip:
            skip = False
            continue
        joined = "".join(wanted[number : number + 2])
        ends = [found.index(one, at) + 1 for one in (word, joined) if one in found[at:]]
        ends += [n + 2 for n in range(at, len(found) - 1) if found[n] + found[n + 1] == word][:1]
        assert ends, f"'{' '.join(wanted[max(0, number - 6) : number + 1])}' is not in order"
        at = min(ends)
        skip = found[at - 1] == joined != word


def assert_all_there(wanted: Iterable[str], found: list[str]) -> None:
    wanted = list(wanted)
    lost, more = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    gone = [word for word in lost if not any(word in other for other in more)]
    assert not gone, f"lost: {sorted(gone)[:20]}"


# --- every document ----------------------------------------------------------------------------------------


def test_the_lists_above_hold_a_document_of_every_kind_that_is_printed(sample: Sample) -> None:
    assert {each.name for each in PRINTS if each.pdf} == {Path(path).stem for path in (*QUICK, *SLOW)}
    assert {*QUICK, *SLOW} <= set(sample.pdfs)


@pytest.mark.parametrize("path", EVERY)
def test_pdf_passes_pdf_ua_1(path: str, sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "checked.pdf"
    file.write_bytes(sample.printed(path).pdf)
    result = validation.validate_pdf(str(file), profile=validation.ValidationProfile.PDF_UA_1)
    assert result.is_compliant, [failure.rule_id for failure in result.failures]


@pytest.mark.slow
def test_every_pdf_of_the_sample_site_passes_pdf_ua_1(sample: Sample, tmp_path: Path) -> None:
    """The branches' own as well, one branch for all."""
    file = tmp_path / "checked.pdf"
    known = {*QUICK, *SLOW}
    for path in sample.pdfs:
        if path not in known and (not path.startswith("branches/") or path.startswith(BRANCH)):
            file.write_bytes(sample.printed(path).pdf)
            result = validation.validate_pdf(str(file), profile=validation.ValidationProfile.PDF_UA_1)
            assert result.is_compliant, (path, [failure.rule_id for failure in result.failures])


@pytest.mark.slow
def test_what_a_branch_prints_has_nothing_to_complain_about(sample: Sample) -> None:
    for path in BRANCH_DOCUMENTS:
        said = sample.printed(path).diagnostics
        assert [found.message for found in said if found.severity is not Severity.NOTE] == [], path


@pytest.mark.parametrize("path", EVERY)
def test_printing_finds_nothing_to_complain_about(path: str, sample: Sample) -> None:
    said = sample.printed(path).diagnostics
    assert [found.message for found in said if found.severity is not Severity.NOTE] == []


@pytest.mark.parametrize("path", EVERY)
def test_pdf_says_what_it_is(path: str, sample: Sample) -> None:
    made = sample.printed(path)
    said = facts(made.pdf)
    assert said.title
    assert said.title == unescape(re.findall(r"<title>(.*?)</title>", made.html)[0])
    assert said.shows_title
    assert said.tagged
    assert said.tab_order
    assert said.ua_part == 1
    assert said.lang == made.payload["page"]["language"]
    assert said.bookmarks
    assert said.bookmarks[0][0] == 1
    assert said.tables_without_headers == 0
    assert all(said.figures)
    assert not said.fonts_not_embedded


@pytest.mark.parametrize("path", EVERY)
def test_pdf_keeps_to_its_paper_and_pages(path: str, sample: Sample) -> None:
    sheet = sample.payload(path)["sheet"]
    size = {"a3": (297, 420), "a4": (210, 297), "a5": (148, 210), "a6": (105, 148)}[sheet["size"]]
    size = size[::-1] if "large" in sheet and "agenda" in path else size  # a line of a motion stands across
    shown = facts(sample.printed(path).pdf).sheets
    assert len(shown) <= (sheet.get("max_pages") or 200)
    for one in shown:
        millimetres = [round(side * 25.4 / 72) for side in (one.trim[2] - one.trim[0], one.trim[3] - one.trim[1])]
        assert tuple(millimetres) == size


@pytest.mark.parametrize("path", [QUICK[1], QUICK[3], pytest.param(QUICK[0], marks=pytest.mark.slow)])
def test_the_same_document_is_the_same_bytes(path: str, sample: Sample) -> None:
    assert sample.make(path).pdf == sample.printed(path).pdf


# --- no word is lost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [p for p in EVERY if "bulletin" in str(p)])
def test_bulletin_holds_every_word_of_its_articles_in_their_order(path: str, sample: Sample) -> None:
    made = sample.printed(path)
    found = printed_words(made)
    doc = made.payload["doc"]
    articles = [word for a in doc["articles"] for word in (*words(a["headline"]), *html_words(a["html"]))]
    assert_in_order(articles, found)
    whole = html_words("".join(f"<h2>{a['headline']}</h2>{a['html']}" for a in doc["articles"]) + doc["today_html"])
    assert_all_there([*whole, *html_words(doc["imprint_html"])], found)


def test_bulletin_with_an_order_of_business_of_its_own_prints_it_once_and_in_the_box(sample: Sample) -> None:
    doc = sample.printed(QUICK[0]).payload["doc"]
    assert "Quiz in aid of Brightpath" in doc["today_html"]
    assert " ".join(printed_words(sample.printed(QUICK[0]))).count("quiz in aid of brightpath") == 1


@pytest.mark.parametrize(
    "path", [QUICK[1], QUICK[2], pytest.param(f"{HELD}/motions/9/motion.pdf", marks=pytest.mark.slow)]
)
def test_motion_sheet_holds_every_word_of_the_motion_and_its_amendments(path: str, sample: Sample) -> None:
    made = sample.printed(path)
    assert_in_order(html_words(made.payload["doc"]["text_html"]), printed_words(made))
    assert_all_there(paper_words(made.payload["doc"]), printed_words(made))


def paper_words(paper: dict[str, Any]) -> list[str]:
    found = [*words(paper["title"]), *words(paper["mover"]), *html_words(paper["text_html"])]
    for amendment in paper["amendments"]:
        found += amendment_words(amendment)
    return found


def amendment_words(amendment: dict[str, Any]) -> list[str]:
    found = [*words(amendment["label"]), *words(amendment["title"]), *html_words(amendment["instruction_html"])]
    for below in amendment["sub_amendments"]:
        found += amendment_words(below)
    return found


@pytest.mark.parametrize("path", AGENDAS)
def test_agenda_holds_every_word_of_every_paper(path: str, sample: Sample) -> None:
    made = sample.printed(path)
    doc = made.payload["doc"]
    papers = [paper for part in doc["parts"] for paper in part["papers"]]
    assert len(papers) == doc["counts"]["motions"] + doc["counts"]["composites"]
    assert_all_there([word for paper in papers for word in paper_words(paper)], printed_words(made))
    assert_in_order([word for paper in papers for word in html_words(paper["text_html"])], printed_words(made))


@pytest.mark.parametrize("path", [p for p in EVERY if "plan-a4" in str(p) or "plan-a5" in str(p)])
def test_leaflet_of_a_plan_holds_every_word_of_it(path: str, sample: Sample) -> None:
    made = sample.printed(path)
    doc = made.payload["doc"]
    points = [w for p in doc["points"] for w in (*words(p["number"]), *words(p["lead_in"]), *html_words(p["html"]))]
    assert_in_order([*html_words(doc["intro_html"]), *points], printed_words(made))


@pytest.mark.slow
def test_resources_of_a_toolkit_lead_to_each_other_within_the_document(sample: Sample) -> None:
    html = sample.printed("toolkits/enough-hands/toolkit.pdf").html
    assert re.search(r'<a href="#r\d+">workload health check</a>', html)
    assert 'href="/toolkits/enough-hands/' not in html


@pytest.mark.slow
def test_papers_of_an_agenda_lead_to_each_other_within_the_document(sample: Sample) -> None:
    html = sample.printed(f"{HELD}/agenda.pdf").html
    assert f'href="/{HELD}/motions/' not in html
    assert 'href="/conferences/2026-asw/motions/' in html


@pytest.mark.slow
def test_whole_toolkit_holds_every_word_of_every_resource(sample: Sample) -> None:
    made = sample.printed("toolkits/enough-hands/toolkit.pdf")
    doc = made.payload["doc"]
    wanted = [w for r in doc["resources"] for w in (*words(r["title"]), *html_words(r["body_html"]))]
    assert_all_there(wanted, printed_words(made))


# --- line numbers --------------------------------------------------------------------------------------------

MARGIN = {form: millimetres * 72 / 25.4 for form, millimetres in (("a4", 27), ("a5", 18), ("large", 28))}
_LINE = re.compile(r'<span class="line" [^>]*data-line="(\d+)"></span>')


def web_lines(html: str) -> list[tuple[int, str]]:
    """The numbered lines of a web page's text: the letters from one anchor to the next.

    A line with a reference such as ``[[motion:4@2026-asw]]`` is shown with the words of what it leads to: it has none.
    """
    parts = _LINE.split(html)
    numbered = zip(parts[1::2], parts[2::2], strict=True)
    return [(int(n), "" if "[[" in text else letters(" ".join(html_words(text)))) for n, text in numbered]


def letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def printed_lines(pdf: bytes, edge: float, first: int = 0) -> list[tuple[int, str]]:
    """The numbered lines from page ``first`` on: the number left of ``edge`` (points), the letters on its baseline."""
    found: list[tuple[int, str]] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    with pypdfium2.PdfDocument(pdf) as opened:
        for sheet in list(opened)[first:]:
            text = sheet.get_textpage()
            rows: dict[int, list[tuple[float, str]]] = {}
            for index in range(text.count_chars()):
                pypdfium2.raw.FPDFText_GetCharOrigin(text.raw, index, x, y)
                rows.setdefault(round(y.value * 4), []).append((x.value, chr(text_code(text, index))))
            for _, row in sorted(rows.items(), reverse=True):
                number = "".join(char for left, char in sorted(row) if left < edge - 5 and char.isdigit())
                if number:
                    found.append((int(number), letters("".join(c for left, c in sorted(row) if left > edge - 2))))
    return found


def text_code(text: Any, index: int) -> int:
    return int(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index))


def assert_same_lines(found: list[tuple[int, str]], wanted: list[tuple[int, str]]) -> None:
    assert [number for number, _ in found] == [number for number, _ in wanted]
    for (number, text), (_, expected) in zip(found, wanted, strict=True):
        assert text == expected or not expected, f"line {number}"


@pytest.mark.parametrize("number", ["5", "9", "composite-a"])
def test_lines_of_a_motion_sheet_are_numbered_and_end_as_on_the_web(number: str, sample: Sample) -> None:
    folder, name = ("composites", "composite") if number.startswith("composite") else ("motions", "motion")
    web = sample.payload(f"{HELD}/{folder}/{number}/index.html")["doc"]
    wanted = web_lines(web["text_html"])
    assert len(wanted) == web["lines"]
    found = printed_lines(sample.printed(f"{HELD}/{folder}/{number}/{name}.pdf").pdf, MARGIN["a4"])
    assert_same_lines(found[: len(wanted)], wanted)


@pytest.mark.parametrize("path", AGENDAS)
def test_lines_of_every_motion_in_the_agenda_are_numbered_and_end_as_on_the_web(path: str, sample: Sample) -> None:
    made = sample.printed(path)
    wanted: list[tuple[int, str]] = []
    for part in made.payload["doc"]["parts"]:
        for paper in part["papers"]:
            wanted += web_lines(sample.payload(f"{paper['url'][1:]}index.html")["doc"]["text_html"])
            if paper["final"] and paper["amendments"]:
                wanted += web_lines(sample.payload(f"{paper['url'][1:]}index.html")["doc"]["final"]["html"])
    form = "large" if "large" in made.payload["sheet"] else made.payload["sheet"]["size"]
    assert_same_lines(printed_lines(made.pdf, MARGIN[form], first=1), wanted)  # not the cover


# --- pictures ------------------------------------------------------------------------------------------------

PICTURES = [(QUICK[0], 0), (QUICK[0], 1), (QUICK[1], 0), (QUICK[1], 1), (QUICK[2], 0), (QUICK[3], 0), (QUICK[4], 0),
            (QUICK[5], 0), (QUICK[6], 0), (QUICK[6], 1), *((path, 0) for path in BRANCH_DOCUMENTS),
            *((f"{BRANCH}/{name}.pdf", 1) for name in ("leaflet-a5", "leaflet-dl", "postcard"))]  # fmt: skip
SLOW_PICTURES = [
    *((f"{HELD}/agenda.pdf", n) for n in (0, 1, 4)),
    (f"{HELD}/agenda-large.pdf", 6),
    *((f"{HELD}/bulletins/2/bulletin-large.pdf", n) for n in (0, 1)),
]


@pytest.mark.parametrize(
    ("path", "number"), [*PICTURES, *(pytest.param(*one, marks=pytest.mark.slow) for one in SLOW_PICTURES)]
)
def test_page_looks_as_it_did(path: str, number: int, sample: Sample) -> None:
    """TOOLKIT_GOLDEN=write keeps new pictures, for a change that was looked at and meant."""
    picture = pages(sample.printed(path).pdf, 40, only=range(number, number + 1))[0]
    kept = GOLDEN / f"{path.removesuffix('.pdf').replace('/', '-')}-{number + 1}.png"
    if os.environ.get("TOOLKIT_GOLDEN") == "write":
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(picture)
    assert difference(picture, kept.read_bytes()) < 0.02
