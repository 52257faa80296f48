"""A motion and amendments -> the amended text, with the provenance of every changed run, or why not.

All instructions of all amendments mean the text as printed and are applied at once. An amendment is applied whole
or not at all. Edits are exact: accepting all gives the new text, rejecting all the old one, to the character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from toolkit_builder.diagnostics import Diagnostic, note, warning
from toolkit_builder.motions.checks import assertions, contradictions, doubled_codes, reported, variants
from toolkit_builder.motions.codes import codes
from toolkit_builder.motions.copies import copy_cuts
from toolkit_builder.motions.edits import Amended, Amendment, AmendmentPlan, accept, put_together, reject
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.lines import MEASURE, LineMap, line_map
from toolkit_builder.motions.locate import locator
from toolkit_builder.motions.planning import Planner
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.text import MotionText, parse

__all__ = ["FORMS", "Amended", "Amendment", "accept", "apply", "make_planner", "plan_amendment", "reject", "sub_amend"]

FORMS = ("instruction", "copy", "passages", "editorial")


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
            plan.diagnostics.append(reported(problem, amendment, 0, min(len(amendment.source), 80)))
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
            plan.diagnostics.append(reported(one.problem, amendment, instruction.start, instruction.end))
        for remark in one.notes:
            plan.diagnostics.append(reported(remark, amendment, instruction.start, instruction.end, make=note))
    plan.diagnostics.extend(variants(plan))
    if plan.works:
        plan.diagnostics.extend(contradictions(plan, amendment))
    if plan.works:
        plan.diagnostics.extend(assertions(planner, plan))
    if plan.works and codes(planner.text):
        plan.diagnostics.extend(doubled_codes(planner, plan))
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
                reported(
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
                    reported(
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
                diagnostics.append(reported(clash, amendment, 0, len(amendment.source)))
            else:
                good.append(plan)
    return put_together(text, good), diagnostics


def sub_amend(amendment: Amendment, subs: Sequence[Amendment]) -> tuple[Amendment, list[Diagnostic]]:
    """An amendment as amended by its sub-amendments, whose places are those of the amendment's own text."""
    text, _ = parse(amendment.source, amendment.path, amendment.first_line)
    amended, diagnostics = apply(text, subs)
    return replace(amendment, source=amended.after.source), diagnostics
