"""No word of the content is ever lost: the words of each source are on its page, in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.driver import SiteTest
from toolkit_builder import frontmatter, loading
from toolkit_builder.build.cache import Store
from toolkit_builder.prose import plain

ROOT = Path(__file__).parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    return _WORD.findall(text.replace("’", "").replace("'", "").casefold())


def source_words(body: str) -> list[str]:
    """What a reader must find: the body without marks, addresses, attributes and container fences."""
    body = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", body)  # a template's fields, which a branch fills
    body = re.sub(r"^\s*:::+.*$", "", body, flags=re.MULTILINE)
    body = re.sub(r"^\*\[[^\]]*\]:.*$", "", body, flags=re.MULTILINE)
    body = re.sub(r"\]\([^()\s]*(?:\s+\"[^\"]*\")?\)", "]", body)
    body = re.sub(r"\]\[[^\]]*\]", "]", body)
    body = re.sub(r"^\s*\[[^\]^]+\]:\s.*$", "", body, flags=re.MULTILINE)
    body = re.sub(r"\[\^[^\]]+\]:?", "", body)
    body = re.sub(r"^\s*\d+\.\s", "", body, flags=re.MULTILINE)  # a list that the browser numbers
    body = re.sub(r"\{[:.#][^}]*\}", "", body)
    body = re.sub(r"\[\[[^\]|]*\|", "", body)
    body = re.sub(r"\[\[(?:[a-z-]+:)?([^\]@]*)(?:@[^\]]*)?\]\]", r" \1 ", body)
    return words(re.sub(r"<[^>]*>", " ", body))


def page_words(html: str) -> list[str]:
    """What a reader is told by the page's main part: its text, pictures' descriptions, and list markers."""
    main = LexborHTMLParser(html).css_first("main")
    assert main is not None
    told = [plain((main.html or "").replace("<sup", " <sup"))]  # inline tags part no words, block tags do
    for node in main.css("[alt], [data-marker], abbr[title]"):
        told += [str(node.attributes.get(name) or "") for name in ("alt", "data-marker", "title")]
    return words(" ".join(told))


def missing(source: list[str], page: list[str]) -> list[str]:
    """Words of the source that the page does not have often enough."""
    from collections import Counter

    lost = Counter(source) - Counter(page)
    return sorted(lost.elements())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SiteTest:
    import shutil

    site = SiteTest(tmp_path_factory.mktemp("sample") / "site", clock="")
    shutil.copytree(ROOT / "content", site.folder / "content")
    text = (ROOT / "toolkit.yaml").read_text(encoding="utf-8")
    return site.write(**{"toolkit.yaml": text + "\nprint:\n  enabled: no\n"}).build()


def test_every_word_of_the_sample_is_on_its_page(sample: SiteTest) -> None:
    with Store(sample.folder / ".toolkit" / "store") as store:
        loaded = loading.load(sample.folder, loading.Options(), store)
    assert loaded.site is not None
    assert len(loaded.site.documents) > 80
    for doc in loaded.site.documents:
        html = (sample.output / doc.url[1:] / "index.html").read_text(encoding="utf-8")
        front = frontmatter.split((sample.folder / doc.path).read_text(encoding="utf-8"))
        lost = missing(source_words(front.body), page_words(html))
        assert lost == [], f"{doc.path} lost {lost[:20]}"


SEED_KINDS = {
    "motion-social-care.txt": (
        "conferences/2008/motions/1.md",
        "number: 1\ntitle: Seed\nmover: X",
        "conferences/2008/motions/1/",
    ),
    "bulletin-conference.txt": (
        "conferences/2008/bulletins/1.md",
        "issue: 1\ntitle: Seed\ndate: 2008-06-12",
        "conferences/2008/bulletins/1/",
    ),
    "plan-10-points.txt": ("plans/seed.md", "title: Seed", "plans/seed/"),
    "news-toolkit-launch.txt": ("news/seed.md", "title: Seed\ndate: 2010-01-01", "news/seed/"),
    "branch-update-week-3.txt": ("updates/seed/week-3.md", "title: Seed\ndate: 2008-06-03", "updates/seed/week-3/"),
}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents (../shared/seeds) are not here")
@pytest.mark.parametrize("name", sorted(SEED_KINDS))
def test_a_seed_document_keeps_every_word(site: SiteTest, name: str) -> None:
    path, head, url = SEED_KINDS[name]
    text = (SEEDS / name).read_text(encoding="utf-8")
    site.conference("2008", "---\ntitle: Conference 2008\nstart: 2008-06-12\n---\n")
    site.content(**{path: f"---\n{head}\n---\n\n{text}"})
    if name.startswith("bulletin"):
        assert "'20.1'" in site.check().replace("20.01", "20.1")
        site.motion("20", conference="2008").motion("13", conference="2008")
        site.amendment("20.1", "20", "Add at end: More.", conference="2008")
        site.amendment("13.2", "13", "Add at end: More.", conference="2008")
    site.build()
    html = site.text(f"{url}index.html")
    assert missing(words(text), page_words(html)) == []
    page = site.page(url)
    if name.startswith("bulletin"):
        assert sorted(a.attributes["href"] for a in page.css("a.ref")) == [
            "../../amendments/13-2/",
            "../../amendments/20-1/",
        ]
    if name.startswith("plan"):
        assert "10 Change of management culture" in site.words(url)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents (../shared/seeds) are not here")
def test_the_seed_motion_has_its_ten_calls_as_printed(site: SiteTest) -> None:
    text = (SEEDS / "motion-social-care.txt").read_text(encoding="utf-8")
    site.conference("2008", "---\ntitle: Conference 2008\nstart: 2008-06-12\n---\n").content(
        **{"conferences/2008/motions/1.md": f"---\nnumber: 1\ntitle: Seed\nmover: X\n---\n\n{text}"}
    ).build()
    page = site.page("conferences/2008/motions/1/")
    calls = [node for n in range(1, 11) if (node := page.css_first(f"#c{n}"))]
    assert len(calls) == 10


def test_a_heading_in_an_amendment_is_part_of_it(site: SiteTest) -> None:
    site.conference().motion("1").amendment("1.1", "1", "# A heading of its own\n\nAdd at end: More.", title="")
    site.attempt()
    assert "A heading of its own" in site.words("conferences/2027/amendments/1-1/")


def test_only_a_heading_is_taken_for_the_title(site: SiteTest) -> None:
    site.content(
        **{
            "one.md": "#\nFirst words\n\n# Second words\n",
            "two.md": "---\ntitle: Two\n---\n\n    # first words\n",
            "three.md": "\n  #   Third words ##\n\nMore words\n",
        }
    )
    assert "D110" in site.check()  # a lone # is no title
    site.content(**{"one.md": "---\ntitle: One\n---\n#\nFirst words\n"}).build()
    assert "First words" in site.words("one/")
    assert "first words" in site.words("two/")
    assert site.page("three/").css_first("h1").text() == "Third words"
