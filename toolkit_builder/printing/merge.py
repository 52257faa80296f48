"""A static PDF printed once and a small variable PDF in; the leaflet made of both out, tagged as one document.

The variable part holds only what differs between branches, in absolutely placed boxes on pages of the same size: for
each page one box as tall as its text area (a page without anything in the flow does not exist), holding them. It is
drawn over the static part; on each page its structure follows that of the static part. Title and metadata are the
variable part's.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from ..diagnostics import Diagnostic
from .document import Engine, PrintDocument
from .finish import written
from .tags import (
    bookmarks,
    document_element,
    elements,
    is_element,
    kids,
    named_destinations,
    parent_tree,
    set_parent_tree,
    tagged_forms,
)

_KINDS = (Name.Font, Name.XObject, Name.ExtGState, Name.Pattern, Name.Shading)
_MCID = re.compile(rb"/MCID (\d+)")


@dataclass(frozen=True, slots=True)
class Master:
    """The static part, printed: plain bytes, so that it travels to workers."""

    pdf: bytes


def prepare(engine: Engine, document: PrintDocument) -> tuple[Master, list[Diagnostic]]:
    """Print the static part."""
    printed, found = engine.render(document)
    return Master(printed.pdf), found


def merge(master: Master, variable: bytes) -> bytes:
    """Lay the variable pages over the static ones. Pages that only one part has are kept."""
    with pikepdf.open(io.BytesIO(master.pdf)) as static, pikepdf.open(io.BytesIO(variable)) as added:
        _Merger(static, added).run()
        return written(static)


class _Merger:
    """One merge. ``own`` are pages of the static part, ``copies`` the variable pages brought into its file."""

    def __init__(self, static: pikepdf.Pdf, added: pikepdf.Pdf) -> None:
        self._static = static
        self._added = added
        count = len(static.pages)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that destinations stay behind; they are brought over below
            static.pages.extend(added.pages)  # first: what is copied next finds its pages there
        self._own = [page.obj for page in static.pages[:count]]
        self._copies = [page.obj for page in static.pages[count:]]
        self._shared = min(count, len(self._copies))
        self._root = static.copy_foreign(added.make_indirect(added.Root.StructTreeRoot))
        self._tree = parent_tree(static.Root.StructTreeRoot)
        self._over = {copy.objgen: own for copy, own in zip(self._copies, self._own, strict=False)}
        self._marks = {copy.objgen: len(self._marked(own)) for copy, own in zip(self._copies, self._own, strict=False)}

    def run(self) -> None:
        for copy, own in zip(self._copies, self._own, strict=False):
            self._draw(copy, own)
        self._parents()
        self._structure()
        self._names()
        self._bookmarks()
        self._metadata()
        count = len(self._own)
        del self._static.pages[count : count + self._shared]

    def _marked(self, own: Any) -> Any:
        """The elements of a static page's marked content, by MCID."""
        return self._tree.get(int(own.get(Name.StructParents, -1)), [])

    def _draw(self, copy: Any, own: Any) -> None:
        """Draw a variable page over its static page."""
        drawing = copy.Contents.read_bytes()
        names = _borrowed(copy.Resources, own.Resources)
        if names:
            drawing = names.sub(rb"/over-\1", drawing)
        offset = self._marks[copy.objgen]
        drawing = _MCID.sub(lambda found: b"/MCID %d" % (int(found[1]) + offset), drawing)
        page = pikepdf.Page(own)
        page.contents_add(self._static.make_stream(b"q"), prepend=True)
        page.contents_add(self._static.make_stream(b"Q q " + drawing + b" Q"))

    def _parents(self) -> None:
        """Bring the variable part's parent tree over, and its links onto the static pages."""
        theirs = parent_tree(self._root)
        following = max(self._tree, default=-1) + 1
        for form in tagged_forms(self._copies):
            self._tree[following] = theirs[int(form.StructParents)]
            form.StructParents = following
            following += 1
        for copy in self._copies:
            own = self._over.get(copy.objgen)
            elements_of_page = theirs.get(int(copy.get(Name.StructParents, -1)), Array())
            if own is None:
                copy.StructParents = following
                self._tree[following] = elements_of_page
                following += 1
            elif Name.StructParents in own:
                self._marked(own).extend(list(elements_of_page))
            else:
                own.StructParents = following
                self._tree[following] = elements_of_page
                following += 1
            for note in copy.get(Name.Annots, Array()):
                if Name.StructParent in note:
                    self._tree[following] = theirs[int(note.StructParent)]
                    note.StructParent = following
                    following += 1
                if own is not None:
                    note.P = own
                    if Name.Annots not in own:
                        own.Annots = Array()
                    own.Annots.append(note)
        set_parent_tree(self._static, self._tree)

    def _structure(self) -> None:
        """Put the variable part's elements behind those of the same page."""
        whole = document_element(self._static.Root.StructTreeRoot)
        order = {page.obj.objgen: index for index, page in enumerate(self._static.pages)}
        theirs = kids(document_element(self._root))
        for element in elements(document_element(self._root)):
            self._retarget(element)
        ours = kids(whole)
        placed = [(order[_page_of(element).objgen], 0, element) for element in ours]
        for element in theirs:
            element.P = whole
            placed.append((order[_page_of(element).objgen], 1, element))
        placed.sort(key=lambda item: item[:2])
        whole.K = Array([element for _, _, element in placed])

    def _retarget(self, element: Any) -> None:
        page = element.get(Name.Pg)
        offset = self._marks.get(page.objgen, 0) if page is not None else 0
        if page is not None and page.objgen in self._over:
            element.Pg = self._over[page.objgen]
        changed = []
        for kid in kids(element):
            if not isinstance(kid, Dictionary):
                kid = int(kid) + offset
            elif not is_element(kid) and Name.Pg in kid and kid.Pg.objgen in self._over:
                if kid.Type == Name.MCR and Name.Stm not in kid:
                    kid.MCID = int(kid.MCID) + self._marks[kid.Pg.objgen]
                kid.Pg = self._over[kid.Pg.objgen]
            changed.append(kid)
        if changed:
            element.K = Array(changed)
        _own_ids(element)

    def _retargeted(self, target: Any) -> Any:
        if isinstance(target, Array) and len(target) and isinstance(target[0], Dictionary):
            target[0] = self._over.get(target[0].objgen, target[0])
        return target

    def _names(self) -> None:
        """Named destinations of both parts, in one sorted tree; where both have a name, the static one stays."""
        catalogue = self._added.Root
        if Name.Names not in catalogue or Name.Dests not in catalogue.Names:
            return
        copied = Dictionary(Names=self._static.copy_foreign(self._added.make_indirect(catalogue.Names)))
        found = {name: self._retargeted(target) for name, target in named_destinations(copied)}
        found |= dict(named_destinations(self._static.Root))
        pairs = Array()
        for name in sorted(found):
            pairs.extend([pikepdf.String(name), found[name]])
        if Name.Names not in self._static.Root:
            self._static.Root.Names = Dictionary()
        self._static.Root.Names.Dests = Dictionary(Names=pairs)

    def _bookmarks(self) -> None:
        """The variable part's bookmarks behind the static ones."""
        added, root = self._added.Root, self._static.Root
        if Name.Outlines not in added or Name.First not in added.Outlines:
            return
        outline = self._static.copy_foreign(added.Outlines)
        for item in bookmarks(outline):
            if Name.Dest in item:
                self._retargeted(item.Dest)
        if Name.Outlines not in root or Name.First not in root.Outlines:
            root.Outlines = outline
            return
        ours, item = root.Outlines, outline.First
        ours.Last.Next, item.Prev = item, ours.Last
        while item is not None:
            item.Parent = ours
            item = item.get(Name.Next)
        ours.Last = outline.Last
        ours.Count = int(ours.get(Name.Count, 0)) + int(outline.get(Name.Count, 0))

    def _metadata(self) -> None:
        self._static.Root.Metadata = self._static.copy_foreign(self._added.Root.Metadata)
        if Name.Lang in self._added.Root:
            self._static.Root.Lang = str(self._added.Root.Lang)
        for key, value in self._added.docinfo.items():
            self._static.docinfo[key] = str(value)


