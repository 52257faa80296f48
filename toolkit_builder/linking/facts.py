"""The documents of a volume come in; what their front matter says that concerns the whole site goes out."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit_builder.kinds import shapes
from toolkit_builder.model import Document
from toolkit_builder.motions import numbering
from toolkit_builder.site import PAPERS
from toolkit_builder.volumes import Facts, Tagged

_RARE = ("aliases", "translation_of", "related", "numbers", "logo")
"""Fields that few documents have, and that somebody looks for in all."""


def facts(docs: Sequence[Document]) -> Facts:
    """What is true of these documents, whatever the rest of the site is like."""
    agenda = _agenda(docs)
    return Facts(
        agenda=agenda,
        numbers={kind: [docs[n].fields.number for n in agenda[kind]] for kind in PAPERS if kind in agenda},
        having={
            name: places
            for name in _RARE
            if (places := [n for n, doc in enumerate(docs) if getattr(doc.fields, name, None)])
        },
        subjects=_subjects(docs),
        results=list(dict.fromkeys(doc.fields.result for doc in docs if doc.kind in PAPERS)),
    )


def _agenda(docs: Sequence[Document]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for kind in (*PAPERS, "bulletin"):
        written = [
            (n, doc.fields.issue if kind == "bulletin" else doc.fields.number)
            for n, doc in enumerate(docs)
            if doc.kind == kind
        ]
        if written:
            found[kind] = [n for n, _ in numbering.in_order(written, key=lambda each: each[1])]
    return found


def _subjects(docs: Sequence[Document]) -> dict[str, Tagged]:
    names: dict[str, str] = {}
    places: dict[str, dict[int, None]] = {}
    unlike: set[str] = set()
    for n, doc in enumerate(docs):
        for name in doc.fields.tags:
            key = shapes.slug(name)
            first = names.setdefault(key, name)
            places.setdefault(key, {})[n] = None
            if first.casefold() != name.casefold() or not any(map(str.isalnum, name)):
                unlike.add(key)
    return {key: Tagged(names[key], list(places[key]), key not in unlike) for key in names}
