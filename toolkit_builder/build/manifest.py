"""What a build made comes in, and is found again by the next one: the state of a tree of published files.

Each tree (the live ``output/`` and its standby) has a state file named after its folder's inode. Exchanging the
folders therefore exchanges their states in the same instant, and no journal is needed. It holds, after the digest of
what follows: what is short, as JSON on one line; then column after column, a value a line, which is read in a tenth of
the time of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat as stats
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct, field

from toolkit_builder.build.digests import digest
from toolkit_builder.build.objects import write_file

VERSION = 2
FILE_MODE, FOLDER_MODE = 0o644, 0o755


class Made(NamedTuple):
    """One result of a job: its key, the digest of its bytes, and the file's size, mtime and inode (0: no file)."""

    key: str
    digest: str
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    diagnostics: tuple[Mapping[str, Any], ...] = ()


class Rows(NamedTuple):
    """Files as they were read, and their columns with a text for each value."""

    files: Mapping[str, Made]
    columns: Sequence[list[str]]


class Tree(Struct):
    """A folder of published files: ``files`` by path, ``hidden`` results without a file, mtimes of folders.

    ``seal`` is the digest of the state file that it was read from, ``read`` what stood there of its files.
    """

    files: dict[str, Made] = field(default_factory=dict)
    hidden: dict[str, Made] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)
    seal: str = ""
    read: Rows | None = None

    def get(self, path: str) -> Made | None:
        return self.files.get(path) or self.hidden.get(path)


class Saved(NamedTuple):
    """What was written down of a tree: the digest of it all, and its columns."""

    seal: str
    columns: Sequence[str]
    folders: Sequence[str]

    @property
    def files(self) -> Sequence[str]:
        """The columns that a record has (see `fastpath`)."""
        return (self.columns[0], *self.columns[3:])


def identity(folder: Path) -> int:
    """The inode of a folder, which goes where the folder goes; 0 where there is no folder."""
    try:
        found = os.lstat(folder)
    except OSError:
        return 0
    return found.st_ino if stats.S_ISDIR(found.st_mode) else 0


def _state_file(state: Path, who: int) -> Path:
    return state / f"tree-{who}.json"


def save_tree(state: Path, who: int, tree: Tree, columns: Sequence[str] | None = None) -> Saved:
    """Write a tree's state; ``columns`` are those of its files where they are known already. Raises OSError."""
    head = {
        "version": VERSION,
        "counts": [len(tree.files), len(tree.hidden), len(tree.folders)],
        "diagnostics": [_said(tree.files), _said(tree.hidden)],
    }
    folders = ["\n".join(tree.folders), _numbers(tree.folders.values())]
    files = columns or _columns(tree.files, tree.read)
    body = "\0".join([json.dumps(head, separators=(",", ":")), *files, *_columns(tree.hidden), *folders]).encode(
        "utf-8"
    )
    seal = digest(body)
    write_file(_state_file(state, who), seal.encode() + b"\n" + body)
    return Saved(seal, files, folders)


def load_tree(state: Path, who: int) -> Tree | None:
    """The state of the tree with this identity; None where there is none or it is damaged."""
    return _load(_state_file(state, who)) if who else None


def forget_tree(state: Path, who: int) -> None:
    """Say that a tree is being changed. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_state_file(state, who))


def forget_other_trees(state: Path, keep: set[int]) -> None:
    """Remove the states of trees that are no more."""
    wanted = {_state_file(state, who).name for who in keep}
    for path in state.glob("tree-*"):
        if path.name not in wanted:
            with contextlib.suppress(OSError):
                path.unlink()


def latest_tree(state: Path) -> Tree | None:
    """The newest readable state, whatever tree it was of: for a project that was copied or restored."""
    with contextlib.suppress(OSError):
        for path in sorted(state.glob("tree-*.json"), key=lambda p: (-p.stat().st_mtime_ns, p.name)):
            if tree := _load(path):
                return tree
    return None


def load_places(state: Path, who: int) -> tuple[dict[str, int], dict[str, int]] | None:
    """Of the state of a tree only what its files' inodes (by path) and its folders' time stamps are."""
    if (columns := _read(_state_file(state, who)) if who else None) is None:
        return None
    try:
        _, head, *columns = columns
        files, _, folders = head["counts"]
        inodes = dict(zip(_lines(columns[0], files), map(int, _lines(columns[5], files)), strict=True))
        return inodes, dict(zip(_lines(columns[12], folders), map(int, _lines(columns[13], folders)), strict=True))
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def _load(path: Path) -> Tree | None:
    if (columns := _read(path)) is None:
        return None
    try:
        seal, head, *columns = columns
        files, hidden, folders = head["counts"]
        said = head["diagnostics"]
        lines = [_lines(column, files) for column in columns[:6]]
        made = _made(lines, said[0])
        return Tree(
            made,
            _made([_lines(column, hidden) for column in columns[6:12]], said[1]),
            dict(zip(_lines(columns[12], folders), map(int, _lines(columns[13], folders)), strict=True)),
            seal,
            Rows(made, lines),
        )
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def _read(path: Path) -> list[Any] | None:
    """Seal, head (as a value) and columns of a state file; None where it is damaged or of another version."""
    try:
        seal, _, body = path.read_bytes().partition(b"\n")
        if digest(body).encode() != seal:
            return None
        head, *columns = body.decode("utf-8").split("\0")
        values = json.loads(head)
        return [seal.decode(), values, *columns] if values["version"] == VERSION else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _columns(made: Mapping[str, Made], read: Rows | None = None) -> list[str]:
    """A text for each column. What was ``read`` and is the same value still, is not put into words again."""
    if read and read.files.keys() == made.keys():
        columns = [list(column) for column in read.columns]
        for n, (path, before) in enumerate(read.files.items()):
            if (now := made[path]) is not before:
                for column, value in zip(columns[1:], now, strict=False):
                    column[n] = str(value)
        return ["\n".join(column) for column in columns]
    values = made.values()
    return [
        "\n".join(made),
        "\n".join([m.key for m in values]),
        "\n".join([m.digest for m in values]),
        _numbers([m.size for m in values]),
        _numbers([m.mtime_ns for m in values]),
        _numbers([m.inode for m in values]),
    ]


def _numbers(values: Iterable[int]) -> str:
    return "\n".join(map(str, values))


def _lines(column: str, count: int) -> list[str]:
    """The values of a column. Raises ValueError where they are not as many as there should be."""
    values = column.split("\n") if count else []
    if len(values) != count:
        raise ValueError("a column of another length")
    return values


def _said(made: Mapping[str, Made]) -> dict[str, Any]:
    return {path: m.diagnostics for path, m in made.items() if m.diagnostics}


def _made(columns: Sequence[Sequence[str]], said: Mapping[str, Any]) -> dict[str, Made]:
    paths, keys, digests, *numbers = columns
    sizes, mtimes, inodes = (list(map(int, column)) for column in numbers)
    rows = zip(keys, digests, sizes, mtimes, inodes, [()] * len(paths), strict=True)
    new: Callable[[tuple[Any, ...]], Made] = partial(tuple.__new__, Made)  # Made._make takes five times as long
    made = dict(zip(paths, map(new, rows), strict=True))
    for path, found in said.items():
        made[path] = made[path]._replace(diagnostics=tuple(found))
    return made
