"""Whatever the moment at which a build is killed, ``output/`` is one whole site, and the next build succeeds."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .fake import Site, contents, expected

pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL")

STEPS = ["begin", "forgotten", "prepared", "flushed", "placed", "saved", "exchanged"]

BEFORE = {"index.html": "old home", "gone/index.html": "gone", "same/index.html": "same", "a.pdf": "old print"}
AFTER = {"index.html": "new home", "new/index.html": "new", "same/index.html": "same", "a.pdf": "new print"}


def start(site: Site, texts: dict[str, str], step: str = "", *more: str) -> subprocess.Popen[str]:
    file = site.folder.parent / "texts.json"
    file.write_text(json.dumps(texts))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.build.crash", str(site.folder), str(file), step, *more],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> int:
    with process:
        process.communicate(timeout=60)
    return process.returncode


def litter(site: Site) -> list[str]:
    """Files and folders that nothing needs."""
    beside = {p.name for p in site.folder.iterdir()} - {"output", ".toolkit"}
    odd = {p.name for p in site.folder.rglob("*") if "toolkit-new" in p.name or p.name.endswith(".new")}
    kept = {p.name for p in site.state.iterdir()}
    tables = sum(name.startswith("tree-rows-") for name in kept)
    trees = sum(name.startswith("tree-") for name in kept) - tables
    expected_names = {"standby", "explain.db", "explain.db-wal", "explain.db-shm"}
    strange = {n for n in kept - expected_names if not n.startswith("tree-")}
    return sorted(beside | odd | strange | ({f"{trees} trees, {tables} tables"} if max(trees, tables) > 2 else set()))


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_of_an_update(site: Site, step: str) -> None:
    for texts in (BEFORE, {**BEFORE, "index.html": "older"}, BEFORE):
        site.built(texts)
    assert finish(start(site, AFTER, step)) == -signal.SIGKILL
    assert site.files() == (expected(AFTER) if step == "exchanged" else expected(BEFORE))
    site.built(AFTER)
    assert site.files() == expected(AFTER)
    assert litter(site) == []


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_of_the_first_build(site: Site, step: str) -> None:
    site.output.mkdir()
    (site.output / ".gitkeep").touch()
    assert finish(start(site, AFTER, step)) == -signal.SIGKILL
    site.built(BEFORE)
    assert site.files() == {".gitkeep": b"", **expected(BEFORE)}
    assert litter(site) == []


@pytest.mark.parametrize("step", [*STEPS, "one rename", "one rename:2", "two renames"])
def test_killed_where_exchanging_takes_two_renames(site: Site, step: str) -> None:
    site.built(BEFORE)
    site.built({**BEFORE, "index.html": "older"})
    site.built(BEFORE)
    assert finish(start(site, AFTER, step, "two-renames")) == -signal.SIGKILL
    if step != "one rename":
        late = step in {"exchanged", "two renames", "one rename:2"}
        assert site.files() == (expected(AFTER) if late else expected(BEFORE))
    report = site.built(AFTER)
    assert site.files() == expected(AFTER)
    assert litter(site) == []
    if step == "one rename":
        assert report.rendered == {}, "the new site was whole: it has only to be put into its place"


FOLLOWING = ["begin:2", "forgotten:2", "a link", "a link:2", "a helper's link", "followed", "followed and saved"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked on Linux only")
@pytest.mark.parametrize("step", FOLLOWING)
@pytest.mark.parametrize("who", ["follow", "follow-alone"])
@pytest.mark.parametrize("first", [True, False], ids=["first build", "update"])
def test_killed_while_another_process_sees_to_the_standby_tree(site: Site, step: str, who: str, first: bool) -> None:
    """The site is published by then. It may hit the build, which takes that process with it, or that process alone."""
    if not first:
        for texts in (BEFORE, {**BEFORE, "index.html": "older"}, BEFORE):
            site.built(texts)
    code = finish(start(site, AFTER, step, who))
    assert code == (-signal.SIGKILL if who == "follow" else 0)
    assert site.files() == expected(AFTER)
    assert _wait_for(lambda: not _of(site)), "it has gone with the build"
    for texts in (BEFORE, AFTER):
        site.built(texts)
        assert site.files() == expected(texts)
    assert litter(site) == []


def _of(site: Site) -> list[str]:
    """Processes that have the site's lock open."""
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            found += [str(link)] if os.readlink(link) == str(site.folder / ".toolkit" / "lock") else []
        except OSError:
            continue
    return found


@pytest.mark.parametrize("step", [*STEPS[:-1], "a file is gone", "a file is gone:3", "all is gone", "exchanged"])
def test_killed_where_a_folder_of_a_lower_layer_is_emptied(site: Site, step: str) -> None:
    """The one place where a kill can leave less than a whole site (docs/reliability.md): the next build mends it."""
    for texts in (BEFORE, {**BEFORE, "index.html": "older"}, BEFORE):
        site.built(texts)
    assert finish(start(site, AFTER, step, "layers")) == -signal.SIGKILL
    if step in STEPS:
        assert site.files() == (expected(AFTER) if step == "exchanged" else expected(BEFORE))
    site.built(AFTER)
    assert site.files() == expected(AFTER)
    assert litter(site) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_200_random_moments(site: Site) -> None:
    """An update of 300 pages takes some 60 ms; kills fall anywhere from its start to after its end."""
    chance = random.Random(7)
    sites = [
        {f"m/{n}/index.html": f"{generation} {n if n % 3 else 0}" for n in range(0, 300, 1 + generation % 2)}
        for generation in range(4)
    ]
    whole = [expected(texts) for texts in sites]
    site.built(sites[0])
    now = 0
    killed = 0
    for _ in range(200):
        following = chance.choice([g for g in range(4) if g != now])
        process = start(site, sites[following])
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        killed += finish(process) != 0
        stands = contents(site.output)
        assert stands in (whole[now], whole[following])
        now = now if stands == whole[now] else following
        if chance.random() < 0.2:
            now = chance.randrange(4)
            site.built(sites[now])
            assert site.files() == whole[now]
    site.built(sites[0])
    assert site.files() == whole[0]
    assert litter(site) == []
    assert killed >= 100
    print(f"counted: {killed} of 200 builds killed at random moments, never a torn site")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
def test_workers_do_not_outlive_a_killed_build(site: Site) -> None:
    """Not even those that are in the midst of a call into C, where no Python thread gets a turn."""
    texts = {f"{n}.html": str(n) for n in range(400)}
    file = site.folder.parent / "texts.json"
    file.write_text(json.dumps(texts))
    code = (
        "import ctypes, json, sys\nfrom pathlib import Path\nfrom tests.build.fake import Chain, Site\n"
        "class Slow(Chain):\n"
        "    def page(self, payload):\n        ctypes.PyDLL(None).sleep(60)\n"
        "Site(Path(sys.argv[1]), Slow()).build(json.loads(Path(sys.argv[2]).read_text()), workers=2)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(site.folder), str(file)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        start_new_session=True,
    )
    try:
        assert _wait_for(lambda: len(_group(process.pid)) == 3)
        process.kill()
        process.wait()
        assert _wait_for(lambda: not _group(process.pid))
    finally:
        process.kill()
        process.wait()


def _group(leader: int) -> list[int]:
    """Processes of a group that are alive, from /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def _wait_for(condition: object) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False
