"""What a theme is: a frozen ``Theme`` of templates, assets and settings, with those of its parents, all in memory.

Renderers are handed a ``Bundle`` (plain values that travel to any worker), never a loader that reads files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from pydantic import Field

from toolkit_builder.model import Line, Part

API = 1
MOST_PARENTS = 8


class Listing(Part):
    """A named query: which documents a template is given beyond its own."""

    kind: Line
    where: dict[str, str] = {}
    order: Line = "title"
    limit: int | None = Field(None, gt=0)
    for_: tuple[Line, ...] = Field((), alias="for", description="Templates that are given it; all, if left out")


class ThemeFile(Part):
    """``theme.yaml``."""

    name: Line = ""
    parent: Line = ""
    api: int = API
    colours: dict[str, str] = {}
    listings: dict[str, Listing] = {}


class Template(Struct, frozen=True):
    """One template's text and where it came from. ``level`` 0 is the theme itself, 1 its parent, and so on."""

    name: str
    path: str
    level: int
    source: str


class Bundle(Struct, frozen=True, kw_only=True):
    """What renderers need of a theme, as plain values. ``templates`` maps ``level:name`` to (path, source).

    ``seams`` has what is known of a template's blocks already, by the template's name (`formats.seams.Seams.plain`),
    or nothing.
    """

    templates: Mapping[str, tuple[str, str]]
    locales: Mapping[str, Mapping[str, str]]
    assets: Mapping[str, bytes] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    seams: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        h = hashlib.blake2b(digest_size=16)
        h.update(
            json.dumps(
                [sorted(self.templates.items()), self.locales, self.settings], sort_keys=True, default=str
            ).encode()
        )
        for name, data in sorted(self.assets.items()):
            h.update(f"{name}\0{len(data)}\0".encode() + data)
        return h.hexdigest()


class Theme(Struct, frozen=True, kw_only=True, dict=True):
    """A theme with its parents. ``templates`` holds every level; ``assets`` and ``print_files`` the topmost."""

    name: str
    settings: ThemeFile
    templates: tuple[Template, ...]
    assets: Mapping[str, bytes]
    print_files: Mapping[str, bytes]
    locales: Mapping[str, Mapping[str, str]]

    @cached_property
    def by_level(self) -> dict[str, Template]:
        return {f"{t.level}:{t.name}": t for t in self.templates}

    def find(self, name: str, level: int = 0) -> Template | None:
        """The topmost template of that name at ``level`` or below it (towards the last parent)."""
        for depth in range(level, MOST_PARENTS + 1):
            if found := self.by_level.get(f"{depth}:{name}"):
                return found
        return None

    def has(self, name: str) -> bool:
        return self.find(name) is not None

    @cached_property
    def bundle(self) -> Bundle:
        return Bundle(templates={k: (t.path, t.source) for k, t in sorted(self.by_level.items())}, locales=self.locales)

    @cached_property
    def _closures(self) -> dict[str, tuple[Template, ...]]:
        return {}

    def closure(self, name: str) -> tuple[Template, ...]:
        """Every template that rendering ``name`` may read, itself first."""
        if name not in self._closures:
            seen: dict[str, Template] = {}
            todo = [self.find(name)]
            while todo:
                template = todo.pop()
                if template is None or template.path in seen:
                    continue
                seen[template.path] = template
                todo += [self.find(ref, level) for ref, level in self._references[template.path]]
            self._closures[name] = tuple(seen.values())
        return self._closures[name]

    @cached_property
    def _references(self) -> dict[str, list[tuple[str, int]]]:
        """What each template names, by its path."""
        return {t.path: list(_references(t)) for t in self.templates}

    def _sources(self, size: int) -> dict[str, str]:
        """The digest of each template's source, of so many bytes, by its path."""
        sources = {t.path: t.source.encode("utf-8", "surrogatepass") for t in self.templates}
        return {path: hashlib.blake2b(source, digest_size=size).hexdigest() for path, source in sources.items()}

    @cached_property
    def _named(self) -> dict[str, str]:
        return self._sources(8)

    @cached_property
    def _keyed(self) -> dict[str, str]:
        return self._sources(16)

    @cached_property
    def _reasons(self) -> dict[str, dict[str, str]]:
        return {}

    @cached_property
    def _words(self) -> str:
        return json.dumps(self.locales, sort_keys=True)

    def closure_reasons(self, name: str) -> dict[str, str]:
        """Each template of the closure with its digest: what `explain` names. The same value for the same name."""
        if name not in self._reasons:
            self._reasons[name] = {f"theme: {t.path}": self._named[t.path] for t in self.closure(name)}
        return self._reasons[name]

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {}

    def closure_digest(self, name: str) -> str:
        """The digest of everything that rendering ``name`` reads, the theme's words in other languages included."""
        if name not in self._digests:
            closure = sorted(self.closure(name), key=lambda t: t.path)
            lines = [f"{t.level}:{t.name}\0{self._keyed[t.path]}\n" for t in closure]
            self._digests[name] = hashlib.blake2b("".join([*lines, self._words]).encode(), digest_size=16).hexdigest()
        return self._digests[name]


_REFERENCE = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+(?P<quote>['\"])(?P<name>[^'\"]+)(?P=quote)")


def _references(template: Template) -> Iterator[tuple[str, int]]:
    for match in _REFERENCE.finditer(template.source):
        name = match["name"]
        if name.startswith("parent:"):
            yield name.removeprefix("parent:"), template.level + 1
        else:
            yield name, 0
