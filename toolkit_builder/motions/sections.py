"""The part of the amendment grammar for places named by openers: ``Conference notes``, ``Resolves 3``, ``CB2``.

place = ["the"] opener ["section"] | opener label {"," label} | abbreviation label
"""

from __future__ import annotations

import re

from toolkit_builder.motions.instructions import Path, Place
from toolkit_builder.motions.labels import ranged
from toolkit_builder.motions.openers import opening, openings, verb_stem
from toolkit_builder.motions.paths import in_order
from toolkit_builder.motions.reading import Cursor

_SUBJECT = (
    r"house|senate|conference|congress|council|branch|union|we|clp|blp|party|meeting|agm|egm|assembly|committee|nec|"
    r"executive"
)
_OPENER_VERB = (
    r"notes?|believes?|resolves?|welcomes?|condemns?|recogni[sz]es|instructs|calls?(?:\s+(?:(?:up)?on|for))?|"
    r"urges|agrees|demands|"
    r"mandates|deplores|regrets|applauds|considers|acknowledges|asks|requests|affirms|reaffirms|supports|congratulates|"
    r"commits|encourages|understands|opposes|expresses"
)
_AFTER_OPENER = (
    r"[\s”\"’'*_]*(?:\s+that\b|\s+to\b)?[\s”\"’'*_]*(?:[,:;(–.-]|\d|$|\n|\b(?:sections?|paragraphs?|paras?|list|"
    r"part|heading|points?|"
    r"bullets?|bullet|sub|insert|add|delete|remove|replace|after|before|amend|at|in|line|first|second|third|last|final|"
    r"new|and|renumber|(?:[a-z]|[ivx]{2,5})\b\)?))"
)
_RULE = (
    r"(?:rule|article|standing\s+order|bye-?law|schedule|appendix|chapter)s?\s+(?:\d{1,3}(?:\.\d{1,3})*|[ivx]{1,5}|[a-h])"
    r"(?:\([a-z0-9]{1,3}\))*(?!\w)"
)
_USUAL_HEADINGS = (
    r"(?P<name>(?:executive\s+)?summary|synopsis|abstract|background|conclusions?)(?:\s+section)?\b"
    r"(?!\s+(?:paragraphs?|points?|sentences?|of|to)\b)(?=\s*(?:[,:;.)–-]|\n|$|\w))"
)
_HEADED = (
    r"(?:section|part|passage|text)\s+(?:headed|entitled|titled|called|named|under(?:\s+the\s+(?:sub[\s-]?)?heading)?)"
    r"\s*:?\s*(?=[“\"‘'«*])"
)
_UNDER = re.compile(r"\b(?:under|below|beneath)\s*\Z", re.IGNORECASE)
_ABBREVIATION = r"C(?P<f>F|f)?(?P<what>N|B|R|I)(?:\s?(?=\d|\())"
_ABBREVIATED = {"N": "notes", "B": "believes", "R": "resolves", "I": "instructs"}


def _named(further: str) -> str:
    """An opener without marks. What follows it must not be the motion's own words: ``Conference notes that members``.

    ``further`` are other things that may follow.
    """
    return (
        rf"(?:this\s+|that\s+)?(?:(?P<subject>{_SUBJECT})\s+)(?P<further>further\s+|also\s+|"
        rf"therefore\s+)?(?P<verb>{_OPENER_VERB})"
        rf"(?={_AFTER_OPENER})(?:\s+(?:that|to))?"
        r"|(?P<one>note|belief|resolve)(?=\s+(?:\(?\d|\(?(?:[a-z]|[ivx]{1,5})\)?[\s,:.]))"
        r"|(?P<bare>(?:further\s+)?(?:notes|believes|resolves)|calls\s+on|instructs)"
        r"(?=\s*(?:sections?\b|list\b|[,:]|[–—-]\s|\(?\d|\(?(?:[a-z]|[ivx]{1,5})\)?(?=[\s,:.)])|points?\b|bullets?\b|"
        r"paragraphs?\b|"
        r"add\b|insert\b|delete\b|replace\b|change\b|amend\b|strike\b|remove\b|substitute\b|after\b|before\b"
        rf"{further}))"
        rf"|(?:this\s+)?(?:{_SUBJECT})\s+(?:further\s+|also\s+|"
        rf"therefore\s+)?(?P<long>{_OPENER_VERB})\b[^:.;\n“”\"]{{0,80}}:"
        r"(?=\s+(?:(?:delete|insert|add|replace|remove|amend|after|before|in|at|point|bullet|paragraph|\d)\b|\(?(?:[a-z]|"
        r"[ivx]{1,5})\)))"
    )


