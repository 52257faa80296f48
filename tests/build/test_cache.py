"""A store that is damaged, foreign or of another version costs time and nothing else; its size is bounded."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build.cache import KEPT_DAYS, Store, blob_of, remove_store
from toolkit_builder.build.digests import digest
from toolkit_builder.build.stage import StageFault, WithBlobs, stage
from toolkit_builder.diagnostics import warning

from .fake import Site, expected

calls: list[str] = []


def parse(text: str) -> WithBlobs:
    """A stage's function: a title, and the body beside it."""
    calls.append(text)
    body = f"<p>{text}</p>"
    blob = blob_of(body)
    return WithBlobs({"title": text.upper(), "pair": (1, 2), "body": blob.digest}, {blob.digest: body})


def crash(text: str) -> Any:
    raise ZeroDivisionError(text)


def no_json(text: str) -> Any:
    return {text}


def parsed(store: Store, *texts: str, version: str = "1", **more: Any) -> list[Any]:
    return stage("parse", version, [(digest(t.encode()), t) for t in texts], parse, store, **more)


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


def test_a_stage_computes_each_value_once_and_gives_the_same_cold_and_warm(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        cold = parsed(store, "a", "b", "a")
    assert calls == ["a", "b"]
    assert cold[0] == {"title": "A", "pair": [1, 2], "body": blob_of("<p>a</p>").digest}
    assert cold[0] == cold[2]
    with Store(tmp_path) as store:
        assert parsed(store, "a", "b", "a") == cold
        assert store.blobs[cold[1]["body"]] == "<p>b</p>"
    assert calls == ["a", "b"]


def test_another_version_of_a_stage_starts_anew(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        parsed(store, "a")
        parsed(store, "a", version="2")
    assert calls == ["a", "a"]


def test_a_payload_that_is_costly_is_fetched_only_where_it_is_needed(tmp_path: Path) -> None:
    fetched: list[str] = []

    def fetch() -> str:
        fetched.append("x")
        return "text"

    with Store(tmp_path) as store:
        for _ in range(2):
            assert stage("parse", "1", [("k", fetch)], parse, store)[0]["title"] == "TEXT"
    assert fetched == ["x"]


def test_many_values_in_worker_processes_come_back_in_order(tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(300)]
    with Store(tmp_path / "many") as store:
        many = parsed(store, *texts, workers=2)
    assert calls == [], "none was computed in this process"
    with Store(tmp_path / "one") as store:
        assert parsed(store, *texts, workers=1) == many
    with Store(tmp_path / "many") as store:
        assert parsed(store, *texts) == many
        assert store.blobs[many[299]["body"]] == "<p>text 299</p>"


@pytest.mark.parametrize("function", [crash, no_json])
@pytest.mark.parametrize("count", [1, 100])
def test_a_function_that_raises_is_a_fault_that_names_its_input(tmp_path: Path, function: Any, count: int) -> None:
    inputs = [(str(n), f"text {n}") for n in range(count)]
    labels = [f"content/{n}.md" for n in range(count)]
    with Store(tmp_path) as store, pytest.raises(StageFault, match=r"parse of content/\d+\.md") as caught:
        stage("parse", "1", inputs, function, store, labels=labels, workers=2)
    assert "Traceback" in caught.value.trace


# --- damage ----------------------------------------------------------------------------------------------


def database(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "fragments.db")


def alter(folder: Path, statement: str, *values: Any) -> None:
    connection = database(folder)
    with connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE fragments SET value = \'[{"title": "POISON"},[]]\'',
        "UPDATE fragments SET value = x'00'",
        "UPDATE fragments SET seal = x'00'",
        "UPDATE blobs SET value = 'poison'",
        "UPDATE blobs SET value = x'74'",
        "DELETE FROM blobs",
    ],
)
def test_a_poisoned_value_is_made_again(tmp_path: Path, statement: str) -> None:
    with Store(tmp_path) as store:
        right = parsed(store, "a")
    alter(tmp_path, statement)
    with Store(tmp_path) as store:
        assert parsed(store, "a") == right
        assert store.blobs[right[0]["body"]] == "<p>a</p>"
    assert calls == ["a", "a"]
    with Store(tmp_path) as store:
        assert parsed(store, "a") == right
        assert store.blobs[right[0]["body"]] == "<p>a</p>"
    assert calls == ["a", "a"], "and kept again"


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 5000, -1, -100])
def test_a_database_cut_short_is_made_again(tmp_path: Path, size: int) -> None:
    with Store(tmp_path) as store:
        right = parsed(store, *(f"text {n}" * 50 for n in range(50)))
    file = tmp_path / "fragments.db"
    file.write_bytes(file.read_bytes()[:size])
    for _ in range(2):
        with Store(tmp_path) as store:
            assert parsed(store, *(f"text {n}" * 50 for n in range(50))) == right
            assert store.notices == []


@pytest.mark.parametrize("data", [b"not a database at all, but long enough to be read as one" * 99, b"\0" * 9000])
def test_a_foreign_file_in_its_place_is_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "fragments.db").write_bytes(data)
    with Store(tmp_path) as store:
        parsed(store, "a")
    with Store(tmp_path) as store:
        parsed(store, "a")
    assert calls == ["a"]


