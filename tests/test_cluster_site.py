"""A whole site on a real Dask cluster on this computer: the bytes of the local build, whichever worker dies."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import toolkit_builder
from tests.cluster import running, worker
from tests.driver import SiteTest, started

Cluster = tuple[str, list[subprocess.Popen[str]]]  # the scheduler's address; its process, then the workers'

pytestmark = [pytest.mark.cluster, pytest.mark.slow]


CLOCK = ("--clock", "2027-06-20T12:00")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    with running(2) as found:
        yield found


def many(site: SiteTest, motions: int = 120) -> SiteTest:
    site.conference()
    for n in range(1, motions + 1):
        site.motion(
            str(n), body=f"Conference notes fact {n}.\n\nConference calls on the executive to:\n\n1) act;\n\n2) report."
        )
    return site


def built_on(site: SiteTest, address: str, **environment: str) -> subprocess.Popen[str]:
    return started(site.folder, "build", "--executor", "dask", "--scheduler", address, *CLOCK, **environment)


def some_pages_are_there(site: SiteTest, build: subprocess.Popen[str]) -> None:
    """Wait until the build has the first new motions back from the cluster."""
    deadline = time.monotonic() + 120
    old = {path.parent.name for path in site.output.glob("conferences/2027/motions/*/index.html")}
    pages = ".toolkit/sites/*/standby/conferences/2027/motions/*/index.html"
    while {path.parent.name for path in site.folder.glob(pages)} <= old:
        assert build.poll() is None, build.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_site_built_on_a_cluster_is_the_local_one_even_when_a_worker_dies(
    site: SiteTest, tmp_path: Path, cluster: Cluster
) -> None:
    """Also when the worker that takes its place dies."""
    address, processes = cluster
    many(site, 500)
    local = many(SiteTest(tmp_path / "local"), 500)
    assert local.run("build", *CLOCK).returncode == 0
    build = built_on(site, address)
    some_pages_are_there(site, build)
    processes[1].kill()
    processes.append(worker(address))
    killed_twice = build.poll() is None
    processes[-1].kill()
    said, complaints = build.communicate(timeout=400)
    assert build.returncode == 0, said + complaints
    assert site.tree() == local.tree()
    print(f"counted: {1 + killed_twice} workers killed in mid-build, same bytes")


def test_a_cluster_whose_workers_all_die_is_a_sentence_and_a_new_worker_goes_on(
    site: SiteTest, cluster: Cluster
) -> None:
    address, processes = cluster
    many(site).run("build", *CLOCK)
    before = site.tree()
    many(site, 500)
    build = built_on(site, address, TOOLKIT_PATIENCE="2")
    some_pages_are_there(site, build)
    for process in processes[1:]:
        process.kill()
    said, complaints = build.communicate(timeout=400)
    assert build.returncode == 1, said + complaints
    assert re.search(r"the cluster at \S+ has had no worker for \d+ seconds", complaints)
    assert "Traceback" not in complaints
    assert site.tree() == before
    processes.append(worker(address))
    again = built_on(site, address)
    said, complaints = again.communicate(timeout=400)
    assert again.returncode == 0, said + complaints
    assert len(site.tree()) > len(before)


def test_a_scheduler_that_goes_away_is_a_sentence(site: SiteTest, cluster: Cluster) -> None:
    address, processes = cluster
    many(site, 500)
    build = built_on(site, address)
    some_pages_are_there(site, build)
    processes[0].kill()
    said, complaints = build.communicate(timeout=400)
    assert build.returncode == 1, said + complaints
    assert f"the Dask scheduler at {address} has gone away" in complaints
    assert "Traceback" not in complaints
    assert not site.output.exists()
    assert site.run("build", *CLOCK).returncode == 0


def test_a_worker_with_another_program_is_refused(site: SiteTest, tmp_path: Path) -> None:
    """Another version, and another state of the same one."""
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    many(site, 2)
    here = Path(toolkit_builder.__file__).parent
    for name, file, line in (
        ("older", "__init__.py", '__version__ = "0.0.1"'),
        ("edited", "wording.py", "# another line"),
    ):
        shutil.copytree(here, tmp_path / name / "toolkit_builder", ignore=shutil.ignore_patterns("__pycache__"))
        with (tmp_path / name / "toolkit_builder" / file).open("a") as opened:
            opened.write(f"\n{line}\n")
        with running(1, PYTHONPATH=str(tmp_path / name), PYTHONSAFEPATH="1") as (address, _):
            done = site.run("build", "--executor", "dask", "--scheduler", address, *CLOCK)
        assert done.returncode == 1
        wanted = "has toolkit-builder 0.0.1, and this is" if name == "older" else "has source "
        assert wanted in done.stderr, done.stderr
        assert "install the same on both" in done.stderr
        assert not site.output.exists()


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", "nonsense", "http://127.0.0.1:9", "tcp://no.such.host.invalid:8786"]
)
def test_a_scheduler_that_is_not_there_is_a_sentence(site: SiteTest, address: str) -> None:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    done = many(site, 1).run("build", "--executor", "dask", "--scheduler", address)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "fault" not in done.stderr
    assert address in done.stderr


def test_dask_without_a_scheduler_is_a_usage_error(site: SiteTest) -> None:
    assert site.run("build", "--executor", "dask").returncode == 2
