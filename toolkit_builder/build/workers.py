"""A function and tasks come in; results go out as they are ready, from worker processes, a cluster, or right here.

A worker that dies takes its task with it: what it had is done once more, task by task, in new workers, and a task
that kills its worker twice is reported as `Lost`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:  # what workers need is imported when there is work for them: most builds have little to do
    from concurrent.futures import Executor, Future, ProcessPoolExecutor

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_inherited: Any = None  # in a worker process: the value that all its tasks share


class ExecutorGone(Exception):
    """The executor that was given can do no more work; says why, in one plain sentence."""


class Lost(Struct, frozen=True):
    """In place of a result: the worker died, or the executor failed, twice."""

    reason: str


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def shared_value(handed: Any) -> Any:
    """In a worker: the shared value, whether it was handed over with the task or inherited."""
    return _inherited if handed is None else handed


class Workers:
    """Where tasks run: an executor that was given, else worker processes that are started when first needed.

    ``shared`` is handed to every task as first argument. Worker processes inherit it (nothing is pickled where
    they are forked); an executor with a ``share`` method (see `cluster`) is given it once; any other gets it
    with every task.
    """

    def __init__(self, executor: Executor | None, count: int, shared: Any) -> None:
        self.count = count if executor is None else int(getattr(executor, "workers", 0) or count)
        self._given = executor
        self._pool: ProcessPoolExecutor | None = None
        self._shared = shared
        self._handle: Any = None
        self._fork = can_fork()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    @property
    def started(self) -> bool:
        """Whether worker processes are there already, so that a few tasks more cost no start."""
        return self._pool is not None

    def run(self, function: Callable[[Any, Any], Any], tasks: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """``(task, function(shared, task))`` in the order of completion; a few tasks a worker are under way."""
        lost: list[Any] = []
        for again in (False, True):
            source, lost = (lost if again else tasks), []
            for task, result in self._run(function, source, 3 * self.count):
                if isinstance(result, Lost):
                    lost.append(task)
                else:
                    yield task, result
            if not lost:
                return
            self._stop()
        for task in lost:  # each alone, to know which one kills its worker
            for pair in self._run(function, [task], 1):
                if isinstance(pair[1], Lost):
                    self._stop()
                yield pair

    def _run(self, function: Callable[[Any, Any], Any], tasks: Iterable[Any], window: int) -> Iterator[tuple[Any, Any]]:
        from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait

        source = iter(tasks)
        under_way: dict[Future[Any], Any] = {}
        broken = False
        try:
            while True:
                while not broken and len(under_way) < window and (task := next(source, source)) is not source:
                    try:
                        under_way[self._submit(function, task)] = task
                    except BrokenExecutor as problem:
                        broken = True
                        yield task, Lost(str(problem))
                if not under_way:
                    break
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    broken = broken or _is_broken(future)
                    yield under_way.pop(future), _result_of(future)
            for task in source:  # only where the executor broke
                yield task, Lost("the executor broke")
        finally:
            for future in under_way:
                future.cancel()

    def _submit(self, function: Callable[[Any, Any], Any], task: Any) -> Future[Any]:
        if self._given is None:
            if self._pool is None:
                self._pool = _local_pool(self.count, self._shared, self._fork)
                with _undisturbed():  # that starts them
                    return self._pool.submit(function, None, task)
            return self._pool.submit(function, None, task)
        if self._handle is None:
            share = getattr(self._given, "share", None)
            self._handle = share(self._shared) if share else self._shared
        return self._given.submit(function, self._handle, task)

    def _stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _is_broken(future: Future[Any]) -> bool:
    from concurrent.futures import BrokenExecutor

    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)


def _result_of(future: Future[Any]) -> Any:
    from concurrent.futures import CancelledError

    try:
        return future.result()
    except ExecutorGone:
        raise
    except (Exception, CancelledError) as problem:
        # tasks catch their own exceptions: what arrives here is the executor's (a killed worker, a lost link)
        return Lost(f"{type(problem).__name__}: {problem}".rstrip(": "))


def can_fork() -> bool:
    """Whether worker processes may be forked: on Linux, while no other thread runs."""
    return sys.platform.startswith("linux") and threading.active_count() == 1


def forked() -> int:
    """`os.fork`, for a process that leaves it to its parent what Ctrl-C means. Raises OSError."""
    with _undisturbed():
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        elif signal.SIGINT in signal.sigpending():  # nobody will know of the child
            os.kill(child, signal.SIGKILL)
    return child


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C waits: what it raises in the midst of a fork is lost, or is raised in two processes."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _local_pool(count: int, shared: Any, fork: bool) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if fork else "spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(shared, os.getpid()))


def _start(shared: Any, parent: int) -> None:
    global _inherited
    _inherited = shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    gc.freeze()  # what was inherited lives as long as the worker: never walk (and so copy) it
    end_with_parent(parent)


def end_with_parent(parent: int) -> None:
    """Do not outlive a parent that was killed: nobody else would end this process, and it has the lock's file open."""
    if sys.platform.startswith("linux"):
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) == 0 and os.getppid() == parent:
                return
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    """Where there is no such system call, or the parent was gone before it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
