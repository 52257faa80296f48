"""A linked ``Site`` in; the pages on which a person makes a document of a template, or answers a survey, out.

All that such a page needs of the template lies in it (``shell``); ``make.js`` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit_builder.formats import make
from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.localise import documents, fields, languages, outputs, resources, sheets, shell
from toolkit_builder.localise.branchfiles import key, variant_id
from toolkit_builder.localise.documents import Made
from toolkit_builder.localise.fill import ADDRESSES
from toolkit_builder.localise.resources import Template
from toolkit_builder.localise.sheets import Stationery
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site
from toolkit_builder.theme import Theme

MAKE = make.TEMPLATE

LISTS = ("branch.facts", "branch.quotes", "branch.hours", "contact.hours")
"""What has several lines, of which a person types each on its own."""


def make_url(doc: Document, site: Site) -> str:
    """The page on which a resource is made or answered; empty where there is none."""
    wanted = doc.fields.template or doc.fields.questions
    return f"{doc.url}make/" if wanted and site.config.localise != "off" else ""


def make_pages(site: Site, theme: Theme, *, printing: bool = True) -> list[Page]:
    """A page for each template and survey, with all that it needs inside; not ``printing``, it offers no paper form."""
    if not theme.has(MAKE):
        return []
    css = "\n".join(d.decode("utf-8", "replace") for n, d in theme.print_files.items() if n.endswith(".css"))
    sizes = make.pages(css)
    known = {template.path: template for template in resources.templates(site)}
    found = []
    for doc in site.all("resource"):
        if url := make_url(doc, site):
            template = known.get(doc.path) or resources.template_of(doc, site)
            made = _Made(template, known, theme)
            shown, data = _make_payload(made, doc)
            shown |= {} if printing else {"paper_url": ""}
            shown["listed"] = bool(template.compiled["uses"]) and bool(site.all("branch"))
            data["pages"] = {
                name: {size: _paper(sizes, payload) for size, payload in sheets.items()}
                for name, sheets in made.prints.items()
            }
            prints = {
                f"{name} {size}": payload for name, sheets in made.prints.items() for size, payload in sheets.items()
            }
            found.append(
                Page(
                    url=url,
                    template=MAKE,
                    kind="make",
                    title=template.title,
                    doc=shown,
                    description=shapes.summary(doc),
                    crumbs=(shapes.crumb(doc.title, doc.url),),
                    quotes=(doc,),
                    meta={
                        "language": template.language,
                        "format": "make-page",
                        "payload": {"prints": prints, "data": data},
                        "closures": sorted({payload["template"] for payload in prints.values()}),
                    },
                )
            )
    return found


def _paper(sizes: Mapping[str, Payload], payload: Payload) -> Payload | None:
    """The width, height and margin of a print page: those of its style sheet's ``@page`` of the same name."""
    stem, size = payload["template"].removeprefix("print/").removesuffix(".html"), payload["sheet"]["size"]
    names = (f"{stem}-{size}", stem)
    wide = payload["doc"]["layout"] == "side"
    asked = (*(f"{name}-abreast" for name in names if wide), *names)
    found = next((sizes[name] for name in asked if name in sizes), None)
    return {**found, "most": payload["sheet"]["max_pages"]} if found else None


