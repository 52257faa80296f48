"""A theme ``Bundle`` in; a Jinja environment out: Jinja's own, with short ways where payloads and themes allow them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import cached_property, partial
from types import FunctionType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup, escape
from msgspec import Struct, field

from toolkit_builder.formats import frames, seams
from toolkit_builder.formats.lists import Lists, Rows
from toolkit_builder.theme import Bundle


class Loader(jinja2.BaseLoader):
    """``page.html`` is the topmost template of that name; ``parent:page.html`` the one below the asker's level."""

    def __init__(self, bundle: Bundle) -> None:
        self.templates = bundle.templates
        self.levels = 1 + max((int(k.partition(":")[0]) for k in bundle.templates), default=0)

    def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Any]:
        level, name = 0, template
        head, _, rest = template.partition(":")
        if rest and head.isdigit():
            level, name = int(head), rest
        for depth in range(level, self.levels):
            if found := self.templates.get(f"{depth}:{name}"):
                path, source = found
                below = f"{depth + 1}:"
                for quote in "\"'":
                    source = source.replace(f"{quote}parent:", f"{quote}{below}")
                return source, path, lambda: True
        raise jinja2.TemplateNotFound(name)

    @cached_property
    def taken_up(self) -> frozenset[str] | None:
        """The blocks that a template below may hand to something else (``super()``); None: any (``self.name()``)."""
        sources = [source for _, source in self.templates.values()]
        if any(_SELF.search(source) for source in sources):
            return None
        return frozenset(name for source in sources if "super" in source for name in _BLOCK.findall(source))


_SELF = re.compile(r"\{[{%][^{}]*\bself\b")
_BLOCK = re.compile(r"\{%[-+]?\s*block\s+(\w+)")
RootRender = Callable[[jinja2.runtime.Context], Iterator[str]]
_OF_DICTS = frozenset(dir(dict))


def shown(value: Any) -> str:
    """A value as it stands in a page: ``markupsafe.escape``, without a new object where there is nothing to escape."""
    if type(value) is str and not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value):
        return value
    return value if type(value) is Markup else escape(value)


