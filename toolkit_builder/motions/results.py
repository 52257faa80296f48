"""What became of an item, as people write it, comes in; a ``Result`` and positioned diagnostics go out.

What is written is matched at its start against every outcome's phrases; the rest is the outcome's detail (by, into,
cause, to, rule, vote), and words that are no detail are kept as the reason: nothing said is lost.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.motions import numbering, votes
from toolkit_builder.motions.outcomes import DEFAULT, EXECUTIVE, Detail, Outcome, Vocabulary
from toolkit_builder.motions.votes import Vote
from toolkit_builder.patterns import pattern

_LONGEST = 1000
_DASHES = ("-", "–", "—")
# "The motion was carried", "Result: carried"
_SUBJECT = pattern(r"(?i)(?:the )?(?:motion|amendment|resolution|composite|result|decision|item)\b\s*:?\s*")
_VERB = pattern(r"(?:(?:was|is|were|has been|and) )?")
_PART_NAME = pattern(
    r"(?i)(?:the )?(?:(?:sub-?)?(?:part|paragraph|para|point|call|clause|section|bullet|title|preamble|opening|text)s?"
    r"|first|second|third|fourth|fifth|last|final|remaining|remainder|rest|\(?[a-z0-9]{1,3}\)?)(?!\w)"
)


class PartResult(Struct, frozen=True, kw_only=True):
    """What became of one part of an item that was taken in parts."""

    part: str
    result: Result


class Result(Struct, frozen=True, kw_only=True):
    """What became of an item. ``by``: amendments, by number or mover; ``to``: whom it was remitted or referred to."""

    outcome: str
    by: tuple[str, ...] = ()
    into: str = ""
    cause: str = ""
    reason: str = ""
    to: str = ""
    rule: str = ""
    parts: tuple[PartResult, ...] = ()
    vote: Vote | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values; only what is said."""
        data: dict[str, Any] = {"outcome": self.outcome}
        for name in ("into", "cause", "reason", "to", "rule"):
            if getattr(self, name):
                data[name] = getattr(self, name)
        if self.by:
            data["by"] = list(self.by)
        if self.parts:
            data["parts"] = [{"part": p.part, "result": p.result.to_json()} for p in self.parts]
        if self.vote:
            v = self.vote
            pairs = (("for", v.for_), ("against", v.against), ("abstain", v.abstain), ("total", v.total))
            data["vote"] = {"method": v.method, **{k: n for k, n in pairs if n is not None}}
            if v.note:
                data["vote"]["note"] = v.note
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """What ``to_json`` has made plain."""
        said = dict(data)
        if "by" in said:
            said["by"] = tuple(said["by"])
        if "parts" in said:
            said["parts"] = tuple(PartResult(part=p["part"], result=cls.from_json(p["result"])) for p in said["parts"])
        if "vote" in said:
            said["vote"] = Vote(**{"for_" if k == "for" else k: v for k, v in said["vote"].items()})
        return cls(**said)


TABLED = Result(outcome="tabled")


# --- reading ---------------------------------------------------------------------------------------------


def parse(
    text: str, words: Vocabulary = DEFAULT, *, span: Span | None = None, source: str = ""
) -> tuple[Result | None, list[Diagnostic]]:
    """What is written in ``result:`` as a Result; None with an error where its outcome is not understood.

    Accepts ``carried``, ``Carried as amended by 37.1 & 37.2``, ``fell (A1 carried)``, ``not reached - referred to
    the NEC under rule P``, ``last paragraph: lost; remaining motion: carried``, ``lost on a card vote 120-80``.
    """
    plain = _plain(text)
    if not plain:
        return None, [error("R201", "the result is empty", span, source=source, hint=f"write {_examples(words)}")]
    if len(plain) > _LONGEST:
        message = f"the result has {len(plain)} characters; at most {_LONGEST} are read"
        return None, [error("R201", message, span, source=source, hint="put the report in the text, not in the result")]
    lead = _leading(plain, words) or _after_subject(plain, words)
    if lead and lead[0].detail == "parts":
        return _parse_parts(plain[lead[1] :].lstrip(" :-–—,.("), words, span, source)
    if lead:
        return _detailed(lead[0], plain[lead[1] :], span, source) or (None, [_unknown(plain, words, span, source)])
    vote, rest = votes.read(plain)  # "card vote: for 120, against 80 - carried"
    late = _leading(rest, words) if vote else None
    read = _detailed(late[0], rest[late[1] :], span, source) if late else None
    if read and read[0]:
        return replace(read[0], vote=read[0].vote or vote), read[1]
    pieces = _pieces(plain)
    if not pieces:  # nothing but punctuation
        return None, [_unknown(plain, words, span, source)]
    # "last paragraph: lost; remaining motion: carried": a first piece that names no outcome, but ends in one.
    part = _part_and_tail(pieces[0], words)
    if part and (len(pieces) > 1 or _PART_NAME.match(part[0])):
        return _parse_parts(plain, words, span, source)
    return None, [_unknown(plain, words, span, source)]


