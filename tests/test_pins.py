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


EDITIONS = (
    "---\ntitle: Conference 2027\nstart: 2027-06-14\nedition: final\neditions:\n  - name: preliminary\n"
    "  - name: final\n  - name: conference\n---\n\nWelcome.\n"
)


def test_an_old_number_that_another_paper_has_now_leads_to_that_and_the_page_of_editions_to_the_first(
    site: SiteTest,
) -> None:
    site.conference(text=EDITIONS).motion("15", new_in="final").motion("16", numbers="{preliminary: 15}")
    site.motion("17", numbers="{preliminary: 16}").motion("20", numbers="{preliminary: 18}").build()
    assert "Motion 15 title" in site.text("conferences/2027/motions/15/index.html")
    assert "../20/" in site.text("conferences/2027/motions/18/index.html")
    page = site.page("conferences/2027/editions/")
    rows = {
        row.css_first("a").text(): [cell.text(strip=True) for cell in row.css("td")] for row in page.css("tbody tr")
    }
    assert rows == {
        "Motion 15: Motion 15 title": ["–", "15New"], "Motion 16: Motion 16 title": ["15", "16"],
        "Motion 17: Motion 17 title": ["16", "17"], "Motion 20: Motion 20 title": ["18", "20"],
    }  # fmt: skip
    was = page.css_first("#preliminary-motion-15")
    assert was is not None
    assert "Motion 16" in was.parent.text()
    assert [" ".join(item.text().split()) for item in page.css("main li")] == [
        "15 → 16 Motion 16 title", "16 → 17 Motion 17 title", "18 → 20 Motion 20 title",
    ]  # fmt: skip


def test_what_is_new_is_starred_in_its_own_edition_only(site: SiteTest) -> None:
    site.conference(text=EDITIONS).motion("1").motion("2", new_in="final").build()
    assert [
        row.css_first("a").text()[:8] for row in site.page("conferences/2027/").css(".row") if row.css(".star")
    ] == ["Motion 2"]
    site.conference(text=EDITIONS.replace("edition: final", "edition: conference")).build()
    assert not site.page("conferences/2027/").css(".star")
