"""Where the clauses of a composite came from."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from toolkit_builder.diagnostics import Severity, Span
from toolkit_builder.motions import composites
from toolkit_builder.motions.composites import Passage, Provenance, Source

NINE = Source("9", (
    Passage("paragraph 1", "Conference notes that night ferries are crewed by half the hands they need."),
    Passage("point 1", "demand a statutory minimum crew on every night sailing;"),
    Passage("point 2", "publish the accident figures each quarter."),
))  # fmt: skip
TEN = Source("10", (
    Passage("paragraph 1", "Conference notes that lock keepers’ cottages are being sold."),
    Passage("point 1", "demand a statutory minimum crew on every night sailing;"),
    Passage("point 2", "end the sale of cottages"),
))  # fmt: skip


def from_clauses(*texts: str) -> Provenance:
    clauses = [Passage(f"paragraph {at}", text, Span("d.md", at, 1)) for at, text in enumerate(texts, 1)]
    return composites.provenance(clauses, [NINE, TEN])


def test_each_clause_names_its_source_and_place() -> None:
    found = from_clauses(
        "Conference notes that night ferries are crewed by half the hands they need.",
        "END the sale of cottages;",
        "Conference notes that lock keepers' cottages are being sold.",
    )
    assert [[str(o) for o in c.origins] for c in found.clauses] == [
        ["9, paragraph 1"], ["10, point 2"], ["10, paragraph 1"],
    ]  # fmt: skip
    assert all(not c.new for c in found.clauses)


def test_the_same_words_in_two_sources_name_both() -> None:
    clause = from_clauses("demand a statutory minimum crew on every night sailing").clauses[0]
    assert [(str(s.origin), [str(o) for o in s.also]) for s in clause.stretches] == [("9, point 1", ["10, point 1"])]


def test_one_clause_of_two_sources_is_cut_where_they_meet() -> None:
    clause = from_clauses("publish the accident figures each quarter and end the sale of cottages.").clauses[0]
    assert [(s.text, str(s.origin)) for s in clause.stretches] == [
        ("publish the accident figures each quarter", "9, point 2"),
        ("and", "None"),
        ("end the sale of cottages", "10, point 2"),
    ]
    assert clause.new == ()


def test_words_from_nowhere_are_shown() -> None:
    found = from_clauses("publish the accident figures each quarter and abolish the harbour board.")
    assert [s.text for s in found.clauses[0].new] == ["and abolish the harbour board"]
    warnings = [d for d in composites.check(found) if d.severity is Severity.WARNING]
    assert [(d.code, d.span) for d in warnings] == [("R403", Span("d.md", 1, 1))]
    assert "'and abolish the harbour board'" in warnings[0].message


def test_a_changed_word_inside_a_sentence_is_the_only_new_one() -> None:
    clause = from_clauses("demand a statutory minimum crew on every single night sailing").clauses[0]
    assert [s.text for s in clause.new] == ["single"]


def test_words_left_out_are_listed_with_their_place() -> None:
    found = from_clauses(
        "Conference notes that night ferries are crewed by half the hands they need.",
        "demand a statutory minimum crew on every night sailing;",
        "Conference notes that lock keepers’ cottages are being sold.",
    )
    assert [(str(left.origin), left.text) for left in found.left_out] == [
        ("9, point 2", "publish the accident figures each quarter"),
        ("10, point 2", "end the sale of cottages"),
    ]
    assert [d.code for d in composites.check(found)] == ["R404", "R404"]


def test_explicit_notes_are_checked() -> None:
    found = from_clauses(
        "end the sale of cottages {from: 10}",
        "publish the accident figures each quarter {from: 10}",
        "demand a statutory minimum crew on every night sailing {from: 10.0, 9}",
        "demand a statutory minimum crew on every night sailing {from: 10}",
    )
    assert [c.claimed for c in found.clauses] == [("10",), ("10",), ("10.0", "9"), ("10",)]
    assert found.clauses[0].text == "end the sale of cottages"
    problems = [d for d in composites.check(found) if d.is_error]
    assert [(d.code, d.span.line if d.span else 0) for d in problems] == [("R402", 2), ("R401", 3)]
    assert "its words are from 9" in problems[0].message


def test_a_short_clause_needs_all_its_words() -> None:
    short = Source("3", (Passage("point 1", "fund libraries"),))
    found = composites.provenance([Passage("point 1", "Fund libraries;"), Passage("point 2", "fund arms")], [short])
    assert [[str(o) for o in c.origins] for c in found.clauses] == [["3, point 1"], []]
    assert [s.text for s in found.clauses[1].new] == ["fund arms"]


def test_a_long_composite_of_repeated_words_is_quick() -> None:
    source = Source("1", tuple(Passage(f"p{i}", "we call for more staff " * 40) for i in range(60)))
    clauses = [Passage(f"c{i}", "we call for more staff " * 40 + str(i)) for i in range(60)]
    start = time.process_time()
    found = composites.provenance(clauses, [source])
    assert time.process_time() - start < 20
    assert [s.text for c in found.clauses for s in c.new] == [str(i) for i in range(60)]


words = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "boats", "crews", "pay", "and", "the", "of"]), max_size=25
).map(" ".join)


@given(st.lists(words, max_size=4), st.lists(words, max_size=4))
def test_stretches_cover_every_word_once_and_are_true(clauses: list[str], texts: list[str]) -> None:
    source = Source("1", tuple(Passage(f"p{i}", text) for i, text in enumerate(texts)))
    found = composites.provenance([Passage("c", text) for text in clauses], [source])
    for clause, text in zip(found.clauses, clauses, strict=True):
        assert " ".join(s.text for s in clause.stretches) == text
        for stretch in clause.stretches:
            if stretch.origin:
                theirs = texts[int(stretch.origin.address[1:])].split()
                assert all(word in theirs for word in stretch.text.split())


@given(st.lists(words.filter(bool), min_size=1, max_size=4))
def test_a_copy_has_no_new_word_and_leaves_nothing_out(texts: list[str]) -> None:
    passages = tuple(Passage(f"p{i}", text) for i, text in enumerate(texts))
    found = composites.provenance(passages, [Source("1", passages)])
    assert found.left_out == ()
    assert all(s.origin is not None for c in found.clauses for s in c.stretches)
