"""The line map of a printed edition comes in, with the text of today; the same numbers on today's words go out.

A pin keeps what was printed: every line's number, block and words. Whatever is changed later (a comma, a new
paragraph, another measure, another way of breaking lines), a line begins at the word it began with on paper, or at
the next one of it that is left; new words belong to the line before them; a line of which nothing is left is empty.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from toolkit_builder.diagnostics import Diagnostic, Span, error, note
from toolkit_builder.motions.lines import MEASURE, Line, LineMap, line_map
from toolkit_builder.motions.text import MotionText

VERSION = 1
_WIDEST = 10**9
_LARGEST = 250_000
_DEEPEST = 100


def pin(lines: LineMap, edition: str = "") -> dict[str, Any]:
    """The record of a printed text, for a JSON file: version, edition, measure, lines as [number, block, words]."""
    rows = [[line.number, line.block, line.text] for line in lines.lines]
    return {"version": VERSION, "edition": edition, "measure": lines.measure, "lines": rows}


def apply_pin(record: Mapping[str, Any], text: MotionText, path: str = "") -> tuple[LineMap, list[Diagnostic]]:
    """Today's text with the printed line numbers; the numbers of today with an error where the record is no pin."""
    measure, rows, problem = _read(record)
    if problem:
        hint = "delete the file to number the lines anew, or restore it"
        return line_map(text), [error("R511", f"the pinned lines cannot be used: {problem}", Span(path), hint=hint)]
    words, places = _words(text)
    printed = [word for _, _, line in rows for word in line.split()]
    now = aligned(printed, words)
    lines: list[Line] = []
    within: Counter[str] = Counter()
    starts = _starts(rows, now, len(words))
    for (number, _, _), (begin, end) in zip(rows, pairwise([*starts, len(words)]), strict=True):
        lines.append(_line(number, words[begin:end], places[begin:end], within, lines[-1] if lines else None))
    problems: list[Diagnostic] = []
    if printed != words:
        edition = str(record.get("edition") or "printed")
        kept = sum(1 for at in now if at is not None)
        message = (
            f"the text differs from the {edition} edition: {len(printed) - kept} words of it are gone, "
            f"{len(words) - kept} are new; its line numbers are kept"
        )
        problems.append(note("R512", message, Span(text.path)))
    return LineMap(measure, tuple(lines)), problems


def aligned(before: Sequence[str], after: Sequence[str]) -> list[int | None]:
    """For each word before, the index of the same word after, ascending; None where it is gone. Bounded in time."""
    found: list[int | None] = [None] * len(before)
    _align(before, after, 0, len(before), 0, len(after), found)
    return found


# --- inside ----------------------------------------------------------------------------------------------


def _read(record: Mapping[str, Any]) -> tuple[int, list[tuple[int, str, str]], str]:
    if record.get("version") != VERSION:
        return MEASURE, [], f"it is of version {record.get('version')!r}, not {VERSION}"
    measure, lines = record.get("measure"), record.get("lines")
    if not isinstance(measure, int) or not isinstance(lines, list):
        return MEASURE, [], "it has no 'measure' or no 'lines'"
    rows: list[tuple[int, str, str]] = []
    for at, row in enumerate(lines, 1):
        match row:
            case [int(number), str(block), str(words)] if number == at:
                rows.append((number, block, words))
            case _:
                return MEASURE, [], f"its line {at} is not [number, block, words]"
    return measure, rows, ""


def _words(text: MotionText) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Every visible word in order, with its block and its place in the source."""
    words: list[str] = []
    places: list[tuple[str, int, int]] = []
    whole = line_map(text, _WIDEST)
    for line in whole.lines:
        at = line.start
        for word in line.text.split():
            # A word's place is found in the source; a mark-up character between (an asterisk, an escape) is skipped.
            match = re.compile(re.escape(word)).search(text.source, at, line.end)
            begin, at = (match.start(), match.end()) if match else (at, at)
            words.append(word)
            places.append((line.block, begin, at))
    return words, places


def _starts(rows: Sequence[tuple[int, str, str]], now: Sequence[int | None], count: int) -> list[int]:
    """Where each printed line begins among the words of today; ascending, the first line at the first word."""
    starts: list[int] = []
    at = 0
    for _, _, line in rows:
        size = len(line.split())
        here = [place for place in now[at : at + size] if place is not None]
        starts.append(here[0] if here else -1)
        at += size
    later = count
    for index in range(len(starts) - 1, -1, -1):
        later = starts[index] = later if starts[index] < 0 else starts[index]
    if starts:
        starts[0] = 0
    return starts


def _line(
    number: int, words: Sequence[str], places: Sequence[tuple[str, int, int]], within: Counter[str], last: Line | None
) -> Line:
    """One printed line on today's words; ``within`` counts the lines of every block so far."""
    block, start, end = places[0][0] if places else last.block if last else "", 0, 0
    if places:
        start, end = places[0][1], places[-1][2]
    elif last:
        start = end = last.end
    within[block] += 1
    return Line(number, block, within[block], start, end, " ".join(words))


def _align(
    a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int, found: list[int | None], depth: int = 0
) -> None:
    while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
        found[a0] = b0
        a0, b0 = a0 + 1, b0 + 1
    while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
        found[a1] = b1
    if a0 == a1 or b0 == b1 or depth > _DEEPEST:
        return
    anchors = _anchors(a, b, a0, a1, b0, b1)
    if anchors:
        left, right = a0, b0
        for i, j in anchors:
            _align(a, b, left, i, right, j, found, depth + 1)
            found[i] = j
            left, right = i + 1, j + 1
        _align(a, b, left, a1, right, b1, found, depth + 1)
    elif (a1 - a0) * (b1 - b0) <= _LARGEST:
        matcher = SequenceMatcher(None, a[a0:a1], b[b0:b1], autojunk=False)
        for block in matcher.get_matching_blocks():
            for step in range(block.size):
                found[a0 + block.a + step] = b0 + block.b + step


def _anchors(a: Sequence[str], b: Sequence[str], a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int]]:
    """Words that stand once on each side, in the longest run that ascends on both (patience)."""
    once_a, once_b = _once(a, a0, a1), _once(b, b0, b1)
    pairs = [(i, once_b[word]) for word, i in once_a.items() if word in once_b]
    tails: list[int] = []
    chain: list[int] = []
    back: list[int] = []
    for at, (_, j) in enumerate(pairs):
        place = bisect_right(tails, j)
        back.append(chain[place - 1] if place else -1)
        tails[place : place + 1] = [j]
        chain[place : place + 1] = [at]
    found: list[tuple[int, int]] = []
    at = chain[-1] if chain else -1
    while at >= 0:
        found.append(pairs[at])
        at = back[at]
    return found[::-1]


def _once(words: Sequence[str], start: int, end: int) -> dict[str, int]:
    seen: dict[str, int] = {}
    for at in range(start, end):
        seen[words[at]] = -1 if words[at] in seen else at
    return {word: at for word, at in seen.items() if at >= 0}
