"""A rendered fragment -> the agenda items it mentions; and the fragment with those mentions as links.

``motion 20``, ``amendments 20.1 to 20.3``, ``(20.01)``, ``Composite D``, ``EM1`` are found in running text; what is
marked ``[[motion:20@2027-lg|the caseloads motion]]`` is found for certain. Prices, dates, times, measures, sections of
an Act and other unions' papers look the same and are not mentions: see ``grammar``.
"""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Collection, Mapping

from toolkit_builder.diagnostics import Span
from toolkit_builder.prose.plain import NAME, TAG
from toolkit_builder.references.grammar import Found, scan
from toolkit_builder.references.model import OTHER_UNIONS, Mention, Strength, Target, others_than
from toolkit_builder.references.text import EDGE, Text

__all__ = [
    "OTHER_UNIONS", "Mention", "Strength", "Target", "find", "link", "locate_in_source", "others_than",
]  # fmt: skip


def find(fragment: str, others: Collection[str] = OTHER_UNIONS) -> tuple[Mention, ...]:
    """The mentions in a sanitised fragment, in order. ``others``: names of bodies whose papers are not ours."""
    text, found = scan(fragment, others)
    counts: dict[str, int] = {}
    last_phrase: tuple[int, int] | None = None
    mentions = []
    for each in found:
        phrase = html.unescape(text.flat[slice(*each.phrase)])
        if each.phrase != last_phrase:
            counts[phrase] = counts.get(phrase, -1) + 1
            last_phrase = each.phrase
        start = _link_start(text, each)
        mentions.append(
            Mention(
                html.unescape(text.flat[start : each.end]), each.kind, each.number, each.conference,
                text.place(start), each.strength, each.label is not None, each.label or "", phrase, counts[phrase],
            )
        )  # fmt: skip
    return tuple(mentions)


def _link_start(text: Text, each: Found) -> int:
    """Where the link starts: at the word, or at the number where a tag stands between ("amendment <b>20.1</b>")."""
    if each.label is not None or text.together(each.start, each.end):
        return each.start
    stretch = bisect.bisect_right(text.starts, each.end - 1) - 1
    return max(each.start, text.starts[stretch])


def link(fragment: str, resolve: Mapping[str, Target], others: Collection[str] = OTHER_UNIONS) -> str:
    """The fragment with each mention that ``resolve`` knows (by ``Mention.key``) as a link.

    The link has the class ``ref`` and the item's title and result as its title; the first mention of an item is
    followed by its result in a ``ref-result`` span, in brackets, or after a comma where it stands in brackets itself.
    A link of a word and a number has the class ``tied`` as well: it stays on one line. What resolves to nothing
    stays as it was written.
    """
    text, found = scan(fragment, others)
    if not found:
        return fragment
    out: list[str] = []
    done = 0
    shown: set[str] = set()
    for each in found:
        mention_key = f"{each.kind or ''}:{each.number.lower()}@{each.conference or ''}"
        target = resolve.get(mention_key)
        start = _link_start(text, each)
        place, end = text.place(start), text.place(each.end - 1) + 1
        if target is None or place < done:
            continue
        inside = _link_text(fragment[place:end], each, target)
        title = f"{target.title} – {target.result}" if target.result else target.title
        given = f' title="{html.escape(title)}"' if title else ""
        out.append(fragment[done:place])
        tied = " tied" if _TIED.fullmatch(inside) else ""
        out.append(f'<a href="{html.escape(target.url)}" class="ref{tied}"{given}>{inside}</a>')
        if target.result and target.url not in shown:
            result = html.escape(target.result)
            aside = f", {result}" if _in_brackets(text.flat, start) else f" ({result})"
            out.append(f'<span class="ref-result">{aside}</span>')
        shown.add(target.url)
        done = end
    out.append(fragment[done:])
    return "".join(out)


def _in_brackets(flat: str, at: int) -> bool:
    """Whether a place of a text stands between round brackets that were opened in its own block."""
    depth = 0
    for char in reversed(flat[max(at - 400, 0) : at].rpartition(EDGE)[2]):
        depth += (char == "(") - (char == ")")
        if depth > 0:
            return True
    return False


_TIED = re.compile(r"[^\W\d_]{2,16}\s+[^\W_]{1,5}(?:\.[^\W_]{1,4})*")  # motion 20, Composite D, amendment 20.1.2


def _link_text(written: str, each: Found, target: Target) -> str:
    if each.label is None:
        return written
    if each.label:
        match = re.search(r"\|(.*)\]\]$", written, re.DOTALL)
        label = match[1].strip() if match else each.label
        return label if "<" not in label or _balanced(label) else each.label
    if each.kind in ("motion", "amendment") and each.number[:1].isalnum() and any(map(str.isdigit, each.number)):
        return f"{each.kind} {html.escape(each.number, quote=False)}"
    if each.kind in (None, "composite") and re.search(r"\d|^Composite ", each.number):
        return html.escape(each.number, quote=False)
    return html.escape(target.title or each.number, quote=False)


def _balanced(label: str) -> bool:
    """Whether the tags in a label close in it."""
    opened: list[str] = []
    for tag in TAG.findall(label):
        name = NAME.match(tag)
        if tag[1] != "/":
            opened.append(name[1] if name else "")
        elif not opened or opened.pop() != (name[1] if name else ""):
            return False
    return not opened


def locate_in_source(mention: Mention, source: str, path: str, first_line: int = 1) -> Span:
    """Where a mention stands in the Markdown it was rendered from; the file as a whole where it is not found.

    White space, emphasis and curled quotes may differ between the two.
    """
    words = [re.escape(word) for word in mention.phrase.split()]
    pattern = re.compile(r"[\s*_`]+".join(words).replace("’", "['’]").replace("–", "(?:–|--)") or r"(?!)")
    places = list(pattern.finditer(source))
    if not places:
        places = list(re.finditer(re.escape(mention.text), source))
    if not places:
        return Span(path)
    match = places[min(mention.nth, len(places) - 1)]
    start, end = match.span()
    if not mention.explicit and mention.text != mention.phrase:
        inside = source.find(mention.text.split()[-1], start, end)
        if inside >= 0 and not mention.phrase.startswith(mention.text):
            start, end = inside, inside + len(mention.text.split()[-1])
        elif mention.phrase.startswith(mention.text):
            number = mention.text.split()[-1]
            end = source.find(number, start, end) + len(number)
    line = source.count("\n", 0, start)
    column = start - (source.rfind("\n", 0, start) + 1) + 1
    last = line + source.count("\n", start, end)
    last_column = end - (source.rfind("\n", 0, end) + 1) + 1
    return Span(path, first_line + line, column, first_line + last, last_column)
