"""The address of a Dask scheduler comes in; an executor for `engine.Options` goes out (extra ``cluster``).

A worker needs nothing but this package, in this version. Payloads travel by value; what all tasks share (the theme)
travels once to each worker. The scheduler gives the tasks of a lost worker to another one.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import toolkit_builder
from toolkit_builder.build.digests import digest

_RETRIES = 3


class ClusterError(Exception):
    """Why the cluster cannot be used, as one plain sentence."""


class ClusterExecutor(Executor):
    """`concurrent.futures.Executor` over a Dask client. ``workers`` is the number of threads in the cluster."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False, retries=_RETRIES)
        self.workers = sum(client.nthreads().values())

    def share(self, value: Any) -> Any:
        """A handle to a value that many tasks are handed. A worker that is lost takes no value with it."""
        data = pickle.dumps(value, protocol=5)
        return self._client.submit(_held, data, key=f"toolkit-{digest(data)}", retries=_RETRIES)

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        handle, *rest = args if args else (None,)
        result: Future[Any] = self._inner.submit(_call, handle, pickle.dumps((function, rest, kwargs), protocol=5))
        return result

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._inner.shutdown(wait=wait and not cancel_futures)


def _held(data: bytes) -> bytes:
    return data


@lru_cache(maxsize=8)
def _unpacked(data: bytes) -> Any:
    return pickle.loads(data)


def _call(shared: Any, work: bytes) -> Any:
    """In a worker: what `ClusterExecutor.submit` has packed."""
    function, rest, kwargs = pickle.loads(work)
    return function(_unpacked(shared) if isinstance(shared, bytes) else shared, *rest, **kwargs)


def _version() -> str:
    return toolkit_builder.__version__


@contextmanager
def connect(address: str, *, timeout: float = 10.0) -> Iterator[ClusterExecutor]:
    """An executor on the cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    Raises ClusterError where there is no such scheduler, no worker within ``timeout`` seconds, or a worker with
    another version of this package (its bytes might differ).
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "the executor 'dask' needs the extra package: pip install 'toolkit-builder[cluster]'"
        ) from None
    try:
        make: Any = Client  # has no types of its own
        client = make(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise ClusterError(f"no Dask scheduler answers at {address}: {problem}") from None
    try:
        try:
            client.wait_for_workers(1, timeout=timeout)
        except TimeoutError:
            raise ClusterError(f"the Dask scheduler at {address} has no workers") from None
        versions = client.run(_version, on_error="return")
        for worker, version in sorted(versions.items()):
            if version != toolkit_builder.__version__:
                raise ClusterError(
                    f"the worker {worker} has toolkit-builder {version}, and this is {toolkit_builder.__version__}"
                )
        yield ClusterExecutor(client)
    finally:
        client.close(timeout=timeout)
