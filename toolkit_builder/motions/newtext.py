"""The part of the amendment grammar that reads new words: in marks, in a block, or up to the next instruction.

text = [":"] quotation {quotation} | ":" unquoted lines up to the next instruction
unit = ["new"] ("paragraph" | "point" | ...) [label]
"""

from __future__ import annotations

import difflib
import re

from msgspec import Struct

from toolkit_builder.motions.codes import CODE
from toolkit_builder.motions.markers import letter_value, roman_value
from toolkit_builder.motions.quotations import INSTRUCTION_LINE as INSTRUCTION_LINE
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.wordings import MARKS

_NEW_UNIT = (
    r"(?P<sub>sub[\s-]?(?:points?|paragraphs?|paras?|clauses?|bullets?|bullet\s+points?|sections?)\b)"
    r"|(?P<bullet>(?:bullet|bulleted)[\s-]?points?\b|bullets?\b)|(?P<paragraph>paragraphs?\b|paras?\b\.?)"
    r"|(?P<point>(?:action|numbered|campaign|campaigning)\s+points?\b|points?\b|calls?\b|demands?\b|instructions?\b|actions?\b|pts?\b\.?)|"
    r"(?P<sentence>sentences?\b)"
    r"|(?P<heading>(?:sub-?)?headings?\b)|(?P<row>(?:table\s+)?rows?\b)|(?P<clause>clauses?\b|items?\b|sections?\b)"
)
_RENUMBERING = (
    r"\s*[,;.]?\s*(?:[-–—]\s*)?\(?\s*(?:and\s+|"
    r"then\s+)*(?:then\s+)?(?:consequential(?:ly)?\s+)?(?:re-?\s?number|re-?letter)(?:ing|ed)?\b"
    r"(?P<rest>(?:[\s,]+(?:accordingly|as\s+(?:appropriate|necessary|required|needed)|consequentially|"
    r"consecutively|thereafter|throughout|"
    r"all|the|remaining|remainder|rest|of|subsequent|following|existing|other|original|old|present|current|printed|later|these|those|to\s+suit|"
    r"motion|list|(?:sub[\s-]?)?(?:paragraphs?|paras?|points?|bullets?|clauses?|sections?)|bullet|calls?|items?|"
    r"numbers?|ones|others|rest|and|if|where|are|be|onwards?|to|as|becom(?:e|es|ing)|-|–|"
    r"\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,4})[).]?))*)\s*\)?"
    r"(?=\s*(?:[.;,:)]|\n|$))"
)
_READS = (
    r"\s*[,;:.–—-]?\s*\(?(?:and\s+)?(?:(?:so\s+(?:that|as)|such\s+that|so|thus|making|to\s+make)\s+)?(?:(?:it|"
    r"this|that|they)\s+|to\s+|"
    r"the\s+(?:(?:whole|full|new|amended|entire|final|complete|first|second|third|last)\s+)*(?:sentence|"
    r"paragraph|para|point|line|clause|bullet|bullet\s+point|call|section|text|title|motion|passage|phrase)\s+)?"
    r"(?:(?:now|then|will|would|should|shall|to|thus|instead|therefore)\s+){0,3}(?P<verb>reads?|reading)\b"
    r"(?:\s+(?:as\s+follows|now|in\s+full|thus|instead))*\s*[:,–—-]?\s*"
)
TERMINATOR = re.compile(
    r"^[ \t*_>]*(?:moved(?:\s+by)?|mover|moving|proposed(?:\s+by)?|proposer|seconded(?:\s+by)?|seconder|submitted\s+by|"
    r"received\s+from|sponsored\s+by|rationale|reasons?|reasoning|explanation|explanatory\s+note|purpose|background|"
    r"supporting\s+statement|note|notes?\s+for\s+delegates|word\s+count|words)\b[*_]*\s*(?::|–|-|$)|"
    r"^[ \t]*\(?\d+\s+words\)?\s*$"
    r"|^[ \t*_>]*(?:moved|proposed|seconded|submitted)\s+by\b",
    re.IGNORECASE | re.MULTILINE,
)
_TAIL = re.compile(r"[\s.;,(]*(?:and\s+)?(?:then\s+)?" + _RENUMBERING + r"\s*$", re.IGNORECASE)
_INLINE_INSTRUCTION = re.compile(
    r"[.;]\s+(?:and\s+|then\s+)?(?:in\s+(?:paragraph|point|line)\s+\d|(?:delete|insert|replace|remove|"
    r"substitute|add)\s+"
    r"(?:[“\"‘']|(?:the\s+)?(?:words?|point|paragraph|new\s+(?:point|paragraph)|all\s+after)\b))",
    re.IGNORECASE,
)


class NewText(Struct, frozen=True):
    """New words: the text, where it begins in the amendment, and what was doubtful about it (a message) if anything."""

    text: str
    start: int
    quoted: bool
    doubt: str = ""
    doubt_at: int = 0


