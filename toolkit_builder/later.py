"""The jobs of a site in; those that may wait out, and what makes one of their files when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from toolkit_builder import sources
from toolkit_builder.blueprint import Blueprint
from toolkit_builder.build import aside
from toolkit_builder.build.cache import LostBlob, Store
from toolkit_builder.build.jobs import Job
from toolkit_builder.build.manifest import Tree
from toolkit_builder.diagnostics import error
from toolkit_builder.formats import Toolchain
from toolkit_builder.loading import Loaded, lay_out, store_folder, unsteady


class Values(Mapping[str, "bytes | str"]):
    """The values behind a build's blobs: those of its blueprint, then those that were kept when texts were read."""

    def __init__(self, own: Mapping[str, bytes | str], kept: Mapping[str, bytes | str]) -> None:
        self._own, self._kept = own, kept

    def __getitem__(self, name: str) -> bytes | str:
        return self._own[name] if name in self._own else self._kept[name]

    def many(self, names: Sequence[str]) -> dict[str, bytes | str]:
        """Several at once, which is quicker."""
        found = {name: self._own[name] for name in names if name in self._own}
        others = [name for name in names if name not in found]
        return found | self._kept.many(others) if others else found  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)


class Later(Struct, frozen=True, kw_only=True):
    """Costly files of a site, by ``paths`` below output/, each to be made when somebody asks for it.

    ``loaded`` is what the site was made from, ``tree`` what was published of it.
    """

    project: Path
    loaded: Loaded
    tree: Tree
    plan: Callable[[], Blueprint]
    toolchain: Toolchain
    paths: frozenset[str]
    workers: int = 0

    def make(self, path: str) -> aside.Aside:
        """One of them, from the store where it has not changed. An edit does not wait for it: it takes no lock."""
        plan = self.plan()
        with Store(store_folder(self.project)) as store:
            jobs = aside.needed(plan.jobs, [path])
            values = Values(plan.blobs, store.blobs)
            try:
                return aside.make(jobs, values, self.toolchain, store, workers=self.workers)
            except sources.Changed as problem:
                return aside.Aside(diagnostics=(unsteady(problem),))
            except LostBlob:
                hint = "save a file of the site, and ask for it again"
                return aside.Aside(diagnostics=(error("B303", "the cache has lost what this is made from", hint=hint),))


def whole_plan(loaded: Loaded, plan: Blueprint) -> Blueprint:
    """All jobs of the site, those of settled units too: a costly file may be made from them."""
    incomplete = plan.settled or any(job.known for job in plan.jobs)
    return (lay_out(loaded) if incomplete else plan) or plan


def parted(jobs: Sequence[Job], output: Path) -> tuple[tuple[Job, ...], frozenset[str], frozenset[str]]:
    """The jobs of this build; the paths of those among them that stay as an earlier build left them in output/; and
    the paths of all that can wait, those included."""
    now, late = aside.parted(jobs)
    standing = _standing(late, output)
    kept = (job for job in late if job.path in standing)
    return (*now, *kept), frozenset(standing), frozenset(job.path for job in late)


def _standing(late: Sequence[Job], output: Path) -> set[str]:
    """The costly files that an earlier build has left in output/, and what they are made from."""
    there = {job.path for job in late if job.publish and (output / job.path).is_file()}
    found: set[str] = set()
    for path in sorted(there):
        needs = aside.needed(late, [path])
        if all(job.path in there for job in needs if job.publish):
            found |= {job.path for job in needs}
    return found
