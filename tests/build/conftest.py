from __future__ import annotations

from pathlib import Path

import pytest

from .fake import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "project").mkdir()
    return Site(tmp_path / "project")
