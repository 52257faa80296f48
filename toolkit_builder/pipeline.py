"""A project folder in; a checked site, or a published one, out. The one place that knows the order of the stages."""

from __future__ import annotations

import datetime as dt
import difflib
import gc
import importlib.util
import os
import time
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit_builder import decisions, editions, glyphs, intake, linking, quick, rehearsal, sources, studied, theme
from toolkit_builder.blueprint import Blueprint, blueprint
from toolkit_builder.build import aside, engine, fastpath
from toolkit_builder.build.cache import LostBlob, Store
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.jobs import Job, check_jobs
from toolkit_builder.build.lock import Holder, Locked, hold
from toolkit_builder.build.manifest import Tree
from toolkit_builder.build.recall import Recall
from toolkit_builder.build.stage import stage
from toolkit_builder.build.workers import can_fork
from toolkit_builder.config import Config
from toolkit_builder.config import load as load_config
from toolkit_builder.diagnostics import Diagnostic, Severity, Span, Unsteady, any_errors, error, ordered, warning
from toolkit_builder.formats import Toolchain
from toolkit_builder.intake import code_digest
from toolkit_builder.kinds.prints import PRINTS
from toolkit_builder.layout.memory import Memory
from toolkit_builder.layout.shown import with_shown
from toolkit_builder.linking import visible
from toolkit_builder.model import Document
from toolkit_builder.site import Site
from toolkit_builder.volumes import Volume

if TYPE_CHECKING:
    from concurrent.futures import Executor

CONTENT = "content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person asked of one run. ``clock`` is an ISO text; empty means the present.

    With ``on_later`` no printed document is made: it is handed what makes each of them when it is asked for. The
    last ones stay in output/ as they are, and the next build without it sees which of them have changed. ``looked`` is
    what was seen of the project a moment ago, ``foreseen`` what has been worked out of the site, as far as that turns
    out to be right.
    """

    drafts: bool = False
    future: bool = False
    strict: bool = False
    base_url: str = ""
    clock: str = ""
    jobs: int = 0
    only: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("build",)
    executor: Executor | None = None
    warm: intake.Warm | None = None
    on_progress: Callable[[int, int], None] | None = None
    on_wait: Callable[[Holder], None] | None = None
    on_later: Callable[[Later], None] | None = None
    foreseen: Foreseen | None = None
    looked: fastpath.Looked | None = None

    @property
    def settings(self) -> str:
        """All that decides the result beside the files, as the no-change path words it."""
        return quick.settings_of(dict(self.environment), list(self.arguments))


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A project, read and linked. ``site`` and ``theme`` are None where that could not be done at all."""

    config: Config | None
    site: Site | None
    theme: theme.Theme | None
    volumes: tuple[Volume, ...] = ()
    tree: sources.Tree = field(default_factory=sources.Tree)
    when: visible.Moment | None = None
    pins: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def documents(self) -> list[Document]:
        """All of them, those that are not public yet too."""
        return [doc for volume in self.volumes for doc in volume.documents]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A site as it was worked out before everything was looked at: from files that might not have been all that had
    changed, and for a ``tree`` of published files that might not stand any more. ``plan`` are its jobs; what they are
    made from was read by way of ``store``, which is closed."""

    loaded: Loaded
    plan: Blueprint
    tree: Tree
    store: Store

    def of(self, config: Config | None, tree: sources.Tree, look: theme.Theme | None) -> bool:
        """Whether it was made from these very files and settings."""
        mine = self.loaded
        return mine.config == config and _digests(mine.tree) == _digests(tree) and _same_look(mine.theme, look)

    def upon(self, stock: engine.Stock | None) -> bool:
        """Whether its jobs are those of a build that finds just this published."""
        if stock is None or stock.before.touched:
            return False
        return stock.known.files == self.tree.files and stock.known.hidden == self.tree.hidden


def _digests(tree: sources.Tree) -> list[tuple[str, str]]:
    return [(each.path, each.digest) for each in (*tree.sources, *tree.assets)]


def _same_look(one: theme.Theme | None, other: theme.Theme | None) -> bool:
    return one is other or one == other


def moment(config: Config, options: Options) -> tuple[visible.Moment, list[Diagnostic]]:
    """The build's clock: what was asked for, else what the site says, else the present in the site's time zone."""
    zone = zoneinfo.ZoneInfo(config.time_zone)
    problems = []
    now = config.clock or dt.datetime.now(zone)
    if options.clock:
        try:
            now = dt.datetime.fromisoformat(options.clock)
        except ValueError:
            problems.append(
                error(
                    "C404",
                    f"the clock '{options.clock}' is not a moment such as 2027-06-14T09:30",
                    hint="write year-month-day, or year-month-dayThour:minute",
                )
            )
    if now.tzinfo is None:
        now = now.replace(tzinfo=zone)
    return visible.Moment(now=now, drafts=options.drafts, future=options.future), problems


def load(
    project: Path,
    options: Options,
    store: Store,
    known: Mapping[str, str] | None = None,
    recall: Recall | None = None,
    begin: Callable[[theme.Theme, sources.Tree], None] | None = None,
) -> Loaded:
    """Scan, read and link the whole project. Every mistake found on the way is in ``diagnostics``.

    ``known`` are digests of files, by path, that need not be read; ``recall`` is what earlier builds have worked out,
    if not only that in the store. ``begin`` is told of the theme and the files as soon as they are known. Raises
    `sources.Changed`.
    """
    warm = options.warm or intake.Warm()
    recall = recall or warm.recall(store)
    environment = dict(options.environment)
    if options.base_url:
        environment["TOOLKIT_BASE_URL"] = options.base_url
    config, found = load_config(project, environment)
    tree, problems = sources.scan(project, CONTENT, known)
    found += problems
    if config is None:
        return Loaded(config=None, site=None, theme=None, tree=tree, diagnostics=tuple(ordered(found)))
    look, problems = load_theme(project, config, store)
    if options.foreseen and options.foreseen.of(config, tree, look):
        known_already = options.foreseen.loaded
        options.foreseen.store.followed_by(store)
        found += [*problems, *known_already.diagnostics]
        return replace(known_already, tree=tree, diagnostics=tuple(ordered(found)))
    if look and begin:
        begin(look, tree)
    return assembled(config, tree, look, [*found, *problems], replace(options, warm=warm), recall)


def load_theme(project: Path, config: Config, store: Store) -> tuple[theme.Theme | None, list[Diagnostic]]:
    """The site's theme, with its parents."""
    return theme.load(project, config.theme, partial(_template_problems, store=store))


