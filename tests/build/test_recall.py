"""What earlier builds worked out: found under its own key, by the same program, whole; else absent."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build.cache import Store
from toolkit_builder.build.recall import Recall, plain


def known(folder: Path, key: str, *, code: str = "1", held: Any = None, thaw: Any = plain) -> Any:
    with Store(folder) as store:
        return Recall(store, {} if held is None else held, code).known("sum", "a", key, thaw)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store(tmp_path) as store:
        Recall(store, {}, "1").keep("sum", "a", "k", [1, 2], plain)
    return tmp_path


def test_a_value_is_found_under_its_key_by_the_same_program_alone(folder: Path) -> None:
    assert known(folder, "k") == [1, 2]
    assert known(folder, "other") is None
    assert known(folder, "k", code="2") is None


def test_of_each_name_only_the_newest_value_is_kept(folder: Path) -> None:
    with Store(folder) as store:
        recall = Recall(store, {}, "1")
        assert recall.latest("sum", "a", plain) == [1, 2]
        recall.keep("sum", "a", "k2", [3], plain)
    assert known(folder, "k") is None
    assert known(folder, "k2") == [3]


def test_a_value_in_memory_needs_no_store_and_no_other_reading(folder: Path, tmp_path: Path) -> None:
    held: dict[tuple[str, str], tuple[str, Any]] = {}
    first = known(folder, "k", held=held, thaw=lambda value: {"sum": sum(value)})
    assert first == {"sum": 3}
    assert known(tmp_path / "empty", "k", held=held) is first
    assert known(tmp_path / "empty", "other", held=held) is None


@pytest.mark.parametrize("value", ["[]", "null", "{}", '["1:k"]', "[3, [1, 2]]", '["1:k", [1, 2], 3]'])
def test_what_has_another_form_is_as_good_as_absent(folder: Path, value: str) -> None:
    with Store(folder) as store:
        store.add_fragments("sum", [("a", value.encode(), ())])
    assert known(folder, "k") is None


@pytest.mark.parametrize("problem", [KeyError, TypeError, ValueError, IndexError, AttributeError])
def test_what_cannot_be_understood_is_as_good_as_absent(folder: Path, problem: type[Exception]) -> None:
    def thaw(value: Any) -> Any:
        raise problem

    assert known(folder, "k", thaw=thaw) is None


def test_a_damaged_row_is_as_good_as_absent(folder: Path) -> None:
    with sqlite3.connect(folder / "fragments.db") as database:
        database.execute("UPDATE fragments SET value = replace(value, '2', '7')")
    database.close()
    assert known(folder, "k") is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_worker_reads_by_a_connection_of_its_own_and_writes_nothing(folder: Path) -> None:
    with Store(folder) as store:
        child = os.fork()
        if child == 0:  # pragma: no cover
            recall = Recall(store, {}, "1")
            found = recall.known("sum", "a", "k", plain) == [1, 2]
            recall.keep("sum", "a", "k", [9], plain)
            os._exit(0 if found else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert store.fragments("sum", ["a"])["a"][0] == ["1:k", [1, 2]]
    assert known(folder, "k") == [1, 2]


def test_what_is_lost_is_kept_again_once_a_week(tmp_path: Path) -> None:
    weeks = {Store(tmp_path, today=day).week for day in range(700, 714)}
    assert len(weeks) == 2


def test_a_thread_that_finds_the_store_closed_takes_nothing_away(folder: Path) -> None:
    store = Store(folder)
    store._connection.close()
    assert store.fragments("sum", ["a"]) == {}
    assert known(folder, "k") == [1, 2]
