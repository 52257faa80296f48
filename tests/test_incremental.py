"""After any edit the published site has the bytes of a clean build; nothing more is rendered than must be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.driver import SiteTest
from tests.edits import MOTIONS, start, world
from tests.verified import verified
from toolkit_builder import blueprint, intake, rehearsal
from toolkit_builder.build import beside, engine
from toolkit_builder.layout import pages, units
from toolkit_builder.layout.draft import output_path
from toolkit_builder.site import Conference


def rendered(site: SiteTest) -> set[str]:
    return set(site.report.paths)


def test_a_second_build_renders_nothing(site: SiteTest) -> None:
    start(site).build().build()
    assert rendered(site) == set()


def test_a_typo_in_one_motion_renders_that_motion_and_who_shows_its_text(site: SiteTest) -> None:
    start(site).build().edit("content/conferences/2027/motions/3.md", "the facts", "the figures").build()
    pages = {p for p in rendered(site) if p.endswith(".html")}
    assert "conferences/2027/motions/3/index.html" in pages
    assert "conferences/2027/motions/5/index.html" not in pages
    assert "news/a/index.html" not in pages


def test_a_new_title_reaches_indexes_neighbours_tags_and_mentions(site: SiteTest) -> None:
    start(site).build().edit("content/conferences/2027/motions/2.md", "Motion 2 title", "Renamed").build()
    for path in (
        "conferences/2027/index.html",
        "conferences/2027/motions/1/index.html",
        "motions/index.html",
        "conferences/2027/motions/3/index.html",
        "tags/pay/index.html",
        "conferences/2027/feed.xml",
        "conferences/2027/bulletins/1/index.html",
        "conferences/2027/register/register.csv",
    ):
        assert "Renamed" in site.text(path), path
        assert "Motion 2 title" not in site.text(path), path


def test_a_style_sheet_of_the_theme_renders_no_page(site: SiteTest) -> None:
    start(site).write(**{"themes/mine/theme.yaml": "parent: default\n", "themes/mine/assets/css/extra.css": "p{}\n"})
    site.edit("toolkit.yaml", append="theme: mine\n").build()
    site.edit("themes/mine/assets/css/extra.css", append="q{}\n").build()
    assert rendered(site) == {"assets/css/extra.css"}


def test_a_key_that_forgets_something_is_noticed(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    world(site).build()
    monkeypatch.setattr(units._Keys, "_mentioned", lambda *_: [])
    with verified(), pytest.raises(AssertionError, match="made otherwise now"):
        site.build().edit("content/about.md", append="\nSee [[motion:1@2027]].\n").build()


def test_a_key_of_a_single_motion_that_forgets_something_is_noticed(
    site: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: units._Keys, held: Conference) -> dict[str, str]:
        return {output_path(doc.url): "whatever" for doc in held.motions}

    monkeypatch.setattr(units._Keys, "motions_of", nothing)
    world(site).build()
    with verified(), pytest.raises(AssertionError, match=r"motions/2/index\.html is made otherwise now"):
        site.edit(f"{MOTIONS}/3.md", "title: Motion 3 title", "title: Other").build()


def test_motions_beside_the_one_that_changed_are_not_asked_for_their_keys(
    site: SiteTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(site).build()
    made: list[str] = []
    payload = pages._payload
    monkeypatch.setattr(pages, "_payload", lambda draft, page: (made.append(page.url), payload(draft, page))[1])
    site.edit(f"{MOTIONS}/3.md", "the facts", "the figures").build()
    assert "/conferences/2027/motions/3/" in made
    assert "/conferences/2027/motions/5/" not in made
    with verified() as counts:
        site.edit(f"{MOTIONS}/3.md", "title: Motion 3 title", "title: Other").build()
    assert counts["alone"] > 0
    assert site.tree() == site.clean_build_of_the_same(tmp_path / "clean").tree()


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (f"{MOTIONS}/3.md", "to act", "to act now", {"conference 2027"}),  # beyond what lists show of a text
        (f"{MOTIONS}/3.md", "title: Motion 3 title", "title: Other", {"conference 2027", "motions", "subject care",
                                                                     "subject pay"}),
        ("content/news/a.md", "Text.", "Words.", {"rest", "subject pay"}),
        ("themes/mine/assets/css/extra.css", "p{}", "q{}", set()),
        ("themes/mine/templates/tags.html", "<main>", "<main class=x>", {"subjects", "rest"}),
    ],
)  # fmt: skip
def test_an_edit_lays_out_what_it_can_change_and_no_more(
    site: SiteTest, monkeypatch: pytest.MonkeyPatch, path: str, old: str, new: str, expected: set[str]
) -> None:
    tags = "<title>T</title><main>{{ doc.tags|length }}</main>"
    world(site).write(**{"themes/mine/assets/css/extra.css": "p{}\n", "themes/mine/templates/tags.html": tags})
    long = f"Conference notes {'this and that and ' * 30}more.\n\nConference calls on the executive to act."
    site.motion("3", long, tags="[pay, care]").build()
    laid: set[str] = set()
    make = blueprint._laid
    monkeypatch.setattr(blueprint, "_laid", lambda unit, draft: (laid.add(unit.name), make(unit, draft))[1])
    site.edit(path, old, new).build()
    assert laid == expected


def build_in(folder: Path, umask: int = 0o022, **environment: str) -> None:
    code = f"import os,sys; os.umask({umask}); from toolkit_builder.cli import run; sys.exit(run(sys.argv[1:]))"
    jobs = environment.pop("JOBS", "1")
    done = subprocess.run(
        [sys.executable, "-c", code, "build", "-q", "-j", jobs, "--clock", "2027-06-20T12:00"],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bytes_are_the_same_whatever_the_machine(site: SiteTest, tmp_path: Path) -> None:
    start(site, motions=40)
    build_in(site.folder, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C", JOBS="1")
    other = SiteTest(tmp_path / "some where else" / "ünï")
    for path in sorted(site.folder.rglob("*"), reverse=True):
        name = path.relative_to(site.folder).as_posix()
        if path.is_file() and name.split("/")[0] in {"content", "toolkit.yaml"}:
            other.write(**{name: path.read_bytes()})
    build_in(other.folder, umask=0o077, PYTHONHASHSEED="2", TZ="Pacific/Auckland", LC_ALL="C.UTF-8", JOBS="2")
    assert site.tree() == other.tree()
    assert all(p.stat().st_mode & 0o777 == 0o644 for p in other.output.rglob("*") if p.is_file())


def test_output_is_whole_after_a_failed_build(site: SiteTest) -> None:
    start(site).build()
    before = site.tree()
    site.edit("content/news/a.md", "date: 2027-06-01", "date: nonsense").attempt()
    assert not site.report.published
    assert site.tree() == before


def test_explain_names_what_changed(site: SiteTest) -> None:
    start(site).build().edit("content/conferences/2027/motions/3.md", "the facts", "the figures").build()
    said = site.run("explain", "conferences/2027/motions/3/").stdout
    assert "content/conferences/2027/motions/3.md changed" in said
    site.edit("content/conferences/2027/motions/3.md", "mover: A Branch", "mover: A Branch\nresult: lost").build()
    assert "the result of motion 3 changed" in site.run("explain", "/conferences/2027/").stdout


@pytest.mark.parametrize("how", ["emptied", "damaged", "deleted"])
def test_the_cache_may_go_while_the_site_is_served(site: SiteTest, tmp_path: Path, how: str) -> None:
    served: dict[str, Any] = {"warm": intake.Warm(), "on_later": lambda _: None, "arguments": ("serve",)}
    start(site).build(**served)
    if how == "emptied":
        assert engine.clean(site.folder, site.output) == []
    elif how == "damaged":
        (site.folder / ".toolkit/store/fragments.db").write_bytes(b"rubbish" * 999)
    else:
        shutil.rmtree(site.folder / ".toolkit/store")
    site.edit("content/conferences/2027/motions/3.md", "the facts", "the figures").build(**served)
    assert site.tree() == site.clean_build_of_the_same(tmp_path / "clean").tree()


def test_pages_rendered_beside_the_build_are_the_same(
    site: SiteTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that renders them has the templates ready before it is known which pages there are."""
    monkeypatch.setattr(rehearsal, "MANY", 0)
    site.conference().motion("1", tags="[pay]").motion("2").build()
    with verified():
        site.edit("content/conferences/2027/motions/1.md", "title: Motion 1 title", "title: Renamed").build(jobs=2)
    assert "Renamed" in site.words("/tags/pay/")
    assert site.tree() == site.clean_build_of_the_same(tmp_path / "clean").tree()


def test_for_a_few_files_of_many_a_process_makes_ready(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(beside, "started", lambda chain, formats, ready: asked.append(ready.args[0]))
    site.conference().motion("1").motion("2").build()
    monkeypatch.setattr(rehearsal, "MANY", 0)
    site.edit("content/conferences/2027/motions/1.md", append="\nMore.\n").build(jobs=2)
    assert len(asked) == 1
    assert {"motion.html", "base.html", "parts/row.html"} <= set(asked[0])
    site.edit("content/conferences/2027/motions/1.md", append="\nMore.\n").build(jobs=1)
    monkeypatch.setattr(rehearsal, "FEW", 0)
    site.edit("content/conferences/2027/motions/1.md", append="\nMore.\n").build(jobs=2)
    assert len(asked) == 1
