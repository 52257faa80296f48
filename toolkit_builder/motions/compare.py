"""Two versions of a motion -> block by block what became of it: the views that pages, print and terminals show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.motions.diff import DELETE, EQUAL, INSERT, Run, align, word_runs
from toolkit_builder.motions.text import Block, MotionText

SAME, CHANGED, ADDED, REMOVED, MOVED_AWAY, MOVED_HERE = (
    "same",
    "changed",
    "added",
    "removed",
    "moved-away",
    "moved-here",
)


class Change(Struct, frozen=True, kw_only=True):
    """One block of either version. ``runs`` are the words of a block (one run unless it changed).

    ``twin`` is, for a moved block, the id of the block at the other end of the move.
    """

    kind: str
    old: Block | None
    new: Block | None
    runs: tuple[Run, ...]
    twin: str = ""

    @property
    def renumbered(self) -> bool:
        """Whether a block kept its words but got another marker."""
        return bool(self.old and self.new and self.old.marker != self.new.marker)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "old": self.old.id if self.old else None, "new": self.new.id if self.new else None,
                "runs": [[r.op, r.old, r.new] for r in self.runs], "twin": self.twin}  # fmt: skip


def compare(old: MotionText, new: MotionText) -> tuple[Change, ...]:
    """Every block of both versions, in reading order; what is new stands before what it replaces."""
    before = [old.inline(b) for b in old.blocks]
    after = [new.inline(b) for b in new.blocks]
    changes: list[Change] = []
    for left, right in align(before, after):
        if left is not None and right is not None:
            runs = tuple(word_runs(before[left], after[right]))
            kind = CHANGED if any(r.op != EQUAL for r in runs) else SAME
            changes.append(Change(kind=kind, old=old.blocks[left], new=new.blocks[right], runs=runs))
        elif left is not None:
            changes.append(Change(kind=REMOVED, old=old.blocks[left], new=None, runs=(Run(DELETE, before[left], ""),)))
        elif right is not None:
            changes.append(Change(kind=ADDED, old=None, new=new.blocks[right], runs=(Run(INSERT, "", after[right]),)))
    return tuple(_with_moves(changes))


def _with_moves(changes: list[Change]) -> list[Change]:
    added = {
        " ".join(c.runs[0].new.split()): n
        for n, c in enumerate(changes)
        if c.kind == ADDED and len(c.runs[0].new.split()) >= 4
    }
    for index, change in enumerate(changes):
        words = " ".join(change.runs[0].old.split()) if change.kind == REMOVED else ""
        if words in added:
            to = added.pop(words)
            here, there = changes[to].new, change.old
            changes[index] = replace(change, kind=MOVED_AWAY, twin=here.id if here else "")
            changes[to] = replace(changes[to], kind=MOVED_HERE, twin=there.id if there else "")
    return changes


def passages(changes: Sequence[Change], width: int = 80) -> Iterator[Change]:
    """The changed blocks only, each change with one line (``width`` characters) of context on either side."""
    for change in changes:
        if change.kind == SAME:
            if change.renumbered:
                yield replace(
                    change,
                    runs=(Run(EQUAL, *(_opening(r, width) for r in (change.runs[0].old, change.runs[0].new))),)
                    if change.runs
                    else (),
                )
            continue
        if change.kind == CHANGED:
            change = replace(change, runs=tuple(_shortened(change.runs, width)))
        yield change


def _opening(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width].rsplit(" ", 1)[0] + " …"


def _shortened(runs: Sequence[Run], width: int) -> Iterator[Run]:
    for index, run in enumerate(runs):
        text = " ".join(run.new.split(" "))
        if run.op != EQUAL or len(text) <= 2 * width:
            yield run
            continue
        old, new = (_ends(side, width, index > 0, index < len(runs) - 1) for side in (run.old, run.new))
        yield Run(EQUAL, old, new)


def _ends(text: str, width: int, head: bool, tail: bool) -> str:
    """The beginning and the end of a long run, as far as a change stands beside them."""
    first = text[:width].rsplit(" ", 1)[0] if head else ""
    last = text[-width:].split(" ", 1)[-1] if tail else ""
    return f"{first}{' ' if first else ''}…{' ' if last else ''}{last}"


def as_plain(changes: Sequence[Change]) -> str:
    """For terminals and plain text: ``{+new words+}`` and ``[-old words-]``, a block a paragraph."""
    out: list[str] = []
    for change in changes:
        block = change.new or change.old
        if block is None:
            continue
        marker = f"{block.marker} " if block.marker else ""
        words = "".join(_plain_run(run) for run in change.runs)
        moved = {MOVED_AWAY: "[moved to another place] ", MOVED_HERE: "[moved here] "}.get(change.kind, "")
        was = (
            f" (printed as {change.old.marker.strip('().')})"
            if change.renumbered and change.old and change.old.marker
            else ""
        )
        out.append("  " * max(0, block.depth - 1) + moved + marker + " ".join(words.split()) + was)
    return "\n\n".join(out) + ("\n" if out else "")


def _plain_run(run: Run) -> str:
    if run.op == EQUAL:
        return run.new
    text, before, after = (run.new, "{+", "+}") if run.op == INSERT else (run.old, "[-", "-]")
    inner = text.strip()
    lead = text[: len(text) - len(text.lstrip())]
    return f"{lead}{before}{inner}{after}{text[len(lead) + len(inner) :]}"
