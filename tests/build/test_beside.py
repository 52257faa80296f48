"""What a process beside the build renders is what the build would have rendered itself, whatever becomes of it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build import beside
from toolkit_builder.build.beside import Beside

from .fake import Chain, Site, contents, expected, page, pages

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux alone")

LONG = "long " * 400_000  # more than the pipes hold


class Who(Chain):
    """Pages that say, apart from their bytes, which process has made them."""

    def renderers(self) -> Mapping[str, Callable[[Any], Any]]:
        return {**super().renderers(), "page": self.noted}

    def noted(self, payload: Any) -> Any:
        if "DIES" in payload["text"] and os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        MADE.append(payload["text"])
        return self.page(payload)


HERE = os.getpid()
MADE: list[str] = []  # in this process


def nothing(renderers: Mapping[str, Any]) -> Iterator[None]:
    yield from (None for _ in renderers)


@pytest.fixture
def other() -> Iterator[Beside]:
    MADE.clear()
    process = Beside(Who(), {"page"}, nothing)
    yield process
    process.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, Who())


def test_pages_are_made_beside_and_the_rest_here(site: Site, other: Beside) -> None:
    texts = {"a.html": "a", "b.html": LONG, "c.html": LONG + "c", "d.html": "d", "e.pdf": "e"}
    site.built(texts, beside=other)
    assert site.files() == expected(texts)
    assert MADE == []
    assert site.built(texts).rendered == {}


def test_an_edit_is_made_beside(site: Site, other: Beside) -> None:
    site.built({"a.html": "a", "b.html": "b"})
    MADE.clear()
    report = site.built({"a.html": "a", "b.html": "2"}, beside=other)
    assert (report.paths, MADE) == (["b.html"], [])
    assert site.files() == expected({"a.html": "a", "b.html": "2"})


def test_what_another_job_is_made_from_is_made_here(site: Site, other: Beside) -> None:
    jobs = [page("a.html", "a"), *pages({"b.html": "b"})]
    jobs.append(pages({"c.pdf": "c"})[1])
    inner = jobs[-1].payload["page"].path
    site.built([*jobs, page(inner, "c")], beside=other)
    assert MADE == ["c"]
    assert contents(site.output)["c.pdf"] == b"%PDF <p>c</p> 1\nn"


def test_mistakes_and_faults_are_told_as_ever(tmp_path: Path, other: Beside) -> None:
    said = []
    for name, process in (("here", None), ("beside", other)):
        texts = {"a.html": "ODD", "b.html": "WRONG", "c.html": "CRASH", "d.html": "d"}
        report = Site(tmp_path / name, Who()).build(texts, beside=process)
        assert (report.published, report.fault) == (False, True)
        said.append([(d.code, d.message) for d in report.diagnostics])
    assert said[0] == said[1]


def test_a_process_that_dies_leaves_its_work_to_the_build(site: Site, other: Beside) -> None:
    texts = {"a.html": "a", "b.html": "DIES", "c.html": LONG, "d.html": "d"}
    site.built(texts, beside=other)
    assert site.files() == expected(texts)
    assert {"DIES", "d"} <= set(MADE)


def test_a_process_that_is_gone_before_it_has_any_work(site: Site, other: Beside) -> None:
    other.close()
    site.built({"a.html": "a"}, beside=other)
    assert MADE == ["a"]


def test_the_end_of_the_build_is_the_end_of_the_process(other: Beside) -> None:
    child = other._child
    other.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_one_worker_is_one_process(site: Site, other: Beside) -> None:
    site.built({"a.html": "a"}, beside=other, workers=1)
    assert MADE == ["a"]


def test_where_no_process_can_be_forked_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "can_fork", lambda: False)
    assert beside.started(Who(), {"page"}, nothing) is None
