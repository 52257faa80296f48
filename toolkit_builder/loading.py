"""A project folder in; its linked site out, and the jobs of that: what comes before anything is rendered or written."""

from __future__ import annotations

import datetime as dt
import gc
import importlib.util
import os
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder import decisions, editions, intake, linking, quick, sources, studied
from toolkit_builder.blueprint import Blueprint, blueprint
from toolkit_builder.build import engine
from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.lock import Holder, hold
from toolkit_builder.build.manifest import Tree
from toolkit_builder.build.recall import Recall
from toolkit_builder.build.stage import stage
from toolkit_builder.config import Config
from toolkit_builder.config import load as load_config
from toolkit_builder.diagnostics import Diagnostic, Severity, Span, error, ordered
from toolkit_builder.intake import code_digest
from toolkit_builder.layout.memory import Memory
from toolkit_builder.layout.shown import with_shown
from toolkit_builder.linking import visible
from toolkit_builder.model import Document
from toolkit_builder.site import Site
from toolkit_builder.theme import Theme, templates
from toolkit_builder.theme import loading as themes
from toolkit_builder.volumes import Volume

if TYPE_CHECKING:
    from concurrent.futures import Executor

CONTENT = "content"


class Options(Struct, frozen=True, kw_only=True):
    """What a person asked of one run. ``clock`` is an ISO text; empty means the present."""

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

    @property
    def settings(self) -> str:
        """All that decides the result beside the files, as the no-change path words it."""
        return quick.settings_of(dict(self.environment), list(self.arguments))

    def judged(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """With ``--strict`` a warning is as bad as an error."""
        if not self.strict:
            return found
        return [
            Diagnostic(Severity.ERROR, d.code, d.message, d.span, d.hint, d.source)
            if d.severity is Severity.WARNING
            else d
            for d in found
        ]


class Loaded(Struct, frozen=True, kw_only=True):
    """A project, read and linked. ``site`` and ``theme`` are None where that could not be done at all."""

    config: Config | None
    site: Site | None
    theme: Theme | None
    volumes: tuple[Volume, ...] = ()
    tree: sources.Tree = field(default_factory=sources.Tree)
    when: visible.Moment | None = None
    pins: Mapping[str, Any] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def documents(self) -> list[Document]:
        """All of them, those that are not public yet too."""
        return [doc for volume in self.volumes for doc in volume.documents]


class Foreseen(Struct, frozen=True, kw_only=True):
    """A site as it was worked out before everything was looked at: from files that might not have been all that had
    changed, and for a ``tree`` of published files that might not stand any more. ``plan`` are its jobs; what they are
    made from was read by way of ``store``, which is closed."""

    loaded: Loaded
    plan: Blueprint
    tree: Tree
    store: Store

    def of(self, config: Config | None, tree: sources.Tree, look: Theme | None) -> bool:
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


def _same_look(one: Theme | None, other: Theme | None) -> bool:
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
    foreseen: Foreseen | None = None,
    begin: Callable[[Theme, sources.Tree], None] | None = None,
) -> Loaded:
    """Scan, read and link the whole project. Every mistake found on the way is in ``diagnostics``.

    ``known`` are digests of files, by path, that need not be read; ``recall`` is what earlier builds have worked out,
    if not only that in the store; ``foreseen`` is the site, if it was worked out before. ``begin`` is told of the
    theme and the files as soon as they are known. Raises `sources.Changed`.
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
    if foreseen and foreseen.of(config, tree, look):
        known_already = foreseen.loaded
        foreseen.store.followed_by(store)
        found += [*problems, *known_already.diagnostics]
        return replace(known_already, tree=tree, diagnostics=tuple(ordered(found)))
    if look and begin:
        begin(look, tree)
    return assembled(config, tree, look, [*found, *problems], replace(options, warm=warm), recall)


def load_theme(project: Path, config: Config, store: Store) -> tuple[Theme | None, list[Diagnostic]]:
    """The site's theme, with its parents."""
    return themes.load(project, config.theme, partial(_template_problems, store=store))


def assembled(
    config: Config,
    tree: sources.Tree,
    look: Theme | None,
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


def _template_problems(look: Theme, store: Store) -> list[Diagnostic]:
    """What is wrong with the theme's templates: each is looked over when it changes."""
    written = [templates.written(t) for t in look.templates]
    keyed = [(digest_of_value(each), each) for each in written]
    looked = stage("theme", code_digest(), keyed, templates.look_over, store, workers=1)
    return list(templates.problems(look, looked))


def _decided(site: Site, texts: Mapping[str, str], recall: Recall) -> tuple[Site, list[Diagnostic]]:
    """The site with what follows from its results; a conference without a change is not looked at again."""
    keys = {held.name: f"{held.volume.key}:{site.world}" for held in site.conferences}
    recall.prepare("decide", keys)
    said = {name: recall.known("decide", name, key, decisions.Decided.from_json) for name, key in keys.items()}
    site, found, new = decisions.decide(site, texts, {name: known for name, known in said.items() if known})
    for name, decided in new.items():
        recall.keep("decide", name, keys[name], decided, decisions.Decided.to_json)
    return site, found


def unsteady(problem: sources.Changed) -> Diagnostic:
    """What is said of a file that does not stay as it is."""
    path = str(problem)
    return error(
        "F118", "this file was changed while the site was built from it", Span(path), hint="save it, and build again"
    )


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
    for folder in themes.folders(project, theme_name):
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


def store_folder(project: Path) -> Path:
    """Where a project keeps what its builds have worked out."""
    return project / ".toolkit" / "store"


@contextmanager
def opened(project: Path, options: Options) -> Iterator[Store]:
    """The project's store, while nobody else builds. Raises ``Locked`` after a long wait, and OSError."""
    with hold(project, on_wait=options.on_wait), Store(store_folder(project)) as store:
        yield store


def project_folder(start: Path) -> Path:
    """The nearest folder upwards that holds toolkit.yaml; else where we stand."""
    for folder in (start, *start.parents):
        if (folder / "toolkit.yaml").is_file():
            return folder
    return start


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k.startswith("TOOLKIT_")}
