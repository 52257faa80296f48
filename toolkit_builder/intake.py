"""The texts of a project come in; its documents go out in volumes, read now, by an earlier build, or before in this
process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from toolkit_builder import __version__
from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest, digest_of_value
from toolkit_builder.build.recall import Held, Recall
from toolkit_builder.build.stage import Imported, stage
from toolkit_builder.config import Config
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.kinds import kind_of
from toolkit_builder.linking.addresses import conference_of, document, reading_of
from toolkit_builder.model import Document, Payload, Reading
from toolkit_builder.sources import Source, Unread
from toolkit_builder.volumes import Dates, Volume

if TYPE_CHECKING:
    from concurrent.futures import Executor

READ = Imported("toolkit_builder.bodies", "read")
_STAGE = "volume"
_ONE_BY_ONE = 8  # documents of a volume that are fetched singly; the next one brings the others along


@cache
def code_digest() -> str:
    """The digest of the builder's own source: another version of the program is another key everywhere."""
    h = blake2b(__version__.encode(), digest_size=16)
    package = os.path.dirname(__file__)
    found = (os.path.join(folder, name) for folder, _, names in os.walk(package) for name in names)
    for name in sorted(file[len(package) + 1 :].replace(os.sep, "/") for file in found if file.endswith(".py")):
        h.update(f"{name}\0".encode())
        with open(os.path.join(package, name), "rb", buffering=0) as source:
            h.update(source.read())
    return h.hexdigest()


class Shelf(Mapping[str, "bytes | str"]):
    """Large texts by digest, from the store of the build at hand."""

    def __init__(self) -> None:
        self.store: Store | None = None

    def __getitem__(self, digest: str) -> bytes | str:
        if self.store is None:
            raise KeyError(digest)
        return self.store.blobs[digest]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("texts are looked up, not listed")

    def __len__(self) -> int:
        raise TypeError("texts are looked up, not counted")


class Warm(Struct):
    """What one build leaves in memory for the next one of the same process: all that was worked out, by its key."""

    held: Held = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)

    def recall(self, store: Store) -> Recall:
        """What this memory and a store know between them."""
        self.shelf.store = store
        return Recall(store, self.held, code_digest())


class _Manner(Struct, frozen=True):
    """How the files of a site are read: all that decides what is found in one, beside its text and its pin."""

    language: str
    measure: int
    own: str

    def key(self, source: Source | Unread, pin: Any) -> str:
        kind, _ = kind_of(source.path)
        key = f"{source.digest}:{source.path}:{kind.name}:{self.language}:{self.measure}:{self.own}"
        return f"{key}:{digest_of_value(pin)}" if pin else key

    def payload(self, source: Source | Unread, pin: Any) -> Payload:
        kind, _ = kind_of(source.path)
        return {
            "path": source.path,
            "kind": kind.name,
            "language": self.language,
            "measure": self.measure,
            "own": self.own,
            "text": source.text,
            "pin": pin,
        }


class _Reader:
    """Reads files in one manner, each once; a document asks it for what was found in its file."""

    def __init__(self, manner: _Manner, pins: Mapping[str, Any], shelf: Shelf) -> None:
        self._manner, self._pins, self._shelf = manner, pins, shelf
        self._sources: dict[str, Source | Unread] = {}
        self._documents: tuple[Document, ...] = ()
        self._singly = 0

    def bind(self, sources: Sequence[Source | Unread], documents: tuple[Document, ...]) -> None:
        """Say which files there are, and the documents that may ask."""
        self._sources, self._documents = {s.path: s for s in sources}, documents

    def __call__(self, doc: Document) -> Reading:
        self._singly += 1
        asked = [doc]
        if self._singly > _ONE_BY_ONE:
            asked += [other for other in self._documents if other.reading is None and other is not doc]
        store = self._shelf.store
        assert store is not None
        with store.still_open() as opened:
            found = self.found([self._sources[each.path] for each in asked], opened)
        for each, value in zip(asked, found, strict=True):
            reading = reading_of(each.path, value, self._shelf)
            assert reading is not None, f"{each.path} was read before"
            each.reading = reading
        assert doc.reading is not None
        return doc.reading

    def found(
        self, sources: Sequence[Source | Unread], store: Store, executor: Executor | None = None, workers: int = 0
    ) -> list[Payload]:
        """What `bodies.read` finds in these files."""
        manner, pins = self._manner, self._pins
        return stage(
            "read",
            code_digest(),
            [(manner.key(s, pins.get(s.path)), partial(manner.payload, s, pins.get(s.path))) for s in sources],
            READ,
            store,
            executor=executor,
            workers=workers,
            labels=[s.path for s in sources],
        )


class _Bound(Struct, frozen=True, kw_only=True):
    """A volume as it was read, in which manner, and what is wrong with its files, by path."""

    manner: str
    volume: Volume
    pinned: Mapping[str, str]
    wrong: Mapping[str, Sequence[Diagnostic]]

    def to_json(self) -> Payload:
        docs = self.volume.documents
        return {
            "manner": self.manner,
            "key": self.volume.key,
            "documents": [[getattr(doc, name) for doc in docs] for name in _COLUMNS],
            "dates": {path: dates.to_json() for path, dates in self.volume.dates.items()},
            "pinned": self.pinned,
            "wrong": {path: [d.to_json() for d in found] for path, found in self.wrong.items()},
        }


_COLUMNS = ("kind", "id", "path", "url", "name", "conference", "digest", "face")


