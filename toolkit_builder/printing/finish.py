"""The engine's PDF in; the finished one (line numbers, print-shop boxes and marks, colours) out, same bytes always."""

from __future__ import annotations

import io

import pikepdf

from ..diagnostics import Diagnostic
from . import boxes, colour
from .document import Fit, PrintDocument, Printed
from .lines import PlacedLine, stamp
from .tagging import Tagging

POINTS_PER_MM = 72 / 25.4


def finished(
    pdf: bytes, document: PrintDocument, tagging: Tagging, lines: list[PlacedLine], font_file: bytes, fit: Fit
) -> tuple[Printed, list[Diagnostic]]:
    """Open the PDF once, do what the document asks for, and write it with an identifier made of its content."""
    found: list[Diagnostic] = []
    numbered = lines if font_file else []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagging.mend(opened)
        stamp(opened, numbered, font_file)
        boxes.set_boxes(opened, document.bleed_mm, marks=document.marks)
        if document.greyscale:
            found += colour.to_grey(opened, document.span)
        elif document.cmyk:
            found += colour.to_cmyk(opened, document.span)
        sheets = tuple(_size(page) for page in opened.pages)
        data = written(opened)
    return Printed(pdf=data, pages=len(sheets), sheets=sheets, numbered=len(numbered), fit=fit), found


def written(pdf: pikepdf.Pdf) -> bytes:
    """The bytes of an open PDF: a deterministic identifier, objects packed."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = (float(value) for value in page.trimbox)
    return round((right - left) / POINTS_PER_MM, 2), round((top - bottom) / POINTS_PER_MM, 2)
