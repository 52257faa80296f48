"""The top lines of motions and amendments into their front matter; the text below stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from toolkit_builder.importers.dates import whole_date
from toolkit_builder.importers.desk import TOP, Desk, free_number, is_number, number_in_name, one_line
from toolkit_builder.importers.guess import OPENER
from toolkit_builder.importers.pieces import Piece, became, left_out, paragraph
from toolkit_builder.motions import numbering, results
from toolkit_builder.motions.numbering import Number

_MEETING = r"\b(?:conference|congress|agm|assembly)\b"
_YEAR = r"\b(?:19|20)\d\d\b"
_CONFERENCE = re.compile(rf"(?i)(?=.{{4,120}}$)(?:.*{_MEETING}.*{_YEAR}|.*{_YEAR}.*{_MEETING}).*$")
_NUMBERED_TITLE = re.compile(
    r"(?i)(?:(?P<series>composite|emergency|late)(?: motion)?|motion) (?:no\.? ?)?"
    r"(?P<number>[A-Z]{0,3}\d[\w.]*|[A-Z](?=\s*[:–-]))\s*[:–-]?\s*(?P<title>.*)"
)
_AMENDMENT_TITLE = re.compile(
    r"(?i)amendment\s*(?:no\.? ?)?(?P<number>[A-Z]{0,3}\d[\w.]*)?\s*"
    r"(?:to (?:motion )?(?P<amends>[A-Z]{0,3}\d[\w.]*))?\s*[:–-]?\s*(?P<title>.*)"
)
_INSTRUCTION = re.compile(r"(?i)(?:in |at |after |before |add|insert|delete|replace|substitute|amend |remove)")


_GENERIC = re.compile(r"(?i)agenda(?: item)?|item|motions?|notices? of motion|motion details|resolutions?")
_NAMED_TITLE = re.compile(r"(?i)(?:notice of )?motion:\s*(?P<title>\S.*)")


def motion(desk: Desk) -> None:
    """Find a motion's number, title, mover and text in what was brought in."""
    _generic_headings(desk)
    _head(desk)
    _foot(desk)
    found = desk.fields.pop("number", "")
    number = desk.options.number or found
    title = _NUMBERED_TITLE.match(desk.fields.get("title", ""))
    if title:
        stated = f"{title['series'] or ''} {title['number']}".strip()
        number = number or (Number.parse(stated).canonical if is_number(stated) else "")
        if title["title"]:
            desk.became("title", desk.fields["title"], value=title["title"])
    elif named := _NAMED_TITLE.fullmatch(desk.fields.get("title", "")):
        desk.became("title", desk.fields["title"], value=named["title"])
    number = number or number_in_name(desk.incoming.path)
    if not number:
        number = free_number(desk.options.taken)
        desk.warn("I202", f"the motion has no number, so it is given {number}", "correct 'number' and the file's name")
    if "title" not in desk.fields and desk.incoming.title:
        desk.fields["title"] = one_line(desk.incoming.title)
    desk.fields = {"number": number, **desk.fields}


_TOP_LINE = re.compile(
    r"(?i)(?:(?:composite|emergency|late)(?: motion)?|motion|amendment)(?: no\.?)? ?[A-Z]{0,3}\d[\w.]*"
    r"(?:\s*[:–—-]\s.*(?<![.;])| to motion \S+)?|amendment to motion \S+"
)


