"""The text with any chosen set of amendments: what a page puts together is what the engine would have said."""

from __future__ import annotations

import itertools
import random
import re

import pytest

from tests.motions.cases import cases, motion
from toolkit_builder.motions import chosen
from toolkit_builder.motions.amend import Amendment
from toolkit_builder.motions.chosen import Choice, Slots, choices, together
from toolkit_builder.motions.conflicts import matrix
from toolkit_builder.motions.text import MotionText, parse

NAMES = ("caseloads", "pay", "rail", "climate")


def choice(text: MotionText, *instructions: str) -> Choice:
    moved = [Amendment(id=f"{n}", source=source) for n, source in enumerate(instructions, start=1)]
    return choices(text, moved, matrix(text, moved))


def straight(text: MotionText, names: tuple[str, ...], instructions: tuple[str, ...]) -> Slots | None:
    moved = [Amendment(id=f"{n}", source=source) for n, source in enumerate(instructions, start=1)]
    return chosen.Desk(text, moved, matrix(text, moved)).slots(names)


def some(name: str, size: int, seed: int) -> tuple[str, ...]:
    sources = [c.amendment for c in cases("applied") if c.motion == name]
    return tuple(random.Random(f"{name} {seed}").sample(sources, min(size, len(sources))))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", NAMES)
def test_what_is_put_together_is_what_the_engine_says_of_the_whole_set(name: str, seed: int) -> None:
    text = motion(name)
    instructions = some(name, 4, seed)
    found = choice(text, *instructions)
    printed = straight(text, (), instructions)
    assert printed is not None
    compared = 0
    for size in range(1, len(found.members) + 1):
        for names in itertools.combinations([str(n) for n in range(1, len(instructions) + 1)], size):
            if not set(names) <= set(found.members):
                continue
            shown = together(found, printed, names)
            if shown is not None:
                assert shown == straight(text, names, instructions), names
                compared += 1
    assert compared >= len(found.members)


def test_a_set_that_clashes_is_not_offered_and_the_pair_is_named() -> None:
    found = choice(
        motion("caseloads"), "Delete point 4", 'In point 4 after "groups" insert "and carers"', "Delete point 1"
    )
    assert [(a, b) for a, b, _ in found.apart] == [("1", "2")]
    assert all(not {"1", "2"} <= set(names) for group in found.groups for names in group.sets)


AFTER = ('In paragraph 2, after "limit of twelve" insert "families"', 'In paragraph 2 after "limit" insert "of twelve"')


def test_an_amendment_that_fits_only_after_another_is_chosen_with_that() -> None:
    text = motion("caseloads")
    found = choice(text, *AFTER)
    assert found.members == ("2", "1")  # what is needed comes first, whatever the order of the agenda
    assert found.needs == {"1": ("2",)}
    (group,) = found.groups
    assert set(group.sets) == {("2",), ("2", "1")}
    with_both = " ".join(re.sub("<[^>]*>", "", p.html) for slot in group.sets["2", "1"] for p in slot)
    assert "families" in with_both


def test_an_amendment_that_fits_neither_the_text_nor_another_is_left_out() -> None:
    found = choice(motion("caseloads"), 'In paragraph 2 after "limit" insert "of twelve"', 'Delete "zebra"')
    assert found.members == ("1",)


SHORT = "First words here stand.\n\nSecond words here stand."


def with_subs(*subs: str, other: str = 'In paragraph 2, delete "Second" and insert "Last"') -> Choice:
    text, _ = parse(SHORT)
    moved = [
        Amendment(id="1", source='In paragraph 1, after "First" insert "and best"'),
        Amendment(id="2", source=other),
    ]
    below = {"1": [Amendment(id=f"1.{n}", source=source) for n, source in enumerate(subs, start=1)]}
    return choices(text, moved, matrix(text, moved), subs=below)


def test_a_sub_amendment_is_chosen_with_the_amendment_that_it_amends() -> None:
    found = with_subs('After "best" insert "of all"')
    assert found.members == ("1", "1.1", "2")
    assert found.needs == {"1.1": ("1",)}
    assert [set(g.sets) for g in found.groups] == [{("1",), ("1", "1.1")}, {("2",)}]
    (piece,) = found.groups[0].sets["1", "1.1"][0]
    assert "First <ins>" in piece.html
    assert "and best of all" in piece.html


