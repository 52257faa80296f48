"""The commands. Only this module and ``commands/`` print or exit; each command is imported when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from toolkit_builder import __version__

if TYPE_CHECKING:
    from toolkit_builder.build.fastpath import Looked

# name -> (module, what it does): the help is here so that `toolkit --help` imports nothing else
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Start a new site in a folder of its own."),
    "new": ("new", "Add a motion, bulletin, plan ... from a working example."),
    "build": ("build", "Build the site and its printed documents into output/."),
    "serve": ("serve", "Show the site in the browser and follow every edit."),
    "check": ("check", "Report every mistake in the content, and build nothing."),
    "list": ("list_", "List documents by kind, conference, tag or result."),
    "amend": ("amend", "Show a motion as it would read with its amendments."),
    "localise": ("localise", "Make every branch its own leaflets, letters and posters."),
    "pin": ("pin", "Keep the line numbers of an edition that goes to print."),
    "print": ("print_", "Lay a document out on sheets: booklet, 2-up, same-up."),
    "import": ("import_", "Bring in motions, bulletins, plans and news from text, HTML or Word."),
    "schema": ("schema", "Write JSON Schemas, so that editors complete front matter."),
    "explain": ("explain", "Say which inputs made a file, and why it was rebuilt."),
    "clean": ("clean", "Forget the cache, so that everything is made again."),
    "doctor": ("doctor", "Check this computer, the project and the cache."),
}


class Commands(click.Group):
    """A group whose commands are imported one by one, when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if _exists(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not _exists(cmd_name):
            return None
        module = import_module(f"toolkit_builder.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            import difflib

            near = difflib.get_close_matches(args[0], list(COMMANDS), n=1)
            if near and "Did you mean" not in problem.format_message():
                raise click.UsageError(f"{problem.format_message()} Did you mean '{near[0]}'?", ctx) from None
            raise


def _exists(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(f"toolkit_builder.commands.{COMMANDS[name][0]}") is not None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "TOOLKIT"})
@click.version_option(__version__, "-V", "--version", prog_name="toolkit")
def cli() -> None:
    """Publish campaign toolkits, motions and conference bulletins: a site, and print, from Markdown.

    Begin with `toolkit init my-site`, then `toolkit serve` inside it.
    """


def run(arguments: list[str], looked: Looked | None = None) -> int:
    """Run one command line; ``looked`` is what `quick` has seen of the project for it.

    Never a traceback: a fault of the program says so in one sentence, with exit code 3.
    """
    try:
        result: Any = cli.main(args=arguments, prog_name="toolkit", standalone_mode=False, obj=looked)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as leaving:
        return int(leaving.exit_code)
    except click.Abort:
        click.echo("Stopped; the last good site is still in place.", err=True)
        return 130
    except KeyboardInterrupt:
        click.echo("Stopped; the last good site is still in place.", err=True)
        return 130
    except click.ClickException as problem:
        problem.show()
        return 2 if isinstance(problem, click.UsageError) else int(problem.exit_code)
    except (BrokenPipeError, SystemExit):  # the latter is what click makes of the former
        _say_no_more()
        return 0
    except OSError as problem:
        try:
            sys.stdout.flush()
        except OSError:  # it was what is printed that could not be written, and Python would try again at its end
            _say_no_more()
        place = f": {problem.filename}" if problem.filename else ""
        click.echo(
            f"toolkit: {problem.strerror or problem}{place}\n  hint: check the permissions and the free space there",
            err=True,
        )
        if os.environ.get("TOOLKIT_DEBUG"):
            _trace()
        return 1
    except Exception as fault:
        click.echo(
            f"toolkit: an internal fault: {type(fault).__name__}: {fault}\n"
            "  This is our mistake, not yours; the last good site is still in place.\n"
            "  hint: run the command again with TOOLKIT_DEBUG=1 for the details to report",
            err=True,
        )
        if os.environ.get("TOOLKIT_DEBUG"):
            _trace()
        return 3


def _say_no_more() -> None:
    """Nobody reads what is printed, or it cannot be written: what is left of it goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _trace() -> None:
    import traceback

    traceback.print_exc()
