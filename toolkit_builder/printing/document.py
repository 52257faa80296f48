"""The nouns of print: what an engine is handed, what it hands back, and the two methods that make an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from ..diagnostics import Diagnostic, Span


class PrintDocument(Struct, frozen=True, kw_only=True):
    """One document to print: plain values, so that it travels to a worker process.

    ``html`` is a whole page of trusted or cleaned HTML; relative addresses in it resolve against the folder ``base``
    (a posix path) among ``assets``. ``stylesheets`` are CSS texts in cascade order; ``stylesheet_paths`` (same
    length, or empty) say where each came from: faults are reported there, and its own relative addresses resolve
    against that path. ``path`` is the file that diagnostics name. Links into the site are printed with ``site_url``
    before them; without one they are printed as plain text. ``date`` (``2027-06-14``) is the day on which variants that
    must tell one (PDF/X) say they were made; ``pdfx`` makes process colours, as PDF/X-1a. ``sizes`` are root font
    sizes in points, ascending: the document is printed in the largest that needs no more pages than the smallest and
    overflows nothing.
    """

    html: str
    title: str
    lang: str
    path: str
    stylesheets: tuple[str, ...] = ()
    stylesheet_paths: tuple[str, ...] = ()
    assets: Mapping[str, bytes] = field(default_factory=dict)
    base: str = ""
    site_url: str = ""
    date: str = "2000-01-01"
    pdf_variant: str = "pdf/ua-1"
    bleed_mm: float = 0.0
    marks: bool = False
    greyscale: bool = False
    cmyk: bool = False
    pdfx: bool = False
    max_pages: int | None = None
    minimum_dpi: int = 150
    line_numbers: bool = True
    sizes: tuple[float, ...] = ()

    @property
    def span(self) -> Span:
        return Span(self.path)


class Fit(Struct, frozen=True, kw_only=True):
    """How well the text fills its pages (the copy-fit report of a bulletin).

    ``filled`` is the used share of the last page's text area, 0 to 1, averaged over its columns. ``lines_left`` are
    the lines of body text that still fit on the last page; ``lines_over`` those beyond ``max_pages`` (0 when it fits).
    ``used`` is how many pages the text takes, the last one as far as its lowest line; 0 without text in the flow.
    """

    pages: int
    filled: float
    lines_left: int
    lines_over: int
    used: float = 0.0


class Printed(Struct, frozen=True, kw_only=True):
    """A printed document. ``pdf`` is empty when the engine could not print; a diagnostic then says why.

    ``sheets`` are the trimmed page sizes in millimetres; ``numbered`` counts the line numbers in the margins.
    """

    pdf: bytes
    pages: int
    sheets: tuple[tuple[float, float], ...] = ()
    numbered: int = 0
    fit: Fit | None = None


class Engine(Protocol):
    """What prints: a name and version (they enter the cache key) and ``render``, a pure function of its document."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def render(self, document: PrintDocument) -> tuple[Printed, list[Diagnostic]]: ...
