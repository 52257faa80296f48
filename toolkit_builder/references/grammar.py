"""A fragment's text -> every stretch that names an agenda item: the wordings, and what only looks like one."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache, partial

from msgspec import Struct

from toolkit_builder.motions.numbering import NotANumber, Number
from toolkit_builder.patterns import pattern
from toolkit_builder.references.model import Strength
from toolkit_builder.references.text import EDGE, Text, read

_SP = r"(?:(?:[ \t\u00a0\u202f]|&nbsp;|\n)+)"
_NUM = (
    r"(?<![\w.])(?:(?-i:EM|ES|[A-Z])[ -]?(?=\d))?\d{1,3}(?!\d)[A-Za-z]?(?![A-Za-z])"
    r"(?:\.\d{1,3}(?!\d)(?:[a-z](?![A-Za-z]))?){0,2}"
)
_LETTER = r"(?:[A-Z](?![\w’'-])|[IVX]{2,5}(?!\w)|\d{1,3}(?![\d\w]))"
_JOIN = rf"(?:{_SP}?,{_SP}?(?:(?:and|or){_SP})?|{_SP}(?:and|or|&amp;|plus|to){_SP}|{_SP}?[–-](?=\S))"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b"
_UNIT = (
    r"(?:%|per\s?cent|percent|pounds?|pence|p\b|euros?|million|billion|thousand|hundred|times|seconds?|minutes?|mins?\b"
    r"|hours?|hrs?\b|o['’]clock|a\.?m\b|p\.?m\b|noon|days?|weeks?|months?|years?|miles?|km\b|kg\b|metres?|cm\b|mm\b|FTE"
    r"|words|pages|lines|votes|delegates|members|people|workers|staff|speakers|branches|regions|unions|amendments?"
    r"|motions?|composites?|resolutions|more\b|others?\b|further|additional|new\b|different|separate|points?\b|degrees"
    r"|reforms|demands|plans|projects|changes|marks|seats|in\s+favour|against|abstentions?|st\b|nd\b|rd\b|th\b)"
)
_FOLLOWED_BY = pattern(
    rf"(?:[.:/]\d|[-–]\d+[-–/]|(?-i:-[a-z])|{_SP}in{_SP}\d{{1,2}}(?!\d)|,\d{{3}}\b|[/\\]\w|@|{_SP}?{_UNIT}|{_SP}{_MONTH}"
    r"|(?:\s|&nbsp;)+(?:to|of)\s(?:the\s)?[^.;]{0,60}?\b(?:Act|Bill|Constitution|Regulations|Treaty|Directive|Order)\b)",
    re.IGNORECASE,
)
"""What may not stand after a number: it would be a date, a time, a price, a measure, a count, or a law's amendment."""

_PRECEDED_BY = pattern(
    r"(?:\b(?:slow|stop|fast|perpetual|circular|brownian|range of|full|forward|constant)[ -]|"
    r"\b(?:set|sets|setting|put|puts|putting|swing|swung)\s(?:(?!out\b|forth\b|down\b)[\w’']+\s){0,4}?(?:in|into)\s)$",
    re.IGNORECASE,
)
"""What may not stand before the word motion: "set in motion 20 projects", "slow motion 20"."""

