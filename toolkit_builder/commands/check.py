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
def command(asked: common.Asked, voice: common.Voice, no_print: bool) -> int:
    """Report every mistake in the content, and build nothing.

    Bulletins and posters are printed to see whether they fit; with -v it says how many lines they have to spare.
    """
    from toolkit_builder import pipeline

    options = asked.options(arguments=tuple(sys.argv[1:]), on_progress=None if voice.quiet else common.progress)
    found = pipeline.check(common.site(voice.messages), options, printing=not no_print)
    failed = voice.report(found)
    if not any(d.severity is not Severity.NOTE for d in found):
        voice.say("No mistakes found.")
    return 1 if failed else 0
