"""What a Word document says: its numbered lines, its headings, its lists, read from the file as Word reads it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from toolkit_builder.formats.wordlists import written

_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"


def numbered_lines(data: bytes) -> list[tuple[int, str]]:
    """The numbered lines in order: number, and the words (with the list's own label) up to the break or the end."""
    document = docx.Document(io.BytesIO(data))
    found: list[tuple[int, str]] = []
    for kind, value in _words(document):
        if kind == "line":
            found.append((int(value), ""))
        elif kind == "end":
            found.append((0, ""))
        elif found and found[-1][0]:
            number, words = found[-1]
            found[-1] = (number, words + value)
    return [(number, words) for number, words in found if number]


def _words(document: Any) -> Iterator[tuple[str, str]]:
    """``line``: one begins here; ``text``: words; ``end``: what follows belongs to no line."""
    labels = _Labels(document)
    for element in document.element.body:
        if element.tag == qn("w:p"):
            said, label = list(_of_paragraph(element)), labels.of(element)
            first = next((n for n, (kind, _) in enumerate(said) if kind == "line"), 0)
            # a typed marker stands before the box of its line
            yield from [*said[first : first + 1], ("text", f"{label} "), *said[:first], *said[first + 1 :]]
            yield "end", ""
        elif element.tag == qn("w:tbl"):
            for row in element.iter(qn("w:tr")):
                cells = row.findall(qn("w:tc"))
                number = "".join(t.text or "" for t in cells[0].iter(qn("w:t")))
                if cells[0].find(f".//{qn('w:pStyle')}[@{qn('w:val')}='LineNumber']") is None:
                    continue
                yield "line", number
                yield "text", " ".join("".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in cells[1:])
                yield "end", ""


def _of_paragraph(element: Any) -> Iterator[tuple[str, str]]:
    for node in element.iter():
        if node.tag == f"{_WPS}txbx":
            yield "line", "".join(t.text or "" for t in node.iter(qn("w:t")))
        elif any(above.tag == f"{_WPS}txbx" for above in node.iterancestors()):
            continue
        elif node.tag == qn("w:t"):
            yield "text", node.text or ""
        elif node.tag in {qn("w:br"), qn("w:tab")}:
            yield "text", " "


class _Labels:
    """The numbers that Word would set before the items of its lists."""

    def __init__(self, document: Any) -> None:
        self._root = document.part.numbering_part.element
        self._seen: Counter[str] = Counter()

    def of(self, paragraph: Any) -> str:
        number = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        if number is None:
            return ""
        name = number.get(qn("w:val"))
        abstract = self._root.xpath(f"./w:num[@w:numId='{name}']/w:abstractNumId/@w:val")[0]
        level = self._root.xpath(f"./w:abstractNum[@w:abstractNumId='{abstract}']/w:lvl")[0]
        start, kind, text = (level.find(qn(f"w:{n}")).get(qn("w:val")) for n in ("start", "numFmt", "lvlText"))
        said = written(int(start) + self._seen[name], kind)
        self._seen[name] += 1
        return text if kind == "bullet" else text.replace(f"%{int(level.get(qn('w:ilvl'))) + 1}", said)


def headings(data: bytes) -> list[tuple[int, str]]:
    """Level and words of every heading."""
    return [(int(p.style.name[8:]), p.text) for p in docx.Document(io.BytesIO(data)).paragraphs
            if p.style.name.startswith("Heading ")]  # fmt: skip
