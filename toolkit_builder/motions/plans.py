"""What one instruction does to a printed motion, as values: cuts, points to add and remove, words it leans on."""

from __future__ import annotations

from msgspec import Struct, field

from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.relabel import ListKey, NewPoint


class Addition(Struct, frozen=True, kw_only=True):
    """A point to be written at a source offset once its number is known."""

    point: NewPoint
    at: int
    lead: str
    indent: str
    gap: str
    body: str
    trail: str


class Plan(Struct):
    """What one instruction does. ``needs`` are stretches of the printed text it cannot do without.

    ``variants`` are other forms of words that were to change throughout (``workers`` beside ``worker``): they stay,
    so the amendment must say so.
    """

    cuts: list[Cut] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    told: set[ListKey] = field(default_factory=set)
    needs: list[tuple[int, int]] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    variants: list[str] = field(default_factory=list)
    title: str | None = None
    problem: Problem | None = None

    def fail(self, code: str, message: str, hint: str = "") -> Plan:
        self.problem = Problem(code, message, hint)
        return self
