"""Whatever is applied is exactly what was named: motions full of repeated words, against an oracle of their own.

The oracle knows nothing of the locator: it counts whole words in the blocks that the motion was built from.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.motions.cases import Case, cases, motion
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.motions.amend import Amended, Amendment, accept, apply, make_planner, reject
from toolkit_builder.motions.conflicts import matrix
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.instructions import RANKS
from toolkit_builder.motions.text import MotionText, parse

WORDS = st.sampled_from(["pay", "rise", "strike", "ballot", "the union", "members vote", "low"])
SENTENCES = st.lists(WORDS, min_size=2, max_size=6).map(" ".join)


@dataclass(frozen=True)
class Drawn:
    """A motion of plain words: its paragraphs, then a list of points."""

    paragraphs: tuple[str, ...]
    points: tuple[str, ...]

    @property
    def blocks(self) -> tuple[str, ...]:
        return (*self.paragraphs, *self.points)

    @property
    def source(self) -> str:
        listed = "\n".join(f"{n}. {words};" for n, words in enumerate(self.points, 1))
        opened = "\n\n".join(f"Para {words}." for words in self.paragraphs)
        return f"{opened}\n\nConference resolves to:\n\n{listed}\n"

    def with_block(self, index: int, words: str) -> Drawn:
        blocks = [*self.blocks]
        blocks[index] = words
        return Drawn(tuple(blocks[: len(self.paragraphs)]), tuple(blocks[len(self.paragraphs) :]))

    def name(self, index: int) -> str:
        at = index - len(self.paragraphs)
        return f"paragraph {index + 1}" if at < 0 else f"point {at + 1}"


MOTIONS = st.builds(
    Drawn,
    st.lists(SENTENCES, min_size=1, max_size=3).map(tuple),
    st.lists(SENTENCES, min_size=1, max_size=4).map(tuple),
)


def places(words: str, block: str) -> list[int]:
    """Where whole words stand in a block."""
    return [m.start() for m in re.finditer(rf"(?<!\w)(?={re.escape(words)}(?!\w))", block)]


def outcome(drawn: Drawn, instruction: str) -> tuple[Amended, list[Diagnostic]]:
    printed = parse(drawn.source)[0]
    amended, found = apply(printed, [Amendment(id="1", source=instruction)])
    assert accept(printed.source, amended.edits) == amended.after.source
    assert reject(amended.after.source, amended.edits) == printed.source
    return amended, [d for d in found if d.is_error]


def refused(amended: Amended, errors: list[Diagnostic], code: str) -> None:
    assert [d.code for d in errors] == [code]
    assert amended.after.source == amended.before.source
    if code == "A302":
        assert errors[0].hint.startswith("which is meant: ")
        assert errors[0].hint.endswith("?")


@given(MOTIONS, WORDS)
@settings(max_examples=150, deadline=None)
def test_words_are_replaced_where_they_stand_once_and_nowhere_else(drawn: Drawn, words: str) -> None:
    there = [(n, at) for n, block in enumerate(drawn.blocks) for at in places(words, block)]
    amended, errors = outcome(drawn, f'Replace "{words}" with "NEW"')
    if len(there) != 1:
        refused(amended, errors, "A302" if there else "A301")
        return
    index, at = there[0]
    block = drawn.blocks[index]
    wanted = drawn.with_block(index, block[:at] + "NEW" + block[at + len(words) :])
    assert not errors
    assert amended.after.source == wanted.source


@given(MOTIONS, WORDS, st.data())
@settings(max_examples=150, deadline=None)
def test_a_place_bounds_what_changes(drawn: Drawn, words: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(drawn.blocks) - 1))
    block = drawn.blocks[index]
    there = places(words, block)
    amended, errors = outcome(drawn, f"In {drawn.name(index)}, after '{words}' insert 'brand new'")
    if len(there) != 1:
        refused(amended, errors, "A302" if there else "A301")
        return
    stop = there[0] + len(words)
    assert not errors
    assert amended.after.source == drawn.with_block(index, f"{block[:stop]} brand new{block[stop:]}").source


@given(MOTIONS, WORDS, st.integers(1, 4), st.data())
@settings(max_examples=150, deadline=None)
def test_an_occurrence_is_counted_in_its_place(drawn: Drawn, words: str, number: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(drawn.blocks) - 1))
    block = drawn.blocks[index]
    there = places(words, block)
    ordinal = ("first", "second", "third", "fourth")[number - 1]
    amended, errors = outcome(
        drawn, f'In {drawn.name(index)}, replace the {ordinal} occurrence of "{words}" with "NEW"'
    )
    if number > len(there):
        refused(amended, errors, "A303" if there else "A301")
        return
    at = there[number - 1]
    assert not errors
    assert amended.after.source == drawn.with_block(index, block[:at] + "NEW" + block[at + len(words) :]).source


@given(MOTIONS, WORDS)
@settings(max_examples=100, deadline=None)
def test_throughout_means_every_place(drawn: Drawn, words: str) -> None:
    amended, errors = outcome(drawn, f'Replace "{words}" with "NEW" throughout')
    if not any(places(words, block) for block in drawn.blocks):
        refused(amended, errors, "A301")
        return
    wanted = drawn
    for index, block in enumerate(drawn.blocks):
        wanted = wanted.with_block(index, re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", "NEW", block))
    assert not errors
    assert amended.after.source == wanted.source


@given(MOTIONS, st.data())
@settings(max_examples=150, deadline=None)
def test_a_stretch_goes_from_its_first_words_to_its_last(drawn: Drawn, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(drawn.blocks) - 1))
    block = drawn.blocks[index]
    first, last = data.draw(WORDS), data.draw(WORDS)
    amended, errors = outcome(drawn, f'In {drawn.name(index)}, delete from "{first}" to "{last}" and insert "NEW"')
    starts = places(first, block)
    ends = [at for at in places(last, block) if starts and at >= starts[0] + len(first)]
    if len(starts) != 1 or len(ends) != 1:
        assert errors
        assert amended.after.source == drawn.source
        return
    wanted = block[: starts[0]] + "NEW" + block[ends[0] + len(last) :]
    assert not errors
    assert amended.after.source == drawn.with_block(index, wanted).source


@given(MOTIONS, MOTIONS, st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_a_number_that_two_lists_have_is_refused_with_a_choice(one: Drawn, other: Drawn, number: int) -> None:
    listed = "\n".join(f"{n}. {words};" for n, words in enumerate(other.points, 1))
    printed = parse(f"{one.source}\nConference believes:\n\n{listed}\n")[0]
    amended, found = apply(printed, [Amendment(id="1", source=f"Delete point {number}")])
    have = (number <= len(one.points)) + (number <= len(other.points))
    if have == 1:
        assert not found
        assert len(amended.after.calls) == len(printed.calls) - 1
    else:
        assert [d.code for d in found] == ["A307" if have else "A305"]
        assert amended.after.source == printed.source
        assert have == 0 or 'under "resolves" or point' in found[0].hint


@given(MOTIONS, st.lists(st.tuples(WORDS, st.sampled_from(["after", "before"])), min_size=2, max_size=4), st.data())
@settings(max_examples=100, deadline=None)
def test_amendments_that_are_independent_may_come_in_any_order(
    drawn: Drawn, spots: list[tuple[str, str]], data: st.DataObject
) -> None:
    printed = parse(drawn.source)[0]
    papers = [
        Amendment(
            id=str(n),
            source=f'In {drawn.name(data.draw(st.integers(0, len(drawn.blocks) - 1)))}, {how} "{words}" insert "new{n}"',
        )
        for n, (words, how) in enumerate(spots)
    ]
    if {relation.kind for relation in matrix(printed, papers).relations} - {"independent"}:
        return
    forward, backward = apply(printed, papers)[0], apply(printed, papers[::-1])[0]
    assert forward.after.source == backward.after.source
    assert set(forward.applied) == set(backward.applied)


# --- the corpus ---------------------------------------------------------------------------------------------


def touched(text: MotionText, amended: Amended) -> set[str]:
    """The printed blocks that an edit made by an amendment lies in or beside."""
    found = set()
    for edit in amended.edits:
        if edit.by:
            found |= {b.id for b in text.blocks if edit.start <= text.extent(b) and b.start <= edit.end}
    return found


@pytest.mark.parametrize("case", cases("applied"), ids=str)
def test_every_block_that_no_edit_touches_stays_as_printed(case: Case) -> None:
    printed = motion(case.motion)
    amended, _ = apply(printed, [Amendment(id="1", source=case.amendment)])
    near = touched(printed, amended)
    kept = [printed.inline(b) for b in printed.blocks if b.id not in near]
    after = iter([amended.after.inline(b) for b in amended.after.blocks])
    assert all(words in after for words in kept), "a block changed, went or moved that no edit touches"


@pytest.mark.parametrize("case", cases("applied"), ids=str)
def test_words_change_only_within_the_place_that_was_named(case: Case) -> None:
    printed = motion(case.motion)
    planner = make_planner(printed)
    for instruction in parse_instructions(case.amendment)[0]:
        plan = planner.plan(instruction)
        scope = [place for place in instruction.scope if RANKS[place.unit] < RANKS["line"] and place.unit != "title"]
        if not scope or plan.problem or instruction.target is None or instruction.target.kind != "words":
            continue
        regions, problem = planner.at.regions(tuple(scope), instruction.inherited)
        assert problem is None
        for cut in plan.cuts:
            bounds = [(r.start - 1, max(r.end, r.wide) + 1) for r in regions]
            first = cut.end - len(
                printed.source[cut.start : cut.end].lstrip()
            )  # a whole block goes with its blank line
            last = cut.start + len(printed.source[cut.start : cut.end].rstrip())
            assert any(start <= first and last <= end for start, end in bounds)
