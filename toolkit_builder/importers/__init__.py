"""A file's bytes and name in; the content files it becomes, and a report of what was not kept, out.

Nothing is read or written here: the command does that.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.importers import docx, html, mail, text
from toolkit_builder.importers.desk import KINDS, Draft, Options
from toolkit_builder.importers.families import sort_out
from toolkit_builder.importers.pieces import Incoming

__all__ = ["KINDS", "Draft", "Options", "convert", "front_matter"]

_PLAIN = re.compile(r"[A-Za-z0-9(£][^\n\t:#\\\"'{}\[\],&*!|>%@`]*(?<! )")
_NO_TEXT = {
    b"%PDF-": "a PDF", b"{\\rtf": "a document in rich text format (.rtf)", b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"RIFF": "a picture or a recording",
}  # fmt: skip
"""How files begin that have no text to be read, and what they are."""
_RESERVED = {"yes", "no", "true", "false", "on", "off", "null", "y", "n", "~"}


def convert(
    data: bytes, path: str, options: Options | None = None
) -> tuple[tuple[tuple[Draft, str], ...], list[Diagnostic]]:
    """Every content file that ``data`` becomes, with its text, and the report. ``path`` is for names and the report."""
    incoming = _read(data, path)
    drafts, problems = sort_out(incoming, options or Options())
    return tuple((draft, front_matter(draft.fields) + draft.body) for draft in drafts), [*incoming.problems, *problems]


def _read(data: bytes, path: str) -> Incoming:
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    suffix = path.lower().rpartition(".")[2]
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or suffix in {"docx", "doc"}:
        return docx.read(data, path)
    if what := next((name for start, name in _NO_TEXT.items() if data.startswith(start)), ""):
        hint = "copy its words into a text file, or save it as .docx"
        refused = error("I305", f"this is {what}, and no text", Span(path), hint=hint)
        return Incoming(path=path, pieces=(), problems=(refused,))
    if mail.is_mail(data, path):
        form, words, problems = mail.body(data, path)
        made = html.read_markup(words, path, []) if form == "html" else text.read(words.encode(), path)
        return replace(made, problems=(*problems, *made.problems))
    if suffix in {"html", "htm", "xhtml"} or head.startswith((b"<!doctype html", b"<html")):
        return html.read(data, path)
    return text.read(data, path)


def front_matter(fields: dict[str, Any]) -> str:
    """Fields as YAML between two lines of dashes, every text so quoted that it comes back as it is."""
    lines = ["---"]
    for key, value in fields.items():
        lines += _entry(key, value, "")
    return "\n".join([*lines, "---", "", ""])


def _entry(key: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict):
        return [f"{indent}{key}:", *(line for k, v in value.items() for line in _entry(k, v, indent + "  "))]
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return [f"{indent}{key}:", *(f"{indent}  - {_scalar(item)}" for item in value)]
        lines = [f"{indent}{key}:"]
        for item in value:
            inner = [line for k, v in item.items() for line in _entry(k, v, indent + "    ")]
            lines += [f"{indent}  - {inner[0].strip()}", *inner[1:]]
        return lines
    return [f"{indent}{key}: {_scalar(value)}"]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    words = str(value)
    if _PLAIN.fullmatch(words) and words.lower() not in _RESERVED:
        return words
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
