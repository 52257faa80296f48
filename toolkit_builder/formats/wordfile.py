"""An empty Word document in this house's styles, and the finished one's bytes: no clock, no name of a computer.

A document is python-docx's; ``blank`` makes one, ``packed`` writes it into a ZIP with fixed dates.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from functools import cache
from typing import Any

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_THEN = dt.datetime(2000, 1, 1)
DARK = "7A1F5C"


def describe(document: Any, *, title: str, author: str, subject: str, language: str) -> None:
    """What a file manager and a screen reader say of the document."""
    core = document.core_properties
    # a property holds 255 characters; the whole title heads the text
    core.title, core.author, core.subject = title[:255], author[:255], subject[:255]
    core.language, core.comments, core.keywords, core.last_modified_by = language, "", "", author
    core.created = core.modified = _THEN
    core.revision = 1


class _Archive:
    """What python-docx's package writer writes into: a ZIP that asks for no time of day."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self._zip = zipfile.ZipFile(self.out, "w")

    def write(self, uri: Any, data: bytes) -> None:
        info = zipfile.ZipInfo(uri.membername, _EARLIEST)
        info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
        self._zip.writestr(info, data, compresslevel=9)

    def done(self) -> bytes:
        self._zip.close()
        return self.out.getvalue()


def packed(document: Any) -> bytes:
    """The document's file. Saving it would stamp every member with the time."""
    from docx.opc.pkgwriter import PackageWriter

    package, archive = document.part.package, _Archive()
    writer: Any = PackageWriter
    for part in package.parts:
        part.before_marshal()
    writer._write_content_types_stream(archive, package.parts)
    writer._write_pkg_rels(archive, package.rels)
    writer._write_parts(archive, package.parts)
    return archive.done()


@cache
def _template() -> bytes:
    """An empty A4 document with this house's styles: 12 point, sans serif, ranged left."""
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt, RGBColor

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(22)
    styles = document.styles

    def style(
        name: str,
        size: float,
        *,
        bold: bool = False,
        after: float = 0,
        before: float = 0,
        colour: str = "",
        base: str = "Normal",
    ) -> Any:
        found = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if name != base and name != "Normal":
            found.base_style = styles[base]
        font = found.font
        font.name, font.size, font.bold, font.italic = "Arial", Pt(size), bold, False
        font.color.rgb = RGBColor.from_string(colour) if colour else None
        _same_face(found.element)
        found.paragraph_format.space_after, found.paragraph_format.space_before = Pt(after), Pt(before)
        found.paragraph_format.line_spacing = 1.15
        return found

    style("Normal", 12, after=8)
    style("Title", 22, bold=True, after=14, colour=DARK)
    for border in styles["Title"].element.xpath(".//w:pBdr"):
        border.getparent().remove(border)
    for level, size in enumerate((18, 15, 13, 12, 12, 12), 1):
        style(f"Heading {level}", size, bold=True, after=6, before=12, colour=DARK if level < 3 else "")
    style("Letterhead Name", 15, bold=True, after=2, colour=DARK)
    style("Letterhead", 10, after=1)
    style("Not For Print", 13, bold=True, after=12, colour="B00020")
    style("Box", 12, after=6).paragraph_format.left_indent = Mm(6)
    style("Quote", 12, after=8).paragraph_format.left_indent = Mm(8)
    style("Imprint", 9, before=14)
    style("List Paragraph", 12, after=4)
    return packed(document)


def _same_face(element: Any) -> None:
    """Every script's face, not only the Latin one; the default theme would put another there."""
    from docx.oxml.ns import qn

    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), "Arial")


def blank(language: str) -> Any:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(io.BytesIO(_template()))
    for element in document.styles.element.xpath(".//w:docDefaults//w:lang"):
        element.set(qn("w:val"), language)
        element.set(qn("w:bidi"), language)
    return document
