"""Differences between two texts: exact, reversible, calm, and bounded in time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import prose
from toolkit_builder.motions.amend import Amendment
from toolkit_builder.motions.amend import apply as amend
from toolkit_builder.motions.compare import CHANGED, MOVED_AWAY, MOVED_HERE, SAME, as_plain, compare, passages
from toolkit_builder.motions.diff import DELETE, EQUAL, INSERT, Diff, apply, diff, word_runs
from toolkit_builder.motions.html import diff_html, side_by_side
from toolkit_builder.motions.text import parse

WORDS = st.sampled_from(
    [
        *["pay", "strike", "branch", "member", "ballot,", "region;", "conference.", "“quoted”"],
        *["1)", "-", "a)", "Conference", "notes:", "é", "🙂", "|", "#"],
        "\n",
        "\n\n",
    ]
)
TEXTS = st.lists(WORDS, max_size=60).map(" ".join)


@given(TEXTS, TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_diff_applied_gives_the_new_text_and_reversed_the_old(old: str, new: str) -> None:
    made = diff(old, new)
    assert apply(made, old) == new
    assert apply(made.reversed(), new) == old
    assert Diff.from_json(made.to_json()) == made


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_a_diff_of_any_two_texts_is_exact(old: str, new: str) -> None:
    made = diff(old, new)
    assert apply(made, old) == new
    assert apply(made.reversed(), new) == old


@given(st.lists(st.sampled_from(["one", "two", "three", "four"]), min_size=1, max_size=40), st.integers(10, 40))
def test_rewrapping_is_no_change(words: list[str], width: int) -> None:
    import textwrap

    text = " ".join(words)
    assert not diff(text, "\n".join(textwrap.wrap(text, width))).changed


def test_an_insertion_stands_before_the_deletion_it_replaces() -> None:
    runs = word_runs("We call for a review of pay.", "We call for an end to low pay.")
    ops = [run.op for run in runs]
    assert ops == [EQUAL, INSERT, DELETE, EQUAL]
    assert "".join(run.old for run in runs) == "We call for a review of pay."


def test_a_word_left_standing_between_changes_joins_them() -> None:
    runs = word_runs("red apples and green pears grow", "blue plums and black figs grow")
    assert [run.op for run in runs] == [INSERT, DELETE, EQUAL]


def test_a_moved_paragraph_is_recognised_and_its_words_are_not_counted() -> None:
    first, second, third = (
        "First paragraph of the motion here.",
        "Second one is longer than that.",
        "Third comes last of all.",
    )
    old = "\n\n".join([first, second, third])
    new = "\n\n".join([third, first, second])
    made = diff(old, new)
    assert made.words() == (0, 0)
    kinds = {change.kind for change in compare(parse(old)[0], parse(new)[0])}
    assert kinds == {SAME, MOVED_AWAY, MOVED_HERE}


def test_twenty_thousand_words_are_compared_in_seconds() -> None:
    words = [f"word{n % 997}x{n // 997}" for n in range(20_000)]
    old = " ".join(words)
    new = " ".join(w for n, w in enumerate(words) if n % 50) + " and a new end"
    start = time.process_time()
    made = diff(old, new)
    assert time.process_time() - start < 8
    assert apply(made, old) == new
    start = time.process_time()
    worst = diff("a b " * 10_000, "b a " * 10_000)
    assert time.process_time() - start < 8
    assert apply(worst, "a b " * 10_000) == "b a " * 10_000


def test_a_long_motion_of_many_paragraphs_is_quick_too() -> None:
    paragraphs = [" ".join(f"w{(n * 7 + k) % 500}" for k in range(50)) for n in range(400)]
    changed = [p.replace("w7 ", "x7 ") if n % 3 == 0 else p for n, p in enumerate(paragraphs)]
    start = time.process_time()
    made = diff("\n\n".join(paragraphs), "\n\n".join(changed))
    assert time.process_time() - start < 8
    assert made.changed


def test_only_changed_passages_are_shown_with_a_line_of_context() -> None:
    long = "start " + "many words stand here " * 30 + "old end"
    changes = compare(
        parse(f"Same paragraph.\n\n{long}")[0], parse(f"Same paragraph.\n\n{long.replace('old', 'new')}")[0]
    )
    shown = list(passages(changes, width=80))
    assert [change.kind for change in shown] == [CHANGED]
    text = as_plain(shown)
    assert "{+new+}" in text
    assert "[-old-]" in text
    assert len(text) < 200
    assert "Same paragraph" not in text


def test_changes_are_told_in_words_and_not_by_colour_alone() -> None:
    changes = compare(parse("Members want pay & rest.")[0], parse("Members want fair pay & <b>rest</b>.")[0])
    page = diff_html(changes)
    assert (
        '<ins><span class="visually-hidden">inserted: </span>fair'
        '<span class="visually-hidden"> end of insertion</span></ins>' in page
    )
    assert "&amp;" in page
    assert "<b>" not in page


def test_a_renumbered_point_says_its_printed_number() -> None:
    old, _ = parse("We resolve:\n\n1. one thing more\n2. two things more\n")
    new, _ = parse("We resolve:\n\n1. two things more\n")
    page = diff_html(compare(old, new), only_changes=True)
    assert "printed as 2" in page
    assert "deleted: " in page
    assert "<td>" in side_by_side(compare(old, new))


@given(TEXTS, TEXTS)
@settings(max_examples=100, deadline=None)
def test_every_word_of_both_versions_is_in_the_comparison(old: str, new: str) -> None:
    before, after = parse(old)[0], parse(new)[0]
    changes = compare(before, after)
    assert [c.old for c in changes if c.old] == sorted((b for b in before.blocks), key=lambda b: b.start) or any(
        c.kind in {MOVED_AWAY, MOVED_HERE} for c in changes
    )
    assert {c.new.id for c in changes if c.new} == {b.id for b in after.blocks}
    assert {c.old.id for c in changes if c.old} == {b.id for b in before.blocks}


def test_a_run_that_is_shown_shortened_keeps_the_space_of_its_own_side() -> None:
    long = "Conference notes " + "that it was said before and will be said again, " * 6 + "and the number was 26"
    before, after = parse(f"{long}. The end.")[0], parse(f"{long} and rising. The end.")[0]
    shown = list(passages(compare(before, after)))
    assert side_by_side(compare(before, after), only_changes=True).count("26.") == 1
    (changed,) = shown
    assert "".join(run.old for run in changed.runs).endswith("was 26. The end.")
    assert "".join(run.new for run in changed.runs).endswith("was 26 and rising. The end.")


@pytest.mark.parametrize(
    ("amendment", "amended"),
    [
        ('delete "facts" and insert "truth"', "notes “the truth” are plain, the workers’ pay isn’t ‘low’"),
        ('delete "low" and insert "high?"', "isn’t ‘high?’, and"),
        ('delete "workers" and insert "members"', "the members’ pay"),
        ('after "facts" insert ", all of them,"', "notes “the facts, all of them,” are"),
        ('after "facts" insert "and figures"', "notes “the facts and figures” are"),
        ('before "the facts" insert "all"', "notes “all the facts” are"),
        ('after "notes" insert "that"', "notes that “the facts” are"),
    ],
)
def test_quotation_marks_beside_a_change_open_and_close_as_they_did(amendment: str, amended: str) -> None:
    text = parse("Conference notes \"the facts\" are plain, the workers' pay isn't 'low', and waits.")[0]
    outcome, _ = amend(text, [Amendment(id="1", source=f"In paragraph 1, {amendment}")])
    shown = side_by_side(compare(outcome.before, outcome.after), inline=prose.inline).rpartition("<td>")[2]
    said = re.sub(r'<span class="visually-hidden">[^<]*</span>|<[^>]*>', "", shown)
    assert amended in said


@pytest.mark.parametrize(("old", "new"), [("9,876", "9,900"), ("10:30", "10:45"), ("3/4", "3/5"), ("1.5", "1.7")])
def test_a_number_is_one_word(old: str, new: str) -> None:
    assert [run.new for run in word_runs(f"paid {old}, then", f"paid {new}, then") if run.op == INSERT] == [new]
