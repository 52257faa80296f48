"""What a run has made, line by line beside its files; after a kill the next run reads it and goes on from there.

One line a unit (a template for a branch): its key, its files with the digest of their bytes, and what was said about
them. It is written before the files, so that a file of ours is never taken for somebody else's; a file counts as
made only while its bytes have that digest. A line that is cut off or damaged is not there.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from toolkit_builder.build.objects import write_file

FOLDER = ".toolkit"
_FILE = "localise.jsonl"


class Entry(Struct, frozen=True):
    """``files``: path below the folder -> digest of its bytes. ``said``: plain values for the report."""

    key: str
    files: Mapping[str, str]
    said: Mapping[str, Any]


def digest(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


class Foreign(Exception):
    """A file stands where ours would go, and it is not ours, or was changed since."""


class Journal:
    """The record of one output folder. Use as a context manager; leaving it tidies the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FOLDER / _FILE
        self._own: dict[str, set[str]] = {}
        self._entries = self._read()
        self._out: IO[str] | None = None

    def __enter__(self) -> Journal:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._out = self._path.open("a", encoding="utf-8")
        if self._out.tell():
            self._out.write("\n")  # whatever a kill has cut off ends here
        return self

    def __exit__(self, kind: object, *exception: object) -> None:
        if self._out is not None:
            self._out.close()
        if kind is not None:
            return  # a unit may be half written: the next run needs every line
        lines = [_line(unit, entry) for unit, entry in sorted(self._entries.items())]
        write_file(self._path, ("\n".join(lines) + "\n").encode() if lines else b"")

    def _read(self) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        with contextlib.suppress(OSError):
            for line in self._path.read_text("utf-8", errors="replace").splitlines():
                with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                    value = json.loads(line)
                    files = {str(k): str(v) for k, v in value["files"].items()}
                    self._claim(files)
                    found[str(value["unit"])] = Entry(str(value["key"]), files, dict(value["said"]))
        return found

    def _claim(self, files: Mapping[str, str]) -> None:
        """Bytes that a line speaks of are ours, the older ones too: a kill may have come before they were replaced."""
        for path, name in files.items():
            self._own.setdefault(path, set()).add(name)

    def known(self, unit: str, key: str) -> Entry | None:
        """The unit as it was made from the same key, if all its files are still there as they were."""
        entry = self._entries.get(unit)
        if entry is None or entry.key != key:
            return None
        return entry if all(self._same(path, name) for path, name in entry.files.items()) else None

    def digests(self) -> dict[str, str]:
        """Every file that the journal knows of -> the digest of its bytes."""
        return {path: name for entry in self._entries.values() for path, name in entry.files.items()}

    def _same(self, path: str, name: str) -> bool:
        try:
            return digest((self._folder / path).read_bytes()) == name
        except OSError:
            return False

    def write(self, unit: str, key: str, files: Sequence[tuple[str, bytes]], said: Mapping[str, Any]) -> Entry:
        """Record a unit, then write its files, each as a whole. Raises ``Foreign``, and OSError."""
        before = self._entries.get(unit, Entry("", {}, {})).files
        for path, _ in files:
            self._refuse_foreign(path)
        entry = Entry(key, {path: digest(data) for path, data in files}, said)
        assert self._out is not None
        self._out.write(_line(unit, entry) + "\n")
        self._out.flush()
        self._claim(entry.files)
        for path, data in files:
            target = self._folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write_file(target, data)
        for path, name in before.items():
            if path not in entry.files and self._same(path, name):
                (self._folder / path).unlink()
        self._entries[unit] = entry
        return entry

    def _refuse_foreign(self, path: str) -> None:
        target = self._folder / path
        for above in [target, *target.parents]:
            if above == self._folder:
                break
            if above.is_symlink():
                raise Foreign(f"'{path}' is a link that leads elsewhere")
        if not os.path.lexists(target):
            return
        known = self._own.get(path, set())
        if not target.is_file() or digest(target.read_bytes()) not in known:
            raise Foreign(f"'{path}' " + ("was changed since it was made" if known else "was not made by this command"))


def _line(unit: str, entry: Entry) -> str:
    return json.dumps(
        {"unit": unit, "key": entry.key, "files": dict(entry.files), "said": dict(entry.said)},
        ensure_ascii=False,
        sort_keys=True,
    )
