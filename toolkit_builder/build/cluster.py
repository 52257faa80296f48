"""The address of a Dask scheduler comes in; an executor for `engine.Options` goes out (extra ``cluster``).

A worker needs nothing but this package, in this version. Payloads travel by value; what all tasks share (the theme)
travels once to each worker. The scheduler gives the tasks of a lost worker to another one; where nobody is left to
work, the build ends with a sentence.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import toolkit_builder
from toolkit_builder.build.digests import digest
from toolkit_builder.build.workers import ExecutorGone

_RETRIES = 3
_LOOK_EVERY = 0.5  # seconds


class ClusterError(ExecutorGone):
    """Why the cluster cannot be used, or no longer, as one plain sentence."""


class ClusterExecutor(Executor):
    """`concurrent.futures.Executor` over a Dask client. ``workers`` is the number of threads in the cluster.

    A scheduler that goes away, or a cluster that has had no worker for ``patience`` seconds, ends every task that
    is under way, and every later one, with ClusterError.
    """

    def __init__(self, client: Any, patience: float = 60.0) -> None:
        self._client = client
        self._address = str(client.scheduler.address)
        self._patience = patience
        self._waiting: dict[Future[Any], Any] = {}
        self._gone = ""
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self.workers = sum(client.nthreads().values())
        threading.Thread(target=self._watch, daemon=True).start()

    def share(self, value: Any) -> Any:
        """A handle to a value that many tasks are handed. A worker that is lost takes no value with it."""
        data = pickle.dumps(value, protocol=5)
        return self._asked(_held, data, key=f"toolkit-{digest(data)}")

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        handle, *rest = args if args else (None,)
        work = pickle.dumps((function, rest, kwargs), protocol=5)
        result: Future[Any] = Future()
        with self._lock:
            inner = self._asked(_call, handle, work, pure=False)
            self._waiting[result] = inner  # a task that nobody holds is forgotten by the scheduler
        result.add_done_callback(lambda done: self._waiting.pop(done, None))
        inner.add_done_callback(partial(_hand_over, result))
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._closed.set()
        if cancel_futures:
            for future in list(self._waiting):
                future.cancel()

    def _asked(self, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if self._gone:
            raise ClusterError(self._gone)
        try:
            return self._client.submit(function, *args, retries=_RETRIES, **options)
        except Exception as problem:
            raise ClusterError(self._lost_scheduler(problem)) from None

    def _lost_scheduler(self, problem: object = "") -> str:
        return f"the Dask scheduler at {self._address} has gone away{f': {problem}' if problem else ''}"

    def _watch(self) -> None:
        """Look every now and then whether somebody still works for us."""
        seen = time.monotonic()
        while not self._closed.wait(_LOOK_EVERY):
            with contextlib.suppress(Exception):  # of a link that breaks: the status says it, now or the next time
                if self._client.nthreads():
                    seen = time.monotonic()
            if self._client.status != "running":
                self._end(self._lost_scheduler())
                return
            if (alone := time.monotonic() - seen) > self._patience:
                self._end(f"the cluster at {self._address} has had no worker for {alone:.0f} seconds")
                return

    def _end(self, why: str) -> None:
        with self._lock:
            self._gone = why
        for future in list(self._waiting):
            with contextlib.suppress(InvalidStateError):
                future.set_exception(ClusterError(why))


def _hand_over(result: Future[Any], inner: Any) -> None:
    """What became of a task of the cluster; one that is cancelled there is ended by whoever watches it."""
    with contextlib.suppress(InvalidStateError):
        if inner.status == "finished":
            result.set_result(inner.result())
        elif inner.status == "error":
            result.set_exception(inner.exception())


def _held(data: bytes) -> bytes:
    return data


@lru_cache(maxsize=8)
def _unpacked(data: bytes) -> Any:
    return pickle.loads(data)


def _call(shared: Any, work: bytes) -> Any:
    """In a worker: what `ClusterExecutor.submit` has packed."""
    function, rest, kwargs = pickle.loads(work)
    return function(_unpacked(shared) if isinstance(shared, bytes) else shared, *rest, **kwargs)


def version() -> dict[str, str]:
    """What must be the same here and on a worker, by name."""
    return {"toolkit-builder": toolkit_builder.__version__}


@contextmanager
def connect(
    address: str,
    *,
    timeout: float = 10.0,
    patience: float = 60.0,
    made_with: Callable[[], Mapping[str, str]] = version,
) -> Iterator[ClusterExecutor]:
    """An executor on the cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    ``made_with``, importable by name, says what the bytes depend on; it is asked here and on every worker. Raises
    ClusterError where there is no such scheduler, no worker within ``timeout`` seconds, or a worker that has
    something else, or cannot say; later where the scheduler goes, or there is no worker for ``patience`` seconds.
    """
    if not re.fullmatch(r"(?:tcp|tls)://[^\s/:]+:\d{1,5}|(?:tcp|tls)://\[[0-9a-fA-F:]+\]:\d{1,5}", address):
        raise ClusterError(f"'{address}' is not the address of a Dask scheduler, such as tcp://HOST:8786")
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "the executor 'dask' needs the extra package: pip install 'toolkit-builder[cluster]'"
        ) from None
    _silence()
    try:
        make: Any = Client  # has no types of its own
        client = make(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ClusterError(f"no Dask scheduler answers at {address}: {problem}") from None
    executor = None
    try:
        try:
            client.wait_for_workers(1, timeout=timeout)
        except TimeoutError:
            raise ClusterError(f"the Dask scheduler at {address} has no workers") from None
        _compare(made_with(), client.run(made_with, on_error="return"))
        executor = ClusterExecutor(client, patience)
        yield executor
    finally:
        if executor:
            executor.shutdown()
        with contextlib.suppress(Exception):  # a scheduler that is gone says no farewell
            client.close(timeout=timeout)


def _silence() -> None:
    """What goes wrong is said here, in a sentence; these, some with levels of their own, would add tracebacks."""
    for name in ("distributed", "tornado", "asyncio", *logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in {"distributed", "tornado", "asyncio"}:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _compare(here: Mapping[str, str], there: Mapping[str, Any]) -> None:
    """Raises ClusterError where a worker would make other bytes."""
    for worker, found in sorted(there.items()):
        if not isinstance(found, Mapping):
            raise ClusterError(f"the worker {worker} cannot run toolkit-builder {toolkit_builder.__version__}: {found}")
        for name, wanted in here.items():
            if found.get(name) != wanted:
                has = f"has {name} {found[name]}" if found.get(name) else f"has no {name}"
                raise ClusterError(f"the worker {worker} {has}, and this is {wanted}; install the same on both")
