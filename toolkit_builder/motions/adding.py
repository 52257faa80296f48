"""The verbs of the amendment grammar that bring something in: insert, add, ``'Y' to be inserted after 'X'``."""

from __future__ import annotations

import re

from msgspec.structs import replace

from toolkit_builder.motions import newtext as nt
from toolkit_builder.motions import phrases as ph
from toolkit_builder.motions.instructions import Instruction, Path, Place, Spot, Target, Words
from toolkit_builder.motions.ordering import Ordering
from toolkit_builder.motions.paths import in_order, join_paths
from toolkit_builder.motions.places import read_bare_label, read_paths
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.sections import read_new_label, read_under_opener
from toolkit_builder.motions.statement import Lead

_LISTED = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s*\w")
_DECIMAL = r"(?P<label>\d{1,2}(?:\.\d{1,2})+)(?=\s*:?\s*[“\"‘'«])"


class Adding(Ordering):
    """The verbs that bring something in."""

    def _passive_insert(self, lead: Lead) -> bool:
        """``'Y' to be inserted after 'X'``."""
        words = lead.targets[0].start if lead.targets[0].kind == "words" else None
        found = ph.read_spot(self.c)
        if not isinstance(words, Words) or found is None:
            return self._refuse("A202", self.c.at)
        text = nt.NewText(words.quote, self.begin, True)
        return self._inserted(
            Lead(scopes=lead.scopes),
            join_paths(found[1], ph.read_scope(self.c) or ()),
            found[0],
            None,
            text,
            adding=False,
            to_place=False,
            renumber=False,
        )

    def _insert(self, lead: Lead, *, adding: bool) -> bool:
        c = self.c
        spot, scope = lead.spot, ()  # type: tuple[Spot | None, Path]
        unit: nt.NewUnit | None = None
        text: nt.NewText | None = None
        to_place = renumber = False
        instead: tuple[Target, ...] = lead.targets if lead.swap else ()
        if lead.targets and not lead.swap:
            return False
        c.take(r"\s*:\s*(?=(?:after|before|between|following|at\s+the|immediately)\b)")
        c.take(r"\s*,?\s*(?:the\s+following\b(?=\s+(?:at|after|before|to|in|under|as)\b)|in\b(?=\s*:))?")
        while not (text is not None and c.sentence_over()):
            here = c.at
            if text is None and unit is None and (unit := nt.read_new_unit(c)):
                continue
            if text is None and unit is None and (number := c.take(_DECIMAL)):
                unit = nt.NewUnit("point", tuple(number["label"].split(".")))
                continue
            if text is None and unit is None and (under := read_new_label(c)):
                inner = under[:-1] if under[-1].labels else under
                unit, scope = nt.NewUnit("point", under[-1].labels), join_paths(scope, inner)
                continue
            if spot and isinstance(spot.ref, tuple) and spot.kind in {"start", "end"} and c.peek(r"\s*[,(]\s*after\b"):
                c.take(r"\s*,\s*")  # "at the end of paragraph 3, after 'X'": the words say where, the place which
                scope, spot = join_paths(scope, spot.ref), None
            bracket = c.take(r"\s*\((?=\s*(?:after|before|at\s|between)\b)") is not None
            if spot is None and (found := ph.read_spot(c)) and (not bracket or c.take(r"\s*\)")):
                spot, scope = found[0], join_paths(scope, found[1])
                continue
            c.at = here
            if (
                text is not None
                and not instead
                and c.take(r"\s*,?\s*(?:in\s+place\s+of|instead\s+of|in\s+lieu\s+of|for)\s+")
                and (swap := ph.read_target(c))
            ):
                instead, scope = swap[0], join_paths(scope, swap[1])
                continue
            c.at = here
            if prefix := c.take(r"\s*,?\s*(?:to|in|into|under|on|at|of|within)\s+(?:the\s+list\s+(?:in|under|of)\s+)?"):
                paths = read_paths(c, several=False)
                if not paths and (label := read_bare_label(c)):
                    paths = (label,)
                if paths:
                    to_place = to_place or prefix[0].strip(" ,").lower() in {"to", "under"}
                    scope = join_paths(scope, paths[0])
                    continue
            c.at = here
            if text is None and (found_text := self._text(c)):
                text = found_text
                if not text.quoted:
                    break
                continue
            c.at = here
            if text is None and unit is None and c.peek(r"\s*\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+[\w“\"‘'«]"):
                text = nt.read_marked_text(c)
                if text is not None:
                    break
            c.at = here
            if text is None and unit is not None and nt.read_renumber(c):
                renumber = True
                continue
            c.at = here
            if text is None and c.take(r"\s*,\s*(?:the\s+following\b)?"):
                continue
            break
        if text is None:
            return self._refuse("A203", c.at)
        if instead:
            if unit:
                return False
            return self._replacements(lead, scope, instead, text)
        return self._inserted(lead, scope, spot, unit, text, adding=adding, to_place=to_place, renumber=renumber)

    def _inserted(
        self, lead: Lead, scope: Path, spot: Spot | None, unit: nt.NewUnit | None, text: nt.NewText, *,
        adding: bool, to_place: bool, renumber: bool,
    ) -> bool:  # fmt: skip
        if spot is None and unit is None and text.quoted and (named := self._named_in_text(text)):
            scope, unit, text = join_paths(scope, named[0]), named[1], named[2]
        name = unit.unit if unit else ""
        label = unit.label if unit else ()
        if unit and unit.ordinal > 0 and not label:
            label = (str(unit.ordinal),)
        if unit and unit.ordinal == -1 and spot is None:
            spot = Spot(kind="end")
        if unit and unit.ordinal < -1 and spot is None:  # "new penultimate paragraph": before so many from the end
            spot = Spot(kind="before", ref=(Place(unit=unit.unit, ordinal=unit.ordinal + 1),))
        scopes = lead.scopes or ((),)
        if spot is None and not label:
            anywhere = any(scopes) or scope or self.carry or self.context
            if (
                name
                and name != "sentence"
                and (adding or name.removesuffix("s") in {"point", "bullet", "subpoint"} or to_place)
            ) or ((anywhere or _LISTED.match(text.text)) and (adding or to_place)):
                spot = Spot(kind="end")
            else:
                return self._refuse("A202", self.begin)
        made = [
            Instruction(
                verb="insert",
                spot=spot,
                text=text.text,
                unit=name,
                label=label,
                text_start=text.start,
                renumber=renumber,
            )
        ]
        self._tail(made)
        for one in scopes:
            self._emit(made[0], join_paths(one, scope))
        self._keep(lead, scope)
        if text.quoted and not unit:
            self._more_insertions()
        return True

    @staticmethod
    def _named_in_text(text: nt.NewText) -> tuple[Path, nt.NewUnit, nt.NewText] | None:
        """``Add "Conference notes 5: ..."``: the new text says itself which point it is to be."""
        inside = Cursor(text.text)
        found = read_under_opener(inside)
        if len(found) != 1 or not found[0].labels or found[0].until or not inside.take(r"\s*[:.–—-]\s*(?=\S)"):
            return None
        path = in_order(found)
        body = text.text[inside.at :]
        return path[:-1], nt.NewUnit("point", path[-1].labels), replace(text, text=body, start=text.start + inside.at)

    def _more_insertions(self) -> None:
        """``insert 'Y' after 'X' and 'W' after 'Z'``."""
        c = self.c
        while True:
            here = c.at
            quotation = c.quotation() if c.take(r"\s*,?\s*(?:and|,)\s+(?=[“\"‘'«])") else None
            found = ph.read_spot(c) if quotation and quotation.text and not quotation.doubtful else None
            if quotation is None or found is None or not found[0].ref:
                c.at = here
                return
            made = Instruction(verb="insert", spot=found[0], text=quotation.text, text_start=quotation.start)
            self._emit(made, found[1])
