"""Jobs come in; a published site and a report go out. The site changes as a whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from toolkit_builder.build import explain, fastpath
from toolkit_builder.build.cache import Store, remove_store
from toolkit_builder.build.execute import Outcome, Progress, Run, Unreproducible
from toolkit_builder.build.guard import Inspection, inspect, newcomers, refuse_foreign, refuse_place
from toolkit_builder.build.inputs import Inputs, changed_since, record_of
from toolkit_builder.build.jobs import Job, Settled, Toolchain, check_jobs
from toolkit_builder.build.lock import Holder, Locked, hold, make_private_folder
from toolkit_builder.build.manifest import Made, Saved, Tree, identity, latest_tree, load_tree, save_tree
from toolkit_builder.build.objects import write_file
from toolkit_builder.build.places import beside_folder, recover
from toolkit_builder.build.publish import Publication
from toolkit_builder.build.results import Results
from toolkit_builder.build.twin import following
from toolkit_builder.diagnostics import Diagnostic, Severity, Unsteady, any_errors, error, note, ordered

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from toolkit_builder.build.beside import Beside

_LOOK_AGAIN_AFTER = 1.0  # seconds; before an exchange, output/ is looked at once more for files that have come since
_NOT_AS_LEFT = {errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY}


class Options(Struct, frozen=True, kw_only=True):
    """How to build. ``settings`` is a digest of whatever else decides the result (options, environment, version).

    ``clock`` and ``valid_until`` are ISO texts of one form: the build's date, and the next moment at which an
    embargo ends or an item expires ("" if none). ``workers`` 0 means one a processor. ``protected`` are
    folders that ``output`` must keep away from (content, themes). ``locked`` says that the caller holds the
    project's lock already. With ``strict`` a renderer's warning holds the site back as an error does. ``left`` are
    paths whose last result stands, whatever their key is by now. ``said`` is what the earlier stages had to say: a
    build that has nothing to do says it again. ``on_published`` is handed the report of a published site, and may write
    down what others remember of it, while the standby tree is seen to.
    """

    settings: str = ""
    clock: str = ""
    valid_until: str = ""
    inputs: Inputs | None = None
    protected: tuple[Path, ...] = ()
    left: frozenset[str] = frozenset()
    said: tuple[Diagnostic, ...] = ()
    workers: int = 0
    executor: Executor | None = None
    beside: Beside | None = None
    locked: bool = False
    strict: bool = False
    lock_timeout: float = 600.0
    durable: bool = True
    on_wait: Callable[[Holder], None] | None = None
    on_progress: Progress | None = None
    on_published: Callable[[BuildReport], None] | None = None


class BuildReport(Struct):
    """What a build did. ``exit_code``: 0 published, 1 the content or the place is at fault, 3 the program is.

    ``rendered``: format -> number of jobs; ``paths``: what was rendered; ``keys``: path -> key of all jobs that were
    laid out, less those that were left as they are; ``tree``: what is published now; ``seconds``: wall time.
    """

    rendered: dict[str, int] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    reused: int = 0
    removed: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    tree: Tree = field(default_factory=Tree)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    published: bool = False
    fault: bool = False
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        return 3 if self.fault else 0 if self.published else 1


class Stock(Struct, frozen=True):
    """What the last build made and what of it stands in ``output/`` unharmed, as it was at ``looked`` (monotonic).

    ``standby`` is the seal of the standby tree's state, if somebody has seen that it is as that says.
    """

    known: Tree
    before: Inspection
    looked: float
    output: Path = Path()
    standby: str = ""

    def made(self, job: Settled, store: Store) -> Made | None:
        """The last build's result, if it was made under this very key and is still whole."""
        made = (self.before.live.files if job.publish else self.before.live.hidden).get(job.path)
        if made is None or made.key != job.key or not (job.publish or store.objects.has(made.digest)):
            return None
        return made

    def read(self, path: str, made: Made) -> bytes:
        """The bytes of a published file. Raises `Unsteady` where it is another by now, as far as `look` would see."""
        try:
            with open(f"{self.output}/{path}", "rb", buffering=0) as file:
                found = os.fstat(file.fileno())
                data = file.read()
        except OSError as problem:
            raise Unsteady(path) from problem
        if (len(data), found.st_mtime_ns, found.st_ino) != made[2:5]:
            raise Unsteady(path)
        return data


