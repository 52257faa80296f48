"""Jobs in the making: what is added to a draft comes in; jobs, their large values and what was said come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from toolkit_builder.build.cache import blob_of
from toolkit_builder.build.jobs import Blob, Deferred, Job, SharedValue
from toolkit_builder.build.recall import Recall
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.model import Payload
from toolkit_builder.site import Site
from toolkit_builder.sources import Asset, Source, Unread
from toolkit_builder.theme import Theme


class Large(Mapping[str, "bytes | str"]):
    """Large values by digest, each made or read when somebody asks for it."""

    def __init__(self) -> None:
        self._makers: dict[str, Callable[[], bytes | str]] = {}
        self._sources: dict[str, Source | Unread] = {}

    def keep(self, digest: str, make: Callable[[], bytes | str]) -> None:
        self._makers[digest] = make

    def keep_texts(self, sources: Iterable[Source | Unread]) -> None:
        """The texts of files, each by the digest of its file."""
        self._sources |= {source.digest: source for source in sources}

    def __getitem__(self, digest: str) -> bytes | str:
        source = self._sources.get(digest)
        return source.text if source else self._makers[digest]()

    def __contains__(self, digest: object) -> bool:
        return digest in self._makers or digest in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers.keys() | self._sources.keys())

    def __len__(self) -> int:
        return len(self._makers.keys() | self._sources.keys())


class Draft(Struct, kw_only=True):
    """What every planner is handed, and the jobs that they have added so far.

    ``code`` is the digest of the builder itself; ``texts`` each source file's text; ``pins`` printed lines by a
    paper's path; ``files`` the paths of printed documents, by the id of the document that they are of; ``asked`` the
    names of the templates that planners have asked for; ``recall`` has what earlier builds have worked out, if anybody
    knows that; ``memo`` what planners have worked out once.
    """

    site: Site
    theme: Theme
    code: str
    shared: SharedValue
    assets: tuple[Asset, ...]
    texts: Mapping[str, str]
    pins: Mapping[str, Any]
    printing: bool
    jobs: list[Job] = field(default_factory=list)
    blobs: Large = field(default_factory=lambda: Large())
    files: dict[str, list[str]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    recall: Recall | None = None
    memo: dict[str, Any] = field(default_factory=dict)

    def has(self, template: str) -> bool:
        """Whether the theme has a template. This and ``closure`` are the only ways to ask: who asks is remembered."""
        self.asked.add(template)
        return self.theme.has(template)

    def closure(self, template: str) -> str:
        """The digest of all that rendering a template may read."""
        self.asked.add(template)
        return self.theme.closure_digest(template)

    def add(
        self,
        path: str,
        format: str,
        payload: Payload | Callable[[], Payload],
        *,
        label: str,
        closure: str = "",
        reasons: Mapping[str, str] | None = None,
        publish: bool = True,
        heavy: bool = False,
        parts: str = "",
    ) -> None:
        """One more job. A payload that is one of very many, and holds no `Output`, may be made later."""
        self.jobs.append(
            Job(
                path=path,
                format=format,
                payload=Deferred(payload) if callable(payload) else payload,
                label=label,
                reasons=reasons or {},
                closure=f"{self.code}:{closure}",
                publish=publish,
                heavy=heavy,
                parts=parts,
            )
        )

    def blob(self, data: bytes) -> Blob:
        """The reference to put into a payload in place of these bytes."""
        blob = blob_of(data)
        self.blobs.keep(blob.digest, lambda: data)
        return blob

    def file(self, asset: Asset) -> Blob:
        """The reference to put into a payload in place of a file's bytes; they are read when they are needed."""
        self.blobs.keep(asset.digest, asset.read)
        return Blob(asset.digest)


def output_path(url: str) -> str:
    """The file behind an address: ``/news/`` is ``news/index.html``."""
    return f"{url[1:]}index.html" if url.endswith("/") else url[1:]
