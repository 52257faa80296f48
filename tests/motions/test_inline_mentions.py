"""An explicit mention counts in a motion's lines as the words a reader sees, not as its marks."""

from __future__ import annotations

import pytest

from toolkit_builder.motions.inline import visible


@pytest.mark.parametrize(("source", "shown"), [
    ("agreed ([[motion:4@2026-asw|motion 4 of 2026]]) that", "agreed (motion 4 of 2026) that"),
    ("see [[motion:4@2026-asw]] and [[EM1]]", "see motion 4 and EM1"),
    ("not one: [[a and [b]", "not one: [[a and [b]"),
])  # fmt: skip
def test_a_mention_is_read_as_its_words(source: str, shown: str) -> None:
    found = visible(source)
    assert found.text == shown
    assert len(found.starts) == len(found.ends) == len(found.text)
    assert all(0 <= a < b <= len(source) for a, b in zip(found.starts, found.ends, strict=True))
