"""An order (which templates, whose branches, which formats, where to) in; the folder filled and a report of it out."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from pathlib import Path

from msgspec import Struct, field, to_builtins

from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.lock import Locked, hold
from toolkit_builder.build.workers import Lost, Workers, processors
from toolkit_builder.diagnostics import Diagnostic, any_errors, error, ordered
from toolkit_builder.formats.register import defused
from toolkit_builder.kinds.shapes import slug
from toolkit_builder.localise import archives, batch, data, documents, resources, sheets
from toolkit_builder.localise.album import Album
from toolkit_builder.localise.journal import Foreign, Journal, digest
from toolkit_builder.localise.resources import Template
from toolkit_builder.model import Payload
from toolkit_builder.site import Site
from toolkit_builder.sources import Asset
from toolkit_builder.theme import Theme
from toolkit_builder.wording import nearest


class Order(Struct, frozen=True, kw_only=True):
    """What a person asked for."""

    templates: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    everything: bool = False
    tables: tuple[Path, ...] = ()
    with_site: bool = False
    formats: tuple[str, ...] = ("pdf",)
    out: Path
    strict: bool = False
    zipped: bool = False
    contact_sheet: bool = False
    allow_overflow: bool = False
    workers: int = 0
    executor: Executor | None = None
    code: str
    on_progress: Callable[[int, int], None] | None = None


class Done(Struct):
    """``outcome`` is None where nothing could be begun."""

    outcome: batch.Outcome | None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    seconds: float = 0.0


def carry_out(order: Order, site: Site, theme: Theme, site_payload: Payload, assets: Sequence[Asset]) -> Done:
    """Make everything of an order that can be made; every problem is in ``diagnostics``."""
    started = time.perf_counter()
    album = Album(assets)
    chosen, found = _templates(order, site, theme)
    branches, problems = _branches(order, site, chosen, album)
    found += problems
    if (any_errors(problems) and order.strict) or not chosen or branches is None or not branches.total:
        return Done(None, ordered(found))
    root = site.config.base_url.rstrip("/")
    plan = batch.Plan(
        templates=chosen,
        branches=branches,
        total=branches.total,
        formats=order.formats,
        out=order.out,
        theme=theme,
        stationery=sheets.stationery(site_payload, root, theme, album.named_in(_shown(chosen, theme, site_payload))),
        album=album,
        code=order.code,
        named=bool(order.branches),
        strict=order.strict,
        allow_overflow=order.allow_overflow,
        workers=order.workers,
        executor=order.executor,
        on_progress=order.on_progress,
    )
    try:
        order.out.mkdir(parents=True, exist_ok=True)
        with hold(order.out), Journal(order.out) as journal:
            outcome = batch.run(plan, journal)
            found += outcome.diagnostics
            found += _beside(order, journal, outcome)
    except Locked as busy:
        return Done(None, [*ordered(found), error("L144", str(busy), hint="wait until it has finished")])
    except OSError as problem:
        text = f"'{problem.filename or order.out}' cannot be written: {problem.strerror or problem}"
        return Done(None, [*ordered(found), error("L145", text, hint="name another folder with --out")])
    return Done(outcome, ordered(found), time.perf_counter() - started)


def _shown(chosen: Sequence[Template], theme: Theme, site_payload: Payload) -> str:
    """All that may name a picture, but for branches."""
    printed = sorted({sheet[1] for template in chosen for sheet in template.sheets})
    sources = [source.source for name in printed if theme.has(name) for source in theme.closure(name)]
    styles = [data.decode("utf-8", "replace") for name, data in theme.print_files.items() if name.endswith(".css")]
    return json.dumps([[to_builtins(t) for t in chosen], site_payload, sources, styles], ensure_ascii=False)


def _templates(order: Order, site: Site, theme: Theme) -> tuple[list[Template], list[Diagnostic]]:
    known = resources.templates(site)
    found: list[Diagnostic] = []
    if not known:
        return [], [
            error(
                "L146", "this site has no templates", hint="write 'template: yes' at the top of a resource of a toolkit"
            )
        ]
    names = {t.name: t for t in known} | {f"{t.folder}/{t.name}": t for t in known}
    chosen = []
    for wanted in order.templates:
        template = names.get(wanted.removesuffix(".md")) or next((t for t in known if t.path == wanted), None)
        if template is None:
            near = nearest(wanted, names)
            hint = f"did you mean {near}?" if near else f"the templates are: {', '.join(t.name for t in known)}"
            found.append(error("L147", f"there is no template '{wanted}'", hint=hint))
        else:
            chosen.append(template)
    chosen = list({t.path: t for t in (chosen if order.templates else known)}.values()) if not found else []
    lacking = sorted({s[1] for t in chosen for s in t.sheets if not theme.has(s[1])})
    found += [
        error("L148", f"the theme has no print template '{name}'", hint="add it to the theme's folder print/")
        for name in lacking
    ]
    return ([] if lacking else chosen), found


# --- branches --------------------------------------------------------------------------------------------------


class Branches(Struct, frozen=True):
    """The branches of an order, read anew each time they are gone through."""

    total: int
    source: Callable[[], Iterable[Payload]]

    def __iter__(self) -> Iterator[Payload]:
        return iter(self.source())


def _branches(
    order: Order, site: Site, chosen: Sequence[Template], album: Album
) -> tuple[Branches | None, list[Diagnostic]]:
    own = [documents.branch_of(doc, site) for doc in site.all("branch")]
    declared = sorted({name for t in chosen for name in t.declared})
    used = sorted(
        {use["path"] for t in chosen for use in t.compiled["uses"] if use["shown"]}
        - {f"fields.{name}" for t in chosen for name, f in t.declared.items() if f["default"] or f["blank"]}
    )
    tables: list[data.Table] = []
    found: list[Diagnostic] = []
    for path in order.tables:
        table, problems = data.open_table(path, own if order.with_site else [], declared, used, album.logo_fault)
        found += problems
        if table is not None:
            tables.append(table)
    listed = own if not order.tables or order.with_site else []
    listed = [b for b in listed if not any(b["name"] in t.names for t in tables)]
    taken = {b["name"] for b in listed}
    for table in tables:
        if both := sorted(taken & table.names):
            found.append(error("L133", f"the branch '{both[0]}' is in two tables", hint="give each branch one row"))
        taken |= table.names

    def every() -> Iterator[Payload]:
        yield from (b for b in listed if wanted(b))
        for table in tables:
            yield from (b for b in table if wanted(b))

    def wanted(branch: Payload) -> bool:
        if order.branches and not any(_is_named(branch, n) for n in order.branches):
            return False
        return not order.regions or any(slug(branch.get("region") or "") == slug(r) for r in order.regions)

    total, regions, named = 0, dict.fromkeys(order.regions, 0), dict.fromkeys(order.branches, 0)
    for branch in every():
        total += 1
        for name in named:
            named[name] += _is_named(branch, name)
        for region in regions:
            regions[region] += slug(branch.get("region") or "") == slug(region)
    near_names = [n for b in listed for n in (b["name"], b["title"])]
    near_names += [n for t in tables for n in sorted(t.names)[:5000]]
    for name in [n for n, count in named.items() if not count]:
        near = nearest(name, near_names)
        hint = f"did you mean {near}?" if near else "'toolkit list branch' shows the branches of the site"
        found.append(error("L130", f"there is no branch '{name}'", hint=hint))
    for name in [n for n, count in regions.items() if not count]:
        known = sorted({b.get("region") or "" for rows in [iter(listed), *map(iter, tables)] for b in rows} - {""})
        near = nearest(name, known) or (known[0] if len(known) == 1 else "")
        hint = "no branch has a region: write 'region:' in content/branches/, or in the table's column"
        if known:
            hint = f"did you mean {near}?" if near else f"the regions are: {', '.join(known[:8])}"
        found.append(error("L131", f"no branch is in a region '{name}'", hint=hint))
    if not total and not any_errors(found):
        found.append(
            error("L132", "there are no branches", hint="write some in content/branches/, or name a table with --data")
        )
    return Branches(total, every), found


def _is_named(branch: Payload, name: str) -> bool:
    return name == branch["name"] or name.casefold() == (branch.get("title") or "").casefold()


# --- what lies beside the documents ----------------------------------------------------------------------------

COLUMNS = ("Branch", "Region", "Template", "Status", "Reason", "Field", "Too long by (mm)", "Missing", "Files")


def report_csv(rows: Iterable[batch.Row]) -> bytes:
    """The report for a spreadsheet: a line for each document, UTF-8 with a mark, no live formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        over = f"{row.over_mm:.1f}" if row.over_mm else ""
        status = "made" if row.status == "unchanged" else row.status  # the same report from one run or two
        cells = (
            row.branch,
            row.region,
            row.template,
            status,
            row.reason,
            row.field,
            over,
            row.missing,
            " ".join(row.files),
        )
        writer.writerow([defused(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _beside(order: Order, journal: Journal, outcome: batch.Outcome) -> list[Diagnostic]:
    """The report, and what was asked for beside it: archives and contact sheets. Nothing is made twice."""
    report = report_csv(outcome.rows)
    found = _placed(journal, "report.csv", digest(report), report)
    wanted = archives.zips(outcome.rows) if order.zipped else []
    wanted += archives.contact_sheets(outcome.rows) if order.contact_sheet else []
    digests = journal.digests()
    keys = {b: digest_of_value([order.code, b.files, [digests[name] for name in b.files]]) for b in wanted}
    missing = [b for b in wanted if journal.known(b.path, keys[b]) is None]
    for beside in missing:  # one at a time: an archive may be large
        if beside.is_archive:
            found += _placed(journal, beside.path, keys[beside], archives.render(order.out, beside))
    sheets = [b for b in missing if not b.is_archive]
    with Workers(None, order.workers or processors(), order.out) as pool:
        one = pool.count < 2 or len(sheets) < 2 * pool.count
        done = ((b, archives.render(order.out, b)) for b in sheets) if one else pool.run(archives.render, sheets)
        for beside, made in done:
            if isinstance(made, Lost):
                found.append(error("L141", f"{beside.path} was not made: its worker died ({made.reason})"))
            else:
                found += _placed(journal, beside.path, keys[beside], made)
    return found


def _placed(journal: Journal, path: str, key: str, data: bytes) -> list[Diagnostic]:
    try:
        if journal.known(path, key) is None:
            journal.write(path, key, [(path, data)], {})
    except Foreign as problem:
        return [error("L140", f"{problem}, so it was left alone", hint="move it out of the folder")]
    return []
