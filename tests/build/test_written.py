"""Pages that worker processes write themselves are those that a build in one process publishes."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from toolkit_builder.build.jobs import Job
from toolkit_builder.build.publish import Publication
from toolkit_builder.build.written import Put

from .fake import Site, expected, pages

BEFORE = {f"m/{n}/index.html": f"motion {n}" for n in range(320)}
AFTER = {path: f"{text}, amended" for path, text in BEFORE.items()} | {"new/index.html": "one more"}
write = Publication.put_apart


def full(*_: object) -> Put:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "full")


def by_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Publication, "put", full)


def left(site: Site) -> list[str]:
    return [name for name in os.listdir(site.state / "standby") if name.startswith(".toolkit-new-")]


def test_workers_write_the_files_of_a_first_build_and_of_a_change(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    by_nobody_else(monkeypatch)
    site.built(BEFORE, workers=2)
    assert site.files() == expected(BEFORE)
    site.built(AFTER, workers=2)
    assert site.files() == expected(AFTER)
    site.built(BEFORE, workers=2)
    assert site.files() == expected(BEFORE)
    assert left(site) == []


def test_every_file_may_be_read_by_all(site: Site) -> None:
    before = os.umask(0o077)
    try:
        site.built(BEFORE, workers=2)
        site.built(AFTER, workers=2)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in site.output.rglob("index.html")} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in site.output.rglob("*") if path.is_dir()} == {0o755}


def test_a_file_whose_bytes_stay_keeps_its_inode(site: Site) -> None:
    site.built(BEFORE, workers=2)
    inodes = {path: (site.output / path).stat().st_ino for path in BEFORE}
    again: list[Job] = [replace(job, closure="c2") for job in pages(BEFORE)]
    report = site.built(again, workers=2)
    assert report.rendered == {"page": len(BEFORE)}
    assert {path: (site.output / path).stat().st_ino for path in BEFORE} == inodes


@pytest.mark.parametrize("texts", [BEFORE, AFTER], ids=["first build", "change"])
def test_a_worker_that_dies_after_it_has_written_loses_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: dict[str, str]
) -> None:
    if texts is AFTER:
        site.built(BEFORE, workers=2)
    mark = tmp_path / "died"

    def die(self: Publication, path: str, data: bytes, name: str) -> Put:
        put = write(self, path, data, name)
        if path == "m/99/index.html" and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return put

    monkeypatch.setattr(Publication, "put_apart", die)
    site.built(texts, workers=2)
    assert mark.exists()
    assert site.files() == expected(texts)
    monkeypatch.undo()
    site.built({**texts, "last.html": "and what was left is gone"}, workers=2)
    site.built(texts, workers=2)
    assert site.files() == expected(texts)
    assert left(site) == []


def test_what_a_worker_cannot_write_the_build_itself_tries(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.built(BEFORE, workers=2)
    with monkeypatch.context() as patch:
        patch.setattr(Publication, "put_apart", full)
        site.built(AFTER, workers=2)
    assert site.files() == expected(AFTER)


def test_a_full_disk_leaves_the_old_site_and_no_litter(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.built(BEFORE, workers=2)
    some = {path: text for path, text in AFTER.items() if not path.endswith("9/index.html")}

    def nearly_full(self: Publication, path: str, data: bytes, name: str) -> Put:
        return write(self, path, data, name) if path in some else full()

    with monkeypatch.context() as patch:
        patch.setattr(Publication, "put_apart", nearly_full)
        by_nobody_else(patch)
        report = site.build(AFTER, workers=2)
    assert not report.published
    assert "no space left on device" in report.diagnostics[0].message
    assert site.files() == expected(BEFORE)
    assert left(site) == []
