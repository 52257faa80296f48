"""A theme ``Bundle`` in; a Jinja environment out that renders payloads and can open, ask or time nothing else."""

from __future__ import annotations

import datetime as dt
import json
import traceback
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any

import jinja2
from markupsafe import Markup

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.formats.environment import Environment, Loader
from toolkit_builder.formats.lists import Lists
from toolkit_builder.formats.seams import Analyst, Seams
from toolkit_builder.model import Payload
from toolkit_builder.theme import Bundle


class TemplateFailure(Exception):
    """A template could not be rendered: the theme's mistake (or the document's), not the builder's."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("\n".join(d.message for d in diagnostics))
        self.diagnostics = diagnostics


@lru_cache(maxsize=4096)
def show_date(value: str, style: str, language: str) -> str:
    """An ISO date in words, in the language of the page: ``14 June 2027``.

    ``style``: ``date``, ``long`` (with the weekday), ``short``, ``weekday``, ``month``, ``year``. A time that
    follows the date is kept (``14 June 2027, 09:30``). What is no date comes back as it is.
    """
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        day = dt.date.fromisoformat(value[:10])
    except ValueError:
        return value
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    patterns = {
        "date": "d MMMM y",
        "long": "EEEE d MMMM y",
        "short": "d MMM y",
        "weekday": "EEEE",
        "month": "MMMM y",
        "year": "y",
    }
    shown = format_date(day, patterns.get(style, "d MMMM y"), locale=locale)
    time = value[11:16]
    return f"{shown}, {time}" if time and time != "00:00" and style in {"date", "long"} else shown


def show_size(size: int | None) -> str:
    """Bytes as people write them: ``87 KB``, ``1.4 MB``."""
    if size is None:
        return ""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB"


@jinja2.pass_context
def _date(context: jinja2.runtime.Context, value: str | None, style: str = "date") -> str:
    page = context.get("page") or {}
    return show_date(str(value), style, page.get("language", "en-GB")) if value else ""


class Templates:
    """A theme's templates, compiled once for a worker's life."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.site: object = None  # what `page` keeps of the site from page to page
        self._seams: dict[str, Seams | None] = {}
        self._chains: dict[tuple[str, ...], _Chain] = {}
        self.environment = Environment(
            loader=Loader(bundle),
            autoescape=True,
            optimized=False,  # folding constants takes a tenth of compiling, and there are few
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
            cache_size=-1,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        del self.environment.filters["attr"]
        self.environment.filters |= {"date": _date, "filesize": show_size}
        self.environment.globals |= {"asset": lambda name: f"/assets/{name}"}

    def seams(self, name: str) -> Seams | None:
        """Which blocks of the pages of a template are their own, if that can be told."""
        if name not in self._seams:
            known = self.bundle.seams.get(name)
            if known is None:
                self._seams[name] = self._analyst.seams(name)
            else:
                self._seams[name] = Seams.of(known)
        return self._seams[name]

    @cached_property
    def _analyst(self) -> Analyst:
        words = json.dumps([self.bundle.locales, self.bundle.settings], default=str)
        return Analyst(self.environment, blake2b(words.encode()).hexdigest())

    def _translate(self, language: str) -> Any:
        words: Mapping[str, str] = self.bundle.locales.get(language) or self.bundle.locales.get(
            language.partition("-")[0], {}
        )

        def t(text: str, **values: Any) -> str:
            said = words.get(text, text)
            return said.format(**values) if values else said

        return t

    def render(
        self, name: str, payload: Payload, label: str, lists: Lists | None = None, chain: Sequence[str] = ()
    ) -> str:
        """The finished text. Raises ``TemplateFailure`` that names theme file:line and the document ``label``.

        With a ``chain`` of templates, of which each extends the next, only the last is done, with the others' blocks.
        """
        language = payload.get("page", {}).get("language", "en-GB")
        self.environment.begin_page(lists)
        try:
            values = {**payload, "t": self._translate(language), "t_in": self._translate}
            names = tuple(chain) or (name,)
            if names not in self._chains:
                self._chains[names] = _Chain([self.environment.get_template(each) for each in names])
            return self._chains[names].said(values)
        except Exception as problem:
            raise TemplateFailure([self._diagnosis(name, problem, label)]) from problem

    def _diagnosis(self, name: str, problem: Exception, label: str) -> Diagnostic:
        sources = dict(self.bundle.templates.values())
        path, line = "", 0
        if isinstance(problem, jinja2.TemplateSyntaxError):
            path, line = problem.filename or "", problem.lineno
        else:
            for frame in traceback.extract_tb(problem.__traceback__):
                if frame.filename in sources:
                    path, line = frame.filename, frame.lineno or 0
        lines = sources.get(path, "").splitlines()
        source = lines[line - 1] if 0 < line <= len(lines) else ""
        column = len(source) - len(source.lstrip()) + 1
        span = Span(path or f"themes/{name}", line, column, line, len(source) + 1)
        said = "it calls itself without end" if isinstance(problem, RecursionError) else str(problem)
        return error(
            "T201",
            f"the template failed on {label}: {said}",
            span,
            source=source,
            hint="docs/themes.md lists what each template is given",
        )


class _Chain:
    """A chain of templates: what the last of them says, with the blocks of those before it."""

    def __init__(self, chain: Sequence[jinja2.Template]) -> None:
        self._root = chain[-1]
        names = {block for each in chain for block in each.blocks} if len(chain) > 1 else ()
        self._blocks = {name: [each.blocks[name] for each in chain if name in each.blocks] for name in names}

    def said(self, values: dict[str, Any]) -> str:
        context = self._root.new_context(values)
        context.blocks.update(self._blocks)
        try:
            return "".join(self._root.root_render_func(context))
        except Exception:
            self._root.environment.handle_exception()
        finally:
            context.vars.clear()  # a macro and the page that it is defined for hold each other: only gc would see it


def safe(html: str) -> Markup:
    """Mark a fragment that ``prose`` has sanitised as safe to show."""
    return Markup(html)
