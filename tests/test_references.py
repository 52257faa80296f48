"""Mentions of agenda items in running text: what is one, what only looks like one, and what becomes of it."""

from __future__ import annotations

import re

import pytest

from toolkit_builder.prose import convert
from toolkit_builder.references import Mention, Strength, Target, find, link, locate_in_source


def seen(text: str, **more: object) -> list[tuple[str | None, str]]:
    return [(m.kind, m.number) for m in find(f"<p>{text}</p>", **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We support motion 20 on caseloads", [("motion", "20")]),
        ("Motion 20.", [("motion", "20")]),
        ("MOTION 20", [("motion", "20")]),
        ("motion&nbsp;20", [("motion", "20")]),
        ("motion\n20", [("motion", "20")]),
        ("motion no. 20", [("motion", "20")]),
        ("Motion number 20 was carried", [("motion", "20")]),
        ("as set out in motion 20", [("motion", "20")]),
        ("motion (20) was moved", [("motion", "20")]),
        ("Motions 9 and 10 were taken together", [("motion", "9"), ("motion", "10")]),
        ("motions 3, 4 and 7", [("motion", "3"), ("motion", "4"), ("motion", "7")]),
        ("motions 3, 4, and 7", [("motion", "3"), ("motion", "4"), ("motion", "7")]),
        ("motions 9 &amp; 10", [("motion", "9"), ("motion", "10")]),
        ("motions 3-5", [("motion", "3"), ("motion", "5")]),
        ("motions 3–5", [("motion", "3"), ("motion", "5")]),
        ("motion 11A", [("motion", "11a")]),
        ("motion C02 on housing", [("motion", "C2")]),
        ("amendment 20.01", [("amendment", "20.1")]),
        ("amendment (20.01)", [("amendment", "20.1")]),
        ("An amendment (20.01) has gone in", [("amendment", "20.1")]),
        ("amendments 20.1 to 20.3", [("amendment", "20.1"), ("amendment", "20.3")]),
        ("amendment 11A.3", [("amendment", "11a.3")]),
        ("amendment 20.10", [("amendment", "20.10")]),
        ("By supporting amendment 13.02 we can start", [("amendment", "13.2")]),
        ("motion 20 as amended by 20.01 (20.01)", [("motion", "20"), (None, "20.1")]),
        ("the strategy we want (20.01) is there", [(None, "20.1")]),
        ("both texts (20.01 and 13.02) fell", [(None, "20.1"), (None, "13.2")]),
        ("Composite D", [("composite", "Composite D")]),
        ("Composites D and E", [("composite", "Composite D"), ("composite", "Composite E")]),
        ("Composite 03", [("composite", "Composite 3")]),
        ("Composite motion D", [("composite", "Composite D")]),
        ("composite A.", [("composite", "Composite A")]),
        ("EM1 is next", [(None, "EM1")]),
        ("EM1 forms the basis", [(None, "EM1")]),
        ("shorter hours (20.01) we want", [(None, "20.1")]),
        ("global warming (20.01)", [(None, "20.1")]),
        ("motion 20 (Northbank)", [("motion", "20")]),
        ("motion 20 (carried)", [("motion", "20")]),
        ("E1 is next", [(None, "E1")]),
        ("L1 is next", [(None, "L1")]),
        ("Emergency Motion 2", [("motion", "EM2")]),
        ("emergency motions 2 and 3", [("motion", "EM2"), ("motion", "EM3")]),
        ("late motion L1", [("motion", "L1")]),
        ("Vote for motion 20, 20.01 and 20.02", [("motion", "20"), ("motion", "20.1"), ("motion", "20.2")]),
        ("Camden’s motion 20", [("motion", "20")]),
    ],
)
def test_a_mention_is_found(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert seen(text) == expected


FOOLS = """
£20.01
a fee of £20.01
it costs 20.01 pounds
(£20.01)
20.01.2027
on 20.01.2027
20/01
20/01/2027
20.01 hrs
at 13.02
meet at 13.02 in the foyer
the train leaves (20.01)
the 13.02 train
doors open at (7.30)
7.30pm
the motion 7.30pm
from 7.30 am to 9.15 am
20.1%
motion 20%
a rise of 20.1 per cent
call 0845 355 0845
020 7551 1100
section 20.1 of the Act
section 20 (20.01)
Regulation 20
regulation 20.1
paragraph 20.1
Schedule 3 (13.02)
amendment 20 to the Equality Act
Amendment 14 to the US Constitution
20.1 miles
3.5 FTE
a caseload of 20.1
motion of no confidence
a motion of 20 members
20 motions
the motion 20 delegates opposed
they carried the motion 20 to 3
a motion 20-year members would welcome
a motion 1 in 5 branches moved
it opens (20.10)am
the motion 20 times
we debated the motion 20 minutes late
slow motion 20
in slow-motion 20
set in motion 20 reforms
setting things in motion 20 years ago
put in motion 3 plans
motion 2027
motion 20,000
motion 20.01.2027
motion 20/01
motion 14 June
emotion 20
promotion 20
locomotion 20
commotions 3 and 4
user@motion 20
#motion 20
version 20.1
Python 3.12
room 20.01
the composite I argued for
In a composite I argued
a composite a day
composite materials
Composite 20.5
London E1
London E1 6AN
E1 6AN
L1 8JQ
Liverpool, L1
E10/11
C02 emissions
CO2
PM2.5
A1
M25
EM1234
eM1
1. One
Unite’s motion 20
Unite's motion 20
the RMT’s amendment 3
TUC motion 12
motion 12 at the TUC
motion 12 of the TUC
GMB Composite D
Composite D at TUC Congress
motion 20 (TUC)
motion 20 (TUC 2026)
motion 20 (TUC Congress, 2026)
motion 20, TUC 2026
Composite D (STUC)
the temperature (20.1) was high
a mean temperature of (20.1)
relative humidity (20.1)
the EM1 motorway
the E2 route
take bus E2
form EM1
junction L1
"""


@pytest.mark.parametrize("text", FOOLS.strip().split("\n"))
def test_what_only_looks_like_a_mention_is_left_alone(text: str) -> None:
    assert [m for m in find(f"<p>{text}</p>") if m.strength is not Strength.FAINT or "E1" in text or "L1" in text] == []


@pytest.mark.parametrize(
    "text",
    [
        "motion 20 (2019)", "motion 20 of 2019", "motion 20 from the 2019 conference", "motion 20 in 2019",
        "2019’s motion 20", "the 2019 motion 20", "the 2019 conference motion 20", "In 2019 motion 20",
    ],
)  # fmt: skip
def test_a_year_beside_a_paper_says_which_conference_is_meant(text: str) -> None:
    (mention,) = find(f"<p>We said that {text} was carried.</p>")
    assert (mention.text, mention.conference, mention.explicit) == ("motion 20", "2019", False)


@pytest.mark.parametrize(
    "text", ["motion 20 at 2019.5", "motion 20 of 2019-2020", "£2019 motion 20", "motion 20, 2019"]
)
def test_a_number_that_is_no_year_says_nothing(text: str) -> None:
    (mention,) = find(f"<p>{text}</p>")
    assert mention.conference is None


def test_a_site_says_whose_papers_are_its_own() -> None:
    assert seen("UNISON’s motion 20") == []
    assert seen("UNISON’s motion 20", others={"Unite"}) == [("motion", "20")]
    assert seen("Unite’s motion 20", others=()) == [("motion", "20")]


def test_a_count_after_a_list_is_not_part_of_it() -> None:
    assert seen("motion 20 and 3 amendments") == [("motion", "20")]
    assert seen("Motions 9 and 10, 12 delegates spoke") == [("motion", "9"), ("motion", "10")]
    assert seen("motion 20, 14 June") == [("motion", "20")]
    assert seen("motion 20 to 15") == [("motion", "20")]


@pytest.mark.parametrize(
    "fragment",
    [
        "<p><code>motion 20</code></p>",
        "<pre><code>motion 20\n</code></pre>",
        '<p><a href="/x/">motion 20</a></p>',
        '<p><a href="/x/"><em>motion</em> 20</a></p>',
        '<blockquote class="other-papers"><p>motion 20<blockquote>x</blockquote><p>motion 2</p></blockquote>',
        '<p title="motion 20">x</p>',
        '<h2 id="motion-20">x</h2>',
        "<p>motion</p><p>20</p>",
        "<ul><li>the motion</li><li>20</li></ul>",
        "<p>motion <code>x</code> 20</p>",
        '<p>the motion<sup><a href="#fn-1">20</a></sup></p>',
    ],
)
def test_nothing_is_found_where_nothing_may_be_linked(fragment: str) -> None:
    assert find(fragment) == ()
    assert link(fragment, {"motion:20@": Target("/m/20/", "T")}) == fragment


def test_reading_goes_on_after_another_unions_paper() -> None:
    fragment = '<blockquote class="quote other-papers"><p>motion 20</p></blockquote><p>motion 21</p>'
    assert [m.number for m in find(fragment)] == ["21"]


def test_a_container_marks_another_unions_papers() -> None:
    prose, _ = convert('::: quote from="Unite"\nWe moved motion 20.\n:::\n\nOur motion 21.\n', path="x.md")
    assert [m.number for m in find(prose.html)] == ["21"]


@pytest.mark.parametrize(
    ("marker", "kind", "number", "conference", "label"),
    [
        ("[[motion:20]]", "motion", "20", None, ""),
        ("[[motion:20@2027-lg]]", "motion", "20", "2027-lg", ""),
        ("[[motion:20|the caseloads motion]]", "motion", "20", None, "the caseloads motion"),
        ("[[20.1]]", None, "20.1", None, ""),
        ("[[20.01]]", None, "20.1", None, ""),
        ("[[20.10]]", None, "20.10", None, ""),
        ("[[bulletin:2]]", "bulletin", "2", None, ""),
        ("[[plan:fair-pay]]", "plan", "fair-pay", None, ""),
        ("[[composite:D]]", "composite", "Composite D", None, ""),
        ("[[Composite D]]", None, "Composite D", None, ""),
        ("[[ Motion : 20 @ 2027-lg | x ]]", "motion", "20", "2027-lg", "x"),
        ("[[EM1@2026]]", None, "EM1", "2026", ""),
    ],
)
def test_an_explicit_mention_is_read(marker: str, kind: str, number: str, conference: str, label: str) -> None:
    (mention,) = find(convert(f"See {marker} now", path="x.md")[0].html)
    assert (mention.kind, mention.number, mention.conference, mention.label) == (kind, number, conference, label)
    assert mention.explicit
    assert mention.strength is Strength.SURE


def test_an_explicit_mention_that_leads_nowhere_stays_as_it_was_written() -> None:
    fragment = "<p>See [[motion:99@2031|the lost motion]] and [[nonsense]].</p>"
    assert link(fragment, {}) == fragment


def test_an_unclosed_marker_is_text() -> None:
    assert not any(m.explicit for m in find("<p>[[motion:20 and [[ more</p><p>]]</p>"))


def test_a_link_carries_the_title_and_the_result_of_its_item() -> None:
    target = Target("/2027/motions/20/", 'Caseloads & "care"', "carried as amended")
    linked = link("<p>Back motion 20, then motion 20 again.</p>", {"motion:20@": target})
    opening = (
        '<a href="/2027/motions/20/" class="ref tied" title="Caseloads &amp; &quot;care&quot; – carried as amended">'
    )
    assert linked == (
        f'<p>Back {opening}motion 20</a><span class="ref-result"> (carried as amended)</span>, '
        f"then {opening}motion 20</a> again.</p>"
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("as we said (motion 20)", "motion 20, carried)"),
        ("as we (all of us) said of motion 20.", "motion 20 (carried)."),
        ("(see below)</p><p>motion 20", "motion 20 (carried)"),
        ("(an amendment (to motion 20) fell)", "motion 20, carried) fell)"),
    ],
)
def test_a_result_within_brackets_has_none_of_its_own(written: str, shown: str) -> None:
    linked = link(f"<p>{written}</p>", {"motion:20@": Target("/20/", "", "carried")})
    assert re.sub(r"<[^>]*>", "", linked).endswith(shown)


