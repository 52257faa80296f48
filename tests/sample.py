"""The sample site, loaded once for a test run; each of its printed documents made when a test asks for it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit_builder import loading
from toolkit_builder.build.cache import Store
from toolkit_builder.build.jobs import Blob, Deferred, Job, Named, Output, SharedValue
from toolkit_builder.build.keys import narrowed
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import FORMATS, pdf
from toolkit_builder.formats.templates import Templates

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Made:
    """A printed document: its page as HTML, its bytes, and what was said about it."""

    html: str
    pdf: bytes
    diagnostics: list[Diagnostic]
    payload: dict[str, Any]


@dataclass(slots=True)
class Sample:
    """The loaded sample site. ``jobs`` are by path; ``printed`` makes a PDF as a build would."""

    loaded: loading.Loaded
    jobs: dict[str, Job]
    blobs: dict[str, bytes | str]
    templates: Templates
    made: dict[str, Made] = field(default_factory=dict)
    outputs: dict[str, bytes] = field(default_factory=dict)
    store: Path = Path()

    @classmethod
    def load(cls, folder: Path, more: Mapping[str, str] | None = None) -> Sample:
        """The sample site; ``more``: further files of content/, by path."""
        shutil.copy(ROOT / "toolkit.yaml", folder / "toolkit.yaml")
        shutil.copytree(ROOT / "content", folder / "content")
        for path, text in (more or {}).items():
            (folder / "content" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "content" / path).write_text(text, encoding="utf-8")
        return cls.of(folder)

    @classmethod
    def of(cls, folder: Path) -> Sample:
        """Any project, as it lies in its folder."""
        with Store(folder / "store") as store:
            loaded = loading.load(folder, loading.Options(jobs=1), store)
        plan = loading.lay_out(loaded)
        assert plan is not None
        assert loaded.theme is not None
        return cls(loaded, {j.path: j for j in plan.jobs}, dict(plan.blobs), Templates(loaded.theme.bundle),
                   store=folder / "store")  # fmt: skip

    @property
    def pdfs(self) -> list[str]:
        return [path for path, job in self.jobs.items() if job.format == "pdf"]

    def payload(self, path: str) -> dict[str, Any]:
        """What a job's renderer is handed, its shared values in place."""
        found: dict[str, Any] = self._whole(self.jobs[path].payload)
        return found

    def _whole(self, value: Any) -> Any:
        if isinstance(value, SharedValue | Deferred):
            return self._whole(value.value if isinstance(value, SharedValue) else value.made())
        if isinstance(value, Blob):
            if value.digest not in self.blobs:  # kept when its document was read
                with Store(self.store) as store:
                    self.blobs |= store.blob_values([value.digest])
            return self.blobs[value.digest]
        if isinstance(value, Output):
            return self.output(value.path)
        if isinstance(value, Named):
            return self._whole(narrowed({"named": value}, {value.output: self.output(value.output)})["named"])
        if isinstance(value, dict):
            return {key: self._whole(inner) for key, inner in value.items()}
        return [self._whole(inner) for inner in value] if isinstance(value, list | tuple) else value

    def output(self, path: str) -> bytes:
        """The bytes of one output, made as a build makes them."""
        if path not in self.outputs:
            job = self.jobs[path]
            form = FORMATS[job.format]
            more = {"templates": self.templates} if form.themed else {}
            found = form.render(self._whole(job.payload), **more)
            self.outputs[path] = found[0] if isinstance(found, tuple) else found
        return self.outputs[path]

    def printed(self, path: str) -> Made:
        if path not in self.made:
            self.made[path] = self.make(path)
        return self.made[path]

    def make(self, path: str) -> Made:
        written = self.jobs[path].payload["html"].path
        payload = self.payload(path)
        data, found = pdf.render(payload)
        return Made(bytes(payload["html"]).decode(), data, found, self.payload(written))
