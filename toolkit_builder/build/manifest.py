"""What a build made comes in, and is found again by the next one: the state of a tree of published files.

Each tree (the live ``output/`` and its standby) has a state file named after its folder's inode. Exchanging the
folders therefore exchanges their states in the same instant, and no journal is needed.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat as stats
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from toolkit_builder.build.cache import write_file
from toolkit_builder.build.digests import digest

VERSION = 1
FILE_MODE, FOLDER_MODE = 0o644, 0o755


class Made(NamedTuple):
    """One result of a job: its key, the digest of its bytes, and the file's size, mtime and inode (0: no file)."""

    key: str
    digest: str
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    diagnostics: tuple[Mapping[str, Any], ...] = ()

    def same_file(self, found: os.stat_result) -> bool:
        """Whether a file is still the one that was written: nobody edited, replaced or re-moded it."""
        return (
            found.st_ino == self.inode
            and found.st_mtime_ns == self.mtime_ns
            and found.st_size == self.size
            and (os.name == "nt" or stats.S_IMODE(found.st_mode) == FILE_MODE)
        )


@dataclass(slots=True)
class Tree:
    """A folder of published files: ``files`` by path, ``hidden`` results without a file, mtimes of folders."""

    files: dict[str, Made] = field(default_factory=dict)
    hidden: dict[str, Made] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)

    def get(self, path: str) -> Made | None:
        return self.files.get(path) or self.hidden.get(path)


def identity(folder: Path) -> int:
    """The inode of a folder, which goes where the folder goes; 0 where there is no folder."""
    try:
        found = os.lstat(folder)
    except OSError:
        return 0
    return found.st_ino if stats.S_ISDIR(found.st_mode) else 0


def _state_file(state: Path, who: int) -> Path:
    return state / f"tree-{who}.json"


def save_tree(state: Path, who: int, tree: Tree) -> None:
    """Write a tree's state. Raises OSError."""
    values = {
        "version": VERSION,
        "files": _columns(tree.files),
        "hidden": _columns(tree.hidden),
        "folders": tree.folders,
    }
    body = json.dumps(values, separators=(",", ":"), check_circular=False).encode("ascii")
    write_file(_state_file(state, who), digest(body).encode() + b"\n" + body)


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


def _load(path: Path) -> Tree | None:
    try:
        seal, _, body = path.read_bytes().partition(b"\n")
        if digest(body).encode() != seal:
            return None
        values = json.loads(body)
        if values["version"] != VERSION:
            return None
        return Tree(_from_columns(values["files"]), _from_columns(values["hidden"]), values["folders"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _columns(made: Mapping[str, Made]) -> list[Any]:
    """Column by column: half the size and twice the speed of a list of objects."""
    values = made.values()
    return [
        list(made),
        [m.key for m in values],
        [m.digest for m in values],
        [m.size for m in values],
        [m.mtime_ns for m in values],
        [m.inode for m in values],
        {path: m.diagnostics for path, m in made.items() if m.diagnostics},
    ]


def _from_columns(columns: list[Any]) -> dict[str, Made]:
    paths, *rows, diagnostics = columns
    made = dict(zip(paths, map(Made._make, zip(*rows, [()] * len(paths), strict=True)), strict=True))
    for path, found in diagnostics.items():
        made[path] = made[path]._replace(diagnostics=tuple(found))
    return made
