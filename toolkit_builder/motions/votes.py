"""Votes as announced come in (numbers, or a chair's words); a ``Vote`` and what does not add up go out.

A vote never decides a result here: the record does. These functions say where the two disagree.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, error, warning

Method = Literal["show of hands", "card vote", "electronic", "acclamation"]

_METHODS: tuple[tuple[str, Method], ...] = (
    (r"show of (?:hands|cards|voting cards)|hand vote|on a show", "show of hands"),
    (r"card[ -]?vote|on cards|by card\b|roll[ -]?call(?: vote)?", "card vote"),
    (r"electronic(?:ally)?(?: vote)?|e-?vote|by ballot|ballot", "electronic"),
    (r"acclamation|acclaim", "acclamation"),
)
_WORDS = (
    r"nem\.? ?con\.?|unanimous(?:ly)?|overwhelming(?:ly)?|without dissent|clear majority|large majority|narrow(?:ly)?"
)
_COUNT = r"\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+|\d+"


class Majority(Struct, frozen=True, kw_only=True):
    """The share a motion needs: more than ``over`` of ``under`` (exactly that much is enough if ``exact``).

    ``of`` names what the share is counted of: the votes for and against, or everybody counted (abstentions too).
    """

    over: int
    under: int
    exact: bool = False
    of: Literal["for and against", "all"] = "for and against"
    label: str = "a simple majority"

    def reached(self, vote: Vote) -> bool | None:
        """Did the vote reach it? None where the numbers are not known."""
        if vote.for_ is None or vote.against is None:
            return None
        whole = vote.for_ + vote.against
        if self.of == "all":
            whole = vote.total if vote.total is not None else whole + (vote.abstain or 0)
        have, need = vote.for_ * self.under, whole * self.over
        return have >= need and whole > 0 if self.exact else have > need


SIMPLE = Majority(over=1, under=2)
TWO_THIRDS = Majority(over=2, under=3, exact=True, label="a two-thirds majority")
TWO_THIRDS_OF_ALL = Majority(over=2, under=3, exact=True, of="all", label="two thirds of all votes, abstentions too")


class Vote(Struct, frozen=True, kw_only=True):
    """Votes for, against and abstaining, with the announced total; None where a number was not announced."""

    for_: int | None = None
    against: int | None = None
    abstain: int | None = None
    total: int | None = None
    method: Method = "show of hands"
    note: str = ""

    @property
    def counted(self) -> bool:
        return self.for_ is not None or self.against is not None

    def __str__(self) -> str:
        """``card vote: for 1,204, against 998, abstentions 12``: reads back as the same vote."""
        numbers = [
            f"{label} {count:,}"
            for label, count in (
                ("for", self.for_), ("against", self.against), ("abstentions", self.abstain), ("total", self.total),
            )
            if count is not None
        ]  # fmt: skip
        said = ", ".join([*numbers, *([self.note] if self.note else [])])
        return f"{self.method}: {said}" if said else self.method


def read(text: str, *, pairs: bool = True) -> tuple[Vote | None, str]:
    """The vote said in ``text``, if any, and the words that are left. ``pairs``: may ``120 to 80`` be one?

    Reads ``card vote: for 1,204; against 998; abstentions 12``, ``120 votes to 80``, ``120-80``, ``nem con``.
    """
    rest = text
    method: Method | None = None
    for pattern, name in _METHODS:
        if match := re.search(rf"(?i)\b(?:(?:on|by|after|in|following) (?:a |an )?)?\b(?:{pattern})\b", rest):
            method, rest = name, rest[: match.start()] + " " + rest[match.end() :]
            break
    counts: dict[str, int] = {}
    for field, names in _FIELDS:
        after = rf"\b(?:votes?\s+)?(?:{names})\b\s*[:=]?\s*(?P<after>{_COUNT})(?!\d)"
        before = rf"(?<![\d.])(?P<before>{_COUNT})\s+(?:votes?\s+)?(?:{names})\b"
        if match := re.search(f"(?i){after}|{before}", rest):
            counts[field] = _count(match["after"] or match["before"])
            rest = rest[: match.start()] + " " + rest[match.end() :]
    if method is None and not {"for_", "against"} <= counts.keys():
        counts, rest = {}, text  # "remitted for 3 years", "see motion no 20"
    if pairs and not counts and (match := _PAIR.search(rest)):
        counts = {"for_": _count(match[1]), "against": _count(match[2])}
        rest = rest[: match.start()] + " " + rest[match.end() :]
    note = ""
    if match := re.search(rf"(?i)\b(?:by (?:a |an )?)?(?P<words>{_WORDS})(?!\w)(?: vote)?", rest):
        note = match["words"].lower().rstrip(".")
        rest = rest[: match.start()] + " " + rest[match.end() :]
    if method is None and not counts and not note:
        return None, text
    vote = Vote(
        for_=counts.get("for_"), against=counts.get("against"), abstain=counts.get("abstain"),
        total=counts.get("total"), method=method or "show of hands", note=note,
    )  # fmt: skip
    return vote, _leftover(rest)


_FIELDS = (
    ("for_", "for|in favour|ayes?|yes"),
    ("against", "against|noes|nays?|no"),
    ("abstain", "abstentions?|abstain(?:ed|ing)?|abst"),
    ("total", "total(?: votes?)?(?: cast)?|votes cast"),
)
# Two numbers are a vote after "by", a bracket or a comma, and where no other word follows ("2 to 3 weeks").
_PAIR = re.compile(
    r"(?i)(?:^|(?<=[(,:;])|(?<=[-–] )|\bby\b|\bvote\b)\s*(?<![\w.])"
    rf"({_COUNT})\s*(?:votes?\s+)?(?:to|-|–|v)\s*({_COUNT})"
    r"(?![\w.])(?:\s*votes?\b)?(?=\s*(?:$|[),;:.]))"
)


def _count(digits: str) -> int:
    return int(re.sub(r"\D", "", digits)[:15])


def _leftover(text: str) -> str:
    """What is left, without the punctuation that stood around the numbers."""
    text = re.sub(r"\(\s*[\s,;:.\-–]*\)", " ", text)
    text = re.sub(r"\s*[,;:](?:\s*[,;:])+", ";", " ".join(text.split()))
    text = re.sub(r"\(\s*[,;:]\s*", "(", re.sub(r"\s*[,;:]\s*\)", ")", text))
    return text.strip(" ,;:-–")


def check(
    vote: Vote, carried: bool | None, majority: Majority = SIMPLE, *, span: Span | None = None, source: str = ""
) -> list[Diagnostic]:
    """What in the numbers does not add up, or disagrees with the result (``carried``; None where neither applies)."""
    found: list[Diagnostic] = []
    known = [count for count in (vote.for_, vote.against, vote.abstain) if count is not None]
    if vote.total is not None:
        if sum(known) > vote.total:
            found.append(
                error("R211", f"the votes add up to {sum(known):,}, more than the total of {vote.total:,}", span,
                      hint="check the numbers against the scrutineers' report", source=source)
            )  # fmt: skip
        elif len(known) == 3 and sum(known) < vote.total:
            found.append(
                error("R211", f"the votes add up to {sum(known):,}, not to the total of {vote.total:,}", span,
                      hint="check the numbers against the scrutineers' report", source=source)
            )  # fmt: skip
    if (vote.for_ is None) != (vote.against is None):
        missing = "for" if vote.for_ is None else "against"
        found.append(warning("R213", f"the vote says nothing of the votes {missing}", span, source=source,
                             hint=f"add '{missing}', 0 if nobody voted so"))  # fmt: skip
    reached = majority.reached(vote)
    if reached is not None and carried is not None and reached != carried:
        found.append(_disagreement(vote, carried, majority, span, source))
    return found


def _disagreement(vote: Vote, carried: bool, majority: Majority, span: Span | None, source: str) -> Diagnostic:
    numbers = f"{vote.for_:,} for and {vote.against:,} against"
    if vote.for_ == vote.against:
        return warning("R214", f"the vote was tied ({numbers}), so the result needs the chair's casting vote", span,
                       source=source, hint="say in 'note' how the tie was broken")  # fmt: skip
    word, fact = ("carried", "is not") if carried else ("lost", "is")
    return error("R212", f"the result is {word}, but {numbers} {fact} {majority.label}", span, source=source,
                 hint="correct the result or the numbers")  # fmt: skip
