"""`toolkit explain`, `doctor` and `clean`: every kind of output has its inputs and a reason; a cache in any state."""

from __future__ import annotations

import io
import random
from collections import defaultdict
from pathlib import Path

import pytest
from PIL import Image

from tests.driver import SiteTest
from tests.edits import EDITS, world
from toolkit_builder.build import engine
from toolkit_builder.build.explain import NO_NAME, PROGRAM, Explanation, explain, nearest

FORM = "---\ntitle: A form\ntype: model-letter\ntemplate: yes\n---\n\nMembers of {{ branch.title }} ask you.\n"


@pytest.fixture
def whole(site: SiteTest) -> SiteTest:
    """Something of every format but the printed ones."""
    drawn = io.BytesIO()
    Image.new("RGB", (3, 2)).save(drawn, "jpeg")
    files = {"toolkits/t/form.md": FORM, "pictures/photo.jpg": drawn.getvalue()}
    world(site).content(**files).motion("6", tags="[pay]", aliases="[/old/]")
    return site.edit("toolkit.yaml", append="localise: build\n").build()


def explained(site: SiteTest, path: str) -> Explanation:
    found = explain(site.folder, site.output, path)
    assert found is not None, path
    return found


def test_every_file_of_a_site_is_explained(whole: SiteTest) -> None:
    by_format = defaultdict(list)
    for path in whole.tree():
        found = explained(whole, path)
        by_format[found.format].append(path)
        assert found.inputs, f"{path} is made of nothing"
        assert found.why, path
    assert set(by_format) >= {
        "page", "feed", "copy", "picture", "archive", "register-csv", "register-json", "akoma-ntoso", "paper-text",
        "redirect", "robots", "sitemap", "docx", "make-page", "make-branch", "make-branches",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "among"),
    [
        (
            "/conferences/2027/",
            ["content/conferences/2027/index.md", "the title of motion 1", "the result of motion 1"],
        ),
        ("/tags/pay/", ["the title of apples", "the result of motion 1", "theme: themes/default/templates/tag.html"]),
        ("/conferences/2027/feed.xml", ["content/conferences/2027/motions/1.md"]),
        ("/conferences/2027/register/register.csv", ["content/conferences/2027/amendments/1.1.md"]),
        ("/conferences/2027/2027.zip", ["content/conferences/2027/motions/6.md"]),
        ("/old/", ["content/conferences/2027/motions/6.md"]),
        ("/branches/x/t/form.docx", ["content/branches/x.md", "content/toolkits/t/form.md"]),
        ("/pictures/a.svg", ["content/pictures/a.svg"]),
        ("/robots.txt", ["site settings"]),
    ],
)
def test_the_inputs_of_an_output(whole: SiteTest, path: str, among: list[str]) -> None:
    assert set(among) <= set(explained(whole, path).inputs)


def test_whatever_is_rebuilt_has_a_reason_with_a_name(whole: SiteTest) -> None:
    """After an edit of any kind that can be published."""
    nameless = []
    for n, what in enumerate(("retitle", "result", "amendment", "tags", "draft", "session", "news", "branch", "menu",
                              "part of a template", "another picture", "clock")):  # fmt: skip
        EDITS[what](whole, n, random.Random(n))
        whole.build()
        for path in whole.report.paths:
            why = explained(whole, path).why
            nameless += [(what, path) for each in why if each in (NO_NAME, PROGRAM)]
    assert not nameless


def test_what_changed_elsewhere_is_named(whole: SiteTest) -> None:
    whole.edit("content/conferences/2027/index.md", "title: Conference 2027", "title: Congress 2027").build()
    assert explained(whole, "/conferences/2027/amendments/1-1/").why == (
        "it shows something of what changed: content/conferences/2027/index.md",
    )


