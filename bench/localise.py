"""How many PDFs a second `toolkit localise` makes: the first 20 sheets of the sample for N invented branches.

    python bench/localise.py [N] [PROCESSES]

100 branches and one process a processor, if nothing else is said. Every branch is bilingual, so that the Welsh sheets
are made too, each as a document of its own; three of five have a logo. Printed are documents, wall and CPU seconds,
documents a second, the peak memory of all processes together, and the time of a second run, in which nothing has
changed. CPU milliseconds a document are the figure to compare: wall time depends on who else is at work.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from toolkit_builder import frame, intake, loading  # noqa: E402
from toolkit_builder.build.cache import Store  # noqa: E402
from toolkit_builder.localise import bureau, resources  # noqa: E402

HEADER = (
    "branch;region;employer;contact_name;contact_role;contact_phone;contact_email;meeting_date;meeting_time;"
    "meeting_place;meeting_access;textphone;lobby;demand;join_link;imprint;finding;bilingual;logo"
)
SHEETS = 20
LOGOS = ("images/branch-kingsferry.svg", "images/branch-aldermoor.png", "", "images/branch-dyffryn-arad.svg", "")


def table(count: int) -> str:
    """Branches with names of their own: no two documents are alike."""
    rows = [HEADER]
    for n in range(count):
        rows.append(
            f"Branch {n};Region {n % 12};Borough Council {n};Person {n};Secretary;01632 960{n % 1000:03};"
            f"b{n}@union.example;2027-09-{n % 28 + 1:02};6pm;Room {n}, Civic Hall;Step-free;"
            f"18001 01632 960{n % 1000:03};Cllr Number {n};no more than fifteen cases each;"
            f"https://union.example/join/{n};Printed by Press {n}, Quay Lane. Promoted by Person {n}, Civic "
            f"Hall.;Half of us had {n % 40} cases or more.;yes;{LOGOS[n % len(LOGOS)]}"
        )
    return "\n".join(rows)


def chosen(loaded: loading.Loaded) -> tuple[str, ...]:
    """The sample's templates, as many as have twenty sheets together."""
    assert loaded.site is not None
    names, count = [], 0
    for template in resources.templates(loaded.site):
        if template.sheets and count + len(template.sheets) <= SHEETS:
            names.append(template.name)
            count += len(template.sheets)
    return tuple(names)


def tree(root: int) -> list[int]:
    """A process and everything below it."""
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                todo += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def memory() -> float:
    """Megabytes that the tree holds, shared pages counted once."""
    total = 0
    for pid in tree(os.getpid()):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def used() -> float:
    """Seconds of CPU of the tree, with all that has ended in it: print children live on when a run is over."""
    ticks = 0
    for pid in tree(os.getpid()):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(fields[n]) for n in (11, 12, 13, 14))  # its own, user and system; those of ended children
    return ticks / os.sysconf("SC_CLK_TCK")


def watch(peak: list[float], done: threading.Event) -> None:
    while not done.wait(2):
        peak[0] = max(peak[0], memory())


def run(order: bureau.Order, loaded: loading.Loaded) -> tuple[bureau.Done, float, float]:
    assert loaded.site is not None
    assert loaded.theme is not None
    started, before = time.perf_counter(), used()
    done = bureau.carry_out(order, loaded.site, loaded.theme, frame.site_payload(loaded.site), loaded.tree.assets)
    return done, time.perf_counter() - started, used() - before


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "branches.csv").write_text(table(count), "utf-8")
        with Store(folder / "store") as store:
            loaded = loading.load(ROOT, loading.Options(), store)
        order = bureau.Order(
            templates=chosen(loaded),
            tables=(folder / "branches.csv",),
            out=folder / "out",
            code=intake.code_digest(),
            workers=workers,
        )
        peak, over = [0.0], threading.Event()
        # The watcher is a thread, so workers are spawned, not forked; forked ones share more memory.
        watcher = threading.Thread(target=watch, args=(peak, over), daemon=True)
        watcher.start()
        done, wall, cpu = run(order, loaded)
        over.set()
        watcher.join()
        assert done.outcome is not None
        made = done.outcome.count("made")
        others = {s: n for s in ("skipped", "overflow", "failed") if (n := done.outcome.count(s))}
        print(f"{made} PDFs of {count} branches {others or ''}")
        print(
            f"{wall:.1f} s, {made / wall:.1f} a second; {cpu:.1f} s CPU, {1000 * cpu / made:.1f} ms each; "
            f"peak {peak[0]:.0f} MB"
        )
        _, wall, cpu = run(order, loaded)
        print(f"again, nothing changed: {wall:.2f} s, {cpu:.2f} s CPU")


if __name__ == "__main__":
    main()
