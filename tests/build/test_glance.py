"""What differs from the record is found whoever looks: this process alone, or another one as well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit_builder.build import fastpath, glance
from toolkit_builder.build.engine import BuildReport, build, look
from toolkit_builder.build.glance import Glance
from toolkit_builder.build.guard import inspect
from toolkit_builder.build.manifest import identity, load_tree

from .fake import Site, expected, pages

TEXTS = {f"{n % 7}/{n}.html": str(n) for n in range(300)} | {"top.html": "top"}
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
needs_fork = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only where processes are forked")


def built(site: Site, texts: dict[str, str] = TEXTS) -> BuildReport:
    report = build(site.folder, site.output, pages(texts), {}, site.chain, site.with_inputs(settings="s"))
    assert report.published
    return report


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a few files are worth a second process."""
    monkeypatch.setattr(glance, "_FEW", 10)
    monkeypatch.setattr(glance, "_can_fork", lambda: True)


def glanced(site: Site) -> Glance:
    record = fastpath.read_record(str(site.state))
    assert record is not None
    found = Glance(str(site.output), record.files, record.folders, str(site.state))
    found.start()
    return found


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda p: None,
    "a file edited": lambda p: (p / "3/10.html").write_text("hand"),
    "a file touched": lambda p: os.utime(p / "top.html"),
    "a file removed": lambda p: (p / "6/6.html").unlink(),
    "a file made private": lambda p: (p / "0/0.html").chmod(0o600),
    "a folder in place of a file": lambda p: ((p / "0/0.html").unlink(), (p / "0/0.html").mkdir()),
    "a link in place of a file": lambda p: ((p / "0/0.html").unlink(), (p / "0/0.html").symlink_to("7.html")),
    "a foreign file": lambda p: (p / "5/foreign.txt").write_text("mine"),
    "a foreign file at the top": lambda p: (p / "foreign.txt").write_text("mine"),
    "a foreign folder": lambda p: (p / "2/foreign").mkdir(),
    "a folder renamed": lambda p: (p / "4").rename(p / "5/four"),
    "all files removed": lambda p: [f.unlink() for f in p.rglob("*.html")],
}


@needs_fork
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("change", CHANGES)
def test_two_processes_see_what_one_sees(site: Site, change: str) -> None:
    built(site)
    CHANGES[change](site.output)
    tree = load_tree(site.state, identity(site.output))
    alone = inspect(site.output, tree, set)
    found = glanced(site)
    found.go_on()
    seen = found.result()
    assert seen is not None
    together = inspect(site.output, tree, set, differing=seen)
    assert together.live.files == alone.live.files
    assert (together.touched, together.foreign, together.strangers) == (alone.touched, alone.foreign, alone.strangers)
    assert alone.touched is (change not in {"nothing", "a foreign folder"})


@needs_fork
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("change", [*CHANGES, "its state lost", "its state damaged"])
def test_the_other_process_sees_to_the_standby_tree(site: Site, change: str) -> None:
    for n in range(2):
        built(site, {**TEXTS, "top.html": str(n)})
    standby = site.state / "standby"
    state = site.state / f"tree-{identity(standby)}.json"
    seal = state.read_text().partition("\n")[0]
    if change == "its state lost":
        state.unlink()
    elif change == "its state damaged":
        state.write_text(state.read_text()[:-30])
    else:
        CHANGES[change](standby)
    found = glanced(site)
    found.go_on()
    assert found.result() is not None
    kept = {"nothing", "a file edited", "a file touched", "a file made private"}  # no folder tells of those
    assert found.standby == (seal if change in kept else "")


@needs_fork
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("change", CHANGES)
def test_a_build_that_has_looked_publishes_nothing_of_a_changed_standby_tree(site: Site, change: str) -> None:
    for n in range(2):
        built(site, {**TEXTS, "top.html": str(n)})
    CHANGES[change](site.state / "standby")
    before = looked(site)
    assert not before.unchanged("other settings", "")
    stock = look(site.folder, site.output, before)
    wanted = {**TEXTS, "top.html": "new"}
    assert build(site.folder, site.output, pages(wanted), {}, site.chain, site.with_inputs(), stock=stock).published
    assert site.files() == expected(wanted)


