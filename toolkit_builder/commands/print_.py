"""``toolkit print``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from toolkit_builder import newfile
from toolkit_builder.commands import common

if TYPE_CHECKING:
    from toolkit_builder.diagnostics import Diagnostic
    from toolkit_builder.press import Sheet, Wish

_LAYOUT = re.compile(r"none|booklet|\d+-up|same-\d+")


@click.command("print")
@click.argument("doc", nargs=-1, required=True, metavar="DOC...")
@click.option("--as", "form", default="", metavar="FORM", help="Which form of it: agenda-a5, plan-a3, pack ...")
@click.option(
    "--layout",
    default="none",
    metavar="LAYOUT",
    show_default=True,
    help="none, booklet, 2-up to 16-up, or same-2 to same-16.",
)
@click.option(
    "--sheet", default="a4", metavar="SIZE", show_default=True, help="The paper for a layout: a4, a3, sra3 ..."
)
@click.option("--greyscale", is_flag=True, help="All colours as greys.")
@click.option("--bleed", is_flag=True, help="3 mm of bleed, for a print shop.")
@click.option("--marks", is_flag=True, help="Crop marks; with a layout, marks to cut or fold at.")
@click.option("--pdfx", is_flag=True, help="Process colours and bleed, as PDF/X-1a, for a print shop.")
@click.option("--large", type=click.Choice(["16", "18"]), help="Large print, in points.")
@click.option("--edition", default="", metavar="NAME", help="The agenda as this edition of it.")
@click.option("--conference", default="", metavar="NAME", help="Where a number is looked for; if not, the newest.")
@click.option("--title", default="", metavar="TEXT", help="What chosen motions are called on their cover.")
@click.option("--out", default="", metavar="FILE|DIR", help="Where to write it; a name of its own here, if left out.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common.site_options
@common.report_options
def command(
    doc: tuple[str, ...],
    form: str,
    layout: str,
    sheet: str,
    greyscale: bool,
    bleed: bool,
    marks: bool,
    pdfx: bool,
    large: str | None,
    edition: str,
    conference: str,
    title: str,
    out: str,
    force: bool,
    asked: common.Asked,
    voice: common.Voice,
) -> int:
    """Lay a document out on sheets: booklet, 2-up, same-up.

    DOC is an address, a file, or a kind and a number: bulletin 3, motion 20, /plans/ten-points/, agenda. Several
    motions become one booklet.

    For example: toolkit print bulletin 3 --layout booklet --sheet a3
    """
    from toolkit_builder import loading
    from toolkit_builder.press import Wish
    from toolkit_builder.printing.sheets import SHEETS

    if not _LAYOUT.fullmatch(layout):
        raise click.UsageError(f"there is no layout '{layout}': choose booklet, 2-up to 16-up, or same-2 to same-16")
    if sheet.lower() not in SHEETS:
        raise click.UsageError(f"there is no sheet '{sheet}': choose one of {', '.join(SHEETS)}")
    if pdfx and (greyscale or layout != "none"):
        raise click.UsageError("--pdfx goes with neither --greyscale nor --layout: a print shop lays pages out itself")
    wish = Wish(
        form=form,
        layout=layout,
        sheet=sheet.lower(),
        greyscale=greyscale,
        bleed=bleed,
        marks=marks,
        pdfx=pdfx,
        large=int(large or 0),
        edition=edition,
        title=title,
    )
    if missing := loading.print_problem():
        raise click.ClickException(missing)
    sheets, found = _printed(asked.options(), doc, conference, wish, voice.messages)
    failed = voice.report(found)
    wrote = [_write(s, out, len(sheets) > 1, force) for s in sheets] if not (failed and asked.strict) else []
    for path, made in zip(wrote, sheets, strict=False):
        voice.say(f"{path}: {_described(made, wish)}")
    return 1 if failed or not sheets else 0


def _printed(
    options: Any, words: tuple[str, ...], conference: str, wish: Wish, messages: str
) -> tuple[list[Sheet], list[Diagnostic]]:
    from toolkit_builder import finding, glyphs, loading, press

    project = common.site(messages)
    here = [_as_path(word, project) for word in words]
    with loading.opened(project, options) as store:
        loaded = loading.load(project, options, store)
        if loaded.site is None or loaded.theme is None:
            return [], list(loaded.diagnostics)
        if broken := len({d.span.path for d in loaded.diagnostics if d.is_error and d.span}):
            files = "1 file has" if broken == 1 else f"{broken} files have"
            click.echo(f"{files} mistakes and may be missing here; see them with: toolkit check", err=True)
        try:
            docs = finding.find(loaded.site, here, conference)
            ordered = press.orders(loaded.site, docs, wish, loaded.theme.has)
        except finding.NotFound as problem:
            raise click.UsageError(_with_hint(str(problem), problem.hint)) from None
        except press.Unprintable as problem:
            raise click.UsageError(_with_hint(str(problem), problem.hint)) from None
        sheets, found = press.make(loaded, ordered, wish, store, workers=options.jobs, on_progress=common.progress)
        return sheets, glyphs.placed(found, project)


def _with_hint(sentence: str, hint: str) -> str:
    return f"{sentence}\n  hint: {hint}" if hint else sentence


def _as_path(word: str, project: Path) -> str:
    """A file that is named from where we stand, as the site names it."""
    if (file := Path(word)).is_file():
        try:
            return file.resolve().relative_to(project.resolve()).as_posix()
        except ValueError:
            return word
    return word


def _write(sheet: Sheet, out: str, several: bool, force: bool) -> Path:
    target = Path(out) if out else Path()
    if several and target.suffix.lower() == ".pdf":
        raise click.UsageError(f"--out {out} is one file, and there are several to write: name a folder")
    if not out or several or target.is_dir() or out.endswith(("/", "\\")):
        target /= sheet.name
    try:
        newfile.write(target, sheet.pdf, over=force)
    except FileExistsError:
        raise click.ClickException(
            f"{target} is there already: write over it with --force, or name another with --out"
        ) from None
    except OSError as problem:
        raise click.ClickException(f"{target} cannot be written: {problem.strerror or problem}") from None
    return target


def _described(sheet: Sheet, wish: Wish) -> str:
    """``12 pages on 3 sheets, both sides, to be folded; A4 landscape (210 KB)``."""
    from toolkit_builder.formats.templates import show_size

    said = _counted(sheet.pages, "page")
    if wish.layout == "booklet":
        said += f" on {_counted(-(-sheet.sides // 2), 'sheet')}, both sides, to be folded"
    elif wish.layout != "none":
        said += f" on {_counted(sheet.sides, 'side')}"
    return f"{said}; {', '.join(sheet.sizes)} ({show_size(len(sheet.pdf))})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
