"""A laid-out document in; flexible boxes nested so deep that printing takes minutes out.

Each level of ``display: flex`` around a paragraph makes the engine (70) lay it out three times as often, each level of
``display: grid`` twice: five levels of flex took 6 seconds for one paragraph, three 0.3.
"""

from __future__ import annotations

from typing import Any

from ..diagnostics import Diagnostic, Span, warning
from .layout import children_of, is_principal, kind

_MOST = 2
_FLEXIBLE = {"FlexBox", "InlineFlexBox", "GridBox", "InlineGridBox", "FlexContainerBox", "GridContainerBox"}


def diagnostics(laid_out: Any, span: Span) -> list[Diagnostic]:
    """One warning for the deepest nest of the document, when it is deeper than two."""
    deepest, name = 0, ""
    for page in laid_out.pages:
        waiting: list[tuple[Any, int]] = [(page._page_box, 0)]
        while waiting:
            box, depth = waiting.pop()
            if kind(box) in _FLEXIBLE:
                depth += 1
                if depth > deepest:
                    deepest, name = depth, _name(box)
            if kind(box) != "LineBox":
                waiting += [(child, depth) for child in children_of(box)]
    if deepest <= _MOST:
        return []
    text = f"{deepest} flex or grid boxes stand inside one another ({name}), which is slow to print"
    return [warning("Q142", text, span, hint="use floats, tables or positioned boxes inside the outer one")]


def _name(box: Any) -> str:
    if not is_principal(box):
        return str(box.element_tag)
    named = box.element.get("class") or box.element.get("id")
    return f"{box.element.tag}.{named.split()[0]}" if named and named.strip() else str(box.element.tag)
