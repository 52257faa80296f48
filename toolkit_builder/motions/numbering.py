"""Item numbers as people write them come in (``20.01``, ``EM1``, ``Composite D``); identities, order and URLs go out.

A number is an identifier, never a decimal: 20.01 is 20.1, and 20.1 is not 20.10. Two numbers are equal when every
part is equal after leading zeros are dropped and letter case is ignored; what was written is kept for printing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import ClassVar, TypeVar

from msgspec import Struct

from toolkit_builder.motions.remarks import Remarked

T = TypeVar("T")

# The words that may stand before a number, and the series they mean. A motion's or amendment's own word says
# nothing ("Motion 20" is 20); the others are a series of their own.
_WORDS: dict[str, str] = {
    "motion": "", "motions": "", "amendment": "", "amendments": "", "amdt": "", "amend": "", "sub-amendment": "",
    "resolution": "", "proposal": "", "item": "", "number": "", "no": "", "nos": "", "num": "", "": "",
    "emergency": "EM", "emergency motion": "EM", "emergency resolution": "EM",
    "late": "L", "late motion": "L",
    "composites": "Composite",
    "composite motions": "Composite",
    "emergency motions": "EM",
    "composite": "Composite", "composite motion": "Composite", "comp": "Composite", "composited motion": "Composite",
    "rule change": "R",
    "rule amendment": "R",
    "executive statement": "ES", "statement": "ES", "nec statement": "ES", "general council statement": "ES",
}  # fmt: skip

# Two spellings of one thing: an emergency motion is EM1 in one union and E1 in another; composites go by their letter.
_ALIASES = {"E": "EM"}

# Where a series stands in an agenda: ordinary numbers and section letters, composites, then what came late.
_RANKS = {"Composite": 1, "ES": 2, "E": 3, "EM": 3, "L": 4}

_PART = re.compile(r"(?P<digits>\d{1,6})(?P<suffix>[a-z]{0,2})|(?P<letters>[a-z]{1,5})", re.IGNORECASE)
_LONGEST = 60
_LONGEST_RANGE = 50
_MOST_PARTS = 5


class NotANumber(ValueError):
    """The text cannot be an item number; the message says why, in one sentence."""


class Part(Struct, frozen=True, order=True):
    """One part between the dots: ``digits`` and a ``suffix`` (11A), or letters alone (digits is then -1)."""

    digits: int
    suffix: str = ""

    def __str__(self) -> str:
        return self.suffix.upper() if self.digits < 0 else f"{self.digits}{self.suffix}"


class Number(Remarked, frozen=True):
    """An item's number. ``series`` is "" for motions and amendments, else ``EM``, ``Composite``, ``C`` ...

    Equality and hash look at series and parts only; ``written`` is what the author typed, tidied of white space.
    """

    remarks: ClassVar = frozenset({"written"})

    series: str
    parts: tuple[Part, ...]
    written: str = ""

    @classmethod
    @lru_cache(maxsize=65536)
    def parse(cls, text: str) -> Number:
        """``text`` as a number; NotANumber with a plain reason where it cannot be one."""
        written = _tidy(text)
        series, rest = _split_series(written)
        if not rest:
            raise NotANumber(f"'{_short(written)}' has no digit or letter after '{_short(series or written)}'")
        pieces = re.split(r"[./]", rest)
        if len(pieces) > _MOST_PARTS:
            raise NotANumber(f"'{_short(written)}' has more than {_MOST_PARTS} parts")
        parts = tuple(_part(piece, written, first=not at) for at, piece in enumerate(pieces))
        return cls(series, parts, written)

    @property
    def canonical(self) -> str:
        """The one spelling all equal numbers share: ``20.1``, ``EM1``, ``Composite D``."""
        dotted = ".".join(str(part) for part in self.parts)
        return f"{self.series} {dotted}" if len(self.series) > 4 else f"{self.series}{dotted}"

    @property
    def slug(self) -> str:
        """The number in a URL or file name: ``20.1``, ``em1``, ``composite-d``; equal numbers share it."""
        return self.canonical.lower().replace(" ", "-")

    @property
    def parent(self) -> Number | None:
        """What an amendment of this number amends by its form (20.1 -> 20, EM1.2 -> EM1); None for a motion."""
        if len(self.parts) < 2:
            return None
        bare = Number(self.series, self.parts[:-1])
        return Number(self.series, self.parts[:-1], bare.canonical)

    @property
    def sort_key(self) -> tuple[int, str, tuple[Part, ...]]:
        """Natural order: 2 before 10, sections by letter, then composites, statements, emergency, late."""
        return (_RANKS.get(self.series, 0), _ALIASES.get(self.series, self.series), self.parts)

    def __str__(self) -> str:
        return self.written or self.canonical


def same(a: str | Number, b: str | Number) -> bool:
    """Do both name one item? Also across spellings: E1 is EM1, D is Composite D. What is no number is like nothing."""
    first, second = _try(a), _try(b)
    return first is not None and second is not None and (first == second or _loose(first) == _loose(second))


def find(number: str | Number, known: Iterable[T], key: Callable[[T], str | Number] = str) -> T | None:
    """The known item that ``number`` names: the equal one, else the only one that is the same by another spelling."""
    wanted = _try(number)
    if wanted is None:
        return None
    others: list[T] = []
    for item in known:
        candidate = _try(key(item))
        if candidate == wanted:
            return item
        if candidate is not None and _loose(candidate) == _loose(wanted):
            others.append(item)
    return others[0] if len(others) == 1 else None


def near(number: str | Number, known: Iterable[str]) -> str | None:
    """The known number a mistyped one most likely meant, or None: at most one slip, or the same digits misplaced."""
    wanted = _try(number)
    text = wanted.canonical.lower() if wanted else _tidy(str(number)).lower()
    best: tuple[int, tuple[int, str, tuple[Part, ...]], str] | None = None
    for name in known:
        candidate = _try(name)
        if candidate is None:
            continue
        distance = _distance(text, candidate.canonical.lower())
        if wanted and _loose(wanted) == _loose(candidate):
            distance = 0
        elif re.sub(r"\D", "", text) == re.sub(r"\D", "", candidate.canonical) != "":
            distance = 0  # 201 for 20.1, C3 for Composite 3
        allowed = 1 if len(text) < 5 else 2
        scored = (distance, candidate.sort_key, name)
        if distance <= allowed and (best is None or scored < best):
            best = scored
    return best[2] if best else None


def in_order(items: Iterable[T], key: Callable[[T], str | Number] = str) -> list[T]:
    """Items in natural order, judged together: what is no number comes last, by its text.

    E and L are emergency and late business, unless a section beside them in the alphabet (D, F; K, M) is there too.
    Composites I, II, III, IV are Roman only where every one of them is, and one has two letters.
    """
    listed = [(item, _try(key(item)), str(key(item))) for item in items]
    numbers = [number for _, number, _ in listed if number]
    used = {number.series for number in numbers}
    sections = {letter for letter, beside in (("E", {"D", "F"}), ("L", {"K", "M"})) if used & beside}
    romans = _roman_series(numbers)

    def place(entry: tuple[T, Number | None, str]) -> tuple[int, int, str, tuple[Part, ...], str]:
        _, number, text = entry
        if number is None:
            return (1, 0, "", (), text)
        rank, series, parts = number.sort_key
        if number.series in sections:
            rank, series = 0, number.series
        if number.series in romans:
            parts = tuple(Part(roman_value(p.suffix) or 0, "") if p.digits < 0 else p for p in parts)
        return (0, rank, series, parts, text)

    return [item for item, _, _ in sorted(listed, key=place)]


def pieces(text: str) -> list[str]:
    """``37.1, 37.2 and 38`` cut at its commas, semicolons, ampersands and 'and'."""
    cut = re.split(r"\s*(?:,\s*(?:and|or)\b|[,;&+]|\b(?:and|or)\b)\s*", text.strip(), flags=re.IGNORECASE)
    return [piece.strip() for piece in cut if piece.strip()]


def in_series(number: Number, first: Number) -> Number:
    """``Composite D and E``, ``EM1 and 2``: a bare number after another stands in the series of the first."""
    if len(first.series) < 2 or number.series or len(number.parts) > 1:
        return number
    return Number(first.series, number.parts, Number(first.series, number.parts).canonical)


def read_range(text: str) -> tuple[Number, ...]:
    """``20.2 to 20.4`` or ``20.2-20.4`` as three numbers; any other text as the one number it is."""
    ends = re.fullmatch(r"(.*\w)\s*(?:\bto\b|[-–—])\s*(\d.*)", _tidy(text), re.IGNORECASE)
    if ends is None or re.fullmatch(r"[A-Za-z ]+", ends[1]):
        return (Number.parse(text),)
    first, last = Number.parse(ends[1]), Number.parse(ends[2])
    last = in_series(last, first)
    if len(last.parts) < len(first.parts):  # "20.2 to 4"
        last = Number(first.series, (*first.parts[:-1], last.parts[-1]))
    low, high = first.parts[-1], last.parts[-1]
    fits = first.series == last.series and first.parts[:-1] == last.parts[:-1] and not (low.suffix or high.suffix)
    if not fits or not 0 <= high.digits - low.digits < _LONGEST_RANGE:
        raise NotANumber(f"'{_short(_tidy(text))}' is no range of numbers (write them one by one)")
    numbers = (Number(first.series, (*first.parts[:-1], Part(n))) for n in range(low.digits, high.digits + 1))
    return tuple(Number(n.series, n.parts, n.canonical) for n in numbers)


def roman_value(letters: str) -> int | None:
    """``iv`` -> 4; None for letters that are no well-formed Roman numeral below 100."""
    match = re.fullmatch(r"(?i)(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", letters)
    if not letters or not match:
        return None
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    digits = [values[c] for c in letters.lower()]
    return sum(-d if d < max(digits[at:]) else d for at, d in enumerate(digits))


# --- inside ----------------------------------------------------------------------------------------------


def _tidy(text: str) -> str:
    """White space collapsed, full-width digits and odd dashes made plain, brackets and end stops around it gone."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", plain)
    plain = " ".join(plain.split())
    while len(plain) > 1 and (plain[0], plain[-1]) in {("(", ")"), ("[", "]"), ('"', '"'), ("'", "'")}:
        plain = plain[1:-1].strip()
    return plain.rstrip(".,;:").lstrip("#*").strip()


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"


