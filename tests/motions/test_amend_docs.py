"""Every example of docs/amendments.md is true, and every report's code is explained there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit_builder.diagnostics import any_errors, as_text
from toolkit_builder.motions.amend import Amendment, apply
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.refusals import FORMS
from toolkit_builder.motions.text import parse

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "amendments.md").read_text(encoding="utf-8")
MOTION = PAGE.split("<!-- motion -->")[1].split("```markdown\n")[1].split("```")[0]
EXAMPLES = [
    tuple(cell.strip() for cell in row.strip("|").split(" | "))
    for table in PAGE.split("<!-- example -->\n")[1:]
    for row in table.split("\n\n")[0].split("\n")[2:]
]


@pytest.mark.parametrize(("amendment", "expected"), EXAMPLES)
def test_an_example_of_the_page_is_true(amendment: str, expected: str) -> None:
    amended, found = apply(parse(MOTION)[0], [Amendment(id="1", source=amendment)])
    assert not any_errors(found), "\n".join(as_text(d) for d in found)
    words = " ".join(amended.after.source.split())
    assert expected in words
    assert expected not in " ".join(MOTION.split())


def test_there_are_examples_of_every_verb() -> None:
    assert len(EXAMPLES) >= 30


@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_reports_show_is_understood(form: str) -> None:
    instructions, found = parse_instructions(form)
    assert len(instructions) == 1
    assert not any_errors(found)


def test_every_code_is_explained_on_the_page() -> None:
    package = ROOT / "toolkit_builder"
    sources = [*sorted((package / "motions").glob("*.py")), package / "commands" / "amend.py"]
    mine = [
        s
        for s in sources
        if s.stem not in {"results", "consequences", "composites", "numbering", "editions", "register"}
    ]
    used = {code for source in mine for code in re.findall(r'"(A\d{3})"', source.read_text(encoding="utf-8"))}
    assert used <= set(re.findall(r"A\d{3}", PAGE))
