"""The record of the last build comes in; "nothing has changed since" goes out, in about a tenth of a second.

Imports nothing heavy, not even what reads JSON: this runs before anything else does. One record file holds texts, so
that a comparison is a comparison of strings::

    5ca1ab1e 2 412 1234 ...\n        checksum of what follows, version, lengths
    ...                              settings, roots, dates, apart by NUL
    content/a.md\t12\t170..\t9\n   inputs: label and path, size, mtime in ns, inode
    0d2a...\n                        digests of the inputs, line by line
    index.html\n                     published files, column after column: paths, sizes, mtimes in ns, inodes
    conferences\n                    published folders, the same way: paths, mtimes in ns
"""

from __future__ import annotations

import os
import time
import zlib

from toolkit_builder.build.glance import Glance

TYPE_CHECKING = False  # importing typing costs as much as the whole comparison
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

VERSION = 2
RACY_NS = 2_000_000_000  # a file this young may change again without a new time stamp (FAT: 2 s)
_BY_FOLDER = os.stat in os.supports_dir_fd
IGNORED = frozenset({".git", ".toolkit", "__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini"})


def state_folder(project: str, output: str) -> str:
    """Where the record and the standby tree of this output folder are kept."""
    project, output = os.path.abspath(project), os.path.abspath(output)
    inside = output.startswith(project.rstrip(os.sep) + os.sep)
    name = os.path.relpath(output, project).replace(os.sep, "/") if inside else output
    plain = "".join(c if c.isalnum() and c.isascii() else "-" for c in os.path.basename(output))[:40]
    return os.path.join(project, ".toolkit", "sites", f"{plain}-{zlib.crc32(os.fsencode(name)):08x}")


def scan(roots: Mapping[str, str]) -> str:
    """Every file under the roots, one a line, sorted: label and path, size, mtime in ns, inode.

    A root is a file or a folder; a missing one contributes nothing. Links are followed (a link back up is
    not), since what they lead to is what gets read.
    """
    lines: list[str] = []
    for label in sorted(roots):
        path = roots[label]
        try:
            found = os.stat(path)
        except OSError:
            continue
        if os.path.isdir(path):
            _scan_folder(path, label, {(found.st_dev, found.st_ino)}, lines)
        else:
            lines.append(f"{label}\t{found.st_size}\t{found.st_mtime_ns}\t{found.st_ino}\n")
    return "".join(lines)


def _scan_folder(folder: str, label: str, above: set[tuple[int, int]], lines: list[str]) -> None:
    try:
        with os.scandir(folder) as found:
            entries = sorted([(entry.name, entry) for entry in found if entry.name not in IGNORED])
        here = os.open(folder, os.O_RDONLY) if _BY_FOLDER else -1  # so that no path is walked down for each file
    except OSError:
        lines.append(f"{label}/\tunreadable\t0\t0\n")
        return
    plain = label.isprintable()
    try:
        for name, entry in entries:
            path = f"{label}/{name}"
            try:
                if entry.is_dir():
                    if (inside := _inside(entry, above)) is not None:
                        _scan_folder(entry.path, path, inside, lines)
                    continue
                stat = os.stat(name, dir_fd=here) if _BY_FOLDER else entry.stat()
                if not (plain and name.isprintable()):
                    path = _line_safe(path)
                lines.append(f"{path}\t{stat.st_size}\t{stat.st_mtime_ns}\t{stat.st_ino}\n")
            except OSError:  # a link to nowhere; a file that has just gone
                lines.append(f"{_line_safe(path)}\t-1\t0\t0\n")
    finally:
        if _BY_FOLDER:
            os.close(here)


def _inside(entry: os.DirEntry[str], above: set[tuple[int, int]]) -> set[tuple[int, int]] | None:
    """The folders from the root down to this one; None for a link back up. Raises OSError for one that has gone."""
    here = _identity(entry.path)
    return None if entry.is_symlink() and here in above else above | {here}


