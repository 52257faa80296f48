"""A motion and amendments -> the amended text, with the provenance of every changed run, or why not.

All instructions of all amendments mean the text as printed and are applied at once. An amendment is applied whole
or not at all. Edits are exact: accepting all gives the new text, rejecting all the old one, to the character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit_builder.diagnostics import Diagnostic, Span, error, note, warning
from toolkit_builder.motions.copies import copy_cuts
from toolkit_builder.motions.finding import Finder
from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.instructions import Instruction, quoted
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.lines import MEASURE, LineMap, line_map
from toolkit_builder.motions.locate import locator
from toolkit_builder.motions.planning import Planner
from toolkit_builder.motions.plans import Addition, Plan
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.relabel import ListKey, relabel
from toolkit_builder.motions.text import MotionText, count_words, parse

FORMS = ("instruction", "copy", "passages", "editorial")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What a mover handed in.

    ``form``: ``instruction`` (in the language of docs/amendments.md), ``copy`` (the whole text, edited),
    ``passages`` (some paragraphs, edited) or ``editorial`` (for a person; nothing is computed).
    """

    id: str
    source: str
    form: str = "instruction"
    path: str = ""
    first_line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """A stretch of the amended source and where it came from: ``by`` is empty for printed words."""

    start: int
    end: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
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


@dataclass
class AmendmentPlan:
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


def make_planner(text: MotionText, lines: LineMap | None = None, measure: int = MEASURE) -> Planner:
    """A motion made ready: build it once for all its amendments. ``lines`` is the map an edition pinned."""
    return Planner(locator(text, lines or line_map(text, measure)))


def plan_amendment(planner: Planner, amendment: Amendment) -> AmendmentPlan:
    """One amendment understood and located; its diagnostics say all that is wrong with it."""
    plan = AmendmentPlan(amendment)
    if amendment.form == "editorial":
        return plan
    if amendment.form in {"copy", "passages"}:
        cuts, problem = copy_cuts(planner.text, amendment.source, whole=amendment.form == "copy")
        plan.plans.append(Plan(cuts=cuts, needs=[(c.start, c.end) for c in cuts]))
        if problem is not None:
            plan.diagnostics.append(_at(problem, amendment, 0, min(len(amendment.source), 80)))
        return plan
    instructions, found = parse_instructions(amendment.source, amendment.path, amendment.first_line)
    wrong = {d.span.line for d in found if d.is_error and d.span}
    first = amendment.first_line  # what is left of a line that was not understood would only add to the noise
    instructions = tuple(i for i in instructions if first + amendment.source.count("\n", 0, i.start) not in wrong)
    plan.instructions = instructions
    plan.diagnostics.extend(found)
    for instruction in instructions:
        one = planner.plan(instruction)
        plan.plans.append(one)
        if one.problem is not None:
            plan.diagnostics.append(_at(one.problem, amendment, instruction.start, instruction.end))
        for remark in one.notes:
            plan.diagnostics.append(_at(remark, amendment, instruction.start, instruction.end, make=note))
    if plan.works:
        plan.diagnostics.extend(_contradictions(plan, amendment))
    if plan.works:
        plan.diagnostics.extend(_assertions(planner, plan))
    return plan


def apply(
    text: MotionText, amendments: Sequence[Amendment], *, lines: LineMap | None = None, measure: int = MEASURE
) -> tuple[Amended, list[Diagnostic]]:
    """The text with a set of amendments. One that cannot be applied is left out whole, with its diagnostics."""
    from toolkit_builder.motions.conflicts import clashes, same_amendment

    planner = make_planner(text, lines, measure)
    diagnostics: list[Diagnostic] = []
    good: list[AmendmentPlan] = []
    for amendment in amendments:
        plan = plan_amendment(planner, amendment)
        diagnostics.extend(plan.diagnostics)
        if amendment.form == "editorial":
            diagnostics.append(
                _at(
                    Problem(
                        "A601",
                        f"amendment {amendment.id} is worded for a person and was not applied",
                        "edit the text by hand, or word it as an instruction",
                    ),
                    amendment,
                    0,
                    0,
                    make=warning,
                )
            )
        elif plan.works:
            twin = next((p for p in good if same_amendment(p, plan)), None)
            clash = None if twin else next((c for p in good if (c := clashes(text, p, plan))), None)
            if twin is not None:
                diagnostics.append(
                    _at(
                        Problem(
                            "A502",
                            f"amendment {amendment.id} says the same as {twin.amendment.id}",
                            "it was applied once",
                        ),
                        amendment,
                        0,
                        0,
                        make=note,
                    )
                )
            elif clash is not None:
                diagnostics.append(_at(clash, amendment, 0, len(amendment.source)))
            else:
                good.append(plan)
    return put_together(text, good), diagnostics


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


