"""The verbs of the amendment grammar that take something out: delete, replace, amend."""

from __future__ import annotations

import re

from msgspec.structs import replace

from toolkit_builder.motions import newtext as nt
from toolkit_builder.motions import phrases as ph
from toolkit_builder.motions.instructions import RANKS, Instruction, Path, Place, Spot, Target, Words
from toolkit_builder.motions.paths import join_paths
from toolkit_builder.motions.places import read_paths
from toolkit_builder.motions.quotations import INSTRUCTION_LINE
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.statement import Lead, Statement, without_spot
from toolkit_builder.motions.wordings import read_words

_INSTEAD = (
    r"[\s,;.]*(?:and\s+|&\s*|then\s+|,\s*)*(?:then\s+)?(?:(?P<plain>(?:to\s+be\s+|be\s+)?(?:re-?plac(?:e|ed|ing|"
    r"ement)|substitut(?:e|ed|ing))"
    r"(?:\s+(?:it|them|this|these|those|that|the\s+above|the\s+same|text|(?:the\s+)?words?))?\s*(?:with|by|:|"
    r"as\s+follows))"
    r"|(?P<insert>(?:in\s+(?:its|their)\s+place\s*,?\s*|(?:in\s+(?:the\s+)?place|instead)\s+of\s+(?:it|this|these|them)\s*,?\s*)?(?:to\s+be\s+)?(?:insert(?:ing|ed)?|substitut(?:e|ing)|"
    r"replac(?:e|ing)|put|write\s+in)"
    r"(?:\s+instead|\s+in\s+(?:its|their)\s+(?:place|stead)|\s+in\s+lieu(?:\s+thereof)?|\s+therefor)?|"
    r"(?:the\s+)?(?:insertion|substitution)\s+of)"
    r"|(?P<add>add(?:ing)?)|(?P<with>with|by)(?=\s*(?::|[“\"‘'«]|\n)))(?![\w])"
)
_CHANGES = r"delet|insert|add|remov|replac|substitut|strik|omit|chang"
_STARTS = re.compile(
    rf"(?:{_CHANGES})\w*\b(?=\s+(?:the\s+words?\s+)?[“\"‘'«]|\s+all\b|\s+at\s+the)"
    r"|(?:after|before)\s+(?:the\s+words?\s+)?[“\"‘'«]",
    re.IGNORECASE,
)
"""How an instruction begins after ``Amend point 2:``; anything else there is new text."""


