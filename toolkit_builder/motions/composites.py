"""A composite's clauses and its sources' texts come in; where every word came from, and what was left out, go out.

Words are compared without case, quotes and punctuation. A clause is covered by the longest stretches it shares with
a source (three words or more, or all of a shorter clause); what lies between two stretches of one source in its
order is that source's too. Small joining words count for nothing. The work is bounded: a stretch that begins in more
than 64 places of the sources is looked for in the first 64.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, error, note, warning
from toolkit_builder.motions import numbering
from toolkit_builder.motions.remarks import Remarked

_WORD = re.compile(r"[^\W_]+(?:['’\-‐‑.][^\W_]+)*")
_NOTE = re.compile(r"\s*\{\s*from\s*:\s*(?P<numbers>[^{}\n]{1,200})\}\s*$", re.IGNORECASE)
_SHORTEST = 3
_MOST_PLACES = 64
_JOINING = (
    "a an and also as at be but by conference for further furthermore however in is it its of on or so such than that "
    "the their then therefore these this those to we which will with ac i y yn"
)
_GLUE = frozenset(_JOINING.split())

Gram = tuple[str, ...]
Place = tuple[int, int]
"""A source passage and a word in it, both from 0."""

Run = tuple[int, int, Place, tuple[Place, ...]]
"""Words ``[start, end)`` of a clause, where they stand in a source, and where else."""


class Passage(Remarked, frozen=True):
    """One paragraph or call: its address as a reader names it, its text, and where it was written."""

    remarks: ClassVar = frozenset({"span", "source"})

    address: str
    text: str
    span: Span | None = None
    source: str = ""


class Source(Struct, frozen=True):
    """A motion or amendment that went into a composite."""

    number: str
    passages: tuple[Passage, ...]


class Origin(Struct, frozen=True, order=True):
    """``9``, ``paragraph 2``."""

    number: str
    address: str

    def __str__(self) -> str:
        return f"{self.number}, {self.address}" if self.address else self.number


class Stretch(Struct, frozen=True):
    """``text[start:end]`` of a clause. ``origin`` is None for words that are in no source; ``also`` holds the other
    places that have the very same words."""

    start: int
    end: int
    text: str
    origin: Origin | None
    also: tuple[Origin, ...] = ()


Piece = tuple[int, int, Origin | None, tuple[Origin, ...]]
"""Words ``[start, end)`` of a clause, their origin, and the other places that have them."""


class ClauseOrigin(Struct, frozen=True):
    """One clause of the composite, covered from its first word to its last by stretches in order.

    ``claimed`` are the numbers of its ``{from: ...}`` note. ``text`` is without the note.
    """

    passage: Passage
    text: str
    stretches: tuple[Stretch, ...]
    claimed: tuple[str, ...] = ()

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where it came from, the largest share first."""
        share: dict[Origin, int] = {}
        for stretch in self.stretches:
            if stretch.origin:
                share[stretch.origin] = share.get(stretch.origin, 0) + len(_WORD.findall(stretch.text))
        return tuple(sorted(share, key=lambda origin: (-share[origin], origin)))

    @property
    def new(self) -> tuple[Stretch, ...]:
        """The words from nowhere, without stretches of joining words only."""
        return tuple(s for s in self.stretches if s.origin is None and not _only_glue(s.text))


class LeftOut(Struct, frozen=True):
    """Words of a source that are nowhere in the composite."""

    origin: Origin
    text: str


class Provenance(Struct, frozen=True):
    clauses: tuple[ClauseOrigin, ...]
    left_out: tuple[LeftOut, ...]
    sources: tuple[str, ...] = ()


