"""Payloads come in; what they are keyed by goes out, and what the references in them stand for.

A key is the digest of exactly what the renderer is handed: the payload, and the bytes behind its references.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from html import unescape
from typing import Any, TypeAlias
from urllib.parse import unquote

from msgspec import Struct

from toolkit_builder.build.digests import SIZE
from toolkit_builder.build.jobs import Blob, Deferred, Job, Named, Output, Payload, SharedValue

_MARK = "\0"  # stands for a reference in the encoded payload
_ENCODED_MARK = '"\\u0000'

Value: TypeAlias = Output | Blob | SharedValue
Mark: TypeAlias = Value | Named


class Encoded(Struct, frozen=True):
    """A job's payload, digested as far as it can be before the digests of other outputs are known."""

    format: str
    closure: str
    state: Any  # a blake2b object
    marks: tuple[Mark, ...]

    @property
    def outputs(self) -> list[str]:
        """The paths whose bytes the payload holds, or may hold."""
        found: list[str] = []
        for mark in self.marks:
            if isinstance(mark, Output):
                found.append(mark.path)
            elif isinstance(mark, Named):
                found.append(mark.output)
                found += [value.path for value in mark.values.values() if isinstance(value, Output)]
        return found

    @property
    def named(self) -> list[str]:
        """The outputs that must be read before the payload is known (`narrowed`)."""
        return [mark.output for mark in self.marks if isinstance(mark, Named)]

    @property
    def blobs(self) -> list[str]:
        return [mark.digest for mark in self.marks if isinstance(mark, Blob)]

    def key(self, digests: Mapping[str, str]) -> str:
        """The job's key, given the digest of every output that it refers to."""
        return key_of(self.format, self.closure, self.payload(digests))

    def payload(self, digests: Mapping[str, str]) -> str:
        """The digest of the payload alone."""
        if not self.marks:
            return str(self.state.hexdigest())
        state = self.state.copy()
        for mark in self.marks:
            if isinstance(mark, Output):
                state.update(b"o" + digests[mark.path].encode())
            elif isinstance(mark, Named):
                raise ValueError(f"what {mark.output} names is not known yet")
            else:
                state.update((b"b" if isinstance(mark, Blob) else b"s") + mark.digest.encode())
        return str(state.hexdigest())


def key_of(format: str, closure: str, payload: str) -> str:
    """A job's key, from the digest of its payload."""
    return blake2b(f"{format}\0{closure}\0{payload}".encode(), digest_size=SIZE).hexdigest()


class Encoder:
    """Encodes payloads, one after the other: about 10 microseconds for 2 KB.

    The order of a mapping's keys counts, since a template that loops over it shows it.
    """

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._encode = json.JSONEncoder(
            separators=(",", ":"), allow_nan=False, check_circular=False, default=self._other
        ).encode

    def __call__(self, job: Job) -> Encoded:
        """Raises TypeError or ValueError, naming the job, where the payload is not plain."""
        return self.encoded(job, job.payload.made() if isinstance(job.payload, Deferred) else job.payload)

    def encoded(self, job: Job, payload: Payload) -> Encoded:
        """The same for a job whose payload has just been made."""
        marks = self._marks
        marks.clear()
        try:
            text = self._encode(payload)
            if text.count(_ENCODED_MARK) != len(marks):  # some text begins with NUL: set it apart from a mark
                marks.clear()
                text = self._encode(_escaped(payload))
        except (TypeError, ValueError, RecursionError) as problem:
            raise type(problem)(f"the payload of {job.path} is not plain: {problem}") from problem
        state = blake2b(digest_size=SIZE)
        state.update(f"{len(marks)}\0{text}".encode("utf-8", "surrogatepass"))
        return Encoded(job.format, job.closure, state, tuple(marks))

    def outputs(self, job: Job) -> list[str]:
        """The paths of the outputs that a job is made from."""
        return [] if isinstance(job.payload, Deferred) else self(job).outputs

    def _other(self, value: Any) -> Any:
        if isinstance(value, Mark):
            self._marks.append(value)
            return _MARK
        if isinstance(value, Mapping):
            return dict(value)
        raise TypeError(f"{type(value).__name__} is neither JSON nor a reference")


def _escaped(value: Any) -> Any:
    """The same value with one more NUL before every text that begins with one."""
    if isinstance(value, str):
        return "\0\0" + value if value.startswith("\0") else value
    if isinstance(value, Mapping):
        return {_escaped(k): _escaped(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(v) for v in value]
    return value


def narrowed(payload: Payload, outputs: Mapping[str, bytes]) -> Payload:
    """The payload with those of its `Named` values that these outputs name, in place of all."""
    found = dict(payload)
    for key, value in payload.items():
        if isinstance(value, Named):
            names = names_in(unquote(unescape(outputs[value.output].decode("utf-8", "replace"))))
            found[key] = {path: each for path, each in value.values.items() if not names.isdisjoint(names_in(path))}
    return found


def names_in(text: str) -> set[str]:
    """The last words of all names of files in a text, with their endings: ``branch.png`` of ``../img/our branch.png``.

    Two files may have one such name; no file is overlooked, whatever stands around it.
    """
    return set(_NAME.findall(text))


_NAME = re.compile(r"(?:[\w-]*\.)+\w+")


def resolve(payload: Any, marks: int, outputs: Mapping[str, bytes], blobs: Mapping[str, bytes | str]) -> Any:
    """A payload with each of its references (``marks`` in all) replaced by its value; the original stays as it is."""
    if not marks:
        return payload
    table = _Table(outputs, blobs)
    if isinstance(payload, Mapping):  # nearly always they stand at the top or one below: no need to walk the rest
        found, left = table.shallow(payload, marks)
        for key, value in payload.items():
            if not left:
                return found
            if isinstance(value, Mapping):
                found[key], left = table.shallow(value, left)
        if not left:
            return found
    return table.deep(payload)


class _Table(Struct, frozen=True):
    outputs: Mapping[str, bytes]
    blobs: Mapping[str, bytes | str]

    def value(self, mark: Value) -> Any:
        if isinstance(mark, Blob):
            return self.blobs[mark.digest]
        return self.outputs[mark.path] if isinstance(mark, Output) else mark.value

    def shallow(self, values: Mapping[str, Any], left: int) -> tuple[dict[str, Any], int]:
        """A mapping with the references among its values replaced, and how many of ``left`` are left elsewhere."""
        found = dict(values)
        for key, value in values.items():
            if isinstance(value, Value):
                found[key] = self.value(value)
                left -= 1
        return found, left

    def deep(self, value: Any) -> Any:
        if isinstance(value, Value):
            return self.value(value)
        if isinstance(value, Mapping):
            return {k: self.deep(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.deep(v) for v in value]
        return value
