"""A page on which a person makes a document: the page's payload and its print pages' in, one HTML page out.

The print pages are made here by the same templates that make the PDFs, with marked places in place of a branch's words
(``localise.shell``), and lie in the page as data. Nothing on it is fetched.
"""

from __future__ import annotations

import json
import re
from typing import Any

from toolkit_builder.formats import page, pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.model import Payload

VERSION = 1
_BODY = re.compile(r"<html(?P<html>[^>]*)>.*?<body(?P<body>[^>]*)>(?P<inner>.*)</body>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_PAGE = re.compile(r"@page\s+([\w-]+)\s*{\s*size:\s*([\d.]+)mm\s+([\d.]+)mm;\s*margin:\s*([^;}@]+)")


def render(payload: Payload, templates: Templates) -> bytes:
    """``payload``: a page's, with ``prints`` (payloads of print pages, by variant and paper) and ``data``."""
    shells: dict[str, dict[str, Payload]] = {}
    for name, inner in payload["prints"].items():
        variant, _, size = name.partition(" ")
        shells.setdefault(variant, {})[size] = _shell(pdf.page(inner, templates).decode())
    data = {**payload["data"], "shells": shells}
    doc = {**payload["doc"], "data_json": as_script(data)}
    return page.render({**payload, "doc": doc}, templates)


def branches(payload: Payload) -> bytes:
    """The list of branches, ``[name, title, region]`` each, as a script."""
    return f"window.toolkitBranches={as_script(payload['branches'])};\n".encode()


def branch(payload: Payload) -> bytes:
    """``{name, address, values}``: what templates show of one branch, with its QR code, as a script."""
    from toolkit_builder.localise.documents import qr_svg

    data = {**payload["values"], "qr": qr_svg(payload["address"])}
    return f"(window.toolkitBranch??={{}})[{as_script(payload['name'])}]={as_script(data)};\n".encode()


def as_script(value: Any) -> str:
    """JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _shell(html: str) -> Payload:
    match = _BODY.search(html)
    if match is None:
        return {"html": {}, "body": {}, "inner": html}
    return {
        "html": dict(_ATTRIBUTE.findall(match["html"])),
        "body": dict(_ATTRIBUTE.findall(match["body"])),
        "inner": match["inner"],
    }


def pages(css: str) -> dict[str, Payload]:
    """The named pages of a style sheet: ``{leaflet-a5: {width, height, margin}}``, millimetres and CSS."""
    return {m[1]: {"width": float(m[2]), "height": float(m[3]), "margin": m[4].strip()} for m in _PAGE.finditer(css)}


def screen_css(sheets: dict[str, bytes]) -> bytes:
    """The theme's print style sheets for a preview on screen: its own faces, the site's fonts."""
    css = "\n".join(data.decode("utf-8", "replace") for _, data in sorted(sheets.items()))
    css = re.sub(r"@font-face\s*{[^}]*}\s*", "", css)
    faces = [
        f'@font-face {{ font-family: "{name}"; src: url("../fonts/{file}") format("woff2"); '
        f"font-style: {style}; font-weight: 200 900 }}"
        for name, file, style in (
            ("Toolkit Sans", "toolkit-sans.woff2", "normal"),
            ("Toolkit Serif", "toolkit-serif.woff2", "normal"),
            ("Toolkit Serif", "toolkit-serif-italic.woff2", "italic"),
            ("Toolkit Serif Display", "toolkit-serif.woff2", "normal"),
        )
    ]
    faces += [
        f'@font-face {{ font-family: "Noto Naskh Arabic"; src: url("../fonts/notonaskharabic-{file}.woff2") '
        f'format("woff2"); font-weight: {weight} }}'
        for file, weight in (("regular", 400), ("bold", 700))
    ]
    return ("\n".join(faces) + "\n" + css).encode()
