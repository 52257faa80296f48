"""A second build of an unchanged site: answered from the record, with what the first one had to say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.driver import SiteTest
from toolkit_builder import quick

BROKEN = "---\ntitle: A\ndate: 2020-06-01\ntranslation_of: nowhere\n---\n\nText.\n"


def warned(site: SiteTest) -> SiteTest:
    return site.content(**{"news/a.md": BROKEN})


def test_warnings_are_shown_again_while_nothing_changes(site: SiteTest) -> None:
    first = warned(site).run("build")
    assert "S211" in first.stderr
    second = site.run("build")
    assert "Nothing has changed" in second.stdout
    assert second.stderr == first.stderr
    assert second.returncode == 0


def test_quietly_too_but_without_the_count(site: SiteTest) -> None:
    first = warned(site).run("build", "--quiet")
    second = site.run("build", "--quiet")
    assert "S211" in second.stderr
    assert second.stderr == first.stderr
    assert second.stdout == ""


def test_they_go_with_their_cause(site: SiteTest) -> None:
    warned(site).run("build")
    site.edit("content/news/a.md", "translation_of: nowhere\n")
    assert site.run("build").stderr == ""
    again = site.run("build")
    assert "Nothing has changed" in again.stdout
    assert again.stderr == ""


def test_what_strict_refuses_is_refused_again(site: SiteTest) -> None:
    warned(site).run("build")
    assert site.run("build", "--strict").returncode == 1
    assert site.run("build", "--strict").returncode == 1


def test_another_copy_of_the_program_builds_again(site: SiteTest, tmp_path: Path) -> None:
    site.content(**{"news/a.md": BROKEN.replace("translation_of: nowhere\n", "")}).run("build")
    package = Path(quick.__file__).parent
    for part in (package, package.parent / "themes"):
        shutil.copytree(part, tmp_path / "other" / part.name, ignore=shutil.ignore_patterns("__pycache__"))
    changed = tmp_path / "other" / package.name / "__init__.py"
    changed.write_text(changed.read_text() + "# changed\n")
    command = [sys.executable, "-m", "toolkit_builder", "build"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "other")}
    said = [
        subprocess.run(command, cwd=site.folder, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said[0].startswith("Published")
    assert "Nothing has changed" in said[1]


def test_an_unchanged_site_is_answered_with_next_to_nothing_imported(site: SiteTest) -> None:
    site.content(**{"news/a.md": BROKEN.replace("translation_of: nowhere\n", "")}).run("build")
    code = (
        "import sys; from toolkit_builder import quick; assert quick.answer(['build', '-q']) == (True, None);"
        "print(*sorted(m for m in sys.modules if m.startswith('toolkit_builder')))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=site.folder, capture_output=True, text=True, check=True)
    assert said.stdout.split() == [
        "toolkit_builder", "toolkit_builder.build", "toolkit_builder.build.fastpath", "toolkit_builder.build.glance",
        "toolkit_builder.quick",
    ]  # fmt: skip