class Verbs(Statement):
    """The verbs that take something out: delete, replace, amend."""

    def _delete(self, lead: Lead) -> bool:
        if self.c.take(r"\s*and\s+(?:replace|substitute)\b(?!\s*(?:it\b|them\b|with\b|by\b|:))"):
            return self._replace(lead)
        targets, scope, lead = self._targets(lead)
        if not targets:
            return self._refuse("A206", self.c.at)
        here = self.c.at
        if match := self.c.take(_INSTEAD):
            newline = "\n" in match[0].rstrip("\n") and not match["plain"]
            separate = bool(match["insert"] or match["add"]) and (newline and bool(match["add"]))
            before = len(self.refusals)
            if not separate and self._replaced(lead, scope, targets, match):
                return True
            if self.pending is not None:
                return False
            del self.refusals[before:]
            self.c.at = here
        made = [Instruction(verb="delete", target=target) for target in targets]
        scopes = () if scope else ph.read_scopes(self.c)
        self._tail(made)
        for one in lead.scopes or ((),):
            for own in scopes or (scope,):
                for instruction in made:
                    self._emit(instruction, join_paths(one, own))
        self._keep(lead, scope)
        if scope and made[0].target and made[0].target.kind == "words":
            self._more_deletions(lead)
        return True

    def _more_deletions(self, lead: Lead) -> None:
        """``delete 'x' from point 1 and 'y' from point 3``."""
        c = self.c
        while True:
            here = c.at
            joint = c.take(r"\s*,?\s*(?:and|,)\s+(?=(?:the\s+words?\s+)?[“\"‘'«])")
            found = ph.read_target(c) if joint else None
            if found is None or not found[1]:
                c.at = here
                return
            for target in found[0]:
                for one in lead.scopes or ((),):
                    self._emit(Instruction(verb="delete", target=target), join_paths(one, found[1]))

    def _targets(self, lead: Lead) -> tuple[tuple[Target, ...], Path, Lead]:
        """What goes: named after the verb, or before it (``Paragraph 2: delete and replace with``)."""
        if lead.spot is not None:
            return self._at_spot(lead, lead.spot)
        if lead.targets and not lead.swap:
            if self.c.peek(r"\s*(?:the\s+words?\s+)?[“\"‘'«]"):  # "in line 3 'X', delete 'Y'": Y is in X
                lead = self._in_passage(lead)
            else:
                return lead.targets, ph.read_scope(self.c) or (), lead
        self.c.take(r"\s*:?\s*")
        here = self.c.at
        found = None if self.c.peek(r"\s*(?:and\s+)?(?:replace|insert|substitute)\b") else ph.read_target(self.c)
        if (
            found is None
            and self.c.take(r"(?:in|from|on|at|under)\s+")
            and (paths := read_paths(self.c, several=False))
        ):
            self.c.take(r"\s*[,:–-]\s*")
            found = ph.read_target(self.c)
            found = (found[0], join_paths(paths[0], found[1])) if found else None
        if found is not None:
            targets, scope = found
            if not scope:
                scope = ph.read_scope(self.c) or ()
            self.c.take(
                r"\s*,?\s*(?:entirely|altogether|completely|in\s+full|in\s+(?:its|their)\s+entirety|"
                r"as\s+a\s+whole)\b"
            )
            if not self._named(targets, lead, scope):
                targets = _numbers(targets)
                if scope or lead.scopes or not targets:
                    return (), (), lead
            targets = self._beside(targets)
            return targets, scope or ph.read_scope(self.c) or (), lead
        self.c.at = here
        blocks = [path for path in lead.scopes if path and RANKS[path[-1].unit] < RANKS["line"]]
        if (
            blocks
            and lead.own
            and (self.c.done or self.c.newline_ahead() or self.c.peek(r"\s*(?:[,;.:]|and\b)") or self.c.peek(_INSTEAD))
        ):
            return (Target(kind="places", places=lead.scopes),), (), Lead()
        return (), (), lead

    def _at_spot(self, lead: Lead, spot: Spot) -> tuple[tuple[Target, ...], Path, Lead]:
        """``After "X" delete all``; ``at the end of point 3 delete ";"``."""
        rest = without_spot(lead)
        if spot.kind == "after" and spot.ref is not None and (unit := ph.read_rest(self.c)) is not None:
            return (Target(kind="span", start=spot.ref, start_included=False, to_unit=unit),), (), rest
        found = ph.read_target(self.c)
        if found is None or len(found[0]) != 1:
            return (), (), lead
        target, scope = found[0][0], found[1]
        if target.kind == "all" and spot.kind == "after" and spot.ref is not None:
            return (Target(kind="span", start=spot.ref, start_included=False),), scope, rest
        if target.kind == "all" and spot.kind == "before" and spot.ref is not None:
            return (Target(kind="span", end=spot.ref, end_included=False),), scope, rest
        if (
            isinstance(spot.ref, Words)
            and isinstance(target.start, Words)
            and target.kind == "words"
            and not spot.ref.occurrence
        ):
            words = target.start
            if spot.kind == "after":
                words = replace(words, after=spot.ref.quote)
            elif spot.kind == "before":
                words = replace(words, before=spot.ref.quote)
            if words != target.start:
                return (replace(target, start=words),), scope, rest
        edge = spot.kind in {"start", "end"} and isinstance(spot.ref, tuple)
        if (
            edge
            and isinstance(spot.ref, tuple)
            and isinstance(target.start, Words)
            and target.kind == "words"
            and not target.start.occurrence
        ):
            words = replace(target.start, edge=spot.kind)
            rest.scopes = self._joined(rest.scopes, (spot.ref,))
            return (replace(target, start=words),), scope, rest
        return (), (), lead

    @staticmethod
    def _in_passage(lead: Lead) -> Lead:
        words = lead.targets[0].start
        quote = words.quote if isinstance(words, Words) else ""
        passage = (Place(unit="passage", containing=quote),)
        return Lead(scopes=tuple(join_paths(scope, passage) for scope in lead.scopes) or (passage,))

    def _named(self, targets: tuple[Target, ...], lead: Lead, scope: Path) -> bool:
        """A bare label (``delete 2 and 3``) needs the list it belongs to."""
        bare = [path for target in targets for path in target.places if path[0].unit == "point" and len(path) == 1]
        shown = self.c.source[self.begin : self.c.at]
        if not bare or re.search(
            r"points?|calls?|demands?|asks?|pts?\b|C[NBR]|\w\)|\b[ivx]{2,4}\b", shown, re.IGNORECASE
        ):
            return True
        lettered = all(len(path[0].labels) > 1 or _plainly_label(path[0].labels[0]) for path in bare)
        if lettered or (
            len(bare) == 1 and self.c.peek(r"\s*(?:with\b|to\s+read\b|:)") and bare[0][0].labels[0] in "ai"
        ):
            return True
        around = [*(place for path in lead.scopes for place in path), *scope, *self.carry, *self.context]
        return any(place.unit in {"section", "list"} for place in around)

    def _beside(self, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """``delete 'and' before 'conditions'``: the neighbour says which."""
        c = self.c
        only = targets[0]
        if len(targets) != 1 or only.kind != "words" or not isinstance(only.start, Words):
            return targets
        here = c.at
        if edge := c.take(r"\s*,?\s*(?:at|from)\s+the\s+(?P<edge>start|beginning|end)\b"):
            side = "end" if edge["edge"].lower() == "end" else "start"
            return (replace(only, start=replace(only.start, edge=side)),)
        if match := c.take(
            r"\s*,?\s*(?:immediately\s+|directly\s+)?(?P<how>after|before|following|"
            r"preceding)\s+(?:the\s+words?\s+)?(?=[“\"‘'«])"
        ):
            beside = c.quotation()
            if beside and beside.text and not c.peek(r"\s*,?\s*(?:insert|add)\b"):
                after = match["how"].lower() in {"after", "following"}
                words = replace(only.start, after=beside.text) if after else replace(only.start, before=beside.text)
                return (replace(only, start=words),)
        c.at = here
        return targets

    def _replaced(self, lead: Lead, scope: Path, targets: tuple[Target, ...], match: re.Match[str]) -> bool:
        """New text in the place of what goes; False where it has a place of its own."""
        c = self.c
        unit = nt.read_new_unit(c)
        own = bool(match["insert"] or match["add"])
        if unit and unit.label and own and not self._same_label(targets, unit):
            return False
        if own and ph.read_spot(c):
            return False
        text = self._text(c)
        if text is None:
            return False if own else self._refuse("A203", c.at)
        here = c.at
        if own and text.quoted and ph.read_spot(c):
            return False
        c.at = here
        return self._replacements(lead, scope, targets, text)

    @staticmethod
    def _same_label(targets: tuple[Target, ...], unit: nt.NewUnit) -> bool:
        paths = [path for target in targets for path in target.places]
        return bool(paths) and paths[0][-1].labels in {unit.label, ()}

    def _replacements(self, lead: Lead, scope: Path, targets: tuple[Target, ...], text: nt.NewText) -> bool:
        if len(targets) > 1:
            return self._refuse("A207", self.begin)
        made = [Instruction(verb="replace", target=targets[0], text=text.text, text_start=text.start)]
        if text.quoted:
            self.c.take(r"\s*,?\s*(?:in\s+(?:its|their)\s+(?:place|stead)|instead|in\s+lieu(?:\s+thereof)?)\b")
        if text.quoted and not scope and not self.c.sentence_over():
            scope = ph.read_scope(self.c) or ()
        if (
            text.quoted
            and isinstance(targets[0].start, Words)
            and self.c.take(
                r"\s*,?\s*(?:throughout(?:\s+(?:the\s+)?(?:motion|text))?|wherever\s+(?:it|they)\s+(?:occurs?|"
                r"appears?)|in\s+(?:all|both|each)\s+(?:places|cases|instances)|each\s+time\s+it\s+(?:occurs|"
                r"appears))\b"
            )
        ):
            made[0] = replace(made[0], target=replace(targets[0], start=replace(targets[0].start, every=True)))
        scopes = () if scope or not text.quoted or made[0].target != targets[0] else ph.read_scopes(self.c)
        self._tail(made)
        for one in lead.scopes or ((),):
            for own in scopes or (scope,):
                self._emit(made[0], join_paths(one, own))
        self._keep(lead, scope)
        return True

    def _with_text(self, lead: Lead, targets: tuple[Target, ...]) -> bool:
        self.c.take(r"\s*(?:with|by|to\s+read|as\s+follows)?\s*(?=[:“\"‘'«\n])")
        nt.read_new_unit(self.c)
        text = self._text(self.c)
        return text is not None and self._replacements(lead, (), targets, text)

    def _replace(self, lead: Lead) -> bool:
        c = self.c
        if lead.swap and lead.targets:  # "for 'X' substitute 'Y'"
            text = self._text(c)
            return text is not None and self._replacements(lead, (), lead.targets, text)
        here = c.at
        if c.take(r"\s*(?:it\s+)?(?:with|by)\b") or (
            c.peek(r"\s*:") and (lead.targets or lead.own) and not self._names_target()
        ):
            return self._instead_of_lead(lead)
        c.at = here
        if self._was(r"substitut\w+") and (text := nt.read_new_text(c, unquoted=False)):
            if c.take(r"\s*,?\s*(?:for|in\s+place\s+of|instead\s+of)\s+") and (found := ph.read_target(c)):
                return self._replacements(lead, join_paths(found[1], ph.read_scope(c) or ()), found[0], text)
            c.at = here
        if (
            self._was(r"substitut\w+")
            and c.take(r"\s*(?:in\s+place\s+of|for)\s+(?=\S)")
            and (found := _places(read_paths(c)) or ph.read_target(c))
        ):
            c.take(r"\s*,?\s*(?:the\s+following\b)?")
            text = self._text(c)
            return text is not None and self._replacements(lead, found[1], found[0], text)
        targets, scope, lead = self._targets(lead)
        if not targets:
            return self._refuse("A206", c.at)
        if not (c.take(r"\s*,?\s*(?:with|by|to\s+read|so\s+that\s+it\s+reads|as\s+follows)\b") or c.peek(r"\s*:")):
            return self._refuse("A203", c.at)
        nt.read_new_unit(c)
        new = self._text(c)
        if new is None:
            return self._refuse("A203", c.at)
        if not self._replacements(lead, scope, targets, new):
            return False
        while new.quoted:  # "replace 'a' with 'b' and 'c' with 'd'"
            here = c.at
            words = read_words(c) if c.take(r"\s*,?\s*(?:and|,)\s+(?=[“\"‘'«])") else None
            own = ph.read_scope(c) if words else None
            further = self._text(c) if words and c.take(r"\s*(?:with|by)\b") else None
            if words is None or further is None:
                c.at = here
                break
            if not self._replacements(lead, own or scope, (Target(kind="words", start=words),), further):
                return False
            new = further
        return True

    def _names_target(self) -> bool:
        """``Replace: "X" with: "Y"``: what goes follows the colon."""
        probe = Cursor(self.c.source, self.c.at)
        probe.take(r"\s*:\s*")
        return ph.read_target(probe) is not None and probe.peek(r"\s*,?\s*(?:with|by)\b")

    def _instead_of_lead(self, lead: Lead) -> bool:
        """``Paragraph 2: replace with "..."``; ``the words 'X': replace with 'Y'``."""
        targets = lead.targets
        if not targets and lead.own and lead.scopes and not lead.spot:
            targets, lead = (Target(kind="places", places=lead.scopes),), Lead()
        if not targets:
            return self._refuse("A206", self.c.at)
        nt.read_new_unit(self.c)
        text = self._text(self.c)
        return text is not None and self._replacements(lead, (), targets, text)

    def _amend(self, lead: Lead) -> bool:
        c = self.c
        if c.take(r"\s*from\b(?=\s*[“\"‘'«])") and (words := read_words(c)) and c.take(r"\s*,?\s*to\b"):
            text = self._text(c)
            return text is not None and self._replacements(lead, (), (Target(kind="words", start=words),), text)
        c.ranges = False  # "change 'X' to 'Y'" is no stretch of text
        targets, scope, lead = self._targets(lead)
        c.ranges = True
        if not targets and lead.own and lead.scopes:
            targets, lead = (Target(kind="places", places=lead.scopes),), Lead()
        if not targets:
            return self._refuse("A206", c.at)
        if c.take(r"\s*,?\s*from\b(?=\s*[“\"‘'«])") and (words := read_words(c)) and c.take(r"\s*,?\s*to\b"):
            text = self._text(c)
            paths = targets[0].places
            return text is not None and self._replacements(
                Lead(scopes=paths), scope, (Target(kind="words", start=words),), text
            )
        return self._amended(lead, scope, targets)

    def _amended(self, lead: Lead, scope: Path, targets: tuple[Target, ...]) -> bool:
        """``to read "..."`` gives new text; ``by deleting ...`` and ``as follows:`` give instructions."""
        c = self.c
        here = c.at
        paths = targets[0].places
        if paths and c.take(rf"\s*,?\s*(?:by|to)\b(?=\s+(?:{_CHANGES})\w*\s)"):
            self.carry = join_paths(self._scope_of(scope)[0], paths[0])
            return self._statement()
        if c.take(r"\s*,?\s*as\s+follows\s*[:;–-]?\s*") and paths and INSTRUCTION_LINE.match(c.source[c.at :].lstrip()):
            self.context = join_paths(scope, paths[0])
            return True
        c.at = here
        if paths and c.take(r"\s*[:,–-]\s*") and _STARTS.match(c.source, c.at):
            self.carry = join_paths(self._scope_of(scope)[0], paths[0])
            return self._statement()
        c.at = here
        if not c.take(
            r"\s*,?\s*(?:so\s+(?:that|as)\s+(?:it|they)?\s*(?:now\s+)?(?:to\s+)?(?:reads?|says)|"
            r"to\s+(?:now\s+)?(?:read|say|state|become|be)|into|to|as\s+follows|as(?=\s*:)|"
            r"with)\b(?:\s+as\s+follows)?"
        ) and not c.peek(r"\s*:"):
            return self._refuse("A203", c.at)
        text = self._text(c)
        if text is None:
            return self._refuse("A203", c.at)
        return self._replacements(lead, scope, targets, text)


def _places(paths: tuple[Path, ...]) -> tuple[tuple[Target, ...], Path] | None:
    return ((Target(kind="places", places=paths),), ()) if paths else None


def _plainly_label(label: str) -> bool:
    """A letter alone that is no word: ``delete c``, not ``delete a``."""
    return label.isalpha() and label not in {"a", "i", "o", "s", "t"}


def _numbers(targets: tuple[Target, ...]) -> tuple[Target, ...]:
    """``delete 4``: a number alone may be a point's or a paragraph's; other labels alone need their list."""
    paths = [path for target in targets for path in target.places]
    if any(len(path) > 1 or len(path[0].labels) > 1 or not path[0].labels[:1][0].isdigit() for path in paths):
        return ()
    return tuple(
        replace(target, places=tuple((replace(path[0], unit="number"),) for path in target.places))
        for target in targets
    )
