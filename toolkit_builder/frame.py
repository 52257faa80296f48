"""A linked ``Site`` and a page in; what every template is given around the document out: ``site`` and ``page``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site


def root_of(site: Site) -> str:
    return site.config.base_url.rstrip("/")


def site_payload(site: Site) -> Payload:
    config = site.config
    organisation = config.organisation
    logo = {"src": shapes.file_url(organisation.logo), "alt": organisation.logo_alt} if organisation.logo else None
    return {
        "title": config.title,
        "description": config.description,
        "language": config.language,
        "base_url": root_of(site),
        "organisation": {
            "name": organisation.name,
            "short_name": organisation.short_name,
            "logo": logo,
            "address": organisation.address,
            "imprint_html": _inline(organisation.imprint),
            "join_link": organisation.join_link,
        },
        "contact": shapes.contact(config.contact),
        "menu": [{"title": m.title, "url": m.url} for m in config.menu],
        "footer_html": _inline(config.footer),
        "feeds": _site_feeds(site),
        "indexes": _indexes(site),
    }


def _inline(text: str) -> str:
    from toolkit_builder import prose

    return prose.inline(text) if text else ""


def _site_feeds(site: Site) -> list[Payload]:
    feeds = [{"title": site.config.title, "url": "/feed.xml"}]
    if site.all("news"):
        feeds.append({"title": f"News: {site.config.title}", "url": "/news/feed.xml"})
    return feeds


def _indexes(site: Site) -> list[Payload]:
    """The lists of everything that no menu need name, so that every page can be reached."""
    found = [shapes.crumb("All motions", "/motions/")] if site.all("motion") else []
    if any(known.subjects for known in site.facts.values()):
        found.append(shapes.crumb("All subjects", "/tags/"))
    return found


def page_payload(page: Page, site: Site) -> Payload:
    doc, config = page.document, site.config
    fields = doc.fields if doc else None
    language = (fields.language if fields else None) or page.meta.get("language") or config.language
    root = root_of(site)
    image = None
    if fields and fields.image:  # whoever shares a page fetches its picture from elsewhere: by its whole address
        src = shapes.file_url(fields.image)
        image = {"src": src, "alt": fields.image_alt, "share": root + src if root else ""}
    date = (fields.date or getattr(fields, "start", None)) if fields else None
    return {
        "kind": page.kind,
        "url": page.url,
        "title": page.title,
        "description": page.description or config.description,
        "language": language,
        "direction": shapes.direction(language),
        "canonical": root + page.url if root else "",
        "image": image,
        "date": date.isoformat() if date else "",
        "updated": fields.updated.isoformat() if fields and fields.updated else "",
        "breadcrumbs": [shapes.crumb("Home", config.home), *page.crumbs] if page.url != config.home else [],
        "tags": [shapes.tag(t) for t in fields.tags] if fields else [],
        "feeds": list(page.feeds),
        "jsonld": _jsonld(page, site, language, date.isoformat() if date else ""),
        "translations": _translations(doc, site) if doc else [],
        "draft": bool(fields and fields.draft),
    }


def _translations(doc: Document, site: Site) -> list[Payload]:
    """The same text in other languages: whatever names this file, or the file this one names, or its siblings."""
    found = []
    for other in translated(site).get(doc.id, ()):
        if other is not doc:
            language = other.fields.language or site.config.language
            found.append({"language": language, "name": _language_name(language), "url": other.url})
    return found


def translated(site: Site) -> Mapping[str, list[Document]]:
    """All documents of one text, by the id of each of them."""
    key = ("translations", "")
    if key not in site.memo:
        groups: dict[str, list[Document]] = {}
        for other in site.having("translation_of"):
            if original := site.original_of(other):
                groups.setdefault(original.id, [original]).append(other)
        site.memo[key] = {d.id: docs for docs in groups.values() for d in docs}
    found: Mapping[str, list[Document]] = site.memo[key]
    return found


def _language_name(tag: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return tag
    name = locale.get_language_name(locale.language) or tag
    return name[:1].upper() + name[1:]


_AS_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode

_SCHEMA_TYPES = {
    "news": "NewsArticle",
    "update": "BlogPosting",
    "conference": "Event",
    "bulletin": "PublicationIssue",
    "branch": "Organization",
    "motion": "LegislationObject",
    "toolkit": "Collection",
}


def _jsonld(page: Page, site: Site, language: str, date: str) -> str:
    """Structured data as JSON that is safe inside a script element."""
    root, organisation = root_of(site), site.config.organisation
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_TYPES.get(page.kind, "WebPage"),
        "name": page.title,
        "inLanguage": language,
    }
    if root:
        data["url"] = root + page.url
    if page.description:
        data["description"] = page.description
    if page.kind == "conference":
        data["startDate"] = date
        shown = page.shown()
        if shown["end"]:
            data["endDate"] = shown["end"]
        if shown["venue"] or shown["place"]:
            data["location"] = {
                "@type": "Place",
                "name": shown["venue"] or shown["place"],
                "address": shown["place"],
            }
    elif date:
        data["datePublished"] = date
    if page.kind in {"news", "update"}:
        data["headline"] = page.title
    if organisation.name and page.kind != "branch":
        data["organizer" if page.kind == "conference" else "publisher"] = {
            "@type": "Organization",
            "name": organisation.name,
        }
    return _AS_JSON(data).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