class Context(jinja2.runtime.Context):
    """Jinja's own context, with a short way to call macros and plain functions."""

    def call(self, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        kind = type(__obj)
        if kind is Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            environment = self.environment
            assert isinstance(environment, Environment)
            if environment.lists and not kwargs and Rows in map(type, args) and environment.depends_on_lists(__obj):
                name = f"{__obj._func.__globals__['name']} {__obj.name}"
                said = environment.lists.piece(name, args, lambda: __obj(self.eval_ctx, *args))
                if said is not None:
                    return said
            if (len(args) == __obj._argument_count and not kwargs
                    and not (__obj.caller or __obj.catch_kwargs or __obj.catch_varargs)):  # fmt: skip
                said = __obj._func(*args)
                return Markup(said) if self.eval_ctx.autoescape else said
            return __obj(self.eval_ctx, *args, **kwargs)
        if kind is _KeptMacro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj.said(self.eval_ctx, args, kwargs)
        if kind is FunctionType and not hasattr(__obj, "jinja_pass_arg"):
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        return super().call(__obj, *args, **kwargs)


class _KeptMacro(Macro):
    """A macro that sees nothing but its arguments: what it says to the same ones is kept (an icon's drawing)."""

    def __init__(self, macro: Macro) -> None:
        self.__dict__.update(vars(macro))
        self.memo: dict[Any, str] = {}

    def said(self, context: jinja2.nodes.EvalContext, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        if kwargs or not all(type(each) is str for each in args):
            return self(context, *args, **kwargs)
        key = (context.autoescape, *args)
        if (found := self.memo.get(key)) is None:
            found = self(context, *args)
            if len(self.memo) < _MOST:
                self.memo[key] = found
        return found


_MOST = 1000  # of one macro's results that are kept


class _Module(Struct):
    """A module of macros that stays from page to page; its context is given each page's values.

    ``extra`` are the names that the module which imports it has defined by then.
    """

    module: TemplateModule
    context: jinja2.runtime.Context
    extra: dict[str, Any] = field(default_factory=dict)
    within: list[_Module] = field(default_factory=list)

    def renew(self, values: dict[str, Any]) -> None:
        self.context.parent = values
        for each in self.within:
            each.renew({**values, **each.extra})


def _with_cuts(name: str, root: RootRender) -> RootRender:
    """A template that lets who asks for it have the own blocks of a page apart (`seams.CUT`)."""

    def render(context: jinja2.runtime.Context) -> Iterator[str]:
        cut = context.parent.get(seams.CUT)
        if cut is not None and cut.root == name:
            for block in cut.own:
                held = context.blocks[block]
                context.blocks[block] = [partial(_cut, cut, block, held[0]), *held]
        return root(context)

    return render


def _cut(cut: Any, name: str, block: frames.Block, context: jinja2.runtime.Context) -> Iterator[str]:
    yield cut(name, lambda: "".join(block(context)))


class Template(jinja2.Template):
    """Jinja's own template. What is the same on many pages is done once: macros are defined, blocks are rendered."""

    environment: Environment

    @classmethod
    def _from_namespace(
        cls, environment: jinja2.Environment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace["escape"] = shown
        template = super()._from_namespace(environment, namespace, globals)
        assert isinstance(template, Template)
        template.globals = dict(globals)  # Jinja's own is slow to copy, and is copied for each page
        for name, (reads, alone) in template.environment.steady.get(template.name or "", {}).items():
            template.blocks[name] = frames.once(template.blocks[name], reads, alone=alone)
        template.root_render_func = _with_cuts(template.name or "", template.root_render_func)
        return template

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> TemplateModule:
        """The module of an import without context. (Every template here has the same globals.)"""
        if self._module is None:
            self._module = self.make_module()
            if self.name in self.environment.pure:
                names = self._module.__dict__
                names |= {name: _KeptMacro(each) for name, each in names.items() if type(each) is Macro}
        return self._module

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> TemplateModule:
        environment = self.environment
        if not shared or vars is None or self.name not in environment.modular:
            return super().make_module(vars, shared, locals)
        values = {**vars, **{k: v for k, v in (locals or {}).items() if v is not missing}}
        outer = environment.begun[-1] if environment.begun else None
        key = (self.name, *values)
        if outer is None and key not in environment.used and (kept := environment.modules.get(key)):
            kept.renew(values)
            environment.used.add(key)
            return kept.module
        context = self.new_context(values, shared)
        made = _Module(None, context)  # type: ignore[arg-type]  # it follows
        environment.begun.append(made)
        made.module = TemplateModule(self, context)
        environment.begun.pop()
        if outer is not None:
            made.extra = dict(outer.context.vars)
            outer.within.append(made)
        elif key not in environment.used:
            environment.modules[key] = made
            environment.used.add(key)
        return made.module


class Environment(jinja2.Environment):
    """Jinja's own environment, with a short way into payloads: what they hold is dictionaries, nearly always."""

    context_class = Context
    template_class = Template

    def __init__(self, *, loader: Loader, **options: Any) -> None:
        super().__init__(loader=loader, **options)
        self.steady: dict[str, dict[str, tuple[frames.Reads, bool]]] = {}
        self.modular: set[str] = set()  # templates that hold macros and imports, and nothing else
        self.pure: set[str] = set()  # those of them whose macros depend on their arguments alone, without a context
        self.modules: dict[tuple[str, ...], _Module] = {}
        self.used: set[tuple[str, ...]] = set()  # by the page that is being made
        self.lists: Lists | None = None  # those of the page that is being made
        self._listed: dict[tuple[str, str], bool] = {}
        self.begun: list[_Module] = []
        self._trees: dict[str, nodes.Template] = {}  # of templates that were looked at and not compiled yet

    def begin_page(self, lists: Lists | None = None) -> None:
        """Before each page, whatever became of the last. ``lists``: the long ones that it shows."""
        self.used.clear()
        self.begun.clear()
        self.lists = lists

    def depends_on_lists(self, macro: Macro) -> bool:
        """Whether what a macro says of a list depends on nothing else but the site and the page's language."""
        key = macro._func.__globals__["name"], macro.name
        if key not in self._listed:
            tree = self._tree(key[0])
            self._listed[key] = tree is not None and frames.reads_language_alone(tree, key[1], self._tree)
        return self._listed[key]

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if name is not None and isinstance(self.loader, Loader):
            taken = self.loader.taken_up
            self.steady[name] = {
                block: (reads, alone and taken is not None and block not in taken)
                for block, (reads, alone) in frames.steady_blocks(source, self._tree).items()
            }
            if frames.only_macros(source):
                self.modular.add(name)
                if frames.without_chance(source):
                    self.pure.add(name)
        return super()._generate(source, name, filename, defer_init)

    def _tree(self, name: str) -> nodes.Template | None:
        """The syntax tree of another template, as it was written: compiling one changes it."""
        if name not in self._trees:
            try:
                source, path, _ = self.loader.get_source(self, name)  # type: ignore[union-attr]
                self._trees[name] = super()._parse(source, name, path)
            except jinja2.TemplateError:
                return None  # it is told of where it is used
        return self._trees[name]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = self._trees.pop(name, None) if name else None
        return tree or super()._parse(source, name, filename)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in _OF_DICTS:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """``obj[argument]``. Names that begin with ``_`` lead into Python itself: none can be put together here, and
        ``theme.loading`` refuses those that are written out."""
        try:
            return obj[argument]
        except (AttributeError, TypeError, LookupError):
            if isinstance(argument, str) and argument.startswith("_"):
                return self.undefined(obj=obj, name=argument)
            return super().getitem(obj, argument)
