"""A finished print page and its assets in; one tagged PDF out, with what the engine noticed on the way."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Severity
from toolkit_builder.formats.page import hydrate
from toolkit_builder.formats.templates import Templates, safe
from toolkit_builder.model import Payload

_SECONDS = 300


def page(payload: Payload, templates: Templates) -> bytes:
    """The same payload as a page's, through a template of ``print/``: the HTML that the PDF is keyed by.

    ``also``: payloads of the same document in other languages, each of which follows on pages of its own.
    """
    whole = _page(payload, templates)
    if not payload.get("also"):
        return whole.encode()
    boxes = [_boxed(whole, payload["page"], "")]
    boxes += [_boxed(_page(more, templates), more["page"], " again") for more in payload["also"]]
    return _BODY.sub(lambda _: f"<body>\n{''.join(boxes)}</body>", whole, count=1).encode()


_PLACES = re.compile(r'<[^<>]*?\sid="([^"]+)"[^<>]*?\sdata-url="([^"]+)"')
_NAMES = re.compile(r'\sid="([^"]+)"')
_LINKS = re.compile(r'(<a\s[^<>]*?\bhref=")(/[^"#]*)(?:#([^"]*))?"')


def _inward(html: str) -> str:
    """Links to a page that this document holds as well (``id`` and ``data-url`` of an element say where) lead there."""
    places = {address: name for name, address in _PLACES.findall(html)}
    if not places:
        return html
    names = set(_NAMES.findall(html))

    def led(match: re.Match[str]) -> str:
        name = places.get(match[2])
        if name is None:
            return match[0]
        part = f"{name}-{match[3]}"
        return f'{match[1]}#{part if part in names else name}"'

    return _LINKS.sub(led, html)


_BODY = re.compile(r"<body(?P<given>[^>]*)>(?P<inner>.*)</body>", re.DOTALL)
_CLASS = re.compile(r'class="([^"]*)"')


def _boxed(html: str, page: Payload, more: str) -> str:
    """The words of a print page in a box that has its body's classes, and says its language."""
    match = _BODY.search(html)
    if match is None:
        return html
    classes = _CLASS.search(match["given"])
    return (
        f'<div class="{classes[1].strip() if classes else ""}{more}" lang="{page["language"]}" '
        f'dir="{page["direction"]}">{match["inner"]}</div>\n'
    )


def _page(payload: Payload, templates: Templates) -> str:
    resolve = payload["resolve"]
    context = {
        "site": hydrate(payload["site"], "", resolve),
        "page": {**payload["page"], "jsonld": safe("")},
        "doc": hydrate(payload["doc"], "", resolve),
        "listings": payload["listings"],
        "sheet": payload["sheet"],
        "qr": _qr,
    }
    return _inward(templates.render(payload["template"], context, payload["label"]))


def _qr(address: str) -> Any:
    """For templates: an address as a QR code, drawn."""
    from toolkit_builder.localise.documents import qr_svg

    return safe(qr_svg(address))


MEMORY_MB = 4096
"""The address space that one document may take: an agenda of 250 pages takes 1,080 (of which 760 are in memory)."""


@cache
def engine(seconds: float) -> Any:
    """The print engine of this process: a child of its own that is killed when a document runs away."""
    from toolkit_builder.printing.limits import LimitedEngine

    return LimitedEngine(seconds=seconds, memory_mb=MEMORY_MB)


def render(payload: Payload) -> tuple[bytes, list[Diagnostic]]:
    """``{html, title, language, path, stylesheets: {path: text}, assets: {path: bytes}, root, sheet, seconds,
    pictures: {path: bytes}}`` -> PDF (``pictures`` may be left out).

    ``sheet``: ``{max_pages, bleed, marks, greyscale, pdfx, sizes}`` (``sizes``: points of a line of text, of which the
    largest that fits is taken); ``seconds``: the longest that it may take (300 if left out). A document that cannot
    be printed is an error of its own
    diagnostics; its bytes are then empty, and nothing is published.
    """
    from toolkit_builder.printing.document import PrintDocument

    sheet = payload["sheet"]
    sheets = payload["stylesheets"]
    document = PrintDocument(
        html=bytes(payload["html"]).decode(),
        title=payload["title"],
        lang=payload["language"],
        path=payload["path"],
        stylesheets=tuple(_text(s) for s in sheets.values()),
        stylesheet_paths=tuple(sheets),
        assets={name: bytes(data) for name, data in (*payload["assets"].items(), *payload.get("pictures", {}).items())},
        site_url=payload["root"],
        max_pages=sheet.get("max_pages"),
        bleed_mm=sheet.get("bleed", 0.0),
        marks=sheet.get("marks", False),
        greyscale=sheet.get("greyscale", False),
        pdfx=sheet.get("pdfx", False),
        sizes=tuple(sheet.get("sizes", ())),
    )
    printed, found = engine(payload.get("seconds", _SECONDS)).render(document)
    quiet = sheet.get("quiet", ())
    return printed.pdf, [_reported(d) for d in found if d.code not in quiet]


# What does not fit its box or its pages. The page on the web has every word, so these do not hold a whole site
# back minutes before a session opens; with --strict they do, as every warning does.
_MISFITS = frozenset({"Q121", "Q122", "Q123", "Q125", "Q131"})


def _reported(found: Diagnostic) -> Diagnostic:
    if found.code in _MISFITS and found.severity is Severity.ERROR:
        return replace(found, severity=Severity.WARNING)
    return found


def _text(data: bytes | str) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")
