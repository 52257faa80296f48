"""A kind and a name in; a working source file out, from the kind's example. Nothing that exists is ever replaced."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

from toolkit_builder import newfile, resources
from toolkit_builder.build.jobs import bad_path
from toolkit_builder.kinds import BY_NAME, example, shapes

CONFIG = """\
title: {title}
description: What we do, in one or two sentences.
language: en-GB
# Where the site will be published; needed for feeds and search engines.
# base_url: https://example.org
organisation:
  name: {title}
contact:
  phone: 01632 960100
  email: office@union.example
  hours: [Monday to Friday 9am to 5pm]
menu:
  - {{title: Conference, url: /conferences/2027/}}
  - {{title: Toolkits, url: /toolkits/workload/}}
  - {{title: News, url: /news/}}
  - {{title: Branches, url: /branches/}}
  - {{title: About, url: /about/}}
"""

# The starter site is one working example of every kind, each where its kind belongs.
STARTER = {
    "conferences/2027/index.md": "conference", "conferences/2027/motions/1-workload.md": "motion",
    "conferences/2027/amendments/1.1.md": "amendment", "conferences/2027/composites/a.md": "composite",
    "conferences/2027/bulletins/1-monday.md": "bulletin", "plans/workload.md": "plan",
    "toolkits/workload/index.md": "toolkit", "toolkits/workload/letter-to-the-director.md": "resource",
    "branches/seaborough.md": "branch", "updates/workload-talks/week-1.md": "update",
    "news/2027-05-10-workload-survey.md": "news", "about.md": "page",
}  # fmt: skip


_LONGEST_NAME = 80  # characters: four bytes each and an ending are still below the 255 of every file system


class Exists(Exception):
    """A file or folder is already there; it is named."""


class NoHolder(Exception):
    """There is no such conference or toolkit for the document to be in; the message says which there are."""


def new_site(folder: Path, title: str, *, sample: bool = False, today: dt.date | None = None) -> list[str]:
    """Write a new site into ``folder``, which must be empty or absent. Returns the paths written.

    What the starter site dates later than ``today`` is dated today, since it would not be published yet.

    Raises Exists if something is in the way, OSError where it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Exists(str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    if sample:
        source = resources.sample()
        shutil.copytree(source / "content", folder / "content")
        shutil.copyfile(source / "toolkit.yaml", folder / "toolkit.yaml")
    else:
        newfile.write(folder / "toolkit.yaml", CONFIG.format(title=_quoted(title)))
        for path, kind in STARTER.items():
            newfile.write(folder / "content" / path, _not_later(example(kind), today or dt.date.today()))
    newfile.write(folder / ".gitignore", "output/\n.toolkit/\n")
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def new_document(project: Path, kind: str, title: str, folder: str, today: dt.date) -> str:
    """Write a new document of ``kind``; ``folder`` fills the folder's name (the conference, toolkit or series).

    Returns the path written. Raises Exists if that file is there already, NoHolder if ``folder`` is no conference
    or toolkit of this site.
    """
    path = _place(project, kind, title, folder, today)
    target = project / "content" / path
    text = _numbered(_retitled(example(kind), title, today), target.parent)
    if target.exists():
        raise Exists(f"content/{path}")
    newfile.write(target, text)
    return f"content/{path}"


def _place(project: Path, kind: str, title: str, folder: str, today: dt.date) -> str:
    name = shapes.slug(title)[:_LONGEST_NAME].rstrip("-")
    if bad_path(name):  # a device on Windows
        name += f"-{kind}"
    pattern = BY_NAME[kind].folder
    if kind in {"conference", "toolkit"}:
        holder = shapes.slug(folder) if folder else name
    else:
        holder = _holder(project, kind, folder, pattern) or name
    if kind == "news":
        name = f"{today.isoformat()}-{name}"
    path = re.sub(r"\{\w+\}", lambda _: holder, pattern)
    return path.replace("**", name) + ("" if path.endswith(".md") else ".md")


def _holder(project: Path, kind: str, folder: str, pattern: str) -> str:
    """The folder of the conference, toolkit or series: the one that is named, else the newest that is there."""
    what = next((w for w in ("conference", "toolkit") if f"{{{w}}}" in pattern), "")
    base = project / "content" / pattern.partition("/{")[0]
    there = sorted(p.parent.name for p in base.glob("*/index.md")) if what else []
    if not what:
        return shapes.slug(folder) if folder else _only_folder(project, pattern)
    if not there:
        raise NoHolder(f'there is no {what} yet for this {kind}; make one first: toolkit new {what} "Title"')
    if not folder:
        return there[-1]
    found = next((name for name in there if name == folder or shapes.slug(name) == shapes.slug(folder)), "")
    if not found:
        raise NoHolder(f"there is no {what} '{folder}'; there is: {', '.join(there)}")
    return found


def _only_folder(project: Path, pattern: str) -> str:
    """The newest folder that already holds such documents, where there is one."""
    if "{" not in pattern or pattern.endswith("index.md"):
        return ""
    base = project / "content" / pattern.partition("/{")[0]
    names = sorted((p.name for p in base.iterdir() if p.is_dir()), reverse=True) if base.is_dir() else []
    return names[0] if names else ""


def _not_later(text: str, today: dt.date) -> str:
    """A text whose date, if it is later than today, is today's."""
    dated = re.search(r"^date: (\S+)$", text, re.MULTILINE)
    if dated is None or dated[1] <= today.isoformat():
        return text
    return f"{text[: dated.start(1)]}{today.isoformat()}{text[dated.end(1) :]}"


def _retitled(text: str, title: str, today: dt.date) -> str:
    if re.search(r"^title: ", text, re.MULTILINE):
        text = re.sub(r"^title: .*$", lambda _: f"title: {_quoted(title)}", text, count=1, flags=re.MULTILINE)
    return re.sub(r"^date: .*$", f"date: {today.isoformat()}", text, count=1, flags=re.MULTILINE)


_NUMBER = re.compile(r"^(number|issue): ([\w.]+)$", re.MULTILINE)


def _numbered(text: str, folder: Path) -> str:
    """The text with the next number that no document beside it has: 3 after 1 and 2, B after A, 1.2 after 1.1."""
    match = _NUMBER.search(text)
    if match is None:
        return text
    taken = {m[2].upper() for p in folder.glob("*.md") if (m := _NUMBER.search(p.read_text("utf-8", "replace")))}
    number = match[2]
    while number.upper() in taken:
        head, last = number[:-1], number[-1]
        digits = re.search(r"\d+$", number)
        number = f"{number[: digits.start()]}{int(digits[0]) + 1}" if digits else f"{head}{chr(ord(last) + 1)}"
    return text[: match.start(2)] + number + text[match.end(2) :]


def _quoted(text: str) -> str:
    """Text as a YAML value: plain where YAML reads it as text, else in double quotes."""
    flat = " ".join(text.split())
    if re.fullmatch(r"[A-Za-z][\w ,.'’()-]*", flat) and flat.lower() not in {
        "yes",
        "no",
        "true",
        "false",
        "on",
        "off",
        "null",
    }:
        return flat
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'
