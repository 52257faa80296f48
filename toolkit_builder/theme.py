"""A theme folder and its parents in; a frozen ``Theme`` out: templates, assets and settings, all in memory.

Renderers are handed a ``Bundle`` (plain values that travel to any worker), never a loader that reads files.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from toolkit_builder import resources
from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.model import Line, Part

if TYPE_CHECKING:
    from jinja2 import nodes

API = 1
_MOST_PARENTS = 8


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


@dataclass(frozen=True, slots=True)
class Template:
    """One template's text and where it came from. ``level`` 0 is the theme itself, 1 its parent, and so on."""

    name: str
    path: str
    level: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
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


@dataclass(frozen=True, kw_only=True)
class Theme:
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
        for depth in range(level, _MOST_PARENTS + 1):
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
                todo += [self.find(ref, level) for ref, level in _references(template)]
            self._closures[name] = tuple(seen.values())
        return self._closures[name]

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {}

    @cached_property
    def _reasons(self) -> dict[str, dict[str, str]]:
        return {}

    def closure_reasons(self, name: str) -> dict[str, str]:
        """Each template of the closure with its digest: what `explain` names."""
        if name not in self._reasons:
            self._reasons[name] = {
                f"theme: {t.path}": hashlib.blake2b(
                    t.source.encode("utf-8", "surrogatepass"), digest_size=8
                ).hexdigest()
                for t in self.closure(name)
            }
        return self._reasons[name]

    def closure_digest(self, name: str) -> str:
        """The digest of everything that rendering ``name`` reads, the theme's words in other languages included."""
        if name in self._digests:
            return self._digests[name]
        h = hashlib.blake2b(digest_size=16)
        for template in sorted(self.closure(name), key=lambda t: t.path):
            h.update(f"{template.level}:{template.name}\0{template.source}\0".encode())
        h.update(json.dumps(self.locales, sort_keys=True).encode())
        self._digests[name] = h.hexdigest()
        return self._digests[name]


# --- references between templates ------------------------------------------------------------------------

_REFERENCE = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+(?P<quote>['\"])(?P<name>[^'\"]+)(?P=quote)")


def _references(template: Template) -> Iterator[tuple[str, int]]:
    for match in _REFERENCE.finditer(template.source):
        name = match["name"]
        if name.startswith("parent:"):
            yield name.removeprefix("parent:"), template.level + 1
        else:
            yield name, 0


def _line_span(template: Template, line: int) -> tuple[Span, str]:
    lines = template.source.splitlines()
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    column = len(source) - len(source.lstrip()) + 1
    return Span(template.path, line, column, line, len(source) + 1), source


def look_over(written: Sequence[Any]) -> dict[str, Any]:
    """One template, ``[name, path, level, source]`` -> what is wrong with it by itself (``problems``), and ``others``:
    each template that it names, with the line, and whether it extends that. Plain values that can be kept.
    """
    import jinja2
    from jinja2 import nodes

    template = Template(*written)
    env = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    try:
        tree = env.parse(template.source, template.name, template.path)
    except jinja2.TemplateSyntaxError as problem:
        span, source = _line_span(template, problem.lineno)
        found = error(
            "T102",
            f"the template cannot be read: {problem.message}",
            span,
            source=source,
            hint="correct the tag on this line, or one that was opened above it",
        )
        return {"problems": [found.to_json()], "others": []}
    inside = tuple(every(tree))
    problems = list(_reaching_out(template, inside))
    others = []
    for node in inside:
        if not isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport):
            continue
        target = getattr(getattr(node, "template", None), "value", None)
        if isinstance(target, str):
            others.append([target, node.lineno, isinstance(node, nodes.Extends)])
            continue
        span, source = _line_span(template, node.lineno)
        problems.append(
            error(
                "T103",
                "the name of another template must be written out in quotes",
                span,
                source=source,
                hint="the builder must know which templates a page uses before it renders it",
            )
        )
    return {"problems": [problem.to_json() for problem in problems], "others": others}


def template_problems(theme: Theme, looked: Iterable[Mapping[str, Any]] | None = None) -> Iterator[Diagnostic]:
    """Syntax errors, names that are not literal, templates that are missing or extend each other in a ring.

    ``looked`` is what `look_over` found in each template, where that is known.
    """
    extends: dict[str, str] = {}
    for template, seen in zip(theme.templates, looked or map(look_over, map(written, theme.templates)), strict=True):
        yield from map(Diagnostic.from_json, seen["problems"])
        for target, line, extended in seen["others"]:
            name, level = target, 0
            if target.startswith("parent:"):
                name, level = target.removeprefix("parent:"), template.level + 1
            found = theme.find(name, level)
            if found is None:
                span, source = _line_span(template, line)
                yield error(
                    "T104",
                    f"there is no template '{target}'",
                    span,
                    source=source,
                    hint="look for a misspelling; templates are named from the folder templates/",
                )
            elif extended:
                extends[template.path] = found.path
    for start in sorted(extends):
        ring, path = [start], extends.get(start)
        while path and path not in ring:
            ring.append(path)
            path = extends.get(path)
        if path == start and start == min(ring):
            yield error(
                "T105",
                f"these templates extend each other in a ring: {', '.join(ring)}",
                Span(start),
                hint="one of them must extend another template, or none",
            )


