"""The engine's structure tree, before it is written, in; the same tree within the rules of PDF/UA out.

The engine (70) puts a paragraph straight into a list item (``<li><p>``), where only a label and a body may stand, a
link's annotation into whatever box is inside the link and its words straight into the link, leaves header cells
without a scope, makes a table of its own of each page's part of a table, and keeps the levels of headings that a
fragment began at (a leaflet whose text starts with ``##``). All are common in real documents. The tree is mended here
as plain dictionaries: ten times faster than in the finished file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from .layout import boxes_of, children_of, is_repeated, kind

_ITEM_KIDS = {"/Lbl", "/LBody"}
_HEADINGS = {f"/H{level}" for level in range(1, 7)}


def mend_structure(document: Any, pdf: Any) -> None:
    """A finisher for the engine's ``write_pdf``: ``pdf`` is its unwritten file, objects numbered by position."""
    if "StructTreeRoot" not in pdf.catalog:
        return
    tree = _Tree(pdf)
    for element in [thing for thing in pdf.objects if _is_element(thing)]:
        if element["S"] == "/LI":
            tree.give_body(element)
        if element["S"] == "/TR":
            tree.give_scope(element)
        if element["S"] == "/Link":
            tree.give_spans(element)
        else:
            tree.free_links(element)
    tree.join_tables(document)
    tree.level_headings()


def _is_element(thing: Any) -> bool:
    return isinstance(thing, dict) and thing.get("Type") == "/StructElem"


class _Part:
    """One page's part of a table: its cells, and those of heads and feet that are repeated on every page."""

    def __init__(self, table: Any) -> None:
        groups = [group for group in children_of(table) if kind(group) == "TableRowGroupBox"]
        self.cells = [cell for group in groups for cell in _cells(group)]
        self.repeated = [cell for group in groups if is_repeated(group) for cell in _cells(group)]


def _cells(group: Any) -> list[Any]:
    return [cell for row in children_of(group) for cell in children_of(row) if getattr(cell, "mark", None) is not None]


def _id(cell: Any) -> str:
    """The identifier of a header cell; empty for any other."""
    return cell.mark["ID"].string if "ID" in cell.mark else ""


