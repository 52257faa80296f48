"""How amendments stand to one another: every pair, both ways, and what can be carried in any order."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.motions.cases import cases, motion
from toolkit_builder.diagnostics import any_errors
from toolkit_builder.motions.amend import Amendment, apply, sub_amend
from toolkit_builder.motions.conflicts import DELETES, DEPENDS, IDENTICAL, INDEPENDENT, SAME_PLACE, SAME_WORDS, matrix

BY_MOTION = {
    name: [c.amendment for c in cases("applied") if c.motion == name]
    for name in ("caseloads", "pay", "rail", "climate")
}  # fmt: skip


def relation(one: str, other: str, name: str = "caseloads") -> tuple[str, str, str]:
    table = matrix(motion(name), [Amendment(id="A", source=one), Amendment(id="B", source=other)])
    found = table.between("B", "A")
    assert found is not None
    return found.kind, found.first, found.second


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            'In paragraph 2 delete "dropped" and insert "abandoned"',
            'In paragraph 2 delete "dropped their own limits"',
            (SAME_WORDS, "A", "B"),
        ),
        ("Delete point 4", 'In point 4 after "groups" insert "and carers"', (SAME_WORDS, "A", "B")),
        (
            'In point 2 delete "every year"',
            'In point 2, after "every year" insert "and each term"',
            (DELETES, "A", "B"),
        ),
        (
            'In point 2, after "every year" insert "and each term"',
            'In point 2 delete "every year"',
            (DELETES, "B", "A"),
        ),
        ("Delete point 4", "delete point 4.", (IDENTICAL, "A", "B")),
        ('In point 4, delete "quick fix"', "Delete “quick fix”", (IDENTICAL, "A", "B")),
        ("Delete point 4", "Delete point 5", (INDEPENDENT, "A", "B")),
        (
            'In paragraph 2 after "limit" insert "of twelve"',
            'In paragraph 2, after "limit of twelve" insert "families"',
            (DEPENDS, "A", "B"),
        ),
        (
            'In the title replace "Safe" with "Fair"',
            'In the title replace "caseloads" with "work"',
            (SAME_WORDS, "A", "B"),
        ),
        (
            'Add new point at end: "one more point"',
            'Add new point at end: "yet another point"',
            (SAME_PLACE, "A", "B"),
        ),
        ("Delete paragraph 2", 'Insert new paragraph 2: "Conference is angry."', (INDEPENDENT, "A", "B")),
    ],
)
def test_a_pair_of_amendments_is_judged(one: str, other: str, expected: tuple[str, str, str]) -> None:
    assert relation(one, other) == expected


def test_what_clashes_is_not_applied_together_and_both_are_named() -> None:
    amended, found = apply(
        motion("caseloads"),
        [Amendment(id="20.1", source="Delete point 4"), Amendment(id="20.2", source='In point 4 delete "quick fix"')],
    )
    assert amended.applied == ("20.1",)
    assert [d.code for d in found if d.is_error] == ["A501"]
    assert "20.1" in found[-1].message
    assert "20.2" in found[-1].message


def test_identical_amendments_are_grouped_and_applied_once() -> None:
    papers = [Amendment(id=n, source='Add new point at end: "one more point"') for n in ("1", "2")]
    assert matrix(motion("caseloads"), papers).groups == (("1", "2"),)
    amended, found = apply(motion("caseloads"), papers)
    assert amended.after.source.count("one more point") == 1
    assert not any_errors(found)


def test_the_matrix_says_which_amendments_cannot_be_read() -> None:
    table = matrix(
        motion("caseloads"), [Amendment(id="1", source="Improve it"), Amendment(id="2", source="Delete point 4")]
    )
    assert table.unreadable == ("1",)
    assert table.to_json()["unreadable"] == ["1"]


@given(
    st.sampled_from(sorted(BY_MOTION)).flatmap(
        lambda n: st.tuples(st.just(n), st.lists(st.sampled_from(BY_MOTION[n]), min_size=2, max_size=3, unique=True))
    )
)
@settings(max_examples=60, deadline=None)
def test_amendments_without_conflict_give_the_same_text_in_any_order(drawn: tuple[str, list[str]]) -> None:
    name, sources = drawn
    papers = [Amendment(id=str(n), source=s) for n, s in enumerate(sources)]
    if any(r.kind != INDEPENDENT for r in matrix(motion(name), papers).relations):
        return
    outcomes = set()
    for order in itertools.permutations(papers):
        amended, found = apply(motion(name), order)
        assert not any_errors(found)
        outcomes.add((amended.after.title, amended.after.source))
    assert len(outcomes) == 1


def test_insertions_at_one_place_keep_the_order_of_the_agenda() -> None:
    papers = [Amendment(id=n, source=f'In point 2, after "employers" insert ", {n}"') for n in ("first", "second")]
    amended, found = apply(motion("caseloads"), papers)
    assert not any_errors(found)
    assert "employers, first, second to review" in amended.after.source


def test_a_sub_amendment_amends_the_amendment_s_own_words() -> None:
    amendment = Amendment(id="20.1", source='Add new point at end: "Lobby ministers for more money"')
    changed, found = sub_amend(amendment, [Amendment(id="20.1.1", source='Delete "ministers" and insert "Parliament"')])
    assert not any_errors(found)
    amended, found = apply(motion("caseloads"), [changed])
    assert "6)Lobby Parliament for more money" in amended.after.source


def test_an_edited_copy_changes_only_what_differs() -> None:
    printed = motion("caseloads")
    copy = (
        printed.source.replace("doubled", "trebled")
        .replace("1)Campaign", "1)Fight")
        .replace(" the union", "\nthe union")
    )
    amended, found = apply(printed, [Amendment(id="1", source=copy, form="copy")])
    assert not any_errors(found)
    assert [(e.old.strip(), e.new.strip()) for e in amended.edits] == [("doubled", "trebled"), ("Campaign", "Fight")]


def test_edited_passages_find_their_paragraphs() -> None:
    printed = motion("caseloads")
    passage = printed.text(printed.paragraphs[1]).replace("dropped", "ditched")
    amended, found = apply(printed, [Amendment(id="1", source=passage, form="passages")])
    assert not any_errors(found)
    assert amended.after.source == printed.source.replace("dropped", "ditched")
    _, found = apply(printed, [Amendment(id="2", source="Nothing of this stands in the motion.", form="passages")])
    assert [d.code for d in found] == ["A330"]


def test_words_for_a_person_are_left_to_a_person() -> None:
    amended, found = apply(motion("caseloads"), [Amendment(id="1", source="Tidy up the grammar", form="editorial")])
    assert amended.applied == ()
    assert [d.code for d in found] == ["A601"]


def test_the_share_that_goes_is_shown_for_wrecking_amendments() -> None:
    printed = motion("caseloads")
    amended, _ = apply(
        printed, [Amendment(id="1", source='Delete all and replace with: "Conference does nothing at all."')]
    )
    assert amended.deleted_share == 1.0
    assert amended.added_words == 5
    amended, _ = apply(printed, [Amendment(id="1", source='In point 4, delete "quick fix"')])
    assert amended.deleted_share < 0.05


def test_every_changed_run_knows_its_amendment() -> None:
    amended, _ = apply(motion("caseloads"), [
        Amendment(id="20.1", source='In paragraph 2 delete "dropped" and insert "abandoned"'),
        Amendment(id="20.3", source='In point 1 after "Campaign" insert "loudly"')])  # fmt: skip
    runs = {amended.after.source[p.start : p.end].strip(): p.by for p in amended.provenance if p.by}
    assert runs == {"abandoned": ("20.1",), "loudly": ("20.3",)}
    assert "".join(amended.after.source[p.start : p.end] for p in amended.provenance) == amended.after.source
