"""A page and a form of print come in; two jobs go out: the print page (kept), and the PDF, keyed by its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from toolkit_builder import pictures
from toolkit_builder.build.jobs import Blob, Named, Output
from toolkit_builder.build.keys import names_in
from toolkit_builder.frame import page_payload, root_of
from toolkit_builder.kinds.prints import Print, at_the_shop
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.layout.draft import Draft
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site
from toolkit_builder.theme.colours import brand_css

if TYPE_CHECKING:
    from toolkit_builder.localise import publish

_FOR_THE_SHOP = {"leaflet", "poster", "postcard", "petition"}
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif")


def pdf_path(page: Page, each: Print) -> str:
    return f"{page.url[1:]}{each.name}.pdf"


def word_path(page: Page, each: Print) -> str:
    return f"{page.url[1:]}{each.name}.docx"


def page_job(draft: Draft, page: Page, each: Print) -> tuple[str, dict[str, str]]:
    """The print page of a document in one form: its path, and the reasons for making what is made from it."""
    site, theme, doc = draft.site, draft.theme, page.document
    assert doc is not None
    sources = (*page.quotes, *each.sources(doc, site))
    shown = each.view(doc, site) if each.view else page.shown()
    label = f"{doc.path} ({each.label})"
    payload = {
        "template": each.template,
        "site": draft.shared,
        "page": page_payload(page, site),
        "doc": shown,
        "sheet": dict(each.sheet),
        "listings": {},
        "resolve": resolve(site, doc, sources),
        "label": label,
        "root": root_of(site),
    }
    html = f".print/{page.url[1:]}{each.name}.html"
    reasons = (
        theme.closure_reasons(each.template)
        | {d.path: d.digest for d in (doc, *sources)}
        | {"site settings": draft.shared.digest}
    )
    draft.add(
        html,
        "print-page",
        payload,
        label=label,
        closure=draft.closure(each.template),
        reasons=reasons,
        publish=False,
    )
    return html, reasons


def document_jobs(draft: Draft, page: Page, each: Print) -> None:
    """The print page of a document in one form, and its PDF."""
    site, doc = draft.site, page.document
    assert doc is not None
    html, reasons = page_job(draft, page, each)
    draft.files.setdefault(doc.id, []).append(pdf_path(page, each))
    draft.add(
        pdf_path(page, each),
        "pdf",
        {
            "html": Output(html),
            "title": page.title,
            "language": page_payload(page, site)["language"],
            "path": doc.path,
            **press(draft, html),
            "root": root_of(site),
            "seconds": site.config.print.seconds,
            "sheet": {**each.sheet, **(at_the_shop(site) if each.shop else {})},
        },
        label=f"{doc.path} ({each.label})",
        reasons=reasons,
        heavy=True,
    )


def word_job(draft: Draft, page: Page, each: Print) -> None:
    """The Word file of a printed document, keyed by the page that the PDF is made from."""
    site, doc = draft.site, page.document
    assert doc is not None
    path = word_path(page, each)
    draft.files.setdefault(doc.id, []).append(path)
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


def localised_jobs(draft: Draft, offer: publish.Offer) -> None:
    """A branch's document: the job of a Word file; or as `document_jobs`, a print page and the PDF of it."""
    first, template = offer.documents[0], offer.template
    label = f"{template.path} for {first.title}" if len(offer.documents) > 1 else template.path
    reasons = {d.path: d.digest for d in offer.documents}
    if offer.format != "pdf":
        payload = offer.payload
        if logo := payload.get("logo") or next((p["logo"] for p in payload.get("parts", ()) if p["logo"]), None):
            picture = logo_file(draft, logo["path"])
            payload = {**payload, "pictures": {picture["path"]: picture["data"]} if picture else {}}
        draft.add(offer.path, offer.format, payload, label=label, reasons=reasons, heavy=True)
        return
    name, html = offer.payload["template"], f".print/{offer.path}.html"
    reasons |= draft.theme.closure_reasons(name) | {"site settings": offer.payload["site"].digest}
    draft.add(
        html,
        "print-page",
        offer.payload,
        label=label,
        closure=draft.closure(name),
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
            **press(draft, html),
            "root": offer.payload["root"],
            "seconds": draft.site.config.print.seconds,
            "sheet": {**offer.payload["sheet"], **(at_the_shop(draft.site) if template.type in _FOR_THE_SHOP else {})},
        },
        label=label,
        reasons=reasons,
        heavy=True,
    )


def press(draft: Draft, html: str) -> Payload:
    """What the print page at ``html`` may use: the theme's style sheets, fonts and pictures, and of the content's
    pictures those that it names."""
    if "press" not in draft.memo:
        folder, files = f"themes/{draft.theme.name}/print", sorted(draft.theme.print_files.items())
        sheets = {n: data for n, data in files if n.endswith(".css")} | {"brand.css": brand_css(draft.theme)}
        named = set().union(*(names_in(data.decode("utf-8", "replace")) for data in sheets.values()))
        shown = {path: each for path, each in _pictures(draft).items() if not named.isdisjoint(names_in(path))}
        draft.memo["press"] = {
            "stylesheets": {f"{folder}/{n}": draft.blob(data) for n, data in sheets.items()},
            "assets": {f"{folder}/{n}": draft.blob(data) for n, data in files if n not in sheets} | shown,
        }
    return {**draft.memo["press"], "pictures": Named(html, _pictures(draft))}


def _pictures(draft: Draft) -> Mapping[str, Output | Blob]:
    """Every picture of the content: by digest, so that only a PDF that is made loads it."""
    if "pictures" not in draft.memo:
        names = [(asset.path.removeprefix("content/"), asset) for asset in draft.assets if is_picture(asset.path)]
        draft.memo["pictures"] = {
            name: Output(name) if name.lower().endswith(pictures.PHOTOGRAPHS) else draft.file(asset)
            for name, asset in names
        }
    found: Mapping[str, Output | Blob] = draft.memo["pictures"]
    return found


def logo_file(draft: Draft, path: str) -> Payload | None:
    """A branch's logo as it is published: ``path`` and ``data``; none where linking has found that it is missing."""
    data = _pictures(draft).get(path)
    return {"path": path, "data": data} if data is not None else None


def is_picture(path: str) -> bool:
    return path.lower().endswith(_PICTURES)


def resolve(site: Site, doc: Document | None, sources: Iterable[Document]) -> Payload:
    """Addresses and titles behind the links and mentions of a page: its own, and those of what it shows."""
    found: Payload = dict(site.resolves.get(doc.id, {})) if doc else {}
    for other in sources:  # a motion's page shows its amendments' words, whose references must lead as well
        if more := site.resolves.get(other.id):
            found = {"own": more["own"], **{k: {**more[k], **found.get(k, {})} for k in ("links", "mentions")}}
    return found
