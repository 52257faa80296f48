"""Print pages that differ in their words only, one after the other, in; each parsed and styled already, out.

A branch's leaflet is another branch's leaflet with other words in it. The second page of the same structure is parsed
with a place for each run of words, and its styles are computed; every later one puts its words into these places and
starts at the layout. Styles depend on elements, attributes and empty places, all of which are the structure; words
enter nothing that is kept, so the pages are the same, byte for byte, as without.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from html import unescape
from itertools import chain
from typing import Any

_LONGEST = 200_000  # characters of a page: a form of a whole agenda would be kept for nothing
_FORMS = 160  # forms kept for one set of style sheets: twenty sheets with a drawing, a photograph or no logo, and more
_SEEN = 4096  # structures remembered as seen once
_TAG = re.compile(r"(<[^>]*>)")
_QUOTED = re.compile(r'"[^"]*"')
# Attributes whose value may differ: no rule of ours asks for them (see _ASKS), and the parser takes them as they are.
_OPEN = re.compile(r'(?<=\s)(d|viewBox|content|src|alt)="([^"]*)"')
_ASKS = re.compile(r"(?:attr\(\s*|\[\s*)(?:d|viewbox|content|src|alt)\b|\d[sld]?v(?:w|h|i|b|min|max)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#34|#39|#x27);)")
# What the parser reads by other rules, or where the engine reads styles from the page itself.
_OTHER = re.compile(
    r"<(?:script|style|link|base|textarea|pre|listing|xmp|iframe|noembed|noframes|noscript|plaintext|template|select"
    r"|math|frameset|colgroup|input|button)\b|<!\[|[\0-\x08\x0b-\x1f\x7f-\x9f\ue000\ue001\ufffe\uffff\ud800-\udfff]",
    re.IGNORECASE,
)
_SPACE = " \t\n"
_PLACE = re.compile("\ue000(\\d+)\ue001")


class Form:
    """One structure, parsed and styled, to be filled in again and again. Only the last page filled in is valid."""

    def __init__(self, key: bytes, page: Any) -> None:
        self.key = key
        self.page = page
        self.faulty = False
        """Whether computing a style had something to complain of: the complaint belongs to every page of this form."""
        self._places = _places_in(page.etree_element)
        self._styles: Any = None
        self._kept: list[Any] = []
        self._counters: dict[Any, Any] = {}
        self._anchors: list[Any] = []
        self._log: Sequence[Any] = ()

    def fill(self, words: Sequence[str], log: Sequence[Any]) -> Any:
        """The page with these words in its places; ``log`` is where the engine's complaints arrive."""
        self._log = log
        for element, name, pieces in self._places:
            value = "".join(words[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces))
            if name in {"text", "tail"}:
                setattr(element, name, value)
            else:
                element.set(name[1:], value)
        return self.page

    def context(
        self, make: Callable[[], Any], html: Any, _fonts: Any, counters: Any, _profiles: Any, options: dict[str, Any]
    ) -> Any:
        """The engine's layout context: made by the engine the first time, afterwards with the styles of the first."""
        from weasyprint.css.targets import TargetCollector
        from weasyprint.images import get_image_from_uri
        from weasyprint.layout import LayoutContext

        if self._styles is None:
            complaints = len(self._log)
            made = make()
            self._counters = dict(counters)
            self._styles = made.style_for
            self._kept = list({id(style): style for style in made.style_for.get_computed_styles().values()}.values())
            self._anchors = [anchor for style in self._kept if (anchor := style["anchor"])]
            self.faulty = self.faulty or len(self._log) > complaints
        counters.update(self._counters)
        targets = TargetCollector()
        for anchor in self._anchors:
            targets.collect_anchor(anchor)
        pictures = functools.partial(
            get_image_from_uri, cache=options["cache"], url_fetcher=html.url_fetcher, options=options
        )
        return LayoutContext(self._twin(), pictures, self._styles.font_config, counters, targets)

    def _twin(self) -> Any:
        """Styles for one page, which the layout may change, with the kept ones behind them."""
        from weasyprint.css import StyleFor

        styles, make, own = self._styles, _style_class(), dict[int, Any]()
        twin = StyleFor.__new__(StyleFor)
        twin._cascaded_styles = {}  # of pages: the layout asks for them again
        twin._sheets = styles._sheets
        twin.font_config = styles.font_config
        twin.initial_page_sizes = styles.initial_page_sizes
        twin.initial_page_sizes.update(box=None, area=None)
        for style in self._kept:  # parents before their children
            own[id(style)] = make(style, own, self)
        twin._computed_styles = {key: own[id(style)] for key, style in styles.get_computed_styles().items()}
        return twin

    def computed(self, style: Any, key: str) -> Any:
        """A property of a kept style, computed when it is first asked for."""
        complaints = len(self._log)
        value = style[key]
        self.faulty = self.faulty or len(self._log) > complaints
        return value


