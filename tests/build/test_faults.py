"""A disk that fails: the last good site stays whole, the sentence names the path, and the next build succeeds."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build import engine, publish
from toolkit_builder.build.engine import BuildReport

from .fake import Site, expected
from .test_kill import litter

BEFORE = {"index.html": "old home", "gone/index.html": "gone", "same/index.html": "same", "a.pdf": "old print"}
AFTER = {"index.html": "new home", "new/index.html": "new", "same/index.html": "same", "a.pdf": "new print"}

CALLS = ["open", "write", "fchmod", "link", "mkdir", "replace", "unlink", "rmdir", "fsync"]
CODES = [errno.ENOSPC, errno.EACCES, errno.EIO]


class Faulty:
    """Lets the n-th call of one of `os`'s functions fail; ``happened`` says whether there was one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, code: int, nth: int) -> None:
        self.happened = False
        real = getattr(os, name)
        left = [nth]

        def failing(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0]:
                return real(*arguments, **options)
            self.happened = True
            subject = next((a for a in arguments if isinstance(a, str | os.PathLike)), None)
            raise OSError(code, os.strerror(code), os.fspath(subject) if subject is not None else None)

        monkeypatch.setattr(os, name, failing)


def prepared(site: Site) -> None:
    for texts in (BEFORE, {**BEFORE, "index.html": "older"}, BEFORE):
        site.built(texts)


def check(site: Site, report: BuildReport) -> None:
    """After a fault: either all went through, or the old site stands and a sentence names a path."""
    if report.published:
        assert site.files() == expected(AFTER)
    else:
        assert site.files() == expected(BEFORE)
        assert report.exit_code == 1
        assert [d.code for d in report.diagnostics if d.is_error] == ["B301"]
    site.built(AFTER)
    assert site.files() == expected(AFTER)
    assert litter(site) == []


@pytest.mark.parametrize("name", CALLS)
def test_any_call_may_fail(site: Site, name: str) -> None:
    """Every single call of a function is made to fail in turn, with each error, each time in another build."""
    prepared(site)
    nth, failed, happened = 0, 0, True
    while happened:
        nth += 1
        for code in CODES:
            with pytest.MonkeyPatch.context() as patch:
                faulty = Faulty(patch, name, code, nth)
                report = site.build(AFTER, durable=True)
            happened = faulty.happened
            failed += not report.published
            check(site, report)
            prepared(site)
    assert nth > 1, f"os.{name} is never called: the test tests nothing"
    assert failed or name in {"unlink", "rmdir"}
    print(f"counted: {nth - 1} calls of os.{name} failed in turn, with {len(CODES)} errors each, in an update")


@pytest.mark.parametrize("name", ["open", "write", "fchmod", "link", "mkdir", "rename", "replace", "chmod"])
@pytest.mark.parametrize("there", [False, True])
def test_any_call_of_a_first_build_may_fail(tmp_path: Path, name: str, there: bool) -> None:
    nth = 0
    happened = True
    while happened:
        nth += 1
        site = Site(tmp_path / str(nth))
        site.folder.mkdir()
        if there:
            site.output.mkdir()
            (site.output / ".gitkeep").touch()
        with pytest.MonkeyPatch.context() as patch:
            faulty = Faulty(patch, name, CODES[nth % 3], nth)
            report = site.build(AFTER)
        happened = faulty.happened
        if not report.published:
            assert [d.code for d in report.diagnostics if d.is_error] == ["B301"]
            assert not site.output.exists() or list(site.files()) == ([".gitkeep"] if there else [])
        site.built(AFTER)
        keep = {".gitkeep": b""} if there else {}
        assert site.files() == {**keep, **expected(AFTER)}
        assert litter(site) == []
    assert nth > 1 or name == "link"
    print(f"counted: {nth - 1} calls of os.{name} failed in turn in a first build")