_KEYWORD = pattern(
    r"(?<![\w@#/-])(?P<word>(?:(?P<emergency>emergency)|(?P<late>late))?"
    rf"(?(emergency){_SP}|(?(late){_SP}))"
    r"(?:motion|resolution)(?P<plural1>s)?|(?:sub-?)?amendment(?P<plural2>s)?)"
    rf"(?P<no>{_SP}(?:nos?\.?|numbers?))?"
    rf"{_SP}(?P<open>\()?(?P<list>{_NUM}(?:{_JOIN}{_NUM})*)(?(open)\))(?![\w])",
    re.IGNORECASE,
)
_COMPOSITE = pattern(
    rf"(?<![\w@#/-])(?P<word>[Cc]omposite(?:s|{_SP}[Mm]otions?|{_SP}[Rr]esolutions?)?|COMPOSITE|Comp\.)"
    rf"(?P<no>{_SP}(?:nos?\.?|numbers?|letter))?{_SP}(?P<list>{_LETTER}(?:{_JOIN}{_LETTER})*)"
)
_NOT_A_PAPER = pattern(
    rf"{_SP}(?:motorway|(?:ring{_SP})?road|route|bus|train|tram|junction|bypass|gate|room|ward|zone|sensor|lens|visa|"
    r"platform|postcode)\b",
    re.IGNORECASE,
)
_NAMES_NO_PAPER = pattern(
    r"\b(?:motorway|road|route|bus|train|tram|line|junction|gate|room|ward|zone|model|class|visa|platform|postcode|form|"
    r"level|size|type|grade|band|unit|vitamin|key\sstage)\s$",
    re.IGNORECASE,
)
"""What stands beside a code that is a road's, a room's or a form's: "the EM1 motorway", "route E2"."""
_CODE = pattern(r"(?<![\w£$€#@/.&;-])(?P<code>(?P<series>EM|E|L)(?P<digits>0?\d{1,2}))(?![\w/@-]|\.\d)")
_BRACKETS = pattern(
    r"(?<![\w)])\((?P<list>\d{1,3}[A-Z]?\.\d{1,2}[a-z]?"
    r"(?:(?:, ?|; ?| and | &amp; |, and | to |–)\d{1,3}[A-Z]?\.\d{1,2}[a-z]?)*)\)(?!\w)"
)
_YEAR_AFTER = pattern(
    r"\s(?:\((?P<bracketed>(?:19|20)\d\d)\)|(?:of|from|at|in)\s(?:the\s)?(?P<year>(?:19|20)\d\d)(?![\w-]|[.,:/]\d))"
)
_YEAR_BEFORE = pattern(r"(?<![\w£$€.,:/-])(?P<year>(?:19|20)\d\d)(?:['’]s?)?(?:\s(?:[Cc]onference|[Cc]ongress))?\s$")
"""A conference's year beside a paper: "motion 20 (2019)", "motion 20 of the 2019 conference", "2019's motion 20"."""
_TALLY = pattern(r"\bthe\s$", re.IGNORECASE), pattern(rf"{_SP}to{_SP}\d{{1,3}}(?![\w.])")
"""What stands around the votes: "they carried the motion 20 to 3"."""
_EXPLICIT = pattern(
    r"\[\[(?P<ref>[^\[\]<>|\ue000\ufffc]{1,120})(?:\|(?P<label>(?:(?!\]\]|\[\[)[^\ue000\ufffc]){0,300}))?\]\]"
)
_REFERENCE = pattern(
    r"\s*(?:(?P<kind>[A-Za-z][a-z-]*)\s*:\s*)?(?P<number>[^@:]+?)\s*(?:@\s*(?P<conference>[\w.-]+)\s*)?"
)
_ONE = pattern(_NUM, re.IGNORECASE)
_ONE_LETTER = pattern(_LETTER)
_NOT_AN_ITEM = pattern(
    r"(?:[£$€]\S{0,12}|\b(?:at|by|from|until|till|before|after|about|around|nearly|over|under)\b"
    r"|\b(?:time|opens?|starts?|ends?|begins?|doors|leaves|train|bus|flight|costs?|price[ds]?|fees?|pay|paid|rate|average"
    r"|mean|median|ratio|scored?|index|version|v|release|sections?|ss?|regulations?|regs?|rules?|clauses?|articles?"
    r"|paragraphs?|paras?|chapters?|figures?|fig|tables?|pages?|schedules?|appendix|act|room|extension|ext|grade|band"
    r"|level|standard|iso|form|tel|phone|lot|sd|cf|FTE|temperatures?|degrees|celsius|centigrade|humidity|rainfall"
    r"|heights?|weights?|density|CPIH?|RPI|GDP|BMI|pH|kilometres?|miles?|metres?)\b[\s\w£$€.,’'-]{0,12})\W*$",
    re.IGNORECASE,
)
"""What may not stand before a number in brackets."""
_POSTCODE = pattern(r"(?:[ ]|&nbsp;)?\d[A-Z]{2}\b")
_BEFORE_POSTCODE = pattern(
    r"(?:\b(?:London|Liverpool|Street|Road|St|Rd|Avenue|Lane|Square|Quay|junction|postcode),?\s)$", re.IGNORECASE
)


