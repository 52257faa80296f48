"""A template and a branch in; the payload of the branch's own print page out, with what it lacks.

A ``Template`` is plain values, so that it travels to workers; so is a branch (``kinds.fields.BranchFields`` as JSON,
with ``title``, ``name`` and ``url``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Any

from toolkit_builder import logos, prose
from toolkit_builder.kinds import campaigns
from toolkit_builder.kinds.shapes import direction, file_url
from toolkit_builder.localise import calendar, fields, languages
from toolkit_builder.localise.fill import Filled, fill
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site
from toolkit_builder.theme import Theme, brand_css

_LETTER = {"a4": ("letter", None)}
SHEETS: Mapping[str, Mapping[str, tuple[str, int | None]]] = {
    "leaflet": {"a5": ("leaflet-a5", 2), "a4": ("leaflet-a4", 2), "dl": ("leaflet-dl", 2)},
    "poster": {"a4": ("poster", 1), "a3": ("poster", 1)},
    "petition": {"a4": ("petition", None)}, "survey": {"a4": ("survey", None)},
    "postcard": {"a6": ("postcard", 2)}, "press-release": {"a4": ("press-release", None)},
    "model-letter": _LETTER, "model-motion": _LETTER, "model-agreement": _LETTER, "article": _LETTER,
    "checklist": _LETTER, "guidance": _LETTER, "faq": _LETTER, "key-messages": _LETTER, "facts": _LETTER,
    "plan": _LETTER, "contacts": _LETTER, "other": _LETTER,
}  # fmt: skip
"""Type -> paper -> (template of ``print/``, the most pages that it may take). Social images have no sheet."""

WORDS = {"model-letter", "model-motion", "model-agreement", "press-release", "article"}
"""Types that a branch edits: they come as DOCX and as text too."""

IMPRINTED = {"leaflet", "poster", "postcard", "petition"}
"""Types that the law wants an imprint on."""

NO_COLUMNS = {"print/leaflet-dl.html"}
"""Sheets that have no room for two languages side by side: there they come one after the other."""

SIZE_LABELS = {"a3": "A3", "a4": "A4", "a5": "A5", "a6": "A6", "dl": "folded to DL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template of a toolkit. ``sheets`` are (file name, print template, paper, most pages).

    ``original`` is the path of the template that this one translates; an original has its ``translations``, and all of
    a ``family`` know its languages. ``parts`` and ``layout`` are those of a document in several languages.
    """

    name: str
    folder: str
    path: str
    url: str
    title: str
    type: str
    language: str
    site_language: str
    compiled: Payload
    declared: Payload
    labels: Mapping[str, str]
    toolkit: Payload
    union: Payload
    resolve: Payload
    sheets: tuple[tuple[str, str, str, int | None], ...]
    questions: tuple[Payload, ...] = ()
    post_text: str = ""
    original: str = ""
    family: tuple[str, ...] = ()
    translations: tuple[Template, ...] = ()
    parts: tuple[Template, ...] = ()
    layout: str = ""

    @property
    def words(self) -> bool:
        return self.type in WORDS


@dataclass(frozen=True, slots=True)
class Made:
    """One branch's document: ``doc`` as print templates are given it, and what it lacks.

    In several languages: ``doc`` has them side by side, ``parts`` are the document in each of them.
    """

    doc: Payload
    filled: Filled
    missing: list[fields.Missing]
    parts: tuple[Made, ...] = ()

    @property
    def printable(self) -> bool:
        return not any(m.required for m in self.missing)


def templates(site: Site) -> list[Template]:
    """Every template of the site's toolkits, in the order of its toolkit."""
    key = ("templates", "")
    if key not in site.memo:
        every = (doc for home in site.all("toolkit") for doc in campaigns.resources(home, site))
        site.memo[key] = families(
            [template_of(doc, site) for doc in every if doc.fields.template and "template" in doc.parsed]
        )
    found: list[Template] = site.memo[key]
    return list(found)


def families(every: Sequence[Template]) -> list[Template]:
    """Templates that know each other: an original its translations, all of them the family's languages."""
    found = {t.path: t for t in every}
    translations: dict[str, list[Template]] = {}
    for each in every:
        if each.original:
            translations.setdefault(each.original, []).append(each)
    known = []
    for each in every:
        home = each.original or each.path
        first = found[home].language if home in found else each.site_language
        own = tuple(dict.fromkeys(languages.tag(t) for t in (first, *(o.language for o in translations.get(home, ())))))
        members = () if each.original else tuple(replace(o, family=own) for o in translations.get(home, ()))
        known.append(replace(each, family=own, translations=members))
    return known


def variant(template: Template, branch: Payload, *, every: bool = False) -> Template | None:
    """The template in the form in which a branch has it: itself, or with its translations in one document.

    None where the branch has it in another form or language only. ``every``: see ``languages.wanted``.
    """
    tags = languages.wanted(branch, template.family, every=every)
    if (template.sheets or template.words or template.type == "social") and languages.together(branch, tags):
        return None if template.original else composed(template, tags, branch["layout"])
    return template if not template.family or languages.tag(template.language) in tags else None


