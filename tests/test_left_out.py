"""What need not be looked through for things to leave out has none: a text of plain links and words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import prose
from toolkit_builder.bodies import _LEFT_OUT, _may_lose

_PIECES = [
    "Conference notes [the vote](", ")", " [a][b] ", "[b]: ", "\n", "\n\n", "https://a.example/b", "http:", "javascript:",
    "JAVA", "data:text/html,x", "//host/x", "/\\host", "../a.md", "mailto:a@b.example", "tel:+44 1", "&#58;", "&colon;",
    "\\", ":", "alert(1)", "\x01", "\u00ad", "%3a", ' "title"', "'", "vbscript:", "![", "]", "](", "*x*", "`", "[^1]", "[^1]: x",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_a_text_that_is_passed_over_loses_nothing(body: str) -> None:
    if not _may_lose(body):
        found = prose.convert(body, path="a.md", first_line=1)[1]
        assert [d.message for d in found if d.code in _LEFT_OUT] == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Conference notes [the vote](../a/b.md#p1) and [more](https://a.example/x?y=1).", False),
        ("Conference notes the vote.[^1]\n\n[^1]: At noon.", False),
        ("[x](mailto:a@b.example) and [y](tel:+441)", False),
        ("[x](javascript:alert)", True),
        ("[x](java&#115;cript:alert)", True),
        ("[x](//elsewhere.example)", True),
        ("[x][y]\n\n[y]: javascript:alert", True),
        ("![Pickets](a.jpg)", True),
        ("<b>bold</b>", True),
    ],
)
def test_what_is_looked_through(body: str, expected: bool) -> None:
    assert _may_lose(body) is expected
