"""The inside of ``{{ ... }}`` or ``{% if ... %}`` in; a small JSON tree out, of names, words, comparisons and filters.

This is the whole language: nothing can be called, imported, assigned or indexed, so that a template from anybody is
as harmless as its text. A node is a list that starts with its kind:

``["v", "branch", "title"]`` a value by its path; ``["s", "text"]`` a literal (text, whole number, true, false, none);
``["f", node, "date", "short"]`` a filter with its literal argument; ``["not", a]``, ``["and", a, b]``,
``["or", a, b]``, ``["==", a, b]`` (and ``!= < <= > >=``), ``["in", a, b]``, ``["if", condition, a, b]``.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct, field

from toolkit_builder.wording import nearest

Node = list[Any]

FILTERS: dict[str, tuple[type, ...]] = {
    "date": (str,), "default": (str, int), "upper": (), "lower": (), "capitalize": (), "trim": (), "first": (),
    "last": (), "join": (str,), "length": (),
}  # fmt: skip
"""Every filter, with the types that its one argument may have; the argument may always be left out."""

LONGEST = 500
DEEPEST = 20
_WORDS = {"and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None"}
_LITERALS: dict[str, Any] = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}
_TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d{1,9})(?![\w.])"""
    r"""|(?P<text>"[^"\\]*"|'[^'\\]*'|“[^”]*”|‘[^’]*’)|(?P<mark>==|!=|<=|>=|[<>|.,()]))"""
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