def composed(template: Template, tags: Sequence[str], layout: str) -> Template:
    """An original in several of its family's languages, in one document."""
    by_tag = {languages.tag(t.language): t for t in (*reversed(template.translations), template)}
    parts = tuple(replace(by_tag[t], translations=()) for t in tags)
    title = " / ".join(dict.fromkeys(t.title for t in parts))
    return replace(template, language=parts[0].language, title=title, translations=(), parts=parts, layout=layout)


def template_of(doc: Document, site: Site) -> Template:
    config, home = site.config, site.by_id.get(f"toolkit:{doc.folder['toolkit']}")
    language = doc.fields.language or config.language
    declared = {name: spec.model_dump(mode="json") for name, spec in doc.fields.fields.items()}
    original = site.lookup(doc.fields.translation_of, ("resource",)) if doc.fields.translation_of else None
    return Template(
        name=doc.name,
        folder=doc.folder["toolkit"],
        path=doc.path,
        url=doc.url,
        title=doc.title,
        type=doc.fields.type,
        language=language,
        site_language=config.language,
        compiled=_compiled(doc, language),
        declared=declared,
        labels=fields.labels(doc.fields.fields, language),
        toolkit=_toolkit(home),
        union=union(site),
        resolve=dict(site.resolves.get(doc.id, {})),
        sheets=sheets(doc),
        questions=tuple(q.model_dump(mode="json") for q in doc.fields.questions),
        post_text=doc.fields.post_text,
        original=original.path if original else "",
        family=(languages.tag(language),),
    )


def _compiled(doc: Document, language: str) -> Payload:
    """A resource that is no template is one in which nothing is to be filled in."""
    if "template" in doc.parsed:
        return dict(doc.parsed["template"])
    return {
        "tree": [doc.parsed.get("html", "")],
        "uses": [],
        "choices": [],
        "panels": [],
        "language": language,
        "calendar": calendar.words(language),
    }


def sheets(doc: Document) -> tuple[tuple[str, str, str, int | None], ...]:
    """A resource's printed forms: the first paper goes by the resource's name, others add theirs."""
    known = SHEETS.get(doc.fields.type, {})
    sizes = [s for s in dict.fromkeys(doc.fields.sizes) if s in known]
    name = file_name(doc.name)
    return tuple(
        (name if n == 0 else f"{name}-{size}", f"print/{known[size][0]}.html", size, known[size][1])
        for n, size in enumerate(sizes)
    )


def file_name(name: str) -> str:
    """``leaflet-a5.cy`` as ``leaflet-a5-cy``: one dot in a file's name."""
    return name.replace(".", "-")


def _toolkit(home: Document | None) -> Payload:
    if home is None:
        return dict.fromkeys(fields.KNOWN["toolkit"], "")
    return {
        "title": home.title,
        "campaign": home.fields.campaign,
        "version": home.fields.version,
        "stock_number": home.fields.stock_number,
    }


def union(site: Site) -> Payload:
    own = site.config.organisation
    return {name: getattr(own, name) for name in fields.KNOWN["union"]}


def branch_of(doc: Document, site: Site) -> Payload:
    """A branch of the site as the plain values that templates are filled from."""
    root = site.config.base_url.rstrip("/")
    return {
        **doc.fields.model_dump(mode="json", exclude={"tags", "aliases", "related"}),
        "title": doc.title,
        "name": doc.name,
        "url": root + doc.url if root else "",
    }


def scope(template: Template, branch: Payload) -> Payload:
    """All values that a template can show of a branch."""
    return fields.context(
        branch,
        template.declared,
        language=template.language,
        site_language=template.site_language,
        union=template.union,
        toolkit=template.toolkit,
    )


# --- one document ----------------------------------------------------------------------------------------------


def make(template: Template, branch: Payload) -> Made:
    """Fill one template for one branch."""
    if template.parts:
        return _together([make(part, branch) for part in template.parts], template)
    values = scope(template, branch)
    filled = fill(template.compiled, values, chosen=fields.choices(branch, template.compiled), optional=fields.OPTIONAL)
    lacking = fields.missing(filled, values, template.declared, template.labels, template.compiled)
    own_imprint = any(u["path"] == "branch.imprint" for u in template.compiled["uses"])
    if template.type in IMPRINTED and not own_imprint and not values["branch"].get("imprint"):
        lacking = [fields.Missing("branch.imprint", template.labels["branch.imprint"], required=True), *lacking]
    imprint = "" if own_imprint or template.type not in IMPRINTED else values["branch"].get("imprint") or ""
    headline, body = heading_of(template, filled.html)
    heading = prose.plain(headline).strip()
    doc = {
        "title": heading or template.title,
        "heading": heading,
        "type": template.type,
        "body_html": body,
        "panels": {
            name: {"title": prose.plain(p["title"]).strip(), "html": p["html"]} for name, p in filled.panels.items()
        },
        "branch": {**values["branch"], "contact": values["contact"]},
        "contact": values["contact"],
        "logo": logo(branch, template, values["branch"]),
        "toolkit": template.toolkit,
        "questions": list(template.questions),
        "imprint_html": escape(imprint, quote=False),
        "qr_svg": qr_svg(address(branch)),
        "qr_url": address(branch),
        "post_text": template.post_text,
        "not_for_print": [m.label for m in lacking if m.required],
        "languages": [template.language],
        "layout": "",
        "tongues": [],
        "imprints": [values["branch"].get("imprint") or ""],
    }
    return Made(doc, filled, lacking)


