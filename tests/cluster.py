"""A number of workers in; a real Dask scheduler and those worker processes, on this computer, out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _wait_for(process: subprocess.Popen[str], pattern: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if match := re.search(pattern, line):
            return match[1] if match.groups() else match[0]
    raise AssertionError(f"{process.args} ended without saying {pattern}")


@contextmanager
def running(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The scheduler's address; its process, then the workers', each with one thread."""
    processes = [_start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")]
    try:
        address = _wait_for(processes[0], r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
        for _ in range(workers):
            processes.append(
                _start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
            )
            _wait_for(processes[-1], r"Registered to")
        yield address, processes
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait(10)
            if process.stderr:
                process.stderr.close()
