"""A project folder comes in; the right to be its only build goes out, or who else has it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from msgspec import Struct, to_builtins


class Holder(Struct, frozen=True):
    """The build that holds a project: ``started`` is seconds since 1970, UTC; ``command`` as it was typed."""

    pid: int
    host: str
    started: float
    command: str

    def sentence(self) -> str:
        where = f" on {self.host}" if self.host and self.host != socket.gethostname() else ""
        since = time.strftime("%H:%M:%S", time.localtime(self.started))
        return f"another build of this project is running since {since} (`{self.command}`, process {self.pid}{where})"


UNKNOWN = Holder(0, "", 0.0, "")


class Locked(Exception):
    """Another build held the project for longer than this one would wait."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        known = holder.sentence() if holder.pid else "another build of this project is running"
        super().__init__(known)


@contextmanager
def hold(project: Path, *, timeout: float = 600.0, on_wait: Callable[[Holder], None] | None = None) -> Iterator[None]:
    """Be the project's only build inside the ``with`` block.

    The lock is the kernel's: it ends with the process that holds it, however that ends, so a stale one cannot
    be. ``on_wait`` is called once if the lock is taken. Raises `Locked` after ``timeout`` seconds, OSError
    where ``.toolkit/`` cannot be written.
    """
    folder = project / ".toolkit"
    make_private_folder(folder)
    lock = FileLock(folder / "lock", is_singleton=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait:
            on_wait(holder_of(project))
        try:
            lock.acquire(timeout=timeout, poll_interval=0.05)
        except Timeout:
            raise Locked(holder_of(project)) from None
    try:
        _write_holder(folder)
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / "lock.json").unlink()
        lock.release()


def holder_of(project: Path) -> Holder:
    """Who holds the project, as far as it has said so; all empty where it has not."""
    try:
        return Holder(**json.loads((project / ".toolkit" / "lock.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return UNKNOWN


def make_private_folder(folder: Path) -> None:
    """``.toolkit/``, kept out of git by a file of its own. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _write_holder(folder: Path) -> None:
    """Only for the message that another build shows, so failing to write it is no reason to stop."""
    command = " ".join([os.path.basename(sys.argv[0]) or "python", *sys.argv[1:]])[:200]
    holder = Holder(os.getpid(), socket.gethostname(), time.time(), command)
    with contextlib.suppress(OSError):
        (folder / "lock.json").write_text(json.dumps(to_builtins(holder)), encoding="utf-8")
