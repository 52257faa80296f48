"""A laid-out document and its source in; text of the source that is on no page out.

The engine drops text in rare layouts (a footnote within columns, a float at the end of a page, ``max-lines``) without
a word. So the letters of every element are counted in the source and on the pages; what style sheets hide on purpose
(``display: none``) and running elements do not count.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..diagnostics import Diagnostic, Span, error
from .layout import boxes_of, excerpt, kind

_NO_TEXT = {
    *("audio", "canvas", "head", "iframe", "noscript", "object", "option", "script", "select", "style", "template"),
    *("textarea", "title", "video"),
}
_OWN_PARTS = ("::first-letter", "::first-line")


def diagnostics(laid_out: Any, root: Any, style_for: Any, span: Span) -> list[Diagnostic]:
    """An error that names the element that lost letters, or the first of them and how many there are.

    ``style_for`` gives an element's computed style.
    """
    printed = _printed(laid_out)
    found: list[tuple[int, int, str]] = []
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(root, ())]
    while waiting:
        element, around = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _NO_TEXT or element.tag.startswith("{"):
            continue
        chain = (*around, element)
        parts = [element.text or "", *(child.tail or "" for child in element)]
        letters = sum(map(_letters, parts))
        missing = letters - printed[id(element)]
        if missing > 0 and not any(_is_hidden(style_for(each)) for each in chain):
            found.append((missing, letters, excerpt(" ".join(parts), 60)))
        waiting += [(child, chain) for child in reversed(element)]
    if not found:
        return []
    missing, letters, first = found[0]
    text = f"{missing} of {letters} letters are on no page: '{first}'"
    if len(found) > 1:
        whole = sum(each for each, _, _ in found)
        text = f"{whole} letters in {len(found)} places are on no page, the first of them '{first}'"
    hint = "give the text room, or take it out of a float, footnote or box of fixed height"
    return [error("Q125", text, span, hint=hint)]


def _letters(text: str) -> int:
    """Letters and digits: spaces collapse, hyphens come and go where lines break."""
    return sum(map(str.isalnum, text))


def _printed(laid_out: Any) -> Counter[int]:
    """How many letters of each element are on the pages."""
    found: Counter[int] = Counter()
    for page in laid_out.pages:
        for box in boxes_of(page):
            if kind(box) == "TextBox" and box.element is not None:
                tag = str(box.element_tag)
                if "::" not in tag or tag.endswith(_OWN_PARTS):
                    found[id(box.element)] += _letters(box.text)
    return found


def _is_hidden(style: Any) -> bool:
    """Hidden on purpose, or printed elsewhere."""
    if style is None or style["display"] == ("none",) or style["font_size"] == 0:
        return True
    return bool(style["position"][0] == "running()")
