"""Two texts -> what was inserted, deleted and moved, by blocks and then by words; exact to the character.

Joined, the ``old`` sides of a diff are the old text and the ``new`` sides the new one. White space inside a block
is not compared: rewrapping is no change. Where words are replaced the insertion comes before the deletion, which
reads better. Blocks too large or too different for an exact comparison are compared around their common phrases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from msgspec import Struct

from toolkit_builder.motions.blocks import scan
from toolkit_builder.patterns import pattern

EQUAL, INSERT, DELETE, MOVED_FROM, MOVED_TO = "equal", "insert", "delete", "moved-from", "moved-to"
_TOKEN = pattern(r"\w+(?:[-'’.]\w+|(?<=\d)[,:/](?=\d)\w+)*\s*|[^\w\s]\s*|\s+")
_EXACT = 160_000  # tokens of one side times tokens of the other that are compared exactly
_MOVE_WORDS = 4
_ALIKE = 0.4


class Run(Struct, frozen=True):
    """A stretch of both texts. ``equal`` runs may differ in white space; the others have one side only."""

    op: str
    old: str
    new: str


class Diff(Struct, frozen=True):
    runs: tuple[Run, ...]

    @property
    def changed(self) -> bool:
        """Whether any word differs (rewrapping is no change)."""
        return any(run.op != EQUAL for run in self.runs)

    def reversed(self) -> Diff:
        """The diff from the new text to the old."""
        swap = {INSERT: DELETE, DELETE: INSERT, MOVED_FROM: MOVED_TO, MOVED_TO: MOVED_FROM}
        return Diff(tuple(Run(swap.get(run.op, run.op), run.new, run.old) for run in self.runs))

    def words(self) -> tuple[int, int]:
        """How many words were inserted and deleted; moved ones are neither."""
        inserted = sum(len(re.findall(r"\w\S*", r.new)) for r in self.runs if r.op == INSERT)
        deleted = sum(len(re.findall(r"\w\S*", r.old)) for r in self.runs if r.op == DELETE)
        return inserted, deleted

    def to_json(self) -> list[list[Any]]:
        return [[run.op, run.old, run.new] for run in self.runs]

    @classmethod
    def from_json(cls, data: list[list[Any]]) -> Diff:
        return cls(tuple(Run(*row) for row in data))


def apply(diff: Diff, old: str) -> str:
    """The new text. Raises ValueError when ``old`` is not the text the diff was made from."""
    if "".join(run.old for run in diff.runs) != old:
        raise ValueError("the diff was made from another text")
    return "".join(run.new for run in diff.runs)


def diff(old: str, new: str) -> Diff:
    """What changed from one Markdown text to another."""
    before, after = _segments(old), _segments(new)
    runs: list[Run] = []
    for left, right in align(before, after):
        if left is not None and right is not None:
            runs.extend(word_runs(before[left], after[right]))
        elif left is not None:
            runs.append(Run(DELETE, before[left], ""))
        elif right is not None:
            runs.append(Run(INSERT, "", after[right]))
    return Diff(tuple(_moves(_gathered(runs))))


def _segments(source: str) -> list[str]:
    """The text cut before each block, so that the pieces joined are the text."""
    starts = [source.rfind("\n", 0, raw.start) + 1 for raw in scan(source)]
    cuts = sorted({0, *starts, len(source)})
    return [source[a:b] for a, b in pairwise(cuts)]


# --- blocks ---------------------------------------------------------------------------------------------------


def align(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Which block became which, in order: ``(old index, new index)``, None where one has no partner."""
    keys_old, keys_new = [_key(s) for s in old], [_key(s) for s in new]
    pairs: list[tuple[int | None, int | None]] = []
    matcher = SequenceMatcher(None, keys_old, keys_new, autojunk=False)
    for op, a1, a2, b1, b2 in matcher.get_opcodes():
        if op == "equal":
            pairs.extend(zip(range(a1, a2), range(b1, b2), strict=True))
        else:
            pairs.extend(_similar(keys_old, keys_new, range(a1, a2), range(b1, b2)))
    return pairs


def _key(segment: str) -> str:
    return " ".join(segment.split())


