"""``toolkit localise`` on a real Dask cluster on this computer: the bytes of the local run, whichever worker dies."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.cluster import running
from tests.driver import SiteTest

from .test_batch import tree

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.usefixtures("press")]

BRANCHES = "branch,region,employer,contact_name,contact_phone,contact_email,imprint\n" + "".join(
    f"Branch {n},North,Council {n},Person {n},01632 960{n:03},p{n}@x.example,Printed by P\n" for n in range(30)
)


def test_a_cluster_makes_what_this_computer_makes_even_when_a_worker_dies(union: SiteTest) -> None:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    union.write(**{"b.csv": BRANCHES})
    order = ("localise", "letter", "leaflet", "--data", "b.csv", "--format", "pdf,docx", "--zip")
    local = union.run(*order, "-o", "local")
    assert "60 made" in local.stdout, local.stderr
    with running(2) as (address, processes):
        run = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "toolkit_builder",
                *order,
                "-o",
                "far",
                "--executor",
                "dask",
                "--scheduler",
                address,
            ],
            cwd=union.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        far, deadline = union.folder / "far", time.monotonic() + 120
        while not list(far.rglob("*.pdf")) and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        processes[1].kill()  # in the midst of it
        said, complaints = run.communicate(timeout=240)
    assert run.returncode == 0, complaints
    assert "60 made" in said
    assert tree(far) == tree(union.folder / "local")
    again = union.run(*order, "-o", "far")
    assert "0 made, 60 unchanged" in again.stdout


def test_a_scheduler_that_is_not_there_is_a_sentence(union: SiteTest) -> None:
    pytest.importorskip("distributed", reason="the cluster extra is not installed")
    done = union.run(
        "localise", "letter", "--all", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:9", "-o", "out"
    )
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (union.folder / "out").exists()