def written(template: Template) -> list[Any]:
    """A template as a plain value."""
    return [template.name, template.path, template.level, template.source]


def every(tree: nodes.Node) -> Iterator[nodes.Node]:
    """All that is in a node of a template's syntax tree. (Jinja's own ``find_all`` takes three times as long.)"""
    from jinja2 import nodes

    todo = [tree]
    for node in todo:
        for name in node.fields:
            value = getattr(node, name, None)
            if isinstance(value, nodes.Node):
                todo.append(value)
            elif type(value) is list:
                todo += [each for each in value if isinstance(each, nodes.Node)]
    del todo[0]
    return iter(todo)


def _reaching_out(template: Template, tree: Sequence[Any]) -> Iterator[Diagnostic]:
    """What would let a theme out of its pages and into the computer that builds them."""
    from jinja2 import nodes

    # a download's `format` is data, and only shown or compared; the method of a text is called, or handed on
    showing = (nodes.Output, nodes.If, nodes.Compare, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Concat)
    fine = {id(child) for parent in tree if isinstance(parent, showing) for child in parent.iter_child_nodes()}
    calls = (each for each in tree if isinstance(each, nodes.Call))
    for call in calls:  # '{:,}'.format(n) is harmless
        written = getattr(call.node, "node", None)
        if isinstance(written, nodes.Const) and "_" not in str(written.value):
            fine.add(id(call.node))
    for node in tree:
        if not isinstance(node, nodes.Getattr | nodes.Filter):
            continue
        name = node.attr if isinstance(node, nodes.Getattr) else node.name
        method = isinstance(node, nodes.Getattr) and name in {"format", "format_map"} and id(node) not in fine
        if name.startswith("_") or method or (name == "attr" and isinstance(node, nodes.Filter)):
            span, source = _line_span(template, node.lineno)
            yield error(
                "T111",
                f"a template may not use '{name}'",
                span,
                source=source,
                hint="docs/themes.md lists what each template is given",
            )


# --- loading ---------------------------------------------------------------------------------------------


def _folder(project: Path, name: str) -> Path | None:
    for base in (project / "themes", resources.themes()):
        folder = base / name
        if folder.is_dir() and "/" not in name and name not in {".", ".."}:
            return folder
    return None


def _read_tree(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)
    }


def folders(project: Path, name: str) -> list[Path]:
    """The theme's folder and its parents', nearest first: the input tree of a theme, for watching and stamping."""
    found: list[Path] = []
    while name and len(found) < _MOST_PARENTS and (folder := _folder(project, name)) and folder not in found:
        found.append(folder)
        name = _settings(folder, f"themes/{name}")[0].parent
    return found


def _settings(folder: Path, shown: str) -> tuple[ThemeFile, list[Diagnostic]]:
    from toolkit_builder.decode import decode_yaml

    path = folder / "theme.yaml"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    decoded = decode_yaml(ThemeFile, text, f"{shown}/theme.yaml")
    return decoded.fields or ThemeFile(), list(decoded.diagnostics)


def load(
    project: Path, name: str, check: Callable[[Theme], Iterable[Diagnostic]] = template_problems
) -> tuple[Theme | None, list[Diagnostic]]:
    """Read theme ``name`` from ``project/themes`` or the built-in themes, with its parents.

    ``check`` finds what is wrong with the templates; who remembers what it found the last time hands in another.
    Returns ``(None, diagnostics)`` when the theme or a parent is missing or its parents form a ring.
    """
    diagnostics: list[Diagnostic] = []
    chain: list[tuple[str, Path, ThemeFile]] = []
    wanted, asked_by = name, Span("toolkit.yaml")
    while wanted:
        folder = _folder(project, wanted)
        if folder is None:
            known = sorted(
                {
                    p.name
                    for b in (project / "themes", resources.themes())
                    if b.is_dir()
                    for p in b.iterdir()
                    if p.is_dir()
                }
            )
            return None, [
                *diagnostics,
                error(
                    "T101",
                    f"there is no theme '{wanted}'",
                    asked_by,
                    hint=f"the themes here are: {', '.join(known) or 'none'}",
                ),
            ]
        if any(n == wanted for n, _, _ in chain) or len(chain) >= _MOST_PARENTS:
            return None, [
                *diagnostics,
                error(
                    "T106",
                    f"theme '{wanted}' is its own parent's parent",
                    asked_by,
                    hint="change 'parent' in one theme.yaml",
                ),
            ]
        settings, found = _settings(folder, f"themes/{wanted}")
        diagnostics += found
        if settings.api != API:
            diagnostics.append(
                error(
                    "T107",
                    f"this theme is made for version {settings.api} of the theme contract; "
                    f"this toolkit has version {API}",
                    Span(f"themes/{wanted}/theme.yaml"),
                    hint="see docs/themes.md for what changed",
                )
            )
        chain.append((wanted, folder, settings))
        asked_by, wanted = Span(f"themes/{wanted}/theme.yaml"), settings.parent
    theme = _assemble(chain)
    return theme, [*diagnostics, *check(theme), *_colour_problems(theme)]


