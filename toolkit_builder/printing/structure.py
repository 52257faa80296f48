"""The engine's structure tree, before it is written, in; the same tree within the rules of PDF/UA out.

The engine (70) puts a paragraph straight into a list item (``<li><p>``), where only a label and a body may stand, a
link's annotation into whatever box is inside the link, leaves header cells without a scope, and keeps the levels of
headings that a fragment began at (a leaflet whose text starts with ``##``). All are common in real documents. The tree
is mended here as plain dictionaries: ten times faster than in the finished file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

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
        if element["S"] != "/Link":
            tree.free_links(element)
    tree.level_headings()


def _is_element(thing: Any) -> bool:
    return isinstance(thing, dict) and thing.get("Type") == "/StructElem"


class _Tree:
    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        root = self._at(pdf.catalog["StructTreeRoot"])
        self._owners: list[Any] = self._at(root["ParentTree"])["Nums"]

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
        return [bytes(page) for page in self._pdf.page_references].index(bytes(element["Pg"]))

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
