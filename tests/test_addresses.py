"""The quick ways through a page's addresses give what patterns give, on any text."""

from __future__ import annotations

import re
from html import escape, unescape
from posixpath import relpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import bodies
from toolkit_builder.formats import page

_PIECES = [
    "<a ", "<img ", "<form ", "<p>", "</p>", ">", " ", "\n", "href=", "src=", "action=", "data-url=", "srcset=", "data-src=", '"', "'",
    "/a/", "/a/b/", "/a/b/c.html", "/a/../b", "//host/x", "/", "#x", "/a/b/#x", "?q=1", "words", "=", "&amp;", "/a//b", "/a/.b", "id=",
    " id=", "\nid=", "l1",
]  # fmt: skip
texts = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
urls = st.sampled_from(["/", "/404.html", "/a/", "/a/b/", "/a/b/c.html", "/a/b/c/", "/b/"])


@settings(max_examples=300)
@given(texts)
def test_links_are_changed_where_a_pattern_finds_them(html: str) -> None:
    targets = {"/a/": "/x/", "words": "/a&b/"}
    expected = re.sub(
        r'((?:href|src)=")([^"]*)(")',
        lambda m: f"{m[1]}{escape(targets[unescape(m[2])]) if unescape(m[2]) in targets else m[2]}{m[3]}",
        html,
    )
    assert page.link(html, {"links": targets}) == expected


@settings(max_examples=300)
@given(texts, urls)
def test_addresses_are_made_relative_one_by_one(html: str, url: str) -> None:
    def way(match: re.Match[str]) -> str:
        target = match[3]
        path = re.split("[?#]", target, maxsplit=1)[0]
        if path == url and target[len(path) : len(path) + 1] == "#":
            return f"{match[1]}{match[2]}{target[len(path) :]}{match[2]}"
        short = relpath(path, url[: url.rfind("/") + 1])
        if path.endswith("/"):
            short = "./" if short == "." else f"{short}/"
        return f"{match[1]}{match[2]}{short}{target[len(path) :]}{match[2]}"

    # tags that hold one attribute: what else may stand around it is tried by the texts above
    one = re.compile(r"""(<[a-z]+\s(?:href|src|action|data-url)=)(["'])(/(?!/)[^"'<>]*)\2(?=>)""")
    tags = "".join(f"{piece}>" for piece in html.split(">") if one.fullmatch(f"{piece}>") or "=" not in piece)
    assert page.relative(tags, url) == one.sub(way, tags)


@pytest.mark.parametrize("url", ["/a/b/", "/a/c/", "/d/"])
def test_the_way_to_one_address_from_pages_of_one_folder_does_not_depend_on_their_order(url: str) -> None:
    html = '<a href="/a/b/"><a href="/a/c/#x"><a href="/a/"><a href="/a/../e/"><a href="/assets/site.css">'
    first = page.relative(html, url)
    for other in ("/a/b/", "/a/c/", "/d/", "/a/b/"):
        page.relative(html, other)
    assert page.relative(html, url) == first


@settings(max_examples=300)
@given(texts)
def test_anchors_are_those_that_stand_after_white_space(html: str) -> None:
    assert bodies._ids(html) == [m[1] for m in re.finditer(r'(?<=\s)id="([^"]*)"', html)]
