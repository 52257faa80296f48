"""A linked ``Site`` and a ``Theme`` in; jobs out: every file of the site, with the payload it is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from typing import Any

from toolkit_builder import downloads, editions, misfits, pictures, redirects
from toolkit_builder.build.jobs import Job, Output, SharedValue
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import FORMATS
from toolkit_builder.frame import page_payload, root_of, site_payload
from toolkit_builder.kinds import people, shapes
from toolkit_builder.kinds.prints import PRINTS, Print, at_the_shop
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.linking import address_of
from toolkit_builder.localise import makepages, publish
from toolkit_builder.model import Document, Payload
from toolkit_builder.pageset import document_page, every_page
from toolkit_builder.site import Site
from toolkit_builder.sources import Asset
from toolkit_builder.theme import Theme, brand_css

_FEED_ENTRIES = 20


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """All jobs of a build, and the large values that they refer to by digest."""

    jobs: tuple[Job, ...]
    blobs: Mapping[str, bytes | str]
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(kw_only=True)
class _Draft:
    """Jobs in the making."""

    site: Site
    theme: Theme
    code: str
    jobs: list[Job] = field(default_factory=list)
    blobs: dict[str, bytes | str] = field(default_factory=dict)
    pdfs: dict[str, list[str]] = field(default_factory=dict)

    def add(
        self,
        path: str,
        format: str,
        payload: Payload,
        *,
        label: str,
        closure: str = "",
        reasons: Mapping[str, str] | None = None,
        publish: bool = True,
        heavy: bool = False,
    ) -> None:
        self.jobs.append(
            Job(
                path=path,
                format=format,
                payload=payload,
                label=label,
                reasons=reasons or {},
                closure=f"{self.code}:{FORMATS[format].version}:{closure}",
                publish=publish,
                heavy=heavy,
            )
        )


def blueprint(
    site: Site,
    theme: Theme,
    assets: Sequence[Asset],
    code: str,
    texts: Mapping[str, str],
    *,
    pins: Mapping[str, Any] | None = None,
    printing: bool = True,
) -> Blueprint:
    """Lay out the whole site. ``code`` is the digest of the builder itself; ``texts`` each source file's text."""
    draft = _Draft(site=site, theme=theme, code=code)
    listed = [*every_page(site), *makepages.make_pages(site, theme, printing=printing)]
    diagnostics = (
        misfits.address_clashes(listed)
        + misfits.missing_templates(listed, theme)
        + misfits.late_links(site, listed, assets, texts)
    )
    shared = SharedValue.of(site_payload(site))
    offered, shortfalls = publish.offers(site, theme, shared, printing=printing)
    diagnostics += shortfalls
    for page in listed:
        if theme.has(page.template):
            prints = _prints_of(page, theme) if printing else []
            if prints:
                page = replace(
                    page,
                    doc={
                        **page.doc,
                        "downloads": [
                            *map(partial(_download, page), prints),
                            *(_word_download(page, p) for p in prints if p.word),
                            *page.doc.get("downloads", []),
                        ],
                    },
                )
            localised = offered.get(page.document.id, []) if page.document else []
            more = publish.links(page.document, site, theme) if page.document else []
            if localised or more:
                page = replace(
                    page,
                    doc={
                        **page.doc,
                        "downloads": [*more, *(o.download for o in localised), *page.doc.get("downloads", [])],
                    },
                )
            _page_job(draft, page, shared)
            for each in prints:
                _print_jobs(draft, page, each, shared, assets)
                if each.word:
                    _word_job(draft, page, each)
            for offer in localised:
                _localised_jobs(draft, offer, assets)
    _feeds(draft)
    _plain_files(draft, listed)
    downloads.add_files(site, texts, pins or {}, draft.pdfs, draft.add)
    _redirects(draft, diagnostics, {p.url for p in listed}, texts)
    _old_numbers(draft, {p.url for p in listed})
    _assets(draft, diagnostics, assets)
    return Blueprint(jobs=tuple(draft.jobs), blobs=draft.blobs, diagnostics=tuple(diagnostics))


def print_jobs(
    site: Site, theme: Theme, assets: Sequence[Asset], code: str, wanted: Iterable[tuple[Document, Print]]
) -> Blueprint:
    """Only the jobs of these printed documents, in order, and of the files that they may show."""
    draft = _Draft(site=site, theme=theme, code=code)
    shared = SharedValue.of(site_payload(site))
    for doc, each in wanted:
        _print_jobs(draft, document_page(doc, site), each, shared, assets)
    _assets(draft, [], assets)
    return Blueprint(jobs=tuple(draft.jobs), blobs=draft.blobs)


