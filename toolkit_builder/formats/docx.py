"""A fragment of HTML in; a Word document out that a branch can edit: real styles, headings, tables and numbered lists.

The same payload gives the same bytes: no clock, no name of a computer, and fixed dates in the archive.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from html import unescape
from itertools import pairwise
from typing import Any

from toolkit_builder.formats.page import absolute, link
from toolkit_builder.formats.wordlists import Numbering, pattern_of
from toolkit_builder.model import Payload

VERSION = 1
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_THEN = dt.datetime(2000, 1, 1)
_SKIPPED = {"script", "style", "svg", "template", "title"}
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_INLINE = {
    "strong": "bold",
    "b": "bold",
    "em": "italic",
    "i": "italic",
    "u": "underline",
    "ins": "underline",
    "del": "strike",
    "s": "strike",
    "sup": "superscript",
    "sub": "subscript",
    "code": "code",
    "cite": "italic",
}
_BOXES = {"box", "contact", "note", "today", "guidance"}
_DARK = "7A1F5C"


def render(payload: Payload) -> bytes:
    """``{html, title, heading, head: [lines], language, author, subject, warning, imprint, resolve, root}`` -> DOCX.

    ``heading`` is the title as printed (empty for a letter); ``head`` stands above it, line by line; ``warning`` says
    that the document is not ready.
    """
    document = _blank(payload["language"])
    core = document.core_properties
    core.title, core.author, core.subject = payload["title"], payload["author"], payload["subject"]
    core.language, core.comments, core.keywords, core.last_modified_by = payload["language"], "", "", payload["author"]
    core.created = core.modified = _THEN
    core.revision = 1
    html = link(payload["html"], payload["resolve"])
    html = absolute(html, payload["root"]) if payload["root"] else html
    writer = _Writer(document, payload["language"], linked=bool(payload["root"]))
    if payload["warning"]:
        writer.plain(payload["warning"], "Not For Print")
    for n, line in enumerate(payload["head"]):
        writer.plain(line, "Letterhead Name" if n == 0 else "Letterhead")
    if payload["heading"]:
        writer.plain(payload["heading"], "Title")
    writer.fragment(html)
    if payload["imprint"]:
        writer.plain(unescape(payload["imprint"]), "Imprint")
    return _packed(document)


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


def _packed(document: Any) -> bytes:
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


# --- the paper -------------------------------------------------------------------------------------------------


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
    style("Title", 22, bold=True, after=14, colour=_DARK)
    for border in styles["Title"].element.xpath(".//w:pBdr"):
        border.getparent().remove(border)
    for level, size in enumerate((18, 15, 13, 12, 12, 12), 1):
        style(f"Heading {level}", size, bold=True, after=6, before=12, colour=_DARK if level < 3 else "")
    style("Letterhead Name", 15, bold=True, after=2, colour=_DARK)
    style("Letterhead", 10, after=1)
    style("Not For Print", 13, bold=True, after=12, colour="B00020")
    style("Box", 12, after=6).paragraph_format.left_indent = Mm(6)
    style("Quote", 12, after=8).paragraph_format.left_indent = Mm(8)
    style("Imprint", 9, before=14)
    style("List Paragraph", 12, after=4)
    return _packed(document)


def _same_face(element: Any) -> None:
    """Every script's face, not only the Latin one; the default theme would put another there."""
    from docx.oxml.ns import qn

    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), "Arial")


def _blank(language: str) -> Any:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(io.BytesIO(_template()))
    for element in document.styles.element.xpath(".//w:docDefaults//w:lang"):
        element.set(qn("w:val"), language)
        element.set(qn("w:bidi"), language)
    return document


# --- the text --------------------------------------------------------------------------------------------------


