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

from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.motions import newtext as nt
from toolkit_builder.motions import phrases as ph
from toolkit_builder.motions.adding import Adding
from toolkit_builder.motions.instructions import Instruction, Place, Target
from toolkit_builder.motions.places import read_bare_label, read_paths
from toolkit_builder.motions.quotations import INSTRUCTION_LINE
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.refusals import Refusal, as_diagnostic
from toolkit_builder.motions.statement import Lead
from toolkit_builder.motions.wordings import read_words

_LABEL = (
    r"(?:\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.):](?=[\s*_“\"‘'A-Z])|[-•–●▪◦·*](?=\s)|(?:(?:friendly|drafting|proposed|technical|further|"
    r"procedural)\s+)?amendment\s*:|(?:editorial|drafting|correction)\s*:|(?:amendment|part|change)\s+(?:\d+[\d.a-z]*|[a-z])\s*[:.)–-]"
    r"|\d{1,2}(?=\s+(?:in|delete|insert|add|replace|remove|after|before|amend|substitute)\b)|>)\s*"
)
_FILLER = (
    r"(?:and|then|also|please|finally|first(?:ly)?(?=,)|second(?:ly)?(?=,)|third(?:ly)?(?=,)|lastly|next(?=,)|"
    r"further(?=,)|"
    r"additionally|to(?=\s+(?:delete|insert|add|remove|replace|amend|substitute|move|renumber)\b)|"
    r"that(?=\s+(?:the|in|point|para|[“\"‘']))|"
    r"by(?=\s+(?:the\s+)?(?:delet|insert|add|remov|replac|amend|substitut|mov|strik)\w+)|"
    r"(?:amend|change)\s+(?:the\s+motion\s+|motion\s+[\d.]+\s+)?(?:by(?=\s+\w+ing|\s+the\s+\w+ion\s+of)|to(?=\s+(?:delete|insert|add|"
    r"replace|remove)))|"
    r"it\s+is\s+(?:proposed|moved)\s+(?:that|to)|(?:that\s+)?the\s+motion\s+(?:is|be|should\s+be|"
    r"shall\s+be)\s+amended\s+by(?=\s+\w+ing|\s+the\s+\w+ion\s+of)|"
    r"the(?=\s+(?:deletion|insertion|addition|removal|substitution|replacement)\s+of\b)|"
    r"(?:we|the\s+branch|this\s+branch|the\s+region|the\s+committee)\s+(?:propose|proposes|move|moves|seek|"
    r"seeks|wish|wishes)"
    r"(?:\s+to)?(?:\s+amend\s+(?:the\s+)?motion(?:\s+[\d.]+)?(?:\s+by)?)?)\b\s*,?"
)
_NOISE = re.compile(
    r"[ \t*_#>]*(?:"
    r"(?:proposed\s+|the\s+|"
    r"this\s+)?(?:sub-?)?amendments?(?:\s+(?:no\.?\s*)?[A-Z]*\d[\w.]*)?(?:\s+to\s+(?:motion|composite|amendment|"
    r"resolution)\s+[\w.]+)?(?:\s*[-–—(]\s*[^:\n]{1,60}?)?"
    r"|(?:to\s+)?amend(?:\s+(?:the\s+)?(?:motion|resolution|composite|text)(?:\s+[\w.]+)?)?(?:\s+as\s+follows)?"
    r"|(?:in\s+)?(?:motion|composite|resolution)\s+[A-Z]?\d[\w.]*(?:\s*[-–—,(:]\s*[^:\n“\"]{1,80}?)?"
    r"|(?!(?:amend|delete|insert|add|replace|in|at|after)\b)(?:(?!paragraph|para\b|point|bullet|clause|sentence|line\b|section|"
    r"title)[^\n“”\"‘«:]){1,90}?\bamend(?:ed|ments?|s|ing)?\b(?:(?!paragraph|para\b|point|bullet|clause|sentence|line\b|"
    r"section|title)[^\n“”\"‘«:]){0,60}(?:as\s+follows|:)"
    r"|the\s+following\s+amendments?(?:\s+(?:is|are)\s+(?:proposed|moved))?"
    r"|(?:we|the\s+branch|\w+\s+branch|\w+\s+region|\w+)\s+(?:propose|proposes|moves?|"
    r"submits?)\s+(?:the\s+following\s+amendments?|"
    r"to\s+amend(?:\s+(?:the\s+)?motion(?:\s+[\w.]+)?)?(?:\s+as\s+follows)?)"
    r")\s*[*_]*\s*[:.]?[ \t*_]*(?=\n|$)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[\s.;,:&*_)]+")
