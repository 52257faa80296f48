"""The page of a section: its own text, and below it the list of what is there."""

from __future__ import annotations

import pytest

from tests.driver import SiteTest

NEWS = "---\ntitle: The survey\ndate: 2027-06-01\n---\n\nText.\n"
BRANCH = "---\ntitle: Northbank\nregion: North\n---\n\nText.\n"
FRONT = "---\ntitle: Our own words\n---\n\nWhat stands above, with a [link](/about/).\n"


def section(site: SiteTest, name: str) -> SiteTest:
    return site.content(
        **{
            "about.md": "---\ntitle: About\n---\n\nText.\n",
            "news/survey.md": NEWS,
            "branches/northbank.md": BRANCH,
            "plans/ten.md": "---\ntitle: Ten points\n---\n\n1 Lead: more.\n",
            "toolkits/pay/index.md": "---\ntitle: Pay toolkit\n---\n\nText.\n",
            "updates/talks/one.md": "---\ntitle: First talks\n---\n\nText.\n",
            f"{name}/index.md": FRONT,
        }
    ).build()


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("news", "The survey"),
        ("branches", "Northbank"),
        ("plans", "Ten points"),
        ("toolkits", "Pay toolkit"),
        ("updates/talks", "First talks"),
    ],
)
def test_an_index_stands_above_the_list_of_its_section(site: SiteTest, name: str, listed: str) -> None:
    page = section(site, name).page(f"{name}/")
    main = page.css_first("main")
    assert page.css_first("h1").text() == "Our own words"
    assert listed in main.text()
    assert main.css_first(".prose a").attributes["href"] == ("../" * (name.count("/") + 1)) + "about/"


def test_the_list_follows_what_is_added_to_the_section(site: SiteTest) -> None:
    section(site, "news")
    site.content(**{"news/more.md": NEWS.replace("The survey", "More news")}).build()
    assert "More news" in site.words("news/")
    site.edit("content/news/index.md", "What stands above", "What is new").build()
    assert "What is new" in site.words("news/")
    assert site.tree() == site.clean_build_of_the_same(site.folder.parent / "fresh").tree()