def _assemble(chain: list[tuple[str, Path, ThemeFile]]) -> Theme:
    templates: list[Template] = []
    assets: dict[str, bytes] = {}
    prints: dict[str, bytes] = {}
    locales: dict[str, dict[str, str]] = {}
    colours: dict[str, str] = {}
    listings: dict[str, Listing] = {}
    for level, (name, folder, settings) in reversed(list(enumerate(chain))):
        for kind in ("templates", "print"):
            for path, data in _read_tree(folder / kind).items():
                if path.endswith(".html"):
                    full = path if kind == "templates" else f"print/{path}"
                    templates.append(
                        Template(full, f"themes/{name}/{kind}/{path}", level, data.decode("utf-8", "replace"))
                    )
                elif kind == "print":
                    prints[path] = data
        assets |= _read_tree(folder / "assets")
        for path, data in _read_tree(folder / "locales").items():
            locales.setdefault(Path(path).stem, {}).update(_locale(data))
        colours |= settings.colours
        listings |= settings.listings
    top = chain[0][2].model_copy(update={"colours": colours, "listings": listings})
    return Theme(
        name=chain[0][0], settings=top, templates=tuple(templates), assets=assets, print_files=prints, locales=locales
    )


def _locale(data: bytes) -> dict[str, str]:
    import yaml

    try:
        words = yaml.load(data, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError:
        return {}
    return {str(k): str(v) for k, v in words.items()} if isinstance(words, dict) else {}


# --- colours ---------------------------------------------------------------------------------------------

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """The WCAG 2.2 contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _colour_problems(theme: Theme) -> Iterator[Diagnostic]:
    span = Span(f"themes/{theme.name}/theme.yaml")
    for name, value in theme.settings.colours.items():
        if not _HEX.fullmatch(value):
            yield error(
                "T108",
                f"the colour {name} is '{value}', which is not a colour such as #7a1f5c",
                span,
                hint="write # and six digits 0-9 a-f, in quotes",
            )
        elif name == "brand" and (ratio := contrast(value, "#ffffff")) < 4.5:
            yield warning(
                "T109",
                f"white text on the brand colour {value} has a contrast of {ratio:.1f}; WCAG asks for 4.5",
                span,
                hint="choose a darker brand colour",
            )


def brand_css(theme: Theme) -> bytes:
    """The theme's colours as custom properties, with readable companions for text on them and for dark pages."""
    lines = []
    for name, value in sorted(theme.settings.colours.items()):
        if _HEX.fullmatch(value) and re.fullmatch(r"[a-z][a-z0-9-]*", name):
            ink = "#ffffff" if contrast(value, "#ffffff") >= contrast(value, "#000000") else "#000000"
            lines += [
                f"  --{name}: {value};",
                f"  --{name}-ink: {ink};",
                f"  --{name}-on-dark: {_towards(value, '#ffffff', '#121212')};",
                f"  --{name}-on-light: {_towards(value, '#000000', '#ffffff')};",
            ]
    return (":root {\n" + "\n".join(lines) + "\n}\n").encode()


def _towards(colour: str, end: str, ground: str) -> str:
    """``colour`` mixed with ``end`` until it has a contrast of 4.5 on ``ground``."""

    def channels(c: str) -> list[int]:
        digits = c[1:] if len(c) == 7 else "".join(x * 2 for x in c[1:])
        return [int(digits[i : i + 2], 16) for i in (0, 2, 4)]

    start, stop = channels(colour), channels(end)
    for step in range(21):
        mixed = "#" + "".join(f"{round(a + (b - a) * step / 20):02x}" for a, b in zip(start, stop, strict=True))
        if contrast(mixed, ground) >= 4.5:
            return mixed
    return end