class NewUnit(Struct, frozen=True):
    """``a new point 4``, ``two new paragraphs``, ``a further sentence``."""

    unit: str
    label: tuple[str, ...] = ()
    ordinal: int = 0


def read_new_text(c: Cursor, *, unquoted: bool = True) -> NewText | None:
    """New words in marks, in a block, or (after a colon or a line's end) without marks."""
    start = c.at
    c.take(
        r"(?:the\s+)?(?:(?:following|new|additional|further|extra|amended|revised|replacement)\s+){0,3}"
        r"(?:words?|text|phrase|wording|sentences?|paragraphs?|paras?|clauses?|points?|bullet\s+points?|"
        r"bullets?|title|heading|figure|term|"
        r"following|passage|(?:one|two|a|a\s+single)\s+(?:new\s+)?(?:sentence|paragraph|point|"
        r"bullet)s?)\b(?=\s*(?:[:,“\"‘'«(–-]|\n|to\s+read|as\s+follows|below))"
    )
    c.take(r"(?:to\s+read(?:\s+as\s+follows)?|as\s+follows|below|which\s+reads|reading|that\s+reads|saying)\b")
    if match := c.take(r"\s*:?\s*(?:a|an)\s+(?P<name>full[\s-]stop|comma|semi-?colon|colon|question\s+mark)\b"):
        return NewText(MARKS[match["name"].lower()[:4]], c.at, True)
    lead = c.take(r"\s*(?::(?:[ \t]*[-–—](?=\s))?|[-–—](?=\s)|,(?=\s*[“\"‘'«*_]))")
    here = c.at
    quotation = c.quotation()
    if quotation is not None and quotation.text:
        text, begin = quotation.text, quotation.start
        text, doubt, where = _further_quotations(c, text)
        if quotation.doubtful or _runs_on(quotation.text, c.source[begin - 1 : begin]):
            doubt, where = "it is not plain where this quotation ends", begin
        if text.count('"') % 2 or text.count("“") != text.count("”"):
            doubt, where = "it is not plain where a quotation in these words begins or ends", begin
        elif not quotation.closed and _GOES_ON_AS_INSTRUCTION.search(text):
            doubt, where = "it is not plain where this quotation ends", begin
        elif not quotation.closed:
            doubt, where = "the quotation is not closed: it was read to the end of its line", begin
        return NewText(text, begin, True, doubt, where)
    c.at = here
    if unquoted and (lead is not None or c.newline_ahead()):
        found = _unquoted(c)
        if found is not None:
            return found
    c.at = start
    return None


_GOES_ON_AS_INSTRUCTION = re.compile(
    r"\b(?:re-?number|re-?letter|delete|insert|replace|substitute|remove|add)\b|\b(?:in\s+(?:its|their)\s+(?:place|stead)|instead)\W*$|"
    r"\b(?:at|to|from)\s+the\s+(?:end|start|beginning)\W*$|"
    r"(?:\(|\b(?:in|of|at|under|after|before)\s+)(?:the\s+)?(?:\w+\s+)?(?:(?:paragraph|para|point|bullet|line|sentence|call|clause|"
    r"section|note|resolve|action|belie[fv]e?)s?\s*\(?[\da-z]{0,7}\)?|motion)\W*$",
    re.IGNORECASE,
)
"""In a quotation that is not closed: the words after it, swallowed."""

_INNER = {
    '"': r'(?<=[^\s(])"(?=[\s.,;:]).*?(?<=[\s(])"(?=\w)',
    "“": r"^[^“]*”.*“",
    "'": r"(?<=[^\s(s])'(?=\s).*(?<=[\s(])'(?=\w)",
    "‘": r"^[^‘]*(?<!s)’(?=\s).*‘",
}


def _runs_on(text: str, mark: str) -> bool:
    """Whether marks inside a quotation close before they open: two quotations may have been read as one."""
    return mark in _INNER and re.search(_INNER[mark], text, re.DOTALL) is not None


def _further_quotations(c: Cursor, text: str) -> tuple[str, str, int]:
    """Several quotations in a row, each on a line of its own, are paragraphs (or points) of one new text."""
    while True:
        here = c.at
        gap = c.take(r"[ \t]*(?:[;,.]|and)?[ \t]*\n\s*(?:(?:and|[-•])[ \t]+)?(?=[“\"‘«]|'[A-Z])")
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
    text, slip = _half_quoted(text)
    doubt, doubt_at = (doubt, doubt_at) if doubt else (slip, start)
    c.move(begin_after)
    return NewText(_MARKED.sub(r"\g<mark> \g<text>", text), start, False, doubt, doubt_at)


def _half_quoted(text: str) -> tuple[str, str]:
    """Text without marks that ends in one: its opening mark is missing. One elsewhere is a doubt."""
    marks = [at for at, char in enumerate(text) if char in '“”"']
    curly = text.count("“") - text.count("”")
    if not curly and text.count('"') % 2 == 0:
        return text, ""
    if len(marks) == 1 and not text[marks[0] + 1 :].strip(" .;,)*_"):
        return (
            text[: marks[0]] + text[marks[0] + 1 :]
        ).strip(), "the quotation is not opened: it is closed at its end only"
    return text, "it is not plain where a quotation in these words begins or ends"


