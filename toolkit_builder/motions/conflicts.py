"""Planned amendments to one motion -> how every pair stands to one another: what a standing orders committee needs.

identical     they change the same words in the same way
same-words    they change the same words differently
deletes       one takes out words the other needs (``first`` says which takes out)
depends       one can only be applied after the other
same-place    both insert at one place: both can be carried, and stand in the order of the agenda
independent   both can be carried, in either order
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from toolkit_builder.motions.edits import Amendment, AmendmentPlan, all_cuts, overlap, put_together
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.planning import Planner, make_planner
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.text import MotionText
from toolkit_builder.motions.understood import plan_amendment

IDENTICAL, SAME_WORDS, DELETES, DEPENDS = "identical", "same-words", "deletes", "depends"
SAME_PLACE, INDEPENDENT = "same-place", "independent"


class Relation(Struct, frozen=True, kw_only=True):
    """How two amendments stand to one another. ``first`` deletes what ``second`` needs, or is needed by it.

    ``words`` are printed words they meet in; ``where`` is the block's address.
    """

    kind: str
    first: str
    second: str
    where: str = ""
    words: str = ""

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "first": self.first, "second": self.second, "where": self.where, "words": self.words}

    def sentence(self) -> str:
        """The relation in plain words, the same for both amendments' pages."""
        place = f" in {self.where}" if self.where else ""
        shown = f" ('{self.words}')" if self.words else ""
        return {
            IDENTICAL: f"{self.first} and {self.second} say the same",
            SAME_WORDS: f"{self.first} and {self.second} change the same words{place}{shown}",
            DELETES: f"{self.first} deletes words that {self.second} needs{place}{shown}",
            SAME_PLACE: f"{self.first} and {self.second} insert at the same place{place}, in the order given",
            DEPENDS: f"{self.second} can only be applied after {self.first}",
            INDEPENDENT: f"{self.first} and {self.second} are independent",
        }[self.kind]


class Matrix(Struct, frozen=True, kw_only=True):
    """Every pair of amendments (in the order given), groups of identical ones, and those that cannot be read."""

    amendments: tuple[str, ...]
    relations: tuple[Relation, ...]
    groups: tuple[tuple[str, ...], ...]
    unreadable: tuple[str, ...]

    def between(self, one: str, other: str) -> Relation | None:
        """The relation of a pair, in either order."""
        return next((r for r in self.relations if {r.first, r.second} == {one, other}), None)

    def of(self, amendment: str) -> tuple[Relation, ...]:
        """All that should be shown on an amendment's page."""
        return tuple(r for r in self.relations if amendment in {r.first, r.second} and r.kind != INDEPENDENT)

    def to_json(self) -> dict[str, Any]:
        return {"amendments": list(self.amendments), "relations": [r.to_json() for r in self.relations],
                "groups": [list(g) for g in self.groups], "unreadable": list(self.unreadable)}  # fmt: skip


def matrix(text: MotionText, amendments: Sequence[Amendment]) -> Matrix:
    """The relation of every pair. Amendments that cannot be applied to the printed text may depend on another."""
    planner = make_planner(text)
    plans = [plan_amendment(planner, a) for a in amendments]
    relations: list[Relation] = []
    for index, second in enumerate(plans):
        for first in plans[:index]:
            relations.append(_relation(planner, first, second))
    groups: list[list[str]] = []
    alike = {frozenset((r.first, r.second)) for r in relations if r.kind == IDENTICAL}
    for plan in plans:
        group = next((g for g in groups if any(frozenset((name, plan.amendment.id)) in alike for name in g)), None)
        if group is None:
            groups.append([plan.amendment.id])
        else:
            group.append(plan.amendment.id)
    depending = {r.second for r in relations if r.kind == DEPENDS}
    unreadable = tuple(p.amendment.id for p in plans if not p.works and p.amendment.id not in depending)
    return Matrix(amendments=tuple(a.id for a in amendments), relations=tuple(relations),
                  groups=tuple(tuple(g) for g in groups if len(g) > 1), unreadable=unreadable)  # fmt: skip


def _relation(planner: Planner, first: AmendmentPlan, second: AmendmentPlan) -> Relation:
    a, b = first.amendment.id, second.amendment.id
    if first.works and second.works:
        if same_amendment(first, second):
            return Relation(kind=IDENTICAL, first=a, second=b)
        return (
            _meeting(planner.text, first, second)
            or _beside(planner.text, first, second)
            or Relation(kind=INDEPENDENT, first=a, second=b)
        )
    if first.works and _after(planner, first, second):
        return Relation(kind=DEPENDS, first=a, second=b)
    if second.works and _after(planner, second, first):
        return Relation(kind=DEPENDS, first=b, second=a)
    return Relation(kind=INDEPENDENT, first=a, second=b)


