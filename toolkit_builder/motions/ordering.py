"""The verbs of the amendment grammar that change an order: move, swap, renumber codes."""

from __future__ import annotations

from toolkit_builder.motions import phrases as ph
from toolkit_builder.motions.instructions import Instruction, Path, Spot
from toolkit_builder.motions.paths import join_paths
from toolkit_builder.motions.places import read_paths
from toolkit_builder.motions.statement import Lead
from toolkit_builder.motions.verbs import Verbs


class Ordering(Verbs):
    """The verbs that change an order."""

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
