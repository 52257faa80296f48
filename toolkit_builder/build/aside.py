"""A build's jobs and the paths that somebody asks for come in; those bytes go out, and nothing is published.

For a PDF that is looked at while the site is edited, for one that is printed alone, for checks. Costly results are
taken from the store, and kept in it for the next build.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest
from toolkit_builder.build.execute import Progress, Run
from toolkit_builder.build.jobs import Job, Settled, Toolchain
from toolkit_builder.build.keys import Encoder
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.written import Put
from toolkit_builder.diagnostics import Diagnostic, any_errors

if TYPE_CHECKING:
    from concurrent.futures import Executor


class Aside(Struct, frozen=True):
    """Bytes by path (those that could be made), what was reported, and whether the program itself is at fault."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    fault: bool = False


def needed(jobs: Iterable[Job], paths: Collection[str]) -> list[Job]:
    """The jobs that make ``paths``, and all that those are made from, in the order of ``jobs``."""
    by_path = {job.path: job for job in jobs}
    encode = Encoder()
    found: set[str] = set()
    waiting = [path for path in paths if path in by_path]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [other for other in encode.outputs(by_path[path]) if other in by_path]
    return [job for path, job in by_path.items() if path in found]


def parted(jobs: Sequence[Job]) -> tuple[list[Job], list[Job]]:
    """Jobs for now, and jobs for later: costly ones, what is made from them, and what only those are made from."""
    encode = Encoder()
    outputs = {job.path: encode.outputs(job) for job in jobs}
    late = {job.path for job in jobs if job.heavy}
    while more := {path for path, needs in outputs.items() if path not in late and not late.isdisjoint(needs)}:
        late |= more
    wanted = {path for job in jobs if job.path not in late and job.publish for path in (job.path, *outputs[job.path])}
    hidden = {job.path for job in jobs if not job.publish and job.path not in wanted}
    return (
        [j for j in jobs if j.path not in late and j.path not in hidden],
        [j for j in jobs if j.path in late or j.path in hidden],
    )


def make(
    jobs: Sequence[Job],
    blobs: Mapping[str, bytes | str],
    toolchain: Toolchain,
    store: Store,
    *,
    executor: Executor | None = None,
    workers: int = 0,
    on_progress: Progress | None = None,
) -> Aside:
    """Make all of ``jobs``. Raises OSError where the store cannot be written."""
    shelf = _Shelf(store)
    outcome = Run(jobs, toolchain, blobs, shelf, executor=executor, workers=workers, on_progress=on_progress).execute()
    shelf.save()
    files = {path: shelf.bytes_of(made) for path, made in outcome.made.items()}
    return Aside(
        {path: data for path, data in files.items() if data is not None}, tuple(outcome.diagnostics), outcome.fault
    )


class _Shelf:
    """An `execute.Sink` that publishes nothing: costly results in the store, the others in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, bytes] = {}
        self._new: list[tuple[str, str, Sequence[Diagnostic]]] = []

    def standing(self, job: Job) -> str:
        return ""

    def known(self, job: Job, key: str | None) -> Made | None:
        result = self._store.result(key) if key and job.stored else None
        if not key or result is None or self._store.objects.read(result[0]) is None:
            return None
        return Made(key, result[0], diagnostics=tuple(d.to_json() for d in result[1]))

    def put(self, job: Job, data: bytes) -> None:
        return None

    def accept(self, job: Job, key: str, data: bytes | Put, diagnostics: Sequence[Diagnostic]) -> Made:
        assert isinstance(data, bytes), "it puts nothing"
        if job.stored and not any_errors(diagnostics):
            name = self._store.objects.add(data)
            self._new.append((key, name, diagnostics))
        else:
            name = digest(data)
            self._kept[name] = data
        return Made(key, name, diagnostics=tuple(d.to_json() for d in diagnostics))

    def before(self, job: Job) -> None:
        return None

    def remember(self, job: Job, made: Made, keys: Sequence[str], places: Sequence[Any] | None) -> None:
        return None

    def keep_seams(self, job: Job, made: Made, payload: str, seams: str) -> None:
        """Nothing: what is published keeps its own."""

    def save(self) -> None:
        """All at the end: the first write locks the store for whoever builds at the same time."""
        for key, name, diagnostics in self._new:
            self._store.add_result(key, name, diagnostics)

    def read(self, job: Job | Settled, made: Made) -> bytes | None:
        return self.bytes_of(made)

    def bytes_of(self, made: Made) -> bytes | None:
        return self._kept.get(made.digest) or self._store.objects.read(made.digest)
