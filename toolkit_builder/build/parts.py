"""A job whose file is made of parts, and the file as it was, come in; a payload of what must be made again goes out.

An archive of a thousand papers of which one has changed need not pack a thousand. Such a job names the list in its
payload whose items each make a part of the file by themselves (with all else that is in the payload), in its order.
What the parts of the published file were made from is kept, as a digest each; a renderer is handed that file and, in
place of a part that would come out as it is there, its place (`Same`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from msgspec import Struct

from toolkit_builder.build.jobs import Blob, Job, Output, Payload, SharedValue

BEFORE = "before"
"""Where a renderer finds the file as it was, in a payload with `Same` among its parts."""

PLACES = "places"
"""Where it finds what it has said of the places of that file's parts (`jobs.Parted`)."""

BESIDE = "beside"
"""In a payload: the names of what stands around the parts, and decides none of them."""


class Same(Struct, frozen=True):
    """In a payload, in place of a part: it comes out as part ``place`` of the file as it was, counted from 0."""

    place: int


class Before(NamedTuple):
    """The published file, whole, a digest of what each of its parts was made from, and where the parts lie in it.

    ``places``: None where the renderer sees that for itself; else for each part what the renderer has said of it, or
    None for a part that cannot be taken from the file.
    """

    data: bytes
    keys: Sequence[str]
    places: Sequence[Any] | None = None


def keys_of(job: Job, digests: Mapping[str, str]) -> list[str]:
    """A digest for each part of what it is made from; ``digests`` of the outputs that the payload names, by path."""

    def known(value: Any) -> Any:
        if isinstance(value, Output):
            return ["\0output", digests[value.path]]
        if isinstance(value, Blob | SharedValue):
            return ["\0value", value.digest]
        if isinstance(value, Mapping):
            return dict(value)
        raise TypeError(f"{type(value).__name__} is neither JSON nor a reference")

    encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=known).encode
    apart = {job.parts, *job.payload.get(BESIDE, ())}
    others = encode({k: v for k, v in job.payload.items() if k not in apart})
    head = blake2b(f"{job.format}\0{job.closure}\0{others}\0".encode("utf-8", "surrogatepass"), digest_size=16)
    keys = []
    for part in job.payload[job.parts]:
        state = head.copy()
        state.update(encode(part).encode("ascii"))
        keys.append(state.hexdigest())
    return keys


def changed(job: Job, keys: Sequence[str], before: Before) -> tuple[Payload, Payload] | None:
    """The payload with the parts that must be made again alone, whose references are needed; and the one for the
    renderer. None where no part is as it was."""
    places = before.places
    place = {key: n for n, key in enumerate(before.keys) if places is None or (n < len(places) and places[n])}
    parts = job.payload[job.parts]
    mixed = [Same(place[key]) if key in place else part for key, part in zip(keys, parts, strict=True)]
    new = [part for part in mixed if not isinstance(part, Same)]
    if len(new) == len(mixed):
        return None
    again = {**job.payload, job.parts: mixed, BEFORE: before.data}
    return {**job.payload, job.parts: new}, again if places is None else {**again, PLACES: places}
