"""A linked ``Site`` in; the files beside its pages out: sources given back, registers, archives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from toolkit_builder.build.jobs import Blob, Output, SharedValue
from toolkit_builder.kinds import campaigns, conferences, shapes
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import PAPERS, Conference, Site

Add = Callable[..., None]
"""``blueprint``'s way to add a job: ``add(path, format, payload, label=..., reasons=...)``."""


def source_of(doc: Document) -> str:
    """Where the source of a paper or resource is given back."""
    return f"{doc.url[1:]}source.md"


def text_of(doc: Document) -> str:
    """Where a paper's text with its printed lines is."""
    return f"{doc.url[1:]}paper.txt"


def sources(docs: Iterable[Document], add: Add) -> None:
    """The source of each paper and resource, given back: the bytes of a file go by the digest of the file."""
    for doc in docs:
        if doc.kind in {*PAPERS, "resource"}:
            add(
                source_of(doc),
                "copy",
                partial(_source, doc),
                label=doc.path,
                reasons={doc.path: doc.digest},
            )


def _source(doc: Document) -> Payload:
    return {"data": Blob(doc.digest)}


def conference(held: Conference, site: Site, pins: Mapping[str, Any], pdfs: Mapping[str, list[str]], add: Add) -> None:
    """Texts, registers and the archive of a conference.

    ``pins``: printed lines by a paper's path; ``pdfs``: paths of the printed documents, by the id of their document.
    """
    if not held.motions:
        return
    head = held.document
    every = (*held.motions, *held.amendments, *held.composites)
    reasons = {d.path: d.digest for d in (head, *every)}
    base = head.url[1:]
    rows = {"rows": SharedValue.of(conferences.register_rows(held, site)), "conference": head.title}
    add(f"{base}register/register.csv", "register-csv", rows, label="the register", reasons=reasons)
    add(f"{base}register/register.json", "register-json", rows, label="the register", reasons=reasons)
    for doc in (*held.motions, *held.composites):
        add(
            text_of(doc),
            "paper-text",
            partial(_numbered, doc, held, site, pins.get(doc.path)),
            label=doc.path,
            reasons={doc.path: doc.digest},
        )
    add(f"{base}papers.xml", "akoma-ntoso", _akoma(held, site), label=head.path, reasons=reasons, parts="papers")
    members: list[Any] = [
        ["papers.xml", Output(f"{base}papers.xml")],
        ["register.csv", Output(f"{base}register/register.csv")],
        ["register.json", Output(f"{base}register/register.json")],
    ]
    for doc in every:
        folder = doc.url[1:].removeprefix(base)
        members.append([f"{folder.rstrip('/')}.md", Output(source_of(doc))])
        if doc.kind != "amendment":
            members.append([f"{folder.rstrip('/')}.txt", Output(text_of(doc))])
    for doc in (head, *held.bulletins):
        members += [[path.removeprefix(base), Output(path)] for path in pdfs.get(doc.id, ())]
    add(f"{base}{held.name}.zip", "archive", _archive(members), label=head.path, reasons=reasons, parts="entries")


def _archive(members: list[Any]) -> Payload:
    return {"entries": sorted(members, key=lambda member: str(member[0]))}


def _numbered(doc: Document, held: Conference, site: Site, pin: Any) -> Payload:
    """What the plain text of a paper with its printed lines is made from."""
    usual = site.config.motions.measure
    measure = held.document.fields.measure or usual
    head = _head(doc, held.document, site)
    return {"head": head, **_text(doc, measure == usual), "measure": measure, "pin": pin}


def _head(doc: Document, conference: Document, site: Site) -> list[str]:
    fields = doc.fields
    moved = f"Moved by {fields.mover}" + (f", seconded by {fields.seconder}" if fields.seconder else "")
    return [conference.title, "", f"{shapes.label(doc)}: {shapes.title(doc, site)}", moved if fields.mover else ""]


def _text(doc: Document, kept: bool = True) -> Payload:
    """What a paper's text is set from: what was kept when it was read, else its source."""
    if kept and (digest := doc.parsed.get("printed")):
        return {"printed": Blob(digest)}
    return {"source": doc.body, "title": doc.fields.title}


def _akoma(held: Conference, site: Site) -> Payload:
    head = held.document
    papers = []
    for doc in (*held.motions, *held.composites, *held.amendments):
        target = held.paper(doc.fields.amends, besides=doc) if doc.kind == "amendment" else None
        shown = shapes.result(doc, site)
        papers.append(
            {
                "kind": doc.kind,
                "number": doc.fields.number,
                "label": shapes.label(doc),
                "title": shapes.title(doc, site),
                "url": doc.url,
                "mover": doc.fields.mover,
                "seconder": doc.fields.seconder,
                "date": (doc.fields.date or head.fields.start).isoformat(),
                "amends": target.url if target else "",
                "result": {"key": shown["key"], "label": shown["label"]},
                "vote": shown["vote"],
                **_text(doc),
            }
        )
    return {
        "language": site.config.language,
        "organisation": site.config.organisation.name,
        "papers": linked(papers),
        "conference": {"title": head.title, "url": head.url, "start": head.fields.start.isoformat()},
    }


def linked(papers: Sequence[Payload]) -> list[Payload]:
    """Papers that say by url what they amend -> the same papers with their ``place`` in the list, and what is told of
    those that they amend or are amended by: each can be written by itself."""
    told = {paper["url"]: {key: paper[key] for key in ("kind", "number", "mover", "label")} for paper in papers}
    amended: dict[str, list[Payload]] = {}
    for paper in papers:
        if paper["amends"]:
            amended.setdefault(paper["amends"], []).append(told[paper["url"]])
    return [
        {**paper, "place": place, "amends": told.get(paper["amends"]), "amended": amended.get(paper["url"], [])}
        for place, paper in enumerate(papers, 1)
    ]


def toolkit(home: Document, site: Site, pdfs: Mapping[str, list[str]], add: Add) -> None:
    """The archive of a toolkit. ``pdfs``: paths of the printed documents, by the id of their document."""
    mine = campaigns.resources(home, site)
    if not mine:
        return
    name = home.folder["toolkit"]
    entries: list[Any] = [[f"{name}/{doc.name}.md", Output(source_of(doc))] for doc in mine]
    for doc in (home, *mine):
        entries += [[f"{name}/{path.removeprefix(home.url[1:])}", Output(path)] for path in pdfs.get(doc.id, ())]
    add(
        f"{home.url[1:]}{name}.zip",
        "archive",
        _archive(entries),
        parts="entries",
        label=home.path,
        reasons={d.path: d.digest for d in mine},
    )
