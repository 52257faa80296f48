"""The verbs of the amendment grammar that change an order: move, swap, renumber codes."""

from __future__ import annotations

from msgspec.structs import replace

from toolkit_builder.motions import phrases as ph
from toolkit_builder.motions.codes import CODE, distance, following
from toolkit_builder.motions.instructions import Instruction, Path, Place, Spot, Target, Words
from toolkit_builder.motions.paths import join_paths
from toolkit_builder.motions.places import read_path, read_paths
from toolkit_builder.motions.statement import Lead
from toolkit_builder.motions.verbs import Verbs

_RENUMBERED = (
    rf"(?P<first>{CODE})(?:\s*(?:to|[-–—])\s*(?P<last>{CODE})(?=\s*,?\s*(?:(?:accordingly|respectively)\s*,?\s*)?"
    r"(?:as|to\s+become|becomes?)\s))?"
    rf"\s*,?\s*(?:(?:accordingly|respectively)\s*,?\s*)?(?:to\s+(?:be|become|read)|becom(?:es?|ing)|as|to|→|[-–—]>?)\s*"
    rf"(?P<to>{CODE})(?:\s*(?:to|[-–—])\s*(?P<until>{CODE}))?"
)


class Ordering(Verbs):
    """The verbs that change an order."""

    def _swap(self, lead: Lead) -> bool:
        """``Swap points 1 and 2``; False (and no move) where words are to be swapped for others."""
        c = self.c
        here = c.at
        if c.word(ph.SWAP):
            c.ranges = False
            found = ph.read_target(c)
            if found and len(found[0]) == 1 and c.take(r"\s*,?\s*(?:with|and|for)\s+") and (path := read_path(c)):
                found = (replace(found[0][0], places=(*found[0][0].places, path)),), found[1]
            c.ranges = True
            target = found[0][0] if found and len(found[0]) == 1 else None
            target = _both(target) if target else None
            if found and target and target.kind == "places" and len(target.places) == 2:
                scope = found[1] or ph.read_scope(c) or ()
                c.take(r"\s*(?:round|around|over)\b")
                if c.peek(r"\s*(?:[.;,]|$|\n|(?:and|so)\b)"):
                    return self._moved([Instruction(verb="swap", target=target)], lead, scope)
        c.at = here
        return False

    def _renumber_codes(self) -> bool:
        """``Renumber TR212 to TR213``, ``TR212 to TR214 as TR213 to TR215``; False (and no move) for anything else."""
        c = self.c
        here = c.at
        pairs: list[tuple[str, str]] = []
        if c.take(
            rf"(?:{ph.RENUMBER})\s+(?:the\s+)?(?:existing|current|old|present|printed|original|following|"
            rf"paragraphs?|\s)*(?={CODE})"
        ):
            while (read := c.take(_RENUMBERED)) is not None:
                count = distance(read["first"], read["last"]) if read["last"] else 1
                if read["last"] and read["until"] and distance(read["to"], read["until"]) != count:
                    break
                pairs.extend(zip(following(read["first"], count), following(read["to"], count), strict=True))
                if not c.take(rf"\s*(?:,\s*and|,|and|;)\s*(?={CODE})"):
                    break
        c.take(r"\s*,?\s*(?:accordingly|respectively)\b")
        if not pairs or not c.peek(r"\s*(?:[.;,)]|\n|$|and\b)"):
            c.at = here
            return False
        for old, new in pairs:
            place = Place(unit="paragraph", beginning=old)
            target = Target(kind="words", start=Words(quote=old, edge="start"))
            self._emit(Instruction(verb="replace", target=target, text=new, text_start=here), (place,))
        return True

    def _move(self, lead: Lead) -> bool:
        c = self.c
        c.ranges = False
        targets, scope, lead = self._targets(lead)
        c.ranges = True
        if len(targets) != 1:
            return self._refuse("A206", c.at)
        follows = c.take(r"\s*,?\s*(?:so\s+that\s+it\s+follows|to\s+follow)(?=\s)")
        if follows and (path := read_paths(c, several=False)):
            behind = Spot(kind="after", ref=path[0])
            return self._moved([Instruction(verb="move", target=targets[0], spot=behind)], lead, scope)
        c.take(
            r"\s*,?\s*(?:up|down)?\s*(?:so\s+that\s+(?:it|they)\s+(?:comes?|stands?|follows?|is|are|appears?)|"
            r"to\s+(?:stand|follow|come|appear)|to(?=\s+(?:after|before|immediately|directly|follow|between|"
            r"just)))?\b"
        )
        if c.take(r"\s*,?\s*(?:to\s+(?:become|be)|so\s+that\s+it\s+becomes|as)\s+(?:the\s+)?(?:new\s+)?"):
            paths = read_paths(c, several=False)
            if paths and (paths[0][-1].labels or paths[0][-1].ordinal):
                place = paths[0][-1]
                scope = join_paths(scope, paths[0][:-1])
                labels = place.labels or ((str(place.ordinal),) if place.ordinal > 0 else ())
                spot = None if labels else Spot(kind="end")
                made = [Instruction(verb="move", target=targets[0], spot=spot, unit=place.unit, label=labels)]
                return self._moved(made, lead, scope)
            return False
        found = ph.read_spot(c)
        if found is None:
            return self._refuse("A202", c.at)
        return self._moved(
            [Instruction(verb="move", target=targets[0], spot=found[0])], lead, join_paths(scope, found[1])
        )

    def _moved(self, made: list[Instruction], lead: Lead, scope: Path) -> bool:
        self._tail(made)
        for one in lead.scopes or ((),):
            self._emit(made[0], join_paths(one, scope))
        return True


def _both(target: Target) -> Target:
    """``the first two bullets`` as two places: the first bullet and the second."""
    only = target.places[0] if len(target.places) == 1 else ()
    if not only or only[-1].count != 2 or abs(only[-1].ordinal) != 1:
        return target
    ordinals = (1, 2) if only[-1].ordinal == 1 else (-2, -1)
    return replace(target, places=tuple((*only[:-1], replace(only[-1], ordinal=n, count=1)) for n in ordinals))
