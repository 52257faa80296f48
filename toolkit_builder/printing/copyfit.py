"""A laid-out document in; how full its pages are, and headings and lines left alone at a page's edge out.

Only text in the flow counts: running headers, absolutely placed panels and footnotes do not.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Any

from msgspec import Struct

from ..diagnostics import Diagnostic, Span, error, note, warning
from .document import Fit
from .layout import children_of, excerpt, kind, text_of

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
NEARLY_EMPTY = 0.25


class _Line(Struct, frozen=True):
    """A line of text in the flow: its page (from 1), column on the page, place, and the block it belongs to."""

    page: int
    column: int
    top: float
    bottom: float
    block: Any
    text: str

    @property
    def place(self) -> tuple[int, int]:
        return self.page, self.column

    @property
    def is_heading(self) -> bool:
        return self.block is not None and self.block.tag in _HEADINGS


def _lines(laid_out: Any) -> list[_Line]:
    """All lines of the flow in reading order."""
    found: list[_Line] = []
    for number, page in enumerate(laid_out.pages, 1):
        columns = 0
        waiting: list[tuple[Any, int, Any]] = [(page._page_box, 0, None)]
        while waiting:
            box, column, block = waiting.pop()
            name = kind(box)
            if name in {"MarginBox", "FootnoteAreaBox"} or box.style["position"] in {"absolute", "fixed"}:
                continue
            if name == "LineBox":
                text = text_of(box)
                if text.strip():
                    top = box.position_y
                    found.append(_Line(number, column, top, top + box.height, block, text))
                continue
            if box.is_column:
                columns += 1
                column = columns
            inner = box.element if box.element is not None else block
            waiting += [(child, column, inner) for child in reversed(children_of(box))]
    return found


def measured(laid_out: Any, max_pages: int | None) -> Fit:
    """The copy-fit figures: how full the last page is, and how many lines are free or too many."""
    lines = _lines(laid_out)
    pages = len(laid_out.pages)
    if not lines:
        return Fit(pages=pages, filled=0.0, lines_left=0, lines_over=0)
    height = Counter(round(line.bottom - line.top, 2) for line in lines).most_common(1)[0][0] or 1.0
    page_box = laid_out.pages[-1]._page_box
    top, tall = page_box.content_box_y(), page_box.height
    on_last = [line for line in lines if line.page == pages]
    # Columns of the page that hold no line yet are found by position: each holds as much as the page is tall.
    columns = {line.column for line in on_last} or {0}
    narrow = columns - {0} or columns
    ends = [max((line.bottom for line in on_last if line.column == column), default=top) for column in sorted(narrow)]
    count = max(len(ends), _column_count(laid_out))
    ends += [top] * (count - len(ends))
    left = [max(0.0, top + tall - end) for end in ends]
    filled = 1 - sum(left) / (len(left) * tall) if tall else 1.0
    over = sum(1 for line in lines if max_pages and line.page > max_pages)
    room = sum(math.floor(space / height + 1e-6) for space in left)
    lowest = max((line.bottom for line in on_last), default=top)
    used = pages - 1 + min(1.0, max(0.0, lowest - top) / tall) if tall else float(pages)
    return Fit(pages=pages, filled=round(max(0.0, filled), 3), lines_left=room, lines_over=over, used=round(used, 3))


def _column_count(laid_out: Any) -> int:
    """How many columns the last page's innermost multi-column box is set in."""
    counts = [1]
    waiting = [laid_out.pages[-1]._page_box]
    while waiting:
        box = waiting.pop()
        count = box.style["column_count"]
        if isinstance(count, int) and any(child.is_column for child in children_of(box)):
            counts.append(count)
        waiting += [child for child in children_of(box) if kind(child) not in {"TextBox", "LineBox", "MarginBox"}]
    return max(counts)


def diagnostics(laid_out: Any, fit: Fit, max_pages: int | None, span: Span) -> list[Diagnostic]:
    """Too many pages, a last page that is nearly empty, headings and lines left alone; lines to spare, as a note."""
    found = []
    if max_pages and fit.pages > max_pages:
        pages = f"{fit.pages} pages instead of {max_pages}"
        lines = f"{fit.lines_over} lines" if fit.lines_over != 1 else "1 line"
        found.append(error("Q131", f"the copy is {lines} over: {pages}", span, hint="cut that many lines"))
    elif max_pages and fit.pages > 1 and fit.lines_left and fit.filled < NEARLY_EMPTY:
        text = f"the last page is {fit.filled:.0%} full: the copy is {fit.lines_left} lines short"
        found.append(warning("Q132", text, span, hint="add copy, or cut back to one page fewer"))
    elif max_pages and max_pages > 1:
        pages = f"{fit.pages} of at most {max_pages} pages"
        lines = f"{fit.lines_left} lines" if fit.lines_left != 1 else "1 line"
        found.append(note("Q130", f"the copy fits: {pages}, with {lines} to spare", span))
    return found + _alone(_lines(laid_out), span)


def _alone(lines: list[_Line], span: Span) -> list[Diagnostic]:
    found = []
    length = Counter(id(line.block) for line in lines)
    for before, after in pairwise(lines):
        if before.place == after.place or (before.page == after.page and before.column == 0):
            continue  # what stands over columns is not parted from them
        if before.is_heading and before.block is not after.block:
            text = f"the heading '{excerpt(before.text)}' stands alone at the foot of page {before.page}"
            found.append(warning("Q133", text, span, hint="set 'break-after: avoid' on headings in the theme"))
    for (one, two), (_, three) in zip(pairwise(lines), pairwise(lines[1:]), strict=False):
        same = one.block is two.block and length[id(two.block)] > 2 and not two.is_heading
        if same and one.place != two.place and three.block is not two.block:
            text = f"the line '{excerpt(two.text)}' stands alone at the head of page {two.page}"
            found.append(warning("Q134", text, span, hint="set 'widows: 2' in the theme, or change the copy by a line"))
    return found
