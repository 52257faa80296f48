"""``toolkit schema``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from toolkit_builder.commands import common


@click.command("schema")
@click.argument("kind", required=False, default="")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Write a file for every kind into this folder.",
)
def command(kind: str, out: Path | None) -> int:
    """Write JSON Schemas, so that editors complete front matter.

    Without a kind or --out, the schemas of all kinds are written to standard output as one JSON object.

    For example: toolkit schema --out schemas/
    """
    from toolkit_builder import newfile
    from toolkit_builder.schema import schemas

    every = schemas()
    if kind and kind not in every:
        near = common.meant(kind, every)
        raise click.UsageError(f"there is no kind '{kind}'{near or '; the kinds are: ' + ', '.join(every)}")
    if out is not None:
        for name, schema in every.items():
            if kind in ("", name):
                target = out / f"{name}.schema.json"
                newfile.write(target, json.dumps(schema, indent=1, ensure_ascii=False) + "\n", over=True)
                click.echo(target)
        return 0
    click.echo(json.dumps(every[kind] if kind else every, indent=1, ensure_ascii=False))
    return 0
