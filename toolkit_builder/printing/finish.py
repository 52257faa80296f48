"""The engine's PDF in; the finished one (line numbers, print-shop boxes and marks, colours) out, same bytes always."""

from __future__ import annotations

import io
import re
import uuid

import pikepdf

from ..diagnostics import Diagnostic
from . import boxes, colour, pdfx
from .document import Fit, PrintDocument, Printed
from .lines import PlacedLine, stamp
from .tagging import Tagging

POINTS_PER_MM = 72 / 25.4
_RANDOM = re.compile(rb"xmp\.did:[0-9a-f-]{36}")


def finished(
    pdf: bytes, document: PrintDocument, tagging: Tagging, lines: list[PlacedLine], font_file: bytes, fit: Fit
) -> tuple[Printed, list[Diagnostic]]:
    """Open the PDF once, do what the document asks for, and write it with an identifier made of its content."""
    found: list[Diagnostic] = []
    numbered = lines if font_file else []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        tagging.mend(opened)
        _identify(opened, document)
        stamp(opened, numbered, font_file)
        boxes.set_boxes(opened, document.bleed_mm, marks=document.marks)
        if document.greyscale:
            found += colour.to_grey(opened, document.span)
        elif document.cmyk or document.pdfx:
            found += colour.to_cmyk(opened, document.span)
        if document.pdfx:
            found += pdfx.made_ready(opened, document.date, document.span)
        sheets = tuple(_size(page) for page in opened.pages)
        data = pdfx.written(opened) if document.pdfx else written(opened)
    return Printed(pdf=data, pages=len(sheets), sheets=sheets, numbered=len(numbered), fit=fit), found


def _identify(pdf: pikepdf.Pdf, document: PrintDocument) -> None:
    """PDF/X-4 wants an identifier of the document; the engine's is random, this one is made of the content."""
    if not document.pdf_variant.startswith("pdf/x") or pikepdf.Name.Metadata not in pdf.Root:
        return
    own = uuid.uuid5(uuid.NAMESPACE_URL, f"{document.path}\n{document.title}\n{document.html}")
    stream = pdf.Root.Metadata
    stream.write(_RANDOM.sub(f"xmp.did:{own}".encode(), stream.read_bytes()), filter=pikepdf.Array())
    if "/ID" in pdf.trailer:
        del pdf.trailer["/ID"]  # made of the random one; half of it would be kept


def written(pdf: pikepdf.Pdf) -> bytes:
    """The bytes of an open PDF: a deterministic identifier, objects packed."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = (float(value) for value in page.trimbox)
    return round((right - left) / POINTS_PER_MM, 2), round((top - bottom) / POINTS_PER_MM, 2)
