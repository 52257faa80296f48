"""After a build that published many files the standby tree is as the live one, and the next build makes few links."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolkit_builder.build import twin
from toolkit_builder.build.manifest import identity, load_tree

from .fake import Site, expected

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes are forked"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning"),
]

TEXTS = {f"{n % 5}/{n}.html": str(n) for n in range(40)} | {"index.html": "home", "a.pdf": "print"}


@pytest.fixture(autouse=True)
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin, "_MANY", 20)
    monkeypatch.setattr(twin, "can_fork", lambda: True)
    monkeypatch.setattr(twin, "processors", lambda: 2)


def inodes(folder: Path) -> dict[str, int]:
    return {p.relative_to(folder).as_posix(): p.stat().st_ino for p in folder.rglob("*") if p.is_file()}


def followed(site: Site) -> bool:
    standby = site.state / "standby"
    tree, live = load_tree(site.state, identity(standby)), load_tree(site.state, identity(site.output))
    if tree is None or live is None:
        return False
    assert inodes(standby) == inodes(site.output)
    assert tree.files == live.files
    assert tree.folders.keys() == live.folders.keys()
    return True


def count_links(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    links: list[str] = []
    link = os.link
    monkeypatch.setattr(os, "link", lambda a, b, **o: (links.append(b), link(a, b, **o))[1])
    return links


def test_the_first_edit_finds_the_standby_tree_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.built(TEXTS)
    assert followed(site)
    links = count_links(monkeypatch)
    site.built({**TEXTS, "index.html": "new"})
    assert links == []
    assert site.files() == expected({**TEXTS, "index.html": "new"})


def test_after_all_pages_changed_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.built(TEXTS)
    changed = {path: f"new {text}" for path, text in TEXTS.items() if path != "3/3.html"}
    site.built(changed)
    assert followed(site)
    links = count_links(monkeypatch)
    site.built({**changed, "0/0.html": "edit"})
    assert links == []
    assert site.files() == expected({**changed, "0/0.html": "edit"})


def test_a_few_files_are_left_to_the_next_build(site: Site) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "new"})
    assert inodes(site.state / "standby") != inodes(site.output)


@pytest.mark.parametrize("file", ["/3.html", "/33.html"])  # in the one half and in the other, which a helper links
def test_where_it_fails_the_next_build_does_it(site: Site, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    build = os.getpid()
    link = os.link

    def full(a: str, b: str, **how: bool) -> None:
        if os.getpid() != build and b.endswith(file):
            raise OSError(28, "No space left on device", b)
        link(a, b, **how)

    monkeypatch.setattr(os, "link", full)
    assert site.built(TEXTS).diagnostics == []
    assert not followed(site)
    site.built({**TEXTS, "index.html": "new"})
    assert site.files() == expected({**TEXTS, "index.html": "new"})


def test_where_no_process_can_be_had_the_next_build_does_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", none)
    assert site.built(TEXTS).diagnostics == []
    assert not followed(site)


def test_a_build_that_is_stopped_meanwhile_stops_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from toolkit_builder.build import engine

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    fork, children = os.fork, []

    def noted() -> int:
        children.append(fork())
        return children[-1]

    monkeypatch.setattr(engine.explain, "Stories", stopped)
    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(KeyboardInterrupt):
        site.build(TEXTS)
    assert children
    for child in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)
    assert site.files() == expected(TEXTS)
    monkeypatch.undo()
    site.built({**TEXTS, "index.html": "new"})
    assert site.files() == expected({**TEXTS, "index.html": "new"})