class Series:
    """The forms of pages that share their style sheets (``css``)."""

    def __init__(self, css: Sequence[str]) -> None:
        self._usable = not any(map(_ASKS.search, css))
        self._seen: dict[bytes, None] = {}
        self._refused: set[bytes] = set()
        self._forms: dict[bytes, Form] = {}

    def filled(self, html: str, base: str, parse: Callable[[str], Any], log: Sequence[Any]) -> Form | None:
        """The form of a page with its words in it; None for a page of a structure that is new, or not to be kept."""
        if not self._usable or len(html) > _LONGEST or _OTHER.search(html) or _ENTITY.search(html):
            return None
        taken = _apart(html)
        if taken is None:
            return None
        marked, words = taken
        key = blake2b(f"{base}\0{marked}".encode(), digest_size=16).digest()
        if key in self._refused:
            return None
        form = self._forms.pop(key, None)
        if form is None:
            if key not in self._seen:
                self._seen[key] = None
                _shorten(self._seen, _SEEN)
                return None
            form = Form(key, parse(marked))
        self._forms[key] = form  # last in the order: least recently used first
        _shorten(self._forms, _FORMS)
        form.fill(words, log)
        return form

    def refuse(self, form: Form) -> None:
        """Print pages of this structure whole from now on."""
        self._forms.pop(form.key, None)
        self._refused.add(form.key)


def _shorten(kept: dict[bytes, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


def _apart(html: str) -> tuple[str, list[str]] | None:
    """A page with numbered places for its words, and the words; None where a tag cannot be told for certain."""
    pieces = _TAG.split(html)
    words: list[str] = []

    def place(value: str) -> str:
        words.append(unescape(value))
        return f"\ue000{len(words) - 1}\ue001"

    marked: list[str] = []
    for text, tag in zip(pieces[::2], chain(pieces[1::2], ("",)), strict=True):
        core = text.strip(_SPACE)
        if "<" in core or not _is_whole(tag):
            return None
        before, _, after = text.partition(core) if core else (text, "", "")
        marked += [before, place(core) if core else "", after]
        marked.append(_OPEN.sub(lambda found: f'{found[1]}="{place(found[2])}"', tag) if '="' in tag else tag)
    return "".join(marked), words


def _is_whole(tag: str) -> bool:
    """Whether a tag ends where its first ``>`` stands: it is in no attribute and in no comment."""
    if tag.startswith("<!--"):
        return tag.endswith("-->") and len(tag) > 6
    rest = _QUOTED.sub("", tag) if '"' in tag else tag
    return '"' not in rest and "'" not in rest


def _places_in(root: Any) -> list[tuple[Any, str, list[str]]]:
    """``(element, "text", "tail" or "@" and an attribute's name, what stands between places and their numbers)``."""
    found: list[tuple[Any, str, list[str]]] = []
    for element in root.iter():
        values = [("text", element.text), ("tail", element.tail)]
        values += [(f"@{name}", value) for name, value in element.attrib.items()]
        found += [(element, name, _PLACE.split(value)) for name, value in values if value and "\ue000" in value]
    return found


@functools.cache
def _style_class() -> Any:
    from weasyprint.css import ComputedStyle

    class Twin(ComputedStyle):  # type: ignore[misc]
        """A computed style of one page: what it does not have yet is looked up in the kept one."""

        def __init__(self, kept: Any, own: dict[int, Any], form: Form) -> None:
            parent, root = kept.parent_style, kept.root_style
            super().__init__(
                own.get(id(parent), parent), kept.cascaded, kept.pseudo_type, own.get(id(root), root), kept.base_url,
                kept.font_config, kept.initial_page_sizes,
            )  # fmt: skip
            self.update(kept)
            self.specified = kept.specified
            self.cache = kept.cache
            self._kept, self._form = kept, form

        def __missing__(self, key: str) -> Any:
            value = self[key] = self._form.computed(self._kept, key)
            return value

    return Twin