class _Made:
    """A template's page in the making: its languages, and its print pages with places for a branch's words.

    ``parts`` are the family's templates, the page's own first; ``variants`` the forms that a document can have, by
    their name; ``prints`` the payloads of their print pages, by variant and paper.
    """

    def __init__(self, template: Template, known: Mapping[str, Template], theme: Theme) -> None:
        self.template = template
        original = known.get(template.original, template)
        family = {t.path: t for t in (template, original, *original.translations)}
        joined = bool(template.sheets or template.words)
        self.parts = list(
            {languages.tag(t.language): t for t in (*reversed(family.values()), template)}.values()
            if joined
            else [template]
        )
        self.parts.sort(key=lambda t: t.path != template.path)
        self.shell = shell.Shell()
        self.blank = {t.path: documents.make(t, documents.blank_branch()) for t in self.parts}
        self.docs = {t.path: self._doc(t) for t in self.parts}
        self.variants: dict[str, Template] = {variant_id(t): t for t in self.parts}
        for layout in (languages.SIDE, languages.AFTER):
            for tags in self._pairs():
                made = resources.composed(original, tags, layout)
                self.variants[variant_id(made)] = made
        self.prints = {name: sheets for name, t in self.variants.items() if (sheets := self._prints(t, theme))}

    def _pairs(self) -> list[tuple[str, str]]:
        """Two languages at a time, one of them the page's own."""
        first, *others = (languages.tag(t.language) for t in self.parts)
        return [pair for other in others for pair in ((first, other), (other, first))]

    def _doc(self, template: Template) -> Payload:
        """The document of a template in which every word of a branch is a place."""
        html, panels = shell.write(self.shell, template.compiled, languages.tag(template.language))
        places = shell.branch(self.shell)
        blank = self.blank[template.path]
        imprint = "" if "branch.imprint" in {u["path"] for u in template.compiled["uses"]} else places["imprint"]
        doc = {
            **blank.doc,
            "body_html": html,
            "panels": panels,
            "branch": places,
            "contact": places["contact"],
            "logo": {"src": shell.LOGO, "path": "", "alt": "", "drawn": False},
            "imprint_html": imprint if template.type in resources.IMPRINTED else "",
            "qr_svg": '<span data-slot="qr"></span>',
            "imprints": [places["imprint"]],
            "not_for_print": [shell.place(self.shell, ["s", ""], "lacking")],
        }
        if blank.doc["heading"]:
            heading, doc["body_html"] = documents.heading_of(template, html)
            doc["title"] = doc["heading"] = shell.plain_title(self.shell, heading)
        return doc

    def _prints(self, template: Template, theme: Theme) -> dict[str, Payload]:
        paper = Stationery(site=_union_payload(template), root="", stylesheets={})
        filled = self.blank[self.template.path].filled
        docs = [self.docs[t.path] for t in template.parts or (template,)]
        docs = [{**doc, "not_for_print": doc["not_for_print"] if n == 0 else []} for n, doc in enumerate(docs)]
        if template.parts:
            whole = Made(
                documents.abreast(docs, [t.language for t in template.parts]),
                filled,
                [],
                tuple(Made(doc, filled, []) for doc in docs),
            )
        else:
            whole = Made(docs[0], filled, [])
        return {s[2]: sheets.page_payload(template, whole, s, paper) for s in template.sheets if theme.has(s[1])}


def _union_payload(template: Template) -> Payload:
    own = template.union
    return {
        "title": own["short_name"] or own["name"],
        "language": template.site_language,
        "organisation": {**own, "logo": None, "imprint_html": ""},
        "contact": None,
        "menu": [],
        "feeds": [],
        "description": "",
        "base_url": "",
        "footer_html": "",
    }


_EVERYWHERE = {
    "contact.name", "contact.phone", "contact.email", "contact.textphone", "contact.web", "branch.phone",
    "branch.textphone", "branch.email", "branch.web", "branch.join_link", "branch.imprint", "meeting.date",
    "meeting.time", "meeting.link",
}  # fmt: skip
"""What is the same in every language, and asked for once."""


def _make_payload(made: _Made, doc: Document) -> tuple[Payload, Payload]:
    """What make.html is given, and what make.js finds in the page."""
    template = made.template
    papers = dict.fromkeys(size for sheets in made.prints.values() for size in sheets)
    shown = {
        "title": template.title,
        "type": template.type,
        "guide_url": doc.url,
        "form": _form(made),
        "blank_html": outputs.whole(made.blank[template.path]),
        "questions": list(template.questions),
        "sheets": [{"name": size, "label": resources.SIZE_LABELS[size]} for size in papers],
        "words": template.words,
        "choices": _all_choices(made),
        "variants": _variants(made),
        "paper_url": f"{doc.url}{template.sheets[0][0]}.pdf" if template.sheets else "",
    }
    data = {
        **made.shell.table,
        "optional": sorted(fields.OPTIONAL),
        "addresses": sorted(ADDRESSES),
        "imprinted": template.type in resources.IMPRINTED,
        "name": resources.file_name(template.name),
        "title": template.title,
        "type": template.type,
        "language": template.language,
        "questions": list(template.questions),
        "key": key(made.template),
        "variants": {
            name: {
                "languages": [languages.tag(p.language) for p in t.parts or (t,)],
                "title": t.title,
                "side": t.layout == languages.SIDE,
            }
            for name, t in made.variants.items()
        },
        "parts": {languages.tag(t.language): _part(t) for t in made.parts},
        "home": key(next((t for t in made.parts if not t.original), template)),
    }
    return shown, data


