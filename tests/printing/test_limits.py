"""Documents that take too long or too much are stopped, named, and do no harm to the next one."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

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
