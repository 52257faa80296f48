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

from toolkit_builder import wording
from toolkit_builder.diagnostics import Diagnostic, Severity, Span, error, ordered
from toolkit_builder.patterns import pattern
from toolkit_builder.shapes import Shape, shape_of
from toolkit_builder.yamltext import (
    INDENTED_FENCE,
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

_CLOSING = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DASHES = re.compile(r"^(?:-{2,}|[–—]+-*|-[ \t]*-[ \t]*-)[ \t]*$", re.MULTILINE)
_WRONG_OPENING = pattern(
    r"\s*(?:(?P<wrong>\+{3,}|-{2}|-{4,}|[–—]+-*|={3,}|;{3})[ \t]*\n\s*)?"
    r"(?P<key>[A-Za-z_]+)(?(wrong)[ \t]*[:=]|:(?:[ \t]|\n))[^\n]*(?P<next>\n[a-z_]+:[ \t])?"
)
_MOST_ERRORS = 50
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class Override(NamedTuple):
    """A value from outside the file: who says it (an environment variable's name) and its text."""

    name: str
    text: str


class FrontMatter(NamedTuple):
    """Where the two parts of a source text are. ``start`` and ``end`` are the offsets of the YAML in it.

    ``yaml_line`` and ``body_line`` count from 1. ``opened`` without ``closed`` means that the second ``---`` is
    missing: ``yaml_text`` is then everything below the first one.
    """

    yaml_text: str
    yaml_line: int
    body: str
    body_line: int
    start: int
    end: int
    opened: bool
    closed: bool


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


def split(text: str) -> FrontMatter:
    """Cut a source text into front matter and body. Empty lines above the first ``---`` are allowed."""
    start = 0
    while text.startswith("\n", start):
        start += 1
    first = text.find("\n", start)
    opening = text[start : len(text) if first < 0 else first]
    if opening.rstrip(" \t") != "---":
        return FrontMatter("", 1, text, 1, 0, 0, False, False)
    line = start + 2
    if first < 0:
        return FrontMatter("", line, "", line, len(text), len(text), True, False)
    closing = _CLOSING.search(text, first + 1)
    if closing is None:
        return FrontMatter(text[first + 1 :], line, "", line, first + 1, len(text), True, False)
    end = closing.start()
    body = min(closing.end() + 1, len(text))
    body_line = line + text.count("\n", first + 1, body)
    return FrontMatter(text[first + 1 : end], line, text[body:], body_line, first + 1, end, True, True)


def decode(model: type[M], source_text: str, path: str) -> Decoded[M]:
    """Read the front matter of one source file as ``model``."""
    front = split(source_text)
    origin = Origin(path, source_text)
    if front.opened and not front.closed:
        return Decoded(None, front.body, front.body_line, (_unclosed(origin, front),))
    if not front.opened:
        if unopened := _unopened(model, origin):
            return Decoded(None, front.body, front.body_line, (unopened,))
        checked = _checked(model, Parsed(None), origin, 0)
        if checked.fields is None:
            checked = Checked(None, [_no_front_matter(model, origin)])
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
    front = split(source_text)
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


def _unclosed(origin: Origin, front: FrontMatter) -> Diagnostic:
    indented = INDENTED_FENCE.search(origin.text, front.start)
    if indented:
        return origin.diagnostic(
            "Y201",
            "'---' closes the front matter only at the very start of a line",
            indented.start(),
            indented.end(),
            hint="delete the spaces before it",
        )
    dashes = _DASHES.search(origin.text, front.start)
    if dashes:
        return origin.diagnostic(
            "Y201",
            f"'{dashes[0].strip()}' does not close the front matter",
            dashes.start(),
            dashes.end(),
            hint="write exactly three hyphens on a line of their own: ---",
        )
    at = origin.text.index("---")
    return origin.diagnostic(
        "Y201",
        "the front matter that opens here is never closed",
        at,
        at + 3,
        hint="put --- on a line of its own below the last key",
    )


def _unopened(model: type[BaseModel], origin: Origin) -> Diagnostic | None:
    """Front matter below a wrong line or none: it would be published as text."""
    match = _WRONG_OPENING.match(origin.text)
    if not match or match["key"] not in shape_of(model).keys:
        return None
    if wrong := match["wrong"]:
        return origin.diagnostic(
            "Y201",
            f"'{wrong}' does not open front matter",
            match.start("wrong"),
            match.end("wrong"),
            hint="write exactly three hyphens on a line of their own: ---, and 'key: value' lines below it",
        )
    if match["next"] or _CLOSING.search(origin.text):
        return origin.diagnostic(
            "Y201",
            "there is no --- above the front matter",
            match.start("key"),
            match.end("key"),
            hint="put --- on a line of its own above the first key, and below the last",
        )
    return None


def _no_front_matter(model: type[BaseModel], origin: Origin) -> Diagnostic:
    needed = [name for name, shape in shape_of(model).keys.items() if shape.required]
    names = wording.listed([f"'{n}'" for n in needed])
    lines = wording.listed(["---", *(f"{n}: ..." for n in needed), "---"])
    return origin.diagnostic(
        "V303",
        f"there is no front matter, and {names} must be given",
        0,
        hint=f"begin the file with the lines {lines}",
    )
