"""Bytes come in; new files go out, flushed all at once: what every page that is published goes through."""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat as stats
import sys
from pathlib import Path
from typing import NamedTuple

from toolkit_builder.build.manifest import FILE_MODE
from toolkit_builder.build.objects import write_all

_FEW = 16  # files that are flushed one by one; more are flushed with their whole file system
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class Put(NamedTuple):
    """New bytes that a worker process has put onto the disk: their digest, and what the file system says of the file.

    ``name`` is where they are; "" where the published file has these bytes.
    """

    digest: str
    name: str = ""
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0


def write_new(name: str, data: bytes) -> os.stat_result:
    """A file that was not there. Raises OSError, after which there is none."""
    try:
        descriptor = os.open(name, _FLAGS, FILE_MODE)
        try:
            write_all(descriptor, data)
            found = os.fstat(descriptor)
            if os.name != "nt" and stats.S_IMODE(found.st_mode) != FILE_MODE:  # whatever the umask is
                os.fchmod(descriptor, FILE_MODE)
            return found
        finally:
            os.close(descriptor)
    except OSError as problem:
        with contextlib.suppress(OSError):
            os.unlink(name)
        problem.filename = problem.filename or name
        raise


def flush(written: list[str], folder: Path) -> None:
    """Bring what was written to the disk before the exchange can reach it, so that a power cut tears nothing."""
    if len(written) > _FEW and sys.platform.startswith("linux"):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
        finally:
            os.close(descriptor)
        return
    for name in written:
        descriptor = os.open(name, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
