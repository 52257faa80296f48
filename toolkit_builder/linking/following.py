"""What leads nowhere only because a file cannot be read: one mistake, one report.

A file whose front matter does not hold is no document, so all that leads to it would be reported as well. Such a
report says nothing that the file's own does not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.model import Document

_CODES = frozenset({"S103", "S201", "S203", "S204", "S205", "S211", "S301", "S304", "S306"})
_NAMED = re.compile(r"'([^']+)'")
_NUMBERED = re.compile(r"(?P<number>(?:[a-z]{1,2})?\d+[a-z]?(?:\.\d+[a-z]?)?)-")


def unread(paths: Iterable[str], documents: Sequence[Document]) -> frozenset[str]:
    """The names under which files that could not be read may be mentioned: their stems, and the numbers in front.

    Also, with a stroke before it, each folder around them: its list may have nothing else in it.
    """
    read = {doc.path for doc in documents}
    names: set[str] = set()
    for path in paths:
        if path in read:
            continue
        stem = posixpath.basename(path).removesuffix(".md").lower()
        if stem == "index":
            stem = posixpath.basename(posixpath.dirname(path)).lower()
        names.add(stem)
        names |= {f"/{folder.lower()}" for folder in path.split("/")[1:-1]}
        if number := _NUMBERED.match(stem):
            names.add(number["number"])
    return frozenset(names)


def without_followers(problems: Iterable[Diagnostic], names: frozenset[str]) -> list[Diagnostic]:
    """The reports that are not about one of these names."""
    return [d for d in problems if not (names and d.code in _CODES and _is_about(d, names))]


def _is_about(problem: Diagnostic, names: frozenset[str]) -> bool:
    named = _NAMED.search(problem.message)
    last = named[1].partition("#")[0].rstrip("/").rpartition("/")[2] if named else ""
    name = last.lower().removesuffix(".md")
    return name in names or (problem.code == "S306" and f"/{name}" in names)
