"""A file's bytes in; its text out (no BOM, lines ending in LF), or what is wrong with the bytes and where.

Only UTF-8 is read: a guess would now and then turn one letter into another. But a file in Windows-1252 or UTF-16
is named as what it is, with the way to convert it.
"""

from __future__ import annotations

import re

from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.patterns import pattern

_BOM = b"\xef\xbb\xbf"
_WIDE = ((b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_C1 = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]")
_FIRST_CONTROL = pattern("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_NAMES = {
    0x07: "table mark",
    0x0B: "line break",
    0x0C: "page break",
    0x1E: "hyphen",
    0x1F: "hyphen",
    0x85: "line break",
}
# UTF-8 read as Windows-1252 and saved again: curly quotes and dashes, pounds, letters with accents
_GARBLED = pattern("â€[œ˜™“”¦¢]|Â[£©®°·½«»\xa0]|Ã[©¨ª«®¯´¶¼±§¡¢¤³]|Å[µ·]")
_SAVE = "open it in your editor and save it again with the encoding UTF-8"
_WINDOW = 20_000


def read_text(data: bytes, path: str) -> tuple[str | None, list[Diagnostic]]:
    """The text of one file, or None with the reason."""
    if data.startswith(_BOM):
        data = data[3:]
    try:
        text = data.decode()
    except UnicodeDecodeError as problem:
        return None, [_not_utf8(data, path, problem.start)]
    if len(data.translate(None, _CONTROLS)) != len(data) or ((b"\xc2" in data or b"\xef" in data) and _C1.search(data)):
        return None, [_control(data, text, path)]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        return None, [error("F107", "this file is empty", Span(path), hint="write its text, or delete the file")]
    if b"\xc3" in data and (garbled := _GARBLED.search(text)):
        return text, [_twice_encoded(text, garbled, path)]
    return text, []


def _twice_encoded(text: str, first: re.Match[str], path: str) -> Diagnostic:
    count = len(_GARBLED.findall(text))
    more = f", the first of {count}" if count > 1 else ""
    span, line = _place(text[: first.start()], text[first.start() :], path)
    meant = first[0].encode("cp1252", "ignore").decode("utf-8", "ignore") or first[0]
    return warning(
        "F117",
        f"'{first[0]}' is probably one garbled character{more}",
        Span(path, span.line, span.column, span.line, span.column + len(first[0])),
        source=line,
        hint=f"the text was read in the wrong encoding once; this was probably {meant}",
    )


def _control(data: bytes, text: str, path: str) -> Diagnostic:
    if b"\0" in data:
        wide = _wide_without_bom(data)
        if wide:
            return error("F103", f"this file is {wide}, not UTF-8", Span(path, 1, 1), hint=_SAVE)
    match = _FIRST_CONTROL.search(text)
    assert match is not None
    code = ord(match[0])
    count = len(_FIRST_CONTROL.findall(text))
    span, line = _place(text[: match.start()], text[match.start() :], path)
    if code == 0:
        return error(
            "F104",
            "there is a NUL character here, so this is probably not a text",
            span,
            source=line,
            hint="delete the character, or move the file away if it is not a text",
        )
    what = _NAMES.get(code, "control character")
    more = f", the first of {count}" if count > 1 else ""
    return error(
        "F105",
        f"an invisible {what} stands here (U+{code:04X}){more}",
        span,
        source=line,
        hint="delete it; it often comes with text copied from a PDF or from Word",
    )


def _not_utf8(data: bytes, path: str, at: int) -> Diagnostic:
    for mark, name in _WIDE:
        if data.startswith(mark):
            return error("F103", f"this file is {name}, not UTF-8", Span(path, 1, 1), hint=_SAVE)
    wide = _wide_without_bom(data)
    if wide:
        return error("F103", f"this file is {wide}, not UTF-8", Span(path, 1, 1), hint=_SAVE)
    line = data[data.rfind(b"\n", 0, at) + 1 :].split(b"\n", 1)[0].rstrip(b"\r")
    shown = line.decode("utf-8", "replace")
    span, _ = _place(data[:at].decode(), " ", path)
    if re.match(rb"\xed[\xa0-\xbf]", data[at : at + 2]):
        return error(
            "F106",
            "half of a character stands here (a lone surrogate)",
            span,
            source=shown,
            hint="delete it and type the character again; an emoji was probably cut in two",
        )
    if _mostly_utf8(data):
        letter = data[at : at + 1].decode("cp1252", "replace")
        return error(
            "F103",
            f"this file is UTF-8 except for a byte here (0x{data[at]:02X})",
            span,
            source=shown,
            hint=f"delete the character and type it again; in Windows-1252 it is {letter}",
        )
    # the line is shown as the other encoding reads it: one character for each byte
    column = at - data.rfind(b"\n", 0, at)
    span = Span(path, span.line, column, span.line, column + 1)
    return error(
        "F103", f"this file is {_name(data, at)}, not UTF-8", span, hint=_SAVE, source=line.decode("cp1252", "replace")
    )


def _name(data: bytes, at: int) -> str:
    """The encoding it probably is. Windows-1252 unless that is impossible or another fits far better."""
    near = data[max(0, at - _WINDOW) : at + _WINDOW]
    try:
        text = near.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    odd = [c for c in text if ord(c) > 127]
    usual = sum(c in "‘’“”–—…•£€©®°½¼¾·´¨ \xa0«»§¶×÷" or c.isalpha() for c in odd)
    words = re.findall(r"[^\W\d_]{2,}", text)
    foreign = sum(sum(ord(c) > 127 for c in w) > len(w) / 2 for w in words)
    if odd and usual >= 0.9 * len(odd) and foreign <= len(words) / 20:
        return "Windows-1252"
    from charset_normalizer import from_bytes

    best = from_bytes(near).best()
    return f"{best.encoding.replace('_', '-')} (probably)" if best else "in an unknown encoding"


def _mostly_utf8(data: bytes) -> bool:
    """Whether letters that are not ASCII are UTF-8 more often than not."""
    good = len(re.findall(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", data))
    bad = data.decode("utf-8", "replace").count("�")
    return good > bad


def _wide_without_bom(data: bytes) -> str | None:
    """UTF-16 shows in NULs at every other byte."""
    piece = data[: _WINDOW * 2]
    even, odd = piece[::2].count(0), piece[1::2].count(0)
    if max(even, odd) > 0.3 * len(piece) / 2 and min(even, odd) < 0.1 * max(even, odd):
        return "UTF-16"
    return None


def _place(before: str, after: str, path: str) -> tuple[Span, str]:
    """The span of one character and the whole line it stands in, after line ends are made one kind."""
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    line, start = before.count("\n") + 1, before.rfind("\n") + 1
    rest = re.split(r"[\r\n]", after, maxsplit=1)[0]
    column = len(before) - start + 1
    return Span(path, line, column, line, column + 1), before[start:] + rest
