"""One fluent driver for whole-site tests: write files, build, edit, build again, look at what came out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from toolkit_builder import loading, pipeline
from toolkit_builder.build.engine import BuildReport
from toolkit_builder.diagnostics import Severity, as_text

CONFIG = "title: Test site\nbase_url: https://example.org\nprint:\n  enabled: no\n"

CONFERENCE = "---\ntitle: Conference 2027\nstart: 2027-06-14\nend: 2027-06-16\n---\n\nWelcome.\n"


COMMAND = (sys.executable, "-m", "toolkit_builder")


def toolkit(
    folder: Path, *arguments: str, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command itself, in a process of its own in this folder; what it said, and its exit code."""
    with started(folder, *arguments, **environment) as process:
        try:
            said, complaints = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, said, complaints)


def started(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """The same, not waited for."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1", **environment},
    )


class SiteTest:
    """A project in a folder of its own. Methods that change it return it, so that calls can be chained."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.options = {"clock": "2027-06-20T12:00", "jobs": 1, **options}
        self.report = BuildReport()
        self.write(**{"toolkit.yaml": CONFIG})

    def write(self, **files: str | bytes) -> SiteTest:
        """Write files by path below the project: ``write(**{"content/news/a.md": "..."})``."""
        for path, text in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def content(self, **files: str | bytes) -> SiteTest:
        """Write files below content/; ``__`` in a name given as a keyword is not special: pass a dict."""
        return self.write(**{f"content/{path}": text for path, text in files.items()})

    def conference(self, name: str = "2027", text: str = CONFERENCE) -> SiteTest:
        return self.content(**{f"conferences/{name}/index.md": text})

    def motion(
        self,
        number: str,
        body: str = "Conference notes the facts.\n\nConference calls on the executive to act.",
        conference: str = "2027",
        **fields: str,
    ) -> SiteTest:
        head = {"number": number, "title": f"Motion {number} title", "mover": "A Branch", **fields}
        yaml = "".join(f"{k}: {v}\n" for k, v in head.items())
        return self.content(**{f"conferences/{conference}/motions/{number}.md": f"---\n{yaml}---\n\n{body}\n"})

    def amendment(self, number: str, amends: str, body: str, conference: str = "2027", **fields: str) -> SiteTest:
        head = {"number": number, "amends": amends, "mover": "B Branch", **fields}
        yaml = "".join(f"{k}: {v}\n" for k, v in head.items())
        return self.content(**{f"conferences/{conference}/amendments/{number}.md": f"---\n{yaml}---\n\n{body}\n"})

    def remove(self, path: str) -> SiteTest:
        (self.folder / path).unlink()
        return self

    def edit(self, path: str, old: str = "", new: str = "", append: str = "") -> SiteTest:
        target = self.folder / path
        text = target.read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        target.write_text(text.replace(old, new, 1) + append, encoding="utf-8")
        return self

    # --- building ----------------------------------------------------------------------------------------

    def attempt(self, **options: Any) -> SiteTest:
        """Build, whatever comes of it. What is no option of a run is handed to the build itself."""
        given = {name: options.pop(name) for name in ("foreseen", "on_later") if name in options}
        self.report = pipeline.build(self.folder, loading.Options(**{**self.options, **options}), **given)
        return self

    def build(self, **options: Any) -> SiteTest:
        """Build; the test fails if nothing was published."""
        self.attempt(**options)
        assert self.report.published, self.problems
        return self

    def check(self, **options: Any) -> str:
        """The report of `toolkit check`, as text."""
        found = pipeline.check(self.folder, loading.Options(**{**self.options, **options}))
        return "\n".join(as_text(d) for d in found)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command itself, in a process of its own."""
        return toolkit(self.folder, *arguments, **environment)

    # --- looking -----------------------------------------------------------------------------------------

    @property
    def problems(self) -> str:
        """Errors and warnings; notes are no complaints."""
        return "\n".join(as_text(d) for d in self.report.diagnostics if d.severity is not Severity.NOTE)

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def settings(self) -> str:
        return (self.folder / "toolkit.yaml").read_text(encoding="utf-8")

    def text(self, path: str) -> str:
        return (self.output / path).read_text(encoding="utf-8")

    def page(self, url: str) -> LexborHTMLParser:
        return LexborHTMLParser(self.text(f"{url.lstrip('/')}index.html"))

    def words(self, url: str) -> str:
        """The visible words of a page, white space made single."""
        body = self.page(url).body
        return " ".join(body.text(separator=" ").split()) if body else ""

    def tree(self) -> dict[str, bytes]:
        """Every published file with its bytes."""
        return {
            p.relative_to(self.output).as_posix(): p.read_bytes() for p in sorted(self.output.rglob("*")) if p.is_file()
        }

    def clean_build_of_the_same(self, folder: Path) -> SiteTest:
        """Another project with the same files, built from nothing."""
        import shutil

        other = SiteTest(folder, **self.options)
        for name in ("content", "themes", "toolkit.yaml"):
            source = self.folder / name
            if source.is_dir():
                shutil.copytree(source, folder / name, dirs_exist_ok=True)
            elif source.exists():
                shutil.copyfile(source, folder / name)
        return other.build()
