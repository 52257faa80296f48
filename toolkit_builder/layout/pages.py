"""A page comes in; its job goes out, and those of the documents that are printed and localised from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from toolkit_builder.build.jobs import Blob
from toolkit_builder.frame import page_payload, root_of
from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.prints import Print, forms
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.layout import printed
from toolkit_builder.layout.draft import Draft, output_path
from toolkit_builder.model import Document, Kept, Payload
from toolkit_builder.site import Site

if TYPE_CHECKING:
    from toolkit_builder.localise import publish


def lay_out(draft: Draft, page: Page, offered: Sequence[publish.Offer] = ()) -> None:
    """Everything that is made from one page; nothing where the theme has no template for it (reported elsewhere)."""
    if not draft.has(page.template):
        return
    prints = _prints_of(page, draft) if draft.printing else []
    words = [p for p in prints if p.word]
    more = _made_on_demand(page.document, draft)
    if prints or offered or more:
        downloads = [
            *more,
            *(o.download for o in offered),
            *(_download(page, each) for each in prints if each.pdf),
            *map(partial(_word_download, page), words),
        ]
        page = replace(page, doc=partial(_with_downloads, page, downloads))
    _page_job(draft, page)
    for each in prints:
        if each.pdf:
            printed.document_jobs(draft, page, each)
        else:
            printed.page_job(draft, page, each)
        if each.word:
            printed.word_job(draft, page, each)
    for offer in offered:
        printed.localised_jobs(draft, offer)


def _with_downloads(page: Page, more: Sequence[Payload]) -> Payload:
    shown = page.shown()
    return {**shown, "downloads": [*more, *shown.get("downloads", [])]}


def _made_on_demand(doc: Document | None, draft: Draft) -> list[Payload]:
    if doc is None or doc.kind != "branch":
        return []
    from toolkit_builder.localise import publish

    return publish.links(doc, draft.site, draft.theme)


def _page_job(draft: Draft, page: Page) -> None:
    site, theme, shared = draft.site, draft.theme, draft.shared
    payload = partial(_payload, draft, page)
    reasons = {**theme.closure_reasons(page.template), "site settings": shared.digest}
    if page.document:
        reasons[page.document.path] = page.document.digest
    for doc in (*page.quotes, *page.listed):
        reasons |= _facets(doc, site)
    reasons |= page.meta.get("reasons", {})
    more = page.meta.get("closures", ())
    draft.add(
        output_path(page.url),
        page.meta.get("format", "page"),
        payload() | page.meta["payload"] if "payload" in page.meta else payload,
        label=page.label,
        reasons=reasons,
        closure=":".join(map(draft.closure, (page.template, *filter(draft.has, more)))),
        parts=page.meta.get("parts", ""),
    )


def _payload(draft: Draft, page: Page) -> Payload:
    site, page = draft.site, replace(page, doc=page.shown())
    return {
        "template": page.template,
        "site": draft.shared,
        "page": page_payload(page, site),
        "doc": _by_digest(page),
        "listings": listings(draft, page.template),
        "resolve": printed.resolve(site, page.document, page.quotes),
        "label": page.label,
        "root": root_of(site),
    }


def _by_digest(page: Page) -> Payload:
    """What a page shows, large texts by their digest: most of its payload, known since the document was read."""
    return {k: Blob(v.digest) if isinstance(v, Kept) else v for k, v in page.shown().items()}


def _facets(doc: Document, site: Site) -> Mapping[str, str]:
    """What other pages show of a document, each by a name that `explain` can say: "the result of amendment 20.1"."""
    key = ("facets", doc.id)
    if key not in site.memo:
        shown = shapes.card(doc, site)
        name = (shown["label"] or shown["title"])[:1].lower() + (shown["label"] or shown["title"])[1:]
        facets = {f"the title of {name}": shown["title"], f"the text of {name}": doc.digest}
        if "result" in shown:
            facets[f"the result of {name}"] = shown["result"]["sentence"]
        site.memo[key] = facets
    found: Mapping[str, str] = site.memo[key]
    return found


def _prints_of(page: Page, draft: Draft) -> list[Print]:
    """The printed documents of a page, as far as the theme has templates for them."""
    if page.document is None:
        return []
    return [p for p in forms(draft.site, page.kind) if draft.has(p.template)]


def _download(page: Page, each: Print) -> Payload:
    return {
        "label": each.label,
        "url": f"/{printed.pdf_path(page, each)}",
        "format": "PDF",
        "size": None,
        "note": "",
    }


def _word_download(page: Page, each: Print) -> Payload:
    return {"label": each.word, "url": f"/{printed.word_path(page, each)}", "format": "Word", "size": None, "note": ""}


def listings(draft: Draft, template: str) -> Payload:
    """What the theme wants to know of the whole site on pages of this template, by the names of its listings."""
    found = {}
    for name, listing in draft.theme.settings.listings.items():
        if not listing.for_ or template in listing.for_:
            key = f"listing {name}"
            if key not in draft.memo:
                draft.memo[key] = [shapes.card(d, draft.site) for d in listed(draft, name)]
            found[name] = draft.memo[key]
    return found


def listed(draft: Draft, name: str) -> Iterable[Document]:
    """The documents of one listing, in its order."""
    listing = draft.theme.settings.listings[name]
    docs = [
        d
        for d in draft.site.all(listing.kind)
        if all(str(getattr(d.fields, k, "")) == v for k, v in listing.where.items())
    ]
    descending, field_name = listing.order.startswith("-"), listing.order.lstrip("-")
    docs.sort(key=lambda d: (str(getattr(d.fields, field_name, "") or d.title), d.path), reverse=descending)
    return docs[: listing.limit]
