"""What is printed of each kind: the documents beside the pages, each a template of the theme's ``print/`` folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder.kinds import campaigns, conferences, papers, shapes
from toolkit_builder.kinds.anchors import own_ids
from toolkit_builder.model import Document, Payload
from toolkit_builder.patterns import pattern
from toolkit_builder.site import Site


class Print(Struct, frozen=True, kw_only=True):
    """One printed document of a kind. It is made where the theme has the template.

    ``name`` is the file's name beside the page; ``sheet`` is handed to template and engine: the paper's size in the
    template's words, ``max_pages``, ``large`` (points of large print). ``word``: it is also offered as a Word document
    of that label, made from the same print page; without ``pdf`` as nothing else. ``view`` makes the payload's
    ``doc``, if it is not the page's; ``sources`` are the other documents it shows. ``shop``: it is meant for a print
    shop, and gets the bleed and the marks that toolkit.yaml asks for. ``copied``: it is photocopied, and is made in
    greys as well where toolkit.yaml asks for that.
    """

    kind: str
    name: str
    template: str
    label: str
    sheet: Payload = field(default_factory=dict)
    view: Callable[[Document, Site], Payload] | None = None
    sources: Callable[[Document, Site], Iterable[Document]] = lambda doc, site: ()
    shop: bool = False
    copied: bool = False
    word: str = ""
    pdf: bool = True


BLEED_MM = 3.0  # what print shops in Britain and Europe ask for


def at_the_shop(site: Site) -> Payload:
    """The bleed and the marks of ``print:`` in toolkit.yaml, as a part of a ``sheet``."""
    asked = site.config.print
    return {**({"bleed": BLEED_MM} if asked.bleed else {}), **({"marks": True} if asked.marks else {})}


def bulletin(doc: Document, site: Site) -> Payload:
    """The day's paper, with the order of business that an article carries lifted out for its box."""
    shown = conferences.bulletin(doc, site)
    articles, boxes = [], []
    for article in shown["articles"]:
        html, found = lifted(article["html"], _TODAY)
        articles.append({**article, "html": html})
        boxes += found
    return {**shown, "articles": articles, "today_html": "".join(boxes)}


_TODAY = pattern(r'<section class="today">\n?(?P<inner>.*?)</section>\n?', re.DOTALL)


def lifted(html: str, part: re.Pattern[str]) -> tuple[str, list[str]]:
    """A fragment without the parts that match, and the inside of each."""
    found: list[str] = []

    def lift(match: re.Match[str]) -> str:
        found.append(match["inner"])
        return ""

    return part.sub(lift, html), found


def agenda(doc: Document, site: Site) -> Payload:
    """The whole agenda: the conference's own payload, and every paper as its page shows it, section by section."""
    held = site.conference_by_name[doc.name]
    shown = conferences.conference(doc, site)
    made = {m.url: on_paper(papers.motion(m, site), m) for m in held.motions}
    made |= {c.url: on_paper(papers.composite(c, site), c) for c in held.composites}
    parts = [
        {"title": part["title"], "papers": [made.pop(row["url"]) for row in part["items"] if row["url"] in made]}
        for part in shown["sections"]
    ]
    if made:
        parts.append({"title": "Composites", "papers": list(made.values())})
    everything = (*held.motions, *held.composites)
    return {
        **shown,
        "parts": parts,
        "shows_results": shows_results(doc.fields.edition),
        "movers": movers(everything, site),
        "subjects": subjects(everything, site),
    }


def shows_results(edition: str) -> bool:
    """Whether an edition is printed with what became of its papers: not those from before the vote."""
    return not edition or "decision" in edition.lower() or "result" in edition.lower()


def anchor(doc: Document) -> str:
    """A paper's own name inside a document that holds many of them."""
    return shapes.slug(f"{doc.kind} {doc.fields.number or doc.name}")


_BLOCK_START = r"<(?:p|li|h[1-6]|td|th|div|pre)\b[^>]*>"
_LINE_START = pattern(rf"""(?P<first>{_BLOCK_START})?[ ]?(?P<line><span class="line"[^>]*></span>)""")


