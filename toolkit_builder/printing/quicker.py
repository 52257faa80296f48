"""The engine's text layout in; the same, with less of it done twice, out: columns take two thirds of the time.

Three functions of the engine (70) forget what they knew a moment ago. Each is put behind a memory here, and the files
are the same to the last byte (``tests/printing/test_quicker.py``):

- to balance columns it breaks the same paragraphs into the same lines, once for each height that it tries;
- the height of a line is looked up by fourteen properties that are turned into text each time;
- a font description is made for each run of text, though a document has a dozen.

An engine whose functions differ from those that this was written for is left as it is.
"""

from __future__ import annotations

import copy
import inspect
from hashlib import blake2b
from typing import Any

KNOWN = {
    "split_first_line": "0b33e5fdf1c06fad",
    "strut": "dffefb19d6ee4cf2",
    "get_font_description": "a60bceea184e77e8",
}
"""The functions that are put behind a memory, and digests of their source."""

_LONGEST = 6000  # characters of a paragraph


def install() -> bool:
    """Put the memories in place, once for a process; whether the engine is one that they fit."""
    from weasyprint.layout import inline, preferred
    from weasyprint.text import line_break

    if any(digest(getattr(line_break, name)) != known for name, known in KNOWN.items()):
        return False
    inline.split_first_line = preferred.split_first_line = _remembering(line_break.split_first_line)
    inline.strut = _kept_on_style(line_break.strut, "_strut")
    line_break.get_font_description = _kept_on_style(line_break.get_font_description, "_font")
    return True


def digest(function: Any) -> str:
    """A digest of a function's source; empty where there is none to read."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return ""
    return blake2b(source.encode(), digest_size=8).hexdigest()


def _kept_on_style(function: Any, name: str) -> Any:
    """A function of a style alone, whose answer is kept on the style. (A copy of a style does not take it along.)"""

    def kept(style: Any) -> Any:
        known = getattr(style, name, None)
        if known is None:
            known = function(style)
            setattr(style, name, known)
        return known

    return kept


def _remembering(split: Any) -> Any:
    """``split_first_line`` that remembers the lines of columns for as long as one document is laid out."""
    lines: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    owner: list[Any] = [None]

    def remembered(text: str, style: Any, context: Any, max_width: Any, *more: Any, **options: Any) -> Any:
        # Only columns are laid out again and again; and what is left of a long paragraph is new with each line.
        if not getattr(context, "in_column", False) or len(text) > _LONGEST:
            return split(text, style, context, max_width, *more, **options)
        if owner[0] is not context:
            lines.clear()
            owner[0] = context
        key = (text, id(style), max_width, more, *options.items())
        known = lines.get(key)
        if known is None:
            # The style is kept as well, so that no other gets its number.
            known = lines[key] = (*split(text, style, context, max_width, *more, **options), style)
        layout, *rest, _ = known
        return copy.copy(layout), *rest  # a layout is written on when it is drawn

    return remembered
