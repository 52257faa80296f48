"""A planned amendment -> what is wrong with it as a whole: contradictions, after-texts, words and codes left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.motions.codes import doubled
from toolkit_builder.motions.edits import Amendment, AmendmentPlan, Edit, all_cuts, overlap, put_together
from toolkit_builder.motions.finding import Finder
from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.instructions import Words, quoted
from toolkit_builder.motions.planning import Planner
from toolkit_builder.motions.regions import Problem


def variants(plan: AmendmentPlan) -> list[Diagnostic]:
    """``Replace all "worker" with "member"`` beside "workers": whether the other form changes too must be said."""
    starts = [i.target.start for i in plan.instructions if i.target is not None]
    said = {folded_text(words.quote).lower() for words in starts if isinstance(words, Words)}
    found = []
    for one, instruction in zip(plan.plans, plan.instructions, strict=False):
        others = [form for form in dict.fromkeys(one.variants) if form.lower() not in said]
        if others and one.problem is None:
            problem = Problem(
                "A304",
                f"the text has {' and '.join(map(quoted, others))} too: it is not said whether that changes",
                f'write an instruction for it: replace {quoted(others[0])} with "..." throughout, or name the places',
            )
            found.append(reported(problem, plan.amendment, instruction.start, instruction.end))
    return found


def contradictions(plan: AmendmentPlan, amendment: Amendment) -> list[Diagnostic]:
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
                found.append(reported(problem, amendment, i.start, i.end))
                break
    return found


def assertions(planner: Planner, plan: AmendmentPlan) -> list[Diagnostic]:
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
            found.append(reported(problem, plan.amendment, instruction.start, instruction.end))
    return found


def doubled_codes(planner: Planner, plan: AmendmentPlan) -> list[Diagnostic]:
    """No amendment may leave two paragraphs with one code: nobody could name them after."""
    twice = doubled(planner.text, put_together(planner.text, [plan]).after)
    if not twice:
        return []
    problem = Problem("A311", f"two paragraphs would be {twice}", 'write "and renumber", or give it another code')
    return [reported(problem, plan.amendment, 0, len(plan.amendment.source))]


def _new_places(edits: Sequence[Edit], instruction: int) -> list[tuple[int, int]]:
    """Where the edits of one instruction stand in the amended source."""
    places, shift = [], 0
    for edit in edits:
        start = edit.start + shift
        if len(edit.order) > 1 and edit.order[1] == instruction:
            places.append((start, start + len(edit.new)))
        shift += len(edit.new) - (edit.end - edit.start)
    return places


def reported(
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
