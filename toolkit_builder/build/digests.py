"""Bytes and plain values come in; their digests (40 hex digits, BLAKE2b-160) go out."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from msgspec import DecodeError
from msgspec import json as json_of

SIZE = 20  # bytes; 160 bits leave accidental and deliberate collisions out of reach


_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode  # made once: it takes as long as a value


def digest(data: bytes) -> str:
    """The name of these bytes everywhere in the build."""
    return blake2b(data, digest_size=SIZE).hexdigest()


def compact_json(value: Any) -> bytes:
    """JSON as short as it gets. The order of keys is kept: a template can see it, so it is part of the value."""
    return _encode(value).encode("ascii")


def quick_json(value: Any) -> bytes:
    """JSON of a plain value that is kept and not compared, in a fifth of the time of `compact_json`."""
    try:
        return json_of.encode(value)
    except (TypeError, ValueError):  # a text of a class of its own, or with half of a surrogate pair
        return compact_json(value)


def json_value(data: bytes | str) -> Any:
    """The value behind JSON, in a third of the time that the json module takes. Raises ValueError."""
    try:
        return json_of.decode(data)
    except DecodeError:  # half of a surrogate pair, which an escape in front matter can write, is for the other one
        return json.loads(data)


def digest_of_value(value: Any) -> str:
    """The digest of a plain JSON value.

    Raises TypeError or ValueError where it holds anything else.
    """
    return digest(compact_json(value))
