"""Keyed payloads of one pipeline stage come in; its JSON values go out, computed only where no build has before."""

from __future__ import annotations

import importlib
import json
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import compact_json, digest_of_value
from toolkit_builder.build.workers import Lost, Workers, processors, shared_value

if TYPE_CHECKING:
    from concurrent.futures import Executor

_WORTH_WORKERS = 64
_LARGEST_CHUNK = 64
_BATCH = 500  # rows written at once


class WithBlobs(Struct, frozen=True):
    """What a stage's function may return in place of a plain value: the value, and large texts or bytes beside it.

    The value speaks of them by digest (`cache.blob_of`); they are kept apart, so that a build that does not
    render them does not load them.
    """

    value: Any
    blobs: Mapping[str, bytes | str] = field(default_factory=dict)


class Imported(Struct, frozen=True):
    """A stage's function by its module and name: what it needs is imported when there is something to compute."""

    module: str
    name: str

    def load(self) -> Callable[[Any], Any]:
        found: Callable[[Any], Any] = getattr(importlib.import_module(self.module), self.name)
        return found

    def __call__(self, payload: Any) -> Any:
        return self.load()(payload)


Item: TypeAlias = "tuple[str, Any]"
_Computed: TypeAlias = "tuple[int, bytes, Mapping[str, bytes | str]]"  # place, JSON, blobs


class StageFault(Exception):
    """A stage's function raised. Its input is named; the traceback is in ``trace``."""

    def __init__(self, name: str, label: str, trace: str) -> None:
        last = trace.strip().splitlines()[-1] if trace.strip() else "no reason given"
        super().__init__(f"{name} of {label} failed inside the program: {last}")
        self.trace = trace


def stage(
    name: str,
    version: str,
    inputs: Sequence[Item],
    function: Callable[[Any], Any],
    store: Store,
    *,
    executor: Executor | None = None,
    workers: int = 0,
    labels: Sequence[str] = (),
) -> list[Any]:
    """``function(payload)`` for every ``(key, payload)``, in order.

    ``key`` is a digest of whatever the payload holds. A payload that is costly to get (a file's text) may be
    a function of no arguments; it is called only where the value is not in the store. ``function`` is
    importable by name, takes one plain payload, and returns a JSON value or `WithBlobs`; what a reader did
    wrong is part of that value (diagnostics as JSON), never an exception. ``version`` changes when the
    function does. ``labels`` name the inputs in a fault. Raises `StageFault`.
    """
    keys = [digest_of_value([name, version, key]) for key, _ in inputs]
    known = store.fragments(name, keys)
    values: list[Any] = [None] * len(inputs)
    missing: dict[str, list[int]] = {}
    for n, key in enumerate(keys):
        if key in known:
            values[n], names = known[key]
            if names:
                store.on_damaged_blob(names, _remaker(function, inputs[n][1]))
        else:
            missing.setdefault(key, []).append(n)
    first = [places[0] for places in missing.values()]
    batch: list[_Computed] = []
    for n, text, blobs in _computed(name, first, inputs, function, executor, workers, labels):
        if blobs:
            store.on_damaged_blob(blobs, _remaker(function, inputs[n][1]))
        value = json.loads(text)  # as a later build will see it: lists for tuples, texts for keys
        for place in missing[keys[n]]:
            values[place] = value
        batch.append((n, text, blobs))
        if len(batch) == _BATCH:
            _keep(store, name, keys, batch)
            batch = []
    _keep(store, name, keys, batch)
    return values


def _keep(store: Store, name: str, keys: Sequence[str], batch: Sequence[_Computed]) -> None:
    store.add_blobs({digest: blob for _, _, blobs in batch for digest, blob in blobs.items()})
    store.add_fragments(name, [(keys[n], text, sorted(blobs)) for n, text, blobs in batch])


def _payload(given: Any) -> Any:
    return given() if callable(given) else given


def _remaker(function: Callable[[Any], Any], given: Any) -> Callable[[], Mapping[str, bytes | str]]:
    def make() -> Mapping[str, bytes | str]:
        result = function(_payload(given))
        return result.blobs if isinstance(result, WithBlobs) else {}

    return make


def _computed(
    name: str,
    places: list[int],
    inputs: Sequence[Item],
    function: Callable[[Any], Any],
    executor: Executor | None,
    workers: int,
    labels: Sequence[str],
) -> Iterator[_Computed]:
    """In order of the inputs, so that the store's file does not depend on the workers either.

    Each comes out as soon as those before it have, so that few are held at once.
    """
    if places and isinstance(function, Imported):
        function.load()  # before worker processes are forked, so that they need not
    done: dict[int, _Computed] = {}
    waiting = iter(places)
    following = next(waiting, None)
    for computed, fault in _called(places, inputs, function, executor, workers or processors()):
        n = computed[0]
        if fault:
            raise StageFault(name, labels[n] if labels else inputs[n][0], fault)
        done[n] = computed
        while following in done:
            yield done.pop(following)
            following = next(waiting, None)


def _called(
    places: Sequence[int], inputs: Sequence[Item], function: Callable[[Any], Any], executor: Executor | None, count: int
) -> Iterator[tuple[_Computed, str]]:
    """What the function gives for each place, and its fault, in the order in which they are ready."""
    if executor is None and (count < 2 or len(places) < _WORTH_WORKERS):
        for n in places:
            yield _call(function, n, _payload(inputs[n][1]))
        return
    size = max(1, min(_LARGEST_CHUNK, len(places) // (count * 8)))
    chunks = (places[i : i + size] for i in range(0, len(places), size))
    with Workers(executor, count, function) as pool:
        tasks = (tuple((n, _payload(inputs[n][1])) for n in chunk) for chunk in chunks)
        for task, results in pool.run(_call_all, tasks):
            if isinstance(results, Lost):
                yield (task[0][0], b"", {}), f"the worker died ({results.reason})"
            else:
                yield from results


def _call_all(handed: Any, items: Sequence[tuple[int, Any]]) -> list[tuple[_Computed, str]]:
    function = shared_value(handed)
    return [_call(function, n, payload) for n, payload in items]


def _call(function: Callable[[Any], Any], n: int, payload: Any) -> tuple[_Computed, str]:
    try:
        result = function(payload)
        value, blobs = (result.value, result.blobs) if isinstance(result, WithBlobs) else (result, {})
        return (n, compact_json(value), blobs), ""
    except Exception:
        return (n, b"", {}), traceback.format_exc(limit=-8)