def printed_text(html: str, prefix: str) -> str:
    """A paper's text for print: its line map's breaks made visible, its addresses unique in a booklet."""

    def broken(match: re.Match[str]) -> str:
        return match[0] if match["first"] else f"<br>{match['line']}"

    return own_ids(_LINE_START.sub(broken, html), prefix)


def on_paper(shown: Payload, doc: Document, prefix: str = "") -> Payload:
    """A motion or composite for print: unique addresses, numbered lines that end where the line map ends them."""
    name = prefix + anchor(doc)
    final = shown.get("final")
    left_out = {"views", "choice", "mentioned_in", "previous", "next", "downloads"}
    kept = {k: v for k, v in shown.items() if k not in left_out}
    return {
        **kept,
        "anchor": name,
        "kind": doc.kind,
        "url": doc.url,
        "text_html": printed_text(shown["text_html"], name),
        "amendments": [amendment_on_paper(a, name) for a in shown["amendments"]],
        "final": {**final, "html": printed_text(final["html"], f"{name}-final")} if final else None,
        "clauses": shown.get("clauses", []),
        "sources": shown.get("sources", []),
    }


def amendment_on_paper(shown: Payload, prefix: str) -> Payload:
    name = f"{prefix}-{shown['anchor']}"
    return {
        **shown,
        "anchor": name,
        "instruction_html": printed_text(shown["instruction_html"], name),
        "diff_html": printed_text(shown["diff_html"], name) if shown["diff_html"] else "",
        "sub_amendments": [amendment_on_paper(s, prefix) for s in shown["sub_amendments"]],
    }


def motion(doc: Document, site: Site) -> Payload:
    shown = papers.composite(doc, site) if doc.kind == "composite" else papers.motion(doc, site)
    held = site.conference_of(doc)
    edition = held.document.fields.edition if held else ""
    return {**on_paper(shown, doc), "edition": edition, "shows_results": shows_results(edition)}


def amendment(doc: Document, site: Site) -> Payload:
    """One amendment as a sheet of its own, with what was moved to it."""
    shown = papers.amendment_page(doc, site)
    held = site.conference_of(doc)
    left_out = {"mentioned_in", "previous", "next", "downloads", "amended_html", "side_by_side_html"}
    made = amendment_on_paper({k: v for k, v in shown.items() if k not in left_out}, "sheet")
    return {**made, "shows_results": shows_results(held.document.fields.edition if held else "")}


def booklet(docs: Sequence[Document], site: Site, title: str = "", edition: str = "") -> Payload:
    """Chosen motions and composites as one document, by conference in the order they were chosen."""
    parts: dict[str, Payload] = {}
    count = 0
    for doc in docs:
        held = site.conference_of(doc)
        heading = held.document.title if held else site.config.title
        shown = edition or (held.document.fields.edition if held else "")
        part = parts.setdefault(
            heading, {"title": heading, "edition": shown, "papers": [], "shows_results": shows_results(shown)}
        )
        made = papers.composite(doc, site) if doc.kind == "composite" else papers.motion(doc, site)
        # two conferences may each have a motion 1
        part["papers"].append(on_paper(made, doc, f"{doc.conference}-" if len(parts) > 1 else ""))
        count += len(made["amendments"])
    return {"title": title, "parts": list(parts.values()), "counts": {"motions": len(docs), "amendments": count}}


def shown_in(docs: Iterable[Document], site: Site) -> tuple[Document, ...]:
    """Papers and all that was moved against them."""
    return tuple(d for doc in docs for d in (doc, *papers.quoted(doc, site)))


def movers(docs: Iterable[Document], site: Site) -> list[Payload]:
    """An index of movers: who moves what, in alphabetical order."""
    found: dict[str, list[Payload]] = {}
    for doc in docs:
        if doc.fields.mover:
            found.setdefault(doc.fields.mover, []).append({**shapes.link(doc, site), "anchor": anchor(doc)})
    return [{"name": name, "items": found[name]} for name in sorted(found, key=str.casefold)]


