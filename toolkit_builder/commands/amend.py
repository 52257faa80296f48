"""``toolkit amend``: a motion and amendments as bare files -> the amended text, the changes, or what was read."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.commands import common
from toolkit_builder.diagnostics import Diagnostic, Span, any_errors, as_text, error, ordered
from toolkit_builder.loading import project_folder
from toolkit_builder.motions.amend import FORMS, Amended, Amendment, apply, sub_amend
from toolkit_builder.motions.compare import as_plain, compare
from toolkit_builder.motions.conflicts import matrix
from toolkit_builder.motions.grammar import parse_instructions
from toolkit_builder.motions.instructions import print_instruction
from toolkit_builder.motions.lines import MEASURE
from toolkit_builder.motions.text import MotionText, parse
from toolkit_builder.site import PAPERS

if TYPE_CHECKING:
    from toolkit_builder.model import Document
    from toolkit_builder.site import Conference

VIEWS = ("amended", "diff", "instructions")


class Body(Struct, frozen=True):
    """A bare file: its text below the front matter, the line that begins on, and the fields that matter here."""

    path: str
    text: str
    first_line: int
    title: str = ""
    form: str = "instruction"
    number: str = ""


def read_body(path: str, source: str) -> tuple[Body, list[Diagnostic]]:
    """A file's body. Front matter is optional; only ``title``, ``form`` and ``number`` are looked at."""
    lines = source.split("\n")
    close = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() in {"---", "..."}), None)
    if lines[0].strip() != "---" or close is None:
        return Body(path, source, 1), []
    fields = _fields("\n".join(lines[1:close]))
    body = Body(
        path, "\n".join(lines[close + 1 :]), close + 2, fields.get("title", ""), number=fields.get("number", "")
    )
    form = fields.get("form", "instruction")
    if form in FORMS:
        return replace(body, form=form), []
    at = next((n for n, line in enumerate(lines[:close], start=1) if line.startswith("form:")), 1)
    unknown = error("A003", f"no amendment has the form '{form}'", Span(path, at, 1),
                    source=lines[at - 1], hint=f"write {', '.join(FORMS[:-1])} or {FORMS[-1]}")  # fmt: skip
    return body, [unknown]


def _fields(text: str) -> dict[str, str]:
    """The front matter's simple values as they are written: 20.10 is no number here."""
    import yaml

    try:
        found = yaml.load(text, Loader=yaml.BaseLoader)  # it makes nothing but texts
    except yaml.YAMLError:
        found = dict(line.split(":", 1) for line in text.split("\n") if ":" in line)
    if not isinstance(found, dict):
        return {}
    return {name: " ".join(value.split()) for name in ("title", "form", "number")
            if isinstance(value := found.get(name), str)}  # fmt: skip


def amend_texts(
    motion: MotionText, amendments: list[Amendment], view: str = "amended", measure: int = MEASURE
) -> tuple[str, Amended, list[Diagnostic]]:
    """What ``toolkit amend`` prints for one view, the outcome behind it, and its diagnostics."""
    amended, diagnostics = apply(motion, amendments, measure=measure)
    if view == "instructions":
        shown = _instructions(amendments)
    elif view == "diff":
        shown = as_plain(compare(amended.before, amended.after))
        if amended.after.title != motion.title:
            shown = f"Title: {{+{amended.after.title}+}} [-{motion.title}-]\n\n{shown}"
    else:
        shown = amended.after.to_markdown()
        if amended.after.title != motion.title:
            shown = f"# {amended.after.title}\n\n{shown.lstrip()}"
    return shown, amended, ordered(diagnostics)


def _instructions(amendments: list[Amendment]) -> str:
    out: list[str] = []
    for amendment in amendments:
        out.append(f"{amendment.id}:")
        if amendment.form != "instruction":
            out.append(f"  ({amendment.form})")
            continue
        instructions, _ = parse_instructions(amendment.source, amendment.path, amendment.first_line)
        for number, instruction in enumerate(instructions, start=1):
            words = print_instruction(instruction).replace("\n", "\n     ")
            out.append(f"  {number}. {words}")
    return "\n".join(out) + "\n"


