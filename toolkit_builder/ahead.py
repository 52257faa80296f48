"""The site that was published last and the files that have changed since come in; pages of the next one go out, each
when somebody asks for it, before that is published.

Whoever edits a text wants to see its page, not to wait until thousands of other files were looked at. So what the
last build knew is believed here: the files that nobody has reported as changed, and all that it published. Nothing is
written to output/ from here. The build that follows looks at everything by itself, and publishes.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from pathlib import Path

from msgspec import Struct

from toolkit_builder import intake, sources
from toolkit_builder.build import aside
from toolkit_builder.build.cache import Store
from toolkit_builder.build.engine import Stock
from toolkit_builder.build.guard import Inspection
from toolkit_builder.build.jobs import Deferred, Job, Settled
from toolkit_builder.build.keys import Encoder
from toolkit_builder.build.lock import Locked, hold
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.recall import Recall
from toolkit_builder.diagnostics import Diagnostic, Unsteady, any_errors
from toolkit_builder.formats import Toolchain
from toolkit_builder.later import Later, Values
from toolkit_builder.layout.draft import output_path
from toolkit_builder.layout.memory import Kept, Laid, Memory
from toolkit_builder.layout.units import Unit
from toolkit_builder.loading import (
    CONTENT,
    Foreseen,
    Loaded,
    Options,
    assembled,
    few_collections,
    lay_out,
    load_theme,
    store_folder,
)


class Answer(Enum):
    """What is known of a path of the next site."""

    SAME = "the file in output/ is what it will be"
    GONE = "there will be no such file"
    WAIT = "it takes the build to tell"


class Ahead(Struct, frozen=True, kw_only=True):
    """The next site, as far as it can be told. ``jobs`` are what must be made of it, by path."""

    project: Path
    foreseen: Foreseen
    jobs: Mapping[str, Job]
    toolchain: Toolchain

    def known(self, path: str) -> Answer | None:
        """What can be said without making anything; None where the file must be made."""
        job = self.jobs.get(path)
        if job is None:
            plan = self.foreseen.plan
            return Answer.SAME if path in plan.settled or path in plan.late else Answer.GONE
        return Answer.WAIT if job.heavy or not job.publish else None

    def make(self, path: str) -> bytes | Answer:
        """The file at a path of `jobs`; the very bytes that the build will publish there."""
        job = self.jobs[path]
        try:
            with Store(store_folder(self.project)) as store:
                if not isinstance(job.payload, Deferred):
                    encoded = Encoder()(job)
                    if encoded.outputs:
                        return Answer.WAIT
                    if (standing := self.foreseen.tree.files.get(path)) and standing.key == encoded.key({}):
                        return Answer.SAME
                values = Values(self.foreseen.plan.blobs, store.blobs)
                made = aside.make([job], values, self.toolchain, store, workers=1)
        except (Unsteady, OSError):
            return Answer.WAIT
        return Answer.WAIT if any_errors(made.diagnostics) else made.files.get(path, Answer.WAIT)

    def made_from(self, other: Loaded) -> bool:
        """Whether that site is of the same files and settings."""
        return self.foreseen.of(other.config, other.tree, other.theme)


class Scout(Struct, frozen=True):
    """Looks ahead for a server, with the ``options`` (and what they hold in memory) of its builds."""

    project: Path
    options: Options

    def look(self, last: Later, changed: Collection[str]) -> Ahead | None:
        """The site as it will be, from what was known of it and the ``changed`` files (absolute paths).

        None where the build must tell: something is wrong, the settings have changed, or somebody else is building.
        """
        return self._look(lambda store: self._after(last, changed, store))

    def warm_up(self, last: Later) -> tuple[Ahead, str] | None:
        """What the first edit needs, done before it comes: the text that was saved last is likely to be the next one.

        As `look` after an edit of that text; the path of its page comes out as well, to be made by who makes pages.
        """
        loaded = last.loaded
        texts = {doc.path: doc for doc in loaded.site.documents} if loaded.site else {}
        if not texts:
            return None
        doc = texts[max(texts, key=lambda path: _saved(self.project / path))]
        intake.READ.load()
        unit = f"conference {doc.conference}" if doc.conference else "rest"
        found = self._look(lambda store: self._planned(last, loaded, self._warm.recall(store), besides=unit))
        return (found, output_path(doc.url)) if found else None

    def _look(self, look: Callable[[Store], Ahead | None]) -> Ahead | None:
        try:
            with few_collections(), hold(self.project, timeout=0), Store(store_folder(self.project)) as store:
                return look(store)
        except (Locked, OSError):
            return None
        except Unsteady:
            self._warm.held.clear()
            return None

    @property
    def _warm(self) -> intake.Warm:
        assert self.options.warm, "a server remembers what its builds have worked out"
        return self.options.warm

    def _after(self, last: Later, changed: Collection[str], store: Store) -> Ahead | None:
        config, look = last.loaded.config, last.loaded.theme
        names = {os.path.relpath(path, self.project).replace(os.sep, "/") for path in changed}
        texts, themes = (_below(names, folder) for folder in (CONTENT, "themes"))
        if config is None or names - texts - themes:
            return None
        found: list[Diagnostic] = []
        if themes:
            look, found = load_theme(self.project, config, store)
        tree, problems = _tree(self.project, last.loaded.tree, texts)
        recall = self._warm.recall(store)
        loaded = assembled(config, tree, look, [*found, *problems], self.options, recall)
        return self._planned(last, loaded, recall)

    def _planned(self, last: Later, loaded: Loaded, recall: Recall, *, besides: str = "") -> Ahead | None:
        """The site with its jobs; all units come from memory that can, ``besides`` one."""
        stock = Stock(last.tree, Inspection(live=last.tree), time.monotonic())
        plan = lay_out(loaded, _Memory(recall, stock, late=True, besides=besides))
        found = [*loaded.diagnostics, *(plan.diagnostics if plan else ())]
        if plan is None or loaded.theme is None or any_errors(self.options.judged(found)):
            return None
        return Ahead(
            project=self.project,
            foreseen=Foreseen(loaded=loaded, plan=plan, tree=last.tree, store=recall.store),
            jobs={job.path: job for job in plan.jobs},
            toolchain=last.toolchain if loaded.theme is last.loaded.theme else Toolchain(loaded.theme.bundle),
        )


class _Memory(Memory):
    """Units that need no layout, besides one that gets it all the same."""

    besides: str = ""

    def recall(self, unit: Unit) -> Kept | None:
        return None if unit.name == self.besides else Memory.recall(self, unit)

    def stands(self, laid: Laid) -> dict[str, tuple[Settled, Made]]:
        return {} if laid.unit.name == self.besides else Memory.stands(self, laid)


def _saved(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _below(names: Collection[str], folder: str) -> set[str]:
    return {name for name in names if name == folder or name.startswith(f"{folder}/")}


def _tree(project: Path, before: sources.Tree, changed: Collection[str]) -> tuple[sources.Tree, list[Diagnostic]]:
    """The texts and assets as they are now. Folders are read only where more has happened than that texts changed."""
    known = {source.path: place for place, source in enumerate(before.sources)}
    edited = {name for name in changed if name in known and _is_file(project / name)}
    every = (*before.sources, *before.assets)
    other = {name for name in changed if name not in edited and not sources.ignored(name)}
    other = {name for name in other if os.path.lexists(project / name) or _was_there(name, every)}
    if other:
        inside = tuple(f"{name}/" for name in other)
        same = {e.path: e.digest for e in every if e.path not in changed and not e.path.startswith(inside)}
        return sources.scan(project, CONTENT, same)
    texts, found = list(before.sources), []
    for name in sorted(edited):
        source, problems = sources.read_source(project, name)
        found += problems
        if source is not None:
            texts[known[name]] = source
    return sources.Tree(tuple(texts), before.assets), found


def _was_there(name: str, every: Iterable[sources.Source | sources.Unread | sources.Asset]) -> bool:
    return any(each.path == name or each.path.startswith(f"{name}/") for each in every)


def _is_file(path: Path) -> bool:
    """Whether a file stands here itself, and no link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False
