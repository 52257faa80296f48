"""What is shown of a site before it is published is what is published then, byte by byte, whatever was edited."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace

from tests.driver import SiteTest
from tests.edits import CONTENT, EDITS, MOTIONS, SETTINGS, THEME, reported, states, world
from tests.verified import verified
from toolkit_builder import ahead, intake, loading, pipeline
from toolkit_builder.ahead import Ahead, Answer, Scout
from toolkit_builder.build.lock import hold
from toolkit_builder.later import Later
from toolkit_builder.loading import Options
from toolkit_builder.serve import Interrupted

MOTION = f"{MOTIONS}/3.md"
PAGE = "conferences/2027/motions/3/index.html"


class Server:
    """A site as `toolkit serve` builds it, and what is known of its next edition."""

    def __init__(self, site: SiteTest) -> None:
        self.site = site
        self.last: list[Later] = []
        self.options = Options(**site.options, warm=intake.Warm())
        self.build()

    def build(self, found: Ahead | None = None) -> bool:
        foreseen = found.foreseen if found else None
        self.site.report = pipeline.build(self.site.folder, self.options, foreseen=foreseen, on_later=self.last.append)
        return self.site.report.published

    def look(self, *changed: str) -> Ahead | None:
        places = [str(self.site.folder / path) for path in changed]
        return Scout(self.site.folder, self.options).look(self.last[-1], places)

    def page(self, path: str, *changed: str) -> str:
        """A page of the next edition, which must be there to be made."""
        found = self.look(*changed)
        assert found is not None
        made = found.make(path)
        assert isinstance(made, bytes), made
        return made.decode()


@pytest.fixture
def server(site: SiteTest) -> Server:
    return Server(world(site))


def compare(found: Ahead, before: dict[str, bytes], after: dict[str, bytes], tally: Counter[str]) -> None:
    """Every path of both editions must be what was said of it."""
    for path in before.keys() | after.keys():
        answer: bytes | Answer | None = found.known(path)
        answer = found.make(path) if answer is None else answer
        if isinstance(answer, bytes):
            assert answer == after.get(path), f"{path} was shown otherwise than it was published"
        elif answer is Answer.SAME:
            assert before.get(path) == after.get(path), f"{path} was said to stay as it is"
        elif answer is Answer.GONE:
            assert path not in after, f"{path} was said to go"
        else:
            assert not path.endswith(".html"), f"{path} could not be shown"
        tally["made" if isinstance(answer, bytes) else answer.name] += 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_what_is_shown_after_any_edit_is_what_is_published(server: Server, tmp_path: Path, seed: int) -> None:
    """``TOOLKIT_AHEAD`` says how many edits are tried in each of the two walks."""
    rng, site, tally = random.Random(seed), server.site, Counter[str]()
    edits = sorted(CONTENT.keys() | THEME.keys())
    changed: set[str] = set()
    for number in range(int(os.environ.get("TOOLKIT_AHEAD", "30"))):
        kept = tmp_path / f"kept-{number}"
        for name in ("content", "themes"):
            shutil.copytree(site.folder / name, kept / name)
        state, before = states(site), site.tree()
        name = edits[(seed * 37 + number * 11) % len(edits)]
        try:
            EDITS[name](site, number, rng)
        except (AssertionError, OSError, IndexError, ValueError):  # of what another edit has taken away
            continue
        changed |= reported(state, states(site))
        found = server.look(*changed)
        with verified():
            published = server.build(found)
        if published:
            assert found is not None, name
            assert found.made_from(server.last[-1].loaded), name
            compare(found, before, site.tree(), tally)
            clean = site.clean_build_of_the_same(tmp_path / f"clean-{number}")
            wanted = {path: data for path, data in clean.tree().items() if path not in server.last[-1].paths}
            assert site.tree() == wanted, name
            assert site.problems == clean.problems, name
            changed.clear()
        else:
            tally["refused"] += 1
            state = states(site)
            for folder in ("content", "themes"):
                shutil.rmtree(site.folder / folder)
                shutil.copytree(kept / folder, site.folder / folder)
            changed |= {*reported(state, states(site)), "content", "themes"}
    assert tally["made"] > 50, tally
    assert tally["SAME"] > 500, tally


def test_an_edit_is_shown_while_the_site_stands_as_it_was(server: Server) -> None:
    server.site.edit(MOTION, "the facts", "the figures")
    assert "the figures" in server.page(PAGE, MOTION)
    assert "the figures" not in server.site.text(PAGE)
    found = server.look(MOTION)
    assert found is not None
    assert found.known("news/a/index.html") is Answer.SAME
    assert found.known("nowhere/index.html") is Answer.GONE
    assert found.make("conferences/2027/2027.zip") is Answer.WAIT


def test_only_what_was_reported_is_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    one = ahead.sources.read_source
    monkeypatch.setattr(ahead.sources, "read_source", lambda p, n: (read.append(n), one(p, n))[1])
    monkeypatch.setattr(ahead.sources, "scan", lambda *_: pytest.fail("all folders were read"))
    server.site.edit(MOTION, "the facts", "the figures").content(**{"news/.a.md.swp": "x", "news/a.md~": "x"})
    server.page(PAGE, MOTION, "content/news/.a.md.swp", "content/news/a.md~", "content/news/4913")
    assert read == [MOTION]


def test_an_edit_that_nobody_has_reported_is_found_by_the_build(server: Server) -> None:
    server.site.edit(MOTION, "the facts", "the figures").edit("content/news/a.md", "Text.", "Words.")
    found = server.look(MOTION)
    assert found is not None
    assert found.known("news/a/index.html") is Answer.SAME
    assert server.build()
    assert not found.made_from(server.last[-1].loaded)
    assert "Words." in server.site.text("news/a/index.html")


def test_other_settings_take_a_build(server: Server) -> None:
    for edit in SETTINGS.values():
        edit(server.site, 1, random.Random(1))
        assert server.look("toolkit.yaml") is None


def test_a_broken_edit_is_left_to_the_build(server: Server) -> None:
    server.site.edit("content/news/a.md", "2027-06-01", "31/06/2027")
    assert server.look("content/news/a.md") is None
    server.site.edit("content/news/a.md", "31/06/2027", "2027-06-03")
    assert "3 June 2027" in server.page("news/a/index.html", "content/news/a.md")


def test_nobody_waits_for_another_build(server: Server) -> None:
    server.site.edit(MOTION, "the facts", "the figures")
    with hold(server.site.folder):
        assert server.look(MOTION) is None
    assert server.look(MOTION) is not None


def test_a_page_that_cannot_be_made_is_left_to_the_build(server: Server) -> None:
    server.site.write(**{"themes/mine/templates/motion.html": "<title>T</title><main>{{ 1 / 0 }}</main>"})
    found = server.look("themes/mine")
    assert found is not None
    assert found.make(PAGE) is Answer.WAIT
    assert not server.build()
    assert "Conference notes" in server.site.text(PAGE)


def damage(site: SiteTest, what: str) -> None:
    """Take away, or fill with rubbish, what builds remember things in; or what they remember of texts."""
    store = site.folder / ".toolkit/store"
    if what == "gone":
        shutil.rmtree(store)
    elif what == "rubbish":
        for file in store.glob("fragments.db*"):
            file.write_bytes(b"\0" * 5000)
    else:
        with closing(sqlite3.connect(store / "fragments.db")) as database, database:
            database.execute("UPDATE blobs SET value = x'00'")


@pytest.mark.parametrize("before", [True, False], ids=["before it is looked ahead", "after that"])
@pytest.mark.parametrize("what", ["gone", "rubbish", "altered"])
def test_a_lost_or_damaged_store_costs_time_and_nothing_else(
    server: Server, tmp_path: Path, what: str, before: bool
) -> None:
    site = server.site.edit(MOTION, "the facts", "the figures")
    if before:
        damage(site, what)
    found = server.look(MOTION)
    if not before:
        damage(site, what)
    if found is not None:
        made = found.make(PAGE)
        assert made is Answer.WAIT or b"the figures" in cast(bytes, made)
    assert server.build(found)
    wanted = site.clean_build_of_the_same(tmp_path / "clean").tree()
    assert site.tree() == {path: data for path, data in wanted.items() if path not in server.last[-1].paths}


def test_what_was_foreseen_is_taken_over_only_where_it_is_right(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked: list[int] = []
    link = loading.linking.link
    monkeypatch.setattr(loading.linking, "link", lambda *given: (linked.append(1), link(*given))[1])
    site = server.site.edit(MOTION, "the facts", "the figures")
    found = server.look(MOTION)
    assert linked == [1]
    assert server.build(found)
    assert linked == [1], "it was worked out twice"
    assert "the figures" in site.text(PAGE)
    site.edit(MOTION, "the figures", "the sums")
    found = server.look(MOTION)
    site.edit("content/news/a.md", "Text.", "Words.")  # unreported
    (site.output / "news/b/index.html").write_text("changed by hand")
    (site.output / "about/index.html").unlink()
    assert server.build(found)
    assert linked == [1] * 3
    clean = site.clean_build_of_the_same(tmp_path / "clean")
    assert site.tree() == {p: data for p, data in clean.tree().items() if p not in server.last[-1].paths}


@pytest.mark.parametrize("meddled", ["news/b/index.html", "about/index.html"])
def test_what_somebody_has_done_to_the_published_site_is_seen(server: Server, meddled: str) -> None:
    site = server.site
    whole = site.tree()
    site.edit(MOTION, "the facts", "the figures")
    found = server.look(MOTION)
    (site.output / meddled).unlink()
    (site.output / "mine.txt").write_text("not of this site")
    assert not server.build(found)
    assert "B201" in {d.code for d in site.report.diagnostics}
    (site.output / "mine.txt").unlink()
    assert server.build(found)
    assert site.tree()[meddled] == whole[meddled]


def test_warming_up_makes_the_page_that_was_saved_last(server: Server) -> None:
    site = server.site
    os.utime(site.folder / MOTION)
    found = Scout(site.folder, server.options).warm_up(server.last[-1])
    assert found is not None
    assert found[1] == PAGE
    made = found[0].make(PAGE)
    assert made == site.tree()[PAGE]


def test_a_server_that_ends_before_it_publishes_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    site = server.site
    stood = site.tree()
    site.edit(MOTION, "the facts", "the figures").edit("content/news/a.md", "Apples", "Pears")
    found = server.look(MOTION, "content/news/a.md")
    assert found is not None
    assert isinstance(found.make(PAGE), bytes)
    assert site.tree() == stood
    clean = site.clean_build_of_the_same(tmp_path / "clean")
    assert site.build().tree() == clean.tree()


@pytest.mark.parametrize("at", [1, 5, 20])
def test_a_build_that_gives_way_leaves_the_last_site_and_the_next_one_is_whole(
    server: Server, tmp_path: Path, at: int
) -> None:
    def go_on(done: int, total: int) -> None:
        if done >= at:
            raise Interrupted

    site = server.site
    stood, calm = site.tree(), server.options
    site.edit(MOTION, "the facts", "the figures")
    server.options = replace(calm, on_progress=go_on)
    with pytest.raises(Interrupted):
        server.build(server.look(MOTION))
    assert site.tree() == stood
    server.options = calm
    site.edit(MOTION, "the figures", "the sums")
    found = server.look(MOTION)
    assert server.build(found)
    clean = site.clean_build_of_the_same(tmp_path / "clean")
    assert site.tree() == {p: data for p, data in clean.tree().items() if p not in server.last[-1].paths}
    assert site.build().tree() == clean.tree()
