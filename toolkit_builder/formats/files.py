"""Small files that no theme dresses: site map, robots, redirects, sources given back, registers, archives."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from toolkit_builder import pictures
from toolkit_builder.build.jobs import RenderError
from toolkit_builder.build.parts import BEFORE, Same
from toolkit_builder.model import Payload

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


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
    """``{root, pages: [[url, updated]]}`` -> sitemap.xml."""
    ET.register_namespace("", _SITEMAP)
    urlset = ET.Element(f"{{{_SITEMAP}}}urlset")
    for address, updated in payload["pages"]:
        url = ET.SubElement(urlset, f"{{{_SITEMAP}}}url")
        ET.SubElement(url, f"{{{_SITEMAP}}}loc").text = payload["root"] + address
        if updated:
            ET.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = updated
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
    from toolkit_builder.formats.page import relative  # with Jinja, which no other file here needs

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
    """``{entries: [[name, bytes or text], ...]}`` -> a ZIP with the same bytes everywhere: no clock, in that order.

    An entry that comes out as in the archive ``before`` may be `Same`.
    """
    before = _members(payload[BEFORE]) if BEFORE in payload else []
    try:
        return _joined([before[e.place] if isinstance(e, Same) else _member(*e) for e in payload["entries"]])
    except _TooLarge:
        if before:
            raise
        return _large_archive(payload["entries"])


def _joined(members: Sequence[bytes]) -> bytes:
    at, directory = 0, []
    for member in members:
        flags, method, time, day, crc, packed, size, length, _ = _LOCAL.unpack_from(member)[2:]
        rest = (length, 0, 0, 0, 0, 0o644 << 16, at)
        entry = _ENTRY.pack(b"PK\1\2", 20, _UNIX, 20, 0, flags, method, time, day, crc, packed, size, *rest)
        directory.append(entry + member[_LOCAL.size : _LOCAL.size + length])
        at += len(member)
    listed = b"".join(directory)
    if len(members) >= _MOST_ENTRIES or at + len(listed) >= _MOST_BYTES:
        raise _TooLarge
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(listed), at, 0)
    return b"".join([*members, listed, end])


class _TooLarge(Exception):
    """An archive that needs the fields of ZIP64."""


# APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16
_LOCAL = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UNIX = 3
_EARLIEST = (0, 1 << 5 | 1)  # midnight of the ZIP format's first day, 1 January 1980: archives carry no clock
_LEVEL = 6  # of zlib; 9 takes half as long again, for a thirtieth of the size
_PACKED = (".pdf", ".png", ".jpg", ".zip")
_MOST_ENTRIES, _MOST_BYTES = 0xFFFF, 0x7FFFFFFF  # of an archive without the fields of ZIP64


def _member(name: str, data: bytes | str) -> bytes:
    """A file's header, name and bytes, as they stand in an archive."""
    data = data.encode() if isinstance(data, str) else data
    method, packed = 0, data
    if not name.endswith(_PACKED):
        squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
        method, packed = zlib.DEFLATED, squeeze.compress(data) + squeeze.flush()
    if len(data) >= _MOST_BYTES:
        raise _TooLarge
    path, flags = name.encode("utf-8"), 0 if name.isascii() else 0x800
    sizes = (zlib.crc32(data), len(packed), len(data), len(path), 0)
    return _LOCAL.pack(b"PK\3\4", 20, flags, method, *_EARLIEST, *sizes) + path + packed


def _members(archive: bytes) -> list[bytes]:
    """The files of an archive that `archive` has made, as they stand there."""
    found, at = [], 0
    while archive[at : at + 4] == b"PK\3\4":
        *_, packed, _, length, _ = _LOCAL.unpack_from(archive, at)
        end = at + _LOCAL.size + length + packed
        found.append(archive[at:end])
        at = end
    return found


def _large_archive(entries: Sequence[Any]) -> bytes:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as bundle:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o644 << 16
            info.create_system = _UNIX
            info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            bundle.writestr(info, data.encode() if isinstance(data, str) else data, compresslevel=_LEVEL)
    return buffer.getvalue()


def as_json(payload: Payload) -> bytes:
    """``{value}`` -> JSON, in the order given."""
    return (json.dumps(payload["value"], ensure_ascii=False, indent=1) + "\n").encode()