def position(
    text: str, words: Vocabulary = EXECUTIVE, *, span: Span | None = None, source: str = ""
) -> tuple[Result | None, list[Diagnostic]]:
    """An executive's position: ``support with qualifications``, ``NEC: oppose``."""
    plain = re.sub(r"^(?:the )?[\w ]{2,40}?\s*:\s*", "", _plain(text)) if ":" in text else _plain(text)
    plain = plain if _leading(plain, words) else _plain(text)
    lead = _leading(plain, words)
    read = _detailed(lead[0], plain[lead[1] :], span, source) if lead else None
    return read or (None, [_unknown(plain, words, span, source, "position")])


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _pieces(text: str) -> list[str]:
    """Split at semicolons that stand outside brackets."""
    pieces, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == ";" and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += char
    return [piece.strip() for piece in pieces if piece.strip()]


def _leading(text: str, words: Vocabulary) -> tuple[Outcome, int] | None:
    """The outcome whose longest phrase starts the text, and where the phrase ends."""
    low = re.sub(r"[-–—](?=\w)", " ", text.lower())
    verb = _VERB.match(low)
    for prefix in dict.fromkeys(["", verb[0] if verb else ""]):
        best: tuple[int, Outcome] | None = None
        for outcome in words.outcomes:
            for phrase in outcome.phrases:
                end = len(prefix) + len(phrase)
                fits = low.startswith(phrase.replace("-", " "), len(prefix)) and not low[end : end + 1].isalnum()
                if fits and (best is None or end > best[0]):
                    best = (end, outcome)
        if best:
            return best[1], best[0]
    return None


_UNDER = r"(?:under|by|in line with|in accordance with)"
_RULE = pattern(rf"(?i)[\s,(–—-]*\b{_UNDER}\s+(?P<rule>(?:standing order|rule|so)\s+[\w.()/]*\w)")
_TO = pattern(
    r"(?i)^(?:and\s+)?(?:(?:is |was )?(?:referred|remitted|remit|sent)\s+)?(?:back\s+)?to\s+"
    r"(?P<to>(?:the\s+)?[^(;:,]+?)\s*(?:[(;:,]|$)"
)
_COMPOSITE = pattern(r"(?i)\bcomposite\s+(?:motion\s+)?\w{1,4}\b")
_CAUSE = pattern(
    r"(?i)^(?:because(?: of)?|as a (?:result|consequence) of|as|since|when|due to|following|after|if)\s+(?:the\s+)?"
)
# The words that may follow an outcome with nothing between. Any other ("carried forward to 2028", "carried as
# amnded") makes it another result than the one it starts like, so it is refused rather than half read.
_CONNECTORS: dict[Detail, str] = {
    "by": "by|with|in line with",
    "into": "into|in|as|under|with|see|by|composite",
    "cause": "because|as|since|when|due to|if|after|following",
    "reason": "because|since|due to|for|in favour of|in light of|in view of|after|following|subject to|"
    "by the mover|by an?|under|on",
    "to": "to|and|because|since|due to|under|after|following|for|by|on",
}


def _after_subject(text: str, words: Vocabulary) -> tuple[Outcome, int] | None:
    """``The motion was carried``: the outcome after the words that only say what it is the result of."""
    subject = _SUBJECT.match(text)
    lead = _leading(text[subject.end() :], words) if subject else None
    return (lead[0], subject.end() + lead[1]) if subject and lead else None


