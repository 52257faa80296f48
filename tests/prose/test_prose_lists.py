"""Lists as people write them: found where they are, numbered as printed, and nothing else taken for one."""

from __future__ import annotations

import re

import pytest

from toolkit_builder.prose import convert, plain


def html(source: str, **options: bool) -> str:
    return convert(source, path="x.md", **options)[0].html  # type: ignore[arg-type]


def printed(source: str) -> list[str]:
    """The items as a reader sees them, with the markers as printed."""
    return plain(html(source)).split("\n")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1)Campaign now;\n2)Call on us", ["1) Campaign now;", "2) Call on us"]),
        ("1)Campaign now;\n\n2)Call on us\n\n10)Work", ["1) Campaign now;", "2) Call on us", "10) Work"]),
        ("1. one\n2. two", ["1. one", "2. two"]),
        ("1.Campaign\n2.Call", ["1. Campaign", "2. Call"]),
        ("(1) one\n(2) two", ["(1) one", "(2) two"]),
        ("a) one\nb) two", ["a) one", "b) two"]),
        ("(a) one\n(b) two", ["(a) one", "(b) two"]),
        ("a. one\nb. two", ["a. one", "b. two"]),
        ("A) one\nB) two", ["A) one", "B) two"]),
        ("i) one\nii) two\niii) three\niv) four\nv) five", ["i) one", "ii) two", "iii) three", "iv) four", "v) five"]),
        ("(i) one\n(ii) two", ["(i) one", "(ii) two"]),
        ("h) one\ni) two\nj) three", ["h) one", "i) two", "j) three"]),
        ("4) four\n5) five", ["4) four", "5) five"]),
        ("1) one\n2) two\n4) four\n4) four again", ["1) one", "2) two", "4) four", "4) four again"]),
        ("1. one\n1. one\n1. one", ["1. one", "1. one", "1. one"]),
        ("01. one\n02. two", ["01. one", "02. two"]),
        ("- one\n- two", ["• one", "• two"]),
        ("• one\n•two", ["• one", "• two"]),
        ("* one\n* two", ["• one", "• two"]),
        ("- [ ] ring\n- [x] write", ["• ☐ ring", "• ☑ write"]),
        ("Conference calls on us to:\n1)go;\n2)come", ["Conference calls on us to:", "1) go;", "2) come"]),
        ("We will:\n- go\n- come", ["We will:", "• go", "• come"]),
        ("We will:\n3) go on", ["We will:", "3) go on"]),
        ("1) one\na) sub\nb) sub\n2) two", ["1) one", "a) sub", "b) sub", "2) two"]),
        ("1) one\n(i) sub\n(ii) sub\n2) two", ["1) one", "(i) sub", "(ii) sub", "2) two"]),
        ("1) one\nwrapped\n2) two", ["1) one", "wrapped", "2) two"]),
        ("1) one\n\nA paragraph.\n\n2) two", ["1) one", "A paragraph.", "2) two"]),
        ("1) one that goes\n\non in small letters\n\n2) two", ["1) one that goes", "on in small letters", "2) two"]),
        ("1 Staff: hire them.\n\n2 Pay: raise it.", ["1 Staff: hire them.", "2 Pay: raise it."]),
        ("1 Staff: hire.\n2 Pay: raise.\n3 Care: give.", ["1 Staff: hire.", "2 Pay: raise.", "3 Care: give."]),
        ("1 Plan for staff\n\n2 Plan for pay\n\n3 Care", ["1 Plan for staff", "2 Plan for pay", "3 Care"]),
    ],
)
def test_items_keep_their_numbers(source: str, expected: list[str]) -> None:
    assert "<li" in html(source)
    assert printed(source) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12 June 2008 was the day",
        "1868 Congress met in Manchester",
        "1868. That was the year",
        "12 June was fine.\n\n13 June was not.",
        "30 Members came.",
        "1 Comment: none",
        "We met on\n12 June and again later",
        "The vote was lost by\n12. Nobody was glad",
        "See section (appendix\n1) for the rest",
        "In the year\n2008. Then came another",
        "A. Smith moved the motion",
        "I. Newton was no member",
        "(c) 2027 the union",
        "(s)he voted",
        "7.30pm sharp",
        "20.01 was carried",
        "1.5 million people",
        "e.g. this",
        "i.e. that",
        "v. good",
        "-5 degrees",
        "*emphasis* first",
        "1,000 people",
        "3.5 FTE posts",
        "1st place",
        "20 to 3 was the score",
    ],
)
def test_what_only_looks_like_a_list_stays_a_paragraph(text: str) -> None:
    assert "<li" not in html(text)


