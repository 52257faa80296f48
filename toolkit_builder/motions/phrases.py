"""The part of the amendment grammar above places: verbs, new text, targets, spots, and what may follow them.

target = words {("," | "and") words} | "all after" ref | "from" ref "to" ref | "all" | paths
spot   = ("after" | "before") ref | "between" ref "and" ref | "at the" ("end" | "start") ["of" path]
text   = [":"] quotation {quotation} | ":" unquoted lines up to the next instruction
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from toolkit_builder.motions.instructions import Path, Place, Ref, Spot, Target, Words
from toolkit_builder.motions.paths import without_asides
from toolkit_builder.motions.places import read_bare_label, read_path, read_paths
from toolkit_builder.motions.quotations import INSTRUCTION_LINE as INSTRUCTION_LINE
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.wordings import read_words, with_mark

INSERT = (
    r"insert(?:s|ed|ing)?|add(?:s|ed|ing)?|includ(?:e|ing)|append(?:ing)?|put|write\s+in|addition\s+of|insertion\s+of"
)
DELETE = (
    r"delet(?:es?|ed|ing|ion\s+of)|remov(?:es?|ed|ing|al\s+of)|strik(?:e|ing)(?:\s+out)?|omit(?:s|ting)?|"
    r"take\s+out|cut|"
    r"cross\s+out|leave\s+out|drop"
)
REPLACE = r"replac(?:es?|ed|ing|ement\s+of)|substitut(?:es?|ed|ing|ion\s+of)|swap(?:ping)?"
AMEND = (
    r"amend(?:s|ed|ing)?|alter(?:ing)?|chang(?:es?|ed|ing)|modify|reword(?:ing)?|"
    r"revise|correct|rephrase|rewrite|re-word"
)
MOVE = r"mov(?:es?|ed|ing)|transfer|relocate"
SWAP = (
    r"(?:swap(?:ping)?|transpos(?:e|ing)|(?:ex|inter)chang(?:e|ing)|(?:reverse|switch)(?:ing)?)"
    r"(?:\s+(?:round|over|around))?(?:\s+(?:the\s+)?(?:order|positions?|places)\s+of)?"
)
RENUMBER = r"re-?\s?number(?:ing|ed)?|re-?letter(?:ing)?|consequential\s+re-?numbering"


def read_ref(c: Cursor) -> tuple[Ref, Path] | None:
    """Words or a place, with the place the words are in (``'agency' in line 3``)."""
    start = c.at
    path = read_path(c) or read_bare_label(c)
    if path is not None:
        return without_asides(path), ()
    words = read_words(c)
    if words is None:
        c.at = start
        return None
    return words, read_scope(c) or ()


def read_scope(c: Cursor) -> Path | None:
    """``in paragraph 2``, ``of point 3``, ``(line 4)``, ``, line 3``: a place after something that lies in it."""
    start = c.at
    if c.sentence_over() or _NEW_SENTENCE.match(c.source, c.at):
        return None
    if (
        c.take(r"\s*\(\s*(?:in\s+|at\s+|on\s+)?")
        and (path := read_path(c))
        and (c.take(r"\s*\)") or c.source[c.at - 1] == ")")
    ):
        return path
    c.at = start
    if c.take(r",?\s*(?:of|in|to|from)\s+(?:the\s+)?(?:original\s+|main\s+)?(?:motion|text)(?:\s+\d[\d.]*)?\b"):
        return ()
    if c.take(r"\s*,?\s*(?:of|in|from|within|on|at|under|into)\s+") and (path := read_path(c) or read_bare_label(c)):
        return path
    c.at = start
    if c.take(r"\s*,\s*(?=(?:line|sentence|paragraph|para|point|bullet)\w*\s)") and (path := read_path(c)):
        return path
    c.at = start
    return None


_NEW_SENTENCE = re.compile(r"[\s*_]*(?:In|At|On|Under|From|Within)\s")
"""``... insert 'a' In point 3 delete``: a capital begins the next instruction, even where the full stop is missing."""


def read_scopes(c: Cursor) -> tuple[Path, ...]:
    """``in paragraphs 1 and 2``: several places for the same words; none where there is one only."""
    start = c.at
    if (
        not c.sentence_over()
        and not _NEW_SENTENCE.match(c.source, c.at)
        and c.take(r"\s*,?\s*(?:both\s+)?(?:in|from)\s+(?:both\s+)?")
    ):
        paths = read_paths(c)
        if len(paths) > 1:
            return paths
        if numbers := c.take(r"\d{1,2}(?:\s*,\s*\d{1,2})*\s*(?:,?\s*and|&)\s*\d{1,2}(?=\s*(?:[.;,)]|\n|$))"):
            return tuple((Place(unit="number", labels=(one,)),) for one in re.findall(r"\d+", numbers[0]))
    c.at = start
    return ()


_BARE_WORDS = (
    r"(?P<how>after|before|following)\s+(?:the\s+words?\s+)?(?!(?:the\s+|each\s+|this\s+|existing\s+|\w+\s+)?"
    r"(?:paragraph|para|point|bullet|call|clause|section|sentence|line|item|motion|sub)\w*\b)"
    r"(?P<words>[^\n“”\"‘':;,.()]{2,60}?)\s*,?\s+(?=(?:insert|add)\b)"
)
"""``after employers insert``: an anchor without marks, understood right before the verb."""


def read_spot(c: Cursor) -> tuple[Spot, Path] | None:
    """Where new text goes in, and a place around that spot."""
    start = c.at
    c.take(r"(?:(?:immediately|directly|straight|just|right)\s+)?")
    if match := c.take(
        r"(?:(?P<after>after|following|below|beneath|behind)|(?P<before>before|preceding|above|"
        r"in\s+front\s+of|prior\s+to))\s*:?(?=[\s“\"‘'«])"
    ):
        found = read_ref(c)
        if found is not None:
            ref, scope = found
            here = c.at
            if match["after"] and c.take(r"\s*,?\s*(?:and|but)\s+before\s+") and (second := read_ref(c)):
                return Spot(kind="between", ref=ref, other=second[0]), scope or second[1]
            c.at = here
            return Spot(kind="after" if match["after"] else "before", ref=ref), scope
    c.at = start
    if match := c.take(_BARE_WORDS):
        words = Words(quote=" ".join(match["words"].split()))
        return Spot(kind=match["how"].lower().replace("following", "after"), ref=words), ()
    if numbers := c.take(r"(?:in\s+)?between\s+(?P<a>\d{1,2})\s+and\s+(?P<b>\d{1,2})(?=\s*(?:[:,]|insert\b|add\b|\n))"):
        refs = [(Place(unit="number", labels=(numbers[name],)),) for name in ("a", "b")]
        return Spot(kind="between", ref=refs[0], other=refs[1]), ()
    if c.take(r"(?:in\s+)?between\s+"):
        first = read_ref(c)
        if first and c.take(r"\s*,?\s*and\s+") and (second := read_ref(c)):
            return Spot(kind="between", ref=first[0], other=second[0]), first[1] or second[1]
        c.at = start
        if c.take(r"(?:in\s+)?between\s+") and (paths := read_paths(c)) and len(paths) == 2:
            return Spot(kind="between", ref=paths[0], other=paths[1]), ()
    c.at = start
    edge = c.take(
        r"(?:as\s+|at\s+|to\s+|on\s+|on\s+to\s+|onto\s+|in\s+)?(?:the\s+|a\s+)?(?:very\s+)?"
        r"(?:(?P<end>end|bottom|(?:conclusion|close)(?=\s+of))|(?P<start>start|beginning|top|front|opening(?=\s+of)))\b(?!ing)"
    )
    if edge is not None and re.match(r"[\s*_]*(?:as|at|to|on|in|the|onto)\b", edge[0], re.IGNORECASE):
        kind = "end" if edge["end"] else "start"
        here = c.at
        if c.take(r"\s*(?:of|in)\s+") and (path := read_path(c) or read_bare_label(c)):
            return Spot(kind=kind, ref=None if path[-1].unit == "motion" else path), ()
        c.at = here
        if c.take(r"\s*of\s+(?:the\s+)?(?:motion|text|resolution)(?:\s+\d[\d.]*)?\b"):
            return Spot(kind=kind), ()
        c.at = here
        return Spot(kind=kind), ()
    c.at = start
    return None


_ALL_OF = (
    r"(?:all|everything|the\s+(?:rest|remainder))(?:\s+of)?"
    r"(?:\s+(?:the\s+)?(?:words?|text|wording|that\s+follows|content))?"
)


def read_target(c: Cursor) -> tuple[tuple[Target, ...], Path] | None:
    """What goes, as one target or several, and a place around them."""
    start = c.at
    for reader in (_rest_of, _span, _all_of, _whole_places, _several_words, _bare_labels):
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None


_Found = tuple[tuple[Target, ...], Path] | None


def _span(c: Cursor) -> _Found:
    if not c.take(r"the\s+(?:words?|text|passage|section|part)\s+(?=from\b|between\b)"):
        c.take(rf"{_ALL_OF}\b(?:\s+(?:of\s+)?the\s+motion\b)?\s*,?")
    kind = c.take(
        r"(?:(?P<after>after|following|below|beyond)|(?P<before>before|above|preceding|prior\s+to)|"
        r"(?P<upto>up\s+to(?P<including>\s+and\s+including|\s+but\s+not\s+including)?)|(?P<from>from)|"
        r"(?P<between>between))(?=[\s“\"‘'«:])\s*:?"
    )
    if kind is None:
        return None
    if kind["from"] and c.take(
        r"\s*the\s+(?:start|beginning)(?:\s+of\s+(?:the\s+)?(?:motion|paragraph|"
        r"sentence))?\s+(?:up\s+)?to\b"
    ):
        upto = read_ref(c)
        return ((Target(kind="span", end=upto[0]),), upto[1]) if upto else None
    c.ranges = False  # "from paragraph 2 to paragraph 4" has two ends
    first = read_ref(c)
    c.ranges = True
    if first is None:
        return _between_places(c) if kind["between"] else None
    ref, scope = first
    if kind["before"] or kind["upto"]:
        included = bool(kind["upto"] and kind["including"] and "not" not in kind["including"])
        return (Target(kind="span", end=ref, end_included=included),), scope
    if kind["between"]:
        if not c.take(r"\s*,?\s*and\s+") or (second := read_ref(c)) is None:
            return None
        target = Target(kind="span", start=ref, end=second[0], start_included=False, end_included=False)
        return (target,), scope or second[1]
    return _span_end(c, ref, scope, included=bool(kind["from"]))


def _between_places(c: Cursor) -> _Found:
    """``all between paragraph 1 and paragraph 4``."""
    paths = read_paths(c)
    if len(paths) != 2:
        return None
    return (Target(kind="span", start=paths[0], end=paths[1], start_included=False, end_included=False),), ()


def _span_end(c: Cursor, ref: Ref, scope: Path, *, included: bool) -> _Found:
    """``to 'Y'``, ``to the end of the sentence``, ``onwards`` after the beginning of a span."""
    to = c.take(
        r"\s*,?\s*(?:(?:down\s+|through\s+|up\s+)?to|until|till)\b(?:\s*(?:\(?(?P<inc>and\s+including)\)?|"
        r"(?P<exc>but\s+not\s+including)))?"
    )
    base = Target(kind="span", start=ref, start_included=included)
    if to is None:
        c.take(r"\s*,?\s*(?:onwards?|on\b(?!\s+\w)|inclusive)")
        return (base,), scope or read_scope(c) or ()
    if c.take(r"\s*(?:the\s+)?end\b"):
        unit = ""
        here = c.at
        if c.take(r"\s*of\s+") and (path := read_path(c) or read_bare_label(c)):
            if len(path) == 1 and not path[0].labels and not path[0].ordinal:
                return (replace(base, to_unit=path[0].unit),), scope
            return (replace(base, end=path),), scope
        c.at = here
        if c.take(r"\s*of\s+(?:the\s+)?(?:motion|text)\b"):
            unit = "motion"
        return (replace(base, to_unit=unit),), scope
    last = read_ref(c)
    if last is None:
        return None
    exclusive = bool(to["exc"])
    if not included and not to["inc"] and not exclusive:
        return None  # "all after X to Y": does Y go? ask
    c.take(r"\s*,?\s*\(?(?:inclusive|both\s+inclusive)\)?")
    return (replace(base, end=last[0], end_included=not exclusive),), scope or last[1]


def read_rest(c: Cursor) -> str | None:
    """``the rest of the sentence``, ``to the end of the paragraph``, ``all``: the unit it ends with ('': not said)."""
    match = c.take(
        r"(?:(?:all\s+|everything\s+)?(?:to|until|up\s+to)\s+(?:the\s+)?end|(?:the\s+)?(?:rest|remainder|"
        r"remaining\s+(?:words|text)))"
        r"(?:\s+of\s+(?:the\s+|this\s+)?(?P<unit>sentence|paragraph|para|point|bullet|motion|text))?\b"
    )
    if match is None:
        return None
    return {"para": "paragraph", "text": "motion"}.get(unit := (match["unit"] or "").lower(), unit)


def _rest_of(c: Cursor) -> _Found:
    """``the rest of the paragraph after 'X'``, ``the remainder of point 3 from 'X'``."""
    if not c.take(r"(?:(?:the\s+)?(?:rest|remainder|remaining\s+(?:words|text))\s+of|(?:all|everything)\s+in)\s+"):
        return None
    path = read_path(c)
    if path is None or not (kind := c.take(r"\s*,?\s*(?:(?P<after>after|following)|(?P<from>from))\s*:?")):
        return None
    ref = read_words(c)
    if ref is None:
        return None
    scope = () if path[-1].unit == "motion" else path
    unnamed = len(path) == 1 and not path[0].labels and not path[0].ordinal and bool(scope)
    target = Target(kind="span", start=ref, start_included=bool(kind["from"]), to_unit=path[0].unit if unnamed else "")
    return (target,), () if unnamed else scope


def _all_of(c: Cursor) -> _Found:
    if c.take(
        r"(?:all|everything|(?:all\s+(?:of\s+)?|the\s+)?(?:the\s+)?(?:whole|entire|existing|full|current|"
        r"complete)\s+(?:motion|text|wording|content|contents))\b"
    ):
        here = c.at
        if c.take(r"\s+of\s+(?:the\s+)?(?:motion|text|wording|existing\s+text)\b(?!\s+of\s+p)") or c.take(
            r"\s+(?:the\s+)?(?:existing\s+|current\s+)?(?:text|wording|words|content)\b(?!\s+(?:after|before|from))"
        ):
            path = read_scope(c)
            return (Target(kind="all"),), path or ()
        c.at = here
        if c.take(r"\s+(?:of\s+)?(?:the\s+)?(?=para|point|bullet|section|sub|call|clause|text\s+(?:of|in)\s+)") and (
            paths := read_paths(c)
        ):
            return (Target(kind="places", places=paths),), ()
        c.at = here
        if c.peek(r"\s*(?:,|;|:|\.|\n|$|and\b|in\b|then\b)"):
            return (Target(kind="all"),), read_scope(c) or ()
    return None


def _whole_places(c: Cursor) -> _Found:
    start = c.at
    c.take(r"(?:the\s+)?(?:whole|all|entirety|text|wording|contents?)\s+of\s+")
    paths = tuple(without_asides(path) for path in read_paths(c))
    if not paths:
        return None
    named = c.source[start : c.at]
    if any(path[-1].unit == "section" and path[-1].opener for path in paths) and not re.search(
        r"section|part\b|list|all\s+of|whole", named, re.IGNORECASE
    ):
        return None  # "delete Congress notes": the words, the paragraph, or all that stands under them?
    if (
        len(paths) == 1
        and len(paths[0]) == 1
        and paths[0][0].unit == "line"
        and not paths[0][0].labels
        and not paths[0][0].ordinal
    ):
        return None
    here = c.at
    if len(paths) == 1 and c.take(r"\s*(?:,|:|[-–—])\s*(?:the\s+words?\s+)?(?=[“\"‘'«])"):
        c.at = here
        return None
    if any(p[-1].unit == "motion" for p in paths):
        return (Target(kind="all"),), ()
    here = c.at
    if c.take(r"\s*,?\s*and\s+") and (more := read_paths(c)) and c.peek(r"\s*(?:[.;]|\n|$|and\s+re-?number)"):
        paths = (*paths, *more)  # "paragraph 3 and points 1 and 2"
    else:
        c.at = here
    return (Target(kind="places", places=paths),), ()


def _bare_labels(c: Cursor) -> _Found:
    """``delete 4(b)``; ``In 'Conference notes', delete 2 and 3``: labels without a unit, where a list is named."""
    places: list[Path] = []
    c.take(r"(?:the\s+)?(?:existing|current|printed|original)\s+|the\s+(?=\((?:\d{1,2}|[a-z]|[ivx]{1,4})\))")
    while c.peek(r"\(?(?:\d{1,2}[a-z]?|[a-z]|[ivx]{1,4})(?:\.[ivx]{1,4})?[).]?(?:\s|[,:;.]|$|\()"):
        path = read_bare_label(c)
        labels = () if path else c.label()
        if not path and not labels:
            break
        places.append(_as_point(without_asides(path)) if path else (Place(unit="point", labels=labels),))
        if not c.take(r"\s*(?:,\s*and|,|and|&)\s*(?=\(?(?:\d|[a-z]\)|[ivx]{1,4}\)))"):
            break
    if not places or not c.peek(
        r"\s*\.?\s*(?:$|\n|[.;,:]|and\b|to\s+read|with\b|by\b|as\b|be\b|from\b|in\b|of\b|"
        r"under\b)"
    ):
        return None
    return (Target(kind="places", places=tuple(places)),), ()


def _as_point(path: Path) -> Path:
    return tuple(replace(place, unit="point") if place.unit == "number" else place for place in path)


def _several_words(c: Cursor) -> _Found:
    targets: list[Target] = []
    scope: Path = ()
    scoped = here = joint = c.at
    while True:
        words = read_words(c)
        if words is None:
            break
        words = with_mark(c, words)
        here = c.at
        first = words
        if c.ranges and c.take(
            r"\s*,?\s*(?:to|until)\s+(?:the\s+)?end\b(?!\s+of\s+(?:line|sentence|paragraph|"
            r"point)\s+\d)"
        ):
            unit = c.take(r"\s+of\s+(?:the\s+)?(?P<unit>sentence|paragraph|point|bullet|motion)\b")
            targets.append(Target(kind="span", start=first, to_unit=unit["unit"].lower() if unit else ""))
        elif (
            c.ranges
            and c.take(
                r"\s*,?\s*(?:[-–—]|to|through\s+to|through|until|"
                r"up\s+to(?:\s+and\s+including)?)\s+(?:the\s+words?\s+)?(?=[“\"‘'«])"
            )
            and (last := read_words(c))
        ):
            targets.append(Target(kind="span", start=first, end=last))
        else:
            c.at = here
            targets.append(Target(kind="words", start=first))
        c.take(r"\s*\(?inclusive\)?")
        more = read_scope(c)
        if more and scope and more != scope:
            if scoped != joint:
                return None  # "'a' in point 1, 'b' and 'c' in point 3": which words are where is not said
            c.at = joint  # "'a' from point 1 and 'b' from point 3" are two instructions
            return tuple(targets[:-1]), scope
        scope = more or scope
        here = joint = c.at
        scoped = here if more else scoped
        if not c.take(
            r"\s*,?\s*(?:and|,|&)\s+(?:also\s+)?(?:the\s+words?\s+)?(?=[“\"‘'«]|"
            r"the\s+(?:\w+\s+)?occurrence)"
        ):
            break
    else:
        pass
    if not targets:
        return None
    c.at = here
    return tuple(targets), scope