_MARKED = re.compile(
    r"^(?P<mark>\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s*[“\"](?P<text>[^“”\"\n]+)[”\"]\.?$", re.IGNORECASE | re.MULTILINE
)
"""A point whose number stands outside the quotation marks around its words."""


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
    placed = re.search(
        r"\b(?:paragraphs?|paras?|points?|bullets?|lines?|sentences?)\s+\(?\d|[“\"‘«]", rest, re.IGNORECASE
    )
    return placed is not None and bool(difflib.get_close_matches(word, _VERBS, n=1, cutoff=0.75))


def _dedent(raw: str) -> str:
    """Quote signs and common indentation off; the first line was read from its first word."""
    lines = [re.sub(r"^[ \t]*>[ \t]?", "", line.rstrip()) for line in raw.strip().split("\n")]
    rest = [line for line in lines[1:] if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in rest), default=0)
    return "\n".join([lines[0], *(line[indent:] for line in lines[1:])]).strip()


def read_new_unit(c: Cursor) -> NewUnit | None:
    """``(a) new paragraph 2``, ``as point 4``, ``the following new points``, ``a further sentence``; else None."""
    start = c.at
    as_ = c.take(r"as\s+") is not None
    lead = c.take(
        r"(?:(?:a|an|the|two|three|four|five|some|\d{1,2}(?=\s+(?:new|further|additional|extra|"
        r"more)))\s+)?(?:following\s+)?"
    )
    article = bool(lead and lead[0].strip())
    new = c.word(r"(?:brand\s+)?new|additional|further|extra|another|more") is not None
    ordinal = c.ordinal()
    if ordinal and not new:
        new = c.word(r"new|additional|further") is not None
    coded = c.take(rf"(?:(?:paragraph|section|policy|clause)\s+)?(?P<code>{CODE})(?!\w)") if new or as_ else None
    if coded:
        return NewUnit("paragraph", (" ".join(coded["code"].split()),))
    match = c.take(_NEW_UNIT)
    if (
        match is None
        and new
        and not ordinal
        and c.peek(
            r"\s*\(?(?:\d{1,2}[a-z]?|[a-z]|[ivx]{1,4})(?:[).:]|,?\s+(?:and|to)\s+(?:re-?\s?(?:number|letter)|read\b))"
        )
        and (label := c.label())
    ):
        c.take(r"\.(?=\s)")
        if c.take(r"\s*(?:and|to|-|–)\s*(?=\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[).:])") and c.label():
            return NewUnit("points", label)
        return NewUnit("point", label)
    if match is None or not (new or as_ or article):
        c.at = start
        return None
    unit = next(name for name, value in match.groupdict().items() if value)
    unit = "subpoint" if unit == "sub" else unit
    several = match[0].rstrip(". ").lower().endswith("s") and unit in {
        "point",
        "bullet",
        "paragraph",
        "clause",
        "subpoint",
    }
    plain_label = c.label() if not c.peek(r"\s*(?:a\s+\w|[-–—:]|\n)") else ()
    if plain_label and plain_label[0] == "a" and not c.peek(r"\s*[):.,]|\s*$"):
        plain_label = plain_label if c.peek(r"\s*(?:[:–—-]|\n|“|\"|‘|')") else ()
    if plain_label and c.peek(r"\s*(?:-|–|to|and)\s*\(?\d"):  # new points 5 to 7: the first says where
        c.take(r"\s*(?:-|–|to|and)\s*")
        c.label()
    if not (new or plain_label or as_ or ordinal) and not c.peek(
        r"\s*(?::|“|\"|‘|'|\n|at\b|after\b|before\b|to\b|as\s+follows)"
    ):
        c.at = start
        return None
    if (
        not new
        and not plain_label
        and not ordinal
        and not as_
        and unit not in {"sentence", "paragraph", "point", "bullet", "subpoint", "clause", "row"}
    ):
        c.at = start
        return None
    return NewUnit(unit + "s" if several else unit, plain_label, ordinal)


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
    """``and renumber accordingly``, ``renumber existing 3 as 4``: each number by one, or it is not understood."""
    start = c.at
    match = c.take(_RENUMBERING)
    if match is None:
        return False
    said = [(a.strip("()."), b.strip("().")) for a, b in _SHIFT.findall(match["rest"].lower())]
    if any(abs(_ordinal(a) - _ordinal(b)) != 1 for a, b in said):
        c.at = start
        return False
    return True


_SHIFT = re.compile(
    r"(\S+)\s+(?:to\s+become|becomes?|becoming|as|to)\s+(?:(?:new|points?|paragraphs?|paras?|bullets?|calls?|clauses?)\s+)*(\S+)"
)


def _ordinal(label: str) -> int:
    label = label.rpartition(".")[2]
    return int(label) if label.isdigit() else roman_value(label) or letter_value(label)