def test_the_date_is_a_reason(site: SiteTest) -> None:
    site.content(
        **{"news/a.md": "---\ntitle: A\ndate: 2027-06-01\n---\n\nA.\n",
           "news/b.md": "---\ntitle: B\ndate: 2027-06-02\nembargo: 2027-06-25 09:00\n---\n\nB.\n"}
    )  # fmt: skip
    site.build().build(clock="2027-06-26T12:00")
    assert explained(site, "/news/feed.xml").why == ("content/news/b.md was added",)
    assert explained(site, "/sitemap.xml").why == ("addresses and dates of all pages changed",)


def test_a_mistyped_path_is_told_the_nearest(site: SiteTest) -> None:
    site.content(**{"news/apples.md": "---\ntitle: A\ndate: 2027-06-01\n---\n\nA.\n"}).build()
    for typed in ("/news/aples/", "news/apple", "output/news/appels/index.html", "http://localhost:8000/news/aples/"):
        done = site.run("explain", typed)
        assert done.returncode == 1
        assert "did you mean /news/apples/?" in done.stderr, typed
    assert "toolkit build --dry-run" in site.run("explain", "/quite/another/thing.xyz").stderr
    assert nearest(site.folder, site.output, "/nwes/feed.xml") == "/news/feed.xml"


def test_a_file_may_be_named_from_where_one_stands(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from toolkit_builder.cli import cli

    site.content(**{"news/a.md": "---\ntitle: A\ndate: 2027-06-01\n---\n\nA.\n"}).build()
    for folder, typed in (
        ("output/news", "a/index.html"),
        ("content/news", "../../output/news/a/"),
        (".", str(site.output / "news/a/index.html")),
        (".", "https://example.org/news/a/#top"),
    ):
        monkeypatch.chdir(site.folder / folder)
        said = CliRunner().invoke(cli, ["explain", typed]).output
        assert said.startswith("news/a/index.html is made by the format 'page'"), (typed, said)


def test_after_clean_nothing_is_remembered_and_it_says_so(site: SiteTest) -> None:
    site.content(**{"news/a.md": "---\ntitle: A\ndate: 2027-06-01\n---\n\nA.\n"}).build()
    before = site.tree()
    assert site.run("clean").stdout == "The cache is gone; the site in the output folder is untouched.\n"
    assert site.tree() == before
    done = site.run("explain", "/news/a/")
    assert done.returncode == 1
    assert "nothing is remembered of how '/news/a/' was made" in done.stderr
    assert engine.clean(site.folder, site.output) == []
    assert site.build().tree() == before


# --- doctor ----------------------------------------------------------------------------------------------


def test_doctor_shows_the_size_of_the_cache_and_its_limit(whole: SiteTest) -> None:
    done = whole.run("doctor")
    assert done.returncode == 0, done.stderr
    assert " MB of at most 4295 MB in " in done.stdout
    assert " texts, " in done.stdout


def stored(site: SiteTest) -> Path:
    return site.folder / ".toolkit/store"


@pytest.mark.parametrize("what", ["a file", "a folder", "nothing to read"])
def test_doctor_names_a_cache_that_cannot_be_used_and_goes_on(
    site: SiteTest, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from click.testing import CliRunner

    from toolkit_builder.cli import cli

    site.conference().build()
    if what == "a file":
        engine.clean(site.folder, site.output)
        stored(site).write_bytes(b"a file")
    elif what == "a folder":
        (stored(site) / "fragments.db").unlink()
        (stored(site) / "fragments.db").mkdir()
    else:
        real = Path.exists

        def forbidden(path: Path) -> bool:
            if path.name == "fragments.db":
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        monkeypatch.setattr(Path, "exists", forbidden)
    monkeypatch.chdir(site.folder)
    done = CliRunner().invoke(cli, ["doctor"], standalone_mode=False)
    assert done.exception is None
    assert done.return_value == 1
    assert "toolkit clean" in done.output
    assert "Interpreter: " in done.output
    monkeypatch.undo()
    assert engine.clean(site.folder, site.output) == []
    assert site.run("doctor").returncode == 0