def output_path(url: str) -> str:
    """The file behind an address: ``/news/`` is ``news/index.html``."""
    return f"{url[1:]}index.html" if url.endswith("/") else url[1:]


def _page_job(draft: _Draft, page: Page, shared: SharedValue) -> None:
    site, theme = draft.site, draft.theme
    resolve = _resolve(site, page.document, page.quotes)
    listings = _listings(draft, page.template)
    payload = {
        "template": page.template,
        "site": shared,
        "page": page_payload(page, site),
        "doc": _by_digest(page),
        "listings": listings,
        "resolve": resolve,
        "label": page.label,
        "root": root_of(site),
    }
    reasons = {**theme.closure_reasons(page.template), "site settings": shared.digest}
    if page.document:
        reasons[page.document.path] = page.document.digest
    for doc in (*page.quotes, *page.listed):
        reasons |= _facets(doc, site)
    more = page.meta.get("closures", ())
    draft.add(
        output_path(page.url),
        page.meta.get("format", "page"),
        payload | page.meta.get("payload", {}),
        label=page.label,
        reasons=reasons,
        closure=":".join(map(theme.closure_digest, (page.template, *filter(theme.has, more)))),
    )


def _by_digest(page: Page) -> Payload:
    """What a page shows, a paper's own text by its digest: most of its payload, known since the paper was read."""
    digest = page.document.parsed.get("html_digest") if page.document else None
    if not digest or page.doc.get("text_html") is not page.document.parsed["html"]:  # type: ignore[union-attr]
        return page.doc
    return {**page.doc, "text_html": SharedValue(digest, page.doc["text_html"])}


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


def _prints_of(page: Page, theme: Theme) -> list[Print]:
    """The printed documents of a page, as far as the theme has templates for them."""
    if page.document is None:
        return []
    return [p for p in PRINTS if p.kind == page.kind and theme.has(p.template)]


def _pdf_path(page: Page, each: Print) -> str:
    return f"{page.url[1:]}{each.name}.pdf"


def _download(page: Page, each: Print) -> Payload:
    return {"label": each.label, "url": f"/{_pdf_path(page, each)}", "format": "PDF", "size": None, "note": ""}


def _print_jobs(draft: _Draft, page: Page, each: Print, shared: SharedValue, assets: Sequence[Asset]) -> None:
    """Two jobs: the print page (kept, not published), and the PDF, keyed by that page's bytes."""
    site, theme, doc = draft.site, draft.theme, page.document
    assert doc is not None
    sources = (*page.quotes, *each.sources(doc, site))
    shown = each.view(doc, site) if each.view else page.doc
    inner = page_payload(page, site)
    label = f"{doc.path} ({each.label})"
    payload = {
        "template": each.template,
        "site": shared,
        "page": inner,
        "doc": shown,
        "sheet": dict(each.sheet),
        "listings": {},
        "resolve": _resolve(site, doc, sources),
        "label": label,
        "root": root_of(site),
    }
    html = f".print/{page.url[1:]}{each.name}.html"
    reasons = (
        theme.closure_reasons(each.template)
        | {d.path: d.digest for d in (doc, *sources)}
        | {"site settings": shared.digest}
    )
    draft.add(
        html,
        "print-page",
        payload,
        label=label,
        closure=theme.closure_digest(each.template),
        reasons=reasons,
        publish=False,
    )
    draft.pdfs.setdefault(doc.id, []).append(_pdf_path(page, each))
    draft.add(
        _pdf_path(page, each),
        "pdf",
        {
            "html": Output(html),
            "title": page.title,
            "language": inner["language"],
            "path": doc.path,
            **_press(draft, assets),
            "root": root_of(site),
            "seconds": site.config.print.seconds,
            "sheet": {**each.sheet, **(at_the_shop(site) if each.shop else {})},
        },
        label=label,
        reasons=reasons,
        heavy=True,
    )


def _word_download(page: Page, each: Print) -> Payload:
    return {"label": each.word, "url": f"{page.url}{each.name}.docx", "format": "Word", "size": None, "note": ""}


def _word_job(draft: _Draft, page: Page, each: Print) -> None:
    """The Word file of a printed document, keyed by the page that the PDF is made from."""
    site, doc = draft.site, page.document
    assert doc is not None
    path = f"{page.url[1:]}{each.name}.docx"
    draft.pdfs.setdefault(doc.id, []).append(path)
    draft.add(
        path,
        "paper-docx",
        {
            "html": Output(f".print/{page.url[1:]}{each.name}.html"),
            "title": page.title,
            "language": doc.fields.language or site.config.language,
            "author": site.config.organisation.name or site.config.title,
            "subject": each.word,
            "root": root_of(site),
        },
        label=f"{doc.path} ({each.word})",
        reasons={doc.path: doc.digest},
        heavy=True,
    )


