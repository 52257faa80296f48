"""A list of HTML in; Word's numbering for it out, so that the numbers are those that are printed everywhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

_STYLES = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MARKER = re.compile(r"(?P<before>[(\[]?(?:[\w]{1,6}[.-]){0,4})(?P<value>\d{1,4}|[a-zA-Z]{1,6})(?P<after>[.):;\]-]*)")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
BULLET = "\u2022"
_BULLETS = {BULLET, "-", "*", "+", "\u2013", "\u2014", "\u00b7", "\u25e6", "\u25aa"}


class Pattern(Struct, frozen=True):
    """``regular`` lists are numbered by Word: ``kind`` (its name), ``shape`` (``(%)``) and where it starts.

    Others have their markers typed.
    """

    regular: bool
    markers: tuple[str, ...]
    kind: str = "bullet"
    shape: str = BULLET
    start: int = 1


def pattern_of(node: Any, items: Sequence[Any]) -> Pattern:
    """How a list is numbered; ``data-marker`` and ``value`` of its items come before its own attributes."""
    if node.tag == "ul" and not any(i.attributes.get("data-marker") for i in items):
        return Pattern(True, (BULLET,) * len(items))
    kind = _STYLES.get(node.attributes.get("type") or "1", "decimal")
    markers, counted = [], _number(node.attributes.get("start"), 1)
    for item in items:
        counted = _number(item.attributes.get("value"), counted)
        markers.append(item.attributes.get("data-marker") or f"{written(counted, kind)}.")
        counted += 1
    return _regular(tuple(markers)) or Pattern(False, tuple(markers))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text) else default


def _regular(markers: tuple[str, ...]) -> Pattern | None:
    """``(b)``, ``(c)`` as small letters between brackets from the second on; None where Word would count otherwise."""
    first = markers[0].strip() if markers else "1."
    if set(markers) <= _BULLETS and len(set(markers)) == 1:
        return Pattern(True, markers, shape=first)
    match = _MARKER.fullmatch(first)
    for kind in _STYLES.values() if match else ():
        start = _value(match["value"], kind)  # type: ignore[index]
        shape = f"{match['before']}%{match['after']}"  # type: ignore[index]
        counted = (shape.replace("%", written(start + n, kind)) for n in range(len(markers)))
        if start and all(said == marker.strip() for said, marker in zip(counted, markers, strict=True)):
            return Pattern(True, markers, kind, shape, start)
    return None


def _value(text: str, kind: str) -> int:
    """Which number Word writes like this; 0 for none."""
    if kind == "decimal":
        return int(text) if text.isdigit() else 0
    likely = range(1, 400) if kind.endswith("Roman") else range(1, 157)
    return next((n for n in likely if written(n, kind) == text), 0)


def written(value: int, kind: str) -> str:
    """A number as Word writes it: 28 as ``bb`` in letters, as ``xxviii`` in Roman numerals."""
    if kind in {"lowerLetter", "upperLetter"} and value > 0:
        text = chr(97 + (value - 1) % 26) * ((value - 1) // 26 + 1)
    elif kind in {"lowerRoman", "upperRoman"} and 0 < value < 400:
        text, rest = "", value
        for sign, worth in (
            ("c", 100),
            ("xc", 90),
            ("l", 50),
            ("xl", 40),
            ("x", 10),
            ("ix", 9),
            ("v", 5),
            ("iv", 4),
            ("i", 1),
        ):
            text, rest = text + sign * (rest // worth), rest % worth
    else:
        return str(value)
    return text.upper() if kind.startswith("upper") else text


class Numbering:
    """The numbering part of one document: a definition for each list."""

    def __init__(self, document: Any) -> None:
        self._root = document.part.numbering_part.element
        self._next = 1 + max((int(n) for n in self._root.xpath("//w:abstractNum/@w:abstractNumId")), default=0)
        self._instance = 1 + max((int(n) for n in self._root.xpath("//w:num/@w:numId")), default=0)

    def new(self, pattern: Pattern, depth: int) -> int:
        """Define a list; the number by which its paragraphs name it."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        text = pattern.shape.replace("%", f"%{depth + 1}")
        level = min(depth, 8)
        left, hanging = 567 + 510 * depth, 510
        definition = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self._next}"><w:multiLevelType w:val="singleLevel"/>'
            f'<w:lvl w:ilvl="{level}"><w:start w:val="{pattern.start}"/><w:numFmt w:val="{pattern.kind}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr></w:lvl></w:abstractNum>'
        )
        instance = parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{self._instance}"><w:abstractNumId w:val="{self._next}"/></w:num>'
        )
        first = next(iter(self._root.xpath("./w:num")), None)
        if first is not None:
            first.addprevious(definition)  # the schema wants definitions before instances
        else:
            self._root.append(definition)
        self._root.append(instance)
        self._next, self._instance = self._next + 1, self._instance + 1
        return self._instance - 1

    def number(self, paragraph: Any, number: int, depth: int) -> None:
        """Make a paragraph an item of a list."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        properties = paragraph._p.get_or_add_pPr()
        found = properties.get_or_add_numPr()
        found.append(parse_xml(f'<w:ilvl {nsdecls("w")} w:val="{min(depth, 8)}"/>'))
        found.append(parse_xml(f'<w:numId {nsdecls("w")} w:val="{number}"/>'))
        for indent in properties.xpath("./w:ind"):
            properties.remove(indent)
