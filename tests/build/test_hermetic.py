"""Renderers see nothing but their payload: no file, no socket, no process, no clock, no chance, no environment.

The project's own sample site is rendered twice in one process. The first round loads modules and fonts; in the
second an audit hook and a profiler watch every renderer of the real toolchain.
"""

from __future__ import annotations

import os
import shutil
import site as site_packages
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest
from toolkit_builder.build.execute import Run
from toolkit_builder.build.jobs import Job
from toolkit_builder.build.keys import Encoder
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.written import Put
from toolkit_builder.diagnostics import Diagnostic

ROOT = Path(__file__).parents[2]

# what the interpreter and its packages read for themselves is the toolchain, whose version is part of every key
ALLOWED = tuple(
    str(Path(p).resolve())
    for p in (sys.prefix, sys.base_prefix, *site_packages.getsitepackages(), "/usr/share/fonts", "/etc/fonts")
)
EVENTS = ("open", "os.", "shutil.", "socket.", "subprocess.", "glob.", "tempfile.", "urllib.", "ctypes.dlopen")
HARMLESS = {"os.putenv", "os.unsetenv", "os.fspath"}  # the print engine pins its own environment
CLOCK = {"time", "time_ns", "now", "utcnow", "today", "localtime", "gmtime", "urandom", "getrandbits", "getenv"}

watching: list[list[str]] = []


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not watching or not event.startswith(EVENTS) or event in HARMLESS:
        return
    subject = arguments[0] if arguments else ""
    if event == "open" and isinstance(subject, int):
        return
    if isinstance(subject, str | bytes | os.PathLike):
        name = os.path.realpath(os.fsdecode(subject))
        if event in {"open", "os.listdir", "os.scandir", "ctypes.dlopen"} and name.startswith(ALLOWED):
            return
    watching[-1].append(f"{event} {arguments!r}"[:200])


def _profile(frame: Any, event: str, function: Any) -> None:
    if event == "c_call" and function.__name__ in CLOCK:
        owner = getattr(function, "__module__", None) or getattr(function, "__self__", None)
        if not str(owner).startswith(("re", "<re")):
            watching[-1].append(f"{owner}.{function.__name__} in {frame.f_code.co_filename}")


@contextmanager
def watched(found: list[str], *, clock: bool = True) -> Any:
    """The profiler, which sees the clock, makes everything ten times slower; the audit hook costs nothing."""
    watching.append(found)
    if clock:
        sys.setprofile(_profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        watching.pop()


class Watched:
    """A toolchain whose renderers are watched once ``strict`` is set."""

    def __init__(self, inner: Any) -> None:
        self._made = inner.renderers()
        self.digest = f"watched {inner.digest}"
        self.strict = False
        self.found: dict[str, list[str]] = {}

    def renderers(self) -> Mapping[str, Callable[[Any], Any]]:
        return {name: self._watch(name, render) for name, render in self._made.items()}

    def _watch(self, name: str, render: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def renderer(payload: Any) -> Any:
            if not self.strict:
                return render(payload)
            with watched(self.found.setdefault(name, []), clock=name != "pdf"):
                return render(payload)

        return renderer


def some(jobs: Sequence[Job]) -> list[Job]:
    """Up to 25 jobs of each format and one PDF, with all that they are made from."""
    encode = Encoder()
    needs = {job.path: encode.outputs(job) for job in jobs}
    by_path = {job.path: job for job in jobs}
    taken: dict[str, int] = {}
    chosen: set[str] = set()

    def whole(path: str) -> set[str]:
        return {path}.union(*(whole(p) for p in needs[path]))

    for job in jobs:
        group = whole(job.path)
        pdfs = {p for p in chosen | group if by_path[p].format == "pdf"}
        taken[job.format] = taken.get(job.format, 0) + 1
        if taken[job.format] <= 25 and len(pdfs) <= 1:
            chosen |= group
    return [job for job in jobs if job.path in chosen]


class InMemory:
    """A sink that keeps all bytes."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}

    def standing(self, job: Job) -> str:
        return ""

    def known(self, job: Job, key: str | None) -> Made | None:
        return None

    def put(self, job: Job, data: bytes) -> None:
        return None

    def accept(self, job: Job, key: str, data: bytes | Put, diagnostics: Sequence[Diagnostic]) -> Made:
        assert isinstance(data, bytes)
        self.data[job.path] = data
        return Made(key, digest(data))

    def read(self, job: Job, made: Made) -> bytes | None:
        return self.data[job.path]

    def before(self, job: Job) -> None:
        return None

    def remember(self, job: Job, made: Made, keys: Sequence[str], places: Sequence[Any] | None) -> None:
        return None

    def keep_seams(self, job: Job, made: Made, payload: str, seams: str) -> None:
        return None


def test_the_watch_sees_what_it_is_there_for(tmp_path: Path) -> None:
    import socket
    import subprocess
    import time

    sys.addaudithook(_audit)
    for offence in (
        lambda: (tmp_path / "x").write_text("x"),
        lambda: os.listdir(tmp_path),
        lambda: socket.socket().close(),
        lambda: subprocess.run([sys.executable, "-c", ""], check=True),
        time.time,
        lambda: os.urandom(2),
    ):
        found: list[str] = []
        with watched(found):
            offence()
        assert found, offence
    found = []
    with watched(found):
        "".join(sorted("abc"))
    assert found == []


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "toolkit.yaml").exists(), reason="needs the project's own sample site")
def test_every_renderer_sees_nothing_but_its_payload(tmp_path: Path) -> None:
    from toolkit_builder import later, loading
    from toolkit_builder.formats import Toolchain

    for name in ("content", "themes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "toolkit.yaml", tmp_path)
    options = loading.Options(clock="2027-06-20T12:00", jobs=1)
    with Store(tmp_path / "store") as store:
        loaded = loading.load(tmp_path, options, store)
        plan = loading.lay_out(loaded)
        assert plan is not None
        encode = Encoder()
        blobs = later.Values(plan.blobs, store.blobs).many([name for job in plan.jobs for name in encode(job).blobs])
    assert loaded.theme is not None
    chain = Watched(Toolchain(loaded.theme.bundle))
    sys.addaudithook(_audit)
    jobs = some(plan.jobs)
    rounds = []
    for strict in (False, True):
        chain.strict = strict
        sink = InMemory()
        outcome = Run(jobs, chain, blobs, sink, workers=1).execute()
        assert not outcome.failed
        rounds.append(sink.data)
    assert rounds[0] == rounds[1]
    assert {name: sorted(set(found)) for name, found in chain.found.items() if found} == {}
    assert chain.found, "nothing was rendered"