def _similar(old: Sequence[str], new: Sequence[str], left: range, right: range) -> list[tuple[int | None, int | None]]:
    """Partners in a stretch where no block stayed the same: the most alike, never crossing."""
    if not left or not right or len(left) * len(right) > 10_000:
        return [*((None, b) for b in right), *((a, None) for a in left)]
    words_old = {a: Counter(old[a].split()) for a in left}
    words_new = {b: Counter(new[b].split()) for b in right}
    score: dict[tuple[int, int], float] = {}
    for a in left:
        for b in right:
            score[a, b] = _likeness(words_old[a], words_new[b])
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            alike = score[left[i], right[j]]
            paired = best[i + 1][j + 1] + alike if alike >= _ALIKE else -1.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        alike = score[left[i], right[j]]
        if alike >= _ALIKE and best[i][j] == best[i + 1][j + 1] + alike:
            pairs.append((left[i], right[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            pairs.append((None, right[j]))
            j += 1
        else:
            pairs.append((left[i], None))
            i += 1
    return [*pairs, *((None, b) for b in right[j:]), *((a, None) for a in left[i:])]


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """How much of two blocks' words is common: 1.0 for the same words, also where one holds the other."""
    size_one, size_other = sum(one.values()), sum(other.values())
    if not size_one or not size_other:
        return 0.0
    common = sum((one & other).values())
    return max(2 * common / (size_one + size_other), 0.9 * common / min(size_one, size_other) if common >= 4 else 0.0)


def _moves(runs: list[Run]) -> list[Run]:
    """A block deleted here and inserted there with the same words was moved."""
    inserted: dict[str, list[int]] = {}
    for index, run in enumerate(runs):
        if run.op == INSERT and len(run.new.split()) >= _MOVE_WORDS:
            inserted.setdefault(_words_only(run.new), []).append(index)
    for index, run in enumerate(runs):
        places = inserted.get(_words_only(run.old)) if run.op == DELETE else None
        if places:
            to = places.pop(0)
            runs[index] = Run(MOVED_FROM, run.old, "")
            runs[to] = Run(MOVED_TO, "", runs[to].new)
    return runs


def _words_only(segment: str) -> str:
    """A block's words without its marker, for recognising it elsewhere."""
    return " ".join(re.sub(r"^\s*(?:[-*+•]|\(?\w{1,4}[.)])\s*", "", segment).split()).lower()


# --- words ----------------------------------------------------------------------------------------------------


def word_runs(old: str, new: str) -> list[Run]:
    """The runs between two versions of one block, few and of whole words."""
    if old == new:
        return [Run(EQUAL, old, new)] if old else []
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    keys_left, keys_right = [t.strip() for t in left], [t.strip() for t in right]
    runs: list[Run] = []
    for op, a1, a2, b1, b2 in _calm(_opcodes(keys_left, keys_right), keys_left):
        before, after = "".join(left[a1:a2]), "".join(right[b1:b2])
        if op == EQUAL:
            runs.append(Run(EQUAL, before, after))
        else:
            runs.extend(run for run in (Run(INSERT, "", after), Run(DELETE, before, "")) if run.old or run.new)
    return runs


_Op = tuple[str, int, int, int, int]


def _opcodes(old: list[str], new: list[str], a: int = 0, b: int = 0) -> list[_Op]:
    """Equal and changed stretches; common ends first, then common phrases, then an exact comparison."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    ops: list[_Op] = [(EQUAL, a, a + head, b, b + head)] if head else []
    ops.extend(_middle(old[head : len(old) - tail], new[head : len(new) - tail], a + head, b + head))
    if tail:
        ops.append((EQUAL, a + len(old) - tail, a + len(old), b + len(new) - tail, b + len(new)))
    return ops


def _middle(old: list[str], new: list[str], a: int, b: int) -> list[_Op]:
    if not old and not new:
        return []
    if not old or not new:
        return [("change", a, a + len(old), b, b + len(new))]
    if len(old) * len(new) <= _EXACT:
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        return [
            (EQUAL if op == "equal" else "change", a + i, a + j, b + k, b + m)
            for op, i, j, k, m in matcher.get_opcodes()
        ]
    anchors = _anchors(old, new)
    if not anchors:
        return [("change", a, a + len(old), b, b + len(new))]
    ops: list[_Op] = []
    i = j = 0
    for x, y in [*anchors, (len(old), len(new))]:
        ops.extend(_opcodes(old[i:x], new[j:y], a + i, b + j))
        if x < len(old):
            ops.append((EQUAL, a + x, a + x + 1, b + y, b + y + 1))
        i, j = x + 1, y + 1
    return ops


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Phrases of four words (else single words) that stand once in each text, in the same order."""
    for size in (4, 1):
        where_old = _once(old, size)
        where_new = _once(new, size)
        pairs = [(x, where_new[phrase]) for phrase, x in where_old.items() if phrase in where_new]
        if pairs:
            return _rising(sorted(pairs))
    return []


def _once(words: list[str], size: int) -> dict[tuple[str, ...], int]:
    seen: dict[tuple[str, ...], int] = {}
    for at in range(len(words) - size + 1):
        phrase = tuple(words[at : at + size])
        seen[phrase] = -1 if phrase in seen else at
    return {phrase: at for phrase, at in seen.items() if at >= 0}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of pairs that rises on both sides (patience sorting)."""
    from bisect import bisect_left

    tops: list[int] = []
    ends: list[int] = []
    back: list[int] = []
    for index, (_, y) in enumerate(pairs):
        pile = bisect_left(tops, y)
        back.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(y)
            ends.append(index)
        else:
            tops[pile] = y
            ends[pile] = index
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = back[at]
    return chain[::-1]


def _calm(ops: list[_Op], old: list[str]) -> list[_Op]:
    """A word or two left standing between two changes is noise: it joins them."""
    out: list[_Op] = []
    for index, op in enumerate(ops):
        kind, a1, a2, b1, b2 = op
        between = kind == EQUAL and 0 < index < len(ops) - 1
        words = [w for w in old[a1:a2] if w[:1].isalnum()]
        if between and (not words or (len(words) == 1 and _both_sides(ops, index))):
            kind = "change"
        if out and out[-1][0] == kind:
            _, c1, _, d1, _ = out[-1]
            out[-1] = (kind, c1, a2, d1, b2)
        else:
            out.append((kind, a1, a2, b1, b2))
    return out


def _both_sides(ops: list[_Op], index: int) -> bool:
    """Whether words were replaced (not only added or only taken out) on both sides."""
    return all(a1 < a2 and b1 < b2 for _, a1, a2, b1, b2 in (ops[index - 1], ops[index + 1]))


def _gathered(runs: Iterable[Run]) -> list[Run]:
    """Neighbouring equal runs as one; an insertion before the deletion beside it."""
    out: list[Run] = []
    for run in runs:
        if not run.old and not run.new:
            continue
        if out and out[-1].op == run.op == EQUAL:
            out[-1] = Run(EQUAL, out[-1].old + run.old, out[-1].new + run.new)
        else:
            out.append(run)
    return out
