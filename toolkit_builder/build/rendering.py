"""A task comes in, in a worker or right here; the bytes of its jobs go out. A failure is a result, never raised."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from msgspec import Struct

from toolkit_builder.build.jobs import (
    Deferred,
    Job,
    Parted,
    Renderer,
    RenderError,
    Seamed,
    Toolchain,
)
from toolkit_builder.build.keys import Encoder, key_of, resolve
from toolkit_builder.build.workers import shared_value
from toolkit_builder.diagnostics import Unsteady

if TYPE_CHECKING:
    from toolkit_builder.build.written import Put

Blobs: TypeAlias = "Mapping[str, bytes | str]"


class Inherited(Struct, frozen=True):
    """What worker processes get once: the toolchain and, in forked ones, all jobs, where large values are, and what
    puts a job's bytes where the build finds them (None where it must be handed them)."""

    toolchain: Toolchain
    jobs: Sequence[Job] | None
    blobs: Blobs | None = None
    put: Callable[[Job, bytes], Put | None] | None = None


class Task(Struct, frozen=True):
    """Some jobs, by position, with the bytes they refer to. Payloads travel unless the worker inherited them.

    ``marks`` counts the references in each payload.
    """

    positions: tuple[int, ...]
    marks: tuple[int, ...]
    payloads: tuple[tuple[str, Any], ...] | None  # (format, payload)
    outputs: Mapping[str, bytes]
    blobs: Blobs


class Deferrals(Struct, frozen=True):
    """Some jobs, by position, whose payloads are to be made, each with the key under which its result stands."""

    positions: tuple[int, ...]
    standing: tuple[str, ...]


class Result(NamedTuple):
    """The bytes of the job at ``position``, or what a worker has done with them; None where it failed, or where they
    stand under this ``key`` already.

    ``diagnostics`` are JSON values; ``fault`` is the traceback of an internal fault. The key is that of a deferred
    payload, "" for any other; what that is made from may turn out to be ``unread`` in a worker. ``places``: of parts.
    ``seams``: what the renderer needs to put another frame around its part (`Seamed`); then the deferred ``payload``'s
    digest is there too.
    """

    position: int
    data: bytes | Put | None = None
    diagnostics: Sequence[Mapping[str, Any]] = ()
    fault: str = ""
    key: str = ""
    unread: bool = False
    places: Sequence[Any] | None = None
    payload: str = ""
    seams: str = ""


class Ready(NamedTuple):
    """A job that must be rendered: its ``payload``, the number of references in it and what they stand for; ``key``
    is that of a deferred payload, and ``name`` the digest of that."""

    position: int
    format: str
    payload: Any
    marks: int
    outputs: Mapping[str, bytes]
    blobs: Blobs
    key: str = ""
    name: str = ""

    def resolved(self) -> Ready:
        """The same with each reference replaced by its value, so that nothing else need travel."""
        payload = resolve(self.payload, self.marks, self.outputs, self.blobs)
        return Ready(self.position, self.format, payload, 0, {}, {}, self.key, self.name)


_local = threading.local()  # a cluster's worker runs several threads; renderers need not be safe to share


def render_apart(handed: Inherited | None, task: Task | Deferrals) -> list[Result]:
    """`render` in a worker, which writes the files where it can. What cannot be read there is left to the build itself,
    which knows what to do."""
    try:
        results = render(handed, task)
    except Unsteady:
        return [Result(n, unread=True) for n in task.positions]
    shared: Inherited = shared_value(handed)
    if shared.put is None or shared.jobs is None:
        return results
    return [_put(shared.put, shared.jobs[each.position], each) for each in results]


def _put(put: Callable[[Job, bytes], Put | None], job: Job, result: Result) -> Result:
    done = put(job, result.data) if isinstance(result.data, bytes) else None
    return result._replace(data=done) if done else result


