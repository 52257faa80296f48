"""A file that has been read comes in; its document goes out, with its id and its address."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from toolkit_builder import decode
from toolkit_builder.kinds import kind_of, shapes
from toolkit_builder.model import Document, Parsed, Payload, Reading
from toolkit_builder.site import read_number

_PLACE = re.compile(r"\{(\w+)\}")


def reading_of(path: str, found: Payload, shelf: Mapping[str, bytes | str]) -> Reading | None:
    """What the reader of a file has found in it; None where its front matter does not hold.

    ``shelf`` has the large texts that the reader speaks of by digest.
    """
    if found["fields"] is None:
        return None
    kind, captures = kind_of(path)
    return Reading(
        fields=decode.thaw(kind.fields, found["fields"]),
        parsed=Parsed(found["parsed"], shelf),
        body=found["body"],
        body_line=found["body_line"],
        folder=captures,
    )


def document(path: str, digest: str, reading: Reading, reader: Callable[[Document], Reading]) -> Document:
    """The document of a file that has been read."""
    kind, captures = kind_of(path)
    fields = reading.fields
    stem = posixpath.basename(path).removesuffix(".md")
    if stem == "index":
        stem = next((captures[k] for k in ("toolkit", "conference") if k in captures), "") or posixpath.basename(
            posixpath.dirname(path)
        )
    name = fields.slug or shapes.slug(stem)
    return Document(
        kind=kind.name,
        id=_identity(kind.name, name, captures, fields),
        path=path,
        url=_address(kind.url, name, captures, fields),
        name=name if kind.name != "conference" else captures["conference"],
        conference=captures.get("conference"),
        digest=digest,
        face=reading.parsed["face"],
        reader=reader,
        reading=reading,
    )


def conference_of(path: str) -> str:
    """The conference that a file belongs to by the folder it is in; empty where it belongs to none."""
    folder, _, name = path.rpartition("/")
    return _conference_of(folder, name if name == "index.md" else "a.md")


@cache
def _conference_of(folder: str, name: str) -> str:
    return kind_of(f"{folder}/{name}")[1].get("conference", "")


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
