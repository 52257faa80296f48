"""A fragment of HTML in; paragraphs, headings, tables and numbered lists of a Word document out, in real styles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

from toolkit_builder.formats.wordlists import Numbering, pattern_of

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
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi", "ps", "ku", "sd"}


class Piece(Struct, frozen=True, kw_only=True):
    """Words of a paragraph with the marks they carry; or, where ``line`` is set, the place where that line begins.

    A ``joint`` is written only where words stand before it.
    """

    text: str = ""
    marks: Mapping[str, Any] = field(default_factory=dict)
    address: str | None = None
    line: str = ""
    joint: bool = False


class Writer:
    """Writes blocks one after another; ``_place`` is the document or the table cell that they go into."""

    def __init__(self, document: Any, language: str, *, linked: bool) -> None:
        self._document = document
        self._place = document
        self._numbering = Numbering(document)
        self._linked = linked
        self._language = language
        self.speak(language)
        self._style = "Normal"

    def speak(self, language: str) -> None:
        """The language of what follows; written on each run of words where it is not the document's."""
        self.right_to_left = language.partition("-")[0] in RIGHT_TO_LEFT
        self.spoken = "" if language == self._language else language

    def plain(self, text: str, style: str) -> None:
        paragraph = self._paragraph(style)
        for n, line in enumerate(text.split("\n")):
            if n:
                paragraph.add_run().add_break()
            run = paragraph.add_run(line)
            if self.spoken:
                in_language(run, self.spoken)

    def fragment(self, html: str) -> None:
        from selectolax.lexbor import LexborHTMLParser

        body = LexborHTMLParser(f"<body>{html}</body>").body
        if body is not None:
            self._blocks(body, 0)

    def unseen(self, node: Any) -> bool:
        """Whether an element's words are left out of the document."""
        return False

    def around(self, node: Any) -> tuple[str, str]:
        """What a page's style sheet says without words: joints before an element, and what follows it."""
        return "", ""

    def line_begins(self, paragraph: Any, number: str) -> None:
        """A numbered line of a paper begins here; only papers show its number."""

    def _paragraph(self, style: str = "") -> Any:
        paragraph = self._place.add_paragraph(style=style or self._style)
        if self.right_to_left:
            paragraph._p.get_or_add_pPr().append(element("w:bidi"))
        return paragraph

    def _blocks(self, parent: Any, depth: int) -> None:
        """The children of a block: its blocks as they are, words between them as paragraphs."""
        loose: list[Any] = []
        for node in [*parent.iter(include_text=True), None]:
            block = node is not None and node.tag in BLOCKS
            if node is not None and not block:
                loose.append(node)
                continue
            if any(n.tag != "-text" or (n.text_content or "").strip() for n in loose):
                paragraph = self._paragraph()
                Inline(self, paragraph).all(loose)
            loose = []
            if block:
                self._block(node, depth)

    def _block(self, node: Any, depth: int) -> None:
        tag, classes = node.tag, set((node.attributes.get("class") or "").split())
        if tag in _SKIPPED:
            return
        if tag in _HEADINGS:
            self._words(node, self._heading(_HEADINGS[tag], classes))
        elif tag == "p":
            self._words(node, self._style_of(classes))
        elif tag in {"ul", "ol"}:
            self._list(node, depth)
        elif tag == "table":
            self._table(node, depth)
        elif tag == "hr":
            self.plain("_" * 40, self._style)
        elif tag == "pre":
            Inline(self, self._paragraph(), {"verbatim": True}).all(node.iter(include_text=True))
        elif tag == "dt":
            paragraph = self._paragraph()
            Inline(self, paragraph, {"bold": True}).all(node.iter(include_text=True))
        else:
            before = self._style
            if tag in {"blockquote", "dd"}:
                self._style = "Quote"
            elif tag == "aside" and classes & _BOXES:
                self._style = "Box"
            self._blocks(node, depth)
            self._style = before

    def _heading(self, level: int, classes: set[str]) -> str:
        """The style of a heading."""
        return f"Heading {level}"

    def _style_of(self, classes: set[str]) -> str:
        """The style of a paragraph of these classes; empty for the one in force."""
        return "Heading 3" if any(c.endswith("-title") for c in classes) else ""

    def _words(self, node: Any, style: str = "") -> None:
        Inline(self, self._paragraph(style)).all(node.iter(include_text=True))

    def _list(self, node: Any, depth: int) -> None:
        items = [n for n in node.iter() if n.tag == "li"]
        pattern = pattern_of(node, items)
        number = self._numbering.new(pattern, depth) if pattern.regular else None
        for item, marker in zip(items, pattern.markers, strict=True):
            first = True
            inline: list[Any] = []
            for child in [*item.iter(include_text=True), None]:
                if child is not None and child.tag not in BLOCKS:
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
        Inline(self, paragraph).all(nodes)

    def _table(self, node: Any, depth: int) -> None:
        rows = [[cell for cell in row.iter() if cell.tag in {"td", "th"}] for row in node.css("tr")]
        width = max((sum(_span(c) for c in row) for row in rows), default=0)
        if not width:
            return
        for caption in node.css("caption"):
            self._words(caption, "Heading 4")
        width = min(width, _MOST_COLUMNS)
        table = self._place.add_table(rows=len(rows), cols=width)
        table.style = "Table Grid"
        outer = self._place
        for row, cells in zip(table.rows, rows, strict=True):
            if cells and all(c.tag == "th" for c in cells):
                row._tr.get_or_add_trPr().append(element("w:tblHeader"))
            at, places = 0, row.cells
            for cell in cells:
                at = min(at, width - 1)  # what is too much for Word's widest table goes into the last cell
                end = min(at + _span(cell), width) - 1
                self._place = places[at] if end <= at else places[at].merge(places[end])
                self._cell(cell, depth)
                at = end + 1
        self._place = outer
        self._after_table(table, depth)

    def _after_table(self, table: Any, depth: int) -> None:
        """A table that ends the text would have no place for a cursor behind it."""
        self._paragraph()

    def _cell(self, cell: Any, depth: int) -> None:
        empty = self._place.paragraphs[-1]
        if empty.runs:
            empty = self._place.add_paragraph()
        if any(n.tag in BLOCKS for n in cell.iter()):
            self._blocks(cell, depth)
            if self._place.paragraphs[-1]._p is not empty._p:
                empty._p.getparent().remove(empty._p)
            return
        Inline(self, empty, {"bold": True} if cell.tag == "th" else {}).all(cell.iter(include_text=True))

    def linked(self, paragraph: Any, address: str) -> Any:
        """The hyperlink element that runs go into; None where the address leads nowhere from paper."""
        from docx.opc.constants import RELATIONSHIP_TYPE

        if not re.match(r"(?:https?:|mailto:|tel:)", address, re.IGNORECASE):
            return None
        relation = self._document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        holder = element("w:hyperlink", {"r:id": relation})
        paragraph._p.append(holder)
        return holder


