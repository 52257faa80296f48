"""A project folder in; a published site, or all that is wrong with it, out. The one place that knows all the stages."""

from __future__ import annotations

import datetime as dt
import difflib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder import glyphs, intake, rehearsal, sources
from toolkit_builder.blueprint import Blueprint
from toolkit_builder.build import aside, engine, fastpath
from toolkit_builder.build.cache import Store
from toolkit_builder.build.inputs import Inputs, known_digests
from toolkit_builder.build.jobs import check_jobs
from toolkit_builder.build.lock import Holder, Locked
from toolkit_builder.build.places import parents_of
from toolkit_builder.build.workers import can_fork
from toolkit_builder.config import load as load_config
from toolkit_builder.diagnostics import Diagnostic, Unsteady, any_errors, error, ordered, warning
from toolkit_builder.formats import Toolchain
from toolkit_builder.kinds.prints import PRINTS
from toolkit_builder.later import Later, Values, parted, whole_plan
from toolkit_builder.layout.memory import Memory
from toolkit_builder.linking import visible
from toolkit_builder.loading import (
    CONTENT,
    Foreseen,
    Loaded,
    Options,
    few_collections,
    input_roots,
    lay_out,
    load,
    opened,
    print_problem,
    unsteady,
)


def build(
    project: Path,
    options: Options,
    *,
    looked: fastpath.Looked | None = None,
    foreseen: Foreseen | None = None,
    on_later: Callable[[Later], None] | None = None,
) -> engine.BuildReport:
    """Read, link, render and publish. Nothing is published while there is any error (or, if strict, any warning).

    ``looked`` is what was seen of the project a moment ago, ``foreseen`` what has been worked out of the site, as far
    as that turns out to be right. With ``on_later`` no printed document is made: it is handed what makes each of them
    when it is asked for. The last ones stay in output/ as they are, and the next build without it sees which of them
    have changed.
    """
    started = time.perf_counter()
    waited: list[Holder] = []

    def on_wait(holder: Holder) -> None:
        waited.append(holder)
        if options.on_wait:
            options.on_wait(holder)

    try:
        with few_collections(), opened(project, replace(options, on_wait=on_wait)) as store:
            run = _Run(project, options, store, foreseen=foreseen, on_later=on_later)
            try:
                report = run.report(None if waited else looked)  # it has become old meanwhile
            except Unsteady:  # somebody has been at the store, or is at the files
                if options.warm:
                    options.warm.held.clear()
                report = replace(run, foreseen=None, trusting=False).report(None)
    except Locked as busy:
        report = engine.BuildReport(diagnostics=[engine.in_use(busy)])
    except sources.Changed as problem:
        report = engine.BuildReport(diagnostics=[unsteady(problem)])
    except OSError as problem:
        report = engine.BuildReport(diagnostics=[engine.failed_write(problem, project)])
    report.seconds = time.perf_counter() - started
    return report