class Mistake(Exception):
    """What is wrong with an expression: a sentence, the offset and length of the offence, and what to do."""

    def __init__(self, message: str, at: int, length: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.at, self.length, self.hint = message, at, max(length, 1), hint


class Use(Struct, frozen=True):
    """One place where an expression asks for a value: its path and where that starts in the expression."""

    path: tuple[str, ...]
    at: int
    length: int
    shown: bool
    """Printed as it is, rather than compared, tested, or given a default."""


class _Token(Struct, frozen=True):
    kind: str
    text: str
    at: int


class _Parser(Struct):
    tokens: list[_Token]
    end: int
    place: int = 0
    depth: int = 0
    uses: list[Use] = field(default_factory=list)

    # --- tokens ----------------------------------------------------------------------------------------------

    def peek(self) -> _Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else _Token("end", "", self.end)

    def take(self) -> _Token:
        token = self.peek()
        self.place += 1
        return token

    def accept(self, *texts: str) -> bool:
        token = self.peek()
        if token.kind in {"name", "mark"} and token.text in texts:
            self.place += 1
            return True
        return False

    # --- grammar ---------------------------------------------------------------------------------------------

    def expression(self) -> Node:
        """``a if condition else b`` and everything that binds tighter."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Mistake("this expression is nested too deeply", self.peek().at, hint="take it apart")
        value = self.either()
        if self.accept("if"):
            condition = self.either()
            other: Node = ["s", ""]
            if self.accept("else"):
                other = self.expression()
            value = ["if", condition, value, other]
        self.depth -= 1
        return value

    def either(self) -> Node:
        value = self.both()
        while self.accept("or"):
            value = ["or", value, self.both()]
        return value

    def both(self) -> Node:
        value = self.negated()
        while self.accept("and"):
            value = ["and", value, self.negated()]
        return value

    def negated(self) -> Node:
        if self.accept("not"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise Mistake("this expression is nested too deeply", self.peek().at, hint="take it apart")
            value = ["not", self.negated()]
            self.depth -= 1
            return value
        return self.compared()

    def compared(self) -> Node:
        value = self.filtered()
        token = self.peek()
        if token.text == "is" and token.kind == "name":
            raise Mistake(
                "tests with 'is' are not part of this language",
                token.at,
                2,
                "write {% if branch.employer %}, or compare with ==",
            )
        if token.kind == "mark" and token.text in _COMPARISONS:
            self.take()
            return [token.text, value, self.filtered()]
        if token.kind == "name" and token.text == "in":
            self.take()
            return ["in", value, self.filtered()]
        if token.kind == "name" and token.text == "not":
            self.take()
            if not self.accept("in"):
                raise Mistake("'not' stands in a wrong place", token.at, 3, "write 'not in', or put 'not' in front")
            return ["not", ["in", value, self.filtered()]]
        return value

    def filtered(self) -> Node:
        value = self.primary()
        while self.accept("|"):
            name = self.take()
            if name.kind != "name" or name.text not in FILTERS:
                near = nearest(name.text, list(FILTERS)) if name.text else ""
                raise Mistake(
                    f"there is no filter '{name.text}'",
                    name.at,
                    len(name.text),
                    f"did you mean {near}?" if near else f"the filters are: {', '.join(FILTERS)}",
                )
            node: Node = ["f", value, name.text]
            if self.accept("("):
                node += self.argument(name)
            value = node
        return value

    def argument(self, name: _Token) -> list[Any]:
        if self.accept(")"):
            return []
        token = self.peek()
        value = self.primary()
        if value[0] != "s" or not FILTERS[name.text] or not isinstance(value[1], FILTERS[name.text]):
            wanted = "takes no argument" if not FILTERS[name.text] else "takes words in quotes"
            raise Mistake(f"the filter '{name.text}' {wanted}", token.at, len(token.text))
        if not self.accept(")"):
            raise Mistake("a bracket is not closed here", self.peek().at, hint="a filter takes one argument at most")
        return [value[1]]

    def primary(self) -> Node:
        token = self.take()
        if token.kind == "text":
            self._not_asked(token)
            return ["s", token.text[1:-1]]
        if token.kind == "number":
            return ["s", int(token.text)]
        if token.kind == "mark" and token.text == "(":
            value = self.expression()
            if not self.accept(")"):
                raise Mistake("a bracket is not closed", token.at)
            return value
        if token.kind == "name" and token.text in _LITERALS:
            return ["s", _LITERALS[token.text]]
        if token.kind == "name" and token.text not in _WORDS:
            return self.path(token)
        if token.kind == "end":
            raise Mistake("something is missing here", token.at, hint="write the name of a field")
        raise Mistake(f"'{token.text}' does not belong here", token.at, len(token.text))

    def path(self, first: _Token) -> Node:
        names, end = [first.text], first.at + len(first.text)
        while self.accept("."):
            token = self.take()
            if token.kind != "name":
                raise Mistake("the name of a field is missing after the dot", token.at)
            names.append(token.text)
            end = token.at + len(token.text)
        private = next((n for n in names if n.startswith("_")), "")
        if private:
            raise Mistake(f"'{private}' is not the name of a field", first.at, end - first.at)
        if self.peek().text == "(" and self.peek().kind == "mark":
            raise Mistake(
                f"'{'.'.join(names)}' cannot be called: templates hold no code",
                first.at,
                end - first.at,
                "name a field, such as {{ branch.title }}",
            )
        self.uses.append(Use(tuple(names), first.at, end - first.at, shown=True))
        return ["v", *names]

    def _not_asked(self, token: _Token) -> None:
        if self.peek().text == ".":
            raise Mistake("words in quotes have no fields", token.at, len(token.text), "name one: {{ branch.title }}")


def parse(text: str) -> tuple[Node, list[Use]]:
    """One expression -> (its tree, the values that it asks for). Raises ``Mistake``."""
    parser = _parser(text)
    node = parser.expression()
    _finished(parser)
    return node, _with_shown(node, parser.uses)


def parse_loop(text: str) -> tuple[str, Node, list[Use]]:
    """``quote in branch.quotes`` -> (name, list, uses). Raises ``Mistake``."""
    parser = _parser(text)
    name = parser.take()
    if name.kind != "name" or name.text in _WORDS or name.text.startswith("_") or not parser.accept("in"):
        raise Mistake("a loop is written {% for quote in branch.quotes %}", name.at, len(name.text))
    node = parser.primary()
    _finished(parser)
    if node[0] != "v":
        raise Mistake("a loop goes over a list of the branch", name.at, len(text), "such as branch.quotes")
    return name.text, node, [Use(u.path, u.at, u.length, shown=False) for u in parser.uses]


def _parser(text: str) -> _Parser:
    if len(text) > LONGEST:
        raise Mistake(f"this expression is longer than {LONGEST} characters", 0, hint="take it apart")
    return _Parser(_tokens(text), len(text.rstrip()))


def _finished(parser: _Parser) -> None:
    left = parser.peek()
    if left.kind != "end":
        raise Mistake(f"'{left.text}' does not belong here", left.at, len(left.text))


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise Mistake(
                f"'{text[at]}' does not belong here",
                at,
                hint="templates hold names, words in quotes, comparisons and filters, and no code",
            )
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


def _with_shown(node: Node, uses: list[Use]) -> list[Use]:
    """Mark the uses that are printed as they are: an empty value there leaves a hole in the sentence."""
    shown: set[tuple[str, ...]] = set()

    def look(inner: Node) -> None:
        if inner[0] == "v":
            shown.add(tuple(inner[1:]))
        elif inner[0] == "f" and inner[2] != "default":
            look(inner[1])
        elif inner[0] == "if":
            look(inner[2])
            look(inner[3])

    look(node)
    tested = {tuple(v[1:]) for v in _values(node[1])} if node[0] == "if" else set()
    return [Use(u.path, u.at, u.length, shown=u.path in shown and u.path not in tested) for u in uses]


def _values(node: Node) -> list[Node]:
    if node[0] == "v":
        return [node]
    return [v for inner in node[1:] if isinstance(inner, list) for v in _values(inner)]