def _identity(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _line_safe(name: str) -> str:
    """A name that cannot be taken for two lines or two columns."""
    if name.isprintable():
        return name
    name = name.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return os.fsencode(name).decode("utf-8", "backslashreplace")


class Record:
    """What the last build of one output folder read and wrote.

    ``head``: ``settings``, ``clock``, ``valid_until``, ``roots`` (label -> path), ``scanned_ns``, ``racy``
    (positions of the inputs that were too young then, see `racy_lines`), ``tree`` (the inode of the output folder),
    ``state`` (the digest of its state file) and ``said`` (warnings, as JSON, or "").
    """

    __slots__ = ("digests", "files", "folders", "head", "inputs")

    def __init__(
        self,
        head: dict[str, Any],
        inputs: str,
        digests: str,
        files: Sequence[str] = ("", "", "", ""),
        folders: Sequence[str] = ("", ""),
    ) -> None:
        self.head = head
        self.inputs = inputs
        self.digests = digests
        self.files = files
        self.folders = folders

    def to_bytes(self) -> bytes:
        head = self.head
        texts = [head["settings"], head["clock"], head["valid_until"], head["said"], head["state"]]
        texts += [str(head["scanned_ns"]), str(head["tree"]), " ".join(map(str, head["racy"]))]
        texts += [text for root in head["roots"].items() for text in root]
        parts = ["\0".join(texts), self.inputs, self.digests, *self.files, *self.folders]
        body = [part.encode("utf-8", "surrogateescape") for part in parts]
        lengths = " ".join(str(len(part)) for part in body)
        whole = b"%d %s\n%s" % (VERSION, lengths.encode("ascii"), b"".join(body))
        return b"%08x %s" % (zlib.crc32(whole), whole)


def read_record(folder: str) -> Record | None:
    """The record kept in a state folder; None where there is none, or it is damaged or of another version."""
    try:
        with open(os.path.join(folder, "record"), "rb") as file:
            data = memoryview(file.read())
        if int(bytes(data[:8]), 16) != zlib.crc32(data[9:]):
            return None
        first, start = bytes(data[9:300]).partition(b"\n")[0], 10
        start += len(first)
        version, *lengths = map(int, first.split())
        if version != VERSION:
            return None
        texts = []
        for length in lengths:
            texts.append(str(data[start : start + length], "utf-8", "surrogateescape"))
            start += length
        return Record(_head(texts[0]), texts[1], texts[2], texts[3:7], texts[7:9])
    except (OSError, ValueError, IndexError):
        return None


def _head(text: str) -> dict[str, Any]:
    settings, clock, valid_until, said, state, scanned_ns, tree, racy, *roots = text.split("\0")
    return {
        "settings": settings,
        "clock": clock,
        "valid_until": valid_until,
        "said": said,
        "state": state,
        "scanned_ns": int(scanned_ns),
        "tree": int(tree),
        "racy": [int(n) for n in racy.split()],
        "roots": dict(zip(roots[::2], roots[1::2], strict=True)),
    }


def absolute_roots(project: str, roots: Mapping[str, str]) -> dict[str, str]:
    """Roots as written in a record (relative to the project where they are inside it) as paths to look at."""
    return {label: os.path.join(project, path) for label, path in roots.items()}


class Looked:
    """What was seen of a project before anything else was done: its inputs, and its published files as far as by now.

    ``scan`` is that of the roots that the last build had, made at ``scanned_ns``; ``at`` is the monotonic time at which
    looking began. Nobody has held the lock meanwhile.
    """

    __slots__ = ("at", "files", "mark", "output", "project", "record", "scan", "scanned_ns", "tree")

    def __init__(self, project: str, output: str, mark: tuple[int, int], record: Record) -> None:
        self.at = time.monotonic()
        self.project = project
        self.output = output
        self.mark = mark
        self.record = record
        self.tree = os.lstat(output).st_ino
        self.files = Glance(output, record.files, record.folders, state_folder(project, output))
        if record.head["tree"] == self.tree:
            self.files.start()
        self.scanned_ns = time.time_ns()
        self.scan = scan(absolute_roots(project, record.head["roots"]))

    def holds(self, output: str, roots: Mapping[str, str]) -> bool:
        """Whether this is what a build needs that publishes there and reads these, and nobody has built since."""
        try:
            mark = _mark(state_folder(self.project, self.output))
        except OSError:
            return False
        return output == self.output and mark == self.mark and self.record.head["roots"] == roots

    def unchanged(self, settings: str, now: str) -> bool:
        """Whether a build would change nothing: same inputs, settings, program and output files, and no date passed.

        ``settings`` is compared as it is (options, environment, version: the caller's digest); ``now`` is the clock as
        an ISO text of the same form as ``clock`` and ``valid_until`` were. Raises nothing.
        """
        head = self.record.head
        try:
            if (
                head["settings"] != settings
                or head["tree"] != self.tree
                or now < head["clock"]
                or (head["valid_until"] and now >= head["valid_until"])
                or self.scan != self.record.inputs
            ):
                self.files.go_on()
                return False
            return not self.files.files_differ() and _racy_still_same(self)
        except (OSError, ValueError, IndexError):
            return False


def look(project: str, output: str) -> Looked | None:
    """Compare a project with the last build's record of it; None where there is no such record or output folder."""
    try:
        folder = state_folder(project, output)
        mark = _mark(folder)
        record = read_record(folder)
        return Looked(project, output, mark, record) if record else None
    except OSError:
        return None


def _mark(folder: str) -> tuple[int, int]:
    """What another record of the last build would have otherwise. Raises OSError."""
    found = os.stat(os.path.join(folder, "record"))
    return found.st_ino, found.st_mtime_ns


def racy_lines(inputs: str, scanned_ns: int) -> list[int]:
    """Positions of the inputs so young at the time of the scan that their time stamp proves nothing."""
    limit = scanned_ns - RACY_NS
    return [n for n, mtime_ns in enumerate(map(int, column(inputs, 2))) if mtime_ns >= limit]


def column(scan: str, number: int) -> list[str]:
    """One of the four columns of a scan, from 0."""
    return scan.replace("\n", "\t").split("\t")[number:-1:4]


def _racy_still_same(looked: Looked) -> bool:
    """Whether the youngest inputs still have the content that was read; if so the record is freed of them."""
    record = looked.record
    racy = record.head["racy"]
    if not racy:
        return True
    from hashlib import blake2b

    inputs, digests = record.inputs.split("\n")[:-1], record.digests.split("\n")
    roots = absolute_roots(looked.project, record.head["roots"])
    before = time.time_ns()
    for n in racy:
        path = path_of(inputs[n].split("\t")[0], roots)
        with open(path, "rb") as file:
            if blake2b(file.read(), digest_size=len(digests[n]) // 2).hexdigest() != digests[n]:
                return False  # (BLAKE2b of whatever length the build's reader uses)
    if before - record.head["scanned_ns"] > RACY_NS and scan(roots) == record.inputs:
        record.head["scanned_ns"], record.head["racy"] = before, racy_lines(record.inputs, before)
        _rewrite(state_folder(looked.project, looked.output), record)
    return True


def path_of(name: str, roots: Mapping[str, str]) -> str:
    """The file that a line of a scan is about."""
    label = max((r for r in roots if name == r or name.startswith(r + "/")), key=len)
    rest = name[len(label) + 1 :]
    return os.path.join(roots[label], rest) if rest else roots[label]


def _rewrite(folder: str, record: Record) -> None:
    """Best effort: a record that cannot be written only means that the young files are hashed again."""
    path = os.path.join(folder, "record")
    side = f"{path}.{os.getpid()}"
    try:
        with open(side, "wb") as file:
            file.write(record.to_bytes())
        os.replace(side, path)
    except OSError:
        try:
            os.unlink(side)
        except OSError:
            return
