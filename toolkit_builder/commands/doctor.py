"""``toolkit doctor``."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import click

from toolkit_builder import __version__
from toolkit_builder.commands import common


@click.command("doctor")
def command() -> int:
    """Check this computer, the project and the cache."""
    from toolkit_builder import config
    from toolkit_builder.diagnostics import any_errors
    from toolkit_builder.loading import environment
    from toolkit_builder.printing.engine import available
    from toolkit_builder.theme import loading

    click.echo(f"toolkit {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missing = available()
    click.echo(f"PDFs: {missing or 'can be made'}")
    project = common.project()
    if not (project / "toolkit.yaml").is_file():
        click.echo("Project: there is no toolkit.yaml here; start one with: toolkit init my-site")
        return 0 if not missing else 1
    settings, found = config.load(project, environment())
    if settings:
        _, problems = loading.load(project, settings.theme)
        found += problems
    failed = common.report(found) or any_errors(found)
    click.echo(f"Project: {project.name}, settings and theme {'have mistakes' if failed else 'are good'}")
    whole = _cache(project)
    click.echo(f"Interpreter: {sys.executable}")
    return 1 if failed or not whole else 0


def _cache(project: Path) -> bool:
    """Say how large the cache is; whether it can be used."""
    from toolkit_builder.build.cache import Store

    try:
        with Store(project / ".toolkit" / "store") as store:
            usage = store.usage()
    except OSError as problem:
        click.echo(f"Cache: cannot be read ({problem.strerror or problem}); a new one is made by: toolkit clean")
        return False
    if store.notices:
        common.report(store.notices, quiet=True)
        click.echo("Cache: cannot be used; a new one is made by: toolkit clean")
        return False
    click.echo(
        f"Cache: {usage.bytes / 1e6:.1f} MB of at most {usage.limit / 1e6:.0f} MB in {usage.folder} "
        f"({usage.fragments} texts, {usage.objects} documents)"
    )
    return True