def assembled(
    config: Config,
    tree: sources.Tree,
    look: theme.Theme | None,
    found: list[Diagnostic],
    options: Options,
    recall: Recall,
) -> Loaded:
    """Read and link what was found in the project; ``found`` is what is wrong with that already.

    Raises `sources.Changed`.
    """
    assert options.warm, "what was recalled stands there"
    when, problems = moment(config, options)
    found += problems
    pins, problems = editions.read(tree.assets)
    found += problems
    volumes, problems = intake.volumes(
        tree.sources, config, pins, recall, options.warm.shelf, executor=options.executor, workers=options.jobs
    )
    found += problems
    texts = sources.Texts(tree.sources)
    assets = frozenset(a.path for a in tree.assets)
    site, problems = linking.link(config, volumes, assets, when, texts, recall)
    found += problems
    site, problems = _decided(site, texts, recall)
    found += problems
    site, problems = studied.studied(site, pins, recall, executor=options.executor, workers=options.jobs)
    found += problems
    site = with_shown(site, recall)
    return Loaded(
        config=config,
        site=site,
        theme=look,
        volumes=tuple(volumes),
        tree=tree,
        when=when,
        pins=pins,
        diagnostics=tuple(ordered(found)),
    )


def _template_problems(look: theme.Theme, store: Store) -> list[Diagnostic]:
    """What is wrong with the theme's templates: each is looked over when it changes."""
    templates = [theme.written(t) for t in look.templates]
    keyed = [(digest_of_value(each), each) for each in templates]
    looked = stage("theme", code_digest(), keyed, theme.look_over, store, workers=1)
    return list(theme.template_problems(look, looked))


def _decided(site: Site, texts: Mapping[str, str], recall: Recall) -> tuple[Site, list[Diagnostic]]:
    """The site with what follows from its results; a conference without a change is not looked at again."""
    keys = {held.name: f"{held.volume.key}:{site.world}" for held in site.conferences}
    recall.prepare("decide", keys)
    said = {name: recall.known("decide", name, key, decisions.Decided.from_json) for name, key in keys.items()}
    site, found, new = decisions.decide(site, texts, {name: known for name, known in said.items() if known})
    for name, decided in new.items():
        recall.keep("decide", name, keys[name], decided, decisions.Decided.to_json)
    return site, found


def lay_out(loaded: Loaded, memory: Memory | None = None) -> Blueprint | None:
    """The jobs of a loaded project; None where it could not be linked. ``memory`` has units that need no layout."""
    if loaded.site is None or loaded.theme is None:
        return None
    printing = loaded.config is not None and loaded.config.print.enabled and print_problem() is None
    return blueprint(
        loaded.site,
        loaded.theme,
        loaded.tree.assets,
        code_digest(),
        loaded.tree.sources,
        pins=loaded.pins,
        printing=printing,
        memory=memory,
    )


