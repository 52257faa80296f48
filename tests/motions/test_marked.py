"""Typed copies whose changes are marked: the marks are understood only where they fit the printed words exactly."""

from __future__ import annotations

import pytest

from toolkit_builder.motions.amend import Amendment, apply
from toolkit_builder.motions.marked import as_to_read
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.text import parse

PRINTED = "Donate £500 to the fund, and report back."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Donate ~~£500~~ **£900** to the fund, and report back.", "Donate £900 to the fund, and report back."),
        ("Donate [£500] **£900** to the fund, and report back.", "Donate £900 to the fund, and report back."),
        ("Donate <del>£500</del> <ins>£900</ins> to the fund, and report back.",
         "Donate £900 to the fund, and report back."),
        ("Donate £500 to the **strike** fund, and report back.", "Donate £500 to the strike fund, and report back."),
        ("Donate £500 to the <u>strike</u> fund, and report back.", "Donate £500 to the strike fund, and report back."),
        ("Donate £500 to the fund~~, and report back~~.", "Donate £500 to the fund."),
        ("Donate £500 to the fund, and report back [add: every year].",
         "Donate £500 to the fund, and report back every year."),
        ("Donate £500 to the fund[, and report back].", "Donate £500 to the fund."),
        ("Donate £500 to the fund, and **report** back.", "Donate £500 to the fund, and **report** back."),
        ("A **new** text of its own.", "A **new** text of its own."),
        (PRINTED, PRINTED),
    ],
)  # fmt: skip
def test_marks_that_fit_the_printed_words_are_taken_out(typed: str, meant: str) -> None:
    assert as_to_read(typed, PRINTED) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "Donate ~~£700~~ **£900** to the fund, and report back.",
        "Pay <del>£500</del> to the fund, and report back.",
        "Donate [£700] £900 to the fund, and report back.",
    ],
)
def test_marks_that_do_not_fit_are_reported(typed: str) -> None:
    problem = as_to_read(typed, PRINTED)
    assert isinstance(problem, Problem)
    assert problem.code == "A316"


@pytest.mark.parametrize("form", ["copy", "passages"])
def test_an_edited_copy_may_mark_its_changes(form: str) -> None:
    printed = parse("Conference notes the cuts.\n\nConference resolves to fight them.\n")[0]
    typed = "Conference notes the <del>cuts</del> <ins>closures</ins>."
    if form == "copy":
        typed += "\n\nConference resolves to fight them.\n"
    amended, found = apply(printed, [Amendment(id="1", source=typed, form=form)])
    assert not found
    assert amended.after.source == "Conference notes the closures.\n\nConference resolves to fight them.\n"


def test_marks_never_reach_the_amended_text() -> None:
    printed = parse("Conference notes the cuts.\n")[0]
    amended, found = apply(printed, [Amendment(id="1", source='After "the" insert "~~deep~~ savage"')])
    assert [d.code for d in found] == ["A316"]
    assert amended.after.source == printed.source