class _Writer:
    """Writes blocks one after another; ``_place`` is the document or the table cell that they go into."""

    def __init__(self, document: Any, language: str, *, linked: bool) -> None:
        self._document = document
        self._place = document
        self._numbering = Numbering(document)
        self._linked = linked
        self._right_to_left = language.partition("-")[0] in {"ar", "fa", "he", "ur", "yi", "ps", "ku", "sd"}
        self._style = "Normal"

    def plain(self, text: str, style: str) -> None:
        paragraph = self._paragraph(style)
        for n, line in enumerate(text.split("\n")):
            if n:
                paragraph.add_run().add_break()
            paragraph.add_run(line)

    def fragment(self, html: str) -> None:
        from selectolax.lexbor import LexborHTMLParser

        body = LexborHTMLParser(f"<body>{html}</body>").body
        if body is not None:
            self._blocks(body, 0)

    def _paragraph(self, style: str = "") -> Any:
        paragraph = self._place.add_paragraph(style=style or self._style)
        if self._right_to_left:
            paragraph._p.get_or_add_pPr().append(_element("w:bidi"))
        return paragraph

    def _blocks(self, parent: Any, depth: int) -> None:
        """The children of a block: its blocks as they are, words between them as paragraphs."""
        loose: list[Any] = []
        for node in [*parent.iter(include_text=True), None]:
            block = node is not None and node.tag in _BLOCKS
            if node is not None and not block:
                loose.append(node)
                continue
            if any(n.tag != "-text" or (n.text_content or "").strip() for n in loose):
                paragraph = self._paragraph()
                _Inline(self, paragraph).all(loose)
            loose = []
            if block:
                self._block(node, depth)

    def _block(self, node: Any, depth: int) -> None:
        tag, classes = node.tag, set((node.attributes.get("class") or "").split())
        if tag in _SKIPPED:
            return
        if tag in _HEADINGS:
            self._words(node, f"Heading {_HEADINGS[tag]}")
        elif tag == "p":
            style = "Heading 3" if any(c.endswith("-title") for c in classes) else ""
            self._words(node, style)
        elif tag in {"ul", "ol"}:
            self._list(node, depth)
        elif tag == "table":
            self._table(node, depth)
        elif tag == "hr":
            self.plain("_" * 40, self._style)
        elif tag == "pre":
            self.plain((node.text(deep=True) or "").rstrip("\n"), self._style)
        elif tag == "dt":
            paragraph = self._paragraph()
            _Inline(self, paragraph, {"bold": True}).all(node.iter(include_text=True))
        else:
            before = self._style
            if tag in {"blockquote", "dd"}:
                self._style = "Quote"
            elif tag == "aside" and classes & _BOXES:
                self._style = "Box"
            self._blocks(node, depth)
            self._style = before

    def _words(self, node: Any, style: str = "") -> None:
        _Inline(self, self._paragraph(style)).all(node.iter(include_text=True))

    def _list(self, node: Any, depth: int) -> None:
        items = [n for n in node.iter() if n.tag == "li"]
        pattern = pattern_of(node, items)
        number = self._numbering.new(pattern, depth) if pattern.regular else None
        for item, marker in zip(items, pattern.markers, strict=True):
            first = True
            inline: list[Any] = []
            for child in [*item.iter(include_text=True), None]:
                if child is not None and child.tag not in _BLOCKS:
                    inline.append(child)
                    continue
                if any(n.tag != "-text" or (n.text_content or "").strip() for n in inline):
                    self._item(inline, number, marker, depth, first=first)
                    first = False
                inline = []
                if child is None:
                    continue
                if child.tag == "p":
                    self._item(list(child.iter(include_text=True)), number, marker, depth, first=first)
                    first = False
                elif child.tag in {"ul", "ol"}:
                    self._list(child, depth + 1)
                else:
                    self._block(child, depth + 1)

    def _item(self, nodes: list[Any], number: int | None, marker: str, depth: int, *, first: bool) -> None:
        from docx.shared import Mm

        paragraph = self._paragraph("List Paragraph")
        shape = paragraph.paragraph_format
        shape.left_indent = Mm(10 + 9 * depth)
        if first and number is not None:
            self._numbering.number(paragraph, number, depth)
        elif first:
            shape.first_line_indent = Mm(-9)
            shape.tab_stops.add_tab_stop(Mm(10 + 9 * depth))
            paragraph.add_run(f"{marker}\t")
        _Inline(self, paragraph).all(nodes)

    def _table(self, node: Any, depth: int) -> None:
        rows = [[cell for cell in row.iter() if cell.tag in {"td", "th"}] for row in node.css("tr")]
        width = max((sum(_span(c) for c in row) for row in rows), default=0)
        if not width:
            return
        for caption in node.css("caption"):
            self._words(caption, "Heading 4")
        table = self._place.add_table(rows=len(rows), cols=min(width, 60))
        table.style = "Table Grid"
        outer = self._place
        for row, cells in zip(table.rows, rows, strict=True):
            if cells and all(c.tag == "th" for c in cells):
                row._tr.get_or_add_trPr().append(_element("w:tblHeader"))
            at = 0
            for cell in cells:
                end = min(at + _span(cell), width) - 1
                place = row.cells[at] if end <= at else row.cells[at].merge(row.cells[end])
                self._place = place
                self._cell(cell, depth)
                at = end + 1
        self._place = outer
        self._paragraph()

    def _cell(self, cell: Any, depth: int) -> None:
        empty = self._place.paragraphs[0]
        if any(n.tag in _BLOCKS for n in cell.iter()):
            self._blocks(cell, depth)
            if len(self._place.paragraphs) > 1:
                empty._p.getparent().remove(empty._p)
            return
        _Inline(self, empty, {"bold": True} if cell.tag == "th" else {}).all(cell.iter(include_text=True))

    def linked(self, paragraph: Any, address: str) -> Any:
        """The hyperlink element that runs go into; None where the address leads nowhere from paper."""
        from docx.opc.constants import RELATIONSHIP_TYPE

        if not re.match(r"(?:https?:|mailto:|tel:)", address, re.IGNORECASE):
            return None
        relation = self._document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        element = _element("w:hyperlink", {"r:id": relation})
        paragraph._p.append(element)
        return element


