"""A whole site on a real Dask cluster on this computer: the bytes of the local build, whichever worker dies."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import running
from tests.driver import SiteTest

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


@pytest.fixture
def scheduler() -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    with running(2) as found:
        yield found


def many(site: SiteTest) -> SiteTest:
    site.conference()
    for n in range(1, 121):
        site.motion(
            str(n), body=f"Conference notes fact {n}.\n\nConference calls on the executive to:\n\n1) act;\n\n2) report."
        )
    return site


def test_a_site_built_on_a_cluster_is_the_local_one_even_when_a_worker_dies(
    site: SiteTest, tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    address, running = scheduler
    clock = ("--clock", "2027-06-20T12:00")
    many(site)
    local = many(SiteTest(tmp_path / "local"))
    assert local.run("build", *clock).returncode == 0
    build = subprocess.Popen(
        [sys.executable, "-m", "toolkit_builder", "build", "--executor", "dask", "--scheduler", address, *clock],
        cwd=site.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        build.wait(1.5)
    except subprocess.TimeoutExpired:
        running[1].kill()
    said, complaints = build.communicate(timeout=120)
    assert build.returncode == 0, said + complaints
    assert site.tree() == local.tree()


def test_a_scheduler_that_is_not_there_is_a_sentence(site: SiteTest) -> None:
    done = many(site).run("build", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "127.0.0.1:9" in done.stderr


def test_dask_without_a_scheduler_is_a_usage_error(site: SiteTest) -> None:
    assert site.run("build", "--executor", "dask").returncode == 2
