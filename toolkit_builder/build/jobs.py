"""Jobs come in; what is wrong with their paths, their keys and their waves go out.

A job is one output file: a path, the renderer's name and the plain payload that it is handed. Its key is the
digest of exactly that, so there are no dependencies to track: equal key, equal bytes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol, TypeAlias

from msgspec import Struct, field

from toolkit_builder.build.digests import SIZE, digest_of_value
from toolkit_builder.diagnostics import Diagnostic, Span, error

Payload: TypeAlias = Mapping[str, Any]
Rendered: TypeAlias = "bytes | tuple[bytes, Sequence[Diagnostic]] | Parted | Seamed"
Renderer: TypeAlias = Callable[[Any], Rendered]


class Seamed(NamedTuple):
    """What a renderer may give in place of bytes: the bytes, and as JSON values, between commas, what it needs to make
    them again from these very bytes where only the templates around them have changed. Kept with the result
    (`Sink.keep_seams`).

    ``places`` are those of its parts, if the job has any (`Parted`).
    """

    data: bytes
    seams: str
    places: Sequence[Any] | None = None


class Output(Struct, frozen=True):
    """In a payload: the bytes of that other output. The renderer finds ``bytes`` in its place."""

    path: str


class Blob(Struct, frozen=True):
    """In a payload: a large text or large bytes by digest. The renderer finds the text or bytes in its place.

    The key sees the digest only, and only jobs that are rendered load the value.
    """

    digest: str


class SharedValue(Struct, frozen=True):
    """In many payloads: one plain value (a menu), digested once. The renderer finds the value in its place.

    ``value`` is plain JSON; it holds no Output, Blob or SharedValue.
    """

    digest: str
    value: Any

    def __eq__(self, other: object) -> bool:
        return type(other) is SharedValue and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @classmethod
    def of(cls, value: Any) -> SharedValue:
        return cls(digest_of_value(value), value)


class Deferred(Mapping[str, Any]):
    """A payload that is made anew whenever somebody looks at it: in a cold build, by the process that renders it.

    So thousands are neither held at once nor handed over. It holds no `Output`.
    """

    __slots__ = ("made",)

    def __init__(self, made: Callable[[], Payload]) -> None:
        self.made = made

    def __getitem__(self, name: str) -> Any:
        return self.made()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.made())

    def __len__(self) -> int:
        return len(self.made())


class Known(NamedTuple):
    """A job's key where that is known without its payload, and the digest of that payload.

    Of the reasons only those are told that begin with ``told``: the others are what they were.
    """

    key: str
    payload: str
    told: str = ""


class Job(Struct, frozen=True):
    """One output file to be made.

    ``path`` is relative, with ``/``. ``closure`` is the digest of whatever else the result depends on: the
    templates reached and the toolchain's version. ``reasons`` name the inputs for `explain` and take no part
    in the key. ``publish=False`` makes an intermediate result: kept in the store, never in ``output/``.
    ``heavy`` results (print) are kept in the store too, so that going back to an earlier text costs nothing.
    ``parts`` names the list in the payload, if there is one, whose items each make a part of the file (`parts`).
    ``known`` is the key of a job that is handed another, deferred payload than the one it stands for, from which it
    makes the same bytes (`Seamed`).
    """

    path: str
    format: str
    payload: Payload
    closure: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    publish: bool = True
    heavy: bool = False
    label: str = ""
    parts: str = ""
    known: Known | None = None

    @property
    def stored(self) -> bool:
        return self.heavy or not self.publish


class Settled(NamedTuple):
    """A job that need not be laid out again: the last build's result under this ``key`` is what it would give.

    The other fields are those of its `Job`.
    """

    path: str
    key: str
    publish: bool = True
    heavy: bool = False

    @property
    def stored(self) -> bool:
        return self.heavy or not self.publish


class Parted(Struct, frozen=True):
    """What a renderer may return of a job with parts: the bytes, and for each part where it lies in them.

    ``places`` are plain JSON, handed back as `parts.PLACES`; None stands for a part that cannot be cut out.
    """

    data: bytes
    places: Sequence[Any]


class RenderError(Exception):
    """What a renderer raises when the content (or the theme) is at fault, rather than the program."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = tuple(diagnostics)

    def __reduce__(self) -> tuple[Any, ...]:
        return (RenderError, (self.diagnostics,))


class Toolchain(Protocol):
    """A picklable plain value (template sources, configuration) that can make the renderers.

    ``renderers()`` is called once a worker for each digest; a renderer sees nothing but its payload.
    """

    @property
    def digest(self) -> str: ...

    def renderers(self) -> Mapping[str, Renderer]: ...


# --- paths -----------------------------------------------------------------------------------------------

_RENAME = "give one of them another slug, or another name if it is no text"
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def bad_path(path: str) -> str:
    """What is wrong with an output path, as the end of a sentence; empty where nothing is."""
    if not path or path.startswith("/") or path.endswith("/"):
        return "it is not the relative path of a file"
    for part in path.split("/"):
        if what := _bad_part(part):
            return what
    return ""


@lru_cache(maxsize=1 << 16)
def _bad_part(part: str) -> str:
    if part in ("", ".", ".."):
        return "it has an empty part, '.' or '..'"
    if any(ord(c) < 32 or c in '\\:*?"<>|\x7f' or 0xD800 <= ord(c) < 0xE000 for c in part):
        return "it holds a character that no web server or file system takes"
    if not unicodedata.is_normalized("NFC", part):
        return "its accents are not in composed form (NFC)"
    if len(part.encode()) > 255:
        return "one of its parts is longer than 255 bytes"
    if part[-1] in ". ":
        return "one of its parts ends with a dot or a space"
    if len(part) < 9 and part.split(".")[0].casefold() in _WINDOWS_DEVICES:
        return f"'{part}' is a device on Windows"
    return ""


