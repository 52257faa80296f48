"""What an output names is part of the key of what is made from it; what it does not name is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build.fake import Chain, Site
from toolkit_builder.build.jobs import Job, Named, Output
from toolkit_builder.build.keys import Encoder, names_in, narrowed


class Printer(Chain):
    """``album``: an output, and the pictures that it names."""

    def renderers(self) -> Mapping[str, Callable[[Any], Any]]:
        return {**super().renderers(), "album": self.album}

    def album(self, payload: Any) -> bytes:
        return payload["page"] + b"".join(f"{path}=".encode() + each for path, each in payload["pictures"].items())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, Printer())


def jobs(pages: Mapping[str, str], pictures: Mapping[str, str]) -> list[Job]:
    """A page and an album of it for each text, and a page for each picture."""
    made = [Job(path, "page", {"text": text}, "c1") for path, text in (pages | pictures).items()]
    values = {path: Output(path) for path in pictures}
    albums = [
        Job(f"{path}.pdf", "album", {"page": Output(path), "pictures": Named(path, values)}, "c1", heavy=True)
        for path in pages
    ]
    return [*made, *albums]


PAGES = {"one.html": "<img src='img/a.png'>", "two.html": "<img src='img/b.png'>"}
PICTURES = {"img/a.png": "A", "img/b.png": "B"}


def test_a_document_gets_the_pictures_that_its_page_names(site: Site) -> None:
    site.built(jobs(PAGES, PICTURES))
    assert b"img/a.png=<p>A</p>" in site.files()["one.html.pdf"]
    assert b"B</p>" not in site.files()["one.html.pdf"]


def test_a_picture_more_or_less_or_another_one_changes_no_document_that_does_not_show_it(site: Site) -> None:
    site.built(jobs(PAGES, PICTURES))
    for pictures in (PICTURES | {"img/c.png": "C"}, PICTURES, PICTURES | {"img/c.png": "D"}):
        assert "album" not in site.built(jobs(PAGES, pictures)).rendered
    report = site.built(jobs(PAGES, PICTURES | {"img/b.png": "other"}))
    assert report.rendered == {"page": 1, "album": 1}
    assert b"img/b.png=<p>other</p>" in site.files()["two.html.pdf"]


def test_a_page_that_names_another_picture_is_printed_again(site: Site) -> None:
    site.built(jobs(PAGES, PICTURES))
    site.built(jobs(PAGES | {"one.html": "<img src='img/b.png'>"}, PICTURES))
    assert b"img/b.png=<p>B</p>" in site.files()["one.html.pdf"]


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_that_were_there_before_the_pages_were_made_get_the_pictures_as_well(site: Site, workers: int) -> None:
    many = {f"{n}.html": f"page {n} <img src='img/{'ab'[n % 2]}.png'>" for n in range(400)}
    site.built(jobs(many, PICTURES), workers=workers)
    files = site.files()
    assert all(f"img/{'ab'[n % 2]}.png=".encode() in files[f"{n}.html.pdf"] for n in range(400))


def test_a_picture_that_fails_is_reported_once(site: Site) -> None:
    report = site.build(jobs(PAGES, PICTURES | {"img/a.png": "WRONG"}))
    assert [d.code for d in report.diagnostics] == ["T100"]


def test_what_is_named_must_be_known_before_there_is_a_key() -> None:
    job = jobs(PAGES, PICTURES)[-1]
    encoded = Encoder()(job)
    assert encoded.named == ["two.html"]
    assert set(encoded.outputs) == {"two.html", *PICTURES}
    with pytest.raises(ValueError, match=r"two\.html"):
        encoded.key({"two.html": "d"})


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(folder=NAMES, name=NAMES, before=NAMES, quoted=st.sampled_from([str, quote, lambda text: quote(text, safe="")]))
def test_no_file_is_overlooked_however_its_name_is_written(
    folder: str, name: str, before: str, quoted: Callable[[str], str]
) -> None:
    path = f"{folder}/{name}.png"
    shown = (
        f'{before} <img src="../{quoted(path).replace("&", "&amp;").replace("%", "%25" if quoted is str else "%")}">'
    )
    found = narrowed({"pictures": Named("p", {path: Output(path)})}, {"p": shown.encode()})
    assert found["pictures"] == {path: Output(path)}


def test_a_name_is_its_last_words_with_the_ending() -> None:
    assert names_in("url(../img/our-branch.v2.png)") == {"our-branch.v2.png"}
    assert names_in("our branch.png") == {"branch.png"}
    assert names_in("photo (1).jpg") == {".jpg"}
    assert names_in("no name") == set()
