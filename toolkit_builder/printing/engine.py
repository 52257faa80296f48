"""A print document in, PDF bytes and diagnostics out, with WeasyPrint behind two methods.

What is dear is kept for the process and keyed by content: font configurations with their parsed style sheets
(``_Kit``), and decoded pictures. What a document sees depends on nothing but the document: fontconfig is given an
empty configuration, so only the fonts that the style sheets bring exist; addresses resolve on a made-up host
(``fetch``), because the engine names pictures after their address.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import gc
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Iterable, Iterator
from functools import cache, partial
from importlib import metadata
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from msgspec import Struct
from msgspec.structs import replace

from ..diagnostics import Diagnostic, Span, error, note
from . import boxes, finish, links, quicker, report, sizes
from .checks import checked
from .document import Engine, Fit, PrintDocument, Printed
from .fetch import HOST, Shelf, fetcher, url_of
from .lines import placed_lines
from .series import Form, Series
from .structure import mend_structure
from .tagging import Tagging, name_drawings

__all__ = ["Engine", "Fit", "PrintDocument", "Printed", "WeasyPrintEngine", "available"]

_KITS = 8  # font configurations kept; each holds its fonts in memory
_PICTURES = 512  # decoded pictures kept
_APART = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
)
_LIGATURE = re.compile(f"[{''.join(_APART)}]")
_MISFITS = {"Q121", "Q122", "Q123", "Q124", "Q125", "Q131"}  # what a smaller size of type cures

# Whatever else in a document can bring fonts or styles: it decides which kit the document may share.
_INLINE = re.compile(r"@font-face[^}]*}|@counter-style[^}]*}|@color-profile[^}]*}|@import[^;]*;|<link\b[^>]*>", re.I)
_LOCK = threading.RLock()  # the environment, the collector and the loggers belong to the whole process

_NO_FONTS = str(Path(__file__).with_name("fonts.conf"))
_INSTALL = {
    "linux": "install it with 'apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0' (Debian, Ubuntu) "
    "or 'dnf install pango' (Fedora)",
    "darwin": "install it with 'brew install pango'",
    "win32": "install MSYS2, then run 'pacman -S mingw-w64-x86_64-pango' in its shell",
}


def available() -> str | None:
    """None when this machine can print; else one sentence that says what is missing and how to install it."""
    try:
        _weasyprint()
    except ImportError:
        return "the print engine is missing: install it with 'pip install weasyprint'"
    except OSError:
        wanted = "Pango" if not ctypes.util.find_library("pango-1.0") else "a library that Pango needs"
        return f"printing needs {wanted}: {_INSTALL.get(sys.platform, _INSTALL['linux'])}"
    return None


@cache
def _weasyprint() -> Any:
    """The engine's module, imported when the first document is printed (it takes 0.4 s and needs Pango)."""
    with _LOCK, warnings.catch_warnings(), _environment(FONTCONFIG_FILE=_NO_FONTS):
        warnings.simplefilter("ignore", UserWarning)  # it looks for the machine's fonts, and ours come with the theme
        import weasyprint

        quicker.install()
    return weasyprint


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The engine leaves its own colour profile open, and Python would say so on the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Cyclic collection off: a layout makes many boxes and no garbage worth looking for (a seventh of the time)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Kit(Struct, kw_only=True):
    """What documents with the same style sheets share: fonts, parsed sheets, and what these read."""

    fonts: Any
    sheets: list[Any]
    counters: Any
    profiles: dict[str, Any]
    served: dict[str, bytes]
    complaints: list[Diagnostic]
    series: Series


