"""Rows of tables + the printed motion -> the cuts that put a new row in, write one anew or take one out.

A new row is written with a bar between its cells (``| 6 | £34,000 |``) and must have as many cells as the table.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from toolkit_builder.motions.instructions import Instruction, Spot, print_place
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.regions import Region
from toolkit_builder.motions.text import Block

if TYPE_CHECKING:
    from toolkit_builder.motions.cutting import Cutter

_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"[\s|:-]*-[\s|:-]*")


def insert_row(p: Cutter, i: Instruction, regions: list[Region], plan: Plan) -> None:
    """``Add a row at the end of the table: "| 6 | £34,000 |"``, ``insert a new row after the row beginning "3"``."""
    spot = i.spot or Spot(kind="end")
    if isinstance(spot.ref, tuple):
        regions = p.regions_of(spot.ref, i.scope, i.inherited, plan)
        if plan.problem:
            return
    elif spot.ref is not None:
        plan.fail("A306", "a row is named by its words", 'write: after the row beginning "..."')
        return
    region = p.one_region(regions, print_place(spot.ref[-1]) if spot.ref else "this place", plan)
    if region is None:
        return
    tables = [b for b in region.blocks if b.kind == "table"]
    if len(tables) != 1:
        found = f"there are {len(tables)} tables here" if tables else "there is no table here"
        plan.fail("A307" if tables else "A305", found, "name the table: in the second table, add a row")
        return
    table = tables[0]
    new = written(p.source, table, i.text, plan)
    if new is None:
        return
    if region.unit == "row":
        at = region.end if spot.kind == "after" else region.start
        plan.needs.append((region.start, region.end))
    elif spot.kind == "end":
        at = table.end
    else:
        at = -1
    heads = _head_end(p.source, table)
    if at < heads and not (at == -1 and spot.kind == "start"):
        at = heads if spot.kind == "after" else -1
        if at < 0:
            plan.fail("A308", "a new row cannot go before the row of headings", "write: after the row beginning ...")
            return
    at = heads if at < 0 else at
    plan.cuts.append(
        Cut(at, at, f"{new}\n") if at == region.start and spot.kind == "before" else Cut(at, at, f"\n{new}")
    )


def change_row(p: Cutter, i: Instruction, region: Region, plan: Plan) -> None:
    """A printed row goes, or is written anew."""
    table = region.blocks[0]
    plan.needs.append((region.start, region.end))
    if i.verb == "delete":
        if region.start < _head_end(p.source, table):
            plan.fail("A308", "the row of headings cannot go alone", "write: delete the table, or replace the row")
            return
        plan.cuts.append(Cut(len(p.source[: region.start].removesuffix("\n").removesuffix("\r")), region.end))
    elif (new := written(p.source, table, i.text, plan)) is not None:
        plan.cuts.append(Cut(region.start, region.end, new))


def written(source: str, table: Block, text: str, plan: Plan) -> str | None:
    """A new row as the table's own rows are written; None, and the plan has failed, where its cells are not as many."""
    first = source[table.start : table.end].split("\n", 1)[0].strip()
    words = text.strip()
    cells = _cells(words)
    wanted = len(_cells(first))
    if "\n" in words or len(cells) != wanted:
        has = "more than one line" if "\n" in words else f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
        example = " | ".join(["..."] * wanted)
        hint = f"write each row by itself, with a bar between its cells: {example}"
        plan.fail("A308", f"the table has {wanted} columns and the new row {has}", hint)
        return None
    row = " | ".join(cells)
    return f"| {row} |" if first.startswith("|") else row


def _cells(row: str) -> list[str]:
    inner = row.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip() for cell in _BAR.split(inner)]


def _head_end(source: str, table: Block) -> int:
    """Where the row of dashes ends, or the table begins where there is none."""
    at = table.start
    for line in source[table.start : table.end].split("\n"):
        if _DASHES.fullmatch(line) and at > table.start:
            return at + len(line)
        at += len(line) + 1
    return table.start