def look(project: Path, output: Path, looked: fastpath.Looked | None = None) -> Stock | None:
    """Look at every published file; None where nothing is known of this folder. For who holds the lock.

    ``looked`` is what somebody has seen a moment ago, before there was the lock: it holds if nobody has published
    anything since. Raises OSError.
    """
    project, output = Path(os.path.abspath(project)), Path(os.path.abspath(output))
    state = Path(fastpath.state_folder(str(project), str(output)))
    recover(output, state)
    at, who = time.monotonic(), identity(output)
    if (tree := load_tree(state, who)) is None:
        return None
    differing, standby = None, ""
    if looked and looked.tree == who and looked.record.head["tree"] == who and looked.record.head["state"] == tree.seal:
        differing, at, standby = looked.files.result(), looked.at, looked.files.standby
    return Stock(tree, inspect(output, tree, partial(_recorded, state), differing=differing), at, output, standby)


def _recorded(state: Path) -> set[str]:
    """The paths that the last build has published, as far as its record is there."""
    record = fastpath.read_record(str(state))
    return set(record.files[0].split("\n")) if record and record.files[1] else set()


def build(
    project: Path,
    output: Path,
    jobs: Sequence[Job],
    blobs: Mapping[str, bytes | str],
    toolchain: Toolchain,
    options: Options | None = None,
    *,
    store: Store | None = None,
    settled: Mapping[str, tuple[Settled, Made]] | None = None,
    stock: Stock | None = None,
) -> BuildReport:
    """Make ``output`` hold exactly what the jobs say, and the results that are ``settled`` (by path).

    Nothing is published where any diagnostic of a renderer is an error. A failing disk is a diagnostic too;
    whatever happens, ``output`` stays the last good site until the new one is complete. ``store`` is the
    open store of the earlier stages, if there were any; ``stock`` what `look` has found a moment ago. Raises
    `Unsettled` where the bytes of a settled result are needed and lost.
    """
    options = options or Options()
    report = BuildReport()
    started = time.perf_counter()
    project, output = Path(os.path.abspath(project)), Path(os.path.abspath(output))
    try:
        with contextlib.ExitStack() as stack:
            if not options.locked:
                stack.enter_context(hold(project, timeout=options.lock_timeout, on_wait=options.on_wait))
            if store is None:
                store = stack.enter_context(Store(project / ".toolkit" / "store"))
            _Build(project, output, jobs, options, store, report, settled or {}, stock).execute(blobs, toolchain)
            report.diagnostics += store.notices
    except Locked as problem:
        report.diagnostics.append(in_use(problem))
    except OSError as problem:
        report.diagnostics.append(failed_write(problem, project))
    report.diagnostics = ordered(report.diagnostics)
    report.seconds = time.perf_counter() - started
    return report


def in_use(problem: Locked) -> Diagnostic:
    """The sentence about another build that holds the project."""
    return error("B302", str(problem), hint="wait until it has ended, or end it, and build again")


def failed_write(problem: OSError, project: Path) -> Diagnostic:
    """A sentence that names the path, for a file, folder or disk that does not do what is asked of it."""
    name = problem.filename2 or problem.filename or ""
    shown = os.fsdecode(name) if isinstance(name, str | bytes) else ""
    with contextlib.suppress(ValueError):
        shown = Path(shown).relative_to(project).as_posix() if shown else "the project's folder"
    what = (problem.strerror or str(problem)).rstrip(".")
    return error(
        "B301",
        f"{shown} cannot be read or written: {what[:1].lower()}{what[1:]}",
        hint="correct the permissions or free some space there; until then the last good site stays as it is",
    )


