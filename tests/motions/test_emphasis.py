"""Asterisks and underscores: those that mark emphasis go, all others are words, on the page and in numbered lines."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.motions.amend import Amendment, apply
from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.text import parse
from toolkit_builder.prose import inline

STAY = (
    "nurses* and carers", "nurses* and carers* too", "pay*, hours* and leave", "Grade 5**", "name_ here", "_x", "x_",
    "*note: x", "5 * 6", "**bold", "a_b_(c)", "5* hotel, 4* hotel", "file_name_here", "*", "**", "I * am* here",
    "pay** and hours**", "see https://example.org/_layouts_/a_b_(c)",
)  # fmt: skip
MARKS = {
    "*a b* c*": "a b c*", "**a** b**": "a b**", "x *y* z*": "x y z*", "***x***": "x", "*a **b** c*": "a b c",
    "__init__ x": "init x", "_a_b_": "a_b", "(_x_)": "(x)", "**Pay:** rise*": "Pay: rise*", "*a `*` b": "*a * b",
    "[a*](https://example.org) b*": "a* b*", "\\*a* b*": "*a* b*", "one\\\ntwo": "one two",
}  # fmt: skip


def shown(text: str) -> str:
    """The words of a line as its page shows them, with straight quotes and single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", inline(text))).split())


@pytest.mark.parametrize("text", STAY)
def test_a_star_or_line_that_marks_nothing_is_shown(text: str) -> None:
    assert visible(text).text == text
    assert shown(text) == text


@pytest.mark.parametrize(("text", "words"), MARKS.items())
def test_marks_of_emphasis_are_not_shown(text: str, words: str) -> None:
    assert visible(text).text == words
    assert shown(text) == words


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab *_,(", max_size=14))
def test_a_page_and_the_numbered_lines_agree_on_what_is_a_mark(text: str) -> None:
    single = re.sub(r"([*_])[*_]+", r"\1", text)  # double marks are in the tables above
    text = f"x {single} y"
    assert visible(text).text == shown(text)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("to pat_o'neill@example.org", "mailto:pat_o'neill@example.org"),
        ("see https://example.org/fair--pay now", "https://example.org/fair--pay"),
        ("'https://example.org/a'...", "https://example.org/a"),
        ("see https://example.org/_a_/b", "https://example.org/_a_/b"),
    ],
)
def test_an_address_typed_as_it_is_leads_where_it_says(text: str, link: str) -> None:
    assert f'<a href="{link}">{link.removeprefix("mailto:")}</a>' in html.unescape(inline(text))


@pytest.mark.parametrize(
    ("instruction", "outcome"),
    [
        (
            'Delete "homes*" and insert "homes and home care*".',
            "Pay in care homes and home care* is **low** and *late*.",
        ),
        ('Replace "homes*" by "homes"', "Pay in care homes is **low** and *late*."),
        ('Delete "is low"; after "late" insert ", always"', "Pay in care homes* and *late, always*."),
        ('Replace "is low" with "falls"', "Pay in care homes* falls and *late*."),
        ('Replace "low and" with "fair and"', "Pay in care homes* is fair and *late*."),
        ('Replace "low and late" with "fair"', "Pay in care homes* is fair."),
        ('Replace "homes* is low" with "homes are poor"', "Pay in care homes are poor and *late*."),
        ('Delete "and late"', "Pay in care homes* is **low**."),
    ],
)
def test_the_star_of_a_note_goes_with_its_word(instruction: str, outcome: str) -> None:
    text, _ = parse("Pay in care homes* is **low** and *late*.")
    amended, problems = apply(text, [Amendment(id="1.1", source=instruction)])
    assert visible(amended.after.source).text == visible(outcome).text, problems
    assert shown(amended.after.source) == visible(outcome).text
