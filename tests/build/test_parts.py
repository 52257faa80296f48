"""A file made of parts: what has changed is made, the rest comes from the published file, and the bytes are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.build.jobs import Job, Output
from toolkit_builder.build.parts import BEFORE, Same

from .fake import Chain, Site, page

MADE: list[str] = []  # lines that were not there before


class ChainOfLists(Chain):
    """``list``: lines from ``head`` and each of ``lines``."""

    def renderers(self) -> Mapping[str, Callable[[Any], Any]]:
        return {**super().renderers(), "list": self.list}

    def list(self, payload: Any) -> bytes:
        before = payload[BEFORE].split(b";") if BEFORE in payload else []
        return b";".join([before[x.place] if isinstance(x, Same) else self._line(payload, x) for x in payload["lines"]])

    def _line(self, payload: Any, line: Any) -> bytes:
        text = line["text"].strip() if isinstance(line["text"], bytes) else line["text"].encode()
        MADE.append(text.decode())
        return f"{payload['head']}: ".encode() + text


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, ChainOfLists())


def jobs(texts: Sequence[str], head: str = "h", of: str = "a") -> list[Job]:
    lines: list[Any] = [{"text": text} for text in texts]
    listed = {"head": head, "lines": [*lines, {"text": Output("of.html")}]}
    return [page("of.html", of), Job("list.txt", "list", listed, "c1", parts="lines")]


def built(site: Site, *texts: str, **more: str) -> list[str]:
    """Builds; gives the lines that were made, after looking whether the file is that of a clean build."""
    chain = site.chain
    assert isinstance(chain, ChainOfLists)
    MADE.clear()
    site.built(jobs(texts, **more), workers=1)
    made = list(MADE)
    clean = chain.list(
        {"head": "h", "lines": [{"text": t} for t in (*texts, f"<p>{more.get('of', 'a')}</p> 1")], **more}
    )
    assert site.files()["list.txt"] == clean
    return made


def test_only_parts_that_changed_are_made(site: Site) -> None:
    page_of = "<p>a</p> 1"
    assert built(site, "one", "two", "three") == ["one", "two", "three", page_of]
    assert built(site, "one", "2", "three") == ["2"]
    assert built(site, "three", "0", "one", "one") == ["0"]
    assert built(site, "three") == []
    assert built(site, "three", of="b") == ["<p>b</p> 1"]


def test_what_all_parts_share_is_in_the_key_of_each(site: Site) -> None:
    built(site, "one", "two")
    assert built(site, "one", "2", head="other") == ["one", "2", "<p>a</p> 1"]


@pytest.mark.parametrize("harm", ["file", "cache", "both"])
def test_a_file_or_a_cache_that_was_changed_is_not_believed(site: Site, harm: str) -> None:
    built(site, "one", "two")
    if harm != "cache":
        (site.output / "list.txt").write_bytes(b"x: one;x: two;x: a")
    if harm != "file":
        with site.store() as store:
            store.add_fragments("parts", [("list.txt", b'["0",["1","2","3"]]', ())])
    assert built(site, "one", "2") == ["one", "2", "<p>a</p> 1"]


def test_parts_that_the_file_does_not_have_are_made(site: Site) -> None:
    built(site, "one", "two")
    with site.store() as store:
        name, keys = store.fragments("parts", ["list.txt"])["list.txt"][0]
        text = f'["{name}",["{keys[0]}","1","2","3","4","5","{keys[1]}"]]'
        store.add_fragments("parts", [("list.txt", text.encode(), ())])
    assert built(site, "one", "two", "3")[-4:] == ["one", "two", "3", "<p>a</p> 1"]
