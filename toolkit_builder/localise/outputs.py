"""One branch's document in; its files in every format that was asked for out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from urllib.parse import unquote

from toolkit_builder import logos, prose
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import docx, pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.localise import languages, resources, sheets, social
from toolkit_builder.localise.documents import Made
from toolkit_builder.localise.resources import Template
from toolkit_builder.localise.sheets import Stationery
from toolkit_builder.model import Payload

_PICTURE_DPI = 110


def base_name(template: Template, sheet: int) -> str:
    """The file's name without an ending: the template's; with the paper's where it has several."""
    return template.sheets[sheet][0] if sheet >= 0 else resources.file_name(template.name)


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


def made(
    template: Template, document: Made, sheet: int, formats: Sequence[str], stationery: Stationery, templates: Templates
) -> tuple[list[tuple[str, bytes]], list[Diagnostic]]:
    """``[(file name, bytes)]`` and what the print engine noticed. Raises ``TemplateFailure``."""
    files: list[tuple[str, bytes]] = []
    found: list[Diagnostic] = []
    name = base_name(template, sheet)
    if sheet >= 0 and {"pdf", "png", "html"} & set(formats):
        payload = sheets.page_payload(template, document, template.sheets[sheet], stationery)
        html = pdf.page(payload, templates)
        if "html" in formats:
            files.append((f"{name}.html", standalone(html, stationery)))
        if {"pdf", "png"} & set(formats):
            printed, found = pdf.render(sheets.pdf_payload(html, payload, template, stationery))
            if printed and "pdf" in formats:
                files.append((f"{name}.pdf", printed))
            if printed and "png" in formats:
                files += pictures(name, printed)
    if template.type == "social":
        return _social(template, document, formats, stationery)
    if "docx" in formats:
        files.append((f"{name}.docx", docx.render(word_payload(template, document, stationery))))
    if "txt" in formats:
        files.append((f"{name}.txt", text(document).encode()))
    return files, found


def word_payload(template: Template, document: Made, stationery: Stationery) -> Payload:
    """What ``formats.docx.render`` is handed."""
    if document.parts:
        parts = [word_payload(t, part, stationery) for t, part in zip(template.parts, document.parts, strict=True)]
        return {**parts[0], "title": template.title, "parts": parts, "layout": template.layout}
    branch, said = document.doc["branch"], stationery.words(template.language)
    union = stationery.site["organisation"]["name"]
    head = [branch.get("title") or union]
    if branch.get("title"):
        head += [" · ".join(filter(None, (union, branch.get("region"))))] if union else []
    if template.type == "model-letter":
        head += _addresses(branch, said)
    lacking = document.doc["not_for_print"]
    return {
        "html": whole(document),
        "title": template.title,
        "heading": document.doc["heading"],
        "head": head,
        "language": template.language,
        "author": branch.get("title") or stationery.site["organisation"]["name"],
        "subject": template.toolkit["campaign"] or template.toolkit["title"],
        "kind": said("Press release") if template.type == "press-release" else "",
        "warning": f"{said('NOT FOR PRINT')}. {said('Still missing')}: {', '.join(lacking)}" if lacking else "",
        "imprint": document.doc["imprint_html"],
        "resolve": template.resolve,
        "root": stationery.root,
        **_letterhead(document, stationery),
    }


def _addresses(branch: Payload, said: Callable[[str], str]) -> list[str]:
    """Where a branch can be found, line by line, as the letterhead of its printed letters has it."""
    office = (branch.get("office") or "").strip().replace("\n", ", ")
    textphone = f"{said('Textphone')} {branch['textphone']}" if branch.get("textphone") else ""
    hours = branch.get("hours") or ""
    hours = hours if isinstance(hours, str) else "; ".join(hours)
    lines = (office, branch.get("phone"), textphone, hours, branch.get("email"), branch.get("web"))
    return [line for line in lines if line]


def _letterhead(document: Made, stationery: Stationery) -> Payload:
    """The branch's logo, and the bytes of its picture where they are at hand."""
    logo = document.doc["logo"]
    data = stationery.assets.get(logo["path"]) if logo else None
    return {
        "logo": {"path": logo["path"], "alt": logo["alt"]} if logo else None,
        "pictures": {logo["path"]: data} if data else {},
    }


def whole(document: Made) -> str:
    """All words of a document in one language in one fragment: the text, then its sides or panels."""
    parts = [document.doc["body_html"]]
    for panel in document.filled.panels.values():
        parts += [f'<p class="panel-title">{panel["title"]}</p>' if panel["title"] else "", panel["html"]]
    return "\n".join(filter(None, parts))


def pictures(name: str, printed: bytes) -> list[tuple[str, bytes]]:
    from toolkit_builder.printing import picture

    pages = picture.pages(printed, _PICTURE_DPI)
    return [(f"{name}.png" if n == 1 else f"{name}-{n}.png", data) for n, data in enumerate(pages, 1)]


def text(document: Made) -> str:
    """The words of a document, a line for each block; one language after the other."""
    if document.parts:
        return f"\n{'-' * 40}\n\n".join(map(text, document.parts))
    heading = f"<h1>{escape(document.doc['heading'], quote=False)}</h1>\n" if document.doc["heading"] else ""
    words = prose.plain(heading + whole(document))
    warning = f"NOT FOR PRINT: {', '.join(document.doc['not_for_print'])}\n\n" if document.doc["not_for_print"] else ""
    return f"{warning}{words.strip()}\n"


_LINK = re.compile(r"<link\b[^>]*rel=\"?stylesheet[^>]*>", re.IGNORECASE)


_SHOWN = re.compile(r'(<img\b[^>]*?\ssrc=")([^"]*)(")')


def standalone(html: bytes, stationery: Stationery) -> bytes:
    """A print page with its style sheets and pictures inside, to be opened or mailed as one file."""
    sheets = (data.decode("utf-8", "replace") for data in stationery.stylesheets.values())
    css = "\n".join(sheets).replace("</", "<\\/")

    def inside(match: re.Match[str]) -> str:
        path = unquote(unescape(match[2])).lstrip("/")
        data = stationery.assets.get(path)
        return f"{match[1]}{logos.address(path, data)}{match[3]}" if data else match[0]

    whole = _SHOWN.sub(inside, _LINK.sub("", html.decode()))
    return whole.replace("</head>", f"<style>\n{css}\n</style>\n</head>", 1).encode()


def _social(
    template: Template, document: Made, formats: Sequence[str], stationery: Stationery
) -> tuple[list[tuple[str, bytes]], list[Diagnostic]]:
    """A picture to post, drawn and in pixels, and the words that go with it. Languages side by side share a picture;
    one after the other, each has its own."""
    name, files, found = resources.file_name(template.name), list[tuple[str, bytes]](), list[Diagnostic]()
    shown = [(template, document)]
    if document.parts and template.layout != languages.SIDE:
        shown = list(zip(template.parts, document.parts, strict=True))
    for n, (part, made) in enumerate(shown, 1):
        drawing = social.svg(part, made, stationery)
        stem = name if n == 1 else f"{name}-{n}"
        if "svg" in formats:
            files.append((f"{stem}.svg", drawing.encode()))
        if "png" in formats:
            pixels, problems = social.png(part, drawing, stationery)
            files += [(f"{stem}.png", pixels)] if pixels else []
            found += problems
    if "txt" in formats or files:
        files.append((f"{name}.txt", social.words(template, document).encode()))
    return files, found
