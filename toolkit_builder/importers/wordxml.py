"""A part of a Word document as XML in; the same with all its words where a reader of paragraphs and runs finds them.

Fields, text boxes, formulas, ruby and content controls hold words in ways of their own; here they become runs and
paragraphs. Line numbers that stand in the margin of a document made by this program are no words of its text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WRAPPERS = {f"{W}fldSimple", f"{W}dir", f"{W}bdo"}
_SHAPES = {f"{W}pict", f"{W}drawing", f"{W}object"}
_APART = {f"{W}{name}" for name in ("p", "tab", "br", "cr", "tc", "noBreakHyphen", "softHyphen")}
_DEEPEST = 400
LINE_NUMBER = "LineNumber"
"""The style of the line numbers in ``formats.wordpapers``."""


def plain(root: ET.Element) -> None:
    """Change a part in place. Raises RecursionError where it is nested beyond reading."""
    _children(root, 0)


def _children(parent: ET.Element, depth: int) -> None:
    if depth > _DEEPEST:
        raise RecursionError
    found: list[ET.Element] = []
    for child in list(parent):
        if child.tag == f"{W}tc" and _is_line_number(child):
            continue
        _children(child, depth + 1)
        if child.tag in _WRAPPERS:
            found += list(child)
        elif child.tag in {f"{M}oMath", f"{M}oMathPara"}:
            found.append(_run("".join(t.text or "" for t in child.iter(f"{M}t"))))
        elif child.tag == f"{W}r" and child.find(f"{W}ruby") is not None:
            found += _ruby(child)
        else:
            found.append(child)
        if child.tag == f"{W}p":
            _join_lines(child)
            found += _boxes(child)
    parent[:] = found


def _boxes(parent: ET.Element) -> list[ET.Element]:
    """Take the text boxes out of a paragraph: their paragraphs follow it. A box is written twice, for old readers."""
    found: list[ET.Element] = []
    kept: list[ET.Element] = []
    for child in parent:
        ways = list(child) if child.tag == f"{_MC}AlternateContent" else [child] if child.tag in _SHAPES else []
        way = next((way for way in ways if next(way.iter(f"{W}txbxContent"), None) is not None), None)
        if way is None:
            found += _boxes(child)
            kept.append(child)
            continue
        blocks = [block for box in way.iter(f"{W}txbxContent") for block in box]
        found += (block for block in blocks if not _is_line_number(block))
    if len(kept) < len(parent):
        parent[:] = kept
    return found


def _is_line_number(block: ET.Element) -> bool:
    styles = [style.get(f"{W}val") for style in block.iter(f"{W}pStyle")]
    return bool(styles) and set(styles) == {LINE_NUMBER}


def _join_lines(paragraph: ET.Element) -> None:
    """A line that ends only because the next has a number: no end of a line to whoever reads the words."""
    runs = list(paragraph)
    for before, after in pairwise(runs):
        numbered = any(_is_line_number(p) for box in after.iter(f"{W}txbxContent") for p in box)
        if numbered and [part.tag for part in before if part.tag != f"{W}rPr"] == [f"{W}br"]:
            paragraph[runs.index(before)] = _run(" ")


def _ruby(run: ET.Element) -> Iterator[ET.Element]:
    """``base (reading)``: two lines above each other, as one."""
    for ruby in run.iter(f"{W}ruby"):
        base, reading = ("".join(t.text or "" for part in ruby.iter(f"{W}{name}") for t in part.iter(f"{W}t"))
                         for name in ("rubyBase", "rt"))  # fmt: skip
        yield _run(f"{base} ({reading})" if reading else base)


def _run(words: str) -> ET.Element:
    run = ET.Element(f"{W}r")
    ET.SubElement(run, f"{W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"}).text = words
    return run


def words(root: ET.Element) -> list[str]:
    """Every word of a part, in order: what must be found again in what is made of it."""
    said: list[str] = []
    for element in root.iter():
        if element.tag == f"{W}t":
            said.append(element.text or "")
        elif element.tag in _APART:
            said.append(" ")
    return re.findall(r"\w+", "".join(said))
