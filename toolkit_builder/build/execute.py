"""Jobs come in, wave by wave; each one's bytes go out, rendered only where no earlier result has the same key.

Where a job runs (here, in worker processes, on a cluster) changes nothing in its bytes, nor in the order of what
is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder.build.jobs import Deferred, Job, Settled, Toolchain
from toolkit_builder.build.keys import Encoded, Encoder, narrowed
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.parts import Before, changed, keys_of
from toolkit_builder.build.rendering import (
    Deferrals,
    Inherited,
    Result,
    Task,
    prepared,
    render,
    render_apart,
    render_ready,
    values,
)
from toolkit_builder.build.waves import waves
from toolkit_builder.build.workers import Lost, Workers, can_fork, processors
from toolkit_builder.diagnostics import Diagnostic, Unsteady, error

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from toolkit_builder.build.beside import Beside
    from toolkit_builder.build.written import Put

_WORTH_WORKERS = 300  # light jobs; below that, starting processes takes longer than the work
_WORTH_KEYING = 3000  # jobs of which most may turn out to stand as they are
_LARGEST_CHUNK = 64
_MOST_REASONS = 1500  # in a chunk

Progress: TypeAlias = Callable[[int, int], None]


class Sink(Protocol):
    """Where results come from and go to; `engine` has the one that publishes."""

    def standing(self, job: Job) -> str:
        """The key under which a result stands at the job's place; "" where none does."""

    def known(self, job: Job, key: str | None) -> Made | None:
        """An earlier result of this key that can be used as it is; with None, one that may whatever its key is."""

    def put(self, job: Job, data: bytes) -> Put | None:
        """In a forked process: bytes just rendered are put where `accept` finds them; None where it must have them."""

    def accept(self, job: Job, key: str, data: bytes | Put, diagnostics: Sequence[Diagnostic]) -> Made:
        """Bytes just rendered."""

    def read(self, job: Job | Settled, made: Made) -> bytes | None:
        """The bytes of a result, for the payload of another job; None where they are lost or damaged."""

    def before(self, job: Job) -> Before | None:
        """The file of a job with parts as it was before; None where it is not known."""

    def remember(self, job: Job, made: Made, keys: Sequence[str], places: Sequence[Any] | None) -> None:
        """What the parts of a file just rendered were made from, and where they lie."""

    def keep_seams(self, job: Job, made: Made, payload: str, seams: str) -> None:
        """What it takes to make a file just rendered again from its own bytes (`Seamed`), and its payload's digest."""


