"""A PDF and the name of a layout in; the same document imposed on sheets out, with all that makes it accessible.

Each page's own content stream becomes a form that is drawn on a sheet, in place: links, bookmarks and named
destinations move along, and the structure tree points into the forms (``/Stm``), so the reading order is still the
document's and PDF/UA still holds.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name

from ..diagnostics import Diagnostic, Span, error
from .boxes import MARK, box_of
from .finish import written
from .sheets import POINTS_PER_MM, Cell, Plan, plan
from .tags import destinations, elements, is_element, kids

_MARKED = re.compile(rb"/\w+\s*<<[^<>]*/MCID[^<>]*>>\s*BDC")


class _Placed(Struct, frozen=True):
    """Where a page went: its sheet, its form, and the scale and shift that took it there."""

    sheet: Any
    form: Any
    scale: float
    x: float
    y: float


def impose(
    pdf: bytes, layout: str, sheet: str = "a4", *, marks: bool = False, right_bound: bool = False, path: str = ""
) -> tuple[bytes, list[Diagnostic]]:
    """Impose a printed document; see ``sheets`` for the layouts.

    Pages are scaled to fill their cell; with ``marks`` they keep their size at most, so that cut marks (fold marks for
    a booklet) find room, and bleed is shown where the sheet has room for it. ``right_bound`` is for right-to-left
    booklets. A wrong name gives the document back as it was, and a diagnostic.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        first = box_of(opened.pages[0], "TrimBox")
        try:
            chosen = plan(
                len(opened.pages), (first[2] - first[0], first[3] - first[1]), layout, sheet, right_bound=right_bound
            )
        except ValueError as reason:
            return pdf, [error("Q161", str(reason), Span(path) if path else None)]
        _arrange(opened, chosen, marks=marks)
        return written(opened), []


def _arrange(pdf: pikepdf.Pdf, chosen: Plan, *, marks: bool) -> None:
    old = list(pdf.pages)
    where: dict[tuple[int, int], _Placed] = {}
    for side in chosen.sides:
        pdf.add_blank_page(page_size=(chosen.width, chosen.height))
        sheet = pdf.pages[-1]
        _fill(pdf, sheet, [old[page] if page is not None else None for page in side], chosen, where, marks=marks)
    for target in destinations(pdf):
        _move(target, where)
    if Name.StructTreeRoot in pdf.Root:
        _retag(pdf.Root.StructTreeRoot, where)
    if Name.PageLabels in pdf.Root:
        del pdf.Root.PageLabels
    for page in old:
        # The forms took over the streams: what stays on the old pages would only keep them alive.
        for name in (Name.Contents, Name.Resources, Name.Annots, Name.StructParents):
            if name in page.obj:
                del page.obj[name]
    del pdf.pages[: len(old)]


def _fill(
    pdf: pikepdf.Pdf,
    sheet: pikepdf.Page,
    pages: list[pikepdf.Page | None],
    chosen: Plan,
    where: dict[tuple[int, int], _Placed],
    *,
    marks: bool,
) -> None:
    """Draw one side of a sheet."""
    forms, notes, drawing = Dictionary(), Array(), []
    trims: list[tuple[float, float, float, float]] = []
    for position, (cell, page) in enumerate(zip(chosen.cells, pages, strict=True)):
        if page is None:
            continue
        trim = box_of(page, "TrimBox")
        scale, x, y = _fit(trim, cell, at_most=1.0 if marks else None)
        if chosen.folded:  # the two halves meet at the fold
            inner = chosen.width / 2
            width = (trim[2] - trim[0]) * scale
            x = (inner - width if position == 0 else inner) - trim[0] * scale
        trims.append((trim[0] * scale + x, trim[1] * scale + y, trim[2] * scale + x, trim[3] * scale + y))
        key = page.obj.objgen
        if key in where:
            form = _copy_without_tags(pdf, where[key].form)
        else:
            form = _as_form(page, _shown(page, trim, cell, scale) if marks and not chosen.folded else trim)
            where[key] = _Placed(sheet.obj, form, scale, x, y)
            notes.extend(_moved_notes(page, where[key]))
        name = f"/P{position}"
        forms[Name(name)] = form
        drawing.append(f"q {scale:.6f} 0 0 {scale:.6f} {x:.4f} {y:.4f} cm {name} Do Q")
    if marks:
        drawing.append(_marks(trims, chosen))
    sheet.obj.Resources = Dictionary(XObject=forms)
    sheet.obj.Contents = pdf.make_stream("\n".join(drawing).encode())
    sheet.obj.TrimBox = Array([0, 0, round(chosen.width, 3), round(chosen.height, 3)])
    if len(notes):
        sheet.obj.Annots = notes
    sheet.obj.Tabs = Name.S


