"""News, plain pages, the home page, and the indexes by tag and year."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import Page, card, link
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site, neighbours

_RELATED = 4
_SECTIONS = {"/plans/": "plan", "/toolkits/": "toolkit", "/conferences/": "conference"}
"""Sections that have no page unless somebody writes one; it then lists these kinds."""


def news(doc: Document, site: Site) -> Payload:
    fields = doc.fields
    following, previous = neighbours(site.by_date("news"), doc)
    return {
        "title": doc.title,
        "date": fields.date.isoformat(),
        "author": fields.author,
        "standfirst": fields.standfirst,
        "body_html": doc.parsed.get("html", ""),
        "headings": doc.parsed.get("headings", []),
        "related": [card(d, site) for d in related(doc, site)],
        "sign_up": fields.sign_up,
        "comments_closed": fields.comments_closed,
        "previous": link(previous, site) if previous else None,
        "next": link(following, site) if following else None,
    }


def related(doc: Document, site: Site) -> list[Document]:
    """What the author named; else the newest documents that share most tags."""
    if doc.fields.related:
        return [d for r in doc.fields.related if (d := site.lookup(r))]
    tags = {t.lower() for t in doc.fields.tags}
    scored = [
        (len(tags & {t.lower() for t in d.fields.tags}), str(d.fields.date or ""), d.id)
        for kind in ("news", "plan", "toolkit")
        for d in site.all(kind)
        if d is not doc
    ]
    return [site.by_id[i] for n, _, i in sorted(scored, reverse=True)[:_RELATED] if n]


def page(doc: Document, site: Site) -> Payload:
    every = site.all(_SECTIONS.get(doc.url, "page")) if doc.url != "/" else ()
    below = [
        d for d in every if d is not doc and d.url.startswith(doc.url) and d.url.count("/") == doc.url.count("/") + 1
    ]
    below.sort(key=lambda d: (getattr(d.fields, "order", 0), d.title.lower()))
    return {
        "title": doc.title,
        "body_html": doc.parsed.get("html", ""),
        "headings": doc.parsed.get("headings", []),
        "contact": shapes.contact(site.config.contact) if doc.fields.contact else None,
        "children": [card(d, site) for d in below],
        **(home_lists(site) if doc.url == site.config.home else {}),
    }


def home_lists(site: Site) -> Payload:
    bulletins = [b for c in site.conferences for b in reversed(c.bulletins)]
    toolkits = _originals(site.all("toolkit"))
    return {
        "conferences": [card(c.document, site) for c in site.conferences],
        "plans": [card(d, site) for d in _originals(site.all("plan"))],
        "toolkits": [card(d, site) for d in toolkits],
        "news": [card(d, site) for d in site.by_date("news")[:6]],
        "bulletins": [card(b, site) for b in bulletins[:4]],
        "branches": len(site.all("branch")),
        "featured": card(toolkits[0], site) if toolkits else None,
    }


def _originals(docs: Sequence[Document]) -> list[Document]:
    """Without translations: they are a step away, on the page of the original."""
    return [d for d in docs if not d.fields.translation_of]


def index_pages(site: Site) -> list[Page]:
    """The home page where nobody wrote one, the news by year, and the page for a wrong address."""
    pages = []
    if site.config.home == "/" and "/" not in site.by_url:
        listed = (
            *(c.document for c in site.conferences),
            *site.all("plan"),
            *site.all("toolkit"),
            *site.by_date("news")[:6],
        )
        pages.append(
            Page(
                url="/",
                template="home.html",
                kind="home",
                title=site.config.title,
                doc={"title": site.config.title, "body_html": "", "headings": [], **home_lists(site)},
                listed=listed,
            )
        )
    items = site.by_date("news")
    if items:
        years: dict[int, list[Payload]] = {}
        for doc in items:
            years.setdefault(doc.fields.date.year, []).append(card(doc, site))
        pages.append(
            Page(
                url="/news/",
                template="news-index.html",
                kind="news-index",
                title="News",
                doc={"title": "News", "body_html": "", "years": [{"year": y, "items": c} for y, c in years.items()]},
                listed=items,
            )
        )
    pages.append(
        Page(url="/404.html", template="404.html", kind="404", title="Page not found", doc={"title": "Page not found"})
    )
    return pages


_TAG_GROUPS = (
    ("Plans", "plan"),
    ("Toolkits", "toolkit"),
    ("Resources", "resource"),
    ("Motions", "motion"),
    ("Amendments", "amendment"),
    ("Composites", "composite"),
    ("Bulletins", "bulletin"),
    ("News", "news"),
    ("Branch updates", "update"),
    ("Branches", "branch"),
    ("Conferences", "conference"),
    ("Pages", "page"),
)


class Subject(Struct, frozen=True):
    """A tag as its first user wrote it, and every document that has it. ``key`` is the last part of its address."""

    key: str
    name: str
    documents: tuple[Document, ...]


def subjects(site: Site) -> list[Subject]:
    """All tags of the site, by address."""
    named: dict[str, tuple[str, str]] = {}
    tagged: dict[str, list[Document]] = {}
    for volume in site.volumes:
        for key, (name, places, _) in site.facts[volume.name].subjects.items():
            docs = [volume.documents[n] for n in places]
            tagged.setdefault(key, []).extend(docs)
            named[key] = min((docs[0].path, name), named.get(key, (docs[0].path, name)))
    return [Subject(key, named[key][1], tuple(sorted(tagged[key], key=attrgetter("path")))) for key in sorted(tagged)]


def tag_page(subject: Subject, site: Site) -> Page:
    docs = subject.documents
    by_kind = {kind: [d for d in docs if d.kind == kind] for kind in dict.fromkeys(d.kind for d in docs)}
    groups = [
        {"title": heading, "items": [card(d, site) for d in by_kind[kind]]}
        for heading, kind in _TAG_GROUPS
        if kind in by_kind
    ]
    return Page(
        url=f"/tags/{subject.key}/",
        template="tag.html",
        kind="tag",
        title=subject.name,
        doc={"title": subject.name, "name": subject.name, "groups": groups},
        listed=tuple(d for group in by_kind.values() for d in group),
    )


def tags_page(tagged: Sequence[Subject]) -> Page:
    counts = [
        {"name": s.name, "url": f"/tags/{s.key}/", "count": len(s.documents)}
        for s in sorted(tagged, key=lambda s: s.name.lower())
    ]
    return Page(
        url="/tags/", template="tags.html", kind="tags", title="Subjects", doc={"title": "Subjects", "tags": counts}
    )
