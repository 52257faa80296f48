"""Drafts, embargoed, future and expired documents leave no trace in any output."""

from __future__ import annotations

import pytest

from tests.driver import SiteTest

SECRET = "zanzibar"


def news(site: SiteTest, *lines: str, name: str = "secret", date: str = "2027-06-01") -> SiteTest:
    head = "\n".join(
        [f"title: The {SECRET} story", f"date: {date}", f"tags: [{SECRET}]", f"aliases: [/{SECRET}-old/]", *lines]
    )
    return site.content(
        **{
            f"news/{name}.md": f"---\n{head}\n---\n\nThe word is {SECRET}.\n",
            "news/open.md": "---\ntitle: Open\ndate: 2027-05-01\n---\n\nNothing to hide.\n",
        }
    )


def traces(site: SiteTest) -> list[str]:
    return [p for p, data in site.tree().items() if SECRET.encode() in data or SECRET in p]


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (("draft: yes",), "2027-06-01"),
        (("embargo: 2027-06-20 12:01",), "2027-06-01"),
        ((), "2027-06-21"),
        (("expires: 2027-06-19",), "2027-06-01"),
    ],
    ids=["draft", "embargo", "future", "expired"],
)
def test_hidden_documents_leave_no_trace(site: SiteTest, lines: tuple[str, ...], date: str) -> None:
    news(site, *lines, date=date, name=SECRET).build()
    assert traces(site) == []


def test_a_document_that_is_withdrawn_disappears_everywhere(site: SiteTest) -> None:
    news(site).build()
    assert traces(site)
    site.edit("content/news/secret.md", "tags:", "draft: yes\ntags:").build()
    assert traces(site) == []


def test_drafts_and_the_future_can_be_asked_for(site: SiteTest) -> None:
    news(site, "draft: yes", date="2027-07-01").build(drafts=True, future=True)
    assert SECRET in site.words("news/secret/")


def test_an_embargo_ends_with_the_clock(site: SiteTest) -> None:
    news(site, "embargo: 2027-06-20 12:30").build()
    assert traces(site) == []
    site.build(clock="2027-06-20T12:31")
    assert SECRET in site.words("news/secret/")


def test_links_to_a_draft_are_a_warning_and_stay_words(site: SiteTest) -> None:
    news(site, "draft: yes").content(**{"about.md": "---\ntitle: About\n---\n\nRead [this](news/secret.md).\n"})
    assert "is not published yet" in site.check()
    site.build()
    assert traces(site) == []


def test_a_mention_of_a_draft_motion_is_words_only(site: SiteTest) -> None:
    site.conference().motion("1").motion("2", draft="yes").content(
        **{
            "conferences/2027/bulletins/1.md": "---\nissue: 1\ntitle: One\ndate: 2027-06-14\n---\n\n## News\n\nMotion 2 is late; motion 1 is not.\n"
        }
    )
    site.build()
    page = site.page("conferences/2027/bulletins/1/")
    assert [a.text(deep=False).strip() for a in page.css("a.ref")] == ["motion 1"]
    assert not (site.output / "conferences/2027/motions/2").exists()


def test_check_finds_mistakes_in_what_is_still_to_come(site: SiteTest) -> None:
    late = "---\ntitle: {}\ndate: 2027-06-29\n{}---\n\nSee [this](/nowhere/), which is late.\n"
    site.content(
        **{
            "about.md": "---\ntitle: About\n---\n\nText.\n",
            "news/late.md": late.format("Late", ""),
            "news/rough.md": late.format("Rough", "draft: yes\n"),
            "news/gone.md": late.format("Gone", "expires: 2027-06-01\n"),
        }
    )
    assert "content/news/late.md:6:" in (told := site.check())
    assert "/nowhere/" in told
    assert "rough" not in told
    assert "gone" not in told
    site.build()  # today nobody sees it
