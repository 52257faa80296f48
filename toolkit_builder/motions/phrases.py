"""The part of the amendment grammar above places: verbs, new text, targets, spots, and what may follow them.

    target = words {("," | "and") words} | "all after" ref | "from" ref "to" ref | "all" | paths
    spot   = ("after" | "before") ref | "between" ref "and" ref | "at the" ("end" | "start") ["of" path]
    text   = [":"] quotation {quotation} | ":" unquoted lines up to the next instruction
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace

from toolkit_builder.motions.instructions import Path, Place, Ref, Spot, Target, Words
from toolkit_builder.motions.places import read_bare_label, read_path, read_paths, read_words
from toolkit_builder.motions.quotations import INSTRUCTION_LINE as INSTRUCTION_LINE
from toolkit_builder.motions.reading import Cursor

INSERT = r"insert(?:s|ed|ing)?|add(?:s|ed|ing)?|includ(?:e|ing)|append(?:ing)?|put|addition\s+of|insertion\s+of"
DELETE = (
    r"delet(?:es?|ed|ing|ion\s+of)|remov(?:es?|ed|ing|al\s+of)|strik(?:e|ing)(?:\s+out)?|omit(?:s|ting)?|take\s+out|cut|"
    r"cross\s+out|leave\s+out|drop"
)
REPLACE = r"replac(?:es?|ed|ing|ement\s+of)|substitut(?:es?|ed|ing)|swap"
AMEND = r"amend(?:s|ed|ing)?|alter(?:ing)?|chang(?:es?|ed|ing)|modify|reword(?:ing)?|revise|correct|rephrase|rewrite|re-word"
MOVE = r"mov(?:es?|ed|ing)|transfer|relocate|transpose"
RENUMBER = r"re-?\s?number(?:ing|ed)?|re-?letter(?:ing)?|consequential\s+re-?numbering"

_NEW_UNIT = (
    r"(?P<sub>sub[\s-]?(?:points?|paragraphs?|paras?|clauses?|bullets?|bullet\s+points?|sections?)\b)"
    r"|(?P<bullet>(?:bullet|bulleted)[\s-]?points?\b|bullets?\b)|(?P<paragraph>paragraphs?\b|paras?\b\.?)"
    r"|(?P<point>(?:action|numbered|campaign|campaigning)\s+points?\b|points?\b|calls?\b|demands?\b|pts?\b\.?)|(?P<sentence>sentences?\b)"
    r"|(?P<heading>(?:sub-?)?headings?\b)|(?P<row>(?:table\s+)?rows?\b)|(?P<clause>clauses?\b|items?\b|sections?\b)"
)
_RENUMBERING = (
    r"\s*[,;.]?\s*(?:[-–—]\s*)?\(?\s*(?:and\s+|then\s+)*(?:then\s+)?(?:consequential(?:ly)?\s+)?(?:re-?\s?number|re-?letter)(?:ing|ed)?\b"
    r"(?P<rest>(?:[\s,]+(?:accordingly|as\s+(?:appropriate|necessary|required|needed)|consequentially|consecutively|thereafter|throughout|"
    r"all|the|remaining|remainder|rest|of|subsequent|following|existing|other|original|old|later|these|those|to\s+suit|"
    r"motion|list|(?:sub[\s-]?)?(?:paragraphs?|paras?|points?|bullets?|clauses?|sections?)|bullet|calls?|items?|numbers?|ones|and|if|where|are|be))*)\s*\)?"
    r"(?=\s*(?:[.;,:)]|\n|$))"
)
_READS = (
    r"\s*[,;:.–—-]?\s*\(?(?:and\s+)?(?:(?:so\s+(?:that|as)|such\s+that|so|thus|making|to\s+make)\s+)?(?:(?:it|this|that|they)\s+|to\s+|"
    r"the\s+(?:(?:whole|full|new|amended|entire|final|complete|first|second|third|last)\s+)*(?:sentence|paragraph|para|point|line|clause|bullet|bullet\s+point|call|section|text|title|motion|passage|phrase)\s+)?"
    r"(?:(?:now|then|will|would|should|shall|to|thus|instead|therefore)\s+){0,3}(?P<verb>reads?|reading)\b"
    r"(?:\s+(?:as\s+follows|now|in\s+full|thus|instead))*\s*[:,–—-]?\s*"
)
TERMINATOR = re.compile(
    r"^[ \t*_>]*(?:moved(?:\s+by)?|mover|moving|proposed(?:\s+by)?|proposer|seconded(?:\s+by)?|seconder|submitted\s+by|"
    r"received\s+from|sponsored\s+by|rationale|reasons?|reasoning|explanation|explanatory\s+note|purpose|background|"
    r"supporting\s+statement|note|notes?\s+for\s+delegates|word\s+count|words)\b[*_]*\s*(?::|–|-|$)|^[ \t]*\(?\d+\s+words\)?\s*$"
    r"|^[ \t*_>]*(?:moved|proposed|seconded|submitted)\s+by\b",
    re.IGNORECASE | re.MULTILINE,
)
_TAIL = re.compile(r"[\s.;,(]*(?:and\s+)?(?:then\s+)?" + _RENUMBERING + r"\s*$", re.IGNORECASE)
_INLINE_INSTRUCTION = re.compile(
    r"[.;]\s+(?:and\s+|then\s+)?(?:in\s+(?:paragraph|point|line)\s+\d|(?:delete|insert|replace|remove|substitute|add)\s+"
    r"(?:[“\"‘']|(?:the\s+)?(?:words?|point|paragraph|new\s+(?:point|paragraph)|all\s+after)\b))",
    re.IGNORECASE,
)


_PUNCTUATION = {"full": ".", "comm": ",", "semi": ";", "colo": ":", "ques": "?"}


@dataclass(frozen=True, slots=True)
class NewText:
    """New words: the text, where it begins in the amendment, and what was doubtful about it (a message) if anything."""

    text: str
    start: int
    quoted: bool
    doubt: str = ""
    doubt_at: int = 0


@dataclass(frozen=True, slots=True)
class NewUnit:
    """``a new point 4``, ``two new paragraphs``, ``a further sentence``."""

    unit: str
    label: tuple[str, ...] = ()
    ordinal: int = 0


def read_new_text(c: Cursor, *, unquoted: bool = True) -> NewText | None:
    """New words in marks, in a block, or (after a colon or a line's end) without marks."""
    start = c.at
    c.take(
        r"(?:the\s+)?(?:(?:following|new|additional|further|extra|amended|revised|replacement)\s+){0,3}"
        r"(?:words?|text|phrase|wording|sentences?|paragraphs?|paras?|clauses?|points?|bullet\s+points?|bullets?|title|heading|figure|term|"
        r"following|passage|(?:one|two|a|a\s+single)\s+(?:new\s+)?(?:sentence|paragraph|point|bullet)s?)\b(?=\s*(?:[:,“\"‘'«(–-]|\n|to\s+read|as\s+follows|below))"
    )
    c.take(r"(?:to\s+read(?:\s+as\s+follows)?|as\s+follows|below|which\s+reads|reading|that\s+reads|saying)\b")
    if match := c.take(r"\s*:?\s*(?:a|an)\s+(?P<name>full[\s-]stop|comma|semi-?colon|colon|question\s+mark)\b"):
        return NewText(_PUNCTUATION[match["name"].lower()[:4]], c.at, True)
    lead = c.take(r"\s*(?::\s*[-–—]?|[-–—](?=\s)|,(?=\s*[“\"‘'«*_]))")
    here = c.at
    quotation = c.quotation()
    if quotation is not None and quotation.text:
        text, begin = quotation.text, quotation.start
        text, doubt, where = _further_quotations(c, text)
        if not quotation.closed:
            doubt, where = "the quotation is not closed: it was read to the end of its line", begin
        return NewText(text, begin, True, doubt, where)
    c.at = here
    if unquoted and (lead is not None or c.newline_ahead()):
        found = _unquoted(c)
        if found is not None:
            return found
    c.at = start
    return None


def _further_quotations(c: Cursor, text: str) -> tuple[str, str, int]:
    """Several quotations in a row, each on a line of its own, are paragraphs (or points) of one new text."""
    while True:
        here = c.at
        gap = c.take(r"[ \t]*(?:[;,.]|and)?[ \t]*\n\s*(?:(?:and|[-•])[ \t]+)?(?=[“\"‘«])")
        more = c.quotation() if gap else None
        ends = more is not None and (c.newline_ahead() or c.peek(r"\s*(?:[.;,]|and\b)[ \t]*(?:\n|$)"))
        if more is None or not more.text or not more.closed or not ends:
            c.at = here
            return text, "", 0
        text = f"{text}\n\n{more.text}"


def _unquoted(c: Cursor) -> NewText | None:
    """Text without marks: all the lines up to the next instruction, a mover's name, or the end."""
    source = c.source
    start = c.at
    while start < len(source) and source[start].isspace():
        start += 1
    stop = len(source)
    if start >= stop:
        return None
    terminator = TERMINATOR.search(source, start)
    if terminator:
        stop = terminator.start()
    first = True
    at = start
    doubt, doubt_at = "", 0
    while at < stop:
        line_end = source.find("\n", at, stop)
        line_end = stop if line_end < 0 else line_end
        line = source[at:line_end]
        begins_line = at == 0 or source[at - 1] == "\n"
        if line.strip() and (begins_line or not first) and INSTRUCTION_LINE.match(line):
            stop = at
            break
        if begins_line and re.match(r"\s*(?:and\s+)?re-?number\b.{0,60}$", line, re.IGNORECASE):
            stop = at
            break
        hidden = _INLINE_INSTRUCTION.search(line)
        if hidden or (not first and _like_instruction(line)):
            doubt = "it is not plain whether these words are an instruction or part of the new text"
            doubt_at = at + (hidden.start() + 2 if hidden else 0)
        first = False
        at = line_end + 1
    raw = source[start:stop]
    tail = _TAIL.search(raw)
    if tail and re.search(r"number|letter", tail[0], re.IGNORECASE):
        raw = raw[: tail.start()] + (raw[tail.start()] if raw[tail.start()] in ".;" else "")
    begin_after = start + len(raw)
    raw = re.sub(r"\s*[(\[]\s*\d+\s+words\s*[)\]]\s*$", "", raw, flags=re.IGNORECASE)
    text = _dedent(raw)
    if not text or INSTRUCTION_LINE.match(text.split("\n")[0]):
        return None
    c.move(begin_after)
    return NewText(text, start, False, doubt, doubt_at)


def read_marked_text(c: Cursor) -> NewText | None:
    """``add v. To invite ...``: new text that begins with its own number needs no colon."""
    start = c.at
    marker = c.take(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+(?=[“\"‘'«])")
    quotation = c.quotation() if marker else None
    if marker and quotation and quotation.text:
        return NewText(f"{marker[0].strip()} {quotation.text}", start, True)
    c.at = start
    return _unquoted(c)


_FIRST_WORD = re.compile(r"[\s>*_•-]*(?:\(?(?:\d{1,2}|[a-z])[.)]\s*)?(?P<word>[A-Za-z]+)(?P<rest>.*)", re.DOTALL)
_VERBS = ("delete", "insert", "replace", "substitute", "renumber", "remove", "amend", "add")


def _like_instruction(line: str) -> bool:
    """Whether a line of text without marks could be an instruction after all, perhaps with a slip of the pen."""
    match = _FIRST_WORD.match(line)
    if match is None:
        return False
    word, rest = match["word"].lower(), match["rest"]
    if word in {"delete", "insert", "replace", "substitute", "renumber"}:
        return True
    placed = re.search(r"\b(?:paragraphs?|paras?|points?|bullets?|lines?|sentences?)\s+\(?\d|[“\"‘«]", rest, re.IGNORECASE)
    return placed is not None and bool(difflib.get_close_matches(word, _VERBS, n=1, cutoff=0.75))


def _dedent(raw: str) -> str:
    """Quote signs and common indentation off; the first line was read from its first word."""
    lines = [re.sub(r"^[ \t]*>[ \t]?", "", line.rstrip()) for line in raw.strip().split("\n")]
    rest = [line for line in lines[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in rest), default=0)
    return "\n".join([lines[0], *(line[indent:] for line in lines[1:])]).strip()


def read_new_unit(c: Cursor) -> NewUnit | None:
    """``(a) new paragraph 2``, ``as point 4``, ``the following new points``, ``a further sentence``; None if none is here."""
    start = c.at
    as_ = c.take(r"as\s+") is not None
    lead = c.take(r"(?:(?:a|an|the|two|three|four|five|some|\d{1,2}(?=\s+(?:new|further|additional|extra|more)))\s+)?(?:following\s+)?")
    article = bool(lead and lead[0].strip())
    new = c.word(r"(?:brand\s+)?new|additional|further|extra|another|more") is not None
    ordinal = c.ordinal()
    if ordinal and not new:
        new = c.word(r"new|additional|further") is not None
    match = c.take(_NEW_UNIT)
    if match is None and new and not ordinal and c.peek(r"\s*\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[).:]") and (label := c.label()):
        c.take(r"\.(?=\s)")
        return NewUnit("point", label)
    if match is None or not (new or as_ or article):
        c.at = start
        return None
    unit = next(name for name, value in match.groupdict().items() if value)
    unit = "subpoint" if unit == "sub" else unit
    several = match[0].rstrip(". ").lower().endswith("s") and unit in {"point", "bullet", "paragraph", "clause", "subpoint"}
    plain_label = c.label() if not c.peek(r"\s*(?:a\s+\w|[-–—:]|\n)") else ()
    if plain_label and plain_label[0] == "a" and not c.peek(r"\s*[):.,]|\s*$"):
        plain_label = plain_label if c.peek(r"\s*(?:[:–—-]|\n|“|\"|‘|')") else ()
    if plain_label and c.peek(r"\s*(?:-|–|to|and)\s*\(?\d"):  # new points 5 to 7: the first says where
        c.take(r"\s*(?:-|–|to|and)\s*")
        c.label()
    if not (new or plain_label or as_ or ordinal) and not c.peek(r"\s*(?::|“|\"|‘|'|\n|at\b|after\b|before\b|to\b|as\s+follows)"):
        c.at = start
        return None
    if not new and not plain_label and not ordinal and not as_ and unit not in {"sentence", "paragraph", "point", "bullet", "subpoint", "clause"}:
        c.at = start
        return None
    return NewUnit(unit + "s" if several else unit, plain_label, ordinal)


def read_ref(c: Cursor) -> tuple[Ref, Path] | None:
    """Words or a place, with the place the words are in (``'agency' in line 3``)."""
    start = c.at
    path = read_path(c) or read_bare_label(c)
    if path is not None:
        return path, ()
    words = read_words(c)
    if words is None:
        c.at = start
        return None
    return words, read_scope(c) or ()


def read_scope(c: Cursor) -> Path | None:
    """``in paragraph 2``, ``of point 3``, ``(line 4)``, ``, line 3``: a place after something that lies in it."""
    start = c.at
    if c.sentence_over():
        return None
    if c.take(r"\s*\(\s*(?:in\s+|at\s+|on\s+)?") and (path := read_path(c)) and c.take(r"\s*\)"):
        return path
    c.at = start
    if c.take(r",?\s*(?:of|in|to|from)\s+(?:the\s+)?(?:original\s+|main\s+)?(?:motion|text)(?:\s+\d[\d.]*)?\b"):
        return ()
    if c.take(r"\s*,?\s*(?:of|in|from|within|on|at|under|into)\s+") and (path := read_path(c)):
        return path
    c.at = start
    if c.take(r"\s*,\s*(?=(?:line|sentence|paragraph|para|point|bullet)\w*\s)") and (path := read_path(c)):
        return path
    c.at = start
    return None


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
    if match := c.take(r"(?:(?P<after>after|following|below|beneath|behind)|(?P<before>before|preceding|above|in\s+front\s+of|prior\s+to))\s*:?(?=[\s“\"‘'«])"):
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
        r"(?:(?P<end>end|bottom|conclusion|close)|(?P<start>start|beginning|top|front|opening(?=\s+of)))\b(?!ing)"
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


def read_reads(c: Cursor) -> NewText | None:
    """``so that it reads "..."``: the after-text."""
    start = c.at
    match = c.take(_READS)
    if match is None:
        return None
    sub = Cursor(c.source, c.at)
    quotation = sub.quotation()
    if quotation is not None and quotation.text:
        c.move(sub.at)
        c.take(r"\s*\)")
        return NewText(quotation.text, quotation.start, True)
    found = _unquoted(sub) if (":" in match[0] or c.newline_ahead()) else None
    if found is not None:
        c.move(sub.at)
        return found
    c.at = start
    return None


def read_renumber(c: Cursor) -> bool:
    """``and renumber accordingly``."""
    return c.take(_RENUMBERING) is not None


_ALL_OF = r"(?:all|everything|the\s+(?:rest|remainder))(?:\s+of)?(?:\s+(?:the\s+)?(?:words?|text|wording|that\s+follows|content))?"


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
    c.take(rf"{_ALL_OF}\b\s*,?")
    kind = c.take(
        r"(?:(?P<after>after|following|below|beyond)|(?P<before>before|above|preceding|prior\s+to)|"
        r"(?P<upto>up\s+to(?P<including>\s+and\s+including|\s+but\s+not\s+including)?)|(?P<from>from)|(?P<between>between))(?=[\s“\"‘'«:])\s*:?"
    )
    if kind is None:
        return None
    if kind["from"] and c.take(r"\s*the\s+(?:start|beginning)(?:\s+of\s+(?:the\s+)?(?:motion|paragraph|sentence))?\s+(?:up\s+)?to\b"):
        ref = read_ref(c)
        return ((Target(kind="span", end=ref[0]),), ref[1]) if ref else None
    first = read_ref(c)
    if first is None:
        return None
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


def _span_end(c: Cursor, ref: Ref, scope: Path, *, included: bool) -> _Found:
    """``to 'Y'``, ``to the end of the sentence``, ``onwards`` after the beginning of a span."""
    to = c.take(r"\s*,?\s*(?:(?:down\s+|through\s+|up\s+)?to|until|till)\b(?:\s*(?:\(?(?P<inc>and\s+including)\)?|(?P<exc>but\s+not\s+including)))?")
    base = Target(kind="span", start=ref, start_included=included)
    if to is None:
        c.take(r"\s*,?\s*(?:onwards?|on\b(?!\s+\w)|inclusive)")
        return (base,), scope or read_scope(c) or ()
    if c.take(r"\s*(?:the\s+)?end\b"):
        unit = ""
        here = c.at
        if c.take(r"\s*of\s+") and (path := read_path(c)):
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
        r"(?:(?:all\s+|everything\s+)?(?:to|until|up\s+to)\s+(?:the\s+)?end|(?:the\s+)?(?:rest|remainder|remaining\s+(?:words|text)))"
        r"(?:\s+of\s+(?:the\s+|this\s+)?(?P<unit>sentence|paragraph|para|point|bullet|motion|text))?\b"
    )
    if match is None:
        return None
    return {"para": "paragraph", "text": "motion"}.get(unit := (match["unit"] or "").lower(), unit)


def _rest_of(c: Cursor) -> _Found:
    """``the rest of the paragraph after 'X'``, ``the remainder of point 3 from 'X'``."""
    if not c.take(r"(?:the\s+)?(?:rest|remainder|remaining\s+(?:words|text))\s+of\s+"):
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
    if c.take(r"(?:all|everything|(?:all\s+(?:of\s+)?|the\s+)?(?:the\s+)?(?:whole|entire|existing|full|current|complete)\s+(?:motion|text|wording|content|contents))\b"):
        here = c.at
        if c.take(r"\s+of\s+(?:the\s+)?(?:motion|text|wording|existing\s+text)\b(?!\s+of\s+p)") or c.take(
            r"\s+(?:the\s+)?(?:existing\s+|current\s+)?(?:text|wording|words|content)\b(?!\s+(?:after|before|from))"
        ):
            path = read_scope(c)
            return (Target(kind="all"),), path or ()
        c.at = here
        if c.take(r"\s+(?:of\s+)?(?:the\s+)?(?=para|point|bullet|section|sub|call|clause|text\s+(?:of|in)\s+)") and (paths := read_paths(c)):
            return (Target(kind="places", places=paths),), ()
        c.at = here
        if c.peek(r"\s*(?:,|;|:|\.|\n|$|and\b|in\b|then\b)"):
            return (Target(kind="all"),), read_scope(c) or ()
    return None


def _whole_places(c: Cursor) -> _Found:
    start = c.at
    c.take(r"(?:the\s+)?(?:whole|all|entirety|text|wording|contents?)\s+of\s+")
    paths = read_paths(c)
    if not paths:
        return None
    named = c.source[start : c.at]
    if any(path[-1].unit == "section" and path[-1].opener for path in paths) and not re.search(
        r"section|part\b|list|all\s+of|whole", named, re.IGNORECASE
    ):
        return None  # "delete Congress notes": the words, the paragraph, or all that stands under them?
    if len(paths) == 1 and len(paths[0]) == 1 and paths[0][0].unit == "line" and not paths[0][0].labels and not paths[0][0].ordinal:
        return None
    here = c.at
    if len(paths) == 1 and c.take(r"\s*(?:,|:|[-–—])\s*(?:the\s+words?\s+)?(?=[“\"‘'«])"):
        c.at = here
        return None
    if any(p[-1].unit == "motion" for p in paths):
        return (Target(kind="all"),), ()
    return (Target(kind="places", places=paths),), ()


def _bare_labels(c: Cursor) -> _Found:
    """``delete 4(b)``; ``In 'Conference notes', delete 2 and 3``: labels without a unit, where a list is named."""
    places: list[Path] = []
    c.take(r"(?:the\s+)?(?:existing|current|printed|original)\s+")
    while c.peek(r"\(?(?:\d{1,2}[a-z]?|[a-z]|[ivx]{1,4})[).]?(?:\s|[,:;.]|$|\()"):
        path = read_bare_label(c)
        labels = () if path else c.label()
        if not path and not labels:
            break
        places.append(path or (Place(unit="point", labels=labels),))
        here = c.at
        if not c.take(r"\s*(?:,\s*and|,|and|&)\s*(?=\(?(?:\d|[a-z]\)|[ivx]{1,4}\)))"):
            break
    if not places or not c.peek(r"\s*\.?\s*(?:$|\n|[.;,:]|and\b|to\s+read|with\b|by\b|as\b|be\b|from\b|in\b|of\b|under\b)"):
        return None
    return (Target(kind="places", places=tuple(places)),), ()


def _several_words(c: Cursor) -> _Found:
    targets: list[Target] = []
    scope: Path = ()
    while True:
        words = read_words(c)
        if words is None:
            break
        here = c.at
        first = words
        if c.ranges and c.take(r"\s*,?\s*(?:to|until)\s+(?:the\s+)?end\b(?!\s+of\s+(?:line|sentence|paragraph|point)\s+\d)"):
            unit = c.take(r"\s+of\s+(?:the\s+)?(?P<unit>sentence|paragraph|point|bullet|motion)\b")
            targets.append(Target(kind="span", start=first, to_unit=unit["unit"].lower() if unit else ""))
        elif c.ranges and c.take(r"\s*,?\s*(?:[-–—]|to|through\s+to|through|until|up\s+to(?:\s+and\s+including)?)\s+(?:the\s+words?\s+)?(?=[“\"‘'«])") and (last := read_words(c)):
            targets.append(Target(kind="span", start=first, end=last))
        else:
            c.at = here
            targets.append(Target(kind="words", start=first))
        c.take(r"\s*\(?inclusive\)?")
        more = read_scope(c)
        if more and scope and more != scope:
            return None  # two places, one sentence: which words are where is for separate instructions to say
        scope = more or scope
        here = c.at
        if not c.take(r"\s*,?\s*(?:and|,|&)\s+(?:also\s+)?(?:the\s+words?\s+)?(?=[“\"‘'«]|the\s+(?:\w+\s+)?occurrence)"):
            break
    else:
        pass
    if not targets:
        return None
    c.at = here
    return tuple(targets), scope
