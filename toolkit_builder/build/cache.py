"""Digests come in; values made by earlier builds go out, or nothing: whatever is damaged, foreign or of another
version is a miss.

`Store` holds four sorts of thing under ``.toolkit/store/``:

* fragments: JSON values of a pipeline stage (a parsed document), by stage and key, in SQLite;
* blobs: large texts and bytes that fragments speak of, by digest, in SQLite;
* results: key of a heavy or intermediate job -> digest of its bytes and its diagnostics, in SQLite;
* objects: those bytes, one file each, named by digest (`objects.Objects`).

No pickle is ever written or read here. Losing the store costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from toolkit_builder.build.digests import compact_json, digest, json_value
from toolkit_builder.build.jobs import Blob
from toolkit_builder.build.objects import Objects
from toolkit_builder.diagnostics import Diagnostic, Unsteady, warning

VERSION = 2
KEPT_DAYS = 30
IN_USE_DAYS = 7  # rows of the site itself may be looked at as seldom: see `Store.week`
LIMIT = 2 << 30  # bytes, of fragments and of objects each; what a site itself needs may be more
_NOT_DAMAGED = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR")
_SCHEMA = """
CREATE TABLE fragments (stage TEXT, key TEXT, seal BLOB, used INTEGER, value BLOB, PRIMARY KEY (stage, key));
CREATE TABLE blobs (digest TEXT PRIMARY KEY, used INTEGER, value BLOB);
CREATE TABLE results (key TEXT PRIMARY KEY, seal BLOB, used INTEGER, value BLOB) WITHOUT ROWID;
CREATE TABLE notes (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
"""
_NO_BLOBS = b",[]]"
# a row that is there is changed in its place: INSERT OR REPLACE takes twice as long
_KEEP = """
INSERT INTO fragments VALUES (?, ?, ?, ?, ?)
ON CONFLICT (stage, key) DO UPDATE SET seal = excluded.seal, used = excluded.used, value = excluded.value
"""


class Usage(Struct, frozen=True):
    """What the store holds, in bytes and in numbers, for ``toolkit doctor``."""

    fragments: int
    objects: int
    bytes: int
    limit: int
    folder: str


def _intact(key: Any, seal: Any, used: Any, value: Any) -> bool:
    """Whether a row is as it was written; SQLite keeps any type in any column."""
    return isinstance(key, str) and isinstance(value, bytes) and isinstance(used, int) and _seal(key, value) == seal


def _seal(key: str, value: bytes) -> bytes:
    return b"%08x" % zlib.crc32(value, zlib.crc32(key.encode()))


class LostBlob(Unsteady):
    """A blob that can neither be found nor be made: whoever speaks of it remembers more than the store does."""


class Store:
    """Everything that earlier builds made. Use as a context manager; leaving it saves.

    Never raises for what it finds on disk. Where it cannot write fragments it works in memory and says so in
    ``notices``; objects are needed by the build itself, so writing one may raise OSError.
    """

    def __init__(self, folder: Path, *, limit: int = LIMIT, today: int | None = None) -> None:
        self.folder = folder
        self.notices: list[Diagnostic] = []
        self.objects = Objects(folder / "objects")
        self._limit = limit
        self._today = int(time.time() // 86400) if today is None else today
        self._database = folder / "fragments.db"
        self._stale: dict[str, list[tuple[str, ...]]] = {"fragments": [], "blobs": [], "results": []}
        self._makers: dict[str, Callable[[], Mapping[str, bytes | str]]] = {}
        self._closed = False
        self._next: Store | None = None
        self._process = os.getpid()
        self._parents: sqlite3.Connection | None = None
        self._connection = self._open()
        self.blobs: Mapping[str, bytes | str] = _Blobs(self)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def save(self) -> None:
        """Write down what is new: from here on worker processes find it."""
        self._guarded(lambda: self._connection.commit())

    def close(self) -> None:
        """Save what is new and let go of the files."""
        self._closed = True
        self._mark_used()
        self.save()
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    @property
    def week(self) -> int:
        """Changes once a week. What stands for rows without looking at them ends then, so that they count as used."""
        return self._today // 7

    @contextlib.contextmanager
    def still_open(self) -> Iterator[Store]:
        """This store; once it is closed, the next one on the same folder, or one of its own."""
        opened: Store | None = self
        while opened and opened._closed:
            opened = opened._next
        if opened:
            yield opened
            return
        with Store(self.folder, limit=self._limit, today=self._today) as again:
            again._makers = self._makers
            yield again

    def followed_by(self, other: Store) -> None:
        """From now on another store on the same folder answers those who still ask this one."""
        self._next = other
        other._makers = self._makers | other._makers

    # --- fragments -------------------------------------------------------------------------------------

    def fragments(self, stage: str, keys: Sequence[str]) -> dict[str, tuple[Any, list[str]]]:
        """The values known for these keys, each with the digests of the blobs that it speaks of."""
        found: dict[str, tuple[Any, list[str]]] = {}
        for key, used, value in self._intact(stage, keys):
            result, blobs = json_value(value)
            found[key] = (result, blobs)
            if used < self._today:
                self._stale["blobs"].extend((name,) for name in blobs)
        known = self._known_blobs({name for _, blobs in found.values() for name in blobs})
        return {k: v for k, v in found.items() if not v[1] or known.issuperset(v[1])}

    def texts(self, stage: str, keys: Sequence[str]) -> dict[str, bytes]:
        """The same of values that speak of no blobs, each as the JSON that it was kept as."""
        rows = self._intact(stage, keys)
        return {key: value[1 : -len(_NO_BLOBS)] for key, _, value in rows if value.endswith(_NO_BLOBS)}

    def _intact(self, stage: str, keys: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
        """Key, day of use and value of the rows that are as they were written; they count as used."""
        wanted = set(keys)
        for key, seal, used, value in self._rows(stage, wanted):
            if key in wanted and _intact(key, seal, used, value):
                if used < self._today:
                    self._stale["fragments"].append((stage, key))
                yield key, used, value

    def _rows(self, stage: str, wanted: set[str]) -> list[tuple[str, bytes, int, bytes]]:
        def read() -> list[tuple[str, bytes, int, bytes]]:
            run = self._connection.execute
            columns = "SELECT key, seal, used, value FROM fragments WHERE stage = ?"
            if len(wanted) > 2000:  # reading through the table in order beats thousands of look-ups (+: no index)
                return run(columns.replace("stage =", "+stage ="), (stage,)).fetchall()
            rows = []
            for some in _slices(sorted(wanted), 500):
                marks = ",".join("?" * len(some))
                rows += run(f"{columns} AND key IN ({marks})", (stage, *some)).fetchall()
            return rows

        return self._guarded(read) or []

    def _known_blobs(self, wanted: set[str]) -> set[str]:
        if not wanted:
            return set()

        def read() -> set[str]:
            run = self._connection.execute
            if len(wanted) > 2000:
                return {name for (name,) in run("SELECT digest FROM blobs")} & wanted
            return {
                name
                for some in _slices(sorted(wanted), 500)
                for (name,) in run(f"SELECT digest FROM blobs WHERE digest IN ({','.join('?' * len(some))})", some)
            }

        return self._guarded(read) or set()

    def add_fragments(self, stage: str, values: Iterable[tuple[str, bytes, Sequence[str]]]) -> None:
        """Keep ``(key, value as JSON, digests of the blobs that it speaks of)``."""
        rows = []
        for key, value, blobs in values:
            data = b"[%s,%s]" % (value, compact_json(blobs) if blobs else b"[]")
            rows.append((stage, key, _seal(key, data), self._today, data))
        self._write(_KEEP, rows)

    # --- blobs -----------------------------------------------------------------------------------------

    def add_blobs(self, values: Mapping[str, bytes | str]) -> None:
        """Keep values under the digests that `blob_of` gave them."""
        rows = [(name, self._today, _blob_bytes(value)) for name, value in values.items()]
        self._write("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?)", rows)

    def on_damaged_blob(self, names: Iterable[str], make: Callable[[], Mapping[str, bytes | str]]) -> None:
        """How to make these blobs again, should one of them turn out damaged when it is read."""
        self._makers.update(dict.fromkeys(names, make))

    def blob_values(self, names: Sequence[str]) -> dict[str, bytes | str]:
        """Texts and bytes by digest, after closing too. Raises LostBlob where one can neither be found nor be made."""
        if self._closed:
            with self.still_open() as again:
                return again.blob_values(names)
        found: dict[str, bytes | str] = {}
        for name, data in self._blob_rows(sorted(set(names))):
            if isinstance(data, bytes) and digest(data) == name:
                found[name] = data[1:].decode("utf-8", "surrogatepass") if data[:1] == b"t" else data[1:]
        for name in names:
            if name not in found:
                if name not in self._makers:
                    raise LostBlob(name)
                made = self._makers[name]()
                self.add_blobs(made)
                found[name] = made[name]
        return found

    def _blob_rows(self, names: list[str]) -> list[tuple[str, bytes]]:
        return self._guarded(lambda: _select_blobs(self._connection, names)) or []

    # --- results and objects ---------------------------------------------------------------------------

    def result(self, key: str) -> tuple[str, list[Diagnostic]] | None:
        """Digest and diagnostics of the job with this key, if its bytes are here (they are checked on reading)."""
        rows = self._guarded(
            lambda: self._connection.execute("SELECT seal, used, value FROM results WHERE key = ?", (key,)).fetchall()
        )
        for seal, used, value in rows or ():
            if _intact(key, seal, used, value):
                name, diagnostics = json_value(value)
                if used < self._today:
                    self._stale["results"].append((key,))
                if self.objects.has(name):
                    return name, [Diagnostic.from_json(d) for d in diagnostics]
        return None

    def add_result(self, key: str, name: str, diagnostics: Sequence[Diagnostic]) -> None:
        value = compact_json([name, [d.to_json() for d in diagnostics]])
        self._write(
            "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", [(key, _seal(key, value), self._today, value)]
        )

    # --- size ------------------------------------------------------------------------------------------

    def collect(self, live: Callable[[], set[str]]) -> None:
        """Once a day, drop what no build used for 30 days, then the oldest beyond the limit; never ``live`` objects
        or rows that were used within a week."""
        day = self._guarded(
            lambda: self._connection.execute("SELECT value FROM notes WHERE name = 'collected'").fetchone()
        )
        if day and day[0] == self._today:
            return
        self._mark_used()
        self._guarded(self._collect_rows)
        self.objects.collect(live(), before=self._today - KEPT_DAYS, limit=self._limit)

    def _collect_rows(self) -> None:
        run = self._connection.execute
        oldest = self._today - KEPT_DAYS
        for table in ("fragments", "blobs", "results"):
            run(f"DELETE FROM {table} WHERE used < ?", (oldest,))
        while self._rows_bytes() > self._limit and oldest <= self._today - IN_USE_DAYS:
            oldest += 1
            for table in ("fragments", "blobs"):
                run(f"DELETE FROM {table} WHERE used < ?", (oldest,))
        run("INSERT OR REPLACE INTO notes VALUES ('collected', ?)", (self._today,))
        self._connection.commit()
        if run("PRAGMA freelist_count").fetchone()[0] * 4 > run("PRAGMA page_count").fetchone()[0]:
            run("VACUUM")

    def _rows_bytes(self) -> int:
        run = self._connection.execute
        return sum(
            run(f"SELECT coalesce(sum(length(value)), 0) FROM {table}").fetchone()[0]
            for table in ("fragments", "blobs")
        )

    def usage(self) -> Usage:
        count = self._guarded(lambda: self._connection.execute("SELECT count(*) FROM fragments").fetchone()[0])
        sizes = self.objects.sizes()
        database = self._database.stat().st_size if self._database.exists() else 0
        return Usage(count or 0, len(sizes), sum(sizes) + database, 2 * self._limit, str(self.folder))

    # --- SQLite ----------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                return self._open_at(str(self._database))
            except sqlite3.DatabaseError:
                self._remove_database()
                return self._open_at(str(self._database))
        except (OSError, sqlite3.Error) as problem:
            return self._in_memory(problem)

    def _open_at(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(name, timeout=10, isolation_level="IMMEDIATE", check_same_thread=False)
        try:
            # WAL survives a kill at any moment; after a power cut, seals and digests tell what to believe
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
            if version == VERSION and tables == 4:
                return connection
            if tables or version:
                raise sqlite3.DatabaseError("of another version")
            connection.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")
        except BaseException:
            connection.close()
            raise
        return connection

    def _in_memory(self, problem: Exception) -> sqlite3.Connection:
        self.notices.append(
            warning(
                "B303",
                f"the cache in {self.folder.parent.name}/{self.folder.name} cannot be used: {problem}",
                hint="the site is built without it; `toolkit clean` makes a new one",
            )
        )
        return self._open_at(":memory:")

    def _remove_database(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self._database}{ending}")

    def _at_home(self) -> bool:
        """Whether this process may write. A forked worker must not use its parent's connection: it has one to read."""
        if self._process == os.getpid():
            return True
        if self._parents is None:
            own = sqlite3.connect(f"{self._database.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
            self._parents = self._connection  # kept: to close it here would take away its parent's locks
            self._connection = own
        return False

    def _guarded(self, action: Callable[[], Any]) -> Any:
        """The action's result; None where the database fails, which is then made anew (or kept in memory)."""
        try:
            if not self._at_home():
                return action()
        except (OSError, sqlite3.Error, sqlite3.Warning):
            return None
        try:
            return action()
        except sqlite3.ProgrammingError:  # closed by another thread in the meantime: nothing is wrong with the file
            return None
        except (sqlite3.DatabaseError, sqlite3.Warning) as problem:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            if getattr(problem, "sqlite_errorname", "").startswith(_NOT_DAMAGED):
                self._connection = self._in_memory(problem)
            else:
                with contextlib.suppress(OSError):
                    self._remove_database()
                self._connection = self._open()
            return None

    def _write(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        if not rows or self._process != os.getpid():
            return
        if self._guarded(lambda: self._connection.executemany(statement, rows)) is None:
            self._guarded(lambda: self._connection.executemany(statement, rows))

    def _mark_used(self) -> None:
        where = {"fragments": "stage = ? AND key = ?", "blobs": "digest = ?", "results": "key = ?"}
        for table, keys in self._stale.items():
            if keys:
                update = f"UPDATE {table} SET used = {self._today} WHERE {where[table]}"
                self._write(update, list(keys))
                keys.clear()


def _select_blobs(connection: sqlite3.Connection, names: list[str]) -> list[tuple[str, bytes]]:
    rows: list[tuple[str, bytes]] = []
    for some in _slices(names, 500):
        query = f"SELECT digest, value FROM blobs WHERE digest IN ({','.join('?' * len(some))})"
        rows += connection.execute(query, some).fetchall()
    return rows


class _Blobs(Mapping[str, "bytes | str"]):
    """The store's blobs as the mapping that a build wants: read when a job needs them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, name: str) -> bytes | str:
        return self._store.blob_values([name])[name]

    def many(self, names: Sequence[str]) -> dict[str, bytes | str]:
        """Several at once: a third of the time of one by one."""
        return self._store.blob_values(names)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("blobs are looked up, not listed")

    def __len__(self) -> int:
        raise TypeError("blobs are looked up, not counted")


def _blob_bytes(value: bytes | str) -> bytes:
    return b"t" + value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b"b" + value


def blob_of(value: bytes | str) -> Blob:
    """The reference to put into a payload in place of this value."""
    return Blob(digest(_blob_bytes(value)))


def remove_store(folder: Path) -> None:
    """Forget everything, and whatever stands in its place. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        else:
            shutil.rmtree(folder)


def _slices(values: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
