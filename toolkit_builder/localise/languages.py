"""A branch and a template in; the languages that the branch has the template's document in, and how they stand, out.

A template and its translations are one family. A branch has a document of each of its languages, or one document of
them all: side by side, or one after the other. What no branch's wishes can do is leave it with nothing: of a template
that nobody translated there is the original.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit_builder.model import Payload

SEPARATE, SIDE, AFTER = "separate", "side by side", "one after the other"
LAYOUTS = (SEPARATE, SIDE, AFTER)


def tag(language: str) -> str:
    """``en-GB`` as ``en``: what translations of one text are told apart by."""
    return language.partition("-")[0].lower()


def name(language: str) -> str:
    """What a language calls itself: ``English``, ``Cymraeg``; its tag where that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(tag(language))
    except (UnknownLocaleError, ValueError):
        return language
    said = locale.get_language_name(locale.language) or language
    return said[:1].upper() + said[1:]


def wanted(branch: Payload, family: Sequence[str], *, every: bool = False) -> tuple[str, ...]:
    """Those of a family's languages (the original's first) that a branch asks for, in the branch's order.

    ``every``: a branch that says nothing about it gets all of them.
    """
    if asked := [tag(each) for each in branch.get("languages") or ()]:
        return tuple(dict.fromkeys(t for t in asked if t in family)) or tuple(family[:1])
    if branch.get("bilingual") or every:
        return tuple(family)
    own = tag(branch.get("language") or "")
    return (*family[:1], *(t for t in family[1:] if t == own))


def together(branch: Payload, languages: Sequence[str]) -> bool:
    """Whether a branch has these languages in one document."""
    return len(languages) > 1 and branch.get("layout", SEPARATE) != SEPARATE


def side_by_side(parts: Sequence[tuple[str, str, str]]) -> str:
    """``(language, direction, HTML)`` of each language as columns of one text; empty where nothing is said."""
    if not any(html.strip() for _, _, html in parts):
        return ""
    columns = "".join(
        f'<div class="tongue" lang="{language}" dir="{direction}">\n{html}\n</div>'
        for language, direction, html in parts
    )
    return f'<div class="both">{columns}</div>'