def sub_amend(amendment: Amendment, subs: Sequence[Amendment]) -> tuple[Amendment, list[Diagnostic]]:
    """An amendment as amended by its sub-amendments, whose places are those of the amendment's own text."""
    text, _ = parse(amendment.source, amendment.path, amendment.first_line)
    amended, diagnostics = apply(text, subs)
    return replace(amendment, source=amended.after.source), diagnostics


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


# --- checks -------------------------------------------------------------------------------------------------


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


def _contradictions(plan: AmendmentPlan, amendment: Amendment) -> list[Diagnostic]:
    """Two instructions of one amendment that change the same words."""
    found = []
    for second, after in enumerate(plan.plans):
        for first, before in enumerate(plan.plans[:second]):
            if any(overlap(a, b) for a in all_cuts(before) for b in all_cuts(after)):
                i = plan.instructions[second]
                j = plan.instructions[first]
                words = " ".join(amendment.source[j.start : j.end].split())[:60]
                problem = Problem(
                    "A320",
                    f"this changes words that '{words}' changes too",
                    "say it in one instruction: every instruction means the text as printed",
                )
                found.append(_at(problem, amendment, i.start, i.end))
                break
    return found


def _assertions(planner: Planner, plan: AmendmentPlan) -> list[Diagnostic]:
    """``so that it reads "..."``: the amended text must read so, where the instruction changed it."""
    if not any(i.reads for i in plan.instructions):
        return []
    amended = put_together(planner.text, [plan])
    finder = Finder(amended.after)
    found = []
    for index, instruction in enumerate(plan.instructions):
        if not instruction.reads or instruction.verb == "check":
            continue
        places = _new_places(amended.edits, index)
        matches = finder.find(instruction.reads)
        touched = any(m.start <= end and start <= m.end for m in matches for start, end in places)
        if not touched and not (
            plan.plans[index].title and folded_text(instruction.reads) in folded_text(amended.after.title)
        ):
            block = next(
                (b for b in amended.after.blocks if places and b.start <= places[0][1] and places[0][0] <= b.end), None
            )
            would = amended.after.text(block) if block else ""
            problem = Problem(
                "A401",
                f"the text would not read {quoted(' '.join(instruction.reads.split())[:120])}",
                f"it would read {quoted(would[:200])}" if would else "quote the whole passage as it should read",
            )
            found.append(_at(problem, plan.amendment, instruction.start, instruction.end))
    return found


def _new_places(edits: Sequence[Edit], instruction: int) -> list[tuple[int, int]]:
    """Where the edits of one instruction stand in the amended source."""
    places, shift = [], 0
    for edit in edits:
        start = edit.start + shift
        if len(edit.order) > 1 and edit.order[1] == instruction:
            places.append((start, start + len(edit.new)))
        shift += len(edit.new) - (edit.end - edit.start)
    return places


def _at(
    problem: Problem, amendment: Amendment, start: int, end: int, *, make: Callable[..., Diagnostic] = error
) -> Diagnostic:
    """A problem as a diagnostic at the words of the instruction it is about."""
    source = amendment.source
    start = min(start, len(source))
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    line = source[line_start : len(source) if line_end < 0 else line_end].rstrip("\r")
    number = amendment.first_line + source.count("\n", 0, start)
    column = start - line_start + 1
    stop = max(column + 1, min(end - line_start, len(line)) + 1)
    span = Span(amendment.path, number, column, number, stop)
    return make(problem.code, problem.message, span, hint=problem.hint, source=line)
