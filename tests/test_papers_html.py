"""HTML in motions and headlines: what is left out is said, what is no tag is words, what explains is kept."""

from __future__ import annotations

import base64

import pytest

from tests.driver import SiteTest
from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.lines import line_map, numbered
from toolkit_builder.motions.listed import blocks
from toolkit_builder.motions.text import parse

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BULLETIN = "---\ntitle: Tuesday\nissue: 2\ndate: 2027-06-15\n---\n\n"


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("write to <insert the employer>", "write to <insert the employer>"),
        ("write to <the employer> now", "write to <the employer> now"),
        ("ask <name> of <b>each</b> branch", "ask <name> of each branch"),
        ("pay <!-- check --> now", "pay now"),
        ("H<sub>2</sub>O and CO<sub>2</sub>", "H2O and CO2"),
    ],
)
def test_angle_brackets_hold_words_unless_they_are_tags(source: str, seen: str) -> None:
    assert visible(source).text == seen


def test_plain_text_and_line_numbers_have_the_words_in_angle_brackets() -> None:
    text = parse("Conference calls on <the employer> to pay.\n")[0]
    assert "<the employer>" in numbered(text, line_map(text))


@pytest.mark.parametrize(
    ("body", "code", "column"),
    [
        ("Pay <script>alert(1)</script> now.", "P103", 5),
        ("Pay <font color=red>now</font>.", "P104", 5),
        ("[Pay](javascript:alert(1)) now.", "P105", 7),
        ("Pay ![](gate.png) now.", "P118", 9),
    ],
)
def test_what_is_left_out_of_a_motion_is_reported(site: SiteTest, body: str, code: str, column: int) -> None:
    site.conference().content(**{"conferences/2027/motions/gate.png": PICTURE}).motion("1", body).attempt()
    (said,) = [d for d in site.report.diagnostics if d.code == code]
    assert said.span is not None
    assert (said.span.line, said.span.column) == (7, column)


def test_a_headline_keeps_its_explanations_and_links(site: SiteTest) -> None:
    body = "## The NEC on [pay](https://example.org/pay)\n\nText.\n\n## Plain & simple\n\nText.\n\n*[NEC]: National Executive\n"
    site.conference().content(**{"conferences/2027/bulletins/2.md": BULLETIN + body}).build()
    page = site.text("conferences/2027/bulletins/2/index.html")
    assert 'title="National Executive">NEC</abbr>' in page
    assert 'href="https://example.org/pay"' in page
    assert "Plain &amp; simple</h2>" in page


def test_amendments_with_headings_and_notes_share_a_page_without_repeating_a_name(site: SiteTest) -> None:
    body = '## Why\n\nIn point 1 delete "pay". See [why](#why).[^1]\n\n[^1]: A note.\n'
    site.conference().motion("1", "## Why\n\nConference calls on us to:\n\n1. win pay;\n2. win time.")
    site.amendment("1.1", "1", body, form="editorial").amendment("1.2", "1.1", body, form="editorial").build()
    for url in ("conferences/2027/motions/1/", "conferences/2027/amendments/1-1/"):
        page = site.page(url)
        ids = [node.attributes["id"] for node in page.css("[id]")]
        assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
        leads = [str(a.attributes["href"]) for a in page.css(".instruction a[href^='#']")]
        assert len(leads) >= 4
        assert {lead[1:] for lead in leads} <= set(ids)
    assert 'id="why"' in site.text("conferences/2027/amendments/1-2/index.html")


def test_rows_of_tables_have_no_marks_in_plain_text() -> None:
    source = "| Grade | **Rate** |\n|---|---|\n| [5](https://example.org) | `£13.20` \\| _more_ |\n"
    text = parse(source)[0]
    shown = numbered(text, line_map(text))
    assert "| Grade | Rate |" in shown
    assert "| 5 | £13.20 | more |" in shown
    assert blocks(text)[0]["rows"] == [["Grade", "Rate"], ["5", "£13.20 | more"]]