def _split_series(written: str) -> tuple[str, str]:
    """``Emergency motion 1`` -> (EM, 1); ``C02`` -> (C, 02); ``D`` -> ("", D)."""
    if not written:
        raise NotANumber("the number is empty")
    if len(written) > _LONGEST:
        raise NotANumber(f"'{_short(written)}' is too long for a number (over {_LONGEST} characters)")
    words, _, last = written.rpartition(" ")
    if not words:
        return _split_prefix(written)
    series = ""
    spelled = " ".join(word.rstrip(".:") for word in words.lower().split())
    spelled = re.sub(r"\s+(?:no|number)$", "", spelled)
    if spelled in _WORDS:
        series = _WORDS[spelled]
    elif re.fullmatch(r"[a-z]{1,4}", spelled):  # "EM 1", "C 02"
        return _split_prefix(words.rstrip(".:") + last)
    else:
        raise NotANumber(f"'{_short(written)}' has words a number cannot have")
    if series:
        return series, last
    return _split_prefix(last)


def _split_prefix(token: str) -> tuple[str, str]:
    match = re.fullmatch(r"([A-Za-z]{1,9})-?(\d.*)", token)
    if not match:
        if re.fullmatch(r"\d+[a-z]?-\d.*", token, re.IGNORECASE):
            raise NotANumber(f"'{_short(token)}' has a hyphen between its parts (write a dot, or one number at a time)")
        return "", token
    letters, rest = match.group(1), match.group(2)
    if letters.lower() in _WORDS:
        return _WORDS[letters.lower()], rest
    if len(letters) > 4:
        raise NotANumber(f"'{_short(token)}' starts with '{letters}', which names no series of items")
    return letters.upper(), rest


