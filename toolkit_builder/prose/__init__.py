"""Markdown as union staff write it -> a safe HTML fragment, and what can be known about it; with all mistakes found.

``convert`` is a whole text, ``inline`` one line of it, ``plain`` a fragment's words, ``split_sections`` a bulletin's
articles, ``broken_lines`` what copying from a PDF broke.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Severity
from toolkit_builder.patterns import pattern
from toolkit_builder.prose import brief
from toolkit_builder.prose.broken import broken_lines
from toolkit_builder.prose.context import Context, tidy
from toolkit_builder.prose.finish import RESERVED, Options, dress, finish, slug
from toolkit_builder.prose.markers import dashes_as_bullets
from toolkit_builder.prose.model import Heading, Link, Prose, Section
from toolkit_builder.prose.plain import BLOCK, count_words, excerpt, plain
from toolkit_builder.prose.sanitise import allowed, clean, foreign_pictures, refused_addresses
from toolkit_builder.prose.sections import split_sections

if TYPE_CHECKING:
    from toolkit_builder.prose.blocks import Structure

__all__ = [
    "RESERVED", "Heading", "Link", "Prose", "Section", "allowed", "broken_lines", "convert", "count_words", "excerpt",
    "inline", "plain", "slug", "split_sections",
]  # fmt: skip

VERSION = 3
"""Raised whenever the same source gives another fragment: part of every key under which fragments are stored."""


def convert(
    source: str,
    *,
    path: str,
    first_line: int = 1,
    lang: str = "en-GB",
    top: int = 1,
    id_prefix: str = "",
    reserved: frozenset[str] = RESERVED,
    lead_ins: bool = False,
    shortcuts: bool = True,
) -> tuple[Prose, list[Diagnostic]]:
    """Markdown -> (prose, diagnostics). Never raises on any text.

    ``path`` and ``first_line`` place the text in its file. ``top`` is the level of the highest headings in the
    result, with no level skipped below them (2 where the page has a title of its own; 1 leaves all as typed).
    ``id_prefix`` comes before every anchor, for pages made of several texts; ``reserved`` anchors are not given to
    headings. ``lead_ins`` makes "Lead-in:" bold in numbered lists, as it always is in points without a dot.
    ``shortcuts=False`` is slower and gives the same bytes.
    """
    from toolkit_builder.prose import engine as engines  # Python-Markdown: not for a paper of plain lines
    from toolkit_builder.prose.blocks import Structure

    lines, context = tidy(source, path, first_line, lang)
    engine = engines.shared(shortcuts=shortcuts)
    structure = Structure(context, engine, lead_ins=lead_ins)
    engine.reset(partial(_tell, context, structure), structure.notes.mark)
    text = "\n".join(lines)
    if "– " in text or "— " in text or "–\t" in text:
        lines = dashes_as_bullets(lines)
    if "]:" in text:
        structure.notes.collect(text)
        engine.references.update(structure.notes.links)
    fragment = structure.html(lines, 0)
    if structure.notes.bodies:
        fragment += "\n" + structure.notes.write(lambda body, at: structure.html(body, at, 1))
    if "](" in text or "<" in text or "]:" in text:
        refused_addresses(fragment, partial(_refused, context))
        for address in foreign_pictures(fragment) if "<img" in fragment else ():
            _foreign(context, address)
        _links_in_pictures(fragment, context)
        _tooltips(context)
    safe = clean(fragment)
    meanings = {name: meaning for name, (meaning, _) in structure.notes.abbreviations.items()}
    options = Options(lang.split("-")[0].lower(), top, id_prefix, reserved, meanings)
    prose, used = finish(safe, options, lines, first_line)
    if len(used) < len(meanings) and (left := structure.notes.unused_abbreviations(used)):
        prose = replace(prose, html=(prose.html + left).lstrip(), words=prose.words + count_words(plain(left)))
    if "[^" in prose.html:
        _unknown_footnotes(prose.html, context)
    engine.reset(engines.silence, engines.no_note)
    return prose, context.diagnostics


def inline(text: str, *, lang: str = "en-GB") -> str:
    """One line of text with inline marks -> safe HTML without a paragraph around it: titles, captions, labels."""
    short = brief.inline(text, lang.split("-")[0].lower())
    return inline_at_length(text, lang) if short is None else short


_FOOTNOTE_MARK = pattern(r"(?P<code><(code|pre)\b.*?</\2>)|\[\^(?P<name>[^\]\s<>]+)\](?P<defines>:?)", re.DOTALL)


def _footnote_mark(match: re.Match[str]) -> str:
    """A footnote in a paper, whose notes stand as paragraphs where they were typed."""
    if match["code"]:
        return match["code"]
    return f"[{match['name']}]:" if match["defines"] else f"<sup>[{match['name']}]</sup>"


def inline_at_length(text: str, lang: str) -> str:
    """The same by way of Markdown, the sanitiser and a walk over every tag, whatever the text is."""
    from toolkit_builder.prose import engine as engines
    from toolkit_builder.prose.blocks import Structure

    lines, context = tidy(text, "", 1, lang)
    engine = engines.shared()
    engine.reset(engines.silence, engines.no_note)
    structure = Structure(context, engine)
    fragment = clean(structure.inline("\n".join(lines).strip(), 0))
    options = Options(lang.split("-")[0].lower(), 1, "", frozenset(), {})
    shown = dress(_BLOCK_TAG.sub(" ", fragment) if "<" in text else fragment, options)
    return _FOOTNOTE_MARK.sub(_footnote_mark, shown) if "[^" in shown else shown


_BLOCK_TAG = pattern(rf"</?(?:{'|'.join(sorted(BLOCK - {'br'}))})\b[^<>]*>\n?")
"""Tags that have no place within a line, where a paragraph or a title is around it already."""


_SENTENCES = {
    "script": ("P103", "scripts and styles are left out"),
    "left-out": ("P104", "this tag may not be used, so it is left out; the words in it are kept"),
    "handler": ("P106", "code in an attribute is left out"),
    "no-alt": ("P118", "this picture has no words for those who cannot see it"),
}
_HINTS = {
    "script": "delete it from the text; scripts belong in a theme",
    "left-out": "use Markdown, or one of the boxes (::: box)",
    "handler": "delete the attribute",
    "no-alt": "say between the square brackets what it shows: ![Members on a picket line](photo.jpg)",
}


def _tell(context: Context, structure: Structure, what: str, text: str) -> None:
    code, message = _SENTENCES[what]
    named = re.match(r"</?\s*([A-Za-z][A-Za-z0-9]*)", text)
    if what == "left-out" and named:
        message = f"the tag <{named[1].lower()}> may not be used, so it is left out; the words in it are kept"
    elif what == "handler":
        message = f"the attribute {text} is code, so it is left out"
    context.report(Severity.WARNING, code, message, structure.at, find=text, hint=_HINTS[what])


def _refused(context: Context, address: str) -> None:
    at = next((i for i, line in enumerate(context.lines) if address in line), 0)
    context.report(
        Severity.WARNING, "P105", f"no link may lead to '{address[:80]}', so the link is taken out", at, find=address,
        hint="write the whole address with https://, a path on this site, mailto: or tel:",
    )  # fmt: skip


def _foreign(context: Context, address: str) -> None:
    at = next((i for i, line in enumerate(context.lines) if address in line), 0)
    context.report(
        Severity.WARNING, "P122", f"'{address[:80]}' is a picture on another site, so a link stands in its place", at,
        find=address, hint="put a copy into content/images/ and name that; no other site then learns who reads it",
    )  # fmt: skip


_LINK_IN_PICTURE = pattern(r"!\[[^\[\]]*(?<!!)\[[^\[\]]*\]\((?P<address>[^()\s]+)[^()]*\)[^\[\]]*\]\(")


def _links_in_pictures(fragment: str, context: Context) -> None:
    for at, line in enumerate(context.lines):
        for match in _LINK_IN_PICTURE.finditer(line) if "![" in line else ():
            if match["address"] not in fragment:
                context.report(
                    Severity.WARNING, "P124", "a link within the words of a picture is left out; its words are kept",
                    at, find=match["address"],
                    hint=f"make the picture the link: [![...](photo.jpg)]({match['address']})",
                )  # fmt: skip


_TOOLTIP = pattern(r"""(?<!!)\[[^\[\]]+\]\([^()\s]+\s+(?P<q>["'])(?P<title>[^"']*\w[^"']*)(?P=q)\)""")


def _tooltips(context: Context) -> None:
    for at, line in enumerate(context.lines):
        for match in _TOOLTIP.finditer(line) if "](" in line else ():
            context.report(
                Severity.NOTE, "P125", f"'{match['title'][:80]}' shows only while a mouse rests on the link, never on "
                "paper", at, find=match["title"], hint="if readers need these words, write them in the text",
            )  # fmt: skip


_FOOTNOTE_LEFT = pattern(r"\[\^([^\]\s]+)\]")


def _unknown_footnotes(html: str, context: Context) -> None:
    """A mark that no definition answers stays in the text as it was typed, and is reported."""
    outside_code = re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
    for name in dict.fromkeys(_FOOTNOTE_LEFT.findall(outside_code)):
        at = next((i for i, line in enumerate(context.lines) if f"[^{name}]" in line), 0)
        context.report(
            Severity.ERROR, "P110", f"there is no footnote called '{name}'", at, find=f"[^{name}]",
            hint=f"add a line that starts with [^{name}]: and its text",
        )  # fmt: skip