_PASSIVE = (
    r"\s*,?\s*(?:(?:to|should|shall|must|will|would|is|are)\s+)*(?:to\s+)?be\s+(?:(?P<delete>deleted|removed|"
    r"struck(?:\s+out)?|omitted|taken\s+out|cut)|"
    r"(?P<replace>replaced|substituted|changed|amended|altered)(?:\s+(?:with|by|to\s+read|to))?|(?P<move>moved)|"
    r"(?P<insert>inserted|added))\b"
)
_TO_READ = (
    r"\s*(?:→|[-=–—]+>)|\s*,?\s*becomes\b|\s*,?\s*(?:(?:so\s+that|so\s+as)\s+(?:it|they)?\s*)?(?:to|should|shall|must|will|"
    r"now)(?:\s+(?:now|be\s+amended\s+to|be\s+changed\s+to))?\s+"
    r"(?:read|say|state|become|be)\b(?:\s+as\s+follows|\s+instead)?"
)
_EVERYWHERE = (
    r"(?:(?:in|at|on)\s+(?:each|every)\s+(?:place|instance|case|point|occasion)(?:\s+(?:where|in\s+which|that|at\s+which)\s+"
    r"(?:it|they|this)\s+(?:occurs?|appears?))?|throughout(?:\s+(?:the\s+)?(?:motion|text))?|"
    r"wherever\s+(?:it|they)\s+(?:occurs?|appears?))\s*[,:]\s*"
)
"""``Throughout the motion, replace``: all places of the words that follow."""

_NEW_TITLE = (
    r"(?:(?:retitle|rename|re-title)(?:\s+(?:the\s+|this\s+)?motion)?(?:\s+(?:as|to))?|(?:a\s+)?new\s+title(?:\s+to\s+read)?)"
    r"\s*[:–-]?\s*(?=[“\"‘'«])"
)
_LABEL_IN_LINE = (
    r"\d{1,2}(?:\.\d{1,2})+\s*(?:\([a-z]+\))?\s*[,:]?\s|"
    r"(?:[a-h]|[ivx]{1,4})\s*,\s*(?:lines?|sentences?|first|second|third|last|final)\b"
)
"""``ii, line 1``: at a line's beginning only a place goes on so; elsewhere a label is the instruction's own number."""
_PLACED_BACKGROUND = re.compile(
    rf"[\s*_>]*background\s*:[\s*_]*(?:(?:{ph.DELETE}|{ph.INSERT}|{ph.REPLACE})\s+(?:the\s+words?\s+)?|(?:after|before)\s+)"
    r"(?:[“\"‘'«]|at\s+(?:the\s+)?end)",
    re.IGNORECASE,
)
"""``Background: delete "X"``: the heading of a motion's part, not the mover's reasons."""


