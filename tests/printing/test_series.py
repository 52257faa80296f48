"""Pages that differ in their words are printed from one form: the bytes and complaints of each printed by itself."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.printing import series
from toolkit_builder.printing.engine import WeasyPrintEngine

from .conftest import document

WORDS = ("Alder", "Birch & Sons", "A much longer name of a branch that needs a second line, or a third one." * 3, "Ffynnon",
         "one\ntwo", "x < y > z", "“quoted” — dash", "ab\xadcd\xa0ef", "1", "&amp;")  # fmt: skip
PAGES: dict[str, tuple[str, str]] = {
    "text": ("<h1>To {0}</h1><p>Dear {0}, this is from {1}.<br>{2}</p><p> {1} </p>\n<p>Plain</p>", ""),
    "lists": (
        "<ol><li>{0}<ul><li>{1}</li></ul></li><li><p>{2}</p></li></ol>",
        "li { counter-increment: x }"
        "li::before { content: counter(x) ' ' attr(class) } ul { list-style: square inside }",
    ),
    "tables": (
        '<table><caption>{0}</caption><tr><th>{1}</th><td>{2}</td></tr><tr><td colspan="2">{0}</td></tr></table>',
        "table { border-collapse: collapse; margin: 3mm; float: left } td { border: 1pt solid; padding: 2mm }",
    ),
    "a table that drops its text": ("<table>{0}<tr><td>{1}</td></tr>{2}</table>", "table { position: relative }"),
    "flex and grid": (
        "<section><div>{0}</div><div>{1}</div></section><main><i>{2}</i><b>{0}</b></main>",
        "section { display: flex } div { flex: 1 1 auto } main { display: grid; grid: auto / 1fr auto }",
    ),
    "columns and pages": (
        "<section>" + "<p>{0} and {2}</p>" * 30 + "</section><p>{1}</p>",
        "section { columns: 2 } p { orphans: 3; widows: 3; text-indent: 1em; hyphens: auto }",
    ),
    "strings, targets, bookmarks": (
        '<h2 id="a">{0}</h2><p><a href="#a">see</a> {1}</p><h2>{2}</h2>',
        "h2 { string-set: t content(); bookmark-level: 1; break-before: page }"
        "a::after { content: target-counter(attr(href), page) target-text(attr(href)) }"
        "@page { @top-left { content: string(t) } }",
    ),
    "notes": ('<p>{0}<span class="n">{1}</span> and {2}</p>', ".n { float: footnote }"),
    "first letters": (
        "<p>{0} {1}</p><p>{2}</p>",
        "p::first-letter { font-size: 3em; float: left }"
        "p::first-line { font-weight: bold } p { text-transform: uppercase }",
    ),
    "fixed places": (
        '<div class="box" data-fit="words">{2}</div><div class="auto">{1}</div><p>{0}</p>',
        ".box { position: absolute; top: 0; height: 5mm; width: 40mm } .auto { position: fixed; right: 0 }",
    ),
    "hidden overflow": ("<p>{0} {1}</p><p>{2}</p>", "html { overflow: hidden } body { overflow: scroll; height: 2cm }"),
    "empty and spaces": (
        "<p>{0}</p><p></p><p> </p><p><b></b>{1}</p><p>{2}<b> </b></p>",
        "p:empty { height: 2cm; background: red } p + p { margin-top: 1em }",
    ),
    "drawings": (
        '<svg role="img" viewBox="0 0 9 9" width="20"><title>{0}</title><path d="M0 0h{3}v5z"/></svg><p>{1}{2}</p>',
        "svg { float: right }",
    ),
    "languages": ('<p lang="cy">{0}</p><p dir="rtl" lang="ar">{1}</p><p>{2}</p>', ":lang(cy) { color: green }"),
    "turned and faint": ("<div>{0}</div><p>{1}</p><p>{2}</p>", "div { transform: rotate(9deg); opacity: .5 }"),
    "named pages": (
        "<section>{0}</section><div>{1}</div><p>{2}</p>",
        "section { page: a } div { page: b }"
        "@page a { size: A5 } @page b:first { margin: 4cm; @bottom-left { content: counter(pages) } }",
    ),
    "sizes of the page": ("<p>{0}</p><div>{1}</div><p>{2}</p>", "div { width: 20vw; margin-left: 5vh }"),
    "a bad address": ('<p><a href="http://[">{0}</a> {1} {2}</p>', ""),
    "a bad script address": ('<p><a href="javascript:x">{0}</a> {1} {2}</p>', ""),
    "bad mathematics": ("<p>{0} {1} {2}</p>", "p { width: calc(1px * 2px); margin: calc(var(--none) + 1px) }"),
    "missing pictures": ('<p>{0}<img src="none.png" alt="n">{1}</p>{2}', "p { background: url(none.svg) }"),
    "odd letters": ("<p>{0} \u4e2d {1}</p><p>{2}</p>", ""),
    "running parts": (
        "<header>{0}</header><p>{1}</p><p>{2}</p>",
        "header { position: running(h) }@page { @top-center { content: element(h) } }",
    ),
    "an unclosed tag": ("<p>{0}<p>{1}<div><b>{2}</div>{0}", ""),
    "an attribute with a tag in it": (
        '<p title="a > {0}" class="{1}">{1}</p><p title=\'> {0}\'>{2}</p>',
        "[class] { color: red }",
    ),
    "comments": ("<p>{0}<!-- > {1} --></p><!----><p>{2}<!-- a --></p>", ""),
    "styles of its own": ("<style>p { width: {3}cm }</style><p>{0} {1} {2}</p>", ""),
    "words before": ("<pre>{0}</pre><textarea>{1}</textarea><p>{2}</p>", ""),
    "entities": ("<p>{0}&hellip;&notit; &#8364;{1}</p><p>{2}&nbsp;x</p>", ""),
}


def filled(body: str, n: int) -> str:
    words = [WORDS[(n + k) % len(WORDS)] for k in range(3)]
    safe = [w.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;") for w in words]
    for k, word in enumerate([*safe, str(n % 4 + 1)]):
        body = body.replace(f"{{{k}}}", word)
    return body


@pytest.mark.parametrize("name", PAGES)
def test_a_page_from_a_form_is_the_page_by_itself(engine: WeasyPrintEngine, name: str) -> None:
    body, css = PAGES[name]
    pages = [document(filled(body, n), css=css) for n in range(6)]
    reused = [engine.render(page) for page in pages]
    with mock.patch.object(series.Series, "filled", return_value=None):
        whole = [WeasyPrintEngine().render(pages[0]), *(engine.render(page) for page in pages[1:])]
    assert [found for _, found in reused] == [found for _, found in whole]
    assert [printed for printed, _ in reused] == [printed for printed, _ in whole]


BY_THEMSELVES = {"styles of its own", "words before", "an attribute with a tag in it", "entities", "comments",
                 "sizes of the page", "a bad address", "bad mathematics"}  # fmt: skip


def test_forms_are_used_where_they_can_be(engine: WeasyPrintEngine) -> None:
    taken, original = set(), series.Series.filled
    for name, (body, css) in PAGES.items():
        forms: list[series.Form | None] = []

        def spy(self: series.Series, *arguments: Any, kept: list[series.Form | None] = forms) -> series.Form | None:
            kept.append(original(self, *arguments))
            return kept[-1]

        with mock.patch.object(series.Series, "filled", spy):
            for n in range(4):
                engine.render(document(filled(body, n) + f"<p>{name}</p>", css=css))
        if forms[-1] is not None:
            taken.add(name)
    assert taken == set(PAGES) - BY_THEMSELVES


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["<p>", "</p>", "<br>", '<a title="x > y">', "<b class='>'>", "<!-- > -->", '<i d="1">']),
            st.text(st.characters(exclude_characters="<&\r\ue000\ue001"), max_size=8),
        ),
        max_size=8,
    )
)
def test_a_page_taken_apart_is_the_page(parts: list[tuple[str, str]]) -> None:
    html = "".join(map("".join, parts))
    if taken := series._apart(html):
        marked, words = taken
        assert series._PLACE.sub(lambda place: words[int(place[1])], marked) == html