class _Tree:
    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        root = self._at(pdf.catalog["StructTreeRoot"])
        self._owners: list[Any] = self._at(root["ParentTree"])["Nums"]
        self._pages = {bytes(page): number for number, page in enumerate(pdf.page_references)}

    def _at(self, reference: Any) -> Any:
        """The object behind a reference (``b"12 0 R"``)."""
        return self._pdf.objects[int(bytes(reference).split()[0])]

    def _kid(self, kid: Any) -> Any:
        return kid if isinstance(kid, int) else self._at(kid)

    def _new(self, kind: str, parent: Any, kids: list[Any]) -> Any:
        import pydyf

        element = pydyf.Dictionary({"Type": "/StructElem", "S": kind, "K": pydyf.Array(kids), "P": parent.reference})
        if "Pg" in parent:
            element["Pg"] = parent["Pg"]
        self._pdf.add_object(element)
        return element

    def give_body(self, item: Any) -> None:
        """Put what stands loose in a list item into bodies, in its order."""
        kids = [(kid, _is_element(found := self._kid(kid)) and found["S"] in _ITEM_KIDS) for kid in item["K"]]
        if all(proper for _, proper in kids):
            return
        ordered: list[Any] = []
        for proper, group in groupby(kids, key=lambda pair: pair[1]):
            members = [kid for kid, _ in group]
            if proper:
                ordered += members
                continue
            body = self._new("/LBody", item, members)
            ordered.append(body.reference)
            for kid in members:
                self._adopt(kid, body, item)
        item["K"][:] = ordered

    def give_scope(self, row: Any) -> None:
        """Say what header cells head: their row when data cells stand beside them, else their column."""
        cells = [self._kid(kid) for kid in row["K"]]
        kinds = {cell["S"] for cell in cells if _is_element(cell)}
        for cell in cells:
            if _is_element(cell) and cell["S"] == "/TH" and "Scope" not in cell["A"]:
                cell["A"]["Scope"] = "/Row" if "/TD" in kinds else "/Column"

    def give_spans(self, link: Any) -> None:
        """Put the words of a link into spans, which can say what is meant (a space at the end of a line)."""
        for position, kid in enumerate(link["K"]):
            if isinstance(kid, int):
                span = self._new("/Span", link, [kid])
                link["K"][position] = span.reference
                self._adopt(kid, span, link)

    def join_tables(self, document: Any) -> None:
        """Put the parts of a table that goes on over pages into the first; what is repeated of its head goes."""
        begun: dict[Any, _Part] = {}
        for page in document.pages:
            for box in boxes_of(page):
                if kind(box) in {"TableBox", "InlineTableBox"} and box.element is not None:
                    part = _Part(box)
                    if part.cells and (first := begun.setdefault(box.element, part)) is not part:
                        self._join(first, part)

    def _join(self, first: _Part, part: _Part) -> None:
        table, more = self._above(first.cells[0].mark, "/Table"), self._above(part.cells[0].mark, "/Table")
        repeated = {bytes(self._above(cell.mark, "/THead", "/TFoot").reference) for cell in part.repeated}
        ids = {_id(cell): cell.mark["ID"] for cell in first.repeated if _id(cell)}
        names = {_id(old): ids[_id(new)] for old, new in zip(part.repeated, first.repeated, strict=False) if _id(new)}
        for cell in part.cells:
            if cell.mark is not None and "Headers" in cell.mark["A"]:
                headers = cell.mark["A"]["Headers"]
                headers[:] = [names.get(name.string, name) for name in headers]
        for kid in more["K"]:
            if bytes(kid) not in repeated:
                table["K"].append(kid)
                self._kid(kid)["P"] = table.reference
        around = self._at(more["P"])
        around["K"][:] = [kid for kid in around["K"] if isinstance(kid, int) or bytes(kid) != bytes(more.reference)]

    def _above(self, element: Any, *kinds: str) -> Any:
        while element["S"] not in kinds:
            element = self._at(element["P"])
        return element

    def level_headings(self) -> None:
        """Headings stand one level below the heading that they are under, whatever was written (PDF/UA-1, 7.4.2)."""
        above: list[str] = []
        for element in self._in_order():
            if element["S"] in _HEADINGS:
                while above and above[-1] >= element["S"]:
                    above.pop()
                above.append(element["S"])
                element["S"] = f"/H{len(above)}"

    def _in_order(self) -> Iterator[Any]:
        """The elements as they are read: each before its children."""
        waiting = list(reversed(self._kids(self._at(self._pdf.catalog["StructTreeRoot"]))))
        while waiting:
            found = self._kid(waiting.pop())
            if _is_element(found):
                yield found
                waiting += reversed(self._kids(found))

    def _kids(self, element: Any) -> list[Any]:
        kids = element.get("K", [])
        return list(kids) if isinstance(kids, list) else [kids]

    def _adopt(self, kid: Any, parent: Any, before: Any) -> None:
        """Tell a child, or whatever finds its owner by number, who its parent is now."""
        found = self._kid(kid)
        if _is_element(found):
            found["P"] = parent.reference
        elif isinstance(found, int):
            page = self._page_number(parent)
            self._owners[2 * page + 1][found] = parent.reference
        else:
            self._own(found, parent)

    def _page_number(self, element: Any) -> int:
        return self._pages[bytes(element["Pg"])]

    def _own(self, reference: Any, parent: Any) -> None:
        """Make an element the owner of an annotation that it refers to."""
        annotation = self._at(reference["Obj"])
        self._owners[2 * annotation["StructParent"] + 1] = parent.reference

    def free_links(self, element: Any) -> None:
        """Move link annotations to the link around an element, or into a link of their own."""
        kids = list(element["K"])
        for kid in kids:
            found = self._kid(kid)
            if isinstance(found, int) or found.get("Type") != "/OBJR":
                continue
            if self._at(found["Obj"]).get("Subtype") != "/Link":
                continue
            link = self._link_around(element)
            if link is None:
                link = self._new("/Link", element, [kid])
                element["K"][element["K"].index(kid)] = link.reference
            else:
                element["K"].remove(kid)
                link["K"].append(kid)
            self._own(found, link)

    def _link_around(self, element: Any) -> Any:
        while _is_element(element):
            if element["S"] == "/Link":
                return element
            element = self._at(element["P"])
        return None
