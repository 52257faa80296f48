"""A number of workers in; a real Dask scheduler and those worker processes, on this computer, out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        env={**os.environ, **environment},
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


def worker(address: str, **environment: str) -> subprocess.Popen[str]:
    """One more worker for a scheduler; its process, once it is registered."""
    process = _start(
        "dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", **environment
    )
    _wait_for(process, r"Registered to")
    return process


@contextmanager
def running(workers: int, **environment: str) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The scheduler's address; its process, then the workers', each with one thread and in this environment."""
    processes = [_start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")]
    try:
        address = _wait_for(processes[0], r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
        for _ in range(workers):
            processes.append(worker(address, **environment))
        yield address, processes
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait(10)
            if process.stderr:
                process.stderr.close()
