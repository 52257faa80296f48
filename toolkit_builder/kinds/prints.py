"""What is printed of each kind: the documents beside the pages, each a template of the theme's ``print/`` folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from toolkit_builder.kinds import campaigns, conferences, papers, shapes
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """One printed document of a kind. It is made where the theme has the template.

    ``name`` is the file's name beside the page; ``sheet`` is handed to template and engine: the paper's size in the
    template's words, ``max_pages``, ``large`` (points of large print). ``view`` makes the payload's ``doc``, if it
    is not the page's; ``sources`` are the other documents it shows.
    """

    kind: str
    name: str
    template: str
    label: str
    sheet: Payload = field(default_factory=dict)
    view: Callable[[Document, Site], Payload] | None = None
    sources: Callable[[Document, Site], Iterable[Document]] = lambda doc, site: ()


def bulletin(doc: Document, site: Site) -> Payload:
    """The day's paper, with the order of business that an article carries lifted out for its box."""
    shown = conferences.bulletin(doc, site)
    articles, boxes = [], []
    for article in shown["articles"]:
        html, found = lifted(article["html"], _TODAY)
        articles.append({**article, "html": html})
        boxes += found
    return {**shown, "articles": articles, "today_html": "".join(boxes)}


_TODAY = re.compile(r'<section class="today">\n?(?P<inner>.*?)</section>\n?', re.DOTALL)


def lifted(html: str, part: re.Pattern[str]) -> tuple[str, list[str]]:
    """A fragment without the parts that match, and the inside of each."""
    found: list[str] = []

    def lift(match: re.Match[str]) -> str:
        found.append(match["inner"])
        return ""

    return part.sub(lift, html), found


def agenda(doc: Document, site: Site) -> Payload:
    """The whole agenda: the conference's own payload with every paper as its page shows it."""
    held = site.conference_by_name[doc.name]
    return {
        **conferences.conference(doc, site),
        "motions": {m.fields.number: papers.motion(m, site) for m in held.motions},
        "composite_papers": [papers.composite(c, site) for c in held.composites],
        "movers": movers((*held.motions, *held.composites), site), "subjects": subjects(held.motions, site),
    }


def movers(docs: Iterable[Document], site: Site) -> list[Payload]:
    """An index of movers: who moves what, in alphabetical order."""
    found: dict[str, list[Payload]] = {}
    for doc in docs:
        if doc.fields.mover:
            found.setdefault(doc.fields.mover, []).append(shapes.link(doc, site))
    return [{"name": name, "items": found[name]} for name in sorted(found, key=str.casefold)]


def subjects(docs: Iterable[Document], site: Site) -> list[Payload]:
    found: dict[str, list[Payload]] = {}
    for doc in docs:
        for tag in doc.fields.tags:
            found.setdefault(tag, []).append(shapes.link(doc, site))
    return [{"name": name, "items": found[name]} for name in sorted(found, key=str.casefold)]


def whole_toolkit(doc: Document, site: Site) -> Payload:
    """A toolkit with the full text of each of its resources."""
    return {**campaigns.toolkit(doc, site),
            "resources": [campaigns.resource(r, site) for r in campaigns.resources(doc, site)]}


def _papers_of(doc: Document, site: Site) -> Iterable[Document]:
    held = site.conference_by_name[doc.name]
    return (*held.motions, *held.amendments, *held.composites)


PRINTS: tuple[Print, ...] = (
    Print(kind="bulletin", name="bulletin", template="print/bulletin.html", label="To print, A4",
          sheet={"size": "a4", "max_pages": 4}, view=bulletin),
    Print(kind="conference", name="agenda", template="print/agenda.html", label="Agenda booklet, A4",
          sheet={"size": "a4"}, view=agenda, sources=_papers_of),
    Print(kind="conference", name="agenda-a5", template="print/agenda.html", label="Agenda booklet, A5",
          sheet={"size": "a5"}, view=agenda, sources=_papers_of),
    Print(kind="conference", name="agenda-large", template="print/agenda.html", label="Agenda in large print (16 point)",
          sheet={"size": "a4", "large": 16}, view=agenda, sources=_papers_of),
    Print(kind="motion", name="motion", template="print/motion.html", label="Motion sheet with its amendments, A4",
          sheet={"size": "a4"}),
    Print(kind="composite", name="composite", template="print/motion.html", label="Composite sheet, A4",
          sheet={"size": "a4"}),
    Print(kind="plan", name="plan-a4", template="print/plan-a4.html", label="Leaflet, A4", sheet={"size": "a4"}),
    Print(kind="plan", name="plan-a3", template="print/plan-a3.html", label="Poster, A3",
          sheet={"size": "a3", "max_pages": 1}),
    Print(kind="plan", name="plan-a5", template="print/plan-a5.html", label="Handout, A5", sheet={"size": "a5"}),
    Print(kind="plan", name="plan-a6", template="print/plan-a6.html", label="Wallet card, A6",
          sheet={"size": "a6", "max_pages": 2}),
    Print(kind="toolkit", name="toolkit", template="print/toolkit.html", label="The whole toolkit, A4",
          sheet={"size": "a4"}, view=whole_toolkit,
          sources=lambda doc, site: campaigns.resources(doc, site)),
)  # fmt: skip