class Found(Struct):
    """A mention with the stretch of the text that becomes the link."""

    start: int
    end: int
    kind: str | None
    number: str
    conference: str | None
    strength: Strength
    label: str | None
    phrase: tuple[int, int]


def _canonical(written: str) -> str:
    """20.01 -> 20.1, ``Emergency motion 2`` -> EM2; what is no number stays itself."""
    try:
        return Number.parse(written).canonical
    except NotANumber:
        return " ".join(written.split())


_WORDS = ("motion", "resolution", "amendment")
_NAMED = pattern(r"(?:motion|resolution|amendment)s?[\s&<]")
"""The least that a wording by name has in a fragment: no address such as /motions/20/ has it."""
_BEFORE_WORD = pattern(rf"(?:(?:emergency|late){_SP}|sub-?)$")
_COMPOSITE_WORD = pattern(r"[Cc]omp(?:osite|\.)|COMPOSITE")
_CODE_LETTER = pattern(r"[EL]M?\d")
_BRACKET_DIGIT = pattern(r"\(\d")


def _lower(flat: str) -> str:
    """Small letters, character for character (the small letter of İ is two)."""
    lower = flat.lower()
    return lower if len(lower) == len(flat) else "".join(c.lower() if len(c.lower()) == 1 else c for c in flat)


def _matches(quick: re.Pattern[str], full: re.Pattern[str], flat: str) -> Iterator[re.Match[str]]:
    """Matches of ``full``, tried only where ``quick`` matches: searching for the whole grammar is ten times slower."""
    done = 0
    for candidate in quick.finditer(flat):
        match = full.match(flat, candidate.start()) if candidate.start() >= done else None
        if match:
            done = match.end()
            yield match


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _keyword_matches(flat: str) -> Iterator[re.Match[str]]:
    lower, done = _lower(flat), 0
    for start in sorted(at for word in _WORDS for at in _places(lower, word)):
        before = _BEFORE_WORD.search(lower, max(0, start - 24), start)
        match = _KEYWORD.match(flat, before.start() if before else start) if start >= done else None
        if match is None and before and start >= done:
            match = _KEYWORD.match(flat, start)
        if match:
            done = match.end()
            yield match


def _explicit(flat: str) -> Iterator[Found]:
    for match in _EXPLICIT.finditer(flat):
        parts = _REFERENCE.fullmatch(html.unescape(match["ref"]))
        if parts is None:
            continue
        kind = parts["kind"].lower() if parts["kind"] else None
        number = _canonical(f"Composite {parts['number']}" if kind == "composite" else parts["number"])
        if kind == "composite" and number.startswith("Composite Composite"):
            number = _canonical(parts["number"])
        label = (match["label"] or "").strip()
        yield Found(*match.span(), kind, number, parts["conference"], Strength.SURE, label, match.span())


def _keywords(flat: str, others: re.Pattern[str] | None) -> Iterator[Found]:
    for match in _keyword_matches(flat):
        before = flat[max(0, match.start() - 60) : match.start()]
        word = match["word"].lower()
        motion = "motion" in word
        if motion and _PRECEDED_BY.search(before):
            continue
        if others and (others.search(before + " ") or _of_others(flat[match.end() : match.end() + 60], others)):
            continue
        year = _year(flat, match)
        series = "EM" if match["emergency"] else "L" if match["late"] else ""
        kind = "motion" if motion or "resolution" in word else "amendment"
        plural = bool(match["plural1"] or match["plural2"])
        offset = match.start("list")
        pieces = _pieces(_ONE, match["list"], plural)
        for position, piece in enumerate(pieces):
            start, end = offset + piece.start(), offset + piece.end()
            rest = flat[end : end + 90]
            if _FOLLOWED_BY.match(rest) and not (match["open"] and rest[:1] == ")"):
                if position + 1 < len(pieces) and flat[end : end + 1] in "-–":
                    pass  # "motions 3-5"
                elif position + 1 < len(pieces) and not _FOLLOWED_BY.match(_SPACES.sub(" ", rest)):
                    pass
                else:
                    break
            number = piece.group()
            if not plural and _TALLY[0].search(before) and _TALLY[1].match(rest):
                break
            if series and not number[:1].isalpha():
                number = f"{series}{number}"
            whole = match.start() if position == 0 and not match["open"] else start
            yield Found(whole, end, kind, _canonical(number), year, Strength.SURE, None, match.span())