def test_what_amends_a_sub_amendment_is_chosen_with_that() -> None:
    text, _ = parse(SHORT)
    moved = [Amendment(id="1", source='In paragraph 1, after "First" insert "and best"')]
    below = {
        "1": [Amendment(id="1.1", source='After "best" insert "of all"')],
        "1.1": [Amendment(id="1.1.1", source='Delete "of all" and insert "of the lot"'),
                Amendment(id="1.1.2", source='Delete "of all" and insert "of these"')],
        "1.1.1": [Amendment(id="1.1.1.1", source='Delete "lot" and insert "whole lot"')],
    }  # fmt: skip
    found = choices(text, moved, matrix(text, moved), subs=below)
    assert found.members == ("1", "1.1", "1.1.1", "1.1.1.1", "1.1.2")
    assert found.needs == {"1.1": ("1",), "1.1.1": ("1.1",), "1.1.1.1": ("1.1.1",), "1.1.2": ("1.1",)}
    assert [{a, b} for a, b, _ in found.apart] == [{"1.1.1", "1.1.2"}]
    words = {names: " ".join(re.sub("<[^>]*>", "", p.html) for slot in slots for p in slot)
             for names, slots in found.groups[0].sets.items()}  # fmt: skip
    assert "best of all" in words["1", "1.1"]
    assert "best of the lot" in words["1", "1.1", "1.1.1"]
    assert "best of the whole lot" in words["1", "1.1", "1.1.1", "1.1.1.1"]
    assert "best of these" in words["1", "1.1", "1.1.2"]
    assert len(words) == 5


def test_two_sub_amendments_that_meet_cannot_both_be_chosen() -> None:
    found = with_subs('Delete "best" and insert "worst"', 'Delete "best" and insert "oldest"', 'Delete "zebra"')
    assert [(a, b) for a, b, _ in found.apart] == [("1.1", "1.2")]
    assert found.members == ("1", "1.1", "1.2", "2")
    assert set(found.groups[0].sets) == {("1",), ("1", "1.1"), ("1", "1.2")}


def test_a_sub_amendment_that_makes_its_amendment_meet_another_is_apart_from_that() -> None:
    found = with_subs('Delete "paragraph 1, after" and insert "paragraph 2, delete"',
                      other='In paragraph 2, after "Second" insert "rate"')  # fmt: skip
    assert all(len(names) < 3 for group in found.groups for names in group.sets)


def test_amendments_that_share_no_paragraph_are_in_groups_of_their_own() -> None:
    text, _ = parse("First words here stand.\n\nSecond words here stand.\n\nThird words here stand.")
    found = choice(text, 'In paragraph 1 delete "words"', 'In paragraph 3 delete "words"')
    assert [g.members for g in found.groups] == [("1",), ("2",)]
    assert [g.slots for g in found.groups] == [(1,), (3,)]


def test_pieces_keep_the_address_they_were_printed_with_and_new_ones_have_none() -> None:
    text, _ = parse("One stands here.\n\nTwo stands here.\n\nThree stands here.")
    found = choice(
        text,
        'After paragraph 1 insert new paragraph: "A new one altogether."',
        'In paragraph 2 replace "stands" with "sits"',
    )
    pieces = [p.html for g in found.groups for slots in g.sets.values() for slot in slots for p in slot]
    assert {i for piece in pieces for i in re.findall(r' id="([^"]*)"', piece)} <= {b.id for b in text.blocks}
    assert any("A new one altogether" in piece and " id=" not in piece for piece in pieces)


def test_many_amendments_to_one_paragraph_get_whole_sizes_of_sets_only() -> None:
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    text, _ = parse(f"Conference notes {' '.join(words)}.")
    found = choice(text, *(f'After "{word}" insert "and {n}"' for n, word in enumerate(words)))
    assert [len(g.members) for g in found.groups] == [10]
    assert sorted({len(names) for names in found.groups[0].sets}) == [1, 2]
    assert len(found.groups[0].sets) == 55


def test_in_a_long_text_each_amendment_is_there_at_least_by_itself() -> None:
    words = [f"word{n}" for n in range(10)]
    more = "".join(f"\n\nConference believes {' '.join(f'p{p}w{n}' for n in range(300))}." for p in range(50))
    text, _ = parse(f"Conference notes {' '.join(words)}.{more}")
    found = choice(text, *(f'After "{word}" insert "and {n}"' for n, word in enumerate(words)))
    assert [len(g.members) for g in found.groups] == [10]
    assert sorted({len(names) for names in found.groups[0].sets}) == [1]
    assert len(found.groups[0].sets) == 10


def test_thirty_amendments_to_the_same_words_are_thirty_choices() -> None:
    text, _ = parse("Conference notes the facts.")
    found = choice(text, *(f'Replace "facts" with "number {n}"' for n in range(30)))
    assert [len(g.sets) for g in found.groups] == [30]
    assert len(found.apart) == 30 * 29 / 2
