"""``toolkit explain``."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
    path = os.fsencode(path).decode("utf-8", "replace")  # no file of a site has a name that is no text
    inside = _inside(path, output)
    found = explain.explain(project, output, inside)
    if found is None:
        if explain.published(project, output, inside):
            raise click.ClickException(
                f"nothing is remembered of how '{path}' was made; it will be when it is made again"
            )
        near = explain.nearest(project, output, inside)
        hint = f"; did you mean {near}?" if near else "; look with: toolkit build --dry-run"
        raise click.ClickException(f"the last build made no file '{path}'{hint}")
    click.echo(f"{found.path} is made by the format '{found.format}' for {found.label}, from:")
    for name in found.inputs:
        click.echo(f"  {name}")
    click.echo("It was rebuilt last time because:")
    for why in found.why:
        click.echo(f"  {why}")
    return 0


def _inside(path: str, output: Path) -> str:
    """A path below output/: of a whole web address, of a file named from where we stand, or as it is."""
    if path.startswith(("http://", "https://")):
        return unquote(urlsplit(path).path)
    here = Path(os.path.normpath(Path.cwd() / path))
    if not path.startswith("/") and output in (*here.parents, here):
        return here.relative_to(output).as_posix()
    if Path(path).is_relative_to(output):
        return Path(path).relative_to(output).as_posix()
    return path.removeprefix(f"{output.name}/")
