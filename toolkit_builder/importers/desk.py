"""What the families work on: the pieces of one text, the fields found so far, the report; and the files to be."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct, field

from toolkit_builder.diagnostics import Diagnostic, Span, warning
from toolkit_builder.importers.pieces import Incoming, Piece, became, left_out
from toolkit_builder.motions.numbering import NotANumber, Number

KINDS = ("motion", "amendment", "bulletin", "plan", "news", "update", "page")


# How many pieces from the top a title, a date or an issue's number is looked for in.
TOP = 8


class Options(Struct, frozen=True, kw_only=True):
    """What the caller knows: ``today`` (ISO) stands in where a date is needed and none is found; ``taken`` are the
    numbers (or issues) of its kind that are in use."""

    kind: str = ""
    conference: str = ""
    number: str = ""
    today: str = "2000-01-01"
    taken: frozenset[str] = frozenset()


class Draft(Struct, frozen=True, kw_only=True):
    """A content file to be: ``fields`` is its front matter in order, ``folder`` its place below ``content/``."""

    kind: str
    name: str
    folder: str
    fields: dict[str, Any]
    body: str


class Desk(Struct):
    """The pieces still on the desk, and what was found so far."""

    incoming: Incoming
    options: Options
    pieces: list[Piece]
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def take(self, piece: Piece) -> Piece:
        self.pieces.remove(piece)
        return piece

    def drop(self, piece: Piece, what: str) -> None:
        self.pieces.remove(piece)
        self.problems.append(left_out(self.incoming.path, what, piece.plain, piece.line))

    def became(self, key: str, words: str, line: int = 0, value: str | None = None) -> None:
        if value is not None:
            self.fields[key] = value
        self.problems.append(became(self.incoming.path, key, str(self.fields[key]), words, line))

    def warn(self, code: str, message: str, hint: str) -> None:
        self.problems.append(warning(code, message, Span(self.incoming.path), hint=hint))


def one_line(text: str) -> str:
    """Text with its white space made single."""
    return " ".join(text.split())


def number_in_name(path: str) -> str:
    """``motion-20.md`` → ``20``; "" where a file's name begins with no number."""
    match = re.match(
        r"(?i)(?:motion[-_ ]?)?([a-z]{0,2}\d{1,3}(?:\.\d{1,2})?[a-z]?)(?=[-_ .]|$)", PurePosixPath(path).stem
    )
    return match[1] if match and is_number(match[1]) else ""


def is_number(text: str) -> bool:
    """Whether a motion could have this number."""
    try:
        Number.parse(text)
    except NotANumber:
        return False
    return True


def free_number(taken: frozenset[str]) -> str:
    """The first whole number that no other item has."""
    used = {Number.parse(text) for text in taken if is_number(text)}
    return next(str(n) for n in range(1, len(taken) + 2) if Number.parse(str(n)) not in used)
