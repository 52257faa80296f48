"""The server: the site as it is, this computer only, what is wrong above the last good site."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import cast

import pytest
from msgspec.structs import replace

from tests.driver import SiteTest
from toolkit_builder import intake, loading, pipeline, serve
from toolkit_builder.ahead import Ahead, Scout
from toolkit_builder.build.engine import BuildReport


def free_port() -> int:
    with socket.socket() as s:
        s.bind((serve.HOST, 0))
        port: int = s.getsockname()[1]
        return port


@contextmanager
def served(
    site: SiteTest, before: Callable[[], object] = lambda: None, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """The site served from a thread, rebuilt on every edit; yields its address.

    ``before`` is called before a build, ``meanwhile`` between the first one and the time from which edits are noticed.
    """
    state = serve.State(site.output, "/")
    options = loading.Options(**site.options, warm=intake.Warm())
    state.take(pipeline.build(site.folder, options, on_later=state.take_later))
    meanwhile()
    port = free_port()
    loop = asyncio.new_event_loop()
    started = threading.Event()
    tasks: list[asyncio.Task[None]] = []

    def build(foreseen: loading.Foreseen | None) -> BuildReport:
        before()
        calm = replace(options, on_progress=state.go_on)
        return pipeline.build(site.folder, calm, foreseen=foreseen, on_later=state.take_later)

    async def run() -> None:
        folders = [site.folder / "content", site.folder / "toolkit.yaml"]
        await serve.serve(state, port, folders, build, lambda r, s: None, Scout(site.folder, options))

    def work() -> None:
        # The whole life of the loop is in this thread: a browser suite before this one leaves its own loop in the first.
        with closing(loop):
            tasks.append(loop.create_task(run()))
            started.set()
            with pytest.raises(asyncio.CancelledError):
                loop.run_until_complete(tasks[0])
            loop.run_until_complete(loop.shutdown_asyncgens())

    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    try:
        address = f"http://{serve.HOST}:{port}"
        wait_for(lambda: get(address + "/")[0] == 200)
        yield address
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join(120)
        assert not thread.is_alive(), "the server did not stop"


def get(address: str, **headers: str) -> tuple[int, str]:
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode("utf-8", "replace")
    except OSError:
        return 0, ""


def wait_for(condition: object, seconds: float = 60.0) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def news(site: SiteTest) -> SiteTest:
    return site.content(**{"news/a.md": "---\ntitle: Apples\ndate: 2027-06-01\n---\n\nText about apples.\n"})


def test_pages_and_assets_are_served_with_the_reload_script(news: SiteTest) -> None:
    with served(news) as address:
        status, page = get(f"{address}/news/a/")
        assert status == 200
        assert "Text about apples." in page
        assert "/livereload.js?port=" in page
        assert get(f"{address}/assets/css/site.css")[0] == 200
        assert get(f"{address}/livereload.js")[0] == 200
        status, page = get(f"{address}/nowhere/")
        assert status == 404
        assert "livereload" in page


def test_an_edit_shows_and_a_broken_edit_shows_what_is_wrong_and_heals(news: SiteTest) -> None:
    with served(news) as address:
        news.edit("content/news/a.md", "apples.", "pears.")
        wait_for(lambda: "Text about pears." in get(f"{address}/news/a/")[1])
        news.edit("content/news/a.md", "date: 2027-06-01", "date: 31/06/2027")
        wait_for(lambda: "This edit cannot be published yet" in get(f"{address}/news/a/")[1])
        page = get(f"{address}/news/a/")[1]
        assert "Text about pears." in page
        assert "content/news/a.md:3:7" in page
        news.edit("content/news/a.md", "date: 31/06/2027", "date: 2027-06-02")
        wait_for(lambda: "cannot be published" not in get(f"{address}/news/a/")[1])


def test_what_is_wrong_is_shown_escaped(news: SiteTest) -> None:
    news.content(**{"news/b.md": "---\ntitle: B\ndate: <script>alert(1)</script>\n---\n\nText.\n"})
    with served(news) as address:
        page = get(f"{address}/")[1]
        assert "cannot be published" in page
        assert "<script>alert" not in page


@pytest.mark.parametrize(
    "path", ["/%00", "/../../toolkit.yaml", "/%2e%2e/toolkit.yaml", "/..%2ftoolkit.yaml", "/forcereload"]
)
def test_no_address_reaches_out_of_the_site(news: SiteTest, path: str) -> None:
    with served(news) as address:
        status, page = get(address + path)
        assert status in {400, 404}
        assert "Test site\nbase_url" not in page


def test_other_hosts_and_origins_are_refused(news: SiteTest) -> None:
    with served(news) as address:
        assert get(f"{address}/", Host="evil.example")[0] == 403
        assert upgrade(address, "https://evil.example") == 403
        assert upgrade(address, address) == 101


def upgrade(address: str, origin: str) -> int:
    """The status with which the reload socket answers a page of ``origin``."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    try:
        connection.request(
            "GET",
            "/livereload",
            headers={
                "Origin": origin,
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        )
        return connection.getresponse().status
    finally:
        connection.close()


@contextmanager
def held_up(site: SiteTest) -> Iterator[tuple[str, threading.Event]]:
    """The site served; builds after edits wait for the event that comes with its address."""
    go = threading.Event()
    try:
        with served(site, lambda: go.wait(120)) as address:
            try:
                yield address, go
            finally:
                go.set()
    finally:
        go.set()


def test_an_edit_shows_before_the_site_is_published(news: SiteTest) -> None:
    with held_up(news) as (address, go):
        news.edit("content/news/a.md", "apples.", "pears.")
        wait_for(lambda: "Text about pears." in get(f"{address}/news/a/")[1])
        assert "livereload" in get(f"{address}/news/a/")[1]
        assert "pears" not in news.text("news/a/index.html")
        assert get(f"{address}/assets/css/site.css")[0] == 200
        go.set()
        wait_for(lambda: "pears" in news.text("news/a/index.html"))
        wait_for(lambda: "Text about pears." in get(f"{address}/news/a/")[1])


def test_a_new_page_shows_before_it_is_published_and_one_that_was_taken_away_when_that_is_done(news: SiteTest) -> None:
    with held_up(news) as (address, go):
        (news.folder / "content/news/a.md").rename(news.folder / "content/news/b.md")
        wait_for(lambda: "Text about apples." in get(f"{address}/news/b/")[1])
        assert not (news.output / "news/b").exists()
        answers: list[int] = []
        asking = threading.Thread(target=lambda: answers.append(get(f"{address}/news/a/")[0]))
        asking.start()
        asking.join(0.3)
        assert asking.is_alive(), "the old page was shown, or said to be gone, before the site was published"
        go.set()
        asking.join(60)
        assert answers == [404]


def test_browsers_are_told_once_of_an_edit_that_was_shown(news: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(serve.Reload, "tell_browsers", lambda: told.append("reload"))
    with held_up(news) as (address, go):
        news.edit("content/news/a.md", "apples.", "pears.")
        wait_for(lambda: "Text about pears." in get(f"{address}/news/a/")[1])
        assert told == ["reload"]
        news.write(**{"toolkit.yaml": news.settings().replace("Test site", "Best site")})  # a build must tell of this
        go.set()
        wait_for(lambda: "Best site" in get(f"{address}/news/a/")[1])
        wait_for(lambda: len(told) == 2)


def test_an_edit_that_was_made_while_the_site_was_built_for_the_first_time_shows(news: SiteTest) -> None:
    with served(news, meanwhile=lambda: news.edit("content/news/a.md", "apples.", "pears.")) as address:
        wait_for(lambda: "Text about pears." in get(f"{address}/news/a/")[1])
        wait_for(lambda: "pears" in news.text("news/a/index.html"))


def test_edits_that_follow_one_another_are_shown_each_and_published_together(news: SiteTest) -> None:
    with held_up(news) as (address, go):
        for number in range(3):
            news.edit("content/news/a.md", append=f"\nLine {number}.\n")
            news.content(**{f"news/n{number}.md": f"---\ntitle: N{number}\ndate: 2027-06-01\n---\n\nText.\n"})
            if number:  # the build before this edit has been waiting since then
                go.set()
            wait_for(lambda n=number: f"Line {n}." in get(f"{address}/news/a/")[1])
        wait_for(lambda: all(f"Line {n}." in news.text("news/a/index.html") for n in range(3)))
        wait_for(lambda: all(get(f"{address}/news/n{n}/")[0] == 200 for n in range(3)))
        published = news.tree()
    assert news.build().report.paths == []
    assert news.tree() == published


def test_a_build_gives_way_to_the_next_edit_for_a_while(site: SiteTest) -> None:
    state = serve.State(site.output, "/")
    state.begin()
    state.go_on(1, 2)
    state.edited.set()
    state.go_on(1, 2)  # nothing has been shown of the edit before
    state.ahead = cast(Ahead, object())
    with pytest.raises(serve.Interrupted):
        state.go_on(1, 2)
    state.since -= 100
    state.go_on(1, 2)


def test_a_page_of_a_site_that_cannot_be_published_gives_way_to_what_is_wrong(news: SiteTest) -> None:
    news.write(
        **{
            "toolkit.yaml": f"{news.settings()}theme: own\n",
            "themes/own/theme.yaml": "parent: default\n",
            "themes/own/templates/news.html": "<title>T</title><main>{{ doc.title }}</main>",
        }
    )
    news.content(**{"news/b.md": "---\ntitle: B\ndate: 2027-06-01\n---\n\nText.\n"})
    template = "<title>T</title><main>{{ doc.title }}{{ 1 / (doc.title|length - 1) }}</main>"  # it fails for B
    with served(news) as address:
        assert "cannot be published" not in get(f"{address}/news/a/")[1]
        news.write(**{"themes/own/templates/news.html": template}).edit("content/news/a.md", "apples", "pears")
        wait_for(lambda: "cannot be published" in get(f"{address}/news/a/")[1])
        assert "Apples" in get(f"{address}/news/a/")[1]


PLAN = """---
title: Three points
campaign: Enough hands
---

Agreed by conference.

1. **Count the work:** every week.
2. **Agree a number:** fifteen.
3. **Say so:** on one form.
"""
PRINTED = "title: Test site\nbase_url: https://example.org\n"
CARD = "/plans/three-points/plan-a6.pdf"


@pytest.fixture
def plan(site: SiteTest) -> SiteTest:
    if missing := loading.print_problem():
        pytest.skip(missing)
    return site.write(**{"toolkit.yaml": PRINTED}).content(**{"plans/three-points.md": PLAN})


def fetch(address: str) -> tuple[int, str, bytes]:
    """Status, type and bytes of what may take a while to be made."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.headers["Content-Type"], refusal.read()


def words_of(pdf: bytes) -> str:
    from toolkit_builder.printing.inspect import pdf_text

    return " ".join(" ".join(pdf_text(pdf)).split())


def test_a_printed_document_is_made_when_it_is_asked_for(plan: SiteTest) -> None:
    with served(plan) as address:
        assert not list(plan.output.rglob("*.pdf"))
        assert "plan-a6.pdf" in get(f"{address}/plans/three-points/")[1]
        status, kind, data = fetch(address + CARD)
        assert (status, kind) == (200, "application/pdf")
        assert "Agree a number" in words_of(data)
        plan.edit("content/plans/three-points.md", "Agree a number", "Settle a number")
        wait_for(lambda: "Settle a number" in get(f"{address}/plans/three-points/")[1])
        assert "Settle a number" in words_of(fetch(address + CARD)[2])
        assert fetch(address + CARD)[2] == fetch(address + CARD)[2]
        assert fetch(f"{address}/plans/three-points/plan-a9.pdf")[0] == 404


def test_a_document_of_a_new_page_is_printed_as_soon_as_that_is_published(plan: SiteTest) -> None:
    with served(plan) as address:
        plan.content(**{"plans/four-points.md": PLAN.replace("Three points", "Four points")})
        wait_for(lambda: "Four points" in get(f"{address}/plans/four-points/")[1])
        status, kind, data = fetch(address + CARD.replace("three", "four"))
        assert (status, kind) == (200, "application/pdf")
        assert "Agree a number" in words_of(data)


@pytest.mark.slow
def test_what_was_printed_before_stays_until_the_next_build(plan: SiteTest) -> None:
    card = plan.output / CARD[1:]
    plan.build()
    old = card.read_bytes()
    plan.edit("content/plans/three-points.md", "Agree a number", "Settle a number")
    with served(plan) as address:
        assert card.read_bytes() == old
        new = fetch(address + CARD)[2]
        assert "Settle a number" in words_of(new)
        assert card.read_bytes() == old
    report = plan.build().report
    assert card.read_bytes() == new
    assert report.rendered["pdf"] == 3, "one of the four has been made already"


def test_a_document_that_cannot_be_printed_says_why(plan: SiteTest) -> None:
    broken = "<!doctype html><html lang=en><title>T</title><p><img src='nowhere.png' alt='x'></p></html>"
    plan.write(
        **{
            "toolkit.yaml": f"{PRINTED}theme: own\n",
            "themes/own/theme.yaml": "name: own\nparent: default\n",
            "themes/own/print/plan-a6.html": broken,
        }
    )
    with served(plan) as address:
        status, kind, data = fetch(address + CARD)
        assert status == 500
        assert kind.startswith("text/html")
        assert b"This document cannot be printed yet" in data
        assert b"nowhere.png" in data
        assert get(f"{address}/plans/three-points/")[0] == 200