def _after(planner: Planner, first: AmendmentPlan, second: AmendmentPlan) -> bool:
    """Whether an amendment that does not fit the printed text fits it once another is carried."""
    if not first.plans or not second.instructions:
        return False
    amended = put_together(planner.text, [first])
    return plan_amendment(make_planner(amended.after), second.amendment).works


def same_amendment(first: AmendmentPlan, second: AmendmentPlan) -> bool:
    """Whether two amendments make the same changes."""
    return bool(first.plans) and _shape(first) == _shape(second)


def _shape(plan: AmendmentPlan) -> list[tuple[object, ...]]:
    """What an amendment changes, in no order of its own; white space in the new words does not count."""
    cuts: list[tuple[object, ...]] = []
    for one in plan.plans:
        cuts.extend((c.start, c.end, " ".join(c.new.split())) for c in all_cuts(one))
        if one.title:
            cuts.append((-1, -1, one.title))
    return sorted(cuts, key=str)


def _meeting(text: MotionText, first: AmendmentPlan, second: AmendmentPlan) -> Relation | None:
    """Where two amendments meet, if they do: the same words before words that are needed."""
    a, b = first.amendment.id, second.amendment.id
    ours = [c for plan in first.plans for c in all_cuts(plan)]
    theirs = [c for plan in second.plans for c in all_cuts(plan)]
    for one in ours:
        for other in theirs:
            if one == other and one.end > one.start:
                continue  # both make this very change: no conflict in it
            if overlap(one, other):
                return _shown(text, SAME_WORDS, a, b, max(one.start, other.start), min(one.end, other.end))
    if any(p.title for p in first.plans) and any(p.title for p in second.plans):
        return Relation(kind=SAME_WORDS, first=a, second=b, where="the title", words=text.title)
    return _taken(text, first, second) or _taken(text, second, first)


def _beside(text: MotionText, first: AmendmentPlan, second: AmendmentPlan) -> Relation | None:
    """Two insertions at one place: no conflict, but their order shows."""
    ours = {c.start for plan in first.plans for c in all_cuts(plan) if c.start == c.end}
    theirs = {c.start for plan in second.plans for c in all_cuts(plan) if c.start == c.end}
    for place in sorted(ours & theirs):
        return _shown(text, SAME_PLACE, first.amendment.id, second.amendment.id, place, place)
    return None


def _taken(text: MotionText, taker: AmendmentPlan, needer: AmendmentPlan) -> Relation | None:
    """Words that one amendment needs and the other takes out."""
    gone = [c for plan in taker.plans for c in plan.cuts if c.end > c.start]
    same = {c for plan in needer.plans for c in plan.cuts}
    for start, end in needer.needs:
        for cut in gone:
            if cut.start < end and start < cut.end and cut not in same and _words_in(text, cut, start, end):
                return _shown(
                    text, DELETES, taker.amendment.id, needer.amendment.id, max(cut.start, start), min(cut.end, end)
                )
    return None


def _words_in(text: MotionText, cut: Cut, start: int, end: int) -> bool:
    """Whether the shared stretch holds words, not only white space. A whole block as a landmark needs only to stay."""
    shared = text.source[max(cut.start, start) : min(cut.end, end)]
    whole_block = any(b.start == start and b.end == end for b in text.blocks)
    if whole_block and not (cut.start <= start and end <= cut.end):
        return False
    return any(c.isalnum() for c in shared)


def _shown(text: MotionText, kind: str, first: str, second: str, start: int, end: int) -> Relation:
    block = next((b for b in text.blocks if b.start <= start <= b.end), None)
    words = " ".join(text.source[start : max(start, end)].split())
    return Relation(kind=kind, first=first, second=second, where=text.address(block) if block else "", words=words[:80])


def clashes(text: MotionText, first: AmendmentPlan, second: AmendmentPlan) -> Problem | None:
    """Why two amendments cannot both be applied by a machine, or None."""
    relation = _meeting(text, first, second)
    if relation is None:
        return None
    return Problem("A501", relation.sentence(), "choose one of them, or word the outcome as an edited copy")
