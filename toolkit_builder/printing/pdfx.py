"""An open PDF in process colours in; the same as PDF/X-1a:2003 (ISO 15930-4), what a print shop takes unseen, out.

The engine has a variant of this name, which leaves colours and links as they are and stamps the time. Here nothing but
process ink is left, the press is named (``FOGRA39``, coated paper by ISO 12647-2, a characterisation registered with
the ICC, so that no profile need be embedded), and what does not belong on a plate is taken out: links, bookmarks and
tags. A PDF/X-1a file has no transparency; a document that needs it is not called one, and a message says so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from ..diagnostics import Diagnostic, Span, warning

_READING = ("/StructTreeRoot", "/MarkInfo", "/Outlines", "/Names", "/Metadata", "/PageLabels", "/OpenAction", "/Lang")
PRESS = {
    "OutputConditionIdentifier": "FOGRA39",
    "OutputCondition": "Offset printing by ISO 12647-2:2004, coated paper",
    "RegistryName": "http://www.color.org",
    "Info": "Coated FOGRA39 (ISO 12647-2:2004)",
}


def made_ready(pdf: pikepdf.Pdf, date: str, span: Span) -> list[Diagnostic]:
    """Turn an open file, already in process colours, into PDF/X-1a; ``date`` (``2027-06-14``) is its day."""
    for page in pdf.pages:
        for name in ("/Annots", "/StructParents", "/Tabs"):
            if name in page.obj:
                del page.obj[name]
    for name in _READING:
        if name in pdf.Root:
            del pdf.Root[name]
    seen = list(_resources(pdf))
    for resources in seen:
        spaces = resources.get(Name.ColorSpace, Dictionary())
        for name in [name for name in spaces if name.startswith("/lab-")]:  # declared by the engine, now used by none
            del spaces[name]
    if why := sorted(set(_in_the_way(seen))):
        hint = "give the file as it is, or use opaque colours and pictures"
        return [
            warning("Q152", f"the document is in process colours but is not PDF/X: it has {why[0]}", span, hint=hint)
        ]
    stamp = f"D:{date.replace('-', '')}000000Z"
    for key in ("/CreationDate", "/ModDate"):
        pdf.docinfo[key] = String(stamp)
    pdf.docinfo["/GTS_PDFXVersion"] = String("PDF/X-1a:2003")
    pdf.docinfo["/Trapped"] = Name("/False")
    intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFX)
    for key, text in PRESS.items():
        intent[f"/{key}"] = String(text)
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    return []


def written(pdf: pikepdf.Pdf) -> bytes:
    """The bytes: PDF 1.4, which has no packed objects."""
    out = io.BytesIO()
    pdf.save(
        out,
        deterministic_id=True,
        force_version="1.4",
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    return out.getvalue()


def _resources(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """The resources of all pages and of all that they draw, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [page.obj.get(Name.Resources, Dictionary()) for page in pdf.pages]
    while waiting:
        resources = waiting.pop()
        if resources.is_indirect:
            if resources.objgen in seen:
                continue
            seen.add(resources.objgen)
        yield resources
        for kind in (Name.XObject, Name.Pattern):
            for _, drawn in resources.get(kind, Dictionary()).items():
                if drawn.objgen not in seen:
                    seen.add(drawn.objgen)
                    waiting.append(drawn.get(Name.Resources, Dictionary()))


def _in_the_way(found: list[Any]) -> Iterator[str]:
    """What a PDF/X-1a file may not have, in words."""
    for resources in found:
        for _, state in resources.get(Name.ExtGState, Dictionary()).items():
            if (
                float(state.get("/ca", 1)) < 1
                or float(state.get("/CA", 1)) < 1
                or state.get("/SMask", "/None") != "/None"
            ):
                yield "parts that can be seen through"
        for _, drawn in resources.get(Name.XObject, Dictionary()).items():
            if Name.SMask in drawn:
                yield "pictures that can be seen through"
        for _, font in resources.get(Name.Font, Dictionary()).items():
            inner = font.get(Name.DescendantFonts, [font])[0].get(Name.FontDescriptor, Dictionary())
            if Name.FontFile3 in inner and inner.FontFile3.get(Name.Subtype) == Name.OpenType:
                yield "fonts of the kind OTF (use TTF in the theme)"
