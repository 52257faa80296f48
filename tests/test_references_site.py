"""Mentions of papers across a whole site: links, back-links, and what does not exist."""

from __future__ import annotations

from tests.driver import SiteTest


def papers(site: SiteTest) -> SiteTest:
    site.conference().motion("20", result="carried").motion("21")
    site.amendment(
        "20.1", "20", 'In paragraph 1 delete "the facts" and insert "these facts".', result="lost", title="Which facts"
    )
    return site.amendment("20.10", "20", "Add at end: And more.", title="The tenth")


def bulletin(site: SiteTest, text: str, issue: str = "1") -> SiteTest:
    return site.content(
        **{
            f"conferences/2027/bulletins/{issue}.md": f"---\nissue: {issue}\ntitle: Issue {issue}\ndate: 2027-06-15\n---\n\n## News\n\n{text}\n"
        }
    )


def links(site: SiteTest, url: str) -> dict[str, str]:
    return {a.text(): a.attributes.get("href") or "" for a in site.page(url).css("a.ref")}


def test_a_mention_becomes_a_link_with_title_and_result(site: SiteTest) -> None:
    bulletin(papers(site), "We debate motion 20 today.").build()
    page = site.page("conferences/2027/bulletins/1/")
    link = page.css_first("a.ref")
    assert link is not None
    assert link.attributes["href"] == "../../motions/20/"
    assert "Motion 20 title" in str(link.attributes.get("title", "")) + link.text()
    assert "Carried" in (link.html or "")


def test_20_01_is_20_1_and_not_20_10(site: SiteTest) -> None:
    bulletin(papers(site), "See amendment 20.01, and amendment 20.10, and (20.01).").build()
    hrefs = [a.attributes["href"] for a in site.page("conferences/2027/bulletins/1/").css("a.ref")]
    assert hrefs == ["../../amendments/20-1/", "../../amendments/20-10/", "../../amendments/20-1/"]


def test_prices_dates_code_and_other_unions_are_not_linked(site: SiteTest) -> None:
    text = (
        "It costs £20.01, at 20.01 pounds, on 20.1.2027; section 20.1 of the Act; `motion 20` in code.\n\n"
        '::: quote from="Another union"\nOur motion 20 says no.\n:::\n'
    )
    bulletin(papers(site), text).build()
    assert links(site, "conferences/2027/bulletins/1/") == {}


def test_a_paper_says_where_it_is_mentioned(site: SiteTest) -> None:
    bulletin(papers(site), "Everybody spoke of motion 20 in the bar.").build()
    words = site.words("conferences/2027/motions/20/")
    assert "Issue 1" in words
    assert "Everybody spoke of" in words


def test_an_unknown_number_is_reported_with_a_near_miss(site: SiteTest) -> None:
    bulletin(papers(site), "We debate amendment 20.2 and motion 210 today.")
    report = site.check()
    assert "bulletins/1.md:9:11: warning[S301]" in report
    assert "'20.2'" in report
    assert "did you mean" in report


def test_an_explicit_reference_works_across_conferences(site: SiteTest) -> None:
    papers(site).conference("2026", "---\ntitle: Conference 2026\nstart: 2026-06-14\n---\n").motion(
        "4", conference="2026", result="carried"
    )
    bulletin(site, "As [[motion:4@2026]] said, and [[motion:20|the first of ours]].").build()
    assert sorted(links(site, "conferences/2027/bulletins/1/").values()) == [
        "../../../2026/motions/4/",
        "../../motions/20/",
    ]


def test_an_explicit_reference_to_nothing_is_an_error_even_in_news(site: SiteTest) -> None:
    papers(site).content(**{"news/a.md": "---\ntitle: A\ndate: 2027-06-01\n---\n\nSee [[motion:99@2027]].\n"})
    assert "news/a.md:6" in site.check()


def test_results_in_links_follow_the_paper(site: SiteTest) -> None:
    bulletin(papers(site), "We debate motion 21 today.").build()
    site.edit("content/conferences/2027/motions/21.md", "mover: A Branch", "mover: A Branch\nresult: remitted").build()
    assert "Remitted" in site.text("conferences/2027/bulletins/1/index.html")


def test_a_year_leads_to_the_conference_of_that_year(site: SiteTest) -> None:
    papers(site).conference("old", "---\ntitle: Conference 2019\nstart: 2019-06-14\n---\n").motion(
        "20", conference="old"
    )
    bulletin(site, "See motion 20 (2019), motion 21 (2019), motion 20 of 2025 and 2027’s motion 20.").build()
    hrefs = [a.attributes["href"] for a in site.page("conferences/2027/bulletins/1/").css("a.ref")]
    assert hrefs == ["../../../old/motions/20/", "../../motions/20/"]
    assert "S301" not in site.problems


def test_a_text_with_a_date_means_the_conference_of_its_time(site: SiteTest) -> None:
    papers(site).conference("old", "---\ntitle: Conference 2019\nstart: 2019-06-14\n---\n").motion(
        "20", conference="old"
    )
    for name, day in (("now", "2027-05-01"), ("then", "2019-07-01"), ("between", "2023-01-01")):
        site.content(**{f"news/{name}.md": f"---\ntitle: {name}\ndate: {day}\n---\n\nThey spoke to motion 20.\n"})
    site.content(**{"about.md": "---\ntitle: About\n---\n\nThey spoke to motion 20.\n"}).build()
    assert links(site, "news/now/") == {"motion 20": "../../conferences/2027/motions/20/"}
    assert links(site, "news/then/") == {"motion 20": "../../conferences/old/motions/20/"}
    assert links(site, "news/between/") == {}
    assert links(site, "about/") == {"motion 20": "../conferences/2027/motions/20/"}
