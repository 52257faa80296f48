"""If 18 is carried, 19 falls: rules as committees write them, applied to what was recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit_builder.diagnostics import Span
from toolkit_builder.motions import consequences, records, results
from toolkit_builder.motions.consequences import Record


def record(number: str, text: str = "tabled", **more: object) -> Record:
    result, problems = results.parse(text)
    assert problems == []
    assert result is not None
    return Record(number=number, result=result, span=Span(f"{number}.md", 5, 9), **more)  # type: ignore[arg-type]


def conference(text: str) -> list[Record]:
    """``18 carried | 19 tabled | CompositeD carried`` as records."""
    pairs = (line.strip().split(" ", 1) for line in text.split("|"))
    return [record(number.replace("Composite", "Composite "), result) for number, result in pairs]


READ = [
    ("if 18 carried, 19 falls", "18 carried", ["19 fell"]),
    ("If motion 18 is carried, motions 19 and 20 fall.", "18 carried", ["19 fell", "20 fell"]),
    ("if 18 passes, 19 falls", "18 passes", ["19 fell"]),
    ("If 18 is lost then 19 falls", "18 lost", ["19 fell"]),
    ("if 18 is remitted: 19 will not be taken", "18 remitted", ["19 fell"]),
    ("19 falls if 18 is carried", "18 carried", ["19 fell"]),
    ("Motions 19, 20 and 21 will fall if motion 18 is carried", "18 carried", ["19 fell", "20 fell", "21 fell"]),
    ("If 20.1 and 20.3 are carried, 20.4 falls", "20.1 and 20.3 carried", ["20.4 fell"]),
    ("if 20.01 carried, 20.1 and 20.3 fall", "20.1 carried", ["20.1 fell", "20.3 fell"]),
    ("if either 18 or 19 is carried, 20 falls", "18 or 19 carried", ["20 fell"]),
    ("if 18 is carried and 19 is lost, 20 falls", "18 carried and 19 lost", ["20 fell"]),
    ("if 18 is carried or 19 is carried, 20 falls", "18 carried or 19 carried", ["20 fell"]),
    ("if 18 is not carried, 19 falls", "18 not carried", ["19 fell"]),
    ("if 18 is not reached, 19 is remitted", "18 not reached", ["19 remitted"]),
    ("if A1 carried, A2 is withdrawn", "A1 carried", ["A2 withdrawn"]),
    ("if part 2 of 18 is lost, 19 falls", "18 (part 2) lost", ["19 fell"]),
    ("if 18 (last paragraph) is lost, 19 falls", "18 (last paragraph) lost", ["19 fell"]),
    ("if 18 is carried, 19 falls and 20 is withdrawn", "18 carried", ["19 fell", "20 withdrawn"]),
    (
        "If Composite D is carried, Composites E and F fall",
        "Composite D carried",
        ["Composite E fell", "Composite F fell"],
    ),
    ("If EM1 is carried, 4 automatically falls", "EM1 carried", ["4 fell"]),
    ("if 18 is carried as amended, 19 falls", "18 carried as amended", ["19 fell"]),
    ("If Motion 18 is carried Motion 19 falls", "18 carried", ["19 fell"]),
    ("if 20.1 is carried, amendments 20.2 to 20.4 fall", "20.1 carried", ["20.2 fell", "20.3 fell", "20.4 fell"]),
    ("if 18 is carried as amended 19 falls", "18 carried as amended", ["19 fell"]),
    ("if neither 18 nor 19 is carried, 20 falls", "18 and 19 not carried", ["20 fell"]),
    ("if 7 (part 2) is lost, 9 falls", "7 (part 2) lost", ["9 fell"]),
    ("If Composite A falls, motions 4 and 5 will be taken", "Composite A falls", ["4 tabled", "5 tabled"]),
    ("When 18, 19 and 20 are lost, then 21 is not put", "18 and 19 and 20 lost", ["21 fell"]),
]


@pytest.mark.parametrize(("text", "when", "then"), READ, ids=[text for text, _, _ in READ])
def test_read(text: str, when: str, then: list[str]) -> None:
    rules, problems = consequences.parse(text)
    assert problems == []
    assert str(rules[0].condition) == when
    assert [f"{e.item} {e.outcome}" for e in rules[0].effects] == then


def test_several_rules_on_a_line_with_their_places() -> None:
    line = "if 18 carried, 19 falls; if 18 lost, 20 falls"
    rules, problems = consequences.parse(line, span=Span("c.yaml", 3, 5), source=line)
    assert problems == []
    assert [(r.span.column, r.span.end_column) for r in rules if r.span] == [(5, 28), (30, 50)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("18 carried, 19 falls", "does not say 'if'"),
        ("if 18 carried and 19 falls", "no comma or 'then'"),
        ("if 18 carried, 19 to 99 fall", "no range of numbers"),
        ("if 18 sings, 19 falls", "'18 sings' does not say what became of an item"),
        ("if 18 carried, 19 sings", "does not say what follows"),
        ("if the pay claim carried, 19 falls", "words a number cannot have"),
        ("if 18 carried and 19 lost or 20 lost, 21 falls", "mixed"),
        ("if 18 taken, 19 falls", "is no result"),
        ("if , 19 falls", "no item|what became|empty"),
    ],
)
def test_what_is_not_understood_says_why_and_shows_a_form(text: str, why: str) -> None:
    rules, problems = consequences.parse(text, span=Span("c.yaml", 3, 5))
    assert rules == ()
    assert [p.code for p in problems] == ["R301"]
    assert any(part in problems[0].message for part in why.split("|"))
    assert "if 18 carried, 19 falls" in problems[0].hint


@pytest.mark.parametrize(
    ("recorded", "rules", "follows"),
    [
        ("18 carried | 19 tabled", "if 18 carried, 19 falls", {"19": "Fell (18 carried)"}),
        ("18 carried unopposed | 19 tabled", "if 18 carried, 19 falls", {"19": "Fell (18 carried)"}),
        ("18 lost | 19 tabled", "if 18 carried, 19 falls", {}),
        ("18 tabled | 19 tabled", "if 18 carried, 19 falls", {}),
        ("18 carried | 19 fell (18 carried)", "if 18 carried, 19 falls", {}),
        ("18 carried | 19 withdrawn", "if 18 carried, 19 falls", {}),
        ("18 lost | 19 tabled", "if 18 not carried, 19 falls", {"19": "Fell (18 not carried)"}),
        ("18 carried | 19 tabled | 19.1 tabled", "if 19 falls, 19.1 falls; if 18 carried, 19 falls",
         {"19": "Fell (18 carried)", "19.1": "Fell (19 falls)"}),
        ("18 carried | 19 tabled | 20 tabled", "if 18 and 19 carried, 20 falls", {}),
        ("18 carried | 19 tabled | 20 tabled", "if 18 or 19 carried, 20 falls", {"20": "Fell (18 or 19 carried)"}),
        ("18 last paragraph: lost; rest: carried | 19 tabled", "if 18 (last paragraph) lost, 19 falls",
         {"19": "Fell (18 (last paragraph) lost)"}),
        ("18 last paragraph: lost; rest: carried | 19 tabled", "if 18 carried, 19 falls", {}),
        ("20.01 carried | 20.10 tabled | 20.1 tabled", "if 20.1 carried, 20.10 falls", {}),
        ("18 lost | 19 tabled | 20 tabled", "if neither 18 nor 19 is carried, 20 falls", {}),
        ("18 lost | 19 fell | 20 tabled", "if neither 18 nor 19 is carried, 20 falls",
         {"20": "Fell (18 and 19 not carried)"}),
        ("18 fell | 19 tabled", "if 18 falls, 19 will be put", {}),
        ("18 carried | 19 tabled", "if 18 carried, 19 is remitted", {"19": "Remitted (18 carried)"}),
    ],
)  # fmt: skip
def test_what_follows(recorded: str, rules: str, follows: dict[str, str]) -> None:
    derived, problems = consequences.apply(conference(recorded), consequences.parse(rules)[0])
    assert {number: results.said(result) for number, result in derived.items()} == follows
    assert problems == []


@pytest.mark.parametrize(
    ("recorded", "rules", "code", "message"),
    [
        ("18 carried | 19 carried", "if 18 carried, 19 falls", "R304",
         "19 is recorded as 'carried', but 'fell' follows from"),
        ("18 carried | 19 lost", "if 18 carried, 19 falls", "R304", "19 is recorded as 'lost'"),
        ("18 carried | 19 tabled", "if 18 carried, 29 falls", "R302", "names 29, and no item"),
        ("18 carried | 19 tabled", "if 18 carried, 18 falls", "R303", "depend on itself"),
        ("18 carried | 19 a: carried; last paragraph: carried", "if 18 carried, 19 (last paragraph) falls", "R304",
         "19 (last paragraph) is recorded as 'carried'"),
    ],
)  # fmt: skip
def test_a_record_that_disagrees_with_a_consequence(recorded: str, rules: str, code: str, message: str) -> None:
    _, problems = consequences.apply(conference(recorded), consequences.parse(rules)[0])
    assert problems[0].code == code
    assert message in problems[0].message
    assert problems[0].hint


@pytest.mark.parametrize(
    ("recorded", "codes"),
    [
        ("37 carried as amended by 37.1 | 37.1 carried", []),
        ("37 carried as amended by 37.1 | 37.1 lost", ["R312"]),
        ("37 carried as amended by 37.1 | 37.1 tabled", ["R312"]),
        ("37 carried as amended by 37.3 | 37.1 carried", ["R311", "R314"]),
        ("37 carried as amended by 38.1 | 38 lost | 38.1 carried", ["R313"]),
        ("37 carried as amended | 37.1 carried", []),
        ("37 carried as amended | 37.1 lost", ["R315"]),
        ("37 carried | 37.1 carried", ["R314"]),
        ("37 carried unopposed | 37.1 carried", ["R314"]),
        ("37 carried as amended by 37.1 | 37.1 carried | 37.2 carried", ["R314"]),
        ("37 carried | 37.1 lost", []),
        ("37 lost | 37.1 carried", []),
        ("9 composited into Composite D", ["R321"]),
        ("9 composited into D | CompositeD carried", []),
        ("9 fell (A1 carried) | A1 carried", []),
        ("9 fell (A1 carried) | A1 lost", ["R332"]),
        ("9 fell (A1 carried) | A1 tabled", ["R332"]),
        ("9 fell (A2 carried) | A1 carried", ["R331"]),
        ("9 fell as a result of A1 being carried | A1 lost", ["R332"]),
        ("9 fell due to motion 18 being carried | 18 carried", []),
        ("9 fell (the time had run out)", []),
        ("9 fell", []),
    ],
)
def test_contradictions_in_the_record(recorded: str, codes: list[str]) -> None:
    found = records.contradictions(conference(recorded))
    assert [d.code for d in found] == codes
    assert all(d.is_error and d.hint and d.span for d in found)


def test_composites_and_their_sources() -> None:
    composite = record("Composite D", "carried", sources=("9", "10", "99"))
    found = records.contradictions([record("9", "composited into D"), record("10", "carried"), composite,
                                    record("11", "composited into D")])  # fmt: skip
    assert [(d.code, d.span.path if d.span else "") for d in found] == [
        ("R324", "10.md"), ("R323", "Composite D.md"), ("R322", "11.md"),
    ]  # fmt: skip


def test_a_source_without_a_result_was_composited() -> None:
    composite = record("Composite D", "carried", sources=("9", "10.0", "11"))
    listed = [record("9"), record("11", "withdrawn"), record("12"), composite]
    found = records.implied(listed)
    assert {number: results.said(result) for number, result in found.items()} == {"9": "Composited into Composite D"}
    withdrawn = record("Composite D", "withdrawn", sources=("9",))
    assert records.implied([record("9"), withdrawn]) == {}


def test_an_amendment_named_by_its_mover() -> None:
    amendment = record("P04.1", "carried", amends="P04", mover="Harbour Workers")
    motion = record("P04", "carried as amended by the amendment from harbour workers")
    assert records.contradictions([motion, amendment]) == []


@given(st.text("if18carriedlost, andorfals20.1()", max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    rules, problems = consequences.parse(text)
    assert bool(rules or problems) == bool(text.strip(" .;\n\t"))
