"""Jobs come in, wave by wave; each one's bytes go out, rendered only where no earlier result has the same key.

Where a job runs (here, in worker processes, on a cluster) changes nothing in its bytes, nor in the order of what
is reported.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from toolkit_builder.build.jobs import Encoded, Encoder, Job, RenderError, Settled, Toolchain, resolve, waves
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.parts import Before, changed, keys_of
from toolkit_builder.build.workers import Lost, Workers, processors, shared_value
from toolkit_builder.diagnostics import Diagnostic, error

if TYPE_CHECKING:
    from concurrent.futures import Executor

_WORTH_WORKERS = 300  # light jobs; below that, starting processes takes longer than the work
_LARGEST_CHUNK = 64

Progress: TypeAlias = Callable[[int, int], None]


class Sink(Protocol):
    """Where results come from and go to; `engine` has the one that publishes."""

    def known(self, job: Job, key: str) -> Made | None:
        """An earlier result of this key that can be used as it is."""

    def accept(self, job: Job, key: str, data: bytes, diagnostics: Sequence[Diagnostic]) -> Made:
        """Bytes just rendered."""

    def read(self, job: Job | Settled, made: Made) -> bytes | None:
        """The bytes of a result, for the payload of another job; None where they are lost or damaged."""

    def before(self, job: Job) -> Before | None:
        """The file of a job with parts as it was before; None where it is not known."""

    def remember(self, job: Job, made: Made, keys: Sequence[str]) -> None:
        """What the parts of a file just rendered were made from."""


@dataclass(slots=True)
class Outcome:
    """All results by path, what was reported while rendering, and whether the program itself is at fault."""

    made: dict[str, Made] = field(default_factory=dict)
    rendered: dict[str, int] = field(default_factory=dict)  # format -> number
    rebuilt: list[int] = field(default_factory=list)  # positions of the jobs that were rendered
    diagnostics: list[Diagnostic] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    fault: bool = False


# --- in a worker -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """Some jobs, by position, with the bytes they refer to. Payloads travel unless the worker inherited them.

    ``marks`` counts the references in each payload.
    """

    positions: tuple[int, ...]
    marks: tuple[int, ...]
    payloads: tuple[tuple[str, Any], ...] | None  # (format, payload)
    outputs: Mapping[str, bytes]
    blobs: Mapping[str, bytes | str]


@dataclass(frozen=True, slots=True)
class Inherited:
    """What worker processes get once: the toolchain and, in forked ones, all jobs."""

    toolchain: Toolchain
    jobs: Sequence[Job] | None


# (position, bytes or None, diagnostics as JSON values, traceback of an internal fault or "")
Result: TypeAlias = "tuple[int, bytes | None, list[dict[str, Any]], str]"

_local = threading.local()  # a cluster's worker runs several threads; renderers need not be safe to share


def _renderer(toolchain: Toolchain, name: str) -> Any:
    if getattr(_local, "digest", None) != toolchain.digest:
        _local.renderers = toolchain.renderers()
        _local.digest = toolchain.digest
    return _local.renderers[name]


def render(handed: Inherited | None, task: Task) -> list[Result]:
    """Render the jobs of one task. Never raises: a failure is part of the results."""
    shared: Inherited = shared_value(handed)
    if task.payloads is None:
        assert shared.jobs is not None
        items: Iterable[tuple[str, Any]] = [(shared.jobs[n].format, shared.jobs[n].payload) for n in task.positions]
    else:
        items = task.payloads
    return [
        _render_one(shared.toolchain, n, name, payload, marks, task)
        for n, marks, (name, payload) in zip(task.positions, task.marks, items, strict=True)
    ]


def _render_one(toolchain: Toolchain, n: int, name: str, payload: Any, marks: int, task: Task) -> Result:
    try:
        result = _renderer(toolchain, name)(resolve(payload, marks, task.outputs, task.blobs))
        data, found = (result, ()) if isinstance(result, bytes) else result
        if not isinstance(data, bytes):
            raise TypeError(f"the renderer '{name}' returned {type(data).__name__} instead of bytes")
        return n, data, [d.to_json() for d in found], ""
    except RenderError as problem:
        return n, None, [d.to_json() for d in problem.diagnostics], ""
    except Exception:
        return n, None, [], traceback.format_exc(limit=-8)


# --- in the build ----------------------------------------------------------------------------------------


class Run:
    """One run over all jobs. ``execute`` does it all; a Run is used once."""

    def __init__(
        self,
        jobs: Sequence[Job],
        toolchain: Toolchain,
        blobs: Mapping[str, bytes | str],
        sink: Sink,
        *,
        executor: Executor | None = None,
        workers: int = 0,
        on_progress: Progress | None = None,
        settled: Mapping[str, tuple[Settled, Made]] | None = None,
    ) -> None:
        self._jobs = jobs
        self._there = settled or {}
        self._blobs = blobs
        self._sink = sink
        self._progress = on_progress or (lambda done, total: None)
        self._place = {job.path: n for n, job in enumerate(jobs)}
        self._digests: dict[str, str] = {}
        self._done = 0
        self._parts: dict[int, list[str]] = {}
        self._found: dict[int, list[Diagnostic]] = {}
        self._encoded: list[Encoded] = []
        self._outcome = Outcome()
        self._shared = Inherited(toolchain, jobs if executor is None else None)
        self._given = executor is not None
        self._workers = Workers(executor, workers or processors(), self._shared)

    def execute(self) -> Outcome:
        encode = Encoder()
        self._encoded = [encode(job) for job in self._jobs]
        order, wrong = waves(self._jobs, self._encoded, self._there)
        outcome = self._outcome
        if wrong:
            outcome.diagnostics = wrong
            return outcome
        needed = (path for one in self._encoded if one.marks for path in one.outputs)
        self._digests = {path: self._there[path][1].digest for path in needed if path in self._there}
        with self._workers:
            for wave in order:
                self._wave(wave)
        outcome.rebuilt.sort()
        outcome.made = {job.path: outcome.made[job.path] for job in self._jobs if job.path in outcome.made}
        for n in sorted(self._found):
            outcome.diagnostics += self._found[n]
        for path, (_, made) in self._there.items():
            outcome.made[path] = made
            if made.diagnostics:
                outcome.diagnostics += [Diagnostic.from_json(dict(d)) for d in made.diagnostics]
        return outcome

    def _wave(self, wave: Sequence[int]) -> None:
        pending = []
        for n in wave:
            job = self._jobs[n]
            if self._encoded[n].marks and not self._outcome.failed.isdisjoint(self._encoded[n].outputs):
                self._outcome.failed.add(job.path)  # what it is made from has been reported
                continue
            key = self._encoded[n].key(self._digests)
            made = self._sink.known(job, key)
            if made is None:
                pending.append((n, key))
                continue
            if made.diagnostics:
                self._found[n] = [Diagnostic.from_json(dict(d)) for d in made.diagnostics]
            self._settle(n, made)
        keys = dict(pending)
        for result in self._results(list(keys)):
            self._accept(keys[result[0]], result)

    def _again(self, n: int) -> Result | None:
        """A job of whose parts most are as they were: only the others are made."""
        job = self._jobs[n]
        before = self._sink.before(job) if job.parts else None
        if before is None or (found := changed(job, self._keys_of_parts(n), before)) is None:
            return None
        needed = Encoder()(replace(job, payload=found[0]))
        task = Task(
            positions=(n,),
            marks=(len(needed.marks),),
            payloads=((job.format, found[1]),),
            outputs={path: self._bytes_of(path) for path in sorted(set(needed.outputs))},
            blobs={name: self._blobs[name] for name in needed.blobs},
        )
        [result] = render(self._shared, task)
        return None if result[1] is None else result

    def _keys_of_parts(self, n: int) -> list[str]:
        if n not in self._parts:
            self._parts[n] = keys_of(self._jobs[n], self._digests)
        return self._parts[n]

    def _results(self, pending: list[int]) -> Iterator[Result]:
        soon = {n: result for n in pending if (result := self._again(n))}
        yield from soon.values()
        pending = [n for n in pending if n not in soon]
        heavy = [n for n in pending if self._jobs[n].heavy]
        light = [n for n in pending if not self._jobs[n].heavy]
        many = 2 * self._workers.count if self._workers.started else _WORTH_WORKERS
        worth_it = len(heavy) > 1 or len(light) >= many or (self._given and pending)
        if not worth_it or (self._workers.count < 2 and not self._given):
            for chunk in [[n] for n in heavy] + _chunks(light, _LARGEST_CHUNK):
                yield from render(self._shared, self._task(chunk, travel=False))
            return
        size = max(1, min(_LARGEST_CHUNK, len(light) // (self._workers.count * 8)))
        chunks = [[n] for n in heavy] + _chunks(light, size)
        travel = self._given
        for task, results in self._workers.run(render, (self._task(chunk, travel=travel) for chunk in chunks)):
            if not isinstance(results, Lost):
                yield from results
                continue
            if len(task.positions) > 1:  # find the one that kills its worker
                singles = [self._task([n], travel=travel) for n in task.positions]
                for single, one in self._workers.run(render, singles):
                    yield from [_lost(single, one)] if isinstance(one, Lost) else one
            else:
                yield _lost(task, results)

    def _task(self, positions: list[int], *, travel: bool) -> Task:
        encoded = [self._encoded[n] for n in positions]
        outputs = {path: self._bytes_of(path) for path in sorted({p for e in encoded for p in e.outputs})}
        names = sorted({name for e in encoded for name in e.blobs})
        many = getattr(self._blobs, "many", None)
        blobs = many(names) if many else {name: self._blobs[name] for name in names}
        payloads = tuple((self._jobs[n].format, self._jobs[n].payload) for n in positions) if travel else None
        marks = tuple(len(e.marks) for e in encoded)
        return Task(tuple(positions), marks, payloads, outputs, blobs)

    def _bytes_of(self, path: str) -> bytes:
        """The bytes of an earlier wave's output, made once more where they are lost (a damaged store)."""
        if path in self._there and path not in self._place:
            if (found := self._sink.read(*self._there[path])) is None:
                raise Unsettled(path)
            return found
        n = self._place[path]
        data = self._sink.read(self._jobs[n], self._outcome.made[path])
        if data is None:
            result = render(self._shared, self._task([n], travel=False))[0]
            if result[1] is None:
                raise Unreproducible(self._jobs[n])
            before = self._digests[path]
            self._accept(self._encoded[n].key(self._digests), result)
            if self._digests[path] != before:
                raise Unreproducible(self._jobs[n])
            self._done -= 1
            data = result[1]
        return data

    def _accept(self, key: str, result: Result) -> None:
        n, data, found, fault = result
        job = self._jobs[n]
        diagnostics = [Diagnostic.from_json(d) for d in found]
        self._found[n] = diagnostics
        if fault:
            self._outcome.fault = True
            diagnostics.append(_fault(job, fault))
        if data is None:
            self._outcome.failed.add(job.path)
            return
        self._outcome.rendered[job.format] = self._outcome.rendered.get(job.format, 0) + 1
        self._outcome.rebuilt.append(n)
        made = self._sink.accept(job, key, data, diagnostics)
        if job.parts:
            self._sink.remember(job, made, self._keys_of_parts(n))
        self._settle(n, made)

    def _settle(self, n: int, made: Made) -> None:
        path = self._jobs[n].path
        self._outcome.made[path] = made
        self._digests[path] = made.digest
        self._done += 1
        self._progress(self._done, len(self._jobs))


def _chunks(positions: list[int], size: int) -> list[list[int]]:
    return [positions[i : i + size] for i in range(0, len(positions), size)]


class Unsettled(Exception):
    """The bytes of a job that was taken as settled are lost: it must be laid out, and all must be done again."""


class Unreproducible(Exception):
    """A renderer gave other bytes, or none, for a payload that it has rendered before."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"rendering {job.label or job.path} a second time gave another result")


def _lost(task: Task, lost: Lost) -> Result:
    return task.positions[0], None, [], f"the worker died ({lost.reason})"


def _fault(job: Job, trace: str) -> Diagnostic:
    last = trace.strip().splitlines()[-1]
    return error(
        "B401",
        f"making '{job.path}' from {job.label or job.path} failed inside the program: {last}",
        hint="please report this, with the text that follows",
        source=trace,
    )
