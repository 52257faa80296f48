"""The texts of a project come in; its documents go out, read now, by an earlier build, or before in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from toolkit_builder import __version__
from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.stage import Imported, stage
from toolkit_builder.config import Config
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.kinds import kind_of
from toolkit_builder.linking.addresses import document
from toolkit_builder.model import Document
from toolkit_builder.sources import Source, Unread

if TYPE_CHECKING:
    from concurrent.futures import Executor

_READ = Imported("toolkit_builder.bodies", "read")


@cache
def code_digest() -> str:
    """The digest of the builder's own source: another version of the program is another key everywhere."""
    h = blake2b(__version__.encode(), digest_size=16)
    package = Path(__file__).parent
    for file in sorted(package.rglob("*.py")):
        h.update(f"{file.relative_to(package).as_posix()}\0".encode() + file.read_bytes())
    return h.hexdigest()


class Shelf(Mapping[str, "bytes | str"]):
    """Large texts by digest, from the store of the build at hand."""

    def __init__(self) -> None:
        self.stored: Mapping[str, bytes | str] = {}

    def __getitem__(self, digest: str) -> bytes | str:
        return self.stored[digest]

    def __iter__(self) -> Iterator[str]:
        return iter(self.stored)

    def __len__(self) -> int:
        return len(self.stored)


class _Read(NamedTuple):
    """One file, read: the key of the reading, its document, and what is wrong with it."""

    key: str
    document: Document | None = None
    diagnostics: Sequence[Diagnostic] = ()


_NEVER = _Read("")


@dataclass(slots=True)
class Warm:
    """What one build leaves in memory for the next one of the same process: every file as it was read, by path."""

    read: dict[str, _Read] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)


def documents(
    sources: Sequence[Source | Unread],
    config: Config,
    pins: Mapping[str, Any],
    store: Store,
    *,
    warm: Warm | None = None,
    executor: Executor | None = None,
    workers: int = 0,
) -> tuple[list[Document], list[Diagnostic]]:
    """A document for every file whose front matter holds; what was read before is not read again.

    ``pins``: printed lines by a paper's path; ``warm``: what an earlier build of this process has read.
    """
    warm = warm or Warm()
    inputs = _inputs(sources, config, pins)
    warm.shelf.stored = store.blobs
    new = [n for n, source in enumerate(sources) if warm.read.get(source.path, _NEVER).key != inputs[n][0]]
    readings = stage(
        "read",
        code_digest(),
        [inputs[n] for n in new],
        _READ,
        store,
        executor=executor,
        workers=workers,
        labels=[sources[n].path for n in new],
    )
    for n, reading in zip(new, readings, strict=True):
        source = sources[n]
        warm.read[source.path] = _Read(inputs[n][0], *document(source, reading, warm.shelf))
    paths = [source.path for source in sources]
    if len(warm.read) > len(paths):
        warm.read = {path: warm.read[path] for path in paths}
    every = [warm.read[path] for path in paths]
    return [r.document for r in every if r.document], [d for r in every for d in r.diagnostics]


def _inputs(sources: Sequence[Source | Unread], config: Config, pins: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The key of each reading, and what makes its payload."""
    inputs: list[tuple[str, Any]] = []
    own = config.organisation.short_name
    for source in sources:
        kind, _ = kind_of(source.path)
        fixed = {
            "path": source.path,
            "kind": kind.name,
            "language": config.language,
            "measure": config.motions.measure,
            "own": own,
        }
        key = f"{source.digest}:{source.path}:{kind.name}:{config.language}:{config.motions.measure}:{own}"
        if pin := pins.get(source.path):
            key += f":{digest_of_value(pin)}"
        inputs.append((key, partial(_payload, source, fixed, pin)))
    return inputs


def _payload(source: Source | Unread, fixed: dict[str, Any], pin: Any) -> dict[str, Any]:
    return {**fixed, "text": source.text, "pin": pin}
