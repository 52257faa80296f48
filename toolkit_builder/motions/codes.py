"""Codes that paragraphs of a policy statement begin with (``TR212``): reading them, and giving them on when they move.

A code is a name, so nothing gives a paragraph another one unless the amendment says to renumber; and no amendment
may leave two paragraphs with one code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from toolkit_builder.motions.instructions import Instruction
from toolkit_builder.motions.joins import Cut
from toolkit_builder.motions.plans import Plan
from toolkit_builder.motions.text import Block, MotionText

if TYPE_CHECKING:
    from toolkit_builder.motions.cutting import Cutter

CODE = r"(?-i:[A-Z]{2,5}\s?\d{2,4})"
"""A code without parts, as a pattern: capitals and a number."""

_CODED = re.compile(
    r"(?P<marks>[*_]*)(?P<code>(?P<stem>[A-Z]{2,5}\s?)(?P<number>\d{2,4}))(?P<gap>[*_]*[.:)]?[*_]*\s+)(?=\S)"
)


class Code(Struct, frozen=True):
    """A paragraph's code: ``stem`` and ``number`` apart, and where it stands in the source."""

    block: Block
    stem: str
    number: int
    width: int
    start: int
    end: int
    before: str
    gap: str

    def named(self, number: int) -> str:
        """The code with another number."""
        return f"{self.stem}{number:0{self.width}d}"


def codes(text: MotionText) -> list[Code]:
    """The coded paragraphs of a text, in order."""
    found = []
    for block in text.paragraphs:
        match = _CODED.match(text.source, block.content, block.end)
        if match:
            number = match["number"]
            found.append(Code(block, match["stem"], int(number), len(number), match.start("code"), match.end("code"),
                              match["marks"], match["gap"]))  # fmt: skip
    return found


def is_code(label: tuple[str, ...]) -> bool:
    return len(label) == 1 and re.fullmatch(CODE, label[0]) is not None


def following(code: str, count: int) -> list[str]:
    """``count`` codes from ``code`` on."""
    match = re.fullmatch(r"(\D+)(\d+)", code)
    if match is None:
        return [code]
    return [f"{match[1]}{int(match[2]) + n:0{len(match[2])}d}" for n in range(count)]


def distance(first: str, last: str) -> int:
    """How many codes there are from one to another of the same stem; 0 where they do not follow on."""
    a, b = re.fullmatch(r"(\D+)(\d+)", first), re.fullmatch(r"(\D+)(\d+)", last)
    if a is None or b is None or a[1].split() != b[1].split():
        return 0
    return max(0, int(b[2]) - int(a[2]) + 1)


def insert_coded(p: Cutter, i: Instruction, plan: Plan) -> None:
    """``Insert new TR212``: before the printed TR212, or after TR211 and its points."""
    label = " ".join(i.label[0].split())
    printed = codes(p.text)
    there = [c for c in printed if c.named(c.number) == label]
    above = [c for c in printed if following(c.named(c.number), 2)[-1] == label]
    if len(there) > 1 or (not there and len(above) != 1):
        plan.fail("A311", f"there is no place for {label}", "name the paragraph it goes after")
        return
    near = there[0] if there else above[0]
    own = _CODED.match(i.text)
    if own and own["code"] != label:
        plan.fail("A311", f"the new text begins with {own['code']}, not with {label}", "give it one code")
        return
    text = i.text if own else f"{near.before}{label}{near.gap}{i.text}"
    plan.needs.append((near.block.start, near.block.end))
    if there:
        start = p.line_start(near.block)
        plan.cuts.append(Cut(start, start, text + "\n\n"))
    else:
        calls = p.text.calls_of(near.block)
        end = p.text.extent(calls[-1]) if calls else near.block.end
        plan.cuts.append(Cut(end, end, "\n\n" + text))
    if i.renumber and there:
        _shift(printed[printed.index(near) :], 1, plan)


def close_up(p: Cutter, plan: Plan) -> None:
    """``Delete TR211 and renumber``: the codes after it that follow on move down."""
    printed = codes(p.text)
    gone = [c for c in printed if c.block.id in plan.removed]
    if gone:
        after = printed[printed.index(gone[-1]) :]
        run = [c for n, c in enumerate(after) if c.number == after[0].number + n and c.stem == after[0].stem]
        _shift(run[1:], -len(gone), plan)


def _shift(run: list[Code], by: int, plan: Plan) -> None:
    """Codes that follow on from the first one, each moved by so many."""
    for n, code in enumerate(run):
        if code.stem != run[0].stem or code.number != run[0].number + n:
            return
        plan.cuts.append(Cut(code.start, code.end, code.named(code.number + by)))


def doubled(before: MotionText, after: MotionText) -> str:
    """A code that two paragraphs would have, though no two had it in print; empty where there is none."""
    printed = [c.named(c.number) for c in codes(before)]
    amended = [c.named(c.number) for c in codes(after)]
    return next((c for c in amended if amended.count(c) > 1 and printed.count(c) < 2), "")
