"""The documents that stand or fall together come in: those of one conference, or those of none; they go out as a
volume, with what the rest of the site asks of it.

An edit changes one volume. All that is made of the others is found again by their keys, without their texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

from msgspec import Struct, field

from toolkit_builder.model import Document

DATED = {"news", "bulletin", "update"}
"""Kinds of document that are not published before their date."""


class Dates(NamedTuple):
    """When a document is public: ``day`` is its own date, where that counts."""

    draft: bool = False
    embargo: dt.datetime | None = None
    expires: dt.date | None = None
    day: dt.date | None = None

    @classmethod
    def of(cls, doc: Document) -> Dates:
        fields = doc.fields
        return cls(fields.draft, fields.embargo, fields.expires, fields.date if doc.kind in DATED else None)

    def to_json(self) -> list[Any]:
        return [self.draft, *(d.isoformat() if d else "" for d in (self.embargo, self.expires, self.day))]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Dates:
        draft, embargo, expires, day = value
        return cls(
            draft,
            dt.datetime.fromisoformat(embargo) if embargo else None,
            dt.date.fromisoformat(expires) if expires else None,
            dt.date.fromisoformat(day) if day else None,
        )


class Tagged(NamedTuple):
    """A subject in one volume: its name as first written, in which document (by place in the volume), and all that
    have it. ``alike``: everybody writes it the same way, but for capitals."""

    name: str
    places: Sequence[int]
    alike: bool


class Facts(Struct, frozen=True, kw_only=True):
    """What the front matter of a volume says that concerns the whole site, by the places of its documents.

    ``agenda``: the papers and bulletins of each kind in order of their numbers; ``numbers``: those of the papers, as
    written, in that order. ``having``: who uses a field that few use. ``subjects``: by the last part of their address.
    ``results``: the different ones, as written.
    """

    agenda: Mapping[str, Sequence[int]] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    having: Mapping[str, Sequence[int]] = field(default_factory=dict)
    subjects: Mapping[str, Tagged] = field(default_factory=dict)
    results: Sequence[str] = ()

    def to_json(self) -> list[Any]:
        return [self.agenda, self.numbers, self.having, self.subjects, self.results]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Facts:
        agenda, numbers, having, subjects, results = value
        return cls(
            agenda=agenda,
            numbers=numbers,
            having=having,
            subjects={k: Tagged(*v) for k, v in subjects.items()},
            results=results,
        )


class Volume(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """``name``: the conference's, or "" for all that is of none. Equal ``key``, equal documents, read the same way.

    ``documents`` are in the order of their paths; ``dates`` by path, of those that are not public at all times.
    """

    name: str
    key: str
    documents: tuple[Document, ...]
    dates: Mapping[str, Dates] = field(default_factory=dict)

    def without(self, paths: set[str]) -> Volume:
        """The volume less some of its documents."""
        left = tuple(doc for doc in self.documents if doc.path not in paths)
        key = blake2b("\n".join([self.key, *sorted(paths)]).encode(), digest_size=20).hexdigest()
        return Volume(name=self.name, key=key, documents=left, dates=self.dates)

    @cached_property
    def faces(self) -> str:
        """The digest of all that lists may show of these documents by themselves."""
        every = "\n".join([f"{doc.id}\t{doc.url}\t{doc.face}" for doc in self.documents])
        return blake2b(every.encode(), digest_size=20).hexdigest()
