"""What the engine draws in; the tags that it leaves undone, put right in the finished PDF.

The engine (70) tags a document well enough for a validator. For a reader it leaves seven things undone:

- running headers and footers are marked as content that no structure owns: here they become pagination artefacts;
- the head of a table is tagged again on each page that the table goes on to: here it is an artefact there;
- decoration (``alt=""`` or ``aria-hidden="true"``) is tagged as a figure without description: here it is an artefact;
- the language of a part (``lang="cy"``) is not written: here it is, on each run of text;
- text inside ``opacity`` is drawn in a form of its own and lost to the structure: here the structure points there;
- a space between two elements or at the end of a line is not drawn, so words run together, and a word broken by the
  engine keeps its hyphen: here the structure says what is meant;
- a figure's bounding box is in pixels from the top of the page: here in points from the bottom.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf
from msgspec import Struct, field
from pikepdf import Array, Dictionary, Name

from ..diagnostics import Diagnostic, Span, error
from .fetch import shown
from .layout import POINTS, boxes_of, children_of, is_principal, is_repeated, kind
from .tags import is_element, kids, parent_tree, set_parent_tree

_SVG = "{http://www.w3.org/2000/svg}"


class _Page(Struct):
    """The marked content of one page, by MCID, where something is to be done about it."""

    height: float
    languages: dict[int, str] = field(default_factory=dict)
    artefacts: dict[int, dict[str, str]] = field(default_factory=dict)
    figures: list[int] = field(default_factory=list)
    meant: dict[int, str] = field(default_factory=dict)
    groups: dict[int, Any] = field(default_factory=dict)


class Tagging:
    """Watches one document being drawn, then mends its tags."""

    def __init__(self, root: Any, lang: str) -> None:
        self._lang = lang
        self._hidden = {
            id(inner) for element in root.iter() if element.get("aria-hidden") == "true" for inner in element.iter()
        }
        self._pages: list[_Page] = []
        self._undescribed: list[str] = []
        self._endings: dict[int, str] = {}
        self._again: set[int] = set()

    def watch(self, laid_out: Any) -> None:
        """Look over the engine's shoulder while it paints each page."""
        self._endings = _line_endings(laid_out)
        self._again = _again(laid_out)
        for page in laid_out.pages:
            page.paint = self._painter(page, page.paint)

    def _painter(self, page: Any, paint: Any) -> Any:
        def painted(stream: Any, scale: float = 1) -> None:
            known = set(stream._resources["XObject"])
            paint(stream, scale)
            if stream._tags is not None:
                groups = [group for name, group in stream._resources["XObject"].items() if name not in known]
                self._pages.append(self._noted(page, stream, groups))

        return painted

    def _noted(self, page: Any, stream: Any, groups: list[Any]) -> _Page:
        noted = _Page(page.height)
        margins = {id(box) for margin in page._page_box.children if kind(margin) == "MarginBox" for box in _all(margin)}
        for box, tag in stream._tags.items():
            number = tag["mcid"]
            if id(box) in margins or id(box) in self._again:
                noted.artefacts[number] = {"Type": "/Pagination"}
            elif id(box.element) in self._hidden or _is_decoration(box):
                noted.artefacts[number] = {}
            elif kind(box) != "TextBox":
                noted.figures.append(number)
                self._look_for_description(box)
            elif box.text and not box.text.strip():
                noted.meant[number] = " "
            elif id(box) in self._endings:
                noted.meant[number] = self._endings[id(box)]
            lang = box.style["lang"]
            if lang and lang != self._lang and number not in noted.artefacts:
                noted.languages[number] = lang
        _make_artefacts(stream, noted.artefacts)
        for group in _with_groups(groups):
            _make_artefacts(group, noted.artefacts)
            for number in _marks(group):
                noted.groups[number] = group
        return noted

    def _look_for_description(self, box: Any) -> None:
        element = box.element
        if not is_principal(box):
            return
        if element.tag == f"{_SVG}svg":
            if not (element.findtext(f"{_SVG}title") or "").strip():
                self._undescribed.append("an inline drawing")
        elif not (element.get("alt") or "").strip():
            self._undescribed.append(shown(element.get("src") or element.get("data") or element.tag))

    def diagnostics(self, span: Span) -> list[Diagnostic]:
        """Pictures that say nothing to a screen reader."""
        hint = 'describe it in alt="..." (inline SVG: in <title>), or write alt="" when it is decoration'
        names = dict.fromkeys(self._undescribed)
        return [error("Q105", f"the picture '{name}' has no description", span, hint=hint) for name in names]

    def mend(self, pdf: pikepdf.Pdf) -> None:
        """Mend the tags of the finished file (its pages in the order they were watched)."""
        if Name.StructTreeRoot not in pdf.Root:
            return
        tree = parent_tree(pdf.Root.StructTreeRoot)
        following = max(tree, default=-1) + 1
        changed = False
        for index, page in enumerate(self._pages):
            owners = tree.get(index, Array())
            for number, lang in page.languages.items():
                owners[number].Lang = lang
            for number, text in page.meant.items():
                if Name.Span == owners[number].S:
                    owners[number].ActualText = text
            for number in page.figures:
                _turn_box(owners[number], page.height)
            for form, numbers in _by_form(pdf, page.groups):
                form.StructParents = following
                tree[following] = owners
                following += 1
                changed = True
                for number in numbers:
                    if number not in page.artefacts:
                        _point_into(owners[number], number, form, pdf.pages[index].obj)
            for number in sorted(page.artefacts, reverse=True):
                _remove(owners[number], number)
                owners[number] = None
        if changed:
            set_parent_tree(pdf, tree)