def render(handed: Inherited | None, task: Task | Deferrals) -> list[Result]:
    """Render the jobs of one task: a failure is part of the results.

    Raises `Unsteady` where what a deferred payload is made from is not what it was.
    """
    shared: Inherited = shared_value(handed)
    results, pending = prepared(shared, task)
    return [*results, *(render_ready(shared.toolchain, ready) for ready in pending)]


def prepared(shared: Inherited, task: Task | Deferrals) -> tuple[list[Result], list[Ready]]:
    """What is known of the jobs of a task without rendering any, and what must be rendered. Raises `Unsteady`."""
    if isinstance(task, Deferrals):
        return _settle(shared, task)
    if task.payloads is None:
        assert shared.jobs is not None
        items: Iterable[tuple[str, Any]] = [(shared.jobs[n].format, shared.jobs[n].payload) for n in task.positions]
    else:
        items = task.payloads
    return [], [
        Ready(n, name, payload, marks, task.outputs, task.blobs)
        for n, marks, (name, payload) in zip(task.positions, task.marks, items, strict=True)
    ]


def _settle(shared: Inherited, task: Deferrals) -> tuple[list[Result], list[Ready]]:
    """Make payloads and their keys: those whose results stand, and those that must be rendered."""
    assert shared.jobs is not None
    assert shared.blobs is not None
    encode = Encoder()
    results: list[Result] = []
    changed: list[tuple[int, Any, int, str, str]] = []
    needed: list[str] = []
    for n, standing in zip(task.positions, task.standing, strict=True):
        job = shared.jobs[n]
        assert isinstance(job.payload, Deferred)
        try:
            payload = job.payload.made()
            if job.known is not None:
                changed.append((n, payload, 0, job.known.key, job.known.payload))
                continue
            encoded = encode.encoded(job, payload)
            name = encoded.payload({})
            key = key_of(job.format, job.closure, name)
        except Unsteady:
            raise
        except Exception:
            results.append(Result(n, fault=traceback.format_exc(limit=-8)))
            continue
        if key == standing:
            results.append(Result(n, key=key))
        else:
            changed.append((n, payload, len(encoded.marks), key, name))
            needed += encoded.blobs
    blobs = values(shared.blobs, needed)
    return results, [
        Ready(n, shared.jobs[n].format, payload, marks, {}, blobs, key, name)
        for n, payload, marks, key, name in changed
    ]


def values(blobs: Blobs, names: Iterable[str]) -> Blobs:
    """Several large values, all at once where that is quicker."""
    wanted = sorted(set(names))
    many = getattr(blobs, "many", None)
    found: Blobs = many(wanted) if many else {name: blobs[name] for name in wanted}
    return found


def render_ready(toolchain: Toolchain, ready: Ready) -> Result:
    """Render one job."""
    n, key = ready.position, ready.key
    try:
        payload = resolve(ready.payload, ready.marks, ready.outputs, ready.blobs)
        result = renderers_of(toolchain)[ready.format](payload)
        if isinstance(result, Parted):
            return Result(n, result.data, key=key, places=result.places)
        if isinstance(result, Seamed):
            name = ready.name if result.seams else ""
            return Result(n, result.data, key=key, places=result.places, payload=name, seams=result.seams)
        data, found = (result, ()) if isinstance(result, bytes) else result
        if not isinstance(data, bytes):
            raise TypeError(f"the renderer '{ready.format}' returned {type(data).__name__} instead of bytes")
        return Result(n, data, [d.to_json() for d in found], key=key)
    except RenderError as problem:
        return Result(n, None, [d.to_json() for d in problem.diagnostics], key=key)
    except Exception:
        return Result(n, fault=traceback.format_exc(limit=-8), key=key)


def renderers_of(toolchain: Toolchain) -> Mapping[str, Renderer]:
    """The renderers of this thread, made once."""
    if getattr(_local, "digest", None) != toolchain.digest:
        _local.renderers = toolchain.renderers()
        _local.digest = toolchain.digest
    found: Mapping[str, Renderer] = _local.renderers
    return found