class _Build:
    """One build under the lock, step by step."""

    def __init__(
        self,
        project: Path,
        output: Path,
        jobs: Sequence[Job],
        options: Options,
        store: Store,
        report: BuildReport,
        settled: Mapping[str, tuple[Settled, Made]],
        stock: Stock | None,
    ) -> None:
        self._project = project
        self._output = output
        self._jobs = jobs
        self._settled = settled
        self._stock = stock
        self._published = {job.path for job in jobs if job.publish}
        self._published |= {path for path, (job, _) in settled.items() if job.publish}
        self._options = options
        self._store = store
        self._report = report
        self._state = Path(fastpath.state_folder(str(project), str(output)))
        self._before = Inspection()
        self._known = Tree()
        self._keep_aside = False
        self._inspected = time.monotonic()

    def execute(self, blobs: Mapping[str, bytes | str], toolchain: Toolchain) -> None:
        if refused := refuse_place(self._project, self._output, self._options.protected):
            self._report.diagnostics.append(refused)
            return
        make_private_folder(self._project / ".toolkit")
        self._state.mkdir(parents=True, exist_ok=True)
        recover(self._output, self._state)
        if not self._take_stock() or not self._check_paths():
            return
        if not self._attempt(blobs, toolchain):
            self._report.rendered, self._report.paths, self._report.diagnostics = {}, [], []
            self._attempt(blobs, toolchain)

    def _check_paths(self) -> bool:
        """Whether all jobs can be published together; paths that the last build published need no second look."""
        paths = {job.path for job in self._jobs} | self._settled.keys()
        known = self._known.files.keys() | self._known.hidden.keys()
        if len(paths) < len(self._jobs) + len(self._settled) or not paths <= known:
            wrong = check_jobs([*self._jobs, *(Job(path, "", {}, "") for path in self._settled)])
            self._report.diagnostics += wrong
            return not wrong
        return True

    def _attempt(self, blobs: Mapping[str, bytes | str], toolchain: Toolchain) -> bool:
        """Prepare and publish; False where the standby tree was not as the last build had left it."""
        seen = self._stock.standby if self._stock else ""
        publication = Publication(self._output, self._state, self._before.live, seen, durable=self._options.durable)
        try:
            publication.begin(self._published)
            publication.keep_all(path for path in self._settled if path in self._published)
            results = Results(publication, self._store, self._before.live, self._known, self._options.left)
            outcome = self._render(results, blobs, toolchain)
            results.save()
            if outcome:
                self._publish(publication, results, outcome)
        except OSError as problem:
            publication.abandon()
            if publication.trusted and problem.errno in _NOT_AS_LEFT:
                return False
            raise
        except BaseException:
            publication.abandon()
            raise
        return True

    def _take_stock(self) -> bool:
        """Learn what stands in ``output/``; False if it holds a file that is not ours to delete."""
        if self._stock is not None:
            self._known, self._before, self._inspected = self._stock.known, self._stock.before, self._stock.looked
            return self._nothing_foreign()
        tree = load_tree(self._state, identity(self._output))
        owned = _recorded(self._state)
        if tree is None and (tree := latest_tree(self._state)):
            owned |= tree.files.keys()
        self._known = tree or Tree()
        self._before = inspect(self._output, tree, lambda: owned, self._published)
        if not owned and tree is None and self._published.issuperset(self._before.foreign):
            # the cache is gone, and the folder holds nothing but pages of this site: they are kept aside
            self._keep_aside = bool(self._before.foreign)
            return True
        return self._nothing_foreign()

    def _nothing_foreign(self) -> bool:
        if self._before.foreign:
            self._report.diagnostics.append(refuse_foreign(self._output, self._project, self._before.foreign))
        return not self._before.foreign

    def _render(self, results: Results, blobs: Mapping[str, bytes | str], toolchain: Toolchain) -> Outcome | None:
        """Run the jobs; None where the result must not be published."""
        report, options = self._report, self._options
        run = Run(
            self._jobs,
            toolchain,
            blobs,
            results,
            executor=options.executor,
            workers=options.workers,
            on_progress=options.on_progress,
            settled=self._settled,
            beside=options.beside,
        )
        try:
            outcome = run.execute()
        except Unreproducible as problem:
            report.fault = True
            report.diagnostics.append(error("B402", str(problem), hint="please report this"))
            return None
        report.rendered = dict(sorted(outcome.rendered.items()))
        report.paths = [self._jobs[n].path for n in outcome.rebuilt]
        report.diagnostics += outcome.diagnostics
        report.fault = outcome.fault
        warned = any(d.severity is Severity.WARNING for d in outcome.diagnostics)
        held_back = outcome.failed or any_errors(outcome.diagnostics) or (options.strict and warned)
        return None if held_back else outcome

    def _publish(self, publication: Publication, results: Results, outcome: Outcome) -> None:
        report = self._report
        long = time.monotonic() - self._inspected > _LOOK_AGAIN_AFTER
        if long and (late := newcomers(self._output, self._known, self._before)):
            report.diagnostics.append(refuse_foreign(self._output, self._project, late))
            publication.abandon()
            return
        files = {path: made for path, made in outcome.made.items() if path in self._published}
        hidden = {path: made for path, made in outcome.made.items() if path not in self._published}
        report.removed = sorted(self._known.files.keys() - files.keys())
        report.reused = len(outcome.made) - len(report.paths)
        report.keys = {j.path: outcome.made[j.path].key for j in self._jobs if j.path not in self._options.left}
        same = not self._before.touched and self._known.files.keys() == files.keys() and bool(identity(self._output))
        if same and not publication.written:
            publication.confirm(files, hidden)
        else:
            aside = publication.commit(files, hidden, keep_aside=self._keep_aside)
            if self._before.touched:
                publication.forget_old()
            if aside:
                report.diagnostics.append(_kept(aside, self._project))
        report.tree, report.published = Tree(files, hidden, read=publication.saved.rows), True
        with following(publication, report.tree):
            self._remember(results, outcome, publication.saved)
            if self._options.on_published:
                self._options.on_published(report)
            self._store.save()

    def _changes(self) -> list[str]:
        """What has changed since the last build, for those who do not know."""
        return changed_since(fastpath.read_record(str(self._state)), self._options.inputs, self._options.settings)

    def _remember(self, results: Results, outcome: Outcome, saved: Saved) -> None:
        """For the next build's no-change path, for `explain`, and to keep the store small.

        The site is published by now: where this cannot be written, the next build only has more to do.
        """
        options, stories = self._options, explain.Stories(self._state)
        made = {self._jobs[n].path for n in outcome.rebuilt} | results.restored
        told = ((job, results.why(job.path)) for job in self._jobs if job.path in made)
        stories.tell(told, self._changes)
        if self._report.removed:
            stories.forget(self._report.removed)
        with contextlib.suppress(OSError):
            if options.inputs:
                said = ordered([*options.said, *outcome.diagnostics])
                tree = identity(self._output)
                facts = {"settings": options.settings, "clock": options.clock, "valid_until": options.valid_until}
                record = record_of(options.inputs, self._project, saved, said, tree=tree, **facts)
                write_file(self._state / "record", record.to_bytes())
        self._store.collect(lambda: {made.digest for made in outcome.made.values()})


