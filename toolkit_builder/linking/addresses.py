"""A file that has been read comes in; its document goes out, with its id and its address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from toolkit_builder import decode
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.kinds import kind_of, shapes
from toolkit_builder.model import Document, Parsed, Payload
from toolkit_builder.site import read_number
from toolkit_builder.sources import Source, Unread

_PLACE = re.compile(r"\{(\w+)\}")


def document(
    source: Source | Unread, reading: Payload, shelf: Mapping[str, bytes | str]
) -> tuple[Document | None, list[Diagnostic]]:
    """The document of a file whose front matter holds, and what is wrong with the file.

    ``shelf`` has the large texts that the reading speaks of by digest.
    """
    found = [Diagnostic.from_json(d) for d in reading["diagnostics"]]
    return None if reading["fields"] is None else _document(source, reading, shelf), found


def _document(source: Source | Unread, reading: Payload, shelf: Mapping[str, bytes | str]) -> Document:
    kind, captures = kind_of(source.path)
    fields = decode.thaw(kind.fields, reading["fields"])
    stem = posixpath.basename(source.path).removesuffix(".md")
    if stem == "index":
        stem = next((captures[k] for k in ("toolkit", "conference") if k in captures), "") or posixpath.basename(
            posixpath.dirname(source.path)
        )
    name = fields.slug or shapes.slug(stem)
    return Document(
        kind=kind.name,
        id=_identity(kind.name, name, captures, fields),
        path=source.path,
        url=_address(kind.url, name, captures, fields),
        name=name if kind.name != "conference" else captures["conference"],
        fields=fields,
        body_digest=reading["body"],
        body_line=reading["body_line"],
        digest=source.digest,
        folder=captures,
        parsed=Parsed(reading["parsed"], shelf),
    )


def _identity(kind: str, name: str, captures: Mapping[str, str], fields: Any) -> str:
    if kind in {"conference", "toolkit"}:
        return f"{kind}:{captures[kind]}"
    if kind == "resource":
        return f"resource:{captures['toolkit']}/{name}"
    if kind == "update":
        return f"update:{captures['series']}/{name}"
    if kind == "page":
        return f"page:{captures['path']}"
    if "conference" in captures:
        number = getattr(fields, "number", "") or getattr(fields, "issue", "") or name
        return f"{kind}:{canonical(number)}@{captures['conference']}"
    return f"{kind}:{name}"


@lru_cache(maxsize=65536)
def canonical(number: str) -> str:
    known = read_number(number)
    return known.canonical if known else shapes.slug(number)


def address_of(number: str) -> str:
    """A paper's number as the last part of its address: ``20-1`` for 20.01."""
    return shapes.slug(canonical(number).replace(".", "-"))


def _address(pattern: str, name: str, captures: Mapping[str, str], fields: Any) -> str:
    def fill(match: re.Match[str]) -> str:
        key = match[1]
        if key in {"number", "issue"}:
            written = fields.slug or getattr(fields, key, "")
            return address_of(written) if written and not fields.slug else name
        if key == "path":
            parts = [shapes.slug(p) for p in captures["path"].split("/")]
            if fields.slug:
                parts[-1] = fields.slug
            return "/".join(parts[:-1] if parts[-1] == "index" else parts)
        return name if key == "name" else shapes.slug(captures[key])

    url = _PLACE.sub(fill, pattern)
    return re.sub(r"//+", "/", url) if "//" in url else url