def subjects(docs: Iterable[Document], site: Site) -> list[Payload]:
    found: dict[str, list[Payload]] = {}
    for doc in docs:
        for tag in doc.fields.tags:
            found.setdefault(tag, []).append({**shapes.link(doc, site), "anchor": anchor(doc)})
    return [{"name": name, "items": found[name]} for name in sorted(found, key=str.casefold)]


def whole_toolkit(doc: Document, site: Site) -> Payload:
    """A toolkit with the full text of each of its resources."""
    return {
        **campaigns.toolkit(doc, site),
        "resources": _apart(_resource(r, site) for r in campaigns.resources(doc, site)),
    }


def _resource(doc: Document, site: Site) -> Payload:
    return {**campaigns.resource(doc, site), "url": doc.url}


def _apart(resources: Iterable[Payload]) -> list[Payload]:
    """Resources for one document: the ids of each are its own."""
    return [{**shown, "body_html": own_ids(shown["body_html"], f"r{n}")} for n, shown in enumerate(resources, start=1)]


_PACK = ("key-messages", "facts", "model-motion", "petition", "survey", "checklist", "contacts")


def branch_pack(doc: Document, site: Site) -> Payload:
    """What a branch meeting needs of a toolkit, in its order: the plan, what to say, what to move, what to sign."""
    language = doc.fields.language or site.config.language
    chosen = [
        r
        for r in sorted(campaigns.resources(doc, site), key=lambda r: _rank(r.fields.type))
        if r.fields.type in _PACK and (r.fields.language or site.config.language) == language
    ]
    plans = [
        p
        for p in site.all("plan")
        if p.fields.campaign
        and p.fields.campaign == doc.fields.campaign
        and (p.fields.language or site.config.language) == language
    ]
    return {
        **campaigns.toolkit(doc, site),
        "pack": True,
        "resources": _apart([*(_plan_as_resource(p, site) for p in plans), *(_resource(r, site) for r in chosen)]),
    }


def _rank(kind: str) -> int:
    return _PACK.index(kind) if kind in _PACK else len(_PACK)


def _plan_as_resource(doc: Document, site: Site) -> Payload:
    shown = campaigns.plan(doc, site)
    points = "".join(
        f"<li>{'<strong>' + escape(p['lead_in']) + '</strong> ' if p['lead_in'] else ''}{p['html']}</li>"
        for p in shown["points"]
    )
    return {
        "url": doc.url,
        "type": "plan",
        "type_label": campaigns.TYPE_LABELS["plan"],
        "title": doc.title,
        "audience": "",
        "body_html": f"{shown['intro_html']}<ol>{points}</ol>{shown['outro_html']}",
        "questions": [],
        "post_text": "",
        "image": None,
    }


def _pack_sources(doc: Document, site: Site) -> Iterable[Document]:
    return (*campaigns.resources(doc, site), *(p for p in site.all("plan") if p.fields.campaign == doc.fields.campaign))


def _papers_of(doc: Document, site: Site) -> Iterable[Document]:
    held = site.conference_by_name[doc.name]
    return (*held.motions, *held.amendments, *held.composites)


# Heights of a line in points, of which the largest that fits the copy is taken; type is 0.78 of it, so that a bulletin
# is never under 9.6 points and a leaflet never under 12.
_LINES = [12.4, 12.6, 12.8, 13.0, 13.2, 13.4, 13.6, 13.8, 14.0, 14.2, 14.4, 14.6]
_LARGE_LINES = [15.2, 15.6, 16.0, 16.5, 17.0, 17.5, 18.0, 18.5, 19.0, 20.0]
_LARGER_LINES = [*_LARGE_LINES, 21.0, 22.0, 23.0, 24.0]
_POSTER_LINES = [*map(float, range(12, 27)), 28.0, 30.0, 33.0, 36.0]
_CARD_LINES = [10.4, 11.2, 12.0, 12.8, 13.4, 14.0, 14.6, 15.2, 16.0, 17.0, 18.0]