@needs_fork
@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("change", CHANGES)
def test_whether_files_differ_is_the_same_for_one_and_two(
    site: Site, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(site)
    CHANGES[change](site.output)
    together = glanced(site).files_differ()
    monkeypatch.setattr(glance, "_can_fork", lambda: False)
    assert glanced(site).files_differ() is together
    assert together is (change not in {"nothing", "a file made private"} and "foreign" not in change)


@needs_fork
@pytest.mark.usefixtures("forking")
def test_a_process_that_is_killed_has_seen_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    built(site)
    monkeypatch.setattr(Glance, "_take_pieces", lambda self: time.sleep(60))
    found = glanced(site)
    os.kill(found._child, signal.SIGKILL)
    found.go_on()
    assert found.result() is None
    monkeypatch.undo()


@needs_fork
@pytest.mark.usefixtures("forking")
def test_who_was_not_told_to_look_at_folders_has_no_result(site: Site) -> None:
    built(site)
    found = glanced(site)
    assert not found.files_differ()
    assert found.result() is None


@needs_fork
@pytest.mark.usefixtures("forking")
def test_where_no_process_can_be_had_one_sees_it_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    built(site)
    monkeypatch.setattr(os, "fork", none)
    before = len(os.listdir("/proc/self/fd"))
    assert not glanced(site).files_differ()
    (site.output / "3/10.html").write_text("hand")
    found = glanced(site)
    assert found.files_differ()
    found.go_on()
    assert found.result() is None
    found.end()
    assert len(os.listdir("/proc/self/fd")) == before


def looked(site: Site) -> fastpath.Looked:
    found = fastpath.look(str(site.folder), str(site.output))
    assert found is not None
    return found


@needs_fork
@pytest.mark.usefixtures("forking")
def test_what_was_seen_holds_only_until_somebody_builds(site: Site) -> None:
    built(site)
    before = looked(site)
    assert not before.unchanged("other settings", "")
    assert before.holds(str(site.output), {"content": "content"})
    assert not before.holds(str(site.folder / "other"), {"content": "content"})
    assert not before.holds(str(site.output), {"content": "elsewhere"})
    built(site, {**TEXTS, "top.html": "new"})
    assert not before.holds(str(site.output), {"content": "content"})
    stock = look(site.folder, site.output, before)
    assert stock is not None
    assert not stock.before.touched, "looked at again: what was seen is of another tree"
    before.files.end()


@needs_fork
@pytest.mark.usefixtures("forking")
def test_what_was_seen_is_taken_for_the_look_of_the_build(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    built(site)
    (site.output / "3/10.html").write_text("hand")
    before = looked(site)
    assert not before.unchanged("other settings", "")
    before.files.end()
    (site.output / "top.html").write_text("after it was seen")
    stock = look(site.folder, site.output, before)
    assert stock is not None
    assert TEXTS.keys() - stock.before.live.files.keys() == {"3/10.html"}
    assert stock.looked == before.at, "before anything is exchanged, it is looked at once more for what came since"


def test_nobody_waits_for_the_other_process(tmp_path: Path) -> None:
    """It keeps no pipe of its parent's open: who reads what a command prints sees its end at once."""
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("only where processes are forked")
    code = (
        "import os, time\nfrom toolkit_builder.build import glance\n"
        "glance._FEW, glance._can_fork = 0, lambda: True\n"
        "glance.Glance._take_pieces = lambda self: time.sleep(30)\n"
        f"found = glance.Glance({str(tmp_path)!r}, ['a', '1', '1', '1'], ['', '1'])\nfound.start()\n"
        "print(found._child, flush=True)\nos._exit(0)\n"
    )
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    os.kill(int(run.stdout), signal.SIGKILL)
    assert time.monotonic() - start < 25