def name_drawings(root: Any) -> None:
    """Give inline drawings named with ``aria-label`` the ``<title>`` that the engine reads."""
    for drawing in root.iter(f"{_SVG}svg"):
        label = drawing.get("aria-label")
        if label and drawing.find(f"{_SVG}title") is None:
            title = drawing.makeelement(f"{_SVG}title", {})
            title.text = label
            drawing.insert(0, title)


def _all(box: Any) -> Iterator[Any]:
    waiting = [box]
    while waiting:
        inner = waiting.pop()
        yield inner
        waiting += children_of(inner)


def _line_endings(laid_out: Any) -> dict[int, str]:
    """The last run of each line that goes on in another one: its text with a space, or without the hyphen put in."""
    lines: list[tuple[int, Any]] = []  # block and last run
    for page in laid_out.pages:
        waiting: list[tuple[Any, Any]] = [(page._page_box, None)]
        while waiting:
            box, block = waiting.pop()
            if kind(box) == "LineBox":
                runs = [inner for inner in _all(box) if kind(inner) == "TextBox" and inner.text.strip()]
                if runs:
                    right = box.style["direction"] == "ltr"
                    lines.append((id(block), max(runs, key=lambda run: run.position_x if right else -run.position_x)))
            waiting += [(child, box.element) for child in reversed(children_of(box))]
    last = {block: index for index, (block, _) in enumerate(lines)}
    return {id(run): _as_meant(run) for index, (block, run) in enumerate(lines) if index < last[block]}


def _again(laid_out: Any) -> set[int]:
    """The boxes of table heads and feet that another page has as well, on all pages but the first."""
    seen: set[int] = set()
    found: set[int] = set()
    for page in laid_out.pages:
        groups = [box for box in boxes_of(page) if kind(box) == "TableRowGroupBox" and is_repeated(box)]
        for group in groups:
            if id(group.element) in seen:
                found.update(map(id, _all(group)))
        seen.update(id(group.element) for group in groups)
    return found


def _as_meant(run: Any) -> str:
    hyphen = run.style["hyphenate_character"]
    if run.style["hyphens"] != "none" and hyphen and run.text.endswith(hyphen):
        return str(run.text[: -len(hyphen)])
    return f"{run.text.rstrip()} "


def _is_decoration(box: Any) -> bool:
    if kind(box) == "TextBox":
        return False
    return not is_principal(box) or (box.element.tag != f"{_SVG}svg" and box.element.get("alt") == "")


def _with_groups(groups: list[Any]) -> Iterator[Any]:
    """Transparency groups and all groups within them."""
    waiting = [group for group in groups if hasattr(group, "stream") and hasattr(group, "_resources")]
    while waiting:
        group = waiting.pop()
        yield group
        waiting += [inner for inner in group._resources["XObject"].values() if hasattr(inner, "_resources")]


def _marks(stream: Any) -> list[int]:
    return [item["MCID"] for item in stream.stream if isinstance(item, dict) and "MCID" in item]


def _make_artefacts(stream: Any, artefacts: dict[int, dict[str, str]]) -> None:
    """Rewrite the marks in a stream that is not written yet: ``/Span <</MCID 3>> BDC`` is three items of its list."""
    items = stream.stream
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get("MCID") in artefacts:
            items[index - 1] = "/Artifact"
            properties = artefacts[item.pop("MCID")]
            item.update(properties)


def _by_form(pdf: pikepdf.Pdf, groups: dict[int, Any]) -> Iterator[tuple[Any, list[int]]]:
    """The written forms of transparency groups, with the marks in each. The engine's object numbers still hold."""
    numbers: dict[int, list[int]] = {}
    for number, group in groups.items():
        numbers.setdefault(group.number, []).append(number)
    for written, marks in sorted(numbers.items()):
        yield pdf.get_object(written, 0), marks


def _point_into(element: Any, number: int, form: Any, page: Any) -> None:
    element.K = Array(
        [
            kid if isinstance(kid, Dictionary) or int(kid) != number
            else Dictionary(Type=Name.MCR, Pg=page, Stm=form, MCID=number)
            for kid in kids(element)
        ]
    )  # fmt: skip


def _turn_box(element: Any, height: float) -> None:
    attributes = element.get(Name.A)
    if isinstance(attributes, Dictionary) and Name.BBox in attributes:
        left, top, right, bottom = (float(value) for value in attributes.BBox)
        turned = (left, height - bottom, right, height - top)
        attributes.BBox = Array([round(value * POINTS, 3) for value in turned])


def _remove(element: Any, number: int) -> None:
    """Take a mark out of the structure, and every element that this leaves empty."""
    if element is None or element.get(Name.P) is None:
        return
    left = [kid for kid in kids(element) if isinstance(kid, Dictionary) or int(kid) != number]
    element.K = Array(left)
    while not left and element.get(Name.S) not in {Name.TD, Name.TH, Name.Document}:
        parent = element.get(Name.P)
        if parent is None or parent.get(Name.Type) == Name.StructTreeRoot:
            return
        left = [kid for kid in kids(parent) if not (is_element(kid) and kid.objgen == element.objgen)]
        parent.K = Array(left)
        element = parent
