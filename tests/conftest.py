"""Fixtures that every suite shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.driver import SiteTest


@pytest.fixture
def site(tmp_path: Path) -> SiteTest:
    """An empty project with a toolkit.yaml, printing off."""
    return SiteTest(tmp_path / "site")