def _fit(trim: tuple[float, float, float, float], cell: Cell, at_most: float | None) -> tuple[float, float, float]:
    """Scale and shift that centre a page in its cell."""
    width, height = trim[2] - trim[0], trim[3] - trim[1]
    scale = min(cell.width / width, cell.height / height)
    if at_most is not None:
        scale = min(scale, at_most)
    if abs(scale - 1) < 0.005:  # an A5 page is half a millimetre less than half an A4 sheet
        scale = 1.0
    x = cell.x + (cell.width - width * scale) / 2 - trim[0] * scale
    y = cell.y + (cell.height - height * scale) / 2 - trim[1] * scale
    return scale, x, y


def _shown(
    page: pikepdf.Page, trim: tuple[float, float, float, float], cell: Cell, scale: float
) -> tuple[float, float, float, float]:
    """The page with as much of its bleed as its cell has room for."""
    bleed = box_of(page, "BleedBox")
    across = max(0.0, (cell.width / scale - (trim[2] - trim[0])) / 2)
    down = max(0.0, (cell.height / scale - (trim[3] - trim[1])) / 2)
    return (
        max(bleed[0], trim[0] - across),
        max(bleed[1], trim[1] - down),
        min(bleed[2], trim[2] + across),
        min(bleed[3], trim[3] + down),
    )


def _as_form(page: pikepdf.Page, box: tuple[float, float, float, float]) -> Any:
    """The page's own content stream, turned into a form without being copied."""
    page.contents_coalesce()
    form = page.obj.Contents
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.Resources = page.obj.Resources
    form.BBox = Array([round(value, 3) for value in box])
    if Name.StructParents in page.obj:
        form.StructParents = page.obj.StructParents
    return form


def _copy_without_tags(pdf: pikepdf.Pdf, form: Any) -> Any:
    """A second print of a page on a sheet is an artefact: nobody wants it read out again."""
    copy = pdf.make_stream(_MARKED.sub(b"/Artifact BMC", form.read_bytes()))
    for name in (Name.Type, Name.Subtype, Name.Resources, Name.BBox, Name.Group, Name.Matrix):
        if name in form:
            copy[name] = form[name]
    inner = form.get(Name.Resources, Dictionary()).get(Name.XObject, Dictionary())
    tagged = {name: drawn for name, drawn in inner.items() if Name.StructParents in drawn}
    if tagged:
        resources = Dictionary(dict(form.Resources.items()))
        replaced = {name: _copy_without_tags(pdf, drawn) for name, drawn in tagged.items()}
        resources.XObject = Dictionary({**dict(inner.items()), **replaced})
        copy.Resources = resources
    return copy


def _moved_notes(page: pikepdf.Page, placed: _Placed) -> list[Any]:
    notes = list(page.obj.get(Name.Annots, Array()))
    for note in notes:
        for name in (Name.Rect, Name.QuadPoints):
            if name in note:
                moved = []
                for index, value in enumerate(note[name]):
                    shift = placed.y if index % 2 else placed.x
                    moved.append(round(float(value) * placed.scale + shift, 3))
                note[name] = Array(moved)
        note.P = placed.sheet
    return notes


def _move(target: Array, where: dict[tuple[int, int], _Placed]) -> None:
    """An explicit destination, to the same place on the sheet."""
    if not len(target) or not isinstance(target[0], Dictionary) or target[0].objgen not in where:
        return
    placed = where[target[0].objgen]
    target[0] = placed.sheet
    if len(target) > 3 and target[1] == Name.XYZ:
        for index, shift in ((2, placed.x), (3, placed.y)):
            if target[index] is not None:
                target[index] = round(float(target[index]) * placed.scale + shift, 3)


