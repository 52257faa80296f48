"""Documents that take too long or too much are stopped, named, and do no harm to the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from msgspec.structs import replace

from toolkit_builder.printing import limits
from toolkit_builder.printing.engine import PrintDocument, WeasyPrintEngine
from toolkit_builder.printing.limits import LimitedEngine

from .conftest import document
from .helpers import codes, png

NESTED = '<div style="display: flex">' * 9 + "words " * 200 + "</div>" * 9


@pytest.fixture(scope="module")
def limited(engine: WeasyPrintEngine) -> Iterator[LimitedEngine]:
    with LimitedEngine(seconds=30) as made:
        yield made


def test_within_the_limits_nothing_is_different(limited: LimitedEngine, engine: WeasyPrintEngine) -> None:
    for body in ("<p>One</p>", "<p>Two</p>", '<img src="x.png" alt="x" style="width: 3mm">'):
        paper = document(body, assets={"x.png": png(90, 90)})
        assert limited.render(paper) == engine.render(paper)
    assert (limited.name, limited.version) == (engine.name, engine.version)


def test_a_child_that_has_printed_much_makes_room_for_another(
    engine: WeasyPrintEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_DOCUMENTS", 2)
    paper = document('<img src="x.png" alt="x" style="width: 3mm">', assets={"x.png": png(90, 90)})
    with LimitedEngine(seconds=60) as limited:
        children = set()
        for _ in range(5):
            assert limited.render(paper) == engine.render(paper)
            children.add(limited._child._process.pid)  # type: ignore[union-attr]
    assert len(children) == 3


def test_an_asset_that_changes_is_sent_again(limited: LimitedEngine, engine: WeasyPrintEngine) -> None:
    for size in (90, 120):
        paper = document('<img src="y.png" alt="y" style="width: 3mm">', assets={"y.png": png(size, size)})
        assert limited.render(paper) == engine.render(paper)
    gone = document('<img src="y.png" alt="y" style="width: 3mm">')
    assert codes(limited.render(gone)[1]) == ["Q102"]


@pytest.mark.slow
def test_a_document_that_takes_too_long_is_stopped_and_named(engine: WeasyPrintEngine) -> None:
    with LimitedEngine(seconds=4) as limited:
        assert limited.render(document("<p>Well</p>"))[1] == []
        printed, found = limited.render(document(NESTED))
        assert (printed.pdf, codes(found)) == (b"", ["Q115"])
        assert found[0].span is not None
        assert found[0].span.path == "content/paper.md"
        assert limited.render(document("<p>Well</p>"))[1] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux only")
def test_a_document_that_needs_too_much_memory_is_stopped(engine: WeasyPrintEngine) -> None:
    rows = "<tr>" + "<td>cell</td>" * 50 + "</tr>"
    with LimitedEngine(seconds=60, memory_mb=700) as limited:
        printed, found = limited.render(document(f"<table>{rows * 2000}</table>"))
        assert printed.pdf == b""
        assert codes(found)[-1] in {"Q113", "Q116"}
        assert "memory" in found[-1].message or "MB" in found[-1].message
        assert limited.render(document("<p>Well</p>"))[1] == []


def _in_a_worker(paper: PrintDocument) -> tuple[list[str], list[str]]:
    with LimitedEngine(seconds=6) as limited:
        return codes(limited.render(paper)[1]), codes(limited.render(replace(paper, html=NESTED))[1])


def _print_in_a_worker(paper: PrintDocument) -> list[str]:
    global _kept
    _kept = WeasyPrintEngine()
    return codes(_kept.render(paper)[1])


def test_no_temporary_fonts_stay_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    paper = document("<p>Well</p>")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(_print_in_a_worker, paper).result(timeout=60) == []
    with LimitedEngine(seconds=20) as limited:
        assert limited.render(paper)[1] == []
        assert any(tmp_path.rglob("weasyprint-*"))
    assert not [path for path in tmp_path.rglob("*") if "weasyprint" in path.name or "print" in path.name]


@pytest.mark.slow
def test_limits_work_inside_the_worker_of_a_pool(engine: WeasyPrintEngine) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        well, late = pool.submit(_in_a_worker, document("<p>Well</p>")).result(timeout=60)
    assert (well, late) == ([], ["Q115"])


_PARENT = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite started in the background ignores it
from tests.printing.conftest import document
from toolkit_builder.printing.limits import LimitedEngine
limited = LimitedEngine(seconds=600)
assert limited.render(document("<p>Well</p>"))[1] == []
print(limited._child._process.pid, flush=True)
if "busy" in sys.argv:
    limited.render(document({nested!r}))
elif "wait" in sys.argv:
    time.sleep(60)
"""


def _parent(*how: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PARENT.format(nested=NESTED), *how], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(Path.cwd())},
        start_new_session=True,
    )  # fmt: skip


def _gone(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True


def _wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", ["leaves", "wait", "busy", "wait all"])
def test_a_child_ends_with_its_parent_and_leaves_nothing_behind(how: str, tmp_path: Path) -> None:
    with _parent(*how.split(), folder=tmp_path) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        child = int(parent.stdout.readline())
        if how == "wait all":
            os.killpg(parent.pid, signal.SIGTERM)
        elif how != "leaves":
            time.sleep(0.3)
            parent.kill()
        parent.wait(60)
        _wait_for(lambda: _gone(child))
        _wait_for(lambda: not list(tmp_path.iterdir()))
        assert parent.stderr.read() == ""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_stops_a_document_and_its_child_at_once(tmp_path: Path) -> None:
    with _parent("busy", folder=tmp_path) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        child = int(parent.stdout.readline())
        time.sleep(0.5)
        os.killpg(parent.pid, signal.SIGINT)
        parent.wait(60)  # a tenth of what the document was allowed
        _wait_for(lambda: _gone(child))
        assert parent.stderr.read().rstrip().endswith("KeyboardInterrupt")
        assert not list(tmp_path.iterdir())


def test_a_child_that_died_is_replaced(limited: LimitedEngine) -> None:
    limited.render(document("<p>One</p>"))
    limited._child.kill()
    _wait_for(lambda: not limited._child.alive)
    assert limited.render(document("<p>Two</p>"))[1] == []


@pytest.mark.skipif(sys.platform != "linux", reason="processes fork on Linux only")
def test_a_forked_process_gets_a_child_of_its_own(limited: LimitedEngine, engine: WeasyPrintEngine) -> None:
    paper = document("<p>One</p>")
    expected = limited.render(paper)
    before = limited._child._process
    process = get_context("fork").Process(target=_print_in_a_fork, args=(limited, paper, expected))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pytest may have threads
        process.start()
    process.join(60)
    assert process.exitcode == 0
    assert limited._child._process is before
    assert limited._child.alive
    assert limited.render(paper) == expected


def _print_in_a_fork(limited: LimitedEngine, paper: PrintDocument, expected: object) -> None:
    assert limited._child.foreign
    assert limited.render(paper) == expected
    assert not limited._child.foreign
