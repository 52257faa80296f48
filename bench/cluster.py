"""The number of motions and of branches comes in; a sizing table for a cluster out: what one worker does in a second.

    python bench/cluster.py [--motions 2000] [--branches 40] [--workers 1,2]

For each number of workers a real Dask scheduler and that many worker processes are started on this computer; a site of
so many motions is built on them, then the sample's templates are localised for so many invented branches. Wall time
depends on who else is at work here. CPU time does much less: what a worker and its children used for a page or a PDF
says what it does in a second on a processor of its own, and what the commanding process used says how many workers it
can keep busy.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus
import localise

sys.path.insert(0, str(localise.ROOT))

from tests.cluster import running
from toolkit_builder import frame, intake, loading
from toolkit_builder.build.cache import Store
from toolkit_builder.build.cluster import connect
from toolkit_builder.localise import bureau

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measured:
    """``count`` things made in ``wall`` seconds; CPU seconds of the workers, and of the process that commands them."""

    what: str
    workers: int
    count: int
    wall: float
    worker: float
    command: float

    def row(self) -> str:
        worker, command = 1000 * self.worker / self.count, 1000 * self.command / self.count
        cells = (
            self.workers,
            f"{self.count} {self.what}",
            f"{self.wall:.1f}",
            f"{self.count / self.wall:.1f}",
            f"{worker:.1f}",
            f"{1000 / worker:.0f}",
            f"{command:.1f}",
            f"{worker / command:.0f}",
        )
        return f"| {' | '.join(map(str, cells))} |"


def used(pids: list[int]) -> float:
    """CPU seconds of processes and their living and ended children."""
    total = 0
    for pid in [inner for outer in pids for inner in localise.tree(outer)]:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        total += sum(int(n) for n in fields[11:15])
    return total / _TICK


@contextmanager
def measured(pids: list[int]) -> Iterator[Callable[[str, int, int], Measured]]:
    def own() -> float:
        both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, both))

    wall, workers, command = time.perf_counter(), used(pids), own()
    yield lambda what, number, count: Measured(
        what, number, count, time.perf_counter() - wall, used(pids) - workers, own() - command
    )


def pages(site: Path, address: str, pids: list[int], workers: int) -> Measured:
    """A cold build of a site of motions."""
    for made in ("output", ".toolkit"):
        shutil.rmtree(site / made, ignore_errors=True)
    command = [sys.executable, "-m", "toolkit_builder", "build", "-q", "--executor", "dask", "--scheduler", address]
    with measured(pids) as stop:
        subprocess.run(command, cwd=site, check=True, env={**os.environ, "PYTHONPATH": str(localise.ROOT)})
        count = sum(1 for _ in (site / "output").rglob("*.html"))
        return stop("pages", workers, count)


def pdfs(table: Path, folder: Path, address: str, pids: list[int], workers: int) -> Measured:
    """Every template of the sample for every branch of a table."""
    with Store(folder / "store") as store:
        loaded = loading.load(localise.ROOT, loading.Options(), store)
    assert loaded.site is not None
    assert loaded.theme is not None
    with connect(address) as executor, measured(pids) as stop:
        order = bureau.Order(
            templates=localise.chosen(loaded),
            tables=(table,),
            out=folder / f"out-{workers}",
            code=intake.code_digest(),
            executor=executor,
        )
        done = bureau.carry_out(order, loaded.site, loaded.theme, frame.site_payload(loaded.site), loaded.tree.assets)
        assert done.outcome is not None
        return stop("PDFs", workers, done.outcome.count("made"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--motions", type=int, default=2000)
    parser.add_argument("--branches", type=int, default=40)
    parser.add_argument("--workers", default="1,2")
    asked = parser.parse_args()
    print(
        "| workers | made | seconds | a second | worker: CPU ms each | in a second of its CPU "
        "| command: CPU ms each | workers it keeps busy |"
    )
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site, table = folder / "site", folder / "branches.csv"
        corpus.write(site, asked.motions, "toolkit")
        table.write_text(localise.table(asked.branches), "utf-8")
        for count in map(int, asked.workers.split(",")):
            with running(count) as (address, processes):
                pids = [process.pid for process in processes[1:]]
                print(pages(site, address, pids, count).row(), flush=True)
                print(pdfs(table, folder, address, pids, count).row(), flush=True)


if __name__ == "__main__":
    main()
