"""The number of motions comes in; one table out: what each build costs here, in Hugo and in every other generator that
can be installed, on the same motions.

    python bench/run.py [--count 2000] [--rounds 3] [--others eleventy,pelican,...] [--work FOLDER] [--json FILE]

In every round each generator makes the same builds, one after the other, and each build is compared with Hugo's of the
same round, so that a slow spell of the machine hits both. Wall time, CPU time and the largest process come from the
operating system (``wait4``). After each build the pages are counted and read: an edit that does not show, or a page
that still shows the old title, ends the run; with another generator it is named under the table. This program is
measured as a copy made at the start. Generators are installed into ``--cache`` by pip and npm; one that cannot be is
named and left out. ``--others none`` measures Hugo alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus
import generators
from generators import Site

BUILDS = ("cold", "nochange", "text", "again", "title", "stylesheet", "template")  # again: one more text
FOR_OTHERS = ("cold", "nochange", "text", "title", "template")
BASE = "hugo"
_PAGE = "More evidence has come from {mark}."


class Wrong(Exception):
    """A build that failed, or a site that is not what it should be."""


@dataclass(slots=True)
class Measured:
    """One build: seconds of wall and CPU, the largest process in MB, and the share of the machine others used."""

    wall: float
    cpu: float
    peak: float
    others: float


# --- measuring -------------------------------------------------------------------------------------------


def _busy() -> float:
    """Seconds that all processors together have worked since the machine started."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(n) for n in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def wait_quiet(limit: float) -> None:
    """Wait until others leave the processors alone, ``limit`` seconds at most."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        busy, start = _busy(), time.monotonic()
        time.sleep(0.4)
        if (_busy() - busy) / (time.monotonic() - start) / (os.cpu_count() or 1) < 0.15:
            return


def timed(site: Site, limit: float) -> Measured:
    """Run one build. Raises Wrong where it fails, or takes longer than ``limit`` seconds."""
    with tempfile.TemporaryFile() as said:
        busy, start = _busy(), time.perf_counter()
        child = subprocess.Popen(
            site.build,
            cwd=site.folder,
            env={**os.environ, **site.environment},
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        clock = threading.Timer(limit, child.kill)
        clock.start()
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        clock.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")[-2000:]
            if wall >= limit:
                raise Wrong(f"took longer than {limit:.0f} s")
            raise Wrong(f"ended with {child.returncode}:\n{text}")
    cpu = used.ru_utime + used.ru_stime
    others = max(0.0, _busy() - busy - cpu) / wall / (os.cpu_count() or 1)
    return Measured(wall, cpu, used.ru_maxrss / 1024, others)


def run(site: Site, what: str, mark: str, limit: float) -> Measured:
    """Make the edit, build, and look at the pages."""
    if what == "cold":
        _aside(site)
    elif what != "nochange":
        edit(site, what, mark)
    measured = timed(site, limit)
    check(site, what, mark)
    return measured


def edit(site: Site, what: str, mark: str) -> None:
    path = site.path(site.edited)
    if what in {"text", "again"}:
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("## What must change\n", f"{_PAGE.format(mark=mark)}\n\n## What must change\n", 1),
            encoding="utf-8",
        )
    elif what == "title":
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^(title: ).*$", rf"\1Renamed {mark}", text, count=1, flags=re.MULTILINE | re.IGNORECASE)
        path.write_text(text, encoding="utf-8")
    else:
        file = site.folder / site.files[what]
        text = file.read_text(encoding="utf-8")
        if what == "stylesheet":
            text = f"{text}\n/* {mark} */\n"
        else:
            text = text.replace("</body>", f"<p hidden>{mark}</p>\n</body>")
        file.write_text(text, encoding="utf-8")


def _aside(site: Site) -> None:
    """Out of the way, not deleted: a file system is slow for a while after thousands of files were deleted."""
    for name in (site.output, *site.caches):
        if (site.folder / name).exists():
            (site.folder / name).rename(site.folder.parent / f"old-{site.name}-{name.strip('.')}-{time.time_ns()}")


def check(site: Site, what: str, mark: str) -> None:
    """Every page is there and whole, the edit shows, and nothing shows what was before it."""
    output = site.folder / site.output
    page = site.page(site.edited).read_text(encoding="utf-8")
    wrong = []
    if what == "cold":
        pages = sum(name.endswith(".html") for _, _, names in os.walk(output) for name in names)
        tags = len(corpus.TAGS) if site.count >= 500 else 0  # in few motions not every tag is used
        if pages < site.count + corpus.CONFERENCES + tags + 1:
            wrong.append(f"only {pages} pages")
        page = site.page(35).read_text(encoding="utf-8")  # it has a table and a footnote
        wrong += [f"no {part}" for part in ("<table", "<li", "<nav", "</html>", "<em>", "<strong>") if part not in page]
    elif what in {"text", "again", "template"} and mark not in page:
        wrong.append("the edit does not show")
    elif what == "template" and mark not in site.page(0).read_text(encoding="utf-8"):
        wrong.append("another page is of the old template")
    elif what == "stylesheet" and not any(mark in f.read_text(encoding="utf-8") for f in output.rglob("site*.css")):
        wrong.append("the style sheet is the old one")
    elif what == "title":
        motion = corpus.motion_at(site.edited, site.count)
        listings = corpus.listing_files(site.name, motion)
        wrong += [
            f"{name} shows the old title"
            for name in listings
            if f"Renamed {mark}" not in (output / name).read_text(encoding="utf-8")
        ]
    if wrong:
        raise Wrong(", ".join(wrong))


# --- the server ------------------------------------------------------------------------------------------


def served(site: Site, rounds: int) -> list[float]:
    """Seconds from a saved edit to the page that shows it, one for each round."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [part.format(port=port) for part in site.serve]
    page = corpus.page_file(site.name, site.edited, site.count).removesuffix("index.html")
    address = f"http://127.0.0.1:{port}/{page}"
    with _running(command, site):
        _until(address, "<html", 180)
        time.sleep(1)
        return [_edit_to_page(site, address, f"served-{n}-{time.time_ns() % 10**6}") for n in range(rounds)]


