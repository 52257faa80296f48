"""Boxes, tables, figures, notes, terms: what an author writes and the HTML it becomes."""

from __future__ import annotations

import pytest

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.prose import convert, inline, split_sections


def html(source: str, lang: str = "en-GB") -> str:
    return convert(source, path="x.md", lang=lang)[0].html


def found(source: str) -> list[Diagnostic]:
    return convert(source, path="x.md")[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('::: box "Title"\nText\n:::', '<aside class="box">\n<p class="box-title">Title</p>\n<p>Text</p>\n</aside>'),
        ("::: box A bare one\nB\n:::", '<aside class="box">\n<p class="box-title">A bare one</p>\n<p>B</p>\n</aside>'),
        ("::: box {#a .wide}\nText\n:::", '<aside class="box wide" id="a">\n<p>Text</p>\n</aside>'),
        ("::: note\nText\n:::", '<aside class="note" role="note">\n<p>Text</p>\n</aside>'),
        ("::: guidance\nText\n:::", '<aside class="guidance" role="note">\n<p>Text</p>\n</aside>'),
        (
            "::: contact\nRing us\n01632 960001\n:::",
            '<aside class="contact">\n<p>Ring us<br>\n01632 960001</p>\n</aside>',
        ),
        (
            '::: today "Today"\n9.30 Start\n10.00 Pay\n:::',
            '<section class="today">\n<p class="today-title">Today</p>\n<p>9.30 Start<br>\n10.00 Pay</p>\n</section>',
        ),
        (
            "::: pullquote\nWe are many\n— A delegate\n:::",
            '<figure class="pullquote">\n<blockquote>\n<p>We are many</p>\n</blockquote>\n'
            "<figcaption>— A delegate</figcaption>\n</figure>",
        ),
        (
            '::: quote from="Another union"\nMotion 20\n:::',
            '<figure class="quote">\n<blockquote class="other-papers">\n<p>Motion 20</p>\n</blockquote>\n'
            "<figcaption>From: Another union</figcaption>\n</figure>",
        ),
        (
            "::: choose 1-2\n- a\n- b\n:::",
            '<div class="choose" data-min="1" data-max="2">\n<p class="choose-title">Choose 1 or 2</p>\n<ul>\n'
            "<li>a</li>\n<li>b</li>\n</ul>\n</div>",
        ),
        ("::: columns 3\nText\n:::", '<div class="columns" data-count="3">\n<p>Text</p>\n</div>'),
        (
            ":::: box\nA\n\n::: note\nB\n:::\n\nC\n::::",
            '<aside class="box">\n<p>A</p>\n<aside class="note" role="note">\n<p>B</p>\n</aside>\n<p>C</p>\n</aside>',
        ),
        (
            "::: box\nA\n::: note\nB\n:::\nC\n:::",
            '<aside class="box">\n<p>A</p>\n<aside class="note" role="note">\n<p>B</p>\n</aside>\n<p>C</p>\n</aside>',
        ),
    ],
)
def test_boxes(source: str, expected: str) -> None:
    assert html(source) == expected
    assert found(source) == []


@pytest.mark.parametrize(
    ("source", "code", "line", "hint"),
    [
        ("::: boxx\nText\n:::", "P107", 1, "did you mean box?"),
        ("A\n\n::: box\nText", "P108", 3, "write ::: on a line of its own where it ends"),
        ("A\n\n:::\n\nB", "P109", 3, "delete it"),
        ("A[^x]", "P110", 1, "[^x]:"),
        ("A\n\n[^x]: unused", "P112", 3, "[^x]"),
        ("*[ABC]: A B C\n\nText", "P119", 1, "spelling"),
        ("A\n\n    code", "P116", 3, "```"),
        ("```\ncode", "P117", 1, "```"),
        ("x\n\n~~~ text ring us\ncode\n~~~", "P123", 3, "line of their own"),
        ("x\n\n![[Gate](https://example.org/gate) and us](a.png)", "P124", 3, "https://example.org/gate"),
        ("![](x.png)", "P118", 1, "square brackets"),
    ],
)
def test_mistakes_are_placed_and_explained(source: str, code: str, line: int, hint: str) -> None:
    (mistake,) = found(source)
    assert mistake.code == code
    assert mistake.span is not None
    assert mistake.span.line == line
    assert hint in mistake.hint
    assert not mistake.message.endswith(".")


def test_the_content_of_a_bad_box_is_kept() -> None:
    assert "<p>Text <em>here</em></p>" in html("::: boxx\nText *here*\n:::")
    assert "<p>Text</p>" in html("::: box\nText")


@pytest.mark.parametrize("info", ["", "python", "{.python}", 'python title="two words"', "python {#x .y}"])
def test_a_language_behind_the_marks_of_code_is_no_mistake(info: str) -> None:
    assert found(f"```{info}\ncode\n```") == []


