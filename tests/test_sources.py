"""Scanning a content folder: what is read, what is refused, and that nothing is opened that must not be."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import sources
from toolkit_builder.encodings import read_text


def write(project: Path, path: str, data: bytes | str = "Text.\n") -> Path:
    place = project / "content" / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data.encode() if isinstance(data, str) else data)
    return place


def codes(project: Path) -> list[str]:
    return sorted(d.code for d in sources.scan(project)[1])


def test_texts_and_other_files_come_sorted_by_path(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.md", "a.md", "é.md", "a/pic.png", "A2.csv"):
        write(tmp_path, name)
    tree, found = sources.scan(tmp_path)
    assert [s.path for s in tree.sources] == [f"content/{n}" for n in ("a.md", "a/z.md", "b.md", "é.md")]
    assert [a.path for a in tree.assets] == ["content/A2.csv", "content/a/pic.png"]
    assert found == []


def test_digests_are_of_the_bytes_as_they_are_stored(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfOne\r\ntwo\rthree\n"
    write(tmp_path, "a.md", data)
    write(tmp_path, "a.bin", data)
    tree, _ = sources.scan(tmp_path)
    expected = hashlib.blake2b(data, digest_size=16).hexdigest()
    assert tree.sources[0] == sources.Source("content/a.md", "One\ntwo\nthree\n", expected, len(data))
    assert tree.assets[0].digest == expected
    assert tree.assets[0].size == len(data)


def test_hidden_files_and_backups_are_passed_over(tmp_path: Path) -> None:
    for name in (".git/a.md", ".#a.md", "#a.md#", "a.md~", ".DS_Store", "Thumbs.db", "~$a.docx", ".a.md.swp"):
        write(tmp_path, name, b"\xff\0")
    assert sources.scan(tmp_path) == (sources.Tree(), [])


def test_links_inside_the_project_are_followed(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "A\n")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "b.md").write_text("B\n", encoding="utf-8")
    (tmp_path / "content" / "c.md").symlink_to("a.md")
    (tmp_path / "content" / "shared").symlink_to("../shared")
    tree, found = sources.scan(tmp_path)
    assert [(s.path, s.text) for s in tree.sources] == [
        ("content/a.md", "A\n"),
        ("content/c.md", "A\n"),
        ("content/shared/b.md", "B\n"),
    ]
    assert found == []


def test_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    for name in "abcdef":
        write(tmp_path, f"{name}/x.md")
        for other in "abcdef":
            (tmp_path / "content" / name / f"to-{other}").symlink_to(f"../{other}")
    tree, found = sources.scan(tmp_path)
    assert {"content/a/x.md", "content/a/to-b/x.md"} <= {s.path for s in tree.sources}
    assert {d.code for d in found} == {"F110"}


def test_a_project_that_is_reached_by_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path / "real", "a.md")
    (tmp_path / "alias").symlink_to("real")
    tree, found = sources.scan(tmp_path / "alias")
    assert [s.path for s in tree.sources] == ["content/a.md"]
    assert found == []


def test_a_content_folder_outside_the_project_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "other", "a.md")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "content").symlink_to("../other/content")
    assert codes(tmp_path / "site") == ["F109"]


def test_a_link_to_a_neighbour_whose_name_begins_alike_leads_out(tmp_path: Path) -> None:
    write(tmp_path / "site-private", "secret.md")
    write(tmp_path / "site", "a.md")
    (tmp_path / "site" / "content" / "b.md").symlink_to("../../site-private/content/secret.md")
    assert codes(tmp_path / "site") == ["F109"]


def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    os.mkfifo(tmp_path / "content" / "pipe.md")
    (tmp_path / "content" / "null.md").symlink_to("/dev/null")
    here = Path.cwd()
    os.chdir(tmp_path / "content")  # a socket's path must be short
    try:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("s.md")
    finally:
        os.chdir(here)
    with listener:
        assert codes(tmp_path) == ["F109", "F111", "F111"]


def test_a_file_that_becomes_a_pipe_after_it_was_listed_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    source, found = sources.read_source(tmp_path, "pipe.md")
    assert source is None
    assert [d.code for d in found] == ["F111"]


def test_a_file_of_100_mb_is_refused_without_reading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.md", "b.mp4"):
        with write(tmp_path, name).open("wb") as file:
            file.truncate(100_000_000)

    def must_not_read(handle: int, count: int) -> bytes:
        raise AssertionError("read")

    monkeypatch.setattr(os, "read", must_not_read)
    assert codes(tmp_path) == ["F108", "F108"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.md").chmod(0)
    write(tmp_path, "b.png").chmod(0)
    assert codes(tmp_path) == ["F102", "F102"]


def test_what_the_system_refuses_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.md")
    write(tmp_path, "b.md")
    real_open = os.open

    def refuse(path: str, flags: int) -> int:
        if path.endswith("a.md"):
            raise PermissionError(13, "Permission denied", path)
        return real_open(path, flags)

    monkeypatch.setattr(os, "open", refuse)
    tree, found = sources.scan(tmp_path)
    assert [s.path for s in tree.sources] == ["content/b.md"]
    assert [(d.code, d.message) for d in found] == [("F102", "this cannot be read: you have no permission to")]


def test_a_link_to_itself_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    (tmp_path / "content" / "b.md").symlink_to("b.md")
    assert codes(tmp_path) == ["F110"]


def test_names_that_clash_in_folders_are_named(tmp_path: Path) -> None:
    write(tmp_path, "News/a.md")
    write(tmp_path, "news/b.md")
    write(tmp_path, "straße.md")
    write(tmp_path, "STRASSE.md")
    assert codes(tmp_path) == ["F113", "F113"]


@pytest.mark.parametrize(
    ("encoding", "text", "message"),
    [
        ("cp1252", "Members’ pay is £2 an hour behind – café", "this file is Windows-1252, not UTF-8"),
        ("cp1252", "Y Gymdeithas: «tâl teg» â ni", "this file is Windows-1252, not UTF-8"),
        ("utf-16", "Pay", "this file is UTF-16, not UTF-8"),
        ("utf-16-le", "Our pay and our hours", "this file is UTF-16, not UTF-8"),
        ("utf-16-be", "Our “pay” and our hours", "this file is UTF-16, not UTF-8"),
        ("utf-32", "Pay", "this file is UTF-32, not UTF-8"),
    ],
)
def test_encodings_are_named(encoding: str, text: str, message: str) -> None:
    value, (found,) = read_text(text.encode(encoding), "a.md")
    assert value is None
    assert (found.code, found.message) == ("F103", message)


def test_text_in_another_encoding_is_not_taken_for_windows_1252() -> None:
    text = "Работники требуют справедливой оплаты труда и достойных условий для всех. " * 5
    _, (found,) = read_text(text.encode("koi8-r"), "a.md")
    assert "Windows-1252" not in found.message


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_named(data: bytes) -> None:
    text, found = read_text(data, "a.md")
    assert (text is None) == any(d.is_error for d in found)
    if text is not None:
        assert text.encode().decode() == text
        assert "\r" not in text
        assert "\0" not in text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200).filter(str.strip))
@settings(max_examples=200, deadline=None)
def test_every_text_in_utf8_comes_back_as_it_was(text: str) -> None:
    if text.startswith("\ufeff") or any(c in text for c in "\ufffe\uffff"):
        return
    read, found = read_text(text.encode(), "a.md")
    assert read == text
    assert {d.code for d in found} <= {"F117"}


@pytest.mark.parametrize("meant", ["“", "’", "–", "—", "…", "£", "©", "é", "ö", "ŵ", "ŷ", "â"])
def test_text_that_was_encoded_twice_is_named_and_kept(meant: str) -> None:
    text = f"Ein {meant.encode().decode('cp1252', 'ignore')} cyflog\n"
    read, found = read_text(text.encode(), "a.md")
    assert read == text
    assert [d.code for d in found] == ["F117"]
    assert found[0].hint.endswith(meant)


@given(st.text("ab\r\n£’", max_size=30), st.text("ab\r\n£’", max_size=10))
@settings(max_examples=200, deadline=None)
def test_the_place_of_a_bad_byte_is_right(before: str, after: str) -> None:
    _, (found,) = read_text(before.encode() + b"\x01" + after.encode(), "a.md")
    span = found.span
    assert span is not None
    lines = (before + "\x01" + after).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines[span.line - 1][span.column - 1] == "\x01"
    assert found.source == lines[span.line - 1]


def test_a_thousand_files_are_read_in_good_time(tmp_path: Path) -> None:
    for n in range(1000):
        words = "Conference notes that £1 is not enough.\n" * 50
        write(tmp_path, f"{n % 20}/{n}.md", f"---\ntitle: “{n}”\n---\n{words}")
    start = time.process_time()
    tree, _ = sources.scan(tmp_path)
    assert len(tree.sources) == 1000
    assert time.process_time() - start < 2
