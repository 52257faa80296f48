"""What was laid out by the last builds comes in; units that need not be laid out again go out, as settled jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit_builder.build.engine import Stock
from toolkit_builder.build.jobs import Job, Settled
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.recall import Recall
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.layout.units import Unit
from toolkit_builder.misfits import Listed

_STAGE = "layout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A unit as it was laid out before. ``late`` are costly files that were put off then, and are not there."""

    jobs: Mapping[str, tuple[Settled, Made]]
    pages: Sequence[Listed] = ()
    late: Sequence[str] = ()
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A unit that was laid out now; ``templates`` are those that its planner has asked for."""

    unit: Unit
    jobs: Sequence[Job]
    pages: Sequence[Listed]
    templates: frozenset[str]
    diagnostics: Sequence[Diagnostic] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """A unit as it is kept: ``given`` is the digest of its ``templates`` and what else it was given."""

    given: str
    jobs: Mapping[str, Settled]
    pages: Sequence[Listed]
    templates: Sequence[str]
    late: Sequence[str]
    diagnostics: Sequence[Diagnostic]

    def to_json(self) -> list[Any]:
        jobs = self.jobs.values()
        unlike = {job.path: [job.publish, job.heavy] for job in jobs if job.heavy or not job.publish}
        keys = [[job.path for job in jobs], [job.key for job in jobs], unlike]
        said = [d.to_json() for d in self.diagnostics]
        return [self.given, keys, list(self.pages), list(self.templates), list(self.late), said]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> _Recorded:
        given, (paths, keys, unlike), pages, templates, late, said = value
        jobs = dict(zip(paths, map(Settled, paths, keys), strict=True))
        for path, (publish, heavy) in unlike.items():
            jobs[path] = Settled(path, jobs[path].key, publish, heavy)
        return cls(
            given=given,
            jobs=jobs,
            pages=[Listed(*page) for page in pages],
            templates=templates,
            late=late,
            diagnostics=[Diagnostic.from_json(d) for d in said],
        )


@dataclass(slots=True)
class Memory:
    """Units by name, the newest of each. A unit is settled while all its results stand as they were.

    ``stock`` is what is known of the published files; with None nothing is. With ``late`` a unit may lack costly
    files that were put off.
    """

    values: Recall
    stock: Stock | None
    late: bool = False

    def prepare(self, names: Iterable[str]) -> None:
        """Read these units at once."""
        if self.stock is not None:
            self.values.prepare(_STAGE, names)

    def recall(self, unit: Unit) -> Kept | None:
        """The unit as it was laid out under this very key, with results that are all there; else None."""
        if self.stock is None:
            return None
        value = self.values.known(_STAGE, unit.name, unit.key, _Recorded.from_json)
        if value is None or (value.late and not self.late) or value.given != unit.given(value.templates):
            return None
        if (made := self._made(value.jobs)) is None:
            return None
        jobs = dict(zip(value.jobs, zip(value.jobs.values(), made, strict=True), strict=True))
        return Kept(jobs=jobs, pages=value.pages, late=value.late, diagnostics=value.diagnostics)

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
            if all(job.path in keys for job in now):
                value = _Recorded(
                    given=each.unit.given(each.templates),
                    jobs={job.path: Settled(job.path, keys[job.path], job.publish, job.heavy) for job in now},
                    pages=list(each.pages),
                    templates=sorted(each.templates),
                    late=[job.path for job in each.jobs if job.path in late and job.publish],
                    diagnostics=list(each.diagnostics),
                )
                self.values.keep(_STAGE, each.unit.name, each.unit.key, value, _Recorded.to_json)
