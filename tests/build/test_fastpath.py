"""The no-change path says "unchanged" only where a build would change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import pytest

from toolkit_builder.build import fastpath
from toolkit_builder.build.digests import digest
from toolkit_builder.build.engine import Options, build
from toolkit_builder.build.fastpath import Record, read_record, scan
from toolkit_builder.build.inputs import Inputs, known_digests

from .fake import Site, pages

LONG_AGO = 1_700_000_000
HEAD = {
    "settings": "[('A', 'b')]\nand more",
    "clock": "",
    "valid_until": "2027-06-01",
    "said": '[{"a":1}]',
    "state": "0d2a",
    "scanned_ns": 12,
    "tree": 7,
    "racy": [0, 5],
    "roots": {"content": "content", "theme x": "/srv/\udcff"},
}


@pytest.fixture
def built(site: Site) -> Site:
    """A site with two inputs from long ago, built with settings "s" on 1 May, good until 1 June."""
    for name in ("a.md", "deep/b.md"):
        file = site.folder / "content" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        os.utime(file, (LONG_AGO, LONG_AGO))
    rebuild(site)
    return site


def rebuild(site: Site, size: int = 20) -> None:
    roots = {"content": "content", "toolkit.yaml": "toolkit.yaml"}
    now = time.time_ns()
    found = scan(fastpath.absolute_roots(str(site.folder), roots))
    digests = {}
    for line in found.split("\n")[:-1]:
        name = line.split("\t")[0]
        digests[name] = blake2b((site.folder / name).read_bytes(), digest_size=size).hexdigest()
    options = Options(
        settings="s",
        clock="2027-05-01",
        valid_until="2027-06-01",
        inputs=Inputs(roots, found, now, digests),
        durable=False,
    )
    assert build(site.folder, site.output, pages({"i.html": "x", "a/i.html": "y"}), {}, site.chain, options).published


def same(site: Site, settings: str = "s", now: str = "2027-05-02") -> bool:
    looked = fastpath.look(str(site.folder), str(site.output))
    return looked is not None and looked.unchanged(settings, now)


def test_nothing_has_changed(built: Site) -> None:
    assert same(built)
    assert same(built)


CHANGES: dict[str, Callable[[Path], object]] = {
    "an input edited": lambda p: (p / "content/a.md").write_text("other"),
    "an input touched": lambda p: os.utime(p / "content/a.md"),
    "an input replaced by one of the same size and time": lambda p: replace(p / "content/a.md"),
    "an input added": lambda p: (p / "content/c.md").write_text(""),
    "an input removed": lambda p: (p / "content/a.md").unlink(),
    "an input renamed": lambda p: (p / "content/a.md").rename(p / "content/z.md"),
    "a root that was missing": lambda p: (p / "toolkit.yaml").write_text(""),
    "an input in a new folder": lambda p: ((p / "content/new").mkdir(), (p / "content/new/x").touch()),
    "an output removed": lambda p: (p / "output/i.html").unlink(),
    "an output edited": lambda p: (p / "output/a/i.html").write_text("hand"),
    "all outputs removed": lambda p: (p / "output").rename(p / "moved"),
    "the record removed": lambda p: next((p / ".toolkit").rglob("record")).unlink(),
    "the record cut short": lambda p: cut(next((p / ".toolkit").rglob("record"))),
}


def replace(file: Path) -> None:
    other = file.with_name("other")
    other.write_text("A.MD")
    os.utime(other, (LONG_AGO, LONG_AGO))
    other.rename(file)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(built: Site, change: str) -> None:
    CHANGES[change](built.folder)
    assert not same(built)


def test_settings_and_dates_count(built: Site) -> None:
    assert not same(built, settings="other")
    assert not same(built, now="2027-04-30"), "before the clock it was built for"
    assert same(built, now="2027-05-31T23:59")
    assert not same(built, now="2027-06-01"), "an embargo has ended"


def test_an_edit_within_the_clock_tick_of_the_build_is_seen(built: Site) -> None:
    """Same size, same time stamp, same inode: only the bytes differ."""
    file = built.folder / "content" / "a.md"
    file.write_text("four")
    stamp = time.time_ns()
    os.utime(file, ns=(stamp, stamp))
    rebuild(built)
    assert same(built)
    with file.open("r+") as opened:
        opened.write("FOUR")
    os.utime(file, ns=(stamp, stamp))
    assert not same(built)


def test_the_reader_may_use_shorter_digests(built: Site) -> None:
    (built.folder / "content" / "a.md").write_text("young")
    rebuild(built, size=16)
    assert same(built)


def test_young_inputs_are_hashed_only_until_they_are_old(built: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (built.folder / "content" / "a.md").write_text("young")
    rebuild(built)
    record = read_record(str(built.state))
    assert record is not None
    assert len(record.head["racy"]) == 1
    monkeypatch.setattr(time, "time_ns", lambda: record.head["scanned_ns"] + 10**10)
    assert same(built)
    later = read_record(str(built.state))
    assert later is not None
    assert later.head["racy"] == fastpath.racy_lines(later.inputs, later.head["scanned_ns"]) == []
    assert [p.name for p in built.state.glob("record*")] == ["record"]


def test_digests_of_unchanged_inputs_are_known_without_reading(built: Site) -> None:
    def known() -> dict[str, str]:
        roots = fastpath.absolute_roots(str(built.folder), {"content": "content"})
        return known_digests(read_record(str(built.state)), scan(roots))

    assert known() == {"content/a.md": digest(b"a.md"), "content/deep/b.md": digest(b"deep/b.md")}
    (built.folder / "content" / "a.md").write_text("edit")
    assert known() == {"content/deep/b.md": digest(b"deep/b.md")}


def test_a_link_to_a_folder_is_followed_and_a_loop_is_not(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.md").write_text("x")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root")
    (tmp_path / "root" / "nowhere").symlink_to(tmp_path / "none")
    names = [line.split("\t")[0] for line in scan({"r": str(tmp_path / "root")}).split("\n")[:-1]]
    assert names == ["r/link/x.md", "r/nowhere"]


@pytest.mark.parametrize("name", ["new\nline", "tab\there", "bell\a", "é", "line\u2028separator", "back\\slash"])
def test_odd_names_stay_one_line_each(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    (tmp_path / "plain").write_text("x")
    found = scan({"r": str(tmp_path)})
    assert len(found.split("\n")) == 3
    assert all(len(line.split("\t")) == 4 for line in found.split("\n")[:-1])
    record = Record(HEAD, found, "")
    place = tmp_path / "state"
    place.mkdir()
    (place / "record").write_bytes(record.to_bytes())
    again = read_record(str(place))
    assert again is not None
    assert again.inputs == found
    assert again.head == HEAD


def test_names_that_are_no_unicode_are_seen(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"\xff.md")).write_text("x")
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert scan({"r": str(tmp_path)}).startswith("r/\\xff.md\t")


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_record_with_a_flipped_bit_is_none_or_the_same(built: Site, at: int) -> None:
    file = built.state / "record"
    data = bytearray(file.read_bytes())
    data[at % len(data)] ^= 4
    file.write_bytes(bytes(data))
    assert read_record(str(built.state)) is None
    assert not same(built)


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, toolkit_builder.build.fastpath; print(*sorted(sys.modules))"
    root = str(Path(__file__).parents[2])
    run = [sys.executable, "-S", "-c", code]
    loaded = set(
        subprocess.run(
            run, env={**os.environ, "PYTHONPATH": root}, capture_output=True, text=True, check=True
        ).stdout.split()
    )
    assert not loaded & {
        "typing",
        "msgspec",
        "dataclasses",
        "pathlib",
        "hashlib",
        "sqlite3",
        "logging",
        "re2",
        "filelock",
        "click",
    }
