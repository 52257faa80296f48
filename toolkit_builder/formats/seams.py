"""A page's template comes in; which of its blocks are the page's own, and what these are made by, goes out.

Of a page most is its own; around that is a frame that all pages share. Where a template's frame reads the site and the
page's head alone, and no more than the frame has changed, the own part is cut from the page as it is published (`page`)
and only the frame is rendered. What reads what is seen from the syntax trees; where that cannot be told, a page is
rendered as a whole, as ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import jinja2
from jinja2 import nodes
from msgspec import Struct

from toolkit_builder.formats import frames
from toolkit_builder.theme.templates import every

CUT = "\0cut"
"""In a context: a function that is given an own block's name and a function that renders it, and gives what is to stand
in its place."""

_MOST = 12  # templates that extend each other
# what changes a list or a mapping: a frame that did so could change what the page's own part shows, or the other way
_CHANGING = frozenset({
    "append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "sort", "reverse", "popitem",
})  # fmt: skip


class Seams(Struct, frozen=True):
    """The ``own`` blocks of the pages of one template, and the digest of all that decides what these say but the page's
    payload. ``root`` is the template around them.

    ``chain`` names the templates, each extending the next, where the frame needs nothing of the others but blocks.
    """

    root: str
    own: frozenset[str]
    digest: str
    chain: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: Sequence[Any]) -> Seams | None:
        """From `plain` values; None from none."""
        return cls(plain[0], frozenset(plain[1]), plain[2], tuple(plain[3])) if plain else None

    def plain(self) -> list[Any]:
        return [self.root, sorted(self.own), self.digest, self.chain]


class _Unknown(Exception):
    """It cannot be told from the templates what depends on what."""


class _Template(Struct, frozen=True):
    name: str
    tree: nodes.Template
    source: str
    path: str
    every: tuple[nodes.Node, ...]


class Analyst:
    """Looks at the templates of one theme. ``words`` is a digest of what any block may use, its translations."""

    def __init__(self, environment: jinja2.Environment, words: str) -> None:
        self._environment = environment
        self._words = words
        self._known: dict[str, _Template] = {}

    def seams(self, name: str) -> Seams | None:
        """The seams of the pages of a template; None where its pages must be rendered as a whole."""
        try:
            return _Pages(self.read, name).seams(self._words)
        except (_Unknown, jinja2.TemplateError, RecursionError):
            return None

    def read(self, name: str) -> _Template:
        if name not in self._known:
            source, path, _ = self._environment.loader.get_source(self._environment, name)  # type: ignore[union-attr]
            tree = jinja2.parser.Parser(self._environment, source, name, path).parse()
            self._known[name] = _Template(name, tree, source, str(path), tuple(every(tree)))
        return self._known[name]


class _Pages:
    """The templates that make the pages of one template."""

    def __init__(self, read: Callable[[str], _Template], name: str) -> None:
        self._read = read
        self._chain = [self._read(name)]
        while base := _extended(self._chain[-1]):
            if len(self._chain) == _MOST:
                raise _Unknown
            self._chain.append(self._read(base))
        self._blocks: dict[str, list[tuple[_Template, nodes.Block]]] = {}
        for template in self._chain:
            for each in template.every:
                if isinstance(each, nodes.Block):
                    self._blocks.setdefault(each.name, []).append((template, each))

    def seams(self, words: str) -> Seams:
        *children, root = self._chain
        if not all(_only_blocks(child.tree) for child in children):
            raise _Unknown
        self._one_meaning()
        for template in self._chain:
            for each in template.tree.body:
                if isinstance(each, nodes.Import | nodes.FromImport):
                    self._harmless(each)
        own = frozenset(
            each.name for each in root.tree.body if isinstance(each, nodes.Block) and not self._of_frame(each.name, ())
        )
        inner = {  # blocks that stand within a page's own part
            each.name for name in own for _, block in self._blocks[name]
            for each in every(block) if isinstance(each, nodes.Block)
        }  # fmt: skip
        for each in root.tree.body:
            if isinstance(each, nodes.Block):
                within = {b.name for b in every(each) if isinstance(b, nodes.Block)} - own
                if not inner.isdisjoint({each.name} if each.name in own else {each.name, *within}):
                    raise _Unknown  # it stands in two places
            elif not isinstance(each, nodes.Import | nodes.FromImport | nodes.Macro):
                if any(isinstance(n, nodes.Assign | nodes.AssignBlock) for n in (each, *every(each))):
                    raise _Unknown  # blocks see what is set there
                self._framing(root, each, ())
        if not own:
            raise _Unknown
        chain = tuple(template.name for template in self._chain) if self._by_itself(own | inner) else ()
        return Seams(root.name, own, self._digest(own, words), chain)

    def _by_itself(self, own: frozenset[str]) -> bool:
        """Whether the frame's blocks in templates that extend the root use no macros of those."""
        for template in self._chain[:-1]:
            names = {name for each in template.tree.body for name in frames.defined(each)}
            defined = (pair for pairs in self._blocks.values() for pair in pairs)
            blocks = [block for of, block in defined if of is template and block.name not in own]
            if any(isinstance(n, nodes.Name) and n.name in names for block in blocks for n in every(block)):
                return False
        return True

    def _one_meaning(self) -> None:
        """Raises _Unknown where a name means one thing in one of the templates and another in the next: which of them
        a block sees depends on where it stands."""
        meaning: dict[str, str] = {}
        for template in self._chain:
            for each in template.tree.body:
                for name in frames.defined(each):
                    if meaning.setdefault(name, repr(each)) != repr(each):
                        raise _Unknown

    # --- the frame -------------------------------------------------------------------------------------

    def _of_frame(self, name: str, within: tuple[str, ...]) -> bool:
        """Whether a block, and whatever takes its place, reads nothing but the site and the page's head."""
        if name in within:
            return False
        try:
            for template, block in self._blocks[name]:
                self._framing(template, block, (*within, name))
        except _Unknown:
            return False
        return True

    def _framing(self, template: _Template, node: nodes.Node, within: tuple[str, ...]) -> None:
        """Raises _Unknown where a node could read anything else, or change what is read."""
        if any(isinstance(each, nodes.Block) for each in every(node)):
            for each in node.iter_child_nodes():
                if isinstance(each, nodes.Assign | nodes.AssignBlock):
                    raise _Unknown
                if not isinstance(each, nodes.Block):
                    self._framing(template, each, within)
                elif not self._of_frame(each.name, within):
                    raise _Unknown
            return
        try:
            frames.follow(template.tree, self._tree, node, _steady)
        except frames.Unknown:
            raise _Unknown from None

    def _tree(self, name: str) -> nodes.Template | None:
        try:
            return self._read(name).tree
        except jinja2.TemplateError:
            return None

    def _harmless(self, node: nodes.Import | nodes.FromImport) -> None:
        """What a template imports at its top is done for the frame as well: it must not need more than that."""
        template = self._read(_written(node))
        for each in template.tree.body:
            if isinstance(each, nodes.Import | nodes.FromImport):
                self._harmless(each)
            elif not isinstance(each, nodes.Macro):
                self._framing(template, each, ())

    # --- the page's own --------------------------------------------------------------------------------

    def _digest(self, own: frozenset[str], words: str) -> str:
        *children, root = self._chain
        parts: list[Any] = [sorted(own), words]
        todo = [node for child in children for node in _references(child.every) if not isinstance(node, nodes.Extends)]
        for child in children:
            parts.append([child.name, child.path, child.source])
        for each in root.tree.body:
            shared = isinstance(each, nodes.Import | nodes.FromImport | nodes.Macro)
            if shared or (isinstance(each, nodes.Block) and each.name in own):
                parts.append(repr(each))
                todo += _references((each, *every(each)))
        others: dict[str, _Template] = {}
        while todo:
            name = _written(todo.pop())
            if name not in others:
                others[name] = self._read(name)
                todo += _references(others[name].every)
        for template in (*self._chain, *others.values()):
            if "self" in template.source and any(
                isinstance(n, nodes.Name) and n.name == "self" for n in template.every
            ):
                raise _Unknown  # a block may be asked for where it does not stand
        parts += [[name, others[name].path, others[name].source] for name in sorted(others)]
        return blake2b(json.dumps(parts).encode("ascii"), digest_size=16).hexdigest()