class Outcome(Struct):
    """All results by path, what was reported while rendering, and whether the program itself is at fault."""

    made: dict[str, Made] = field(default_factory=dict)
    rendered: dict[str, int] = field(default_factory=dict)  # format -> number
    rebuilt: list[int] = field(default_factory=list)  # positions of the jobs that were rendered
    diagnostics: list[Diagnostic] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    fault: bool = False


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
        beside: Beside | None = None,
    ) -> None:
        forked = executor is None and can_fork()
        if not forked:  # what makes a payload does not travel
            jobs = [_made(job) for job in jobs]
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
        self._encoded: list[Encoded | None] = []
        self._outcome = Outcome()
        inherited = (blobs, sink.put) if forked else (None, None)
        self._shared = Inherited(toolchain, jobs if executor is None else None, *inherited)
        self._given = executor is not None
        self._workers = Workers(executor, workers or processors(), self._shared)
        self._beside = beside if forked and workers != 1 else None
        self._elsewhere: dict[int, str] = {}  # keys of jobs that are rendered beside this process
        self._narrowed: dict[int, Job] = {}  # jobs whose `Named` values are known
        self._needed: set[str] = set()  # outputs that other jobs are made from

    def execute(self) -> Outcome:
        encode = Encoder()
        self._encoded = [None if isinstance(job.payload, Deferred) else encode(job) for job in self._jobs]
        order, wrong = waves(self._jobs, self._encoded, self._there)
        outcome = self._outcome
        if wrong:
            outcome.diagnostics = wrong
            return outcome
        self._needed = {path for one in self._encoded if one and one.marks for path in one.outputs}
        self._digests = {path: self._there[path][1].digest for path in self._needed if path in self._there}
        with self._workers:
            for wave in order:
                self._wave(wave)
            self._gather()
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
        keys: dict[int, str] = {}  # of the jobs that must be rendered
        deferred: dict[int, str] = {}  # with the key under which a result stands
        for n in wave:
            job, encoded = self._jobs[n], self._encoded[n]
            if encoded and encoded.marks and not self._outcome.failed.isdisjoint(encoded.outputs):
                self._outcome.failed.add(job.path)  # what it is made from has been reported
                continue
            if encoded and encoded.named:
                job, encoded = self._narrow(n, encoded)
            key = encoded.key(self._digests) if encoded else None
            if made := self._sink.known(job, key):
                self._stand(n, made)
            elif key is None:
                deferred[n] = self._sink.standing(job)
            else:
                keys[n] = key
        for result in self._results(keys, deferred):
            n = result.position
            if result.unread:
                [result] = render(self._shared, Deferrals((n,), (deferred[n],)))
            if result.key and result.data is None and result.key == deferred.get(n):
                if made := self._sink.known(self._jobs[n], result.key):
                    self._stand(n, made)
                    continue
                [result] = render(self._shared, Deferrals((n,), ("",)))
            self._accept(keys.get(n, result.key), result)

    def _narrow(self, n: int, encoded: Encoded) -> tuple[Job, Encoded]:
        """The job with those values alone that the output names, now that it is made."""
        job = self._jobs[n]
        outputs = {path: self._bytes_of(path) for path in encoded.named}
        job = self._narrowed[n] = replace(job, payload=narrowed(job.payload, outputs))
        self._encoded[n] = encoded = Encoder()(job)
        return job, encoded

    def _stand(self, n: int, made: Made) -> None:
        """An earlier result is as good as a new one."""
        if made.diagnostics:
            self._found[n] = [Diagnostic.from_json(dict(d)) for d in made.diagnostics]
        self._settle(n, made)

    def _gather(self) -> None:
        """Take in what was rendered beside this process."""
        for result in self._beside.results() if self._beside else ():
            n = result.position
            if result.data is None and self._jobs[n].parts:  # its parts could not be taken from the file
                [result] = render(self._shared, self._task([n]))
            self._accept(self._elsewhere[n], result)
        if self._beside:
            self._beside.stop()

    def _here_or_beside(self, task: Task | Deferrals, keys: Mapping[int, str]) -> Iterator[Result]:
        """Render a task, less what is handed over to the process beside this one."""
        results, pending = prepared(self._shared, task)
        yield from results
        for ready in pending:
            n = ready.position
            if self._beside and self._jobs[n].path not in self._needed and self._beside.takes(ready):
                self._elsewhere[n] = keys.get(n, ready.key)
            else:
                yield render_ready(self._shared.toolchain, ready)

    def _again(self, n: int, keys: Mapping[int, str]) -> Result | None:
        """A job of whose parts most are as they were: only the others are made. None where that does not do."""
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
            blobs=values(self._blobs, needed.blobs),
        )
        for result in self._here_or_beside(task, keys):
            return None if result.data is None else result
        return None

    def _keys_of_parts(self, n: int) -> list[str]:
        if n not in self._parts:
            self._parts[n] = keys_of(self._jobs[n], self._digests)
        return self._parts[n]

    def _results(self, keys: Mapping[int, str], deferred: Mapping[int, str]) -> Iterator[Result]:
        parted = {n: key for n, key in keys.items() if self._jobs[n].parts}
        if self._beside and parted:  # the others are handed over first: made there while parts are put together here
            yield from self._results({n: key for n, key in keys.items() if n not in parted}, deferred)
            keys, deferred = parted, {}
        soon = {n: result for n in keys if (result := self._again(n, keys))}
        yield from soon.values()
        pending = [n for n in keys if n not in soon and n not in self._elsewhere]
        heavy = [n for n in pending if self._jobs[n].heavy]
        light = [n for n in pending if not self._jobs[n].heavy]
        new = len(light) + sum(not standing or self._jobs[n].known is not None for n, standing in deferred.items())
        many = 2 * self._workers.count if self._workers.started else _WORTH_WORKERS
        worth_it = len(heavy) > 1 or new >= many or len(deferred) >= _WORTH_KEYING or (self._given and pending)
        if not worth_it or (self._workers.count < 2 and not self._given):
            for task in self._tasks(heavy, light, deferred, _LARGEST_CHUNK):
                yield from self._here_or_beside(task, keys)
            return
        size = max(1, min(_LARGEST_CHUNK, (len(light) + len(deferred)) // (self._workers.count * 8)))
        for task, results in self._workers.run(render_apart, self._tasks(heavy, light, deferred, size)):
            if not isinstance(results, Lost):
                yield from results
            elif len(task.positions) == 1:
                yield _lost(task, results)
            else:  # find the one that kills its worker
                ones = [[n] for n in task.positions]
                singles = [self._deferrals(n, deferred) if n[0] in deferred else self._task(n) for n in ones]
                for single, one in self._workers.run(render_apart, singles):
                    yield from [_lost(single, one)] if isinstance(one, Lost) else one

    def _tasks(
        self, heavy: list[int], light: list[int], deferred: Mapping[int, str], size: int
    ) -> Iterator[Task | Deferrals]:
        """What takes long comes first."""
        for n in heavy:
            yield self._task([n])
        for chunk in self._chunks(light, size):
            yield self._task(chunk)
        for chunk in self._chunks(deferred, size):
            yield self._deferrals(chunk, deferred)

    def _chunks(self, positions: Iterable[int], size: int) -> Iterator[list[int]]:
        """What lists a lot, as its reasons tell, is long: few of those at a time."""
        chunk: list[int] = []
        reasons = 0
        for n in positions:
            chunk.append(n)
            reasons += len(self._jobs[n].reasons)
            if len(chunk) == size or reasons > _MOST_REASONS:
                yield chunk
                chunk, reasons = [], 0
        if chunk:
            yield chunk

    def _deferrals(self, positions: list[int], standing: Mapping[int, str]) -> Deferrals:
        return Deferrals(tuple(positions), tuple(standing[n] for n in positions))

    def _task(self, positions: list[int]) -> Task:
        encoded = [one for n in positions if (one := self._encoded[n])]
        outputs = {path: self._bytes_of(path) for path in sorted({p for e in encoded for p in e.outputs})}
        blobs = values(self._blobs, (name for e in encoded for name in e.blobs))
        jobs = [self._narrowed.get(n, self._jobs[n]) for n in positions]
        travel = self._given or not self._narrowed.keys().isdisjoint(positions)
        payloads = tuple((job.format, job.payload) for job in jobs) if travel else None
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
            before, encoded = self._digests[path], self._encoded[n]
            task = self._task([n]) if encoded else Deferrals((n,), ("",))
            [result] = render(self._shared, task)
            if not isinstance(result.data, bytes):
                raise Unreproducible(self._jobs[n])
            self._accept(encoded.key(self._digests) if encoded else result.key, result)
            if self._digests[path] != before:
                raise Unreproducible(self._jobs[n])
            self._done -= 1
            data = result.data
        return data

    def _accept(self, key: str, result: Result) -> None:
        n, data = result.position, result.data
        job = self._jobs[n]
        diagnostics = [Diagnostic.from_json(dict(d)) for d in result.diagnostics]
        self._found[n] = diagnostics
        if result.fault:
            self._outcome.fault = True
            diagnostics.append(_fault(job, result.fault))
        if data is None:
            self._outcome.failed.add(job.path)
            return
        self._outcome.rendered[job.format] = self._outcome.rendered.get(job.format, 0) + 1
        self._outcome.rebuilt.append(n)
        made = self._sink.accept(job, key, data, diagnostics)
        if job.parts:
            self._sink.remember(job, made, self._keys_of_parts(n), result.places)
        if result.seams:
            encoded = self._encoded[n]
            payload = encoded.payload(self._digests) if encoded else result.payload
            self._sink.keep_seams(job, made, payload, result.seams)
        self._settle(n, made)

    def _settle(self, n: int, made: Made) -> None:
        path = self._jobs[n].path
        self._outcome.made[path] = made
        self._digests[path] = made.digest
        self._done += 1
        self._progress(self._done, len(self._jobs))


class Unsettled(Unsteady):
    """The bytes of a job that was taken as settled are lost: it must be laid out, and all must be done again."""


class Unreproducible(Exception):
    """A renderer gave other bytes, or none, for a payload that it has rendered before."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"rendering {job.who} a second time gave another result")


def _lost(task: Task | Deferrals, lost: Lost) -> Result:
    return Result(task.positions[0], fault=f"the worker died ({lost.reason})")


def _made(job: Job) -> Job:
    if job.known is not None:
        raise Unsettled(job.path)
    return replace(job, payload=job.payload.made()) if isinstance(job.payload, Deferred) else job


def _fault(job: Job, trace: str) -> Diagnostic:
    last = trace.strip().splitlines()[-1]
    return error(
        "B401",
        f"making '{job.path}' from {job.who} failed inside the program: {last}",
        hint="please report this, with the text that follows",
        source=trace,
    )
