"""After each of many random edits, however the build is made, the site has the bytes of a clean build."""

from __future__ import annotations

import os

import pytest

from tests.edits import EDITS
from tests.walks import STAMPED, Edits, made_by, walked

WALKS = int(os.environ.get("TOOLKIT_WALKS", "4"))
"""Walks of at most 50 edits each; a longer run says how many."""


def test_a_walk_of_edits_gives_the_bytes_of_a_clean_build() -> None:
    with made_by(STAMPED):
        walked(Edits, 4, 5)  # the first example of all is one step, and another may be of one rule alone
    assert Edits.edits.total() > 3


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_random_edits_of_a_whole_site_each_equal_a_clean_build() -> None:
    with made_by(STAMPED):
        walked(Edits, WALKS, 50)
    assert Edits.edits.total() + Edits.refused.total() >= 15 * WALKS
    assert len(Edits.edits) >= 20, set(EDITS) - set(Edits.edits)
    assert Edits.units["kept"] > Edits.units["laid"] / 4, "memory is used at all"
    assert Edits.foreseen > WALKS
