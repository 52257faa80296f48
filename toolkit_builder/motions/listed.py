"""A ``MotionText`` in; its blocks as plain values out, for formats that set a paper in words of their own."""

from __future__ import annotations

import re
from typing import Any

from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.text import MotionText


def blocks(text: MotionText) -> list[dict[str, Any]]:
    """A motion's text as plain values: ``{kind, id, marker, text, depth}``, tables with their ``rows``."""
    listed: list[dict[str, Any]] = []
    for block in text.blocks:
        value: dict[str, Any] = {"kind": block.kind, "id": block.id, "marker": block.marker, "depth": block.depth,
                          "text": text.text(block)}  # fmt: skip
        if block.kind == "table":
            value["rows"] = _rows(text.source[block.start : block.end])
        listed.append(value)
    return listed


def _rows(source: str) -> list[list[str]]:
    rows = []
    for line in source.split("\n"):
        if line.strip() and line.strip("|-: \t"):
            rows.append([visible(cell.strip()).text for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])
    return rows