def _kept(aside: Path, project: Path) -> Diagnostic:
    with contextlib.suppress(ValueError):
        aside = aside.relative_to(project)
    return note(
        "B206",
        f"the folder held pages that no known build had made; they are kept in {aside.as_posix()}",
        hint="delete them when nothing in them is missed",
    )


def clean(project: Path, output: Path) -> list[Diagnostic]:
    """Forget what earlier builds kept, but not which files of ``output`` are theirs. The site itself stays, and the
    next build reads it, whatever its time stamps say.

    Raises `Locked` where a build is running.
    """
    project, output = Path(os.path.abspath(project)), Path(os.path.abspath(output))
    try:
        with hold(project, timeout=0):
            remove_store(project / ".toolkit" / "store")
            state = Path(fastpath.state_folder(str(project), str(output)))
            for folder in (state / "standby", beside_folder(output)):
                if identity(folder):
                    shutil.rmtree(folder)
            for name in ("explain.db", "explain.db-wal", "explain.db-shm"):
                (state / name).unlink(missing_ok=True)
            if tree := load_tree(state, identity(output)):
                forgotten = {path: made._replace(key="", mtime_ns=0) for path, made in tree.files.items()}
                save_tree(state, identity(output), Tree(forgotten, {}, tree.folders))
            (state / "record").unlink(missing_ok=True)
    except OSError as problem:
        return [failed_write(problem, project)]
    return []
