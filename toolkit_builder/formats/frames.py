"""A template's syntax tree in; which of its blocks are the same on many pages, and what of a page they depend on, out.

A masthead reads the site, the page's language and whether this is the front page: it is rendered once for each of
those, not once a page. What a block reads is seen from the template itself; where it could read anything else (the
document, a list of the page's, another block), it is rendered every time, as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from msgspec import Struct, field

from toolkit_builder.theme.templates import every

SITE = "\0site"
"""In a context: where other pages are given the same site, its number, and what is this page's own in it."""

PLACES = "\0places"
"""In a context: a function that keeps a fragment and gives the text to stand in its place until the page is whole."""

_PURE = frozenset({"asset", "range", "dict", "loop"})
_GIVEN = frozenset({"site", "page", "doc", "listings", "sheet", "t", "asset"})
_OF_CHANCE = frozenset({"lipsum", "cycler", "joiner", "namespace", "caller"})
_PLAIN = (str, int, bool, type(None))
_MOST = 256  # renderings of one block that are kept; one that needs more is not the same on many pages
_LEAST = 8  # pieces that a block is made of, for keeping it to be worth while


class Reads(Struct):
    """What of its page a piece of template reads: fields, and comparisons of a field with a constant.

    Its language is always among them: translations and dates depend on it.
    """

    fields: set[str] = field(default_factory=lambda: {"language"})
    tests: set[tuple[str, str, Any]] = field(default_factory=set)


class Unknown(Exception):
    """The piece may read something that is not followed here."""


Parse = Callable[[str], "nodes.Template | None"]


def steady_blocks(tree: nodes.Template, parse: Parse) -> dict[str, tuple[Reads, bool]]:
    """The blocks of a template that depend on the site and a few fields of the page alone, by name.

    With each: what it reads, and whether it stands by itself between others (not within a tag of the template's
    logic). ``parse`` gives the tree of another template that is imported, None where it is not known.
    """
    found = {}
    standing = {id(node) for node in tree.body}
    for block in every(tree):
        if not isinstance(block, nodes.Block):
            continue
        if sum(len(output.nodes) for output in every(block) if isinstance(output, nodes.Output)) < _LEAST:
            continue
        try:
            reads = Reads()
            _Reader(tree, parse, reads).piece(block)
        except Unknown:
            continue
        found[block.name] = (reads, id(block) in standing)
    return found


def reads_language_alone(tree: nodes.Template, macro: str, parse: Parse) -> bool:
    """Whether a macro depends on its arguments, the site and the page's language, and nothing else."""
    reads = Reads()
    reader = _Reader(tree, parse, reads)
    try:
        if not only_macros(tree) or macro not in reader.macros:
            return False
        reader.macro(macro)
    except Unknown:
        return False
    return reads == Reads()


def only_macros(tree: nodes.Template) -> bool:
    """Whether a template defines macros, imports others and does nothing else of its own."""
    return all(
        isinstance(node, nodes.Macro | nodes.Import | nodes.FromImport)
        or (
            isinstance(node, nodes.Output)
            and all(isinstance(each, nodes.TemplateData) and not each.data.strip() for each in node.nodes)
        )
        for node in tree.body
    )


def without_chance(tree: nodes.Template) -> bool:
    """Whether what a template's macros say, imported without a context, follows from their arguments."""
    return not any(
        each.name == "random" if isinstance(each, nodes.Filter) else each.name in _OF_CHANCE
        for each in every(tree)
        if isinstance(each, nodes.Filter | nodes.Name)
    )


def follow(tree: nodes.Template, parse: Parse, piece: nodes.Node, steady: Callable[[nodes.Node], bool]) -> None:
    """Raises `Unknown` unless a piece of a template reads the site and fields of the page alone, through nothing but
    nodes that are ``steady``."""
    reader = _Reader(tree, parse, Reads(), steady=steady)
    if isinstance(piece, nodes.Block):
        reader.piece(piece)
    else:
        reader.node(piece, reader.names(piece))


