"""The print page of motions or of an agenda in; a Word document out whose numbered lines are those of the PDF.

Lines end where the paper's line map ends them. Each number stands in the margin in a small box that is tied to the
first word of its line, so it stays with that word whatever font, page or edit comes, and a screen reader passes it
over, as it does on the web and in the PDF. Rows of a table have their numbers in a narrow column of their own.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from toolkit_builder.formats import wordfile
from toolkit_builder.formats.page import absolute
from toolkit_builder.formats.wordtext import Writer, element
from toolkit_builder.model import Payload

_MARGIN_MM, _OUTER_MM = 24, 14  # 172 mm for a line of 80 characters in 12 point
_EMU = 36_000  # in a millimetre
_PARAGRAPHS = {
    "sheet-union": "Letterhead Name", "cover-union": "Letterhead Name", "sheet-held": "Letterhead",
    "cover-when": "Letterhead", "cover-kind": "Letterhead Name", "cover-note": "Letterhead",
    "cover-counts": "Letterhead",
    "paper-label": "Paper Label", "changes-title": "Small Title", "operative": "Operative", "moved": "Facts",
    "made-of": "Facts", "position": "Facts", "became": "Facts", "became-part": "Facts", "clash": "Facts",
    "final-note": "Facts", "key": "Facts",
}  # fmt: skip
_CONTAINERS = {"instruction": "Instruction", "changes": "Changes", "colophon": "Imprint", "clashes": "Facts"}
_AROUND = {
    "vote": (" \u2013 ", ""), "result": (" \u2013 ", ""), "session-when": (": ", ""), "index-name": ("", ":"),
    "n": ("", "\u2002"), "amendment-label": ("", ":"), "was": ("", " "),
}  # fmt: skip
_NEW_PAGE = {"part", "contents", "front-matter", "index"}
_MARKED = re.compile(
    r'(?P<item><li\b[^>]*)>(?P<before>(?:<span class="line"[^>]*></span>)?'
    r'(?:<(?:ins|del)\b[^>]*>(?:<span class="visually-hidden">[^<]*</span>)?)?)'
    r'<span class="marker">(?P<marker>[^<]*)</span>\s*'
)


def render(payload: Payload) -> bytes:
    """``{html, title, language, author, subject, root}`` -> DOCX; ``html`` is the page that the PDF is made from."""
    language = payload["language"]
    document = wordfile.blank(language)
    wordfile.describe(
        document, title=payload["title"], author=payload["author"], subject=payload["subject"], language=language
    )
    html = bytes(payload["html"]).decode()
    html = absolute(html, payload["root"]) if payload["root"] else html
    writer = _Papers(document, language, html)
    _set_up(document, payload["title"], right_to_left=writer.right_to_left)
    writer.fragment(_MARKED.sub(_with_marker, _body(html)))
    return wordfile.packed(document)


def _body(html: str) -> str:
    return html.partition("<body")[2].partition(">")[2].rpartition("</body>")[0] or html


def _with_marker(match: re.Match[str]) -> str:
    """A printed number as the list's own: Word counts it, and the words begin after it."""
    return f'{match["item"]} data-marker="{escape(unescape(match["marker"]))}">{match["before"]}'


