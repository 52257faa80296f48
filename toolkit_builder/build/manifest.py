"""What a build made comes in, and is found again by the next one: the state of a tree of published files.

Each tree (the live ``output/`` and its standby) has a state file named after its folder's inode. Exchanging the
folders therefore exchanges their states in the same instant, and no journal is needed. What is known of thousands of
files stands in a table of its own, which is named after its content and never changes. A state file names its table,
and the few rows that are others by now; both trees share one table, until many rows have changed or other files are
published.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat as stats
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import DecodeError, Struct, field
from msgspec import json as json_of

from toolkit_builder.build.digests import digest
from toolkit_builder.build.objects import write_file

VERSION = 3
_FEW = 500  # rows that may differ from the table, and an eighth of all at most
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
    """A table: its name, and the results in it."""

    name: str
    files: Mapping[str, Made]
    hidden: Mapping[str, Made]


class Tree(Struct):
    """A folder of published files: ``files`` by path, ``hidden`` results without a file, mtimes of folders.

    ``seal`` is the digest of the state file that it was read from, ``read`` the table that this names.
    """

    files: dict[str, Made] = field(default_factory=dict)
    hidden: dict[str, Made] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)
    seal: str = ""
    read: Rows | None = None

    def get(self, path: str) -> Made | None:
        return self.files.get(path) or self.hidden.get(path)


class Saved(NamedTuple):
    """What was written down of a tree: the digest of it all, columns as in a record (see `fastpath`), and its table."""

    seal: str
    files: Sequence[str]
    folders: Sequence[str]
    rows: Rows | None = None


_DECODER = json_of.Decoder(list[dict[str, Made]])


def identity(folder: Path) -> int:
    """The inode of a folder, which goes where the folder goes; 0 where there is no folder."""
    try:
        found = os.lstat(folder)
    except OSError:
        return 0
    return found.st_ino if stats.S_ISDIR(found.st_mode) else 0


def _state_file(state: Path, who: int) -> Path:
    return state / f"tree-{who}.json"


def _table_file(state: Path, name: str) -> Path:
    return state / f"tree-rows-{name}"


def save_tree(state: Path, who: int, tree: Tree) -> Saved:
    """Write a tree's state. Raises OSError."""
    rows, changed = tree.read, _changed(tree)
    if rows is None or changed is None:
        rows, changed = _save_table(state, tree), ({}, {})
    head = {"version": VERSION, "files": changed[0], "hidden": changed[1], "folders": len(tree.folders)}
    folders = ["\n".join(tree.folders), _numbers(tree.folders.values())]
    text = "\0".join([json.dumps(head, separators=(",", ":")), *folders])
    body = f"{rows.name}\n{text}".encode()
    seal = digest(body)
    write_file(_state_file(state, who), seal.encode() + b"\n" + body)
    made = tree.files.values()
    numbers = [m.size for m in made], [m.mtime_ns for m in made], [m.inode for m in made]
    return Saved(seal, ["\n".join(tree.files), *map(_numbers, numbers)], folders, rows)


def _changed(tree: Tree) -> tuple[dict[str, Made], dict[str, Made]] | None:
    """The files and the hidden results that are not those of the table; None where there should be another table."""
    if tree.read is None:
        return None
    found: list[dict[str, Made]] = []
    for now, then in ((tree.files, tree.read.files), (tree.hidden, tree.read.hidden)):
        if now.keys() != then.keys():
            return None
        found.append({path: now[path] for path, before in then.items() if now[path] is not before})
    files, hidden = found
    return None if len(files) + len(hidden) > min(_FEW, (len(tree.files) + len(tree.hidden)) // 8) else (files, hidden)


def _save_table(state: Path, tree: Tree) -> Rows:
    """Write all rows of a tree. Raises OSError."""
    said = [{path: m.diagnostics for path, m in made.items() if m.diagnostics} for made in (tree.files, tree.hidden)]
    files, hidden = ({path: _silent(m) for path, m in made.items()} for made in (tree.files, tree.hidden))
    body = json.dumps(said, separators=(",", ":")).encode() + b"\n" + json_of.encode((files, hidden))
    name = digest(body)
    write_file(_table_file(state, name), body)
    return Rows(name, tree.files, tree.hidden)


def _silent(made: Made) -> Made:
    """A row for the table: what was said of it may have characters that only a slower encoder takes."""
    return made._replace(diagnostics=()) if made.diagnostics else made


def load_tree(state: Path, who: int, near: Rows | None = None) -> Tree | None:
    """The state of the tree with this identity; None where there is none or it is damaged.

    ``near`` is a table that has been read: it may be that of this tree, too.
    """
    return _load(_state_file(state, who), near) if who else None


def forget_tree(state: Path, who: int) -> None:
    """Say that a tree is being changed. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_state_file(state, who))


def forget_other_trees(state: Path, keep: set[int]) -> None:
    """Remove the states of trees that are no more, and tables that nobody names."""
    wanted = {_state_file(state, who) for who in keep}
    wanted |= {_table_file(state, name) for name in map(_table_of, wanted) if name}
    for path in state.glob("tree-*"):
        if path not in wanted:
            with contextlib.suppress(OSError):
                path.unlink()


def _table_of(path: Path) -> str:
    """The name of the table of a state file; empty where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read(200).split(b"\n")[1].decode("ascii")
    except (OSError, ValueError, IndexError):
        return ""


def latest_tree(state: Path) -> Tree | None:
    """The newest readable state, whatever tree it was of: for a project that was copied or restored."""
    with contextlib.suppress(OSError):
        for path in sorted(state.glob("tree-*.json"), key=lambda p: (-p.stat().st_mtime_ns, p.name)):
            if tree := _load(path):
                return tree
    return None


def _load(path: Path, near: Rows | None = None) -> Tree | None:
    """The tree of a state file; None where that or its table is damaged, lost or of another version."""
    try:
        seal, _, body = path.read_bytes().partition(b"\n")
        if digest(body).encode() != seal:
            return None
        name, _, text = body.decode().partition("\n")
        head, *folders = text.split("\0")
        values = json.loads(head)
        if values["version"] != VERSION:
            return None
        rows = near if near and near.name == name else _load_table(_table_file(path.parent, name))
        paths, stamps = (_lines(column, values["folders"]) for column in folders)
        return rows and Tree(
            {**rows.files, **_rows(values["files"])},
            {**rows.hidden, **_rows(values["hidden"])},
            dict(zip(paths, map(int, stamps), strict=True)),
            seal.decode(),
            rows,
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, DecodeError):
        return None


def _rows(said: Mapping[str, Sequence[Any]]) -> dict[str, Made]:
    return {path: Made._make([*row[:5], tuple(row[5])]) for path, row in said.items()}


def _load_table(path: Path) -> Rows | None:
    """A table; None where it is damaged. Raises what a table of another form would make one raise."""
    body = path.read_bytes()
    if not path.name.endswith(name := digest(body)):
        return None
    head, _, rows = body.partition(b"\n")
    tables: list[dict[str, Made]] = _DECODER.decode(rows)
    for made, said in zip(tables, json.loads(head), strict=True):
        for one, found in said.items():
            made[one] = made[one]._replace(diagnostics=tuple(found))
    return Rows(name, *tables)


def _numbers(values: Iterable[int]) -> str:
    return json_of.encode(list(values))[1:-1].decode().replace(",", "\n")  # a fifth of the time of `str`


def _lines(column: str, count: int) -> list[str]:
    """The values of a column. Raises ValueError where they are not as many as there should be."""
    values = column.split("\n") if count else []
    if len(values) != count:
        raise ValueError("a column of another length")
    return values
