"""A sanitised fragment -> the fragment as it is printed, and what is known about it.

One walk over tags and text: anchors (added only now, so that nothing an author types can pass for one of ours),
curly quotes, abbreviations, addresses typed bare; headings, links, words and excerpt are read off on the way.
"""

from __future__ import annotations

import bisect
import html
import re
import unicodedata
from dataclasses import dataclass, field

from toolkit_builder.prose.model import Heading, Link, Prose
from toolkit_builder.prose.plain import BLOCK, NAME, TAG, count_words, excerpt
from toolkit_builder.prose.rawhtml import names
from toolkit_builder.prose.typography import curl

RESERVED = names(
    "main content top skip nav navigation menu search header footer banner sidebar toc contents breadcrumbs "
    "breadcrumb comments related share results filter filters contact amendments motions title page body html print "
    "theme language languages pagination mentions history text agenda"
)
"""Anchors that pages use themselves: a heading called "Contact" gets ``contact-2``."""

_CODE = frozenset({"code", "pre", "kbd", "samp"})
_ENCLOSING = names("aside section figure blockquote li td th dd dt div details article header footer nav address")
_ID = re.compile(r' id="([^"]*)"')
_HREF = re.compile(r' (?:href|src)="([^"]*)"')
_ALT = re.compile(r' alt="([^"]*)"')
_NOT_SLUG = re.compile(r"[^\w.-]+|_+")
_BARE = re.compile(
    r"(?<![\w@/.+-])(?:(?P<url>https?://[^\s<>\"“”]+|www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>\"“”]*)?)"
    r"|(?P<mail>[A-Za-z0-9._%+'’-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+))"
)
_TRAILING = ".,;:!?'’”)]*_"


@dataclass(slots=True)
class Options:
    """How a fragment is finished; see ``prose.convert``."""

    language: str
    top: int
    prefix: str
    reserved: frozenset[str]
    abbreviations: dict[str, str]


@dataclass(slots=True)
class _Walk:
    """What the walk has read so far."""

    headings: list[Heading] = field(default_factory=list)
    links: list[tuple[str, str, bool]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)


def finish(fragment: str, options: Options, lines: list[str], first_line: int) -> tuple[Prose, set[str]]:
    """The finished prose, and the abbreviations that it used."""
    pieces = TAG.split(fragment)
    walk = _Walk()
    if ' id="' in fragment:
        walk.taken.update(_clean_id(each) for each in _ID.findall(fragment))
    shift = _shift(fragment, options.top)
    abbreviations = _abbreviation_pattern(options.abbreviations)
    before, code, anchor, enclosed = " ", 0, 0, 0
    heading_at = link_at = paragraph_at = -1
    backlink = False
    first_paragraph = ""
    text = walk.text
    for i, piece in enumerate(pieces):
        if not i % 2:
            if not piece:
                continue
            if not code:
                piece = curl(piece, before, options.language)
                visible = piece
                if not anchor:
                    piece = _bare_links(piece, walk)
                if abbreviations is not None and piece is visible:
                    piece = _abbreviate(piece, abbreviations, options.abbreviations, walk.used)
                pieces[i] = piece
                text.append("" if backlink else visible)
                before = visible[-1]
            else:
                text.append(piece)
                before = piece[-1]
            continue
        match = NAME.match(piece)
        if match is None:
            continue
        name = match[1]
        closing = piece[1] == "/"
        if name in BLOCK:
            text.append("\n")
            before = " "
        if name in _CODE:
            code += -1 if closing else 1
        elif name in _ENCLOSING:
            enclosed += -1 if closing else 1
        elif name == "p":
            if not closing:
                paragraph_at = len(text)
            elif not first_paragraph and not enclosed and paragraph_at >= 0:
                first_paragraph = "".join(text[paragraph_at:])
        elif name == "a":
            anchor += -1 if closing else 1
            if not closing:
                backlink = 'role="doc-' in piece
                link_at = len(text)
                target = _HREF.search(piece)
                if target and not backlink:
                    walk.links.append((target[1], "", False))
                    link_at = len(text)
                else:
                    link_at = -1
            else:
                backlink = False
                if link_at >= 0:
                    last = _last_anchor(walk.links)
                    walk.links[last] = (walk.links[last][0], "".join(text[link_at:]).strip(), False)
                    link_at = -1
        elif name == "img" and (target := _HREF.search(piece)) is not None:
            alt = _ALT.search(piece)
            walk.links.append((target[1], alt[1] if alt else "", True))
        elif name[0] == "h" and name[1:].isdigit():
            if not closing:
                heading_at = i
                heading_text = len(text)
            elif heading_at >= 0:
                level = min(int(name[1]) + shift, 6)
                _heading(pieces, heading_at, i, level, "".join(text[heading_text:]), walk, options)
                heading_at = -1
            continue
        if ' id="' in piece:
            pieces[i] = _explicit_id(piece, walk, options)
    result = "".join(pieces)
    if options.prefix or walk.renamed:
        result = _retarget(result, walk, options)
    visible = html.unescape("".join(text))
    return (
        Prose(
            html=result,
            headings=tuple(walk.headings),
            links=_located(walk.links, lines, first_line),
            ids=tuple(walk.ids),
            words=count_words(visible),
            excerpt=excerpt(html.unescape(first_paragraph) or visible),
            footnotes=result.count('role="doc-backlink"') and len(re.findall(r'<li id="[^"]*fn-\d+"', result)),
        ),
        walk.used,
    )


