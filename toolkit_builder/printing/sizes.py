"""A document and sizes of type in; the document printed in the largest of them that fits its pages out.

A theme that sets all its lengths in ``rem`` (one rem is a line of text) can be set larger or smaller as a whole. The
smallest size says how many pages the copy needs; the largest that needs no more pages fills them best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..diagnostics import Diagnostic
from .document import Engine, PrintDocument, Printed

_MISFITS = {"Q121", "Q122", "Q123", "Q131"}

Result = tuple[Printed, list[Diagnostic]]


def sized(document: PrintDocument, size: float) -> PrintDocument:
    """The document with a root font size of ``size`` points."""
    return replace(document, html=document.html.replace("<html ", f'<html style="font-size: {size:g}pt" ', 1))


def fitted(document: PrintDocument, sizes: Sequence[float], engine: Engine) -> Result:
    """Print in the largest of ``sizes`` (ascending) that needs no more pages than the smallest and overflows nothing.

    What does not fit in the smallest is printed in it, with its diagnostics. Takes about log2(len(sizes)) prints.
    """
    best = engine.render(sized(document, sizes[0]))
    if not best[0].pdf or _misfits(best):
        return best
    low, high = 0, len(sizes) - 1
    while low < high:
        middle = (low + high + 1) // 2
        found = engine.render(sized(document, sizes[middle]))
        if found[0].pages <= best[0].pages and not _misfits(found):
            best, low = found, middle
        else:
            high = middle - 1
    return best


def _misfits(result: Result) -> bool:
    return any(item.code in _MISFITS for item in result[1])