@pytest.mark.parametrize("written", ["motion 20", "amendment 20.1", "Composite D"])
def test_a_word_and_its_number_stay_on_one_line(written: str) -> None:
    known = {m.key: Target("/x/", "t") for m in find(f"<p>{written}</p>")}
    assert 'class="ref tied"' in link(f"<p>Read {written} again.</p>", known)


def test_a_long_label_may_be_broken() -> None:
    linked = link("<p>[[motion:20|the motion that we all remember]]</p>", {"motion:20@": Target("/x/", "t")})
    assert 'class="ref"' in linked


def test_links_show_an_authors_words_or_the_number_or_the_title() -> None:
    known = {
        "motion:20@": Target("/m/20/", "Caseloads"),
        "plan:fair-pay@": Target("/p/", "Fair <pay>"),
        ":20.1@": Target("/a/", "A"),
        "bulletin:2@": Target("/b/", "Tuesday"),
    }
    fragment = "<p>[[motion:20]] [[motion:20|<em>our</em> motion]] [[plan:fair-pay]] [[20.01]] [[bulletin:2]]</p>"
    shown = re.findall(r"<a [^>]*>(.*?)</a>", link(fragment, known))
    assert shown == ["motion 20", "<em>our</em> motion", "Fair &lt;pay&gt;", "20.1", "Tuesday"]


