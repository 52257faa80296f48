"""Numbers of motions come in; one table out: how the costs of a build grow with the site.

    python bench/growth.py [--counts 1000,10000,100000] [--rounds 1] [--work FOLDER]

For each number a site of so many motions is made and built cold, built again unchanged, and built after one text was
edited. A build that is linear has the same milliseconds a motion in every row. 100,000 motions need about 10 GB of disk
in ``--work`` and half an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import generators
import run

BUILDS = ("cold", "nochange", "text", "again")


def grown(work: Path, count: int, rounds: int, limit: float) -> dict[str, list[run.Measured]]:
    """Every build of a site of ``count`` motions, ``rounds`` times. Raises run.Wrong."""
    site = generators.toolkit(work / str(count), count)
    found: dict[str, list[run.Measured]] = {what: [] for what in BUILDS}
    for number in range(rounds):
        for what in BUILDS:
            measured = run.run(site, what, f"mark-{number}-{time.time_ns() % 10**8}", limit)
            found[what].append(measured)
            print(
                f"{count} {what:8} wall {measured.wall:.2f}  cpu {measured.cpu:.2f}  {measured.peak:.0f} MB",
                file=sys.stderr,
                flush=True,
            )
    return found


def row(count: int, found: dict[str, list[run.Measured]], first: float) -> str:
    """``first``: milliseconds a motion in the first row, or 0 in that row itself."""

    def median(what: str, get: str) -> float:
        return statistics.median(getattr(measured, get) for measured in found[what])

    each = 1000 * median("cold", "cpu") / count
    cells = (
        f"{count:,}",
        f"{median('cold', 'wall'):.1f}",
        f"{median('cold', 'cpu'):.1f}",
        f"{each:.2f}",
        f"{each / first if first else 1:.2f}",
        f"{median('cold', 'peak'):.0f}",
        f"{median('nochange', 'cpu'):.2f}",
        f"{median('text', 'cpu'):.2f}",
        f"{median('again', 'cpu'):.2f}",
        f"{max(median(what, 'peak') for what in ('text', 'again')):.0f}",
        f"{statistics.median(m.others for each in found.values() for m in each):.2f}",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--counts", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--limit", type=float, default=3600, help="seconds that one build may take")
    parser.add_argument("--work", type=Path, help="where the sites are made (a new temporary folder)")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        work = asked.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="toolkit-growth-")))
        rows, first = [], 0.0
        for count in map(int, asked.counts.split(",")):
            found = grown(work, count, asked.rounds, asked.limit)
            rows.append(row(count, found, first))
            first = first or 1000 * statistics.median(m.cpu for m in found["cold"]) / count
        print(
            "| motions | cold wall s | CPU s | CPU ms a motion | x the first row | peak MB | no change CPU s "
            "| first edit of a text CPU s | another CPU s | peak MB | others |"
        )
        print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
        print("\n".join(rows))


if __name__ == "__main__":
    main()