@cache
def print_problem() -> str | None:
    """Why no PDF can be made on this computer, in one sentence; None where they can."""
    import ctypes.util

    if ctypes.util.find_library("pango-1.0") and importlib.util.find_spec("weasyprint"):
        return None  # quicker than importing the engine, which is right as well
    from toolkit_builder.printing.engine import available

    return available()


def input_roots(project: Path, theme_name: str) -> dict[str, str]:
    """Everything a build reads, by label: for the no-change path and for watching."""
    roots = {
        "toolkit.yaml": "toolkit.yaml",
        CONTENT: CONTENT,
        "themes": "themes",
        "program": str(Path(__file__).parent),
    }
    for folder in theme.folders(project, theme_name):
        if not folder.is_relative_to(project):
            roots[f"theme {folder.name}"] = str(folder)
    return roots


@contextmanager
def few_collections() -> Iterator[None]:
    """A site is many small values that all live until the end: looking through them for garbage takes long."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
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
                return aside.Aside(diagnostics=(_unsteady(problem),))
            except LostBlob:
                hint = "save a file of the site, and ask for it again"
                return aside.Aside(diagnostics=(error("B303", "the cache has lost what this is made from", hint=hint),))


def _unsteady(problem: sources.Changed) -> Diagnostic:
    path = str(problem)
    return error(
        "F118", "this file was changed while the site was built from it", Span(path), hint="save it, and build again"
    )


def store_folder(project: Path) -> Path:
    """Where a project keeps what its builds have worked out."""
    return project / ".toolkit" / "store"


@contextmanager
def opened(project: Path, options: Options) -> Iterator[Store]:
    """The project's store, while nobody else builds. Raises ``Locked`` after a long wait, and OSError."""
    with hold(project, on_wait=options.on_wait), Store(store_folder(project)) as store:
        yield store


def build(project: Path, options: Options) -> engine.BuildReport:
    """Read, link, render and publish. Nothing is published while there is any error (or, if strict, any warning)."""
    started = time.perf_counter()
    waited: list[Holder] = []

    def on_wait(holder: Holder) -> None:
        waited.append(holder)
        if options.on_wait:
            options.on_wait(holder)

    try:
        with few_collections(), opened(project, replace(options, on_wait=on_wait)) as store:
            now = replace(options, looked=None) if waited else options  # what was seen before has become old meanwhile
            try:
                report = _build(project, now, store)
            except Unsteady:  # somebody has been at the store, or is at the files
                if options.warm:
                    options.warm.held.clear()
                report = _build(project, replace(options, looked=None, foreseen=None), store, remember=False)
    except Locked as busy:
        report = engine.BuildReport(diagnostics=[engine.in_use(busy)])
    except sources.Changed as problem:
        report = engine.BuildReport(diagnostics=[_unsteady(problem)])
    except OSError as problem:
        report = engine.BuildReport(diagnostics=[engine.failed_write(problem, project)])
    report.seconds = time.perf_counter() - started
    return report


def _build(project: Path, options: Options, store: Store, *, remember: bool = True) -> engine.BuildReport:
    with rehearsal.Stage(options.executor, options.jobs) as beside:
        return _built(project, options, store, beside, remember=remember)


