"""How many motions and for which generator come in; a folder with those motions out, the same bytes every time.

    python bench/corpus.py FOLDER --count 10000 --for toolkit|hugo|eleventy|pelican|mkdocs|zensical|nikola|astro

Twenty conferences, forty tags. A motion is about 3.5 KB of Markdown: two headings, five paragraphs with emphasis,
quotes and a link to another motion, ten numbered calls, a table in every fifth, a footnote in every seventh.
The text is the same for every generator; only folders, front matter and the spelling of the link differ.
"""

from __future__ import annotations

import argparse
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONFERENCES = 20
FIRST_YEAR = 2006
FOLDERS = {  # where a generator has its motions
    "hugo": "content/motions",
    "eleventy": "src/motions",
    "pelican": "content/motions",
    "mkdocs": "docs/motions",
    "zensical": "docs/motions",
    "nikola": "posts",
    "astro": "src/content/motions",
}
PEERS = ("toolkit", *FOLDERS)
LISTS_ARE_INPUT = ("mkdocs", "zensical")  # they have no pages of tags and conferences: the corpus writes those

TAGS = tuple(
    "pay pensions workload staffing housing transport climate equality disability childcare training libraries health "  # noqa: SIM905
    "homecare energy automation outsourcing privatisation zero-hours sick-pay parental-leave apprentices organising "
    "recognition strike-law solidarity peace food-poverty debt taxation procurement funding mental-health menopause "
    "harassment young-members retired-members data-rights travel supervision".split()
)
_RESULTS = ("carried", "lost", "remitted", "withdrawn", "carried unopposed", "carried unanimously")
_TOWNS = (  # noqa: SIM905
    "Aldermoor Brackwater Carrowmouth Dunnock Edgeley Fenwick Garrowby Hallowdale Inchbrae Kingsferry Lannock "
    "Marlbrook Netherby Oxcroft Pendle Quarrington Rushmere Selworth Tarnside Ullock Wendle Yarborough"
).split()
_FIELDS = (
    "adult social work",
    "home care",
    "the ambulance service",
    "school meals",
    "public libraries",
    "the bus depots",
    "housing associations",
    "further education",
    "early years",
    "the courts",
    "community nursing",
    "refuse rounds",
)
_WHO = (
    "workers in {field}",
    "our {town} branch",
    "stewards across {field}",
    "agency staff in {field}",
    "night workers",
    "reps in {town}",
    "part-time workers in {town}",
)
_WHAT = (
    "carry one vacancy in every four and are told to carry on",
    "are paid for visits but not for the road between them",
    "read of the new contract in the local paper before anybody told them",
    "have had the same risk assessment since the office moved",
    "wait until autumn for a rise that fell due in spring",
    "share one desk between three and one car between five",
    "take their leave in single days because nobody covers",
    "close cases by counting them rather than by finishing them",
)
_WHY = (
    "a settlement that is announced a week before the year begins",
    "a tender in which price was the only question",
    "software that measures minutes and nothing else",
    "budgets that treat vacancies as savings",
    "the sale of the building that the service was built for",
    "managers who consult when the decision is printed",
)
_SO = (
    "those who know the work leave it",
    "people see a different face at every visit",
    "small needs grow into large ones",
    "sickness rises each winter and never quite falls again",
    "students finish their placement and do not come back",
    "branches do the casework of a personnel department",
    "nobody believes the next promise",
)
_CALLS = (
    "publish a short guide to {topic} for every branch before the {season}",
    "open talks with employers in {field} on one standard for {topic}",
    "survey members about {topic} and bring the figures to the next conference",
    "set money aside so that branches can train stewards on {topic}",
    "write to councillors and members of parliament about {topic}",
    "work with user groups on a joint statement about {topic}",
    "name an officer who answers questions about {topic}",
    "look through the rule book wherever it says nothing about {topic}",
    "make leaflets, posters and short films on {topic} in four languages at least",
    "support any branch that ballots over {topic}, with *speakers* and strike pay",
    "report each quarter, with figures, to the **standing committee**",
    "press for {topic} to be named in the agreement for {field}",
    "gather what {field} has learnt about {topic}",
    "hold a day of action on {topic} in the {season}",
)
_SEASONS = ("spring", "summer", "autumn", "new year")
_VERBS = ("notes", "regrets", "recognises", "welcomes", "affirms", "believes")
_TITLES = (
    "Fair {topic} in {field}",
    "{topic}: what {field} needs",
    "Winning on {topic}",
    "{topic} after {town}",
    "{topic} and the next agreement",
    "No more delay on {topic}",
    "A plan for {topic}",
)


@dataclass(frozen=True, slots=True)
class Motion:
    """One motion: ``number`` within its conference, ``{link}`` in ``body`` for the address of motion ``linked``."""

    name: str
    title: str
    number: int
    conference: str
    date: str
    mover: str
    result: str
    tags: tuple[str, ...]
    body: str
    linked: int


