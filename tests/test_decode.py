"""Reading front matter: values stay what the author typed, places are right, and nothing it is given makes it raise."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import decode, yamltext
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.kinds import KINDS, example, fields
from toolkit_builder.model import Fields


def read(front: str, model: type[Any] = fields.PageFields) -> decode.Decoded[Any]:
    return decode.decode(model, f"---\n{front}\n---\nBody\n", "a.md")


def value(front: str, name: str, model: type[Any] = fields.PageFields) -> Any:
    decoded = read(front, model)
    assert decoded.diagnostics == ()
    return getattr(decoded.fields, name)


def complaints(front: str, model: type[Any] = fields.PageFields) -> list[tuple[int, int, str]]:
    return [_place(d) for d in read(front, model).diagnostics]


def _place(d: Diagnostic) -> tuple[int, int, str]:
    assert d.span is not None
    return d.span.line, d.span.column, d.code


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_every_kind_is_read_frozen_and_thawed(kind: Any) -> None:
    decoded = decode.decode(kind.fields, example(kind.name), f"{kind.name}.md")
    assert decoded.diagnostics == ()
    frozen = json.loads(json.dumps(decode.freeze(decoded.fields)))
    assert decode.thaw(kind.fields, frozen) == decoded.fields


# --- text stays text -------------------------------------------------------------------------------------

_TRICKY = [
    "20.10",
    "010",
    "no",
    "yes",
    "12:30",
    "1e3",
    "0x10",
    "1_000",
    "2027-06-14",
    "3.0",
    ".5",
    "+1",
    "Null",
    "NULL",
    "null",
    "true",
    "on",
    "1:30:15",
    "0o17",
    ".inf",
    ".nan",
    "=",
    "20.1 ",
    "-5",
    "¼",
    "Ymlaen â’r",
    "🚩",
    "a:b",
    "http://x.example/a:b",
    "a#b",
    "it's",
    'say "yes"',
    "C:\\pay",
    "50% off",
    "x & y",
    "motion:20",
]


@pytest.mark.parametrize("text", _TRICKY)
def test_text_stays_as_typed(text: str) -> None:
    assert value(f"title: {text}", "title") == text.strip()
    assert value(f"tags: ['{text.replace(chr(39), chr(39) * 2)}']", "tags") == (text.strip(),)
    assert value(f"custom:\n  x: {text}\nregion: North", "custom", fields.BranchFields) == {"x": text.strip()}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_in_quotes_is_read_back(text: str) -> None:
    if yamltext._FORBIDDEN.search(text):
        return
    quoted = text.replace("'", "''")
    got = read(f"description: '{quoted}'")
    assert got.fields is not None
    folded = " ".join(text.split())
    assert got.fields.description == folded


def test_numbers_are_identifiers() -> None:
    for number in ("20.1", "20.10", "20.01", "011", "1e3"):
        assert value(f"number: {number}", "number", fields.MotionFields) == number
        assert value(f"sources: [{number}, {number}]\nnumber: D", "sources", fields.CompositeFields) == (number, number)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("yes", True),
        ("no", False),
        ("Yes", True),
        ("NO", False),
        ("true", True),
        ("False", False),
        ("on", True),
        ("off", False),
        ("'yes'", True),
        ('"no"', False),
    ],
)
def test_yes_and_no(word: str, meant: bool) -> None:
    assert value(f"draft: {word}", "draft") is meant


@pytest.mark.parametrize("nothing", ["", "~", "null", "# nothing yet"])
def test_an_empty_key_counts_as_left_out(nothing: str) -> None:
    decoded = read(f"date: {nothing}\norder: {nothing}\ntags: {nothing}\ncontact:")
    assert decoded.diagnostics == ()
    assert decoded.fields == fields.PageFields()


def test_dates_and_times() -> None:
    assert value("date: 2027-06-14", "date") == dt.date(2027, 6, 14)
    assert value("date: '2027-06-14'", "date") == dt.date(2027, 6, 14)
    for time_text in ("2027-06-14 09:30", "2027-06-14T09:30", "2027-06-14 09:30:00"):
        assert value(f"embargo: {time_text}", "embargo") == dt.datetime(2027, 6, 14, 9, 30)
    assert value("embargo: 2027-06-14", "embargo") == dt.datetime(2027, 6, 14)
    assert value("embargo: 2027-06-14 09:30Z", "embargo") == dt.datetime(2027, 6, 14, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["2027", "0", "86400", "1e9", "-1", "1812985200", "1812985200.5", "PT1H", "now"])
def test_a_number_is_never_taken_for_seconds_since_1970(text: str) -> None:
    assert [c for *_, c in complaints(f"date: {text}\nembargo: {text}")] == ["V304", "V304"]


@given(st.dates())
@settings(max_examples=100, deadline=None)
def test_every_date_is_read_or_put_right_by_its_hint(day: dt.date) -> None:
    assert value(f"date: {day.isoformat()}", "date") == day
    for written in (f"{day:%d/%m/}{day.year:04}", f"{day.day}.{day.month}.{day.year:04}", f"{day:%d %B }{day.year:04}"):
        (found,) = read(f"date: {written}").diagnostics
        assert found.hint.startswith(f"write {day.isoformat()}")


def test_a_name_with_nothing_after_it_stands_for_a_group_with_nothing_set() -> None:
    front = "type: model-letter\nfields:\n  branch:\n  contact: {required: yes}"
    blanks = value(front, "fields", fields.ResourceFields)
    assert blanks == {"branch": fields.TemplateField(), "contact": fields.TemplateField(required=True)}


def test_one_value_is_a_list_of_one() -> None:
    assert value("tags: pay", "tags") == ("pay",)
    assert value("hours: 9 to 5\nregion: North", "hours", fields.BranchFields) == ("9 to 5",)


def test_several_lines_of_text() -> None:
    text = "address: |\n    1 High Street\n    Seaborough"
    assert value(f"contact:\n  {text}", "contact", fields.PlanFields).address == "1 High Street\nSeaborough"
    assert value("description: one\n  two\n  three", "description") == "one two three"


def test_line_separators_of_unicode_do_not_move_places() -> None:
    assert complaints("title: a\u2028b\u2029c\u0085d\ndate: x") == [(3, 7, "V304")]
    assert value("title: a\u2028b\u2029c\u0085d", "title") == "a b c d"


# --- places ----------------------------------------------------------------------------------------------


def test_every_mistake_is_reported_at_once() -> None:
    front = 'title: Pay: the facts\ntags: [a\ndate: 1/2/2027\ndescription: "x\nnonsense: 1\norder: many\ndraft: @'
    assert complaints(front) == [
        (2, 11, "Y204"),
        (3, 7, "Y204"),
        (4, 7, "V304"),
        (5, 14, "Y202"),
        (6, 1, "V301"),
        (7, 8, "V307"),
        (8, 8, "Y204"),
    ]


def test_columns_count_characters() -> None:
    assert complaints("contact: {name: “é🚩”, emial: x}", fields.PlanFields) == [(2, 23, "V301")]
    assert complaints("tags: [é, 🚩, '']\ntitle: x\nslug: É") == [(4, 7, "V309")]


def test_a_required_key_in_a_broken_line_is_not_called_missing() -> None:
    assert complaints("number: @20", fields.MotionFields) == [(2, 9, "Y204")]
    assert complaints("nubmer: 20", fields.MotionFields) == [(2, 1, "V301")]


SOURCE = """---
number: D
sources:
  - 20
  - 20.1
