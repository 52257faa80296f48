"""``toolkit explain``."""

from __future__ import annotations

import click

from toolkit_builder.commands import common


@click.command("explain")
@click.argument("path")
def command(path: str) -> int:
    """Say which inputs made a file, and why it was rebuilt.

    PATH is a file of output/ or an address: /news/ or output/news/index.html.
    """
    from toolkit_builder.build import explain
    from toolkit_builder.quick import output_name

    project = common.site()
    output = project / output_name(str(project))
    found = explain.explain(project, output, path.removeprefix(f"{output.name}/"))
    if found is None:
        raise click.ClickException(f"the last build made no file '{path}'; look with: toolkit build --dry-run")
    click.echo(f"{found.path} is made by the format '{found.format}' for {found.label}, from:")
    for name in found.inputs:
        click.echo(f"  {name}")
    click.echo("It was rebuilt last time because:")
    for why in found.why:
        click.echo(f"  {why}")
    return 0
