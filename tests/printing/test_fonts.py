"""Fonts: the digits of line numbers, letters that were copied as one."""

from __future__ import annotations

import io

import pikepdf
import pytest

from toolkit_builder.printing import fonts
from toolkit_builder.printing.engine import WeasyPrintEngine

from .conftest import FONTS, document

REGULAR = FONTS["fonts/PrintTest-Regular.ttf"]


def test_digits_know_their_width() -> None:
    digits = fonts.Digits(REGULAR)
    assert digits.width("11") == pytest.approx(2 * digits.width("1"))
    assert 0.4 < digits.width("8") < 0.6


def test_ligatures_of_a_copied_pdf_are_set_as_their_letters(engine: WeasyPrintEngine) -> None:
    printed, found = engine.render(document("<p>\ufb01ve o\ufb03ces, sta\ufb00</p>"))
    assert found == []
    with pikepdf.open(io.BytesIO(printed.pdf)) as made:
        assert len(made.pages) == 1
    spelt, _ = engine.render(document("<p>five offices, staff</p>"))
    assert printed.pdf == spelt.pdf
