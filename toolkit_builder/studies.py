"""A linked ``Site`` in; what the motions engine is to look into out: each paper with what was moved against it.

Differences, conflicts and provenance cost more than anything else about a paper, so each study is a cached job of
its own (`study`), which sees one paper, its amendments and their results, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from toolkit_builder.kinds import shapes
from toolkit_builder.model import Document, Payload
from toolkit_builder.motions import results
from toolkit_builder.site import Conference, Site


def requests(held: Conference, site: Site, pinned: Mapping[str, Any]) -> list[tuple[str, Callable[[], Payload]]]:
    """Every paper of a conference that has amendments or sources, by id, and what gives all that a study needs."""
    if not (held.amendments or held.composites or _in_parts(held, site)):
        return []
    found: list[tuple[str, Callable[[], Payload]]] = []
    for doc in (*held.motions, *held.composites, *held.amendments):
        amendments = held.amendments_of.get(doc.id, ())
        if amendments or doc.kind == "composite" or shapes.recorded(doc, site).parts:
            found.append((doc.id, partial(_request, doc, amendments, held, site, pinned.get(doc.path))))
    return found


def _in_parts(held: Conference, site: Site) -> bool:
    """Whether any vote may have been taken in parts."""
    written = [results.parse(text, shapes.words(site))[0] for text in held.facts.results]
    return any(result.parts for result in (*written, *site.derived.values()) if result)


def _request(doc: Document, amendments: Sequence[Document], held: Conference, site: Site, pin: Any) -> Payload:
    recorded, words = shapes.recorded(doc, site), shapes.words(site)
    carries = [p for p in recorded.parts if words[p.result.outcome].carries]
    return {
        "paper": _paper(doc),
        "measure": held.document.fields.measure or site.config.motions.measure,
        "amendments": [_moved(a, held, site) for a in amendments],
        "carried": words[recorded.outcome].carries or bool(carries),
        "by": [
            p.id
            for n in (*recorded.by, *(n for c in carries for n in c.result.by))
            if (p := held.paper(n, ("amendment",)))
        ],
        "lost_parts": [p.part for p in recorded.parts if not words[p.result.outcome].carries] if carries else [],
        "sources": [_paper(s) for n in doc.fields.sources if (s := held.paper(n, besides=doc))]
        if doc.kind == "composite"
        else [],
        "pin": pin,
    }


def _moved(doc: Document, held: Conference, site: Site) -> Payload:
    """An amendment with what was moved to it, and to that in turn."""
    return {
        **_paper(doc),
        "form": doc.fields.form,
        "carried": _carried(doc, site),
        "subs": [_moved(s, held, site) for s in held.amendments_of.get(doc.id, ())],
    }


def _carried(doc: Document, site: Site) -> bool:
    return shapes.words(site)[shapes.recorded(doc, site).outcome].carries


def _paper(doc: Document) -> Payload:
    return {
        "id": doc.id,
        "label": shapes.label(doc),
        "number": doc.fields.number,
        "source": doc.body,
        "path": doc.path,
        "line": doc.body_line,
        "title": doc.fields.title,
    }
