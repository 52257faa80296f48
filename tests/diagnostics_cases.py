"""``tests/diagnostics/*.md`` in; cases to run, and the error reference ``docs/errors.md``, out.

A case is a Markdown file: a title, words for the reader, the files of a small project, and the report they give:

    # Two keys of one name
    Words about it.
    ```file: content/pages/about.md
    ```
    ```report
    ```

After a path, in brackets: an encoding (``windows-1252``, ``utf-16``, ``utf-8-sig``), ``crlf``, ``escaped`` (``\\x00``
and its like stand for bytes), ``name escaped`` (the same in the path), ``pipe``, ``folder``, ``link to PLACE`` or
``N bytes`` (a file that long, all zeros). A project is given the shortest ``toolkit.yaml`` and an empty ``content``;
``(none)`` takes one of them away.

Cases whose names begin with ``file-``, ``yaml-``, ``value-`` or ``config-`` are about reading alone; all others are
checked as whole sites. ``python tests/diagnostics_cases.py`` writes the reference anew.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
REFERENCE = HERE.parent / "docs" / "errors.md"
_BLOCK = re.compile(
    r"^(`{3,})(file: (?P<path>[^\n]+?)(?: \((?P<how>[^()\n]+)\))?|report)\n(?P<text>.*?)^\1\n", re.M | re.S
)
_CODE = re.compile(r"(?:error|warning|note)\[([A-Z]\d{3})\]")
_AREAS = {"F": "Files", "Y": "Front matter that cannot be read", "V": "Values in front matter", "C": "toolkit.yaml"}


@dataclass(frozen=True)
class File:
    path: str
    how: str
    text: str

    def make(self, project: Path) -> None:
        """Write the file (or pipe, link, folder) into a project."""
        path = self.path.encode().decode("unicode_escape") if self.how == "name escaped" else self.path
        place = project / os.fsdecode(path.encode("utf-8", "surrogateescape"))
        place.parent.mkdir(parents=True, exist_ok=True)
        if self.how == "none":
            place.rmdir() if place.is_dir() else place.unlink()
        elif self.how == "folder":
            place.mkdir()
        elif self.how == "pipe":
            os.mkfifo(place)
        elif self.how.startswith("link to "):
            place.symlink_to(self.how.removeprefix("link to "))
        elif self.how.endswith(" bytes"):
            with place.open("wb") as file:
                file.truncate(int(self.how.removesuffix(" bytes")))
        else:
            place.write_bytes(self._bytes())

    def _bytes(self) -> bytes:
        if self.how == "escaped":
            return self.text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")
        if self.how == "crlf":
            return self.text.replace("\n", "\r\n").encode()
        return self.text.encode("utf-8" if self.how in ("", "name escaped") else self.how)


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    words: str
    files: tuple[File, ...]
    report: str

    @property
    def area(self) -> str:
        """The first word of the case's file name: ``file``, ``yaml``, ``value``, ``config`` or another."""
        return self.name.partition("-")[0]

    @property
    def codes(self) -> list[str]:
        return sorted(set(_CODE.findall(self.report)))

    def make(self, project: Path) -> None:
        (project / "content").mkdir()
        (project / "toolkit.yaml").write_text("title: Example\n", encoding="utf-8")
        for file in self.files:
            file.make(project)


def read_case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    title, _, words = text[: blocks[0].start()].partition("\n")
    files = tuple(File(b["path"], b["how"] or "", b["text"]) for b in blocks if b["path"])
    (report,) = [b["text"] for b in blocks if not b["path"]]
    left = _BLOCK.sub("", text[blocks[0].start() :]).strip()
    assert not left, f"{path.name}: this stands outside of every block: {left!r}"
    return Case(path.stem, title.removeprefix("# "), words.strip(), files, report)


def all_cases() -> list[Case]:
    return [read_case(path) for path in sorted((HERE / "diagnostics").glob("*.md"))]


def reference() -> str:
    """The whole of ``docs/errors.md``."""
    cases = sorted((c for c in all_cases() if c.codes), key=lambda c: (_area(c), c.codes, c.title))
    parts = [
        "# What a report means",
        "Every report names the file, the line and the column, says what is wrong in one sentence, shows the line, "
        "and says what to do. The code in square brackets is the one to look up here. All mistakes are reported at "
        "once. An *error* stops the build, and the site that was there stays; a *warning* does not, unless you build "
        "with `--strict`.",
        "Each section shows the files of a small example and the report that they give. "
        "(The tests run every one of them; `python tests/diagnostics_cases.py` writes this page.)",
        _index(cases),
    ]
    area = ""
    for case in cases:
        if _area(case) != area:
            area = _area(case)
            parts.append(f"## {area[1:]}")
        parts += [f"### {case.title}", case.words, *map(_shown, case.files), f"```text\n{case.report}```"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _area(case: Case) -> str:
    """A sorting digit and the heading of the area that a case belongs to."""
    letters = list(_AREAS)
    letter = case.codes[0][0]
    return f"{letters.index(letter)}{_AREAS[letter]}" if letter in letters else "9The rest of the site"


def _index(cases: list[Case]) -> str:
    where: dict[str, list[Case]] = {}
    for case in cases:
        for code in case.codes:
            where.setdefault(code, []).append(case)
    rows = [f"| {code} | {', '.join(_link(c) for c in where[code])} |" for code in sorted(where)]
    return "\n".join(["| code | see |", "|---|---|", *rows])


def _link(case: Case) -> str:
    anchor = re.sub(r"[^\w\- ]", "", case.title.lower()).replace(" ", "-")
    return f"[{case.title}](#{anchor})"


def _shown(file: File) -> str:
    kind = "yaml" if file.path.endswith(".yaml") else "markdown"
    special = {
        "": "",
        "none": ": missing",
        "crlf": ", lines end in CR and LF",
        "escaped": r", where `\x..` is one byte",
        "name escaped": "",
    }
    how = special.get(file.how, f", {file.how}")
    if not file.text:
        return f"`{file.path}`{how}"
    fence = "````" if "```" in file.text else "```"
    return f"`{file.path}`{how}:\n\n{fence}{kind}\n{file.text}{fence}"


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
