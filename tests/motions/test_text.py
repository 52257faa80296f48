"""Motions as text: real markers, stable addresses, line numbers, nothing lost."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.motions.cases import motion
from toolkit_builder.motions.amend import Amendment, apply
from toolkit_builder.motions.html import motion_html
from toolkit_builder.motions.lines import LineMap, line_map, numbered
from toolkit_builder.motions.text import MotionText, parse
from toolkit_builder.prose import inline

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
LINES = st.sampled_from([
    "", "Conference notes:", "1) One thing", "2)Two things", "a) sub", "  b) deeper", "- bullet", "   more of it",
    "(iv) four", "| a | b |", "|---|---|", "# Heading", "> quoted", "Conference therefore calls on members to act.",
    "3 Bare: text", "12 June 2008", "i.e. not a marker", "```", "***", "Ünïcode “quotes” 🙂", "\tTabbed",
    "<div>x</div>",
])  # fmt: skip


def shape(source: str) -> list[tuple[str, str]]:
    text, _ = parse(source)
    return [(block.id, block.marker) for block in text.blocks]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1)Campaign\n\n2)Lobby", [("c1", "1)"), ("c2", "2)")]),
        ("1. One\n2. Two", [("c1", "1."), ("c2", "2.")]),
        ("1 Pay: more\n\n2 Time: less", [("c1", "1"), ("c2", "2")]),
        ("(1) One\n(a) sub\n(b) sub\n(2) Two", [("c1", "(1)"), ("c1a", "(a)"), ("c1b", "(b)"), ("c2", "(2)")]),
        ("a. One\nb. Two", [("ca", "a."), ("cb", "b.")]),
        ("i) One\nii) Two\niii) Three\niv) Four", [("ci", "i)"), ("cii", "ii)"), ("ciii", "iii)"), ("civ", "iv)")]),
        ("g) x\nh) x\ni) x\nj) x", [("cg", "g)"), ("ch", "h)"), ("ci", "i)"), ("cj", "j)")]),
        ("- One\n- Two", [("c1", "-"), ("c2", "-")]),
        ("• One\n• Two", [("c1", "•"), ("c2", "•")]),
        ("1. One\n   - sub\n   - sub\n2. Two", [("c1", "1."), ("c1.1", "-"), ("c1.2", "-"), ("c2", "2.")]),
        ("1.1 One\n1.2 Two", [("c1.1", "1.1"), ("c1.2", "1.2")]),
        ("In 2008 there were\n12. not a list", [("p1", "")]),
        ("Words (i.e. not a marker) and\ni.e. words again", [("p1", "")]),
        ("1) One\nwrapped line\n2) Two", [("c1", "1)"), ("c2", "2)")]),
        ("Notes:\n– that pay is low\n– that rents rise", [("p1", ""), ("c1", "–"), ("c2", "–")]),
        ("Words that go on\n– as they may – and\nend here.", [("p1", "")]),
        ("1 - to strike\n2 - to win", [("c1", "1 -"), ("c2", "2 -")]),
        ("Resolves:\n1: to strike\n2: to win", [("p1", ""), ("c1", "1:"), ("c2", "2:")]),
        ("1 – 3 June is our conference", [("p1", "")]),
        ("Resolves\n1 Fund it\n2 Open it", [("p1", ""), ("c1", "1"), ("c2", "2")]),
        ("Notes:\n✓ one\n✓ two", [("p1", ""), ("c1", "✓"), ("c2", "✓")]),
        ("\uf0b7\tOne\n\uf0b7\tTwo", [("c1", "•"), ("c2", "•")]),
        ("**1.** One\n**2.** Two", [("p1", ""), ("p2", "")]),
        (
            "1) Campaign.\nConference further calls on branches to\n1) Organise.",
            [("c1", "1)"), ("p1", ""), ("c1-2", "1)")],
        ),
        (
            "Conference notes that pay in the whole of the sector is low and falling.\n"
            "Conference believes, as it has believed for as long as anybody can say,\nthat it should rise.",
            [("p1", "")],
        ),
    ],
)
def test_markers_of_every_real_form_make_calls(source: str, expected: list[tuple[str, str]]) -> None:
    assert shape(source) == expected


def test_two_lists_have_distinct_addresses() -> None:
    text = motion("pay")
    ids = [block.id for block in text.blocks]
    assert len(ids) == len(set(ids))
    assert {"ca", "c1-2", "ci-3"} <= set(ids)
    first = next(b for b in text.blocks if b.id == "c1-2")
    assert text.address(first) == 'point 1 under "believes"'


def test_numbers_that_run_on_after_a_paragraph_stay_one_list() -> None:
    text, _ = parse("Conference notes:\n\n1) a thing\n\n2) another\n\nHowever, it goes on.\n\n3) a third")
    assert [b.id for b in text.calls] == ["c1", "c2", "c3"]
    assert text.lists == 1


def test_paragraphs_are_counted_with_the_preamble_and_without_headings() -> None:
    text = motion("plain")
    assert [(b.kind, b.number) for b in text.blocks][:4] == [
        ("heading", 1),
        ("heading", 2),
        ("paragraph", 1),
        ("paragraph", 2),
    ]


def test_openers_tell_preamble_from_operative_clauses() -> None:
    text = motion("caseloads")
    roles = {block.id: (block.role, block.section) for block in text.blocks}
    assert roles["p1"] == ("preamble", "notes")
    assert roles["p3"] == ("preamble", "welcomes")
    assert roles["p4"] == ("operative", "calls on")
    assert roles["c3b"] == ("operative", "calls on")


def test_a_call_hidden_in_the_preamble_is_an_operative_clause() -> None:
    clauses = [(c.block, c.verb) for c in motion("caseloads").clauses()]
    assert ("p3", "calls on") in clauses
    assert ("c1", "calls on") in clauses
    assert not any(block == "p1" for block, _ in clauses)


def test_a_motion_is_plain_json_and_comes_back_equal() -> None:
    text = motion("climate")
    assert MotionText.from_json(text.to_json()) == text


def test_words_are_counted_without_markers_and_headings() -> None:
    assert parse("# A heading here\n\nTwo words\n\n1) three more words – so\n")[0].words() == 6


def test_a_doubled_label_is_said() -> None:
    _, found = parse("We call:\n\n1) one\n\n2) two\n\n2) three")
    assert [d.code for d in found] == ["A101"]


@given(st.lists(LINES, max_size=25).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_nothing_is_lost_and_ids_are_unique(source: str) -> None:
    text, _ = parse(source)
    assert text.to_markdown() == source
    covered = sorted((b.start, b.end) for b in text.blocks)
    at = 0
    for start, end in covered:
        assert start >= at
        assert not source[at:start].strip()
        at = end
    assert not source[at:].strip()
    ids = [b.id for b in text.blocks]
    assert len(ids) == len(set(ids))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_at_all_is_parsed_and_shown(source: str) -> None:
    text, _ = parse(source)
    line_map(text)
    page = motion_html(text)
    assert "<script" not in page.lower()
    text.plain()
    list(text.clauses())


@given(st.lists(LINES, max_size=25).map("\n".join), st.integers(8, 100))
@settings(max_examples=200, deadline=None)
def test_the_line_map_holds_every_word_once_and_survives_json(source: str, measure: int) -> None:
    text, _ = parse(source)
    lines = line_map(text, measure)
    assert [line.number for line in lines.lines] == list(range(1, len(lines.lines) + 1))
    assert line_map(parse(source)[0], measure) == lines
    assert LineMap.from_json(lines.to_json()) == lines
    for block in text.blocks:
        if block.kind in {"paragraph", "call", "heading", "quote"}:
            marker = f"{block.marker} " if block.marker else ""
            joined = "".join(line.text for line in lines.of_block(block.id)).replace(" ", "")
            assert joined == (marker + text.text(block)).replace(" ", "")


@given(st.lists(LINES, max_size=25).map("\n".join))
@settings(max_examples=100, deadline=None)
def test_html_and_plain_text_number_the_same_lines(source: str) -> None:
    text, _ = parse(source)
    count = len(line_map(text).lines)
    page = motion_html(text)
    assert page.count('class="line"') == count
    for number in range(1, count + 1):
        assert f'id="l{number}"' in page
    shown = [line.split()[0] for line in numbered(text).splitlines() if line.strip()]
    assert shown == [str(n) for n in range(1, count + 1)]


def test_lines_are_measured_in_what_a_reader_counts() -> None:
    family = "👩‍👩‍👧‍👦"
    text, _ = parse(f"{family * 10} {'é' * 10} end of line")
    assert [line.text for line in line_map(text, 21).lines] == [f"{family * 10} {'é' * 10}", "end of line"]


def test_rewrapping_the_source_changes_no_line_number() -> None:
    text = motion("caseloads")
    wrapped, _ = parse(text.source.replace(" the ", "\nthe ").replace("\n\n\n", "\n\n"))
    assert [ln.text for ln in line_map(text).lines] == [ln.text for ln in line_map(wrapped).lines]


def test_a_table_counts_its_rows_and_a_nested_list_its_points() -> None:
    text, _ = parse("Intro words:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. one\n   a) two\n")
    assert [(ln.number, ln.text) for ln in line_map(text).lines] == [
        (1, "Intro words:"), (2, "| a | b |"), (3, "| 1 | 2 |"), (4, "1. one"), (5, "a) two")]  # fmt: skip


def test_html_has_anchors_for_paragraphs_calls_and_lines_and_no_script() -> None:
    text, _ = parse("Conference notes <script>alert(1)</script> pay.\n\n1) one\n\na) two\n\n2) three\n")
    page = motion_html(text, prefix="m20-")
    for anchor in ("m20-p1", "m20-c1", "m20-c1a", "m20-c2", "m20-l1"):
        assert f'id="{anchor}"' in page
    assert "<script" not in page
    assert page.count("<ol") == page.count("</ol>")
    assert page.count("<li") == page.count("</li>")


@pytest.mark.slow
def test_ten_thousand_motions_parse_in_a_few_seconds() -> None:
    source = motion("caseloads").source * 2
    start = time.process_time()
    for _ in range(1000):
        parse(source)
    assert time.process_time() - start < 4


def test_a_real_motion_of_the_seeds_keeps_its_ten_calls() -> None:
    seed = SEEDS / "motion-social-care.txt"
    if not seed.exists():
        pytest.skip("../shared/seeds is not here")
    text, _ = parse(seed.read_text(encoding="utf-8"))
    assert [b.id for b in text.calls] == [f"c{n}" for n in range(1, 11)]
    assert any(c.block.startswith("p") and c.verb == "calls on" for c in text.clauses())


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("> “We *value* care.”\n>\n> “We do.”\n> — Hansard", ["“We value care.” “We do.” — Hansard"]),
        (
            "The problem\n===\n\nPay is low.\n\n## Closed ##\n\nAnother\n-------",
            ["The problem", "Pay is low.", "Closed", "Another"],
        ),
        ("Notes.[^1]\n\n[^1]: *State*, p. 1\n[^s]: Two\n    more", ["Notes.[1]", "[1]: State, p. 1", "[s]: Two more"]),
        ("resolves<br>to<br/>act<p>now</p>", ["resolves to act now"]),
        ("1) a\n3) b\n3a) c\n3b) d\n4) e", ["1) a", "3) b", "3a) c", "3b) d", "4) e"]),
        ("a:\n\n1. x\n\n1a. y\n\n2. z", ["a:", "1. x", "1a. y", "2. z"]),
        ("• low\no\tin homes\no\tin day care\n§\tby night", ["• low", "o in homes", "o in day care", "§ by night"]),
        ("Congress:\n-Notes pay.\n-Believes\nand is -led.", ["Congress:", "- Notes pay.", "- Believes and is -led."]),
        ("It was member\n-Led by nobody.", ["It was member -Led by nobody."]),
        ("resolves\n1/ to act\n2/ to wait", ["resolves", "1/ to act", "2/ to wait"]),
        ("spent 3/4 of it\n1/2 was lost", ["spent 3/4 of it 1/2 was lost"]),
    ],
)
def test_what_is_pasted_from_elsewhere(source: str, shown: list[str]) -> None:
    text, _ = parse(source)
    assert [line.text for line in line_map(text).lines] == shown
    page = re.sub(r"<[^>]*>", "", motion_html(text, inline=inline))
    words = "".join(char for char in page if char.isalnum())
    assert words == "".join(char for line in shown for char in line if char.isalnum())


def test_an_amendment_does_not_quote_the_marks_of_footnotes() -> None:
    text, _ = parse("Conference notes the report[^1] and the survey.[^2]\n\n[^1]: One.\n[^2]: Two.")
    amended, found = apply(
        text, [Amendment(id="1", source='In paragraph 1, delete "report and the survey" and insert "truth"')]
    )
    assert found == []
    assert amended.after.source.startswith("Conference notes the truth.[^2]")


@pytest.mark.parametrize(
    ("place", "gone"),
    [("3a", "c"), ("point 3a", "c"), ("3b)", "d"), ("point 4", "e")],
)
def test_a_point_with_a_letter_behind_its_number_is_found_and_moves_with_it(place: str, gone: str) -> None:
    text, _ = parse("a:\n\n1) x\n2) a\n3) b\n3a) c\n3b) d\n4) e")
    amended, found = apply(text, [Amendment(id="1", source=f"Delete {place}.")])
    assert found == []
    assert [ln.text[-1] for ln in line_map(amended.after).lines] == [c for c in ":xabcde" if c != gone]
    more, _ = apply(text, [Amendment(id="1", source='Insert new point 2: "new" and renumber.')])
    assert [b.marker for b in more.after.calls] == ["1)", "2)", "3)", "4)", "4a)", "4b)", "5)"]


@pytest.mark.parametrize(
    "place", ["the first RESOLVED", "the first BE IT RESOLVED clause", "the first resolved paragraph"]
)
def test_canadian_resolutions(place: str) -> None:
    text, _ = parse(
        "And whereas hours fell;\n\nTHEREFORE BE IT RESOLVED that all act;\n\nBE IT FURTHER RESOLVED that all wait."
    )
    amended, found = apply(text, [Amendment(id="1", source=f'In {place}, delete "all" and insert "some".')])
    assert found == []
    assert "RESOLVED that some act" in amended.after.source
    assert "that all wait" in amended.after.source


def test_boxes_in_a_motion_are_reported() -> None:
    _, found = parse('Conference notes.\n\n::: box "A"\nWords.\n:::\n', "a.md", 7)
    assert [(d.code, d.span.line) for d in found] == [("A102", 9)]


@pytest.mark.parametrize(
    ("source", "gone"),
    [("In Rule 4.2.2 delete", "arrears"), ("Rule 4.2.3(b): delete", "member"), ("In rule 4.2 delete", "worker")],
)
def test_a_rule_is_the_point_that_is_printed_with_its_number(source: str, gone: str) -> None:
    text, _ = parse("Rule 4.2 – Membership\n\n4.2.1 Any worker may join.\n\n4.2.2 Those in arrears shall lapse.\n\n"
                    "4.2.3 The Executive may:\n\n(a) refuse;\n(b) expel a member.")  # fmt: skip
    amended, found = apply(text, [Amendment(id="1", source=f'{source} "{gone}".')])
    assert [d for d in found if d.is_error] == []
    assert gone not in amended.after.source