def test_a_rename_may_fail_where_exchanging_takes_two(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish.exchange, "in_one_call", lambda a, b: False)
    for nth in (1, 2, 3):
        prepared(site)
        with pytest.MonkeyPatch.context() as patch:
            faulty = Faulty(patch, "rename", CODES[nth % 3], nth)
            report = site.build(AFTER)
        assert faulty.happened
        assert report.published == (nth == 3)
        assert site.files() == (expected(AFTER) if report.published else expected(BEFORE))
        site.built(AFTER)
        assert site.files() == expected(AFTER)
        assert litter(site) == []


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM])
def test_a_cache_that_no_rename_reaches(site: Site, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """As where output/ is on another file system: the standby tree stays beside it."""
    real = os.rename

    def rename(source: Any, target: Any) -> None:
        if ".toolkit" in str(target):
            raise OSError(code, os.strerror(code), str(source), None, str(target))
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    for text in ("one", "two", "three", "four"):
        texts = {**BEFORE, "index.html": text}
        site.built(texts)
        assert site.files() == expected(texts)
    assert sorted(p.name for p in site.folder.iterdir()) == [".output.toolkit-standby", ".toolkit", "output"]


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP])
def test_objects_that_cannot_be_linked_are_copied(site: Site, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    real = os.link

    def link(source: Any, target: Any, **options: Any) -> None:
        if f"{os.sep}objects{os.sep}" in str(source):
            raise OSError(code, os.strerror(code), str(source), None, str(target))
        real(source, target, **options)

    monkeypatch.setattr(os, "link", link)
    for text in ("one", "two", "one", "two"):
        texts = {**BEFORE, "a.pdf": text}
        site.built(texts)
        assert site.files() == expected(texts)


def test_a_folder_of_a_lower_layer_is_emptied_and_replaced_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container image (overlayfs), where this machine has none."""
    site.output.mkdir()
    (site.output / ".gitkeep").write_text("mine")
    lower = {os.stat(site.output).st_ino}
    real = publish.exchange.in_one_call

    def in_one_call(a: Path, b: Path) -> bool:
        if lower & {os.stat(a).st_ino, os.stat(b).st_ino}:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(b))
        return real(a, b)

    monkeypatch.setattr(publish.exchange, "in_one_call", in_one_call)
    for text in ("one", "two", "three"):
        texts = {**BEFORE, "index.html": text}
        site.built(texts)
        assert site.files() == {".gitkeep": b"mine", **expected(texts)}
        lower &= {os.stat(site.output).st_ino}  # from the second build on it is a folder of the upper layer
    assert litter(site) == []


def test_an_exchange_that_fails_leaves_the_old_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(site)

    def fail(a: Path, b: Path) -> bool:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(b))

    with monkeypatch.context() as patch:
        patch.setattr(publish.exchange, "in_one_call", fail)
        report = site.build(AFTER)
    (found,) = report.diagnostics
    assert found.message == "output cannot be read or written: input/output error"
    check(site, report)


def test_a_failing_flush_leaves_the_old_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared(site)

    def fail(written: list[str], folder: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))

    with monkeypatch.context() as patch:
        patch.setattr(publish, "flush", fail)
        check(site, site.build(AFTER, durable=True))


def test_a_write_that_takes_only_a_part_goes_on(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data)[:3]))
    site.built(AFTER)
    assert site.files() == expected(AFTER)


def test_interrupting_the_build_leaves_the_old_site(site: Site) -> None:
    prepared(site)

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        site.build(AFTER, on_progress=interrupt)
    assert site.files() == expected(BEFORE)
    site.built(AFTER)
    assert litter(site) == []


def test_a_fault_while_remembering_is_no_failure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    (site.folder / "content").mkdir()
    options = site.with_inputs()

    def fail(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "full", str(path))

    monkeypatch.setattr(engine, "write_file", fail)
    from .fake import pages

    report = engine.build(site.folder, site.output, pages(AFTER), {}, site.chain, options)
    assert report.published
    assert site.files() == expected(AFTER)


def test_a_project_that_cannot_be_written_is_a_sentence(site: Site) -> None:
    (site.folder / ".toolkit").write_text("a file where the folder should be")
    report = site.build(AFTER)
    assert report.exit_code == 1
    (found,) = report.diagnostics
    assert ".toolkit" in found.message


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of 1 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("no tmpfs can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_a_disk_that_is_full(small_disk: Path) -> None:
    (small_disk / "project").mkdir()
    site = Site(small_disk / "project")
    prepared(site)
    too_much = {**AFTER, **{f"big/{n}.html": "x" * 50_000 for n in range(30)}, "big.pdf": "y" * 90_000}
    report = site.build(too_much)
    assert report.exit_code == 1
    assert any("cannot be read or written: no space left on device" in d.message for d in report.diagnostics)
    check(site, report)
