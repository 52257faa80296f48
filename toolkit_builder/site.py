"""Documents in; a frozen ``Site`` out: who refers to whom, where everything lies, and what does not add up.

A ``Site`` answers questions about the whole; kinds' views ask it and hand renderers plain payloads.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from msgspec import Struct, field

from toolkit_builder.config import Config
from toolkit_builder.model import Document, Payload
from toolkit_builder.motions import numbering
from toolkit_builder.volumes import Facts, Volume

PAPERS = ("motion", "amendment", "composite")


class Mentioned(NamedTuple):
    """Somebody mentions a document: who, and the words around it."""

    by: Document
    context: str


class Conference(Struct, frozen=True, kw_only=True, dict=True):
    """One conference and its papers, each list in agenda order."""

    document: Document
    motions: tuple[Document, ...]
    amendments: tuple[Document, ...]
    composites: tuple[Document, ...]
    bulletins: tuple[Document, ...]
    volume: Volume
    facts: Facts

    @property
    def name(self) -> str:
        return self.document.name

    @cached_property
    def papers(self) -> tuple[Document, ...]:
        return (*self.motions, *self.amendments, *self.composites)

    @cached_property
    def by_number(self) -> dict[tuple[str, numbering.Number], Document]:
        """Papers by kind and number; the first of two equal numbers wins (the second is reported)."""
        found: dict[tuple[str, numbering.Number], Document] = {}
        for kind, docs in zip(PAPERS, (self.motions, self.amendments, self.composites), strict=True):
            for doc, written in zip(docs, self.facts.numbers.get(kind, ()), strict=True):
                if (number := read_number(written, composite=kind == "composite")) is not None:
                    found.setdefault((kind, number), doc)
        return found

    @cached_property
    def amendments_of(self) -> dict[str, tuple[Document, ...]]:
        """Amendments by the id of the paper that they amend."""
        found: dict[str, list[Document]] = {}
        for doc in self.amendments:
            if (target := self.paper(doc.fields.amends, besides=doc)) and not self.in_ring(doc):
                found.setdefault(target.id, []).append(doc)
        return {k: tuple(v) for k, v in found.items()}

    def below(self, doc: Document) -> tuple[Document, ...]:
        """What was moved to a paper in the agenda's order, each followed by what was moved to it in turn."""
        moved = self.amendments_of.get(doc.id, ())
        return tuple(d for each in moved for d in (each, *self.below(each)))

    def above(self, doc: Document) -> list[Document]:
        """What an amendment amends, what that amends in turn, and so on; a ring (reported) is followed once."""
        found: list[Document] = []
        here: Document | None = doc
        while here is not None and here.kind == "amendment":
            here = self.paper(here.fields.amends, besides=here)
            if here is None or any(here is other for other in found):
                break
            found.append(here)
        return found

    def in_ring(self, doc: Document) -> bool:
        """Whether what an amendment amends leads back to itself."""
        return any(other is doc for other in self.above(doc))

    def paper(self, number: str, kinds: Sequence[str] = PAPERS, besides: Document | None = None) -> Document | None:
        """The paper with that number: a motion first, then an amendment, then a composite."""
        if (wanted := read_number(number)) is None:
            return None
        for kind in kinds:
            if (doc := self.by_number.get((kind, wanted))) and doc is not besides:
                return doc
        return None

    def around(self, doc: Document) -> tuple[Document | None, Document | None]:
        """The papers of the same kind before and after one of this conference's."""
        return self._around[id(doc)]

    @cached_property
    def _around(self) -> dict[int, tuple[Document | None, Document | None]]:
        return {
            id(doc): (before, after)
            for docs in (self.motions, self.amendments, self.composites)
            for before, doc, after in zip((None, *docs), docs, (*docs[1:], None), strict=False)
        }

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        return tuple(number for kind in PAPERS for number in self.facts.numbers.get(kind, ()))


