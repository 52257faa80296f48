"""The jobs of a build come in; later, for one path: which inputs made it, and why it was made again, go out."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from toolkit_builder.build.digests import compact_json
from toolkit_builder.build.fastpath import state_folder
from toolkit_builder.build.jobs import Job
from toolkit_builder.build.manifest import identity, load_tree

_SCHEMA = """
CREATE TABLE made (path TEXT PRIMARY KEY, story BLOB) WITHOUT ROWID;
CREATE TABLE renewed (path TEXT PRIMARY KEY, now INTEGER, before INTEGER) WITHOUT ROWID;
CREATE TABLE news (number INTEGER PRIMARY KEY, told BLOB);
"""
VERSION = 2

FIRST = "it was not there before"
LOST = "the file had been removed or changed by hand"
PROGRAM = "the program or its settings changed"
NO_NAME = "something it is made from changed that has no name"


class Explanation(Struct, frozen=True):
    """``inputs``: names of what the file is made from; ``why``: sentences on why it was last made.

    ``format`` and ``label`` are those of its job.
    """

    path: str
    format: str
    label: str
    inputs: tuple[str, ...]
    why: tuple[str, ...]


class Story(Struct):
    """What is remembered of one output."""

    format: str = ""
    label: str = ""
    closure: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    why: list[str] = field(default_factory=list)


class Stories:
    """The stories of all outputs of one site, in SQLite: only what was rebuilt is written. Never raises.

    A file that is damaged is started anew: explaining is a courtesy and must not stop a build. Of jobs whose keys are
    `Known` there may be thousands that tell the same (a template has changed): that is written once, as ``news``, and
    of each path the numbers of its last news and of those before (0: those of its story).
    """

    def __init__(self, state: Path) -> None:
        self._path = state / "explain.db"

    def tell(self, rebuilt: Iterable[tuple[Job, str]], changed: Callable[[], list[str]] = list) -> None:
        """Remember jobs that were just rendered, each with what is already known about the reason ("" if nothing).

        ``changed`` says what has changed since the last build: asked for where none of a job's own inputs has.
        """
        with contextlib.suppress(sqlite3.Error, OSError), contextlib.closing(self._open()) as connection:
            rows, renewed = [], []
            first = connection.execute("SELECT count(*) FROM (SELECT 1 FROM made LIMIT 1)").fetchone()[0] == 0
            others: list[str] | None = None
            for job, known in rebuilt:
                if job.known:
                    renewed.append((job, known))
                    continue
                before = None if first or known else _read(connection, job.path)
                why = [known] if known else _why(before, job)
                if not why:
                    others = changed() if others is None else others
                    why = [_of_others(others)]
                story = [job.format, job.label, job.closure, dict(job.reasons), why]
                rows.append((job.path, compact_json(story)))
            with connection:
                connection.executemany("INSERT OR REPLACE INTO made VALUES (?, ?)", rows)
                if not first:
                    connection.executemany("DELETE FROM renewed WHERE path = ?", [(path,) for path, _ in rows])
                if renewed:
                    _renew(connection, renewed)

    def forget(self, paths: Iterable[str]) -> None:
        gone = [(path,) for path in paths]
        with contextlib.suppress(sqlite3.Error, OSError), contextlib.closing(self._open()) as connection, connection:
            connection.executemany("DELETE FROM made WHERE path = ?", gone)
            connection.executemany("DELETE FROM renewed WHERE path = ?", gone)

    def of(self, path: str) -> Story | None:
        with contextlib.suppress(sqlite3.Error, OSError):
            if self._path.exists():
                with contextlib.closing(self._open()) as connection:
                    return _read(connection, path)
        return None

    def _open(self) -> sqlite3.Connection:
        try:
            return self._open_once()
        except sqlite3.DatabaseError:
            for ending in ("", "-wal", "-shm", "-journal"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{self._path}{ending}")
            return self._open_once()

    def _open_once(self) -> sqlite3.Connection:
        connection = sqlite3.connect(str(self._path), timeout=10)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):
                raise sqlite3.DatabaseError("of another version")
            if version == 0:
                connection.executescript(f"BEGIN;{_SCHEMA};PRAGMA user_version = {VERSION};COMMIT;")
            connection.execute("SELECT path FROM made LIMIT 1")
        except BaseException:
            connection.close()
            raise
        return connection


def _read(connection: sqlite3.Connection, path: str) -> Story | None:
    row = connection.execute("SELECT story FROM made WHERE path = ?", (path,)).fetchone()
    numbers = connection.execute("SELECT now, before FROM renewed WHERE path = ?", (path,)).fetchone()
    with contextlib.suppress(ValueError, TypeError):
        if row is None:
            return None
        story = Story(*json.loads(row[0]))
        for number in filter(None, reversed(numbers or ())):
            told = connection.execute("SELECT told FROM news WHERE number = ?", (number,)).fetchone()
            story = _renewed(story, *json.loads(told[0]))
        return story
    return None


def _renew(connection: sqlite3.Connection, renewed: Iterable[tuple[Job, str]]) -> None:
    """Write what has changed of jobs whose keys are known: the inputs that they do not name have not."""
    before = dict(connection.execute("SELECT path, now FROM renewed").fetchall())
    numbers: dict[tuple[str, int, str], int | None] = {}
    rows = []
    for job, known in renewed:
        assert job.known
        same = (f"{job.known.told}\0{job.closure}", id(job.reasons), known)
        if same not in numbers:
            told = compact_json([job.known.told, job.closure, dict(job.reasons), known])
            numbers[same] = connection.execute("INSERT INTO news (told) VALUES (?)", (told,)).lastrowid
        rows.append((job.path, numbers[same], before.get(job.path, 0)))
    connection.executemany("INSERT OR REPLACE INTO renewed VALUES (?, ?, ?)", rows)
    used = "SELECT now FROM renewed UNION SELECT before FROM renewed"
    connection.execute(f"DELETE FROM news WHERE number NOT IN ({used})")


def _renewed(story: Story, told: str, closure: str, reasons: dict[str, str], known: str) -> Story:
    """A story with news of the reasons that begin with ``told``."""
    now = {**reasons, **{name: value for name, value in story.reasons.items() if not name.startswith(told)}}
    why = [known] if known else changes(story.reasons, now) or [PROGRAM]
    return Story(story.format, story.label, closure, now, why)


def _why(before: Story | None, job: Job) -> list[str]:
    if before is None:
        return [FIRST]
    why = changes(before.reasons, job.reasons)
    return [PROGRAM] if not why and before.closure != job.closure else why


_NAMED = 3


def _of_others(changed: list[str]) -> str:
    """In place of an input of its own: what has changed elsewhere, of which something is shown here."""
    if not changed:
        return NO_NAME
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    return f"it shows something of what changed: {', '.join(changed[:_NAMED])}{more}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two sets of named inputs, a sentence each."""
    found = [f"{name} changed" for name in after if name in before and before[name] != after[name]]
    found += [f"{name} was added" for name in after if name not in before]
    found += [f"{name} was removed" for name in before if name not in after]
    return sorted(found)


