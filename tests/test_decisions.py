"""What follows from recorded results, through a whole site: consequences, composites, contradictions."""

from __future__ import annotations

from tests.driver import SiteTest

RULES = (
    "---\ntitle: Conference 2027\nstart: 2027-06-14\nconsequences:\n  - if 18 carried, 19 falls\n"
    "  - if 19 falls, 20 is withdrawn\n---\n\nWelcome.\n"
)
COMPOSITE = "---\nnumber: D\ntitle: One text\nsources: [21, 22]\n{more}---\n\nConference notes the facts.\n"


def shown(site: SiteTest) -> dict[str, str]:
    """Number -> result, as the register has them."""
    import csv
    import io

    text = (site.output / "conferences/2027/register/register.csv").read_text("utf-8-sig")
    return {row["Number"]: row["Decision"] for row in csv.DictReader(io.StringIO(text))}


def test_what_follows_from_a_result_is_published_without_being_written(site: SiteTest) -> None:
    site.conference(text=RULES).motion("18", result="carried").motion("19").motion("20").build()
    assert shown(site) == {"18": "was carried", "19": "fell (18 carried)", "20": "was withdrawn (19 falls)"}
    page = site.page("conferences/2027/motions/19/")
    assert "fell" in page.body.text()
    site.motion("18", result="lost").build()
    assert shown(site)["19"] == "is tabled"


def test_a_recorded_result_that_contradicts_a_consequence_is_an_error_at_its_place(site: SiteTest) -> None:
    site.conference(text=RULES).motion("18", result="carried").motion("19", result="carried").motion("20")
    said = site.check()
    assert "R304" in said
    assert "19.md:5:" in said


def test_a_source_of_a_composite_counts_as_composited_unless_it_was_withdrawn(site: SiteTest) -> None:
    site.conference().motion("21").motion("22", result="withdrawn")
    site.content(**{"conferences/2027/composites/d.md": COMPOSITE.format(more="result: carried\n")}).build()
    assert shown(site)["21"] == "was composited into Composite D"
    assert shown(site)["22"] == "was withdrawn"
    assert "Composite D" in site.page("conferences/2027/motions/21/").body.text()
    site.content(**{"conferences/2027/composites/d.md": COMPOSITE.format(more="result: withdrawn\n")}).build()
    assert shown(site)["21"] == "is tabled"
