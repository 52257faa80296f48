"""Documents with dates come in; Atom feeds of the newest go out, as jobs."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit_builder.frame import root_of
from toolkit_builder.kinds import people, shapes
from toolkit_builder.layout.draft import Draft
from toolkit_builder.model import Document
from toolkit_builder.site import Conference, Site

_ENTRIES = 20


def of_the_site(draft: Draft) -> None:
    """The site's feed, that of its news, and one for each branch that writes updates."""
    site = draft.site
    entries = [*site.all("news"), *site.all("update"), *site.all("bulletin"), *site.all("plan"), *site.all("toolkit")]
    _feed(draft, "/feed.xml", site.config.title, site.config.home, entries)
    if site.all("news"):
        _feed(draft, "/news/feed.xml", f"News: {site.config.title}", "/news/", site.all("news"))
    for branch in site.all("branch"):
        if updates := people.updates_of(branch, site):
            _feed(draft, f"{branch.url}feed.xml", branch.title, branch.url, updates)


def of_a_conference(draft: Draft, held: Conference) -> None:
    head = held.document
    _feed(draft, f"{head.url}feed.xml", head.title, head.url, [*held.bulletins, *held.motions, *held.composites])


def _feed(draft: Draft, url: str, title: str, page: str, docs: Iterable[Document]) -> None:
    site = draft.site
    dated = [doc for doc in docs if _moved(doc, site)]  # what has no date has no place among what is new
    newest = sorted(sorted(dated, key=lambda d: d.path), key=lambda d: _moved(d, site), reverse=True)[:_ENTRIES]
    entries = []
    for doc in newest:
        shown = shapes.card(doc, site)
        title_ = f"{shown['label']}: {shown['title']}" if doc.kind in {"motion", "composite"} else shown["title"]
        entries.append(
            {
                "id": doc.id,
                "title": title_,
                "url": doc.url,
                "date": shown["date"],
                "updated": _moved(doc, site),
                "summary": shown["summary"],
                "html": doc.parsed.get("html", ""),
                "author": getattr(doc.fields, "author", "") or getattr(doc.fields, "mover", ""),
                "resolve": site.resolves.get(doc.id, {}),
            }
        )
    payload = {
        "title": title,
        "subtitle": site.config.description,
        "language": site.config.language,
        "root": root_of(site),
        "url": url,
        "page": page,
        "author": site.config.organisation.name,
        "entries": entries,
    }
    draft.add(url[1:], "feed", payload, label=f"the feed {url}", reasons={d.path: d.digest for d in newest})


def when(doc: Document) -> str:
    """The day of a document's last change, as ISO text; empty where it has none."""
    fields = doc.fields
    date = fields.updated or fields.date
    return date.isoformat() if date else ""


def _moved(doc: Document, site: Site) -> str:
    """When a document was last changed; a paper without a date of its own has that of its conference."""
    held = site.conference_of(doc)
    return when(doc) or (held.document.fields.start.isoformat() if held else "")