def test_emphasis_between_word_and_number_links_the_number() -> None:
    linked = link("<p>amendment <strong>20.01</strong> and <em>motion 20</em></p>", {
        "amendment:20.1@": Target("/a/", "A"), "motion:20@": Target("/m/", "M"),
    })  # fmt: skip
    assert linked == (
        '<p>amendment <strong><a href="/a/" class="ref" title="A">20.01</a></strong> and '
        '<em><a href="/m/" class="ref tied" title="M">motion 20</a></em></p>'
    )


def test_only_links_are_added() -> None:
    fragment = "<p>Motions 9 and 10 (20.01), Composite D &amp; EM1 – <b>motion</b> 3</p>"
    known = {m.key: Target("/x/", "t") for m in find(fragment)}
    assert len(known) == 6
    assert re.sub(r"</?a\b[^>]*>", "", link(fragment, known)) == fragment


def test_a_mention_travels_as_json() -> None:
    for mention in find("<p>motion 20 (20.01) [[plan:x|y]] E1</p>"):
        assert Mention.from_json(mention.to_json()) == mention


def test_a_mention_is_found_again_in_its_source() -> None:
    source = "First 10 things.\n\nMotions 9\nand **10** pass; motion 9 and amendment *20.01* do not.\n\nMotion 9.\n"
    mentions = find(convert(source, path="x.md", first_line=5)[0].html)
    lines = source.split("\n")
    found = []
    for mention in mentions:
        span = locate_in_source(mention, source, "x.md", 5)
        found.append((span.line, lines[span.line - 5][span.column - 1 : span.end_column - 1]))
    assert found == [(7, "Motions 9"), (8, "10"), (8, "motion 9"), (8, "20.01"), (10, "Motion 9")]


def test_equal_numbers_share_a_key_and_different_ones_do_not() -> None:
    keys = [m.key for m in find("<p>amendment 20.01, amendment 20.1, amendment 20.10</p>")]
    assert keys == ["amendment:20.1@", "amendment:20.1@", "amendment:20.10@"]


def test_much_text_is_read_quickly() -> None:
    fragment = "<p>" + "motion 20, " * 20_000 + "(" * 20_000 + "[[" * 20_000 + "Composite " * 20_000 + "</p>"
    assert len(find(fragment)) == 20_000


def test_a_marker_with_its_own_words_may_stand_in_a_table() -> None:
    prose, _ = convert("| a | b |\n|---|---|\n| [[motion:20|the motion]] | x |\n", path="x.md")
    assert [m.label for m in find(prose.html)] == ["the motion"]
