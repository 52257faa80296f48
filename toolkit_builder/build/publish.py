"""Results come in one by one; when all are there, the whole site goes out in one exchange of folders.

A standby tree is kept beside the live one: it holds the site before last, so that preparing it costs what has
changed and no more. Unchanged files are hard links to the live ones; a changed file is always a new inode, so
nothing is ever written through a link. A kill at any instant leaves the live tree as it was.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat as stats
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import compress
from operator import attrgetter, ne
from pathlib import Path
from typing import TypeAlias

from toolkit_builder.build import exchange
from toolkit_builder.build.manifest import (
    FILE_MODE,
    FOLDER_MODE,
    Made,
    Saved,
    Tree,
    forget_other_trees,
    forget_tree,
    identity,
    load_tree,
    save_tree,
)
from toolkit_builder.build.places import (
    as_left,
    aside_of,
    beside_folder,
    look_at,
    parent_of,
    parents_of,
    standby_folder,
)
from toolkit_builder.build.written import Put, flush, write_new

CARRIED = (".gitignore", ".gitkeep", ".gitattributes")  # the user's, at the top of output/
_NEW = ".toolkit-new-"  # how files are called that wait for their place

Share: TypeAlias = Callable[[Callable[[Sequence[str]], None], Sequence[str]], None]


def _step(name: str) -> None:
    """Called between any two steps that a kill could fall between; the tests put a kill here."""


class Publication:
    """One build's new tree. ``begin``, then ``put`` or ``keep`` for every path, then ``commit`` or ``abandon``.

    ``live`` is what is known to be whole in ``output/``; ``wanted`` are the paths of the new site; ``seen`` is the seal
    of the standby tree's state where somebody has seen that it is as that says. Every method raises OSError, after
    which ``abandon`` leaves things as they were.
    """

    def __init__(self, output: Path, state: Path, live: Tree, seen: str = "", *, durable: bool = True) -> None:
        self.output = output
        self.state = state
        self.standby = standby_folder(output, state)
        self._live = live
        self._seen = seen
        self._durable = durable
        self._stamps: dict[str, int] = {}  # of the folders in the standby tree, as the last build has left them
        self._inodes: dict[str, int] = {}  # of the files in the standby tree, as they are now
        self._folders: set[str] = {""}
        self._touched: set[str] = set()
        self.written: list[str] = []
        self.trusted = False  # whether the standby tree is taken to be as the last build left it
        self.saved = Saved("", (), ())  # what was written down of the tree that is live in the end
        self._sides = 0
        self._own = 0  # the process that has a folder for its new files
        self._waiting: dict[str, str] = {}  # path -> where its new file is until all go to their places

    def begin(self, wanted: Collection[str]) -> None:
        """Bring the standby tree to where it holds nothing but files that the new site has a path for."""
        if not identity(self.standby):
            self._create_standby()
            forget_tree(self.state, identity(self.standby))  # of a folder that had this inode before
        self._move_within()
        who = identity(self.standby)
        old = load_tree(self.state, who, self._live.read)
        if old is not None and (old.seal == self._seen or as_left(str(self.standby), old.folders)):
            self.trusted = True
            self._inodes, self._stamps = {path: made.inode for path, made in old.files.items()}, old.folders
            self._folders = {"", *self._stamps}
        else:  # a build was killed or failed while it worked here, or somebody has been here: see what there is
            self._inodes, self._folders = look_at(self.standby)
            self._touched |= self._folders
        _step("begin")
        forget_tree(self.state, identity(self.standby))
        _step("forgotten")
        self._remove_others(wanted)

    def _create_standby(self) -> None:
        self.standby = beside_folder(self.output)
        self.output.parent.mkdir(parents=True, exist_ok=True)
        os.mkdir(self.standby)

    def _move_within(self) -> None:
        """A standby tree beside ``output/`` goes into the state folder where a rename reaches it."""
        os.chmod(self.standby, FOLDER_MODE)
        within = self.state / "standby"
        if self.standby != within:
            try:
                os.rename(self.standby, within)
                self.standby = within
            except OSError as problem:
                if problem.errno not in (errno.EXDEV, errno.EPERM):
                    raise

    def _remove_others(self, wanted: Collection[str]) -> None:
        if self.trusted and self._inodes.keys() == wanted:
            return  # nor are there other folders then
        for path in [path for path in self._inodes if path not in wanted]:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._at(path))
            del self._inodes[path]
            self._touched.add(parent_of(path))
        folders = parents_of(wanted)
        for folder in sorted(self._folders - folders, key=lambda f: (-f.count("/"), f)):
            with contextlib.suppress(FileNotFoundError):
                os.rmdir(self._at(folder))
            self._folders.discard(folder)
            self._touched.discard(folder)
            self._touched.add(parent_of(folder))
        self._touched &= folders
        for folder in sorted(folders - self._folders):
            self._make_folder(folder)

    def _at(self, path: str) -> str:
        return f"{self.standby}/{path}"

    def _side(self) -> str:
        self._sides += 1
        self._touched.add("")
        return self._at(f"{_NEW}{self._sides}")

    # --- one file --------------------------------------------------------------------------------------

    def put(self, path: str, data: bytes) -> os.stat_result:
        """New bytes at a path; what the file system says of the file comes back."""
        self._make_folder(parent_of(path))
        there = path in self._inodes
        self._withdraw(path)
        name = self._side() if there else self._at(path)
        found = write_new(name, data)
        if there:
            self._waiting[path] = name
        self._note(path, found.st_ino)
        self.written.append(path)
        return found

    def put_apart(self, path: str, data: bytes, name: str) -> Put:
        """`put` in a forked process: the file, for the process that publishes to `take`. ``name`` is the digest."""
        place = self._apart(os.getpid()) if path in self._inodes else self._at(path)
        try:
            found = write_new(place, data)
        except FileExistsError:  # by another one that has died over it; it is gone now
            found = write_new(place, data)
        return Put(name, place, found.st_size, found.st_mtime_ns, found.st_ino)

    def _apart(self, process: int) -> str:
        """A new place in a folder of this process: two that write into one folder wait for each other."""
        folder = self._at(f"{_NEW}{process}")
        if self._own != process:
            self._own = process
            os.mkdir(folder)
        self._sides += 1
        return f"{folder}/{self._sides}"

    def take(self, path: str, put: Put) -> None:
        """What another process has put there, in the new tree."""
        self._withdraw(path)
        if put.name != self._at(path):
            self._touched.add("")
            self._waiting[path] = put.name
        self._note(path, put.inode)
        self.written.append(path)

    def _withdraw(self, path: str) -> None:
        """Another file comes in place of one that waits."""
        if name := self._waiting.pop(path, ""):
            os.unlink(name)

    def _place(self) -> None:
        """New files onto old ones, each in one step: a server that was started in this tree serves whole pages.

        After they were flushed, all at once: a file system makes sure that a file's data is on the disk before it is
        renamed onto another, one by one where they are not there yet (10,000 pages: 8 seconds).
        """
        for path, name in self._waiting.items():
            os.replace(name, self._at(path))
        self._waiting.clear()
        self._sweep()

    def _sweep(self) -> None:
        """Remove what has not come to its place: a worker may have died over it, or the build is given up."""
        for name in os.listdir(self.standby):
            if name.startswith(_NEW) and os.path.isdir(self._at(name)):
                shutil.rmtree(self._at(name))
            elif name.startswith(_NEW):
                os.unlink(self._at(name))

    def keep(self, path: str) -> None:
        """The live file, in the new tree too."""
        inode = self._live.files[path].inode
        if self._inodes.get(path) != inode:
            self._link(f"{self.output}/{path}", path, inode)

    def keep_all(self, paths: Iterable[str]) -> None:
        """`keep`, for most of a site."""
        wanted = list(paths)
        live = map(attrgetter("inode"), map(self._live.files.__getitem__, wanted))
        for path in list(compress(wanted, map(ne, map(self._inodes.get, wanted), live))):
            self.keep(path)

    def adopt(self, path: str, source: Path, data: bytes) -> os.stat_result:
        """Bytes that a stored object has: a link to it, or a copy where links do not reach."""
        try:
            found = os.lstat(source)
            if os.name != "nt" and stats.S_IMODE(found.st_mode) != FILE_MODE:
                os.chmod(source, FILE_MODE)
            self._link(str(source), path, found.st_ino)
            self.written.append(path)
            return found
        except OSError as problem:
            if problem.errno not in (errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.ENOENT):
                raise
            return self.put(path, data)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file in the new tree."""
        try:
            with open(self._waiting.get(path) or self._at(path), "rb") as file:
                return file.read()
        except OSError:
            return None

    def read_live(self, path: str) -> bytes | None:
        """The bytes of a file as it is published now."""
        try:
            return (self.output / path).read_bytes()
        except OSError:
            return None

    def _link(self, source: str, path: str, inode: int) -> None:
        self._make_folder(parent_of(path))
        self._withdraw(path)
        if path in self._inodes:
            side = self._at(f"{parent_of(path)}/{_NEW}link-{os.getpid()}")  # from another folder takes longer
            os.link(source, side, follow_symlinks=False)
            os.replace(side, self._at(path))
            if os.path.lexists(side):  # where both are links to the same file nothing happens
                os.unlink(side)
        else:
            os.link(source, self._at(path), follow_symlinks=False)
        self._note(path, inode)

    def _note(self, path: str, inode: int) -> None:
        self._inodes[path] = inode
        self._touched.add(parent_of(path))

    def _make_folder(self, folder: str) -> None:
        if folder in self._folders:
            return
        parent = parent_of(folder)
        self._make_folder(parent)
        name = self._at(folder)
        os.mkdir(name, FOLDER_MODE)
        os.chmod(name, FOLDER_MODE)  # whatever the umask is
        self._folders.add(folder)
        self._touched |= {folder, parent}

    # --- all of it -------------------------------------------------------------------------------------

    def commit(self, files: dict[str, Made], hidden: dict[str, Made], *, keep_aside: bool = False) -> Path | None:
        """Make the new tree live. With ``keep_aside`` the old one is not used again, and its new place comes back."""
        who = self._complete(files, hidden)
        self._exchange()
        _step("exchanged")
        aside = self._set_aside() if keep_aside else None
        forget_other_trees(self.state, {who, identity(self.standby)})
        return aside

    def confirm(self, files: dict[str, Made], hidden: dict[str, Made]) -> None:
        """Both trees hold the same files: nothing is exchanged, only the keys are written down."""
        who = self._complete(files, hidden)
        self.saved = save_tree(
            self.state, identity(self.output), Tree(files, hidden, self._live.folders, read=self._live.read)
        )
        forget_other_trees(self.state, {who, identity(self.output)})

    def _complete(self, files: dict[str, Made], hidden: dict[str, Made]) -> int:
        _step("prepared")
        self._carry()
        if self._durable:
            flush([self._waiting.get(path) or self._at(path) for path in self.written], self.standby)
        _step("flushed")
        self._place()
        _step("placed")
        who = self._write_down(files, hidden)
        _step("saved")
        return who

    def _write_down(self, files: dict[str, Made], hidden: dict[str, Made]) -> int:
        """Keep the state of the standby tree under its inode, which comes back."""
        folders = {f: os.lstat(self._at(f)).st_mtime_ns for f in sorted(self._touched)}
        stamps = self._stamps.items()
        folders |= {name: stamp for name, stamp in stamps if name in self._folders and name not in self._touched}
        who = identity(self.standby)
        self.saved = save_tree(self.state, who, Tree(files, hidden, folders, read=self._live.read))
        return who

    def follow(self, live: Tree, share: Share) -> None:
        """Bring the standby tree to what is live, file by file, and exchange nothing.

        ``share`` has the work done for all paths that it is handed, by more than one process.
        """
        self.begin(live.files.keys())
        behind = [path for path, made in live.files.items() if self._inodes.get(path) != made.inode]
        share(self.keep_all, behind)
        for path in behind:
            self._note(path, live.files[path].inode)
        self._sweep()
        _step("followed")
        self._write_down(live.files, live.hidden)
        _step("followed and saved")

    def forget_old(self) -> None:
        """Let the next build look at the tree that was live: somebody has been at it."""
        if who := identity(self.standby):
            forget_tree(self.state, who)

    def abandon(self) -> None:
        """Leave the live tree as it is. The standby tree has no state any more: the next build looks at it."""
        with contextlib.suppress(OSError):
            self._sweep()

    def _carry(self) -> None:
        """The user's own files at the top of ``output/`` go along, as links, so that git sees the same file."""
        for name in CARRIED:
            if name in self._inodes:  # the site has a file of its own there
                continue
            source, target = self.output / name, self._at(name)
            try:
                plain = stats.S_ISREG(os.lstat(source).st_mode)
            except FileNotFoundError:
                plain = False
            with contextlib.suppress(FileNotFoundError):
                os.unlink(target)
            if plain:
                os.link(source, target, follow_symlinks=False)
        self._touched.add("")

    def _exchange(self) -> None:
        if not identity(self.output):
            os.rename(self.standby, self.output)
            return
        try:
            if not exchange.in_one_call(self.standby, self.output):
                aside = aside_of(self.standby)
                exchange.in_two_renames(self.standby, self.output, aside)
                _step("two renames")
                with contextlib.suppress(OSError):  # the site is there; `recover` sees to the rest
                    os.rename(aside, self.standby)
        except OSError as problem:
            if problem.errno != errno.EXDEV or os.path.ismount(self.output):
                raise
            # a folder from a lower layer of an image (overlayfs) can be emptied but not moved
            shutil.rmtree(self.output)
            os.rename(self.standby, self.output)

    def _set_aside(self) -> Path | None:
        if not identity(self.standby):
            return None
        n = 1
        while (place := self.state / f"kept-{n}").exists():
            n += 1
        try:
            os.rename(self.standby, place)
        except OSError:
            place = self.output.with_name(f"{self.output.name}-kept-{n}")
            os.rename(self.standby, place)
        return place
