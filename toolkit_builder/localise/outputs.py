"""One branch's document in; its files in every format that was asked for out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

from toolkit_builder import prose
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.localise import documents
from toolkit_builder.localise.documents import Made, Stationery, Template

_PICTURE_DPI = 110


def base_name(template: Template, sheet: int) -> str:
    """The file's name without an ending: the template's; with the paper's where it has several."""
    return template.sheets[sheet][0] if sheet >= 0 else documents.file_name(template.name)


def possible(template: Template, sheet: int, formats: Sequence[str]) -> tuple[str, ...]:
    """Those of the formats that this sheet can have: words come once, with the first sheet."""
    found = []
    for name in formats:
        if name in {"pdf", "png", "html"}:
            fits = sheet >= 0
        elif name == "svg":
            fits = template.type == "social"
        else:
            fits = sheet <= 0 and (name == "txt" or template.words)
        if fits or (name == "png" and template.type == "social"):
            found.append(name)
    return tuple(found)


def made(template: Template, document: Made, sheet: int, formats: Sequence[str], stationery: Stationery,
         templates: Templates) -> tuple[list[tuple[str, bytes]], list[Diagnostic]]:
    """``[(file name, bytes)]`` and what the print engine noticed. Raises ``TemplateFailure``."""
    files: list[tuple[str, bytes]] = []
    found: list[Diagnostic] = []
    name = base_name(template, sheet)
    if sheet >= 0 and {"pdf", "png", "html"} & set(formats):
        payload = documents.page_payload(template, document, template.sheets[sheet], stationery)
        html = pdf.page(payload, templates)
        if "html" in formats:
            files.append((f"{name}.html", standalone(html, stationery.stylesheets)))
        if {"pdf", "png"} & set(formats):
            printed, found = pdf.render(documents.pdf_payload(html, payload, template, stationery))
            if printed and "pdf" in formats:
                files.append((f"{name}.pdf", printed))
            if printed and "png" in formats:
                files += pictures(name, printed)
    if "txt" in formats:
        files.append((f"{name}.txt", text(document).encode()))
    return files, found


def pictures(name: str, printed: bytes) -> list[tuple[str, bytes]]:
    from toolkit_builder.printing import picture

    pages = picture.pages(printed, _PICTURE_DPI)
    return [(f"{name}.png" if n == 1 else f"{name}-{n}.png", data) for n, data in enumerate(pages, 1)]


def text(document: Made) -> str:
    """The words of a document, a line for each block."""
    parts = [document.filled.html]
    for panel in document.filled.panels.values():
        parts += [f"<p>{panel['title']}</p>" if panel["title"] else "", panel["html"]]
    words = prose.plain("\n".join(filter(None, parts)))
    warning = f"NOT FOR PRINT: {', '.join(document.doc['not_for_print'])}\n\n" if document.doc["not_for_print"] else ""
    return f"{warning}{words.strip()}\n"


_LINK = re.compile(r"<link\b[^>]*rel=\"?stylesheet[^>]*>", re.IGNORECASE)


def standalone(html: bytes, stylesheets: Mapping[str, bytes]) -> bytes:
    """A print page with its style sheets inside, to be opened or mailed as one file."""
    css = "\n".join(data.decode("utf-8", "replace") for data in stylesheets.values()).replace("</", "<\\/")
    whole = _LINK.sub("", html.decode())
    return whole.replace("</head>", f"<style>\n{css}\n</style>\n</head>", 1).encode()


def social_text(template: Template, document: Made) -> str:
    """The words to post with a picture, and its description."""
    return escape(template.post_text, quote=False) or text(document)
