"""The low end of the amendment grammar: a cursor over an amendment's text that takes words, labels and quotations."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from toolkit_builder.motions.quotations import Quotation, read_quotation

NUMBER_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
ORDINAL_WORDS = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip

_ORDINAL = re.compile(
    r"[\s*_]*(?:(?P<end>(?:second|2nd)[\s-]+(?:to[\s-]+)?last|last\s+but\s+one|penultimate|next\s+to\s+last)"
    r"|(?P<end3>third[\s-]+(?:to[\s-]+)?last|last\s+but\s+two|antepenultimate)"
    r"|(?P<last>last|final|closing|concluding)|(?P<opening>opening)"
    rf"|(?P<word>{'|'.join(ORDINAL_WORDS[1:])})|(?P<digits>\d{{1,3}})\s?(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[\s*_]*(?P<paren>\()?(?P<first>\d{1,3}(?!\d|\s?(?:st|nd|rd|th)\b|%)|[a-z](?![a-z'’])|[ivxl]{2,5}(?![a-z])"
    rf"|(?:{'|'.join(NUMBER_WORDS[1:])})\b)"
    r"(?(paren)\)|\)?)"
    r"(?P<rest>(?:[ \t]?\([a-z0-9]{1,4}\)|(?<=\d)\.?[ \t](?:[a-z]|[ivx]{2,4})\)|(?<=\d)\.[a-z]\)|"
    r"(?<=[a-z\d])[ \t][ivx]{2,4}(?![a-z])|\.(?:\d{1,2}|"
    r"[a-z]|[ivx]{2,4})(?![\w])|(?<=\d)(?:[a-z](?![a-z])\)?|[ivx]{2,4}(?![a-z])))*)",
    re.IGNORECASE,
)
_SETS_OFF = re.compile(
    r"\b(?:insert|add|delet|remov|replac|substitut|amend|change|renumber|re-number|move|strike|omit|append)|"
    r"to\s+read\b|:\s*$"
    r"|^\s*(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|[-•*–])\s",
    re.IGNORECASE,
)
_OPENS_EMPHASIS = re.compile(r"[\s*_]*[*_]")  # marks that belong to what follows: words in bold may be a quotation
_BEFORE_QUOTATION = re.compile(r"(?:[ \t\r\n>\u00a0]|[*_]+(?=[ \t\r\n]))*")
_NOTHING_MORE = re.compile(r"[\s*_.]*\Z")
_LINE_END = re.compile(r"[ \t*_]*(?:[\r\n]|\Z)")
_FULL_STOP = re.compile(r"\.(?=[ \t]+[a-z“\"‘'(])")
_SUB = re.compile(r"[a-z0-9]+", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"[\s*_]*(?:{pattern})", re.IGNORECASE)


class Cursor(Struct):
    """A place in the text of an amendment. ``furthest`` is how far anything was understood, for the report."""

    source: str
    at: int = 0
    furthest: int = 0
    ranges: bool = True

    def take(self, pattern: str) -> re.Match[str] | None:
        """What the pattern matches here (after white space and emphasis marks), and move past it."""
        match = _compiled(pattern).match(self.source, self.at)
        if match is not None and not _OPENS_EMPHASIS.fullmatch(match[0]):
            self.move(match.end())
        return match

    def word(self, pattern: str) -> re.Match[str] | None:
        """The same for whole words."""
        return self.take(rf"(?:{pattern})\b(?!['’]\w)")

    def peek(self, pattern: str) -> bool:
        return _compiled(pattern).match(self.source, self.at) is not None

    def move(self, at: int) -> None:
        self.at = at
        self.furthest = max(self.furthest, at)

    @property
    def done(self) -> bool:
        return _NOTHING_MORE.match(self.source, self.at) is not None

    def newline_ahead(self) -> bool:
        """Whether only white space stands between here and a line's end (or the text's)."""
        return _LINE_END.match(self.source, self.at) is not None

    def sentence_over(self) -> bool:
        """Whether what follows, on the next line, begins another instruction rather than going on with this one."""
        if not self.newline_ahead():
            return False
        begin = self.source.find("\n", self.at) + 1
        if not begin:
            return True
        end = self.source.find("\n", begin)
        line = self.source[begin : len(self.source) if end < 0 else end]
        return not line.strip() or _SETS_OFF.search(line) is not None

    def quotation(self) -> Quotation | None:
        """The quotation that begins here, after white space."""
        at = _BEFORE_QUOTATION.match(self.source, self.at).end()  # type: ignore[union-attr]
        found = read_quotation(self.source, at)
        if found is not None:
            self.move(found.end)
        return found

    def ordinal(self) -> int:
        """``second`` -> 2, ``last`` -> -1, ``penultimate`` -> -2; 0 where there is none."""
        match = _ORDINAL.match(self.source, self.at)
        if match is None:
            return 0
        self.move(match.end())
        if match["end"]:
            return -2
        if match["end3"]:
            return -3
        if match["last"]:
            return -1
        if match["opening"]:
            return 1
        return int(match["digits"]) if match["digits"] else ORDINAL_WORDS.index(match["word"].lower())

    def label(self) -> tuple[str, ...]:
        """``4``, ``4(b)``, ``4b``, ``(iv)``, ``two`` -> its parts in lower case; empty where there is none."""
        match = _LABEL.match(self.source, self.at)
        if match is None:
            return ()
        first = match["first"].lower()
        if len(first) > 2 and first in NUMBER_WORDS:
            first = str(NUMBER_WORDS.index(first))
        self.move(match.end())
        if _FULL_STOP.match(self.source, self.at):  # "point b. in the list": the marker's own stop
            self.move(self.at + 1)
        return (first, *(part.lower() for part in _SUB.findall(match["rest"])))
