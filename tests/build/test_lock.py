"""One build at a time: the second waits and is told for whom, or gives up with a sentence; no lock is ever stale."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from toolkit_builder.build.lock import UNKNOWN, Holder, Locked, hold, holder_of

from .fake import Site, expected

TEXTS = {"index.html": "home"}


def test_the_second_build_waits_and_learns_who_holds_the_project(site: Site) -> None:
    waited: list[Holder] = []
    entered = threading.Event()
    told = threading.Event()

    def first() -> None:
        with hold(site.folder):
            entered.set()
            told.wait(10)

    def on_wait(holder: Holder) -> None:
        waited.append(holder)
        told.set()

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(10)
    site.built(TEXTS, on_wait=on_wait)
    thread.join()
    assert [h.pid for h in waited] == [os.getpid()]
    assert f"process {os.getpid()}" in waited[0].sentence()
    assert site.files() == expected(TEXTS)


def test_a_build_that_waited_too_long_says_for_whom(site: Site) -> None:
    with hold(site.folder):
        report = site.build(TEXTS, lock_timeout=0.1)
    assert report.exit_code == 1
    (found,) = report.diagnostics
    assert found.code == "B302"
    assert "another build of this project is running" in found.message
    site.built(TEXTS)


def test_the_caller_may_hold_the_lock_itself(site: Site) -> None:
    with hold(site.folder):
        site.built(TEXTS, locked=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"nonsense": true}', "\xff"])
def test_a_damaged_note_of_the_holder_is_nobody(site: Site, text: str) -> None:
    with hold(site.folder):
        (site.folder / ".toolkit" / "lock.json").write_text(text, "latin-1")
        assert holder_of(site.folder) == UNKNOWN
        with pytest.raises(Locked, match="another build of this project is running"), hold(site.folder, timeout=0):
            pass


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_the_lock_of_a_killed_build_is_free(site: Site) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom toolkit_builder.build.lock import hold\n"
        "with hold(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code, str(site.folder)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert holder_of(site.folder).pid > 0, "its note is still there, and must not matter"
    site.built(TEXTS, lock_timeout=0)


def test_two_builds_at_once_leave_one_whole_site(site: Site, tmp_path: Path) -> None:
    sites = [{f"{n}.html": f"{who} {n}" for n in range(50)} for who in ("one", "two")]
    root = str(Path(__file__).parents[2])
    processes = []
    for who, texts in enumerate(sites):
        file = tmp_path / f"{who}.json"
        file.write_text(json.dumps(texts))
        command = [sys.executable, "-m", "tests.build.crash", str(site.folder), str(file), ""]
        environment = {**os.environ, "PYTHONPATH": root}
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
    for process in processes:
        out, _ = process.communicate(timeout=60)
        assert out.split() == ["ready", "0"]
    assert site.files() in [expected(texts) for texts in sites]
