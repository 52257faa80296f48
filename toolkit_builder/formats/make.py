"""A page on which a person makes a document: the page's payload and its print pages' in, one HTML page out.

The print pages are made here by the same templates that make the PDFs, with marked places in place of a branch's words
(``localise.shell``), and lie in the page as data. Nothing on it is fetched.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from toolkit_builder import logos
from toolkit_builder.model import Payload

if TYPE_CHECKING:
    from toolkit_builder.build.jobs import Parted
    from toolkit_builder.formats.templates import Templates

TEMPLATE = "make.html"

_BODY = re.compile(r"<html(?P<html>[^>]*)>.*?<body(?P<body>[^>]*)>(?P<inner>.*)</body>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_PAGE = re.compile(r"@page\s+([\w-]+)(?::first)?\s*{\s*size:\s*([\d.]+)mm\s+([\d.]+)mm;\s*margin:\s*([^;}@]+)")


def render(payload: Payload, templates: Templates) -> bytes | Parted:
    """``payload``: a page's, with ``prints`` (payloads of print pages, by variant and paper) and ``data``."""
    from toolkit_builder.formats import page, pdf

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
    """``{name, address, values, logo: {path, data}}``: what templates show of one branch, with its QR code and its
    logo, as a script: a page that was opened as a file can read no picture's bytes."""
    from toolkit_builder.localise.documents import qr_svg

    data = {**payload["values"], "qr": qr_svg(payload["address"])}
    if logo := payload.get("logo"):
        data["logo"] = logos.address(logo["path"], bytes(logo["data"]))
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
    """The named pages of a style sheet: ``{leaflet-a5: {width, height, margin}}``, millimetres and CSS. What it says of
    the first page comes last and counts."""
    return {m[1]: {"width": float(m[2]), "height": float(m[3]), "margin": m[4].strip()} for m in _PAGE.finditer(css)}


_FACE = re.compile(r'url\("fonts/(?P<name>[^"/]+)\.(?P<kind>[a-z0-9]+)"\)(?:\s*format\("[^"]*"\))?')
_BLEED = re.compile(r"\b(left|right):\s*-3mm")
"""Grounds that reach over the edge: a browser prints no bleed, and would make a page that is too wide smaller."""
_CLIPPED = "\n.branch-doc > section, .branch-doc.again { overflow: clip }\n.branch-doc.again { display: flow-root }\n"
"""Nor may the ground of one side reach into the next, while what floats belongs to its side."""
_TYPED = re.compile(r'^[^{}\n]*ol\[type="[aAiI]"\]\s*{[^{}]*}', re.MULTILINE)
"""Rules for ``type="a"``: in a browser they are rules for ``type="A"`` as well, and it has its own."""
_KINDS = {"ttf": "truetype", "otf": "opentype", "woff": "woff", "woff2": "woff2"}


def screen_files(sheets: Mapping[str, bytes], printed: Mapping[str, bytes], assets: Mapping[str, bytes]) -> Payload:
    """The theme's print style sheets for a preview on screen, by path below the assets: ``css/print.css``, and
    ``css/print-alone.css`` with its fonts inside, for pages opened as files, whose browser fetches no fonts.

    A face that the theme has as ``fonts/print/NAME.woff2`` (or, in small letters, ``fonts/name.woff2``) among its
    assets is that; any other is published as it is printed.
    """
    css = "\n".join(data.decode("utf-8", "replace") for _, data in sorted(sheets.items()))
    files: dict[str, bytes] = {}
    used: dict[str, tuple[bytes, str]] = {}

    def face(match: re.Match[str]) -> str:
        name, kind = match["name"], match["kind"]
        path = next((p for p in (f"fonts/print/{name}.woff2", f"fonts/{name.lower()}.woff2") if p in assets), "")
        data = assets[path] if path else printed.get(f"fonts/{name}.{kind}")
        if data is None:
            return match[0]
        if not path:
            path = f"fonts/print/{name}.{kind}"
            files[path] = data
        used[path] = data, _KINDS.get(path.rpartition(".")[2], kind)
        return f'url("../{path}") format("{used[path][1]}")'

    linked = _FACE.sub(face, _TYPED.sub("", _BLEED.sub(r"\1: 0", css))) + _CLIPPED
    alone = linked
    for path, (data, kind) in used.items():
        alone = alone.replace(f'url("../{path}")', f'url("data:font/{kind};base64,{b64encode(data).decode()}")')
    return {**files, "css/print.css": linked.encode(), "css/print-alone.css": alone.encode()}
