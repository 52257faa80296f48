"""What one conversion carries along: the source's lines, its place in the file, and the mistakes found so far."""

from __future__ import annotations

import re

from toolkit_builder.diagnostics import Diagnostic, Severity, Span
from toolkit_builder.patterns import pattern


class Context:
    """The state of one conversion. Line numbers inside are indexes into ``lines``; reports count in the file."""

    __slots__ = ("diagnostics", "first_line", "lang", "lines", "path")

    def __init__(self, lines: list[str], path: str, first_line: int, lang: str) -> None:
        self.lines = lines
        self.path = path
        self.first_line = first_line
        self.lang = lang
        self.diagnostics: list[Diagnostic] = []

    def report(self, severity: Severity, code: str, message: str, at: int, *, find: str = "", hint: str = "") -> None:
        """Note a mistake on line ``at`` (an index); ``find`` is the offending text, looked up for the column."""
        line = self.lines[at] if 0 <= at < len(self.lines) else ""
        if find:
            first = find.split("\n", 1)[0]
            at, line = self._where(first, at)
        column = line.find(find.split("\n", 1)[0]) if find else len(line) - len(line.lstrip())
        length = len(find) if find and column >= 0 and "\n" not in find else 0
        column = max(column, 0) + 1
        number = self.first_line + at
        span = Span(self.path, number, column, number, column + length)
        self.diagnostics.append(Diagnostic(severity, code, message, span, hint, line[:2000]))

    def _where(self, text: str, at: int) -> tuple[int, str]:
        """The first line from ``at`` on that holds ``text`` (a block is rarely longer than a few hundred lines)."""
        for index in range(max(at, 0), min(at + 400, len(self.lines))):
            if text in self.lines[index]:
                return index, self.lines[index]
        return at, self.lines[at] if 0 <= at < len(self.lines) else ""


_CONTROL = pattern(r"[\x00-\x08\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff\ufeff]")


def tidy(source: str, path: str, first_line: int, lang: str) -> tuple[list[str], Context]:
    """Lines without the characters that no page may hold; each kind of replacement is reported once.

    CR LF and CR end a line; tabs become spaces up to the next multiple of four; form feeds (PDF page breaks)
    and vertical tabs become blank lines of their own only where they already stand between lines, else spaces.
    """
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    found = _CONTROL.search(source)
    lines = source.replace("\x0b", " ").replace("\x0c", " ").split("\n")
    context = Context(lines, path, first_line, lang)
    if found:
        _replace_controls(lines, context)
    if "\t" in source:
        lines[:] = [line.expandtabs(4) if "\t" in line else line for line in lines]
    return lines, context


def _replace_controls(lines: list[str], context: Context) -> None:
    seen: set[str] = set()
    for index, line in enumerate(lines):
        for match in _CONTROL.finditer(line):
            char = match.group()
            if char not in seen and char not in "\u2028\u2029\ufeff":
                seen.add(char)
                surrogate = "\ud800" <= char <= "\udfff"
                what = "half of a surrogate pair" if surrogate else "a control character"
                context.report(
                    Severity.WARNING,
                    "P102" if surrogate else "P101",
                    f"the text holds {what} (U+{ord(char):04X}), which no page can show",
                    index,
                    find=char,
                    hint="delete it and type the character again; it is shown as \N{REPLACEMENT CHARACTER}",
                )
        if line and _CONTROL.search(line):
            lines[index] = _CONTROL.sub(_stand_in, line)


def _stand_in(match: re.Match[str]) -> str:
    char = match.group()
    if char == "\ufeff":
        return ""
    return " " if char in "\u2028\u2029" else "\N{REPLACEMENT CHARACTER}"