def number_of(doc: Document) -> numbering.Number | None:
    """A paper's number, or None where it has none (TUC amendments) or it cannot be one (reported elsewhere)."""
    return read_number(doc.fields.number, composite=doc.kind == "composite")


@lru_cache(maxsize=65536)
def read_number(written: str, *, composite: bool = False) -> numbering.Number | None:
    """``20.01`` as a Number; a composite's ``D`` is Composite D. None where it cannot be a number."""
    try:
        return numbering.Number.parse(
            f"Composite {written}" if composite and "composite" not in written.lower() else written
        )
    except numbering.NotANumber:
        return None


class Linked(NamedTuple):
    """Where the links and mentions of a volume lead: a part of the `Site`'s own, in plain JSON.

    ``resolves`` by a document's id, with its ``digest``; ``mentions``: (id of the document, path of who mentions it,
    the words around); ``late``: (path, link, address); ``noted``: what was asked of the rest of the site.
    """

    resolves: Mapping[str, Payload]
    digest: str
    mentions: Sequence[tuple[str, str, str]]
    late: Sequence[tuple[str, Payload, str]]
    noted: Sequence[tuple[Sequence[str], str]]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Linked:
        return cls(*value)

    def to_json(self) -> list[Any]:
        return list(self)


class Shown(NamedTuple):
    """What the rest of the site shows of a volume, as digests: ``each`` of its documents on a card, by id; all that
    have a subject, by its address; its ``papers``; and all ``cards``."""

    each: Mapping[str, str]
    subjects: Mapping[str, str]
    papers: str
    cards: str

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Shown:
        return cls(*value)

    def to_json(self) -> list[Any]:
        return list(self)