def conference_of(position: int, count: int) -> tuple[str, int]:
    """The conference of a motion by its position (from 0), and its number there (from 1)."""
    each = -(-count // CONFERENCES)
    return f"annual-{FIRST_YEAR + position // each}", position % each + 1


def motions(count: int) -> Iterator[Motion]:
    """``count`` motions, always the same ones."""
    for position in range(count):
        yield motion_at(position, count)


def motion_at(position: int, count: int) -> Motion:
    """The motion at a position (from 0) of a corpus of ``count``."""
    rng = random.Random(20_270_614 + position)
    conference, number = conference_of(position, count)
    tags = tuple(rng.sample(TAGS, 3))
    topics = [t.replace("-", " ") for t in tags]

    def fill(text: str) -> str:
        return text.format(
            field=rng.choice(_FIELDS), town=rng.choice(_TOWNS), topic=rng.choice(topics), season=rng.choice(_SEASONS)
        )

    def paragraph() -> str:
        return (
            f"Conference {rng.choice(_VERBS)} that {fill(rng.choice(_WHO))} {rng.choice(_WHAT)}, and that the cause is "
            f"{rng.choice(_WHY)}. Of those who were asked last year some {rng.randint(11, 94)} per cent said that "
            f'{rng.choice(_SO)} -- "it\'s not why I came to this work", in the words of a member in '
            f"{rng.choice(_TOWNS)}. "
            f"Where {rng.choice(topics)} was **settled by agreement**, as in {rng.choice(_TOWNS)}, it is seen "
            f"*less often* that {rng.choice(_SO)}."
        )

    paragraphs = [paragraph() for _ in range(5)]
    paragraphs[1] += f" This follows [an earlier decision]({{link}}) on {topics[1]}."
    if position % 7 == 0:
        paragraphs[2] += "[^survey]"
    parts = ["## Background", *paragraphs[:3]]
    if position % 5 == 0:
        rows = [f"| {rng.choice(_TOWNS)} | {rng.randint(40, 900)} | {rng.randint(5, 95)}% |" for _ in range(4)]
        parts.append("\n".join(["| Branch | Members asked | In favour |", "|---|---:|---:|", *rows]))
    parts += ["## What must change", *paragraphs[3:], "Conference calls on the Executive to:"]
    calls = [fill(c) for c in rng.sample(_CALLS, 10)]
    parts.append("\n".join(f"{n}. {c[0].upper()}{c[1:]}{';' if n < 10 else '.'}" for n, c in enumerate(calls, 1)))
    if position % 7 == 0:
        parts.append(f"[^survey]: Figures of the {rng.choice(_TOWNS)} branch.")
    title = fill(rng.choice(_TITLES))
    return Motion(
        name=f"m-{position + 1:06d}",
        title=title[0].upper() + title[1:],
        number=number,
        conference=conference,
        date=f"{conference[-4:]}-06-{1 + position % 5:02d}",
        mover=f"{rng.choice(_TOWNS)} Branch",
        result=rng.choice(_RESULTS),
        tags=tags,
        body="\n\n".join(parts) + "\n",
        linked=rng.randrange(count),
    )


def front_matter(motion: Motion, **more: str | int) -> str:
    """The lines above the body; every generator reads these keys, and those in ``more``."""
    said = {
        "title": f'"{motion.title}"',
        "number": motion.number,
        "date": motion.date,
        "mover": motion.mover,
        "result": motion.result,
        "tags": f"[{', '.join(motion.tags)}]",
        **more,
    }
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in said.items()) + "---\n\n"


def _front_matter_for(peer: str, motion: Motion, related: str) -> str:
    """The same in a generator's own spelling."""
    if peer == "toolkit":
        return front_matter(motion)
    if peer == "pelican":
        said = {
            "Title": motion.title,
            "Number": motion.number,
            "Category": motion.conference,
            "Date": motion.date,
            "Mover": motion.mover,
            "Result": motion.result,
            "Tags": ", ".join(motion.tags),
            "Slug": motion.name,
        }
        return "".join(f"{key}: {value}\n" for key, value in said.items()) + "\n"
    if peer == "nikola":
        moment = f"{motion.date} 09:00:00 UTC"
        return front_matter(motion, date=moment, slug=motion.name, category=motion.conference)
    more = {"related": related} if related else {}
    return front_matter(motion, conference=motion.conference, **more)


# --- one folder for each generator -----------------------------------------------------------------------

_SETTINGS = """\
title: Motions archive
description: Every motion of twenty conferences
base_url: https://example.org
clock: 2027-07-01T12:00
organisation:
  name: The conference office
menu:
  - title: This year
    url: /conferences/annual-2025/
  - title: Motions
    url: /motions/
  - title: Pay
    url: /tags/pay/
footer: Published by the conference office. Branches may copy the text.
print:
  enabled: no
"""