def _year(flat: str, match: re.Match[str]) -> str | None:
    """The year that a wording is given beside it, if any."""
    if after := _YEAR_AFTER.match(flat, match.end()):
        return after["bracketed"] or after["year"]
    before = _YEAR_BEFORE.search(flat, max(0, match.start() - 20), match.start())
    return before["year"] if before else None


_SPACES = pattern(_SP)
_SMALL = pattern(_SP + r"[a-z]")


def _pieces(one: re.Pattern[str], listed: str, plural: bool) -> list[re.Match[str]]:
    """The numbers of a list; "motion 20 to 15" is no range, since motion is one."""
    found = list(one.finditer(listed))
    if not plural:
        for position in range(1, len(found)):
            between = listed[found[position - 1].end() : found[position].start()]
            if re.search(r"\bto\b|[–-]", between):
                return found[:position]
    return found


def _of_others(after: str, others: re.Pattern[str]) -> bool:
    """ "motion 20 at the TUC", "motion 20 of Unite's conference", "motion 20 (TUC)", "motion 20, TUC 2026"."""
    match = _OTHERS_AFTER.match(after)
    return bool(match and others.fullmatch((match["at"] or match["aside"] or match["then"]) + " "))


_OTHERS_AFTER = pattern(
    r"[)\s]*(?:at|to|of|from|in)\s(?:the\s)?(?:\d{4}\s)?(?P<at>[A-Za-z]+)(?![A-Za-z])"
    r"|\)?\s\((?:the\s)?(?:\d{4}\s)?(?P<aside>[A-Za-z]+)(?:\s(?:[Cc]ongress|[Cc]onference))?(?:,?\s\d{4})?\)"
    r"|\)?,\s(?:the\s)?(?P<then>[A-Za-z]+)(?:\s(?:[Cc]ongress|[Cc]onference))?,?\s\d{4}"
)


def _composites(flat: str, others: re.Pattern[str] | None) -> Iterator[Found]:
    for match in _matches(_COMPOSITE_WORD, _COMPOSITE, flat):
        before = flat[max(0, match.start() - 60) : match.start()]
        if others and (others.search(before + " ") or _of_others(flat[match.end() : match.end() + 60], others)):
            continue
        offset, year = match.start("list"), _year(flat, match)
        plural = match["word"].lower().endswith("s")
        for position, piece in enumerate(_pieces(_ONE_LETTER, match["list"], plural)):
            start, end = offset + piece.start(), offset + piece.end()
            letter, rest = piece.group(), flat[end : end + 60]
            if letter.isdigit():
                if _FOLLOWED_BY.match(rest) or re.match(r"\.\d", rest):
                    break
            elif letter in "AI" and not (match["word"][0] == "C" and letter == "A") and _SMALL.match(rest):
                break  # "in the composite I argued": a pronoun, an article
            whole = match.start() if position == 0 else start
            number = _canonical(f"Composite {letter}")
            yield Found(whole, end, "composite", number, year, Strength.SURE, None, match.span())


def _codes(flat: str, others: re.Pattern[str] | None) -> Iterator[Found]:
    for match in _matches(_CODE_LETTER, _CODE, flat):
        before = flat[max(0, match.start() - 40) : match.start()]
        if others and others.search(before + " "):
            continue
        if _NOT_A_PAPER.match(flat, match.end()) or _NAMES_NO_PAPER.search(before):
            continue
        if match["series"] == "EM":
            strength = Strength.LIKELY
        else:
            strength = Strength.FAINT
            if _POSTCODE.match(flat, match.end()) or _BEFORE_POSTCODE.search(before):
                continue
        if _FOLLOWED_BY.match(flat[match.end() : match.end() + 40]) and not re.match(r"[-–]", flat[match.end() :]):
            continue
        yield Found(*match.span(), None, _canonical(match["code"]), None, strength, None, match.span())


