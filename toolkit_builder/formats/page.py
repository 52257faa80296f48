"""A page's payload in; one HTML page out, its references linked and its addresses relative."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape
from posixpath import relpath
from typing import Any
from urllib.parse import urlsplit

from toolkit_builder import references
from toolkit_builder.formats.templates import Templates, safe
from toolkit_builder.model import Payload

VERSION = 1

_SPOT = re.compile(r"""=["']/(?!/)""")
_ADDRESSES = ("href", "src", "action", "data-url")
_PATH = re.compile("[^?#]*")
_LINK = re.compile(r"""((?:href|src)=")([^"]*)(")""")


def _each_address(html: str, change: Callable[[str], str]) -> str:
    """Change every root-relative address inside tags; text that merely looks like one stays as it is."""
    out: list[str] = []
    done = 0
    for spot in _SPOT.finditer(html):
        start = spot.end() - 1
        end = html.find(html[start - 1], start)
        if spot.start() > done and end > 0 and _is_address(html, spot.start(), start, end):
            out += (html[done:start], change(html[start:end]))
            done = end
    return "".join([*out, html[done:]])


def _is_address(html: str, equals: int, start: int, end: int) -> bool:
    """Whether ``html[start:end]`` is the value of an attribute that leads somewhere, in a tag that is whole."""
    name = next((n for n in _ADDRESSES if html.endswith(n, 0, equals)), None)
    if name is None or not html[equals - len(name) - 1].isspace():
        return False
    opened, closed = html.rfind("<", 0, equals), html.find(">", end)
    value = html[start:end]
    return (
        opened >= 0 and html[opened + 1].isalpha() and html[opened + 1].isascii() and html.find(">", opened, end) < 0
        and closed >= 0 and html.find("<", equals, closed) < 0 and "'" not in value and '"' not in value
    )  # fmt: skip


def relative(html: str, url: str) -> str:
    """Make every root-relative address in the page at ``url`` relative, so that the site works anywhere."""
    base = url if url.endswith("/") else url.rpartition("/")[0] + "/"
    here = [part for part in base.split("/") if part]
    known: dict[str, str] = {}

    def shorten(target: str) -> str:
        if target not in known:
            path = _PATH.match(target)[0]  # type: ignore[index]  # it matches anything
            rest = target[len(path) :]
            short = _from(here, path) if "//" not in path and "/." not in path else relpath(path, base)
            if path.endswith("/"):
                short = "./" if short == "." else f"{short}/"
            known[target] = rest if path == url and rest.startswith("#") else short + rest
        return known[target]

    return _each_address(html, shorten)


def _from(here: Sequence[str], path: str) -> str:
    """``posixpath.relpath`` for plain paths: the steps up from the folder ``here``, and down to ``path``."""
    there = [part for part in path.split("/") if part]
    same = 0
    for mine, theirs in zip(here, there, strict=False):
        if mine != theirs:
            break
        same += 1
    return "/".join([".."] * (len(here) - same) + there[same:]) or "."


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
        html = references.link(
            html,
            {k: references.Target(*v) for k, v in mentions.items()},
            references.others_than(resolve.get("own", "")),
        )
    return html


def _target(written: str, targets: Mapping[str, str]) -> str:
    found = targets.get(unescape(written))
    return written if found is None else escape(found, quote=True)


def render(payload: Payload, templates: Templates) -> bytes:
    """``payload``: ``template, site, page, doc, listings, resolve, label``."""
    resolve = payload["resolve"]
    context = {
        "site": hydrate(payload["site"], "", resolve),
        "page": payload["page"],
        "doc": hydrate(payload["doc"], "", resolve),
        "listings": payload["listings"],
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
