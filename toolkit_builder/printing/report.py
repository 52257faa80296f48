"""What the engine logs in, diagnostics that name the document (or its style sheet) out."""

from __future__ import annotations

import contextlib
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from ..diagnostics import Diagnostic, Span, error, warning
from .fetch import shown

_LOGGERS = ("weasyprint", "fontTools")
_PLACE = re.compile(r" at (\d+):(\d+)\b")


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextlib.contextmanager
def listening() -> Iterator[list[logging.LogRecord]]:
    """Collect what the engine and its font tools log, and keep it off the terminal."""
    collector = _Collector()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(collector)
        logger.propagate = False
    try:
        yield collector.records
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.removeHandler(collector)
            logger.propagate = propagate


def diagnostics(records: list[logging.LogRecord], refused: dict[str, str], span: Span) -> list[Diagnostic]:
    """One diagnostic for each distinct complaint, in the order they came; refused addresses first."""
    found = [_refusal(url, reason, span) for url, reason in refused.items()]
    known = set(refused)
    for record in records:
        if record.name.startswith("weasyprint"):
            found += _translated(record, known, span)
    return list(dict.fromkeys(found))


def _refusal(url: str, reason: str, span: Span) -> Diagnostic:
    missing = "does not exist" in reason
    hint = (
        "check the name, capitals included, and that the file is in the project"
        if missing
        else "copy the file into the project and refer to it there"
    )
    return error("Q102" if missing else "Q101", f"'{shown(url)}' {reason}", span, hint=hint)


def _translated(record: logging.LogRecord, refused: set[str], span: Span) -> list[Diagnostic]:
    args: tuple[Any, ...] = record.args if isinstance(record.args, tuple) else ()
    for start, translate in _TRANSLATIONS.items():
        if str(record.msg).startswith(start):
            return translate(args, refused, span)
    message = record.getMessage().strip().rstrip(".")
    place = _PLACE.search(message)
    if place:
        span = Span(span.path, int(place[1]), int(place[2]))
        message = message.replace(place[0], "")
    return [warning("Q110", f"the print engine says: {message}", span)]


def _picture(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    if args[0] in refused:
        return []
    hint = "save it again as PNG, JPEG, WebP or SVG"
    return [error("Q103", f"the picture '{shown(args[0])}' cannot be read", span, hint=hint)]


def _sheet(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    return [] if args[0] in refused else [error("Q103", f"the style sheet '{shown(args[0])}' cannot be read", span)]


def _declaration(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    name, value, line, column, *why = args
    message = f"the print engine does not know '{name}: {value}' ({', '.join(map(str, why)) or 'unknown'})"
    return [warning("Q104", message, Span(span.path, line, column), hint="remove it, or keep it for screens only")]


def _nothing(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    """Said better elsewhere: ``tagging`` tells decoration from a missing description."""
    return []


def _character(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    return [no_glyph(args[1], span)]


def no_glyph(code: int, span: Span) -> Diagnostic:
    """``U+XXXX NAME`` that none of the document's fonts has."""
    char = chr(code)
    name = unicodedata.name(char, "a character without a name")
    seen = f" '{char}'" if char.isprintable() and not char.isspace() else ""
    hint = "write it in words or leave it out, or add a font that has it to the theme"
    return error("Q106", f"print has no font with the character{seen} U+{code:04X} {name}", span, hint=hint)


def _font(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    hint = "check the address in its @font-face rule; TTF, OTF, WOFF and WOFF2 files can be used"
    return [error("Q107", f"the font '{args[0]}' cannot be loaded", span, hint=hint)]


def _anchor(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    return [warning("Q108", f"a link points to '#{args[0]}', which is not in this document", span)]


def _target(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    return [error("Q108", f"a page reference points to '#{args[0]}', which is not in this document", span)]


def _twice(args: tuple[Any, ...], refused: set[str], span: Span) -> list[Diagnostic]:
    return [warning("Q109", f"the id '{args[0]}' is used twice in this document", span)]


_TRANSLATIONS: dict[str, Callable[[tuple[Any, ...], set[str], Span], list[Diagnostic]]] = {
    "Failed to load image": _picture,
    "Failed to load stylesheet": _sheet,
    "Ignored `%s": _declaration,
    'Image "%s" has no required alt': _nothing,
    ".notdef glyph rendered": _character,
    "Font-face %r cannot be loaded": _font,
    "No anchor #%s for internal": _anchor,
    "Content discarded: target points": _target,
    "Anchor defined twice": _twice,
}
