"""A source text and a model in; typed front matter, the body and every complaint, each at its place, out.

Scalars arrive from ``yamltext`` as the characters the author typed. The model says what is meant: a text field
keeps ``20.10``, ``010``, ``no`` and ``12:30`` as they stand, a date must be year-month-day, a yes/no field takes
yes, no, true, false, on and off. A key that is left empty (or is ``~`` or ``null``, where text is not meant)
counts as left out. A single value is accepted where a list is meant, as a list of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec import Struct
from pydantic import BaseModel, ValidationError

from toolkit_builder import frontmatter, wording
from toolkit_builder.diagnostics import Diagnostic, Severity, Span, error, ordered
from toolkit_builder.shapes import Shape, shape_of
from toolkit_builder.yamltext import (
    Group,
    Items,
    Node,
    Origin,
    Parsed,
    Scalar,
    comment_after,
    find,
    parse,
)

M = TypeVar("M", bound=BaseModel)
Loc = tuple[str | int, ...]

_MOST_ERRORS = 50
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class Override(NamedTuple):
    """A value from outside the file: who says it (an environment variable's name) and its text."""

    name: str
    text: str


class Decoded(Struct, Generic[M], frozen=True):
    """``fields`` is None if there is any error; the body is always there.

    ``rest`` is what holds of fields with errors, so that all else can be checked as well: without those that are wrong,
    and a misspelt key taken for the one that was meant. It is ``whole`` where the errors are unknown keys alone.
    """

    fields: M | None
    body: str
    body_line: int
    diagnostics: tuple[Diagnostic, ...]
    rest: M | None = None
    whole: bool = False


def decode(model: type[M], source_text: str, path: str) -> Decoded[M]:
    """Read the front matter of one source file as ``model``."""
    front = frontmatter.split(source_text)
    origin = Origin(path, source_text)
    if front.opened and not front.closed:
        return Decoded(None, front.body, front.body_line, (frontmatter.unclosed(origin, front),))
    if not front.opened:
        if unopened := frontmatter.unopened(model, origin):
            return Decoded(None, front.body, front.body_line, (unopened,))
        checked = _checked(model, Parsed(None), origin, 0)
        if checked.fields is None:
            checked = Checked(None, [frontmatter.missing(model, origin)])
    else:
        checked = _checked(model, parse(origin, front.start, front.end), origin, source_text.index("---"))
    fields, found, rest, whole = checked
    return Decoded(fields, front.body, front.body_line, tuple(found), rest, whole)


def decode_yaml(
    model: type[M], source_text: str, path: str, overrides: Mapping[Loc, Override] | None = None
) -> Decoded[M]:
    """Read a file that is YAML as a whole (``toolkit.yaml``, ``theme.yaml``) as ``model``.

    ``overrides`` replace single values, as if the file said them; what is wrong with one names its origin.
    """
    origin = Origin(path, source_text)
    checked = _checked(model, parse(origin, 0, len(source_text)), origin, 0, overrides or {})
    return Decoded(checked.fields, "", 1, tuple(checked.found))


def field_span(source_text: str, path: str, loc: Sequence[str | int], *, key: bool = False) -> Span:
    """Where a field's value (or its key) stands in a source file: ``("amends",)``, ``("sources", 1)``.

    What is not there is shown where it should be: at the group that lacks it, or at the opening ``---``.
    """
    return field_node(source_text, path, loc, key=key)[1]


def field_diagnostic(
    code: str,
    message: str,
    source_text: str,
    path: str,
    loc: Sequence[str | int],
    *,
    key: bool = False,
    hint: str = "",
    severity: Severity = Severity.ERROR,
) -> Diagnostic:
    """A later stage's complaint about a field, shown at the field's place."""
    _, span = field_node(source_text, path, loc, key=key)
    lines = source_text.split("\n", span.line)
    return Diagnostic(severity, code, message, span, hint, lines[span.line - 1])


def field_node(source_text: str, path: str, loc: Sequence[str | int], *, key: bool = False) -> tuple[Origin, Span]:
    """The source and the place in it that ``loc`` names."""
    front = frontmatter.split(source_text)
    origin = Origin(path, source_text)
    whole_file = not front.opened and path.endswith((".yaml", ".yml"))
    start, end = (0, len(source_text)) if whole_file else (front.start, front.end)
    root = parse(origin, start, end).root
    found_key, node = find(root, loc)
    if found_key is None and (node is root or node is None):
        at = max(source_text.find("---"), 0) if front.opened else 0
        return origin, origin.span(at, at + 3 if front.opened else at)
    place = found_key if key and found_key is not None else node
    assert place is not None
    return origin, origin.span(place.start, place.end)


def freeze(fields: BaseModel) -> dict[str, Any]:
    """Plain JSON values that ``thaw`` reads back: only what the author set, under the keys the author wrote."""
    return fields.model_dump(mode="json", by_alias=True, exclude_unset=True)


def thaw(model: type[M], data: Any) -> M:
    """The fields that ``freeze`` made plain. Raises ValidationError for data of another model: a cache miss."""
    return model.model_validate(data)


# --- nodes -> values -------------------------------------------------------------------------------------


class Checked(NamedTuple, Generic[M]):
    """As in `Decoded`."""

    fields: M | None
    found: list[Diagnostic]
    rest: M | None = None
    whole: bool = False


def _checked(
    model: type[M], parsed: Parsed, origin: Origin, home: int, overrides: Mapping[Loc, Override] | None = None
) -> Checked[M]:
    root = parsed.root
    reader = _Reader(origin, parsed, overrides or {})
    values: Any = {}
    if isinstance(root, Group):
        values = reader.group(root, shape_of(model), ())
    elif root is not None and not (isinstance(root, Scalar) and root.text in _NOTHING):
        reader.say(wording.NOT_A_GROUP, root, ())
    for loc, override in reader.overrides.items():
        reader.override(values, loc, override, shape_of(model))
    fields: M | None = None
    try:
        fields = None if reader.full else model.model_validate(values)
    except ValidationError as problem:
        _translate(problem, reader, home, shape_of(model))
    found = ordered([*parsed.diagnostics, *reader.found])
    if not any(d.is_error for d in found):
        return Checked(fields, found)
    broken = any(d.is_error for d in parsed.diagnostics) or not isinstance(values, dict)
    return Checked(None, found, None if broken else _rest(model, values, reader), not reader.told - reader.strays)


def _rest(model: type[M], values: Mapping[str, Any], reader: _Reader) -> M | None:
    """What holds of fields with errors: without those that are wrong."""
    wrong = {loc[0] for loc in reader.told - reader.strays if loc}
    try:
        return model.model_validate({name: value for name, value in values.items() if name not in wrong})
    except ValidationError:
        return None


class _Reader:
    """Walks nodes and shapes side by side; what does not fit is told once, at its place."""

    def __init__(self, origin: Origin, parsed: Parsed, overrides: Mapping[Loc, Override]) -> None:
        self.origin = origin
        self.parsed = parsed
        self.overrides = overrides
        self.found: list[Diagnostic] = []
        self.told: set[Loc] = set()
        self.strays: set[Loc] = set()  # of those told: keys that are not known, and what was meant by them
        self.hashed = " #" in origin.text or "\t#" in origin.text

    @property
    def full(self) -> bool:
        """Whether there are so many errors that more would help nobody."""
        return len(self.told) >= _MOST_ERRORS

    def group(self, node: Group, shape: Shape, loc: Loc) -> dict[str, Any]:
        keys = shape.keys
        values: dict[str, Any] = {}
        for name, (key, child) in node.entries.items():
            inner = keys.get(name)
            if inner is None:
                if self.full:
                    break
                guess = wording.nearest(name, keys)
                self.say(wording.unknown_key(name, keys, guess), key, (*loc, name))
                self.strays.add((*loc, name))
                if guess and guess not in node.entries:
                    values[guess] = self.value(child, keys[guess], (*loc, name))
                    self.told.add((*loc, guess))
                    self.strays.add((*loc, guess))
                continue
            kind = inner.kind
            if type(child) is Scalar:
                text = child.text
                if child.plain and text in _NOTHING and (not text or text == "~" or kind != "text"):
                    continue
                if kind == "text":
                    self.look_behind(child, inner)
                    values[name] = text
                    continue
            values[name] = self.value(child, inner, (*loc, name))
        return values

    def value(self, node: Node, shape: Shape, loc: Loc) -> Any:
        kind = shape.kind
        if kind == "list":
            return self.items(node, shape, loc)
        if kind == "model":
            if isinstance(node, Group):
                return self.group(node, shape, loc)
        elif kind == "map":
            if isinstance(node, Group):
                return self.mapping(node, shape, loc)
        elif isinstance(node, Scalar):
            said = wording.not_plain_value(kind, node.text)
            if said:
                self.say(said, node, loc)
            self.look_behind(node, shape)
            return node.text.lower() if kind == "bool" else node.text
        self.say(wording.wrong_shape(loc, shape, node, self.origin.text[node.start : node.end]), node, loc)
        return None

    def look_behind(self, node: Scalar, shape: Shape) -> None:
        """Words that a ``#`` has cut off, where the value is meant for readers: a title, a name, a sentence."""
        if not self.hashed or shape.kind != "text" or shape.coded or shape.choices or len(self.found) >= _MOST_ERRORS:
            return
        found = comment_after(self.origin, node)
        if found:
            self.found.append(found)

    def mapping(self, node: Group, shape: Shape, loc: Loc) -> dict[str, Any]:
        inner = shape.item
        assert inner is not None
        values: dict[str, Any] = {}
        for name, (_, child) in node.entries.items():
            bare = inner.kind == "model" and isinstance(child, Scalar) and child.text in _NOTHING
            values[name] = {} if bare else self.value(child, inner, (*loc, name))
        return values

    def items(self, node: Node, shape: Shape, loc: Loc) -> Any:
        inner = shape.item
        assert inner is not None
        if isinstance(node, Items):
            return [self.item(child, inner, (*loc, i)) for i, child in enumerate(node.items)]
        if isinstance(node, Scalar) and inner.kind != "model":
            if node.plain and re.match(r"-\S", node.text):
                self.say(wording.no_space_after_dash(node.text), node, loc)
            elif node.plain and "," in node.text:
                self.say(wording.one_item(loc, node.text), node, loc, Severity.WARNING)
            return [self.value(node, inner, loc)]
        self.say(wording.wrong_shape(loc, shape, node, self.origin.text[node.start : node.end]), node, loc)
        return None

    def item(self, node: Node, shape: Shape, loc: Loc) -> Any:
        if isinstance(node, Scalar) and node.plain and node.text in ("", "~"):
            self.say(wording.EMPTY_ITEM, node, loc)
            return None
        return self.value(node, shape, loc)

    def override(self, values: dict[str, Any], loc: Loc, override: Override, shape: Shape) -> None:
        """Put one value where the file would have it."""
        *groups, last = map(str, loc)
        for name in groups:
            shape = shape.keys[name]
            inner = values.setdefault(name, {})
            if not isinstance(inner, dict):
                return
            values = inner
        kind = shape.keys[last].kind
        said = wording.not_plain_value(kind, override.text)
        if said:
            self.told.add(loc)
            self.found.append(_of_override(override, said))
        values[last] = override.text.lower() if kind == "bool" else override.text

    def refused(self, node: Node) -> bool:
        """Whether the YAML itself was complained of at this very place: one mistake, one complaint."""
        span = self.origin.span(node.start)
        return any(
            d.is_error and d.span and (d.span.line, d.span.column) == (span.line, span.column)
            for d in self.parsed.diagnostics
        )

    def say(self, said: wording.Said, node: Node, loc: Loc, severity: Severity = Severity.ERROR) -> None:
        if self.full:
            return
        if severity is Severity.ERROR:
            self.told.add(loc)
            if self.refused(node):
                return
        self.found.append(
            self.origin.diagnostic(said.code, said.message, node.start, node.end, hint=said.hint, severity=severity)
        )


def _translate(problem: ValidationError, reader: _Reader, home: int, wanting: Shape) -> None:
    """Pydantic's complaints in our own words, at the places of the nodes they are about."""
    parsed, origin = reader.parsed, reader.origin
    for fault in problem.errors(include_url=False, include_context=True):
        loc: Loc = fault["loc"]
        if reader.full:
            return
        if any(loc[:n] in reader.told for n in range(len(loc) + 1)):
            continue
        reader.told.add(loc)
        missing = fault["type"] == "missing"
        if missing and ("*" in parsed.broken or loc[0] in parsed.broken):
            continue
        _, node = find(parsed.root, loc)
        said = wording.of_fault(fault, wanting)
        if loc in reader.overrides:
            reader.found.append(_of_override(reader.overrides[loc], said))
            continue
        if missing or node is None:
            _tell_missing(said, reader, loc, home)
        elif not reader.refused(node):
            reader.found.append(origin.diagnostic(said.code, said.message, node.start, node.end, hint=said.hint))


def _of_override(override: Override, said: wording.Said) -> Diagnostic:
    return error(said.code, f"{override.name}: {said.message}", hint=said.hint)


def _tell_missing(said: wording.Said, reader: _Reader, loc: Loc, home: int) -> None:
    """A key that is not there is shown at its group; one left empty is shown at the key."""
    origin = reader.origin
    key, node = find(reader.parsed.root, loc)
    if key is not None and node is not None and not isinstance(node, Group):
        found = origin.diagnostic(said.code, wording.left_empty(loc), key.start, key.end, hint=said.hint)
    elif len(loc) > 1 and node is not None:
        found = origin.diagnostic(said.code, said.message, node.start, node.end, hint=said.hint)
    else:
        fence = origin.text.startswith("---", home)
        found = origin.diagnostic(said.code, said.message, home, home + 3 if fence else home, hint=said.hint)
    reader.found.append(found)