def _steady(node: nodes.Node) -> bool:
    """Whether a node cannot change what others read."""
    if isinstance(node, nodes.Getattr):
        return node.attr not in _CHANGING
    if isinstance(node, nodes.Getitem):
        return isinstance(node.arg, nodes.Slice) or (
            isinstance(node.arg, nodes.Const) and node.arg.value not in _CHANGING
        )
    return True


def _extended(template: _Template) -> str:
    """The template that another extends, whatever page it is; "" if none."""
    found = [each for each in template.every if isinstance(each, nodes.Extends)]
    if not found:
        return ""
    if len(found) > 1 or not any(each is found[0] for each in template.tree.body):
        raise _Unknown
    return _written(found[0])


def _only_blocks(tree: nodes.Template) -> bool:
    """Whether a template that extends another does nothing by itself, outside its blocks and macros."""
    return all(
        isinstance(each, nodes.Extends | nodes.Block | nodes.Macro | nodes.Import | nodes.FromImport)
        or (isinstance(each, nodes.Output) and all(isinstance(text, nodes.TemplateData) for text in each.nodes))
        for each in tree.body
    )


def _references(within: Iterable[nodes.Node]) -> list[nodes.Node]:
    kinds = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    return [each for each in within if isinstance(each, kinds)]


def _written(node: nodes.Node) -> str:
    """The name of another template, written out."""
    name = getattr(getattr(node, "template", None), "value", None)
    if not isinstance(name, str):
        raise _Unknown
    return name
