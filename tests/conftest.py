"""Fixtures that every suite shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.driver import SiteTest


@pytest.fixture
def site(tmp_path: Path) -> SiteTest:
    """An empty project with a toolkit.yaml, printing off."""
    from tests.driver import SiteTest  # here, so that suites of one module load that module only

    return SiteTest(tmp_path / "site")
