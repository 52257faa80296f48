"""A site with something of everything that refers to something else, and the edits that people make to it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.driver import SiteTest
from toolkit_builder import blueprint
from toolkit_builder.build.engine import clean


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


def anything(site: SiteTest, rng: random.Random, below: str = "content") -> Path:
    """Some file of the content, or of another folder of the project."""
    return rng.choice(sorted(p for p in (site.folder / below).rglob("*") if p.is_file()))


def setting(site: SiteTest, key: str, value: str) -> None:
    """Give a line of toolkit.yaml another value; an empty one takes it out."""
    lines = [line for line in site.settings().split("\n") if not line.startswith(f"{key}:")]
    site.write(**{"toolkit.yaml": "\n".join([*([f"{key}: {value}"] if value else []), *lines])})


def own(site: SiteTest, name: str, old: str, new: str) -> None:
    """The theme's own version of a file of the default theme, other in one place."""
    default = Path(blueprint.__file__).parent.parent / "themes" / "default" / name
    text = default.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    site.write(**{f"themes/mine/{name}": text.replace(old, new, 1)})


def disowned(site: SiteTest, rng: random.Random) -> None:
    """Take one of the theme's own files away, so that the default theme's is used again."""
    if files := sorted(p for p in (site.folder / "themes/mine").rglob("*") if p.is_file() and p.suffix != ".yaml"):
        rng.choice(files).unlink()


def damaged(site: SiteTest, rng: random.Random, what: str) -> None:
    """Flip some bytes of one of the files that builds remember things in, or cut it short."""
    if found := sorted(p for p in (site.folder / ".toolkit").rglob(what) if p.is_file() and "standby" not in p.parts):
        file = rng.choice(found)
        data = bytearray(file.read_bytes())
        if rng.random() < 0.3:
            del data[rng.randrange(len(data) + 1) :]
        elif data:
            at = rng.randrange(len(data))
            data[at : at + 8] = bytes(b ^ 0x55 for b in data[at : at + 8])
        file.write_bytes(bytes(data))


def emptied(site: SiteTest) -> None:
    clean(site.folder, site.output)


Edit = Callable[[SiteTest, int, random.Random], object]
CONTENT: dict[str, Edit] = {
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
    "remove anything": lambda s, n, r: anything(s, r).unlink(),
    "rename anything": lambda s, n, r: (p := anything(s, r)).rename(p.with_name(f"r{n}{p.suffix}")),
    "copy anything": lambda s, n, r: shutil.copyfile(p := anything(s, r), p.with_name(f"c{n % 3}{p.suffix}")),
    "touch anything": lambda s, n, r: anything(s, r).touch(),
    "line ends": lambda s, n, r: (p := anything(s, r)).write_bytes(p.read_bytes().replace(b"\n", b"\r\n")),
    "rename a conference": lambda s, n, r: (s.folder / "content/conferences/2026").rename(
        s.folder / "content/conferences/2025"
    ),
    "and back": lambda s, n, r: (s.folder / "content/conferences/2025").rename(s.folder / "content/conferences/2026"),
    "embed": lambda s, n, r: s.edit("content/about.md", append=f"\n![A line](pictures/a.svg)\n\nMore {n}.\n"),
    "template for branches": lambda s, n, r: s.content(
        **{
            "toolkits/t/form.md": "---\ntitle: A form\ntype: model-letter\ntemplate: yes\n---\n\n"
            f"Dear {n},\n\nMembers of {{{{ branch.title }}}} ask you.\n"
        }
    ),
    "another branch": lambda s, n, r: s.content(
        **{f"branches/y{n % 2}.md": f"---\ntitle: Y{n} Branch\nregion: South\n---\n\nHello.\n"}
    ),
    "page of its own kind": lambda s, n, r: s.content(
        **{f"{r.choice(['news', 'plans', 'branches', 'toolkits'])}/index.md": f"---\ntitle: All {n}\n---\n\nThese.\n"}
    ),
}
SETTINGS: dict[str, Edit] = {
    "settings": lambda s, n, r: setting(s, "title", f"S{n}"),
    "vocabulary": lambda s, n, r: setting(s, "motions", r.choice(["{measure: 70}", ""])),
    "clock": lambda s, n, r: setting(
        s, "clock", r.choice(["2027-06-20T12:00", "2030-06-01T09:00", "2027-06-14T08:00"])
    ),
    "menu": lambda s, n, r: setting(s, "menu", f"[{{title: M{n}, url: /news/}}]"),
    "foot": lambda s, n, r: setting(s, "footer", f"'Foot {n}, see [news](/news/)'"),
    "language": lambda s, n, r: setting(s, "language", r.choice(["cy", "en-GB"])),
    "address": lambda s, n, r: setting(
        s, "base_url", r.choice(["https://example.org", "https://example.org/union", ""])
    ),
    "localise": lambda s, n, r: setting(s, "localise", r.choice(["build", "off", "on-demand"])),
    "robots": lambda s, n, r: setting(s, "robots", r.choice(["deny", "allow"])),
    "organisation": lambda s, n, r: setting(s, "organisation", f"{{name: Union {n}}}"),
    "word for a result": lambda s, n, r: setting(s, "motions", f"{{results: {{carried: {{label: Agreed {n}}}}}}}"),
    "theme": lambda s, n, r: setting(s, "theme", r.choice(["default", "mine"])),
}
THEME: dict[str, Edit] = {
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
    "part of a template": lambda s, n, r: own(s, "templates/parts/row.html", "{", f"<!-- {n} -->{{"),
    "template of a motion": lambda s, n, r: own(s, "templates/motion.html", "</article>", f"<p>{n}</p></article>"),
    "colour": lambda s, n, r: s.write(
        **{"themes/mine/theme.yaml": f"parent: default\ncolours:\n  brand: '#{n % 10}a1f5c'\n"}
    ),
    "the default again": lambda s, n, r: disowned(s, r),
}
LEFT_BEHIND: dict[str, Edit] = {  # by builds: the site and the cache
    "tampering": lambda s, n, r: r.choice(sorted(s.output.rglob("*.html"))).write_text("changed by hand"),
    "loss": lambda s, n, r: r.choice(sorted(s.output.rglob("*.*"))).unlink(),
    "no output": lambda s, n, r: shutil.rmtree(s.output),
    "no cache": lambda s, n, r: emptied(s),
    "no .toolkit": lambda s, n, r: (shutil.rmtree(s.folder / ".toolkit"), shutil.rmtree(s.output)),
    "damaged store": lambda s, n, r: damaged(s, r, "fragments.db*"),
    "damaged state": lambda s, n, r: damaged(s, r, "tree-*"),
    "damaged record": lambda s, n, r: damaged(s, r, "record"),
    "damaged objects": lambda s, n, r: damaged(s, r, "objects/*/*"),
}
EDITS = {**CONTENT, **SETTINGS, **THEME, **LEFT_BEHIND}


State = dict[str, tuple[int, int, int]]


def states(site: SiteTest) -> State:
    """Every file and folder that a site is made from, by path, with what tells whether a file has changed."""
    found: State = {}
    for place in (site.folder / "content", site.folder / "themes", site.folder / "toolkit.yaml"):
        for path in (place, *place.rglob("*")):
            if path.exists():
                status = path.lstat()
                state = (0, 0, 0) if path.is_dir() else (status.st_ino, status.st_mtime_ns, status.st_size)
                found[path.relative_to(site.folder).as_posix()] = state
    return found


def reported(before: State, after: State) -> set[str]:
    """As little as a watcher may tell: of folders that have come or gone their names, and nothing of what is inside."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {name for name in names if name.rpartition("/")[0] not in names}
