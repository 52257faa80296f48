"""Fonts: the digits of line numbers."""

from __future__ import annotations

import pytest

from toolkit_builder.printing import fonts

from .conftest import FONTS

REGULAR = FONTS["fonts/PrintTest-Regular.ttf"]


def test_digits_know_their_width() -> None:
    digits = fonts.Digits(REGULAR)
    assert digits.width("11") == pytest.approx(2 * digits.width("1"))
    assert 0.4 < digits.width("8") < 0.6
