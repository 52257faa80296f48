"""What is wrong with the content, as values: where, in one plain sentence, and what to do about it.

Nothing here prints or raises. A stage returns ``(value, diagnostics)``; the command line sorts and shows them.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from msgspec import Struct, to_builtins


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Unsteady(Exception):
    """What was read is lost, or is not what it was a moment ago: no mistake of anybody's, all must be done again."""


class Span(Struct, frozen=True, order=True):
    """A stretch of one source file. Lines and columns count from 1; columns count characters, not bytes.

    ``end_line`` and ``end_column`` point just past the last character, and equal the start where only a
    place is known. ``line == 0`` means "the file as a whole".
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


class Diagnostic(Struct, frozen=True):
    """One mistake (or one thing worth knowing).

    ``code`` is stable and documented (``S201``); ``message`` is one plain sentence without a full stop;
    ``hint`` says what to do; ``source`` is the text of the line that ``span`` starts on, kept here so that
    showing a diagnostic opens no file.
    """

    severity: Severity
    code: str
    message: str
    span: Span | None = None
    hint: str = ""
    source: str = ""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the cache, worker results and ``--messages json``."""
        data: dict[str, Any] = to_builtins(self)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Diagnostic:
        span = Span(**data["span"]) if data["span"] else None
        return cls(Severity(data["severity"]), data["code"], data["message"], span, data["hint"], data["source"])


def error(code: str, message: str, span: Span | None = None, *, hint: str = "", source: str = "") -> Diagnostic:
    return Diagnostic(Severity.ERROR, code, message, span, hint, source)


def warning(code: str, message: str, span: Span | None = None, *, hint: str = "", source: str = "") -> Diagnostic:
    return Diagnostic(Severity.WARNING, code, message, span, hint, source)


def note(code: str, message: str, span: Span | None = None, *, hint: str = "", source: str = "") -> Diagnostic:
    return Diagnostic(Severity.NOTE, code, message, span, hint, source)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The order of every report: by file, then place, then code; equal ones once."""
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda d: (d.span or Span(""), d.code, d.message))


def any_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.is_error for d in diagnostics)


# --- showing ---------------------------------------------------------------------------------------------

_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}
_WIDEST_LINE = 100


def _visible(text: str) -> str:
    """Text safe for a terminal: control characters (escape sequences too) become visible pictures."""
    return "".join(_picture(c) if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in text)


def _picture(char: str) -> str:
    code = ord(char)
    if char == "\t":
        return " "
    return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"


def _cells(text: str) -> int:
    """How many terminal cells a text takes (East Asian wide characters take two, combining marks none)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _excerpt(d: Diagnostic) -> list[str]:
    """The source line with a caret under the offence, cut to a readable width around it."""
    span = d.span
    if span is None or span.line == 0 or not d.source.strip():
        return []
    start = max(span.column - 1, 0)
    same_line = span.end_line in (0, span.line) and span.end_column > span.column
    end = min(span.end_column - 1, len(d.source)) if same_line else start + 1
    left = max(0, start - _WIDEST_LINE // 2) if len(d.source) > _WIDEST_LINE else 0
    shown = d.source[left : left + _WIDEST_LINE]
    margin = f"  {span.line} | "
    under = _cells(_visible(d.source[left:start]))
    carets = max(1, _cells(_visible(d.source[start : min(end, left + _WIDEST_LINE)])))
    dots = ("…" if left else "", "…" if left + _WIDEST_LINE < len(d.source) else "")
    return [
        f"{margin}{dots[0]}{_visible(shown)}{dots[1]}",
        f"{' ' * (len(margin) - 2)}| {' ' * (under + len(dots[0]))}{'^' * carets}",
    ]


def as_text(d: Diagnostic, *, colour: bool = False) -> str:
    """``path:line:column: error[S201]: sentence``, the line with a caret, and the hint."""
    where = ""
    if d.span:
        where = _visible(d.span.path)
        if d.span.line:
            where += f":{d.span.line}:{max(d.span.column, 1)}"
        where += ": "
    label = f"{d.severity}[{d.code}]"
    if colour:
        label = f"{_COLOURS[d.severity]}{label}\x1b[0m"
    lines = [f"{where}{label}: {_visible(d.message)}", *_excerpt(d)]
    if d.hint:
        lines.append(f"  hint: {_visible(d.hint)}")
    return "\n".join(lines)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    return json.dumps([d.to_json() for d in diagnostics], ensure_ascii=False, indent=1)


def as_github(d: Diagnostic) -> str:
    """A workflow command that GitHub shows beside the line in a pull request."""
    level = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}[d.severity]

    def quote(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    fields = [f"title={quote(d.code, ':,')}"]
    if d.span:
        fields.insert(0, f"file={quote(d.span.path, ':,')}")
        if d.span.line:
            fields.append(f"line={d.span.line},col={max(d.span.column, 1)}")
    message = d.message + (f" ({d.hint})" if d.hint else "")
    return f"::{level} {','.join(fields)}::{quote(message)}"
