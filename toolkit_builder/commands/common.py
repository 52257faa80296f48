"""What several commands share: options that people know, progress on a terminal, and the report of diagnostics."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from msgspec import Struct
from msgspec.structs import asdict

from toolkit_builder.diagnostics import Diagnostic, Severity, Span, any_errors, as_github, as_json, as_text, error

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from toolkit_builder.loading import Options

F = TypeVar("F", bound=Callable[..., Any])


def meant(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'motion'?``, where one of the known words is near."""
    import difflib

    near = difflib.get_close_matches(word.lower(), {k.lower(): None for k in known}, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


class Known(click.Choice[str]):
    """One of a few words; of a misspelt one it says which was meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value not in self.choices and (near := meant(str(value), map(str, self.choices))):
            self.fail(f"'{value}' is not known{near}", param, ctx)
        return super().convert(value, param, ctx)


def _gathered(parameter: str, kind: type[Struct], *options: Callable[[F], F]) -> Callable[[F], F]:
    """A decorator that adds ``options`` and hands the command their values as one ``kind``, called ``parameter``."""

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(**values: Any) -> Any:
            said = kind(**{name: values.pop(name) for name in kind.__struct_fields__})
            return function(**{parameter: said}, **values)

        for option in reversed(options):
            command = option(command)
        return cast(F, command)

    return decorate


def _address(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s?#]+", value):
        raise click.BadParameter(f"'{value}' is not a full web address: begin with https://, as in https://example.org")
    return value


def moment(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """A day or a moment as it may be typed on the command line, checked."""
    import datetime as dt

    try:
        if value:
            dt.datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"'{value}' is not a moment: write year-month-day, as in 2027-06-14, or 2027-06-14T09:30"
        ) from None
    return value


class Asked(Struct, frozen=True, kw_only=True):
    """What `site_options` were given."""

    base_url: str
    drafts: bool
    future: bool
    strict: bool
    clock: str
    jobs: int

    def options(self, **more: Any) -> Options:
        """For the pipeline, in this environment; ``more`` are further fields of its options."""
        from toolkit_builder import loading

        return loading.Options(**asdict(self), environment=loading.environment(), on_wait=waiting, **more)


site_options = _gathered(
    "asked",
    Asked,
    click.option(
        "-b", "--base-url", default="", metavar="URL", callback=_address, help="Where the site will be published."
    ),
    click.option("-D", "--drafts", is_flag=True, envvar="TOOLKIT_DRAFTS", help="Include drafts."),
    click.option(
        "-F", "--future", is_flag=True, envvar="TOOLKIT_FUTURE", help="Include what is dated or embargoed for later."
    ),
    click.option("-s", "--strict", is_flag=True, envvar="TOOLKIT_STRICT", help="Treat warnings as errors."),
    click.option(
        "--clock", default="", metavar="MOMENT", callback=moment, help="Build as if it were 2027-06-14T09:30."
    ),
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
"""Options of every command that reads the project; it is handed them as ``asked``."""


class Voice(Struct, frozen=True, kw_only=True):
    """How to speak: what `report_options` were given."""

    messages: str
    quiet: bool
    verbose: bool

    def report(self, diagnostics: Iterable[Diagnostic]) -> bool:
        """Write diagnostics; returns whether any is an error."""
        return report(diagnostics, self.messages, verbose=self.verbose, quiet=self.quiet)

    def say(self, sentence: str) -> None:
        """Write a sentence for a person, unless nobody wants to read it."""
        if self.messages == "text" and not self.quiet:
            click.echo(sentence)


report_options = _gathered(
    "voice",
    Voice,
    click.option(
        "--messages", type=click.Choice(["text", "json", "github"]), default="text", help="How to write diagnostics."
    ),
    click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong."),
    click.option("-v", "--verbose", is_flag=True, help="Say more, notes included."),
)
"""How to say it; the command is handed a ``voice``."""


class Work(Struct, frozen=True, kw_only=True):
    """Where the heavy work is done: what `executor_options` were given."""

    executor: str
    scheduler: str
    patience: float


executor_options = _gathered(
    "work",
    Work,
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
    click.option(
        "--patience",
        default=60.0,
        metavar="SECONDS",
        envvar="TOOLKIT_PATIENCE",
        type=click.FloatRange(min=0),
        help="How long to wait for a cluster that has lost its workers (60).",
    ),
)
"""Where to work; the command is handed them as ``work``."""


@contextmanager
def executor(work: Work) -> Iterator[Executor | None]:
    """The executor that was asked for; None means processes of our own."""
    if work.executor == "processes":
        if work.scheduler:
            raise click.UsageError("--scheduler is for --executor dask")
        yield None
        return
    if not work.scheduler:
        raise click.UsageError("--executor dask needs --scheduler tcp://HOST:PORT")
    from toolkit_builder.build.cluster import ClusterError, connect
    from toolkit_builder.versions import made_with

    try:
        with connect(work.scheduler, patience=work.patience, made_with=made_with) as workers:
            yield workers
    except ClusterError as problem:
        raise click.ClickException(str(problem)) from None


def colour(stream: Any) -> bool:
    """Colour for people only: a terminal, and nobody said NO_COLOR."""
    return _terminal(stream) and not os.environ.get("NO_COLOR")


def _terminal(stream: Any) -> bool:
    """Whether it can rewrite a line and show colours; a stream that was closed is None."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


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
    if _terminal(sys.stderr) and total > 1:
        end = "\r\x1b[K" if done >= total else ""
        click.echo(f"\r  {done} of {total}{end}", nl=False, err=True)


def project() -> Path:
    """The folder upwards from here that holds toolkit.yaml; this one where there is none."""
    from toolkit_builder.loading import project_folder

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
    """Say for which other build this one waits."""
    click.echo(f"Waiting: {holder.sentence()}", err=True)
