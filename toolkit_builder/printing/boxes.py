"""An open PDF in; trim, bleed and media boxes as a print shop wants them, and crop marks, drawn into it.

The engine is asked for a CSS bleed as wide as the paper bleed and for no marks: it would draw them inside the bleed
and fix the BleedBox at ten points. The sheet is widened here instead, the ink cut at the bleed edge, and the marks
drawn outside it, so nothing of them can reach the trimmed page.
"""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Name

POINTS_PER_MM = 72 / 25.4
MARK = 5.0  # length of a crop mark, mm
MARGIN = 7.0  # from the bleed's edge to the sheet's edge when there are marks, mm

Box = tuple[float, float, float, float]


def page_rule(bleed_mm: float) -> str:
    """The style rule that makes the engine draw into the bleed."""
    return f"@page {{ bleed: {bleed_mm:g}mm; marks: none }}" if bleed_mm > 0 else ""


def box_of(page: pikepdf.Page, name: str) -> Box:
    """A page's box in points; a missing one is the one around it (ISO 32000-1, 14.11.2)."""
    fallback = {"TrimBox": "CropBox", "BleedBox": "CropBox", "ArtBox": "CropBox", "CropBox": "MediaBox"}
    found = page.obj.get(Name("/" + name))
    if found is None and name != "MediaBox":
        return box_of(page, fallback[name])
    left, bottom, right, top = (float(value) for value in (found if found is not None else page.mediabox))
    return left, bottom, right, top


def set_boxes(pdf: pikepdf.Pdf, bleed_mm: float, *, marks: bool) -> None:
    """Set TrimBox, BleedBox and MediaBox of every page, and draw crop marks when they are wanted."""
    if bleed_mm <= 0 and not marks:
        return
    bleed = bleed_mm * POINTS_PER_MM
    margin = bleed + (MARGIN * POINTS_PER_MM if marks else 0)
    for page in pdf.pages:
        trim = box_of(page, "TrimBox")
        page.obj.TrimBox = _rounded(trim)
        page.obj.BleedBox = _rounded(_grown(trim, bleed))
        page.obj.MediaBox = _rounded(_grown(trim, margin))
        if marks:
            left, bottom, right, top = _grown(trim, bleed)
            clip = f"q {left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re W n"
            page.contents_add(pdf.make_stream(clip.encode()), prepend=True)
            page.contents_add(pdf.make_stream(b"Q " + _artefact(crop_marks(trim, bleed))))


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _rounded(box: Box) -> Array:
    return Array([round(value, 3) for value in box])


def _artefact(drawing: str) -> bytes:
    return f"/Artifact <</Type /Page>> BDC q 0.25 w 0 J 0 G {drawing} S Q EMC".encode()


def crop_marks(trim: Box, gap: float) -> str:
    """Path operators for two marks at each corner of a trimmed page, ``gap`` points away from it."""
    left, bottom, right, top = trim
    start, end = max(gap, POINTS_PER_MM), max(gap, POINTS_PER_MM) + MARK * POINTS_PER_MM
    parts = []
    for x, away in ((left, -1), (right, 1)):
        for y, up in ((bottom, -1), (top, 1)):
            parts.append(_line(x + away * start, y, x + away * end, y))
            parts.append(_line(x, y + up * start, x, y + up * end))
    return " ".join(parts)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"{x1:.3f} {y1:.3f} m {x2:.3f} {y2:.3f} l"
