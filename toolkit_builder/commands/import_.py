"""``toolkit import``."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import click
from msgspec.structs import replace

from toolkit_builder import newfile
from toolkit_builder.commands import common
from toolkit_builder.diagnostics import Diagnostic, Span, error, note

_KINDS = ("motion", "amendment", "bulletin", "plan", "news", "update", "page")
_LARGEST = 100 * 1024 * 1024
_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...",
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("-k", "--kind", type=click.Choice(_KINDS), default=None, help="What it is; guessed if left out.")
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), default=None, metavar="DIR",
              help="Where to write; the site's own folder for its kind if left out.")  # fmt: skip
@click.option("-c", "--conference", default="", metavar="NAME", help="The conference's folder, such as 2027.")
@click.option("-n", "--number", default="", metavar="NUMBER", help="The motion's number, or the bulletin's issue.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option(
    "--clock",
    default="",
    envvar="TOOLKIT_CLOCK",
    metavar="DAY",
    callback=common.moment,
    help="The date to write where none is found.",
)
@common.report_options
def command(
    files: tuple[Path, ...], kind: str | None, out: Path | None, conference: str, number: str, dry_run: bool,
    clock: str, voice: common.Voice,
) -> int:  # fmt: skip
    """Bring in motions, bulletins, plans and news from text, HTML or Word.

    Amendments and branch updates too; Word files are .docx.

    Each file becomes a content file with front matter; tracked changes in Word become an amendment. The report says
    what was not kept. Nothing that exists is overwritten.

    For example: toolkit import motion-20.docx --conference 2027
    """
    if conference and not _NAME.fullmatch(conference):
        raise click.UsageError(f"'{conference}' is not a folder's name: use small letters, digits and hyphens")
    from toolkit_builder.importers import Options

    try:
        today = dt.date.fromisoformat(clock[:10]) if clock else dt.date.today()
    except ValueError:
        raise click.UsageError(f"'{clock}' is not a date such as 2027-06-14") from None
    options = Options(kind=kind or "", conference=conference, number=number, today=today.isoformat())
    project = common.project()
    site = project / "content" if (project / "toolkit.yaml").is_file() else None
    problems: list[Diagnostic] = []
    for file in files:
        problems += _one(file, options, site if out is None else None, out or Path(), dry_run, voice.messages == "text")
    shown = problems if not voice.quiet else [p for p in problems if p.is_error]
    return 1 if common.report(shown, voice.messages, verbose=True, quiet=voice.quiet) else 0


def _one(file: Path, options: object, site: Path | None, out: Path, dry_run: bool, say: bool) -> list[Diagnostic]:
    """Import one file. ``site`` is the content folder of the project, None to write flat into ``out``."""
    from toolkit_builder.importers import Options, convert

    assert isinstance(options, Options)
    try:
        if file.stat().st_size > _LARGEST:
            return [error("I302", f"the file is larger than {_LARGEST >> 20} MB", Span(str(file)), hint="split it")]
        data = file.read_bytes()
    except OSError as why:
        return [
            error("I303", f"the file cannot be read: {why.strerror}", Span(str(file)), hint="check its permissions")
        ]
    path = file.as_posix()
    drafts, problems = convert(data, path, options)
    if drafts and drafts[0][0].kind in {"motion", "amendment", "bulletin"} and not options.number:
        taken = _taken((site / drafts[0][0].folder) if site else out)
        if taken:
            drafts, problems = convert(data, path, replace(options, taken=taken))
    targets: list[tuple[Path, str]] = []
    for draft, text in drafts:
        target = (site / draft.folder if site else out) / f"{draft.name}.md"
        if draft.kind == "conference" and (site is None or target.exists()):
            problems = [problem for problem in problems if problem.code != "I208"]  # that page is not written
            if site is None and draft.fields["title"] != "Imported":
                message = f"the conference ('{draft.fields['title']}') is said by the folder that a file is in"
                problems.append(note("I209", message, Span(path), hint=f"put it into content/{drafts[0][0].folder}/"))
            continue
        targets.append((target, text))
    there = [target for target, _ in targets if target.exists()]
    if there:
        hint = "delete or move it first, or give another --out or --number"
        return [
            *problems,
            error("I301", f"{_shown(there[0])} exists already, so nothing was written", Span(path), hint=hint),
        ]
    if not dry_run:
        problems += _write(targets, path)
    if say and not any(problem.code == "I304" for problem in problems):
        for target, text in targets:
            click.echo(f"{_shown(target)}\n\n{text}" if dry_run else _shown(target))
    return problems


def _write(targets: list[tuple[Path, str]], path: str) -> list[Diagnostic]:
    for target, text in targets:
        try:
            newfile.write(target, text)
        except OSError as why:
            message = f"{_shown(target)} cannot be written: {why.strerror}"
            return [error("I304", message, Span(path), hint="check that its folder is yours to write to")]
    return []


def _shown(target: Path) -> str:
    try:
        return target.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return target.as_posix()


def _taken(folder: Path) -> frozenset[str]:
    """The numbers (or issues) that the papers of a folder have."""
    found: set[str] = set()
    for file in sorted(folder.glob("*.md")):
        try:
            head = file.read_bytes()[:4096].decode("utf-8", "replace")
        except OSError:
            continue
        found.update(re.findall(r"(?m)^(?:number|issue):[ \t]*[\"']?([^\"'\n#]{1,20}?)[\"']?[ \t]*$", head))
    return frozenset(found)
