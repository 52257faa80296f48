"""What a build has read comes in; a record of it goes out, and from the next build what has changed since."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from toolkit_builder.build import fastpath
from toolkit_builder.build.digests import compact_json, digest
from toolkit_builder.build.manifest import Saved
from toolkit_builder.diagnostics import Diagnostic, Severity


class Inputs(Struct, frozen=True):
    """What a build reads, for the next one to compare with.

    ``roots``: label -> path (relative to the project, or absolute): files and folders that are read, and where
    a new file matters. ``scan``: `fastpath.scan` of them, done before anything was read. ``digests``: name as
    in the scan -> digest of the bytes that were read. ``scanned_ns``: time of the scan.
    """

    roots: Mapping[str, str]
    scan: str
    scanned_ns: int
    digests: Mapping[str, str] = field(default_factory=dict)


def record_of(
    inputs: Inputs, project: Path, saved: Saved, said: Sequence[Diagnostic], **facts: str | int
) -> fastpath.Record:
    """What the no-change path compares: the inputs, the published files, what was ``said``, and ``facts`` besides."""
    names = fastpath.column(inputs.scan, 0)
    digests = [inputs.digests.get(name, "") for name in names]
    racy = fastpath.racy_lines(inputs.scan, inputs.scanned_ns)
    for n in racy:
        if not digests[n]:  # nobody has read it, but its time stamp will not tell whether it changes
            with contextlib.suppress(OSError, ValueError):
                roots = fastpath.absolute_roots(str(project), inputs.roots)
                digests[n] = digest(Path(fastpath.path_of(names[n], roots)).read_bytes())
    warnings = [d.to_json() for d in said if d.severity is Severity.WARNING]
    head = {
        **facts,
        "roots": dict(inputs.roots),
        "scanned_ns": inputs.scanned_ns,
        "racy": racy,
        "state": saved.seal,
        "said": compact_json(warnings).decode() if warnings else "",
    }
    return fastpath.Record(head, inputs.scan, "".join(f"{d}\n" for d in digests), saved.files, saved.folders)


def changed_since(before: fastpath.Record | None, inputs: Inputs | None, settings: str) -> list[str]:
    """What of all that a build reads has changed since the last one, by name: files, the options, else the date."""
    if before is None or inputs is None:
        return []
    then, now = before.inputs.split("\n")[:-1], inputs.scan.split("\n")[:-1]
    digests, lines = before.digests.split("\n"), set(then).symmetric_difference(now)
    old = {_name(line): digests[n] for n, line in enumerate(then) if line in lines}
    new = {name: inputs.digests.get(name, "") for name in map(_name, filter(lines.__contains__, now))}
    names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    found = [name for name in names if not name.startswith("program/")]
    if before.head.get("settings") != settings:
        found.append("the options of the build")
    return found or ["the date"]


def _name(line: str) -> str:
    """The input that a line of a scan is about."""
    return line[: line.index("\t")]


def known_digests(record: fastpath.Record | None, scan: str) -> dict[str, str]:
    """Digests of inputs that have not changed since a build has left this record: their files need not be read.

    ``scan`` is `fastpath.scan` of now. Inputs so young that their time stamp proves nothing are left out.
    """
    if record is None:
        return {}
    known = dict(zip(record.inputs.split("\n")[:-1], record.digests.split("\n")[:-1], strict=True))
    lines = list(known)
    for n in record.head["racy"]:
        del known[lines[n]]
    return {_name(line): digest for line in scan.split("\n")[:-1] if (digest := known.get(line))}
