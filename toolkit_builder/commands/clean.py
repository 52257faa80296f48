"""``toolkit clean``."""

from __future__ import annotations

import click

from toolkit_builder.commands import common


@click.command("clean")
def command() -> int:
    """Forget the cache, so that everything is made again.

    The built site stays as it is.
    """
    from toolkit_builder.build import engine, lock
    from toolkit_builder.quick import output_name

    project = common.site()
    try:
        failed = common.report(engine.clean(project, project / output_name(str(project))))
    except lock.Locked as busy:
        raise click.ClickException(str(busy)) from None
    if not failed:
        click.echo("The cache is gone; the site in the output folder is untouched.")
    return 1 if failed else 0