def _detailed(
    outcome: Outcome, rest: str, span: Span | None, source: str
) -> tuple[Result | None, list[Diagnostic]] | None:
    """The outcome with its details; None where the words after it belong to no outcome known."""
    attached = rest.startswith(" ") and not rest.lstrip().startswith(("(", *_DASHES))
    vote, rest = votes.read(rest, pairs=outcome.detail != "by")
    rule = ""
    if match := _RULE.search(rest):
        rule = match["rule"]
        rest = rest[: match.start()] + rest[match.end() :]
    detail = _unwrap(rest)
    if attached and detail and not re.match(rf"(?i)(?:{_CONNECTORS[outcome.detail]})\b|[\W\d]", detail):
        return None
    result = Result(outcome=outcome.key, vote=vote, rule=rule)
    if outcome.detail == "by" and detail:
        by, note, problems = _amendments(detail, span, source)
        return replace(result, by=by, reason=note), problems
    if outcome.detail == "into" and (match := _COMPOSITE.search(detail)):
        rest = re.sub(r"(?i)\b(?:in(?:to)?|as|see|under|by)\s*$", "", detail[: match.start()]) + detail[match.end() :]
        return replace(result, into=match[0], reason=_unwrap(rest)), []
    if outcome.detail == "into" and detail:
        into = re.sub(r"(?i)^(?:in(?:to)?|as|see|under|with|by)\s+", "", detail)
        return replace(result, into=into), []
    if outcome.detail == "cause":
        return replace(result, cause=_CAUSE.sub("", detail)), []
    if outcome.detail == "to" and (match := _TO.search(detail)):
        return replace(result, to=match["to"], reason=_unwrap(detail[match.end("to") :])), []
    return replace(result, reason=re.sub(r"(?i)^(?:because|as|since|reason:)\s+", "", detail)), []


def _unwrap(text: str) -> str:
    """``- (a reason)`` -> ``a reason``; a bracket within the words stays."""
    text = text.strip(" ,;:-–—")
    if text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1]
    return text.strip(" ,;:-–—")


def _amendments(detail: str, span: Span | None, source: str) -> tuple[tuple[str, ...], str, list[Diagnostic]]:
    """``by 37.1 & 37.2`` -> the numbers; a name without digits is a mover (the TUC's amendments have no number)."""
    listed, _, note = detail.partition("(") if not detail.startswith("(") else (detail, "", "")
    listed = re.sub(
        r"(?i)^(?:by|with|in line with)\s+(?:the\s+)?(?:amendments?\s+(?:from|of|by)\s+)?", "", _unwrap(listed)
    )
    names: list[str] = []
    problems: list[Diagnostic] = []
    hint = "write the amendments' numbers, such as 'carried as amended by 37.1 & 37.2'"
    for piece in numbering.pieces(listed):
        if not re.search(r"\d", piece):
            names.append(piece)
            continue
        try:
            names += [number.canonical for number in numbering.read_range(piece)]
        except numbering.NotANumber as why:
            names.append(piece)
            message = f"the amendment in the result is no number: {why}"
            problems.append(error("R203", message, span, source=source, hint=hint))
    return tuple(dict.fromkeys(names)), note.rstrip(") "), problems


def _part_and_tail(piece: str, words: Vocabulary) -> tuple[str, str] | None:
    """``last paragraph: lost`` or ``part 2 was lost (120-80)`` -> the part's name and what became of it."""
    for match in re.finditer(r"\s*:\s*|\s+[-–—]\s+|\s+(?=\w)", piece):
        name, tail = piece[: match.start()].strip(), piece[match.end() :]
        lead = _leading(tail, words) if name and tail else None
        if lead and lead[0].detail != "parts" and _detailed(lead[0], tail[lead[1] :], None, ""):
            return name, tail
    return None


def _parse_parts(
    text: str, words: Vocabulary, span: Span | None, source: str
) -> tuple[Result | None, list[Diagnostic]]:
    parts: list[PartResult] = []
    problems: list[Diagnostic] = []
    reason = ""
    pieces = _pieces(text.removesuffix(")") if text.count(")") > text.count("(") else text)
    if len(pieces) == 1:  # "first part carried, second part lost"
        split = re.split(r",\s*(?:and\s+)?", pieces[0])
        pieces = split if all(_part_and_tail(piece, words) for piece in split) else pieces
    for piece in pieces:
        found = _part_and_tail(piece, words)
        if found is None:
            if _leading(piece, words) is None and parts:
                reason = f"{reason}; {piece}".strip("; ")
                continue
            message = f"the part '{piece[:60]}' does not say which part, and what became of it"
            hint = "write 'last paragraph: lost; remaining motion: carried'"
            problems.append(error("R204", message, span, source=source, hint=hint))
            continue
        result, more = parse(found[1], words, span=span, source=source)
        problems += more
        if result:
            parts.append(PartResult(part=found[0], result=result))
    if not parts and not problems:
        hint = "write 'taken in parts: last paragraph: lost; remaining motion: carried'"
        problems.append(error("R204", "the result says 'in parts' and names no part", span, source=source, hint=hint))
    return (Result(outcome="parts", parts=tuple(parts), reason=reason) if parts else None), problems


