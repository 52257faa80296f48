"""A sanitised fragment -> the fragment as it is printed, and what is known about it.

One walk over tags and text: anchors (added only now, so that nothing an author types can pass for one of ours),
curly quotes, abbreviations, addresses typed bare; headings, links, words and excerpt are read off on the way.
"""

from __future__ import annotations

import html
import re

from msgspec import Struct

from toolkit_builder.motions.tags import names
from toolkit_builder.patterns import pattern
from toolkit_builder.prose.anchors import RESERVED, Anchors, slug
from toolkit_builder.prose.model import Prose
from toolkit_builder.prose.places import located
from toolkit_builder.prose.plain import BLOCK, NAME, TAG, count_words, excerpt
from toolkit_builder.prose.typography import curl

__all__ = ["RESERVED", "Options", "dress", "finish", "slug"]

_CODE = frozenset({"code", "pre", "kbd", "samp"})
_ENCLOSING = names("aside section figure blockquote li td th dd dt div details article header footer nav address")
_HREF = pattern(r' (?:href|src)="([^"]*)"')
_ALT = pattern(r' alt="([^"]*)"')
_BARE = pattern(
    r"(?<![\w@/.+-])(?:(?P<url>https?://[^\s<>\"“”]+|www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>\"“”]*)?)"
    r"|(?P<mail>[A-Za-z0-9._%+'’-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+))"
)
_TRAILING = ".,;:!?'’”)]*_…–—"


class Options(Struct):
    """How a fragment is finished; see ``prose.convert``."""

    language: str
    top: int
    prefix: str
    reserved: frozenset[str]
    abbreviations: dict[str, str]


def finish(fragment: str, options: Options, lines: list[str], first_line: int) -> tuple[Prose, set[str]]:
    """The finished prose, and the abbreviations that it used."""
    walk = _Walk(fragment, options)
    result = walk.anchors.retarget(walk.run())
    visible = html.unescape("".join(walk.text))
    notes = len(_NOTE.findall(result)) if 'role="doc-endnotes"' in result else 0
    prose = Prose(
        html=result,
        headings=tuple(walk.anchors.headings),
        links=located(walk.links, lines, first_line),
        ids=tuple(walk.anchors.ids),
        words=count_words(visible),
        excerpt=excerpt(html.unescape(walk.first_paragraph) or visible),
        footnotes=notes,
    )
    return prose, walk.used


def dress(fragment: str, options: Options) -> str:
    """The finished fragment alone: for single lines."""
    walk = _Walk(fragment, options)
    return walk.anchors.retarget(walk.run())


_NOTE = pattern(r'<li id="[^"]*fn-\d+"')


