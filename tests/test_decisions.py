"""What follows from recorded results, through a whole site: consequences, composites, contradictions."""

from __future__ import annotations

import json

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


# --- sub-amendments, and amendments that need another --------------------------------------------------------------

TEXT = "Conference notes that bus fares have risen.\n\nConference calls on the executive to:\n\n1. lobby councils;\n2. report."


def test_a_sub_amendment_is_a_choice_with_its_amendment_and_a_page_for_readers_without_scripts(site: SiteTest) -> None:
    site.conference().motion("20", TEXT)
    site.amendment("20.1", "20", 'In point 1, after "lobby" insert "all"')
    site.amendment("20.2", "20", 'In point 2, after "report" insert "soon"')
    site.amendment("20.1.1", "20.1", 'After "all" insert "the"').build()
    page = site.page("conferences/2027/motions/20/")
    assert [box.attributes["value"] for box in page.css("[data-pick] input")] == ["20-1", "20-1-1", "20-2"]
    plan = json.loads(page.css_first("[data-pick]").attributes["data-pick"])
    assert plan["needs"] == {"20-1-1": ["20-1"]}
    sets = set(plan["groups"][0]["sets"])
    assert {"20-1", "20-1 20-1-1"} <= sets
    assert all("20-1" in names.split() for names in sets if "20-1-1" in names.split())
    alone = site.page("conferences/2027/motions/20/views/20-1-1/").css_first(".motion-text")
    assert "lobby inserted: all the end of insertion councils" in " ".join(alone.text().split())


def test_an_amendment_that_needs_another_is_shown_after_it_chosen_with_it_and_carried_with_it(site: SiteTest) -> None:
    site.conference().motion("20", TEXT, result="carried as amended by 20.1 & 20.2")
    site.amendment("20.1", "20", 'In point 1, after "lobby" insert "all"', result="carried")
    site.amendment("20.2", "20", 'In point 1, after "all" insert "the"', result="carried").build()
    assert "A301" not in site.check()
    page = site.page("conferences/2027/motions/20/")
    said = " ".join(page.body.text().split())
    assert "20.2 can only be applied after 20.1" in said
    assert "Shown as a change to the text with amendment 20.1, without which it cannot be applied." in said
    assert "lobby all the councils" in " ".join(page.css_first(".final").text().split())
    plan = json.loads(page.css_first("[data-pick]").attributes["data-pick"])
    assert [set(group["sets"]) for group in plan["groups"]] == [{"20-1", "20-1 20-2"}]


SITTINGS = (
    "---\ntitle: Conference 2027\nstart: 2027-06-14\nsessions:\n  - title: Monday\n    date: 2027-06-14\n"
    "    business: [18, 19]\n    not_reached: [18, 19]\n  - title: Tuesday\n    date: 2027-06-15\n    business: [19, 20]\n"
    "    not_reached: [20{more}]\n---\n\nWelcome.\n"
)


def test_what_no_sitting_reached_says_so_without_being_written_on_each_paper(site: SiteTest) -> None:
    site.conference(text=SITTINGS.format(more="")).motion("18").motion("19", result="carried")
    site.motion("20", result="not reached - referred to the NEC under rule P").build()
    assert shown(site) == {"18": "was not reached", "19": "was carried",
                           "20": "was not reached and referred to the NEC under rule P"}  # fmt: skip


def test_a_vote_on_what_was_not_reached_and_an_unknown_item_are_errors(site: SiteTest) -> None:
    site.conference(text=SITTINGS.format(more=", 201")).motion("18", result="lost").motion("19").motion("20")
    said = site.check()
    assert "R341" in said
    assert "index.md:8:19" in said
    assert "R342" in said
