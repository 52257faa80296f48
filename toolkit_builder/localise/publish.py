"""A linked ``Site`` in; what its pages offer of localised documents out: each branch's own, and blank forms.

``localise: build`` in toolkit.yaml puts every branch's PDFs and Word files beside its page; ``on-demand`` leads to the
page on which a person makes one; ``off`` does neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.localise import documents, fields, languages, outputs, resources, sheets
from toolkit_builder.localise.documents import Made
from toolkit_builder.localise.makepages import MAKE
from toolkit_builder.localise.resources import Template
from toolkit_builder.localise.sheets import Stationery
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site
from toolkit_builder.theme import Theme


class Offer(Struct, frozen=True, kw_only=True):
    """One file beside a page. ``payload`` is the print page's for a PDF, the whole job's for DOCX."""

    path: str
    label: str
    format: str
    template: Template
    payload: Payload
    documents: tuple[Document, ...]

    @property
    def download(self) -> Payload:
        return {"label": self.label, "url": f"/{self.path}", "format": self.format.upper(), "size": None, "note": ""}


def offers(site: Site, theme: Theme, shared: Any, *, printing: bool) -> tuple[dict[str, list[Offer]], list[Diagnostic]]:
    """By the id of a page's document; and what the branches lack for the documents that are made of them.

    ``shared`` stands for the site's own payload.
    """
    root = site.config.base_url.rstrip("/")
    paper = Stationery(site=shared, root=root, stylesheets={}, locales=theme.locales)
    found: dict[str, list[Offer]] = {}
    for doc in site.all("resource"):
        found[doc.id] = list(_forms(doc, site, theme, paper, printing=printing))
    problems: list[Diagnostic] = []
    if site.config.localise == "build":
        for template in resources.templates(site):
            holes: dict[str, list[tuple[str, fields.Missing]]] = {}
            for branch in site.all("branch"):
                plain = documents.branch_of(branch, site)
                if _read(plain, template):
                    for lack in documents.make(template, plain).missing:
                        holes.setdefault(lack.path, []).append((branch.title, lack))
                if own := resources.variant(template, plain):
                    sources = (branch, *(site.by_path[t.path] for t in own.parts or (template,)))
                    found.setdefault(branch.id, []).extend(
                        _offered(
                            own,
                            documents.make(own, plain),
                            f"{branch.url[1:]}{template.folder}/",
                            sources,
                            theme,
                            paper,
                            printing=printing,
                        )
                    )
            problems += fields.report(holes, template.compiled, template.path)
    return found, problems


def shortfalls(site: Site) -> list[Diagnostic]:
    """Every field that a branch of the site cannot fill, for ``toolkit check``."""
    problems: list[Diagnostic] = []
    for template in resources.templates(site):
        holes: dict[str, list[tuple[str, fields.Missing]]] = {}
        for branch in site.all("branch"):
            plain = documents.branch_of(branch, site)
            for lack in documents.make(template, plain).missing if _read(plain, template) else ():
                holes.setdefault(lack.path, []).append((branch.title, lack))
        problems += fields.report(holes, template.compiled, template.path)
    return problems


def _read(branch: Payload, template: Template) -> bool:
    """Whether a branch has the template's own words, by themselves or beside others."""
    return languages.tag(template.language) in languages.wanted(branch, template.family)


def _forms(doc: Document, site: Site, theme: Theme, paper: Stationery, *, printing: bool) -> Iterator[Offer]:
    """A resource as it is, on paper; a template with lines to write on."""
    template = resources.template_of(doc, site)
    made = documents.make(template, documents.blank_branch())
    made = Made({**made.doc, "not_for_print": []}, made.filled, [])
    yield from _offered(template, made, doc.url[1:], (doc,), theme, paper, printing=printing)


def _offered(
    template: Template,
    made: Made,
    folder: str,
    docs: tuple[Document, ...],
    theme: Theme,
    paper: Stationery,
    *,
    printing: bool,
) -> Iterator[Offer]:
    own = made.doc["branch"].get("title")
    for sheet in template.sheets if printing else ():
        if theme.has(sheet[1]):
            size = resources.SIZE_LABELS[sheet[2]]
            blank = "" if own or not template.compiled["uses"] else ", to fill in by hand"
            label = f"{template.title}, {size}" if own else f"To print, {size}{blank}"
            yield Offer(
                path=f"{folder}{sheet[0]}.pdf",
                label=label,
                format="pdf",
                template=template,
                documents=docs,
                payload=sheets.page_payload(template, made, sheet, paper),
            )
    if template.words:
        name = outputs.base_name(template, 0 if template.sheets else -1)
        yield Offer(
            path=f"{folder}{name}.docx",
            label=template.title if own else "To edit, as a Word document",
            format="docx",
            template=template,
            documents=docs,
            payload=outputs.word_payload(
                template, made, replace(paper, site={"organisation": {"name": template.union["name"]}})
            ),
        )


def links(doc: Document, site: Site, theme: Theme) -> list[Payload]:
    """On the page of a branch, where its documents are made on demand: the pages that make them,
    with it picked already."""
    if site.config.localise != "on-demand" or not theme.has(MAKE):
        return []
    return [
        {"label": t.title, "url": f"{t.url}make/#branch={doc.name}", "format": "make it here", "size": None, "note": ""}
        for t in resources.templates(site)
        if resources.variant(t, documents.branch_of(doc, site))
    ]
