"""A theme's templates in; what is wrong with them out, found without rendering one: each alone, then all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.theme import Template, Theme

if TYPE_CHECKING:
    from jinja2 import nodes


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


def problems(theme: Theme, looked: Iterable[Mapping[str, Any]] | None = None) -> Iterator[Diagnostic]:
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