_FOR_THE_SHOP = {"leaflet", "poster", "postcard", "petition"}


def _localised_jobs(draft: _Draft, offer: publish.Offer, assets: Sequence[Asset]) -> None:
    """A branch's document: the job of a Word file; or as `_print_jobs`, a print page and the PDF of it."""
    first, template = offer.documents[0], offer.template
    label = f"{template.path} for {first.title}" if len(offer.documents) > 1 else template.path
    reasons = {d.path: d.digest for d in offer.documents}
    if offer.format != "pdf":
        draft.add(offer.path, offer.format, offer.payload, label=label, reasons=reasons, heavy=True)
        return
    name, html = offer.payload["template"], f".print/{offer.path}.html"
    reasons |= draft.theme.closure_reasons(name) | {"site settings": offer.payload["site"].digest}
    draft.add(
        html,
        "print-page",
        offer.payload,
        label=label,
        closure=draft.theme.closure_digest(name),
        reasons=reasons,
        publish=False,
    )
    draft.add(
        offer.path,
        "pdf",
        {
            "html": Output(html),
            "title": offer.payload["page"]["title"],
            "language": template.language,
            "path": template.path,
            **_press(draft, assets),
            "root": offer.payload["root"],
            "seconds": draft.site.config.print.seconds,
            "sheet": {**offer.payload["sheet"], **(at_the_shop(draft.site) if template.type in _FOR_THE_SHOP else {})},
        },
        label=label,
        reasons=reasons,
        heavy=True,
    )


def _press(draft: _Draft, assets: Sequence[Asset]) -> Payload:
    """The style sheets, fonts and pictures that any print page may use."""
    key = ("press", "")
    if key not in draft.site.memo:
        folder, files = f"themes/{draft.theme.name}/print", sorted(draft.theme.print_files.items())
        styles = {f"{folder}/{n}": draft_blob(draft, d) for n, d in files if n.endswith(".css")}
        styles[f"{folder}/brand.css"] = draft_blob(draft, brand_css(draft.theme))
        fonts = {f"{folder}/{n}": draft_blob(draft, d) for n, d in files if not n.endswith(".css")}
        draft.site.memo[key] = {"stylesheets": styles, "assets": {**fonts, **_pictures(draft, assets)}}
    found: Payload = draft.site.memo[key]
    return found


_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif")


def _pictures(draft: _Draft, assets: Sequence[Asset]) -> Payload:
    """Every picture of the content, for print pages to show: by digest, so that only a PDF that is made loads it."""
    key = ("pictures", "")
    if key not in draft.site.memo:
        names = [(a, a.path.removeprefix("content/")) for a in assets if a.path.lower().endswith(_PICTURES)]
        draft.site.memo[key] = {
            name: Output(name)
            if name.lower().endswith(pictures.PHOTOGRAPHS)
            else draft_blob(draft, a.file.read_bytes())
            for a, name in names
        }
    found: Payload = draft.site.memo[key]
    return found


def _resolve(site: Site, doc: Document | None, sources: Iterable[Document]) -> Payload:
    """Addresses and titles behind the links and mentions of a page: its own, and those of what it shows."""
    found: Payload = dict(site.resolves.get(doc.id, {})) if doc else {}
    for other in sources:  # a motion's page shows its amendments' words, whose references must lead as well
        if more := site.resolves.get(other.id):
            found = {"own": more["own"], **{k: {**more[k], **found.get(k, {})} for k in ("links", "mentions")}}
    return found


def _listings(draft: _Draft, template: str) -> Payload:
    site, found = draft.site, {}
    for name, listing in draft.theme.settings.listings.items():
        if listing.for_ and template not in listing.for_:
            continue
        key = ("listing", name)
        if key not in site.memo:
            docs = [
                d
                for d in site.all(listing.kind)
                if all(str(getattr(d.fields, k, "")) == v for k, v in listing.where.items())
            ]
            descending, field_name = listing.order.startswith("-"), listing.order.lstrip("-")
            docs.sort(key=lambda d: (str(getattr(d.fields, field_name, "") or d.title), d.path), reverse=descending)
            site.memo[key] = [shapes.card(d, site) for d in docs[: listing.limit]]
        found[name] = site.memo[key]
    return found


