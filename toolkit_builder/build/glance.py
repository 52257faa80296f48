"""What was published comes in; which of it is not as the last build left it goes out, looked at by two processes.

Looking at 30,000 files is nothing but system calls, and so is looking at the inputs: a forked process does the one
while this one does the other, or imports what a build needs. Imports nothing: this runs before anything else does.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing costs as much as the whole comparison
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FEW = 1500  # files: so many are looked at sooner than a process is forked
_PIECES = 120  # the files are looked at in so many pieces, and the folders too: the number of a piece fits a byte
_BY_FOLDER = os.stat in os.supports_dir_fd
_MODE = 0 if os.name == "nt" else 0o100644  # of every published file: a plain one, whatever the umask was

FILE, MODE, FOLDER = "-", "m", "d"  # what differs: a file; a file's mode alone; a folder's time stamp
_STANDBY = "s"  # what does not: the standby tree; the digest of what is written down of it follows


class Glance:
    """Every published file and folder, compared with what is recorded of it.

    ``files`` are four texts with a value a line: paths, sizes, mtimes in ns, inodes; ``folders`` two: paths, mtimes.
    Whoever is free takes the next piece: its number is a byte in a pipe, and a byte goes to one reader only. Where no
    process can be forked, `result` is None and `files_differ` looks alone. ``state`` is the folder of the standby tree,
    which the other process sees to in the end; then ``standby`` is the seal of its state, if it is as that says.
    """

    __slots__ = (
        "_answers",
        "_child",
        "_columns",
        "_complete",
        "_differ",
        "_files",
        "_folders",
        "_next",
        "_numbers",
        "_state",
        "_thorough",
        "_top",
        "standby",
    )

    def __init__(self, output: str, files: Sequence[str], folders: Sequence[str], state: str = "") -> None:
        self._top = f"{output}/"
        self._state = state
        self.standby = ""
        self._files, self._folders = files, folders
        self._columns: list[list[list[str]]] = []
        self._differ: list[str] = []
        self._child = self._answers = self._next = self._numbers = -1
        self._complete = self._thorough = False

    def start(self) -> None:
        """Let another process begin with the files, where one can be forked and has enough to do."""
        if self._files[1].count("\n") < _FEW or not _can_fork():
            return
        self._next, self._numbers = os.pipe()
        self._answers, answers = os.pipe()
        os.write(self._numbers, bytes(range(_PIECES)))
        here = os.getpid()
        try:
            self._child = os.fork()
            if self._child == 0:
                self._elsewhere(answers)
        except OSError:  # no more processes, or no memory for one
            for descriptor in (self._next, self._numbers, self._answers):
                os.close(descriptor)
            self._answers = self._next = self._numbers = -1
        finally:
            if os.getpid() != here:  # whatever came up there, Ctrl-C in the midst of the fork too
                os._exit(1)
            os.close(answers)

    def _elsewhere(self, answers: int) -> None:
        """In the other process: look, say what differs, end. It keeps nothing open that somebody might wait for."""
        for descriptor in (self._numbers, self._answers, 0, 1, 2):
            os.close(descriptor)
        self._take_pieces()
        if self._thorough:
            self._differ += _standby(self._state)
        said = "\0".join([*self._differ, "end"]).encode("utf-8", "surrogateescape")
        while said:
            said = said[os.write(answers, said) :]
        os._exit(0)

    def files_differ(self) -> bool:
        """Whether any file is not as it was; until that is known both processes look. (A mode alone is no reason.)"""
        if self._child < 0:
            for number in range(_PIECES):
                self._look(number)
            self._complete = True
        else:
            self._no_more()
            self._take_pieces()
            self.end()
        return not self._complete or any(name[0] == FILE for name in self._differ)

    def go_on(self) -> None:
        """There is something to build: the other process shall look at the folders too."""
        if self._numbers >= 0:
            os.write(self._numbers, bytes(range(_PIECES, 2 * _PIECES)))
            self._thorough = True
            self._no_more()

    def result(self) -> tuple[list[str], list[str]] | None:
        """The files and the folders that are not as they were; None where the other process has not seen to all.

        Without `go_on` it is told to end.
        """
        self.end()
        if not self._thorough or not self._complete:
            return None
        here: tuple[list[str], list[str]] = ([], [])
        for name in self._differ:
            if name[0] == _STANDBY:
                self.standby = name[1:]
            else:
                here[name[0] == FOLDER].append(name[1:])
        return here

    def _no_more(self) -> None:
        if self._numbers >= 0:
            os.close(self._numbers)
            self._numbers = -1

    def end(self) -> None:
        """Wait for the other process, if there is one. What it has not said to the end does not count."""
        if self._answers < 0:
            return
        self._no_more()
        answers, self._answers = self._answers, -1
        said = []
        while piece := os.read(answers, 1 << 16):
            said.append(piece)
        os.close(answers)
        os.close(self._next)
        _wait_for(self._child)
        *differ, end = b"".join(said).decode("utf-8", "surrogateescape").split("\0")
        self._differ += differ
        self._complete = end == "end"

    def _take_pieces(self) -> None:
        while number := os.read(self._next, 1):
            self._look(number[0])

    def _look(self, number: int) -> None:
        """Look at one piece: below ``_PIECES`` of the files, from there on of the folders."""
        if not self._columns:
            self._columns = [_lines(self._files), _lines(self._folders)]
        kind, piece = divmod(number, _PIECES)
        self._thorough = kind == 1
        columns = self._columns[kind]
        size = -(-len(columns[0]) // _PIECES)
        part = [column[piece * size : (piece + 1) * size] for column in columns]
        if not _BY_FOLDER:
            self._differ += (_folders if kind else _files)(self._top, None, *part)
            return
        try:
            here = os.open(self._top, os.O_RDONLY)  # so that the way to the site is not walked down for each file
        except OSError:
            self._differ += [(FOLDER if kind else FILE) + path for path in part[0]]
            return
        try:
            self._differ += (_folders if kind else _files)("", here, *part)
        finally:
            os.close(here)


def _files(
    top: str, here: int | None, paths: list[str], sizes: list[str], mtimes: list[str], inodes: list[str]
) -> Iterator[str]:
    look = os.stat
    for path, size, mtime, inode in zip(paths, map(int, sizes), map(int, mtimes), map(int, inodes), strict=True):
        try:
            there = look(top + path, dir_fd=here, follow_symlinks=False)
        except OSError:
            yield FILE + path
            continue
        if there.st_ino != inode or there.st_mtime_ns != mtime or there.st_size != size:
            yield FILE + path
        elif _MODE and there.st_mode != _MODE:
            yield MODE + path


def _folders(top: str, here: int | None, paths: list[str], mtimes: list[str]) -> Iterator[str]:
    for path, mtime in zip(paths, map(int, mtimes), strict=True):
        try:
            if os.stat(top + path or ".", dir_fd=here, follow_symlinks=False).st_mtime_ns == mtime:
                continue
        except OSError:
            pass
        yield FOLDER + path


def _standby(state: str) -> list[str]:
    """Whether no file has come to a folder of the standby tree, or gone from it (see `manifest` for its state)."""
    try:
        who = os.lstat(f"{state}/standby").st_ino
        with open(f"{state}/tree-{who}.json", encoding="utf-8") as file:
            seal, *_, paths, mtimes = file.read().replace("\n", "\0", 1).split("\0")
        here = os.open(f"{state}/standby", os.O_RDONLY)
    except (OSError, ValueError):  # it will be looked at by who needs it
        return []
    try:
        return [] if any(_folders("", here, paths.split("\n"), mtimes.split("\n"))) else [_STANDBY + seal]
    except ValueError:
        return []
    finally:
        os.close(here)


def _lines(columns: Sequence[str]) -> list[list[str]]:
    """The values of columns that begin with names; the second one tells whether there are any."""
    return [column.split("\n") if columns[1] else [] for column in columns]


def _wait_for(child: int) -> None:
    try:
        os.waitpid(child, 0)
    except ChildProcessError:  # it has ended, and who started this process wanted not to be told
        return


def _can_fork() -> bool:
    """Whether a process may be forked, and a second processor is there for it."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        return False
    threading = sys.modules.get("threading")
    return threading is None or threading.active_count() == 1
