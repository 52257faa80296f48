"""``toolkit check``."""

from __future__ import annotations

import sys

import click

from toolkit_builder.commands import common
from toolkit_builder.diagnostics import Severity


@click.command("check")
@common.site_options
@common.report_options
@click.option("--no-print", is_flag=True, help="Do not look whether bulletins and posters fit their pages.")
def command(
    base_url: str,
    drafts: bool,
    future: bool,
    strict: bool,
    clock: str,
    jobs: int,
    messages: str,
    quiet: bool,
    verbose: bool,
    no_print: bool,
) -> int:
    """Report every mistake in the content, and build nothing.

    Bulletins and posters are printed to see whether they fit; with -v it says how many lines they have to spare.
    """
    from toolkit_builder import pipeline

    options = pipeline.Options(
        drafts=drafts,
        future=future,
        strict=strict,
        base_url=base_url,
        clock=clock,
        jobs=jobs,
        environment=pipeline.environment(),
        arguments=tuple(sys.argv[1:]),
        on_wait=common.waiting,
        on_progress=None if quiet else common.progress,
    )
    found = pipeline.check(common.site(messages), options, printing=not no_print)
    failed = common.report(found, messages, verbose=verbose, quiet=quiet)
    if not any(d.severity is not Severity.NOTE for d in found) and messages == "text" and not quiet:
        click.echo("No mistakes found.")
    return 1 if failed else 0
