"""``toolkit new``."""

from __future__ import annotations

import datetime as dt

import click

from toolkit_builder.commands import common

_KINDS = (
    "conference",
    "motion",
    "amendment",
    "composite",
    "bulletin",
    "plan",
    "toolkit",
    "resource",
    "branch",
    "update",
    "news",
    "page",
)


@click.command("new")
@click.argument("kind", type=common.Known(_KINDS), metavar="KIND")
@click.argument("title")
@click.option("--in", "folder", default="", metavar="NAME", help="The conference, toolkit or series it belongs to.")
@click.option(
    "--clock",
    default="",
    envvar="TOOLKIT_CLOCK",
    metavar="DAY",
    callback=common.moment,
    help="The date to write, if not today's.",
)
def command(kind: str, title: str, folder: str, clock: str) -> int:
    """Add a motion, bulletin, plan ... from a working example.

    For example: toolkit new motion "A fair workload" --in 2027

    The kinds are: conference, motion, amendment, composite, bulletin, plan, toolkit, resource, branch, update, news,
    page.
    """
    from toolkit_builder import scaffold

    project = common.site()
    if not any(c.isalnum() for c in title):
        raise click.UsageError('a title needs letters or digits, such as "A fair workload"')
    try:
        today = dt.date.fromisoformat(clock[:10]) if clock else dt.date.today()
    except ValueError:
        raise click.UsageError(f"'{clock}' is not a date such as 2027-06-14") from None
    try:
        path = scaffold.new_document(project, kind, title, folder, today)
    except scaffold.Exists as there:
        raise click.ClickException(f"{there} exists already; choose another title") from None
    except scaffold.NoHolder as missing:
        raise click.UsageError(str(missing)) from None
    click.echo(path)
    return 0
