"""The amendment language: what is printed is read back, quotations end where they should, nothing is guessed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.motions.cases import motion
from toolkit_builder.diagnostics import any_errors
from toolkit_builder.motions.amend import Amendment, accept, apply, reject
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.instructions import Instruction, Place, Spot, Target, Words, print_instruction
from toolkit_builder.motions.text import parse

QUOTES = st.text("abcdefg ,.;é'’\"“”()–-", min_size=1, max_size=24).map(str.strip).filter(
    lambda q: any(c.isalnum() for c in q) and q[0].isalnum() and q[-1].isalnum() and "--" not in q
)  # fmt: skip
TEXTS = QUOTES.filter(lambda q: q.count('"') % 2 == 0 and q.count("“") == q.count("”"))
LABELS = st.sampled_from([("1",), ("2",), ("12",), ("4", "b"), ("b",), ("3", "a", "ii"), ("2", "1"), ("2", "1", "a")])
PARAGRAPHS = st.one_of(
    st.builds(Place, unit=st.just("paragraph"), labels=st.sampled_from([("1",), ("2",), ("3",)])),
    st.builds(Place, unit=st.just("paragraph"), ordinal=st.sampled_from([1, 2, 3, -1, -2])),
    st.builds(Place, unit=st.just("paragraph"), beginning=QUOTES),
    st.builds(Place, unit=st.just("paragraph"), beginning=st.sampled_from(["TR210", "ED 112"])),
)
PARTS = st.one_of(
    st.builds(Place, unit=st.just("part"), beginning=QUOTES),
    st.builds(Place, unit=st.just("section"), opener=st.sampled_from(["notes", "resolves", "whereas", "resolved"])),
)
POINTS = st.one_of(
    st.builds(Place, unit=st.just("point"), labels=LABELS),
    st.builds(Place, unit=st.just("point"), ordinal=st.sampled_from([1, 4, -1])),
    st.builds(Place, unit=st.just("bullet"), ordinal=st.sampled_from([1, 2, -1])),
    st.builds(Place, unit=st.just("number"), labels=st.sampled_from([("3",), ("12",)])),
)
LABELLED = POINTS.filter(lambda place: place.unit != "number")
INNER = st.one_of(
    st.builds(Place, unit=st.just("line"), labels=st.sampled_from([("1",), ("14",)])),
    st.builds(Place, unit=st.just("sentence"), ordinal=st.sampled_from([1, 2, -1])),
)
PATHS = st.one_of(
    st.tuples(PARAGRAPHS),
    st.tuples(POINTS),
    st.tuples(PARAGRAPHS, INNER),
    st.tuples(POINTS, INNER),
    st.tuples(PARTS),
    st.tuples(PARTS, PARAGRAPHS),
    st.tuples(PARTS, POINTS),
)
SCOPES = st.one_of(st.just(()), PATHS, st.tuples(st.builds(Place, unit=st.just("title"))))
WORDS = st.one_of(
    st.builds(Words, quote=QUOTES),
    st.builds(Words, quote=QUOTES, occurrence=st.sampled_from([1, 2, -1])),
    st.builds(Words, quote=QUOTES, every=st.just(True)),
)
PLAIN = st.builds(Words, quote=QUOTES)
TARGETS = st.one_of(
    st.builds(Target, kind=st.just("words"), start=WORDS),
    st.builds(Target, kind=st.just("places"), places=st.tuples(st.tuples(POINTS) | st.tuples(PARAGRAPHS))),
    st.builds(Target, kind=st.just("span"), start=PLAIN, start_included=st.booleans()),
    st.builds(Target, kind=st.just("span"), start=PLAIN, end=PLAIN, start_included=st.just(True)),
    st.builds(
        Target, kind=st.just("span"), start=PLAIN, end=PLAIN, start_included=st.just(False), end_included=st.booleans()
    ),
    st.builds(Target, kind=st.just("span"), start=st.none(), end=PLAIN, end_included=st.booleans()),
)
SPOTS = st.one_of(
    st.builds(Spot, kind=st.sampled_from(["after", "before"]), ref=WORDS.filter(lambda w: not w.every)),
    st.builds(Spot, kind=st.sampled_from(["start", "end"]), ref=st.tuples(POINTS) | st.tuples(PARAGRAPHS)),
    st.builds(Spot, kind=st.just("between"), ref=PLAIN, other=PLAIN),
    st.builds(Spot, kind=st.just("end")),
)
INSTRUCTIONS = st.one_of(
    st.builds(Instruction, verb=st.just("delete"), scope=SCOPES, target=TARGETS, renumber=st.booleans()),
    st.builds(Instruction, verb=st.just("replace"), scope=SCOPES, target=TARGETS, text=TEXTS, renumber=st.booleans()),
    st.builds(Instruction, verb=st.just("insert"), scope=SCOPES, spot=SPOTS, text=TEXTS, renumber=st.booleans()),
    st.builds(
        Instruction,
        verb=st.just("insert"),
        text=TEXTS,
        unit=st.sampled_from(["paragraph", "point", "bullet", "points"]),
        label=st.sampled_from([("2",), ("4",)]),
        renumber=st.booleans(),
    ),
    st.builds(
        Instruction,
        verb=st.just("swap"),
        target=st.builds(
            Target,
            kind=st.just("places"),
            places=st.one_of(
                st.tuples(st.tuples(LABELLED), st.tuples(LABELLED)),
                st.tuples(st.tuples(PARAGRAPHS), st.tuples(PARAGRAPHS)),
            ),
        ),
    ),
    st.builds(
        Instruction,
        verb=st.just("insert"),
        text=TEXTS,
        unit=st.just("paragraph"),
        label=st.sampled_from([("TR212",), ("ED112",)]),
        renumber=st.booleans(),
    ),
    st.builds(
        Instruction,
        verb=st.just("move"),
        target=st.builds(Target, kind=st.just("places"), places=st.tuples(st.tuples(POINTS))),
        spot=st.builds(Spot, kind=st.sampled_from(["after", "before"]), ref=st.tuples(POINTS)),
    ),
)


@given(INSTRUCTIONS)
@settings(max_examples=500, deadline=None)
def test_an_instruction_printed_is_read_back_equal(instruction: Instruction) -> None:
    printed = print_instruction(instruction)
    again, found = parse_instructions(printed)
    assert not any_errors(found), printed
    assert again == (instruction,), printed


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_at_all_raises(source: str) -> None:
    parse_instructions(source)


PIECES = st.sampled_from(
    [
        "delete",
        "insert",
        "add",
        "replace",
        "with",
        "after",
        "before",
        "in",
        "paragraph",
        "2",
        "point",
        "4(b)",
        "'a'",
        '"b"',
        "“c”",
        "all",
        "from",
        "to",
        "the",
        "end",
        "of",
        "and",
        "renumber",
        ":",
        ";",
        ",",
        "\n",
        "new",
        "at",
        "sentence",
        "first",
        "last",
        "line",
        "3",
        "by",
        "for",
        "substitute",
        "amend",
        "move",
        "read",
        "so",
        "that",
        "it",
        "reads",
        "'",
        '"',
        "‘",
        "’",
        "(",
        ")",
        "Conference",
        "notes",
    ]
)


@given(st.lists(PIECES, max_size=20).map(" ".join))
@settings(max_examples=500, deadline=None)
def test_no_jumble_of_the_language_s_own_words_raises(source: str) -> None:
    instructions, found = parse_instructions(source)
    assert instructions or found
    for instruction in instructions:
        print_instruction(instruction)


@given(st.lists(PIECES, max_size=14).map(" ".join), st.sampled_from(["caseloads", "pay", "rail", "climate", "hours"]))
@settings(max_examples=300, deadline=None)
def test_no_jumble_raises_when_applied_and_what_is_refused_changes_nothing(source: str, name: str) -> None:
    printed = motion(name)
    amended, found = apply(printed, [Amendment(id="1", source=source)])
    assert accept(printed.source, amended.edits) == amended.after.source
    assert reject(amended.after.source, amended.edits) == printed.source
    if any_errors(found):
        assert amended.after == printed


@pytest.mark.parametrize("name", ["caseloads", "plain"])
def test_a_motion_with_windows_line_ends_keeps_them(name: str) -> None:
    printed = parse(motion(name).source.replace("\n", "\r\n"))[0]
    amended, found = apply(
        printed, [Amendment(id="1", source='Insert new point 2: "ballot members"\r\n\r\nDelete point 4')]
    )
    assert not any_errors(found)
    assert "\n" not in amended.after.source.replace("\r\n", "")
    assert "ballot members" in amended.after.source


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("After \"x\" insert 'the workers' rights campaign'", "the workers' rights campaign"),
        ('After "x" insert "the "real" living wage"', 'the "real" living wage'),
        ("After 'x' insert “the so-called “reform””", "the so-called “reform”"),
        ("After 'x' insert «la grève»", "la grève"),
        ("After 'x' insert ''two marks''", "two marks"),
        ("After “x” insert ‘members’ families’", "members’ families"),
        ("After 'x' insert 'never closed", "never closed"),
        ("After 'x' insert:\n\n\"On a line of its own\"", "On a line of its own"),
        ("After 'x' insert:\n\n> In a block\n> of two lines", "In a block\nof two lines"),
        ("After 'x' insert: no marks at all", "no marks at all"),
        ("After 'x' insert “Para one.\n\n“Para two.”", "Para one.\n\nPara two."),
        ("After 'x' insert ”wrong mark”", "wrong mark"),
        ("After 'x' insert **bold words**", "bold words"),
    ],
)
def test_quotations_end_where_their_mover_meant(source: str, text: str) -> None:
    instructions, found = parse_instructions(source)
    assert not any_errors(found)
    assert [i.text for i in instructions] == [text]


@pytest.mark.parametrize(
    ("source", "codes", "texts"),
    [
        ('Add at end: Hold a rally."', ["A204"], ["Hold a rally."]),
        ("After 'x' insert \"a rally in point 3", ["A205"], ["a rally in point 3"]),
        ("After 'x' insert \"a rally and delete 'y'", ["A205"], ["a rally and delete 'y'"]),
        ("After 'x' insert 'the \"old guard'", ["A205"], ['the "old guard']),
        ("Delete 'x' and insert \"y in its place", ["A205"], ["y in its place"]),
    ],
)
def test_a_quotation_that_lost_a_mark_is_read_only_where_its_end_is_plain(
    source: str, codes: list[str], texts: list[str]
) -> None:
    instructions, found = parse_instructions(source)
    assert [d.code for d in found] == codes
    assert [i.text for i in instructions] == texts


def test_an_unclosed_quotation_never_swallows_the_next_instruction() -> None:
    instructions, found = parse_instructions("After 'x' insert 'temporary\nDelete 'y' in point 4")
    assert [i.text for i in instructions] == ["temporary", ""]
    assert [d.code for d in found] == ["A204"]


def test_a_place_given_once_holds_for_the_lines_below_it() -> None:
    instructions, _ = parse_instructions("In paragraph 2:\n- delete 'a b'\n- in line 3, after 'c' insert 'd'\n")
    assert [i.scope[0].labels for i in instructions] == [("2",), ("2",)]
    assert instructions[1].scope[1].unit == "line"


def test_every_mistake_is_reported_at_its_line_and_column() -> None:
    _, found = parse_instructions("Delete point 4\nfrobnicate\nIn point 2: improve it\n", "20.1.md", 8)
    assert [(d.span.path, d.span.line, d.span.column) for d in found if d.span] == [
        ("20.1.md", 9, 1),
        ("20.1.md", 10, 1),
    ]
    assert all("forms that are understood" in d.hint for d in found)


def test_a_line_that_may_be_an_instruction_never_becomes_new_text() -> None:
    _, found = parse_instructions("Insert new point 6: Ballot members\nDelte point 4\n")
    assert any_errors(found)


def test_a_mover_s_name_and_reasons_are_no_instruction() -> None:
    instructions, found = parse_instructions(
        "Amendment 20.1\n\nDelete point 4\n\nMoved by: Northgate branch\n\nRationale:\nDelete is best.\n"
    )
    assert [print_instruction(i) for i in instructions] == ["Delete point 4"]
    assert [(d.code, d.severity, d.span and d.span.line) for d in found] == [("A209", "note", 7)]


def test_an_empty_amendment_is_said_to_be_empty() -> None:
    assert [d.code for d in parse_instructions("  \n")[1]] == ["A208"]


@pytest.mark.parametrize(
    "source",
    ["insert 'x' after 'y' and " * 1000, "delete 'a " * 2000, "amend paragraph 2 by changing " * 1500, "“" * 3000],
)
def test_a_hostile_amendment_takes_no_unreasonable_time(source: str) -> None:
    start = time.process_time()
    parse_instructions(source)
    assert time.process_time() - start < 12


MOTION = """Conference notes:
– that pay is low
– that 1,200 staff left in 2026