def _page_of(element: Any) -> Any:
    """The page of an element, or of the first one below it that has one."""
    return next(inner.Pg for inner in elements(element) if Name.Pg in inner)


def _own_ids(element: Any) -> None:
    """Table headers are found by identifiers, which both parts number from one."""
    if Name.ID in element:
        element.ID = pikepdf.String(b"over-" + bytes(element.ID))
    attributes = element.get(Name.A)
    if isinstance(attributes, Dictionary) and Name.Headers in attributes:
        attributes.Headers = Array([pikepdf.String(b"over-" + bytes(name)) for name in attributes.Headers])


def _borrowed(theirs: Any, ours: Any) -> re.Pattern[bytes] | None:
    """Add a page's resources to another's under new names; a pattern that finds the old names in its drawing."""
    names: list[bytes] = []
    for kind in _KINDS:
        for key, value in theirs.get(kind, Dictionary()).items():
            if kind not in ours:
                ours[kind] = Dictionary()
            ours[kind][Name("/over-" + str(key)[1:])] = value
            names.append(re.escape(str(key)[1:].encode()))
    for key, value in theirs.get(Name.ColorSpace, Dictionary()).items():
        if Name.ColorSpace not in ours:
            ours.ColorSpace = Dictionary()
        if key not in ours.ColorSpace:
            ours.ColorSpace[key] = value
    return re.compile(rb"/(" + b"|".join(sorted(names)) + rb")(?=[\s\]/<>])") if names else None
