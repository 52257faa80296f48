"""After any walk of edits, faults and meddling, an incremental build equals a clean one, byte for byte."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from toolkit_builder.build.engine import clean
from toolkit_builder.build.jobs import Job

from .fake import Chain, Site, expected, pages
from .test_kill import litter

PATHS = ["index.html", "a", "a/index.html", "a/b/c.html", "b.html", "n/1.pdf", "n/2.pdf", "n/1.html"]
TEXTS = ["one", "two", "three", "ODD"]


class Walk(RuleBasedStateMachine):
    """Random edits of a small site; after each build, output/ is compared with what a clean build would give."""

    builds = 0  # in all walks of this process

    @initialize()
    def start(self) -> None:
        self.place = Path(tempfile.mkdtemp())
        self.folder = self.place / "project"
        self.folder.mkdir()
        self.texts: dict[str, str] = {}
        self.version = "1"
        self.published: dict[str, bytes] = {}

    @property
    def site(self) -> Site:
        return Site(self.folder, Chain(self.version))

    @rule(path=st.sampled_from(PATHS), text=st.sampled_from(TEXTS))
    def write(self, path: str, text: str) -> None:
        for other in list(self.texts):  # a path cannot be a file and a folder
            if other.startswith(f"{path}/") or path.startswith(f"{other}/"):
                del self.texts[other]
        self.texts[path] = text
        self.build()

    @rule(path=st.sampled_from(PATHS))
    def delete(self, path: str) -> None:
        self.texts.pop(path, None)
        self.build()

    @rule(version=st.sampled_from("12"))
    def change_theme(self, version: str) -> None:
        self.version = version
        self.build()

    @rule(path=st.sampled_from(PATHS), how=st.sampled_from(["edit", "remove", "swap", "touch"]))
    def meddle(self, path: str, how: str) -> None:
        file = self.site.output / path
        if file.is_file():
            if how == "touch":
                os.utime(file)
            elif how == "edit":
                with file.open("r+b") as opened:
                    opened.write(b"?")
            else:
                file.unlink()
                if how == "swap":
                    file.write_bytes(b"?")
        self.build()

    @rule(kind=st.sampled_from(["WRONG", "CRASH"]))
    def fail(self, kind: str) -> None:
        broken = {**{p: t for p, t in self.texts.items() if not p.startswith("a")}, "a/broken.html": kind}
        report = self.site.build(self.jobs({**broken, "n/9.pdf": "late"}))
        assert not report.published

    @rule()
    def interrupt(self) -> None:
        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with contextlib.suppress(KeyboardInterrupt):
            self.site.build(self.jobs({"other.html": "x", "zzz/y.html": "y"}), on_progress=stop)

    @rule()
    def forget_the_cache(self) -> None:
        assert clean(self.folder, self.site.output) == []

    @rule()
    def lose_the_output(self) -> None:
        if self.site.output.exists():
            shutil.rmtree(self.site.output)
        self.published = {}

    def build(self) -> None:
        self.site.built(self.jobs(self.texts))
        Walk.builds += 1
        self.published = expected(self.texts, self.version)

    def jobs(self, texts: dict[str, str]) -> list[Job]:
        """The theme's version is in every closure, as the site stage sees to."""
        return [replace(job, closure=f"c{self.version}") for job in pages(texts)]

    @invariant()
    def output_is_what_was_published(self) -> None:
        if hasattr(self, "place"):
            assert self.files() == self.published

    def files(self) -> dict[str, bytes]:
        return self.site.files() if self.site.output.exists() else {}

    def teardown(self) -> None:
        if hasattr(self, "place"):
            try:
                self.build()
                assert self.files() == self.published
                assert litter(self.site) == []
            finally:
                shutil.rmtree(self.place)


quick = settings(max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
TestWalk = Walk.TestCase
TestWalk.settings = quick


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_long_walk() -> None:
    """Thousands of edits, each followed by a build."""
    long = settings(quick, max_examples=200, stateful_step_count=50)
    run_state_machine_as_test(Walk, settings=long)  # type: ignore[no-untyped-call]
    assert Walk.builds >= 2000
    print(f"counted: {Walk.builds} builds after random edits, each equal to a clean one")
