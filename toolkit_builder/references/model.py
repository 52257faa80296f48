"""The nouns of this room: a mention of an agenda item, how sure it is, and where it leads."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Any

from msgspec import Struct, to_builtins

from toolkit_builder.motions.tags import names

OTHER_UNIONS = names(
    "Accord ASLEF BALPA BFAWU BMA BECTU CSP CWU EIS Equity FBU FDA GMB HCSA INMO MU NAHT NAPO NASUWT NEU NIPSA NUJ NUM "
    "PCS POA Prospect RCM RCN RMT SIPTU STUC TSSA TUC UCU UNISON Unison Unite URTU USDAW Usdaw WGGB"
)
"""Bodies with papers of their own: "Unite's motion 20" is not this conference's. A site takes its own union off the
list; a congress at which unions move the motions passes an empty one."""


class Strength(StrEnum):
    """How sure a mention is. ``sure`` and ``likely`` ones are reported when nothing answers to them."""

    SURE = "sure"
    LIKELY = "likely"
    FAINT = "faint"
    """E1, L1: also a postcode. A link if there is such an item, else nothing."""


class Mention(Struct, frozen=True):
    """One item that a text names.

    ``text`` is what becomes the link, ``offset`` where it starts in the fragment. ``kind`` is a hint (``motion``,
    ``amendment``, ``composite``, ``bulletin`` ...) or None; ``number`` the canonical number (``20.1``), or the name in
    ``[[plan:fair-pay]]``; ``conference`` is None for the conference at hand, and where the mention is not explicit the
    year that stands beside it ("motion 20 of 2019"). ``phrase`` is the whole wording it was
    read from and ``nth`` which of its like (from 0), so that ``locate_in_source`` finds the place. ``label`` is the
    author's wording of an ``[[explicit|mention]]`` (HTML).
    """

    text: str
    kind: str | None
    number: str
    conference: str | None
    offset: int
    strength: Strength = Strength.SURE
    explicit: bool = False
    label: str = ""
    phrase: str = ""
    nth: int = 0

    @property
    def key(self) -> str:
        """What ``link`` looks up: ``amendment:20.1@``, ``motion:20@2027-lg``, ``:em1@``."""
        return f"{self.kind or ''}:{self.number.lower()}@{self.conference or ''}"

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = to_builtins(self)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Mention:
        return cls(**{**data, "strength": Strength(data["strength"])})


@cache
def others_than(own: str) -> frozenset[str]:
    """The bodies whose papers are not ours, for a site of the union ``own``."""
    return frozenset(name for name in OTHER_UNIONS if name.casefold() != own.casefold())


class Target(Struct, frozen=True):
    """Where a mention leads: the item's address, title and result ("" while there is none)."""

    url: str
    title: str
    result: str = ""
