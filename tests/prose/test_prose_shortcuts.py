"""The short cuts change nothing: with and without them the bytes are the same; plain Markdown is Python-Markdown's."""

from __future__ import annotations

import re

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.motions.emphasis import HELD
from toolkit_builder.prose import brief, convert, inline, inline_at_length
from toolkit_builder.prose.engine import Engine, has_marks
from toolkit_builder.prose.sanitise import clean

CORPUS = [
    "Plain words only.",
    "*em* **strong** ***both*** _em_ __strong__ snake_case_word a*b*c 2 * 3 * 4",
    "`code` ``co`de`` `unclosed",
    "[a](b) [a](<b c> 'title') [a](b \"t\") ![alt](i.png) [a][b] [a][] [a] [^1] ![x][b]",
    "[nested [brackets]](x) [a](b(c)d) [un](closed [x",
    "<https://example.org/a?b=c&d> <mail@example.org> <b>raw</b> <y and z> a < b > c & d &amp; &pound; &#163;",
    "\\*not em\\* \\[no\\] \\\\ \\a back\\",
    "line one  \nline two\nline three",
    "**[bold link](x)** [*em link*](y) `*no*` *`code`*",
    "*a **b* c** _a *b_ c*",
    "Text with {braces} and *em*{.cls} and [l](x){#id .c lang=cy} *x*{{ field }}",
    "<!-- gone --> <script>x()</script> <img src=x onerror=y> <iframe src=z>in</iframe>",
    "“Curly” – dash … ’ £5 €6 ŵŷ 日本語 🎉",
    "\x02klzzwxh:0001\x03 wzxhzdk:0",
    "a_b_c __init__ *_x_* **",
    "![](no-alt.png) ![a *b* c](x.png)",
]
PIECES = st.sampled_from(
    [
        "*", "**", "_", "`", "``", "[", "]", "(", ")", "](", "![", "<", ">", "<b>", "</b>", "<a href='x'>", "&",
        "&amp;", ";", "\\", "\n", "  \n", " ", "word", "A", "1", "{.c}", "{{ f }}", "http://x.org", "<http://x.org>",
        "a@b.org", "<a@b.org>", '"', "'", "--", "...", "^", "[^1]", "[r]", "[r][]", "://", "!", "|", "é", "<!--", "-->",
        "<script>", "</script>", "%", "#",
    ]
)  # fmt: skip
TEXT = st.lists(PIECES, max_size=30).map("".join)

fast, stock = Engine(shortcuts=True), Engine(shortcuts=False)
for each in (fast, stock):
    each.references["r"] = ("/r/", "T")


@pytest.mark.parametrize("text", CORPUS)
def test_the_corpus_is_the_same_without_short_cuts(text: str) -> None:
    assert fast.render(text) == stock.render(text)


@settings(max_examples=600, deadline=None)
@given(TEXT)
def test_random_text_is_the_same_without_short_cuts(text: str) -> None:
    assert fast.render(text) == stock.render(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT, max_size=6).map("\n\n".join))
def test_whole_texts_are_the_same_without_short_cuts(source: str) -> None:
    assert convert(source, path="x") == convert(source, path="x", shortcuts=False)


HOSTILE = [
    "[a](javascript:alert(1))", "[a](JaVaScript:x)", "[a](//evil.example)", "[a](/\\evil.example)", "[a](data:text/html,x)",
    "[a](\tjavascript:x)", "[a](https://x.org/<b>)", "[a](https://)", "[a](https://1.2.3.4.5/)", "[a](https://xn--/)",
    "[a](#top) and [b](?q=1)", "[a](mailto:x)", "[a](vbscript:x)", "[a](x:y)", "[*a*](b)", "*[a](b)*", "[a](b)[c](d)",
    "[a [b](c)", "a](b)", "[a]\u00a0(b)", "*a\u00a0b*", "a\u200bb", "\u00ad", "*\ud800*", "\x00*a*", "a\u2028b *c*", "\ufeff*a*",
    "*a*\t*b*", "a\r\n*b*", " *a* ", "\u2003*a*\u2003", "**a* b**", "*a**b*", "***a***", "**a**b**c**", "* a*", "*a *",
    "![a](b)", "[![a](b)](c)", "[^1]", "[a]: b", "[[motion:20|that]] *x*", "&lt;b&gt; *x*", "<b>*x*", "*<script>*",
    "www.x.org *a*", "*www.x.org*", "[www.x.org](b)", "[a@b.org](c)", "*https://x.org*", "[https://x.org](https://x.org/a)",
    '*"a" \'b\'* -- "c"...', '"*a*"', "'*tis*", "*a*'s", "a{.b} *c*{.d}", "{{ f }} it's", f"a {HELD}\"b\" *c*", f"a {HELD}-- b",
    f"*a {HELD}'b'* c", "x" * 2001 + " *a*", "*a* " * 400, "[" * 500, "*" * 500, "[a](" * 300, "a*b" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", [*CORPUS, *HOSTILE])
def test_a_line_done_at_once_is_what_markdown_and_the_sanitiser_make_of_it(text: str) -> None:
    assert inline(text) == inline_at_length(text, "en-GB")


@settings(max_examples=800, deadline=None)
@given(st.lists(st.one_of(PIECES, st.sampled_from(["*", "[a](b)", HELD, "word ", " it's ", "\u00a0"])), max_size=14))
def test_any_line_done_at_once_is_what_markdown_and_the_sanitiser_make_of_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    for language in ("en-GB", "fr"):
        assert inline(text, lang=language) == inline_at_length(text, language)


def test_most_lines_are_done_at_once() -> None:
    for text in (
        "Conference *notes* that -- as in [motion 4](../4.md) -- **nothing** moved.",
        'It\'s "so".',
        "[1] a [b]",
    ):
        assert brief.inline(text, "en") == inline_at_length(text, "en")
    for text in ("[a](javascript:x)", "<b>a</b>", "a & b", "a@b.org", "see www.x.org", "a[^1]", "x" * 3000):
        assert brief.inline(text, "en") is None


def test_a_printed_line_may_begin_with_a_quotation_mark_or_a_dash() -> None:
    assert inline(f'one {HELD}"two" *x* {HELD}-- three') == f"one {HELD}“two” <em>x</em> {HELD}– three"


def test_most_text_takes_the_short_cut() -> None:
    assert not has_marks("Conference notes “this” – and that; 20.01 (see below)! {{ field }} £5")
    assert all(has_marks(f"a{mark}b") for mark in "*_`[<&\\")


ORDINARY = [
    'One paragraph\nof two lines.\n\nAnother with *em*, **strong**, `code` and [a link](http://x.org/ "title").',
    "# Heading\n\n## Second *level*\n\nText\n\nSetext\n======\n\nSecond\n------\n\nText",
    "- a\n- b\n- c\n\nThen\n\n1. one\n2. two\n\nEnd",
    "> quoted\n> text\n\nafter\n\n***\n\n    code <here>\n\nend",
    "Line one  \nline two\n\n![alt](x.png) in text\n\n<http://example.org> and <me@example.org>",
    'A [ref] and [another][ref].\n\n[ref]: http://example.org/ "T"\n\nx < y & z > w &copy; \\*no\\*',
]


@pytest.mark.parametrize("source", ORDINARY)
def test_ordinary_markdown_gives_what_python_markdown_gives(source: str) -> None:
    theirs = clean(markdown.markdown(source, output_format="html"))
    ours = re.sub(r' id="[^"]*"', "", convert(source, path="x.md")[0].html)
    assert re.sub(r"\n+", "\n", ours) == re.sub(r"\n+", "\n", theirs)
