"""A job and its key come in; an earlier result goes out and into the new tree, or a new one is taken in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest, quick_json
from toolkit_builder.build.explain import LOST
from toolkit_builder.build.jobs import Job, Settled
from toolkit_builder.build.manifest import Made, Tree
from toolkit_builder.build.parts import Before
from toolkit_builder.build.publish import Publication
from toolkit_builder.build.written import Put
from toolkit_builder.diagnostics import Diagnostic, any_errors

_PARTS = "parts"
SEAMS = "page seams"
"""The stage under which `Seams` are kept, by path."""
_BATCH = 500  # rows written at once


class Results:
    """The `execute.Sink` of a build. Pages live in the published tree; print and intermediate results in the store.

    ``live`` are the published files that are whole, ``known`` all that the last build made. A path that is
    ``left`` keeps its live file and that file's key, so that the next build sees what it missed.
    """

    def __init__(
        self, publication: Publication, store: Store, live: Tree, known: Tree, left: Collection[str] = ()
    ) -> None:
        self._publication = publication
        self._store = store
        self._live = live
        self._known = known
        self._left = left
        self._why: dict[str, str] = {}
        self.restored: set[str] = set()  # paths of results that have come back from the store
        self._seams: list[tuple[str, bytes, tuple[str, ...]]] = []

    def why(self, path: str) -> str:
        """What is known of the reason why a job was rendered, beyond its inputs; "" if nothing is."""
        return self._why.get(path, "")

    def standing(self, job: Job) -> str:
        """The key of the published result; "" where there is none, or none that is whole."""
        made = self._live.files.get(job.path)
        return made.key if made else ""

    def known(self, job: Job, key: str | None) -> Made | None:
        """An earlier result of this key. With None, which is no result's key, one that is left as it is."""
        made = self._live.files.get(job.path) if job.publish else self._live.hidden.get(job.path)
        if (
            made is not None
            and (made.key == key or job.path in self._left)
            and (job.publish or self._store.objects.has(made.digest))
        ):
            if job.publish:
                self._publication.keep(job.path)
            return made
        if key and job.stored and (found := self._from_store(job, key)):
            return found
        before = self._known.get(job.path)
        if before is not None and before.key == key:
            self._why[job.path] = LOST
        return None

    def _from_store(self, job: Job, key: str) -> Made | None:
        result = self._store.result(key)
        if result is None:
            return None
        name, diagnostics = result
        self.restored.add(job.path)
        if not job.publish:
            return Made(key, name, diagnostics=_as_json(diagnostics))
        data = self._store.objects.read(name)
        return None if data is None else self._place(job, key, name, data, diagnostics)

    def put(self, job: Job, data: bytes) -> Put | None:
        if job.stored:
            return None
        name = digest(data)
        live = self._live.files.get(job.path)
        if live is not None and live.digest == name:
            return Put(name)
        try:
            return self._publication.put_apart(job.path, data, name)
        except OSError:  # the process that publishes tries it, and tells of it
            return None

    def accept(self, job: Job, key: str, data: bytes | Put, diagnostics: Sequence[Diagnostic]) -> Made:
        if isinstance(data, Put):
            return self._take(job, key, data, diagnostics)
        name = self._store.objects.add(data) if job.stored else digest(data)
        if job.stored and not any_errors(diagnostics):
            self._store.add_result(key, name, diagnostics)
        if not job.publish:
            return Made(key, name, diagnostics=_as_json(diagnostics))
        return self._place(job, key, name, data, diagnostics)

    def _place(self, job: Job, key: str, name: str, data: bytes, diagnostics: Sequence[Diagnostic]) -> Made:
        """Put bytes into the new tree: the live file where it has them, so that its time stamp stays."""
        live = self._live.files.get(job.path)
        if live is not None and live.digest == name:
            return self._keep(job, key, live, diagnostics)
        if job.stored:
            stat = self._publication.adopt(job.path, self._store.objects.path(name), data)
        else:
            stat = self._publication.put(job.path, data)
        return Made(key, name, stat.st_size, stat.st_mtime_ns, stat.st_ino, _as_json(diagnostics))

    def _take(self, job: Job, key: str, put: Put, diagnostics: Sequence[Diagnostic]) -> Made:
        if not put.name:
            return self._keep(job, key, self._live.files[job.path], diagnostics)
        self._publication.take(job.path, put)
        return Made(key, put.digest, put.size, put.mtime_ns, put.inode, _as_json(diagnostics))

    def _keep(self, job: Job, key: str, live: Made, diagnostics: Sequence[Diagnostic]) -> Made:
        self._publication.keep(job.path)
        return Made(key, live.digest, live.size, live.mtime_ns, live.inode, _as_json(diagnostics))

    def read(self, job: Job | Settled, made: Made) -> bytes | None:
        data = self._store.objects.read(made.digest) if job.stored else self._publication.read(job.path)
        if data is None and job.publish:
            data = self._publication.read(job.path)
        return data if data is not None and digest(data) == made.digest else None

    def before(self, job: Job) -> Before | None:
        """The published file, with what its parts were made from, if it is whole."""
        made = self._live.files.get(job.path)
        row = self._store.fragments(_PARTS, [job.path]).get(job.path) if made else None
        if made is None or row is None or row[0][0] != made.digest:
            return None
        data = self._publication.read_live(job.path)
        return Before(data, *row[0][1:]) if data is not None and digest(data) == made.digest else None

    def remember(self, job: Job, made: Made, keys: Sequence[str], places: Sequence[Any] | None) -> None:
        """What the parts of a file just rendered were made from, and where they lie."""
        value = [made.digest, keys] if places is None else [made.digest, keys, places]
        self._store.add_fragments(_PARTS, [(job.path, quick_json(value), ())])

    def keep_seams(self, job: Job, made: Made, payload: str, seams: str) -> None:
        """What it takes to make a file just rendered again from its own bytes."""
        self._seams.append((job.path, f'["{made.digest}","{payload}",{seams}]'.encode("ascii"), ()))
        if len(self._seams) >= _BATCH:
            self.save()

    def save(self) -> None:
        """Hand the store what is still to be kept."""
        self._store.add_fragments(SEAMS, self._seams)
        self._seams.clear()


def _as_json(diagnostics: Sequence[Diagnostic]) -> tuple[dict[str, object], ...]:
    return tuple(d.to_json() for d in diagnostics)
