"""A compiled template and one branch's values in; the words of its document out, as HTML.

Values are text: whatever stands in them is escaped. make.js does the same, step for step, from the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from msgspec import Struct, field

from toolkit_builder.localise import calendar
from toolkit_builder.localise.expressions import Node
from toolkit_builder.model import Payload

BLANK = "______________________"
"""A line to write on."""

MOST_STEPS = 200_000
MOST_ITEMS = 200
_SPACE = " \t\n\r\u00a0"
_SPACES = re.compile(r"[ \t\n\u00a0]")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)[^\s\"<>]+", re.IGNORECASE)


class Filled(Struct):
    """One branch's document: the text, its panels or sides by name, and the paths of the values that were missing.

    ``lines`` are the values for which a line to write on is printed, each path once, in order.
    """

    html: str
    panels: dict[str, Payload]
    missing: list[str]


def _unbroken(address: str) -> str:
    """An address (HTML) of which as little as possible is broken: one of e-mail before its ``@``, if need be.

    No character says where, since whoever copies the address from a PDF would copy that too.
    """
    name, at, host = address.partition("@")
    return f'<span class="address">{f"<span>{name}</span><span>{at}{host}</span>" if at else address}</span>'


class _Filler(Struct):
    table: Mapping[str, Any]
    optional: frozenset[str]
    chosen: Mapping[str, Sequence[int]]
    scope: dict[str, Any]
    panels: dict[str, Payload] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    steps: int = 0

    def write(self, tree: Sequence[Any]) -> str:
        out: list[str] = []
        for node in tree:
            if isinstance(node, str):
                out.append(node)
                continue
            self.steps += 1
            if self.steps > MOST_STEPS:
                break
            out.append(getattr(self, f"write_{node[0]}")(node))
        return "".join(out)

    # --- nodes -----------------------------------------------------------------------------------------------

    def write_e(self, node: Sequence[Any]) -> str:
        value, path = as_text(self.value(node[1])), node[2]
        if value.strip(_SPACE):
            text = escape(value, quote=False).replace("\n", "<br>")
            return _unbroken(text) if path in ADDRESSES and not _SPACES.search(text) else text
        if not path or path in self.optional or path.partition(".")[0] not in _ROOTS:
            return ""
        self.missing[path] = None
        return f'<span class="blank">{BLANK}</span>'

    def write_a(self, node: Sequence[Any]) -> str:
        value = as_text(self.value(node[1])).strip(_SPACE)
        return escape(value) if _ADDRESS.fullmatch(value) else ""

    def write_if(self, node: Sequence[Any]) -> str:
        for condition, tree in node[1]:
            if truthy(self.value(condition)):
                return self.write(tree)
        return self.write(node[2])

    def write_for(self, node: Sequence[Any]) -> str:
        _, name, over, tree = node
        items = self.value(over)
        outer, out = self.scope, []
        for item in items[:MOST_ITEMS] if isinstance(items, list) else []:
            self.scope = {**outer, name: item}
            out.append(self.write(tree))
        self.scope = outer
        return "".join(out)

    def write_panel(self, node: Sequence[Any]) -> str:
        _, name, title, tree = node
        shown = {"title": self.write(title).strip(), "html": self.write(tree).strip()}
        before = self.panels.get(name)
        if before is not None:
            shown = {"title": before["title"] or shown["title"], "html": f"{before['html']}\n{shown['html']}"}
        self.panels[name] = shown
        return ""

    def write_choose(self, node: Sequence[Any]) -> str:
        _, name, low, high, _, tree = node
        wanted = [n for n in self.chosen.get(name, ()) if n > 0]
        picked = sorted(dict.fromkeys(wanted))[:high] or list(range(1, low + 1))
        outer, self.scope = self.scope, {**self.scope, "": picked}
        text = self.write(tree)
        self.scope = outer
        return text

    def write_o(self, node: Sequence[Any]) -> str:
        return self.write(node[2]) if node[1] in self.scope.get("", ()) else ""

    def write_guidance(self, node: Sequence[Any]) -> str:
        return ""

    # --- values ----------------------------------------------------------------------------------------------

    def value(self, node: Node) -> Any:
        kind = node[0]
        if kind == "s":
            return node[1]
        if kind == "v":
            found: Any = self.scope.get(node[1])
            for name in node[2:]:
                found = found.get(name) if isinstance(found, dict) else None
            return found
        if kind == "f":
            return self.filtered(node)
        if kind == "not":
            return not truthy(self.value(node[1]))
        if kind in {"and", "or"}:
            left = self.value(node[1])
            return self.value(node[2]) if truthy(left) == (kind == "and") else left
        if kind == "if":
            return self.value(node[2] if truthy(self.value(node[1])) else node[3])
        left, right = self.value(node[1]), self.value(node[2])
        if kind == "in":
            return left in right if isinstance(right, list) else bool(right) and as_text(left) in as_text(right)
        return compare(kind, left, right)

    def filtered(self, node: Node) -> Any:
        value, name = self.value(node[1]), node[2]
        argument = node[3] if len(node) > 3 else None
        if name == "default":
            return value if truthy(value) else argument if argument is not None else ""
        if name == "length":
            return len(value) if isinstance(value, list | dict | str) else 0
        if name in {"first", "last"}:
            items = value if isinstance(value, list | str) else []
            return items[0 if name == "first" else -1] if items else ""
        if name == "join":
            separator = argument if argument is not None else ", "
            return separator.join(map(as_text, value)) if isinstance(value, list) else as_text(value)
        text = as_text(value)
        if name == "date":
            return calendar.in_words(text, argument or "date", dict(self.table))
        if name == "capitalize":
            return text[:1].upper() + text[1:]
        return text.upper() if name == "upper" else text.lower() if name == "lower" else text.strip(_SPACE)


ADDRESSES = frozenset({
    "branch.email", "branch.web", "branch.url", "branch.join_link", "contact.email", "contact.web", "meeting.link",
    "union.join_link",
})  # fmt: skip
"""What is kept in one piece where it fits on a line, and broken anywhere where it does not, if it is an address."""

_ROOTS = ("branch", "contact", "meeting", "fields", "union", "toolkit")


def truthy(value: Any) -> bool:
    """Whether a value counts as filled in: a group (a meeting) does if anything in it is."""
    if isinstance(value, dict):
        return any(map(truthy, value.values()))
    return bool(value)


def as_text(value: Any) -> str:
    """A value as it is printed: nothing for none and no, "yes" for yes, lists with commas, groups by their name."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(map(as_text, value))
    if isinstance(value, dict):
        return as_text(next((value[k] for k in ("text", "name", "title", "date") if value.get(k)), ""))
    return str(value)


def compare(kind: str, left: Any, right: Any) -> bool:
    """Equal values, or the order of two numbers or two texts; anything else has no order."""
    if kind in {"==", "!="}:
        same = type(left) is type(right) and left == right
        return same == (kind == "==")
    ordered = (isinstance(left, str) and isinstance(right, str)) or (type(left) is int and type(right) is int)
    if not ordered:
        return False
    return bool(
        left < right
        if kind == "<"
        else left <= right
        if kind == "<="
        else left > right
        if kind == ">"
        else left >= right
    )


def fill(
    compiled: Payload,
    values: Payload,
    *,
    chosen: Mapping[str, Sequence[int]] | None = None,
    optional: frozenset[str] = frozenset(),
) -> Filled:
    """Put ``values`` (``branch, contact, meeting, fields, union, toolkit``) into a compiled template.

    ``chosen``: the options picked of each choice, counted from 1; the first ones where none is. ``optional`` values
    leave nothing where they are empty; any other leaves a line to write on, and is named in ``missing``.
    """
    filler = _Filler(compiled["calendar"], optional, chosen or {}, dict(values))
    html = filler.write(compiled["tree"]).strip()
    return Filled(html, filler.panels, list(filler.missing))
