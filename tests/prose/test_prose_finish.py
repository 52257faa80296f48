"""Anchors, headings, links with their places, words, excerpts, sections, quotes and broken lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.prose import Link, Prose, broken_lines, convert, count_words, excerpt, slug, split_sections
from toolkit_builder.prose.places import located
from toolkit_builder.prose.typography import curl


def made(source: str, **options: object) -> Prose:
    return convert(source, path="x.md", **options)[0]  # type: ignore[arg-type]


def test_headings_get_readable_anchors_that_never_clash() -> None:
    titles = ["Fair pay, now!", "Contact", "It's 20% up", "???", "Cân y dŵr", "A {#fair-pay-now-2}"]
    prose = made("# Fair pay, *now*!\n\n" + "\n\n".join(f"## {title}" for title in titles))
    assert [(h.level, h.id, h.text) for h in prose.headings] == [
        (1, "fair-pay-now", "Fair pay, now!"),
        (2, "fair-pay-now-3", "Fair pay, now!"),
        (2, "contact-2", "Contact"),
        (2, "its-20-up", "It’s 20% up"),
        (2, "section", "???"),
        (2, "cân-y-dŵr", "Cân y dŵr"),
        (2, "fair-pay-now-2", "A"),
    ]
    assert list(prose.ids) == [h.id for h in prose.headings]


def test_an_anchor_of_the_page_cannot_be_taken() -> None:
    prose = made("# A {#main}\n\n[up](#main)\n\n<p id='main'>x</p>\n\n<p id=''>y</p>")
    assert prose.ids == ("main-2", "main-3")
    assert 'href="#main-2"' in prose.html


def test_anchors_may_carry_a_prefix_that_links_follow() -> None:
    prose = made("# A\n\n[up](#a) [out](#elsewhere) x[^1]\n\n[^1]: note", id_prefix="n1-")
    assert prose.ids == ("n1-a", "n1-fnref-1", "n1-fn-1")
    assert 'href="#n1-a"' in prose.html
    assert 'href="#elsewhere"' in prose.html
    assert 'href="#n1-fn-1"' in prose.html
    assert prose.footnotes == 1


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("# A\n\n## B\n\n# C", [2, 3, 2]),
        ("## A\n\n### B", [2, 3]),
        ("# Again the title\n\n## A\n\n## B\n\n### C", [2, 2, 2, 3]),  # one above all others holds none of them
        ("# A\n\n#### B\n\n#### C\n\n# D", [2, 3, 3, 2]),  # no level is skipped
        ("### A\n\n## B\n\n### C", [2, 2, 3]),
        ("- # A\n\n> ## B", [2, 2]),
        ("<h1>A</h1>\n\n# B\n\n## C", [2, 2, 3]),
        ("\n\n".join("#" * n + " A" for n in (1, 1, 2, 3, 4, 5, 6)), [2, 2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_stand_below_the_title_of_the_page_and_skip_no_level(typed: str, shown: list[int]) -> None:
    prose = made(typed, top=2)
    assert [h.level for h in prose.headings] == shown
    assert [int(n) for n in re.findall(r"</h(\d)>", prose.html)] == shown


def test_headings_stay_as_typed_where_the_text_has_its_own_title() -> None:
    assert [h.level for h in made("# A\n\n### B\n\n# C").headings] == [1, 3, 1]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(alphabet="ab1 -_.é'/", max_size=8), max_size=12))
def test_all_anchors_differ(titles: list[str]) -> None:
    prose = made("\n\n".join(f"## x{title}" for title in titles))
    assert len(set(prose.ids)) == len(prose.ids) == len(titles)
    assert all(f'id="{anchor}"' in prose.html for anchor in prose.ids)
    assert not any(set(anchor) & set(" \"'/") for anchor in prose.ids)


def test_links_are_found_where_they_stand() -> None:
    source = (
        'A [one](/a/) and [two](/a/).\n\n- [three](b.md#c "t")\n- ![pic](p.jpg)\n\n'
        "> [ref][r] www.x.org\n\n[r]: https://r.org/\n"
    )
    assert made(source, first_line=10).links == (
        Link("/a/", "one", 10, 9),
        Link("/a/", "two", 10, 24),
        Link("b.md#c", "three", 12, 11),
        Link("p.jpg", "pic", 13, 10, True),
        Link("https://r.org/", "ref", 17, 6),
        Link("https://www.x.org", "www.x.org", 15, 12),
    )


def test_words_are_counted_as_a_reader_counts() -> None:
    assert made("# Two words\n\nIt's *half*way – here & [there](/x/y/z).\n\n1) One\n2) Two").words == 8
    assert count_words("one, two – 3 … 'four'") == 4


def test_the_excerpt_is_the_first_paragraph_cut_between_words() -> None:
    assert made("# T\n\n::: box\nBoxed\n:::\n\nThe *first* paragraph.\n\nThe second.").excerpt == "The first paragraph."
    long = excerpt("word " * 100)
    assert len(long) <= 201
    assert long.endswith("word…")


def test_a_bulletin_is_cut_at_its_headlines() -> None:
    prose = made("Lead\n\n## One & *two*\n\nA\n\n### Sub\n\nB\n\n::: box\n## Boxed\nC\n:::\n\n## Three\n\nD")
    sections = split_sections(prose.html)
    assert [(s.id, s.title, s.title_html) for s in sections] == [
        ("", "", ""), ("one-two", "One & two", "One &amp; <em>two</em>"), ("three", "Three", "Three"),
    ]  # fmt: skip
    assert sections[0].html == "<p>Lead</p>"
    assert "Boxed" in sections[1].html
    assert sections[2].html == "<p>D</p>"
    assert split_sections("") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\"Yes,\" she said, 'no'", "“Yes,” she said, ‘no’"),
        ("'Nested \"quotes\"' and \"'both'\"", "‘Nested “quotes”’ and “‘both’”"),
        ("don't, members' and '90s, rock 'n' roll, 'tis", "don’t, members’ and ’90s, rock ’n’ roll, ’tis"),
        ('("a") ["b"] —"c"', "(“a”) [“b”] —“c”"),
        ("wait... what -- no --- yes", "wait… what – no — yes"),
        ("1990--95 and --open and -----", "1990–95 and --open and -----"),
        ('&nbsp;"a"', "&nbsp;“a”"),
        ('After "x" insert " and one"; delete "y "', "After “x” insert “ and one”; delete “y ”"),
        ('Insert " and one" after "x"', "Insert “ and one” after “x”"),
    ],
)
def test_quotes_curl(text: str, expected: str) -> None:
    assert curl(text, " ", "en") == expected


def test_quotes_curl_across_emphasis_and_not_in_code() -> None:
    assert made('"*Now*," she said, `"raw"`').html == '<p>“<em>Now</em>,” she said, <code>"raw"</code></p>'
    assert made('"Ja"', lang="de").html == "<p>„Ja“</p>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("The threat in adult Social\n\ncare is real.", [("P120", 1)]),
        ("We call for the end of the\n\nNational scheme.", [("P120", 1)]),
        ("The co-ordi-\nnation is poor", [("P121", 1)]),
        ("A whole sentence.\n\nanother, in small letters", []),
        ("A heading\n\nA paragraph", []),
        ("Call on us to:\n\n1) campaign", []),
        ("- one\n- two", []),
        ("```\nbroken of the\n\nand so on\n```", []),
        ("Line one of\na paragraph that\ngoes on.", []),
    ],
)
def test_broken_lines_are_reported(source: str, expected: list[tuple[str, int]]) -> None:
    assert [(d.code, d.span.line) for d in broken_lines(source, "x.md") if d.span] == expected


def test_a_slug_is_short_and_plain() -> None:
    assert slug("  Fair pay — for ALL (2027)!  ") == "fair-pay-for-all-2027"
    assert len(slug("long " * 50)) <= 60


@pytest.mark.parametrize(
    ("source", "target", "place"),
    [
        ("See https://example.org/a?x=1&y=2 and y.\n\n[x](y)", "y", (3, 5)),
        ("pay.md or [pay](pay.md)", "pay.md", (1, 17)),
        ("[more](pay.md-old) [pay](pay.md)", "pay.md", (1, 26)),
        ('pic x <img src="x">', "x", (1, 17)),
        ("see www.example.org", "https://www.example.org", (1, 5)),
        ("[pay]\n\n[pay]: pay.md", "pay.md", (3, 8)),
    ],
)
def test_the_place_of_a_link_is_the_link_and_not_a_word_like_it(
    source: str, target: str, place: tuple[int, int]
) -> None:
    (link,) = located([(target, "", False)], source.split("\n"), 1)
    assert (link.line, link.column) == place