def as_data(
    motion: MotionText, amendments: list[Amendment], amended: Amended, found: list[Diagnostic]
) -> dict[str, Any]:
    """The outcome as plain JSON values."""
    return {
        "title": amended.after.title,
        "text": amended.after.source,
        "applied": list(amended.applied),
        "edits": [edit.to_json() for edit in amended.edits],
        "changes": [change.to_json() for change in compare(amended.before, amended.after)],
        "words": {"before": motion.words(), "after": amended.after.words(), "added": amended.added_words},
        "deleted_share": round(amended.deleted_share, 4),
        "relations": matrix(motion, amendments).to_json() if len(amendments) > 1 else None,
        "diagnostics": [d.to_json() for d in found],
    }


def _nothing(found: list[Diagnostic]) -> dict[str, Any]:
    """The shape of ``as_data`` where a file could not be read."""
    empty: dict[str, Any] = dict.fromkeys(("title", "text", "words", "deleted_share", "relations"))
    return {**empty, "applied": [], "edits": [], "changes": [], "diagnostics": [d.to_json() for d in found]}


def _read(path: str, found: list[Diagnostic]) -> Body | None:
    """A file's body (``-``: what is piped in); None, and why in ``found``, where there is none to be read."""
    name = path.encode("utf-8", "replace").decode()  # a file's name may be no text at all
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        found.append(_no_text(name, f"byte {problem.start}"))
        return None
    except (OSError, ValueError) as problem:  # a name with a NUL in it is a ValueError
        hint = "check the name of the file"
        if re.fullmatch(r"[A-Za-z]{0,2}\d+[A-Za-z]?(?:\.\d+)*", path):
            hint = "papers go by their numbers inside the folder of a site; elsewhere, name files"
        why = getattr(problem, "strerror", None) or str(problem)
        found.append(error("A002", f"{name} cannot be read: {why}", hint=hint))
        return None
    if "\0" in text:
        found.append(_no_text(name, f"byte {data.index(0)}"))
        return None
    body, problems = read_body(name, text.replace("\r\n", "\n").replace("\r", "\n"))
    found += problems
    return body


def _no_text(path: str, where: str) -> Diagnostic:
    return error("A001", f"{path} is not a text file in UTF-8 ({where})", hint="save it as plain text, UTF-8")


@click.command("amend")
@click.argument("motion", metavar="MOTION")
@click.argument("amendments", metavar="[AMENDMENT]...", nargs=-1)
@click.option(
    "--with", "chosen", default="", metavar="NUMBERS", help="Amendments: 20.1,20.3. In a site: all, if left out."
)
@click.option("--conference", default="", metavar="NAME", help="The newest that has the motion, if left out.")
@click.option("--view", type=click.Choice(VIEWS), default="amended", show_default=True, help="What to print.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the outcome as JSON: text, edits, changes, relations, diagnostics."
)
def command(motion: str, amendments: tuple[str, ...], chosen: str, conference: str, view: str, as_json: bool) -> int:
    """Show a motion as it would read with its amendments.

    They are files anywhere (motion.md 20.1.md; - is what is piped in), or numbers of papers of the site around you:
    20 --with 20.1,20.3.

    Every instruction means the motion as printed. An amendment that cannot be understood or placed is reported
    with what to do about it, and left out whole; the exit code is then 1.

    For example: toolkit amend 20 --with 20.1,20.3 --view diff
    """
    found: list[Diagnostic] = []
    amendments += tuple(filter(None, (name.strip() for name in chosen.split(","))))
    if not _is_file(motion) and (project_folder(Path.cwd()) / "toolkit.yaml").is_file():
        return _show(*_of_the_site(motion, amendments, conference), view, as_json)
    if not amendments:
        raise click.UsageError("name at least one amendment: toolkit amend motion.md 20.1.md")
    body = _read(motion, found)
    bodies = [_read(path, found) for path in amendments]
    if body is None or any_errors(found):
        if as_json:
            click.echo(json.dumps(_nothing(found), indent=1))
        else:
            for diagnostic in found:
                click.echo(as_text(diagnostic, colour=sys.stderr.isatty()), err=True)
        return 1
    text, notes = parse(body.text, body.path, body.first_line, title=body.title)
    given = [b for b in bodies if b is not None]
    numbers = Counter(b.number for b in given)
    papers = [
        Amendment(
            id=b.number if numbers[b.number] == 1 and b.number else b.path,
            source=b.text,
            form=b.form,
            path=b.path,
            first_line=b.first_line,
        )
        for b in given
    ]
    return _show(text, papers, notes, MEASURE, view, as_json)


