"""The whole sample site, read from its files as a visitor's programs would read it."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from urllib.parse import quote, unquote

import pikepdf
import pytest
from PIL import Image

from tests.crawl import Published
from tests.driver import SiteTest
from toolkit_builder import resources, scaffold
from toolkit_builder.loading import print_problem

ROOT = "https://sample.example/toolkit"


def _built(folder: Path, *, sample: bool) -> SiteTest:
    site = SiteTest(folder)
    (folder / "toolkit.yaml").unlink()
    scaffold.new_site(folder, "Our Union", sample=sample)
    return site.build(clock="", base_url=ROOT, environment={"TOOLKIT_PRINT_ENABLED": "no"})


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return Published(_built(tmp_path_factory.mktemp("sample") / "site", sample=True).output, ROOT)


def test_the_sample_site_has_nothing_that_a_visitor_would_trip_over(sample: Published) -> None:
    assert sample.problems() == []


def test_the_crawl_saw_the_whole_sample(sample: Published) -> None:
    documents = len(list((resources.sample() / "content").rglob("*.md")))
    assert len(sample.pages) > documents
    followed = sum(how == "followed" for page in sample.pages.values() for how, _ in page.links)
    assert followed > 20 * len(sample.pages)


def test_the_starter_site_has_nothing_that_a_visitor_would_trip_over(tmp_path: Path) -> None:
    assert Published(_built(tmp_path / "site", sample=False).output, ROOT).problems() == []


@pytest.mark.slow
def test_links_in_printed_documents_lead_to_pages_that_are_there(tmp_path: Path) -> None:
    if print_problem():
        pytest.skip("no PDFs can be made here")
    site = SiteTest(tmp_path / "site")
    (site.folder / "toolkit.yaml").unlink()
    scaffold.new_site(site.folder, "Our Union")
    published = Published(site.build(base_url=ROOT).output, ROOT)
    seen = 0
    for path in sorted(f for f in published.files if f.endswith(".pdf")):
        with pikepdf.open(published.output / path) as pdf:
            for page in pdf.pages:
                for note in page.get("/Annots", []):
                    address = str(note.get("/A", {}).get("/URI", ""))
                    if address.startswith(ROOT):
                        seen += 1
                        file, fragment = published.target("", address.removeprefix(ROOT))
                        assert file in published.files, f"{path}: {address}"
                        assert not fragment or fragment in published.pages[file].ids, f"{path}: {address}"
                    assert not address.startswith("file:"), path
    assert seen


def test_every_page_can_be_reached_from_the_first(sample: Published) -> None:
    seen, todo = {"index.html"}, ["index.html"]
    while todo:
        path = todo.pop()
        for _, address in sample.pages[path].links:
            file = sample.target(path, address)[0]
            if file in sample.pages and file not in seen:
                seen.add(file)
                todo.append(file)
    unreached = {path for path, page in sample.pages.items() if not page.is_redirect} - seen - {"404.html"}
    assert not unreached


def _dot() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_are_one_letter_wherever_a_name_comes_from(site: SiteTest, form: str) -> None:
    """A Mac may name a file with accents apart from their letters; a text says them as one, or the other way round."""
    other = "NFD" if form == "NFC" else "NFC"
    picture, page = (unicodedata.normalize(form, name) for name in ("images/Café ŵ.png", "né.md"))
    text = unicodedata.normalize(other, "![a](<images/Café ŵ.png>) ![b](/images/Caf%C3%A9%20%C5%B5.png) [n](né.md)")
    site.content(**{picture: _dot(), page: "---\ntitle: X\n---\n\nText.\n", "a.md": f"---\ntitle: A\n---\n\n{text}\n"})
    main = site.build().page("a/").css_first("main")
    assert [i.attributes["src"] for i in main.css("img")] == ["../images/Caf%C3%A9%20%C5%B5.png"] * 2
    assert [a.attributes["href"] for a in main.css(".prose a")] == ["../né/"]
    assert (site.output / "images/Café ŵ.png").is_file()


def test_a_name_with_signs_of_addresses_in_it_is_linked_as_a_name(site: SiteTest) -> None:
    names = ["a#b.txt", "100%.txt", "who%3F.txt", "it's & more.txt"]
    links = " ".join(f"[x](<{quote(name)}>)" for name in names)
    site.content(**dict.fromkeys(names, b"x"), **{"a.md": f"---\ntitle: A\n---\n\n{links}\n"})
    hrefs = [a.attributes["href"] or "" for a in site.build().page("a/").css("main .prose a")]
    assert [unquote(href).removeprefix("../") for href in hrefs] == names
