"""Plans that do not clash + the printed motion -> one set of exact edits, and the amended text with its provenance.

Accepting all edits gives the new text, rejecting all the old one, to the character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.motions.instructions import Instruction
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.plans import Addition, Plan
from toolkit_builder.motions.relabel import ListKey, relabel
from toolkit_builder.motions.text import MotionText, count_words, parse


class Amendment(Struct, frozen=True, kw_only=True):
    """What a mover handed in.

    ``form``: ``instruction`` (in the language of docs/amendments.md), ``copy`` (the whole text, edited),
    ``passages`` (some paragraphs, edited) or ``editorial`` (for a person; nothing is computed).
    """

    id: str
    source: str
    form: str = "instruction"
    path: str = ""
    first_line: int = 1


class Edit(Struct, frozen=True, kw_only=True):
    """``old`` at ``start:end`` of the printed source gives way to ``new``. ``by``: the amendments that say so
    (none: renumbering that follows). ``order`` keeps insertions at one place in sequence."""

    start: int
    end: int
    old: str
    new: str
    by: tuple[str, ...] = ()
    order: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"start": self.start, "end": self.end, "old": self.old, "new": self.new, "by": list(self.by)}


class Provenance(Struct, frozen=True, kw_only=True):
    """A stretch of the amended source and where it came from: ``by`` is empty for printed words."""

    start: int
    end: int
    by: tuple[str, ...]


class Amended(Struct, frozen=True, kw_only=True):
    """The outcome: the text before and after, the edits between, and the amendments that were applied."""

    before: MotionText
    after: MotionText
    edits: tuple[Edit, ...]
    applied: tuple[str, ...]
    provenance: tuple[Provenance, ...]

    @property
    def deleted_share(self) -> float:
        """The share of the printed words that go (0.0 to 1.0): for whoever rules on wrecking amendments."""
        words = self.before.words()
        gone = sum(count_words(edit.old) for edit in self.edits if edit.by)
        return min(1.0, gone / words) if words else 0.0

    @property
    def added_words(self) -> int:
        """How many words the amendments bring: what limits on an amendment's length count."""
        return sum(count_words(edit.new) for edit in self.edits if edit.by)


class AmendmentPlan(Struct):
    """All plans of one amendment, against one printed text."""

    amendment: Amendment
    instructions: tuple[Instruction, ...] = ()
    plans: list[Plan] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def works(self) -> bool:
        return not any(d.is_error for d in self.diagnostics)

    @property
    def needs(self) -> list[tuple[int, int]]:
        return [need for plan in self.plans for need in plan.needs]


def put_together(text: MotionText, plans: Sequence[AmendmentPlan]) -> Amended:
    """Plans that do not clash, as one set of edits."""
    edits = _edits(text, plans)
    source, provenance = _written(text.source, edits)
    title = next((p.title for plan in plans for p in plan.plans if p.title), text.title)
    after, _ = parse(source, text.path, text.first_line, title=title)
    return Amended(
        before=text,
        after=after,
        edits=tuple(edits),
        applied=tuple(p.amendment.id for p in plans),
        provenance=provenance,
    )


def accept(source: str, edits: Sequence[Edit]) -> str:
    """The new text: every edit's ``new`` in the place of its ``old``."""
    return _written(source, edits)[0]


def reject(source: str, edits: Sequence[Edit]) -> str:
    """The old text, from the new one and the same edits."""
    out: list[str] = []
    at = shift = 0
    for edit in edits:
        start = edit.start + shift
        out.append(source[at:start])
        out.append(edit.old)
        at = start + len(edit.new)
        shift += len(edit.new) - (edit.end - edit.start)
    return "".join(out) + source[at:]


def overlap(one: Cut, other: Cut) -> bool:
    """Whether two cuts cannot both be made: they share characters, or one inserts inside the other."""
    if one.start == one.end and other.start == other.end:
        return False
    if one.start == one.end:
        return other.start < one.start < other.end
    if other.start == other.end:
        return one.start < other.start < one.end
    return one.start < other.end and other.start < one.end


def all_cuts(plan: Plan) -> list[Cut]:
    """The cuts of a plan, the places of its new points included."""
    return [*plan.cuts, *(Cut(a.at, a.at, a.body) for a in plan.additions)]


# --- putting together ---------------------------------------------------------------------------------------