class Parser(Adding):
    """The sequence of an amendment, and each statement in it."""

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
        if nt.TERMINATOR.match(source, source.rfind("\n", 0, at) + 1):
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
        if _PLACED_BACKGROUND.match(line):
            return False
        whole = re.match(r"[\s*_>]*(?:rationale|reason|explan|purpose|background|supporting)", line, re.IGNORECASE)
        if whole:
            self.refusals.append(Refusal("A209", at, at))
        self.c.move(len(source) if whole or line_end < 0 else line_end)
        return True

    def _ended(self) -> bool:
        """An instruction must end where the text, a line or a sentence does, or another instruction begins."""
        if self.c.done or self.c.newline_ahead() or self.c.source[self.c.at - 1 : self.c.at] == "\n":
            return True
        if (
            self.c.peek(r"\s*[.;,:)]")
            or self.c.peek(r"\s*(?:and|then|also|additionally|finally)\b,?\s+(?!with\b)")
            or self.c.peek(rf"\s*(?:{ph.DELETE}|{ph.INSERT}|{ph.REPLACE}|{ph.AMEND}|{ph.MOVE}|in|after|before)\b")
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
            if INSTRUCTION_LINE.match(line) or nt.TERMINATOR.match(source, at + 1):
                break
            at = line_end
        self.c.move(len(source) if at < 0 else at)

    # --- one instruction ---------------------------------------------------------------------------------

    def _statement(self) -> bool:
        while self.c.take(_FILLER):
            pass
        self.everywhere = self.c.take(_EVERYWHERE) is not None
        if self.out and (reads := nt.read_reads(self.c)):
            self.out[-1] = replace(self.out[-1], reads=reads.text)
            return True
        if self._new_title() or self._renumber_codes():
            return True
        if nt.read_renumber(self.c):
            if self.out and self.out[-1].verb != "renumber":
                self.out[-1] = replace(self.out[-1], renumber=True)
            else:
                self._emit(Instruction(verb="renumber"), ())
            return True
        if self.c.peek(
            r"(?:a\s+)?(?:new|additional|further|extra)\s+(?:(?:\w+\s+)?(?:paragraph|para|point|bullet|"
            r"call)s?\b[^:\n]{0,30}:|(?:(?:conference|congress|council|union)\s+)?(?:notes|believes|resolves)\b"
            r"(?:\s+\d{1,2})?\s*[:“\"‘'«])"
        ):
            return self._insert(Lead(), adding=True)  # "New point 4: ..."
        lead = self._lead()
        if self.c.word(ph.INSERT):
            return self._insert(lead, adding=self._was(r"add\w*|append\w*|put"))
        if self.c.word(ph.DELETE):
            return self._delete(lead)
        if self._swap(lead):
            return True
        if self.c.word(ph.REPLACE):
            return self._replace(lead)
        if self.c.word(ph.AMEND):
            return self._amend(lead)
        if self.c.word(ph.MOVE):
            return self._move(lead)
        return self._verbless(lead)

    def _new_title(self) -> bool:
        """``Retitle the motion 'X'``, ``New title: 'X'``; False (and no move) for anything else."""
        here = self.c.at
        if self.c.take(_NEW_TITLE) and (text := nt.read_new_text(self.c, unquoted=False)):
            target = Target(kind="places", places=((Place(unit="title"),),))
            self._emit(Instruction(verb="replace", target=target, text=text.text, text_start=text.start), ())
            return True
        self.c.at = here
        return False

    def _lead(self) -> Lead:
        """Places, a spot and quoted words before the verb, in any order."""
        lead = Lead()
        while True:
            here = self.c.at
            if not lead.spot and (found := ph.read_spot(self.c)):
                lead.spot = found[0]
                lead.trailing = not lead.scopes
                lead.scopes = self._joined(lead.scopes, (found[1],) if found[1] else ())
            elif self.c.take(r"(?:for|in\s+place\s+of|instead\s+of|in\s+lieu\s+of)\s+") and (
                swap := ph.read_target(self.c)
            ):
                lead.targets, lead.swap = swap[0], True
                lead.scopes = self._joined(lead.scopes, (swap[1],) if swap[1] else ())
            elif (self._back(here) and self._prefixed(lead)) or (
                self._back(here) and not lead.targets and self._leading_words(lead)
            ):
                pass
            else:
                self.c.at = here
                break
            here = self.c.at
            mark = self.c.take(
                rf"\s*(?:\.?[,:;–—-]+(?!>)|\.(?=\s+(?:{ph.DELETE}|{ph.INSERT}|{ph.REPLACE}|{ph.AMEND}|after|"
                rf"before|for|line|sentence|point|bullet)\b))\s*"
            )
            if mark is None and not self.c.peek(r"\s*\S"):
                break
            if "\n" in (mark[0] if mark else "") or self.c.newline_ahead():
                self.c.take(_LABEL)
            if lead.scopes and not lead.spot and not lead.targets and self._heading(mark[0] if mark else ""):
                self.context = lead.scopes[0] if len(lead.scopes) == 1 else ()
        return lead

    def _prefixed(self, lead: Lead) -> bool:
        prefix = self.c.take(r"(?:(?:in|at|under|on|within|to|into|from|for)\s+)") is not None
        if not prefix and lead.spot:
            return False
        paths = read_paths(self.c)
        line_start = not self.c.source[self.c.source.rfind("\n", 0, self.c.at) + 1 : self.c.at].strip()
        named = c.peek(_LABEL_IN_LINE) if (c := self.c) and line_start else True
        if not paths and (prefix or named) and (label := read_bare_label(self.c)):
            paths = (label if prefix else tuple(replace(place, numbering=True) for place in label),)
        if not paths:
            return False
        lead.own = lead.own or not prefix
        lead.scopes = self._joined(lead.scopes, paths)
        return True

    def _leading_words(self, lead: Lead) -> bool:
        """Words in marks before any verb: ``'X' to read 'Y'``, ``the words 'X' be deleted``."""
        words = read_words(self.c)
        if words is None:
            return False
        lead.targets = (Target(kind="words", start=words),)
        return True

    def _verbless(self, lead: Lead) -> bool:
        """``Point 4 to be deleted``, ``'X' should read 'Y'``, or a heading for what follows."""
        targets = lead.targets
        scopes = lead.scopes
        if not targets and lead.own and scopes:
            targets, scopes = (Target(kind="places", places=scopes),), ()
        if lead.swap and targets and self.c.word(r"read|put|have"):
            return self._with_text(Lead(scopes=scopes), targets)
        passive = self.c.take(_PASSIVE) if targets else None
        if not targets and not lead.spot and scopes and self.c.peek(_TO_READ):
            targets, scopes = (Target(kind="places", places=scopes),), ()
        if passive:
            rest = Lead(scopes=scopes, targets=targets)
            if passive["delete"]:
                return self._delete(rest)
            if passive["replace"]:
                return self._with_text(rest, targets)
            if passive["move"]:
                return self._move(rest)
            return self._passive_insert(rest)
        if targets and self.c.take(_TO_READ) and self._with_text(Lead(scopes=scopes), targets):
            return True
        if lead.spot and self.out and self.out[-1].verb == "insert" and self.c.peek(r"\s*[“\"‘'«]"):
            return self._insert(lead, adding=False)
        line_start = self.c.source.rfind("\n", 0, self.begin) + 1
        alone = re.fullmatch(rf"[\s*_>]*(?:{_LABEL})*", self.c.source[line_start : self.begin], re.IGNORECASE)
        if alone and len(lead.scopes) == 1 and not lead.targets and not lead.spot and self.c.newline_ahead():
            self.context = lead.scopes[0]
            return True
        return False


def parse_instructions(
    source: str, path: str = "", first_line: int = 1
) -> tuple[tuple[Instruction, ...], list[Diagnostic]]:
    """The instructions of an amendment in order, and a diagnostic for whatever was not understood.

    ``first_line`` is the line of the file that ``source`` begins on. When a diagnostic is an error, the
    instructions are those that could be read; nobody should apply a part of an amendment.
    """
    source = source.replace("\r\n", "\n")  # lines and columns stay the same
    parser = Parser(Cursor(source))
    parser.run()
    if not parser.out and not any(refusal.code != "A209" for refusal in parser.refusals):
        parser.refusals.append(Refusal("A208", 0, 0))
    found = [as_diagnostic(refusal, source, path, first_line) for refusal in parser.refusals]
    return tuple(parser.out), found
