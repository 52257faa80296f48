"""A laid-out document in; its links as they should be on paper out, before the engine writes them.

Links into the site get the site's address. Links that only a browser could run become plain text, attached files are
dropped. A link that the engine would write once for each box inside it is written once.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..diagnostics import Diagnostic, Span, error, warning
from .document import PrintDocument
from .fetch import HOST, path_of, shown

_ADDRESSES = ("href", "src", "data", "poster", "{http://www.w3.org/1999/xlink}href")
_PRINTABLE = re.compile(r"(?:https?|mailto|tel|sms):", re.IGNORECASE)
_Link = tuple[str, str, tuple[float, float, float, float], Any]  # kind, target, corners in CSS pixels, box


def without_malformed(root: Any, span: Span) -> list[Diagnostic]:
    """Take addresses that cannot be taken apart (``http://[``) out of a parsed document: the engine breaks on them."""
    found = []
    for element in root.iter():
        for name in _ADDRESSES:
            address = element.get(name)
            if address is None:
                continue
            try:
                urlsplit(urljoin(HOST, address.strip()))
            except ValueError:
                del element.attrib[name]
                hint = "write it as https://example.org/page, and escape brackets"
                found.append(error("Q108", f"the address '{shown(address)}' is not a web address", span, hint=hint))
    return list(dict.fromkeys(found))


def resolved(laid_out: Any, document: PrintDocument) -> list[Diagnostic]:
    """Put the links of every page right."""
    found: list[Diagnostic] = []
    # A PDF on paper carries no files; in the engine they would bring the time of day into the bytes.
    attached = bool(laid_out.metadata.attachments)
    laid_out.metadata.attachments = []
    for page in laid_out.pages:
        kept: list[_Link] = []
        for kind, target, corners, box in page.links:
            attached = attached or kind == "attachment"
            address = target if kind == "internal" else _address(target, document.site_url)
            if address is None:
                hint = "use https:, mailto: or tel:"
                found.append(warning("Q108", f"the link to '{shown(target)}' is not printed", document.span, hint=hint))
            elif address and kind != "attachment":
                kept.append((kind, address, corners, box))
        page.links[:] = _once(kept)
    if attached:
        hint = "publish the file beside the document and link to it"
        found.append(warning("Q112", "attached files are not printed", document.span, hint=hint))
    return list(dict.fromkeys(found))


def _address(target: str, site_url: str) -> str | None:
    """Where a link leads: empty for one into a site without an address, None for one that cannot be printed."""
    if path_of(target) is not None:
        return urljoin(site_url.rstrip("/") + "/", target[len(HOST) :]) if site_url else ""
    return target if _PRINTABLE.match(target) else None


def _once(links: list[_Link]) -> list[_Link]:
    """Links without those that lie inside one to the same place (of a box within it), whose area grows to hold them."""
    kept: list[_Link] = []
    by_target: dict[tuple[str, str], list[int]] = {}
    for kind, target, corners, box in links:
        known = by_target.setdefault((kind, target), [])
        outer = next((at for at in known if _is_within(corners, kept[at][2])), None)
        if outer is None:
            known.append(len(kept))
            kept.append((kind, target, corners, box))
        else:
            kept[outer] = (kind, target, _around(kept[outer][2], corners), kept[outer][3])
    return kept


def _is_within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    """Within from left to right, and on the same line."""
    across = inner[0] >= outer[0] - 1 and inner[2] <= outer[2] + 1
    return across and inner[1] <= outer[3] and inner[3] >= outer[1]


def _around(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, float, float, float]:
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])
