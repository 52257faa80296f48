"""An edit opens the documents of one conference; what the others lead to follows all the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.driver import SiteTest
from tests.verified import verified
from toolkit_builder import intake
from toolkit_builder.linking.leads import Linker

OLD = "content/conferences/2026/motions"
NEW = "content/conferences/2027/motions"


def two(site: SiteTest, motions: int = 12) -> SiteTest:
    """Two conferences; the first motion of the newer leads to the older and to a page, both ways a text can."""
    site.conference().conference("2026", "---\ntitle: Conference 2026\nstart: 2026-06-14\n---\n\nIt was.\n")
    for n in range(1, motions + 1):
        site.motion(str(n), tags="[pay]").motion(str(n), conference="2026", tags="[pay]")
    said = "Conference notes [this](../../2026/motions/1.md), [[motion:2@2026]] and [that](/about/#why)."
    site.motion("1", f"{said}\n\nConference calls on the executive to act.")
    return site.content(**{"about.md": "---\ntitle: About\n---\n\n## Why\n\nText.\n"})


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The paths of the documents whose reading somebody has asked for."""
    asked: set[str] = set()
    read = intake._Reader.__call__

    def noted(reader: Any, doc: Any) -> Any:
        before = {d.path for d in reader._documents if d.reading is not None}
        reading = read(reader, doc)
        asked.update(d.path for d in reader._documents if d.reading is not None and d.path not in before)
        return reading

    monkeypatch.setattr(intake._Reader, "__call__", noted)
    return asked


def test_an_edit_opens_the_documents_of_one_conference(site: SiteTest, opened: set[str]) -> None:
    beyond = f"Conference notes {'this and that and ' * 30}the facts.\n\nConference calls on the executive to act."
    two(site).motion("3", beyond).build()
    assert not opened, "they have just been read"
    site.edit(f"{NEW}/3.md", "the facts", "these facts").build()
    motions = {path for path in opened if "/motions/" in path}
    assert f"{NEW}/4.md" in motions
    assert {path for path in motions if path.startswith(OLD)} <= {f"{OLD}/2.md"}, "of which a mention shows the title"


def test_a_new_title_opens_the_documents_of_one_conference(site: SiteTest, opened: set[str], tmp_path: Path) -> None:
    two(site).build()
    site.edit(f"{NEW}/4.md", "title: Motion 4 title", "title: Renamed").build()
    assert "Renamed" in site.words("/motions/")
    assert "Renamed" in site.words("/tags/pay/")
    assert f"{NEW}/5.md" in opened
    assert {path for path in opened if path.startswith(OLD)} <= {f"{OLD}/2.md"}
    assert site.tree() == site.clean_build_of_the_same(tmp_path / "clean").tree()


def test_nothing_is_opened_where_nothing_changed(site: SiteTest, opened: set[str]) -> None:
    two(site).build()
    site.write(**{"content/a.txt": "An asset."}).build()
    assert not {path for path in opened if "/motions/" in path}


def test_of_a_volume_a_few_are_read_singly_and_then_all(site: SiteTest, opened: set[str]) -> None:
    two(site).build()
    found = site.run("list", "motions")
    assert found.returncode == 0
    assert found.stdout.count("Motion ") >= 24


CHANGES: dict[str, tuple[str, str, str, str]] = {
    "another address": (f"{OLD}/1.md", "number: 1\n", "number: 1\nslug: moved\n", "2026/motions/moved/"),
    "another title": (f"{OLD}/2.md", "title: Motion 2 title", "title: Renamed", "Renamed"),
    "another result": (f"{OLD}/2.md", "mover:", "result: lost\nmover:", "ost"),
    "another number": (f"{OLD}/2.md", "number: 2\n", "number: 99\n", "no motion of 2026 has the number '2'"),
    "no heading": ("content/about.md", "## Why", "## How", "has no heading '#why'"),
    "a draft": (f"{OLD}/2.md", "mover:", "draft: yes\nmover:", "not published yet"),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("served", [False, True])
def test_a_change_elsewhere_reaches_what_leads_there(site: SiteTest, what: str, served: bool) -> None:
    path, old, new, expected = CHANGES[what]
    options = {"warm": intake.Warm()} if served else {}
    two(site).build(**options).edit(path, old, new)
    with verified():
        site.attempt(**options)
    page = site.text("conferences/2027/motions/1/index.html")
    assert expected in page + site.problems
    if site.report.published:
        before = site.tree()
        shutil.rmtree(site.folder / ".toolkit")
        shutil.rmtree(site.output)
        assert site.build().tree() == before


def test_a_file_that_comes_and_goes_is_noticed_by_who_leads_to_it(site: SiteTest) -> None:
    two(site).build().remove(f"{OLD}/1.md").attempt()
    assert "1.md" in site.problems
    assert "S304" in site.problems
    site.motion("1", conference="2026").build()
    assert "conferences/2027/motions/1/index.html" not in site.report.paths, "it is as it was"


def test_links_are_followed_anew_only_where_an_answer_differs(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    linked: list[str] = []
    link = Linker.link
    monkeypatch.setattr(Linker, "link", lambda self, doc: (linked.append(doc.path), link(self, doc))[1])
    two(site).build()
    linked.clear()
    site.edit("content/about.md", "Text.", "Other text.").build()
    assert "content/about.md" in linked
    assert f"{NEW}/1.md" in linked, "it leads to a heading of that text"
    assert not [path for path in linked if path.startswith(OLD)]
    linked.clear()
    site.edit(f"{OLD}/5.md", "calls on the executive", "asks the executive").build()
    assert not [path for path in linked if path.startswith("content/about")]
