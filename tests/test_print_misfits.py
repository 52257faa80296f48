"""Awkward copy in print: tables wider than the paper, pictures taller than a column, resources of one line."""

from __future__ import annotations

import io

import pytest

from tests.driver import SiteTest

pikepdf = pytest.importorskip("pikepdf")
pypdfium2 = pytest.importorskip("pypdfium2")
pytest.importorskip("weasyprint", exc_type=ImportError)

WIDE = (
    "| " + " | ".join(f"Heading {n}" for n in range(14)) + " |\n|" + "---|" * 14 + "\n| "
    + " | ".join(f"responsibilities{n}" for n in range(14)) + " |\n"
)  # fmt: skip
RESOURCE = "---\ntitle: {0}\ntype: guidance\n---\n\n{1}\n"


@pytest.mark.slow
def test_wide_tables_keep_to_the_paper_and_short_resources_share_a_page(site: SiteTest) -> None:
    site.write(**{"toolkit.yaml": "title: Test site\nbase_url: https://example.org\n"}).conference()
    site.motion("1", f"Conference notes:\n\n{WIDE}")
    site.content(
        **{
            "conferences/2027/bulletins/1.md": f"---\ntitle: One\nissue: 1\ndate: 2027-06-14\n---\n\n## Pay\n\nText.\n\n{WIDE}",
            "toolkits/pay/index.md": "---\ntitle: Pay\n---\n\nStart.\n",
            "toolkits/pay/a.md": RESOURCE.format("First", "One line."),
            "toolkits/pay/b.md": RESOURCE.format("Second", "One line."),
            "toolkits/pay/c.md": RESOURCE.format("Third", "A paragraph of many words. " * 60),
            "toolkits/pay/d.md": RESOURCE.format("Wide", WIDE),
        }
    ).build()
    assert "Q122" not in site.problems, site.problems
    made = pikepdf.open(io.BytesIO((site.output / "toolkits/pay/toolkit.pdf").read_bytes()))
    assert len(made.pages) == 5  # cover, contents, the start with two short resources, a long one, a table


@pytest.mark.slow
def test_plans_with_titles_of_any_length_fit_their_papers(site: SiteTest) -> None:
    words = ("A plan to improve safe staffing in every hospital, care home and surgery of this country " * 3).split()
    site.write(**{"toolkit.yaml": "title: Test site\nbase_url: https://example.org\n"})
    for count in (2, 5, 9, 14, 30):
        points = "\n\n".join(f"{n} Lead {n}: some words that say what is meant." for n in range(1, 11))
        title = " ".join(words[:count])
        site.content(**{f"plans/p{count}.md": f"---\ntitle: {title}\n---\n\nIntroduction.\n\n{points}\n"})
    site.build()
    assert "Q121" not in site.problems, site.problems


@pytest.mark.slow
def test_a_bulletin_with_nothing_beside_its_lead_uses_the_whole_sheet(site: SiteTest) -> None:
    site.write(**{"toolkit.yaml": "title: Test site\nbase_url: https://example.org\n"}).conference()
    lead = "Delegates have heard a great deal of news today. " * 60
    articles = "\n\n".join(f"## Article {n}\n\nSome words of news." for n in range(3))
    text = f"---\ntitle: One\nissue: 1\ndate: 2027-05-01\n---\n\n## The lead\n\nIntroduction.\n\n{lead}\n\n{articles}\n"
    site.content(**{"conferences/2027/bulletins/1.md": text}).build()
    pdf = pypdfium2.PdfDocument((site.output / "conferences/2027/bulletins/1/bulletin.pdf").read_bytes())
    page = pdf[0].get_textpage()
    width, _ = pdf[0].get_size()
    boxes = [page.get_rect(n) for n in range(page.count_rects())]
    columns = {round(left) for left, bottom, _, _ in boxes if 150 < bottom < 500}
    assert any(left > width * 0.6 for left in columns), columns


@pytest.mark.slow
def test_one_motion_is_one_motion_on_the_cover_and_on_the_page(site: SiteTest) -> None:
    site.write(**{"toolkit.yaml": "title: Test site\nbase_url: https://example.org\n"}).conference()
    site.motion("1", "Conference notes.").build()
    pdf = pypdfium2.PdfDocument((site.output / "conferences/2027/agenda.pdf").read_bytes())
    assert "1 motion\r\n" in pdf[0].get_textpage().get_text_bounded() + "\r\n"
    assert "<dt>Motion</dt><dd>1</dd>" in (site.output / "conferences/2027/index.html").read_text()
