"""Headings and anchors of a fragment: readable, unique, and never one that the page itself uses."""

from __future__ import annotations

import html
import re
import unicodedata

from toolkit_builder.motions.tags import names
from toolkit_builder.patterns import pattern
from toolkit_builder.prose.model import Heading

RESERVED = names(
    "main content top skip nav navigation menu search header footer banner sidebar toc contents breadcrumbs "
    "breadcrumb comments related share results filter filters contact amendments motions title page body html print "
    "theme language languages pagination mentions history text agenda"
)
"""Anchors that pages use themselves: a heading called "Contact" gets ``contact-2``."""

_LEVEL = pattern(r"<h([1-6])[ >]")
_ID = pattern(r' id="([^"]*)"')
_NOT_SLUG = pattern(r"[^\w.-]+|_+")


def slug(text: str) -> str:
    """``Fair pay, now!`` -> ``fair-pay-now``: letters of any script and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFC", text).lower().replace("'", "").replace("’", "")
    joined = re.sub(r"-{2,}", "-", _NOT_SLUG.sub("-", plain)).strip("-.")
    return joined[:60].rstrip("-.") or "section"


def outline(written: list[int], top: int) -> list[int]:
    """The levels of headings as they are typed -> as a page below its own title has them: none skipped, from ``top``.

    A first ``#`` that is the only one is a title typed once more, not what all others belong to.
    """
    if written[:1] == [1] and 1 not in written[1:] and len(written) > 1:
        written = [min(written[1:]), *written[1:]]
    levels, above = [], list[int]()
    for level in written:
        while above and above[-1] >= level:
            above.pop()
        levels.append(min(top + len(above), 6))
        above.append(level)
    return levels


class Anchors:
    """The anchors of one fragment.

    ``top`` is the level that its highest headings have (1: all stay as typed); ``prefix`` stands before every anchor;
    ``reserved`` names are the page's own.
    """

    def __init__(self, fragment: str, top: int, prefix: str, reserved: frozenset[str]) -> None:
        self.prefix = prefix
        self.reserved = reserved
        self.headings: list[Heading] = []
        self.ids: list[str] = []
        self._taken = {_clean(each) for each in _ID.findall(fragment)} if ' id="' in fragment else set()
        self._given: set[str] = set()
        self._counts: dict[str, int] = {}
        self._renamed: dict[str, str] = {}
        written = [int(each) for each in _LEVEL.findall(fragment)] if top > 1 else []
        self._levels = iter(outline(written, top))

    def heading(self, tag: str, raw: str) -> tuple[str, str]:
        """A heading's opening tag and the HTML text in it -> its new tags, with level and anchor."""
        text = " ".join(html.unescape(raw).split())
        level = next(self._levels, int(tag[2]))
        given = _ID.search(tag)
        if given and _clean(given[1]):
            tag = self.explicit(tag)
            anchor = self.ids[-1]
            opening = f"<h{level}{tag[3:]}"
        else:
            anchor = self.prefix + self._free(slug(text))
            self.ids.append(anchor)
            opening = f'<h{level} id="{anchor}"{_ID.sub("", tag[3:], count=1)}'
        self.headings.append(Heading(level, anchor, text))
        return opening, f"</h{level}>"

    def explicit(self, tag: str) -> str:
        """A tag with an anchor that the author chose: kept, unless it is empty, the page's own or a second one."""
        raw = _ID.search(tag)
        name = _clean(raw[1]) if raw else ""
        if not name:
            return _ID.sub("", tag, count=1)
        if name in self.reserved or name in self._given:
            fresh = self._free(name)
            if name in self.reserved:
                self._renamed.setdefault(name, fresh)
            name = fresh
        self._given.add(name)
        self.ids.append(self.prefix + name)
        return _ID.sub(lambda _: f' id="{html.escape(self.prefix + name)}"', tag, count=1)

    def retarget(self, fragment: str) -> str:
        """Links within the fragment follow the anchors that were renamed or prefixed."""
        if not self.prefix and not self._renamed:
            return fragment
        known = set(self.ids)

        def link(match: re.Match[str]) -> str:
            name = html.unescape(match[1])
            name = self._renamed.get(name, name)
            return f' href="#{html.escape(self.prefix + name if self.prefix + name in known else name)}"'

        return re.sub(r' href="#([^"]+)"', link, fragment)

    def _free(self, wanted: str) -> str:
        name, number = wanted, self._counts.get(wanted, 1)
        while name in self._taken or name in self.reserved:
            number += 1
            name = f"{wanted}-{number}"
        self._counts[wanted] = number
        self._taken.add(name)
        return name


def _clean(raw: str) -> str:
    return re.sub(r"\s+", "-", html.unescape(raw).strip()).replace('"', "")
