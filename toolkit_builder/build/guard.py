"""An output folder comes in; what in it is whole, and why it must not be replaced, go out."""

from __future__ import annotations

import os
import stat as stats
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from toolkit_builder.build.digests import digest
from toolkit_builder.build.manifest import FILE_MODE, Made, Tree, identity
from toolkit_builder.build.publish import CARRIED
from toolkit_builder.diagnostics import Diagnostic, error

_ENOUGH = 200  # foreign files: nobody wants to wait until all of /usr has been listed
JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory"})  # file managers leave these anywhere


def refuse_place(project: Path, output: Path, protected: Sequence[Path] = ()) -> Diagnostic | None:
    """Why a site must not be published at this place at all, however empty it is."""
    shown = _shown(output, project)
    choose = "name another folder with 'output:' in toolkit.yaml"
    if output.is_symlink():
        return error("B202", f"{shown} is a symbolic link, and a site replaces the folder itself", hint=choose)
    real = Path(os.path.realpath(output))
    root = Path(os.path.realpath(project))
    if real == Path(real.anchor):
        return error("B203", f"{shown} is the root of the file system", hint=choose)
    if real == _home() or real in _home().parents:
        return error("B203", f"{shown} is (or holds) your home folder", hint=choose)
    if real == root or real in root.parents:
        return error("B203", f"{shown} is (or holds) the project folder itself", hint=choose)
    for source in (*protected, project / ".toolkit", project / ".git"):
        there = Path(os.path.realpath(source))
        if real == there or there in real.parents or real in there.parents:
            name = _shown(source, project)
            return error("B204", f"{shown} is inside, or holds, {name}, which the site is made from", hint=choose)
    if output.exists() and not output.is_dir():
        return error("B205", f"{shown} is a file, and a site needs a folder", hint=choose)
    if os.path.ismount(output):
        return error(
            "B205",
            f"{shown} is a mount point, so the site there cannot be replaced as a whole",
            hint=f"name a folder inside it with 'output:' in toolkit.yaml, such as {shown.rstrip('/')}/site",
        )
    return None


def _home() -> Path:
    return Path(os.path.realpath(os.path.expanduser("~")))


def _shown(path: Path, project: Path) -> str:
    """The path as a person of this project would write it."""
    try:
        return f"{path.absolute().relative_to(project.absolute()).as_posix()}/"
    except ValueError:
        return str(path)


class Inspection(Struct):
    """What stands in ``output/`` now: results that are whole, and files that no build made.

    ``strangers`` are all files that are not in the last build's state: foreign ones, and those of an earlier build.
    ``touched`` is true where anything differs from what the last build left.
    """

    live: Tree = field(default_factory=Tree)
    foreign: list[str] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    touched: bool = False


def inspect(
    output: Path,
    known: Tree | None,
    owned: Callable[[], Collection[str]],
    published: Collection[str] = (),
    differing: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Inspection:
    """Compare ``output/`` with what the last build left there.

    ``known`` is the state of this very folder, or of a copy of it, or None; ``owned`` gives the
    paths that an earlier build has published, ``published`` are those of this one. A file whose time stamp or inode
    differs is read, and whole if its bytes are. Looking ends at some hundred files that are in neither. ``differing``
    are files and folders that are not as they were, where somebody has looked at all of them.
    """
    if not identity(output):
        return Inspection(Tree(hidden=known.hidden if known else {}), touched=bool(known and known.files))
    tree = known or Tree()
    found = Inspection(Tree(dict(tree.files), tree.hidden, tree.folders, read=tree.read))
    for path in _differing(output, tree.files) if differing is None else differing[0]:
        found.touched = True
        if one := _whole(f"{output}/{path}", tree.files[path]):
            found.live.files[path] = one
        else:
            del found.live.files[path]
    unexpected, ours = 0, None
    for path in _strangers(output, tree, None if differing is None else differing[1]):
        found.touched = True
        found.strangers.add(path)
        if ours is None:
            ours = owned()
        if path not in ours and path.rpartition("/")[2] not in JUNK:
            found.foreign.append(path)
            unexpected += path not in published
            if unexpected == _ENOUGH:
                break
    return found


def newcomers(output: Path, known: Tree, before: Inspection) -> list[str]:
    """Foreign files that have come into ``output/`` since it was inspected (a long build leaves time for that)."""
    if not identity(output):
        return []
    ours = known.files.keys() | before.strangers
    return [p for p in _strangers(output, known) if p not in ours and p.rpartition("/")[2] not in JUNK]


def _differing(output: Path, files: Mapping[str, Made]) -> list[str]:
    """The files that are not as they were written. (Nearly all of an edit's time here is that of the system call.)"""
    look, top, found = os.lstat, f"{output}/", []
    mode = 0 if os.name == "nt" else stats.S_IFREG | FILE_MODE
    for path, made in files.items():
        try:
            there = look(top + path)
        except OSError:
            found.append(path)
            continue
        if (
            there.st_ino != made.inode
            or there.st_mtime_ns != made.mtime_ns
            or there.st_size != made.size
            or (mode and there.st_mode != mode)
        ):
            found.append(path)
    return found


def _whole(name: str, made: Made) -> Made | None:
    """The entry of a file that still has its bytes, with its present inode; None for any other file."""
    try:
        stat = os.lstat(name)
        if not stats.S_ISREG(stat.st_mode) or stat.st_size != made.size:
            return None
        if os.name != "nt" and stats.S_IMODE(stat.st_mode) != FILE_MODE:
            return None
        with open(name, "rb") as file:
            if digest(file.read()) != made.digest:
                return None
        return made._replace(size=stat.st_size, mtime_ns=stat.st_mtime_ns, inode=stat.st_ino)
    except OSError:
        return None


def _strangers(output: Path, tree: Tree, touched: Sequence[str] | None = None) -> Iterator[str]:
    """Paths in ``output/`` that are not in the tree. A folder whose time stamp is as we left it is not read.

    ``touched`` are folders of which it is not, if that is known.
    """
    stamps = tree.folders or {"": -1}
    for folder, mtime_ns in stamps.items() if touched is None else ((f, -1) for f in touched):
        place = f"{output}/{folder}" if folder else str(output)
        try:
            if os.lstat(place).st_mtime_ns != mtime_ns:
                yield from _strangers_in(place, folder, tree)
        except (FileNotFoundError, NotADirectoryError):  # its files are missed one by one
            continue


def _strangers_in(place: str, folder: str, tree: Tree) -> Iterator[str]:
    with os.scandir(place) as entries:
        here = sorted(entries, key=lambda e: e.name)
    for entry in here:
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.is_dir(follow_symlinks=False):
            if path in tree.folders:
                continue
            try:
                yield from _strangers_in(entry.path, path, tree)
            except PermissionError:
                yield f"{path}/"
        elif path not in tree.files and path not in CARRIED:
            yield path


def refuse_foreign(output: Path, project: Path, foreign: Sequence[str]) -> Diagnostic:
    """The sentence about files that a build would delete without having made them."""
    more = f" and {'many' if len(foreign) >= _ENOUGH else len(foreign) - 5} more" if len(foreign) > 5 else ""
    some = ", ".join(foreign[:5]) + more
    files = "a file that no build of this project has made" if len(foreign) == 1 else "files that no build made"
    return error(
        "B201",
        f"{_shown(output, project)} holds {files}: {some}",
        hint="move them to content/ or elsewhere, or name another folder with 'output:' in toolkit.yaml",
    )