def _feeds(draft: _Draft) -> None:
    site = draft.site
    entries = [*site.all("news"), *site.all("update"), *site.all("bulletin"), *site.all("plan"), *site.all("toolkit")]
    _feed(draft, "/feed.xml", site.config.title, site.config.home, entries)
    if site.all("news"):
        _feed(draft, "/news/feed.xml", f"News: {site.config.title}", "/news/", site.all("news"))
    for held in site.conferences:
        head = held.document
        _feed(draft, f"{head.url}feed.xml", head.title, head.url, [*held.bulletins, *held.motions, *held.composites])
    for branch in site.all("branch"):
        if updates := people.updates_of(branch, site):
            _feed(draft, f"{branch.url}feed.xml", branch.title, branch.url, updates)


def _feed(draft: _Draft, url: str, title: str, page: str, docs: Iterable[Document]) -> None:
    site = draft.site
    dated = [doc for doc in docs if _moved(doc, site)]  # what has no date has no place among what is new
    newest = sorted(sorted(dated, key=lambda d: d.path), key=lambda d: _moved(d, site), reverse=True)[:_FEED_ENTRIES]
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


def _when(doc: Document) -> str:
    fields = doc.fields
    date = fields.updated or fields.date
    return date.isoformat() if date else ""


def _moved(doc: Document, site: Site) -> str:
    """When a document was last changed; a paper without a date of its own has that of its conference."""
    held = site.conference_of(doc)
    return _when(doc) or (held.document.fields.start.isoformat() if held else "")


def _plain_files(draft: _Draft, listed: Sequence[Page]) -> None:
    site = draft.site
    root = root_of(site)
    draft.add("robots.txt", "robots", {"root": root, "allow": site.config.robots == "allow"}, label="robots.txt")
    if root:
        public = [
            {"url": p.url, "updated": _when(p.document) if p.document else ""}
            for p in listed
            if p.url != "/404.html" and p.kind != "motion-view"
        ]
        draft.add(
            "sitemap.xml",
            "sitemap",
            {"root": root, "pages": sorted(public, key=lambda p: p["url"])},
            label="sitemap.xml",
        )


def _redirects(draft: _Draft, diagnostics: list[Diagnostic], taken: set[str], texts: Mapping[str, str]) -> None:
    found, problems = redirects.redirects(draft.site, taken, texts)
    diagnostics += problems
    for each in found:
        path = each.doc.path if each.doc else "toolkit.yaml"
        draft.add(
            output_path(each.url),
            "redirect",
            {
                "url": each.url,
                "target": each.target,
                "title": each.title,
                "root": root_of(draft.site),
                "language": each.language,
            },
            label=path,
            reasons={path: each.doc.digest} if each.doc else {},
        )


def _old_numbers(draft: _Draft, taken: set[str]) -> None:
    """Links to a paper's number in an earlier edition lead to the paper, where no other paper has that number now."""
    site = draft.site
    for held in site.conferences:
        for doc in (*held.motions, *held.amendments, *held.composites):
            for number in doc.fields.numbers.values():
                url = f"{doc.url.rstrip('/').rpartition('/')[0]}/{address_of(number)}/"
                if url not in taken:
                    taken.add(url)
                    draft.add(
                        output_path(url),
                        "redirect",
                        {
                            "url": url,
                            "target": doc.url,
                            "title": shapes.title(doc, site),
                            "root": root_of(site),
                            "language": site.config.language,
                        },
                        label=doc.path,
                        reasons={doc.path: doc.digest},
                    )


def _assets(draft: _Draft, diagnostics: list[Diagnostic], assets: Sequence[Asset]) -> None:
    for asset in assets:
        if editions.is_pin(asset.path):
            continue
        path = asset.path.removeprefix("content/")
        data = asset.file.read_bytes()
        payload: Payload = {"data": draft_blob(draft, data)}
        if path.lower().endswith(".svg"):
            diagnostics += pictures.drawing(data, asset.path)
        photograph = path.lower().endswith(pictures.PHOTOGRAPHS)
        draft.add(
            path,
            "picture" if photograph else "copy",
            {**payload, "path": asset.path} if photograph else payload,
            label=asset.path,
            reasons={asset.path: asset.digest},
        )
    files = {**draft.theme.assets, "css/brand.css": brand_css(draft.theme)}
    if draft.theme.has(makepages.MAKE):
        files["css/print.css"] = makepages.screen_css(draft.theme)
    for name, data in sorted(files.items()):
        draft.add(
            f"assets/{name}",
            "copy",
            {"data": draft_blob(draft, data)},
            label=f"theme: assets/{name}",
            reasons={f"theme: assets/{name}": blake2b(data, digest_size=8).hexdigest()},
        )


def draft_blob(draft: _Draft, data: bytes) -> Any:
    from toolkit_builder.build.cache import blob_of

    blob = blob_of(data)
    draft.blobs[blob.digest] = data
    return blob