def _thawed(name: str, reader: _Reader, value: Payload) -> _Bound:
    documents = tuple(map(partial(Document, reader=reader), *value["documents"]))
    return _Bound(
        manner=value["manner"],
        volume=Volume(
            name=name,
            key=value["key"],
            documents=documents,
            dates={path: Dates.from_json(dates) for path, dates in value["dates"].items()},
        ),
        pinned=value["pinned"],
        wrong={path: [Diagnostic.from_json(d) for d in found] for path, found in value["wrong"].items()},
    )


def volumes(
    sources: Sequence[Source | Unread],
    config: Config,
    pins: Mapping[str, Any],
    recall: Recall,
    shelf: Shelf,
    *,
    executor: Executor | None = None,
    workers: int = 0,
) -> tuple[list[Volume], list[Diagnostic]]:
    """A document for every file whose front matter holds, in volumes; a volume without a change is not read again.

    ``pins``: printed lines by a paper's path.
    """
    manner = _Manner(config.language, config.motions.measure, config.organisation.short_name)
    groups: dict[str, list[Source | Unread]] = {}
    for source in sources:
        groups.setdefault(conference_of(source.path), []).append(source)
    recall.prepare(_STAGE, groups)
    bound: dict[str, _Bound] = {}
    begun: list[_Begun] = []
    for name, group in groups.items():
        pinned = {s.path: pins[s.path] for s in group if s.path in pins} if pins else {}
        one = _Begun(name, group, manner, pinned, shelf)
        known = recall.known(_STAGE, name, one.recalled_by(recall), one.thaw)
        if known is None:
            one.take_over(recall.latest(_STAGE, name, one.thaw), recall)
            begun.append(one)
        else:
            bound[name] = known
    missing = [(one, source) for one in begun for source in one.missing]
    if missing:
        every = _Reader(manner, pins, shelf)
        found = every.found([source for _, source in missing], recall.store, executor, workers)
        for (one, source), value in zip(missing, found, strict=True):
            one.add(source, value)
    for one in begun:
        bound[one.name] = recall.keep(_STAGE, one.name, one.recalled_by(recall), one.bound(recall), _Bound.to_json)
    every_one = [bound[name] for name in groups]
    problems = [d for one in every_one for found in one.wrong.values() for d in found]
    return [one.volume for one in every_one], problems


class _Begun:
    """A volume in the making: the files that are in it, and the documents that there are of them so far."""

    def __init__(
        self, name: str, sources: Sequence[Source | Unread], manner: _Manner, pins: Mapping[str, Any], shelf: Shelf
    ) -> None:
        self.name, self._sources, self._shelf = name, sources, shelf
        self._pinned = {path: digest_of_value(pin) for path, pin in pins.items()}
        self._manner = f"{manner.language}:{manner.measure}:{manner.own}"
        lines = [self._manner, *(f"{s.path}\t{s.digest}" for s in sources)]
        lines += [f"{path}\t{pin}" for path, pin in self._pinned.items()]
        self.key = digest("\n".join(lines).encode("utf-8", "surrogatepass"))
        self._reader = _Reader(manner, pins, shelf)
        self._reader.bind(sources, ())
        self._documents: dict[str, Document] = {}
        self._dates: dict[str, Dates] = {}
        self._wrong: dict[str, Sequence[Diagnostic]] = {}
        self.missing: list[Source | Unread] = []

    def recalled_by(self, recall: Recall) -> str:
        """The key in the store. Every week all readings are looked up once, so that none in use is thrown away."""
        return f"{self.key}:{recall.store.week}"

    def thaw(self, value: Payload) -> _Bound:
        found = _thawed(self.name, self._reader, value)
        self._reader.bind(self._sources, found.volume.documents)
        return found

    def take_over(self, before: _Bound | None, recall: Recall) -> None:
        """Documents of files that have not changed since; the others are ``missing``."""
        there = before and before.manner == f"{self._manner}:{recall.store.week}" and before
        old = {doc.path: doc for doc in there.volume.documents} if there else {}
        for source in self._sources:
            path, doc = source.path, old.get(source.path)
            if (
                not there
                or doc is None
                or doc.digest != source.digest
                or there.pinned.get(path) != self._pinned.get(path)
            ):
                self.missing.append(source)
            else:
                self._documents[path] = doc
                if path in there.volume.dates:
                    self._dates[path] = there.volume.dates[path]
                if path in there.wrong:
                    self._wrong[path] = there.wrong[path]

    def add(self, source: Source | Unread, found: Payload) -> None:
        """A file that has just been read, or looked up."""
        if found["diagnostics"]:
            self._wrong[source.path] = [Diagnostic.from_json(d) for d in found["diagnostics"]]
        if (reading := reading_of(source.path, found, self._shelf)) is not None:
            doc = self._documents[source.path] = document(source.path, source.digest, reading, self._reader)
            if any(dates := Dates.of(doc)):
                self._dates[source.path] = dates

    def bound(self, recall: Recall) -> _Bound:
        documents = tuple(self._documents[s.path] for s in self._sources if s.path in self._documents)
        for doc in documents:
            doc.reader = self._reader
        self._reader.bind(self._sources, documents)
        return _Bound(
            manner=f"{self._manner}:{recall.store.week}",
            volume=Volume(name=self.name, key=self.key, documents=documents, dates=self._dates),
            pinned=self._pinned,
            wrong=self._wrong,
        )
