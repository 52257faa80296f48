"""A linked ``Site`` in; its pages out, before the theme: one a document, and those that no single document makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from msgspec.structs import replace

from toolkit_builder.kinds import BY_NAME, campaigns, conferences, pages, papers, people, shapes
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import PAPERS, Conference, Site


def of_a_conference(held: Conference, docs: Iterable[Document], site: Site) -> list[Page]:
    """All pages of a conference. ``docs``: its own document, its papers and bulletins."""
    made = [document_page(doc, site) for doc in docs]
    made += conferences.conference_pages(held, site)
    for doc in (*held.motions, *held.composites):
        made += papers.view_pages(doc, site)
    return free(made, site)


def of_the_rest(docs: Iterable[Document], site: Site) -> list[Page]:
    """The pages of documents that are of no conference, and the lists of them."""
    lists = {page.url: page for page in (*people.people_pages(site), *pages.index_pages(site))}
    made = [_introduced(document_page(doc, site), lists) for doc in docs]
    return free([*made, *lists.values()], site)


def _introduced(page: Page, lists: Mapping[str, Page]) -> Page:
    """A page of a section (``news/index.md``) with the section's list below its text; any other page as it is."""
    listing = lists.get(page.url)
    if listing is None or page.kind != "page":
        return page
    shown = {**listing.shown(), "title": page.title, "body_html": page.shown()["body_html"]}
    return replace(listing, title=page.title, description=page.description, document=page.document, doc=shown)


def free(made: Iterable[Page], site: Site) -> list[Page]:
    """Pages that nobody wrote in their stead."""
    return [p for p in made if p.document is not None or p.url not in site.by_url]


def document_page(doc: Document, site: Site) -> Page:
    """The page of one document."""
    kind = BY_NAME[doc.kind]
    template = "home.html" if doc.kind == "page" and doc.url == site.config.home else kind.template
    paper = doc.kind in PAPERS
    return Page(
        url=doc.url,
        template=template,
        kind=doc.kind,
        title=shapes.title(doc, site),
        doc=partial(kind.view, doc, site),
        document=doc,
        description=shapes.summary(doc),
        quotes=papers.quoted(doc, site) if paper else (),
        listed=papers.listed(doc, site) if paper else _listed(doc, site),
        crumbs=crumbs(doc, site),
        feeds=_feeds_of(doc, site),
    )


def _listed(doc: Document, site: Site) -> tuple[Document, ...]:
    """The documents of which a document's page shows titles and results."""
    if doc.kind == "conference":
        held = site.conference_by_name[doc.name]
        return (*held.motions, *held.amendments, *held.composites, *held.bulletins)
    if doc.kind == "bulletin" and (conference := site.conference_of(doc)):
        return (*conference.motions, *conference.composites)
    if doc.kind == "toolkit":
        return tuple(campaigns.resources(doc, site))
    if doc.kind == "branch":
        return tuple(people.updates_of(doc, site))
    return ()


def crumbs(doc: Document, site: Site) -> tuple[Payload, ...]:
    """The steps down to a document's page, as links."""
    if doc.conference and doc.kind != "conference" and (held := site.conference_of(doc)):
        return (shapes.crumb(held.document.title, held.document.url),)
    if doc.kind == "resource" and (home := site.by_id.get(f"toolkit:{doc.folder['toolkit']}")):
        return (shapes.crumb(home.title, home.url),)
    if doc.kind == "update":
        docs = people.series(site)[doc.folder["series"]]
        return (shapes.crumb(people.series_title(docs), people.series_url(doc)),)
    if doc.kind == "branch":
        return (shapes.crumb("Branches", "/branches/"),)
    if doc.kind == "news":
        return (shapes.crumb("News", "/news/"),)
    if doc.kind == "page" and doc.url != "/":
        parent = doc.url.rstrip("/").rpartition("/")[0] + "/"
        if parent != "/" and (above := site.by_url.get(parent)):
            return (*crumbs(above, site), shapes.crumb(above.title, above.url))
    return ()


def _feeds_of(doc: Document, site: Site) -> tuple[Payload, ...]:
    if doc.kind == "conference" or (doc.kind == "branch" and people.updates_of(doc, site)):
        return ({"title": doc.title, "url": f"{doc.url}feed.xml"},)
    return ()
