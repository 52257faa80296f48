"""A payload that is made later gives the same bytes and keys as one that is at hand, wherever its job runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from toolkit_builder.build.cache import Store, blob_of
from toolkit_builder.build.engine import Options, build
from toolkit_builder.build.jobs import Blob, Deferred, Job, Output
from toolkit_builder.build.keys import Encoder
from toolkit_builder.diagnostics import Unsteady

from .fake import Chain, Site, contents, expected, pages

MANY = {f"m/{n}/index.html": f"motion {n}{' ODD' if n % 50 == 0 else ''}" for n in range(350)}


def deferred(jobs: Sequence[Job]) -> list[Job]:
    """The same jobs, whose payloads are made later where they hold no output."""
    encode = Encoder()
    return [job if encode.outputs(job) else replace(job, payload=_later(job)) for job in jobs]


def _later(job: Job) -> Deferred:
    payload = job.payload
    return Deferred(lambda: dict(payload))


def test_the_key_is_the_same() -> None:
    encode = Encoder()
    for plain, later in zip(pages(MANY), deferred(pages(MANY)), strict=True):
        assert encode(plain).key({}) == encode(later).key({})
        assert dict(later.payload) == plain.payload


@pytest.mark.parametrize("workers", [1, 2])
def test_bytes_and_report_are_the_same(site: Site, tmp_path: Path, workers: int) -> None:
    texts = MANY | {"a.pdf": "print"}
    plain = Site(tmp_path / "plain")
    plain.folder.mkdir()
    first, second = plain.built(texts, workers=workers), site.built(deferred(pages(texts)), workers=workers)
    assert site.files() == plain.files() == expected(texts)
    assert second.keys == first.keys
    assert [d.message for d in second.diagnostics] == [d.message for d in first.diagnostics]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_stands_is_not_made_again_and_what_differs_is(site: Site, workers: int) -> None:
    site.built(pages(MANY), workers=workers)
    report = site.built(deferred(pages(MANY)), workers=workers)
    assert (report.rendered, report.reused) == ({}, len(MANY))
    assert len(report.diagnostics) == 7  # what was odd is said again
    changed = MANY | dict.fromkeys([*MANY][:320], "new")
    report = site.built(deferred(pages(changed)), workers=workers)
    assert (report.rendered, report.reused) == ({"page": 320}, 30)
    assert site.files() == expected(changed)


def test_a_result_that_is_left_stays(site: Site) -> None:
    site.built(pages({"a.html": "old", "b.html": "old"}))
    report = site.built(deferred(pages({"a.html": "new", "b.html": "new"})), left=frozenset({"a.html"}))
    assert site.files() == expected({"a.html": "old", "b.html": "new"})
    assert report.paths == ["b.html"]


def test_an_executor_and_a_process_with_threads_are_handed_payloads(site: Site) -> None:
    with ThreadPoolExecutor(2) as executor:
        site.built(deferred(pages(MANY)), executor=executor)
    assert site.files() == expected(MANY)
    going = threading.Event()
    other = threading.Thread(target=going.wait, daemon=True)
    other.start()
    report = site.built(deferred(pages({"b.html": "alone"})))
    going.set()
    other.join()
    assert report.rendered == {"page": 1}


@pytest.mark.parametrize("wrong", [lambda: {"text": Output("other.html")}, lambda: {"text": {1}}, lambda: 1 / 0])
def test_a_payload_that_cannot_be_made_is_a_fault_that_names_its_document(site: Site, wrong: Any) -> None:
    jobs = [*pages({"other.html": "other"}), Job("a.html", "page", Deferred(wrong), "c", label="content/a.md")]
    report = site.build(jobs)
    assert report.exit_code == 3
    assert [d.code for d in report.diagnostics] == ["B401"]
    assert "content/a.md" in report.diagnostics[0].message
    assert not site.output.exists()


def test_what_it_says_of_outputs() -> None:
    encode = Encoder()
    assert encode.outputs(Job("a", "page", Deferred(lambda: {"text": "a"}), "c")) == []
    assert encode.outputs(Job("a", "page", {"text": Output("b")}, "c")) == ["b"]


class Reading(Chain):
    """Says which process rendered a page."""

    def page(self, payload: Any) -> bytes:
        return f"{payload['text']} {os.getpid()}".encode()


@pytest.mark.parametrize("stored", [True, False])
def test_workers_read_large_values_from_the_store_by_themselves(site: Site, stored: bool) -> None:
    texts = {f"{n}.html": f"large {n}" for n in range(400)}
    blobs = {path: blob_of(text) for path, text in texts.items()}
    made: list[str] = []

    def make(text: str) -> dict[str, bytes | str]:
        made.append(text)
        return {blob_of(text).digest: text}

    def payload(path: str) -> dict[str, Any]:
        known = store.fragments("title", [path])
        assert known == ({path: (f"the title of {path}", [])} if stored else {})
        store.add_fragments("title", [(path, b"0", ())])  # a worker changes nothing
        return {"text": blobs[path]}

    jobs = [Job(path, "page", Deferred(partial(payload, path)), "c") for path in texts]
    with Store(site.folder / ".toolkit" / "store") as store:
        if stored:
            store.add_blobs({blobs[path].digest: text for path, text in texts.items()})
            store.add_fragments("title", [(path, f'"the title of {path}"'.encode(), ()) for path in texts])
        for path, text in texts.items():
            store.on_damaged_blob([blobs[path].digest], lambda text=text: make(text))  # type: ignore[misc]
        store.save()
        options = Options(durable=False, workers=2)
        report = build(site.folder, site.output, jobs, store.blobs, Reading(), options, store=store)
        assert report.published, report.diagnostics
        assert store.blob_values([blobs["0.html"].digest]) == {blobs["0.html"].digest: "large 0"}
        titles = store.fragments("title", list(texts))
        assert titles == ({path: (f"the title of {path}", []) for path in texts} if stored else {})
    found = {path: data.decode().rpartition(" ") for path, data in contents(site.output).items()}
    assert {path: text for path, (text, _, _) in found.items()} == texts
    assert not stored or not made
    if os.name == "posix":
        assert str(os.getpid()) not in {who for _, _, who in found.values()}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("lost", ["blob", "text"])
def test_what_is_lost_meanwhile_is_told_to_who_builds(site: Site, workers: int, lost: str) -> None:
    def make() -> dict[str, Any]:
        if lost == "text":
            raise Unsteady("content/a.md")
        return {"text": Blob("lost")}

    site.built({"a.html": "old"})
    jobs = [*deferred(pages({f"{n}.html": str(n) for n in range(400)})), Job("a.html", "page", Deferred(make), "c")]
    options = Options(durable=False, workers=workers)
    with site.store() as store, pytest.raises(Unsteady):
        build(site.folder, site.output, jobs, store.blobs, Chain(), options, store=store)
    assert site.files() == expected({"a.html": "old"})