def test_a_headline_has_no_number_of_a_footnote_in_its_words() -> None:
    prose, _ = convert("## Pay[^1] now\n\nText.\n\n[^1]: A note.\n", path="a.md", top=2)
    (section,) = split_sections(prose.html)
    assert section.title == "Pay now"


def test_a_box_in_code_is_code() -> None:
    assert html("```\n::: box\n```") == "<pre><code>::: box\n</code></pre>"


def test_a_table_has_scopes_alignment_and_a_scroller() -> None:
    assert html("| A | B |\n|:--|--:|\n| 1 | `x\\|y` |\n") == (
        '<div class="table-scroll" tabindex="0">\n<table>\n<thead>\n<tr>\n<th scope="col" class="align-left">A</th>\n'
        '<th scope="col" class="align-right">B</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td class="align-left">1</td>\n'
        '<td class="align-right"><code>x|y</code></td>\n</tr>\n</tbody>\n</table>\n</div>'
    )
    assert 'scope="row"' in html("| | B |\n|---|---|\n| r | 1 |\n")
    assert "<table>" in html("A | B\n--|--\n1 | 2")
    assert "<table>" not in html("A | B and no more")


def test_a_picture_alone_is_a_figure() -> None:
    expected = '<figure>\n<img alt="Alt" src="x.png">\n<figcaption>Caption</figcaption>\n</figure>'
    assert html('![Alt](x.png "Caption")') == expected
    assert html("![Alt](x.png)\nCaption") == expected
    assert html("![Alt](x.png)") == '<figure><img alt="Alt" src="x.png"></figure>'
    assert html("![Alt](x.png) in a line") == '<p><img alt="Alt" src="x.png"> in a line</p>'


def test_footnotes_are_numbered_as_they_are_met_and_lead_back() -> None:
    source = "B[^b] A[^a] B[^b]\n\n[^a]: First.\n[^b]: Second\n    goes on.\n\n    And on.\n"
    prose, diagnostics = convert(source, path="x")
    assert diagnostics == []
    assert prose.footnotes == 2
    assert prose.html.index("Second") < prose.html.index("First.")
    assert prose.ids == ("fnref-1", "fnref-2", "fnref-1-2", "fn-1", "fn-2")
    assert prose.html.count('href="#fnref-1') == 2
    assert all(f'id="{anchor}"' in prose.html for anchor in prose.ids)


def test_terms_and_their_meanings() -> None:
    assert html("Remit\n: To pass on\n: Also\n\nFall\n: To fail") == (
        "<dl>\n<dt>Remit</dt>\n<dd>To pass on</dd>\n<dd>Also</dd>\n<dt>Fall</dt>\n<dd>To fail</dd>\n</dl>"
    )


def test_abbreviations_are_explained_but_not_in_code_or_words() -> None:
    fragment = html("*[NEC]: National Executive\n\nThe NEC (`NEC`, NECK) met. **NEC**")
    assert fragment.count('title="National Executive">NEC</abbr>') == 2
    assert fragment.count('<abbr class="first"') == 1
    assert "<code>NEC</code>, NECK" in fragment


def test_hashtags_are_no_headings() -> None:
    assert html("#FairPay now") == "<p>#FairPay now</p>"


def test_raw_html_may_stand_for_itself() -> None:
    assert html("<details>\n<summary>Q</summary>\n\nAn *answer*\n\n</details>") == (
        "<details>\n<summary>Q</summary>\n<p>An <em>answer</em></p>\n</details>"
    )


def test_addresses_typed_bare_become_links() -> None:
    assert html("See www.x.org/a, or (https://y.org/b?c=1&d=2). Write a.b@z.org.") == (
        '<p>See <a href="https://www.x.org/a">www.x.org/a</a>, or (<a href="https://y.org/b?c=1&amp;d=2">'
        'https://y.org/b?c=1&amp;d=2</a>). Write <a href="mailto:a.b@z.org">a.b@z.org</a>.</p>'
    )
    assert html("`www.x.org`") == "<p><code>www.x.org</code></p>"


def test_one_line_of_text() -> None:
    assert inline('The "big" *question* & <script>x</script>') == "The “big” <em>question</em> &amp; "
    assert inline("# not a heading") == "# not a heading"
    assert inline("1) not a list") == "1) not a list"


def test_words_of_the_program_follow_the_language() -> None:
    assert "Dewiswch 1 neu 2" in html("::: choose 1-2\n- a\n:::", "cy")
    assert "Gan: Undeb" in html('::: quote from="Undeb"\nx\n:::', "cy-GB")


def test_points_that_stand_far_in_are_no_code() -> None:
    rules = "1. Quorum\n\n    1.1 If not quorate:\n\n        (a) wait;\n        (b) close.\n\n    after\n\n2. Votes"
    value, found = convert(rules, path="a.md")
    assert "<pre>" not in value.html
    assert value.html.count("<li data-marker") == 2
    assert found == []
    assert html("Text\n\n        - a\n        - b") == "<p>Text</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>"
