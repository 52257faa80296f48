"""What several commands share: options that people know, progress on a terminal, and the report of diagnostics."""

from __future__ import annotations

import difflib
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from toolkit_builder.diagnostics import Diagnostic, Severity, Span, any_errors, as_github, as_json, as_text, error

F = TypeVar("F", bound=Callable[..., Any])


class Known(click.Choice[str]):
    """One of a few words; of a misspelt one it says which was meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        near = difflib.get_close_matches(str(value), [str(c) for c in self.choices], n=1)
        if value not in self.choices and near:
            self.fail(f"'{value}' is not known; did you mean '{near[0]}'?", param, ctx)
        return super().convert(value, param, ctx)


def site_options(function: F) -> F:
    """Options of every command that reads the project."""
    decorators = (
        click.option("-b", "--base-url", default="", metavar="URL", help="Where the site will be published."),
        click.option("-D", "--drafts", is_flag=True, envvar="TOOLKIT_DRAFTS", help="Include drafts."),
        click.option(
            "-F",
            "--future",
            is_flag=True,
            envvar="TOOLKIT_FUTURE",
            help="Include what is dated or embargoed for later.",
        ),
        click.option("-s", "--strict", is_flag=True, envvar="TOOLKIT_STRICT", help="Treat warnings as errors."),
        click.option("--clock", default="", metavar="MOMENT", help="Build as if it were 2027-06-14T09:30."),
        click.option(
            "-j",
            "--jobs",
            default=0,
            envvar="TOOLKIT_JOBS",
            metavar="N",
            help="Processes to use; one a processor if left out.",
            type=click.IntRange(min=0),
        ),
    )
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def executor_options(function: F) -> F:
    """Where the heavy work is done."""
    decorators = (
        click.option(
            "--executor",
            type=click.Choice(["processes", "dask"]),
            default="processes",
            envvar="TOOLKIT_EXECUTOR",
            help="Work in processes here, or on a Dask cluster.",
        ),
        click.option(
            "--scheduler",
            default="",
            metavar="tcp://HOST:PORT",
            envvar="TOOLKIT_SCHEDULER",
            help="The cluster's scheduler, with --executor dask.",
        ),
    )
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


@contextmanager
def executor(name: str, scheduler: str) -> Iterator[Executor | None]:
    """The executor that was asked for; None means processes of our own."""
    if name == "processes":
        if scheduler:
            raise click.UsageError("--scheduler is for --executor dask")
        yield None
        return
    if not scheduler:
        raise click.UsageError("--executor dask needs --scheduler tcp://HOST:PORT")
    from toolkit_builder.build.cluster import ClusterError, connect

    try:
        with connect(scheduler) as workers:
            yield workers
    except ClusterError as problem:
        raise click.ClickException(str(problem)) from None


def report_options(function: F) -> F:
    """How to say it."""
    decorators = (
        click.option(
            "--messages",
            type=click.Choice(["text", "json", "github"]),
            default="text",
            help="How to write diagnostics.",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong."),
        click.option("-v", "--verbose", is_flag=True, help="Say more, notes included."),
    )
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def colour(stream: Any) -> bool:
    """Colour for people only: a terminal, and nobody said NO_COLOR."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def report(
    diagnostics: Iterable[Diagnostic], messages: str = "text", *, verbose: bool = False, quiet: bool = False
) -> bool:
    """Write diagnostics (errors to standard error, JSON to standard output); returns whether any is an error."""
    found = list(diagnostics)
    if messages == "json":
        click.echo(as_json(found))
        return any_errors(found)
    shown = [d for d in found if d.severity is not Severity.NOTE or verbose]
    for d in shown:
        if messages == "github":
            click.echo(as_github(d))
        else:
            click.echo(as_text(d, colour=colour(sys.stderr)), err=True)
    if messages == "text" and shown and not quiet:
        click.echo(summary(shown), err=True)
    return any_errors(found)


def summary(found: Iterable[Diagnostic]) -> str:
    """``2 errors and 1 warning``."""
    counts = Counter(d.severity for d in found)
    parts = [f"{counts[s]} {s}{'s' if counts[s] != 1 else ''}" for s in Severity if counts[s]]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def progress(done: int, total: int) -> None:
    """One line on a terminal, rewritten; nothing in a pipe."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and total > 1:
        end = "\r\x1b[K" if done >= total else ""
        click.echo(f"\r  {done} of {total}{end}", nl=False, err=True)


def project() -> Path:
    """The folder upwards from here that holds toolkit.yaml; this one where there is none."""
    from toolkit_builder.pipeline import project_folder

    return project_folder(Path.cwd())


def site(messages: str = "text") -> Path:
    """The site's folder. Where we stand in no site, that is the one thing to say, and nothing is written."""
    found = project()
    if not (found / "toolkit.yaml").exists():
        report(
            [
                error(
                    "C401",
                    "there is no toolkit.yaml here, so this is not a site",
                    Span("toolkit.yaml"),
                    hint="go to your site's folder, or make a new site with: toolkit init my-site",
                )
            ],
            messages,
        )
        raise click.exceptions.Exit(1)
    return found


def waiting(holder: Any) -> None:
    click.echo(f"Waiting: {holder.sentence()}", err=True)
