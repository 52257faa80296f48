"""A page's payload in; one HTML page out, its references linked and its addresses relative."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from posixpath import relpath
from typing import Any
from urllib.parse import urlsplit

from toolkit_builder import references
from toolkit_builder.formats.templates import Templates, safe
from toolkit_builder.model import Payload

VERSION = 1

_TAG = re.compile(r"<[a-zA-Z][^<>]*[\s\"']/[^<>]*>")
_ADDRESS = re.compile(r"""(\s(?:href|src|action|data-url)=)(["'])(/(?!/)[^"']*)\2""")
_LINK = re.compile(r"""((?:href|src)=")([^"]*)(")""")


def _each_address(html: str, change: Callable[[str], str]) -> str:
    """Change every root-relative address inside tags; text that merely looks like one stays as it is."""

    def swap(match: re.Match[str]) -> str:
        return f"{match[1]}{match[2]}{change(match[3])}{match[2]}"

    return _TAG.sub(lambda tag: _ADDRESS.sub(swap, tag[0]), html)


def relative(html: str, url: str) -> str:
    """Make every root-relative address in the page at ``url`` relative, so that the site works anywhere."""
    base = url if url.endswith("/") else url.rpartition("/")[0] + "/"
    known: dict[str, str] = {}

    def shorten(target: str) -> str:
        if target not in known:
            path = re.split("[?#]", target, maxsplit=1)[0]
            rest = target[len(path) :]
            short = relpath(path, base)
            if path.endswith("/"):
                short = "./" if short == "." else f"{short}/"
            known[target] = rest if path == url and rest.startswith("#") else short + rest
        return known[target]

    return _each_address(html, shorten)


def absolute(html: str, root: str) -> str:
    """Put ``root`` (``https://example.org/toolkit`` or ``/toolkit``) before every root-relative address."""
    return _each_address(html, lambda target: root + target)


def hydrate(value: Any, name: str, resolve: Mapping[str, Any]) -> Any:
    """Turn each ``*_html`` value into safe markup with its links and references resolved."""
    if isinstance(value, dict):
        return {k: hydrate(v, k, resolve) for k, v in value.items()}
    if isinstance(value, list):
        return [hydrate(v, name, resolve) for v in value]
    if isinstance(value, str) and (name == "html" or name.endswith("_html")):
        return safe(link(value, resolve))
    return value


def link(html: str, resolve: Mapping[str, Any]) -> str:
    """Resolve a fragment: links to files become addresses, mentions of papers become links."""
    if targets := resolve.get("links"):
        html = _LINK.sub(lambda m: f"{m[1]}{_target(m[2], targets)}{m[3]}", html)
    if mentions := resolve.get("mentions"):
        html = references.link(html, {k: references.Target(*v) for k, v in mentions.items()},
                               references.others_than(resolve.get("own", "")))
    return html


def _target(written: str, targets: Mapping[str, str]) -> str:
    found = targets.get(unescape(written))
    return written if found is None else escape(found, quote=True)


def render(payload: Payload, templates: Templates) -> bytes:
    """``payload``: ``template, site, page, doc, listings, resolve, label``."""
    resolve = payload["resolve"]
    context = {
        "site": hydrate(payload["site"], "", resolve), "page": payload["page"],
        "doc": hydrate(payload["doc"], "", resolve), "listings": payload["listings"],
    }
    page = payload["page"]
    context["page"] = {**page, "jsonld": safe(page["jsonld"])}
    for item in context["site"]["menu"]:
        item["current"] = page["url"].startswith(item["url"]) if item["url"] != "/" else page["url"] == "/"
    html = templates.render(payload["template"], context, payload["label"])
    if page["url"] == "/404.html":
        # shown at whatever address was wrong: from the root of the host, on whichever host it is
        return absolute(html, urlsplit(payload["root"]).path).encode()
    return relative(html, page["url"]).encode()
