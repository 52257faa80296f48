"""An HTML fragment -> the same fragment with nothing in it that could run, load, deface or lead off unseen.

One allow list, enforced by nh3 on every fragment; addresses are judged here too, because nh3's rule lets
``//host`` pass.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache

import nh3

from toolkit_builder.motions.tags import KEPT
from toolkit_builder.patterns import pattern

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_ANYWHERE = {"class", "id", "lang", "dir", "title", "role", "aria-label", "aria-hidden"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": _ANYWHERE,
    "a": {"href", "hreflang"},
    "aside": {"data-name"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "div": {"data-min", "data-max", "data-count", "tabindex"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ins": {"cite", "datetime"},
    "li": {"value", "data-marker"},
    "ol": {"start", "type", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "time": {"datetime"},
}

_ADDRESS = pattern(r'(<[a-z0-9]+(?: [^\s=>]+="[^"]*")*?) (href|src|cite)="([^"]*)"')
_OTHER_HOST = pattern(r'(?:href|src|cite)="[\x00-\x20\x7f-\x9f]*[/\\][\x00-\x20\x7f-\x9f]*[/\\]')
_SCHEME = pattern(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_IGNORED_BY_BROWSERS = pattern(r"[\x00-\x20\x7f-\x9f]+")


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(KEPT),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
    )


def allowed(address: str) -> bool:
    """Whether a link may lead there: http(s), mailto and tel, and addresses on the site; never ``//host``."""
    bare = _IGNORED_BY_BROWSERS.sub("", address)
    if bare[:2].replace("\\", "/") == "//":
        return False
    scheme = _SCHEME.match(bare)
    return scheme is None or scheme.group()[:-1].lower() in SCHEMES


def clean(fragment: str) -> str:
    """The fragment with only what the allow list names. Text is never taken away, save that of script and style."""
    safe: str = _cleaner().clean(fragment)
    if _OTHER_HOST.search(safe):
        safe = _ADDRESS.sub(_judge, safe)
    return _PICTURE.sub(_picture, safe) if "<img" in safe else safe


_PICTURE = pattern(r"<img\b([^<>]*)>")
_SAID = pattern(r'\s(src|alt|title)="([^"]*)"')


def _picture(match: re.Match[str]) -> str:
    """A picture of this site with an ``alt``; a link in the place of one that would be fetched from elsewhere.

    Its title becomes words behind it: a title shows only under a mouse, never on a phone or on paper.
    """
    said = dict(_SAID.findall(match[1]))
    title = said.get("title", "")
    caption = f' <span class="caption">{title.replace("&quot;", chr(34))}</span>' if title.strip() else ""
    if _SCHEME.match(said.get("src", "")):
        words = said.get("alt") or said["src"]
        inside = match.string.rfind("<a ", 0, match.start()) > match.string.rfind("</a>", 0, match.start())
        return (words if inside else f'<a href="{said["src"]}">{words}</a>') + caption
    others = match[1].replace(f' title="{title}"', "", 1) if caption else match[1]
    return (f"<img{others}>" if "alt" in said else f'<img alt=""{others}>') + caption


def _judge(match: re.Match[str]) -> str:
    return match.group() if allowed(html.unescape(match[3])) else match[1]


_SUSPECT = pattern(
    r"""(?:href|src)\s*=\s*["']?(?!(?:https?://|mailto:|tel:|[#?.]|/[^/\\]|[\w-]+[/."']))""", re.IGNORECASE
)
_RAW_ADDRESS = pattern(r"""\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


_RAW_PICTURE = pattern(r"""<img\b[^<>]*?\bsrc\s*=\s*["']?\s*(https?:[^"'\s>]+)""", re.IGNORECASE)


def foreign_pictures(fragment: str) -> list[str]:
    """Addresses of the pictures of a fragment (before cleaning) that a page would fetch from another site."""
    return [html.unescape(address) for address in _RAW_PICTURE.findall(fragment)]


def refused_addresses(fragment: str, tell: Callable[[str], None]) -> None:
    """Call ``tell`` with each address of a fragment (before cleaning) that cleaning takes away."""
    if not _SUSPECT.search(fragment):
        return
    for match in _RAW_ADDRESS.finditer(fragment):
        address = html.unescape(match[1] or match[2] or match[3] or "")
        if address and not allowed(address):
            tell(address)
