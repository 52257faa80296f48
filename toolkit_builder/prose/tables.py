"""Lines with bars -> a table: header cells with scope, every cell kept, a wrapper that scrolls on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from toolkit_builder.diagnostics import Severity
from toolkit_builder.prose.context import Context

_DELIMITER = re.compile(r" {0,3}\|?[ ]*+:?-+:?[ ]*+(?:\|[ ]*+:?-+:?[ ]*+)*+\|?[ ]*+$")


class Table(Struct):
    """Rows of cells as written; ``aligned`` holds "", "left", "center" or "right" for each column."""

    header: list[str]
    aligned: list[str]
    rows: list[list[str]]
    at: int
    end: int


def is_delimiter(line: str) -> bool:
    """``|---|:--:|``: with a bar, or it is a rule or an underline."""
    return "|" in line and bool(_DELIMITER.match(line))


def cells(line: str) -> list[str]:
    """The cells of a row; a bar in backticks or after a backslash belongs to its cell."""
    text = line.strip()
    text = text[1:] if text.startswith("|") else text
    found, cell, ticks, i = [], "", "", 0
    while i < len(text):
        char = text[i]
        if char == "\\" and i + 1 < len(text):
            cell += "|" if text[i + 1] == "|" else text[i : i + 2]
            i += 2
            continue
        if char == "[" and text.startswith("[[", i) and (close := text.find("]]", i, i + 400)) > 0:
            cell += text[i : close + 2]  # [[motion:20|in other words]]
            i = close + 2
            continue
        if char == "`":
            run = re.match(r"`+", text[i:]).group()  # type: ignore[union-attr]
            if ticks == run:
                ticks = ""
            elif not ticks and run in text[i + len(run) :]:
                ticks = run
            cell += run
            i += len(run)
            continue
        if char == "|" and not ticks:
            found.append(cell.strip())
            cell = ""
        else:
            cell += char
        i += 1
    if cell.strip() or not text.endswith("|"):
        found.append(cell.strip())
    return found


def take(lines: list[str], at: int, header: str) -> Table | None:
    """The table whose header is line ``at``, or None where header and delimiter row do not agree."""
    heads, marks = cells(header), cells(lines[at + 1])
    if len(heads) != len(marks) or ("|" not in header and len(heads) > 1):
        return None
    aligned = [_alignment(mark) for mark in marks]
    rows, end = [], at + 2
    while end < len(lines) and "|" in lines[end] and not lines[end].lstrip().startswith(":::"):
        rows.append(cells(lines[end]))
        end += 1
    return Table(heads, aligned, rows, at, end)


def _alignment(mark: str) -> str:
    left, right = mark.startswith(":"), mark.endswith(":")
    return "center" if left and right else "right" if right else "left" if left else ""


def write(table: Table, base: int, inline: Callable[[str, int], str], context: Context) -> str:
    """The table as HTML. Row cells beyond the header's last are kept, in columns without a head, and reported."""

    def cell(tag: str, text: str, column: int, line: int, more: str = "") -> str:
        align = table.aligned[column] if column < len(table.aligned) else ""
        css = f' class="align-{align}"' if align else ""
        return f"<{tag}{more}{css}>{inline(text, line)}</{tag}>"

    width = len(table.header)
    head = "\n".join(
        # an empty corner heads nothing, and a screen reader would read it out as a heading
        cell("th", text, i, base + table.at, ' scope="col"') if text else cell("td", text, i, base + table.at)
        for i, text in enumerate(table.header)
    )
    row_heads = not table.header[0] and width > 1
    body = []
    for number, row in enumerate(table.rows):
        line = base + table.at + 2 + number
        if len(row) > width:
            context.report(
                Severity.WARNING, "P115", f"this row has {len(row)} cells, but the table has {width} columns", line,
                hint="take out a bar, add a column to the first row, or write \\| where a bar is text",
            )  # fmt: skip
        row += [""] * (width - len(row))
        body.append("<tr>\n" + "\n".join(
            cell("th", text, i, line, ' scope="row"') if row_heads and i == 0 else cell("td", text, i, line)
            for i, text in enumerate(row)
        ) + "\n</tr>")  # fmt: skip
    rows = "\n".join(body)
    inside = f"<tbody>\n{rows}\n</tbody>\n" if rows else ""
    return (
        '<div class="table-scroll" tabindex="0">\n<table>\n<thead>\n<tr>\n'
        f"{head}\n</tr>\n</thead>\n{inside}</table>\n</div>"
    )
