"""What was laid out by the last builds comes in; units that need not be laid out again go out, as settled jobs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder.build.engine import Stock
from toolkit_builder.build.jobs import Job, Settled
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.recall import Recall
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.layout import reframed
from toolkit_builder.layout.draft import Draft
from toolkit_builder.layout.units import Given, Unit
from toolkit_builder.misfits import Listed

_STAGE, _ALONE = "layout", "alone"
# there are thousands of both: this takes half or a third of the time of a call
_SETTLED: Callable[[Iterable[Any]], Settled] = partial(tuple.__new__, Settled)
_LISTED: Callable[[Iterable[Any]], Listed] = partial(tuple.__new__, Listed)


class Kept(Struct, frozen=True, kw_only=True):
    """A unit as it was laid out before. ``late`` are costly files that were put off then, and are not there; ``again``
    are the jobs of pages that get another frame."""

    jobs: Mapping[str, tuple[Settled, Made]]
    pages: Sequence[Listed] = ()
    late: Sequence[str] = ()
    diagnostics: Sequence[Diagnostic] = ()
    again: Sequence[Job] = ()


class Laid(Struct, frozen=True, kw_only=True):
    """A unit that was laid out now; ``templates`` are those that its planner has asked for. ``stands`` has those of its
    jobs that need not be run, with what stands of them."""

    unit: Unit
    jobs: Sequence[Job]
    pages: Sequence[Listed]
    templates: frozenset[str]
    diagnostics: Sequence[Diagnostic] = ()
    stands: Mapping[str, tuple[Settled, Made]] = field(default_factory=dict)


class _Recorded(Struct, frozen=True, kw_only=True):
    """A unit as it is kept. ``themed`` has the places among its ``jobs`` of those that templates have a part in, by the
    closures of these templates, as one text."""

    given: Given
    jobs: Mapping[str, Settled]
    themed: Mapping[str, Sequence[int]]
    pages: Sequence[Listed]
    late: Sequence[str]
    diagnostics: Sequence[Diagnostic]

    def to_json(self) -> list[Any]:
        jobs = self.jobs.values()
        unlike = {job.path: [job.publish, job.heavy] for job in jobs if job.heavy or not job.publish}
        keys = [[job.path for job in jobs], [job.key for job in jobs], unlike]
        said = [d.to_json() for d in self.diagnostics]
        return [self.given, keys, self.themed, list(self.pages), list(self.late), said]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> _Recorded:
        given, (paths, keys, unlike), themed, pages, late, said = value
        rows = zip(paths, keys, [True] * len(paths), [False] * len(paths), strict=True)
        jobs = dict(zip(paths, map(_SETTLED, rows), strict=True))
        for path, (publish, heavy) in unlike.items():
            jobs[path] = Settled(path, jobs[path].key, publish, heavy)
        return cls(
            given=Given(*given),
            jobs=jobs,
            themed=themed,
            pages=list(map(_LISTED, pages)),
            late=late,
            diagnostics=[Diagnostic.from_json(d) for d in said],
        )


class _Alone(NamedTuple):
    """Of a unit the files that less decides than the whole of it: what did when it was laid out, and the jobs' keys."""

    given: Given
    decided: Mapping[str, str]
    keys: Mapping[str, str]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> _Alone:
        given, decided, keys = value
        return cls(Given(*given), decided, keys)