class _Reader:
    """Follows what a piece of one template reads."""

    def __init__(
        self,
        tree: nodes.Template,
        parse: Parse,
        reads: Reads,
        within: tuple[str, ...] = (),
        steady: Callable[[nodes.Node], bool] | None = None,
    ) -> None:
        self.parse = parse
        self.reads = reads
        self.within = within
        self.followed: set[str] = set()
        self.steady = steady
        self.macros = {node.name: node for node in tree.body if isinstance(node, nodes.Macro)}
        self.imported: dict[str, nodes.Import | nodes.FromImport] = {}
        for node in tree.body:
            if isinstance(node, nodes.Import | nodes.FromImport):
                self.imported |= dict.fromkeys(_targets(node), node)

    def piece(self, piece: nodes.Block | nodes.Macro) -> None:
        """Note what a block or a macro reads."""
        own = self.names(piece)
        for node in piece.iter_child_nodes():
            self.node(node, own)

    def names(self, piece: nodes.Node) -> set[str]:
        """The names that a piece gives a meaning to by itself."""
        own = {"varargs", "kwargs"} if isinstance(piece, nodes.Macro) else set()
        for each in every(piece):
            if isinstance(each, nodes.Name):
                if each.ctx in ("store", "param"):
                    own.add(each.name)
            elif isinstance(each, nodes.Macro):
                own.add(each.name)
            elif isinstance(each, nodes.Import | nodes.FromImport):
                own |= _targets(each)
        if not own.isdisjoint(_GIVEN | self.macros.keys() | self.imported.keys()):
            raise Unknown  # a name that means one thing before it is set and another after it
        return own

    def node(self, node: nodes.Node, own: set[str]) -> None:
        if self.steady and not self.steady(node):
            raise Unknown
        match node:
            case nodes.Compare(expr=nodes.Getattr(node=nodes.Name(name="page"), attr=attr), ops=[nodes.Operand() as o]):
                if o.op in ("eq", "ne") and isinstance(o.expr, nodes.Const):
                    self.reads.tests.add((attr, o.op, o.expr.value))
                    return
            case nodes.Getattr(node=nodes.Name(name="page"), attr=attr):
                self.reads.fields.add(attr)
                return
            case nodes.Name(ctx="load", name=name):
                self.name(name, own)
            case nodes.Import() | nodes.FromImport():
                self.other(node)
                return
            case nodes.Block() | nodes.Include() | nodes.Extends() | nodes.ExprStmt() | nodes.CallBlock():
                raise Unknown
            case nodes.Filter(name="random") | nodes.ContextReference() | nodes.DerivedContextReference():
                raise Unknown
        for child in node.iter_child_nodes():
            self.node(child, own)

    def name(self, name: str, own: set[str]) -> None:
        if name in own or name in _PURE or name in ("site", "t"):
            return
        if name in self.macros:
            self.macro(name)
        elif name in self.imported:
            self.other(self.imported[name])
        else:
            raise Unknown

    def macro(self, name: str) -> None:
        """A macro of this template, each once: it may call itself."""
        if name not in self.followed:
            self.followed.add(name)
            self.piece(self.macros[name])

    def other(self, node: nodes.Import | nodes.FromImport) -> None:
        """A template that is imported: with the context it may read whatever it names."""
        if not node.with_context and not self.steady:
            return
        name = node.template.value if isinstance(node.template, nodes.Const) else ""
        tree = self.parse(name) if name and name not in self.within else None
        if tree is None:
            raise Unknown
        if not node.with_context:  # its macros read their arguments alone, and can do something to those
            self.without_context(tree)
            return
        inner = _Reader(tree, self.parse, self.reads, (*self.within, name), self.steady)
        if not only_macros(tree):
            raise Unknown
        names = _named(node) if isinstance(node, nodes.FromImport) else (*inner.macros, *inner.imported)
        for each in names:
            inner.name(each, set())

    def without_context(self, tree: nodes.Template, within: tuple[int, ...] = ()) -> None:
        assert self.steady
        for each in every(tree):
            if isinstance(each, nodes.ExprStmt | nodes.Include) or not self.steady(each):
                raise Unknown
            if isinstance(each, nodes.Import | nodes.FromImport):
                inner = self.parse(each.template.value) if isinstance(each.template, nodes.Const) else None
                if inner is None or id(inner) in within:
                    raise Unknown
                self.without_context(inner, (*within, id(tree)))


def _named(node: nodes.FromImport) -> list[str]:
    """What a template takes from another, as it is called there."""
    return [name if isinstance(name, str) else name[0] for name in node.names]


def defined(node: nodes.Node) -> set[str]:
    """The macros that a node at the top of a template defines or imports."""
    if isinstance(node, nodes.Macro):
        return {node.name}
    return _targets(node) if isinstance(node, nodes.Import | nodes.FromImport) else set()


def _targets(node: nodes.Import | nodes.FromImport) -> set[str]:
    if isinstance(node, nodes.Import):
        return {node.target}
    return {name if isinstance(name, str) else name[1] for name in node.names}


Block = Callable[[jinja2.runtime.Context], Iterator[str]]


def once(block: Block, reads: Reads, *, alone: bool) -> Block:
    """A block that is rendered once for all pages on which what it ``reads`` is the same.

    Where pages turn out to differ after all (each has a title of its own) it is rendered for each, as before.
    """
    fields, tests = sorted(reads.fields), sorted(reads.tests, key=repr)
    memo: dict[Any, str] = {}
    of = None

    def render(context: jinja2.runtime.Context) -> Iterator[str]:
        nonlocal of
        site = context.parent.get(SITE)
        if site is not None and of != site[0]:
            memo.clear()
            of = site[0]
        key = None
        if site is not None and len(memo) < _MOST and _GIVEN.isdisjoint(context.vars):
            key = _key(context.parent["page"], fields, tests)
        if key is None:
            yield from block(context)
            return
        text = memo.get((site, key))
        if text is None:
            text = memo[site, key] = "".join(block(context))
        places = context.parent.get(PLACES)
        yield places(text) if alone and places else text

    return render


def _key(page: Mapping[str, Any], fields: list[str], tests: list[tuple[str, str, Any]]) -> tuple[Any, ...] | None:
    """What a block's fields and comparisons come to on one page; None where one cannot be told."""
    key: list[Any] = []
    for name in fields:
        value = page.get(name, page)
        if not isinstance(value, _PLAIN):
            return None
        key.append((type(value), value))
    for name, op, constant in tests:
        if name not in page:
            return None
        key.append((page[name] == constant) if op == "eq" else (page[name] != constant))
    return tuple(key)