_BLOCKS = {
    *_HEADINGS,
    "p",
    "ul",
    "ol",
    "table",
    "hr",
    "pre",
    "blockquote",
    "aside",
    "section",
    "div",
    "figure",
    "figcaption",
    "dl",
    "dt",
    "dd",
    "article",
    "header",
    "footer",
    "nav",
    "details",
    "summary",
    "address",
    "script",
    "style",
    "template",
    "main",
}


def _span(cell: Any) -> int:
    found = cell.attributes.get("colspan") or "1"
    return min(int(found), 60) if found.isdigit() and int(found) else 1


def _element(name: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element


class _Inline:
    """Words of one paragraph, with the marks that they carry."""

    def __init__(self, writer: _Writer, paragraph: Any, marks: dict[str, bool] | None = None) -> None:
        self._writer, self._paragraph, self._marks = writer, paragraph, dict(marks or {})
        self._target: Any = None
        self._last = " "

    def all(self, nodes: Any) -> None:
        pieces = list(self._pieces(nodes, self._marks, None))
        while pieces and pieces[-1][0] in {" ", "\n"}:
            pieces.pop()
        for text, marks, address in pieces:
            self._write(text, marks, address)
        for a, b in pairwise(self._paragraph.runs):
            if a.text.endswith("\n") and b.text.startswith(" "):
                b.text = b.text[1:]

    def _pieces(self, nodes: Any, marks: dict[str, bool], address: str | None) -> Iterator[tuple[str, Any, Any]]:
        for node in nodes:
            if node.tag == "-text":
                yield re.sub(r"[ \t\r\n]+", " ", node.text_content or ""), marks, address
            elif node.tag == "br":
                yield "\n", marks, address
            elif node.tag == "img":
                if alt := node.attributes.get("alt"):
                    yield f"[{alt}]", marks, address
            elif node.tag == "input":
                yield "\u2611 " if "checked" in node.attributes else "\u2610 ", marks, address
            elif node.tag not in _SKIPPED:
                mark = _INLINE.get(node.tag or "")
                inner = {**marks, mark: True} if mark else marks
                target = (node.attributes.get("href") or address) if node.tag == "a" else address
                yield from self._pieces(node.iter(include_text=True), inner, target)

    def _write(self, text: str, marks: dict[str, bool], address: str | None) -> None:
        if text == "\n":
            self._paragraph.add_run().add_break()
            self._last = " "
            return
        if self._last.endswith(" "):
            text = text.lstrip(" ")
        if not text:
            return
        self._last = text
        run = self._paragraph.add_run(_legal(text))
        run.bold, run.italic, run.underline = (marks.get(m) or None for m in ("bold", "italic", "underline"))
        run.font.strike = marks.get("strike") or None
        run.font.superscript, run.font.subscript = marks.get("superscript") or None, marks.get("subscript") or None
        if self._writer._right_to_left:
            run.font.rtl = True
        holder = self._writer.linked(self._paragraph, address) if address else None
        if holder is not None:
            holder.append(deepcopy(run._r))
            self._paragraph._p.remove(run._r)


def _legal(text: str) -> str:
    """Without the characters that XML has no way to write."""
    return re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
