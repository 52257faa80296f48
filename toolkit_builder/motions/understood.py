"""A motion made ready and one amendment -> its plan: what is to be changed where, and all that is wrong with it."""

from __future__ import annotations

from toolkit_builder.diagnostics import note
from toolkit_builder.motions.checks import assertions, contradictions, doubled_codes, reported, variants
from toolkit_builder.motions.codes import codes
from toolkit_builder.motions.copies import copy_cuts
from toolkit_builder.motions.edits import Amendment, AmendmentPlan
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.planning import Planner
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.regions import Problem


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
    if instructions and all(instruction.verb == "renumber" for instruction in instructions):
        idle = Problem(
            "A314",
            "this would change nothing: numbers follow from the points that come and go",
            "say which points come or go, or write 'form: editorial' where a person is to renumber by hand",
        )
        plan.diagnostics.append(reported(idle, amendment, instructions[0].start, instructions[-1].end))
    plan.diagnostics.extend(variants(plan))
    if plan.works:
        plan.diagnostics.extend(contradictions(plan, amendment))
    if plan.works:
        plan.diagnostics.extend(assertions(planner, plan))
    if plan.works and codes(planner.text):
        plan.diagnostics.extend(doubled_codes(planner, plan))
    return plan
