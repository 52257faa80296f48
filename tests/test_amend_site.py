"""``toolkit amend 20 --with 20.1,20.3``: papers of a site, by their numbers."""

from __future__ import annotations

import json

import pytest

from tests.driver import SiteTest, toolkit

MOTION = """Conference notes that bus fares have risen.

Conference calls on the executive to:

1. lobby councils;
2. support branches in dispute.
"""


@pytest.fixture
def papers(site: SiteTest) -> SiteTest:
    site.conference().motion("20", MOTION).motion("21")
    site.amendment("20.1", "20", 'In point 1, after "lobby" insert "all"')
    site.amendment("20.3", "20", "Delete point 2.")
    site.amendment("21.1", "21", 'In paragraph 1, delete "the facts" and insert "the truth"')
    site.conference("2026", "---\ntitle: Conference 2026\nstart: 2026-06-14\n---\n\nText.\n")
    site.motion("20", "Conference notes an older text.", conference="2026")
    site.amendment("20.1", "20", 'In paragraph 1, delete "older" and insert "old"', conference="2026")
    return site


def test_the_amendments_that_are_named_and_no_other(papers: SiteTest) -> None:
    done = papers.run("amend", "20", "--with", "20.1")
    assert done.returncode == 0, done.stderr
    assert "1. lobby all councils;" in done.stdout
    assert "2. support branches" in done.stdout
    assert "20.3" not in papers.run("amend", "20", "--with", "20.1", "--view", "instructions").stdout


@pytest.mark.parametrize(
    "words",
    [["20"], ["20", "--with", "20.1,20.3"], ["20", "--with", "20.01, 20.03"], ["20", "20.1", "20.3"], ["motion", "20"]],
)
def test_all_of_them_in_every_way_of_saying_it(papers: SiteTest, words: list[str]) -> None:
    done = papers.run("amend", *words, "--json")
    data = json.loads(done.stdout)
    assert sorted(data["applied"]) == ["20.1", "20.3"]
    assert "support branches" not in data["text"]


def test_sub_amendments_that_are_named_change_the_amendment_first(papers: SiteTest) -> None:
    papers.amendment("20.1.1", "20.1", 'Delete "all" and insert "most"')
    papers.amendment("20.1.1.1", "20.1.1", 'Delete "most" and insert "many"')
    assert "lobby most councils" in papers.run("amend", "20", "--with", "20.1,20.1.1").stdout
    assert "lobby many councils" in papers.run("amend", "20", "--with", "20.1,20.1.1.1,20.1.1").stdout
    assert "lobby all councils" in papers.run("amend", "20", "--with", "20.1").stdout
    alone = papers.run("amend", "20", "--with", "20.1.1")
    assert alone.returncode == 2
    assert "name 20.1 as well" in alone.stderr
    papers.amendment("20.1.2", "20.1", 'Delete "zebras"')
    lost = papers.run("amend", "20", "--with", "20.1,20.1.2")
    assert lost.returncode == 1
    assert "20.1.2.md:7" in lost.stderr


def test_the_newest_conference_unless_one_is_named(papers: SiteTest) -> None:
    assert "bus fares" in papers.run("amend", "20").stdout
    assert "an old text" in papers.run("amend", "20", "--conference", "2026").stdout


def test_from_any_folder_of_the_site_and_in_each_view(papers: SiteTest) -> None:
    done = toolkit(papers.folder / "content/conferences", "amend", "20", "--view", "diff")
    assert "{+all+}" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["99"], "there is no document '99' on this site"),
        (["20", "--with", "20.9"], "there is no document '20.9' on this site"),
        (["20", "--with", "21.1"], "does not amend content/conferences/2027/motions/20.md; what amends it: 20.1, 20.3"),
        (["20", "--conference", "2025"], "there is no conference '2025'"),
        (["20.1"], "has no amendments"),
        (["conference", "2027"], "is no motion, amendment or composite"),
    ],
)
def test_a_slip_is_named(papers: SiteTest, words: list[str], said: str) -> None:
    done = papers.run("amend", *words)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr


def test_an_amendment_without_a_number_goes_by_its_file(site: SiteTest) -> None:
    site.conference().motion("20", MOTION).content(
        **{
            "conferences/2027/amendments/asle.md": "---\namends: 20\nmover: ASLE\n---\n\nDelete point 2.\n",
            "conferences/2027/amendments/usd.md": '---\namends: 20\nmover: USD\n---\n\nAfter "lobby" insert "all"\n',
        }
    )
    done = site.run("amend", "20", "--with", "usd")
    assert "lobby all councils" in done.stdout, done.stderr
    assert "support branches" in done.stdout


def test_bare_files_still_need_an_amendment(site: SiteTest) -> None:
    site.write(**{"m.md": MOTION})
    assert "name at least one amendment" in site.run("amend", "m.md").stderr
