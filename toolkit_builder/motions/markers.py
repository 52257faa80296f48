"""One line of a motion -> the list marker it begins with, if any, and what number that marker stands for.

Real motions write ``1)Campaign``, ``1.``, ``1 ``, ``1/``, ``1 -``, ``1:``, ``(1)``, ``3a)``, ``a)``, ``(b)``, ``iv.``,
``2.1`` and bullets, Word's ``o`` with a tab among them; CommonMark sees a list in few of them. A marker is kept exactly
as written; ``Style`` remembers how to write its successor.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

SIGNS = "✓✔✗✘☐☑★"
"""Characters that begin points and say something by themselves, so that no other may stand in their place."""

DOTS = "•◦▪●‣·■□▫○∙⁃➢➤►➔→⇒\uf0b7\uf0a7\uf0d8\uf0fc\uf0e0\uf076\uf02d\uf06f"
"""Characters that are bullets wherever a line begins with them; the last are those of Word's symbol fonts."""

_MARK = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>"
    rf"(?P<bullet>[-*+–—](?=[ \t])|[{DOTS}{SIGNS}](?=[ \t]*\S)|[o§](?=\t[ \t]*\S))"
    r"|(?P<tight>[-–—])(?=[“‘\"']?[A-Z])"
    r"|(?P<deco>\d{1,2}(?:\.\d{1,2})+)(?P<decoend>[.)]?)(?=[ \t]+\S)"
    r"|\((?P<inner>\d{1,3}|[A-Za-z]|[ivxlIVXL]{1,6})\)(?=[ \t]*\S)"
    r"|(?P<num>\d{1,3})(?P<numend>[.)]|/(?=[ \t])|[ \t]?[-–—:](?=[ \t]))(?=[ \t]|[^\s\d%.,)])"
    r"|(?P<lettered>\d{1,2})(?P<suffix>[a-z][.)])(?=[ \t]|[A-Z])"
    r"|(?P<bare>\d{1,2})(?=[ \t]+[A-Z\"'“‘*_])"
    r"|(?P<letter>[A-Za-z]|[ivxlIVXL]{2,6})(?:(?P<letterend>\))(?=[ \t]*\S)|(?P<dot>\.)(?=[ \t]+\S))"
    r")(?P<gap>[ \t]*)"
)
_FIRST = frozenset(f" \t-*+–—{DOTS}{SIGNS}§(0123456789")
_AFTER_LETTER = frozenset(").ivxlIVXL")
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv",
          "xvi", "xvii", "xviii", "xix", "xx", "xxi", "xxii", "xxiii", "xxiv", "xxv", "xxvi", "xxvii",
          "xxviii", "xxix", "xxx")  # fmt: skip
_ROMAN_VALUE = {text: value for value, text in enumerate(_ROMAN) if text}


class Style(Struct, frozen=True):
    """How a list writes its markers: ``before``, a numeral of one ``system``, ``after``, then ``gap``."""

    system: str  # "number", "letter", "roman", "decimal" or "bullet"
    before: str
    after: str
    gap: str
    upper: bool = False

    def alike(self, other: Style) -> bool:
        """Whether two markers may stand in one list: the gap after them does not matter."""
        return (
            self.system == other.system and self.before == other.before and self.upper == other.upper
            and (self.after == other.after or self.after[self.lettered :] == other.after[other.lettered :])
        )  # fmt: skip

    @property
    def lettered(self) -> bool:
        """Whether it is the form of a number with a letter, ``3a)``: that letter is kept in ``after``."""
        return self.after[:1].isalpha()

    def unlettered(self) -> Style:
        return replace(self, after=self.after[1:]) if self.lettered else self

    def write(self, value: int, stem: str = "") -> str:
        """The marker for ``value``; ``stem`` is what a decimal number has before its last dot."""
        numeral = numeral_of(self.system, value)
        if self.upper:
            numeral = numeral.upper()
        return f"{self.before}{stem}{numeral}{self.after}"


class Marker(Struct, frozen=True):
    """A marker as written: its indent in columns, its text, its label (``4``, ``b``, ``iv``; lower case) and value."""

    indent: int
    text: str
    label: str
    value: int
    style: Style
    start: int
    content: int
    strong: bool  # a form that is a marker wherever it stands; a weak one must continue a sequence


