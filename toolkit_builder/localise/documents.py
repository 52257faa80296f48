"""A template and a branch in; the branch's own document out, as print templates are given it, with what it lacks.

A branch is plain values (``kinds.fields.BranchFields`` as JSON, with ``title``, ``name`` and ``url``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from itertools import groupby

from msgspec import Struct

from toolkit_builder import logos, prose
from toolkit_builder.kinds.shapes import direction, file_url
from toolkit_builder.localise import fields, languages
from toolkit_builder.localise.fill import Filled, fill
from toolkit_builder.localise.resources import IMPRINTED, Template
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site


class Made(Struct, frozen=True):
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