class _Walk:
    """One pass over the pieces of a fragment, text and tags by turns."""

    def __init__(self, fragment: str, options: Options) -> None:
        self.options = options
        self.pieces = TAG.split(fragment)
        self.anchors = Anchors(fragment, options.top, options.prefix, options.reserved)
        self.abbreviations = _abbreviation_pattern(options.abbreviations)
        self.said = html.unescape("".join(self.pieces[::2])).casefold() if self.abbreviations else ""
        self.links: list[tuple[str, str, bool]] = []
        self.used: set[str] = set()
        self.text: list[str] = []
        self.first_paragraph = ""
        self.before = " "
        self.code = self.enclosed = self.in_link = 0
        self.paragraph_at = -1
        self.link: tuple[int, int] | None = None  # where the link being read is in ``links``, its text in ``text``
        self.heading: tuple[int, int] | None = None  # the heading's opening piece, its text in ``text``
        self.note_mark = False

    def run(self) -> str:
        pieces = self.pieces
        for i, piece in enumerate(pieces):
            if i % 2:
                match = NAME.match(piece)
                if match is not None:
                    self.tag(i, piece, match[1], piece[1] == "/")
            elif piece:
                pieces[i] = self.words(piece)
        return "".join(pieces)

    def words(self, piece: str) -> str:
        """A stretch of text as it is printed."""
        if self.code:
            self.text.append(piece)
            self.before = piece[-1]
            return piece
        shown = _curled(piece, self.before, self.options.language)
        if not self.note_mark:
            self.text.append(shown)
        self.before = shown[-1]
        printed = shown if self.in_link else _bare_links(shown, self.links)
        if self.abbreviations is None:
            return printed
        parts = _LINKED.split(printed)
        parts[::2] = [self.abbreviations.sub(self.abbreviate, part) for part in parts[::2]]
        return "".join(parts)

    def abbreviate(self, match: re.Match[str]) -> str:
        """An abbreviation with its meaning. Paper and telephones show the meaning behind the first one, unless the
        text itself has said it."""
        name = html.unescape(match.group())
        meaning = self.options.abbreviations[name]
        first = name not in self.used and meaning.casefold() not in self.said
        self.used.add(name)
        shown = ' class="first"' if first else ""
        return f'<abbr{shown} title="{html.escape(meaning)}">{match.group()}</abbr>'

    def tag(self, i: int, piece: str, name: str, closing: bool) -> None:
        """Follow where we are, and note what the tag opens or ends."""
        step = -1 if closing else 1
        if name in BLOCK:
            self.text.append("\n")
            self.before = " "
        if name in _CODE:
            self.code += step
        elif name in _ENCLOSING:
            self.enclosed += step
        elif name == "p":
            self.paragraph(closing)
        elif name == "a":
            self.in_link += step
            self.anchor(piece, closing)
        elif name == "img":
            target, alt = _HREF.search(piece), _ALT.search(piece)
            if target:
                self.links.append((target[1], alt[1] if alt else "", True))
        elif name[0] == "h" and name[1:].isdigit():
            self.headline(i, closing)
            return
        if ' id="' in piece:
            self.pieces[i] = self.anchors.explicit(piece)

    def paragraph(self, closing: bool) -> None:
        if not closing:
            self.paragraph_at = len(self.text)
        elif not self.first_paragraph and not self.enclosed and self.paragraph_at >= 0:
            self.first_paragraph = "".join(self.text[self.paragraph_at :])

    def anchor(self, piece: str, closing: bool) -> None:
        """Links are listed, but for those between a footnote and its mark."""
        if not closing:
            self.note_mark = 'role="doc-' in piece
            target = _HREF.search(piece)
            self.link = None
            if target and not self.note_mark:
                self.link = (len(self.links), len(self.text))
                self.links.append((target[1], "", False))
            return
        self.note_mark = False
        if self.link:
            index, start = self.link
            self.links[index] = (self.links[index][0], "".join(self.text[start:]).strip(), False)
            self.link = None

    def headline(self, i: int, closing: bool) -> None:
        if not closing:
            self.heading = (i, len(self.text))
        elif self.heading:
            opening, start = self.heading
            self.pieces[opening], self.pieces[i] = self.anchors.heading(
                self.pieces[opening], "".join(self.text[start:])
            )
            self.heading = None


_LINKED = pattern(r"(<a .*?</a>)")


def _curled(text: str, before: str, language: str) -> str:
    """Text with curly quotes and dashes, but for addresses: ``pat_o'neill@example.org``, ``/fair--pay``."""
    if "@" not in text and "www." not in text and "://" not in text:
        return curl(text, before, language)
    out: list[str] = []
    done = 0
    for match in _BARE.finditer(text):
        stop = match.start() + len(match.group().rstrip(_TRAILING))
        for part in (curl(text[done : match.start()], before, language), text[match.start() : stop]):
            out.append(part)
            before = part[-1:] or before
        done = max(done, stop)
    return "".join([*out, curl(text[done:], before, language)])


def _bare_links(text: str, links: list[tuple[str, str, bool]]) -> str:
    """``www.example.org``, ``https://...`` and ``a@b.org`` typed as they are become links."""
    if "@" not in text and "www." not in text and "://" not in text:
        return text

    def link(match: re.Match[str]) -> str:
        shown = match.group()
        kept = shown.rstrip(_TRAILING)
        if match["url"] and kept.count("(") > kept.count(")") and shown[len(kept) : len(kept) + 1] == ")":
            kept = shown[: len(kept) + 1]
        if "&" in shown[len(kept) - 6 :] and (entity := re.search(r"&(?:gt|lt|quot|nbsp);?$", kept)):
            kept = kept[: entity.start()]
        address = kept if kept.startswith("http") else f"https://{kept}"
        if match["mail"]:
            address = f"mailto:{kept}"
        if not kept or kept.endswith("://"):
            return shown
        links.append((address, kept, False))
        return f'<a href="{address}">{kept}</a>{shown[len(kept) :]}'

    return _BARE.sub(link, text)


def _abbreviation_pattern(abbreviations: dict[str, str]) -> re.Pattern[str] | None:
    if not abbreviations:
        return None
    names = sorted(abbreviations, key=lambda name: (-len(name), name))
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(html.escape(n, quote=False)) for n in names) + r")(?!\w)")
