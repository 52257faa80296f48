"""A loaded site, documents and what a person wants of them in; PDFs to save out: printed, and laid out on sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder import intake, later, loading
from toolkit_builder.blueprint import print_jobs
from toolkit_builder.build import aside
from toolkit_builder.build.cache import Store
from toolkit_builder.diagnostics import Diagnostic, any_errors
from toolkit_builder.formats import Toolchain
from toolkit_builder.kinds import prints, shapes
from toolkit_builder.kinds.prints import PRINTS, Print
from toolkit_builder.model import Document, Payload
from toolkit_builder.printing.impose import impose
from toolkit_builder.printing.inspect import papers
from toolkit_builder.site import Site

_SHEETS_OF_PAPERS = ("motion", "composite")


class Unprintable(Exception):
    """What was asked for cannot be printed; the sentence, and what to ask for instead."""

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.hint = hint


class Wish(Struct, frozen=True, kw_only=True):
    """How to print. ``form`` is the name of a `Print`; ``layout`` and ``sheet`` are those of ``printing.sheets``."""

    form: str = ""
    layout: str = "none"
    sheet: str = "a4"
    greyscale: bool = False
    bleed: bool = False
    marks: bool = False
    pdfx: bool = False
    large: int = 0
    edition: str = ""
    title: str = ""


class Sheet(Struct, frozen=True, kw_only=True):
    """A finished file: its name, its bytes, and how many pages lie on how many sides of paper of which sizes."""

    name: str
    pdf: bytes
    pages: int
    sides: int
    sizes: tuple[str, ...]


class _Order(Struct, frozen=True):
    """One document to be made: ``document`` lends it its address and language."""

    name: str
    document: Document
    form: Print


def orders(site: Site, docs: Sequence[Document], wish: Wish, has: Callable[[str], bool]) -> list[_Order]:
    """What is to be made: a file a document; chosen motions become one booklet. Raises `Unprintable`."""
    _check_edition(site, docs, wish)
    together = len(docs) > 1 or wish.large or wish.form == "booklet"
    if together and all(d.kind in _SHEETS_OF_PAPERS for d in docs) and wish.form in {"", "booklet"}:
        return [_booklet(site, docs, wish)]
    return [_order(doc, wish, has) for doc in docs]


def make(
    loaded: loading.Loaded,
    ordered: Sequence[_Order],
    wish: Wish,
    store: Store,
    *,
    workers: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Sheet], list[Diagnostic]]:
    """Print the orders and lay them out. A document that cannot be printed is missing from the result."""
    assert loaded.site is not None
    assert loaded.theme is not None
    wanted = [(o.document, _wished(o.form, wish)) for o in ordered]
    plan = print_jobs(loaded.site, loaded.theme, loaded.tree.assets, intake.code_digest(), wanted)
    paths = [job.path for job in plan.jobs if job.format == "pdf"]
    made = aside.make(
        aside.needed(plan.jobs, paths),
        later.Values(plan.blobs, store.blobs),
        Toolchain(loaded.theme.bundle),
        store,
        workers=workers,
        on_progress=on_progress,
    )
    found = list(made.diagnostics)
    sheets = []
    for order, path in zip(ordered, paths, strict=True):
        if pdf := made.files.get(path):
            sheet, problems = _laid_out(order, pdf, wish, loaded.site)
            found += problems
            sheets += [] if any_errors(problems) else [sheet]
    return sheets, found


def _laid_out(order: _Order, pdf: bytes, wish: Wish, site: Site) -> tuple[Sheet, list[Diagnostic]]:
    pages, _ = papers(pdf)
    found: list[Diagnostic] = []
    name = order.name
    if wish.layout != "none":
        language = order.document.fields.language or site.config.language
        pdf, found = impose(
            pdf,
            wish.layout,
            wish.sheet,
            marks=wish.marks,
            path=order.document.path,
            right_bound=shapes.direction(language) == "rtl",
        )
        name += f"-{wish.layout}"
    sides, sizes = papers(pdf)
    return Sheet(name=f"{name}.pdf", pdf=pdf, pages=pages, sides=sides, sizes=sizes), found


def _wished(form: Print, wish: Wish) -> Print:
    sheet: Payload = dict(form.sheet)
    if wish.greyscale:
        sheet["greyscale"] = True
    if wish.pdfx:
        sheet["pdfx"] = True
    if wish.bleed or wish.pdfx:
        sheet["bleed"] = prints.BLEED_MM
    if wish.marks and wish.layout == "none":  # on a larger sheet the marks belong around the block of pages
        sheet["marks"] = True
    if form.view and wish.edition and form.kind == "conference":
        return replace(form, sheet=sheet, view=partial(_of_edition, form.view, wish.edition))
    return replace(form, sheet=sheet)


def _of_edition(view: Callable[[Document, Site], Payload], edition: str, doc: Document, site: Site) -> Payload:
    return view(doc.with_fields(doc.fields.model_copy(update={"edition": edition})), site)


def _check_edition(site: Site, docs: Sequence[Document], wish: Wish) -> None:
    if not wish.edition:
        return
    for doc in docs:
        held = site.conference_by_name.get(doc.name) if doc.kind == "conference" else site.conference_of(doc)
        if held is None:
            raise Unprintable(f"{_name(doc)} has no editions", "only an agenda and its motions have")
        known = [e.name for e in held.document.fields.editions]
        if wish.edition not in known:
            raise Unprintable(
                f"{held.document.title} has no edition '{wish.edition}'", f"it has {', '.join(known) or 'none'}"
            )


def _order(doc: Document, wish: Wish, has: Callable[[str], bool]) -> _Order:
    forms = [p for p in PRINTS if p.pdf and p.kind == doc.kind and has(p.template)]
    if not forms:
        raise Unprintable(f"{_name(doc)} has no printed form", _instead(doc))
    if wish.edition and doc.kind in _SHEETS_OF_PAPERS:
        raise Unprintable("a motion sheet shows the current edition", "print several motions, or the agenda")
    names = [p.name for p in forms]
    if wish.form and wish.form not in names:
        raise Unprintable(f"{_name(doc)} cannot be printed as '{wish.form}'", f"choose one of {', '.join(names)}")
    if wish.large:
        forms = [p for p in forms if p.sheet.get("large") == wish.large]
        if not forms:
            raise Unprintable(f"there is no large print of {_name(doc)}", "its page on the web can be made larger")
    chosen = next((p for p in forms if p.name == wish.form), forms[0])
    base = _slug(doc)
    return _Order(base if chosen.name in base.split("-") else f"{base}-{chosen.name}", doc, chosen)


def _booklet(site: Site, docs: Sequence[Document], wish: Wish) -> _Order:
    """Chosen papers as one document, which lies beside their (first) conference."""
    held = site.conference_of(docs[0])
    sheet: Payload = {"size": "a4", **({"large": wish.large} if wish.large else {})}
    if wish.layout == "booklet" and wish.sheet == "a4" and not wish.large:
        sheet["size"] = "a5"
    form = Print(
        kind="booklet",
        name="booklet",
        template="print/booklet.html",
        label="Chosen motions",
        sheet=sheet,
        view=lambda doc, site: prints.booklet(docs, site, wish.title, wish.edition),
        sources=lambda doc, site: prints.shown_in(docs, site),
    )
    numbers = "-".join(shapes.slug(d.fields.number or d.name) for d in docs)
    named = numbers if len(docs) <= 5 else f"{len(docs)}-chosen"
    return _Order(f"motions-{named}" if len(docs) > 1 else _slug(docs[0]), held.document if held else docs[0], form)


def _slug(doc: Document) -> str:
    if doc.kind in _SHEETS_OF_PAPERS:
        return prints.anchor(doc)
    if doc.kind == "bulletin":
        return shapes.slug(f"bulletin {doc.fields.issue}")
    name = doc.folder.get("toolkit") or doc.name
    return shapes.slug(name)


def _name(doc: Document) -> str:
    return shapes.label(doc).lower() if doc.kind in {"motion", "amendment", "composite"} else f"'{doc.title}'"


def _instead(doc: Document) -> str:
    if doc.kind == "amendment":
        return f"it is printed with its motion: toolkit print motion {doc.fields.amends}"
    if doc.kind == "resource":
        return f"print its toolkit: toolkit print {doc.folder['toolkit']}; or the branches' own: toolkit localise"
    return f"what can be printed: {', '.join(dict.fromkeys(p.kind for p in PRINTS if p.pdf))}"
