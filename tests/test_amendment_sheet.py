"""An amendment as a Word document of its own, and amendments to amendments, as deep as they go."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from pathlib import Path

import docx
import pytest

from tests.driver import SiteTest
from tests.sample import Sample

TEXT = "Conference notes that bus fares have risen.\n\nConference calls on the executive to:\n\n1. lobby councils;\n2. report."


def deep(site: SiteTest, *, carried: bool = False) -> SiteTest:
    results = [
        "carried as amended by 20.1",
        "carried as amended by 20.1.1",
        "carried as amended by 20.1.1.1",
        "carried",
    ]
    motion, first, second, third = ({"result": r} if carried else {} for r in results)
    site.conference().motion("20", TEXT, **motion)
    site.amendment("20.1", "20", 'In point 1, after "lobby" insert "all"', title="All of them", **first)
    site.amendment("20.2", "20", 'In point 1, delete "councils" and insert "mayors"')
    site.amendment("20.1.1", "20.1", 'Delete "all" and insert "most"', **second)
    return site.amendment("20.1.1.1", "20.1.1", 'Delete "most" and insert "many"', **third)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    site = deep(SiteTest(tmp_path_factory.mktemp("sheet") / "site"))
    return Sample.of(site.edit("toolkit.yaml", "enabled: no", "enabled: yes").folder)


def test_an_amendment_has_a_word_document_with_its_words_and_those_moved_to_it(made: Sample) -> None:
    paths = [path for path in made.jobs if path.endswith("amendment.docx")]
    assert len(paths) == 4
    assert not [path for path in made.jobs if path.endswith("amendment.pdf")]
    paper = docx.Document(io.BytesIO(made.output("conferences/2027/amendments/20-1/amendment.docx")))
    words = " ".join(p.text for p in paper.paragraphs)
    for said in ("Amendment 20.1", "All of them", "Amends Motion 20: Motion 20 title", "Moved by B Branch",
                 "after “lobby” insert “all”", "all councils", "Delete “all” and insert “most”",
                 "Delete “most” and insert “many”"):  # fmt: skip
        assert said in words, words
    levels = [int(p.style.name[8:]) for p in paper.paragraphs if p.style.name.startswith("Heading ")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_of_an_amendment_offers_it(made: Sample) -> None:
    page = made.payload("conferences/2027/amendments/20-1/index.html")["doc"]
    assert [d["format"] for d in page["downloads"]] == ["Word", "Markdown"]


def test_amendments_to_amendments_are_on_every_page_that_shows_their_motion(site: SiteTest) -> None:
    deep(site).build()
    words = site.words("conferences/2027/motions/20/")
    assert all(f"Amendment {n}" in words for n in ("20.1", "20.1.1", "20.1.1.1", "20.2"))
    boxes = site.page("conferences/2027/motions/20/").css("[data-pick] input")
    assert [box.attributes["value"] for box in boxes] == ["20-1", "20-1-1", "20-1-1-1", "20-2"]
    assert "lobby inserted: many end of insertion" in site.words("conferences/2027/motions/20/views/20-1-1-1/")
    register = csv.DictReader(io.StringIO(site.text("conferences/2027/register/register.csv").lstrip("\ufeff")))
    assert [row["Number"] for row in register] == ["20", "20.1", "20.1.1", "20.1.1.1", "20.2"]


def test_the_text_as_carried_is_what_amendments_to_amendments_made_it(site: SiteTest) -> None:
    deep(site, carried=True).build()
    assert "lobby many councils" in site.page("conferences/2027/motions/20/").css_first(".motion-final").text()


def test_an_amendment_is_printed_with_its_motion(tmp_path: Path) -> None:
    said = deep(SiteTest(tmp_path / "site")).run("print", "20.1").stderr
    assert "it is printed with its motion" in said