def _together(parts: Sequence[Made], template: Template) -> Made:
    """One document of several: its texts side by side, and each of them by itself."""
    lacking: dict[str, fields.Missing] = {}
    for lack in (m for part in parts for m in part.missing):
        lacking.setdefault(lack.path, lack)
    missing = sorted(lacking.values(), key=lambda m: not m.required)
    said = [m.label for m in missing if m.required]
    docs = [{**part.doc, "not_for_print": [] if n else said} for n, part in enumerate(parts)]
    own = tuple(Made(doc, part.filled, part.missing) for doc, part in zip(docs, parts, strict=True))
    return Made(abreast(docs, [t.language for t in template.parts]), parts[0].filled, missing, own)


def abreast(docs: Sequence[Payload], tongues: Sequence[str]) -> Payload:
    """The payloads of a document in several languages, as that of one in which they stand side by side."""

    def columns(texts: Sequence[str]) -> str:
        return languages.side_by_side([(tag, direction(tag), text) for tag, text in zip(tongues, texts, strict=True)])

    names = dict.fromkeys(name for doc in docs for name in doc["panels"])
    first = docs[0]
    return {
        **first,
        "title": " / ".join(dict.fromkeys(d["title"] for d in docs)),
        "languages": list(tongues),
        "layout": "side",
        "imprints": list(dict.fromkeys(imprint for d in docs for imprint in d["imprints"])),
        "body_html": columns([_headed(d["heading"], 1) + d["body_html"] for d in docs]),
        "panels": {
            name: {"title": "", "html": columns([_panel(doc["panels"].get(name)) for doc in docs])} for name in names
        },
        "tongues": [
            {
                "language": tag,
                "direction": direction(tag),
                "title": d["title"],
                "name": d["branch"].get("title") or "",
                "html": d["body_html"],
            }
            for tag, d in zip(tongues, docs, strict=True)
        ],
    }


def _headed(title: str, level: int) -> str:
    return f"<h{level}>{escape(title, quote=False)}</h{level}>\n" if title else ""


def _panel(panel: Payload | None) -> str:
    return _headed(panel["title"], 2) + panel["html"] if panel else ""


_FIRST_HEADING = re.compile(r"\A\s*<h2\b[^>]*>(?P<words>.*?)</h2>\s*", re.DOTALL)


def heading_of(template: Template, html: str) -> tuple[str, str]:
    """A motion's or an article's own headline, and the rest: "Model motion for a branch" is the guide's name for it."""
    match = _FIRST_HEADING.match(html) if template.words and template.type != "model-letter" else None
    return (match["words"].strip(), html[match.end() :]) if match else ("", html)


def blank_branch() -> Payload:
    """The branch of the form that is filled in by hand: it has nothing."""
    return {"title": "", "name": "", "url": "", "custom": {}}


def logo(branch: Payload, template: Template, shown: Payload) -> Payload | None:
    """A branch's own mark: ``src`` and ``path`` of the picture, ``alt`` what it shows, ``drawn`` if it is a drawing.

    In another language than the site's, the branch's name says what it is, unless the branch has words of its own.
    """
    path = logos.place(branch.get("logo") or "")
    if not path:
        return None
    own = languages.tag(template.language)
    said = branch.get("logo_alt") if own == languages.tag(template.site_language) else ""
    alt = (branch.get("custom") or {}).get(f"logo_alt_{own}") or said or shown.get("title") or template.union["name"]
    return {"src": file_url(path), "path": path, "alt": alt, "drawn": logos.is_drawing(path)}


def address(branch: Payload) -> str:
    """Where a branch's QR code leads: its page on this site, else its own site, else where people join."""
    return branch.get("url") or branch.get("web") or branch.get("join_link") or ""


@lru_cache(maxsize=4096)
def qr_svg(url: str) -> str:
    """A QR code as inline SVG that scales; empty without an address."""
    if not url:
        return ""
    import segno

    runs = []
    matrix = segno.make(url, error="m", micro=False).matrix
    for y, row in enumerate(matrix, 2):  # two modules of quiet zone
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                runs.append(f"M{x + 2} {y}.5h{width}")
            x += width
    side = len(matrix) + 4
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}" role="img"><title>QR: {escape(url)}</title>'
        f'<path d="{"".join(runs)}" fill="none" stroke="#000" stroke-width="1"/></svg>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
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
