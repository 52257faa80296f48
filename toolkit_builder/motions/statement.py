"""What the verbs of the amendment grammar share: the cursor, places given once for several instructions, refusals."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.motions import newtext as nt
from toolkit_builder.motions.instructions import RANKS, Instruction, Path, Place, Spot, Target, Words
from toolkit_builder.motions.paths import join_paths
from toolkit_builder.motions.places import stub
from toolkit_builder.motions.reading import Cursor
from toolkit_builder.motions.refusals import Refusal

_UNREAD = re.compile(r"[ \t]+\w[^“\"‘«:\n]*[:\s][“\"‘«]")
"""Words that stand before a quotation: what was not understood is they."""

_SAME = re.compile(r"\bsame\s+(?P<unit>sentence|paragraph|para|point|bullet|call|clause)\b(?!\s*\(?\d)", re.IGNORECASE)


class Lead(Struct):
    """What stood before the verb."""

    scopes: tuple[Path, ...] = ()
    own: bool = False  # the place was named without a preposition: "Paragraph 2: delete"
    spot: Spot | None = None
    targets: tuple[Target, ...] = ()
    swap: bool = False  # "for 'X'", "in place of 'X'"
    trailing: bool = False  # the place only followed words: "after 'X' in point 4"


@dataclass
class Statement(ABC):
    """The state of a parse: what was read, what was refused, and the places that still hold."""

    c: Cursor
    out: list[Instruction] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    context: Path = ()
    carry: Path = ()
    pending: Refusal | None = None
    begin: int = 0
    named: Path = ()  # the place of the instruction before, down to the sentence of its words
    everywhere: bool = False
    soft: bool = False

    @abstractmethod
    def _statement(self) -> bool:
        """Read one instruction; False where it is not understood."""

    def _was(self, pattern: str) -> bool:
        said = re.search(r"(\w+)(?:\s+of)?\s*\Z", self.c.source[max(0, self.c.at - 30) : self.c.at])
        return said is not None and re.fullmatch(pattern, said[1], re.IGNORECASE) is not None

    def _heading(self, mark: str) -> bool:
        """Whether the place just read stands on its own line: ``In paragraph 2:``."""
        return (
            "\n" in mark or self.c.newline_ahead() or "\n" in self.c.source[self.c.at - 1 : self.c.at]
        ) and not mark.strip().startswith(",")

    def _joined(self, scopes: tuple[Path, ...], paths: tuple[Path, ...]) -> tuple[Path, ...]:
        if not paths:
            return scopes
        if not scopes:
            return paths
        return tuple(join_paths(scope, path) for scope in scopes for path in paths)

    def _back(self, at: int) -> bool:
        self.c.at = at
        return True

    def _text(self, c: Cursor) -> nt.NewText | None:
        text = nt.read_new_text(c)
        if text is not None and text.doubt:
            code = "A204" if text.doubt.startswith("the quotation is not") else "A205"
            self.refusals.append(Refusal(code, text.doubt_at, len(c.source), text.doubt))
        return text

    def _tail(self, made: list[Instruction]) -> None:
        """``and renumber``, ``so that it reads "..."``, in either order."""
        self.c.take(r"\s*[(\[]\s*(?:see|n\.?b\.?|note|cf)\b[^)\]\n]*[)\]]")
        for _ in range(2):
            if nt.read_renumber(self.c):
                made[:] = [replace(i, renumber=True) for i in made]
            here = self.c.at
            if not self.c.newline_ahead() and (reads := nt.read_reads(self.c)):
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
        stem = around[-1].labels[:-1]
        if own[0].numbering and stem and len(own[0].labels) == 1:  # "in 4(a) ...; b) ...": its neighbour
            return (*around[:-1], replace(around[-1], labels=(*stem, *own[0].labels)), *own[1:]), len(around) - 1
        if RANKS[own[0].unit] > RANKS[around[-1].unit]:
            return join_paths(around, own), len(around)
        return own, 0

    def _keep(self, lead: Lead, own: Path) -> None:
        """What later clauses of the sentence inherit. A place that only followed its words yields to others' words."""
        outer = lead.scopes[-1] if lead.scopes else ()
        if outer or own:
            self.soft = lead.trailing or not outer
        self.carry = carried(self._scope_of(self._same(join_paths(outer, own)))[0])

    def _same(self, own: Path) -> Path:
        """``in the same sentence``: the one that the instruction before named, or in which its words stand."""
        said = _SAME.search(self.c.source, self.begin, self.c.at) if own and self.named else None
        if said is None:
            return own
        unit = said["unit"].lower()
        unit = "paragraph" if unit == "para" else unit
        ranks = [RANKS[place.unit] for place in self.named]
        if Place(unit=unit) not in own or RANKS[unit] not in ranks:
            return own
        upto = ranks.index(RANKS[unit]) + 1
        return (*self.named[:upto], *(place for place in own if RANKS[place.unit] > RANKS[unit]))

    def _remember(self, instruction: Instruction, scope: Path) -> None:
        """What ``the same sentence`` and ``the same point`` of a later instruction will mean."""
        target, spot = instruction.target, instruction.spot
        ref = target.start if target else spot.ref if spot else None
        inner = tuple(place for place in scope if RANKS[place.unit] <= RANKS["sentence"])
        if isinstance(ref, Words) and not ref.every and not any(place.unit == "sentence" for place in inner):
            inner = (*inner, Place(unit="sentence", containing=stub(ref.quote)))
        self.named = inner

    def _emit(self, instruction: Instruction, own: Path) -> None:
        own = self._same(own)
        spot = instruction.spot
        if spot and isinstance(spot.ref, tuple) and (ref := self._same(spot.ref)) != spot.ref:
            instruction = replace(instruction, spot=replace(spot, ref=ref))
        scope, inherited = self._scope_of(own)
        if own and not inherited:
            self.context = self.context if self.context == own else ()
        if inherited == len(scope) and instruction.unit.removesuffix("s") in {"paragraph", "heading"}:
            scope, inherited = tuple(p for p in scope if RANKS[p.unit] < RANKS["paragraph"]), 0
        target = instruction.target
        if self.everywhere and target and isinstance(target.start, Words) and not target.start.occurrence:
            target = replace(target, start=replace(target.start, every=True))
            instruction = replace(instruction, target=target)
        paths = list(target.places) if target else []
        if inherited and paths and any(RANKS[p[0].unit] <= RANKS[scope[-1].unit] for p in paths):
            scope, inherited = own, 0
        soft = self.soft and bool(self.carry) and inherited > 0
        made = replace(instruction, scope=scope, inherited=inherited, soft=soft, start=self.begin, end=self.c.at)
        self.out.append(made)
        self._remember(made, scope)

    def _refuse(self, code: str, at: int) -> bool:
        if code == "A203" and _UNREAD.match(self.c.source, at):
            code = "A201"  # there is new text, behind words that are not understood
        self.pending = self.pending or Refusal(code, self.begin, max(at, self.begin))
        return False


def without_spot(lead: Lead) -> Lead:
    """The same places without the spot, which has become part of the target."""
    return Lead(scopes=lead.scopes, own=lead.own)


def carried(scope: Path) -> Path:
    """What later clauses of a sentence inherit: paragraphs and points, not lines."""
    return tuple(place for place in scope if RANKS[place.unit] < RANKS["sentence"] and not place.numbering)
