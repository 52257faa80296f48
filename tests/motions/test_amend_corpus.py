"""Amendments in the words of real agendas, applied or refused, each against its exact outcome."""

from __future__ import annotations

import random

import pytest

from tests.motions.cases import Case, cases, changes, motion
from toolkit_builder.diagnostics import any_errors, as_text
from toolkit_builder.motions.amend import Amendment, accept, apply, reject
from toolkit_builder.motions.conflicts import matrix
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.instructions import print_instruction
from toolkit_builder.motions.text import parse

APPLIED = cases("applied")
REFUSED = cases("refused")


@pytest.mark.parametrize("case", APPLIED, ids=str)
def test_an_amendment_of_the_corpus_makes_exactly_these_changes(case: Case) -> None:
    printed = motion(case.motion)
    amended, found = apply(printed, [Amendment(id="1", source=case.amendment, path="1.md")])
    assert not any_errors(found), "\n".join(as_text(d) for d in found)
    assert changes(printed, amended.after) == case.expected
    assert accept(printed.source, amended.edits) == amended.after.source
    assert reject(amended.after.source, amended.edits) == printed.source


@pytest.mark.parametrize("case", APPLIED[::5], ids=str)
def test_files_with_other_line_ends_give_the_same_text(case: Case) -> None:
    printed = motion(case.motion)
    other = parse(printed.source.replace("\n", "\r\n"), title=printed.title)[0]
    amended, found = apply(other, [Amendment(id="1", source=case.amendment.replace("\n", "\r\n"), path="1.md")])
    assert not any_errors(found)
    expected, _ = apply(printed, [Amendment(id="1", source=case.amendment, path="1.md")])
    assert amended.after.source == expected.after.source.replace("\n", "\r\n")


def test_sets_that_do_not_clash_give_the_same_text_in_any_order() -> None:
    chance = random.Random(20)
    tried = 0
    for name in sorted({case.motion for case in APPLIED}):
        printed = motion(name)
        mine = [case for case in APPLIED if case.motion == name]
        for _ in range(8):
            papers = [Amendment(id=str(n), source=case.amendment, path=f"{n}.md")
                      for n, case in enumerate(chance.sample(mine, min(3, len(mine))))]  # fmt: skip
            amended, found = apply(printed, papers)
            together = {relation.kind for relation in matrix(printed, papers).relations}
            if any_errors(found) or not together <= {"independent", "identical"}:
                continue
            tried += 1
            assert apply(printed, papers[::-1])[0].after.source == amended.after.source
            assert accept(printed.source, amended.edits) == amended.after.source
            assert reject(amended.after.source, amended.edits) == printed.source
    assert tried > 30


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_an_amendment_of_the_corpus_is_refused_with_this_report(case: Case) -> None:
    printed = motion(case.motion)
    amended, found = apply(printed, [Amendment(id="1", source=case.amendment, path="1.md")])
    errors = [d for d in found if d.is_error]
    assert "\n".join(f"{d.code} {d.message} | {d.hint}" for d in errors) + "\n" == case.expected
    assert amended.after.source == printed.source
    assert amended.after.title == printed.title
    for diagnostic in errors:
        assert diagnostic.span is not None
        assert diagnostic.span.line >= 1
        assert diagnostic.hint
        assert not diagnostic.message.endswith(".")


@pytest.mark.parametrize("case", [*APPLIED, *REFUSED], ids=str)
def test_every_instruction_of_the_corpus_survives_being_printed(case: Case) -> None:
    for instruction in parse_instructions(case.amendment)[0]:
        printed = print_instruction(instruction)
        again, found = parse_instructions(printed)
        assert not any_errors(found), printed
        assert again == (instruction,), printed


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(APPLIED) >= 150
    assert len(REFUSED) >= 60
    assert len({c.amendment for c in APPLIED}) > 0.9 * len(APPLIED)