class _Papers(Writer):
    """Writes a print page: papers with their numbered lines, amendments, an agenda around them."""

    def __init__(self, document: Any, language: str, html: str) -> None:
        super().__init__(document, language, linked=True)
        names = dict.fromkeys(unescape(name) for name in re.findall(r'href="#([^"]+)"', html))
        self._targets = {name: (n, f"_to{n}") for n, name in enumerate(names, start=1)}
        self._waiting: list[str] = []  # bookmarks that begin with the next paragraph
        self._level = 0
        self._boxes = 0
        self._new_page = False
        self._begun = False
        self._rows: list[list[str]] = []  # the line numbers of the rows of the tables that are being written

    # --- blocks

    def _block(self, node: Any, depth: int) -> None:
        classes = set((node.attributes.get("class") or "").split())
        if self.unseen(node):
            return
        if (name := node.attributes.get("id") or "") in self._targets:
            self._waiting.append(name)
        self._new_page = self._new_page or bool(classes & _NEW_PAGE and self._begun)
        before = self._style
        self._style = next((style for c, style in _CONTAINERS.items() if c in classes), before)
        if node.tag == "ol" and "calls" in classes:
            self._calls(node, depth)
        else:
            super()._block(node, depth)
        self._style = before

    def unseen(self, node: Any) -> bool:
        classes = (node.attributes.get("class") or "").split()
        if "n" in classes:  # the number again, before a link that says it
            return node.parent is None or node.parent.tag != "a"
        return "visually-hidden" in classes or "ref-result" in classes

    def around(self, node: Any) -> tuple[str, str]:
        classes = (node.attributes.get("class") or "").split()
        return next((words for c, words in _AROUND.items() if c in classes), ("", ""))

    def _calls(self, node: Any, depth: int) -> None:
        """A list of calls; one that holds nothing but deeper calls only lends them its depth."""
        items = [n for n in node.iter() if n.tag == "li"]
        if len(items) == 1 and items[0].attributes.get("data-marker") is None:
            self._blocks(items[0], depth + 1)
        else:
            self._list(node, depth)

    def _heading(self, level: int, classes: set[str]) -> str:
        """No level is passed over, or who reads by headings looks for one that is not there."""
        self._level = min(level, self._level + 1)
        return f"Heading {self._level}"

    def _style_of(self, classes: set[str]) -> str:
        return next((style for c, style in _PARAGRAPHS.items() if c in classes), "")

    def _paragraph(self, style: str = "") -> Any:
        paragraph = super()._paragraph(style)
        if self._new_page and self._place is self._document:
            paragraph.paragraph_format.page_break_before = True
            self._new_page = False
        self._begun = True
        for name in self._waiting:
            number, called = self._targets[name]
            paragraph._p.append(element("w:bookmarkStart", {"w:id": str(number), "w:name": called}))
            paragraph._p.append(element("w:bookmarkEnd", {"w:id": str(number)}))
        self._waiting.clear()
        return paragraph

    def linked(self, paragraph: Any, address: str) -> Any:
        if not address.startswith("#"):
            return super().linked(paragraph, address)
        if address[1:] not in self._targets:
            return None
        holder = element("w:hyperlink", {"w:anchor": self._targets[address[1:]][1], "w:history": "1"})
        paragraph._p.append(holder)
        return holder

    # --- numbered lines

    def line_begins(self, paragraph: Any, number: str) -> None:
        if self._place is not self._document:
            return  # the row's own column shows it
        paragraph.paragraph_format.keep_together = True  # LibreOffice shows no number behind a page break
        self._boxes += 1
        paragraph._p.append(_number_box(number, self._boxes, right=self.right_to_left))

    def _after_table(self, table: Any, depth: int) -> None:
        numbers = self._rows.pop() if self._rows else []
        if any(numbers):
            _number_rows(table._tbl, numbers, right_to_left=self.right_to_left)
        super()._after_table(table, depth)

    def _table(self, node: Any, depth: int) -> None:
        found = ([n.attributes.get("data-line") or "" for n in row.css("span[data-line]")] for row in node.css("tr"))
        self._rows.append([numbers[0] if numbers else "" for numbers in found])
        super()._table(node, depth)


def _number_box(number: str, count: int, *, right: bool) -> Any:
    """A run that holds only a box in the margin, tied to this place in the text and decorative to who listens."""
    from docx.oxml import parse_xml

    side, align, inset, other = ("leftMargin", "right", "rIns", "lIns")
    if right:
        side, align, inset, other = ("rightMargin", "left", "lIns", "rIns")
    width, height = 14 * _EMU, 5 * _EMU
    return parse_xml(
        f'<w:r {_SPACES}><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        '<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="1" locked="0" '
        'layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="{side}"><wp:align>{align}</wp:align></wp:positionH>'
        f'<wp:positionV relativeFrom="line"><wp:posOffset>{_EMU}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="{_FIRST_BOX + count}" name="Line {number}"><a:extLst>'
        '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative val="1"/></a:ext></a:extLst></wp:docPr>'
        '<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/'
        'wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>'
        f'<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        f'</wps:spPr><wps:txbx><w:txbxContent><w:p><w:pPr><w:pStyle w:val="LineNumber"/>'
        f'<w:jc w:val="{align}"/></w:pPr>'
        f"<w:r><w:t>{number}</w:t></w:r></w:p></w:txbxContent></wps:txbx>"
        f'<wps:bodyPr wrap="square" {inset}="{5 * _EMU}" {other}="0" tIns="0" bIns="0" anchor="t">'
        "<a:noAutofit/></wps:bodyPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        "</mc:AlternateContent></w:r>"
    )