Conference calls on the executive to
1 - campaign for £15 an hour
2 - seek talks with the councils
3 - publish a charter by 1 May 2028
Conference further instructs the executive to report.
"""


@pytest.mark.parametrize(
    ("instruction", "gone", "new"),
    [
        ("Delete point 3.", "3 - publish a charter by 1 May 2028", ""),
        ('Insert new point 3: "ballot members" and renumber', "", "4 - publish a charter by 1 May 2028"),
        ('In the second bullet replace "1,200" with "1,450"', "1,200", "1,450"),
        (
            'Delete last paragraph and replace with: "Conference thanks all."',
            "further instructs",
            "Conference thanks all.",
        ),
        (
            'Point 3: delete all after "charter"',
            "by 1 May 2028",
            "Conference further instructs the executive to report.",
        ),
    ],
)
def test_points_with_loose_numbers_are_found_and_no_paragraph_goes_with_them(
    instruction: str, gone: str, new: str
) -> None:
    amended, problems = apply(parse(MOTION)[0], [Amendment(id="1.1", source=instruction)])
    assert not any_errors(problems), problems
    assert not gone or gone not in amended.after.source
    assert new in amended.after.source
    assert ("Conference further instructs" in amended.after.source) == ("further" not in gone)


@pytest.mark.parametrize("instruction", ["Renumber.", "Renumber the points a), b), c)"])
def test_renumbering_alone_is_no_amendment(instruction: str) -> None:
    amended, problems = apply(parse(MOTION)[0], [Amendment(id="1.1", source=instruction)])
    assert [d.code for d in problems] == ["A314"]
    assert amended.applied == ()
