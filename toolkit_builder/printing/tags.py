"""The structure tree of an open PDF: reading its parent tree, and walking its elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name


def parent_tree(root: Any) -> dict[int, Any]:
    """The parent tree of a structure tree root, flat: from StructParent(s) keys to elements."""
    found: dict[int, Any] = {}
    waiting: list[Any] = [root.get(Name.ParentTree, Dictionary())]
    while waiting:
        node: Any = waiting.pop()
        numbers = list(node.get(Name.Nums, []))
        found.update((int(numbers[i]), numbers[i + 1]) for i in range(0, len(numbers), 2))
        waiting += list(node.get(Name.Kids, []))
    return found


def set_parent_tree(pdf: pikepdf.Pdf, tree: dict[int, Any]) -> None:
    pairs: list[Any] = [item for key in sorted(tree) for item in (key, tree[key])]
    root = pdf.Root.StructTreeRoot
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(pairs)))
    root.ParentTreeNextKey = max(tree, default=-1) + 1


def kids(element: Any) -> list[Any]:
    """The children of a structure element, however few: MCIDs (int), references and elements."""
    inner = element.get(Name.K)
    if inner is None:
        return []
    return list(inner) if isinstance(inner, Array) else [inner]


def is_element(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get(Name.Type) not in {Name.MCR, Name.OBJR}


def elements(root: Any) -> Iterator[Any]:
    """Every structure element below a node (and the node itself), in reading order."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting += reversed([kid for kid in kids(element) if is_element(kid)])


def document_element(root: Any) -> Any:
    """The one Document element that the engine puts under a structure tree root."""
    return kids(root)[0]


def destinations(pdf: pikepdf.Pdf) -> Iterator[Array]:
    """Every explicit destination of a file: named ones, of bookmarks, of link annotations."""
    for _, target in named_destinations(pdf.Root):
        if isinstance(target, Array):
            yield target
    if Name.Outlines in pdf.Root:
        for item in bookmarks(pdf.Root.Outlines):
            yield from _explicit(item)
    for page in pdf.pages:
        for note in page.obj.get(Name.Annots, Array()):
            yield from _explicit(note)


def bookmarks(node: Any) -> Iterator[Any]:
    """The items of an outline, depth first."""
    item = node.get(Name.First)
    while item is not None:
        yield item
        yield from bookmarks(item)
        item = item.get(Name.Next)


def named_destinations(catalogue: Any) -> Iterator[tuple[bytes, Any]]:
    """Name and explicit destination of every entry of the name tree."""
    names = catalogue.get(Name.Names, Dictionary())
    waiting = [names.get(Name.Dests, Dictionary())]
    while waiting:
        node: Any = waiting.pop()
        pairs = list(node.get(Name.Names, []))
        for index in range(0, len(pairs), 2):
            value = pairs[index + 1]
            yield bytes(pairs[index]), value.get(Name.D) if isinstance(value, Dictionary) else value
        waiting += list(node.get(Name.Kids, []))


def _explicit(holder: Any) -> Iterator[Array]:
    target = holder.get(Name.Dest)
    if target is None and Name.A in holder:
        target = holder.A.get(Name.D)
    if isinstance(target, Array):
        yield target


def tagged_forms(pages: Iterable[Any]) -> Iterator[Any]:
    """Forms drawn by pages (or by other forms) that own a part of the structure, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [page.get(Name.Resources, Dictionary()) for page in pages]
    while waiting:
        resources: Any = waiting.pop()
        for _, drawn in resources.get(Name.XObject, Dictionary()).items():
            if drawn.get(Name.Subtype) != Name.Form or drawn.objgen in seen:
                continue
            seen.add(drawn.objgen)
            if Name.StructParents in drawn:
                yield drawn
            waiting.append(drawn.get(Name.Resources, Dictionary()))
