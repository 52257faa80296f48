"""Fixtures that every suite shares."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.driver import SiteTest

# The same examples in every run, so that a change is judged by what it did; HYPOTHESIS_PROFILE=default tries new ones.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


LONGEST = (
    "test_walks.py",
    "test_walks_printed.py",
    "test_make_pictures.py",
    "test_ahead.py",
    "test_print_documents.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first, so that no processor waits for it in the end."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture
def site(tmp_path: Path) -> SiteTest:
    """An empty project with a toolkit.yaml, printing off."""
    from tests.driver import SiteTest  # here, so that suites of one module load that module only

    return SiteTest(tmp_path / "site")


CHROMIUM = Path("/usr/bin/chromium")
AXE = "axe-core@4.14.1"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all suites of a process: playwright starts once in each."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=[
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
        ])  # fmt: skip
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, fetched once and kept beside other temporary files."""
    kept = Path(tempfile.gettempdir()) / AXE.replace("@", "-") / "axe.min.js"
    if not kept.exists():
        if not (npm := shutil.which("npm")):
            pytest.skip("axe needs npm")
        with tempfile.TemporaryDirectory() as folder:
            made = subprocess.run(
                [npm, "pack", AXE, "--silent", "--pack-destination", folder],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            packed = next(Path(folder).glob("*.tgz"), None)
            if packed is None:
                pytest.skip(f"npm could not fetch {AXE}: {made.stderr.strip()[:200]}")
            with tarfile.open(packed) as archive:
                source = archive.extractfile("package/axe.min.js")
                assert source is not None
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes(source.read())
    return kept.read_text(encoding="utf-8")