vote: {for: 1204, against: 300}
mover: "North"
---
Body
"""


@pytest.mark.parametrize(
    ("loc", "key", "text"),
    [
        (("number",), False, "D"),
        (("number",), True, "number"),
        (("sources", 0), False, "20"),
        (("sources", 1), False, "20.1"),
        (("vote", "against"), False, "300"),
        (("vote", "against"), True, "against"),
        (("mover",), False, '"North"'),
        (("seconder",), False, "---"),
        (("sources", 9), False, "- 20"),
        (("vote", "abstain"), False, "{for: 1204, against: 300}"),
    ],
)
def test_field_span(loc: tuple[str | int, ...], key: bool, text: str) -> None:
    span = decode.field_span(SOURCE, "a.md", loc, key=key)
    line = SOURCE.split("\n")[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == text


def test_field_span_where_there_is_no_front_matter() -> None:
    assert decode.field_span("# Title\n", "a.md", ("number",)).line == 1
    assert decode.field_span("", "a.md", ("number",)).line == 1
    assert decode.field_span("---\n: : :\n---\n", "a.md", ("number",)).line == 1


def test_field_span_of_a_single_value_in_a_list() -> None:
    span = decode.field_span("---\nsources: 20\n---\n", "a.md", ("sources", 0))
    assert (span.line, span.column, span.end_column) == (2, 10, 12)


def test_field_diagnostic_carries_its_line() -> None:
    found = decode.field_diagnostic("S203", "no such paper", SOURCE, "a.md", ("sources", 1), hint="look")
    assert (found.source, found.hint, found.is_error) == ("  - 20.1", "look", True)


# --- hostile input ---------------------------------------------------------------------------------------


def _bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines)


HOSTILE = {
    "alias bomb": _bomb(),
    "brackets": "title: " + "[" * 5000,
    "braces": "title: " + "{a: " * 5000,
    "dashes": "- " * 5000 + "x",
    "indented": "\n".join("  " * n + "a:" for n in range(400)),
    "closed brackets": "title: " + "[" * 5000 + "]" * 5000,
    "a quarter of a megabyte of brackets": "[" * 250_000,
    "question marks": "? " * 5000,
    "colons": ": " * 100_000,
    "quotes": 'a: "' * 50_000,
    "single quotes": "a: " + "'" * 200_000,
    "quotes apart": "a: '" + "' " * 100_000,
    "dashes apart": "- " * 100_000 + ":",
    "words and dashes": "a-" * 100_000 + "\xa0",
    "unknown keys": "\n".join(f"key{n}: {n}" for n in range(20_000)),
    "equal keys": "a: 1\n" * 40_000,
    "stray lines": "words\n" * 40_000,
    "one long key": "k" * 200_000 + ": 1",
    "one long line": "title: " + "x " * 100_000,
    "one long number": "order: " + "9" * 200_000,
    "bad items": "tags: [" + "{}, " * 50_000 + "]",
    "empty items": "tags: [" + "~, " * 50_000 + "]",
    "tags": "tags:\n" + "- !!python/object/apply:os.system [x]\n" * 5000,
    "anchors": "tags:\n" + "- &a x\n" * 20_000,
    "comments": "title: x #y\n" * 20_000,
    "equal keys in groups": "a: {b: 1, b: 2}\n" * 15_000,
    "spaces": "title:" + " " * 200_000 + "x",
    "tabs": "\t" * 200_000,
    "carets": "date: " + "1/" * 100_000,
    "dashes after dashes": "-" * 200_000 + "\n" + "title: x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_front_matter_takes_less_than_a_second(name: str) -> None:
    for model in (fields.PageFields, fields.BranchFields):
        start = time.process_time()
        decoded = read(HOSTILE[name], model)
        assert time.process_time() - start < 4
        assert len(decoded.diagnostics) <= 120
        assert decoded.body == "Body\n"
        if name != "one long line" and name != "spaces":
            assert decoded.fields is None


@pytest.mark.parametrize("front", ["title: x\n\u00a0slug: z", "title: x\nsl\u200bug: z", "title: x\nslug\u00ad: z"])
def test_an_invisible_character_in_a_key_is_named(front: str) -> None:
    (found,) = read(front, Fields).diagnostics
    assert found.message == "an invisible character stands within 'slug'"
    assert found.hint == "type the key again: slug"


@pytest.mark.parametrize(
    ("front", "column"),
    [
        ("title: We win # now", 15),
        ("title: We win\t# now", 15),
        ("title: We win ## now", 15),
        ("title: Win # now", 12),
        ("title: over\n  two lines # now", 13),
        ("title: x\ntags:\n  - Fair pay # now", 14),
        ("title: x\ntags: [Fair pay # now\n  ]", 17),
    ],
)
def test_words_behind_a_hash_are_reported_where_a_field_holds_words(front: str, column: int) -> None:
    (found,) = read(front, Fields).diagnostics
    assert found.code == "Y214"
    assert found.span is not None
    assert found.span.column == column


@pytest.mark.parametrize(
    "front",
    [
        "# a comment\ntitle: We win",
        "title: We win\n# a comment\n",
        "title: 'We win' # now",
        "title: We win #",
        "title: We win#now",
        "title: x\ndate: 2027-06-14 # agreed",
        "title: x\ndraft: yes # for now",
        "title: x\nslug: we-win # short",
        "title: x\nlanguage: en-GB # ours",
        "title: x\nimage: images/gate.jpg # by Jo",
        "title: x\naliases: [/old/] # before",
        "title: >-\n  We win # now",
    ],
)
def test_comments_after_what_holds_no_words_are_silent(front: str) -> None:
    assert read(front, Fields).diagnostics == ()


def test_warnings_without_number_stop_nothing() -> None:
    decoded = read("tags:\n" + "- x #y\n" * 100 + "title: Last")
    assert decoded.fields is not None
    assert decoded.fields.title == "Last"
    assert {d.code for d in decoded.diagnostics} == {"Y214"}


@pytest.mark.parametrize(
    "text",
    [
        "-" * 500_000,
        "+" * 500_000,
        "\n" * 500_000,
        "a" * 500_000 + "\n",
        " \n" * 200_000,
        "title:" + "\n" * 300_000,
        "---\n" + "- -" * 200_000,
        "---\n" + "---x\n" * 100_000,
    ],
)
def test_hostile_text_without_front_matter_takes_less_than_a_second(text: str) -> None:
    start = time.process_time()
    decode.decode(fields.PageFields, text, "a.md")
    assert time.process_time() - start < 4


def test_front_matter_that_is_too_long_is_refused() -> None:
    assert complaints("description: |\n" + "  words\n" * 40_000) == [(2, 1, "Y216")]


_PIECES = [
    "title",
    "tags",
    "contact",
    "vote",
    ":",
    ": ",
    " ",
    "\n",
    "\n  ",
    "\n- ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    '"',
    "&a",
    "*a",
    "!!str",
    "!x",
    "|",
    ">",
    "%",
    "@",
    "`",
    "#",
    " #",
    "?",
    "\t",
    "\\",
    "\\ud800",
    "\\0",
    "---",
    "...",
    "<<",
    "é",
    "🚩",
    "20.10",
    "no",
    "2027-02-30",
    "\u2028",
    "\x85",
    "\0",
    "\ud800",
    "\ufeff",
    "\uffff",
    "yes",
    "\xa0",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join), st.sampled_from([k.fields for k in KINDS]))
@settings(max_examples=800, deadline=None)
def test_nothing_makes_it_raise(front: str, model: type[Fields]) -> None:
    text = f"---\n{front}\n---\nBody\n"
    decoded = decode.decode(model, text, "a.md")
    assert decoded.fields is not None or any(d.is_error for d in decoded.diagnostics)
    lines = text.split("\n")
    for d in decoded.diagnostics:
        assert d.span is not None
        assert d.source == lines[d.span.line - 1]
        assert 1 <= d.span.column <= len(d.source) + 1
        assert not d.message.endswith(".")
    decode.field_span(text, "a.md", ("tags", 0))
    if decoded.fields is not None:
        assert decode.thaw(model, json.loads(json.dumps(decode.freeze(decoded.fields)))) == decoded.fields


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_example_never_raises(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    text = example(kind.name)
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 5))
    damaged = text[:at] + data.draw(st.sampled_from(_PIECES)) + text[at + cut :]
    decode.decode(kind.fields, damaged, "a.md")


def test_reading_is_fast() -> None:
    front = "title: Caseloads\nnumber: 20.10\nmover: North\ntags: [pay, hours]\ndate: 2027-06-14\nsection: Pay"
    text = f"---\n{front}\n---\nText\n"
    start = time.process_time()
    for _ in range(1000):
        decode.decode(fields.MotionFields, text, "a.md")
    assert time.process_time() - start < 3


def test_without_libyaml_it_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    texts = [example(kind.name) for kind in KINDS]
    fast = [decode.decode(kind.fields, text, "a.md") for kind, text in zip(KINDS, texts, strict=True)]
    monkeypatch.setattr(yamltext, "_Parser", yaml.SafeLoader)
    slow = [decode.decode(kind.fields, text, "a.md") for kind, text in zip(KINDS, texts, strict=True)]
    assert fast == slow
    assert complaints("title: a: b\ndate: x") == [(2, 9, "Y204"), (3, 7, "V304")]
