"""Small files that no theme dresses: site map, robots, redirects, sources given back, registers, archives."""

from __future__ import annotations

import io
import json
import zipfile
from html import escape
from xml.etree import ElementTree as ET

from toolkit_builder import pictures
from toolkit_builder.build.jobs import RenderError
from toolkit_builder.formats.page import relative
from toolkit_builder.model import Payload

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the ZIP format's first day: archives carry no clock


def copy(payload: Payload) -> bytes:
    """``{data}``: bytes or text as they are: assets, style sheets, Markdown sources."""
    data = payload["data"]
    return data.encode("utf-8") if isinstance(data, str) else bytes(data)


def picture(payload: Payload) -> bytes:
    """``{data, path}``: a photograph without what it says of the photographer. RenderError if it is no picture."""
    data, found = pictures.published(bytes(payload["data"]), payload["path"])
    if found:
        raise RenderError(found)
    return data


def sitemap(payload: Payload) -> bytes:
    """``{root, pages: [{url, updated}]}`` -> sitemap.xml."""
    ET.register_namespace("", _SITEMAP)
    urlset = ET.Element(f"{{{_SITEMAP}}}urlset")
    for page in payload["pages"]:
        url = ET.SubElement(urlset, f"{{{_SITEMAP}}}url")
        ET.SubElement(url, f"{{{_SITEMAP}}}loc").text = payload["root"] + page["url"]
        if page["updated"]:
            ET.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = page["updated"]
    return xml(urlset)


def xml(root: ET.Element) -> bytes:
    """An XML document, indented, in UTF-8."""
    ET.indent(root, " ")
    body: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def robots(payload: Payload) -> bytes:
    """``{root, allow}`` -> robots.txt."""
    lines = ["User-agent: *", "Disallow:" if payload["allow"] else "Disallow: /"]
    if payload["root"] and payload["allow"]:
        lines.append(f"Sitemap: {payload['root']}/sitemap.xml")
    return ("\n".join(lines) + "\n").encode()


def redirect(payload: Payload) -> bytes:
    """``{url, target, title, language, root}`` -> a page that leads on: for people, browsers and search engines."""
    target = escape(payload["target"], quote=True)
    canonical = escape(payload["root"] + payload["target"], quote=True)
    html = (
        f'<!doctype html>\n<html lang="{escape(payload["language"], quote=True)}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{escape(payload["title"])}</title>\n<meta name="robots" content="noindex">\n'
        f'<link rel="canonical" href="{canonical}">\n'
        f'<meta http-equiv="refresh" content="0; url=REDIRECT">\n</head>\n<body>\n'
        f'<p><a href="{target}">{escape(payload["title"])}</a></p>\n</body>\n</html>\n'
    )
    html = relative(html, payload["url"])
    shown = html.split('<p><a href="', 1)[1].split('"', 1)[0]
    return html.replace("url=REDIRECT", f"url={shown}", 1).encode()


def archive(payload: Payload) -> bytes:
    """``{entries: [[name, bytes or text], ...]}`` -> a ZIP with the same bytes everywhere: sorted, no clock."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        for name, data in sorted(payload["entries"], key=lambda e: str(e[0])):
            info = zipfile.ZipInfo(name, _EARLIEST)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = (
                zipfile.ZIP_STORED if name.endswith((".pdf", ".png", ".jpg", ".zip")) else (zipfile.ZIP_DEFLATED)
            )
            bundle.writestr(info, data.encode() if isinstance(data, str) else data, compresslevel=9)
    return buffer.getvalue()


def as_json(payload: Payload) -> bytes:
    """``{value}`` -> JSON, in the order given."""
    return (json.dumps(payload["value"], ensure_ascii=False, indent=1) + "\n").encode()
