"""The words of an amendment -> typed instructions, with a report on every line that was not understood.

    amendment   = { noise } instruction { separator instruction }
    instruction = [label] {place | spot | words} verb ...
    insert      = "insert" {new unit | text | spot | "in" place}
    delete      = "delete" target ["in" place] ["and replace with" text]
    replace     = "replace" target "with" text | "substitute" text "for" target
    amend       = "amend" target "to read" text
    move        = "move" target "to" spot
    tail        = ["and renumber"] ["so that it reads" text]

A hand-written recursive descent; nothing is guessed: what the grammar does not cover is a diagnostic that
shows the nearest forms. docs/amendments.md has every form with an example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.motions import phrases as ph
from toolkit_builder.motions.instructions import RANKS, Instruction, Path, Place, Spot, Target, Words
from toolkit_builder.motions.places import join_paths, read_bare_label, read_new_label, read_paths, read_words
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.refusals import Refusal, as_diagnostic

_LABEL = (
    r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.):](?=[\s*_“\"‘'A-Z])|[-•–●▪◦·*](?=\s)|(?:amendment|part|change)\s+(?:\d+[\d.a-z]*|[a-z])\s*[:.)–-]"
    r"|\d{1,2}(?=\s+(?:in|delete|insert|add|replace|remove|after|before|amend|substitute)\b)|>)\s*"
)
_FILLER = (
    r"(?:and|then|also|please|finally|first(?:ly)?(?=,)|second(?:ly)?(?=,)|third(?:ly)?(?=,)|lastly|next(?=,)|further(?=,)|"
    r"additionally|to(?=\s+(?:delete|insert|add|remove|replace|amend|substitute|move|renumber)\b)|that(?=\s+(?:the|in|point|para))|"
    r"by(?=\s+(?:delet|insert|add|remov|replac|amend|substitut|mov)\w+)|"
    r"(?:amend|change)\s+(?:the\s+motion\s+|motion\s+[\d.]+\s+)?(?:by(?=\s+\w+ing)|to(?=\s+(?:delete|insert|add|replace|remove)))|"
    r"it\s+is\s+(?:proposed|moved)\s+(?:that|to)|(?:that\s+)?the\s+motion\s+(?:is|be|should\s+be|shall\s+be)\s+amended\s+by(?=\s+\w+ing)|"
    r"(?:we|the\s+branch|this\s+branch|the\s+region|the\s+committee)\s+(?:propose|proposes|move|moves|seek|seeks|wish|wishes)"
    r"(?:\s+to)?(?:\s+amend\s+(?:the\s+)?motion(?:\s+[\d.]+)?(?:\s+by)?)?)\b\s*,?"
)
_NOISE = re.compile(
    r"[ \t*_#>]*(?:"
    r"(?:proposed\s+|the\s+|this\s+)?(?:sub-?)?amendments?(?:\s+(?:no\.?\s*)?[A-Z]*\d[\w.]*)?(?:\s+to\s+(?:motion|composite|amendment|resolution)\s+[\w.]+)?(?:\s*[-–—(]\s*[^:\n]{1,60}?)?"
    r"|(?:to\s+)?amend(?:\s+(?:the\s+)?(?:motion|resolution|composite|text)(?:\s+[\w.]+)?)?(?:\s+as\s+follows)?"
    r"|(?:in\s+)?(?:motion|composite|resolution)\s+[A-Z]?\d[\w.]*(?:\s*[-–—,(:]\s*[^:\n“\"]{1,80}?)?"
    r"|the\s+following\s+amendments?(?:\s+(?:is|are)\s+(?:proposed|moved))?"
    r"|(?:we|the\s+branch|\w+\s+branch|\w+\s+region|\w+)\s+(?:propose|proposes|moves?|submits?)\s+(?:the\s+following\s+amendments?|to\s+amend(?:\s+(?:the\s+)?motion(?:\s+[\w.]+)?)?(?:\s+as\s+follows)?)"
    r")\s*[*_]*\s*[:.]?[ \t*_]*(?=\n|$)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[\s.;,:&*_)]+")
_INSTEAD = (
    r"[\s,;.]*(?:and\s+|&\s*|then\s+|,\s*)*(?:then\s+)?(?:(?P<plain>(?:to\s+be\s+|be\s+)?(?:re-?plac(?:e|ed|ing|ement)|substitut(?:e|ed|ing))"
    r"(?:\s+(?:it|them|this|these|those|that|the\s+above|the\s+same|text|(?:the\s+)?words?))?\s*(?:with|by|:|as\s+follows))"
    r"|(?P<insert>(?:in\s+(?:its|their)\s+place\s*,?\s*)?(?:to\s+be\s+)?(?:insert(?:ing|ed)?|substitut(?:e|ing)|replac(?:e|ing)|put)"
    r"(?:\s+instead|\s+in\s+(?:its|their)\s+place|\s+in\s+lieu|\s+therefor)?)"
    r"|(?P<add>add(?:ing)?)|(?P<with>with|by)(?=\s*(?::|[“\"‘'«]|\n)))(?![\w])"
)
_PASSIVE = (
    r"\s*,?\s*(?:(?:to|should|shall|must|will|would|is|are)\s+)*(?:to\s+)?be\s+(?:(?P<delete>deleted|removed|struck(?:\s+out)?|omitted|taken\s+out|cut)|"
    r"(?P<replace>replaced|substituted|changed|amended|altered)(?:\s+(?:with|by|to\s+read|to))?|(?P<move>moved)|(?P<insert>inserted|added))\b"
)
_TO_READ = (
    r"\s*,?\s*becomes\b|\s*,?\s*(?:(?:so\s+that|so\s+as)\s+(?:it|they)?\s*)?(?:to|should|shall|must|will|now)(?:\s+(?:now|be\s+amended\s+to|be\s+changed\s+to))?\s+"
    r"(?:read|say|state|become|be)\b(?:\s+as\s+follows|\s+instead)?"
)


_LISTED = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s*\w")


@dataclass(slots=True)
class _Lead:
    """What stood before the verb."""

    scopes: tuple[Path, ...] = ()
    own: bool = False  # the place was named without a preposition: "Paragraph 2: delete"
    spot: Spot | None = None
    targets: tuple[Target, ...] = ()
    swap: bool = False  # "for 'X'", "in place of 'X'"


@dataclass(slots=True)
class _Parser:
    c: Cursor
    out: list[Instruction] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    context: Path = ()
    carry: Path = ()
    pending: Refusal | None = None
    begin: int = 0

    # --- the sequence ------------------------------------------------------------------------------------

    def run(self) -> None:
        while True:
            self._separators()
            if self.c.at >= len(self.c.source):
                return
            if self._noise():
                continue
            self._labels()
            start = self.c.at
            self.c.furthest = start
            self.pending = None
            self.begin = start
            made = len(self.out)
            if self._statement() and self._ended():
                continue
            del self.out[made:]
            self.refusals.append(self.pending or Refusal("A201", start, self.c.furthest))
            self._next_line(start)

    def _separators(self) -> None:
        match = _SEPARATOR.match(self.c.source, self.c.at)
        if match:
            if "\n" in match[0] or self.c.at == 0:
                self.carry = ()
            self.c.move(match.end())

    def _labels(self) -> None:
        """An instruction's own number or bullet."""
        line_start = self.c.source.rfind("\n", 0, self.c.at) + 1
        if not self.c.source[line_start : self.c.at].strip(" \t*_>"):
            self.c.take(_LABEL)
            self.c.take(_LABEL)

    def _noise(self) -> bool:
        source, at = self.c.source, self.c.at
        if ph.TERMINATOR.match(source, source.rfind("\n", 0, at) + 1):
            return self._skip_remark()
        match = _NOISE.match(source, at)
        if match and match.end() > at:
            self.c.move(match.end())
            return True
        return False

    def _skip_remark(self) -> bool:
        """A mover's name is one line; a rationale is no instruction and runs to the end."""
        source, at = self.c.source, self.c.at
        line_end = source.find("\n", at)
        line = source[at : len(source) if line_end < 0 else line_end]
        whole = re.match(r"[\s*_>]*(?:rationale|reason|explan|purpose|background|supporting)", line, re.IGNORECASE)
        self.c.move(len(source) if whole or line_end < 0 else line_end)
        return True

    def _ended(self) -> bool:
        """An instruction must end where the text, a line or a sentence does, or another instruction begins."""
        if self.c.done or self.c.newline_ahead() or self.c.source[self.c.at - 1 : self.c.at] == "\n":
            return True
        if self.c.peek(r"\s*[.;,:)]") or self.c.peek(r"\s*(?:and|then)\s+(?!with\b)") or self.c.peek(
            rf"\s*(?:{ph.DELETE}|{ph.INSERT}|{ph.REPLACE}|{ph.AMEND}|{ph.MOVE}|in|after|before)\b"
        ):
            return True
        self.pending = self.pending or Refusal("A201", self.begin, self.c.at)
        return False

    def _next_line(self, start: int) -> None:
        """Go on after the line that was not understood, past its unread text, at the next instruction."""
        source = self.c.source
        at = source.find("\n", max(start, min(self.c.furthest, len(source) - 1)))
        while 0 <= at < len(source):
            line_end = source.find("\n", at + 1)
            line = source[at + 1 : len(source) if line_end < 0 else line_end]
            if ph.INSTRUCTION_LINE.match(line) or ph.TERMINATOR.match(source, at + 1):
                break
            at = line_end
        self.c.move(len(source) if at < 0 else at)

    # --- one instruction ---------------------------------------------------------------------------------

    def _statement(self) -> bool:
        while self.c.take(_FILLER):
            pass
        if self.out and (reads := ph.read_reads(self.c)):
            self.out[-1] = replace(self.out[-1], reads=reads.text)
            return True
        if ph.read_renumber(self.c):
            if self.out and self.out[-1].verb != "renumber":
                self.out[-1] = replace(self.out[-1], renumber=True)
            else:
                self._emit(Instruction(verb="renumber"), ())
            return True
        if self.c.peek(r"(?:a\s+)?(?:new|additional|further|extra)\s+(?:\w+\s+)?(?:paragraph|para|point|bullet|call)s?\b[^:\n]{0,30}:"):
            return self._insert(_Lead(), adding=True)  # "New point 4: ..."
        lead = self._lead()
        if self.c.word(ph.INSERT):
            return self._insert(lead, adding=self._was(r"add\w*|append\w*|put"))
        if self.c.word(ph.DELETE):
            return self._delete(lead)
        if self.c.word(ph.REPLACE):
            return self._replace(lead)
        if self.c.word(ph.AMEND):
            return self._amend(lead)
        if self.c.word(ph.MOVE):
            return self._move(lead)
        return self._verbless(lead)

    def _was(self, pattern: str) -> bool:
        words = re.findall(r"\w+", self.c.source[max(0, self.c.at - 30) : self.c.at])
        return bool(words) and re.fullmatch(pattern, words[-1], re.IGNORECASE) is not None

    def _lead(self) -> _Lead:
        """Places, a spot and quoted words before the verb, in any order."""
        lead = _Lead()
        while True:
            here = self.c.at
            if not lead.spot and (found := ph.read_spot(self.c)):
                lead.spot = found[0]
                lead.scopes = self._joined(lead.scopes, (found[1],) if found[1] else ())
            elif self.c.take(r"(?:for|in\s+place\s+of|instead\s+of|in\s+lieu\s+of)\s+") and (swap := ph.read_target(self.c)):
                lead.targets, lead.swap = swap[0], True
                lead.scopes = self._joined(lead.scopes, (swap[1],) if swap[1] else ())
            elif (self._back(here) and self._prefixed(lead)) or (self._back(here) and not lead.targets and self._leading_words(lead)):
                pass
            else:
                self.c.at = here
                break
            here = self.c.at
            mark = self.c.take(rf"\s*(?:[,:;–—-]+|\.(?=\s+(?:{ph.DELETE}|{ph.INSERT}|{ph.REPLACE}|{ph.AMEND}|after|before|for|line|sentence|point|bullet)\b))\s*")
            if mark is None and not self.c.peek(r"\s*\S"):
                break
            if "\n" in (mark[0] if mark else "") or self.c.newline_ahead():
                self.c.take(_LABEL)
            if lead.scopes and not lead.spot and not lead.targets and self._heading(mark[0] if mark else ""):
                self.context = lead.scopes[0] if len(lead.scopes) == 1 else ()
        return lead

    def _heading(self, mark: str) -> bool:
        """Whether the place just read stands on its own line: ``In paragraph 2:``."""
        return ("\n" in mark or self.c.newline_ahead() or "\n" in self.c.source[self.c.at - 1 : self.c.at]) and not mark.strip().startswith(",")

    def _prefixed(self, lead: _Lead) -> bool:
        prefix = self.c.take(r"(?:(?:in|at|under|on|within|to|into|from|for)\s+)") is not None
        if not prefix and lead.spot:
            return False
        paths = read_paths(self.c)
        line_start = not self.c.source[self.c.source.rfind("\n", 0, self.c.at) + 1 : self.c.at].strip()
        if not paths and (prefix or not line_start) and (label := read_bare_label(self.c)):
            paths = (label,)
        if not paths:
            return False
        lead.own = lead.own or not prefix
        lead.scopes = self._joined(lead.scopes, paths)
        return True

    def _leading_words(self, lead: _Lead) -> bool:
        """Words in marks before any verb: ``'X' to read 'Y'``, ``the words 'X' be deleted``."""
        words = read_words(self.c)
        if words is None:
            return False
        lead.targets = (Target(kind="words", start=words),)
        return True

    def _joined(self, scopes: tuple[Path, ...], paths: tuple[Path, ...]) -> tuple[Path, ...]:
        if not paths:
            return scopes
        if not scopes:
            return paths
        return tuple(join_paths(scope, path) for scope in scopes for path in paths)

    def _back(self, at: int) -> bool:
        self.c.at = at
        return True

    def _verbless(self, lead: _Lead) -> bool:
        """``Point 4 to be deleted``, ``'X' should read 'Y'``, or a heading for what follows."""
        targets = lead.targets
        scopes = lead.scopes
        if not targets and lead.own and scopes:
            targets, scopes = (Target(kind="places", places=scopes),), ()
        if lead.swap and targets and self.c.word(r"read|put|have"):
            return self._with_text(_Lead(scopes=scopes), targets)
        passive = self.c.take(_PASSIVE) if targets else None
        if not targets and not lead.spot and scopes and self.c.peek(_TO_READ):
            targets, scopes = (Target(kind="places", places=scopes),), ()
        if passive:
            rest = _Lead(scopes=scopes, targets=targets)
            if passive["delete"]:
                return self._delete(rest)
            if passive["replace"]:
                return self._with_text(rest, targets)
            if passive["move"]:
                return self._move(rest)
            return self._passive_insert(rest)
        if targets and self.c.take(_TO_READ) and self._with_text(_Lead(scopes=scopes), targets):
            return True
        if lead.spot and self.out and self.out[-1].verb == "insert" and self.c.peek(r"\s*[“\"‘'«]"):
            return self._insert(lead, adding=False)
        if lead.scopes and not lead.targets and not lead.spot and len(lead.scopes) == 1 and self.c.newline_ahead():
            self.context = lead.scopes[0]
            return True
        return False

    def _passive_insert(self, lead: _Lead) -> bool:
        """``'Y' to be inserted after 'X'``."""
        words = lead.targets[0].start if lead.targets[0].kind == "words" else None
        found = ph.read_spot(self.c)
        if not isinstance(words, Words) or found is None:
            return self._refuse("A202", self.c.at)
        text = ph.NewText(words.quote, self.begin, True)
        return self._inserted(_Lead(scopes=lead.scopes), join_paths(found[1], ph.read_scope(self.c) or ()), found[0], None, text,
                              adding=False, to_place=False, renumber=False)  # fmt: skip

    # --- insert ------------------------------------------------------------------------------------------

    def _insert(self, lead: _Lead, *, adding: bool) -> bool:
        c = self.c
        spot, scope = lead.spot, ()  # type: tuple[Spot | None, Path]
        unit: ph.NewUnit | None = None
        text: ph.NewText | None = None
        to_place = renumber = False
        instead: tuple[Target, ...] = lead.targets if lead.swap else ()
        if lead.targets and not lead.swap:
            return False
        c.take(r"\s*:\s*(?=(?:after|before|between|following|at\s+the|immediately)\b)")
        c.take(r"\s*,?\s*(?:the\s+following\b(?=\s+(?:at|after|before|to|in|under|as)\b)|in\b(?=\s*:))?")
        while not (text is not None and c.sentence_over()):
            here = c.at
            if text is None and unit is None and (unit := ph.read_new_unit(c)):
                continue
            if text is None and unit is None and (under := read_new_label(c)):
                unit, scope = ph.NewUnit("point", under[-1].labels), join_paths(scope, under[:-1])
                continue
            bracket = c.take(r"\s*\((?=\s*(?:after|before|at\s|between)\b)") is not None
            if spot is None and (found := ph.read_spot(c)) and (not bracket or c.take(r"\s*\)")):
                spot, scope = found[0], join_paths(scope, found[1])
                continue
            c.at = here
            if text is not None and not instead and c.take(r"\s*,?\s*(?:in\s+place\s+of|instead\s+of|in\s+lieu\s+of|for)\s+") and (
                swap := ph.read_target(c)
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
                text = ph.read_marked_text(c)
                if text is not None:
                    break
            c.at = here
            if text is None and unit is not None and ph.read_renumber(c):
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

    def _text(self, c: Cursor) -> ph.NewText | None:
        text = ph.read_new_text(c)
        if text is not None and text.doubt:
            code = "A204" if "closed" in text.doubt else "A205"
            self.refusals.append(Refusal(code, text.doubt_at, len(c.source), text.doubt))
        return text

    def _inserted(
        self, lead: _Lead, scope: Path, spot: Spot | None, unit: ph.NewUnit | None, text: ph.NewText, *,
        adding: bool, to_place: bool, renumber: bool,
    ) -> bool:  # fmt: skip
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
            if (name and name != "sentence" and (adding or name.removesuffix("s") in {"point", "bullet", "subpoint"} or to_place)) or (
                (anywhere or _LISTED.match(text.text)) and (adding or to_place)
            ):
                spot = Spot(kind="end")
            else:
                return self._refuse("A202", self.begin)
        made = [
            Instruction(verb="insert", spot=spot, text=text.text, unit=name, label=label, text_start=text.start,
                        renumber=renumber)
        ]
        self._tail(made)
        for one in scopes:
            self._emit(made[0], join_paths(one, scope))
        self.carry = _carried(self._scope_of(join_paths(scopes[-1], scope))[0])
        if text.quoted and not unit:
            self._more_insertions()
        return True

    def _more_insertions(self) -> None:
        """``insert 'Y' after 'X' and 'W' after 'Z'``."""
        c = self.c
        here = c.at
        if c.take(r"\s*,?\s*and\s+(?=[“\"‘'«])"):
            quotation = c.quotation()
            if quotation and quotation.text and (found := ph.read_spot(c)) and found[0].ref:
                made = Instruction(verb="insert", spot=found[0], text=quotation.text, text_start=quotation.start)
                self._emit(made, found[1])
                return
        c.at = here

    # --- delete and replace ------------------------------------------------------------------------------

    def _delete(self, lead: _Lead) -> bool:
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
        self._tail(made)
        for one in lead.scopes or ((),):
            for instruction in made:
                self._emit(instruction, join_paths(one, scope))
        self.carry = _carried(self._scope_of(join_paths((lead.scopes or ((),))[-1], scope))[0])
        return True

    def _targets(self, lead: _Lead) -> tuple[tuple[Target, ...], Path, _Lead]:
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
        if found is None and self.c.take(r"(?:in|from|on|at|under)\s+") and (paths := read_paths(self.c, several=False)):
            self.c.take(r"\s*[,:–-]\s*")
            found = ph.read_target(self.c)
            found = (found[0], join_paths(paths[0], found[1])) if found else None
        if found is not None:
            targets, scope = found
            if not scope:
                scope = ph.read_scope(self.c) or ()
            self.c.take(r"\s*,?\s*(?:entirely|altogether|completely|in\s+full|in\s+(?:its|their)\s+entirety|as\s+a\s+whole)\b")
            if not self._named(targets, lead, scope):
                return (), (), lead
            return self._beside(targets), scope, lead
        self.c.at = here
        blocks = [path for path in lead.scopes if path and RANKS[path[-1].unit] < RANKS["line"]]
        if blocks and lead.own and (self.c.done or self.c.newline_ahead() or self.c.peek(r"\s*(?:[,;.:]|and\b)") or self.c.peek(_INSTEAD)):
            return (Target(kind="places", places=lead.scopes),), (), _Lead()
        return (), (), lead

    def _at_spot(self, lead: _Lead, spot: Spot) -> tuple[tuple[Target, ...], Path, _Lead]:
        """``After "X" delete all``; ``at the end of point 3 delete ";"``."""
        rest = replace_lead(lead)
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
        if isinstance(spot.ref, Words) and isinstance(target.start, Words) and target.kind == "words" and not spot.ref.occurrence:
            beside = {"after": spot.ref.quote} if spot.kind == "after" else {"before": spot.ref.quote} if spot.kind == "before" else {}
            if beside:
                return (replace(target, start=replace(target.start, **beside)),), scope, rest
        edge = spot.kind in {"start", "end"} and isinstance(spot.ref, tuple)
        if edge and isinstance(spot.ref, tuple) and isinstance(target.start, Words) and target.kind == "words" and not target.start.occurrence:
            words = replace(target.start, occurrence=-1 if spot.kind == "end" else 1)
            rest.scopes = self._joined(rest.scopes, (spot.ref,))
            return (replace(target, start=words),), scope, rest
        return (), (), lead

    @staticmethod
    def _in_passage(lead: _Lead) -> _Lead:
        words = lead.targets[0].start
        quote = words.quote if isinstance(words, Words) else ""
        passage = (Place(unit="passage", containing=quote),)
        return _Lead(scopes=tuple(join_paths(scope, passage) for scope in lead.scopes) or (passage,))

    def _named(self, targets: tuple[Target, ...], lead: _Lead, scope: Path) -> bool:
        """A bare label (``delete 2 and 3``) needs the list it belongs to."""
        bare = [path for target in targets for path in target.places if path[0].unit == "point" and len(path) == 1]
        shown = self.c.source[self.begin : self.c.at]
        if not bare or re.search(r"points?|calls?|demands?|asks?|pts?\b|C[NBR]|\w\)|\b[ivx]{2,4}\b", shown, re.IGNORECASE):
            return True
        if all(len(path[0].labels) > 1 for path in bare):
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
        if match := c.take(r"\s*,?\s*(?:immediately\s+|directly\s+)?(?P<how>after|before|following|preceding)\s+(?:the\s+words?\s+)?(?=[“\"‘'«])"):
            beside = c.quotation()
            if beside and beside.text and not c.peek(r"\s*,?\s*(?:insert|add)\b"):
                after = match["how"].lower() in {"after", "following"}
                words = replace(only.start, after=beside.text) if after else replace(only.start, before=beside.text)
                return (replace(only, start=words),)
        c.at = here
        return targets

    def _replaced(self, lead: _Lead, scope: Path, targets: tuple[Target, ...], match: re.Match[str]) -> bool:
        """New text in the place of what goes; False where it has a place of its own."""
        c = self.c
        unit = ph.read_new_unit(c)
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
    def _same_label(targets: tuple[Target, ...], unit: ph.NewUnit) -> bool:
        paths = [path for target in targets for path in target.places]
        return bool(paths) and paths[0][-1].labels in {unit.label, ()}

    def _replacements(self, lead: _Lead, scope: Path, targets: tuple[Target, ...], text: ph.NewText) -> bool:
        if len(targets) > 1:
            return self._refuse("A207", self.begin)
        made = [Instruction(verb="replace", target=targets[0], text=text.text, text_start=text.start)]
        if text.quoted and not scope and not self.c.sentence_over():
            scope = ph.read_scope(self.c) or ()
        if text.quoted and isinstance(targets[0].start, Words) and self.c.take(
            r"\s*,?\s*(?:throughout(?:\s+(?:the\s+)?(?:motion|text))?|wherever\s+(?:it|they)\s+(?:occurs?|appears?)|in\s+(?:all|both|each)\s+(?:places|cases|instances)|each\s+time\s+it\s+(?:occurs|appears))\b"
        ):
            made[0] = replace(made[0], target=replace(targets[0], start=replace(targets[0].start, every=True)))
        self._tail(made)
        for one in lead.scopes or ((),):
            self._emit(made[0], join_paths(one, scope))
        self.carry = _carried(self._scope_of(join_paths((lead.scopes or ((),))[-1], scope))[0])
        return True

    def _with_text(self, lead: _Lead, targets: tuple[Target, ...]) -> bool:
        self.c.take(r"\s*(?:with|by|to\s+read|as\s+follows)?\s*(?=[:“\"‘'«\n])")
        ph.read_new_unit(self.c)
        text = self._text(self.c)
        return text is not None and self._replacements(lead, (), targets, text)

    def _replace(self, lead: _Lead) -> bool:
        c = self.c
        if lead.swap and lead.targets:  # "for 'X' substitute 'Y'"
            text = self._text(c)
            return text is not None and self._replacements(lead, (), lead.targets, text)
        here = c.at
        if c.take(r"\s*(?:it\s+)?(?:with|by)\b") or (c.peek(r"\s*:") and (lead.targets or lead.own) and not self._names_target()):
            return self._instead_of_lead(lead)
        c.at = here
        if self._was(r"substitut\w+") and (text := ph.read_new_text(c, unquoted=False)):
            if c.take(r"\s*,?\s*(?:for|in\s+place\s+of|instead\s+of)\s+") and (found := ph.read_target(c)):
                return self._replacements(lead, join_paths(found[1], ph.read_scope(c) or ()), found[0], text)
            c.at = here
        targets, scope, lead = self._targets(lead)
        if not targets:
            return self._refuse("A206", c.at)
        if not (c.take(r"\s*,?\s*(?:with|by|to\s+read|so\s+that\s+it\s+reads|as\s+follows)\b") or c.peek(r"\s*:")):
            return self._refuse("A203", c.at)
        ph.read_new_unit(c)
        new = self._text(c)
        if new is None:
            return self._refuse("A203", c.at)
        if not self._replacements(lead, scope, targets, new):
            return False
        here = c.at  # "replace 'a' with 'b' and 'c' with 'd'"
        if new.quoted and c.take(r"\s*,?\s*and\s+(?=[“\"‘'«])") and (words := read_words(c)) and c.take(r"\s*(?:with|by)\b"):
            further = self._text(c)
            return further is not None and self._replacements(lead, scope, (Target(kind="words", start=words),), further)
        c.at = here
        return True

    def _names_target(self) -> bool:
        """``Replace: "X" with: "Y"``: what goes follows the colon."""
        probe = Cursor(self.c.source, self.c.at)
        probe.take(r"\s*:\s*")
        return ph.read_target(probe) is not None and probe.peek(r"\s*,?\s*(?:with|by)\b")

    def _instead_of_lead(self, lead: _Lead) -> bool:
        """``Paragraph 2: replace with "..."``; ``the words 'X': replace with 'Y'``."""
        targets = lead.targets
        if not targets and lead.own and lead.scopes and not lead.spot:
            targets, lead = (Target(kind="places", places=lead.scopes),), _Lead()
        if not targets:
            return self._refuse("A206", self.c.at)
        ph.read_new_unit(self.c)
        text = self._text(self.c)
        return text is not None and self._replacements(lead, (), targets, text)

    def _amend(self, lead: _Lead) -> bool:
        c = self.c
        if c.take(r"\s*from\b(?=\s*[“\"‘'«])") and (words := read_words(c)) and c.take(r"\s*,?\s*to\b"):
            text = self._text(c)
            return text is not None and self._replacements(lead, (), (Target(kind="words", start=words),), text)
        c.ranges = False  # "change 'X' to 'Y'" is no stretch of text
        targets, scope, lead = self._targets(lead)
        c.ranges = True
        if not targets and lead.own and lead.scopes:
            targets, lead = (Target(kind="places", places=lead.scopes),), _Lead()
        if not targets:
            return self._refuse("A206", c.at)
        if c.take(r"\s*,?\s*from\b(?=\s*[“\"‘'«])") and (words := read_words(c)) and c.take(r"\s*,?\s*to\b"):
            text = self._text(c)
            paths = targets[0].places
            return text is not None and self._replacements(_Lead(scopes=paths), scope, (Target(kind="words", start=words),), text)
        return self._amended(lead, scope, targets)

    def _amended(self, lead: _Lead, scope: Path, targets: tuple[Target, ...]) -> bool:
        """``to read "..."`` gives new text; ``by deleting ...`` and ``as follows:`` give instructions."""
        c = self.c
        here = c.at
        paths = targets[0].places
        if c.take(r"\s*,?\s*by\b(?=\s+(?:delet|insert|add|remov|replac|substitut|chang)\w+)") and paths:
            self.carry = join_paths(self._scope_of(scope)[0], paths[0])
            return self._statement()
        if c.take(r"\s*,?\s*as\s+follows\s*[:;–-]?\s*") and paths and ph.INSTRUCTION_LINE.match(c.source[c.at :].lstrip()):
            self.context = join_paths(scope, paths[0])
            return True
        c.at = here
        if not c.take(r"\s*,?\s*(?:so\s+(?:that|as)\s+(?:it|they)?\s*(?:now\s+)?(?:to\s+)?(?:reads?|says)|to\s+(?:now\s+)?(?:read|say|state|become|be)|into|to|as\s+follows|as(?=\s*:)|with)\b(?:\s+as\s+follows)?") and not c.peek(r"\s*:"):
            return self._refuse("A203", c.at)
        text = self._text(c)
        if text is None:
            return self._refuse("A203", c.at)
        return self._replacements(lead, scope, targets, text)

    def _move(self, lead: _Lead) -> bool:
        c = self.c
        c.ranges = False
        targets, scope, lead = self._targets(lead)
        c.ranges = True
        if len(targets) != 1:
            return self._refuse("A206", c.at)
        c.take(r"\s*,?\s*(?:up|down)?\s*(?:so\s+that\s+(?:it|they)\s+(?:comes?|stands?|follows?|is|are|appears?)|to\s+(?:stand|follow|come|appear)|to(?=\s+(?:after|before|immediately|directly|follow|between|just)))?\b")
        if c.take(r"\s*,?\s*(?:to\s+(?:become|be)|so\s+that\s+it\s+becomes|as)\s+(?:the\s+)?(?:new\s+)?"):
            unit = ph.read_new_unit(Cursor(c.source, c.at)) or None
            paths = read_paths(c, several=False)
            if paths and (paths[0][-1].labels or paths[0][-1].ordinal):
                place = paths[0][-1]
                scope = join_paths(scope, paths[0][:-1])
                labels = place.labels or ((str(place.ordinal),) if place.ordinal > 0 else ())
                spot = None if labels else Spot(kind="end")
                made = [Instruction(verb="move", target=targets[0], spot=spot, unit=place.unit, label=labels)]
                del unit
                return self._moved(made, lead, scope)
            return False
        found = ph.read_spot(c)
        if found is None:
            return self._refuse("A202", c.at)
        return self._moved([Instruction(verb="move", target=targets[0], spot=found[0])], lead, join_paths(scope, found[1]))

    def _moved(self, made: list[Instruction], lead: _Lead, scope: Path) -> bool:
        self._tail(made)
        for one in lead.scopes or ((),):
            self._emit(made[0], join_paths(one, scope))
        return True

    # --- tails, scopes, refusals -------------------------------------------------------------------------

    def _tail(self, made: list[Instruction]) -> None:
        """``and renumber``, ``so that it reads "..."``, in either order."""
        for _ in range(2):
            if ph.read_renumber(self.c):
                made[:] = [replace(i, renumber=True) for i in made]
            here = self.c.at
            if not self.c.newline_ahead() and (reads := ph.read_reads(self.c)):
                made[-1] = replace(made[-1], reads=reads.text)
            else:
                self.c.at = here

    def _scope_of(self, own: Path) -> tuple[Path, int]:
        """A scope with what it inherits: from a heading above, or from earlier in the sentence."""
        around = self.carry or self.context
        if not around:
            return own, 0
        if not own:
            return around, len(around)
        if RANKS[own[0].unit] > RANKS[around[-1].unit]:
            return join_paths(around, own), len(around)
        return own, 0

    def _emit(self, instruction: Instruction, own: Path) -> None:
        scope, inherited = self._scope_of(own)
        if own and not inherited:
            self.context = self.context if self.context == own else ()
        if inherited == len(scope) and instruction.unit.removesuffix("s") in {"paragraph", "heading"}:
            scope, inherited = tuple(p for p in scope if RANKS[p.unit] < RANKS["paragraph"]), 0
        target = instruction.target
        paths = list(target.places) if target else []
        if inherited and paths and any(RANKS[p[0].unit] <= RANKS[scope[-1].unit] for p in paths):
            scope, inherited = own, 0
        self.out.append(
            replace(instruction, scope=scope, inherited=inherited, start=self.begin, end=self.c.at)
        )

    def _refuse(self, code: str, at: int) -> bool:
        self.pending = self.pending or Refusal(code, self.begin, max(at, self.begin))
        return False


def replace_lead(lead: _Lead) -> _Lead:
    """The same places without the spot, which has become part of the target."""
    return _Lead(scopes=lead.scopes, own=lead.own)


def _carried(scope: Path) -> Path:
    """What later clauses of a sentence inherit: paragraphs and points, not lines."""
    return tuple(place for place in scope if RANKS[place.unit] < RANKS["sentence"])


def parse_instructions(
    source: str, path: str = "", first_line: int = 1
) -> tuple[tuple[Instruction, ...], list[Diagnostic]]:
    """The instructions of an amendment in order, and a diagnostic for whatever was not understood.

    ``first_line`` is the line of the file that ``source`` begins on. When a diagnostic is an error, the
    instructions are those that could be read; nobody should apply a part of an amendment.
    """
    parser = _Parser(Cursor(source))
    parser.run()
    if not parser.out and not parser.refusals:
        parser.refusals.append(Refusal("A208", 0, 0))
    found = [as_diagnostic(refusal, source, path, first_line) for refusal in parser.refusals]
    return tuple(parser.out), found
