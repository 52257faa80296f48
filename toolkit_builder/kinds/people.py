"""Branches and the updates that their officers write."""

from __future__ import annotations

from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import Page, card, crumb, link
from toolkit_builder.model import Document, Payload
from toolkit_builder.motions import numbering
from toolkit_builder.site import Site, neighbours


def branch(doc: Document, site: Site) -> Payload:
    fields = doc.fields
    meeting = fields.meeting
    return {
        "title": doc.title,
        "region": fields.region,
        "employer": fields.employer,
        "welsh_name": fields.welsh_name,
        "logo": {"src": shapes.file_url(fields.logo), "alt": fields.logo_alt} if fields.logo else None,
        "contacts": [shapes.contact(c) for c in fields.contacts],
        "hours": list(fields.hours),
        "phone": fields.phone,
        "textphone": fields.textphone,
        "email": fields.email,
        "web": fields.web,
        "office_html": doc.parsed.get("office_html", ""),
        "meeting": {
            "date": meeting.date.isoformat() if meeting.date else "",
            "time": meeting.time,
            "place": meeting.place,
            "access": meeting.access,
            "link": meeting.link,
        }
        if meeting
        else None,
        "facts_html": doc.parsed.get("facts_html", []),
        "quotes": [q.model_dump(mode="json") for q in fields.quotes],
        "demand": fields.demand,
        "lobby": fields.lobby,
        "join_link": fields.join_link or site.config.organisation.join_link,
        "body_html": doc.parsed.get("html", ""),
        "imprint_html": doc.parsed.get("imprint_html", ""),
        "updates": [card(u, site) for u in updates_of(doc, site)],
        "downloads": [],
        "feed_url": f"{doc.url}feed.xml" if updates_of(doc, site) else "",
    }


def updates_of(doc: Document, site: Site) -> list[Document]:
    return [u for u in site.by_date("update") if u.fields.branch == doc.name]


def series(site: Site) -> dict[str, list[Document]]:
    """Updates by the folder of their series, in order of part."""
    found: dict[str, list[Document]] = {}
    for doc in site.all("update"):
        found.setdefault(doc.folder["series"], []).append(doc)
    return {
        name: numbering.in_order(sorted(docs, key=lambda d: str(d.fields.date or "")), key=_part)
        for name, docs in found.items()
    }


def _part(doc: Document) -> str:
    return "".join(c for c in doc.fields.part if c.isdigit()) or doc.fields.part or doc.name


def series_title(docs: list[Document]) -> str:
    return next(
        (d.fields.series for d in docs if d.fields.series), docs[0].folder["series"].replace("-", " ").capitalize()
    )


def update(doc: Document, site: Site) -> Payload:
    fields = doc.fields
    docs = series(site)[doc.folder["series"]]
    previous, following = neighbours(docs, doc)
    home = site.named("branch", fields.branch) if fields.branch else None
    return {
        "title": doc.title,
        "series": {"title": series_title(docs), "url": series_url(doc), "label": ""},
        "part": fields.part,
        "branch": link(home, site) if home else None,
        "author": fields.author,
        "date": fields.date.isoformat() if fields.date else "",
        "body_html": doc.parsed.get("html", ""),
        "contacts": [shapes.contact(c) for c in fields.contacts],
        "comments": [
            {"name": c.name, "date": c.date.isoformat() if c.date else "", "text": c.text}
            for c in fields.comments
            if c.approved
        ],
        "comments_closed": fields.comments_closed,
        "previous": link(previous, site) if previous else None,
        "next": link(following, site) if following else None,
    }


def series_url(doc: Document) -> str:
    return f"/updates/{shapes.slug(doc.folder['series'])}/"


def people_pages(site: Site) -> list[Page]:
    pages = []
    branches = site.all("branch")
    if branches:
        regions: dict[str, list[Document]] = {}
        for doc in sorted(branches, key=lambda d: (d.fields.region.lower(), d.title.lower())):
            regions.setdefault(doc.fields.region, []).append(doc)
        pages.append(
            Page(
                url="/branches/",
                template="branches.html",
                kind="branches",
                title="Find your branch",
                doc={
                    "title": "Find your branch",
                    "body_html": "",
                    "total": len(branches),
                    "regions": [
                        {"name": r, "id": shapes.slug(r), "branches": [card(b, site) for b in docs]}
                        for r, docs in regions.items()
                    ],
                },
                listed=branches,
            )
        )
    for docs in series(site).values():
        home = site.named("branch", docs[0].fields.branch) if docs[0].fields.branch else None
        pages.append(
            Page(
                url=series_url(docs[0]),
                template="series.html",
                kind="series",
                title=series_title(docs),
                doc={
                    "title": series_title(docs),
                    "body_html": "",
                    "branch": link(home, site) if home else None,
                    "parts": [card(d, site) for d in docs],
                },
                crumbs=(crumb(home.title, home.url),) if home else (),
                listed=tuple(docs),
            )
        )
    return pages
