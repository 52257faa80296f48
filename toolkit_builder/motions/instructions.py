"""What an amendment says to do, as values: places, words, targets, spots; and each back in canonical wording.

``grammar.parse_instructions`` makes these from the words of an agenda; ``print_instruction`` writes them so that
parsing again gives an equal value. Offsets point into the amendment's text and take no part in equality.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from toolkit_builder.motions.remarks import Remarked

RANKS = {"motion": 0, "title": 0, "preamble": 1, "part": 2, "section": 2, "heading": 2, "paragraph": 3,
         "introduction": 3, "table": 3, "list": 3, "number": 4, "clause": 4, "call": 4, "point": 4, "bullet": 4,
         "subpoint": 5, "row": 5, "sentence": 6, "line": 7, "passage": 8}  # fmt: skip
"""The units an instruction can name, with how deep each lies: places are kept outermost first."""

_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
             "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
             "eighteenth", "nineteenth", "twentieth")  # fmt: skip
_FROM_END = {-1: "last", -2: "second last", -3: "third last"}
_DOUBLED = ("“", "”", "„", "‟", '"', "''", "``", "´´", "’’")
_PAIRS = (("«", "»"), ("‹", "›"), ("⟦", "⟧"))


class Place(Remarked, frozen=True, kw_only=True):
    """A unit of the printed text: by label (``point 4(b)``), by count (``second paragraph``) or by its words.

    ``ordinal`` counts from 1, or from the end with -1; ``count`` units from there are meant; ``until`` is the
    last label of a range. ``introduced`` takes a paragraph together with the calls it introduces.
    ``numbering`` marks a label that may be no more than the instruction's own number, ``aside`` a line that
    was only added in brackets: ``point 4 (line 12)``.
    """

    remarks: ClassVar = frozenset({"numbering", "aside"})

    unit: str
    labels: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    ordinal: int = 0
    count: int = 1
    beginning: str = ""
    ending: str = ""
    containing: str = ""
    opener: str = ""
    introduced: bool = False
    numbering: bool = False
    aside: bool = False


Path = tuple[Place, ...]


class Words(Struct, frozen=True, kw_only=True):
    """Words quoted from the printed text. ``occurrence`` 0: the only one; 2: the second; -1: the last.

    ``after`` and ``before`` are words that stand right beside the ones meant; ``edge`` (``start`` or ``end``)
    says that they begin or end their paragraph or point.
    """

    quote: str
    occurrence: int = 0
    every: bool = False
    after: str = ""
    before: str = ""
    edge: str = ""


Ref = Words | Path


class Target(Struct, frozen=True, kw_only=True):
    """What goes (or moves).

    ``words``: the quoted ``start``; ``places``: the units in ``places``; ``all``: everything in the scope;
    ``span``: from ``start`` (None: the beginning) to ``end`` (None: the end of ``to_unit``, or of the scope).
    """

    kind: str
    start: Ref | None = None
    end: Ref | None = None
    start_included: bool = True
    end_included: bool = True
    to_unit: str = ""
    places: tuple[Path, ...] = ()


class Spot(Struct, frozen=True, kw_only=True):
    """Where something goes in: ``after``/``before`` a ref, ``between`` two, at the ``start``/``end`` of a place."""

    kind: str
    ref: Ref | None = None
    other: Ref | None = None


class Instruction(Remarked, frozen=True, kw_only=True):
    """One thing to do. ``verb``: insert, delete, replace, move, swap, renumber or check.

    ``scope`` is where, outermost first; ``text`` the new words; ``unit`` what the new text is (paragraph, point,
    sentence; empty: words), ``label`` the number it is to have; ``reads`` an after-text to be checked.
    ``every_place`` marks one of several instructions made of "in paragraphs 2 and 5". ``inherited`` says how many
    places of the scope were given once for several instructions; ``soft`` that they only followed other words.
    """

    remarks: ClassVar = frozenset({"inherited", "soft", "start", "end", "text_start"})

    verb: str
    scope: Path = ()
    target: Target | None = None
    spot: Spot | None = None
    text: str = ""
    unit: str = ""
    label: tuple[str, ...] = ()
    renumber: bool = False
    reads: str = ""
    inherited: int = 0
    soft: bool = False
    start: int = 0
    end: int = 0
    text_start: int = 0


# --- printing --------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """``text`` in the first pair of quotation marks that it does not hold itself."""
    if not any(mark in text for mark in _DOUBLED):
        return f"“{text}”"
    for before, after in _PAIRS:
        if before not in text and after not in text:
            return f"{before}{text}{after}"
    return f"“{text}”"


def ordinal_word(number: int) -> str:
    """1 -> first, -1 -> last, 23 -> 23rd."""
    if number < 0:
        return _FROM_END.get(number, f"{ordinal_word(-number)} last")
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def label_words(labels: tuple[str, ...]) -> str:
    """``("4", "b")`` -> ``4(b)``."""
    return labels[0] + "".join(f"({label})" for label in labels[1:]) if labels else ""


def print_place(place: Place) -> str:
    """One place in words: ``paragraph 2``, ``the last sentence``, ``the paragraph beginning “However”``."""
    if place.unit == "passage":
        return quoted(place.containing)
    if place.unit == "introduction":
        return "the introduction to the points"
    if place.unit in {"motion", "title", "preamble"}:
        return f"the {place.unit}"
    if place.unit == "part":
        return f"the section headed {quoted(place.beginning)}"
    if place.opener in {"whereas", "resolved"} and place.unit == "section":
        return f"the “{place.opener.upper()}” section"
    if place.opener:
        words = f"the {quoted('Conference ' + place.opener)} section"
        return words if place.unit == "section" else f"{place.unit} {words}"
    unit = "sub-point" if place.unit == "subpoint" else place.unit
    if place.labels:
        words = f"{unit} {label_words(place.labels)}"
        if place.until:
            words = f"{unit}s {label_words(place.labels)} to {label_words(place.until)}"
    elif place.ordinal:
        words = f"the {ordinal_word(place.ordinal)} {unit}"
        if place.count > 1:
            words = f"the {'last' if place.ordinal < 0 else 'first'} {place.count} {unit}s"
    else:
        words = f"the {unit}"
    for how, quote in (("beginning", place.beginning), ("ending", place.ending), ("containing", place.containing)):
        if quote:
            words += f" {how} {quoted(quote)}"
    return words + (" and its points" if place.introduced else "")


def print_path(path: Path) -> str:
    """Places outermost first, joined as agendas do: ``paragraph 2, line 3``."""
    return ", ".join(print_place(place) for place in path)


def _inside(path: Path) -> str:
    """The same, innermost first: ``line 3 of paragraph 2``."""
    return " of ".join(print_place(place) for place in reversed(path))


def print_ref(ref: Ref) -> str:
    if not isinstance(ref, Words):
        return _inside(ref)
    if ref.every:
        return f"all occurrences of {quoted(ref.quote)}"
    if ref.occurrence:
        return f"the {ordinal_word(ref.occurrence)} occurrence of {quoted(ref.quote)}"
    beside = f" after {quoted(ref.after)}" if ref.after else f" before {quoted(ref.before)}" if ref.before else ""
    return quoted(ref.quote) + beside + (f" at the {ref.edge}" if ref.edge else "")


def print_target(target: Target) -> str:
    """What goes: ``“agency”``, ``points 3 to 5``, ``all after “services”``, ``from “However” to “staff”``."""
    if target.kind == "places":
        return " and ".join(_inside(path) for path in target.places)
    if target.kind == "all":
        return "all"
    if target.kind == "words" and target.start is not None:
        return print_ref(target.start)
    if target.start is None and target.end is not None:
        return f"all {'up to and including' if target.end_included else 'before'} {print_ref(target.end)}"
    if target.start is None:
        return "all"
    first = print_ref(target.start)
    if target.end is None:
        unit = f" to the end of the {target.to_unit}" if target.to_unit else ""
        return f"all {'from' if target.start_included else 'after'} {first}{unit}"
    last = print_ref(target.end)
    if target.start_included:
        return f"from {first} {'to' if target.end_included else 'up to but not including'} {last}"
    return f"all after {first} up to and including {last}" if target.end_included else f"all between {first} and {last}"


def print_spot(spot: Spot) -> str:
    """Where it goes in: ``after “agency”``, ``at the end of paragraph 2``, ``between “a” and “b”``."""
    if spot.kind == "between" and spot.ref is not None and spot.other is not None:
        return f"between {print_ref(spot.ref)} and {print_ref(spot.other)}"
    if spot.kind in {"after", "before"} and spot.ref is not None:
        return f"{spot.kind} {print_ref(spot.ref)}"
    where = f" of {print_ref(spot.ref)}" if spot.ref else ""
    return f"at the {spot.kind}{where}"


def print_instruction(instruction: Instruction) -> str:
    """Canonical wording; ``parse_instructions`` of it gives an equal instruction."""
    i = instruction
    where = f"In {print_path(i.scope)}, " if i.scope else ""
    body = _body(i)
    tail = " and renumber" if i.renumber and i.verb != "renumber" else ""
    if i.reads and i.verb != "check":
        tail += f" so that it reads {quoted(i.reads)}"
    sentence = where + body
    return sentence[:1].upper() + sentence[1:] + tail


def _body(i: Instruction) -> str:
    new = " ".join(filter(None, ("new", i.unit, label_words(i.label)))) if i.unit else ""
    target = print_target(i.target) if i.target else ""
    if i.verb == "insert":
        spot = print_spot(i.spot) + " " if i.spot else ""
        return f"{spot}insert {new + ': ' if new else ''}{quoted(i.text)}"
    if i.verb == "replace":
        return f"delete {target} and replace with {new + ': ' if new else ''}{quoted(i.text)}"
    if i.verb == "move":
        to = print_spot(i.spot) if i.spot else f"to become {new.removeprefix('new ')}"
        return f"move {target} {'to ' if i.spot and i.spot.kind in {'start', 'end'} else ''}{to}".replace("to at", "to")
    if i.verb == "swap" and i.target:
        return "swap " + " with ".join(_inside(path) for path in i.target.places)
    if i.verb == "delete":
        return f"delete {target}"
    if i.verb == "check":
        return f"check that it reads {quoted(i.reads)}"
    return "renumber"
