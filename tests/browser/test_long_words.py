"""Words longer than a telephone is wide, in every headline that a person writes: no page is wider than its window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit_builder import loading, pipeline

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
FILES = {
    "conferences/2027/index.md": "title: {0}\nstart: 2027-06-14\n---\n",
    "conferences/2027/motions/1.md": "number: 1\ntitle: {0}\nmover: {0}\ntags: [pay]\n---\nConference notes {0}.\n",
    "conferences/2027/amendments/1.1.md": 'number: 1.1\namends: 1\nmover: X\n---\nAdd at end: "{0}."\n',
    "conferences/2027/bulletins/1.md": "title: {0}\nissue: 1\ndate: 2027-06-14\n---\n## {0}\n\nText.\n\n## {0} two\n\nMore.\n",
    "news/n.md": "title: {0}\ndate: 2027-05-01\ntags: [pay]\nstandfirst: {0}\n---\nText.\n",
    "plans/p.md": "title: {0}\n---\n1 {0}: text.\n\n2 Pay: text.\n\n3 Time: text.\n",
    "toolkits/w/index.md": "title: {0}\n---\nText.\n",
    "toolkits/w/a.md": "title: {0}\ntype: guidance\nsummary: {0}\n---\nText.\n",
    "updates/u/1.md": "title: {0}\nseries: {0}\npart: week 1\ndate: 2027-05-01\n---\nText.\n",
    "branches/b.md": "title: {0}\nregion: {0}\nemployer: {0}\n---\nText.\n",
}
ADDRESSES = ("", "conferences/2027", "conferences/2027/motions/1", "conferences/2027/amendments/1-1",
             "conferences/2027/bulletins/1", "news", "news/n", "plans/p", "toolkits/w", "toolkits/w/a", "updates/u",
             "updates/u/1", "branches/b", "tags/pay")  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long")
    (folder / "toolkit.yaml").write_text("title: Test site\nprint: {enabled: no}\n", encoding="utf-8")
    for name, text in FILES.items():
        (folder / "content" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "content" / name).write_text(f"---\n{text.format(LONG)}", encoding="utf-8")
    report = pipeline.build(folder, loading.Options(clock="2027-07-10T12:00", jobs=1))
    assert report.published, report.diagnostics
    return folder / "output"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("width", [360, 1280])
def test_a_long_word_is_broken_and_the_page_is_not(built: Path, chromium: Any, address: str, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    try:
        page.goto((built / address / "index.html").as_uri())
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    finally:
        page.close()
    assert beyond <= 0