def _part(piece: str, written: str, *, first: bool) -> Part:
    match = _PART.fullmatch(piece)
    if match and match["digits"]:
        return Part(int(match["digits"]), match["suffix"].lower())
    if match and (len(piece) == 1 or not first or roman_value(piece) is not None or len(set(piece.lower())) == 1):
        return Part(-1, piece.lower())
    if not piece:
        raise NotANumber(f"'{_short(written)}' has an empty part beside a dot")
    if "," in piece:
        raise NotANumber(f"'{_short(written)}' has a comma where a number has a dot")
    if re.fullmatch(r"\d{7,}.*", piece):
        raise NotANumber(f"'{_short(written)}' has a part of more than six digits")
    if not re.search(r"\d", written):
        raise NotANumber(f"'{_short(written)}' has no digit")
    raise NotANumber(f"'{_short(piece)}' in '{_short(written)}' is not digits with at most two letters")


def _try(number: object) -> Number | None:
    return number if isinstance(number, Number) else parsed(str(number))


@lru_cache(maxsize=16384)
def parsed(text: str) -> Number | None:
    """The number that a text is; None where it is none."""
    try:
        return Number.parse(text)
    except NotANumber:
        return None


def _loose(number: Number) -> tuple[str, tuple[Part, ...]]:
    """Identity across spellings: E is EM, and a bare letter is the composite of that letter."""
    series = _ALIASES.get(number.series, number.series)
    if not series and number.parts[0].digits < 0:
        series = "Composite"
    return series, number.parts


def _roman_series(numbers: Sequence[Number]) -> set[str]:
    lettered: dict[str, list[str]] = {}
    for number in numbers:
        if number.parts[0].digits < 0:
            lettered.setdefault(number.series, []).append(number.parts[0].suffix)
    return {
        series
        for series, letters in lettered.items()
        if all(roman_value(each) is not None for each in letters) and any(len(each) > 1 for each in letters)
    }


def _distance(a: str, b: str) -> int:
    """Edits (a swap of neighbours is one) between two short texts; at most a few dozen characters each."""
    if abs(len(a) - len(b)) > 2:
        return 3
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        earlier, before, row = before, row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                row[j] = min(row[j], earlier[j - 2] + 1)
    return row[-1]