def _retag(root: Any, where: dict[tuple[int, int], _Placed]) -> None:
    """Point the structure tree into the forms. An element without a page inherits that of the one above it."""
    inherited: dict[tuple[int, int], Any] = {}
    for element in elements(root):
        own = element.get(Name.Pg)
        key = own.objgen if own is not None else inherited.get(element.objgen)
        if own is not None and key in where:
            element.Pg = where[key].sheet
        changed = []
        for kid in kids(element):
            if is_element(kid):
                inherited[kid.objgen] = key
                changed.append(kid)
            else:
                changed.append(_reference(kid, key, where))
        if changed:
            element.K = Array(changed)


def _reference(kid: Any, key: Any, where: dict[tuple[int, int], _Placed]) -> Any:
    if not isinstance(kid, Dictionary):
        placed = where[key]
        return Dictionary(Type=Name.MCR, Pg=placed.sheet, Stm=placed.form, MCID=int(kid))
    page = kid.Pg.objgen if Name.Pg in kid else key
    if page in where:
        kid.Pg = where[page].sheet
        if kid.Type == Name.MCR and Name.Stm not in kid:
            kid.Stm = where[page].form
    return kid


def _marks(trims: list[tuple[float, float, float, float]], chosen: Plan) -> str:
    """Cut marks at the outer edges of the printed block, or on the cuts within it where the block fills the sheet;
    for a booklet, fold marks on its spine."""
    if not trims:
        return ""
    left, bottom = min(trim[0] for trim in trims), min(trim[1] for trim in trims)
    right, top = max(trim[2] for trim in trims), max(trim[3] for trim in trims)
    gap, length = POINTS_PER_MM, MARK * POINTS_PER_MM
    if not chosen.folded and min(left, bottom, chosen.width - right, chosen.height - top) < 2 * gap:
        return _marks_within(trims, chosen)
    columns = {round(value, 2) for trim in trims for value in (trim[0], trim[2])}
    rows = {round(value, 2) for trim in trims for value in (trim[1], trim[3])}
    lines = [
        f"{x:.2f} {start:.2f} m {x:.2f} {end:.2f} l"
        for x in sorted(columns)
        for start, end in ((bottom - gap, bottom - gap - length), (top + gap, top + gap + length))
    ]
    lines += [
        f"{start:.2f} {y:.2f} m {end:.2f} {y:.2f} l"
        for y in sorted(rows)
        for start, end in ((left - gap, left - gap - length), (right + gap, right + gap + length))
    ]
    dashes = ""
    if chosen.folded:
        spine = chosen.width / 2
        ends = ((bottom - gap, bottom - gap - length), (top + gap, top + gap + length))
        folds = " ".join(f"{spine:.2f} {a:.2f} m {spine:.2f} {b:.2f} l" for a, b in ends)
        dashes = f" [2 2] 0 d {folds} S"
        lines = [line for line in lines if not line.startswith(f"{spine:.2f} ")]
    return f"/Artifact <</Type /Page>> BDC q 0.25 w 0 G {' '.join(lines)} S{dashes} Q EMC"


def _marks_within(trims: list[tuple[float, float, float, float]], chosen: Plan) -> str:
    """Short lines on the cuts themselves, at the edges of the sheet and where cuts cross, white around black."""
    length = 3 * POINTS_PER_MM
    columns = _cuts((value for trim in trims for value in (trim[0], trim[2])), chosen.width)
    rows = _cuts((value for trim in trims for value in (trim[1], trim[3])), chosen.height)
    lines = [
        f"{x:.2f} {max(0.0, y - length):.2f} m {x:.2f} {min(chosen.height, y + length):.2f} l"
        for x in columns
        for y in (0.0, *rows, chosen.height)
    ]
    lines += [
        f"{max(0.0, x - length):.2f} {y:.2f} m {min(chosen.width, x + length):.2f} {y:.2f} l"
        for y in rows
        for x in (0.0, *columns, chosen.width)
    ]
    drawn = " ".join(lines)
    return f"/Artifact <</Type /Page>> BDC q 1 w 1 G {drawn} S 0.25 w 0 G {drawn} S Q EMC" if lines else ""


def _cuts(edges: Iterable[float], side: float) -> list[float]:
    """Where to cut: edges of pages that are not edges of the sheet, those of neighbours taken as one."""
    found: list[float] = []
    for edge in sorted(edges):
        if found and edge - found[-1] < 2.0:  # two A5 pages are a little less than an A4 sheet: one cut
            found[-1] = (found[-1] + edge) / 2
        elif 1.0 < edge < side - 1.0:
            found.append(edge)
    return found
