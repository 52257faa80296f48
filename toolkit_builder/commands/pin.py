"""``toolkit pin``."""

from __future__ import annotations

import click

from toolkit_builder.commands import common


@click.command("pin")
@click.argument("conference")
@click.option(
    "--edition", default="", metavar="NAME", help="The edition that goes to print; the current one if left out."
)
def command(conference: str, edition: str) -> int:
    """Keep the line numbers of an edition that goes to print.

    From then on a later change to a motion never renumbers the lines that were printed.

    For example: toolkit pin 2027 --edition final
    """
    from toolkit_builder import editions, loading
    from toolkit_builder.build.cache import Store

    project = common.site()
    with Store(project / ".toolkit" / "store") as store:
        loaded = loading.load(
            project, loading.Options(environment=loading.environment(), drafts=True, future=True), store
        )
    held = loaded.site.conference_by_name.get(conference) if loaded.site else None
    if loaded.site is None or held is None:
        names = ", ".join(loaded.site.conference_by_name) if loaded.site else ""
        raise click.ClickException(f"there is no conference '{conference}'; the conferences are: {names or 'none'}")
    name = edition or held.document.fields.edition or "final"
    if not name.replace("-", "").isalnum():
        raise click.UsageError(f"'{name}' cannot be an edition's name; use letters, digits and hyphens")
    measure = held.document.fields.measure or loaded.site.config.motions.measure
    try:
        path, count = editions.write(project, held, name, measure, loaded.pins)
    except FileExistsError:
        raise click.ClickException(
            f"the {name} edition of {conference} is pinned already; name a later one with "
            "--edition, or delete its file to number the lines anew"
        ) from None
    click.echo(f"{path}: the line numbers of {count} papers are kept.")
    return 0
