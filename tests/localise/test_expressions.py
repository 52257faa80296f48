"""The language of templates: what it can say, and that it can do nothing else."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.localise.helpers import branch, compiled, filled
from toolkit_builder.localise import expressions
from toolkit_builder.localise.calendar import in_words, words

SAID = {
    "{{ branch.title }}": "Alder branch",
    "{{ branch.employer }}": "Alder &amp; Sons &lt;Council&gt;",
    "{{ meeting.date | date }}": "14 September 2027",
    "{{ meeting.date | date('long') }}": "Tuesday 14 September 2027",
    '{{ meeting.date | date("weekday") | upper }}': "TUESDAY",
    "{{ contact.name }} ({{ contact.role | lower }})": "Ada Bell (secretary)",
    "{{ branch.web | default('no site') }}": "no site",
    "{{ branch.facts | join('; ') }}": "One fact; Another fact",
    "{{ branch.facts | length }}": "2",
    "{{ branch.facts | first }}": "One fact",
    "{{ branch.demand | capitalize }}": "Fifteen cases",
    "{{ 'yes' if meeting else 'no' }}": "yes",
    "{{ 'late' if meeting.date > '2027-12-31' else 'soon' }}": "soon",
    "{{ 'in' if 'Alder' in branch.title else 'out' }}": "in",
    "{{ 'both' if branch.demand and not branch.web else 'one' }}": "both",
    "{% if branch.region == 'North' %}north{% elif branch.web %}web{% else %}else{% endif %}": "north",
    "{% if branch.web %}web{% else %}none{% endif %}": "none",
    "{% for fact in branch.facts %}[{{ fact }}]{% endfor %}": "[One fact][Another fact]",
    "{% for q in branch.quotes %}{{ q.text }}{% if q.name %} ({{ q.name }}){% endif %} {% endfor %}":
        "Enough! (Bo) Now. ",
    "a {# a note to oneself #}b": "a b",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID.items())
def test_what_a_template_can_say(text: str, said: str) -> None:
    assert filled(f"X {text} X").html == f"<p>X {said} X</p>"


HOSTILE = {
    "{{ ''.__class__ }}": "words in quotes have no fields",
    "{{ branch.__class__ }}": "'__class__' is not the name of a field",
    "{{ branch.title.upper() }}": "cannot be called",
    "{% for x in range(10**9) %}{% endfor %}": "'*' does not belong here",
    "{% for x in range(9) %}{% endfor %}": "cannot be called",
    "{% include 'secret.html' %}": "there is no statement 'include'",
    "{% import 'x' as y %}": "there is no statement 'import'",
    "{% set x = 1 %}": "there is no statement 'set'",
    "{% macro m() %}": "there is no statement 'macro'",
    "{{ branch['title'] }}": "'[' does not belong here",
    "{{ 1 + 1 }}": "'+' does not belong here",
    "{{ branch.title | attr('x') }}": "there is no filter 'attr'",
    "{{ lambda: 1 }}": "':' does not belong here",
    "{{ '%s' % branch }}": "'%' does not belong here",
    "{{ 9999999999999999999 }}": "does not belong here",
    "{{ (((((((((((((((((((((((((((((( branch.title )))))))))))))))))))))))))))))) }}": "nested too deeply",
    "{{ " + "not " * 400 + "branch.title }}": "longer than",
    "{{ " + "not " * 100 + "branch.title }}": "nested too deeply",
    "{{ }}": "something is missing here",
    "{{ branch. }}": "the name of a field is missing",
    "{{ branch.title is defined }}": "tests with 'is'",
    "{{ branch.title": "is opened here and never closed",
    "{% if branch.title %}": "is never closed",
    "{% endif %}": "stands where nothing is open",
    "{% else %}": "belongs to no",
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), HOSTILE.items(), ids=lambda v: v[:30])
def test_what_a_template_cannot_do_is_reported_where_it_stands(text: str, said: str) -> None:
    started = time.process_time()
    _, found = compiled(f"First line.\n\nX {text} X")
    assert any(said in d.message for d in found), [d.message for d in found]
    assert all(d.span is not None and d.span.line == 3 and d.span.column >= 3 for d in found)
    assert time.process_time() - started < 8


@given(st.text(alphabet="abranch.title{}%|()'\" =<>!&0123456789éif or not in_", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_expression_or_a_mistake(text: str) -> None:
    at = 0
    try:
        expressions.parse(text)
    except expressions.Mistake as problem:
        at = problem.at
    assert 0 <= at <= len(text)


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_values_are_text_whatever_stands_in_them(value: str) -> None:
    from html import unescape

    from toolkit_builder.localise.fill import fill

    made, _ = compiled("Before {{ branch.title }} after")
    html = fill(made, {"branch": {"title": value}}, optional=frozenset({"branch.title"})).html
    inner = html.removeprefix("<p>Before ").removesuffix(" after</p>")
    assert unescape(inner.replace("<br>", "\n")) == value if value.strip(" \t\n\r\u00a0") else inner == ""
    assert "<" not in inner.replace("<br>", "")


@pytest.mark.parametrize("language", ["en-GB", "cy", "fr", "pl", "ar", "ur", "xx-nonsense"])
def test_dates_are_those_of_the_pages(language: str) -> None:
    from toolkit_builder.formats.templates import show_date

    for day in ("2027-01-31", "2026-02-28", "2028-08-09"):
        for style in ("date", "long", "short", "weekday", "month", "year"):
            assert in_words(day, style, words(language)) == show_date(day, style, language)


@pytest.mark.parametrize("value", ["2027-02-30", "2027-W33-1", "14/09/2027", "", "soon", "２０２７-01-01"])
def test_what_is_no_date_comes_back_as_it_is(value: str) -> None:
    assert in_words(value, "date", words("en-GB")) == value


def test_loops_are_bounded() -> None:
    many = branch(facts=[f"fact {n}" for n in range(1000)])
    text = "{% for a in branch.facts %}{% for b in branch.facts %}x{{ b }}{% endfor %}{% endfor %}"
    started = time.process_time()
    made = filled(f"X {text} X", many).html
    assert made.count("x") <= 200 * 200
    assert time.process_time() - started < 20


def test_every_code_is_explained() -> None:
    root = Path(__file__).parents[2]
    used = {
        code
        for path in (root / "toolkit_builder/localise").glob("*.py")
        for code in re.findall(r'"(L1\d\d)"', path.read_text("utf-8"))
    }
    told = set(re.findall(r"^\| (L1\d\d) \|", (root / "docs/branch-messages.md").read_text("utf-8"), re.MULTILINE))
    assert used == told
