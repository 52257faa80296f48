"""What was laid out by the last builds comes in; units that need not be laid out again go out, as settled jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import compact_json
from toolkit_builder.build.engine import Stock
from toolkit_builder.build.jobs import Job, Settled
from toolkit_builder.build.manifest import Made
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


@dataclass(slots=True)
class Memory:
    """Units by name, the newest of each, in the store. A unit is settled while all its results stand as they were.

    ``stock`` is what is known of the published files; with None nothing is. With ``late`` a unit may lack costly
    files that were put off.
    """

    store: Store
    stock: Stock | None
    late: bool = False
    _known: dict[str, Any] = field(default_factory=dict)

    def prepare(self, names: Iterable[str]) -> None:
        """Read these units at once."""
        if self.stock is not None:
            self._known = {name: value for name, (value, _) in self.store.fragments(_STAGE, list(names)).items()}

    def recall(self, unit: Unit) -> Kept | None:
        """The unit as it was laid out under this very key, with results that are all there; else None."""
        value = self._known.get(unit.name)
        if value is None or self.stock is None or value["key"] != unit.key or (value["late"] and not self.late):
            return None
        if value["given"] != unit.given(value["templates"]):
            return None
        jobs: dict[str, tuple[Settled, Made]] = {}
        for row in value["jobs"]:
            job = Settled(*row)
            if (made := self.stock.made(job, self.store)) is None:
                return None
            jobs[job.path] = (job, made)
        return Kept(
            jobs=jobs,
            pages=[Listed(*row) for row in value["pages"]],
            late=value["late"],
            diagnostics=[Diagnostic.from_json(d) for d in value["diagnostics"]],
        )

    def remember(self, laid: Iterable[Laid], keys: Mapping[str, str], late: Collection[str]) -> None:
        """Keep what was laid out and published. ``keys`` of all jobs by path; ``late``: what was put off."""
        rows = []
        for each in laid:
            now = [job for job in each.jobs if job.path not in late]
            if all(job.path in keys for job in now):
                value = {
                    "key": each.unit.key,
                    "templates": sorted(each.templates),
                    "given": each.unit.given(each.templates),
                    "jobs": [[job.path, keys[job.path], job.publish, job.heavy] for job in now],
                    "pages": each.pages,
                    "late": [job.path for job in each.jobs if job.path in late and job.publish],
                    "diagnostics": [d.to_json() for d in each.diagnostics],
                }
                rows.append((each.unit.name, compact_json(value), ()))
        self.store.add_fragments(_STAGE, rows)
