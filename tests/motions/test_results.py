"""Results as they are written in front matter, and votes with their sums."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit_builder.diagnostics import Span
from toolkit_builder.motions import outcomes, results, votes
from toolkit_builder.motions.outcomes import DEFAULT, EXECUTIVE
from toolkit_builder.motions.results import PartResult, Result
from toolkit_builder.motions.votes import Vote


def R(outcome: str, **details: object) -> Result:
    return Result(outcome=outcome, **details)  # type: ignore[arg-type]


UNDERSTOOD: list[tuple[str, Result]] = [
    ("tabled", R("tabled")),
    ("carried", R("carried")),
    ("CARRIED.", R("carried")),
    ("was carried", R("carried")),
    ("passed", R("carried")),
    ("Carried unopposed", R("carried-unopposed")),
    ("carried-unopposed", R("carried-unopposed")),
    ("carried as amended", R("carried-as-amended")),
    ("Carried as amended by 37.1 & 37.2", R("carried-as-amended", by=("37.1", "37.2"))),
    ("carried as amended by 37.01, 37.02 and 37.3", R("carried-as-amended", by=("37.1", "37.2", "37.3"))),
    ("Carried as amended (37.1)", R("carried-as-amended", by=("37.1",))),
    ("carried as amended by amendment 20.01", R("carried-as-amended", by=("20.1",))),
    ("carried as amended by the amendment from Harbour Workers", R("carried-as-amended", by=("Harbour Workers",))),
    ("lost", R("lost")),
    ("not carried", R("lost")),
    ("defeated", R("lost")),
    ("remitted", R("remitted")),
    ("remitted to the National Executive", R("remitted", to="the National Executive")),
    ("referred back", R("referred-back")),
    ("withdrawn", R("withdrawn")),
    ("withdrawn in favour of 12", R("withdrawn", reason="in favour of 12")),
    ("composited into Composite D", R("composited", into="Composite D")),
    ("Composited (Composite 03)", R("composited", into="Composite 03")),
    ("fell (A1 carried)", R("fell", cause="A1 carried")),
    ("falls because 18 was carried", R("fell", cause="18 was carried")),
    ("fell", R("fell")),
    ("ruled out of order (outside the conference's remit)", R("ruled-out", reason="outside the conference's remit")),
    ("Ruled out: late", R("ruled-out", reason="late")),
    ("not reached", R("not-reached")),
    ("not reached - referred to the NEC under rule P", R("not-reached", to="the NEC", rule="rule P")),
    ("Not reached – referred to the executive", R("not-reached", to="the executive")),
    ("guillotined", R("guillotined")),
    ("guillotined under standing order 12.3", R("guillotined", rule="standing order 12.3")),
    ("last paragraph: lost; remaining motion: carried",
     R("parts", parts=(PartResult(part="last paragraph", result=R("lost")),
                       PartResult(part="remaining motion", result=R("carried"))))),
    ("taken in parts: point 4 lost; the rest carried as amended by 9.1",
     R("parts", parts=(PartResult(part="point 4", result=R("lost")),
                       PartResult(part="the rest", result=R("carried-as-amended", by=("9.1",)))))),
    ("Taken in parts: first part carried, second part lost",
     R("parts", parts=(PartResult(part="first part", result=R("carried")),
                       PartResult(part="second part", result=R("lost"))))),
    ("carried nem con", R("carried", vote=Vote(note="nem con"))),
    ("Carried unanimously", R("carried", vote=Vote(note="unanimously"))),
    ("carried on a show of hands", R("carried", vote=Vote())),
    ("lost on a card vote 120-180", R("lost", vote=Vote(for_=120, against=180, method="card vote"))),
    ("carried by 1,204,331 votes to 998,120", R("carried", vote=Vote(for_=1204331, against=998120))),
    ("carried (card vote: for 1,204; against 998; abstentions 12)",
     R("carried", vote=Vote(for_=1204, against=998, abstain=12, method="card vote"))),
    ("Carried, as amended by 37.1", R("carried-as-amended", by=("37.1",))),
    ("Carried with amendments 37.1 to 37.3", R("carried-as-amended", by=("37.1", "37.2", "37.3"))),
    ("Card vote: For 123, Against 45 - Carried", R("carried", vote=Vote(for_=123, against=45, method="card vote"))),
    ("referred to the NEC", R("remitted", to="the NEC")),
    ("not taken due to lack of time", R("not-reached", reason="due to lack of time")),
    ("superseded by Composite D", R("composited", into="Composite D")),
    ("not moved", R("withdrawn")),
    ("carried as amended by 1 to 3", R("carried-as-amended", by=("1", "2", "3"))),
    ("remitted (for 3 years)", R("remitted", reason="for 3 years")),
    ("withdrawn — at the mover’s request – late", R("withdrawn", reason="at the mover’s request – late")),
    ("The motion was carried", R("carried")),
    ("Result: carried", R("carried")),
    ("Motion as amended carried", R("carried-as-amended")),
    ("Carried following a card vote", R("carried", vote=Vote(method="card vote"))),
    ("Composited with 10 as Composite B", R("composited", into="Composite B", reason="with 10")),
    ("Unanimously carried", R("carried", vote=Vote(note="unanimously"))),
    ("Taken in parts. Part 1: carried; part 2: lost",
     R("parts", parts=(PartResult(part="Part 1", result=R("carried")),
                       PartResult(part="part 2", result=R("lost"))))),
    ("Part 1 carried, part 2 lost",
     R("parts", parts=(PartResult(part="Part 1", result=R("carried")),
                       PartResult(part="part 2", result=R("lost"))))),
    ("carried (reaffirming policy of 2024)", R("carried", reason="reaffirming policy of 2024")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "result"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_understood(text: str, result: Result) -> None:
    assert results.parse(text) == (result, [])


@pytest.mark.parametrize("result", [r for _, r in UNDERSTOOD], ids=[text for text, _ in UNDERSTOOD])
def test_what_is_said_reads_back(result: Result) -> None:
    assert results.parse(results.said(result)) == (result, [])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("caried", "did you mean 'carried'?"),
        ("carried", ""),
        ("remited", "did you mean 'remitted'?"),
        ("with drawn", "did you mean 'withdrawn'?"),
        ("cariied as amended by 3.1", "did you mean 'carried as amended'?"),
        ("carried forward to 2028", "put a remark in brackets: carried (forward"),
        ("carried as ammended by 37.1", "did you mean 'carried as amended'?"),
        ("carried by 37.1", "put a remark in brackets"),
        ("Partially carried", "write one of"),
        ("banana", "write one of: tabled, ruled out of order"),
        ("", "write one of"),
        ("in parts", "write 'taken in parts: "),
        ("in parts: something; other", "write 'last paragraph: lost"),
        ("carried as amended by 3.1.x9", "write the amendments' numbers"),
    ],
)
def test_a_slip_gets_a_hint_and_its_place(text: str, hint: str) -> None:
    span = Span("content/20.md", 4, 9, 4, 20)
    result, problems = results.parse(text, span=span, source=f"result: {text}")
    if not hint:
        assert result == R("carried")
        assert problems == []
        return
    assert problems[0].is_error
    assert problems[0].hint.startswith(hint)
    assert (problems[0].span, problems[0].source) == (span, f"result: {text}")


def test_every_outcome_is_read_by_its_key_and_label() -> None:
    for outcome in (*outcomes.OUTCOMES, *outcomes.POSITIONS):
        if outcome.detail == "parts":
            continue
        read = results.parse if outcome in outcomes.OUTCOMES else results.position
        for text in (outcome.key, outcome.label, outcome.label.upper(), *outcome.phrases):
            found, problems = read(text)
            assert problems == []
            assert found is not None
            assert found.outcome == outcome.key, text


def test_a_union_renames_and_adds_words() -> None:
    words, problems = outcomes.vocabulary(
        {"carried": {"label": "Agreed by conference"}, "noted": {"label": "Noted", "like": "withdrawn"}}
    )
    assert problems == []
    assert results.parse("agreed by conference", words)[0] == R("carried")
    assert results.parse("noted (no vote)", words)[0] == R("noted", reason="no vote")
    assert results.said(R("carried"), words) == "Agreed by conference"
    assert results.sentence("Motion 4", R("noted"), words) == "Motion 4 was noted"
    assert results.carries(R("noted"), words) is False
    assert results.parse("noted")[0] is None


def test_a_new_word_like_nothing_known_is_refused() -> None:
    words, problems = outcomes.vocabulary({"noted": {"label": "Noted", "like": "withdrawm"}})
    assert "noted" not in words
    assert [(p.code, p.hint) for p in problems] == [("R202", "did you mean withdrawn?")]


def test_sentences() -> None:
    assert results.sentence("Motion 37", R("carried-as-amended", by=("37.1", "37.2"))) == (
        "Motion 37 was carried as amended by 37.1 & 37.2"
    )
    parts = results.parse("last paragraph: lost; remaining motion: carried")[0]
    assert parts is not None
    assert results.sentence("Motion 9", parts) == (
        "Motion 9 was taken in parts: last paragraph was lost; remaining motion was carried"
    )


@pytest.mark.parametrize(
    ("text", "policy"),
    [("tabled", None), ("carried", True), ("carried unopposed", True), ("lost", False), ("fell", False),
     ("a: lost; b: carried", None), ("a: carried; b: carried", True), ("remitted", False)],
)  # fmt: skip
def test_is_it_policy(text: str, policy: bool | None) -> None:
    result, _ = results.parse(text)
    assert result is not None
    assert results.carries(result) is policy


@pytest.mark.parametrize(
    ("text", "key"),
    [("support", "support"), ("Support and amend", "support-and-amend"), ("NEC: oppose", "oppose"),
     ("support with qualifications (see statement 2)", "support-with-qualifications"),
     ("seek withdrawal", "seek-withdrawal"), ("Remit", "remit")],
)  # fmt: skip
def test_executive_positions(text: str, key: str) -> None:
    result, problems = results.position(text)
    assert problems == []
    assert result is not None
    assert result.outcome == key
    assert result.outcome in EXECUTIVE
    assert "support" not in DEFAULT


def test_a_misspelt_position_gets_a_suggestion() -> None:
    _, problems = results.position("suport")
    assert problems[0].hint == "did you mean 'support'?"


def test_plain_values_of_a_result() -> None:
    result, _ = results.parse("lost on a card vote 120-180")
    assert result is not None
    assert result.to_json() == {"outcome": "lost", "vote": {"method": "card vote", "for": 120, "against": 180}}


# --- votes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vote", "carried", "majority", "codes"),
    [
        (Vote(for_=120, against=80), True, votes.SIMPLE, []),
        (Vote(for_=80, against=120), True, votes.SIMPLE, ["R212"]),
        (Vote(for_=120, against=80), False, votes.SIMPLE, ["R212"]),
        (Vote(for_=120, against=80), False, votes.TWO_THIRDS, []),
        (Vote(for_=120, against=60), True, votes.TWO_THIRDS, []),
        (Vote(for_=120, against=60, abstain=1), True, votes.TWO_THIRDS_OF_ALL, ["R212"]),
        (Vote(for_=100, against=100), True, votes.SIMPLE, ["R214"]),
        (Vote(for_=100, against=100), False, votes.SIMPLE, []),
        (Vote(for_=100, against=90, abstain=5, total=195), True, votes.SIMPLE, []),
        (Vote(for_=100, against=90, abstain=5, total=200), True, votes.SIMPLE, ["R211"]),
        (Vote(for_=100, against=90, total=150), True, votes.SIMPLE, ["R211"]),
        (Vote(for_=100, against=90, total=200), True, votes.SIMPLE, []),
        (Vote(for_=100), True, votes.SIMPLE, ["R213"]),
        (Vote(), True, votes.SIMPLE, []),
        (Vote(for_=1, against=2), None, votes.SIMPLE, []),
        (Vote(for_=0, against=0), False, votes.TWO_THIRDS, []),
    ],
)
def test_sums_and_majorities(vote: Vote, carried: bool | None, majority: votes.Majority, codes: list[str]) -> None:
    assert [d.code for d in votes.check(vote, carried, majority)] == codes


@pytest.mark.parametrize(
    ("text", "vote", "rest"),
    [
        ("for 12, against 7", Vote(for_=12, against=7), ""),
        ("12 for, 7 against, 3 abstentions", Vote(for_=12, against=7, abstain=3), ""),
        ("Card vote - For: 1 204 331 Against: 998,120 Total: 2,202,451",
         Vote(for_=1204331, against=998120, total=2202451, method="card vote"), ""),
        ("120 to 80, after a recount", Vote(for_=120, against=80), "after a recount"),
        ("see rule 4.2", None, "see rule 4.2"),
        ("by 37.1 & 37.2", None, "by 37.1 & 37.2"),
        ("for 3 years", None, "for 3 years"),
        ("see motion no 20", None, "see motion no 20"),
        ("in 2 to 3 weeks", None, "in 2 to 3 weeks"),
        ("points 1 to 3", None, "points 1 to 3"),
        ("by 120 votes to 80", Vote(for_=120, against=80), ""),
    ],
)  # fmt: skip
def test_votes_as_announced(text: str, vote: Vote | None, rest: str) -> None:
    assert votes.read(text) == (vote, rest)


counts = st.none() | st.integers(0, 10**7)


@given(
    st.builds(
        Vote, for_=counts, against=counts, abstain=counts, total=counts,
        method=st.sampled_from(["show of hands", "card vote", "electronic", "acclamation"]),
        note=st.sampled_from(["", "nem con", "unanimously"]),
    )
)  # fmt: skip
def test_a_vote_reads_back(vote: Vote) -> None:
    assert votes.read(str(vote)) == (vote, "")


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    result, problems = results.parse(text)
    assert (result is None) <= bool(problems)
    results.position(text)


@given(
    st.sampled_from([o.label for o in outcomes.OUTCOMES if o.detail != "parts"]), st.text("abc 12.,:;()-&", max_size=40)
)
def test_no_letter_of_a_remark_is_lost(label: str, remark: str) -> None:
    result, problems = results.parse(f"{label} ({remark})")
    if result is not None and not problems and result.vote is None and not result.parts:
        kept = results.said(result)
        for letter in "abc":
            assert kept.lower().count(letter) >= remark.count(letter)


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("carried", True), ("carried as amended by 1.1", True), ("lost", False), ("remitted to the NEC", None),
        ("referred back", None), ("fell (18 carried)", None), ("withdrawn", None),
        ("part 1: lost; the rest: lost", False), ("part 1: lost; the rest: carried", None),
    ],
)  # fmt: skip
def test_a_vote_is_on_the_text_only_where_it_was_carried_or_lost(written: str, outcome: bool | None) -> None:
    result, _ = results.parse(written)
    assert result is not None
    assert results.voted(result) is outcome