def _edit_to_page(site: Site, address: str, mark: str) -> float:
    edit(site, "text", mark)
    start = time.perf_counter()
    _until(address, mark, 60)
    seconds = time.perf_counter() - start
    time.sleep(1)
    return seconds


@contextlib.contextmanager
def _running(command: list[str], site: Site) -> Iterator[None]:
    child = subprocess.Popen(
        command,
        cwd=site.folder,
        env={**os.environ, **site.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(10)
        child.kill()
        child.wait()


def _until(address: str, wanted: str, limit: float) -> None:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if wanted in urllib.request.urlopen(address, timeout=10).read().decode(errors="replace"):
                return
        time.sleep(0.01)
    raise Wrong(f"{address} never showed {wanted}")


# --- the table -------------------------------------------------------------------------------------------

Found = dict[str, dict[str, list[Measured]]]  # by generator and build


def table(found: Found, served_in: dict[str, list[float]], count: int, left_out: list[str]) -> str:
    """Medians, and ratios as the median of the ratios round by round; what could not be measured stands below."""
    rounds = max(len(rows) for rows in found["toolkit"].values())
    lines = [
        f"{count} motions, medians of {rounds} rounds; `others` is what somebody else used of the machine",
        "",
        "| build | generator | wall s | CPU s | peak MB | wall x Hugo | CPU x Hugo | others |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for what in BUILDS:
        for name, builds in found.items():
            if rows := builds.get(what):
                lines.append(_row(what, name, rows, found.get(BASE, {}).get(what, [])))
    for name, seconds in served_in.items():
        wall = statistics.median(seconds)
        ratio = f"{wall / statistics.median(served_in[BASE]):.2f}" if BASE in served_in else ""
        lines.append(f"| edit to page, served | {name} | {wall:.2f} | | | {ratio} | | |")
    return "\n".join([*lines, *(f"\nNot measured: {each}" for each in left_out)])


def _row(what: str, name: str, rows: list[Measured], base: list[Measured]) -> str:
    pairs = list(zip(rows, base, strict=False))
    ratios = [f"{statistics.median(get(a) / get(b) for a, b in pairs):.2f}" if pairs else "" for get in (_wall, _cpu)]
    cells = [
        what,
        name,
        f"{_median(rows, _wall):.2f}",
        f"{_median(rows, _cpu):.2f}",
        f"{_median(rows, _peak):.0f}",
        *ratios,
        f"{_median(rows, _others):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _wall(measured: Measured) -> float:
    return measured.wall


def _cpu(measured: Measured) -> float:
    return measured.cpu


def _peak(measured: Measured) -> float:
    return measured.peak


def _others(measured: Measured) -> float:
    return measured.others


def _median(rows: list[Measured], get: Callable[[Measured], float]) -> float:
    return statistics.median(map(get, rows))


def sites(asked: argparse.Namespace, work: Path, left_out: list[str]) -> list[Site]:
    """Ours, Hugo's, and those of the other generators that can be installed."""
    made = [generators.toolkit(work, asked.count)]
    others = [] if asked.others == "none" else asked.others.split(",")
    for name in [BASE, *others]:
        try:
            made.append(generators.peer(name, work, asked.count, asked.cache))
        except generators.NotInstalled as problem:
            left_out.append(f"{name} cannot be installed here: {problem}")
            print(left_out[-1], file=sys.stderr, flush=True)
    return made


def measure(asked: argparse.Namespace, running: list[Site], left_out: list[str]) -> Found:
    """All rounds of all builds. A generator other than ours that fails is left out from there on."""
    found: Found = {site.name: {} for site in running}
    for number in range(asked.rounds):
        for what in asked.builds.split(","):
            for site in list(running if number % 2 == 0 else running[::-1]):
                if site.name not in ("toolkit", BASE) and what not in FOR_OTHERS:
                    continue
                wait_quiet(asked.quiet_wait)
                try:
                    measured = run(site, what, f"mark-{number}-{time.time_ns() % 10**8}", asked.limit)
                except (Wrong, OSError) as problem:
                    if site.name in ("toolkit", BASE):
                        raise SystemExit(f"{site.name}, {what}: {problem}") from None
                    left_out.append(f"{site.name}, {what} and what comes after it: {problem}")
                    print(left_out[-1], file=sys.stderr, flush=True)
                    running.remove(site)
                    continue
                found[site.name].setdefault(what, []).append(measured)
                _note(asked.json, site.name, asked.count, what, measured)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--builds", default=",".join(BUILDS), help="which builds, in this order")
    parser.add_argument("--no-serve", action="store_true")
    parser.add_argument("--quiet-wait", type=float, default=15, help="seconds to wait for idle processors")
    parser.add_argument("--limit", type=float, default=900, help="seconds that one build may take")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "toolkit-bench")
    parser.add_argument("--work", type=Path, help="where the sites are made (a new temporary folder)")
    parser.add_argument("--json", type=Path, help="append every measurement to this file")
    everybody = ",".join(name for name in generators.PEERS if name != BASE)
    parser.add_argument("--others", default=everybody, help=f"generators beside Hugo, or none ({everybody})")
    asked = parser.parse_args()
    if unknown := {*asked.others.split(",")} - {*generators.PEERS, "none"}:
        parser.error(f"no such generator: {', '.join(sorted(unknown))}")
    left_out: list[str] = []
    with contextlib.ExitStack() as stack:
        work = asked.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="toolkit-bench-")))
        work.mkdir(parents=True, exist_ok=True)
        running = sites(asked, work, left_out)
        time.sleep(2)  # where files are younger, the build after the first one reads all of them again, once
        found = measure(asked, running, left_out)
        with_server = [] if asked.no_serve else [site for site in running if site.serve]
        served_in = {site.name: served(site, asked.rounds) for site in with_server}
        print(table(found, served_in, asked.count, left_out))


def _note(file: Path | None, name: str, count: int, what: str, measured: Measured) -> None:
    row = {"generator": name, "count": count, "build": what, **asdict(measured)}
    print(
        f"{name:8} {what:10} wall {measured.wall:6.2f}  cpu {measured.cpu:6.2f}  {measured.peak:5.0f} MB  "
        f"others {measured.others:.2f}",
        file=sys.stderr,
        flush=True,
    )
    if file:
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