def _last_anchor(links: list[tuple[str, str, bool]]) -> int:
    return next(k for k in range(len(links) - 1, -1, -1) if not links[k][2])


# --- headings and anchors -----------------------------------------------------------------------------------


def _shift(fragment: str, top: int) -> int:
    if top <= 1:
        return 0
    levels = [int(each) for each in re.findall(r"<h([1-6])[ >]", fragment)]
    return max(0, top - min(levels)) if levels else 0


def slug(text: str) -> str:
    """``Fair pay, now!`` -> ``fair-pay-now``: letters of any script and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFC", text).lower().replace("'", "").replace("’", "")
    joined = re.sub(r"-{2,}", "-", _NOT_SLUG.sub("-", plain)).strip("-.")
    return joined[:60].rstrip("-.") or "section"


def _free(wanted: str, walk: _Walk, options: Options) -> str:
    name, number = wanted, walk.counts.get(wanted, 1)
    while name in walk.taken or name in options.reserved:
        number += 1
        name = f"{wanted}-{number}"
    walk.counts[wanted] = number
    walk.taken.add(name)
    return name


def _heading(
    pieces: list[str], start: int, end: int, level: int, raw: str, walk: _Walk, options: Options
) -> None:
    """Give the heading its level and its anchor, and note it."""
    text = " ".join(html.unescape(raw).split())
    tag = pieces[start]
    given = _ID.search(tag)
    if given:
        tag = _explicit_id(tag, walk, options)
        anchor = _ID.search(tag)[1]  # type: ignore[index]
        pieces[start] = f"<h{level}{tag[3:]}"
    else:
        anchor = options.prefix + _free(slug(text), walk, options)
        walk.ids.append(anchor)
        pieces[start] = f'<h{level} id="{anchor}"{tag[3:]}'
    pieces[end] = f"</h{level}>"
    walk.headings.append(Heading(level, anchor, text))


def _clean_id(raw: str) -> str:
    return re.sub(r"\s+", "-", html.unescape(raw).strip()).replace('"', "")


def _explicit_id(tag: str, walk: _Walk, options: Options) -> str:
    """An anchor that the author chose: kept, unless it is empty, the page's own or a second of its name."""
    raw = _ID.search(tag)[1]  # type: ignore[index]
    name = _clean_id(raw)
    if not name:
        return _ID.sub("", tag, count=1)
    if name in options.reserved or options.prefix + name in walk.ids:
        fresh = _free(name, walk, options)
        if name in options.reserved:
            walk.renamed.setdefault(name, fresh)
        name = fresh
    walk.ids.append(options.prefix + name)
    return _ID.sub(lambda _: f' id="{html.escape(options.prefix + name)}"', tag, count=1)


def _retarget(fragment: str, walk: _Walk, options: Options) -> str:
    """Links within the fragment follow the anchors that were renamed or prefixed."""
    known = set(walk.ids)

    def link(match: re.Match[str]) -> str:
        name = html.unescape(match[1])
        name = walk.renamed.get(name, name)
        return f' href="#{html.escape(options.prefix + name if options.prefix + name in known else name)}"'

    return re.sub(r' href="#([^"]+)"', link, fragment)


# --- text ---------------------------------------------------------------------------------------------------


def _bare_links(text: str, walk: _Walk) -> str:
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
        walk.links.append((address, kept, False))
        return f'<a href="{address}">{kept}</a>{shown[len(kept) :]}'

    return _BARE.sub(link, text)


def _abbreviation_pattern(abbreviations: dict[str, str]) -> re.Pattern[str] | None:
    if not abbreviations:
        return None
    names = sorted(abbreviations, key=lambda name: (-len(name), name))
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(html.escape(n, quote=False)) for n in names) + r")(?!\w)")


def _abbreviate(text: str, pattern: re.Pattern[str], meanings: dict[str, str], used: set[str]) -> str:
    def wrap(match: re.Match[str]) -> str:
        name = html.unescape(match.group())
        used.add(name)
        return f'<abbr title="{html.escape(meanings[name])}">{match.group()}</abbr>'

    return pattern.sub(wrap, text)


# --- where links stand in the source ------------------------------------------------------------------------


def _located(found: list[tuple[str, str, bool]], lines: list[str], first_line: int) -> tuple[Link, ...]:
    if not found:
        return ()
    source = "\n".join(lines)
    starts = [0]
    for each in lines:
        starts.append(starts[-1] + len(each) + 1)
    cursors: dict[str, int] = {}
    links: list[Link] = []
    for raw, text, image in found:
        target = html.unescape(raw)
        at = _find(source, target, cursors)
        line = bisect.bisect_right(starts, at) - 1 if at >= 0 else -1
        number, column = (first_line + line, at - starts[line] + 1) if at >= 0 else (0, 0)
        links.append(Link(target, html.unescape(text), number, column, image))
    return tuple(links)


def _find(source: str, target: str, cursors: dict[str, int]) -> int:
    """The next place where the target stands as a target; else the last one found; else where it stands at all."""
    start = cursors.get(target, 0)
    for written in dict.fromkeys((target, target.removeprefix("mailto:"), target.removeprefix("https://"))):
        at = source.find(written, start)
        while at > 0 and source[at - 1] not in "(<\"'=: \n[":
            at = source.find(written, at + 1)
        if at >= 0 and written:
            cursors[target] = at + len(written)
            cursors["@" + target] = at
            return at
    return cursors.get("@" + target, source.find(target))
