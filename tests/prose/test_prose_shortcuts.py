"""The short cuts change nothing: with and without them the bytes are the same; plain Markdown is Python-Markdown's."""

from __future__ import annotations

import re

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.prose import convert
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


def test_most_text_takes_the_short_cut() -> None:
    assert not has_marks("Conference notes “this” – and that; 20.01 (see below)! {{ field }} £5")
    assert all(has_marks(f"a{mark}b") for mark in "*_`[<&\\")


ORDINARY = [
    "One paragraph\nof two lines.\n\nAnother with *em*, **strong**, `code` and [a link](http://x.org/ \"title\").",
    "# Heading\n\n## Second *level*\n\nText\n\nSetext\n======\n\nSecond\n------\n\nText",
    "- a\n- b\n- c\n\nThen\n\n1. one\n2. two\n\nEnd",
    "> quoted\n> text\n\nafter\n\n***\n\n    code <here>\n\nend",
    "Line one  \nline two\n\n![alt](x.png) in text\n\n<http://example.org> and <me@example.org>",
    "A [ref] and [another][ref].\n\n[ref]: http://example.org/ \"T\"\n\nx < y & z > w &copy; \\*no\\*",
]


@pytest.mark.parametrize("source", ORDINARY)
def test_ordinary_markdown_gives_what_python_markdown_gives(source: str) -> None:
    theirs = clean(markdown.markdown(source, output_format="html"))
    ours = re.sub(r' id="[^"]*"', "", convert(source, path="x.md")[0].html)
    assert re.sub(r"\n+", "\n", ours) == re.sub(r"\n+", "\n", theirs)
