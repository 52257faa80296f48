"""``toolkit build``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from toolkit_builder.commands import common
from toolkit_builder.diagnostics import Diagnostic

if TYPE_CHECKING:
    from toolkit_builder.build.fastpath import Looked


@click.command("build")
@common.site_options
@common.report_options
@click.option(
    "--only",
    multiple=True,
    metavar="PATH",
    help="Look again only at what is below this address, such as /news/; all else stays as it is.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be built, and write nothing.")
@click.option("--clean", is_flag=True, help="Forget the cache first: everything is made again.")
@click.option("-o", "--open", "open_", is_flag=True, help="Open the site in the browser afterwards.")
@common.executor_options
@click.pass_obj
def command(
    looked: Looked | None,
    asked: common.Asked,
    voice: common.Voice,
    only: tuple[str, ...],
    dry_run: bool,
    clean: bool,
    open_: bool,
    work: common.Work,
) -> int:
    """Build the site and its printed documents into output/.

    Either the whole new site is published, or the last good one stays as it is.
    """
    from toolkit_builder import pipeline, quick
    from toolkit_builder.build import engine
    from toolkit_builder.build.lock import Locked

    project = common.site(voice.messages)
    options = asked.options(only=only, arguments=tuple(sys.argv[1:]), on_progress=common.progress)
    if dry_run:
        found, paths = pipeline.preview(project, options)
        failed = voice.report(found)
        for path in paths:
            voice.say(path)
        return 1 if failed else 0
    cleaned: list[Diagnostic] = []
    if clean:
        try:
            cleaned = engine.clean(project, project / quick.output_name(str(project)))
        except Locked as busy:
            raise click.ClickException(str(busy)) from None
    with common.executor(work) as workers:
        result = pipeline.build(project, replace(options, executor=workers), looked=looked)
    voice.report([*cleaned, *result.diagnostics])
    if result.published:
        voice.say(_summary(result, voice.verbose))
    elif voice.messages == "text":
        there = (project / quick.output_name(str(project)) / "index.html").is_file()
        click.echo(f"Nothing was published{'; the last good site is still in place' if there else ''}.", err=True)
    if open_ and result.published:
        click.launch((project / quick.output_name(str(project)) / "index.html").as_uri())
    return result.exit_code


def _summary(result: object, verbose: bool) -> str:
    from toolkit_builder.build.engine import BuildReport

    assert isinstance(result, BuildReport)
    made = sum(result.rendered.values())
    parts = [f"{made} made", f"{result.reused} unchanged"]
    if result.removed:
        parts.append(f"{len(result.removed)} removed")
    text = f"Published: {', '.join(parts)} ({result.seconds:.2f} s)."
    if verbose:
        text += "".join(f"\n  {name}: {count}" for name, count in sorted(result.rendered.items()))
    return text