def _unknown(plain: str, words: Vocabulary, span: Span | None, source: str, noun: str = "result") -> Diagnostic:
    lead = _leading(plain, words)
    understood = plain[: lead[1]].lower() if lead else ""
    phrases = [phrase for outcome in words.outcomes for phrase in outcome.phrases if phrase != understood]
    head = plain.lower().split()
    for size in (3, 2, 1):
        close = difflib.get_close_matches(" ".join(head[:size]), phrases, 1, 0.75)
        if close and size > len(understood.split()):
            hint = f"did you mean '{close[0]}'?"
            return error("R201", f"'{plain[:60]}' is no known {noun}", span, source=source, hint=hint)
    if understood:
        rest = plain[len(understood) :].strip()
        message = f"'{understood}' is a {noun}, but the words after it ('{rest[:60]}') say nothing that belongs to it"
        return error("R205", message, span, source=source, hint=f"put a remark in brackets: {understood} ({rest[:60]})")
    return error("R201", f"'{plain[:60]}' is no known {noun}", span, source=source, hint=f"write {_examples(words)}")


def _examples(words: Vocabulary) -> str:
    return "one of: " + ", ".join(o.label.lower() for o in words.outcomes)


# --- saying ----------------------------------------------------------------------------------------------


def said(result: Result, words: Vocabulary = DEFAULT) -> str:
    """The result on one line, as it would be written: ``parse(said(r))`` is ``r``."""
    if result.parts:
        parts = "; ".join(f"{p.part}: {said(p.result, words).lower()}" for p in result.parts)
        return f"{words[result.outcome].label}: {parts}" + (f"; {result.reason}" if result.reason else "")
    return _with_details(words[result.outcome].label, result)


def sentence(name: str, result: Result, words: Vocabulary = DEFAULT) -> str:
    """``Motion 20`` -> ``Motion 20 was carried as amended by 37.1 & 37.2``."""
    if result.parts:
        parts = "; ".join(f"{p.part} {_with_details(words[p.result.outcome].sentence, p.result)}" for p in result.parts)
        return f"{name} {words[result.outcome].sentence}: {parts}"
    return f"{name} {_with_details(words[result.outcome].sentence, result)}"


def _with_details(label: str, result: Result) -> str:
    line = label
    if result.by:
        line += " by " + " & ".join(result.by)
    if result.into:
        line += f" into {result.into}"
    if result.to:
        line += (
            f" - referred to {result.to}" if result.outcome in {"not-reached", "guillotined"} else f" to {result.to}"
        )
    if result.rule:
        line += f" under {result.rule}"
    for remark in (result.cause, result.reason):
        line += f" ({remark})" if remark else ""
    return line + (f" ({result.vote})" if result.vote else "")


def carries(result: Result, words: Vocabulary = DEFAULT) -> bool | None:
    """Is the text policy? True or False; None while no vote was taken (tabled) or only parts of it are policy."""
    if result.parts:
        answers = {carries(part.result, words) for part in result.parts}
        return answers.pop() if len(answers) == 1 else None
    outcome = words[result.outcome]
    if outcome.carries:
        return True
    return False if outcome.final else None


def voted(result: Result, words: Vocabulary = DEFAULT) -> bool | None:
    """What a vote on the text came to: True where it was carried, False where it was lost; None for all else. A vote on
    a paper that was remitted or referred back was on that, and its majority says nothing of the text."""
    if result.parts:
        answers = {voted(part.result, words) for part in result.parts}
        return answers.pop() if len(answers) == 1 else None
    outcome = words[result.outcome]
    return True if outcome.carries else False if outcome.like == "lost" else None
