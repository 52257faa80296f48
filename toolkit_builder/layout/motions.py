"""A draft comes in; the list of all motions goes out, conference by conference: an edit makes one of them anew."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from toolkit_builder.build.digests import compact_json, digest_of_value
from toolkit_builder.build.jobs import Blob
from toolkit_builder.build.parts import BESIDE
from toolkit_builder.formats.lists import MARK, PARTS
from toolkit_builder.kinds import papers
from toolkit_builder.kinds.papers import Listing
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.layout.draft import Draft
from toolkit_builder.site import Conference, Site

_STAGE = "listing"


def all_motions(draft: Draft) -> Page:
    """The page, each conference's rows by the digest of all that decides them."""
    site = draft.site
    if draft.recall:
        draft.recall.prepare(_STAGE, [held.name for held in site.conferences])
    listings = [_listing(held, draft) for held in site.conferences]
    page = papers.all_motions(listings, [[MARK, n] for n in range(len(listings))], site)
    lists, reasons = [], {}
    for held, each in zip(site.conferences, listings, strict=True):
        papers_of = site.shown[held.name].papers
        rows = digest_of_value([draft.code, site.world, held.name, papers_of])
        draft.blobs.keep(rows, partial(_rows, held, site))
        lists.append({"rows": Blob(rows)})
        reasons[f"what is listed of {each.title}"] = papers_of
    beside = ["page", "doc", "listings", "label"]
    payload = {PARTS: lists, BESIDE: beside, "at": [page.url, site.config.language]}
    return replace(page, meta={"parts": PARTS, "payload": payload, "reasons": reasons})


def _rows(held: Conference, site: Site) -> str:
    return compact_json(papers.rows(held, site)).decode()


def _listing(held: Conference, draft: Draft) -> Listing:
    site = draft.site
    key = f"{site.world}:{site.shown[held.name].papers}"
    known = draft.recall and draft.recall.known(_STAGE, held.name, key, Listing.from_json)
    if known:
        return known
    made = papers.listing(held, site)
    return draft.recall.keep(_STAGE, held.name, key, made, Listing.to_json) if draft.recall else made
