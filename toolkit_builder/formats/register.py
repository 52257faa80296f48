"""A conference's register (rows of plain values) in; the same register as CSV, JSON and a table out.

A row is what a register page shows: ``{number, label, title, kind, mover, seconder, result, by, vote, url}``, where
``result`` is ``{key, label, sentence}``, ``by`` a list of links and ``vote`` ``{for, against, abstain, total, method,
note}`` or None. A key that is missing is an empty cell.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from toolkit_builder.model import Payload

COLUMNS: tuple[tuple[str, str], ...] = (
    ("conference", "Conference"), ("item", "Item"), ("number", "Number"), ("title", "Title"), ("kind", "Kind"),
    ("mover", "Mover"), ("seconder", "Seconder"), ("result", "Result"), ("decision", "Decision"),
    ("by", "Amended by"), ("method", "Vote"), ("for", "For"), ("against", "Against"), ("abstain", "Abstentions"),
    ("total", "Total"), ("url", "Address"),
)  # fmt: skip

# A spreadsheet takes a cell that starts like this for a formula, whatever the quotes around it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def flat(row: Mapping[str, Any], conference: str = "") -> dict[str, str]:
    """One row as text, by column. ``item`` ("Amendment 20.10") is there because a spreadsheet turns 20.10 into 20.1."""
    result, vote = row.get("result") or {}, row.get("vote") or {}
    plain = result if isinstance(result, str) else str(result.get("label", ""))
    sentence = "" if isinstance(result, str) else str(result.get("sentence", ""))
    by = ", ".join(str(link.get("label") or link.get("title", "")) if isinstance(link, Mapping) else str(link)
                   for link in row.get("by") or ())  # fmt: skip
    said = {key: "" if vote.get(key) is None else str(vote[key]) for key in ("for", "against", "abstain", "total")}
    number = str(row.get("number") or "")
    return {
        "conference": str(row.get("conference") or conference),
        "item": str(row.get("label") or number), "number": number,
        **{key: str(row.get(key) or "") for key in ("title", "kind", "mover", "seconder")},
        "result": plain, "decision": sentence, "by": by,
        "method": str(vote.get("method") or ""), **said, "url": str(row.get("url") or ""),
    }  # fmt: skip


def csv_file(payload: Payload) -> bytes:
    """``{rows, conference}`` -> `as_csv`."""
    return as_csv(payload["rows"], payload["conference"])


def json_file(payload: Payload) -> bytes:
    """``{rows, conference}`` -> `as_json`."""
    return as_json(payload["rows"], payload["conference"])


def as_csv(rows: Iterable[Mapping[str, Any]], conference: str = "") -> bytes:
    """The register for a spreadsheet: UTF-8 with a byte order mark (else Excel guesses), CRLF, no live formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([title for _, title in COLUMNS])
    for row in rows:
        cells = flat(row, conference)
        writer.writerow([defused(cells[key]) for key, _ in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def defused(cell: str) -> str:
    """The cell as text to every spreadsheet: one that would be a formula gets an apostrophe in front."""
    cell = cell.replace("\0", "")
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell


def as_json(rows: Iterable[Mapping[str, Any]], conference: str = "") -> bytes:
    """The register as a JSON array of flat objects; numbers of votes are numbers, empty cells are left out."""
    listed = []
    for row in rows:
        cells: dict[str, str | int] = {key: text for key, text in flat(row, conference).items() if text}
        for key in ("for", "against", "abstain", "total"):
            if key in cells:
                cells[key] = int(cells[key])
        listed.append(cells)
    return json.dumps(listed, ensure_ascii=False, indent=1).encode() + b"\n"


def table(rows: Sequence[Mapping[str, Any]], conference: str = "") -> Payload:
    """The register for a template: ``{columns: [{key, title}], rows: [{key: text}]}``, without columns all empty."""
    flats = [flat(row, conference) for row in rows]
    used = [(key, title) for key, title in COLUMNS if any(cells[key] for cells in flats)]
    return {"columns": [{"key": key, "title": title} for key, title in used],
            "rows": [{key: cells[key] for key, _ in used} for cells in flats]}  # fmt: skip