class _Run(Struct, frozen=True):
    """One attempt at a build, under the project's lock; ``trusting`` what earlier ones have written down."""

    project: Path
    options: Options
    store: Store
    foreseen: Foreseen | None = None
    on_later: Callable[[Later], None] | None = None
    trusting: bool = True

    def report(self, looked: fastpath.Looked | None) -> engine.BuildReport:
        """What came of it."""
        with rehearsal.Stage(self.options.executor, self.options.jobs) as beside:
            return self._built(looked, beside)

    def _built(self, looked: fastpath.Looked | None, beside: rehearsal.Stage) -> engine.BuildReport:
        project, options, store = self.project, self.options, self.store
        config, _ = load_config(project, options.environment)
        roots = input_roots(project, config.theme if config else "default")
        output = project / (config.output if config else "output")
        if looked and not looked.holds(str(output), roots):
            looked = None
        inputs, known = self._inputs(output, roots, looked)
        warm = options.warm or intake.Warm()
        recall = warm.recall(store)
        loaded = load(project, replace(options, warm=warm), store, known, recall, self.foreseen, beside.begin)
        store.save()
        stock = engine.look(project, output, looked) if self.trusting else None
        framed = options.executor is None and can_fork()
        memory = Memory(recall, stock, late=self.on_later is not None, framed=framed)
        plan = self._plan(loaded, stock, memory)
        found = _problems(loaded, plan, options)
        if plan is None or loaded.theme is None or any_errors(options.judged(found)):
            return engine.BuildReport(diagnostics=ordered(options.judged(found)))
        jobs, left = plan.jobs, frozenset(job.path for job in plan.jobs if not _asked(job.path, options.only))
        waiting: frozenset[str] = frozenset()
        if self.on_later:
            jobs, standing, waiting = parted(plan.jobs, output)
            left |= standing
        clock, until = _validity(loaded, options)
        report = engine.build(
            project,
            output,
            jobs,
            Values(plan.blobs, store.blobs),
            Toolchain(replace(loaded.theme.bundle, seams=plan.seams)),
            engine.Options(
                settings=options.settings,
                inputs=replace(inputs, digests={f.path: f.digest for f in (*loaded.tree.sources, *loaded.tree.assets)}),
                workers=options.jobs,
                executor=options.executor,
                beside=beside.process,
                locked=True,
                strict=options.strict,
                protected=(project / CONTENT, project / "themes"),
                on_progress=options.on_progress,
                on_published=lambda report: memory.remember(plan.laid, report.keys, waiting - left),
                left=left,
                said=tuple(found),
                clock=clock,
                valid_until=until,
            ),
            store=store,
            settled=plan.settled,
            stock=stock,
        )
        report.diagnostics = ordered(options.judged(glyphs.placed([*found, *report.diagnostics], project)))
        if report.published and self.on_later:
            self.on_later(
                Later(
                    project=project,
                    loaded=loaded,
                    tree=report.tree,
                    plan=cache(partial(whole_plan, loaded, plan)),
                    workers=options.jobs,
                    toolchain=Toolchain(loaded.theme.bundle),
                    paths=plan.late | {job.path for job in plan.jobs if job.publish and job.path in waiting},
                )
            )
        return report

    def _inputs(
        self, output: Path, roots: Mapping[str, str], looked: fastpath.Looked | None
    ) -> tuple[Inputs, Mapping[str, str]]:
        """What stands in the input folders at this moment, and the digests of files that need not be read again."""
        if looked:
            record: fastpath.Record | None = looked.record
            scanned_ns, scan = looked.scanned_ns, looked.scan
        else:
            record = fastpath.read_record(fastpath.state_folder(str(self.project), str(output)))
            scanned_ns = time.time_ns()
            scan = fastpath.scan(fastpath.absolute_roots(str(self.project), roots))
        known = known_digests(record, scan) if self.trusting else {}
        return Inputs(roots=roots, scan=scan, scanned_ns=scanned_ns), known

    def _plan(self, loaded: Loaded, stock: engine.Stock | None, memory: Memory) -> Blueprint | None:
        foreseen = self.foreseen
        if foreseen and loaded.site is foreseen.loaded.site and foreseen.upon(stock):
            return foreseen.plan
        return lay_out(loaded, memory)


def _problems(loaded: Loaded, plan: Blueprint | None, options: Options) -> list[Diagnostic]:
    """All that is known to be wrong before anything is rendered."""
    found = [*loaded.diagnostics, *(plan.diagnostics if plan else ()), *_only_problems(plan, options.only)]
    if loaded.config and loaded.config.print.enabled and (missing := print_problem()):
        found.append(warning("B501", f"the site was built without its PDFs: {missing}"))
    return found


def _validity(loaded: Loaded, options: Options) -> tuple[str, str]:
    """From when until when the site is what a build makes of the same files; empty where the clock stands still."""
    if loaded.when is None or options.clock or (loaded.config and loaded.config.clock):
        return "", ""
    change = visible.next_change((each for volume in loaded.volumes for each in volume.dates.values()), loaded.when)
    return _utc(loaded.when.now), _utc(change) if change else ""


