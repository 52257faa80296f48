"""Small templates and branches, compiled and filled: what every test of this room needs."""

from __future__ import annotations

from typing import Any

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.kinds.fields import BranchFields, TemplateField
from toolkit_builder.localise import fields
from toolkit_builder.localise.fill import Filled, fill
from toolkit_builder.localise.template import compile_template
from toolkit_builder.model import Payload

ALDER: dict[str, Any] = {
    "title": "Alder branch", "name": "alder", "region": "North", "employer": "Alder & Sons <Council>",
    "contacts": [{"name": "Ada Bell", "role": "Secretary", "phone": "01632 960001", "email": "ada@alder.example"}],
    "meeting": {"date": "2027-09-14", "time": "6pm", "place": "Town Hall"}, "imprint": "Printed by P. Promoted by A.",
    "facts": ["One fact", "Another fact"], "quotes": [{"text": "Enough!", "name": "Bo"}, {"text": "Now.", "name": ""}],
    "demand": "fifteen cases",
}  # fmt: skip


def branch(**changes: Any) -> Payload:
    known = {**ALDER, **changes}
    made = BranchFields.model_validate({k: v for k, v in known.items() if k not in {"name", "url"}})
    return {**made.model_dump(mode="json"), "name": known["name"], "url": ""}


def compiled(text: str, language: str = "en-GB") -> tuple[Payload, list[Diagnostic]]:
    made, _, found = compile_template(text, path="t.md", first_line=1, language=language)
    return made, found


def filled(
    text: str,
    values: Payload | None = None,
    *,
    language: str = "en-GB",
    chosen: dict[str, list[int]] | None = None,
    **declared: TemplateField,
) -> Filled:
    made, found = compiled(text, language)
    assert not found, [d.message for d in found]
    specs = {name: spec.model_dump(mode="json") for name, spec in declared.items()}
    scope = fields.context(values or branch(), specs, language=language, site_language="en-GB", union={}, toolkit={})
    return fill(made, scope, chosen=chosen, optional=fields.OPTIONAL)