def _part(template: Template) -> Payload:
    """What make.js knows of one language."""
    needed = [f"fields.{n}" for n, f in template.declared.items() if f["required"] and not f["blank"]]
    return {
        "key": key(template),
        "language": template.language,
        "direction": shapes.direction(template.language),
        "calendar": template.compiled["calendar"],
        "required": [*fields.REQUIRED, *needed],
        "labels": {path: template.labels.get(path, path) for path in _asked(template)},
        "empty": documents.scope(template, documents.blank_branch()),
    }


def _form(made: _Made) -> list[Payload]:
    """The inputs, each for one language or for all; in the order in which the templates ask for them."""
    form = []
    several = len(made.parts) > 1
    seen = set()
    for part in made.parts:
        tag = languages.tag(part.language)
        for path in _asked(part):
            everywhere = path in _EVERYWHERE or not several
            if (path, "" if everywhere else tag) in seen:
                continue
            seen.add((path, "" if everywhere else tag))
            label = part.labels.get(path, path.partition(".")[2].replace("_", " "))
            own = path.startswith("fields.")
            form.append(
                {
                    "path": path,
                    "label": label[:1].upper() + label[1:],
                    "long": own or path == "branch.imprint" or path in LISTS,
                    "list": path.partition(".")[2] if path in LISTS else "",
                    "help": part.declared[path[7:]]["help"] if own else "",
                    "date": path == "meeting.date",
                    "tag": "" if everywhere else tag,
                    "language": part.language if several else "",
                    "tongue": "" if everywhere else languages.name(part.language),
                }
            )
    order = {path: n for n, path in enumerate(dict.fromkeys(f["path"] for f in form))}
    return sorted(form, key=lambda f: order[f["path"]])


def _variants(made: _Made) -> list[Payload]:
    """The forms of a document that a person can choose from, in words of their own languages; empty for one."""
    found = []
    for name, template in made.variants.items():
        parts = template.parts or (template,)
        layout = {languages.SIDE: "side", languages.AFTER: "after"}.get(template.layout, "")
        found.append({"name": name, "layout": layout, "names": [languages.name(p.language) for p in parts]})
    return found if len(found) > 1 else []


def _all_choices(made: _Made) -> list[Payload]:
    """The page's own choices, then those that only another language has."""
    found: dict[str, Payload] = {}
    for part in made.parts:
        for choice in _choices(part):
            found.setdefault(choice["id"], {**choice, "language": part.language})
    return list(found.values())


def _asked(template: Template) -> list[str]:
    """The single values that a template asks for, in the order in which it does."""
    known = {f"{root}.{name}" for root, names in fields.KNOWN.items() for name in names}
    found = [u["path"] for u in template.compiled["uses"] if u["path"] in known or u["path"].startswith("fields.")]
    if any(p.startswith("meeting.") or p == "meeting" for p in (u["path"] for u in template.compiled["uses"])):
        found += [p for p in ("meeting.date", "meeting.place") if p not in found]
    if template.type in resources.IMPRINTED:
        found.append("branch.imprint")
    never = {f"branch.{name}" for name in ("bilingual", "contacts", "logo", "logo_alt", "meeting")}
    return [p for p in dict.fromkeys(found) if p.partition(".")[0] not in {"union", "toolkit"} and p not in never]


def _choices(template: Template) -> list[Payload]:
    """Each choice with its options as marked blanks, for the form."""
    from toolkit_builder import prose

    found = []

    def words(tree: list[Any]) -> str:
        out = []
        for node in tree:
            if isinstance(node, str):
                out.append(node)
            elif node[0] == "e":
                out.append(f"[{template.labels.get(node[2], node[2])}]")
            elif node[0] == "if":
                out += [words(part) for _, part in node[1]]
            elif node[0] in {"o", "for"}:
                out.append(words(node[-1]))
        return "".join(out)

    def look(tree: list[Any]) -> None:
        for node in tree:
            if isinstance(node, str):
                continue
            if node[0] == "choose":
                options = [prose.plain(words(o[2])).strip() for o in _options(node[5])]
                title = prose.plain(words(node[4])).strip()
                found.append({"id": node[1], "low": node[2], "high": node[3], "title": title, "options": options})
            elif node[0] in {"panel", "for"}:
                look(node[3])
            elif node[0] == "if":
                for _, part in node[1]:
                    look(part)
                look(node[2])

    look(template.compiled["tree"])
    return found


def _options(tree: list[Any]) -> Iterator[list[Any]]:
    for node in tree:
        if isinstance(node, str):
            continue
        if node[0] == "o":
            yield node
        elif node[0] == "if":
            for _, part in node[1]:
                yield from _options(part)
            yield from _options(node[2])
        elif node[0] == "for":
            yield from _options(node[3])