def apart(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, the first lines of the first by themselves where they are a title, a date or who moves: a text that
    was typed in a hurry has no empty line below its title."""
    first, rest = pieces[:1], list(pieces[1:])
    plain, words = ([*first[0].plain.split("\n")], [*first[0].text.split("\n")]) if first else ([], [])
    if len(plain) < 2 or len(plain) != len(words) or first[0].kind != "paragraph":
        return [*first, *rest]
    heads = int(bool(_TOP_LINE.fullmatch(plain[0]) or (whole_date(plain[1]) and len(plain[0]) <= 150)))
    while heads and heads < len(plain) and (whole_date(plain[heads]) or _moving(plain[heads])):
        heads += 1
    if not heads:
        return [*first, *rest]
    cut = [(plain[n], words[n].rstrip()) for n in range(heads)]
    left = [("\n".join(plain[heads:]), "\n".join(words[heads:]))] if heads < len(plain) else []
    line = first[0].line
    below = [replace(first[0], plain=p, text=t, line=line and line + n) for n, (p, t) in enumerate([*cut, *left])]
    return [*below, *rest]


def _moving(line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in (_BOTH, _MOVER, _SECONDER))


def amendment(desk: Desk) -> None:
    """The instruction stays as its mover wrote it; only the lines above it become front matter."""
    _head(desk)
    found = desk.fields.pop("number", "")
    title = _AMENDMENT_TITLE.match(desk.fields.get("title", ""))
    amends = desk.fields.pop("amends", "")
    if title:
        found, amends = found or title["number"] or "", amends or title["amends"] or ""
        if title["title"]:
            desk.became("title", desk.fields["title"], value=title["title"])
        else:
            stated = desk.fields.pop("title")
            desk.problems.append(
                became(desk.incoming.path, "amends" if amends else "number", amends or found, stated, 0)
            )
    number = desk.options.number or found or number_in_name(desk.incoming.path)
    if not amends and number:
        parent = Number.parse(number).parent if is_number(number) else None
        amends = parent.canonical if parent else ""
    if not amends:
        amends = "1"
        desk.warn("I210", "what the amendment amends is not said, so it is given motion 1", "correct 'amends'")
    if not number:
        siblings = (t for t in desk.options.taken if numbering.same(t.rpartition(".")[0], amends))
        number = f"{amends}.{free_number(frozenset(t.rpartition('.')[2] for t in siblings))}"
        desk.warn("I202", f"the amendment has no number, so it is given {number}", "correct 'number'")
    desk.fields = {"number": number, "amends": amends, **desk.fields}


def _head(desk: Desk) -> None:
    """The lines above a paper's text into fields, as far as every line of a paragraph is understood."""
    _numbered_first_line(desk)
    _heading_below_the_top(desk)
    for piece in list(desk.pieces[:TOP]):
        if piece.kind in {"item", "table"} or re.search(OPENER, piece.plain) or _INSTRUCTION.match(piece.plain):
            break
        fields, problems = dict(desk.fields), list(desk.problems)
        if all(_head_words(desk, line.strip(), at) for at, line in _lines(piece)):
            desk.take(piece)
        else:
            desk.fields, desk.problems = fields, problems
            if "title" in fields:  # what follows is the text
                break


def _generic_headings(desk: Desk) -> None:
    """``Agenda item`` above the real title is a page's, not the paper's."""
    headings = [piece for piece in desk.pieces[:TOP] if piece.kind == "heading"]
    for piece, after in pairwise(headings):
        if _GENERIC.fullmatch(piece.plain.strip()) and not re.search(OPENER, after.plain):
            desk.drop(piece, "a heading above the title")
            at = next(n for n, other in enumerate(desk.pieces) if other is after)
            desk.pieces[at] = replace(after, level=1)
            return


def _foot(desk: Desk) -> None:
    """Who moves and who seconds, what became of it and how many words it has, where the last lines say it."""
    for piece in reversed(desk.pieces[-3:]):
        lines = _lines(piece)
        if piece.kind != "paragraph" or any(len(line) >= 100 for _, line in lines):
            return
        if re.fullmatch(r"(?i)[(\[]?\s*(?:word count:?\s*)?\d[\d,]{0,5}( words)?\s*[)\]]?", piece.plain) and re.search(
            r"(?i)words?\b", piece.plain
        ):
            desk.drop(piece, "the count of words")
            continue
        left = [line for at, line in lines if not _foot_line(desk, line.strip(), at)]
        if len(left) == len(lines):
            return
        if not left:
            desk.take(piece)
            continue
        kept = "\n".join(left)
        desk.pieces[next(n for n, other in enumerate(desk.pieces) if other is piece)] = paragraph(kept, piece.line)
        return


def _foot_line(desk: Desk, line: str, at: int) -> bool:
    """Whether a line below the text says who moves or what became of it."""
    if _moves(desk, line, at):
        return True
    return _decided(desk, re.sub(r"(?i)^(?:result|status|decision):\s*", "", line), at)


def _heading_below_the_top(desk: Desk) -> None:
    """A main heading under other lines (the union's name, the conference) is the title; they are not."""
    top = desk.pieces[:TOP]
    at = next((n for n, piece in enumerate(top) if piece.kind == "heading" and piece.level == 1), 0)
    words = [line for piece in top[:at] for line in piece.plain.split("\n")]
    plain = all(p.kind in {"paragraph", "heading"} and not re.search(OPENER, p.plain) for p in top[: at + 1])
    if not at or not plain or any(len(line) > 150 for line in words) or _NUMBERED_TITLE.match(top[0].plain):
        return
    desk.fields["title"] = one_line(desk.take(top[at]).plain)
    for piece in top[:at]:
        fields, problems = dict(desk.fields), list(desk.problems)
        if all(_head_words(desk, line.strip(), at) for at, line in _lines(piece)):
            desk.take(piece)
        else:
            desk.fields, desk.problems = fields, problems
            desk.drop(piece, "a line above the title")


def _numbered_first_line(desk: Desk) -> None:
    """``20. NIGHT FERRIES`` at the very top is a number and a title, unless a list begins there."""
    first, *rest = [*desk.pieces[:2], None][:2]
    second = rest[0] if rest else None
    if first is None or first.kind != "item" or second is None or second.kind == "item":
        return
    number = first.marker.strip("().")
    if is_number(number) and number.isdigit() and len(first.plain) <= 120 and not first.plain.endswith((".", ";", ":")):
        desk.fields |= {"number": number, "title": one_line(desk.take(first).plain)}


def _lines(piece: Piece) -> list[tuple[int, str]]:
    """The lines of a piece with their numbers in the imported file (0 where it has none)."""
    return [(piece.line + n if piece.line else 0, line) for n, line in enumerate(piece.plain.split("\n"))]


def _head_words(desk: Desk, line: str, at: int) -> bool:
    """A line of a paper's head, or several on one line: ``Motion 22 · Moved by: Tees · Status: Carried``."""
    parts = re.split(r"\s+[·•|]\s+", line)
    fields, problems = dict(desk.fields), list(desk.problems)
    if len(parts) > 1 and all(_head_line(desk, part, at) for part in parts):
        return True
    desk.fields, desk.problems = fields, problems
    return _head_line(desk, line, at)


def _head_line(desk: Desk, line: str, at: int) -> bool:
    """One line of a paper's head into its field; False for a line that is no such thing."""
    if _moves(desk, line, at):
        return True
    if (named := re.fullmatch(r"(?i)(?:title|subject):\s*(.+)", line)) and (bare := _bare_number(desk)):
        desk.fields["number"] = bare
        desk.became("title", line, at, value=named[1].strip())
        return True
    for pattern, name in (
        (r"(?i)(?:motion |amendment )?(?:number|no\.?):?\s*([A-Z]{0,3}\d[\w.]*)", "number"),
        (r"(?i)motion ([A-Z]{0,3}\d[\w.]*)\s*\u2605?", "number"),
        (r"(?i)amends:?\s+(?:motion\s+)?([A-Z]{0,3}\d[\w.]*)", "amends"),
        (r"(?i)section:\s*(.+)", "section"),
        (r"(?i)(?:result|status|decision):\s*(.+)", "result"),
        (r"(?i)(?:title|subject):\s*(.+)", "title"),
    ):
        if (match := re.fullmatch(pattern, line)) and name not in desk.fields:
            desk.fields[name] = next(found for found in match.groups() if found).strip()
            desk.became(name, line, at)
            return True
    if "title" in desk.fields and "mover" not in desk.fields and (match := _BY_WHOM.fullmatch(line)):
        desk.fields["mover"] = match[1]
        desk.became("mover", line, at)
        return True
    if whole_date(line) and "date" not in desk.fields:
        desk.fields["date"] = whole_date(line)
        desk.became("date", line, at)
        return True
    if _CONFERENCE.match(line) and "conference" not in desk.fields and "title" in desk.fields:
        name = line.partition(",")[0].strip()
        desk.fields["conference"] = name if _CONFERENCE.match(name) else line
        if desk.fields["conference"] != line:
            desk.became("conference", line, at)
        return True
    if "title" in desk.fields and _decided(desk, line):
        return True
    if "title" not in desk.fields and len(line) <= 150 and not line.endswith((".", ":", ";")):
        desk.fields["title"] = line
        return True
    if line == desk.fields.get("title"):
        desk.problems.append(left_out(desk.incoming.path, "the title, repeated,", line, at))
        return True
    return False


def _bare_number(desk: Desk) -> str:
    """The paper's number, where what was taken for its title is no more than that: ``EMERGENCY MOTION 2``."""
    title = _NUMBERED_TITLE.fullmatch(desk.fields.get("title", ""))
    if title is None or title["title"] or "number" in desk.fields:
        return ""
    stated = f"{title['series'] or ''} {title['number']}".strip()
    return Number.parse(stated).canonical if is_number(stated) else ""


_BY_WHOM = re.compile(r"(?i)\((?!(?:motions?|amendments?|composites?|incorporating|see|page)\b)([^\W\d][^()]{2,60})\)")
"""A branch's name in brackets under the title; papers in brackets are those a composite is made of."""

_BY = "(?:moved|proposed|submitted|tabled|sponsored)"
_BOTH = re.compile(
    rf"(?i){_BY}(?: by:?|:)\s*(?P<a>.+?)[,;]?\s+(?:and )?seconded(?: by:?|:)\s*(?P<b>.+)"
    r"|(?P<c>\S.{2,60}?) to (?:move|propose),? (?:and )?(?P<d>\S.{2,60}?) to second:?"
)
_MOVER = re.compile(rf"(?i){_BY}(?: by:?|:)\s*(.+)|(?:mover|proposer):\s*(.+)")
_SECONDER = re.compile(r"(?i)seconded(?: by:?|:)\s*(.+)|seconder:\s*(.+)")


def _moves(desk: Desk, line: str, at: int) -> bool:
    """Who moves, who seconds, or both."""
    if (both := _BOTH.fullmatch(line)) and not {"mover", "seconder"} & desk.fields.keys():
        desk.fields |= {"mover": both["a"] or both["c"], "seconder": both["b"] or both["d"]}
        desk.became("mover", line, at)
        return True
    for pattern, name in ((_MOVER, "mover"), (_SECONDER, "seconder")):
        if (match := pattern.fullmatch(line)) and name not in desk.fields:
            desk.fields[name] = next(found for found in match.groups() if found).strip()
            desk.became(name, line, at)
            return True
    return False


_POSITION = re.compile(
    r"(?i)(?P<who>(?:[\w' ]{0,40}\b)?(?:executive|NEC|NC|council))(?: (?:position|recommends))?:\s*(?P<said>.+)"
)


def _decided(desk: Desk, line: str, at: int = 0) -> bool:
    """What the executive says, or what became of the paper, as a line of its own."""
    stated = _POSITION.fullmatch(line)
    if stated and "executive" not in desk.fields and not results.position(stated["said"])[1]:
        desk.fields["executive"] = stated["said"]
        desk.became("executive", line)
        return True
    if "result" in desk.fields or len(line) > 150 or line.endswith((":", ";")):
        return False
    read, problems = results.parse(line)
    if read is None or problems or read.outcome == "tabled":
        return False
    desk.fields["result"] = line
    if at:
        desk.became("result", line, at)
    return True
