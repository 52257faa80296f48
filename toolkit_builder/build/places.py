"""An output folder and its state folder come in; where the standby tree is, and what stands there, go out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from toolkit_builder.build.manifest import identity, load_tree


def beside_folder(output: Path) -> Path:
    """The standby tree beside ``output/``."""
    return output.with_name(f".{output.name}.toolkit-standby")


def standby_folder(output: Path, state: Path) -> Path:
    """Where the standby tree is: in the state folder, or beside ``output/`` where that is another file system."""
    beside = beside_folder(output)
    return beside if identity(beside) and not identity(state / "standby") else state / "standby"


def aside_of(standby: Path) -> Path:
    """Where a tree is between two renames."""
    return standby.with_name(standby.name + "-old")


def recover(output: Path, state: Path) -> None:
    """Finish what a kill between two renames has left half done (only where exchanging takes two). Raises OSError."""
    for standby in (state / "standby", beside_folder(output)):
        aside = aside_of(standby)
        if not identity(aside):
            continue
        if not identity(output):
            whole = load_tree(state, identity(standby)) is not None
            os.rename(standby if whole else aside, output)
        if identity(aside) and not identity(standby):
            os.rename(aside, standby)
        elif identity(aside):
            shutil.rmtree(aside)


def look_at(folder: Path) -> tuple[dict[str, int], set[str]]:
    """Files (path -> inode; 0 for anything that is no plain file) and folders of a tree ("" is the tree itself)."""
    files: dict[str, int] = {}
    folders: set[str] = set()

    def enter(path: str, label: str) -> None:
        folders.add(label)
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                name = f"{label}/{entry.name}" if label else entry.name
                if entry.is_dir(follow_symlinks=False):
                    enter(entry.path, name)
                else:
                    files[name] = entry.inode() if entry.is_file(follow_symlinks=False) else 0

    enter(str(folder), "")
    return files, folders


def as_left(folder: str, stamps: Mapping[str, int]) -> bool:
    """Whether no file has come to a folder of a tree, or gone from it, since a build has left it.

    A shell that was opened in ``output/`` stands in the standby tree after the next build. What is written into a file
    there is written into the live one too, or into one that is replaced.
    """
    try:
        return all(os.lstat(f"{folder}/{name}").st_mtime_ns == stamp for name, stamp in stamps.items())
    except OSError:
        return False


def parents_of(paths: Iterable[str]) -> set[str]:
    """All folders that these files are in, and "" for the top."""
    folders = {""}
    for path in paths:
        folder = parent_of(path)
        while folder not in folders:
            folders.add(folder)
            folder = parent_of(folder)
    return folders


def parent_of(path: str) -> str:
    """The folder that a file or folder is in; "" for the top."""
    return path.rpartition("/")[0]