class _Words(Struct, frozen=True):
    """A text as comparable words and where each stands."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> _Words:
        found = list(_WORD.finditer(text))
        words = tuple(m[0].casefold().replace("’", "'").replace("‑", "-").replace("‐", "-") for m in found)
        return cls(text, words, tuple(m.span() for m in found))

    def grams(self) -> Iterable[tuple[int, Gram]]:
        if 0 < len(self.words) < _SHORTEST:
            yield 0, self.words
        for at in range(len(self.words) - _SHORTEST + 1):
            yield at, self.words[at : at + _SHORTEST]


def provenance(composite: Sequence[Passage], sources: Sequence[Source]) -> Provenance:
    """Every clause of the composite against all sources, and what of the sources is in no clause."""
    passages = [(Origin(source.number, p.address), _Words.of(p.text)) for source in sources for p in source.passages]
    index: dict[Gram, list[Place]] = {}
    for which, (_, words) in enumerate(passages):
        for at, gram in words.grams():
            places = index.setdefault(gram, [])
            if len(places) < _MOST_PLACES:
                places.append((which, at))
    clauses = []
    used: set[Gram] = set()
    for passage in composite:
        text, claimed = split_note(passage.text)
        words = _Words.of(text)
        used.update(gram for _, gram in words.grams())
        clauses.append(ClauseOrigin(passage, text, _stretches(words, passages, index), claimed))
    left = tuple(left for origin, words in passages for left in _left_out(origin, words, used))
    return Provenance(tuple(clauses), left, tuple(source.number for source in sources))


def split_note(text: str) -> tuple[str, tuple[str, ...]]:
    """``... for all carers; {from: 9, 10.1}`` -> the text without its note, and the numbers."""
    match = _NOTE.search(text)
    if match is None:
        return text, ()
    return text[: match.start()], tuple(n.strip() for n in re.split(r"[,;&]", match["numbers"]) if n.strip())


def check(found: Provenance) -> list[Diagnostic]:
    """Words from nowhere, notes that are not true, and what was left out."""
    problems: list[Diagnostic] = []
    for clause in found.clauses:
        here, line = clause.passage.span, clause.passage.source
        for claim in clause.claimed:
            problems += _check_claim(claim, clause, found.sources)
        for stretch in clause.new:
            message = (
                f"the words '{_short(stretch.text)}' in {clause.passage.address} are in no source of the composite"
            )
            problems.append(
                warning("R403", message, here, hint="take them out, or add the source to 'sources'", source=line)
            )
    for left in found.left_out:
        problems.append(note("R404", f"the words '{_short(left.text)}' of {left.origin} are not in the composite"))
    return problems


def _check_claim(claim: str, clause: ClauseOrigin, sources: Sequence[str]) -> list[Diagnostic]:
    here, line = clause.passage.span, clause.passage.source
    if numbering.find(claim, sources) is None:
        close = numbering.near(claim, sources)
        hint = f"did you mean {close}?" if close else f"the sources are {', '.join(sources)}"
        message = f"{clause.passage.address} is said to be from {claim}, which is no source of the composite"
        return [error("R401", message, here, hint=hint, source=line)]
    everywhere = [o for s in clause.stretches for o in (*((s.origin,) if s.origin else ()), *s.also)]
    if any(numbering.same(claim, origin.number) for origin in everywhere):
        return []
    real = ", ".join(dict.fromkeys(origin.number for origin in clause.origins)) or "no source"
    message = f"{clause.passage.address} is said to be from {claim}, but its words are from {real}"
    return [error("R402", message, here, hint="correct the note, or take it out", source=line)]


# --- inside ----------------------------------------------------------------------------------------------


def _stretches(
    words: _Words, passages: Sequence[tuple[Origin, _Words]], index: dict[Gram, list[Place]]
) -> tuple[Stretch, ...]:
    """The clause cut into stretches: greedily the longest shared one from each word on."""
    runs: list[Run] = []
    at, count = 0, len(words.words)
    while at < count:
        gram = words.words[at : at + _SHORTEST]
        places = index.get(gram, []) if len(gram) == _SHORTEST or count < _SHORTEST else []
        lengths = [(_shared(words.words, at, passages[which][1].words, there), which, there) for which, there in places]
        longest = max((length for length, _, _ in lengths), default=0)
        if longest < min(_SHORTEST, count):
            at += 1
            continue
        best = [(which, there) for length, which, there in lengths if length == longest]
        last = runs[-1][2] if runs else None
        follows = next((place for place in best if last and place[0] == last[0] and place[1] > last[1]), None)
        chosen = follows or best[0]
        runs.append((at, at + longest, chosen, tuple(place for place in best if place != chosen)))
        at += longest
    return _covered(words, passages, runs)


def _shared(mine: Sequence[str], at: int, theirs: Sequence[str], there: int) -> int:
    length = 0
    most = min(len(mine) - at, len(theirs) - there)
    while length < most and mine[at + length] == theirs[there + length]:
        length += 1
    return length


def _covered(words: _Words, passages: Sequence[tuple[Origin, _Words]], runs: Sequence[Run]) -> tuple[Stretch, ...]:
    """Runs and the gaps between them as stretches of text, from the first word to the last."""
    pieces: list[Piece] = []
    at = 0
    before: tuple[int, int] | None = None  # passage and the word after the last run in it
    for start, end, (which, there), others in runs:
        if start > at:
            pieces += _gap(words.words[at:start], at, passages, before, (which, there))
        also = tuple(dict.fromkeys(passages[place[0]][0] for place in others))
        origin = passages[which][0]
        pieces.append((start, end, origin, tuple(o for o in also if o != origin)))
        at, before = end, (which, there + end - start)
    if at < len(words.words):
        pieces += _gap(words.words[at:], at, passages, before, None)
    return tuple(
        Stretch(
            words.spans[a][0], words.spans[b - 1][1], words.text[words.spans[a][0] : words.spans[b - 1][1]], o, also
        )
        for a, b, o, also in pieces
    )


def _gap(
    gap: Sequence[str], first: int, passages: Sequence[tuple[Origin, _Words]], before: Place | None, after: Place | None
) -> list[Piece]:
    """Words between two runs: the neighbouring passage's where they stand there in order, else from nowhere."""
    which = before[0] if before else after[0] if after else None
    if which is None:
        return [(first, first + len(gap), None, ())]
    origin, theirs = passages[which][0], passages[which][1].words
    low = before[1] if before else 0
    high = after[1] if after and after[0] == which else min(len(theirs), low + 3 * len(gap) + 8)
    found: list[Piece] = []
    for at, word in enumerate(gap, first):
        place = next((i for i in range(low, high) if theirs[i] == word), None)
        low = low if place is None else place + 1
        here = None if place is None else origin
        if found and found[-1][2] == here:
            found[-1] = (found[-1][0], at + 1, here, ())
        else:
            found.append((at, at + 1, here, ()))
    return found


def _left_out(origin: Origin, words: _Words, used: set[Gram]) -> list[LeftOut]:
    kept = [False] * len(words.words)
    for at, gram in words.grams():
        if gram in used:
            kept[at : at + len(gram)] = [True] * len(gram)
    found: list[LeftOut] = []
    at = 0
    while at < len(kept):
        end = at
        while end < len(kept) and not kept[end]:
            end += 1
        if end > at:
            text = words.text[words.spans[at][0] : words.spans[end - 1][1]]
            found += [] if _only_glue(text) else [LeftOut(origin, text)]
        at = max(end, at + 1)
    return found


def _only_glue(text: str) -> bool:
    return all(word.casefold() in _GLUE for word in _WORD.findall(text))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else plain[:79] + "…"
