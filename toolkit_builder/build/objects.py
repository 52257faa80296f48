"""Bytes come in, and their digest goes out; with that digest the bytes go out again, or nothing: what is damaged is
removed. One file each, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from toolkit_builder.build.digests import digest

_DAY = 86400


class Objects:
    """A folder of files named by the digests of their bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        return self._folder / name[:2] / name[2:]

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def read(self, name: str) -> bytes | None:
        """The bytes of this digest; None where they are missing or damaged (then they are removed)."""
        path = self.path(name)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if digest(data) == name:
            return data
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def add(self, data: bytes) -> str:
        """Keep bytes; their digest goes out. Raises OSError."""
        name = digest(data)
        path = self.path(name)
        if self.read(name) is not None:
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, data)
        return name

    def collect(self, live: set[str], *, before: int, limit: int) -> None:
        """Remove what was written ``before`` a day (since 1970), then the oldest beyond ``limit`` bytes; never what is
        ``live``."""
        found = sorted(
            ((entry.stat(follow_symlinks=False), Path(entry)) for entry in self._files()),
            key=lambda item: (item[0].st_mtime, str(item[1])),
        )
        total = sum(stat.st_size for stat, _ in found)
        for stat, path in found:
            if path.parent.name + path.name not in live and (stat.st_mtime < before * _DAY or total > limit):
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= stat.st_size

    def sizes(self) -> list[int]:
        """Of each, in bytes."""
        return [entry.stat(follow_symlinks=False).st_size for entry in self._files()]

    def _files(self) -> Iterator[os.DirEntry[str]]:
        for folder in _entries(self._folder):
            if folder.is_dir(follow_symlinks=False):
                yield from _entries(Path(folder))


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all (a side file, then a rename). Raises OSError; leaves no litter."""
    side = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
        try:
            write_all(descriptor, data)
            os.fchmod(descriptor, 0o644) if hasattr(os, "fchmod") else None
        finally:
            os.close(descriptor)
        os.replace(side, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(side)
        raise


def write_all(descriptor: int, data: bytes) -> None:
    """os.write until everything is written; it may take less than it is given (a full disk, over 2 GiB)."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