def test_nested_lists_may_be_indented_by_two_to_four_spaces() -> None:
    for step in (2, 3, 4):
        source = f"- one\n{' ' * step}- two\n{' ' * 2 * step}- three\n- four"
        assert re.sub(r"\s+", "", html(source)) == (
            "<ul><li>one<ul><li>two<ul><li>three</li></ul></li></ul></li><li>four</li></ul>"
        )


def test_the_markers_of_the_page_are_those_of_the_paper() -> None:
    assert html("(b) x\n(c) y\n") == html("(b) x\n\n(c) y\n")
    assert html("3. x\n4. y\n6. z") == '<ol start="3">\n<li>x</li>\n<li>y</li>\n<li value="6">z</li>\n</ol>'
    assert html("i) x\nii) y") == (
        '<ol type="i" class="half-bracketed">\n<li data-marker="i)">x</li>\n<li data-marker="ii)">y</li>\n</ol>'
    )


def test_a_lead_in_is_bold_up_to_its_colon() -> None:
    fragment = html("1 Urgent plan to fill posts: hire.\n\n2 Better pay:\n\nmore money for all.\n")
    assert fragment == (
        '<ol class="points">\n<li data-marker="1"><strong>Urgent plan to fill posts:</strong> hire.</li>\n'
        '<li data-marker="2"><strong>Better pay:</strong> more money for all.</li>\n</ol>'
    )


def test_lead_ins_of_dotted_lists_are_bold_on_request() -> None:
    source = "1. Pay: more. See https://x.org now\n2. No lead-in here"
    assert "<strong>" not in html(source)
    assert html(source, lead_ins=True).count("<strong>Pay:</strong> more.") == 1
    assert html(source, lead_ins=True).count("<strong>") == 1


def test_a_contact_panel_may_stand_between_points() -> None:
    source = "1 One: a.\n\n::: contact\nRing 01632 960001\n:::\n\n2 Two: b.\n"
    fragment = html(source)
    assert fragment.index("Ring") < fragment.index('start="2"')
    assert printed(source) == ["1 One: a.", "Ring 01632 960001", "2 Two: b."]


def test_a_list_takes_up_its_numbers_after_a_break() -> None:
    assert printed("(a) one\n\nBetween.\n\n(b) two") == ["(a) one", "Between.", "(b) two"]
    assert html("(a) one\n\nBetween.\n\n(b) two").count("<ol") == 2
    assert 'start="2"' in html("(a) one\n\nBetween.\n\n(b) two")


def test_an_item_may_hold_paragraphs_code_and_quotations() -> None:
    fragment = html("1. First\n\n   Second\n\n   > said\n\n   ```\n   1. code\n   ```\n2. Next")
    assert "<li>\n<p>First</p>\n<p>Second</p>\n<blockquote>" in fragment
    assert "<pre><code>1. code\n</code></pre>" in fragment
    assert fragment.endswith("<li>Next</li>\n</ol>")


def test_a_heading_ends_a_list() -> None:
    assert html("- one\n## Two") == '<ul>\n<li>one</li>\n</ul>\n<h2 id="two">Two</h2>'


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("We want:\n– pay\n– time", ["pay", "time"]),
        ("We want\n\n— pay\n\n— time", ["pay", "time"]),
        ("We want:\n\uf0b7\tpay\n\uf0a7\ttime", ["pay", "time"]),
        ("o\tpay\no\ttime", ["pay", "time"]),
        ("➔ pay\n➔ time", ["pay", "time"]),
        ("> Never again.\n– Pat, porter", []),
        ("– a dash alone", []),
        ("Words that go on\n– as they may –\n– and end", []),
        ("✓ paid\n✗ not paid", []),
        ("```\n– code\n– code\n```", []),
    ],
)
def test_dashes_and_the_bullets_of_word_are_bullets(source: str, items: list[str]) -> None:
    html = convert(source, path="x.md")[0].html
    assert re.findall(r"<li>(.*?)</li>", html) == items
    assert all(word in html for word in re.findall(r"\w+|[✓✗]", source.replace("o\t", "")))
