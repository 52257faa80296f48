"""Numbers through the editions of a conference's papers, and lines that stay where they were printed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit_builder.diagnostics import Span
from toolkit_builder.motions import editions, pins, text
from toolkit_builder.motions.editions import Entry, Item, Redirect
from toolkit_builder.motions.lines import LineMap, line_map
from toolkit_builder.motions.text import MotionText

ITEMS = (
    Item(id="ferries", number="14", numbers={"preliminary": "12"}, span=Span("ferries.md", 3, 1)),
    Item(id="locks", number="12", numbers={"preliminary": "11"}, span=Span("locks.md", 3, 1)),
    Item(id="pilots", number="13", new_in="final"),
    Item(id="tides", number="2"),
    Item(id="storm", number="EM1", new_in="conference"),
)


@pytest.mark.parametrize(
    ("edition", "entries"),
    [
        ("preliminary", [("2", "tides", False), ("11", "locks", False), ("12", "ferries", False)]),
        ("final", [("2", "tides", False), ("12", "locks", False), ("13", "pilots", True), ("14", "ferries", False)]),
        ("conference", [("2", "tides", False), ("12", "locks", False), ("13", "pilots", False),
                        ("14", "ferries", False), ("EM1", "storm", True)]),
    ],
)  # fmt: skip
def test_an_edition_has_its_own_numbers_and_stars(edition: str, entries: list[tuple[str, str, bool]]) -> None:
    assert editions.listing(ITEMS, edition) == tuple(Entry(*entry) for entry in entries)


def test_nothing_is_starred_in_the_first_edition() -> None:
    assert not editions.listing([Item(id="a", number="1", new_in="preliminary")], "preliminary")[0].starred


def test_what_changed_between_two_editions() -> None:
    found = editions.changes(ITEMS, "preliminary", "final")
    assert found.renumbered == (("ferries", "12", "14"), ("locks", "11", "12"))
    assert found.new == ("pilots",)


def test_old_numbers_lead_to_the_new_unless_another_item_has_them() -> None:
    found, problems = editions.redirects(ITEMS, "decisions")
    assert found == (Redirect("preliminary", "locks", "11", "12"),)
    assert [(p.code, p.span.path if p.span else "") for p in problems] == [("R503", "ferries.md")]
    assert editions.redirects(ITEMS, "preliminary") == ((), [])


@pytest.mark.parametrize(
    ("items", "codes"),
    [
        (ITEMS, []),
        ([Item(id="a", number="1"), Item(id="b", number="01")], ["R501"] * 4),
        ([Item(id="a", number="1"), Item(id="b", number="2", numbers={"final": "1"})], ["R501"]),
        ([Item(id="a", number="1", numbers={"finall": "2"})], ["R502"]),
        ([Item(id="a", number="1", new_in="first")], ["R502"]),
        ([Item(id="a", number="1", numbers={"final": "one"})], ["R504"]),
        ([Item(id="a", number="20.1"), Item(id="b", number="20.10")], []),
    ],
)
def test_checks(items: list[Item], codes: list[str]) -> None:
    problems = editions.check(items)
    assert [p.code for p in problems] == codes
    assert all(p.hint for p in problems)


# --- pins ------------------------------------------------------------------------------------------------

PRINTED = """\
Conference notes that night ferries sail with half the hands they need, and that no lifeboat drill has been
held on the northern routes since the spring of last year.

Conference calls on the executive to:

1. demand a statutory minimum crew on every night sailing;
2. publish the accident figures each quarter.
"""


def motion(source: str) -> MotionText:
    return text.parse(source, "20.md", 1)[0]


def starts(lines: LineMap) -> list[str]:
    return [line.text.split()[0] if line.text else "" for line in lines.lines]


def pinned(source: str = PRINTED) -> dict[str, object]:
    record = pins.pin(line_map(motion(source)), "final")
    return json.loads(json.dumps(record))  # type: ignore[no-any-return]


def test_an_unchanged_text_has_the_lines_that_were_printed() -> None:
    found, problems = pins.apply_pin(pinned(), motion(PRINTED))
    assert found == line_map(motion(PRINTED))
    assert problems == []


def test_rewrapping_the_source_changes_nothing() -> None:
    rewrapped = PRINTED.replace("\nheld on", " held on").replace("the hands", "the\nhands")
    found, problems = pins.apply_pin(pinned(), motion(rewrapped))
    assert [line.text for line in found.lines] == [line.text for line in line_map(motion(PRINTED)).lines]
    assert problems == []


def test_a_new_paragraph_renumbers_nothing_below() -> None:
    before = line_map(motion(PRINTED))
    changed = PRINTED.replace("Conference calls", "Conference thanks all who wrote to the port.\n\nConference calls")
    found, problems = pins.apply_pin(pinned(), motion(changed))
    assert [(ln.number, s) for ln, s in zip(found.lines, starts(found), strict=True)] == [
        (ln.number, s) for ln, s in zip(before.lines, starts(before), strict=True)
    ]
    assert [p.code for p in problems] == ["R512"]
    assert "0 words of it are gone, 8 are new" in problems[0].message


def test_removed_words_leave_their_line_at_the_next_word_or_empty() -> None:
    changed = PRINTED.replace("Conference calls on the executive to:\n\n", "")
    found, _ = pins.apply_pin(pinned(), motion(changed))
    before = line_map(motion(PRINTED))
    gone = next(ln.number for ln in before.lines if ln.text.startswith("Conference calls"))
    assert found.lines[gone - 1].text == ""
    assert starts(found)[gone:] == starts(before)[gone:]


@pytest.mark.parametrize(
    "record",
    [{}, {"version": 2}, {"version": 1, "measure": 80, "lines": [[1, "p1"]]}, {"version": 1, "lines": []},
     {"version": 1, "measure": 80, "lines": [[2, "p1", "words"]]}],
)  # fmt: skip
def test_a_record_that_is_no_pin_is_an_error_and_the_lines_are_those_of_today(record: dict[str, object]) -> None:
    found, problems = pins.apply_pin(record, motion(PRINTED), "pins/20.json")
    assert found == line_map(motion(PRINTED))
    assert [(p.code, p.span.path if p.span else "") for p in problems] == [("R511", "pins/20.json")]


tokens = st.lists(st.sampled_from("abcdef"), max_size=30)


@given(tokens, tokens)
def test_alignment_ascends_and_matches_equal_words(before: list[str], after: list[str]) -> None:
    found = pins.aligned(before, after)
    kept = [at for at in found if at is not None]
    assert kept == sorted(set(kept))
    assert all(before[i] == after[at] for i, at in enumerate(found) if at is not None)
    assert pins.aligned(before, before) == list(range(len(before)))


paragraphs = st.lists(st.lists(st.sampled_from(["crews", "boats", "pay", "quay", "tide"]), min_size=1, max_size=30)
                      .map(" ".join), min_size=1, max_size=5).map("\n\n".join)  # fmt: skip


@given(paragraphs, paragraphs)
def test_numbers_never_move_and_no_word_of_today_is_lost(printed: str, today: str) -> None:
    now = motion(today)
    found, _ = pins.apply_pin(pinned(printed), now)
    assert [line.number for line in found.lines] == [line.number for line in line_map(motion(printed)).lines]
    assert " ".join(line.text for line in found.lines if line.text) == " ".join(today.split())
