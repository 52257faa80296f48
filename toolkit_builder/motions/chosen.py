"""A motion and the amendments moved to it in; the text with any set of them in, in pieces that a page puts together.

The printed text is cut into slots, one for each printed block (slot 0 stands before the first). An amendment touches
the slots that read differently with it. Amendments that share a slot, or of which one needs the other (a sub-amendment
its amendment), form a group, and for a group every set that can be carried together is worked out by the engine
itself; sets of different groups can be put together slot by slot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, any_errors
from toolkit_builder.motions import html
from toolkit_builder.motions.amend import Amendment, apply, sub_amend
from toolkit_builder.motions.compare import compare
from toolkit_builder.motions.conflicts import DELETES, DEPENDS, SAME_WORDS, Matrix, matrix
from toolkit_builder.motions.lines import LineMap
from toolkit_builder.motions.text import MotionText, parse

MOST_SETS = 64
"""How many sets of one group are worked out: all sets of 6 amendments, all pairs of 10."""
MOST_WORDS = 60_000
"""How many words may be compared for one group: a long text gets fewer sets."""

_APART = {SAME_WORDS, DELETES}

Slots = tuple[tuple["Piece", ...], ...]
Names = tuple[str, ...]


class Piece(Struct, frozen=True):
    """One element of the text: a paragraph (depth 0), or one point (from 1) without the points below it."""

    depth: int
    html: str


class Group(Struct, frozen=True, kw_only=True):
    """Amendments that meet; ``sets`` has, for each set that can stand together, the pieces of each of ``slots``."""

    members: Names
    slots: tuple[int, ...]
    sets: dict[Names, Slots]


class Choice(Struct, frozen=True, kw_only=True):
    """``base``: (id, depth) of each printed block; ``apart``: pairs that cannot both be chosen, and why.

    ``needs``: what can only be chosen with another (any of those named): a sub-amendment with the amendment that it
    amends, an amendment that can only be applied after another with that.
    """

    base: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]
    apart: tuple[tuple[str, str, str], ...]
    needs: dict[str, Names]

    @property
    def members(self) -> Names:
        return tuple(name for group in self.groups for name in group.members)


def choices(
    text: MotionText,
    amendments: Sequence[Amendment],
    relations: Matrix,
    *,
    subs: Mapping[str, Sequence[Amendment]] | None = None,
    numbered: LineMap | None = None,
    inline: html.Inline = html.escaped,
) -> Choice:
    """Every set of ``amendments`` and of their ``subs`` (by the id of what they amend) that a page can show.

    Those that fit neither the printed text nor the text with one of the others are left out.
    """
    desk = Desk(text, amendments, relations, subs=subs, numbered=numbered, inline=inline)
    printed = desk.slots(()) or ()
    alone = {name: found for name in desk.order if (found := desk.slots(desk.least(name))) is not None}
    touched = {name: _touched(printed, slots) for name, slots in alone.items()}
    order = [name for name in desk.order if name in touched and all(n in touched for n in desk.least(name))]
    needs = {name: kept for name in order if (kept := tuple(n for n in desk.needs.get(name, ()) if n in order))}
    apart = {frozenset((one, other)): (one, other, why) for one, other, why in desk.apart(order)}
    related = {*apart, *(frozenset((name, other)) for name, others in needs.items() for other in others)}
    groups = [desk.group(members, printed, set(apart)) for members in _meeting(order, touched, related)]
    return Choice(
        base=tuple((b.id, b.depth if b.kind == "call" else 0) for b in text.blocks),
        groups=tuple(groups),
        apart=tuple(apart.values()),
        needs=needs,
    )


class Desk:
    """Where the sets are worked out. ``order``: all that may be chosen, what is needed before what needs it."""

    def __init__(
        self,
        text: MotionText,
        amendments: Sequence[Amendment],
        relations: Matrix,
        *,
        subs: Mapping[str, Sequence[Amendment]] | None = None,
        numbered: LineMap | None = None,
        inline: html.Inline = html.escaped,
    ) -> None:
        self.text, self.relations, self.numbered, self.inline = text, relations, numbered, inline
        self.amendments = {a.id: a for a in amendments}
        self.subs = dict(_moved_to(amendments, subs or {}))
        """What amends an amendment, or a sub-amendment in turn: the name of what it amends, and itself."""
        self.after: dict[str, list[str]] = {}
        for relation in relations.relations:
            if relation.kind == DEPENDS:
                self.after.setdefault(relation.second, []).append(relation.first)
        self.needs: dict[str, Names] = {name: tuple(found) for name, found in self.after.items()}
        self.needs |= {name: (above,) for name, (above, _) in self.subs.items()}
        self.places = {b.id: n for n, b in enumerate(text.blocks, start=1)}
        self.limit = max(2, min(MOST_SETS, MOST_WORDS // max(1, len(text.source.split()))))
        self.order = self._ordered([a.id for a in amendments])

    def _ordered(self, names: Sequence[str]) -> list[str]:
        """The agenda's order, every sub-amendment behind its amendment, what depends on another behind that."""
        waiting = [name for name in names if name in self.after]
        found: list[str] = []
        for name in [*(n for n in names if n not in self.after), *waiting]:
            found += self._with_subs(name)
        return found

    def _with_subs(self, name: str) -> list[str]:
        return [name, *(n for s, (above, _) in self.subs.items() if above == name for n in self._with_subs(s))]

    def _root(self, name: str) -> str:
        """The amendment to the motion that a sub-amendment belongs to."""
        return self._root(self.subs[name][0]) if name in self.subs else name

    def _built(self, name: str, names: Names) -> tuple[Amendment, list[Diagnostic]]:
        """An amendment as the chosen sub-amendments leave it, these as theirs leave them."""
        amendment = self.subs[name][1] if name in self.subs else self.amendments[name]
        made = [self._built(n, names) for n in names if n in self.subs and self.subs[n][0] == name]
        problems = [d for _, found in made for d in found]
        if made:
            amendment, found = sub_amend(amendment, [sub for sub, _ in made])
            problems += found
        return amendment, problems

    def least(self, name: str) -> Names:
        """The smallest set that holds a name: what it needs, and itself."""
        needed = self.needs.get(name, ())[:1]
        return (*(n for first in needed for n in self.least(first)), name)

    def amended(self, names: Names) -> tuple[MotionText, MotionText] | None:
        """The printed text, and the text with these carried; None where they cannot be."""
        if any(self.needs.get(n) and not set(self.needs[n]) & set(names) for n in names):
            return None
        moved: list[Amendment] = []
        for name in (n for n in names if n in self.amendments):
            amendment, problems = self._built(name, names)
            if any_errors(problems):
                return None
            moved.append(amendment)
        before = after = self.text
        for some, lines in (
            ([a for a in moved if a.id not in self.after], self.numbered),
            ([a for a in moved if a.id in self.after], None),
        ):
            if some or after is self.text:
                done, problems = apply(after, some, lines=lines)
                if any_errors(problems):
                    return None
                before, after = (done.before if after is self.text else before), done.after
        return before, after

    def slots(self, names: Names) -> Slots | None:
        """The pieces of every slot with these carried; None where they cannot be."""
        found = self.amended(names)
        if found is None:
            return None
        slots: list[list[Piece]] = [[] for _ in range(len(self.text.blocks) + 1)]
        here = 0
        for change in compare(*found):
            block = change.new or change.old
            here = self.places[change.old.id] if change.old else here
            if block is not None:
                depth = block.depth if block.kind == "call" else 0
                slots[here].append(Piece(depth, html.piece(change, inline=self.inline)))
        return tuple(tuple(slot) for slot in slots)

    def apart(self, order: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        """Pairs that cannot stand together, and why: as the matrix says; of sub-amendments, as their words say."""
        for relation in self.relations.relations:
            if relation.kind in _APART and relation.first in order and relation.second in order:
                yield relation.first, relation.second, relation.sentence()
        for name in (n for n in order if n in self.subs):
            above = self._root(name)
            changed = self._built(above, self.least(name))[0]
            others = [self.amendments[n] for n in order if n in self.amendments and n != above and n not in self.after]
            for other in others:
                met = matrix(self.text, [changed, other]).between(above, other.id)
                known = self.relations.between(above, other.id)
                if met is not None and met.kind in _APART and (known is None or known.kind not in _APART):
                    yield name, other.id, met.sentence().replace(above, name, 1)
        for above in (*self.amendments, *self.subs):
            own = [self.subs[n][1] for n in order if self.subs.get(n, ("",))[0] == above]
            if len(own) > 1:
                for relation in matrix(parse(self._built(above, ())[0].source)[0], own).relations:
                    if relation.kind in _APART:
                        yield relation.first, relation.second, relation.sentence()

    def group(self, members: Names, printed: Slots, apart: set[frozenset[str]]) -> Group:
        found = {names: slots for names in self._sets(members, apart) if (slots := self.slots(names)) is not None}
        changed = sorted({place for slots in found.values() for place in _touched(printed, slots)})
        return Group(members=members, slots=tuple(changed),
                     sets={names: tuple(slots[n] for n in changed) for names, slots in found.items()})  # fmt: skip

    def _sets(self, members: Names, apart: set[frozenset[str]]) -> Iterator[Names]:
        """Sets without a clash, small ones first; no larger size than fits the limit as a whole."""
        place = {name: n for n, name in enumerate(members)}
        sets: list[Names] = [(name,) for name in members if name not in self.needs]
        left = max(self.limit, len(members))
        while sets and len(sets) <= left:
            yield from sets
            left -= len(sets)
            sets = [(*names, more) for names in sets for more in members[place[names[-1]] + 1 :]
                    if self._may_join(more, names, apart)]  # fmt: skip

    def _may_join(self, name: str, names: Names, apart: set[frozenset[str]]) -> bool:
        held = name not in self.needs or bool(set(self.needs[name]) & set(names))
        return held and not any(frozenset((name, other)) in apart for other in names)


def _moved_to(
    papers: Sequence[Amendment], subs: Mapping[str, Sequence[Amendment]]
) -> Iterator[tuple[str, tuple[str, Amendment]]]:
    for paper in papers:
        for sub in subs.get(paper.id, ()):
            yield sub.id, (paper.id, sub)
        yield from _moved_to(subs.get(paper.id, ()), subs)


def _touched(printed: Slots, slots: Slots) -> frozenset[int]:
    return frozenset(n for n, (old, new) in enumerate(zip(printed, slots, strict=True)) if old != new)


def _meeting(order: Sequence[str], touched: dict[str, frozenset[int]], related: set[frozenset[str]]) -> list[Names]:
    """The groups: who shares a slot, cannot stand with another or needs it, and so on from one to the next."""
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
