"""A logo's bytes and a paragraph of a Word document in; the logo at the right margin beside that paragraph out.

Word shows no drawing by itself, so a drawing is printed and its points are taken.
"""

from __future__ import annotations

import io
from copy import deepcopy
from functools import lru_cache
from html import escape
from typing import Any

from toolkit_builder import logos

_WIDTH_MM, _HEIGHT_MM = 48.0, 18.0
_DPI = 300
_ANCHOR = (
    '<wp:anchor xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" '
    'distL="180000" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" '
    'allowOverlap="0"><wp:simplePos x="0" y="0"/>'
    '<wp:positionH relativeFrom="margin"><wp:align>right</wp:align></wp:positionH>'
    '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
    '<wp:extent cx="0" cy="0"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapSquare wrapText="left"/></wp:anchor>'
)


def fitted(path: str, data: bytes) -> tuple[float, float]:
    """Millimetres of a logo in the box that it has beside a letterhead; it keeps its proportions."""
    width, height = logos.shape(path, data)
    scale = min(_WIDTH_MM / width, _HEIGHT_MM / height)
    return width * scale, height * scale


@lru_cache(maxsize=32)
def points(path: str, data: bytes) -> bytes:
    """A logo as PNG or JPEG; empty where there is none, or where a drawing cannot be printed on this computer."""
    if not data or not logos.is_drawing(path):
        return data
    from toolkit_builder.formats import pdf
    from toolkit_builder.printing import picture

    width, height = fitted(path, data)
    page = f"@page {{ size: {width:.3f}mm {height:.3f}mm; margin: 0 }} body {{ margin: 0 }}"
    image = f'<img src="/{escape(path)}" alt="" style="display: block; width: {width:.3f}mm; height: {height:.3f}mm">'
    html = (
        f"<!doctype html><html lang=en><head><title>Logo</title><style>{page}</style></head><body>{image}</body></html>"
    )
    printed, _ = pdf.render(
        {
            "html": html.encode(), "title": "Logo", "language": "en", "path": path, "stylesheets": {},
            "assets": {path: data}, "root": "", "sheet": {},
        }
    )  # fmt: skip
    return picture.pages(printed, _DPI, only=range(1))[0] if printed else b""


def put(paragraph: Any, data: bytes, alt: str, *, above: bool = False) -> None:
    """Put a picture at the right margin, its top at the paragraph's, whose words stand left of it. ``above``: it has
    the paragraph to itself, because a table follows, and no table stands beside a picture."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Mm

    width, height = fitted("logo.png", data)
    run = paragraph.add_run()
    run.add_picture(io.BytesIO(data), Mm(width), Mm(height))
    [inline] = run._r.xpath(".//wp:inline")
    described = inline.xpath("./wp:docPr")[0]
    described.set("name", "Logo")
    described.set("descr", alt)
    if above:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        return
    anchor = parse_xml(_ANCHOR)
    extent = anchor.xpath("./wp:extent")[0]
    for side in ("cx", "cy"):
        extent.set(side, inline.xpath("./wp:extent")[0].get(side))
    for child in inline.xpath("./wp:docPr | ./wp:cNvGraphicFramePr | ./a:graphic"):
        anchor.append(deepcopy(child))
    inline.getparent().replace(inline, anchor)
