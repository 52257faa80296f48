"""Finding where a quotation in an amendment begins and ends, whatever marks its mover used.

Straight, curly, doubled and angled marks, nested ones, apostrophes inside single marks, marks re-opened at each
paragraph, and marks never closed: a closing mark counts where the words after it go on in the language of
amendments (or the line ends), so ``'the workers' rights'`` closes at its second apostrophe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_DOUBLE = ("”", '"', "''", "‟", "“", "``", "´´", "’’")
_CLOSERS = {
    "“": _DOUBLE, "”": _DOUBLE, '"': _DOUBLE, "„": _DOUBLE, "‟": _DOUBLE, "''": _DOUBLE, "``": _DOUBLE,
    "‘‘": _DOUBLE, "‘": ("’", "'", "´", "`"), "’": ("’", "'"), "'": ("'", "’", "´"), "‚": ("‘", "’", "'"),
    "`": ("`", "'", "’", "´"), "´": ("´", "'", "’"), "«": ("»",), "»": ("«",), "‹": ("›",), "›": ("‹",), "⟦": ("⟧",),
    "**": ("**",), "__": ("__",), "*": ("*",), "_": ("_",),
}  # fmt: skip
_OPEN = re.compile(r"``|''|‘‘|\*\*(?=[^\s*])|__(?=[^\s_])|\*(?=[^\s*])|(?<!\w)_(?=[^\s_])|[“”\"„‟‘’'‚`´«»‹›⟦]")
_MAY_BE_APOSTROPHES = frozenset("‘’'`´‚")
_SHORTENED = re.compile(r"[‘’'](?:\d\ds?|til|tis|twas|em|n|cause|bout)\b", re.IGNORECASE)
_NEEDS_WORD_BOUNDARY = frozenset("‘’'`´‚_")
_UNIT = (
    r"paragraphs?|paras?|points?|bullets?|calls?|clauses?|items?|sections?|sentences?|lines?|words?|title|heading|"
    r"table|row|motion|text|list|preamble|sub-?\w+"
)
_ORDINAL = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|final|penultimate|\d+(?:st|nd|rd|th)"
_ASKED = (
    r"(?:demand|ask|instruction|action|recommendation|resolution|recital|request|belief|note|resolve|rule|article)s?"
)
"""Words that are a place only with a number: ``instruction (4)``, ``the second demand``."""
_PLACE = (
    rf"(?:(?:the\s+)?(?:{_ORDINAL})\s+{_ASKED}\b|{_ASKED}\s+(?:no\.?\s*)?(?:\(?\d|\(?(?:[a-z]|[ivx]{{1,4}})\))|"
    rf"(?:(?:the|this|that|existing|current|same|action|bullet|numbered|new|a|an|each|both|all|every|{_ORDINAL})\s+){{0,3}}"
    rf"(?:{_UNIT}|\d(?!\d*[.,]?\d{{2}})))"
)
_ROMAN = r"(?:\d{1,2}|[a-z]|[ivx]{1,4})"
_OPENER = (
    r"(?:the\s+|this\s+)?(?:(?:conference|congress|council|branch|union)\s+)?(?:further\s+)?"
    r"(?:notes|believes|resolves|calls\s+on|instructs)\b(?=\s*(?:\d|\(|[,:]|$|\n|section|point|with\b|by\b|"
    r"and\b|[ivx]{1,4}\b))"
)
_MARK = r"[“\"„‘'`«‹⟦*_]"
_THE_WORDS = r"(?:the\s+)?(?:following\s+)?(?:new\s+|additional\s+)?(?:words?|text|phrase|sentence|wording|following)"
_VERB = (
    r"(?:insert|add|delete|remove|strike|replace|substitut|omit|amend|change|renumber|re-number|move|append|include|"
    r"put|take\s+out|cut|alter|write\s+in)\w*"
)
FOLLOWS = re.compile(
    rf"""[.,;:)\]!?*_]*[ \t*_]*(?:
      $ | \n
    | [(\[] \s* (?:and\s+)? (?:re-?number|{_ORDINAL}|line|para|point|in\b|occurr|where|twice)
    | [-–—]\s*(?:{_VERB}|to\s+read)
    | \b(?:also|additionally|finally|further)\b,?\s+(?:in|at|on|under|after|before|{_VERB})\b
    | \bthen\b | \bthroughout\b | \bwhere(?:ver|\s+it) | \bonwards?\b | \binclusive | \beach\s+time
        | \bso\s+(?:that|it|as)\b
    | (?:\band|&)\s+(?:re-?number|{_VERB}|with\s|by\s|in\s+(?:{_PLACE}|{_OPENER}|{_ROMAN}[,.)])
        |after\s+(?:{_MARK}|{_PLACE}|{_THE_WORDS})
        |before\s+(?:{_MARK}|{_PLACE}|{_THE_WORDS})
        |{_MARK}|{_THE_WORDS}\b|(?:a\s+|the\s+)?(?:new|further|additional)\s+(?:\w+\s+)?(?:{_UNIT})|everything|all\b|at\s+the\s+(?:end|start|beginning)|then\b|consequential
        |from\s+{_MARK})
    | (?:with|and)\s+{_PLACE}\s+(?:beginning|starting|ending)\b
    | (?:with|by|for|to|from|as|into)\s*(?::|\n|{_MARK}|{_THE_WORDS}\b)
    | to\s+(?:read|the\s+(?:end|start|beginning)|be\b|become\b|after\b|before\b|{_PLACE}) | through\s+to\b
        | up\s+to\b | until\b
    | by\s+(?:insert|add|delet|replac|the\s+words)\w*
    | (?:in|of|from|on|at|under|within|as)\s+(?:{_PLACE}|the\s+(?:end|start|beginning)|{_MARK}\w|both\b|all\b
        |each\b|every\b|{_OPENER})
    | \d{{1,2}}[\s(,:.)] | \({_ROMAN}\) | (?:[a-z]|[ivx]{{1,4}})[.)][\s,:]
    | (?:at|to)\s+(?:the\s+)?(?:very\s+)?(?:end|start|beginning)\b
    | (?:immediately\s+)?(?:after|before|between|following|preceding)\s*:?\s+(?:{_MARK}|{_PLACE}|{_THE_WORDS}
        |the\s+(?:end|word|{_ORDINAL}))
    | (?:should|shall|must|will|is|are|be|now|becomes?)\s+(?:be\b|to\b|now\b|read|delet|replac|insert|remov
        |becom|chang|amend|substitut)
    | (?:the|a|an|two|three|these|this)\s+(?:(?:new|following|further|additional|extra|words?|text|sentences?
        |phrase|paragraphs?|points?|bullets?)\b\s*){{1,3}}
    | or\s+{_MARK}\w | (?<=:[ \t])[“"‘'«] | (?<=[,;:][ \t])(?:{_PLACE}\b|{_OPENER}) | ,?\s*{_MARK}\w
    | (?<=[,;:.][ \t])(?-i:C[FNBRI]{{1,2}}\s?\d|[A-Z]{{2,5}}\d)
        | (?:entirely|altogether|completely)\b
    | reads?\b | becomes?\b | {_VERB}\b
    | (?:{_UNIT})\s+\d | (?:section|list|heading|paragraph)\s*[,:]
    )""",
    re.IGNORECASE | re.VERBOSE,
)
INSTRUCTION_LINE = re.compile(
    rf"""^[ \t>*_]*(?:(?:\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[.)]|[-•*–])[ \t]*)?[*_]*
    (?:(?:and\s+|then\s+)?(?:{_VERB})\b[*_]*\s+(?:[*_]*(?:{_MARK}\S|{_PLACE}\b|all\b|everything\b|from\b|with\b
        |new\b|as\b|at\s+(?:the\s+)?(?:end|start)|after\b|before\b|between\b|accordingly))
    | (?:in|at|under|on|from|after|before|between|for)\s+(?:{_PLACE}\b|{_MARK}\S|the\s+(?:end|start|beginning))
    | {_PLACE}\s*(?:\d+|\([a-z]+\)|[a-z]\b)?\s*(?:[:,–-]|{_VERB}|after|before|line|$)
    )""",
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
"""A line that reads as the beginning of an instruction: text without quotation marks ends before it."""


class Quotation(Struct, frozen=True):
    """Text between marks, where it stands in the amendment, where reading goes on, and whether it was closed.

    ``doubtful``: other marks inside it could be its end as well.
    """

    text: str
    start: int
    end: int
    closed: bool
    emphasis: bool = False
    doubtful: bool = False


def read_quotation(source: str, at: int) -> Quotation | None:
    """The quotation that begins at ``at``, or None. It may run over several paragraphs."""
    opened = _OPEN.match(source, at)
    if opened is None:
        return None
    mark = opened[0]
    if mark in {"”", "’", "»", "›"} and not source[opened.end() : opened.end() + 1].strip() and mark != "”":
        return None
    start = opened.end()
    emphasis = mark[0] in "*_"
    nearest: tuple[int, int] | None = None
    passed = False
    for nested in (True, False):
        for close, length in _closings(source, start, mark, nested=nested):
            nearest = nearest or (close, length)
            if emphasis and "\n" in source[start:close]:
                return None
            if FOLLOWS.match(source, close + length):
                broken = _swallowed(source, start, close)
                if broken is not None:
                    return Quotation(_clean(source[start:broken], mark), start, broken, False)
                doubtful = passed or not nested
                return Quotation(_clean(source[start:close], mark), start, close + length, True, emphasis, doubtful)
            passed = passed or mark not in _MAY_BE_APOSTROPHES
        if emphasis:
            return None
        if nearest is not None and "\n" not in source[start : nearest[0]]:
            close, length = nearest
            return Quotation(_clean(source[start:close], mark), start, close + length, True)
    stop = source.find("\n", start)
    stop = len(source) if stop < 0 else stop
    return Quotation(_clean(source[start:stop], mark), start, stop, False)


def _closings(source: str, start: int, mark: str, *, nested: bool) -> Iterator[tuple[int, int]]:
    """Where the quotation might close, nearest first. ``nested``: marks that open another one inside are paired off."""
    closers = _CLOSERS[mark]
    depth = 0
    at = start
    while at < len(source):
        closer = next((c for c in closers if source.startswith(c, at)), None)
        char = source[at]
        if nested and char == mark and _opens_inside(source, at, start):
            depth += 1
        elif closer is not None and _may_close(source, at, closer, start):
            if depth and (nested or closer not in {'"', "'"}):
                depth -= 1
            else:
                yield at, len(closer)
            at += len(closer)
            continue
        at += 1


def _opens_inside(source: str, at: int, start: int) -> bool:
    """Whether a mark like the one that opened the quotation opens another inside it.

    Not at a line's start, where a long quotation repeats its mark; not the apostrophe of ``'90s``.
    """
    if _line_start(source, at):
        return False
    if source[at] in "“«‹„⟦":
        return True
    before, after = source[at - 1 : at], source[at + 1 : at + 2]
    if at <= start or not after.strip() or after in ".,;:!?)" or not (before.isspace() or before in "([—–"):
        return False
    return source[at] not in _MAY_BE_APOSTROPHES or _SHORTENED.match(source, at) is None


def _may_close(source: str, at: int, closer: str, start: int) -> bool:
    after = source[at + len(closer) : at + len(closer) + 1]
    before = source[at - 1 : at]
    if closer == "“":  # as a closing mark only where nothing can follow: „so“
        return not after.strip() and bool(before.strip())
    if closer in _NEEDS_WORD_BOUNDARY and after and (after.isalnum()):
        return False
    if before.isspace() and after and not after.isspace() and after not in ".,;:)":
        return False  # it opens another quotation
    return at > start or closer != before


def _line_start(source: str, at: int) -> bool:
    return not source[source.rfind("\n", 0, at) + 1 : at].strip(" \t>")


def _swallowed(source: str, start: int, close: int) -> int | None:
    """A quotation that runs over a line which is plainly an instruction was never closed: where its line ends."""
    newline = source.find("\n", start, close)
    while newline >= 0:
        line_end = source.find("\n", newline + 1)
        line = source[newline + 1 : len(source) if line_end < 0 else line_end]
        looks = INSTRUCTION_LINE.match(line)
        marks = sum(line.count(mark) for mark in "“”\"‘'’")
        if looks and marks >= 2:
            return source.find("\n", start)
        newline = source.find("\n", newline + 1, close)
    return None


def _clean(text: str, mark: str) -> str:
    """Marks re-opened at each paragraph, quote signs and common indentation are not part of the text."""
    lines = [line.rstrip() for line in text.split("\n")]
    lines = [re.sub(r"^[ \t]*>[ \t]?", "", line) for line in lines]
    if len(lines) > 1:
        rest = [line for line in lines[1:] if line.strip()]
        indent = min((len(line) - len(line.lstrip()) for line in rest), default=0)
        lines[1:] = [line[indent:] for line in lines[1:]]
        lines = [lines[0], *(part for line in lines[1:] for part in _reopened(line, mark))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _reopened(line: str, mark: str) -> list[str]:
    """A line that opens the quotation again begins a paragraph of it."""
    if not line.startswith(mark) or mark[0] in "*_":
        return [line]
    return ["", line[len(mark) :]]