def _built(
    project: Path, options: Options, store: Store, beside: rehearsal.Stage, *, remember: bool
) -> engine.BuildReport:
    config, _ = load_config(project, options.environment)
    roots = input_roots(project, config.theme if config else "default")
    output = project / (config.output if config else "output")
    record: fastpath.Record | None
    looked = options.looked if options.looked and options.looked.holds(str(output), roots) else None
    if looked:
        record, scanned_ns, scan = looked.record, looked.scanned_ns, looked.scan
    else:
        record, scanned_ns = fastpath.read_record(fastpath.state_folder(str(project), str(output))), time.time_ns()
        scan = fastpath.scan(fastpath.absolute_roots(str(project), roots))
    known = engine.known_digests(record, scan) if remember else {}
    warm = options.warm or intake.Warm()
    recall = warm.recall(store)
    loaded = load(project, replace(options, warm=warm), store, known, recall, beside.begin)
    store.save()
    stock = engine.look(project, output, looked) if remember else None
    framed = options.executor is None and can_fork()
    memory = Memory(recall, stock, late=options.on_later is not None, framed=framed)
    foreseen = options.foreseen if options.foreseen and loaded.site is options.foreseen.loaded.site else None
    plan = foreseen.plan if foreseen and foreseen.upon(stock) else lay_out(loaded, memory)
    found = [*loaded.diagnostics, *(plan.diagnostics if plan else ()), *_only_problems(plan, options.only)]
    if loaded.config and loaded.config.print.enabled and (missing := print_problem()):
        found.append(warning("B501", f"the site was built without its PDFs: {missing}"))
    if plan is None or loaded.config is None or loaded.theme is None or loaded.when is None or _stops(found, options):
        return engine.BuildReport(diagnostics=ordered(as_strict(found, options)))
    dates = (each for volume in loaded.volumes for each in volume.dates.values())
    change = visible.next_change(dates, loaded.when)
    digests = {f.path: f.digest for f in (*loaded.tree.sources, *loaded.tree.assets)}
    inputs = engine.Inputs(roots=roots, scan=scan, scanned_ns=scanned_ns, digests=digests)
    pinned = bool(options.clock or loaded.config.clock)
    jobs, left = plan.jobs, frozenset(job.path for job in plan.jobs if not _asked(job.path, options.only))
    late: list[Job] = []
    if options.on_later:
        now, late = aside.parted(plan.jobs)
        standing = _standing(late, output)
        jobs, left = (*now, *(job for job in late if job.path in standing)), left | standing
    build_options = engine.Options(
        settings=options.settings,
        inputs=inputs,
        workers=options.jobs,
        executor=options.executor,
        beside=beside.process,
        locked=True,
        strict=options.strict,
        clock=_utc(loaded.when.now) if not pinned else "",
        valid_until=_utc(change) if change and not pinned else "",
        protected=(project / CONTENT, project / "themes"),
        on_progress=options.on_progress,
        left=left,
        said=tuple(found),
    )
    report = engine.build(
        project,
        output,
        jobs,
        Values(plan.blobs, store.blobs),
        Toolchain(replace(loaded.theme.bundle, seams=plan.seams)),
        build_options,
        store=store,
        settled=plan.settled,
        stock=stock,
    )
    if report.published:
        memory.remember(plan.laid, report.keys, {job.path for job in late} - left)
    report.diagnostics = ordered(as_strict(glyphs.placed([*found, *report.diagnostics], project), options))
    if options.on_later and report.published:
        options.on_later(
            Later(
                project=project,
                loaded=loaded,
                tree=report.tree,
                plan=cache(partial(_whole_plan, loaded, plan)),
                workers=options.jobs,
                toolchain=Toolchain(loaded.theme.bundle),
                paths=plan.late | {job.path for job in late if job.publish},
            )
        )
    return report


def _whole_plan(loaded: Loaded, plan: Blueprint) -> Blueprint:
    """All jobs of the site, those of settled units too: a costly file may be made from them."""
    incomplete = plan.settled or any(job.known for job in plan.jobs)
    return (lay_out(loaded) if incomplete else plan) or plan


def _standing(late: Sequence[Job], output: Path) -> set[str]:
    """The costly files that an earlier build has left in output/, and what they are made from."""
    there = {job.path for job in late if job.publish and (output / job.path).is_file()}
    found: set[str] = set()
    for path in sorted(there):
        needs = aside.needed(late, [path])
        if all(job.path in there for job in needs if job.publish):
            found |= {job.path for job in needs}
    return found


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
            folders = {f"/{path.rpartition('/')[0]}/" for path in plan.published()}
            near = difflib.get_close_matches(f"/{address.strip('/')}/", sorted(folders), n=1)
            hint = f"did you mean {near[0]}?" if near else "see what there is with: toolkit build --dry-run"
            found.append(error("C405", f"nothing of this site is below '{address}'", hint=hint))
    return found


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _stops(found: list[Diagnostic], options: Options) -> bool:
    return any_errors(as_strict(found, options))


def as_strict(found: list[Diagnostic], options: Options) -> list[Diagnostic]:
    """With ``--strict`` a warning is as bad as an error."""
    if not options.strict:
        return found
    return [
        Diagnostic(Severity.ERROR, d.code, d.message, d.span, d.hint, d.source) if d.severity is Severity.WARNING else d
        for d in found
    ]


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
    return ordered(as_strict(glyphs.placed(found, project), options))


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
    return ordered(as_strict(found, options)), paths


def project_folder(start: Path) -> Path:
    """The nearest folder upwards that holds toolkit.yaml; else where we stand."""
    for folder in (start, *start.parents):
        if (folder / "toolkit.yaml").is_file():
            return folder
    return start


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k.startswith("TOOLKIT_")}