_FIRST_BOX = 10_000  # ids of drawings: apart from whatever else the document holds
_SPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.{rest}"'
    for prefix, rest in (
        ("w", "openxmlformats.org/wordprocessingml/2006/main"),
        ("wp", "openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("a", "openxmlformats.org/drawingml/2006/main"),
        ("mc", "openxmlformats.org/markup-compatibility/2006"),
        ("wps", "microsoft.com/office/word/2010/wordprocessingShape"),
        ("adec", "microsoft.com/office/drawing/2017/decorative"),
    )
)


def _number_rows(table: Any, numbers: list[str], *, right_to_left: bool) -> None:
    """A narrow column without lines before the table's own, in the margin, with the number of each row."""
    from docx.oxml import parse_xml

    width = 10 * 57  # twentieths of a point
    column = parse_xml(f'<w:gridCol {_SPACES} w:w="{width}"/>')
    table.tblGrid.insert(0, column)
    if not right_to_left:
        indent = element("w:tblInd", {"w:w": str(-width), "w:type": "dxa"})
        layout = table.tblPr.find(element("w:tblLayout").tag)
        (layout.addprevious if layout is not None else table.tblPr.append)(indent)
    bare = "".join(f'<w:{side} w:val="nil"/>' for side in ("top", "left", "bottom"))
    for row, number in zip(table.tr_lst, numbers, strict=False):
        cell = parse_xml(
            f'<w:tc {_SPACES}><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:tcBorders>{bare}</w:tcBorders></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="LineNumber"/></w:pPr><w:r><w:t>{number}</w:t></w:r></w:p></w:tc>'
        )
        first = next(iter(row.tc_lst), None)
        if first is not None:
            first.addprevious(cell)


# --- the page ---------------------------------------------------------------------------------------------------


def _set_up(document: Any, title: str, *, right_to_left: bool) -> None:
    """Margins with room for the numbers, the papers' own styles, and the paper's number at the head of each page."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt, RGBColor

    section = document.sections[0]
    inner, outer = Mm(_MARGIN_MM), Mm(_OUTER_MM)
    section.left_margin, section.right_margin = (outer, inner) if right_to_left else (inner, outer)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    section.header_distance = section.footer_distance = Mm(12)
    styles = document.styles

    def style(
        name: str, size: float, *, bold: bool = False, after: float = 0, before: float = 0, left: float = 0
    ) -> Any:
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
        made.font.size, made.font.bold = Pt(size), bold
        shape = made.paragraph_format
        shape.space_after, shape.space_before, shape.left_indent = Pt(after), Pt(before), Mm(left)
        return made

    label = style("Paper Label", 12, bold=True, before=18)
    label.font.color.rgb, label.paragraph_format.keep_with_next = RGBColor.from_string(wordfile.DARK), True
    style("Facts", 10.5, after=3)
    style("Small Title", 10.5, bold=True, after=2, before=4).paragraph_format.keep_with_next = True
    style("Operative", 12, bold=True, after=8).paragraph_format.keep_with_next = True
    style("Instruction", 12, after=4, left=6)
    style("Changes", 11, after=4, left=6)
    number = style("Line Number", 8)
    number.font.color.rgb = RGBColor.from_string("595959")
    number.paragraph_format.line_spacing = 1.0
    for name in ("Header", "Footer"):
        styles[name].font.size = Pt(9)
    _field(section.header.paragraphs[0], "STYLEREF", '"Paper Label"', title)
    page = section.footer.paragraphs[0]
    _field(page, "PAGE", "", "1")
    page.add_run(" / ")
    _field(page, "NUMPAGES", "", "1")


def _field(paragraph: Any, name: str, argument: str, shown: str) -> None:
    """A field that Word keeps up to date; ``shown`` stands there until it does."""
    run = element("w:fldSimple", {"w:instr": f" {name} {argument} ".replace("  ", " ")})
    paragraph._p.append(run)
    inner = paragraph.add_run(shown)
    run.append(inner._r)
