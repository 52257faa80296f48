"""The registry of formats: one entry an output. A new format is an entry here and a function from payload to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from toolkit_builder.build.jobs import RenderError
from toolkit_builder.formats import docx, feed, files, make, page, papers, pdf, register, wordpapers
from toolkit_builder.formats.templates import TemplateFailure, Templates
from toolkit_builder.model import Payload
from toolkit_builder.theme import Bundle

Render = Callable[[Payload], Any]


@dataclass(frozen=True, slots=True)
class Format:
    """How one kind of output is made. ``themed`` renderers are handed the theme's compiled templates as well."""

    name: str
    version: int
    render: Callable[..., Any]
    themed: bool = False


def _register_csv(payload: Payload) -> bytes:
    return register.as_csv(payload["rows"], payload["conference"])


def _register_json(payload: Payload) -> bytes:
    return register.as_json(payload["rows"], payload["conference"])


FORMATS: Mapping[str, Format] = {f.name: f for f in (
    Format("page", page.VERSION, page.render, themed=True),
    Format("print-page", pdf.VERSION, pdf.page, themed=True),
    Format("pdf", pdf.VERSION, pdf.render),
    Format("make-page", make.VERSION, make.render, themed=True),
    Format("make-branch", make.VERSION, make.branch),
    Format("make-branches", make.VERSION, make.branches),
    Format("docx", docx.VERSION, docx.render),
    Format("paper-docx", wordpapers.VERSION, wordpapers.render),
    Format("feed", feed.VERSION, feed.render),
    Format("copy", files.VERSION, files.copy),
    Format("picture", files.VERSION, files.picture),
    Format("sitemap", files.VERSION, files.sitemap),
    Format("robots", files.VERSION, files.robots),
    Format("redirect", files.VERSION, files.redirect),
    Format("archive", files.VERSION, files.archive),
    Format("json", files.VERSION, files.as_json),
    Format("register-csv", 1, _register_csv),
    Format("register-json", 1, _register_json),
    Format("paper-text", papers.VERSION, papers.numbered),
    Format("akoma-ntoso", papers.VERSION, papers.akoma),
)}  # fmt: skip


@dataclass(frozen=True)
class Toolchain:
    """What workers need to make every renderer: plain values that travel anywhere."""

    bundle: Bundle

    @cached_property
    def digest(self) -> str:  # asked for with every job
        return self.bundle.digest

    def renderers(self) -> Mapping[str, Render]:
        templates = Templates(self.bundle)
        return {
            name: _content_errors(partial(f.render, templates=templates) if f.themed else f.render)
            for name, f in FORMATS.items()
        }


def _content_errors(render: Callable[..., Any]) -> Render:
    """A template's failure is the theme's or the content's fault, never an internal one."""

    def safely(payload: Any) -> Any:
        try:
            return render(payload)
        except TemplateFailure as failure:
            raise RenderError(failure.diagnostics) from failure

    return safely
