"""The corpus: motions, amendments in the phrasing of conferences, and what must come of each.

``<motion>.applied.txt`` holds amendments with the exact changes they must make (a unified diff without context
against the printed motion); ``<motion>.refused.txt`` those that must be refused, with the report.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from toolkit_builder.commands.amend import read_body
from toolkit_builder.motions.text import MotionText, parse

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Case:
    motion: str
    number: int
    amendment: str
    expected: str

    def __str__(self) -> str:
        return f"{self.motion}-{self.number}-{re.sub('[^a-zA-Z0-9]+', '-', self.amendment)[:40]}"


def motion(name: str) -> MotionText:
    """A motion of the corpus by its file's stem."""
    path = next(p for p in sorted(CORPUS.glob(f"{name}.*")) if p.name in {f"{name}.md", f"{name}.txt"})
    body, _ = read_body(path.name, path.read_text(encoding="utf-8"))
    return parse(body.text, path.name, body.first_line, title=body.title)[0]


def cases(kind: str) -> list[Case]:
    """All cases of a kind: ``applied`` or ``refused``."""
    found = []
    outcome = {"applied": "becomes", "refused": "refused"}[kind]
    for path in sorted(CORPUS.glob(f"*.{kind}.txt")):
        for number, part in enumerate(path.read_text(encoding="utf-8").split("=== amendment\n")[1:], start=1):
            amendment, _, expected = part.partition(f"--- {outcome}\n")
            found.append(Case(path.name.split(".")[0], number, amendment, expected))
    return found


def changes(before: MotionText, after: MotionText) -> str:
    """What an amendment changed, in the form the corpus states it."""
    lines = difflib.unified_diff(before.source.split("\n"), after.source.split("\n"), n=0, lineterm="")
    shown = [*lines][2:]
    if after.title != before.title:
        shown.insert(0, f"title: {after.title}")
    return "\n".join(shown) + "\n"