def _edits(text: MotionText, plans: Sequence[AmendmentPlan]) -> list[Edit]:
    raw: list[tuple[Cut, tuple[str, ...], tuple[int, ...]]] = []
    added: list[tuple[Addition, str, tuple[int, ...]]] = []
    removed: set[str] = set()
    told: set[ListKey] = set()
    for a, plan in enumerate(plans):
        for b, one in enumerate(plan.plans):
            removed |= set(one.removed)
            told |= one.told
            raw.extend((cut, (plan.amendment.id,), (a, b, c)) for c, cut in enumerate(one.cuts))
            added.extend((extra, plan.amendment.id, (a, b, c)) for c, extra in enumerate(one.additions))
    points = [replace(extra.point, order=order) for extra, _, order in added]
    changed, markers = relabel(text, removed, points, told)
    for extra, name, order in added:
        words = f"{extra.lead}{extra.indent}{markers[order]}{extra.gap}{extra.body}{extra.trail}"
        raw.append((Cut(extra.at, extra.at, words), (name,), order))
    for block_id, marker in changed.items():
        block = text.block(block_id)
        if block is not None:
            raw.append((Cut(block.start, block.start + len(block.marker), marker), (), (len(plans),)))
    newline = "\r\n" if "\r\n" in text.source else "\n"
    merged: dict[tuple[int, int, str, tuple[int, ...]], Edit] = {}
    for cut, by, order in sorted(raw, key=lambda item: (item[0].start, item[0].end, _layer(item[0]), item[2])):
        new = re.sub(r"\r?\n", newline, cut.new) if newline != "\n" else cut.new
        if cut.start == cut.end and not new:
            continue
        key = (cut.start, cut.end, new, () if cut.end > cut.start else order)
        if key in merged:
            merged[key] = replace(merged[key], by=tuple(dict.fromkeys((*merged[key].by, *by))))
        else:
            merged[key] = Edit(
                start=cut.start, end=cut.end, old=text.source[cut.start : cut.end], new=new, by=by, order=order
            )
    return _closed_up(text.source, _without_idle_commas(text.source, list(merged.values())))


def _without_idle_commas(source: str, edits: list[Edit]) -> list[Edit]:
    """A comma that ends new words is idle when what followed them goes and a full stop comes next."""
    for index in range(len(edits) - 1):
        edit, after = edits[index], edits[index + 1]
        meets = not source[edit.end : after.start].strip() and after.old and not after.new
        if meets and edit.new.rstrip().endswith(",") and source[after.end : after.end + 1] in {".", ";", ":"}:
            edits[index] = replace(edit, new=edit.new.rstrip().rstrip(","))
    return edits


def _layer(cut: Cut) -> int:
    """At one offset: blocks that go before, then words inside the block, then blocks that go after it."""
    if cut.new.startswith("\n"):
        return 2
    return 0 if cut.new.endswith("\n") else 1


def _closed_up(source: str, edits: list[Edit]) -> list[Edit]:
    """When the last block goes, the blank line before it goes too."""
    last = edits[-1] if edits else None
    tail = len(source.rstrip())
    if last is None or last.new or last.end < tail or not last.old.strip():
        return edits
    index = len(edits) - 1
    while index and edits[index - 1].end == edits[index].start and not edits[index - 1].new and edits[index - 1].old:
        index -= 1
    first = edits[index]
    floor = edits[index - 1].end if index else 0
    start = first.start
    while start > floor and source[start - 1].isspace():
        start -= 1
    if source[start : first.start].count("\n"):
        edits[index] = replace(first, start=start, old=source[start : first.end])
    return edits


def _written(source: str, edits: Sequence[Edit]) -> tuple[str, tuple[Provenance, ...]]:
    out: list[str] = []
    runs: list[Provenance] = []
    at = size = 0
    for edit in edits:
        kept = source[at : edit.start]
        if kept:
            runs.append(Provenance(start=size, end=size + len(kept), by=()))
        size += len(kept)
        if edit.new:
            runs.append(Provenance(start=size, end=size + len(edit.new), by=edit.by))
        out.append(kept + edit.new)
        size += len(edit.new)
        at = edit.end
    if source[at:]:
        runs.append(Provenance(start=size, end=size + len(source) - at, by=()))
    return "".join(out) + source[at:], tuple(runs)


def cut_together(source: str, cuts: Sequence[Cut]) -> str:
    """A short text (a title) with cuts that do not overlap."""
    out, at = [], 0
    for cut in sorted(cuts, key=lambda c: (c.start, c.end)):
        out.append(source[at : cut.start] + cut.new)
        at = cut.end
    return "".join(out) + source[at:]
