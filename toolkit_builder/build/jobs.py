"""Jobs come in; what is wrong with their paths, their keys and their waves go out.

A job is one output file: a path, the renderer's name and the plain payload that it is handed. Its key is the
digest of exactly that, so there are no dependencies to track: equal key, equal bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, TypeAlias

from msgspec import Struct, field

from toolkit_builder.build.digests import digest_of_value
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


class Named(Struct, frozen=True):
    """In a payload: of these ``values`` those whose files are named in the bytes of another output (the pictures that a
    print page shows). The renderer finds them by path, and the key sees no others: a picture more or less changes
    nothing that does not show it.

    ``values`` are Outputs and Blobs by path. Each is made before, whether it is named or not.
    """

    output: str
    values: Mapping[str, Output | Blob]


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
    def who(self) -> str:
        """What a person calls it: the document that it is made from."""
        return self.label or self.path

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
    return error("B103", f"this cannot be published at '{job.path}': {what}", Span(job.who), hint=hint)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path.casefold())


def _clash(job: Job, other: Job) -> Diagnostic:
    where = Span(job.who)
    if job.path == other.path:
        return error("B101", f"this and {other.who} are both published at '{job.path}'", where, hint=_RENAME)
    return error(
        "B102",
        f"'{job.path}' and '{other.path}' ({other.who}) differ by upper and lower case only, "
        "so they are one file on Windows and macOS",
        where,
        hint=_RENAME,
    )


def _clash_of_folders(job: Job, other: Job, mine: str, theirs: str) -> Diagnostic:
    return error(
        "B102",
        f"the folders '{mine}' and '{theirs}' ({other.who}) differ by upper and lower case only, "
        "so they are one folder on Windows and macOS",
        Span(job.who),
        hint="write the folder's name the same way in both",
    )


def _clash_with_folder(job: Job, inside: Job) -> Diagnostic:
    return error(
        "B104",
        f"'{job.path}' is a file, and also the folder of '{inside.path}' ({inside.who})",
        Span(job.who),
        hint=_RENAME,
    )
