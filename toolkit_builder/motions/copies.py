"""An edited copy of a motion (whole, or some of its paragraphs) -> the cuts that turn the printed text into it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from toolkit_builder.motions.diff import EQUAL, Run, diff, word_runs
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.marked import as_to_read, surely_marked
from toolkit_builder.motions.regions import Problem
from toolkit_builder.motions.text import Block, MotionText, parse

_ALIKE = 0.5
_CLEARLY = 0.1


def copy_cuts(text: MotionText, copy: str, *, whole: bool) -> tuple[list[Cut], Problem | None]:
    """The changes of a copy; white space that only wraps lines is not changed."""
    if whole:
        old = text.source
        tail = old[len(old.rstrip()) :]
        read = as_to_read(copy, old) if surely_marked(copy) else copy
        if isinstance(read, Problem):
            return [], read
        copy = read
        return _cuts(diff(old, copy.rstrip() + tail).runs, 0), None
    cuts: list[Cut] = []
    edited, _ = parse(copy)
    taken: set[str] = set()
    for block in edited.blocks:
        source = edited.source[block.start : block.end]
        target, problem = _partner(text, edited, block, taken)
        if target is None:
            return [], problem
        taken.add(target.id)
        printed = text.source[target.start : target.end]
        read = as_to_read(source, printed)
        if isinstance(read, Problem):
            return [], read
        cuts.extend(_cuts(word_runs(printed, read), target.start))
    return cuts, None


def _cuts(runs: Iterable[Run], at: int) -> list[Cut]:
    """Runs as cuts; an insertion and the deletion beside it are one replacement."""
    cuts: list[Cut] = []
    for run in runs:
        if run.op == EQUAL:
            at += len(run.old)
            continue
        end = at + len(run.old)
        if cuts and cuts[-1].end == at:
            cuts[-1] = Cut(cuts[-1].start, end, cuts[-1].new + run.new)
        else:
            cuts.append(Cut(at, end, run.new))
        at = end
    return cuts


def _partner(
    text: MotionText, edited: MotionText, block: Block, taken: set[str]
) -> tuple[Block | None, Problem | None]:
    """The printed block that an edited paragraph is a copy of: clearly the most alike."""
    words = edited.text(block).lower().split()
    scores = sorted(
        ((difflib.SequenceMatcher(None, text.text(b).lower().split(), words, autojunk=False).ratio(), -b.start, b)
         for b in text.blocks if b.id not in taken and b.kind == block.kind),
        key=lambda score: score[:2], reverse=True,
    )  # fmt: skip
    shown = " ".join(edited.text(block).split()[:8])
    if not scores or scores[0][0] < _ALIKE:
        return None, Problem(
            "A330",
            f"'{shown} ...' is like no paragraph of the motion",
            "hand in the whole edited text, or an instruction",
        )
    if len(scores) > 1 and scores[0][0] < 1.0 and scores[0][0] - scores[1][0] < _CLEARLY:
        names = f"{text.address(scores[0][2])} or {text.address(scores[1][2])}?"
        return None, Problem(
            "A331", f"'{shown} ...' could be an edited copy of two paragraphs", f"which is meant: {names}"
        )
    return scores[0][2], None