_NAMED = _named("")
_NAMED_AFTER_IN = _named(r"|to\b|and\b|[.;]|$|\n")
"""After ``in`` or ``under`` an opener may end the sentence: ``the first bullet under Resolves``."""


def read_headed(c: Cursor) -> tuple[Place, ...]:
    """``the section headed 'Pay'``, ``(under) the heading 'Pay'``, ``the 'Pay' section``, ``the synopsis``."""
    start = c.at
    c.take(r"the\s+")
    if rule := c.take(_RULE):
        return (Place(unit="part", beginning=" ".join(rule[0].split())),)
    if match := c.take(_USUAL_HEADINGS):
        return (Place(unit="part", beginning=" ".join(match["name"].split()).lower()),)
    under = _UNDER.search(c.source[max(0, start - 40) : start]) is not None and c.peek(r"[“\"‘'«]")
    named = (
        under
        or c.take(_HEADED)
        or (
            _UNDER.search(c.source[max(0, start - 40) : start])
            and c.take(r"(?:sub[\s-]?)?(?:heading|title)\s*:?\s*(?=[“\"‘'«*])")
        )
    )
    if c.peek(r"[“\"‘'«*]") and (quote := c.quotation()) and (named or c.take(r"\s*(?:section|part)\b(?!\s+\d)")):
        return (Place(unit="part", beginning=quote.text.strip(" :.")),)
    c.at = start
    return ()


def read_under_opener(c: Cursor) -> tuple[Place, ...]:
    """``Conference notes``, ``the 'Congress resolves' section``, ``Resolves 3``, ``CB2``."""
    start = c.at
    if match := c.take(_ABBREVIATION):
        if match[0].strip()[0] == "C" and match["what"].isupper():
            opener = ("further " if match["f"] else "") + _ABBREVIATED[match["what"]]
            return _under_opener(c, opener)
        c.at = start
    c.take(r"(?:the\s+)?")
    here = c.at
    if clause := c.take(r"[“\"‘'](?P<opener>whereas|resolved)[”\"’']\s+section\b"):
        return (Place(unit="section", opener=clause["opener"].lower()),)
    if c.peek(r"[“\"‘'*_]") and (quote := c.quotation()):
        inside = Cursor(quote.text.strip(" :.…"))
        named = read_under_opener(inside) if not inside.peek(r"[“\"‘'*_]") else ()
        if named and named[0].labels and inside.done:  # 'Congress believes 2', in marks as a whole
            return named
        found = opening(quote.text.strip(" :.…") + " ")
        if found is None and _prefixed(c.source[max(0, start - 40) : start]) and _begins_with_verb(quote.text):
            found = opening(f"Conference {quote.text}")  # under "calls on the executive to"
        if found is not None and not _begins_section(quote.text):
            found = None  # under "What we ask": a heading
        whole = found is not None and found.end >= 4 and _prefixed(c.source[max(0, start - 40) : start])
        leads = not c.source[c.source.rfind("\n", 0, start) + 1 : start].strip() and c.peek(r"\s*[:,–-]\s")
        if (
            found is not None
            and len(quote.text.split()) <= 12
            and (whole or leads or c.peek(r"\s*,?\s*(?:section|part|list|heading|points?\b|bullet|\(?\d)"))
        ):
            return _under_opener(c, _said(quote.text))
        c.at = here
        return ()
    match = c.take(_NAMED_AFTER_IN if _prefixed(c.source[max(0, start - 40) : start]) else _NAMED)
    if match is None:
        c.at = start
        return ()
    if match["one"]:
        return _under_opener(c, {"note": "notes", "belief": "believes"}.get(match["one"].lower(), "resolves"))
    if match["bare"]:
        return _under_opener(c, " ".join(match["bare"].lower().split()))
    if match["long"]:
        return _under_opener(c, verb_stem(match["long"]))
    further = "further " if (match["further"] or "").lower().startswith("further") else ""
    return _under_opener(c, further + verb_stem(match["verb"]))


