"""However the command is started and stopped, it builds or ends with one sentence: streams closed, signals, Ctrl-C."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from tests.driver import COMMAND, SiteTest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")

FORKS = """\
from toolkit_builder.build import glance, twin
from toolkit_builder import rehearsal
glance._FEW = twin._MANY = rehearsal.MANY = 0
twin.processors = lambda: 2
glance._can_fork = lambda: True
"""
"""Even the smallest site is looked at, rendered and linked by other processes."""
RUN = "from toolkit_builder.__main__ import main\nmain()\n"


def run(site: SiteTest, code: str, more: str = "") -> subprocess.CompletedProcess[str]:
    """Build with a program that does something before `main`, in a shell that is told something ``more``."""
    command = shlex.join([sys.executable, "-c", code + RUN, "build", "-j", "2"])
    return subprocess.run(
        ["/bin/sh", "-c", f"{command} {more}"],
        cwd=site.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def edited(site: SiteTest, text: str) -> SiteTest:
    return site.content(**{"news/a.md": f"---\ntitle: A\ndate: 2020-06-01\n---\n\n{text}\n"})


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_with_streams_closed_it_builds_all_the_same(site: SiteTest, closed: str) -> None:
    for text in ("First.", "Second.", "Second."):
        done = run(edited(site, text), FORKS, closed)
        assert (done.returncode, done.stderr) == (0, "")
        assert text in site.text("news/a/index.html")


def test_whoever_ignores_the_end_of_children_gets_a_site(site: SiteTest) -> None:
    ignoring = "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
    for text in ("First.", "Second.", "Second."):
        done = run(edited(site, text), FORKS + ignoring)
        assert (done.returncode, done.stderr) == (0, "")
        assert text in site.text("news/a/index.html")


@pytest.mark.parametrize("where", ["quick.answer", "cli.run"])
def test_ctrl_c_before_there_is_anything_to_stop_is_one_sentence(site: SiteTest, where: str) -> None:
    stopping = (
        "import os, signal\nfrom toolkit_builder import cli, quick\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"{where} = lambda *words: os.kill(os.getpid(), signal.SIGINT)\n"
    )
    done = run(site, stopping)
    assert (done.returncode, done.stderr) == (130, "Stopped; the last good site is still in place.\n")


@pytest.mark.parametrize(("when", "said"), [("before", "stopped\n"), ("after_in_child", "went on 7\n")])
def test_ctrl_c_in_the_midst_of_a_fork_is_neither_lost_nor_felt_twice(when: str, said: str) -> None:
    code = f"""\
import os, signal
from toolkit_builder.build.workers import forked
signal.signal(signal.SIGINT, signal.default_int_handler)
os.register_at_fork({when}=lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    if (child := forked()) == 0:
        os._exit(7)
    print("went on", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
except KeyboardInterrupt:
    print("stopped")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other file systems have no such names")
def test_names_that_are_no_text_are_no_fault(site: SiteTest) -> None:
    site.conference().motion("1")
    other = os.fsdecode(b"caf\xe9")
    for words in (["explain", other], ["amend", "\n"], ["print", " "]):
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=site.folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
        assert done.returncode in (1, 2), done.stderr
        assert "fault" not in done.stderr
    made = subprocess.run([*COMMAND, "init", other], cwd=site.folder, capture_output=True, timeout=60, check=False)
    assert made.returncode == 0, made.stderr
    assert (site.folder / other / "toolkit.yaml").is_file()
