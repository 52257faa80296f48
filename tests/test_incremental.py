"""After any edit the published site has the bytes of a clean build; nothing more is rendered than must be."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.driver import SiteTest
from tests.verified import verified
from toolkit_builder import blueprint
from toolkit_builder.layout import units


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


# --- walks of edits --------------------------------------------------------------------------------------

PICTURES = [b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M%dh9"/></svg>' % n for n in range(3)]
MOTIONS = "content/conferences/2027/motions"
HEAD = "content/conferences/2027/index.md"
MINE = {"themes/mine/theme.yaml": "parent: default\n"}


def world(site: SiteTest) -> SiteTest:
    """A site with something of everything that refers to something else."""
    start(site)
    site.conference("2026", "---\ntitle: Conference 2026\nstart: 2026-06-14\n---\n\nIt was.\n")
    for n in range(1, 4):
        site.motion(str(n), conference="2026", tags="[pay]")
    site.content(
        **{
            "conferences/2027/composites/d.md": "---\nnumber: D\ntitle: Both\nmover: A Branch\nsources: [4, 5]\n"
            "result: carried\n---\n\nConference notes the facts.\n\nConference calls on the executive to act.\n",
            "conferences/2027/bulletins/2.md": "---\nissue: 2\ntitle: Two\ndate: 2027-06-15\n---\n\n## Votes\n\nMotion 1.\n",
            "news/b.md": "---\ntitle: Bells\ndate: 2027-06-02\nrelated: [news/a.md]\n---\n\nSee [[motion:1@2026]].\n",
            "toolkits/t/index.md": "---\ntitle: Tools\n---\n\nTake these, says motion 2.\n",
            "toolkits/t/letter.md": "---\ntitle: A letter\ntype: model-letter\n---\n\nDear all.\n",
            "updates/u/1.md": "---\ntitle: Part one\nseries: Ups\nbranch: x\ndate: 2027-05-01\npart: 1\n---\n\nHello.\n",
            "about.md": "---\ntitle: About\n---\n\nAbout [us](news/a.md).\n",
        }
    )
    site.write(**MINE).edit("toolkit.yaml", append="theme: mine\n")
    return site.write(**{"content/pictures/a.svg": PICTURES[0]})


def numbered(site: SiteTest, rng: random.Random) -> str:
    """Some motion of 2027."""
    return rng.choice(sorted((site.folder / MOTIONS).glob("*.md"))).relative_to(site.folder).as_posix()


def free(site: SiteTest, rng: random.Random) -> str:
    """Some motion of 2027 that no other paper names; a new one where none is left."""
    named = {f"{n}.md" for n in (1, 2, 3, 4, 5)}
    if not (spare := [p for p in sorted((site.folder / MOTIONS).glob("*.md")) if p.name not in named]):
        site.motion("99", tags="[pay]")
        spare = [site.folder / MOTIONS / "99.md"]
    return rng.choice(spare).relative_to(site.folder).as_posix()


def said(site: SiteTest, path: str, key: str, value: str) -> None:
    """Give a field of front matter another value; an empty one takes the field out."""
    head, body = (site.folder / path).read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n", 1)
    lines = [line for line in head.split("\n") if not line.startswith(f"{key}:")]
    lines += [f"{key}: {value}"] if value else []
    site.write(**{path: "\n".join(["---", *lines, "---", body])})


def listing(n: int) -> str:
    return f"parent: default\nlistings:\n  latest:\n    kind: news\n    order: -date\n    limit: {1 + n % 2}\n"


def base(site: SiteTest, n: int) -> str:
    folder = Path(blueprint.__file__).parent.parent / "themes" / "default" / "templates"
    return (folder / "base.html").read_text(encoding="utf-8").replace("</body>", f"<p>{n}</p></body>")


Edit = Callable[[SiteTest, int, random.Random], object]
EDITS: dict[str, Edit] = {
    "retitle": lambda s, n, r: said(s, numbered(s, r), "title", f"Title {n}"),
    "text": lambda s, n, r: s.edit(numbered(s, r), append=f"\nConference adds line {n}.\n"),
    "mention": lambda s, n, r: s.edit(numbered(s, r), append=f"\nAs motion {r.randint(1, 4)} says, line {n}.\n"),
    "mention elsewhere": lambda s, n, r: s.edit(
        r.choice(["content/news/a.md", "content/about.md"]), append=f"\nAs [[motion:{r.randint(1, 3)}@2027]] says.\n"
    ),
    "first words": lambda s, n, r: s.edit(numbered(s, r), "Conference notes", f"Conference {n} notes"),
    "add": lambda s, n, r: s.motion(str(100 + n), tags=r.choice(["[pay]", "[new, care]", "[]"])),
    "remove": lambda s, n, r: s.remove(free(s, r)),
    "rename": lambda s, n, r: (s.folder / (p := free(s, r))).rename((s.folder / p).with_name(f"x{n}.md")),
    "renumber": lambda s, n, r: said(s, free(s, r), "number", str(200 + n)),
    "old number": lambda s, n, r: said(s, numbered(s, r), "numbers", f"{{preliminary: '{300 + n}'}}"),
    "alias": lambda s, n, r: said(s, numbered(s, r), "aliases", f"[/old/{n % 4}/]"),
    "result": lambda s, n, r: said(s, numbered(s, r), "result", r.choice(["lost", "remitted", "carried", ""])),
    "carried as amended": lambda s, n, r: (
        said(s, f"{MOTIONS}/1.md", "result", "carried as amended by 1.1"),
        said(s, "content/conferences/2027/amendments/1.1.md", "result", "carried"),
    ),
    "withdrawn into": lambda s, n, r: said(s, f"{MOTIONS}/4.md", "result", r.choice(["composited into D", ""])),
    "amendment's result": lambda s, n, r: said(
        s, "content/conferences/2027/amendments/1.1.md", "result", r.choice(["carried", "lost", ""])
    ),
    "amendment": lambda s, n, r: s.amendment(
        f"2.{1 + n % 3}", "2", f'In paragraph 1 delete "the facts" and insert "facts {n}".'
    ),
    "amendment's title": lambda s, n, r: said(
        s, "content/conferences/2027/amendments/1.1.md", "title", r.choice(["", f"Facts {n}"])
    ),
    "sub-amendment": lambda s, n, r: s.amendment("1.1.1", "1.1", f'Delete "these" and insert "those {n}".'),
    "consequence": lambda s, n, r: said(
        s, HEAD, "consequences", r.choice(["['If motion 2 is carried, motion 3 falls.']", ""])
    ),
    "composite": lambda s, n, r: s.edit("content/conferences/2027/composites/d.md", append=f"\nConference adds {n}.\n"),
    "executive": lambda s, n, r: said(s, numbered(s, r), "executive", r.choice(["support", "oppose", ""])),
    "vote": lambda s, n, r: said(s, f"{MOTIONS}/3.md", "vote", f"{{for: {n + 2}, against: 1}}"),
    "tags": lambda s, n, r: said(s, numbered(s, r), "tags", r.choice(["[pay]", "[care, Solidarity]", "[]", "[Pay]"])),
    "draft": lambda s, n, r: said(s, free(s, r), "draft", r.choice(["yes", ""])),
    "embargo": lambda s, n, r: said(s, "content/news/b.md", "embargo", r.choice(["2030-01-01 09:00", ""])),
    "conference": lambda s, n, r: said(s, HEAD, r.choice(["title", "place", "short_title"]), f"Conference {n}"),
    "edition": lambda s, n, r: said(s, HEAD, "edition", r.choice(["final", "preliminary", ""])),
    "new in": lambda s, n, r: said(s, numbered(s, r), "new_in", r.choice(["final", ""])),
    "session": lambda s, n, r: said(
        s,
        HEAD,
        "sessions",
        f"[{{title: Day {n}, date: 2027-06-14, start: '9:30', end: '17:00', business: ['{1 + n % 3}']}}]",
    ),
    "measure": lambda s, n, r: said(s, HEAD, "measure", str(60 + n % 3)),
    "other conference": lambda s, n, r: said(s, "content/conferences/2026/motions/1.md", "title", f"Then {n}"),
    "bulletin": lambda s, n, r: s.edit(
        "content/conferences/2027/bulletins/1.md", append=f"\n## More {n}\n\nMotion 3.\n"
    ),
    "news": lambda s, n, r: s.content(
        **{f"news/n{n % 3}.md": f"---\ntitle: News {n}\ndate: 2027-05-{10 + n % 9}\ntags: [pay]\n---\n\nText {n}.\n"}
    ),
    "plan": lambda s, n, r: said(s, "content/plans/p.md", "campaign", r.choice(["Pay", ""])),
    "toolkit": lambda s, n, r: said(s, "content/toolkits/t/index.md", "campaign", r.choice(["Pay", "Care"])),
    "resource": lambda s, n, r: s.edit("content/toolkits/t/letter.md", append=f"\nMore {n}.\n"),
    "branch": lambda s, n, r: said(s, "content/branches/x.md", "title", f"X Branch {n}"),
    "update": lambda s, n, r: said(s, "content/updates/u/1.md", "title", f"Part {n}"),
    "translation": lambda s, n, r: s.content(
        **{
            "about-cy.md": f"---\ntitle: Amdanom {n}\nlanguage: cy\ntranslation_of: {r.choice(['about', 'news/a.md'])}\n---\n\nNi.\n"
        }
    ),
    "page beside a conference": lambda s, n, r: s.content(
        **{f"conferences/2027/{r.choice(['register', 'extra'])}.md": f"---\ntitle: Extra {n}\n---\n\nMore.\n"}
    ),
    "picture": lambda s, n, r: s.write(**{"content/pictures/a.svg": r.choice(PICTURES)}),
    "another picture": lambda s, n, r: s.write(**{f"content/pictures/b{n % 2}.svg": r.choice(PICTURES)}),
    "settings": lambda s, n, r: s.edit("toolkit.yaml", "title: ", f"title: S{n} "),
    "vocabulary": lambda s, n, r: s.edit(
        "toolkit.yaml", append="" if "motions:" in s.settings() else "motions:\n  measure: 70\n"
    ),
    "style sheet": lambda s, n, r: s.write(**{"themes/mine/assets/css/extra.css": f"p{{order:{n}}}\n"}),
    "template of a conference's list": lambda s, n, r: s.write(
        **{"themes/mine/templates/editions.html": f"<title>{n}</title><main>{{{{ doc.title }}}}</main>"}
    ),
    "template of a list": lambda s, n, r: s.write(
        **{"themes/mine/templates/tags.html": f"<title>{n}</title><main>{{{{ doc.tags|length }}}}</main>"}
    ),
    "base template": lambda s, n, r: s.write(**{"themes/mine/templates/base.html": base(s, n)}),
    "listing": lambda s, n, r: s.write(
        **{"themes/mine/theme.yaml": r.choice([listing(n), MINE["themes/mine/theme.yaml"]])}
    ),
    "tampering": lambda s, n, r: r.choice(sorted(s.output.rglob("*.html"))).write_text("changed by hand"),
    "loss": lambda s, n, r: r.choice(sorted(s.output.rglob("*.*"))).unlink(),
}


def tried(site: SiteTest, what: str, n: int, rng: random.Random) -> bool:
    """Make an edit and build; an edit that cannot be published is undone, and the site built as it was."""
    before = {p: p.read_bytes() for p in (site.folder / "content").rglob("*") if p.is_file()}
    settings = site.settings()
    EDITS[what](site, n, rng)
    if site.attempt().report.published:
        return True
    for path in [p for p in (site.folder / "content").rglob("*") if p.is_file() and p not in before]:
        path.unlink()
    for path, data in before.items():
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
    site.write(**{"toolkit.yaml": settings}).build()
    return False


def walk(site: SiteTest, tmp_path: Path, edits: Sequence[str], seed: int, compare: int) -> None:
    rng = random.Random(seed)
    done: set[str] = set()
    with verified() as counts:
        world(site).build()
        for n, what in enumerate(edits):
            if tried(site, what, n, rng):
                done.add(what)
            if n % compare == compare - 1 or n == len(edits) - 1:
                clean = site.clean_build_of_the_same(tmp_path / f"clean{n}")
                assert site.tree() == clean.tree(), f"after edit {n}, {what}"
    assert counts["kept"] > counts["laid"] / 4, counts  # memory is used at all
    assert len(done) > 0.8 * len(set(edits)), set(edits) - done  # nearly all edits can be published


def test_a_walk_of_edits_ends_with_the_bytes_of_a_clean_build(site: SiteTest, tmp_path: Path) -> None:
    walk(site, tmp_path, random.Random(7).sample(sorted(EDITS), 12), seed=1, compare=4)


@pytest.mark.slow
def test_every_kind_of_edit_equals_a_clean_build(site: SiteTest, tmp_path: Path) -> None:
    walk(site, tmp_path, [*EDITS, *reversed(EDITS)], seed=2, compare=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_random_edits_each_equal_a_clean_build(site: SiteTest, tmp_path: Path, seed: int) -> None:
    walk(site, tmp_path, random.Random(seed).choices(sorted(EDITS), k=100), seed=seed, compare=5)


def test_a_key_that_forgets_something_is_noticed(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    world(site).build()
    monkeypatch.setattr(units._Keys, "_mentioned", lambda *_: [])
    with verified(), pytest.raises(AssertionError, match="made otherwise now"):
        site.build().edit("content/about.md", append="\nSee [[motion:1@2027]].\n").build()


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
