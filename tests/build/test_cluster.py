"""A build on a Dask cluster (a real scheduler and two worker processes on loopback) gives the same bytes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import running

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


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    with running(2, PYTHONPATH=str(Path(__file__).parents[2])) as started:
        yield started


def test_the_cluster_gives_the_same_bytes_also_when_a_worker_is_killed_in_mid_build(
    site: Site, cluster: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    from toolkit_builder.build.cluster import connect

    address, processes = cluster
    slow = Site(site.folder, SlowChain())
    killed: list[int] = []

    def progress(done: int, total: int) -> None:
        if done >= 100 and not killed:
            processes[1].kill()
            killed.append(done)

    with connect(address, timeout=60) as executor:
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