class Memory(Struct):
    """Units by name, the newest of each. A unit is settled while all its results stand as they were.

    ``stock`` is what is known of the published files; with None nothing is. With ``late`` a unit may lack costly
    files that were put off; with ``framed`` a page may be given another frame (`reframed`).
    """

    values: Recall
    stock: Stock | None
    late: bool = False
    framed: bool = False
    renewed: list[tuple[Unit, _Recorded, dict[str, str]]] = field(default_factory=list)

    def prepare(self, names: Iterable[str]) -> None:
        """Read these units at once."""
        if self.stock is not None:
            self.values.prepare(_STAGE, names)

    def recall(self, unit: Unit) -> Kept | None:
        """The unit as it was laid out under this very key, with results that are all there; else None."""
        if self.stock is None:
            return None
        value = self._known(unit)
        if value is None or value.given != unit.given(value.given.closures) or (jobs := self._standing(value)) is None:
            return None
        return Kept(jobs=jobs, pages=value.pages, late=value.late, diagnostics=value.diagnostics)

    def stands(self, laid: Laid) -> dict[str, tuple[Settled, Made]]:
        """Of a unit that was laid out anew, the jobs that nothing has changed for, with what stands of them."""
        if self.stock is None or not (decided := laid.unit.alone()):
            return {}
        before = self.values.latest(_ALONE, laid.unit.name, _Alone.from_json)
        if before is None or before.given != laid.unit.given(before.given.closures):
            return {}
        found = {}
        for job in laid.jobs:
            path = job.path
            if path in decided and before.decided.get(path) == decided[path]:
                settled = Settled(path, before.keys[path], job.publish, job.heavy)
                if made := self.stock.made(settled, self.values.store):
                    found[path] = (settled, made)
        return found

    def reframed(self, unit: Unit, draft: Draft, seams: reframed.Seams) -> Kept | None:
        """The unit as it was laid out under this very key, where nothing but the frame of its pages has changed."""
        value = self._known(unit)
        if value is None or unit.templates or self.stock is None or not self.framed:
            return None
        given = unit.given(value.given.closures)
        if given.listings != value.given.listings or (jobs := self._standing(value)) is None:
            return None
        changed = {(old, given.closures[name]) for name, old in value.given.closures.items()}
        now = dict(changed)
        if len(now) < len(changed) or any(old != new and not (old and new) for old, new in changed):
            return None  # a template has come or gone, or two that were of the same sources are not any more
        themed = {":".join(now.get(c, c) for c in text.split(":")): at for text, at in value.themed.items()}
        paths = list(value.jobs)
        others = {paths[n]: text for text, at in themed.items() if text not in value.themed for n in at}
        again = reframed.jobs(draft, seams, self.stock, self.values.store, others, jobs)
        if again is None:
            return None
        keys = {job.path: job.known.key for job in again if job.known}
        new = {
            path: Settled(path, keys[path], job.publish, job.heavy) if path in keys else job
            for path, job in value.jobs.items()
        }
        self.renewed.append((unit, replace(value, given=given, jobs=new, themed=themed), keys))
        kept = {path: job for path, job in jobs.items() if path not in keys}
        return Kept(jobs=kept, pages=value.pages, late=value.late, diagnostics=value.diagnostics, again=again)

    def _known(self, unit: Unit) -> _Recorded | None:
        if self.stock is None:
            return None
        value = self.values.known(_STAGE, unit.name, unit.key, _Recorded.from_json)
        return None if value is None or (value.late and not self.late) else value

    def _standing(self, value: _Recorded) -> dict[str, tuple[Settled, Made]] | None:
        """The jobs of a unit with what stands of them; None unless all do."""
        if (made := self._made(value.jobs)) is None:
            return None
        return dict(zip(value.jobs, zip(value.jobs.values(), made, strict=True), strict=True))

    def _made(self, jobs: Mapping[str, Settled]) -> list[Made] | None:
        """What stands of these jobs; None unless all do, each under its key."""
        assert self.stock is not None
        files, store, hidden = self.stock.before.live.files, self.values.store, self.stock.made
        found = [files.get(path) if job.publish else hidden(job, store) for path, job in jobs.items()]
        made = [each for each in found if each is not None]
        return made if [each.key for each in made] == [job.key for job in jobs.values()] else None

    def remember(self, laid: Iterable[Laid], keys: Mapping[str, str], late: Collection[str]) -> None:
        """Keep what was laid out and published. ``keys`` of all jobs by path; ``late``: what was put off."""
        for each in laid:
            now = [job for job in each.jobs if job.path not in late]
            found = {**keys, **{path: job.key for path, (job, _) in each.stands.items()}} if each.stands else keys
            if all(job.path in found for job in now):
                given, name, key = each.unit.given(each.templates), each.unit.name, each.unit.key
                value = _Recorded(
                    given=given,
                    themed=_themed(now),
                    jobs={job.path: Settled(job.path, found[job.path], job.publish, job.heavy) for job in now},
                    pages=list(each.pages),
                    late=[job.path for job in each.jobs if job.path in late and job.publish],
                    diagnostics=list(each.diagnostics),
                )
                self.values.keep(_STAGE, name, key, value, _Recorded.to_json)
                if decided := {path: digest for path, digest in each.unit.alone().items() if path in value.jobs}:
                    alone = _Alone(given, decided, {path: found[path] for path in decided})
                    self.values.keep(_ALONE, name, key, alone, list)
        for unit, value, again in self.renewed:
            if all(keys.get(path) == key for path, key in again.items()):
                self.values.keep(_STAGE, unit.name, unit.key, value, _Recorded.to_json)


def _themed(jobs: Sequence[Job]) -> dict[str, list[int]]:
    """The places of jobs that templates have a part in, by the templates' closures."""
    found: dict[str, list[int]] = {}
    for n, job in enumerate(jobs):
        if closure := job.closure.partition(":")[2]:
            found.setdefault(closure, []).append(n)
    return found
