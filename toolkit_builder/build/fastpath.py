"""The record of the last build comes in; "nothing has changed since" goes out, in about a tenth of a second.

Imports nothing heavy: this runs before anything else does. One record file holds three texts beside its
head, so that a comparison is a comparison of strings::

    {"inputs": 1234, ...}\n      head, JSON on one line: lengths, settings, roots, dates
    content/a.md\t12\t170..\t9\n   inputs: label and path, size, mtime in ns, inode
    0d2a...\n                    digests of the inputs, line by line
    index.html\t99\t170..\t11\n   published files, the same way
"""

from __future__ import annotations

import json
import os
import zlib

TYPE_CHECKING = False  # importing typing costs as much as the whole comparison
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

VERSION = 1
RACY_NS = 2_000_000_000  # a file this young may change again without a new time stamp (FAT: 2 s)
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
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        lines.append(f"{label}/\tunreadable\t0\t0\n")
        return
    for entry in entries:
        if entry.name in IGNORED:
            continue
        name = f"{label}/{entry.name}"
        try:
            if not entry.is_dir():
                stat = entry.stat()
                lines.append(f"{_line_safe(name)}\t{stat.st_size}\t{stat.st_mtime_ns}\t{stat.st_ino}\n")
                continue
            here = set() if not entry.is_symlink() else {_identity(entry.path)}
        except OSError:  # a link to nowhere; a file that has just gone
            lines.append(f"{_line_safe(name)}\t-1\t0\t0\n")
            continue
        if not here & above:
            here = here or {_identity(entry.path)}
            _scan_folder(entry.path, name, above | here, lines)


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
    """What the last build of one output folder read and wrote."""

    __slots__ = ("digests", "head", "inputs", "outputs")

    def __init__(self, head: dict[str, Any], inputs: str, digests: str, outputs: str) -> None:
        self.head = head
        self.inputs = inputs
        self.digests = digests
        self.outputs = outputs

    def to_bytes(self) -> bytes:
        parts = [text.encode("utf-8", "surrogateescape") for text in (self.inputs, self.digests, self.outputs)]
        body = b"".join(parts)
        head = {**self.head, "version": VERSION, "lengths": [len(part) for part in parts], "body": zlib.crc32(body)}
        line = json.dumps(head, separators=(",", ":")).encode("ascii")
        return b"%08x %s\n%s" % (zlib.crc32(line), line, body)


def read_record(folder: str) -> Record | None:
    """The record kept in a state folder; None where there is none, or it is damaged or of another version."""
    try:
        with open(os.path.join(folder, "record"), "rb") as file:
            data = file.read()
        end = data.index(b"\n")
        line, body = data[9:end], data[end + 1 :]
        if int(data[:8], 16) != zlib.crc32(line):
            return None
        head = json.loads(line)
        if head["version"] != VERSION or zlib.crc32(body) != head["body"]:
            return None
        a, b, c = head["lengths"]
        if a + b + c != len(body):
            return None
        texts = [body[:a], body[a : a + b], body[a + b :]]
        return Record(head, *(text.decode("utf-8", "surrogateescape") for text in texts))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def absolute_roots(project: str, roots: Mapping[str, str]) -> dict[str, str]:
    """Roots as written in a record (relative to the project where they are inside it) as paths to look at."""
    return {label: os.path.join(project, path) for label, path in roots.items()}


def outputs_stat(output: str, recorded: str) -> str:
    """The recorded published files as they are now, in the same form; a missing one has no line."""
    lines = []
    folder = os.open(output, os.O_RDONLY) if os.stat in os.supports_dir_fd else None
    try:
        for line in recorded.split("\n")[:-1]:
            name = line[: line.index("\t")]
            try:
                if folder is None:
                    stat = os.lstat(os.path.join(output, name))
                else:
                    stat = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except OSError:
                continue
            lines.append(f"{name}\t{stat.st_size}\t{stat.st_mtime_ns}\t{stat.st_ino}\n")
    finally:
        if folder is not None:
            os.close(folder)
    return "".join(lines)


def unchanged(project: str, output: str, settings: str, now: str) -> Record | None:
    """The last build's record, if a build would change nothing: same inputs, settings, program and output files, and
    no date passed; else None.

    ``settings`` is compared as it is (options, environment, version: the caller's digest); ``now`` is the
    clock as an ISO text of the same form as ``clock`` and ``valid_until`` were. Raises nothing.
    """
    folder = state_folder(project, output)
    record = read_record(folder)
    if record is None:
        return None
    head = record.head
    try:
        stat = os.lstat(output)
        if head["settings"] != settings or head["tree"] != stat.st_ino:
            return None
        if now < head["clock"] or (head["valid_until"] and now >= head["valid_until"]):
            return None
        if scan(absolute_roots(project, head["roots"])) != record.inputs:
            return None
        if outputs_stat(output, record.outputs) != record.outputs:
            return None
        return record if _racy_still_same(project, folder, record) else None
    except (OSError, KeyError, TypeError, ValueError):
        return None


def racy_lines(inputs: str, scanned_ns: int) -> list[int]:
    """Positions of the inputs so young at the time of the scan that their time stamp proves nothing."""
    limit = scanned_ns - RACY_NS
    return [n for n, line in enumerate(inputs.split("\n")[:-1]) if int(line.split("\t")[2]) >= limit]


def _racy_still_same(project: str, folder: str, record: Record) -> bool:
    """Whether the youngest inputs still have the content that was read; if so the record is freed of them."""
    racy = racy_lines(record.inputs, record.head["scanned_ns"])
    if not racy:
        return True
    from hashlib import blake2b
    from time import time_ns

    inputs, digests = record.inputs.split("\n")[:-1], record.digests.split("\n")
    roots = absolute_roots(project, record.head["roots"])
    before = time_ns()
    for n in racy:
        path = path_of(inputs[n].split("\t")[0], roots)
        with open(path, "rb") as file:
            if blake2b(file.read(), digest_size=len(digests[n]) // 2).hexdigest() != digests[n]:
                return False  # (BLAKE2b of whatever length the build's reader uses)
    if before - record.head["scanned_ns"] > RACY_NS and scan(roots) == record.inputs:
        record.head["scanned_ns"] = before
        _rewrite(folder, record)
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