PRINTS: tuple[Print, ...] = (
    Print(kind="bulletin", name="bulletin", copied=True, template="print/bulletin.html", label="To print, A4",
          sheet={"size": "a4", "max_pages": 4, "sizes": _LINES}, view=bulletin),
    Print(kind="bulletin", name="bulletin-large", template="print/bulletin.html", label="Large print 16 pt",
          sheet={"size": "a4", "large": 16, "sizes": [20.4, 20.8, 21.2, 21.6, 22.0, 22.4, 22.8]}, view=bulletin),
    Print(kind="bulletin", name="bulletin-giant", template="print/bulletin.html", label="Large print 18 pt",
          sheet={"size": "a4", "large": 18, "sizes": [23.0, 23.4, 23.8, 24.2, 24.6, 25.0, 25.4]}, view=bulletin),
    Print(kind="conference", name="agenda", template="print/agenda.html", label="Agenda booklet, A4",
          sheet={"size": "a4"}, view=agenda, sources=_papers_of, word="Agenda, to edit"),
    Print(kind="conference", name="agenda-a5", template="print/agenda.html", label="Agenda booklet, A5",
          sheet={"size": "a5"}, view=agenda, sources=_papers_of),
    Print(kind="conference", name="agenda-large", template="print/agenda.html", label="Agenda, large print 16 pt",
          sheet={"size": "a4", "large": 16}, view=agenda, sources=_papers_of),
    Print(kind="conference", name="agenda-giant", template="print/agenda.html", label="Agenda, large print 18 pt",
          sheet={"size": "a4", "large": 18}, view=agenda, sources=_papers_of),
    Print(kind="motion", name="motion", template="print/motion.html", label="Motion sheet with its amendments, A4",
          sheet={"size": "a4"}, view=motion, word="Motion with its amendments, to edit"),
    Print(kind="composite", name="composite", template="print/motion.html", label="Composite sheet, A4",
          sheet={"size": "a4"}, view=motion, word="Composite, to edit"),
    Print(kind="amendment", name="amendment", template="print/amendment.html", label="Amendment sheet, A4",
          sheet={"size": "a4"}, view=amendment, word="Amendment, to edit", pdf=False),
    Print(kind="plan", shop=True, name="plan-a4", copied=True, template="print/plan-a4.html", label="Leaflet, A4",
          sheet={"size": "a4", "sizes": _LARGER_LINES}),
    Print(kind="plan", shop=True, name="plan-a3", template="print/plan-a3.html", label="Poster, A3",
          sheet={"size": "a3", "max_pages": 1, "sizes": _POSTER_LINES}),
    Print(kind="plan", shop=True, name="plan-a5", copied=True, template="print/plan-a5.html", label="Handout, A5",
          sheet={"size": "a5", "sizes": _LARGE_LINES}),
    Print(kind="plan", shop=True, name="plan-a6", copied=True, template="print/plan-a6.html", label="Wallet card, A6",
          sheet={"size": "a6", "max_pages": 2, "sizes": _CARD_LINES}),
    Print(kind="toolkit", name="toolkit", template="print/toolkit.html", label="The whole toolkit, A4",
          sheet={"size": "a4"}, view=whole_toolkit,
          sources=lambda doc, site: campaigns.resources(doc, site)),
    Print(kind="toolkit", name="pack", copied=True, template="print/toolkit.html", label="Branch-meeting pack, A4",
          sheet={"size": "a4"}, view=branch_pack, sources=_pack_sources),
)  # fmt: skip


def forms(site: Site, kind: str) -> list[Print]:
    """The printed documents of a kind that a site offers."""
    own = [each for each in PRINTS if each.kind == kind]
    if not site.config.print.greyscale:
        return own
    greys = [
        replace(
            each, name=f"{each.name}-grey", label=f"{each.label}, in greys", sheet={**each.sheet, "greyscale": True}
        )
        for each in own
        if each.copied
    ]
    return [*own, *greys]
