"""What is looked for by its least part first is found exactly where the whole pattern finds it."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.bodies import _ids
from toolkit_builder.references import grammar

PIECES = [
    ' id="', 'id="', '"', " ", "x", "\n", "\u00a0", 'data-id="a"', "motion", "Motions", "aMENDMENTs", "&", "<", "/",
    "E", "L", "EM", "LM", "1", "²", "٣", "İ", "\u212a", "resolution", "s", "ſ", "omposite", "C", "COMPOSITE", "(",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
ANCHOR = re.compile(r'\sid="([^"]*)"')


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_anchors_are_those_of_the_pattern(text: str) -> None:
    assert _ids(text) == ANCHOR.findall(text)


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_no_mention_is_passed_over_for_want_of_a_needle(text: str) -> None:
    assert grammar._may_name(text) or not grammar._NAMED.search(grammar._lower(text))
    assert grammar._may_code(text) or not grammar._CODE_LETTER.search(text)
    assert "omp" in text or "OMP" in text or not grammar._COMPOSITE_WORD.search(text)