def _asked(path: str, only: Sequence[str]) -> bool:
    """Whether a path is below one of the addresses that a person asked for; all are if none was named."""
    plain = path.removeprefix(".print/")
    wanted = [address.strip("/").removesuffix("index.html").strip("/") for address in only]
    return not only or any(not w or plain == w or plain.startswith(f"{w}/") for w in wanted)


def _only_problems(plan: Blueprint | None, only: Sequence[str]) -> list[Diagnostic]:
    """Addresses that were asked for and that no file of the site is below."""
    found: list[Diagnostic] = []
    if plan is None:
        return found
    for address in only:
        every = [*(job.path for job in plan.jobs), *plan.settled]
        if not any(_asked(path, (address,)) for path in every):
            folders = {f"/{folder}/" for folder in parents_of(plan.published()) if folder}
            near = difflib.get_close_matches(f"/{address.strip('/')}/", sorted(folders), n=1)
            hint = f"did you mean {near[0]}?" if near else "see what there is with: toolkit build --dry-run"
            found.append(error("C405", f"nothing of this site is below '{address}'", hint=hint))
    return found


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def check(project: Path, options: Options, *, printing: bool = True) -> list[Diagnostic]:
    """Everything that a build would complain about, today or when a document's day has come, and what only `check`
    looks for; nothing is written to output/.

    With ``printing``, documents that must fit so many pages are printed, to say by how many lines they are over or
    short; they are kept, so that the next check and the next build have them.
    """
    from toolkit_builder import prose
    from toolkit_builder.localise import publish

    with opened(project, options) as store:
        loaded = load(project, options, store)
        plan = lay_out(loaded)
        found = [*loaded.diagnostics, *(plan.diagnostics if plan else ())]
        found += check_jobs(plan.jobs) if plan and not any_errors(found) else []
        found += _still_to_come(project, options, loaded, store)
        if printing and plan and loaded.theme and not any_errors(found):
            limited = tuple(f"/{each.name}.pdf" for each in PRINTS if each.sheet.get("max_pages"))
            paths = [job.path for job in plan.jobs if job.heavy and job.path.endswith(limited)]
            made = aside.make(
                aside.needed(plan.jobs, paths),
                Values(plan.blobs, store.blobs),
                Toolchain(loaded.theme.bundle),
                store,
                executor=options.executor,
                workers=options.jobs,
                on_progress=options.on_progress,
            )
            found += made.diagnostics
    if loaded.site is not None and loaded.site.config.localise == "on-demand":  # with "build", the jobs tell
        found += publish.shortfalls(loaded.site)
    for doc in loaded.documents:
        found += prose.broken_lines(doc.body, doc.path, doc.body_line)
    return ordered(options.judged(glyphs.placed(found, project)))


def _still_to_come(project: Path, options: Options, loaded: Loaded, store: Store) -> list[Diagnostic]:
    """What is wrong with documents that wait for their day: told now, not by the build that should publish them."""
    if options.future or loaded.site is None or not loaded.site.hidden:
        return []
    later = load(project, replace(options, future=True), store)
    plan = lay_out(later)
    waiting = {doc.path for doc in later.site.documents if doc.id in loaded.site.hidden} if later.site else set()
    found = (*later.diagnostics, *(plan.diagnostics if plan else ()))
    return [d for d in found if d.span and d.span.path in waiting]


def preview(project: Path, options: Options) -> tuple[list[Diagnostic], list[str]]:
    """What a build would report, and the paths it would publish, in order; nothing is written to output/."""
    with opened(project, options) as store:
        loaded = load(project, options, store)
        plan = lay_out(loaded)
    found = [*loaded.diagnostics, *(plan.diagnostics if plan else ()), *_only_problems(plan, options.only)]
    found += check_jobs(plan.jobs) if plan and not any_errors(found) else []
    paths = sorted(job.path for job in plan.jobs if job.publish and _asked(job.path, options.only)) if plan else []
    return ordered(options.judged(found)), paths
