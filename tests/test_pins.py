"""An edition that went to print keeps its line numbers, and its numbers keep leading somewhere."""

from __future__ import annotations

from tests.driver import SiteTest

LONG = (
    "Conference notes that members in every department report unpaid hours each week, and that most of them have "
    "never been asked how long their work takes.\n\nConference calls on the executive to act."
)


def line_of(site: SiteTest, word: str) -> int:
    """The printed number of the line that holds a word, from the plain text."""
    for line in site.text("conferences/2027/motions/1/paper.txt").splitlines():
        if word in line and line.split()[0].isdigit():
            return int(line.split()[0])
    raise AssertionError(word)


def test_a_later_change_never_renumbers_what_was_printed(site: SiteTest) -> None:
    site.conference().motion("1", LONG).build()
    before = line_of(site, "calls")
    assert site.run("pin", "2027", "--edition", "final").returncode == 0
    site.edit(
        "content/conferences/2027/motions/1.md",
        "unpaid hours each week",
        "unpaid hours, in their evenings and at their weekends and in their holidays, each and every week",
    )
    site.build()
    assert line_of(site, "calls") == before
    page = site.page("conferences/2027/motions/1/")
    assert page.css_first(f"#l{before}") is not None
    assert page.css_first(f"#l{before + 1}") is None
    site.remove("content/conferences/2027/lines/final.json").build()
    assert line_of(site, "calls") == before + 1


def test_a_pin_is_not_published_and_not_written_twice(site: SiteTest) -> None:
    site.conference().motion("1", LONG)
    assert site.run("pin", "2027", "--edition", "final").returncode == 0
    again = site.run("pin", "2027", "--edition", "final")
    assert again.returncode == 1
    assert "pinned already" in again.stderr
    site.build()
    assert not (site.output / "conferences/2027/lines").exists()


def test_a_damaged_pin_is_reported(site: SiteTest) -> None:
    site.conference().motion("1", LONG).content(**{"conferences/2027/lines/final.json": "{"})
    assert "R513" in site.check()


def test_old_numbers_lead_to_the_paper_of_today(site: SiteTest) -> None:
    site.conference().motion("7", numbers="{preliminary: 12}").build()
    assert "../7/" in site.text("conferences/2027/motions/12/index.html")