def _is_file(name: str) -> bool:
    return name == "-" or Path(name).exists() or Path(name).suffix.lower() in {".md", ".txt"}


def _of_the_site(
    motion: str, amendments: tuple[str, ...], conference: str
) -> tuple[MotionText, list[Amendment], list[Diagnostic], int]:
    """A paper of the site and its amendments, all of them if none is named. Raises click's UsageError."""
    from toolkit_builder import finding, loading
    from toolkit_builder.build.cache import Store

    project = common.site()
    with Store(project / ".toolkit" / "store") as store:
        loaded = loading.load(project, loading.Options(environment=loading.environment()), store)
    site = loaded.site
    if site is None:
        common.report(loaded.diagnostics)
        raise click.exceptions.Exit(1)
    try:
        paper, *moved = finding.find(site, [motion, *amendments], conference)
    except finding.NotFound as problem:
        raise click.UsageError(f"{problem}; {problem.hint}" if problem.hint else str(problem)) from None
    held = site.conference_of(paper)
    if held is None or paper.kind not in PAPERS:
        raise click.UsageError(f"{paper.path} is no motion, amendment or composite")
    every = held.amendments_of.get(paper.id, ())
    below = held.below(paper)
    for doc in moved:
        if doc not in below:
            said = ", ".join(a.fields.number or a.name for a in below) or "none"
            raise click.UsageError(f"{doc.path} does not amend {paper.path}; what amends it: {said}")
        if doc not in every and (needed := held.above(doc)[0]) not in moved:
            raise click.UsageError(
                f"{doc.path} amends an amendment: name {needed.fields.number or needed.name} as well"
            )
    if not every:
        raise click.UsageError(f"{paper.path} has no amendments")
    measure = held.document.fields.measure or site.config.motions.measure
    text, notes = parse(paper.body, paper.path, paper.body_line, title=paper.fields.title)
    papers = []
    for doc in every:
        if doc in moved or not moved:
            amendment, found = _with_subs(doc, held, moved)
            papers.append(amendment)
            notes += found
    return text, papers, notes, measure


def _with_subs(doc: Document, held: Conference, moved: Sequence[Document]) -> tuple[Amendment, list[Diagnostic]]:
    """An amendment of a site as those of its sub-amendments that were named leave it."""
    amendment = Amendment(
        id=doc.fields.number or doc.name, source=doc.body, form=doc.fields.form, path=doc.path,
        first_line=doc.body_line,
    )  # fmt: skip
    subs = [_with_subs(each, held, moved) for each in held.amendments_of.get(doc.id, ()) if each in moved]
    problems = [d for _, found in subs for d in found]
    if subs:
        amendment, found = sub_amend(amendment, [sub for sub, _ in subs])
        problems += found
    return amendment, problems


def _show(
    text: MotionText, papers: list[Amendment], notes: list[Diagnostic], measure: int, view: str, as_json: bool
) -> int:
    shown, amended, diagnostics = amend_texts(text, papers, view, measure)
    diagnostics = ordered([*notes, *diagnostics])
    if as_json:
        click.echo(json.dumps(as_data(text, papers, amended, diagnostics), ensure_ascii=False, indent=1))
    else:
        for diagnostic in diagnostics:
            click.echo(as_text(diagnostic, colour=sys.stderr.isatty()), err=True)
        click.echo(shown, nl=not shown.endswith("\n"))
    return 1 if any_errors(diagnostics) else 0
