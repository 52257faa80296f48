"""Numbers as agendas print them: what is one item, what is not, and in which order they stand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit_builder.motions import numbering
from toolkit_builder.motions.numbering import NotANumber, Number

EQUAL = [
    ("20.01", "20.1"),
    ("020.1", "20.1"),
    ("Motion 20", "20"),
    ("motion no. 20", "20"),
    ("No 20", "20"),
    ("(20.01)", "20.1"),
    ("Amendment 13.02", "13.2"),
    ("amdt. 13.02", "13.2"),
    ("C02", "C2"),
    ("c02", "C02"),
    ("EM1", "em 1"),
    ("EM-1", "EM1"),
    ("Emergency Motion 1", "EM1"),
    ("Late motion 3", "L3"),
    ("Composite 03", "composite 3"),
    ("Comp. D", "Composite D"),
    ("11A.3", "11a.03"),
    ("20\u00a0.1".replace("\u00a0", ""), "20.1"),
    ("２０.１", "20.1"),
    ("Executive statement 2", "ES2"),
    ("20.1.", "20.1"),
    ("20/1", "20.1"),
]
DIFFERENT = [
    ("20.1", "20.10"), ("20", "20.1"), ("2", "2a"), ("11A.3", "11.3"), ("Composite 3", "3"), ("C3", "Composite 3"),
    ("EM1", "1"), ("L1", "EM1"), ("Composite D", "Composite E"), ("A1", "B1"), ("20.0", "20"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_one_item_however_it_is_written(a: str, b: str) -> None:
    first, second = Number.parse(a), Number.parse(b)
    assert first == second
    assert hash(first) == hash(second)
    assert (first.canonical, first.slug) == (second.canonical, second.slug)
    assert numbering.same(a, b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_two_items(a: str, b: str) -> None:
    assert Number.parse(a) != Number.parse(b)
    assert not numbering.same(a, b)
    assert Number.parse(a).slug != Number.parse(b).slug


@pytest.mark.parametrize(("a", "b"), [("E1", "EM1"), ("D", "Composite D"), ("E01", "Emergency motion 1")])
def test_two_spellings_are_the_same_item_but_keep_their_own_url(a: str, b: str) -> None:
    assert numbering.same(a, b)
    assert Number.parse(a) != Number.parse(b)


@pytest.mark.parametrize(
    ("written", "canonical", "slug"),
    [
        ("20.01", "20.1", "20.1"),
        ("11A.3", "11a.3", "11a.3"),
        ("C02", "C2", "c2"),
        ("em 7", "EM7", "em7"),
        ("composite d", "Composite D", "composite-d"),
        ("Composite 03", "Composite 3", "composite-3"),
        ("2a", "2a", "2a"),
        ("D", "D", "d"),
        ("20.1.2", "20.1.2", "20.1.2"),
        ("iv", "IV", "iv"),
    ],
)
def test_canonical_text_and_slug(written: str, canonical: str, slug: str) -> None:
    number = Number.parse(written)
    assert (number.canonical, number.slug, str(number)) == (canonical, slug, written)
    assert Number.parse(canonical) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the number is empty"),
        ("  ", "the number is empty"),
        ("Motion", "has no digit"),
        ("twenty", "has no digit"),
        ("20,1", "comma where a number has a dot"),
        ("20..1", "empty part beside a dot"),
        ("20-25", "hyphen between its parts"),
        ("20–25", "hyphen between its parts"),
        ("12345678", "more than six digits"),
        ("1.2.3.4.5.6", "more than 5 parts"),
        ("the motion on pay 20", "words a number cannot have"),
        ("Section12", "starts with 'Section'"),
        ("x" * 61, "too long"),
        ("20abc", "is not digits with at most two letters"),
        ("../../etc", "more"),
    ],
)
def test_what_is_no_number_says_why(text: str, reason: str) -> None:
    with pytest.raises(NotANumber, match=reason if text != "../../etc" else "beside a dot|more than"):
        Number.parse(text)


def test_natural_order() -> None:
    ordered = ["1", "2", "2a", "10", "11", "11A.3", "20", "20.1", "20.2", "20.10", "A1", "C02", "C10",
               "Composite 3", "Composite 12", "EM1", "EM2", "EM10", "L1", "a guest speaker"]  # fmt: skip
    shuffled = ordered[:]
    random.Random(7).shuffle(shuffled)
    assert numbering.in_order(shuffled) == ordered


def test_a_section_called_e_stands_between_d_and_f() -> None:
    assert numbering.in_order(["F01", "E02", "D09", "E01"]) == ["D09", "E01", "E02", "F01"]
    assert numbering.in_order(["E1", "20", "L1", "C1", "3"]) == ["3", "20", "C1", "E1", "L1"]
    assert numbering.in_order(["E1", "20", "L1", "3"]) == ["3", "20", "E1", "L1"]


def test_roman_composites_in_roman_order() -> None:
    names = ["Composite V", "Composite IX", "Composite I", "Composite IV", "Composite II"]
    assert [n[10:] for n in numbering.in_order(names)] == ["I", "II", "IV", "V", "IX"]
    assert [n[10:] for n in numbering.in_order(["Composite V", "Composite D", "Composite I"])] == ["D", "I", "V"]


@pytest.mark.parametrize(
    ("number", "meant"),
    [("21", "20"), ("20.3", "20.1"), ("201", "20.1"), ("EM3", "EM1"), ("E1", "EM1"), ("Composit D", "Composite D"),
     ("D", "Composite D"), ("02.1", "20.1"), ("99", None), ("", None)],
)  # fmt: skip
def test_near_miss(number: str, meant: str | None) -> None:
    assert numbering.near(number, ["20", "20.1", "EM1", "Composite D"]) == meant


def test_find_prefers_the_equal_one() -> None:
    assert numbering.find("E1", ["EM1", "E1"]) == "E1"
    assert numbering.find("E1", ["20", "EM1"]) == "EM1"
    assert numbering.find("20.01", ["20.10", "20.1"]) == "20.1"
    assert numbering.find("nothing here", ["20"]) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("37.1 & 37.2", ["37.1", "37.2"]),
        ("20.1, 20.2 and EM3", ["20.1", "20.2", "EM3"]),
        ("motions 9, and 10", ["9", "10"]),
        ("Composite D and E", ["Composite D", "Composite E"]),
        ("EM1 & 2", ["EM1", "EM2"]),
        ("20.01", ["20.1"]),
        ("20.2 to 20.4 and 21", ["20.2", "20.3", "20.4", "21"]),
        ("5–7", ["5", "6", "7"]),
        ("EM1-3", ["EM1", "EM2", "EM3"]),
        ("20.2 to 4", ["20.2", "20.3", "20.4"]),
        ("EM-1", ["EM1"]),
    ],
)
def test_lists(text: str, numbers: list[str]) -> None:
    assert [n.canonical for n in listed(text)] == numbers


def listed(text: str) -> list[numbering.Number]:
    """Pieces of a list, its ranges written out, in the series of the first."""
    found = [number for piece in numbering.pieces(text) for number in numbering.read_range(piece)]
    return [numbering.in_series(number, found[0]) for number in found]


@pytest.mark.parametrize("text", ["7-5", "1-999999", "20.1 to 21.3", "EM1 to 2a", "2a-2c"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(NotANumber, match="no range"):
        listed(text)


def test_a_bad_list_names_the_culprit() -> None:
    with pytest.raises(NotANumber, match="pay freeze"):
        listed("20.1 and the pay freeze")


@pytest.mark.parametrize(("letters", "value"), [("iv", 4), ("IX", 9), ("xl", 40), ("iiii", None), ("d", None)])
def test_roman(letters: str, value: int | None) -> None:
    assert numbering.roman_value(letters) == value


def test_parent() -> None:
    assert str(Number.parse("20.01").parent) == "20"
    assert str(Number.parse("Composite D.1").parent) == "Composite D"
    assert Number.parse("20").parent is None


numbers = st.builds(
    lambda prefix, parts: prefix + ".".join(parts),
    st.sampled_from(["", "EM", "C", "L", "Composite "]),
    st.lists(st.from_regex(r"\A[0-9]{1,3}[ab]?\Z"), min_size=1, max_size=3),
)


@given(numbers)
def test_canonical_text_reads_back(text: str) -> None:
    number = Number.parse(text)
    assert Number.parse(number.canonical) == number
    assert Number.parse(number.slug.replace("-", " ")) == number


@given(st.text(max_size=70))
def test_any_text_is_a_number_or_a_sentence(text: str) -> None:
    try:
        number = Number.parse(text)
    except NotANumber as why:
        reason = str(why)
    else:
        reason = ""
        assert "/" not in number.slug
        assert ".." not in number.slug
        assert number.slug.strip(".") == number.slug != ""
    assert not reason.endswith(".")


@given(st.lists(numbers, max_size=8), st.randoms())
def test_order_does_not_depend_on_the_order_of_arrival(items: list[str], rng: random.Random) -> None:
    shuffled = items[:]
    rng.shuffle(shuffled)
    assert numbering.in_order(shuffled) == numbering.in_order(items)
