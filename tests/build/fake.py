"""A small site for the engine's tests: plain jobs, a toolchain of three renderers, and a driver around `build`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit_builder.build import fastpath
from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.engine import BuildReport, Options, build
from toolkit_builder.build.inputs import Inputs
from toolkit_builder.build.jobs import Job, Output, RenderError
from toolkit_builder.diagnostics import error, warning


@dataclass(frozen=True)
class Chain:
    """Renderers: ``page`` (text), ``print`` (an intermediate page) and ``pdf`` (made from another output)."""

    version: str = "1"

    @property
    def digest(self) -> str:
        return f"{type(self).__qualname__} {self.version}"

    def renderers(self) -> Mapping[str, Callable[[Any], Any]]:
        return {"page": self.page, "print": self.page, "pdf": self.pdf}

    def page(self, payload: Any) -> Any:
        text = payload["text"]
        if "WRONG" in text:
            raise RenderError([error("T100", f"the template is wrong: {text}")])
        if "CRASH" in text:
            raise ZeroDivisionError("inside the renderer")
        data = f"<p>{text}</p> {self.version}\n".encode()
        return (data, [warning("T200", f"odd: {text}")]) if "ODD" in text else data

    def pdf(self, payload: Any) -> bytes:
        return b"%PDF " + payload["page"] + payload["note"].encode()


def page(path: str, text: str, **more: Any) -> Job:
    return Job(path, "page", {"text": text}, "c1", {f"content/{path}.md": digest_of_value(text)}, **more)


def pdf(path: str, text: str) -> list[Job]:
    """A printed document: its print page, which is not published, and the PDF made of it."""
    inner = f"print/{path}.html"
    return [
        Job(inner, "print", {"text": text}, "c1", {f"content/{path}": digest_of_value(text)}, publish=False),
        Job(path, "pdf", {"page": Output(inner), "note": "n"}, "c1", {inner: digest_of_value(text)}, heavy=True),
    ]


def pages(texts: Mapping[str, str]) -> list[Job]:
    """Jobs for ``{path: text}``; a path that ends with .pdf becomes two."""
    jobs: list[Job] = []
    for path, text in texts.items():
        jobs += pdf(path, text) if path.endswith(".pdf") else [page(path, text)]
    return jobs


@dataclass
class Site:
    """``site.build({"index.html": "text"})`` builds; ``site.files()`` is what stands in ``output/``."""

    folder: Path
    chain: Chain = field(default_factory=Chain)

    @property
    def output(self) -> Path:
        return self.folder / "output"

    @property
    def state(self) -> Path:
        return Path(fastpath.state_folder(str(self.folder), str(self.output)))

    def build(self, texts: Mapping[str, str] | Sequence[Job], **options: Any) -> BuildReport:
        jobs = pages(texts) if isinstance(texts, Mapping) else list(texts)
        options.setdefault("durable", False)
        return build(self.folder, self.output, jobs, {}, self.chain, Options(**options))

    def built(self, texts: Mapping[str, str] | Sequence[Job], **options: Any) -> BuildReport:
        report = self.build(texts, **options)
        assert report.published, report.diagnostics
        return report

    def with_inputs(self, **options: Any) -> Options:
        """Options that record ``content/`` as it is now."""
        roots = {"content": "content"}
        now = time.time_ns()
        scan = fastpath.scan(fastpath.absolute_roots(str(self.folder), roots))
        return Options(inputs=Inputs(roots, scan, now), durable=False, **options)

    def files(self) -> dict[str, bytes]:
        return contents(self.output)

    def store(self) -> Store:
        return Store(self.folder / ".toolkit" / "store")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rendered(text: str, version: str = "1") -> bytes:
    return f"<p>{text}</p> {version}\n".encode()


def expected(texts: Mapping[str, str], version: str = "1") -> dict[str, bytes]:
    """What ``output/`` holds after a build of these texts."""
    return {
        path: b"%PDF " + rendered(text, version) + b"n" if path.endswith(".pdf") else rendered(text, version)
        for path, text in sorted(texts.items())
    }
