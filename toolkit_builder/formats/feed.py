"""A feed's payload in; one Atom document out (RFC 4287). It sees nothing but its payload: no clock, no site."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from toolkit_builder.formats.files import xml
from toolkit_builder.formats.page import absolute, link
from toolkit_builder.model import Payload

ATOM = "http://www.w3.org/2005/Atom"
_EPOCH = "1970-01-01"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")  # what XML cannot hold


def render(payload: Payload) -> bytes:
    """``payload``: ``title, subtitle, language, root, url, page, author, entries``.

    ``root`` is the site's address without a slash at the end, or empty; ``url`` the feed's own address and
    ``page`` that of the page it follows. An entry is ``{id, title, url, date, updated, summary, html, author,
    resolve}`` with ISO dates. Entries come newest first; the feed is as new as its newest entry.
    """
    root = payload["root"]
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": payload["language"]})
    _add(feed, "title", payload["title"])
    if payload["subtitle"]:
        _add(feed, "subtitle", payload["subtitle"])
    _add(feed, "id", _identity(root, payload["url"]))
    _add(feed, "link", rel="self", href=root + payload["url"], type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=root + payload["page"], type="text/html")
    newest = max((e["updated"] for e in payload["entries"]), default=_EPOCH)
    _add(feed, "updated", _moment(newest))
    _add(_add(feed, "author"), "name", payload["author"] or payload["title"])
    for entry in payload["entries"]:
        _entry(feed, entry, root)
    return xml(feed)


def _entry(feed: ET.Element, entry: Payload, root: str) -> None:
    element = _add(feed, "entry")
    _add(element, "title", entry["title"])
    _add(element, "id", _identity(root, entry["url"]))
    _add(element, "link", rel="alternate", href=root + entry["url"], type="text/html")
    if entry["date"]:
        _add(element, "published", _moment(entry["date"]))
    _add(element, "updated", _moment(entry["updated"]))
    if entry["author"]:
        _add(_add(element, "author"), "name", entry["author"])
    if entry["summary"]:
        _add(element, "summary", entry["summary"])
    if entry["html"]:
        _add(element, "content", absolute(link(entry["html"], entry["resolve"]), root), type="html")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        element.text = _CONTROL.sub(" ", text)
    return element


def _moment(date: str) -> str:
    return f"{date or _EPOCH}T00:00:00Z"


def _identity(root: str, url: str) -> str:
    """An identifier that stays the same: the address, or a name of its own where the site has no address yet."""
    return root + url if root else f"urn:toolkit:{url.strip('/').replace('/', ':') or 'home'}"
