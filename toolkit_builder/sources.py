"""A project's ``content/`` in; its texts and other files out, sorted by path, with a digest of the bytes of each.

Nothing outside the project is read, nothing that is not an ordinary file is opened, and a file that is too large
is refused before it is read. What cannot be published as it stands is a diagnostic that says what to do.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, Unsteady, error
from toolkit_builder.encodings import read_text

LONGEST_TEXT = 2_000_000
LARGEST_FILE = 100_000_000
_DEEPEST = 40
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_CHUNK = 1 << 20
_IGNORED = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
_OTHER_MARKDOWN = (".markdown", ".mdown", ".mkd", ".mkdn")


class Source(Struct, frozen=True):
    """A text: ``path`` with ``/``, relative to the project; ``digest`` the BLAKE2b-128 of its bytes, in hex."""

    path: str
    text: str
    digest: str
    size: int


class Texts(Mapping[str, str]):
    """The texts of sources, by path: what a report of mistakes shows. One that is unread is read when asked for."""

    def __init__(self, sources: Iterable[Source | Unread]) -> None:
        self._by_path = {source.path: source for source in sources}

    def __getitem__(self, path: str) -> str:
        return self._by_path[path].text

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_path)

    def __len__(self) -> int:
        return len(self._by_path)


class Changed(Unsteady):
    """A file is not what it was when it was looked at, a moment ago: everything must be looked at again."""


class Unread(NamedTuple):
    """A text of which the last build has left the digest, and that has not changed since."""

    path: str
    file: str
    digest: str

    @property
    def text(self) -> str:
        """The text, read now. Raises `Changed` where it is not the one of the digest."""
        source, _ = _read(self.file, self.path)
        if source is None or source.digest != self.digest:
            raise Changed(self.path)
        return source.text


class Asset(Struct, frozen=True, dict=True):
    """Any other file: a picture, a PDF, a table. It is read only when somebody asks for its bytes or digest."""

    path: str
    file: Path
    size: int

    @cached_property
    def digest(self) -> str:
        """BLAKE2b-128 of the bytes, in hex, equal for equal bytes. Raises OSError if the file has gone."""
        state = blake2b(digest_size=16)
        with open(os.open(self.file, _READ), "rb", buffering=0) as file:
            while piece := file.read(_CHUNK):
                state.update(piece)
        return state.hexdigest()

    def read(self) -> bytes:
        """The bytes. Raises `Changed` where they are not those of the digest, OSError if the file has gone."""
        data = self.file.read_bytes()
        if blake2b(data, digest_size=16).hexdigest() != self.digest:
            raise Changed(self.path)
        return data


class Tree(Struct, frozen=True):
    """All that was found, each part sorted by path."""

    sources: tuple[Source | Unread, ...] = ()
    assets: tuple[Asset, ...] = ()


class _Folder(Struct, frozen=True):
    """A folder still to be read; ``linked`` if a symbolic link led here."""

    file: str
    path: str
    linked: bool


def scan(
    project: Path, folder: str = "content", known: Mapping[str, str] | None = None
) -> tuple[Tree, list[Diagnostic]]:
    """Read every file below ``project/folder``. Hidden files and editors' backups are passed over in silence.

    ``known`` are digests of files, by path, that have not changed since they were read: they are not read again.
    """
    walk = _Walk(os.path.realpath(project), known or {})
    top = os.path.join(project, folder)
    real = os.path.realpath(top)
    if not os.path.isdir(real):
        return Tree(), [
            error(
                "F101", f"there is no folder '{folder}' here", Span(folder), hint="make it, and put your texts into it"
            )
        ]
    if not _below(real, walk.project):
        return Tree(), [_leads_out(folder)]
    waiting = [_Folder(top, folder, False)]
    while waiting:
        waiting += walk.folder(waiting.pop())
    by_path = attrgetter("path")
    return Tree(tuple(sorted(walk.sources, key=by_path)), tuple(sorted(walk.assets, key=by_path))), walk.found


def read_source(project: Path, path: str) -> tuple[Source | None, list[Diagnostic]]:
    """One text by its path in the project, under the same rules: ``toolkit.yaml``, a ``theme.yaml``."""
    real = os.path.realpath(os.path.join(project, path))
    if not _below(real, os.path.realpath(project)):
        return None, [_leads_out(path)]
    return _read(real, path)


def ignored(path: str) -> bool:
    """Whether a file or folder at this path, or a folder that it is in, is passed over."""
    return any(_passed_over(name) for name in path.split("/") if name)


class _Walk:
    """One pass over the content folder."""

    def __init__(self, project: str, known: Mapping[str, str]) -> None:
        self.project = project
        self.known = known
        self.sources: list[Source | Unread] = []
        self.assets: list[Asset] = []
        self.found: list[Diagnostic] = []

    def folder(self, here: _Folder) -> Iterator[_Folder]:
        """Read one folder's files; yield the folders in it."""
        try:
            with os.scandir(here.file) as listing:
                entries = [entry for entry in listing if not _passed_over(entry.name)]
        except OSError as problem:
            self.found.append(_unreadable(here.path, problem))
            return
        self._clashes(here.path, [entry.name for entry in entries])
        known = self.known.get
        for entry in entries:
            name = entry.name
            # a Mac may keep accents apart from their letters; addresses and links are written with both in one
            path = f"{here.path}/{name if name.isascii() else unicodedata.normalize('NFC', name)}"
            if not (name.isascii() and name.isprintable()) and (bad := _bad_name(path, name)):
                self.found.append(bad)
            elif (digest := known(path)) and name.endswith(".md") and entry.is_file(follow_symlinks=False):
                self.sources.append(Unread(path, entry.path, digest))  # as nearly all are when one is edited
            elif entry.is_symlink():
                yield from self._link(entry, path, here)
            elif entry.is_dir(follow_symlinks=False):
                yield from self._deeper(_Folder(entry.path, path, here.linked))
            elif entry.is_file(follow_symlinks=False):
                self._file(entry.path, path)
            else:
                self.found.append(_special(path))

    def _deeper(self, folder: _Folder) -> Iterator[_Folder]:
        if folder.path.endswith(".md"):
            self.found.append(
                error(
                    "F112",
                    "this is a folder, but its name ends in .md like a text's",
                    Span(folder.path),
                    hint="rename the folder",
                )
            )
        elif folder.path.count("/") > _DEEPEST:
            self.found.append(
                error(
                    "F116",
                    f"folders are nested more than {_DEEPEST} deep here",
                    Span(folder.path),
                    hint="move these files up",
                )
            )
        else:
            yield folder

    def _link(self, entry: os.DirEntry[str], path: str, here: _Folder) -> Iterator[_Folder]:
        """A symbolic link: followed inside the project, once, and never to a folder that it lies in."""
        real = os.path.realpath(entry.path)
        if not os.path.exists(real):
            self.found.append(
                error(
                    "F110", "this link leads nowhere", Span(path), hint="delete it, or put the file itself in its place"
                )
            )
        elif not _below(real, self.project):
            self.found.append(_leads_out(path))
        elif f"{os.sep}." in real.removeprefix(self.project):
            self.found.append(
                error(
                    "F109",
                    "this link leads to a hidden file or folder, and is not followed",
                    Span(path),
                    hint="put the file itself in its place",
                )
            )
        elif not os.path.isdir(real):
            self._file(real, path)
        elif here.linked or _below(os.path.realpath(here.file), real):
            self.found.append(
                error(
                    "F110",
                    "this link leads round in a circle, or through another link",
                    Span(path),
                    hint="delete it, or put the folder itself in its place",
                )
            )
        else:
            yield from self._deeper(_Folder(real, path, True))

    def _file(self, file: str, path: str) -> None:
        if not path.endswith(".md"):
            self._asset(file, path)
            return
        if digest := self.known.get(path):
            self.sources.append(Unread(path, file, digest))
            return
        source, problems = _read(file, path)
        self.found += problems
        if source is not None:
            self.sources.append(source)

    def _asset(self, file: str, path: str) -> None:
        suffix = os.path.splitext(path)[1]
        if suffix.lower() == ".md" or suffix.lower() in _OTHER_MARKDOWN:
            self.found.append(
                error("F115", f"a text's name must end in .md, not {suffix}", Span(path), hint="rename the file")
            )
            return
        try:
            status = os.stat(file, follow_symlinks=False)
            readable = os.access(file, os.R_OK)
        except OSError as problem:
            self.found.append(_unreadable(path, problem))
            return
        if not stat.S_ISREG(status.st_mode):
            self.found.append(_special(path))
        elif not readable:
            self.found.append(_unreadable(path, PermissionError(errno.EACCES, "")))
        elif status.st_size >= LARGEST_FILE:
            self.found.append(_too_large(path, status.st_size, LARGEST_FILE, "a file"))
        else:
            self.assets.append(Asset(path, Path(file), status.st_size))
            if digest := self.known.get(path):
                self.assets[-1].__dict__["digest"] = digest

    def _clashes(self, folder: str, names: list[str]) -> None:
        """Names that are one on a Mac or on Windows, and two here."""
        if len({name.lower() for name in names}) == len(names) and all(map(str.isascii, names)):
            return
        same: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names):
            same[unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())].append(name)
        for first, *others in same.values():
            for other in others:
                one = unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", other)
                how = "in how its accents are stored" if one else "in capital letters"
                self.found.append(
                    error(
                        "F113",
                        f"this name and '{_shown(first)}' differ only {how}, and are one name on many computers",
                        Span(f"{folder}/{_shown(other)}"),
                        hint="rename one of the two",
                    )
                )


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _read(file: str, path: str) -> tuple[Source | None, list[Diagnostic]]:
    try:
        data = _bytes(file, LONGEST_TEXT)
    except OSError as problem:
        return None, [_unreadable(path, problem)]
    except _TooLarge as problem:
        return None, [_too_large(path, problem.size, LONGEST_TEXT, "a text")]
    except _NotAFile:
        return None, [_special(path)]
    text, found = read_text(data, path)
    if text is None:
        return None, found
    return Source(path, text, blake2b(data, digest_size=16).hexdigest(), len(data)), found


