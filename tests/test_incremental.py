"""After any edit the published site has the bytes of a clean build; nothing more is rendered than must be."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.driver import SiteTest


def start(site: SiteTest, motions: int = 6) -> SiteTest:
    site.conference()
    for n in range(1, motions + 1):
        site.motion(str(n), tags="[pay, care]")
    site.amendment("1.1", "1", 'In paragraph 1 delete "the facts" and insert "these facts".', title="Facts")
    site.content(
        **{
            "conferences/2027/bulletins/1.md": "---\nissue: 1\ntitle: One\ndate: 2027-06-14\n---\n\n## News\n\nWe debate motion 1 and motion 2.\n",
            "news/a.md": "---\ntitle: Apples\ndate: 2027-06-01\ntags: [pay]\n---\n\nText.\n",
            "branches/x.md": "---\ntitle: X Branch\nregion: North\n---\n\nHello.\n",
            "plans/p.md": "---\ntitle: Plan\n---\n\n1 One: thing\n\n2 Two: thing\n",
        }
    )
    return site


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


EDITS = ("retitle", "text", "add", "remove", "result", "config", "theme", "rename", "draft")


def edit(site: SiteTest, what: str, n: int, rng: random.Random) -> None:
    motions = sorted((site.folder / "content/conferences/2027/motions").glob("*.md"))
    path = rng.choice(motions).relative_to(site.folder).as_posix()
    if what == "retitle":
        site.edit(path, "title: ", f"title: T{n} ")
    elif what == "text":
        site.edit(path, append=f"\nConference adds line {n} and motion 2.\n")
    elif what == "add":
        site.motion(str(100 + n))
    elif what == "remove" and len(motions) > 4 and not path.endswith(("/1.md", "/2.md")):
        site.remove(path)
    elif what == "result":
        text = (site.folder / path).read_text(encoding="utf-8")
        if "result:" not in text:
            site.edit(path, "mover: A Branch", f"mover: A Branch\nresult: {rng.choice(['lost', 'remitted'])}")
    elif what == "config":
        site.edit("toolkit.yaml", "title: ", f"title: S{n} ")
    elif what == "theme":
        site.write(
            **{
                "themes/mine/theme.yaml": "parent: default\n",
                "themes/mine/templates/tags.html": f"<title>{n}</title><main>{{{{ doc.tags|length }}}}</main>",
            }
        )
        text = (site.folder / "toolkit.yaml").read_text(encoding="utf-8")
        if "theme:" not in text:
            site.edit("toolkit.yaml", append="theme: mine\n")
    elif what == "rename" and not path.endswith(("/1.md", "/2.md")):
        (site.folder / path).rename((site.folder / path).with_name(f"x{n}.md"))
    elif what == "draft" and not path.endswith(("/1.md", "/2.md")):
        text = (site.folder / path).read_text(encoding="utf-8")
        if "draft:" not in text:
            site.edit(path, "mover: ", "draft: yes\nmover: ")


def walk(site: SiteTest, tmp_path: Path, steps: int, seed: int, compare: int) -> None:
    rng = random.Random(seed)
    start(site).build()
    for n in range(steps):
        edit(site, rng.choice(EDITS), n, rng)
        site.build()
        if n % compare == compare - 1 or n == steps - 1:
            clean = site.clean_build_of_the_same(tmp_path / f"clean{n}")
            assert site.tree() == clean.tree(), f"after edit {n}"


def test_a_walk_of_edits_ends_with_the_bytes_of_a_clean_build(site: SiteTest, tmp_path: Path) -> None:
    walk(site, tmp_path, steps=12, seed=1, compare=4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_random_edits_each_equal_a_clean_build(site: SiteTest, tmp_path: Path, seed: int) -> None:
    walk(site, tmp_path, steps=100, seed=seed, compare=5)


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
