"""The registry of formats: one entry an output. A new format is an entry here and a function from payload to bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property, partial
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from toolkit_builder.build.jobs import RenderError
from toolkit_builder.model import Payload

if TYPE_CHECKING:
    from toolkit_builder.formats.templates import Templates
    from toolkit_builder.theme import Bundle

Render = Callable[[Payload], Any]


class At(Struct, frozen=True):
    """A renderer by the module and the name it has here: a build imports those that it uses."""

    module: str
    name: str

    def __call__(self, payload: Payload, **more: Any) -> Any:
        return getattr(_module(self.module), self.name)(payload, **more)


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name}")


class Format(Struct, frozen=True):
    """How one kind of output is made. ``themed`` renderers are handed the theme's compiled templates as well."""

    name: str
    render: Callable[..., Any]
    themed: bool = False


FORMATS: Mapping[str, Format] = {f.name: f for f in (
    Format("page", At("page", "seamed"), themed=True),
    Format("print-page", At("pdf", "page"), themed=True),
    Format("pdf", At("pdf", "render")),
    Format("make-page", At("make", "render"), themed=True),
    Format("make-branch", At("make", "branch")),
    Format("make-branches", At("make", "branches")),
    Format("docx", At("docx", "render")),
    Format("paper-docx", At("wordpapers", "render")),
    Format("feed", At("feed", "render")),
    Format("copy", At("files", "copy")),
    Format("picture", At("files", "picture")),
    Format("sitemap", At("files", "sitemap")),
    Format("robots", At("files", "robots")),
    Format("redirect", At("files", "redirect")),
    Format("archive", At("files", "archive")),
    Format("json", At("files", "as_json")),
    Format("register-csv", At("register", "csv_file")),
    Format("register-json", At("register", "json_file")),
    Format("paper-text", At("papers", "numbered")),
    Format("akoma-ntoso", At("papers", "akoma")),
)}  # fmt: skip


class Toolchain(Struct, frozen=True, dict=True):
    """What workers need to make every renderer: plain values that travel anywhere."""

    bundle: Bundle

    @cached_property
    def digest(self) -> str:  # asked for with every job
        return self.bundle.digest

    def renderers(self) -> Mapping[str, Render]:
        dressed = _Dressed(self.bundle)
        return {name: partial(dressed, f.render) if f.themed else f.render for name, f in FORMATS.items()}


def rehearse(templates: Sequence[str], renderers: Mapping[str, Render]) -> Iterator[None]:
    """Make ready what rendering pages of these templates needs, step by step: `Toolchain`'s renderers come in."""
    page = renderers["page"]
    assert isinstance(page, partial)
    assert isinstance(page.func, _Dressed)
    _module("page")
    yield
    yield from page.func.ready(templates)


class _Dressed:
    """Calls a renderer with the theme's templates, which are compiled once, for the first page that there is."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    @cached_property
    def _templates(self) -> Templates:
        from toolkit_builder.formats.templates import Templates

        return Templates(self._bundle)

    def ready(self, names: Sequence[str]) -> Iterator[None]:
        """Compile templates; what is wrong with one is told by the page that needs it."""
        from jinja2 import TemplateError

        for name in names:
            with suppress(TemplateError):
                self._templates.environment.get_template(name)
            yield

    def __call__(self, render: Callable[..., Any], payload: Payload) -> Any:
        """A template's failure is the theme's or the content's fault, never an internal one."""
        from toolkit_builder.formats.templates import TemplateFailure

        try:
            return render(payload, templates=self._templates)
        except TemplateFailure as failure:
            raise RenderError(failure.diagnostics) from failure