class _TooLarge(Exception):
    def __init__(self, size: int) -> None:
        self.size = size


class _NotAFile(Exception):
    pass


def _bytes(file: str, most: int) -> bytes:
    """An ordinary file's bytes. Never blocks on a pipe, whatever stands there by now."""
    handle = os.open(file, _READ | _NO_FOLLOW)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise _NotAFile
        if status.st_size > most:
            raise _TooLarge(status.st_size)
        data = os.read(handle, status.st_size)
        while len(data) < status.st_size and (more := os.read(handle, status.st_size - len(data))):
            data += more
        return data
    finally:
        os.close(handle)


def _passed_over(name: str) -> bool:
    return (
        (name[0] == "." and name != ".well-known")  # addresses that others look up: a contact, a proof of ownership
        or name[-1] == "~"
        or name[:2] == "~$"
        or (name[0] == name[-1] == "#")
        or name.lower() in _IGNORED
    )


def _shown(name: str) -> str:
    """A name as text that can be printed: bytes that are not UTF-8 become ``\\xe9``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _bad_name(path: str, name: str) -> Diagnostic | None:
    where = Span(_shown(path))
    try:
        name.encode()
    except UnicodeEncodeError:
        return error("F114", "this file's name is not UTF-8", where, hint="rename the file")
    strange = next((c for c in name if unicodedata.category(c) in {"Cc", "Zl", "Zp"}), None)
    if strange:
        return error(
            "F114",
            f"this file's name has a control character (U+{ord(strange):04X}) in it",
            where,
            hint="rename the file",
        )
    return None


def _special(path: str) -> Diagnostic:
    return error("F111", "this is a pipe, a socket or a device, not a file", Span(path), hint="move it away from here")


def _leads_out(path: str) -> Diagnostic:
    return error(
        "F109",
        "this link leads out of the project, and is not followed",
        Span(path),
        hint="put the file itself in its place",
    )


def _too_large(path: str, size: int, most: int, what: str) -> Diagnostic:
    return error(
        "F108",
        f"this file has {size / 1e6:,.1f} MB, and {what} can have {most / 1e6:,.0f} MB at most",
        Span(path),
        hint="make it smaller, or move it away from here",
    )


def _unreadable(path: str, problem: OSError) -> Diagnostic:
    reasons = {
        errno.EACCES: "you have no permission to",
        errno.EPERM: "you have no permission to",
        errno.ENOENT: "it went away",
        errno.ELOOP: "it is a link",
        errno.ENAMETOOLONG: "its name is too long",
        errno.EMFILE: "too many files are open",
    }
    reason = reasons.get(problem.errno or 0, os.strerror(problem.errno) if problem.errno else "an error of the disk")
    return error(
        "F102",
        f"this cannot be read: {reason}",
        Span(_shown(path)),
        hint="check its permissions" if problem.errno in (errno.EACCES, errno.EPERM) else "",
    )
