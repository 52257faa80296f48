"""``toolkit check``."""

from __future__ import annotations

import sys

import click

from toolkit_builder.commands import common


@click.command("check")
@common.site_options
@common.report_options
def command(base_url: str, drafts: bool, future: bool, strict: bool, clock: str, jobs: int, messages: str, quiet: bool,
            verbose: bool) -> int:
    """Report every mistake in the content, and build nothing."""
    from toolkit_builder import pipeline

    options = pipeline.Options(
        drafts=drafts, future=future, strict=strict, base_url=base_url, clock=clock, jobs=jobs,
        environment=pipeline.environment(), arguments=tuple(sys.argv[1:]), on_wait=common.waiting,
    )
    found = pipeline.check(common.site(messages), options)
    failed = common.report(found, messages, verbose=verbose, quiet=quiet)
    if not found and messages == "text" and not quiet:
        click.echo("No mistakes found.")
    return 1 if failed else 0