class _Fonts(dict[Any, Any]):
    """The fonts of one document as it is drawn; their files are noted before the engine cuts them to subsets."""

    def __init__(self) -> None:
        super().__init__()
        self._files: list[tuple[tuple[int, int], bytes]] = []

    def __setitem__(self, key: Any, font: Any) -> None:
        super().__setitem__(key, font)
        self._files.append(((int(font.style), abs(int(font.weight) - 400)), font.file_content))

    def plainest(self) -> bytes:
        """The file of the upright font nearest to regular weight; empty when nothing was drawn."""
        return min(self._files, key=lambda item: item[0])[1] if self._files else b""


_Layout = tuple[Any, Fit, list[Diagnostic]]  # the engine's document, and what was found on its pages


def _misfits(problems: Iterable[Diagnostic]) -> set[str]:
    return {found.message for found in problems if found.code in _MISFITS}


_Key = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str]


class WeasyPrintEngine:
    """Prints with WeasyPrint. One instance serves a process; several threads take turns."""

    name = "weasyprint"

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._fetcher: Any = None
        self._kits: dict[_Key, _Kit] = {}
        self._pictures: dict[str, Any] = {}
        self._pictured: dict[str, bytes] = {}
        # The engine keeps fonts in a temporary folder for as long as their kit lives; workers of a pool end without
        # running destructors, but they do run these.
        Finalize(self, self._kits.clear, exitpriority=1)

    @property
    def version(self) -> str:
        """The engine's own version and this module's, without importing the engine."""
        return f"{metadata.version('weasyprint')}+1"

    def render(self, document: PrintDocument) -> tuple[Printed, list[Diagnostic]]:
        """Print one document. Its mistakes, and what the engine cannot do, come back as diagnostics."""
        missing = available()
        if missing:
            return Printed(pdf=b"", pages=0), [error("Q114", missing, document.span)]
        if _LIGATURE.search(document.html):  # letters of a PDF that somebody copied from: fonts make their own
            document = replace(document, html=_LIGATURE.sub(lambda one: _APART[one[0]], document.html))
        # fontTools stamps the fonts it writes with the time, unless this (reproducible-builds.org) says otherwise.
        with _LOCK, _environment(SOURCE_DATE_EPOCH="0"), _no_collector(), _quiet(), report.listening() as log:
            try:
                return self._render(document, log)
            except (RecursionError, MemoryError, SystemError) as problem:  # the last is memory that C code did not get
                why = "it is nested too deeply" if isinstance(problem, RecursionError) else "it needs too much memory"
                found = error("Q113", f"the document cannot be printed: {why}", document.span)
            except Exception as problem:  # a bug of the engine must not take the other documents along
                reason = ": ".join(filter(None, [type(problem).__name__, str(problem)]))
                text = f"the print engine failed on this document ({reason})"
                found = error("Q113", text, document.span, hint="leave parts out until it prints, to find the cause")
            refused = report.diagnostics(log, self._shelf.refused, document.span)
            self._forget()
            return Printed(pdf=b"", pages=0), [*refused, found]

    def _render(self, document: PrintDocument, log: list[logging.LogRecord]) -> tuple[Printed, list[Diagnostic]]:
        weasyprint = _weasyprint()
        if self._fetcher is None:
            self._fetcher = fetcher(self._shelf)
        self._shelf.open(document.assets)
        if not self._shelf.holds(self._pictured) or len(self._pictures) > _PICTURES:
            self._forget()
        kit = self._kit(document)
        log.clear()
        self._shelf.open(document.assets)
        base = urljoin(HOST, url_of(document.base.strip("/") + "/"))

        def parsed(html: str) -> Any:
            page = weasyprint.HTML(string=html, base_url=base, url_fetcher=self._fetcher)
            page.etree_element.attrib.setdefault("lang", document.lang)
            name_drawings(page.etree_element)
            return page

        # A page that is tried in several sizes is styled anew for each of them.
        form = None if document.sizes else kit.series.filled(document.html, f"{base} {document.lang}", parsed, log)
        if form is not None:
            with contextlib.suppress(Exception):  # whatever it is, the whole page will tell
                answer = self._printed(document, kit, form.page, log, form)
                if not form.faulty:
                    return answer
            kit.series.refuse(form)
            log.clear()
            self._shelf.open(document.assets)
        return self._printed(document, kit, parsed(document.html), log, None)

    def _printed(
        self, document: PrintDocument, kit: _Kit, page: Any, log: list[logging.LogRecord], form: Form | None
    ) -> tuple[Printed, list[Diagnostic]]:
        malformed = links.without_malformed(page.etree_element, document.span)
        if malformed and form is not None:
            form.faulty = True  # what was taken out of it, no later page would report
        layout = self._in_largest if document.sizes else self._layout
        laid_out, fit, problems = layout(document, kit, page, log, form)
        laid_out.metadata.title = laid_out.metadata.title or document.title
        laid_out.metadata.lang = laid_out.metadata.lang or document.lang
        if document.pdf_variant.startswith("pdf/x"):  # it would take the time of day
            laid_out.metadata.created = laid_out.metadata.created or document.date
            laid_out.metadata.modified = laid_out.metadata.modified or document.date
        found = [*kit.complaints, *malformed, *links.resolved(laid_out, document)]
        laid_out.fonts = used = _Fonts()
        tagging = Tagging(page.etree_element, laid_out.metadata.lang)
        tagging.watch(laid_out)
        pdf = laid_out.write_pdf(pdf_variant=document.pdf_variant or None, finisher=mend_structure)
        found += report.diagnostics(log, self._shelf.refused, document.span)
        found += tagging.diagnostics(document.span)
        self._keep_pictures(kit)
        lines = placed_lines(laid_out) if document.line_numbers else []
        printed, more = finish.finished(pdf, document, tagging, lines, used.plainest(), fit)
        return printed, [*found, *problems, *more]

    def _layout(
        self, document: PrintDocument, kit: _Kit, page: Any, _log: list[logging.LogRecord], form: Form | None
    ) -> _Layout:
        """A parsed page laid out and looked over."""
        options = {
            **_weasyprint().DEFAULT_OPTIONS,
            "stylesheets": kit.sheets,
            "cache": self._pictures,
            "pdf_variant": document.pdf_variant or None,
        }
        laid_out, style_for = _laid_out(page, kit, options, form)
        return laid_out, *checked(laid_out, document, page.etree_element, style_for)

    def _in_largest(
        self, document: PrintDocument, kit: _Kit, page: Any, log: list[logging.LogRecord], form: Form | None
    ) -> _Layout:
        """The layout in the largest of the document's sizes that fits: only this one is drawn and written."""
        own = page.etree_element.get("style", "")
        before = list(log)
        made: dict[int, tuple[_Layout, list[logging.LogRecord]]] = {}
        incurable: set[str] = set()  # what overflows by as much in the smallest size: no size of type cures it

        def attempt(index: int) -> sizes.Trial:
            if index not in made:
                self._drop_pictures()
                log[:] = before
                page.etree_element.set("style", f"{own}; font-size: {document.sizes[index]:g}pt")
                made[index] = self._layout(document, kit, page, log, form), list(log)
            _, fit, problems = made[index][0]
            return sizes.Trial(fit.pages, fit.used, not _misfits(problems) <= incurable)

        best = sizes.largest(document.sizes, attempt)
        if best == 0 and (incurable := _misfits(made[0][0][2])):
            best = sizes.largest(document.sizes, attempt)
        chosen, log[:] = made[best]
        return chosen

    def _kit(self, document: PrintDocument) -> _Kit:
        inline = tuple(_INLINE.findall(document.html))
        key: _Key = (
            (*document.stylesheets, boxes.page_rule(document.bleed_mm)),
            document.stylesheet_paths,
            inline,
            document.base if inline else "",
        )
        kit = self._kits.pop(key, None)
        if kit is None or not self._shelf.holds(kit.served):
            kit = self._new_kit(document, hermetic=True, inline=inline)
        self._kits[key] = kit  # last in the order: least recently used first
        while len(self._kits) > _KITS:
            del self._kits[next(iter(self._kits))]
        return kit

    def _new_kit(self, document: PrintDocument, *, hermetic: bool, inline: tuple[str, ...]) -> _Kit:
        """Parse the style sheets. Without a font of their own the machine's fonts must do, and a note says so."""
        weasyprint = _weasyprint()
        from weasyprint.css.counters import CounterStyle
        from weasyprint.text.fonts import FontConfiguration

        own = {"FONTCONFIG_FILE": _NO_FONTS} if hermetic else {}
        with _environment(**own):
            fonts = FontConfiguration()
        kit = _Kit(
            fonts=fonts, sheets=[], counters=CounterStyle(), profiles={}, served={}, complaints=[],
            series=Series(document.stylesheets),
        )  # fmt: skip
        self._shelf.open(document.assets)
        paths = document.stylesheet_paths or ("",) * len(document.stylesheets)
        own_rule = boxes.page_rule(document.bleed_mm)
        sheets = [*zip(document.stylesheets, paths, strict=True), *([(own_rule, "")] if own_rule else [])]
        for css, path in sheets:
            with report.listening() as log:
                kit.sheets.append(
                    weasyprint.CSS(
                        string=css,
                        base_url=url_of(path),
                        url_fetcher=self._fetcher,
                        font_config=fonts,
                        counter_style=kit.counters,
                        color_profiles=kit.profiles,
                    )
                )
            span = Span(path) if path else document.span
            kit.complaints += report.diagnostics(log, self._shelf.refused, span)
            self._shelf.refused.clear()
        kit.served = dict(self._shelf.served)
        if not hermetic:
            text = "the style sheets bring no font, so the machine's own were used and pages differ between machines"
            kit.complaints.append(note("Q111", text, document.span, hint="add @font-face rules to the theme"))
        elif not _has_fonts(fonts) and not any("@font-face" in text or "<link" in text for text in inline):
            return self._new_kit(document, hermetic=False, inline=inline)
        return kit

    def _keep_pictures(self, kit: _Kit) -> None:
        """Remember what the kept pictures were made of."""
        for path, data in self._shelf.served.items():
            self._pictured[path] = data
            if path.lower().endswith((".css", ".ttf", ".otf", ".woff", ".woff2", ".icc")):
                kit.served[path] = data
        self._drop_pictures()

    def _drop_pictures(self) -> None:
        """Forget pictures that could not be read, so that this is said of each layout, and those of one page only."""
        for url in [url for url, kept in self._pictures.items() if kept is None or url.startswith("data:")]:
            del self._pictures[url]

    def _forget(self) -> None:
        self._pictures.clear()
        self._pictured.clear()


def _laid_out(page: Any, kit: _Kit, options: dict[str, Any], form: Form | None) -> tuple[Any, Any]:
    """Lay out a parsed page: what ``HTML.render`` does, but the computed styles are kept for the checks."""
    from weasyprint.document import Document

    kept: list[Any] = []

    class Keeping(Document):  # type: ignore[misc]
        @classmethod
        def _build_layout_context(cls, *arguments: Any) -> Any:
            make = partial(super()._build_layout_context, *arguments)
            kept.append(make() if form is None else form.context(make, *arguments))
            return kept[-1]

    laid_out = Keeping._render(page, kit.fonts, kit.counters.copy(), dict(kit.profiles), options)
    return laid_out, kept[-1].style_for


def _has_fonts(fonts: Any) -> bool:
    """Whether fontconfig knows any font at all: with none, Pango ends the process."""
    from weasyprint.text.ffi import ffi, fontconfig

    sets = [fontconfig.FcConfigGetFonts(fonts._config, which) for which in (0, 1)]  # system, application
    return any(found != ffi.NULL and found.nfont > 0 for found in sets)
