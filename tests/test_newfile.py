"""Files beside the built site are written as a whole, or not at all."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder import newfile


def test_a_file_is_never_written_over_unasked(tmp_path: Path) -> None:
    newfile.write(tmp_path / "a" / "b.txt", "one")
    with pytest.raises(FileExistsError):
        newfile.write(tmp_path / "a" / "b.txt", "two")
    assert (tmp_path / "a" / "b.txt").read_text() == "one"
    newfile.write(tmp_path / "a" / "b.txt", b"three", over=True)
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b.txt"]
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"three"


@pytest.mark.parametrize("over", [False, True])
def test_a_full_disk_leaves_nothing_new_and_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: bool
) -> None:
    target = tmp_path / "b.txt"
    if over:
        target.write_text("old")

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            super().write(data[:2])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(newfile, "_opened", lambda path, mode: Full(path, mode.replace("b", "")))
    with pytest.raises(OSError, match="No space left") as told:
        newfile.write(target, "new text", over=over)
    assert told.value.filename == str(target)
    assert [p.name for p in tmp_path.iterdir()] == (["b.txt"] if over else [])
    assert not over or target.read_text() == "old"


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(OSError, match=r"b\.txt"):
        newfile.write(tmp_path / "b.txt", "x", over=True)
    assert [p.name for p in tmp_path.iterdir()] == ["b.txt"]
