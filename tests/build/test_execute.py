"""Wherever jobs run, the bytes and the report are the same; a worker that dies is replaced, or named."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build.engine import Options, build
from toolkit_builder.build.jobs import Blob, Job, SharedValue

from .fake import Chain, Site, contents, expected

MANY = {
    **{f"m/{n}/index.html": f"motion {n}{' ODD' if n % 50 == 0 else ''}" for n in range(350)},
    **{f"{n}.pdf": f"print {n}" for n in range(4)},
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], list[str]]:
    """What one process makes of MANY."""
    site = Site(tmp_path_factory.mktemp("alone"))
    report = site.built(MANY, workers=1)
    return site.files(), [d.message for d in report.diagnostics]


@pytest.mark.parametrize("workers", [2, 3])
def test_worker_processes_give_the_same(site: Site, alone: Any, workers: int) -> None:
    report = site.built(MANY, workers=workers)
    assert (site.files(), [d.message for d in report.diagnostics]) == alone
    assert site.files() == expected(MANY)


@pytest.mark.parametrize("kind", ["threads", "spawn"])
def test_any_executor_gives_the_same(site: Site, alone: Any, kind: str) -> None:
    executor = ThreadPoolExecutor(3) if kind == "threads" else ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    with executor:
        report = site.built(MANY, executor=executor)
    assert (site.files(), [d.message for d in report.diagnostics]) == alone


def test_blobs_and_shared_values_reach_the_renderer(site: Site) -> None:
    class Both(Chain):
        def renderers(self) -> Mapping[str, Any]:
            return {"both": lambda p: f"{p['nav']}{p['body']}{p['deep'][0]!r}".encode()}

    nav = SharedValue.of(["home"])
    jobs = [Job(f"{n}.html", "both", {"nav": nav, "body": Blob("t"), "deep": [Blob("b")]}, "c") for n in range(3)]
    options = Options(durable=False)
    assert build(site.folder, site.output, jobs, {"t": "text", "b": b"by"}, Both(), options).published
    assert site.files()["2.html"] == b"['home']textb'by'"


class Killer(Chain):
    """Kills its worker at one page: always, or only the first time."""

    def page(self, payload: Any) -> Any:
        text = payload["text"]
        if text.startswith("KILL"):
            mark = Path(text.partition(" ")[2])
            if text.startswith("KILL-ALWAYS") or not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return super().page(payload)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_worker_that_dies_once_is_replaced(site: Site, tmp_path: Path) -> None:
    texts = {f"{n}.html": str(n) for n in range(400)} | {"k.html": f"KILL {tmp_path / 'mark'}"}
    Site(site.folder, Killer()).built(texts, workers=2)
    assert site.files() == expected(texts)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_page_that_always_kills_its_worker_is_named_and_nothing_is_published(site: Site, tmp_path: Path) -> None:
    texts = {f"{n}.html": str(n) for n in range(400)} | {"k.html": f"KILL-ALWAYS {tmp_path / 'mark'}"}
    report = Site(site.folder, Killer()).build(texts, workers=2)
    assert report.exit_code == 3
    (found,) = report.diagnostics
    assert "k.html" in found.message
    assert "worker died" in found.message
    assert not site.output.exists()


class Bad(Chain):
    def renderers(self) -> Mapping[str, Any]:
        return {"text": lambda p: "no bytes", "none": lambda p: None}


@pytest.mark.parametrize("name", ["text", "none", "unknown"])
def test_a_renderer_that_returns_no_bytes_or_is_unknown_is_a_fault(site: Site, name: str) -> None:
    jobs = [Job("a.html", name, {}, "c", label="content/a.md")]
    report = build(site.folder, site.output, jobs, {}, Bad())
    assert report.exit_code == 3
    assert "content/a.md" in report.diagnostics[0].message


def test_progress_counts_every_job_once(site: Site) -> None:
    seen: list[tuple[int, int]] = []
    site.built(MANY, workers=2, on_progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(1, len(MANY) + 5))
    assert {total for _, total in seen} == {len(MANY) + 4}


def test_a_lost_intermediate_result_is_made_again_for_whoever_needs_it(site: Site) -> None:
    site.built({"a.pdf": "one"})
    from .fake import pdf

    inner, outer = pdf("a.pdf", "one")
    changed = Job(outer.path, "pdf", {**outer.payload, "note": "other"}, "c1", heavy=True)
    with site.store() as store:
        for path in (site.folder / ".toolkit" / "store" / "objects").rglob("*"):
            if path.is_file() and path.read_bytes().startswith(b"<p>one"):
                path.write_bytes(b"damaged")
        assert store.usage().objects == 2
    report = site.built([inner, changed])
    assert report.rendered == {"pdf": 1, "print": 1}
    assert site.files()["a.pdf"] == b"%PDF <p>one</p> 1\nother"


@pytest.mark.slow
def test_bytes_do_not_depend_on_hash_seed_zone_locale_umask_or_place(tmp_path: Path) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(MANY))
    found = set()
    for n, (seed, zone, locale, mask) in enumerate(
        [("0", "UTC", "C", 0o022), ("1", "Asia/Tokyo", "cy_GB.UTF-8", 0o077), ("random", "", "C.UTF-8", 0o000)]
    ):
        folder = tmp_path / ("place" * n) / str(n)
        folder.mkdir(parents=True)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        environment |= {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        before = os.umask(mask)
        try:
            command = [sys.executable, "-m", "tests.build.crash", str(folder), str(texts), ""]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        finally:
            os.umask(before)
        whole = hashlib.sha256(repr(sorted(contents(folder / "output").items())).encode()).hexdigest()
        modes = {p.stat().st_mode for p in (folder / "output").rglob("*")}
        found.add((whole, tuple(sorted(modes))))
    assert len(found) == 1
