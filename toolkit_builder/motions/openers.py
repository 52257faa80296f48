"""A paragraph's words -> how it opens: ``Conference notes`` (preamble) or ``Conference calls on`` (operative).

The vocabulary is that of domain.md and of the agendas of British unions; matching ignores case.
"""

from __future__ import annotations

import re

from msgspec import Struct

from toolkit_builder.patterns import pattern

_SUBJECT = (
    r"conference|congress|council|branch|union|we|clp|blp|party|committee|meeting|agm|egm|assembly|executive|nec|"
    r"forum|region|ward|section|sector|delegates|members"
)
_ADVERBS = (
    r"(?:,?\s+(?:therefore|thus|hereby|further|furthermore|also|then|consequently|accordingly|additionally|again|"
    r"strongly|fully|formally|wholeheartedly|unreservedly|in\s+particular|in\s+addition|and|now)\b,?)*"
)
_PREAMBLE = (
    r"notes?|noting|believes?|believing|condemns?|welcomes?|recogni[sz]es?|acknowledges?|deplores?|regrets?|applauds?|"
    r"congratulates?|considers?|understands?|observes?|re-?affirms?|affirms?|supports?|opposes?|recalls?|expresses|"
    r"express|accepts?|celebrates?|commends?|thanks?|thank|rejects?|remains?|views?|is|are|remembers?|appreciates?|"
    r"endorses?|asserts?|declares?|deprecates?|abhors?|salutes?|fears?|feels?|holds?|thinks?|sees?"
)
_OPERATIVE = (
    r"resolves?|instructs?|calls?\s+(?:up)?on|calls?\s+for|calls?|urges?|agrees?|demands?|requests?|asks?|mandates?|"
    r"directs?|commits?|pledges?|requires?|undertakes?|encourages?|decides?|authori[sz]es?|invites?|tasks?|"
    r"recommends?|seeks?|insists?"
)
_PHRASE = rf"\b(?:{_SUBJECT})\b{_ADVERBS}\s+(?:(?P<operative>{_OPERATIVE})|(?P<preamble>{_PREAMBLE}))\b"
_OPENING = re.compile(
    rf"[\W_]*(?:[\w’'&-]+,?\s+){{0,7}}?{_PHRASE}"
    rf"|[\W_]*(?:and\s+)?(?:further\s+|also\s+)?(?:(?P<bare_operative>{_OPERATIVE})|(?P<bare_preamble>{_PREAMBLE}))"
    r"(?:\s+(?:that|to|on|the|further))*\W*$",
    re.IGNORECASE,
)
SECTION_LINE = pattern(
    rf"[*_]*(?:(?:this|the|our)\s+)?(?:{_SUBJECT}){_ADVERBS}\s+(?:{_OPERATIVE}|{_PREAMBLE})\b[^.;:]{{0,80}}:[*_]*$",
    re.IGNORECASE,
)
"""A line that begins a section whatever stands above it: ``This branch resolves:``."""

OPENING_LINE = pattern(
    r"(?:(?:this|the|our)\s+)?(?:conference|congress|council|branch|union|clp|blp|agm|egm|assembly|house|senate)"
    rf"{_ADVERBS}\s+(?:{_OPERATIVE}|{_PREAMBLE})\b",
    re.IGNORECASE,
)
"""A line that opens as a paragraph of a motion does: ``Conference therefore resolves to``."""

_HEADING = re.compile(
    rf"\W*(?:(?:this|the|our)\s+)?(?:[\w’'&-]+\s+){{0,2}}?(?:{_SUBJECT}|house|senate){_ADVERBS}\s+"
    rf"(?:(?P<operative>{_OPERATIVE})|(?P<preamble>{_PREAMBLE}))(?:\s+(?:that|to|the\s+following))*\W*$"
    r"|\W*(?:further\s+)?(?:(?P<bare_operative>resolves)|(?P<bare_preamble>notes|believes))(?:\s+(?:that|to))*\W*$",
    re.IGNORECASE,
)
"""A heading that is an opener as a whole: ``Union Notes``, ``This House believes that:``, ``Resolves``."""
_ANYWHERE = re.compile(_PHRASE, re.IGNORECASE)
_STEMS = {"noting": "notes", "believing": "believes", "recognizes": "recognises", "authorizes": "authorises",
          "calls upon": "calls on", "calls": "calls on", "express": "expresses", "are": "is",
          "reaffirms": "reaffirms", "re-affirms": "reaffirms"}  # fmt: skip


class Opening(Struct, frozen=True):
    """An opener found: its verb in one spelling (``calls on``), whether it asks for action, and where it stands."""

    verb: str
    operative: bool
    start: int
    end: int


def verb_stem(verb: str) -> str:
    """One spelling for each opener: ``call upon`` -> ``calls on``, ``note`` -> ``notes``."""
    words = " ".join(verb.lower().split())
    first, _, rest = words.partition(" ")
    if first not in _STEMS and not first.endswith("s"):
        first += "s"
    words = f"{first} {rest}".strip()
    return _STEMS.get(words, words)


def opening(text: str) -> Opening | None:
    """How a paragraph opens, or None where it just goes on (``However, ...``)."""
    match = _OPENING.match(text[:200])
    return None if match is None else _found(match)


def heading_opening(text: str) -> Opening | None:
    """The opener that a heading is (``Union Notes``), or None for a heading that says something else."""
    match = _HEADING.match(text) if len(text) <= 100 else None
    return None if match is None else _found(match)


def _found(match: re.Match[str]) -> Opening:
    operative = match["operative"] or match["bare_operative"]
    verb = operative or match["preamble"] or match["bare_preamble"]
    return Opening(verb_stem(verb), bool(operative), match.start(), match.end())


def openings(text: str) -> list[Opening]:
    """Every opener in a text, in order: calls hide in the middle of preamble paragraphs."""
    return [
        Opening(verb_stem(m["operative"] or m["preamble"]), bool(m["operative"]), m.start(), m.end())
        for m in _ANYWHERE.finditer(text)
    ]
