"""A stretch of YAML in; a tree of nodes out that know their places, every scalar still the text the author typed.

Nothing is resolved here: ``20.10``, ``no`` and ``12:30`` are text. Tags, anchors and aliases are refused, so
is deep nesting: front matter needs none of them, and each has lost somebody's text or brought a program down.
The tree is built from libyaml's event stream, without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import yaml
from msgspec import Struct, field
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from toolkit_builder.diagnostics import Diagnostic, Severity, Span
from toolkit_builder.yamlerrors import A_PAIR, Complaint, explain, in_quotes

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 50
_LONGEST = 256 * 1024
_MOST_COMPLAINTS = 20
_SWALLOWED = re.compile(r"[ \t]*#[^\s#]")
_SPACED = re.compile(r"[ \t]+(?P<mark>#)(?:#|[ \t]+\S)")
_CODE = re.compile(r"[a-z0-9._/:-]*")
_SEPARATORS = re.compile("[\x85\u2028\u2029]")
INDENTED_FENCE = re.compile(r"^[ \t]+---[ \t]*$", re.MULTILINE)
_CHUNK = re.compile(r"^(?=[^\s#\-\]}])", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]+(?=[^\s#])", re.MULTILINE)
_KEY = re.compile(r"^[ \t]*([^\s:#\-][^:\n]*?)[ \t]*:", re.MULTILINE)
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Scalar(NamedTuple):
    text: str
    plain: bool
    start: int
    end: int


class Items(NamedTuple):
    items: list[Node]
    start: int
    end: int


class Group(NamedTuple):
    """Keys and values in the order of the source; of equal keys only the first is here."""

    entries: dict[str, tuple[Scalar, Node]]
    start: int
    end: int


Node = Scalar | Items | Group


class Origin(Struct, frozen=True):
    """A source file's text, to turn offsets into places and complaints into diagnostics."""

    path: str
    text: str

    def span(self, start: int, end: int | None = None) -> Span:
        """The place of ``text[start:end]``, cut to the line it starts on."""
        text = self.text
        line = text.count("\n", 0, start) + 1
        left = text.rfind("\n", 0, start) + 1
        right = text.find("\n", start)
        right = len(text) if right < 0 else right
        end = min(max(start, start if end is None else end), right)
        return Span(self.path, line, start - left + 1, line, end - left + 1)

    def line(self, offset: int) -> str:
        """The whole line that an offset lies on."""
        left = self.text.rfind("\n", 0, offset) + 1
        right = self.text.find("\n", offset)
        return self.text[left : len(self.text) if right < 0 else right]

    def diagnostic(
        self,
        code: str,
        message: str,
        start: int,
        end: int | None = None,
        *,
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        return Diagnostic(severity, code, message, self.span(start, end), hint, self.line(start))


class Parsed(Struct, frozen=True):
    """``root`` is None where there is nothing to read; ``broken`` holds the top-level keys that could not be read."""

    root: Node | None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: frozenset[str] = frozenset()


def parse(origin: Origin, start: int, end: int) -> Parsed:
    """Read ``origin.text[start:end]`` as one YAML document.

    Where it breaks, each top-level key is read by itself, so that every mistake is reported at once and the
    keys that are right can still be checked.
    """
    if end - start > _LONGEST:
        return Parsed(
            None,
            [
                origin.diagnostic(
                    "Y216",
                    f"this is {(end - start) // 1024} KB long, more than the {_LONGEST // 1024} KB that can be read",
                    start,
                    hint="is a closing '---' missing? Long text belongs below the front matter",
                )
            ],
        )
    builder = _Builder(origin, start)
    try:
        root = builder.read(origin.text[start:end])
    except (yaml.YAMLError, UnicodeError, ValueError) as problem:
        if builder.stopped:
            return Parsed(None, builder.found)
        return _parse_apart(origin, start, end, problem)
    if isinstance(root, Scalar) and root.text and not builder.stopped:
        return _parse_apart(origin, start, end, None)
    return Parsed(root, builder.found, frozenset({"*"}) if builder.stopped else frozenset())


def _parse_apart(origin: Origin, start: int, end: int, problem: Exception | None) -> Parsed:
    """Each top-level key by itself, after the whole could not be read."""
    text = origin.text[start:end]
    bad = _FORBIDDEN.search(text)
    if bad:
        at = start + bad.start()
        return Parsed(
            None,
            [
                origin.diagnostic(
                    "Y213",
                    f"an invisible control character (U+{ord(bad[0]):04X}) is not allowed here",
                    at,
                    at + 1,
                    hint="delete it, and type the text around it again",
                )
            ],
            frozenset({"*"}),
        )
    cuts = [m.start() for m in _CHUNK.finditer(text)] or [0]
    entries: dict[str, tuple[Scalar, Node]] = {}
    found: list[Diagnostic] = []
    broken: set[str] = set()
    early = _INDENTED.search(text, 0, cuts[0])
    if early:
        last = text.find("\n", early.end())
        found.append(
            origin.diagnostic(
                "Y217",
                "this line does not line up with the lines below it",
                start + early.end(),
                start + (len(text) if last < 0 else last),
                hint="delete the spaces at its beginning",
            )
        )
        broken.update(_KEY.findall(text[: cuts[0]]))
    for left, right in zip(cuts, [*cuts[1:], len(text)], strict=True):
        builder = _Builder(origin, start + left)
        complaint: Complaint | None
        try:
            root = builder.read(text[left:right])
        except (yaml.YAMLError, UnicodeError, ValueError) as trouble:
            complaint = explain(text, left, right, trouble)
        else:
            found += builder.found
            told = isinstance(root, Group) or any(d.is_error for d in builder.found)
            complaint = None if told else explain(text, left, right, None)
            if isinstance(root, Group):
                entries |= {k: v for k, v in root.entries.items() if k not in entries}
        if complaint:
            found.append(_told(origin, start, complaint))
            broken.update(_KEY.findall(text[left:right]))
            if complaint.code in {"Y201", "Y211"} or len(found) >= _MOST_COMPLAINTS:
                return Parsed(None, found, frozenset({"*"}))
    if not any(d.is_error for d in found):
        found.append(_told(origin, start, explain(text, 0, len(text), problem)))
        broken.add("*")
    return Parsed(Group(entries, start, end), found, frozenset(broken))


def _told(origin: Origin, base: int, c: Complaint) -> Diagnostic:
    return origin.diagnostic(c.code, c.message, base + c.start, base + c.end, hint=c.hint)


def comment_after(origin: Origin, scalar: Scalar) -> Diagnostic | None:
    """The report of a comment behind words (``We win # now``), which may be meant as part of them.

    A comment on a line of its own, or after one word of small letters (``default # left out``), is meant as one.
    """
    lost = _SPACED.match(origin.text, scalar.end) if scalar.plain and not _CODE.fullmatch(scalar.text) else None
    return swallowed(origin, scalar, lost.start("mark")) if lost else None


def swallowed(origin: Origin, scalar: Scalar, at: int) -> Diagnostic:
    """The report of what stands behind a value from ``at``, where a ``#`` makes it a comment."""
    line = origin.text.find("\n", at)
    end = len(origin.text) if line < 0 else line
    whole = in_quotes(origin.text[scalar.start : end].strip())
    return origin.diagnostic(
        "Y214",
        "what follows '#' is a comment in YAML and is not published",
        at,
        end,
        hint=f"if it belongs to the text, put all of it in quotes: {whole}; if not, move it to a line of its own",
        severity=Severity.WARNING,
    )


class _Builder:
    """Events -> nodes, with the complaints that do not stop the reading."""

    def __init__(self, origin: Origin, base: int) -> None:
        self.origin = origin
        self.base = base
        self.found: list[Diagnostic] = []
        self.errors = 0
        self.stopped = False

    def read(self, text: str) -> Node | None:
        if not text.isascii():
            # YAML 1.1 ends lines at these three as well; for everybody else they stand within a line
            text = _SEPARATORS.sub(" ", text)
        self.suspicious = " #" in text or "\t#" in text or INDENTED_FENCE.search(text) is not None
        root: Node | None = None
        stack: list[tuple[list[Any], int, bool]] = []
        base = self.base
        documents = 0
        for event in _events(text):
            kind = type(event)
            node: Node
            if kind is ScalarEvent:
                node = Scalar(event.value, not event.style, base + event.start_mark.index, base + event.end_mark.index)
                if event.anchor or event.tag or event.style == '"' or self.suspicious:
                    self._look_at(event, node)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if event.anchor or event.tag:
                    self._look_at(event, None)
                stack.append(([], base + event.start_mark.index, kind is MappingStartEvent))
                if len(stack) > _DEEPEST:
                    self._stop(
                        "Y210",
                        f"this is nested more than {_DEEPEST} levels deep",
                        event,
                        "front matter needs three or four levels at most",
                    )
                    return None
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                parts, opened, grouped = stack.pop()
                closed = base + event.end_mark.index
                node = self._group(parts, opened, closed) if grouped else Items(parts, opened, closed)
            elif kind is AliasEvent:
                self._say(
                    "Y208",
                    f"'*{event.anchor}' would repeat another value, which is not read here",
                    event,
                    "write the value out, or put quotes around it if it is text",
                )
                node = Scalar("*" + event.anchor, False, base + event.start_mark.index, base + event.end_mark.index)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._stop(
                        "Y211", "a second YAML document starts here", event, "keep only one, without '---' inside"
                    )
                    return None
                continue
            else:
                continue
            if stack:
                stack[-1][0].append(node)
            else:
                root = node
            if self.errors >= _MOST_COMPLAINTS:
                self.stopped = True
                return None
        return root

    def _group(self, parts: Sequence[Node], start: int, end: int) -> Group | Scalar:
        entries: dict[str, tuple[Scalar, Node]] = {}
        pairs = iter(parts)
        for key, value in zip(pairs, pairs, strict=True):
            if type(key) is not Scalar:
                written = self.origin.text[start:end].split("\n")[0].strip()
                if written.startswith("{"):
                    said = "Y215", "a value cannot begin with '{' unless it is in quotes"
                    hint = f"put the whole value in quotes: {in_quotes(written)}"
                else:
                    said, hint = ("Y206", "this line is not a key with a value"), A_PAIR
                self._told(*said, start, start + len(written), hint)
                return Scalar(written, False, start, end)
            name = key.text
            if name in entries:
                first = self.origin.span(entries[name][0].start).line
                self._told(
                    "Y207",
                    f"'{name}' is given twice, on line {first} and again here",
                    key.start,
                    key.end,
                    "keep one of the two",
                )
            elif not name:
                self._told("Y215", "the key before the colon is missing", key.start, key.start, "write 'key: value'")
            if self.errors >= _MOST_COMPLAINTS:
                break
            entries.setdefault(name, (key, value))
        return Group(entries, start, end)

    def _look_at(self, event: Any, scalar: Scalar | None) -> None:
        """What is written around a value, and must not be lost: anchors, tags, comments, odd characters."""
        if event.anchor:
            self._say(
                "Y208",
                f"'&{event.anchor}' has a meaning of its own in YAML and would be lost",
                event,
                "put the whole value in quotes",
            )
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._say(
                "Y209",
                f"'{tag}' is a YAML tag, and tags are not read here",
                event,
                "delete it, or put the whole value in quotes if it is text",
            )
        if scalar is None:
            return
        bad = _FORBIDDEN.search(scalar.text) if event.style == '"' else None
        if bad:
            self._say(
                "Y213",
                f"an invisible control character (U+{ord(bad[0]):04X}) is not allowed here",
                event,
                "delete the backslash and what belongs to it, or use single quotes",
            )
        if not (self.suspicious and scalar.plain):
            return
        fence = INDENTED_FENCE.search(self.origin.text, scalar.start, scalar.end)
        if fence:
            self._told(
                "Y201",
                "'---' closes the front matter only at the very start of a line",
                fence.start(),
                fence.end(),
                "delete the spaces before it",
            )
        if len(self.found) < _MOST_COMPLAINTS and (lost := _SWALLOWED.match(self.origin.text, scalar.end)):
            self.found.append(swallowed(self.origin, scalar, lost.end() - 2))

    def _say(self, code: str, message: str, event: Any, hint: str) -> None:
        self._told(code, message, self.base + event.start_mark.index, self.base + event.end_mark.index, hint)

    def _told(self, code: str, message: str, start: int, end: int, hint: str) -> None:
        self.errors += 1
        self.found.append(self.origin.diagnostic(code, message, start, end, hint=hint))

    def _stop(self, code: str, message: str, event: Any, hint: str) -> None:
        self._say(code, message, event, hint)
        self.stopped = True


def _events(text: str) -> Iterator[Any]:
    parser = _Parser(text)
    try:
        get = parser.get_event
        while (event := get()) is not None:
            yield event
    finally:
        parser.dispose()


def find(root: Node | None, loc: Sequence[str | int]) -> tuple[Scalar | None, Node | None]:
    """The key and the value at ``loc`` (``("contact", "email")``, ``("sources", 1)``), or what is nearest to it.

    The key is None where the place is not in the source; the node is then the innermost group that should hold it.
    """
    node, key = root, None
    for part in loc:
        if isinstance(node, Group):
            if part not in node.entries:
                return None, node
            key, node = node.entries[str(part)]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            key = node if isinstance(node, Scalar) else key
        # a single value stands for a list of one: its item's place is its own
    return key, node
