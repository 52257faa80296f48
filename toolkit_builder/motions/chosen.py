"""A motion and the amendments moved to it in; the text with any set of them in, in pieces that a page puts together.

The printed text is cut into slots, one for each printed block (slot 0 stands before the first). An amendment touches
the slots that read differently with it. Amendments that share a slot form a group, and for a group every set that can
be carried together is worked out by the engine itself; sets of different groups can be put together slot by slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit_builder.diagnostics import any_errors
from toolkit_builder.motions import html
from toolkit_builder.motions.amend import Amendment, apply
from toolkit_builder.motions.compare import compare
from toolkit_builder.motions.conflicts import DELETES, SAME_WORDS, Matrix
from toolkit_builder.motions.lines import LineMap
from toolkit_builder.motions.text import MotionText

MOST_SETS = 64
"""How many sets of one group are worked out: all sets of 6 amendments, all pairs of 10."""
MOST_WORDS = 60_000
"""How many words may be compared for one group: a long text gets fewer sets."""

_APART = {SAME_WORDS, DELETES}

Slots = tuple[tuple["Piece", ...], ...]
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of the text: a paragraph (depth 0), or one point (from 1) without the points below it."""

    depth: int
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Amendments that meet; ``sets`` has, for each set that can stand together, the pieces of each of ``slots``."""

    members: Names
    slots: tuple[int, ...]
    sets: dict[Names, Slots]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``base``: (id, depth) of each printed block; ``apart``: pairs that cannot both be chosen, and why."""

    base: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]
    apart: tuple[tuple[str, str, str], ...]

    @property
    def members(self) -> Names:
        return tuple(name for group in self.groups for name in group.members)


def choices(
    text: MotionText,
    amendments: Sequence[Amendment],
    relations: Matrix,
    *,
    numbered: LineMap | None = None,
    inline: html.Inline = html.escaped,
) -> Choice:
    """Every set of ``amendments`` that a page can show. Those that do not fit the printed text are left out."""
    desk = _Desk(text, amendments, numbered, inline)
    printed = desk.slots(()) or ()
    alone = {a.id: found for a in amendments if (found := desk.slots((a.id,))) is not None}
    touched = {name: _touched(printed, slots) for name, slots in alone.items()}
    order = [a.id for a in amendments if a.id in touched]
    groups = [desk.group(members, printed, relations) for members in _meeting(order, touched, relations)]
    return Choice(
        base=tuple((b.id, b.depth if b.kind == "call" else 0) for b in text.blocks),
        groups=tuple(groups),
        apart=tuple((r.first, r.second, r.sentence()) for r in relations.relations
                    if r.kind in _APART and r.first in order and r.second in order),
    )  # fmt: skip


class _Desk:
    """Where the sets are worked out."""

    def __init__(
        self, text: MotionText, amendments: Sequence[Amendment], numbered: LineMap | None, inline: html.Inline
    ) -> None:
        self.text, self.numbered, self.inline = text, numbered, inline
        self.amendments = {a.id: a for a in amendments}
        self.places = {b.id: n for n, b in enumerate(text.blocks, start=1)}
        self.limit = max(2, min(MOST_SETS, MOST_WORDS // max(1, len(text.source.split()))))

    def slots(self, names: Names) -> Slots | None:
        """The pieces of every slot with these amendments carried; None where they cannot be."""
        amended, problems = apply(self.text, [self.amendments[n] for n in names], lines=self.numbered)
        if any_errors(problems):
            return None
        slots: list[list[Piece]] = [[] for _ in range(len(self.text.blocks) + 1)]
        here = 0
        for change in compare(amended.before, amended.after):
            block = change.new or change.old
            here = self.places[change.old.id] if change.old else here
            if block is not None:
                depth = block.depth if block.kind == "call" else 0
                slots[here].append(Piece(depth, html.piece(change, inline=self.inline)))
        return tuple(tuple(slot) for slot in slots)

    def group(self, members: Names, printed: Slots, relations: Matrix) -> Group:
        found = {names: slots for names in self._sets(members, relations) if (slots := self.slots(names)) is not None}
        changed = sorted({place for slots in found.values() for place in _touched(printed, slots)})
        return Group(members=members, slots=tuple(changed),
                     sets={names: tuple(slots[n] for n in changed) for names, slots in found.items()})  # fmt: skip

    def _sets(self, members: Names, relations: Matrix) -> Iterator[Names]:
        """Sets without a clash, small ones first; no larger size than fits the limit as a whole."""
        clash = {frozenset((r.first, r.second)) for r in relations.relations if r.kind in _APART}
        place = {name: n for n, name in enumerate(members)}
        sets: list[Names] = [(name,) for name in members]
        left = max(self.limit, len(members))
        while sets and len(sets) <= left:
            yield from sets
            left -= len(sets)
            sets = [(*names, more) for names in sets for more in members[place[names[-1]] + 1 :]
                    if not any(frozenset((name, more)) in clash for name in names)]  # fmt: skip


def _touched(printed: Slots, slots: Slots) -> frozenset[int]:
    return frozenset(n for n, (old, new) in enumerate(zip(printed, slots, strict=True)) if old != new)


def _meeting(order: Sequence[str], touched: dict[str, frozenset[int]], relations: Matrix) -> list[Names]:
    """The groups: who shares a slot or cannot stand with another, and so on from one to the next."""
    related = {frozenset((r.first, r.second)) for r in relations.relations if r.kind in _APART}
    groups: list[list[str]] = []
    for name in order:
        near = [g for g in groups if any(touched[name] & touched[m] or frozenset((name, m)) in related for m in g)]
        groups = [g for g in groups if g not in near] + [[*(m for g in near for m in g), name]]
    return sorted((tuple(sorted(g, key=order.index)) for g in groups), key=lambda g: order.index(g[0]))


def together(choice: Choice, printed: Slots, chosen: Sequence[str]) -> Slots | None:
    """What the page's script does: the slots of every group put in place of the printed ones; None for no such set."""
    slots = list(printed)
    for group in choice.groups:
        names = tuple(n for n in group.members if n in chosen)
        if names and names not in group.sets:
            return None
        for place, pieces in zip(group.slots if names else (), group.sets.get(names, ()), strict=True):
            slots[place] = pieces
    return tuple(slots)
