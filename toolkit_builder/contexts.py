"""A fragment and a mention in it come in; the words around the mention go out, for "mentioned in"."""

from __future__ import annotations

from html import unescape

from toolkit_builder.patterns import pattern
from toolkit_builder.references import Mention

_CONTEXT = 160
_TAG = pattern(r"<[^<>]*>")
_MARKED = pattern(r"\[\[(?:(?P<kind>[a-z]+):)?(?P<name>[^\]|@]+)(?:@[^\]|]*)?(?:\|(?P<label>[^\]]*))?\]\]")
_BLOCK = pattern(r"</?(?:p|li|h[1-6]|td|th|dd|dt|blockquote|ol|ul|aside|figure|div)\b[^<>]*>")


def context(fragment: str, mention: Mention) -> str:
    """The words around a mention, in its own paragraph: what "mentioned in" shows beside the title."""
    start, end = mention.offset, mention.offset
    opened = [m.end() for m in _BLOCK.finditer(fragment, max(0, start - 3 * _CONTEXT), start)]
    begin = max(opened, default=max(0, start - _CONTEXT))
    closed = _BLOCK.search(fragment, end)
    words = _spoken(_TAG.sub("", fragment[begin : closed.start() if closed else end + _CONTEXT])).split()
    at = len(_spoken(_TAG.sub("", fragment[begin:start])).split())
    first = max(0, at - _CONTEXT // 14)
    text = " ".join(words[first : at + _CONTEXT // 9])
    return f"{'… ' if first else ''}{text}{' …' if at + _CONTEXT // 9 < len(words) else ''}"


def _spoken(text: str) -> str:
    """Plain text with ``[[motion:5@2027]]`` as the words it stands for."""
    return unescape(_MARKED.sub(lambda m: m["label"] or " ".join(filter(None, (m["kind"], m["name"]))), text))
