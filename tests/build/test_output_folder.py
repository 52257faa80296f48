"""What a build refuses to replace, what it takes over, and what it mends."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit_builder.build import engine, fastpath, guard, publish
from toolkit_builder.build.engine import build
from toolkit_builder.build.manifest import identity

from .fake import Chain, Site, contents, expected, page

TEXTS = {"index.html": "home", "a/index.html": "a", "a.pdf": "print"}


def refused(site: Site, output: Path, **options: object) -> str:
    """The one sentence with which a build into this folder ends."""
    from toolkit_builder.build.engine import Options

    chosen = Options(durable=False, **options)  # type: ignore[arg-type]
    report = build(site.folder, output, [page("index.html", "x")], {}, Chain(), chosen)
    assert report.exit_code == 1
    (found,) = report.diagnostics
    assert found.hint
    return found.message


def test_foreign_files_are_named_and_kept(site: Site) -> None:
    site.output.mkdir()
    for n in range(7):
        (site.output / f"holiday-{n}.jpg").write_text("mine")
    assert refused(site, site.output) == (
        "output/ holds files that no build made: holiday-0.jpg, holiday-1.jpg, holiday-2.jpg, holiday-3.jpg, "
        "holiday-4.jpg and 2 more"
    )
    assert len(contents(site.output)) == 7


def test_a_folder_full_of_other_things_is_refused_without_reading_all_of_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in range(30):
        (tmp_path / "usr" / f"{folder:02}").mkdir(parents=True)
        for n in range(50):
            (tmp_path / "usr" / f"{folder:02}" / f"{n:02}").touch()
    looked: list[str] = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda place: (looked.append(str(place)), real(place))[1])
    assert refused(site, tmp_path / "usr").endswith(
        "holds files that no build made: 00/00, 00/01, 00/02, 00/03, 00/04 and many more"
    )
    assert len(looked) < 10


@pytest.mark.parametrize("where", ["mine.txt", "a/mine.txt", "new/deep/mine.txt"])
def test_a_foreign_file_that_comes_later_is_noticed(site: Site, where: str) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "changed"})
    mine = site.output / where
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine")
    report = site.build(TEXTS)
    assert [d.message for d in report.diagnostics] == [
        f"output/ holds a file that no build of this project has made: {where}"
    ]
    assert mine.read_text() == "mine"
    mine.unlink()
    site.built(TEXTS)
    assert site.files() == expected(TEXTS)


def test_a_state_of_another_version_does_not_make_the_site_foreign(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_LOOK_AGAIN_AFTER", 0)
    texts = page("index.html", "home"), page("a/index.html", "a")
    build(site.folder, site.output, texts, {}, Chain(), site.with_inputs())
    for path in site.state.glob("tree-*"):
        path.write_text("written by another version")
    assert build(site.folder, site.output, texts, {}, Chain(), site.with_inputs()).published


@pytest.mark.parametrize("first", [True, False])
def test_a_foreign_file_that_comes_while_the_site_is_being_built_is_not_lost(
    site: Site, first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_LOOK_AGAIN_AFTER", 0.0)
    if not first:
        site.built(TEXTS)

    def come(done: int, total: int) -> None:
        site.output.mkdir(exist_ok=True)
        (site.output / "mine.txt").write_text("mine")

    report = site.build({**TEXTS, "index.html": "new"}, on_progress=come)
    assert [d.code for d in report.diagnostics] == ["B201"]
    assert (site.output / "mine.txt").read_text() == "mine"
    (site.output / "mine.txt").unlink()
    site.built(TEXTS)
    assert site.files() == expected(TEXTS)


def test_what_file_managers_leave_behind_is_no_foreign_file(site: Site) -> None:
    site.built(TEXTS)
    for text in ("one", "two", "three"):
        (site.output / "a" / ".DS_Store").write_text("x")
        site.built({**TEXTS, "index.html": text})
        assert site.files() == expected({**TEXTS, "index.html": text})


def test_dangerous_places_are_refused(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    assert "symbolic link" in refused(site, link)
    assert "root of the file system" in refused(site, Path("/"))
    assert "the project folder" in refused(site, site.folder)
    assert "the project folder" in refused(site, tmp_path)
    assert ".toolkit/" in refused(site, site.folder / ".toolkit" / "x")
    content = site.folder / "content"
    assert "content/, which" in refused(site, content / "out", protected=(content,))
    assert "content/, which" in refused(site, content, protected=(content,))
    file = site.folder / "file"
    file.write_text("x")
    assert "is a file" in refused(site, file)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert "your home folder" in refused(site, tmp_path / "home")
    monkeypatch.setattr(os.path, "ismount", lambda path: True)
    assert "mount point" in refused(site, site.output)


def test_an_empty_folder_is_taken(site: Site) -> None:
    site.output.mkdir()
    site.built(TEXTS)
    assert site.files() == expected(TEXTS)


def test_without_the_cache_pages_of_the_same_site_are_replaced_and_kept_aside(site: Site) -> None:
    site.built(TEXTS)
    shutil.rmtree(site.folder / ".toolkit")
    (site.output / "index.html").write_text("by hand")
    report = site.built({**TEXTS, "b.html": "new"})
    assert site.files() == expected({**TEXTS, "b.html": "new"})
    (found,) = report.diagnostics
    assert found.code == "B206"
    (kept,) = site.state.glob("kept-*")
    assert contents(kept)["index.html"] == b"by hand"
    site.built(TEXTS)
    assert contents(kept)["index.html"] == b"by hand"


def test_without_the_cache_a_stranger_among_the_pages_is_still_refused(site: Site) -> None:
    site.built(TEXTS)
    shutil.rmtree(site.folder / ".toolkit")
    assert "a.pdf" in refused(site, site.output)


def test_a_damaged_state_does_not_make_our_own_files_foreign(site: Site) -> None:
    (site.folder / "content").mkdir()
    from .fake import pages

    build(site.folder, site.output, pages(TEXTS), {}, site.chain, site.with_inputs())
    for path in site.state.glob("tree-*"):
        path.write_bytes(path.read_bytes()[:-7] + b"garbage")
    site.built({"index.html": "home"})
    assert site.files() == expected({"index.html": "home"})


def test_a_copied_project_goes_on_from_where_the_original_was(site: Site, tmp_path: Path) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "second"})
    copy = Site(tmp_path / "copy")
    shutil.copytree(site.folder, copy.folder)
    report = copy.built({**TEXTS, "index.html": "third"})
    assert report.paths == ["index.html"]
    assert copy.files() == expected({**TEXTS, "index.html": "third"})
    copy.built(TEXTS)
    assert copy.files() == expected(TEXTS)
    assert site.files() == expected({**TEXTS, "index.html": "second"})


def test_a_standby_tree_that_somebody_meddled_with_is_mended(site: Site) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "second"})
    standby = site.state / "standby"
    shutil.rmtree(standby / "a")
    (standby / "index.html").unlink()
    (standby / "index.html").mkdir()
    for text in ("third", "fourth", "fifth"):
        texts = {"index.html": text, "a/b/index.html": text, "a/index.html": text}
        site.built(texts)
        assert site.files() == expected(texts)


@pytest.mark.parametrize(
    "meddle",
    [
        lambda folder: (folder / "a/index.html").unlink(),
        lambda folder: [shutil.rmtree(folder / "a"), (folder / "index.html").unlink()],
        lambda folder: (folder / "a/index.html").rename(folder / "a/other.html"),
        lambda folder: [(folder / "a/index.html").unlink(), (folder / "a/index.html").write_text("mine")],
        lambda folder: [(folder / "a/index.html").unlink(), (folder / "a/index.html").symlink_to("b/index.html")],
        lambda folder: (folder / "a/b/foreign.txt").write_text("mine"),
    ],
    ids=["removed", "emptied", "renamed", "replaced", "linked", "foreign"],
)
def test_who_stands_in_the_site_before_and_changes_it_changes_no_site(
    site: Site, meddle: Callable[[Path], object]
) -> None:
    texts = TEXTS | {"a/b/index.html": "b", "a/index.html": "a"}
    site.built(texts)
    site.built({**texts, "index.html": "second"})
    meddle(site.state / "standby")  # where a shell is now that was opened in output/
    for text in ("third", "fourth"):
        site.built({**texts, "index.html": text})
        assert site.files() == expected({**texts, "index.html": text})


def test_a_removed_output_is_made_again(site: Site) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "second"})
    for _ in range(3):
        shutil.rmtree(site.output)
        site.built(TEXTS)
        assert site.files() == expected(TEXTS)


def test_modes_do_not_depend_on_the_umask(site: Site) -> None:
    before = os.umask(0o077)
    try:
        site.built(TEXTS)
    finally:
        os.umask(before)
    modes = {p.stat().st_mode & 0o777 for p in site.output.rglob("*") if p.is_dir()} | {
        site.output.stat().st_mode & 0o777
    }
    assert modes == {0o755}
    assert {p.stat().st_mode & 0o777 for p in site.output.rglob("*") if p.is_file()} == {0o644}


def test_a_site_on_another_file_system_than_the_cache(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == site.folder.stat().st_dev:
        pytest.skip("there is no second file system")
    place = shared / f"toolkit-test-{os.getpid()}"
    place.mkdir()
    try:
        output = place / "site"
        for text in ("one", "two", "three", "four"):
            texts = {**TEXTS, "index.html": text}
            from .fake import pages

            assert build(site.folder, output, pages(texts), {}, site.chain).published
            assert contents(output) == expected(texts)
        assert sorted(p.name for p in place.iterdir()) == [".site.toolkit-standby", "site"]
    finally:
        shutil.rmtree(place)


@pytest.mark.slow
def test_an_output_folder_from_a_lower_layer_of_an_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container image a folder of an earlier layer cannot be renamed (overlayfs)"""
    lower, upper, work, merged = (tmp_path / name for name in ("lower", "upper", "work", "merged"))
    for folder in (lower / "project" / "output", upper, work, merged):
        folder.mkdir(parents=True)
    (lower / "project" / "output" / ".gitkeep").touch()
    options = f"lowerdir={lower},upperdir={upper},workdir={work},redirect_dir=off"
    command = ["mount", "-t", "overlay", "overlay", "-o", options, str(merged)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no overlay can be mounted here")
    try:
        site = Site(merged / "project")
        removed: list[Path] = []
        real = shutil.rmtree
        monkeypatch.setattr(publish.shutil, "rmtree", lambda path: (removed.append(path), real(path)))
        for text in ("one", "two", "three"):
            texts = {**TEXTS, "index.html": text}
            site.built(texts)
            assert site.files() == {".gitkeep": b"", **expected(texts)}
        assert removed == [site.output], "once: from then on it is a folder of the upper layer"
    finally:
        subprocess.run(["umount", "-l", str(merged)], check=True)


def test_a_server_that_stands_in_output_keeps_serving_whole_pages(site: Site) -> None:
    """It has the folder open; after an exchange it sees the standby tree, whose files are only ever replaced."""
    site.built({"index.html": "0"})
    folder = os.open(site.output, os.O_RDONLY)
    try:
        for n in range(1, 6):
            site.built({"index.html": str(n)})
            descriptor = os.open("index.html", os.O_RDONLY, dir_fd=folder)
            assert os.read(descriptor, 100) in {f"<p>{m}</p> 1\n".encode() for m in range(n + 1)}
            os.close(descriptor)
    finally:
        os.close(folder)


def test_a_server_that_stands_in_output_sees_whole_pages_at_every_moment_of_a_build(site: Site) -> None:
    """Also while a build works on the tree that it stands in: no page is missing, none is half written."""
    length = 300_000
    names = [f"{n}.html" for n in range(20)]

    def texts(n: int) -> dict[str, str]:
        return dict.fromkeys(names, str(n) * length)

    site.built(texts(0))
    folder = os.open(site.output, os.O_RDONLY)
    wrong: list[str] = []
    looks = 0
    done = threading.Event()

    def look() -> None:
        nonlocal looks
        while not done.is_set() and not wrong:
            for name in names:
                try:
                    descriptor = os.open(name, os.O_RDONLY, dir_fd=folder)
                except OSError as problem:
                    wrong.append(f"{name}: {problem}")
                    continue
                data = os.read(descriptor, 2 * length)
                os.close(descriptor)
                if data not in whole:
                    wrong.append(f"{name}: {len(data)} bytes")
                looks += 1

    whole = {f"<p>{str(n) * length}</p> 1\n".encode() for n in range(8)}
    reader = threading.Thread(target=look)
    reader.start()
    try:
        for n in range(1, 8):
            site.built(texts(n), workers=1)
    finally:
        done.set()
        reader.join()
        os.close(folder)
    assert not wrong, wrong[:3]
    assert looks > 20


def test_the_state_folder_is_the_same_wherever_the_project_stands() -> None:
    a, b = (fastpath.state_folder(root, f"{root}/output") for root in ("/a", "/b/c"))
    assert Path(a).name == Path(b).name
    assert Path(fastpath.state_folder("/a", "/srv/output")).name != Path(a).name


def test_identity_is_of_folders_only(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert identity(tmp_path) != 0
    assert identity(tmp_path / "file") == 0
    assert identity(tmp_path / "none") == 0
    assert guard.refuse_place(tmp_path, tmp_path / "out") is None


def test_after_clean_a_file_is_made_anew_that_was_changed_behind_its_time_stamp(site: Site) -> None:
    site.built(TEXTS)
    page, status = site.output / "index.html", (site.output / "index.html").stat()
    page.write_bytes(page.read_bytes().replace(b"home", b"hone"))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert engine.clean(site.folder, site.output) == []
    site.built(TEXTS)
    assert site.files() == expected(TEXTS)