def _prefixed(before: str) -> bool:
    """Whether a preposition stands before: then an opener in marks is a place, not words to be changed."""
    return re.search(r"\b(?:in|under|of|to|within|at)\s+(?:the\s+)?$", before, re.IGNORECASE) is not None


def _begins_section(quote: str) -> bool:
    """Whether an opener in marks begins with its subject or its verb: ``This CLP notes``, ``calls on``."""
    found = openings(quote) or openings(f"Conference {quote}")
    if not quote[:1].isalpha():
        return False
    before = (quote if openings(quote) else f"Conference {quote}")[: found[0].start] if found else ""
    return (
        re.fullmatch(
            r"\W*(?:(?:this|the|that|our|and|therefore|accordingly|further(?:more)?),?\s+)*", before, re.IGNORECASE
        )
        is not None
    )


def _begins_with_verb(quote: str) -> bool:
    found = openings(f"Conference {quote}")
    return bool(found) and found[0].start == 0


def _said(quote: str) -> str:
    found = opening(quote.strip(" :.…") + " ") or opening(f"Conference {quote}")
    further = "further " if " further " in f" {quote.lower()} " else ""
    return further + (found.verb if found else quote.lower())


def _under_opener(c: Cursor, opener: str) -> tuple[Place, ...]:
    """What may follow an opener: the word section, or a point's label."""
    section = Place(unit="section", opener=opener)
    if c.take(r"\s*(?:section|part|list|heading)\b") or c.take(r"\s*paragraph\b(?!\s*\d)"):
        return (section,)
    here = c.at
    if (marked := c.take(r"\s*[“\"‘'](?P<label>\d{1,2}|[a-z]|[ivx]{1,4})[”\"’'](?!\w)")) is not None:
        return (Place(unit="point", labels=(marked["label"].lower(),), opener=opener),)
    lead = c.take(
        r"\s*,?\s*(?:(?:points?|bullet\s+points?|bullets?|numbers?|no\.?)\s+)?(?=\(?\d{1,2}\b|\(?(?:[a-z]|"
        r"[ivx]{1,5})\)|(?:[a-h]|[ivx]{1,5})\b(?!\s+new\b))"
    )
    labels = c.label() if lead is not None else ()
    if labels:
        places = [ranged(c, Place(unit="point", labels=labels, opener=opener))]
        while c.take(r"\s*(?:,\s*and|,|and|&)\s*(?=\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)?(?=[\s,:.;]|$))") and (
            more := c.label()
        ):
            places.append(ranged(c, Place(unit="point", labels=more, opener=opener)))
        return tuple(places)
    c.at = here
    return (section,)


def read_new_label(c: Cursor) -> Path | None:
    """``new Council believes 3``, ``Resolves 4: "..."``: the section and the point's number."""
    start = c.at
    new = c.take(r"(?:an?\s+)?(?:new|additional|further|extra)\s+") is not None
    new = new or c.take(r"(?:an?|another)\s+(?=(?:notes|believes|resolves)\s*(?::|[“\"‘'«]))") is not None
    if new and (bare := c.take(r"(?P<verb>notes|believes|resolves)(?=\s*(?::|[“\"‘'«]))")):
        return (Place(unit="section", opener=bare["verb"].lower()),)
    if new or not c.peek(r"[“\"‘'*_]"):
        found = read_under_opener(c)
        if len(found) == 1 and found[0].labels and (new or c.peek(r"\s*[:–-]?\s*[“\"‘'«]|\s*:")):
            return in_order(found)
    c.at = start
    return None
