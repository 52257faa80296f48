"""``toolkit localise``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from toolkit_builder.commands import common

_FORMATS = ("pdf", "docx", "html", "png", "txt", "svg")


@click.command("localise")
@click.argument("templates", nargs=-1, metavar="[TEMPLATE]...")
@common.site_options
@common.report_options
@click.option("--branch", "branches", multiple=True, metavar="NAME", help="Only this branch; may be repeated.")
@click.option("--region", "regions", multiple=True, metavar="R", help="Only the branches of this region.")
@click.option("--all", "everything", is_flag=True, help="Every branch.")
@click.option(
    "--data",
    "tables",
    multiple=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Branches from a CSV or Excel file, in place of those on the site.",
)
@click.option("--with-site", is_flag=True, help="With --data: the site's branches as well, the table's cells first.")
@click.option("--format", "formats", default="pdf", metavar="LIST", help="Any of pdf,docx,html,png,txt,svg.")
@click.option("--zip", "zipped", is_flag=True, help="A ZIP for every branch and for every template as well.")
@click.option("--contact-sheet", is_flag=True, help="Pages of thumbnails of everything, to look it over.")
@click.option("--allow-overflow", is_flag=True, help="Make documents although their text does not fit.")
@click.option(
    "-o",
    "--out",
    default="localised",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put them: DIR/branch/template.pdf.",
)
@common.executor_options
def command(
    templates: tuple[str, ...],
    asked: common.Asked,
    voice: common.Voice,
    branches: tuple[str, ...],
    regions: tuple[str, ...],
    everything: bool,
    tables: tuple[Path, ...],
    with_site: bool,
    formats: str,
    zipped: bool,
    contact_sheet: bool,
    allow_overflow: bool,
    out: Path,
    work: common.Work,
) -> int:
    """Make every branch its own leaflets, letters and posters.

    TEMPLATE is a resource's file name, such as leaflet-a5; all templates if left out. Nothing that is already made
    is made again, so a run that was stopped goes on where it was.

    For example: toolkit localise leaflet-a5 --region Wales --zip
    """
    from toolkit_builder import frame, glyphs, intake, loading, misfits, sources
    from toolkit_builder.build.cache import Store
    from toolkit_builder.diagnostics import ordered
    from toolkit_builder.localise import bureau

    chosen = tuple(dict.fromkeys(f.strip().lower() for f in formats.split(",") if f.strip()))
    if wrong := [f for f in chosen if f not in _FORMATS]:
        raise click.UsageError(f"There is no format '{wrong[0]}'. The formats are: {', '.join(_FORMATS)}.")
    if not (branches or regions or everything or tables):
        raise click.UsageError("Which branches? Say --branch NAME, --region R, --all or --data FILE.")
    project = common.site()
    with Store(project / ".toolkit" / "store") as store:
        loaded = loading.load(project, asked.options(), store)
    found = list(loaded.diagnostics)
    if loaded.site is not None:
        texts = sources.Texts(loaded.tree.sources)
        found += misfits.unusable_logos(loaded.site, loaded.tree.assets, texts, alone=True)
    if loaded.site is None or loaded.theme is None or _stop(found):
        voice.report(ordered(found))
        return 1
    if "pdf" in chosen and (missing := loading.print_problem()):
        raise click.ClickException(f"No PDF can be made on this computer: {missing}.")
    order = bureau.Order(
        templates=templates,
        branches=branches,
        regions=regions,
        everything=everything,
        tables=tables,
        with_site=with_site,
        formats=chosen,
        out=out,
        strict=asked.strict,
        zipped=zipped,
        contact_sheet=contact_sheet,
        allow_overflow=allow_overflow,
        workers=asked.jobs,
        code=intake.code_digest(),
        on_progress=common.progress,
    )
    with common.executor(work) as workers:
        order = replace(order, executor=workers)
        done = bureau.carry_out(order, loaded.site, loaded.theme, frame.site_payload(loaded.site), loaded.tree.assets)
    voice.report(ordered(glyphs.placed(done.diagnostics, project, map(str, tables))))
    if done.outcome is not None:
        voice.say(_summary(done, out))
    return 1 if _stop(done.diagnostics) else 0


def _stop(found: Any) -> bool:
    from toolkit_builder.diagnostics import any_errors

    return any_errors(found)


def _summary(done: Any, out: Path) -> str:
    outcome = done.outcome
    parts = [f"{outcome.count('made')} made", f"{outcome.count('unchanged')} unchanged"]
    parts += [f"{n} {word}" for word in ("skipped", "overflow", "failed") if (n := outcome.count(word))]
    return f"{out}: {', '.join(parts)} ({done.seconds:.1f} s). The report is {out / 'report.csv'}."