def numeral_of(system: str, value: int) -> str:
    """``value`` (from 1) written in a numeral system; bullets have none."""
    if system == "letter":
        return chr(96 + value) if 1 <= value <= 26 else chr(96 + (value - 1) // 26) + chr(97 + (value - 1) % 26)
    if system == "roman":
        return _ROMAN[value] if value < len(_ROMAN) else str(value)
    return "" if system == "bullet" else str(value)


def roman_value(label: str) -> int:
    """The value of a Roman numeral up to 30 (``iv`` -> 4), or 0."""
    return _ROMAN_VALUE.get(label.lower(), 0)


def letter_value(label: str) -> int:
    """a -> 1 ... z -> 26, or 0 for anything but one letter."""
    return ord(label.lower()) - 96 if len(label) == 1 and label.isascii() and label.isalpha() else 0


def read_marker(line: str) -> Marker | None:
    """The marker a line begins with, or None. A single ``i`` is read as Roman here; the scanner knows the sequence."""
    head = line[:1]
    if head not in _FIRST and not (head.isalpha() and line[1:2] in _AFTER_LETTER) and line[:2] != "o\t":
        return None
    match = _MARK.match(line)
    if match is None:
        return None
    indent = len(match["indent"].expandtabs(4))
    text, gap = shown(match["mark"]), match["gap"]
    label, system, before, after, strong = _numeral(match)
    if system in {"letter", "roman"} and label.lower() not in _ROMAN_VALUE and len(label) > 1:
        return None
    upper = system in {"letter", "roman"} and label.isupper()
    value = _value(system, label)
    if match["lettered"]:
        label += match["suffix"][0]
    return Marker(indent, text, label.lower(), value, Style(system, before, after, gap, upper),
                  match.start("mark"), match.end(), strong)  # fmt: skip


def shown(mark: str) -> str:
    """A marker as it is printed: what only a symbol font of Word's can show is a bullet."""
    return "•" if "\uf000" <= mark <= "\uf0ff" else mark


def _numeral(match: re.Match[str]) -> tuple[str, str, str, str, bool]:
    if match["bullet"]:
        return "", "bullet", shown(match["bullet"]), "", match["bullet"] not in "–—" or "\t" in match["gap"]
    if match["tight"]:
        return "", "bullet", match["tight"], "", False
    if match["deco"]:
        return match["deco"], "decimal", "", match["decoend"], False
    if match["num"]:
        return match["num"], "number", "", match["numend"], match["numend"] in ".)"
    if match["lettered"]:
        return match["lettered"], "number", "", match["suffix"], False
    if match["bare"]:
        return match["bare"], "number", "", "", False
    label = match["inner"] or match["letter"]
    before = "(" if match["inner"] else ""
    after = ")" if match["inner"] else match["letterend"] or match["dot"]
    if label.isdigit():
        return label, "number", before, after, True
    system = "roman" if label.lower() in _ROMAN_VALUE and (len(label) > 1 or label.lower() == "i") else "letter"
    return label, system, before, after, after == ")" or label.islower()


def _value(system: str, label: str) -> int:
    if system == "number":
        return int(label)
    if system == "decimal":
        return int(label.rsplit(".", 1)[1])
    return roman_value(label) if system == "roman" else letter_value(label)


def as_letter(marker: Marker) -> Marker:
    """The same marker read as a letter (``i)`` after ``h)``)."""
    s = marker.style
    style = Style("letter", s.before, s.after, s.gap, s.upper)
    return Marker(marker.indent, marker.text, marker.label, letter_value(marker.label), style,
                  marker.start, marker.content, marker.strong)  # fmt: skip


def as_roman(marker: Marker) -> Marker:
    """The same marker read as a Roman numeral (``v)`` after ``iv)``)."""
    s = marker.style
    style = Style("roman", s.before, s.after, s.gap, s.upper)
    return Marker(marker.indent, marker.text, marker.label, roman_value(marker.label), style,
                  marker.start, marker.content, marker.strong)  # fmt: skip