def _bracketed(flat: str, others: re.Pattern[str] | None) -> Iterator[Found]:
    for match in _matches(_BRACKET_DIGIT, _BRACKETS, flat):
        before = flat[max(0, match.start() - 40) : match.start()].rpartition(EDGE)[2]
        named = re.search(r"\b(motion|amendment|composite)s?\W*$", before, re.IGNORECASE)
        if not named and (_NOT_AN_ITEM.search(before) or not re.search(r"\w", before)):
            continue  # "(20.01)" alone at the start of a paragraph is a marker of its own
        if others and others.search(before + " "):
            continue
        for piece in _ONE.finditer(match["list"]):
            start = match.start("list") + piece.start()
            kind = named[1].lower() if named else None
            yield Found(
                start, start + len(piece.group()), kind, _canonical(piece.group()), None,
                Strength.LIKELY, None, match.span(),
            )  # fmt: skip


@lru_cache(maxsize=16)
def _others_pattern(others: frozenset[str]) -> re.Pattern[str] | None:
    if not others:
        return None
    names = "|".join(re.escape(name) for name in sorted(others, key=lambda name: (-len(name), name)))
    return re.compile(rf"\b(?:{names})(?:['’]s?)?\s+(?:(?:[Cc]onference|[Cc]ongress|\d{{4}})\s+)?$")


def scan(fragment: str, others: Collection[str]) -> tuple[Text, list[Found]]:
    """All mentions in order; what one grammar has claimed, no later one reads again."""
    pattern = _others_pattern(frozenset(others))
    readers: list[Callable[[str], Iterator[Found]]] = []
    if "[[" in fragment:
        readers.append(_explicit)
    if ("omp" in fragment or "OMP" in fragment) and _COMPOSITE_WORD.search(fragment):
        readers.append(partial(_composites, others=pattern))
    if _may_name(fragment) and _NAMED.search(_lower(fragment)):
        readers.append(partial(_keywords, others=pattern))
    if "(" in fragment and _BRACKET_DIGIT.search(fragment):
        readers.append(partial(_bracketed, others=pattern))
    if _may_code(fragment) and _CODE_LETTER.search(fragment):
        readers.append(partial(_codes, others=pattern))
    if not readers:
        return Text("", [0], [0]), []
    text = read(fragment)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for reader in readers:
        fresh = [each for each in reader(text.flat) if not _overlaps(taken, each)]
        found.extend(fresh)
        for each in fresh:
            bisect.insort(taken, (each.start, each.end))
    return text, sorted(found, key=lambda each: each.start)


_AFTER_NAME = frozenset(b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f&<") | frozenset(range(0x80, 0x100))


def _may_name(fragment: str) -> bool:
    """Whether ``_NAMED`` may be found in a fragment, in whatever letters.

    Looked for in bytes, whose small letters take a tenth of the time: no letter of ``_WORDS`` is the small one of a
    letter beyond ASCII.
    """
    lower = fragment.encode("utf-8", "surrogatepass").lower()
    for word in (b"motion", b"resolution", b"amendment"):
        at = lower.find(word)
        while at >= 0:
            end = at + len(word)
            following = lower[end : end + 2]
            if following[:1] == b"s":
                following = following[1:]
            if following and following[0] in _AFTER_NAME:
                return True
            at = lower.find(word, end)
    return False


def _may_code(fragment: str) -> bool:
    """Whether ``_CODE_LETTER`` may be found: capitals are few, so looking for them is quicker."""
    for letter in "EL":
        at = fragment.find(letter)
        while at >= 0:
            following = fragment[at + 1 : at + 3]
            if following[:1].isdigit() or following[:1] == "M":
                return True
            at = fragment.find(letter, at + 1)
    return False


def _overlaps(taken: list[tuple[int, int]], each: Found) -> bool:
    at = bisect.bisect_left(taken, (each.end, 0)) - 1
    return at >= 0 and taken[at][1] > each.start
