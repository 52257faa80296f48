"""``toolkit init``."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-t", "--title", default="", help="The site's title; made from the folder's name if left out.")
@click.option("--sample", is_flag=True, help="Fill it with the whole sample site of an invented union.")
def command(folder: Path, title: str, sample: bool) -> int:
    """Start a new site in a folder of its own."""
    from toolkit_builder import scaffold

    name = title or folder.resolve().name.replace("-", " ").replace("_", " ").strip().capitalize() or "Our union"
    name = os.fsencode(name).decode("utf-8", "replace")  # a folder may have a name that is no text
    try:
        written = scaffold.new_site(folder, name, sample=sample)
    except scaffold.Exists:
        raise click.ClickException(f"{folder} exists and is not empty; name a new folder") from None
    except OSError as problem:
        raise click.ClickException(f"{folder} cannot be written: {problem.strerror}") from None
    go = "" if folder.resolve() == Path.cwd() else f"  cd {shlex.quote(str(folder))}\n"
    click.echo(f"Made {folder}/ with {len(written)} files. Next:\n\n{go}  toolkit serve --open\n")
    return 0
