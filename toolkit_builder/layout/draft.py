"""Jobs in the making: what is added to a draft comes in; jobs, their large values and what was said come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit_builder.build.cache import blob_of
from toolkit_builder.build.jobs import Blob, Job, SharedValue
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import FORMATS
from toolkit_builder.model import Payload
from toolkit_builder.site import Site
from toolkit_builder.sources import Asset
from toolkit_builder.theme import Theme


@dataclass(kw_only=True)
class Draft:
    """What every planner is handed, and the jobs that they have added so far.

    ``code`` is the digest of the builder itself; ``texts`` each source file's text; ``pins`` printed lines by a
    paper's path; ``files`` the paths of printed documents, by the id of the document that they are of; ``memo`` what
    planners have worked out once.
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
    blobs: dict[str, bytes | str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    memo: dict[str, Any] = field(default_factory=dict)

    def add(
        self,
        path: str,
        format: str,
        payload: Payload,
        *,
        label: str,
        closure: str = "",
        reasons: Mapping[str, str] | None = None,
        publish: bool = True,
        heavy: bool = False,
    ) -> None:
        self.jobs.append(
            Job(
                path=path,
                format=format,
                payload=payload,
                label=label,
                reasons=reasons or {},
                closure=f"{self.code}:{FORMATS[format].version}:{closure}",
                publish=publish,
                heavy=heavy,
            )
        )

    def blob(self, data: bytes) -> Blob:
        """The reference to put into a payload in place of these bytes."""
        blob = blob_of(data)
        self.blobs[blob.digest] = data
        return blob


def output_path(url: str) -> str:
    """The file behind an address: ``/news/`` is ``news/index.html``."""
    return f"{url[1:]}index.html" if url.endswith("/") else url[1:]
