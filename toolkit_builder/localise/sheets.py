"""A branch's document and what it is printed on in; the payloads of its print page and of its PDF out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder.kinds.shapes import direction
from toolkit_builder.localise import languages
from toolkit_builder.localise.documents import Made
from toolkit_builder.localise.resources import Template
from toolkit_builder.model import Payload
from toolkit_builder.theme import Theme
from toolkit_builder.theme.colours import brand_css

NO_COLUMNS = {"print/leaflet-dl.html"}
"""Sheets that have no room for two languages side by side: there they come one after the other."""


class Stationery(Struct, frozen=True, kw_only=True):
    """What every document of a run is printed on: the site's payload, the theme's style sheets, fonts and pictures."""

    site: Payload
    root: str
    stylesheets: Mapping[str, bytes]
    assets: Mapping[str, bytes] = field(default_factory=dict)
    locales: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def words(self, language: str) -> Callable[[str], str]:
        """The theme's own words in a language, for what no template of the theme makes."""
        known = self.locales.get(language) or self.locales.get(languages.tag(language), {})
        return lambda text: known.get(text, text)


def stationery(site: Payload, root: str, theme: Theme, pictures: Mapping[str, bytes]) -> Stationery:
    """The theme's print files, and the pictures of the content by their path below it."""
    folder = f"themes/{theme.name}/print"
    styles = {f"{folder}/{n}": d for n, d in sorted(theme.print_files.items()) if n.endswith(".css")}
    styles[f"{folder}/brand.css"] = brand_css(theme)
    fonts = {f"{folder}/{n}": d for n, d in sorted(theme.print_files.items()) if not n.endswith(".css")}
    return Stationery(site=site, root=root, stylesheets=styles, assets={**fonts, **pictures}, locales=theme.locales)


_ADVICE = ("Q130", "Q132", "Q133")
"""What print says about filling pages: good for one bulletin, noise for a thousand leaflets."""


def page_payload(
    template: Template, made: Made, sheet: tuple[str, str, str, int | None], stationery: Stationery
) -> Payload:
    """What ``formats.pdf.page`` is handed for one sheet."""
    _, print_template, size, most = sheet
    if template.parts and (template.layout != languages.SIDE or print_template in NO_COLUMNS):
        first, *others = (
            page_payload(replace(part, title=template.title), own, sheet, stationery)
            for part, own in zip(template.parts, made.parts, strict=True)
        )
        paper = {**first["sheet"], "max_pages": most * len(template.parts) if most else None}
        return {**first, "also": others, "sheet": paper}
    title = template.title
    if branch := made.doc["branch"].get("title"):
        title = f"{title}: {branch}"
    page: Payload = {
        "kind": "resource",
        "url": template.url,
        "title": title,
        "description": "",
        "language": template.language,
        "direction": direction(template.language),
        "canonical": "",
        "image": None,
        "date": "",
        "updated": "",
        "breadcrumbs": [],
        "tags": [],
        "feeds": [],
        "jsonld": "",
        "translations": [],
        "draft": False,
    }
    paper = {"size": size, "max_pages": most, "quiet": list(_ADVICE)}
    return {
        "template": print_template,
        "site": stationery.site,
        "page": page,
        "doc": made.doc,
        "sheet": paper,
        "listings": {},
        "resolve": template.resolve,
        "label": f"{template.path} for {made.doc['branch'].get('title') or 'any branch'}",
        "root": stationery.root,
    }


def pdf_payload(html: bytes, payload: Payload, template: Template, stationery: Stationery) -> dict[str, Any]:
    """What ``formats.pdf.render`` is handed for a page that has been made."""
    return {
        "html": html,
        "title": payload["page"]["title"],
        "language": template.language,
        "path": template.path,
        "stylesheets": stationery.stylesheets,
        "assets": stationery.assets,
        "root": stationery.root,
        "sheet": payload["sheet"],
    }
