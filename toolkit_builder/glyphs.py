"""Characters that no font has, as the print engine reports them, in; one report for each line they are typed on out.

The engine knows the document it prints and nothing of where its words come from: a motion's title stands in its file,
the union's name in toolkit.yaml, a branch's employer in a table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from toolkit_builder.diagnostics import Diagnostic, Span, error

CODE = "Q106"
_SAID = re.compile(r"U\+([0-9A-F]{4,6})\b")
_MOST = 6  # characters named in one sentence
_HINT = "write it in words or leave it out, or add a font that has it to the theme"
_SETTINGS = "toolkit.yaml"
_Place = tuple[str, int, str]  # path, line, and the line's text


def placed(problems: Sequence[Diagnostic], project: Path, more: Iterable[str] = ()) -> list[Diagnostic]:
    """The reports, those of missing characters at the places where these are typed.

    ``more``: files that may have them besides those of the project, such as a table of branches.
    """
    if all(d.code != CODE for d in problems):
        return list(problems)
    files = _Files(project, list(more))
    others = [d for d in problems if d.code != CODE]
    found: dict[_Place, dict[str, int]] = {}
    for problem in (d for d in problems if d.code == CODE):
        said = _SAID.search(problem.message)
        char = chr(int(said[1], 16)) if said else ""
        places = list(files.places(char, problem.span.path)) if char and problem.span else []
        for place, column in places:
            found.setdefault(place, {}).setdefault(char, column)
        if not places:
            others.append(problem)
    return [*others, *(_report(place, chars) for place, chars in found.items())]


class _Files:
    """The texts in which a character may be typed, each read once."""

    def __init__(self, project: Path, more: list[str]) -> None:
        self._project, self._more = project, more
        self._texts: dict[str, str] = {}
        self._content: list[str] | None = None

    def text(self, path: str) -> str:
        if path not in self._texts:
            place = self._project / path if path not in self._more else Path(path)
            try:
                self._texts[path] = place.read_bytes().decode("utf-8", "replace")
            except OSError:
                self._texts[path] = ""
        return self._texts[path]

    def places(self, char: str, path: str) -> Iterator[tuple[_Place, int]]:
        """Every line with the character in the document's own file; else in the settings and the tables; else in the
        first file that has it, of those beside the document and then of the rest."""
        named = [path] if char in self.text(path) else []
        named = named or [name for name in (_SETTINGS, *self._more) if char in self.text(name)]
        named = named or [name for name in self._others(path) if char in self.text(name)][:1]
        for name in named:
            for number, line in enumerate(self.text(name).split("\n"), start=1):
                if char in line:
                    yield (name, number, line.rstrip("\r")), line.index(char) + 1

    def _others(self, path: str) -> list[str]:
        if self._content is None:
            root = self._project / "content"
            self._content = sorted(p.relative_to(self._project).as_posix() for p in root.rglob("*.md"))
        folder = path.rpartition("/")[0]
        return sorted(self._content, key=lambda name: not name.startswith(f"{folder}/"))


def _report(place: _Place, chars: dict[str, int]) -> Diagnostic:
    path, number, line = place
    several = len(chars) > 1
    ordered = sorted(chars, key=lambda char: chars[char])
    named = [f"'{c}' U+{ord(c):04X}" + ("" if several else f" {unicodedata.name(c, '')}".rstrip()) for c in ordered]
    if len(named) > _MOST:
        named[_MOST:] = [f"{len(named) - _MOST} more"]
    said = f"{', '.join(named[:-1])} and {named[-1]}" if several else named[0]
    first, last = min(chars.values()), max(chars.values())
    hint = _HINT.replace(" it", " them") if several else _HINT
    return error(CODE, f"print has no font with the character{'s' * several} {said}",
                 Span(path, number, first, number, last + 1), hint=hint, source=line)  # fmt: skip