def check_jobs(jobs: Sequence[Job]) -> list[Diagnostic]:
    """Every job whose path is unusable, or is another's, or differs from another's by case only."""
    found: list[Diagnostic] = []
    seen: dict[str, Job] = {}
    folders: dict[str, tuple[str, Job]] = {}
    for job in jobs:
        path = job.path
        if what := bad_path(path):
            found.append(_unusable(job, what))
            continue
        folded = path if path.isascii() and path.islower() else _folded(path)
        other = seen.setdefault(folded, job)
        if other is not job:
            found.append(_clash(job, other))
        parent = path.rpartition("/")[0]
        while parent:
            lower = parent if parent.isascii() and parent.islower() else _folded(parent)
            name, first = folders.setdefault(lower, (parent, job))
            if first is not job and name == parent:
                break
            if name != parent:
                found.append(_clash_of_folders(job, first, parent, name))
                break
            parent = parent.rpartition("/")[0]
    for folded, job in seen.items():
        if folded in folders:
            found.append(_clash_with_folder(job, folders[folded][1]))
    return found


def _unusable(job: Job, what: str) -> Diagnostic:
    hint = "give the file another name, or a text another slug"
    return error("B103", f"this cannot be published at '{job.path}': {what}", Span(_who(job)), hint=hint)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path.casefold())


def _who(job: Job) -> str:
    return job.label or job.path


def _clash(job: Job, other: Job) -> Diagnostic:
    where = Span(_who(job))
    if job.path == other.path:
        return error("B101", f"this and {_who(other)} are both published at '{job.path}'", where, hint=_RENAME)
    return error(
        "B102",
        f"'{job.path}' and '{other.path}' ({_who(other)}) differ by upper and lower case only, "
        "so they are one file on Windows and macOS",
        where,
        hint=_RENAME,
    )


def _clash_of_folders(job: Job, other: Job, mine: str, theirs: str) -> Diagnostic:
    return error(
        "B102",
        f"the folders '{mine}' and '{theirs}' ({_who(other)}) differ by upper and lower case only, "
        "so they are one folder on Windows and macOS",
        Span(_who(job)),
        hint="write the folder's name the same way in both",
    )


def _clash_with_folder(job: Job, inside: Job) -> Diagnostic:
    return error(
        "B104",
        f"'{job.path}' is a file, and also the folder of '{inside.path}' ({_who(inside)})",
        Span(_who(job)),
        hint=_RENAME,
    )


# --- keys ------------------------------------------------------------------------------------------------

_MARK = "\0"  # stands for an Output, Blob or SharedValue in the encoded payload
_ENCODED_MARK = '"\\u0000'

Mark: TypeAlias = "Output | Blob | SharedValue"


class Encoded(Struct, frozen=True):
    """A job's payload, digested as far as it can be before the digests of other outputs are known."""

    format: str
    closure: str
    state: Any  # a blake2b object
    marks: tuple[Mark, ...]

    @property
    def outputs(self) -> list[str]:
        """The paths whose bytes the payload holds."""
        return [mark.path for mark in self.marks if isinstance(mark, Output)]

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
        if isinstance(value, Output | Blob | SharedValue):
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

    def value(self, mark: Mark) -> Any:
        if isinstance(mark, Blob):
            return self.blobs[mark.digest]
        return self.outputs[mark.path] if isinstance(mark, Output) else mark.value

    def shallow(self, values: Mapping[str, Any], left: int) -> tuple[dict[str, Any], int]:
        """A mapping with the references among its values replaced, and how many of ``left`` are left elsewhere."""
        found = dict(values)
        for key, value in values.items():
            if isinstance(value, Output | Blob | SharedValue):
                found[key] = self.value(value)
                left -= 1
        return found, left

    def deep(self, value: Any) -> Any:
        if isinstance(value, Output | Blob | SharedValue):
            return self.value(value)
        if isinstance(value, Mapping):
            return {k: self.deep(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.deep(v) for v in value]
        return value


# --- waves -----------------------------------------------------------------------------------------------


def waves(
    jobs: Sequence[Job], encoded: Sequence[Encoded | None], there: Container[str] = ()
) -> tuple[list[list[int]], list[Diagnostic]]:
    """Positions of jobs, wave by wave: a wave needs only outputs of the waves before it, and what is ``there``.

    ``encoded`` has None for payloads that are still to be made, and need none.
    """
    place = {job.path: n for n, job in enumerate(jobs)}
    level = [0] * len(jobs)
    waiting: dict[int, set[int]] = {}
    found: list[Diagnostic] = []
    for n, one in enumerate(encoded):
        needs = one.outputs if one and one.marks else ()
        for path in needs:
            if path not in place and path not in there:
                found.append(error("B106", f"{_who(jobs[n])} is made from '{path}', which no document produces"))
        if needs:
            waiting[n] = {place[path] for path in needs if path in place}
    if found:
        return [], found
    while waiting:
        ready = [n for n, needs in waiting.items() if not any(m in waiting for m in needs)]
        if not ready:
            names = ", ".join(sorted(_who(jobs[n]) for n in waiting)[:5])
            return [], [error("B105", f"these outputs are made from one another in a circle: {names}")]
        for n in ready:
            level[n] = 1 + max((level[m] for m in waiting[n]), default=-1)
        for n in ready:
            del waiting[n]
    result: list[list[int]] = [[] for _ in range(max(level, default=-1) + 1)]
    for n, at in enumerate(level):
        result[at].append(n)
    return result, []
