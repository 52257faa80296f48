"""The wheel, unpacked where no checkout is: it carries the theme, its print fonts and the sample, and they work."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.driver import toolkit
from toolkit_builder.loading import print_problem

REPOSITORY = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="needs hatchling, which builds the wheel")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel holds: all that an installation adds to its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def _run(installed: Path, cwd: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return toolkit(cwd, *arguments, timeout=280, PYTHONPATH=str(installed), **environment)


def test_it_carries_all_that_a_site_is_made_with_and_nothing_private(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    theme = REPOSITORY / "themes" / "default"
    carried = {
        f"toolkit_builder/_data/themes/default/{p.relative_to(theme).as_posix()}"
        for p in theme.rglob("*")
        if p.is_file() and not p.name.startswith(".")
    }
    assert carried - names == set()
    content = {
        f"toolkit_builder/_data/sample/content/{p.relative_to(REPOSITORY / 'content').as_posix()}"
        for p in (REPOSITORY / "content").rglob("*.md")
    }
    assert content - names == set()
    assert "toolkit_builder/_data/sample/toolkit.yaml" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [n for n in names if "__pycache__" in n or "/.toolkit/" in n or n.startswith(("tests/", "bench/"))]


def test_a_new_site_is_made_built_and_checked_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    made = _run(installed, tmp_path, "init", "x")
    assert made.returncode == 0, made.stderr
    site = tmp_path / "x"
    built = _run(installed, site, "build")
    assert built.returncode == 0, built.stderr
    explained = _run(installed, site, "doctor")
    assert explained.returncode == 0, explained.stderr
    assert (site / "output/assets/css/site.css").is_file()
    assert print_problem() or list((site / "output").rglob("bulletin.pdf"))


def test_the_sample_site_is_made_and_built_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    assert _run(installed, tmp_path, "init", "--sample", "y").returncode == 0
    built = _run(installed, tmp_path / "y", "build", TOOLKIT_PRINT_ENABLED="no")
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "y/output/index.html").is_file()


def test_it_is_the_wheel_that_was_tested(installed: Path, tmp_path: Path) -> None:
    code = "from toolkit_builder import resources as r; print(r.__file__, r.themes(), r.sample())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )
    assert all(path.startswith(str(installed)) for path in done.stdout.split())
