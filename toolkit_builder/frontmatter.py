"""A source text in; its front matter and its body out, and what is wrong with the lines that part them."""

from __future__ import annotations

import re
from typing import NamedTuple

from pydantic import BaseModel

from toolkit_builder import wording
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.patterns import pattern
from toolkit_builder.shapes import shape_of
from toolkit_builder.yamltext import INDENTED_FENCE, Origin

_CLOSING = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DASHES = re.compile(r"^(?:-{2,}|[–—]+-*|-[ \t]*-[ \t]*-)[ \t]*$", re.MULTILINE)
_WRONG_OPENING = pattern(
    r"\s*(?:(?P<wrong>\+{3,}|-{2}|-{4,}|[–—]+-*|={3,}|;{3})[ \t]*\n\s*)?"
    r"(?P<key>[A-Za-z_]+)(?(wrong)[ \t]*[:=]|:(?:[ \t]|\n))[^\n]*(?P<next>\n[a-z_]+:[ \t])?"
)


class FrontMatter(NamedTuple):
    """Where the two parts of a source text are. ``start`` and ``end`` are the offsets of the YAML in it.

    ``yaml_line`` and ``body_line`` count from 1. ``opened`` without ``closed`` means that the second ``---`` is
    missing: ``yaml_text`` is then everything below the first one.
    """

    yaml_text: str
    yaml_line: int
    body: str
    body_line: int
    start: int
    end: int
    opened: bool
    closed: bool


def split(text: str) -> FrontMatter:
    """Cut a source text into front matter and body. Empty lines above the first ``---`` are allowed."""
    start = 0
    while text.startswith("\n", start):
        start += 1
    first = text.find("\n", start)
    opening = text[start : len(text) if first < 0 else first]
    if opening.rstrip(" \t") != "---":
        return FrontMatter("", 1, text, 1, 0, 0, False, False)
    line = start + 2
    if first < 0:
        return FrontMatter("", line, "", line, len(text), len(text), True, False)
    closing = _CLOSING.search(text, first + 1)
    if closing is None:
        return FrontMatter(text[first + 1 :], line, "", line, first + 1, len(text), True, False)
    end = closing.start()
    body = min(closing.end() + 1, len(text))
    body_line = line + text.count("\n", first + 1, body)
    return FrontMatter(text[first + 1 : end], line, text[body:], body_line, first + 1, end, True, True)


def unclosed(origin: Origin, front: FrontMatter) -> Diagnostic:
    """What is wrong with front matter that is opened and not closed."""
    indented = INDENTED_FENCE.search(origin.text, front.start)
    if indented:
        return origin.diagnostic(
            "Y201",
            "'---' closes the front matter only at the very start of a line",
            indented.start(),
            indented.end(),
            hint="delete the spaces before it",
        )
    dashes = _DASHES.search(origin.text, front.start)
    if dashes:
        return origin.diagnostic(
            "Y201",
            f"'{dashes[0].strip()}' does not close the front matter",
            dashes.start(),
            dashes.end(),
            hint="write exactly three hyphens on a line of their own: ---",
        )
    at = origin.text.index("---")
    return origin.diagnostic(
        "Y201",
        "the front matter that opens here is never closed",
        at,
        at + 3,
        hint="put --- on a line of its own below the last key",
    )


def unopened(model: type[BaseModel], origin: Origin) -> Diagnostic | None:
    """Front matter below a wrong line or none: it would be published as text."""
    match = _WRONG_OPENING.match(origin.text)
    if not match or match["key"] not in shape_of(model).keys:
        return None
    if wrong := match["wrong"]:
        return origin.diagnostic(
            "Y201",
            f"'{wrong}' does not open front matter",
            match.start("wrong"),
            match.end("wrong"),
            hint="write exactly three hyphens on a line of their own: ---, and 'key: value' lines below it",
        )
    if match["next"] or _CLOSING.search(origin.text):
        return origin.diagnostic(
            "Y201",
            "there is no --- above the front matter",
            match.start("key"),
            match.end("key"),
            hint="put --- on a line of its own above the first key, and below the last",
        )
    return None


def missing(model: type[BaseModel], origin: Origin) -> Diagnostic:
    """That there is no front matter, where the model needs some."""
    needed = [name for name, shape in shape_of(model).keys.items() if shape.required]
    names = wording.listed([f"'{n}'" for n in needed])
    lines = wording.listed(["---", *(f"{n}: ..." for n in needed), "---"])
    return origin.diagnostic(
        "V303",
        f"there is no front matter, and {names} must be given",
        0,
        hint=f"begin the file with the lines {lines}",
    )
