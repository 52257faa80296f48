"""A build on a Dask cluster (a real scheduler and two worker processes on loopback) gives the same bytes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .fake import Chain, Site, expected

pytest.importorskip("distributed", reason="needs the cluster extra")

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.filterwarnings("default"),  # Dask's own warnings are not this project's
]

TEXTS = {**{f"motions/{n}/index.html": f"motion {n}" for n in range(400)}, "a.pdf": "print"}


class SlowChain(Chain):
    """Takes long enough over each page for a worker to be killed in the midst of it."""

    def page(self, payload: Any) -> Any:
        time.sleep(0.02)
        return super().page(payload)


class Cluster:
    def __init__(self, folder: Path) -> None:
        file = folder / "scheduler.json"
        self._environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        self._folder = folder
        self._processes = [self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))]
        deadline = time.monotonic() + 60
        while not (file.exists() and file.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        self.address: str = json.loads(file.read_text())["address"]
        for _ in range(2):
            self._processes.append(
                self._start("worker", self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard")
            )

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--host", "127.0.0.1", *arguments]
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=self._folder, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_a_worker(self) -> None:
        self._processes[1].send_signal(signal.SIGKILL)

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "cluster").mkdir()
    started = Cluster(tmp_path / "cluster")
    yield started
    started.close()


def test_the_cluster_gives_the_same_bytes_also_when_a_worker_is_killed_in_mid_build(
    site: Site, cluster: Cluster
) -> None:
    from toolkit_builder.build.cluster import connect

    slow = Site(site.folder, SlowChain())
    killed: list[int] = []

    def progress(done: int, total: int) -> None:
        if done >= 100 and not killed:
            cluster.kill_a_worker()
            killed.append(done)

    with connect(cluster.address, timeout=60) as executor:
        deadline = time.monotonic() + 30
        while executor.workers < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
            executor.workers = len(executor._client.nthreads())
        assert executor.workers == 2
        slow.built(TEXTS, executor=executor, on_progress=progress)
        assert killed
        assert site.files() == expected(TEXTS)
        report = slow.build({**TEXTS, "b.html": "WRONG", "c.html": "CRASH"}, executor=executor)
        assert report.exit_code == 3
        assert sorted(d.code for d in report.diagnostics) == ["B401", "T100"]


def test_an_address_where_nobody_answers_is_a_sentence() -> None:
    from toolkit_builder.build.cluster import ClusterError, connect

    with pytest.raises(ClusterError, match="no Dask scheduler answers"), connect("tcp://127.0.0.1:9", timeout=1):
        pass
