"""A PDF in; what a reader, a screen reader and a printer find in it out. Used by the tests and by ``doctor``."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name

from ..diagnostics import Diagnostic, Span, error
from .boxes import POINTS_PER_MM, Box, box_of
from .sheets import SHEETS
from .tags import elements, is_element, kids, tagged_forms

_HEADING = re.compile(r"H([1-6])")
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BLOCKS = {"P", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "TR", "Caption", "Figure", "BlockQuote"}
_CELLS = {"TH", "TD"}


class Sheet(Struct, frozen=True, kw_only=True):
    """One page's boxes in points: left, bottom, right, top."""

    media: Box
    bleed: Box
    trim: Box


class Facts(Struct, frozen=True, kw_only=True):
    """What a file says of itself. ``headings`` are (level, text); ``bookmarks`` (depth from 1, text)."""

    title: str
    shows_title: bool
    lang: str
    tagged: bool
    ua_part: int
    headings: tuple[tuple[int, str], ...]
    bookmarks: tuple[tuple[int, str], ...]
    tables: int
    tables_without_headers: int
    figures: tuple[str, ...]
    links: tuple[str, ...]
    tab_order: bool
    fonts: tuple[str, ...]
    fonts_not_embedded: tuple[str, ...]
    sheets: tuple[Sheet, ...]


def facts(pdf: bytes) -> Facts:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root = opened.Root
        tree = root.get(Name.StructTreeRoot)
        texts = _Texts(opened)
        found = list(elements(tree)) if tree is not None else []
        by_kind = [(str(element.get(Name.S, ""))[1:], element) for element in found]
        tables = [element for name, element in by_kind if name == "Table"]
        fonts = sorted(_fonts(opened))
        with opened.open_metadata() as metadata:
            part = metadata.get("pdfuaid:part", 0)
            title = str(metadata.get("dc:title", ""))
        return Facts(
            title=title or str(opened.docinfo.get("/Title", "")),
            shows_title=bool(root.get(Name.ViewerPreferences, Dictionary()).get(Name.DisplayDocTitle, False)),
            lang=str(root.get(Name.Lang, "")),
            tagged=bool(root.get(Name.MarkInfo, Dictionary()).get(Name.Marked, False)) and tree is not None,
            ua_part=int(part),
            headings=tuple(
                (int(known[1]), " ".join(texts.of(element).split()))
                for name, element in by_kind
                if (known := _HEADING.fullmatch(name))
            ),
            bookmarks=tuple(_bookmarks(root.get(Name.Outlines), 1)),
            tables=len(tables),
            tables_without_headers=sum(1 for table in tables if not _has_headers(table)),
            figures=tuple(str(element.get(Name.Alt, "")) for name, element in by_kind if name == "Figure"),
            links=tuple(_links(opened)),
            tab_order=all(page.obj.get(Name.Tabs) == Name.S for page in opened.pages),
            fonts=tuple(name for name, _ in fonts),
            fonts_not_embedded=tuple(name for name, embedded in fonts if not embedded),
            sheets=tuple(
                Sheet(media=box_of(page, "MediaBox"), bleed=box_of(page, "BleedBox"), trim=box_of(page, "TrimBox"))
                for page in opened.pages
            ),
        )


def papers(pdf: bytes) -> tuple[int, tuple[str, ...]]:
    """How many pages a file has, and on which paper: ``A4``, ``A3 landscape``, ``100 × 210 mm``, each once."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        boxes = [box_of(page, "TrimBox") for page in opened.pages]
    return len(boxes), tuple(dict.fromkeys(map(_paper, boxes)))


def _paper(box: Box) -> str:
    width, height = ((box[i + 2] - box[i]) / POINTS_PER_MM for i in (0, 1))
    for name, sides in SHEETS.items():
        for wide, high, turned in ((*sides, ""), (*sides[::-1], " landscape")):
            if abs(wide - width) < 1 and abs(high - height) < 1:
                return f"{name.upper() if name[-1].isdigit() else name}{turned}"
    return f"{width:.0f} × {height:.0f} mm"


def problems(pdf: bytes, path: str) -> list[Diagnostic]:
    """What keeps a file from being read by everybody, one diagnostic each."""
    known = facts(pdf)
    levels = [level for level, _ in known.headings]
    jumps = [(level, text) for before, (level, text) in zip([0, *levels], known.headings, strict=False)
             if level > before + 1]  # fmt: skip
    checks = [
        (not known.tagged, "the PDF has no structure for screen readers"),
        (not known.ua_part, "the PDF does not say that it is accessible (PDF/UA)"),
        (not known.title, "the PDF has no title"),
        (not known.shows_title, "the PDF shows its file name instead of its title"),
        (not known.lang, "the PDF does not say its language"),
        (not known.tab_order, "the PDF does not say in which order the tab key goes"),
        (bool(known.tables_without_headers), f"{known.tables_without_headers} tables have no header cells"),
        (not all(known.figures), "a picture has no description"),
        (bool(known.fonts_not_embedded), f"fonts are not embedded: {', '.join(known.fonts_not_embedded)}"),
    ]
    found = [error("Q171", sentence, Span(path)) for wrong, sentence in checks if wrong]
    return found + [
        error("Q172", f"the heading '{text}' of level {level} skips a level", Span(path)) for level, text in jumps
    ]


def pdf_text(pdf: bytes) -> list[str]:
    """The text of each page in reading order, as the structure gives it, without folios and line numbers."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        texts = _Texts(opened)
        pages = ["" for _ in opened.pages]
        if Name.StructTreeRoot in opened.Root:
            texts.collect(opened.Root.StructTreeRoot, pages)
        return [re.sub(r"\s*\n\s*", "\n", page).strip() for page in pages]