def explain(project: Path, output: Path, path: str) -> Explanation | None:
    """What is known about one published path (``conferences/2027/`` means its index.html); None if nothing is."""
    state = Path(state_folder(str(project), str(output)))
    for candidate in _candidates(path):
        if story := Stories(state).of(candidate):
            inputs = tuple(sorted(story.reasons))
            return Explanation(candidate, story.format, story.label, inputs, tuple(story.why))
    return None


def _candidates(path: str) -> tuple[str, str]:
    path = path.removeprefix("/")
    return path, f"{path.rstrip('/')}/index.html".removeprefix("/")


def published(project: Path, output: Path, path: str) -> bool:
    """Whether the last build published this path, or did as far as anybody knows."""
    tree = load_tree(Path(state_folder(str(project), str(output))), identity(output))
    return any(candidate in tree.files if tree else (output / candidate).is_file() for candidate in _candidates(path))


def nearest(project: Path, output: Path, path: str) -> str:
    """The published address that is nearest to a mistyped one; "" where none is near."""
    tree = load_tree(Path(state_folder(str(project), str(output))), identity(output))
    addresses = {f"/{name}".removesuffix("index.html"): None for name in (tree.files if tree else ())}
    wanted = f"/{path.removesuffix('index.html').strip('/')}"
    near = difflib.get_close_matches(wanted, [a.rstrip("/") for a in addresses], n=1, cutoff=0.7)
    return next((a for a in addresses if near and a.rstrip("/") == near[0]), "")
