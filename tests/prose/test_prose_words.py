"""No word of the content is ever lost: the words that go in come out, in order, whatever stands around them."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.prose import broken_lines, convert, inline, plain

WORD = st.text(alphabet="abcdefghijklmnoprstuwyzéŵŷ", min_size=2, max_size=9)
Made = tuple[str, list[str]]


@st.composite
def sentence(draw: st.DrawFn) -> Made:
    """Words with marks around some of them, and the words alone."""
    words = draw(st.lists(WORD, min_size=1, max_size=12))
    wraps = ["{}"] * 3 + ["*{}*", "**{}**", "`{}`", "_{}_", '"{}"', "({})", "[{}](/to/)", "{},", "<b>{}</b>", "{}:"]
    shown = [draw(st.sampled_from(wraps)).format(word) for word in words]
    joins = [draw(st.sampled_from([" ", " ", " ", "\n", " -- ", " & ", " < ", "  \n"])) for _ in words[1:]]
    text = shown[0] + "".join(join + word for join, word in zip(joins, shown[1:], strict=True))
    return text, words


@st.composite
def items(draw: st.DrawFn) -> Made:
    style = draw(st.sampled_from(["- ", "* ", "• ", "N. ", "N)", "N) ", "(N) ", "a) ", "(a) ", "N ", "i) "]))
    made = draw(st.lists(sentence(), min_size=1, max_size=5))
    gap = draw(st.sampled_from(["\n", "\n\n"]))
    lines = []
    for number, (text, _) in enumerate(made, 1):
        flat = " ".join(text.split())
        flat = "Lead " + flat if style == "N " else flat
        numerals = {"N": str(number), "a": "abcde"[number - 1], "i": ("i", "ii", "iii", "iv", "v")[number - 1]}
        lines.append("".join(numerals.get(char, char) for char in style) + flat)
    words = [w for _, ws in made for w in ([*ws] if style != "N " else ["Lead", *ws])]
    return gap.join(lines), words


@st.composite
def table(draw: st.DrawFn) -> Made:
    rows = draw(st.lists(st.lists(WORD, min_size=1, max_size=5), min_size=2, max_size=4))
    width = len(rows[0])
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * width]
    lines += ["| " + " | ".join(row) + " |" for row in rows[1:]]
    return "\n".join(lines), [word for row in rows for word in row]


@st.composite
def block(draw: st.DrawFn) -> Made:
    text, words = draw(sentence())
    kinds = ["p", "p", "h", "quote", "box", "fence", "raw", "def", "pull", "unknown", "dropped", "unclosed"]
    kind = draw(st.sampled_from(kinds))
    flat = " ".join(text.split())
    if kind == "h":
        return "## " + flat, words
    if kind == "quote":
        return "> " + text.replace("\n", "\n> "), words
    if kind == "fence":
        return f"```\n{' '.join(words)}\n```", words
    if kind == "raw":
        return f"<div class='x'>\n{' '.join(words)}\n</div>", words
    if kind == "def":
        return f"{words[0]}\n: {' '.join(words[1:] or ['deff'])}", [words[0], *(words[1:] or ["deff"])]
    if kind == "dropped":
        return f"<form><p>{' '.join(words)}</p></form>", words
    if kind in ("box", "unknown", "pull"):
        name = {"box": "box", "unknown": "zzzyq", "pull": "pullquote"}[kind]
        tail = [name] if kind == "unknown" else []
        return f'::: {name} "titel"\n{text}\n:::', [*tail, "titel", *words]
    if kind == "unclosed":
        return f"**{flat} [unclosed (here `tick", [*words, "unclosed", "here", "tick"]
    return text, words


@st.composite
def document(draw: st.DrawFn) -> Made:
    made = draw(st.lists(st.one_of(block(), items(), table()), min_size=1, max_size=6))
    return "\n\n".join(text for text, _ in made), [word for _, words in made for word in words]


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text)


@settings(max_examples=500, deadline=None)
@given(document())
def test_every_word_of_a_text_is_on_its_page_in_order(made: Made) -> None:
    source, words = made
    prose, _ = convert(source, path="x.md")
    shown = iter(words_of(plain(prose.html)))
    missing = [word for word in words if not any(other == word for other in shown)]
    assert not missing, (source, prose.html)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="ab \n\t1).(-*#>|:`~=<>[]!&\\_'\"{}/^+•—\u2028\x0c\x00", max_size=120))
def test_no_text_raises_and_letters_survive_where_no_markup_can_hide_them(source: str) -> None:
    prose, _ = convert(source, path="x.md")
    inline(source)
    broken_lines(source, "x.md")
    # no tags, addresses, entities, attributes, languages, box names; and no points lettered a), whose mark is no text
    if not re.search(r"[<\[{&\\~`:]|[ab][).]", source):
        assert plain(prose.html).count("a") == source.count("a")
        assert plain(prose.html).count("b") == source.count("b")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_gives_a_page_that_can_be_written(source: str) -> None:
    prose, diagnostics = convert(source, path="x.md")
    prose.html.encode("utf-8")
    assert type(prose).from_json(prose.to_json()) == prose
    assert all(d.span and d.span.path == "x.md" and d.span.line >= 1 for d in diagnostics)


def test_a_text_that_looks_like_tags_is_kept_as_text() -> None:
    for text in ("if a <b and c> d", "use <your name here> please", "a <- b -> c", "1 < 2 > 0", "<y and z>", "x <3 u"):
        assert plain(convert(text, path="x")[0].html) == text


def test_fields_and_braces_are_text() -> None:
    text = "# Dear {{ director }}\n\n**{{ branch }}**{{ x }} and {note: keep} {sic}"
    assert plain(convert(text, path="x")[0].html) == "Dear {{ director }}\n{{ branch }}{{ x }} and {note: keep} {sic}"


def test_a_note_that_looks_like_a_definition_is_kept() -> None:
    assert plain(convert("[Note]: important", path="x")[0].html) == "[Note]: important"
    for text in ('[Press office]: https://example.org/press "ring first"', "[Web]: www.example.org", "[a]:<b>c</b>"):
        assert plain(convert(text, path="x")[0].html) == re.sub("</?b>", "", text).replace('"', "“", 1).replace(
            '"', "”"
        )


def test_a_definition_that_is_used_is_no_text_and_neither_is_a_comment() -> None:
    used = "See [our\n Letter] and [that][web].\n\n[our letter]: /a/\n[Web]: https://example.org\n[//]: # (hidden)\n"
    html = convert(used, path="x")[0].html
    assert plain(html) == "See our\nLetter and that."
    assert html.count("<a ") == 2


def test_both_texts_of_a_footnote_defined_twice_are_kept() -> None:
    prose, diagnostics = convert("A[^1].\n\n[^1]: First.\n\n[^1]: Second.\n", path="x")
    assert "First." in prose.html
    assert "Second." in prose.html
    assert [d.code for d in diagnostics] == ["P111"]


def test_the_text_in_tags_that_may_not_be_used_is_kept_and_reported() -> None:
    prose, diagnostics = convert("<form>Sign <button>here</button></form>\n\n<textarea>and here", path="x")
    assert plain(prose.html) == "Sign here\nand here"
    assert {d.code for d in diagnostics} == {"P104"}


def test_the_cells_a_table_has_no_column_for_are_kept() -> None:
    prose, diagnostics = convert("| a | b |\n|---|---|\n| 1 | 2 | three |\n", path="x")
    assert "three" in prose.html
    assert [d.code for d in diagnostics] == ["P115"]