def _bookmarks(node: Any, depth: int) -> Iterator[tuple[int, str]]:
    if node is None:
        return
    for item in _siblings(node):
        yield depth, str(item.Title)
        yield from _bookmarks(item, depth + 1)


def _siblings(node: Any) -> Iterator[Any]:
    item = node.get(Name.First)
    while item is not None:
        yield item
        item = item.get(Name.Next)


def _has_headers(table: Any) -> bool:
    return any(element.get(Name.S) == Name.TH for element in elements(table))


def _links(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for note in page.obj.get(Name.Annots, Array()):
            if note.get(Name.Subtype) != Name.Link:
                continue
            action = note.get(Name.A, Dictionary())
            yield str(action.URI) if Name.URI in action else f"#{note.get(Name.Dest, '')}"


def _fonts(pdf: pikepdf.Pdf) -> set[tuple[str, bool]]:
    found = set()
    for thing in pdf.objects:
        if not isinstance(thing, Dictionary) or thing.get(Name.Type) != Name.Font:
            continue
        if thing.get(Name.Subtype) in {Name.Type0, Name.Type3}:
            continue
        descriptor = thing.get(Name.FontDescriptor, Dictionary())
        embedded = any(name in descriptor for name in (Name.FontFile, Name.FontFile2, Name.FontFile3))
        found.add((str(thing.get(Name.BaseFont, "?"))[1:], embedded))
    return found


class _Texts:
    """The text of every marked content sequence of a file, by the stream that draws it."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pages = {page.objgen: index for index, page in enumerate(pdf.pages)}
        self._fonts: dict[Any, Any] = {}
        self._found: dict[tuple[tuple[int, int], int], str] = {}
        for page in pdf.pages:
            self._read(page.obj.objgen, page.obj, page.obj.get(Name.Resources, Dictionary()))
        for form in tagged_forms(page.obj for page in pdf.pages):
            self._read(form.objgen, form, form.get(Name.Resources, Dictionary()))

    def _read(self, key: tuple[int, int], drawing: Any, resources: Any) -> None:
        fonts = resources.get(Name.Font, Dictionary())
        number: list[int | None] = []
        decode = None
        wanted = "BDC BMC EMC Tf Tj TJ ' \""
        for instruction in pikepdf.parse_content_stream(drawing, wanted):
            operands: Any = instruction.operands
            name = str(instruction.operator)
            if name in {"BDC", "BMC"}:
                properties: Any = operands[1] if len(operands) > 1 else None
                own = properties.get(Name.MCID) if isinstance(properties, Dictionary) else None
                number.append(int(own) if own is not None else (number[-1] if number and name == "BMC" else None))
            elif name == "EMC":
                number.pop()
            elif name == "Tf":
                decode = self._decoder(fonts.get(operands[0]))
            elif decode is not None and number and number[-1] is not None:
                shown = operands[-1]
                parts = shown if isinstance(shown, Array) else [shown]
                text = "".join(decode(bytes(part)) for part in parts if isinstance(part, pikepdf.String))
                self._found[key, number[-1]] = self._found.get((key, number[-1]), "") + text

    def _decoder(self, font: Any) -> Any:
        if font is None:
            return None
        if font.objgen not in self._fonts or font.objgen == (0, 0):
            table = _unicode_table(font)
            width = 2 if font.get(Name.Subtype) == Name.Type0 else 1

            def decode(data: bytes) -> str:
                codes = (int.from_bytes(data[at : at + width], "big") for at in range(0, len(data), width))
                return "".join(table.get(code, "\N{REPLACEMENT CHARACTER}") for code in codes)

            self._fonts[font.objgen] = decode
        return self._fonts[font.objgen]

    def of(self, element: Any, page: Any = None) -> str:
        """The text of an element and all below it."""
        pages = [""] * max(1, len(self._pages))
        self.collect(element, pages, page)
        return "".join(pages)

    def collect(self, element: Any, pages: list[str], above: Any = None) -> None:
        """Add an element's text to the pages that it stands on, a line for each block."""
        page = element.get(Name.Pg, above)
        name = str(element.get(Name.S, ""))[1:]
        if name in _BLOCKS:
            _close(pages, "\n")
        if Name.ActualText in element:
            pages[self._pages[page.objgen]] += str(element.ActualText)
        else:
            for kid in kids(element):
                if is_element(kid):
                    self.collect(kid, pages, page)
                else:
                    self._add(kid, page, pages)
        if name in _BLOCKS:
            _close(pages, "\n")
        elif name in _CELLS:
            _close(pages, "\t")

    def _add(self, kid: Any, page: Any, pages: list[str]) -> None:
        if not isinstance(kid, Dictionary):
            key, number = page, int(kid)
        elif kid.get(Name.Type) == Name.MCR:
            page = kid.get(Name.Pg, page)
            key, number = kid.get(Name.Stm, page), int(kid.MCID)
        else:
            return
        pages[self._pages[page.objgen]] += self._found.get((key.objgen, number), "")


def _close(pages: list[str], mark: str) -> None:
    """End what was written last, once."""
    for index, text in enumerate(pages):
        if text and not text.endswith(("\n", mark)):
            pages[index] += mark


def _unicode_table(font: Any) -> dict[int, str]:
    if Name.ToUnicode not in font:
        return {}
    table = {}
    for block in _CHARS.findall(font.ToUnicode.read_bytes()):
        for code, text in _RANGE.findall(block):
            table[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    return table
