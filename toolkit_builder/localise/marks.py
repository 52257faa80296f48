"""A template's Markdown in; the same with each ``{{ }}`` and ``{% %}`` as one rare letter out, and the way back.

Markdown sees a letter where a field stands, so that it can neither break a field nor be broken by one; and values
are put in after Markdown, as text. A letter is taken from a script that the text does not use (Tangut, else CJK
extension G).
"""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct, field
from msgspec.structs import replace as replaced

from toolkit_builder.diagnostics import Diagnostic, Span, error

BLOCKS = ((0x17000, 0x187F7), (0x30000, 0x3134A))
MOST = 1000
_TAG = re.compile(
    r"\{\{(?P<e>.*?)\}\}|\{%[-+]?(?P<s>.*?)[-+]?%\}|\{#(?P<c>.*?)#\}|(?P<u>(?m:^[ \t]*_{3,}[ \t]*$))", re.DOTALL
)
_OPEN = re.compile(r"\{\{|\{%")
_ITEM = re.compile(r"\s*(?:[-*+•]|\(?(?:\d{1,3}|[a-z]{1,3})[.)])\s+\S|\s*\|")


class Mark(Struct, frozen=True):
    """One tag: ``kind`` is "e" (an expression), "s" (a statement); ``inner`` its text, which starts at ``at``."""

    kind: str
    inner: str
    at: int
    start: int
    end: int


class Marked(Struct):
    """A marked text. ``base`` is the letter of the first mark; ``steps`` pair its offsets with those of the source."""

    source: str
    path: str
    first_line: int
    text: str = ""
    base: int = BLOCKS[0][0]
    marks: list[Mark] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def span(self, start: int, length: int) -> tuple[Span, str]:
        """A place of the source, and the text of its line."""
        begin = self.source.rfind("\n", 0, start) + 1
        line = self.source[begin:].partition("\n")[0]
        number = self.first_line + self.source.count("\n", 0, start)
        column = start - begin + 1
        return Span(self.path, number, column, number, min(column + length, len(line) + 1)), line

    def report(self, code: str, message: str, start: int, length: int, hint: str = "") -> None:
        span, line = self.span(start, length)
        self.diagnostics.append(error(code, message, span, hint=hint, source=line))

    def origin(self, line: int, column: int) -> int:
        """The offset in the source of a place in the marked text (both counted from 1)."""
        lines = self.text.split("\n")
        offset = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
        at = bisect_right(self.steps, (offset, len(self.source) + 1)) - 1
        if at < 0:
            return 0
        here, there = self.steps[at]
        following = self.steps[at + 1][1] if at + 1 < len(self.steps) else len(self.source)
        return min(there + offset - here, max(there, following - 1), max(len(self.source) - 1, 0))

    def place(self, found: Diagnostic) -> Diagnostic:
        """A diagnostic about the marked text, as one about the source."""
        if found.span is None or not found.span.line:
            return found
        start = self.origin(found.span.line, found.span.column)
        end = self.origin(found.span.end_line or found.span.line, found.span.end_column or found.span.column)
        span, line = self.span(start, max(1, end - start))
        return replaced(found, span=span, source=line, message=self.worded(found.message), hint=self.worded(found.hint))

    def worded(self, text: str) -> str:
        """A sentence that quotes the marked text, with the tags as they were typed."""
        return re.sub(f"[{chr(self.base)}-{chr(self.base + MOST)}]", lambda m: self._typed(m[0]), text)

    def _typed(self, letter: str) -> str:
        number = ord(letter) - self.base
        return self.source[self.marks[number].start : self.marks[number].end] if number < len(self.marks) else letter


def mark(source: str, path: str, first_line: int) -> Marked:
    """Replace every tag by a letter. What cannot be read as a tag stays as text and is reported."""
    made = Marked(source=source, path=path, first_line=first_line)
    made.base = next((low for low, high in BLOCKS if not any(low <= ord(c) <= high for c in source)), 0)
    if not made.base:
        made.base = BLOCKS[0][0]
        made.report("L103", "this text mixes rare scripts in a way that fields cannot stand beside", 0, 1)
        made.text, made.steps = source, [(0, 0)]
        return made
    out: list[str] = []
    length = at = 0
    around = _around(source)

    def add(text: str, origin: int) -> None:
        nonlocal length
        if text:
            made.steps.append((length, origin))
            out.append(text)
            length += len(text)

    for match in _TAG.finditer(source):
        add(source[at : match.start()], at)
        at = match.end()
        if match["c"] is not None:
            continue
        if match["u"] is not None:  # a line to write on, and not Markdown's line between two parts
            add(match["u"].strip().replace("_", "\\_"), match.start())
            continue
        if len(made.marks) >= MOST:
            made.report("L104", f"a template may have {MOST} fields and conditions at most", match.start(), 2)
            at = match.start()
            break
        kind = "e" if match["e"] is not None else "s"
        letter = chr(made.base + len(made.marks))
        made.marks.append(Mark(kind, match[kind], match.start(kind), match.start(), match.end()))
        before, after = around.get(match.start(), ("", ""))
        add(before, match.start())
        add(letter, match.start())
        add(after, match.start())
    add(source[at:], at)
    made.text = "".join(out)
    for stray in _OPEN.finditer(_TAG.sub(lambda m: " " * len(m[0]), source)):
        made.report(
            "L102",
            f"'{stray[0]}' is opened here and never closed",
            stray.start(),
            2,
            "close it with " + ("}}" if stray[0] == "{{" else "%}"),
        )
    return made


def _around(source: str) -> dict[int, tuple[str, str]]:
    """What goes around each statement that stands on a line of its own: blank lines, so that it is between blocks; the
    bars of a row inside a table; nothing inside a list, where it goes with the item above it."""
    alone: list[tuple[int, str, str]] = []
    lines = source.split("\n")
    at = 0
    for n, line in enumerate(lines):
        whole = _TAG.fullmatch(line.strip()) if line.strip().startswith("{%") else None
        if whole is not None and whole["s"] is not None:
            before = next((b for b in reversed(lines[:n]) if not b.strip().startswith("{%")), "")
            inside = _ITEM.match(before) and n > 0 and lines[n - 1].strip()
            kind = "" if not inside else "row" if before.lstrip().startswith("|") else "item"
            alone.append((at + line.index("{%"), whole["s"].split()[0] if whole["s"].split() else "", kind))
        at += len(line) + 1
    found: dict[int, tuple[str, str]] = {}
    stack: list[str] = []
    for start, word, kind in alone:
        if word in {"if", "for"}:
            stack.append(kind)
        found[start] = {"": ("\n", "\n"), "row": ("| ", " |"), "item": ("", "")}[stack[-1] if stack else ""]
        if word in {"endif", "endfor"} and stack:
            stack.pop()
    return found