def motion_file(peer: str, position: int, count: int) -> str:
    """Where a motion lies in a generator's folder."""
    conference, number = conference_of(position, count)
    if peer == "toolkit":
        return f"content/conferences/{conference}/motions/{number:05d}.md"
    return f"{FOLDERS[peer]}/m-{position + 1:06d}.md"


def page_file(peer: str, position: int, count: int) -> str:
    """Where its page lies in the built site."""
    conference, number = conference_of(position, count)
    if peer == "toolkit":
        return f"conferences/{conference}/motions/{number}/index.html"
    return f"motions/m-{position + 1:06d}/index.html"


def listing_files(peer: str, motion: Motion) -> list[str]:
    """The pages that list a motion by its title: its conference's and its tags'. None where they are input."""
    if peer in LISTS_ARE_INPUT:
        return []
    if peer == "toolkit":
        return [f"conferences/{motion.conference}/index.html", *(f"tags/{t}/index.html" for t in motion.tags)]
    return [f"conference/{motion.conference}/index.html", *(f"tags/{t}/index.html" for t in motion.tags)]


def write(folder: Path, count: int, peer: str) -> None:
    """A site of ``count`` motions for one generator, ready to be built."""
    folder.mkdir(parents=True, exist_ok=True)
    if peer == "toolkit":
        _write_conferences(folder)
    else:
        shutil.copytree(HERE / "peers" / peer, folder, dirs_exist_ok=True)
    first = _first_of_tags(count) if peer == "zensical" else {}  # it has no hook to find related motions
    for position, motion in enumerate(motions(count)):
        file = folder / motion_file(peer, position, count)
        file.parent.mkdir(parents=True, exist_ok=True)
        related = "".join(
            f'\n  - {{url: motions/{other.name}/, title: "{other.title}"}}'
            for other in first.get(motion.tags[0], ())
            if other.name != motion.name
        )
        body = motion.body.replace("{link}", _link(peer, motion.linked, count))
        file.write_text(_front_matter_for(peer, motion, related) + body, encoding="utf-8")
    if peer in LISTS_ARE_INPUT:
        _write_lists(folder / "docs", count)


def _link(peer: str, linked: int, count: int) -> str:
    """How the text of a motion names another: its file where the generator checks links, else its address."""
    conference, number = conference_of(linked, count)
    if peer == "toolkit":
        return f"../../{conference}/motions/{number:05d}.md"
    return f"m-{linked + 1:06d}.md" if peer in LISTS_ARE_INPUT else f"/motions/m-{linked + 1:06d}/"


def _first_of_tags(count: int) -> dict[str, list[Motion]]:
    """The first five motions of every tag."""
    first: dict[str, list[Motion]] = {}
    for motion in motions(count):
        for tag in motion.tags:
            if len(first.setdefault(tag, [])) < 5:
                first[tag].append(motion)
    return first


def _write_lists(docs: Path, count: int) -> None:
    """The home page, and a page for each conference and each tag, as Markdown lists of links."""
    groups: dict[str, dict[str, list[str]]] = {"conferences": {}, "tags": {}}
    latest: list[str] = []
    for motion in motions(count):
        link = f"- [{motion.title}](../motions/{motion.name}.md)"
        latest.append(link.replace("../", "", 1))
        groups["conferences"].setdefault(motion.conference, []).append(link)
        for tag in motion.tags:
            groups["tags"].setdefault(tag, []).append(link)
    home = ["---\ntitle: Motions archive\n---\n"]
    for kind, title in (("conferences", "Conferences"), ("tags", "Subjects")):
        (docs / kind).mkdir(parents=True, exist_ok=True)
        home.append(f"\n## {title}\n")
        for name, links in sorted(groups[kind].items()):
            text = f"---\ntitle: {name.replace('-', ' ').capitalize()}\n---\n\n" + "\n".join(links) + "\n"
            (docs / kind / f"{name}.md").write_text(text, encoding="utf-8")
            home.append(f"- [{name}]({kind}/{name}.md) ({len(links)})")
    home += ["\n## Latest motions\n", *latest[:-21:-1]]
    (docs / "index.md").write_text("\n".join(home) + "\n", encoding="utf-8")


def _write_conferences(folder: Path) -> None:
    (folder / "toolkit.yaml").write_text(_SETTINGS, encoding="utf-8")
    for year in range(FIRST_YEAR, FIRST_YEAR + CONFERENCES):
        file = folder / f"content/conferences/annual-{year}/index.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"---\ntitle: Annual Conference {year}\nstart: {year}-06-01\nend: {year}-06-05\n---\n\n"
            f"The papers of {year}.\n",
            encoding="utf-8",
        )
    home = "---\ntitle: Motions archive\n---\n\nEvery motion of twenty conferences.\n"
    (folder / "content/index.md").write_text(home, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--for", dest="peer", choices=PEERS, default="toolkit")
    asked = parser.parse_args()
    write(asked.folder, asked.count, asked.peer)


if __name__ == "__main__":
    main()
