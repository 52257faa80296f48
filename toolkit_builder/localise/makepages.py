"""A linked ``Site`` in; the pages on which a person makes a document of a template, or answers a survey, out.

All that such a page needs of the template lies in it (``shell``); ``make.js`` does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit_builder.formats import make
from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.localise import documents, fields, outputs, shell
from toolkit_builder.localise.documents import Made, Stationery, Template
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site
from toolkit_builder.theme import Theme, brand_css

MAKE = "make.html"


def make_url(doc: Document, site: Site) -> str:
    """The page on which a resource is made or answered; empty where there is none."""
    wanted = doc.fields.template or doc.fields.questions
    return f"{doc.url}make/" if wanted and site.config.localise != "off" else ""


def make_pages(site: Site, theme: Theme, *, printing: bool = True) -> list[Page]:
    """A page for each template and survey, with all that it needs inside; not ``printing``, it offers no paper form."""
    if not theme.has(MAKE):
        return []
    branches = site.all("branch")
    css = "\n".join(d.decode("utf-8", "replace") for n, d in theme.print_files.items() if n.endswith(".css"))
    found = []
    for doc in site.all("resource"):
        if url := make_url(doc, site):
            template = documents.template_of(doc, site)
            made, prints = _shells(template, theme)
            sizes = make.pages(css)
            shown, data = _make_payload(template, doc, site, made)
            shown |= {} if printing else {"paper_url": ""}
            data["pages"] = {name: sizes.get(f"{_stem(page)}-{size}") or sizes.get(_stem(page))
                             for name, page, size, _ in template.sheets}
            found.append(Page(
                url=url, template=MAKE, kind="make", title=template.title, doc=shown, description=shapes.summary(doc),
                crumbs=(shapes.crumb(doc.title, doc.url),), quotes=(doc,), listed=branches,
                meta={"language": template.language, "format": "make-page", "payload": {"prints": prints, "data": data},
                      "closures": [s[1] for s in template.sheets]}))
    return found


def screen_css(theme: Theme) -> bytes:
    """The style sheet of previews: the theme's print rules with its colours."""
    sheets = {n: d for n, d in theme.print_files.items() if n.endswith(".css")}
    return make.screen_css({**sheets, "zz-brand.css": brand_css(theme)})


def _stem(print_template: str) -> str:
    return print_template.removeprefix("print/").removesuffix(".html")


def _shells(template: Template, theme: Theme) -> tuple[shell.Shell, Payload]:
    """The print pages of a template with places for a branch's words, by the name of their sheet."""
    made = shell.shell(template.compiled)
    places = shell.branch(made)
    blank = documents.make(template, documents.blank_branch())
    imprint = "" if "branch.imprint" in {u["path"] for u in template.compiled["uses"]} else places["imprint"]
    doc = {**blank.doc, "body_html": made.html, "panels": made.panels, "branch": places, "contact": places["contact"],
           "imprint_html": imprint if template.type in documents.IMPRINTED else "",
           "qr_svg": '<span data-slot="qr"></span>', "not_for_print": [shell.place(made, ["s", ""], "lacking")]}
    if blank.doc["heading"]:
        heading, doc["body_html"] = documents.heading_of(template, made.html)
        doc["title"] = shell.plain_title(made, heading)
    paper = Stationery(site=_union_payload(template), root="", stylesheets={})
    prints = {s[0]: documents.page_payload(template, Made(doc, blank.filled, []), s, paper)
              for s in template.sheets if theme.has(s[1])}
    return made, prints


def _union_payload(template: Template) -> Payload:
    own = template.union
    return {"title": own["short_name"] or own["name"], "language": template.site_language,
            "organisation": {**own, "logo": None, "imprint_html": ""}, "contact": None, "menu": [], "feeds": [],
            "description": "", "base_url": "", "footer_html": ""}


def _make_payload(template: Template, doc: Document, site: Site, made: shell.Shell) -> tuple[Payload, Payload]:
    """What make.html is given, and what make.js finds in the page."""
    blank = documents.make(template, documents.blank_branch())
    listed = bool(template.compiled["uses"])
    form = []
    for path in _asked(template):
        label = template.labels.get(path, path.partition(".")[2].replace("_", " "))
        own = path.startswith("fields.")
        form.append({"path": path, "label": label[:1].upper() + label[1:], "long": own or path == "branch.imprint",
                     "help": template.declared[path[7:]]["help"] if own else "", "date": path == "meeting.date"})
    declared = template.declared
    shown = {
        "title": template.title, "type": template.type, "guide_url": doc.url, "form": form,
        "blank_html": outputs.whole(blank), "questions": list(template.questions),
        "sheets": [{"name": s[0], "label": documents.SIZE_LABELS[s[2]]} for s in template.sheets],
        "words": template.words, "choices": _choices(template),
        "branches": [{"name": b.name, "title": b.title} for b in site.all("branch")] if listed else [],
        "paper_url": f"{doc.url}{template.sheets[0][0]}.pdf" if template.sheets else "",
    }
    data = {
        **made.table, "calendar": template.compiled["calendar"], "choices": template.compiled["choices"],
        "optional": sorted(fields.OPTIONAL), "blank": [f"fields.{n}" for n, f in declared.items() if f["blank"]],
        "required": [*fields.REQUIRED, *(f"fields.{n}" for n, f in declared.items()
                                         if f["required"] and not f["blank"])],
        "labels": {path: template.labels.get(path, path) for path in _asked(template)},
        "imprinted": template.type in documents.IMPRINTED, "name": documents.file_name(template.name),
        "title": template.title, "type": template.type, "language": template.language,
        "questions": list(template.questions),
        "branches": {b.name: _values(template, b, site) for b in site.all("branch")} if listed else {},
        "empty": fields.context(documents.blank_branch(), declared, language=template.language,
                                site_language=template.site_language, union=template.union, toolkit=template.toolkit),
    }
    return shown, data


def _values(template: Template, branch: Document, site: Site) -> Payload:
    """One branch's values, as far as the template asks for them, and the choices that it has made."""
    plain = documents.branch_of(branch, site)
    values = fields.context(plain, template.declared, language=template.language, site_language=template.site_language,
                            union=template.union, toolkit=template.toolkit)
    roots = {u["path"].partition(".")[0] for u in template.compiled["uses"]}
    used = {u["path"] for u in template.compiled["uses"]}
    own = {k: v for k, v in values["branch"].items() if f"branch.{k}" in used or k in {
        "title", "imprint", "phone", "textphone", "email", "web", "office", "employer", "region"}}
    return {"branch": own, "contact": values["contact"] if "contact" in roots else {},
            "meeting": values["meeting"] if "meeting" in roots else None, "fields": values["fields"],
            "chosen": fields.choices(plain, template.compiled), "qr_svg": documents.qr_svg(documents.address(plain))}


def _asked(template: Template) -> list[str]:
    """The single values that a template asks for, in the order in which it does."""
    known = {f"{root}.{name}" for root, names in fields.KNOWN.items() for name in names}
    found = [u["path"] for u in template.compiled["uses"]
             if u["path"] in known or u["path"].startswith("fields.")]
    if any(p.startswith("meeting.") or p == "meeting" for p in (u["path"] for u in template.compiled["uses"])):
        found += [p for p in ("meeting.date", "meeting.place") if p not in found]
    if template.type in documents.IMPRINTED:
        found.append("branch.imprint")
    lists = {f"branch.{name}" for name in ("bilingual", "facts", "quotes", "contacts", "hours", "logo", "meeting")}
    return [p for p in dict.fromkeys(found) if p.partition(".")[0] not in {"union", "toolkit"} and p not in lists]


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
