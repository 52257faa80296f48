"""Word's numbering and styles in; the number or bullet that Word shows before each paragraph out.

Word keeps no number in the text: a paragraph, or its style, names a list and a level, and the numbers are counted.
Amendments name points by what is printed, so ``(b)`` must stay ``(b)``, and a list that goes on after a paragraph
goes on counting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from msgspec import Struct, field

from toolkit_builder.motions.markers import numeral_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OPEN, CLOSE = "\ue004", "\ue005"
"""Around a number, at the start of its paragraph, while the document is read."""

_SYSTEMS = {"lowerLetter": "letter", "upperLetter": "letter", "lowerRoman": "roman", "upperRoman": "roman"}


class _Level(Struct, frozen=True):
    start: int
    kind: str
    text: str
    legal: bool = False


class _List(Struct):
    """What one ``w:num`` says: the definition that it counts with, and where it begins anew."""

    definition: str
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbers:
    """The numbering of one document; ``label`` is asked for its paragraphs in order."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        numbering, styles = (_root(files.get(f"word/{name}.xml")) for name in ("numbering", "styles"))
        self._styles = {s.get(f"{W}styleId", ""): s for s in styles.iter(f"{W}style")}
        self._definitions: dict[str, dict[int, _Level]] = {}
        self._of_style: dict[str, tuple[str, int]] = {}  # a level may name the style of its paragraphs
        for definition in numbering.findall(f"{W}abstractNum"):
            name = definition.get(f"{W}abstractNumId", "")
            self._definitions[name] = {_int(level, "ilvl"): _level(level) for level in definition.iter(f"{W}lvl")}
            for level in definition.iter(f"{W}lvl"):
                if style := _value(level, "pStyle"):
                    self._of_style[style] = (name, _int(level, "ilvl"))
        self._lists = {n.get(f"{W}numId", ""): self._list(n) for n in numbering.findall(f"{W}num")}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def _list(self, number: ET.Element) -> _List:
        found = _List(_value(number, "abstractNumId"))
        for override in number.findall(f"{W}lvlOverride"):
            at = _int(override, "ilvl")
            if (start := override.find(f"{W}startOverride")) is not None:
                found.starts[at] = _int(start, "val")
            if (level := override.find(f"{W}lvl")) is not None:
                found.levels[at] = _level(level)
        return found

    def mark(self, root: ET.Element) -> None:
        """Write every paragraph's number before its words, between ``OPEN`` and ``CLOSE``."""
        for paragraph in root.iter(f"{W}p"):
            if label := self.label(paragraph):
                run = ET.Element(f"{W}r")
                ET.SubElement(run, f"{W}t").text = f"{OPEN}{label}{CLOSE}"
                paragraph.insert(1 if paragraph.find(f"{W}pPr") is not None else 0, run)

    def label(self, paragraph: ET.Element) -> str:
        """The number or bullet of the next paragraph; empty for one without."""
        name, at = self._place(paragraph)
        found = self._lists.get(name)
        if found is None:
            return ""
        levels = {**self._definitions.get(found.definition, {}), **found.levels}
        level = levels.get(at)
        if level is None or not any((t.text or "").strip() for t in paragraph.iter(f"{W}t")):
            return ""
        if level.kind == "bullet":
            return "-"
        counts = self._counts.setdefault(found.definition, {})
        if at in found.starts and (name, at) not in self._begun:
            self._begun.add((name, at))
            counts[at] = found.starts[at]
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        for deeper in [n for n in counts if n > at]:
            del counts[deeper]
        return re.sub(r"%([1-9])", lambda m: self._shown(int(m[1]) - 1, levels, counts, legal=level.legal), level.text)

    def _shown(self, at: int, levels: Mapping[int, _Level], counts: dict[int, int], *, legal: bool) -> str:
        level = levels.get(at)
        if level is None:
            return ""
        value = counts.setdefault(at, level.start)
        return str(value) if legal else _written(level.kind, value)

    def _place(self, paragraph: ET.Element) -> tuple[str, int]:
        """The list and the level of a paragraph: its own, else its style's, or that of a style it is based on."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        style = _value(paragraph.find(f"{W}pPr"), "pStyle")
        name, at = _value(own, "numId"), _value(own, "ilvl")
        seen: set[str] = set()
        while style in self._styles and style not in seen and not name:
            seen.add(style)
            above = self._styles[style].find(f"{W}pPr/{W}numPr")
            name, at = _value(above, "numId"), at or _value(above, "ilvl")
            if name and not at and style in self._of_style:
                at = str(self._of_style[style][1])
            style = _value(self._styles[style], "basedOn")
        return name, int(at) if at.isdigit() else 0


def _written(kind: str, value: int) -> str:
    if kind == "none":
        return ""
    if kind == "decimalZero":
        return f"{value:02}"
    numeral = numeral_of(_SYSTEMS.get(kind, "number"), value) or str(value)
    return numeral.upper() if kind.startswith("upper") else numeral


def _level(level: ET.Element) -> _Level:
    start = level.find(f"{W}start")
    return _Level(_int(start, "val") if start is not None else 1, _value(level, "numFmt") or "decimal",
                  _value(level, "lvlText"), level.find(f"{W}isLgl") is not None)  # fmt: skip


def _value(parent: ET.Element | None, name: str) -> str:
    found = parent.find(f"{W}{name}") if parent is not None else None
    return found.get(f"{W}val", "") if found is not None else ""


def _int(element: ET.Element, name: str) -> int:
    text = element.get(f"{W}{name}", "")
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _root(data: bytes | None) -> ET.Element:
    try:
        return ET.fromstring(data) if data else ET.Element("none")
    except ET.ParseError:
        return ET.Element("none")