class Site(Struct, frozen=True, kw_only=True, dict=True):
    """All published documents of one site, linked.

    ``volumes`` are its documents by conference; ``facts``, ``linked`` and ``shown`` what is known of each, by name.
    ``mentions``: who mentions a document, by its id. ``resolves``: the addresses and titles behind a document's
    links and mentions, by its id. ``unread``: the names of files that could not be read. ``derived``: results that
    follow from others, by id; ``rules``: the stated consequences, by conference. ``studies``: what the motions engine
    found out, by a motion's id. ``late``: links whose page the builder may yet make. ``cards``: what is known of a
    document's card, so that nobody need open it. ``memo`` holds what views have worked out once.
    """

    config: Config
    documents: tuple[Document, ...]
    volumes: tuple[Volume, ...]
    facts: Mapping[str, Facts]
    conferences: tuple[Conference, ...]
    assets: frozenset[str]
    linked: Mapping[str, Linked] = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    mentions: Mapping[str, tuple[Mentioned, ...]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    resolves: Mapping[str, Payload] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    late: list[tuple[Document, Payload, str]] = field(default_factory=list)
    studies: Mapping[str, Any] = field(default_factory=dict)
    cards: Callable[[Document, Site], Payload] | None = None
    memo: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def by_kind(self) -> dict[str, tuple[Document, ...]]:
        found: dict[str, list[Document]] = {}
        for doc in self.documents:
            found.setdefault(doc.kind, []).append(doc)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def by_id(self) -> dict[str, Document]:
        return {doc.id: doc for doc in self.documents}

    @cached_property
    def by_path(self) -> dict[str, Document]:
        return {doc.path: doc for doc in self.documents}

    @cached_property
    def by_url(self) -> dict[str, Document]:
        return {doc.url: doc for doc in self.documents}

    @cached_property
    def volume_by_name(self) -> dict[str, Volume]:
        return {volume.name: volume for volume in self.volumes}

    @cached_property
    def conference_by_name(self) -> dict[str, Conference]:
        return {c.name: c for c in self.conferences}

    def having(self, field: str) -> list[Document]:
        """Every document that uses one of the fields that few use (`Facts.having`), in path order."""
        found = [v.documents[n] for v in self.volumes for n in self.facts[v.name].having.get(field, ())]
        return sorted(found, key=lambda doc: doc.path)

    @cached_property
    def world(self) -> str:
        """The digest of the settings."""
        return blake2b(self.config.model_dump_json().encode(), digest_size=20).hexdigest()

    @cached_property
    def following(self) -> dict[str, str]:
        """The results of each conference that follow from others, as one text."""
        found: dict[str, list[str]] = {}
        for name, result in self.derived.items():
            found.setdefault(self.by_id[name].conference or "", []).append(f"{name} {result!r}")
        return {name: "\n".join(sorted(lines)) for name, lines in found.items()}

    def all(self, kind: str) -> tuple[Document, ...]:
        """Every document of a kind, in path order."""
        return self.by_kind.get(kind, ())

    def conference_of(self, doc: Document) -> Conference | None:
        return self.conference_by_name.get(doc.conference or "")

    def named(self, kind: str, name: str) -> Document | None:
        """The document of ``kind`` with that file name, id or address."""
        return self._named.get((kind, name)) or self.by_id.get(name) or self.by_url.get(name)

    @cached_property
    def _named(self) -> dict[tuple[str, str], Document]:
        found: dict[tuple[str, str], Document] = {}
        for doc in self.documents:
            found.setdefault((doc.kind, doc.name), doc)
        return found

    def lookup(self, reference: str, kinds: Iterable[str] = ()) -> Document | None:
        """A document by id, address, path below content/, or file name."""
        wanted = reference.strip()
        for candidate in (wanted, f"content/{wanted}", f"content/{wanted}.md"):
            if doc := self.by_id.get(candidate) or self.by_url.get(candidate) or self.by_path.get(candidate):
                return doc
        return next((doc for kind in kinds or self.by_kind if (doc := self._named.get((kind, wanted)))), None)

    def original_of(self, doc: Document) -> Document | None:
        """The document that ``doc`` says it is a translation of."""
        wanted = doc.fields.translation_of
        if doc.kind == "resource" and (own := self.by_id.get(f"resource:{doc.folder['toolkit']}/{wanted}")):
            return own
        return self.lookup(wanted, (doc.kind,))

    def nearest(self, reference: str) -> Document | None:
        """The document whose file name is most like ``reference``, for "did you mean"."""
        names = {doc.name: doc for doc in self.documents}
        found = difflib.get_close_matches(reference.rstrip("/").rpartition("/")[2].removesuffix(".md"), names, n=1)
        return names[found[0]] if found else None

    def by_date(self, kind: str) -> tuple[Document, ...]:
        """Newest first; equal days by path."""
        return tuple(
            sorted(sorted(self.all(kind), key=lambda d: d.path), reverse=True, key=lambda d: str(d.fields.date or ""))
        )


# --- following and preceding -----------------------------------------------------------------------------


def neighbours(docs: Sequence[Document], doc: Document) -> tuple[Document | None, Document | None]:
    """The documents before and after ``doc`` in a sequence that holds it."""
    at = next(i for i, d in enumerate(docs) if d is doc)
    return (docs[at - 1] if at else None), (docs[at + 1] if at + 1 < len(docs) else None)


def group_conferences(volumes: Sequence[Volume], facts: Mapping[str, Facts]) -> Iterator[Conference]:
    """The conferences of a site, newest first, with their papers in natural order of number."""
    heads = [(doc, v) for v in volumes if v.name for doc in v.documents if doc.kind == "conference"]
    for doc, volume in sorted(heads, key=lambda h: (str(h[0].fields.start), h[0].name), reverse=True):
        known = facts[volume.name]
        papers = {kind: tuple(volume.documents[n] for n in places) for kind, places in known.agenda.items()}
        yield Conference(
            document=doc,
            motions=papers.get("motion", ()),
            amendments=papers.get("amendment", ()),
            composites=papers.get("composite", ()),
            bulletins=papers.get("bulletin", ()),
            volume=volume,
            facts=known,
        )
