"""The part of the amendment grammar that names words of the printed text: which quotation, and which occurrence of it.

words = ["the word(s)"] [ordinal "occurrence of"] quotation ["where it first occurs" | "throughout" | ...]
"""

from __future__ import annotations

from msgspec.structs import replace

from toolkit_builder.motions.instructions import Words
from toolkit_builder.motions.reading import Cursor

_THE_WORDS = (
    r"(?:the\s+)?(?:(?:following|exact|existing|opening|closing|current)\s+)?(?:words?|phrase|text|wording|"
    r"figures?|terms?|names?|sums?|dates?|"
    r"expression|sentences?|percentage|passage|clause|acronym|heading|punctuation|letters?|quotation|"
    r"number)(?:\s+of)?\b\s*(?:,|:)?"
)
MARKS = {"full": ".", "comm": ",", "semi": ";", "colo": ":", "ques": "?", "excl": "!"}
_MARK = r"the\s+(?P<name>full[\s-]stop|comma|semi-?\s?colon|colon|question\s+mark|exclamation\s+mark)\b"
"""``the full stop``: a mark by its name; where it stands more than once, what it is beside must be said."""
_AND_MARK = (
    r"\s*,?\s*(?:and|with|(?:along|together)\s+with|including)\s+the\s+"
    r"(?:(?P<ahead>preceding|following|leading|trailing)\s+)?"
    r"(?P<name>full[\s-]stop|comma|semi-?\s?colon|colon)\b(?(ahead)|\s+(?:immediately\s+|directly\s+)?(?:that\s+|which\s+)?"
    r"(?P<side>before|after|preced(?:es?|ing)|follow(?:s|ing)?)(?:\s+(?:it|them|this|these|that))?(?=\s*(?:[.;,:]|\n|$|and\b|in\b|from\b)))"
)
_OCCURRENCE = r"(?:occurrence|instance|mention|appearance|use|reference)s?\s+(?:of|to)\b(?:\s+the\s+words?\b)?"
_AFTERWARDS = (
    r"\s*\(?,?\s*(?:wherever|whenever|everywhere)\s+(?:it|they|this)\s+(?:occurs?|appears?|is\s+used|are\s+used)\)?",
    r"\s*,?\s*\(?throughout(?:\s+(?:the\s+)?(?:motion|text|document|paragraph|whole\s+motion))?\b\)?",
    r"\s*\(?,?\s*in\s+(?:all|both|each|every)\s+(?:places?|instances?|cases?|occurrences?)\)?",
    r"\s*\(?,?\s*(?:each|every)\s+time\s+(?:it|they)\s+(?:occurs?|appears?)\)?|\s*\((?:twice|both|all|x\s?\d)\)",
)


def read_words(c: Cursor) -> Words | None:
    """Quoted words with which occurrence of them is meant; None (and no move) where there are none."""
    start = c.at
    occurrence, every = 0, False
    if c.take(rf"(?:all|every|each|both)\s+(?:the\s+|of\s+the\s+)?(?:{_OCCURRENCE})"):
        every = True
    else:
        c.take(r"the\s+")
        number = c.ordinal()
        if number and (c.take(rf"\s*{_OCCURRENCE}") or c.peek(r"\s*(?:words?\s+)?[“\"‘'«]")):
            occurrence = number
            c.take(r"\s*words?\s+")
        else:
            c.at = start
            if match := c.take(
                r"(?:the\s+|any\s+)?(?:reference|mention)(?P<many>s?)\s+(?:to|of)\s+(?=(?:the\s+words?\s+)?[“\"‘'«])"
            ):
                every = bool(match["many"])
    if mark := c.take(_MARK):
        return Words(quote=MARKS[mark["name"].lower().replace("-", " ")[:4]], occurrence=occurrence or _which(c))
    c.take(_THE_WORDS)
    quote = c.quotation()
    if quote is None or not quote.text:
        c.at = start
        return None
    if not quote.closed and quote.text.endswith("."):
        c.at = start  # the closing mark was forgotten: is the stop the instruction's or the motion's?
        return None
    for pattern in _AFTERWARDS:
        if c.take(pattern):
            every = True
    return Words(quote=quote.text, occurrence=occurrence or _which(c), every=every)


def with_mark(c: Cursor, words: Words) -> Words:
    """``'X' and the comma before it``: the words with the mark beside them; unchanged where none is named."""
    named = c.take(_AND_MARK)
    if named is None:
        return words
    mark = MARKS[named["name"].lower().replace("-", " ")[:4]]
    before = (named["ahead"] or named["side"]).lower().startswith(("preced", "before", "lead"))
    return replace(words, quote=f"{mark} {words.quote}" if before else f"{words.quote}{mark}")


def _which(c: Cursor) -> int:
    """``(second occurrence)``, ``where it first appears``, ``the second time it occurs``."""
    here = c.at
    if c.take(r"\s*,?\s*\(?(?:at\s+|on\s+)?(?:its\s+|the\s+)?(?=\w)"):
        number = c.ordinal()
        if number and c.take(
            r"\s*(?:occurrence|instance|mention|appearance|use|time(?:\s+(?:it|they)\s+(?:occurs?|"
            r"appears?|is\s+used|are\s+used))?)\b\s*\)?"
        ):
            return number
    c.at = here
    if (
        c.take(r"\s*,?\s*where\s+(?:it|they|this)\s+")
        and (number := c.ordinal())
        and c.take(r"\s*(?:occurs?|appears?)")
    ):
        return number
    c.at = here
    if (
        c.take(
            r"\s*\(?,?\s*(?:where|when|as)\s+(?:it|they|this|these)\s+(?:occurs?|appears?)\s+(?:for\s+)?(?:the|a)\s+"
        )
        and (number := c.ordinal())
        and c.take(r"\s*(?:time|place|instance|occasion)\b\)?")
    ):
        return number
    c.at = here
    return 0
