"""`explain` says which inputs made a file and why it was made again last."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from toolkit_builder.build.explain import FIRST, LOST, PROGRAM, changes, explain
from toolkit_builder.build.jobs import Deferred, Job, Known
from toolkit_builder.build.keys import Encoder

from .fake import Site


def motion(text: str, closure: str = "c", **reasons: str) -> Job:
    named = {"content/motions/20.md": "1", **{k.replace("_", " "): v for k, v in reasons.items()}}
    return Job("motions/20/index.html", "page", {"text": text}, closure, named, label="motion 20")


def why(site: Site, path: str = "motions/20/") -> list[str]:
    found = explain(site.folder, site.output, path)
    assert found is not None
    return list(found.why)


def test_why_a_page_was_made(site: Site) -> None:
    site.built([motion("a", result_of_amendment_20_1="tabled")])
    assert why(site) == [FIRST]
    site.built([motion("b", result_of_amendment_20_1="carried")])
    assert why(site) == ["result of amendment 20 1 changed"]
    site.built([motion("c", result_of_amendment_20_1="carried", base="1")])
    assert why(site) == ["base was added"]
    site.built([motion("d")])
    assert why(site) == ["base was removed", "result of amendment 20 1 was removed"]
    site.built([motion("d", closure="c2")])
    assert why(site) == [PROGRAM]
    (site.output / "motions/20/index.html").unlink()
    site.built([motion("d", closure="c2")])
    assert why(site) == [LOST]


def test_a_printed_file_that_comes_back_from_the_store_has_a_reason_too(site: Site) -> None:
    for text in ("one", "two", "one"):
        site.built({"a.pdf": text})
    assert why(site, "a.pdf") == ["print/a.pdf.html changed"]
    found = explain(site.folder, site.output, "a.pdf")
    assert found is not None
    assert found.inputs == ("print/a.pdf.html",)


def framed(text: str, base: str) -> Job:
    """The job of a page of which nothing but the template around it has changed."""
    job = motion(text, closure=f"c{base}")
    encoded = Encoder()(job)
    key, payload = encoded.key({}), encoded.payload({})
    job = replace(job, payload=Deferred(lambda: {"text": f"{text} {base}"}), reasons={"theme: base": base})
    return replace(job, known=Known(key, payload, told="theme: "))


def test_a_page_that_gets_another_frame_keeps_what_else_it_is_made_from(site: Site) -> None:
    site.built([motion("a", **{"theme:_base": "1"})])
    for text, base, said in (
        ("a", "2", ["theme: base changed"]),
        ("a", "3", ["theme: base changed"]),
        ("b", "3", ["content/motions/20.md was removed"]),
    ):
        if text == "a":
            site.built([framed(text, base)])
            found = explain(site.folder, site.output, "motions/20/")
            assert found is not None
            assert (found.inputs, found.label) == (("content/motions/20.md", "theme: base"), "motion 20")
        else:
            job = motion(text, closure=f"c{base}", **{"theme:_base": base})
            site.built([replace(job, reasons={"theme: base": base})])
        assert why(site) == said
    site.built([replace(framed("b", "4"), reasons={"theme: other": "1"})])
    assert why(site) == ["theme: base was removed", "theme: other was added"]
    site.built([replace(framed("b", "5"), reasons={"theme: other": "1"})])
    assert why(site) == [PROGRAM]


def test_a_build_that_renders_nothing_changes_no_story(site: Site) -> None:
    site.built([motion("a")])
    site.built([motion("b", x="1")])
    site.built([replace(motion("b", x="1"), label="other")])
    assert why(site) == ["x was added"]


@pytest.mark.parametrize(
    "path", ["motions/20/", "/motions/20/", "motions/20", "motions/20/index.html", "/motions/20/index.html"]
)
def test_a_path_may_be_written_as_the_browser_shows_it(site: Site, path: str) -> None:
    site.built([motion("a", base="1")])
    found = explain(site.folder, site.output, path)
    assert found is not None
    assert (found.path, found.format, found.label) == ("motions/20/index.html", "page", "motion 20")
    assert found.inputs == ("base", "content/motions/20.md")


def test_nothing_is_known_of_other_paths_and_of_removed_ones(site: Site, tmp_path: Path) -> None:
    assert explain(tmp_path, tmp_path / "output", "x") is None
    site.built({"a.html": "a", "b.html": "b"})
    assert explain(site.folder, site.output, "none.html") is None
    assert explain(site.folder, site.output, "a.html") is not None
    site.built({"b.html": "b"})
    assert explain(site.folder, site.output, "a.html") is None


def test_a_damaged_file_of_stories_starts_anew(site: Site) -> None:
    site.built([motion("a")])
    for damage in (b"rubbish" * 1000, b""):
        (site.state / "explain.db").write_bytes(damage)
        assert explain(site.folder, site.output, "motions/20/") is None
        site.built([motion(f"b{len(damage)}")])
        assert why(site) == [FIRST]


def test_changes_are_sorted_sentences() -> None:
    assert changes({"a": "1", "b": "1"}, {"a": "2", "c": "1"}) == ["a changed", "b was removed", "c was added"]
    assert changes({}, {}) == []
