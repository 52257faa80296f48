"""Blocks of raw HTML as an author typed them -> the same with each tag kept, left out, or shown as text."""

from __future__ import annotations

import re
from collections.abc import Callable

from toolkit_builder.motions.tags import HIDDEN, Verdict, judge
from toolkit_builder.patterns import pattern

_PIECE = pattern(r"<!--.*?-->|<[^<>]*>|<", re.DOTALL)
_HIDDEN_ELEMENT = pattern(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_DEEPEST = 300


class Judge:
    """Blocks of raw HTML, each tag judged. One judge for a text: what opens in one block may close in another."""

    def __init__(self) -> None:
        self.depth = 0

    def block(self, text: str, tell: Callable[[str, str], None]) -> str:
        """Tags are kept, left out (their words stay) or shown as the text they are; ``tell`` hears what is left out."""

        def hidden(match: re.Match[str]) -> str:
            tell("script", match.group())
            return ""

        return _PIECE.sub(lambda match: self._piece(match.group(), tell), _HIDDEN_ELEMENT.sub(hidden, text))

    def _piece(self, raw: str, tell: Callable[[str, str], None]) -> str:
        if raw.startswith("<!--") and len(raw) > 4:
            return ""
        verdict, name, handlers = judge(raw)
        if verdict is Verdict.TEXT or name in HIDDEN:
            return _as_text(raw)
        for handler in handlers:
            tell("handler", handler)
        if verdict is Verdict.DROP:
            if raw[1] != "/":
                tell("left-out", raw)
            return ""
        self.depth += -1 if raw[1] == "/" else 0 if raw.endswith("/>") else 1
        return _as_text(raw) if self.depth > _DEEPEST else raw


def _as_text(raw: str) -> str:
    return raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
