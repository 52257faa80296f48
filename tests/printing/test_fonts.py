"""Fonts: which characters they have, and subsets that are the same every time."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont

from toolkit_builder.diagnostics import Span
from toolkit_builder.printing import fonts

from .conftest import FONTS

REGULAR = FONTS["fonts/PrintTest-Regular.ttf"]
BOLD = FONTS["fonts/PrintTest-Bold.ttf"]


def test_missing_characters_are_found_before_printing() -> None:
    text = "Llŷn, żółć: \N{SNOWMAN} \N{ARABIC LETTER MEEM}\N{SOFT HYPHEN}\N{NO-BREAK SPACE}\n\N{ZERO WIDTH JOINER}"
    assert fonts.uncovered(text, [REGULAR, BOLD]) == ["\N{ARABIC LETTER MEEM}", "\N{SNOWMAN}"]
    found = fonts.coverage("\N{SNOWMAN}" * 3, [REGULAR], Span("content/a.md"))
    assert [item.message for item in found] == ["no font of this document has the character '☃' U+2603 SNOWMAN"]


@pytest.mark.parametrize("flavour", [None, "woff", "woff2"])
def test_a_subset_has_its_text_and_little_else(flavour: str | None) -> None:
    made = fonts.subsetted(REGULAR, "Undeb ŵyŷ", flavour=flavour)
    assert made == fonts.subsetted(REGULAR, "Undeb ŵyŷ", flavour=flavour)
    assert fonts.characters(made) == {ord(char) for char in "Undeb ŵyŷ"}
    assert len(made) < len(REGULAR) / 4
    stamp = TTFont(fonts.io.BytesIO(REGULAR))["head"].modified
    assert TTFont(fonts.io.BytesIO(made), recalcTimestamp=False)["head"].modified == stamp


def test_digits_know_their_width() -> None:
    digits = fonts.Digits(REGULAR)
    assert digits.width("11") == pytest.approx(2 * digits.width("1"))
    assert 0.4 < digits.width("8") < 0.6