def test_bytes_flipped_anywhere_in_the_database_never_change_a_value(tmp_path: Path) -> None:
    texts = [f"text {n} " * 30 for n in range(60)]
    with Store(tmp_path) as store:
        right = parsed(store, *texts)
    file = tmp_path / "fragments.db"
    good = file.read_bytes()
    for at in range(0, len(good), len(good) // 40):
        bad = bytearray(good)
        bad[at : at + 16] = bytes(b ^ 0x55 for b in bad[at : at + 16])
        for ending in ("-wal", "-shm"):
            (tmp_path / f"fragments.db{ending}").unlink(missing_ok=True)
        file.write_bytes(bytes(bad))
        with Store(tmp_path) as store:
            assert parsed(store, *texts) == right
            assert store.blobs[right[7]["body"]] == f"<p>{texts[7]}</p>"


def test_another_versions_database_is_replaced(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        parsed(store, "a")
    connection = database(tmp_path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with Store(tmp_path) as store:
        parsed(store, "a")
        assert store.usage().fragments == 1
    assert calls == ["a", "a"]


def test_a_folder_that_cannot_be_written_means_no_cache_and_a_warning(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with Store(tmp_path / "store") as store:
        assert parsed(store, "a")[0]["title"] == "A"
        (notice,) = store.notices
    assert notice.code == "B303"


def test_a_damaged_object_is_missing_and_then_removed(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        name = store.objects.add(b"bytes")
        assert store.objects.read(name) == b"bytes"
        store.objects.path(name).write_bytes(b"other")
        assert store.objects.has(name)
        assert store.objects.read(name) is None
        assert not store.objects.has(name)
        store.objects.path(name).write_bytes(b"other")
        assert store.objects.add(b"bytes") == name
        assert store.objects.read(name) == b"bytes"


def test_results_bring_their_diagnostics_along(tmp_path: Path) -> None:
    found = [warning("T1", "odd")]
    with Store(tmp_path) as store:
        name = store.objects.add(b"pdf")
        store.add_result("key", name, found)
    with Store(tmp_path) as store:
        assert store.result("key") == (name, found)
        assert store.result("other") is None
        store.objects.path(name).unlink()
        assert store.result("key") is None


@pytest.mark.parametrize("what", ["objects", "database", "states", "explain", "everything"])
def test_a_poisoned_cache_never_reaches_the_site(site: Site, what: str) -> None:
    texts = {"index.html": "home", "a.pdf": "print", "b.pdf": "other"}
    site.built(texts)
    site.built({**texts, "a.pdf": "changed"})
    cache = site.folder / ".toolkit"
    patterns = {"objects": "objects/*/*", "database": "fragments.db", "states": "tree-*", "explain": "explain.db"}
    victims = [p for p in cache.rglob(patterns.get(what, "*")) if p.is_file() and "standby" not in p.parts]
    assert victims
    for path in victims:
        path.write_bytes(b"poison")
    for text in ("print", "changed", "third"):
        wanted = {**texts, "a.pdf": text}
        site.built(wanted)
        assert site.files() == expected(wanted)


# --- size ------------------------------------------------------------------------------------------------


def test_what_no_build_uses_for_a_month_goes(tmp_path: Path) -> None:
    with Store(tmp_path, today=1000) as store:
        parsed(store, "used", "unused")
    with Store(tmp_path, today=1000 + KEPT_DAYS - 1) as store:
        parsed(store, "used")
        store.collect(set)
    with Store(tmp_path, today=1000 + KEPT_DAYS + 2) as store:
        store.collect(set)
        assert store.usage().fragments == 1
        calls.clear()
        right = parsed(store, "used")
        assert store.blobs[right[0]["body"]] == "<p>used</p>"
        assert calls == []


def test_old_objects_go_but_never_those_of_the_site(tmp_path: Path) -> None:
    today = int(time.time() // 86400)
    with Store(tmp_path, today=today + KEPT_DAYS + 2) as store:
        live, dead = store.objects.add(b"live"), store.objects.add(b"dead")
        store.collect(lambda: {live})
        assert store.objects.read(live) == b"live"
        assert not store.objects.has(dead)


def test_what_a_large_site_is_made_from_is_kept_whatever_the_limit_is(tmp_path: Path) -> None:
    names = [f"{n} " + "x" * 1000 for n in range(80)]
    for day in (2000, 2006, 2007):
        with Store(tmp_path, limit=20_000, today=day) as store:
            calls.clear()
            parsed(store, *(names if day != 2006 else names[:1]), workers=1)
            assert len(calls) == (80 if day == 2000 else 0)
            store.collect(set)


def test_the_store_stays_within_its_limit(tmp_path: Path) -> None:
    for day in range(6):
        with Store(tmp_path, limit=200_000, today=2000 + 8 * day) as store:
            parsed(store, *(f"{day} {n} " + "x" * 1000 for n in range(80)))
            for n in range(4):
                name = store.objects.add(bytes([day, n]) * 10_000)
                os.utime(store.objects.path(name), (day, day))
            store.collect(set)
    with Store(tmp_path, limit=200_000, today=2041) as store:
        usage = store.usage()
        assert 80 <= usage.fragments < 6 * 80
        assert usage.objects <= 10
        assert usage.bytes <= 2 * usage.limit
        assert parsed(store, "5 0 " + "x" * 1000)
    remove_store(tmp_path)
    assert not tmp_path.exists()
