"""A motion and amendments -> the amended text, with the provenance of every changed run, or why not.

All instructions of all amendments mean the text as printed and are applied at once. An amendment is applied whole
or not at all. Edits are exact: accepting all gives the new text, rejecting all the old one, to the character.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, note, warning
from toolkit_builder.motions.checks import reported
from toolkit_builder.motions.conflicts import clashes, same_amendment
from toolkit_builder.motions.edits import Amended, Amendment, AmendmentPlan, accept, put_together, reject
from toolkit_builder.motions.lines import MEASURE, LineMap
from toolkit_builder.motions.planning import make_planner
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.text import MotionText, parse
from toolkit_builder.motions.understood import plan_amendment

__all__ = ["FORMS", "Amended", "Amendment", "accept", "apply", "make_planner", "plan_amendment", "reject", "sub_amend"]

FORMS = ("instruction", "copy", "passages", "editorial")


def apply(
    text: MotionText, amendments: Sequence[Amendment], *, lines: LineMap | None = None, measure: int = MEASURE
) -> tuple[Amended, list[Diagnostic]]:
    """The text with a set of amendments. One that cannot be applied is left out whole, with its diagnostics."""
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