BLOCKS = {
    *_HEADINGS, "p", "ul", "ol", "table", "hr", "pre", "blockquote", "aside", "section", "div", "figure", "figcaption",
    "dl", "dt", "dd", "article", "header", "footer", "nav", "details", "summary", "address", "script", "style",
    "template", "main",
}  # fmt: skip
_MOST_COLUMNS = 63  # Word's own limit


def _span(cell: Any) -> int:
    found = cell.attributes.get("colspan") or "1"
    return min(int(found), 60) if found.isdigit() and int(found) else 1


def element(name: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in (attributes or {}).items():
        element.set(qn(key), value)
    return element


class Inline:
    """Words of one paragraph, with the marks that they carry."""

    def __init__(self, writer: Writer, paragraph: Any, marks: dict[str, bool] | None = None) -> None:
        self._writer, self._paragraph = writer, paragraph
        self._marks = {**({"lang": writer.spoken} if writer.spoken else {}), **(marks or {})}
        self._target: Any = None
        self._last = " "

    def all(self, nodes: Any) -> None:
        pieces = list(self._pieces(nodes, self._marks, None))
        while pieces and not pieces[-1].line and pieces[-1].text in {" ", "\n"}:
            pieces.pop()
        for piece in pieces:
            self._write(piece)
        for a, b in pairwise(self._paragraph.runs):
            if a.text.endswith("\n") and b.text.startswith(" "):
                b.text = b.text[1:]

    def _pieces(self, nodes: Any, marks: Mapping[str, Any], address: str | None) -> Iterator[Piece]:
        for node in nodes:
            tag, given = node.tag, node.attributes
            if tag == "-text":
                text = node.text_content or ""
                if "verbatim" not in marks:
                    yield Piece(text=re.sub(r"[ \t\r\n]+", " ", text), marks=marks, address=address)
                    continue
                for n, line in enumerate(text.rstrip("\n").split("\n")):
                    yield from [Piece(text="\n")] * (n > 0)
                    yield Piece(text=line, marks=marks)
            elif tag == "br":
                yield Piece(text="\n")
            elif tag == "img":
                if alt := given.get("alt"):
                    yield Piece(text=f"[{alt}]", marks=marks, address=address)
            elif tag == "input":
                yield Piece(text="\u2611 " if "checked" in given else "\u2610 ", marks=marks)
            elif tag == "svg" and "star" in (given.get("class") or "").split():
                yield Piece(text="\u2605", marks=marks)
            elif tag == "span" and given.get("data-line"):
                yield Piece(line=given["data-line"] or "")
            elif tag not in _SKIPPED and not self._writer.unseen(node):
                mark = _INLINE.get(tag or "")
                inner = {**marks, **({mark: True} if mark else {})}
                if given.get("lang"):
                    inner["lang"] = given["lang"]
                target = (given.get("href") or address) if tag == "a" else address
                before, after = self._writer.around(node)
                yield from [Piece(text=before, marks=marks, joint=True)] * bool(before)
                yield from self._pieces(node.iter(include_text=True), inner, target)
                yield from [Piece(text=after, marks=marks)] * bool(after)
                if tag == "abbr" and "first" in (given.get("class") or "").split():
                    yield Piece(text=f" ({given.get('title')})", marks=marks)

    def _write(self, piece: Piece) -> None:
        text, marks = piece.text, piece.marks
        if piece.line:
            self._writer.line_begins(self._paragraph, piece.line)
            return
        if text == "\n":
            self._paragraph.add_run().add_break()
            self._last = " "
            return
        if piece.joint:
            if not self._last.strip():
                return
            for last in self._paragraph.runs[-1:]:
                last.text = last.text.rstrip(" ")
        elif self._last.endswith(" ") and "verbatim" not in marks:
            text = text.lstrip(" ")
        if not text:
            return
        self._last = text if text.strip() else f"{self._last.rstrip()}{text}"
        run = self._paragraph.add_run(legal(text))
        run.bold, run.italic, run.underline = (marks.get(m) or None for m in ("bold", "italic", "underline"))
        run.font.strike = marks.get("strike") or None
        run.font.superscript, run.font.subscript = marks.get("superscript") or None, marks.get("subscript") or None
        if self._writer.right_to_left:
            run.font.rtl = True
        if "lang" in marks:
            in_language(run, marks["lang"])
        holder = self._writer.linked(self._paragraph, piece.address) if piece.address else None
        if holder is not None:
            holder.append(deepcopy(run._r))
            self._paragraph._p.remove(run._r)


def in_language(run: Any, language: str) -> None:
    """Mark a run as words of a language, for spelling and for being read out."""
    run._r.get_or_add_rPr().append(element("w:lang", {"w:val": language, "w:bidi": language}))


def legal(text: str) -> str:
    """Without the characters that XML has no way to write."""
    return re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
