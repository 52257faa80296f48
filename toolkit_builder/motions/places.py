"""The part of the amendment grammar that names places and quoted words: ``line 3 of the second paragraph``.

place  = [det] (ordinal [count] unit | unit label {"," label} ["to" label] | unit "beginning" quote | unit | opener)
path   = place {("of" | "in" | ...) place | "," place}
words  = ["the word(s)"] [ordinal "occurrence of"] quote ["where it first occurs" | "throughout" | ...]
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from toolkit_builder.motions.codes import CODE, distance, following
from toolkit_builder.motions.instructions import RANKS, Path, Place
from toolkit_builder.motions.labels import alike, ranged, same_unit
from toolkit_builder.motions.paths import in_order
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.sections import read_headed, read_under_opener

_DET = (
    r"(?:(?:the|this|that|its|their|our)\s+)?(?:(?:existing|current|original|printed|present|old|same|entire|"
    r"whole|full|"
    r"numbered|lettered|actual)\s+)*(?:of\s+(?:the\s+)?)?"
)
_UNITS = (
    ("subpoint", r"sub[\s-]?(?:points?|paragraphs?|paras?|clauses?|sections?|bullet\s?points?|bullets?|items?|calls?)"),
    (
        "introduction",
        r"(?:introduction|preamble|lead-?in|introductory\s+(?:paragraph|sentence|words))\s+(?:to|of|before)\s+(?:the\s+)?"
        r"(?:action\s+|bullet\s+|numbered\s+)?(?:points|bullets|list|calls|demands)|"
        r"paragraph\s+(?:before|introducing)\s+the\s+(?:action\s+|bullet\s+|numbered\s+)?(?:points|bullets|list|calls|demands)",
    ),
    (
        "list",
        r"(?:bulleted\s+|bullet(?:\s+point)?\s+|numbered\s+)?list(?:\s+of\s+(?:calls|points|bullets|bullet\s+points|demands))?(?:\s+[a-z\d]\s?[-–]\s?[a-z\d]\b)?",
    ),
    ("bullet", r"bullet[\s-]?points?|bullets?|bulletpoints?"),
    ("paragraph", r"paragraphs?|paras?\b\.?|par\b\.?|¶"),
    ("call", r"calls?|demands?|asks?|instructions?|actions?(?!\s+points?)|recommendations?"),
    ("point", r"(?:action|numbered|campaign)[\s-]+points?|points?|pts?\b\.?"),
    ("sentence", r"sentences?"),
    ("line", r"lines?|ll?\.(?=\s*\d)"),
    ("heading", r"sub-?\s?headings?|headings?"),
    ("title", r"title(?:\s+of\s+(?:the\s+)?motion)?|headline|motion\s+title|motion's\s+title"),
    ("table", r"tables?"),
    ("row", r"(?:table\s+)?rows?"),
    ("preamble", r"preamble"),
    ("clause", r"clauses?|items?|sections?|parts?|resolutions?"),
    ("number", r"numbers?|nos?\b\.?"),
    ("motion", r"(?:text\s+of\s+(?:the\s+)?)?motion(?:\s+text)?(?:\s+\d+\b)?|main\s+text|text\s+of\s+motion"),
)
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS)
_OUTWARD = r"(?:,\s*)?(?:of|in|from|within|under|on|at|for)\s+"
_BEGINNING = (
    r"(?:that\s+|which\s+)?(?:beginning|beginnning|starting|begins|starts|commencing|commences|opening|start|begin)\b"
    r"(?:\s+with\b)?(?:\s+the\s+words?\b)?:?"
)
_ENDING = (
    r"(?:that\s+|which\s+)?(?:ending|ends|finishing|concluding|finishes)\b(?:\s+(?:with|in)\b)?(?:\s+the\s+words?\b)?:?"
)
_CONTAINING = r"(?:that\s+|which\s+)?(?:containing|contains|including\s+the\s+words)\b(?:\s+the\s+words?\b)?:?"
_ITS_POINTS = (
    r"(?:,\s*)?(?:and|including|with|together\s+with|along\s+with)\s+(?:all\s+|both\s+)?(?:of\s+)?(?:(?:its|the|"
    r"their|all)\s+)?"
    r"(?:following\s+|associated\s+|accompanying\s+)?(?:sub[\s-]?)?(?:bullet\s+points|bullets|points|list|"
    r"calls)\b(?!\s*\(?[\da-z]{1,3}\b\)?(?<!and)(?<!in)(?<!to))"
    r"(?:\s+(?:that\s+follow|below|under\s+it))?"
)
_HOLDERS = frozenset({"paragraph", "point", "call", "clause", "bullet", "number"})
_COUNTED = r"(?P<digits>\d{1,2})|(?P<word>two|three|four|five|six|seven|eight|nine|ten)"


def read_path(c: Cursor) -> Path | None:
    """One place with everything around it, outermost first; None (and no move) where there is none."""
    found = read_paths(c, several=False)
    return found[0] if found else None


def read_paths(c: Cursor, *, several: bool = True) -> tuple[Path, ...]:
    """Places joined by commas and ``and``: each is one path. With ``several=False`` a single one."""
    start = c.at
    places = _places(c)
    if not places or (not several and len(places) > 1):
        c.at = start
        return ()
    paths = _around(c, tuple((place,) for place in places))
    if several and not c.sentence_over():
        while True:
            here = c.at
            if not c.take(r",?\s*(?:and|&|,)\s+(?:also\s+)?(?:(?:in|of|from)\s+)?") or c.peek(r"new\b"):
                break
            more = _places(c)
            if not more or RANKS[more[0].unit] != RANKS[paths[-1][-1].unit]:
                break
            outer = paths[-1][:-1]
            joined = _around(c, tuple((place,) for place in more))
            paths += tuple(p if len(p) > 1 else outer + p for p in joined)
            continue
        c.at = here
    return tuple(in_order(path) for path in paths)


def _around(c: Cursor, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """``of paragraph 2``, ``, line 3``: places around or within those read so far."""
    if re.fullmatch(_CODE, paths[-1][-1].beginning) and c.peek(r"\s*\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)"):
        paths = (*paths[:-1], (*paths[-1], Place(unit="point", labels=c.label())))  # "TR212 (b)"
    while not c.sentence_over():
        here = c.at
        if c.take(
            r",?\s*(?:of|in|to|from)\s+(?:the\s+)?(?:original\s+|main\s+|above\s+)?(?:motion|text|"
            r"resolution)(?:\s+\d[\d.]*)?\b"
        ):
            continue
        if c.take(r",?\s*(?:on\s+)?page\s+\d+\b"):
            continue
        outward = c.take(_OUTWARD) is not None
        if (
            not outward
            and not c.take(r"['’]s\s+(?=(?:\w+\s+)?(?:point|bullet|sentence|line|sub|paragraph|heading))")
            and not c.take(r"\s*[,:(–-]\s*(?:in\s+)?|\s+(?=(?:line|sentence|sub|bullet|point)\w*\s)")
        ):
            break
        opened = c.source[here : c.at].strip().startswith("(")
        more = _places(c)
        outward = outward or (opened and len(more) == 1 and more[0].unit in {"section", "preamble"})
        if len(more) != 1 or (not outward and not _inner(paths[-1], more[0])):
            c.at = here
            break
        if opened:
            c.take(r"\s*\)")
            more = tuple(replace(place, aside=place.unit == "line") for place in more)
        paths = tuple((more[0], *path) if outward else (*path, more[0]) for path in paths)
    return paths


def _inner(path: Path, place: Place) -> bool:
    """Whether a place after a comma lies within the one before it (``paragraph 2, line 3``) or around a line."""
    ranks = [RANKS[p.unit] for p in path]
    rank = RANKS[place.unit]
    return rank not in ranks and (rank > max(ranks) or min(ranks) >= RANKS["sentence"])


_CODE = r"(?:(?:section|paragraph|para|clause|policy)\s+)?(?P<code>(?-i:[A-Z]{2,5}\s?\d{2,4}(?:\.\d+)?))(?!\w)"
"""The code a paragraph of a policy statement begins with: ``TR210``."""


def _coded(c: Cursor) -> tuple[Place, ...]:
    match = c.take(_CODE)
    if match is None:
        return ()
    here = c.at
    if c.ranges and (until := c.take(rf"\s*(?:to|through|[-–—])\s*(?P<code>{CODE})(?!\w)")):
        count = distance(match["code"], until["code"])
        if count > 1:
            return tuple(Place(unit="paragraph", beginning=code) for code in following(match["code"], count))
    c.at = here
    return (_described(c, Place(unit="paragraph", beginning=match["code"])),)


def _places(c: Cursor) -> tuple[Place, ...]:
    """One mention: ``points 3, 4 and 6 to 8`` gives three places."""
    start = c.at
    found = _coded(c) or read_under_opener(c) or read_headed(c)
    if not found:
        c.at = start
        c.take(_DET)
        found = _ordinal_places(c)
        if not found:
            c.at = start
            c.take(_DET)
            found = _unit_places(c)
    if not found:
        c.at = start
    return found


def _unit(c: Cursor) -> tuple[str, str]:
    """The unit named here and the word used for it."""
    match = c.take(rf"(?:{_UNIT})(?![\w])")
    if match is None:
        return "", ""
    name = match.lastgroup or ""
    named = next((n for n, _ in _UNITS if match.group(n)), name)
    return named, match.group(named)


_AMERICAN = (
    r"(?:(?:(?:now|and|therefore),?\s+)*(?:be\s+it\s+(?:(?:further|also|finally|therefore)\s+)*)?)"
    r"(?:(?P<whereas>whereas(?=\b)|recitals?(?=\b))|resolved(?=\b)|(?:resolution|resolving|resolve)(?=[\s-]+(?:clause|paragraph)))"
    r"(?:[\s-]+(?:clause|paragraph|section)s?)?\b"
)
"""The paragraphs of American resolutions: ``WHEREAS``, also called recitals, and ``RESOLVED``."""


def _ordinal_places(c: Cursor) -> tuple[Place, ...]:
    """``the second paragraph``, ``the last two points``, ``the first and third sentences``."""
    ordinals: list[int] = []
    while True:
        number = c.ordinal()
        if not number:
            break
        ordinals.append(number)
        here = c.at
        if not c.take(r"\s*(?:,|and|&|,\s*and)\s+(?:the\s+)?"):
            break
        if not c.ordinal():
            c.at = here
            break
        c.at = here
        c.take(r"\s*(?:,|and|&|,\s*and)\s+(?:the\s+)?")
    if not ordinals:
        return ()
    if clause := c.take(_AMERICAN):
        opener = "whereas" if clause["whereas"] else "resolved"
        return tuple(Place(unit="paragraph", ordinal=number, opener=opener) for number in ordinals)
    count = 1
    if len(ordinals) == 1 and (match := c.word(_COUNTED)):
        count = int(match["digits"]) if match["digits"] else _counted(match["word"])
    c.take(r"(?:full|complete|main|numbered|existing|printed)\s+")
    unit, word = _unit(c)
    if not unit or unit in {"motion", "title", "preamble", "list"} or word.lower().startswith(("number", "no")):
        return ()
    if unit == "introduction":
        return (Place(unit=unit),)
    places = tuple(_described(c, Place(unit=unit, ordinal=number, count=count)) for number in ordinals)
    if count > 1 and ordinals[0] > 1:
        return ()
    return places


def _counted(word: str) -> int:
    return ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten").index(word.lower())


def _unit_places(c: Cursor) -> tuple[Place, ...]:
    unit, word = _unit(c)
    if not unit:
        return ()
    if unit in {"motion", "title", "preamble", "list", "introduction"}:
        return (_described(c, Place(unit=unit)),)
    c.take(r"(?:number|numbered|no\.?|lettered|#)(?=[\s(\d])")
    labels = c.label()
    if not labels or (labels == ("a",) and c.peek(r"\s+(?:new|further)\b")):
        if labels:
            return ()
        if unit in {"bullet", "point", "call"} and word.lower().endswith("s"):
            return (Place(unit="list"),)  # "in the bullet points"
        return _by_words(c, unit)
    places = [ranged(c, Place(unit=unit, labels=labels))]
    plural = word.lower().rstrip(".").endswith("s")
    while True:
        here = c.at
        joint = c.take(
            rf"\s*(?:,\s*and|,|and|&)\s*(?:(?:number|{same_unit(unit)})\s+)?(?=\(?[\da-z]{{1,4}}\)?(?!\w|\.\d))"
        )
        if joint is None or (not plural and "," in joint[0]):
            c.at = here
            break
        more = c.label()
        if not more or not alike(labels, more) or (len(more) == 1 and c.peek(r"\s+(?:new|lines?|words?|sentences?)\b")):
            c.at = here
            break
        if len(labels) > 1 and len(more) == 1 and not more[0].isdigit():
            more = (*labels[:-1], *more)
        places.append(ranged(c, Place(unit=unit, labels=more)))
    numbers = [int(place.labels[0]) if place.labels[0].isdigit() and not place.until else -1 for place in places]
    if unit == "line" and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and len(numbers) > 1:
        places = [replace(places[0], until=places[-1].labels)]  # "lines 1 and 2" are one place
    places[-1] = _described(c, places[-1])
    return tuple(places)


def _by_words(c: Cursor, unit: str) -> tuple[Place, ...]:
    """``the paragraph beginning 'However'``; a bare ``the paragraph`` means the only one (or the one around)."""
    if unit == "heading" and c.peek(r"[ \t]*[“\"‘'«]") and (quote := c.quotation()):
        return (Place(unit=unit, beginning=stub(quote.text)),)
    place = _described(c, Place(unit=unit))
    return (place,)


def _described(c: Cursor, place: Place) -> Place:
    """``beginning 'X'``, ``ending 'Y'``, ``('X ...')``, ``and its points``."""
    while not c.sentence_over():
        here = c.at
        bracket = c.take(r"\s*\(\s*(?=beginning|starting|which|that|commencing|ending)") is not None
        if c.take(r",?\s*" + _BEGINNING) and (quote := c.quotation()):
            place = replace(place, beginning=stub(quote.text))
            if bracket:
                c.take(r"\s*\)")
        elif _back(c, here) and c.take(r",?\s*(?:and\s+)?" + _ENDING) and (quote := c.quotation()):
            place = replace(place, ending=stub(quote.text))
        elif _back(c, here) and c.take(r",?\s*" + _CONTAINING) and (quote := c.quotation()):
            place = replace(place, containing=stub(quote.text))
        elif _back(c, here) and place.unit in _HOLDERS and c.take(_ITS_POINTS):
            place = replace(place, introduced=place.unit == "paragraph")  # a point is meant with its sub-points
        elif _back(c, here) and c.take(r"\s*\((?=[“\"‘'])") and (quote := c.quotation()) and c.take(r"\s*\)"):
            place = replace(place, beginning=stub(quote.text))
        else:
            c.at = here
            return place
    return place


def _back(c: Cursor, at: int) -> bool:
    c.at = at
    return True


def stub(quote: str) -> str:
    """The words of a quotation that stands for more: without the dots at its ends."""
    return quote.strip().strip("….").strip().removesuffix("...").strip(" ,:;")


_BARE_NUMBER = (
    r"(?:(?:existing|current|printed|original)\s+)?\d{1,2}(?=\s*(?:[,:(](?!\s*\d)|\n|\s(?:after|before|between|line|delete|insert|add|replace|"
    r"remove|amend|strike|substitute|change|(?:first|second|third|last)\s+(?:line|sentence)|at\s+the\s+(?:end|start))\b))"
)
"""``in 4, after``, ``insert after 2:``: a number without a unit, which may be a point's or a paragraph's."""


def read_bare_label(c: Cursor) -> Path | None:
    """``(b)``, ``iv)``: a label whose brackets say that it is one."""
    start = c.at
    number = c.peek(_BARE_NUMBER)
    if not number and not c.peek(
        r"\d{1,2}(?:\.\d{1,2})+(?![\d%])|(?:[a-z]|[ivx]{1,4})(?=\s*[,:]\s)|[a-z]\.(?=\s*[“\"‘'«,:(]|\s+(?:insert|add|delete|replace)\b)|"
        r"[a-z][. ][ivx]{1,4}(?=[\s,:;.)]|$)|\d{1,2}\.[a-z](?:\.[ivx]{1,4})?(?=[\s,:;)]|$)|"
        r"\d{1,2}\.?[ \t](?:[a-z]|[ivx]{1,4})\)|\d{1,2}\.[a-z]\)|\d{1,2}\.(?=\s*[,:(]|\s+[a-z])|"
        r"\d{1,2}\s?\([a-z]\)|\d{1,2}[a-z]\b|[ivx]{2,4}(?:\.(?=\s)|(?=\s*,))|\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)|(?:\d{1,2}|[a-z]|"
        r"[ivx]{1,4})\)|\d{1,2}(?=\s+(?:under|of)\s)"
    ):
        return None
    labels = c.label()
    if not labels:
        c.at = start
        return None
    place = _described(c, ranged(c, Place(unit="number" if number else "point", labels=labels)))
    paths = _around(c, ((place,),))
    return in_order(paths[0])
