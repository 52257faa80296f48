"""The sample site, built once without print and served under a sub-path; a Chromium to look at it with.

Every test here is marked ``browser``. Without a Chromium they are skipped by name, without npm those that need axe.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visit import Browser, Site
from toolkit_builder import loading, pipeline

ROOT = Path(__file__).parents[2]
PREFIX = "/unions/lodestar"

ARABIC = """---
title: أهلا بكم في الاتحاد
language: ar
description: كلمة ترحيب قصيرة.
---

## من نحن

نحن اتحاد العاملين في الرعاية الاجتماعية. اتصلوا بنا على 0808 157 0210.

1. اقرأوا الخطة.
2. تحدثوا مع زملائكم.

> لا أحد يعمل وحده.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser(chromium: Any) -> Browser:
    return Browser(chromium)


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site as a folder, with a page from right to left that the sample itself does not have."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(ROOT / "content", folder / "content")
    config = (ROOT / "toolkit.yaml").read_text(encoding="utf-8")
    (folder / "toolkit.yaml").write_text(f"{config}\nprint:\n  enabled: no\n", encoding="utf-8")
    (folder / "content/ahlan.md").write_text(ARABIC, encoding="utf-8")
    report = pipeline.build(
        folder, loading.Options(clock="2027-07-10T12:00", jobs=2, base_url=f"https://unions.example{PREFIX}")
    )
    assert report.published, [d.message for d in report.diagnostics]
    return folder / "output"


@pytest.fixture(scope="session")
def site(output: Path) -> Iterator[Site]:
    """The site as a union's web host has it: below a folder of a host that has other things to say."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, directory=str(output), **options)

        def translate_path(self, path: str) -> str:
            inside = path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else "/nothing-here"
            return super().translate_path(inside)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(output, f"http://127.0.0.1:{server.server_port}{PREFIX}")
    server.shutdown()
    server.server_close()
    thread.join()
