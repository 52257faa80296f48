"""A number of workers in; a real Dask scheduler and those worker processes, on this computer, out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE = 120.0  # seconds for a process to start


def _start(pattern: str, *arguments: str, **environment: str) -> tuple[subprocess.Popen[str], str]:
    """A process, and what the first group of the pattern has found in its log.

    The log is a file: who loses a worker has much to say, and stands still when nobody empties a pipe.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
            env={**os.environ, **environment},
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        deadline = time.monotonic() + _PATIENCE
        while True:
            said = os.pread(log.fileno(), 1_000_000, 0).decode("utf-8", "replace")
            if match := re.search(pattern, said):
                return process, match[1]
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                process.wait(10)
                raise AssertionError(f"{process.args} did not say {pattern}: {said}")
            time.sleep(0.02)


def worker(address: str, **environment: str) -> subprocess.Popen[str]:
    """One more worker for a scheduler; its process, once it is registered."""
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    process, _ = _start(r"(Registered to)", "dask_worker", address, *options, **environment)
    return process


@contextmanager
def running(workers: int, **environment: str) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The scheduler's address; its process, then the workers', each with one thread and in this environment."""
    options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    scheduler, address = _start(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)", "dask_scheduler", *options)
    processes = [scheduler]
    try:
        for _ in range(workers):
            processes.append(worker(address, **environment))
        yield address, processes
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait(10)
