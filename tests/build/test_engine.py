"""What a build renders, reuses, removes and reports."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolkit_builder.build.engine import clean
from toolkit_builder.build.jobs import Job, Output

from .fake import Chain, Site, expected, page, pdf, rendered

TEXTS = {"index.html": "home", "motions/20/index.html": "twenty", "motions/20/20.pdf": "twenty"}


def test_output_holds_exactly_what_the_jobs_say(site: Site) -> None:
    report = site.built(TEXTS)
    assert site.files() == expected(TEXTS)
    assert report.rendered == {"page": 2, "pdf": 1, "print": 1}
    assert report.exit_code == 0


def test_a_second_build_renders_nothing_and_touches_no_file(site: Site) -> None:
    site.built(TEXTS)
    before = {path: os.stat(site.output / path) for path in site.files()}
    report = site.built(TEXTS)
    assert (report.rendered, report.reused, report.removed) == ({}, 4, [])
    assert {path: os.stat(site.output / path).st_mtime_ns for path in before} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }


def test_one_change_renders_one_page_and_leaves_every_other_file_as_it_is(site: Site) -> None:
    site.built(TEXTS)
    kept = os.stat(site.output / "motions/20/index.html").st_ino
    report = site.built({**TEXTS, "index.html": "new home"})
    assert report.paths == ["index.html"]
    assert os.stat(site.output / "motions/20/index.html").st_ino == kept
    assert site.files() == expected({**TEXTS, "index.html": "new home"})


def test_pages_that_are_no_more_are_removed_with_their_folders(site: Site) -> None:
    site.built(TEXTS)
    site.built({"index.html": "home"})
    report = site.built({"index.html": "home"})
    assert report.removed == []
    assert [p.name for p in site.output.rglob("*")] == ["index.html"]


def test_a_file_may_become_a_folder_and_back(site: Site) -> None:
    for texts in ({"a": "file"}, {"a/b": "folder"}, {"a": "file"}, {"a/b/c": "deep"}, {"a/b": "less"}):
        site.built(texts)
        assert site.files() == expected(texts)


def test_going_back_to_an_earlier_text_prints_nothing(site: Site) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "motions/20/20.pdf": "changed"})
    report = site.built(TEXTS)
    assert report.rendered == {}
    assert site.files() == expected(TEXTS)


def test_the_pdf_is_not_printed_again_when_its_page_comes_out_the_same(site: Site) -> None:
    site.built(TEXTS)
    jobs = [page("index.html", "home"), *pdf("a.pdf", "same")]
    site.built(jobs)
    first = jobs[1]
    again = Job(first.path, "print", {"text": "same", "unused": 1}, first.closure, first.reasons, publish=False)
    report = site.built([jobs[0], again, jobs[2]])
    assert report.rendered == {"print": 1}


@pytest.mark.parametrize("damage", ["edit", "remove", "mode", "link"])
def test_an_output_file_that_somebody_touched_is_made_again(site: Site, damage: str) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "other"})
    victim = site.output / "motions/20/index.html"
    if damage == "edit":
        with victim.open("r+b") as file:  # in place, so that the standby tree's link is edited, too
            file.write(b"XXXX")
    elif damage == "mode":
        victim.chmod(0o600)
    else:
        victim.unlink()
    if damage == "link":
        victim.symlink_to(site.output / "index.html")
    for text in ("other", "third"):
        texts = {**TEXTS, "index.html": text}
        site.built(texts)
        assert site.files() == expected(texts)
        assert not victim.is_symlink()
        assert victim.stat().st_mode & 0o777 == 0o644


def test_a_printed_file_that_somebody_edits_in_place_does_not_poison_the_store(site: Site) -> None:
    site.built(TEXTS)
    with (site.output / "motions/20/20.pdf").open("r+b") as file:
        file.write(b"POISON")
    site.built(TEXTS)
    assert site.files() == expected(TEXTS)


def test_a_page_that_fails_publishes_nothing_and_every_failure_is_reported(site: Site) -> None:
    site.built(TEXTS)
    report = site.build({**TEXTS, "index.html": "WRONG", "b.html": "WRONG too", "c.pdf": "WRONG print"})
    assert (report.published, report.exit_code) == (False, 1)
    assert [d.message.partition(": ")[2] for d in report.diagnostics] == ["WRONG", "WRONG print", "WRONG too"]
    assert site.files() == expected(TEXTS)
    site.built({**TEXTS, "index.html": "right"})
    assert site.files() == expected({**TEXTS, "index.html": "right"})


def test_a_renderer_that_raises_is_an_internal_fault_that_names_the_document(site: Site) -> None:
    site.built(TEXTS)
    report = site.build([page("index.html", "CRASH", label="content/home.md")])
    assert report.exit_code == 3
    (found,) = report.diagnostics
    assert "content/home.md" in found.message
    assert "inside the renderer" in found.message
    assert site.files() == expected(TEXTS)


def test_warnings_are_repeated_by_a_build_that_renders_nothing(site: Site) -> None:
    texts = {"index.html": "ODD", "a.pdf": "ODD print"}
    first = site.built(texts)
    second = site.built(texts)
    assert second.rendered == {}
    assert [d.message for d in second.diagnostics] == [d.message for d in first.diagnostics] != []


def test_a_new_toolchain_closure_renders_everything(site: Site) -> None:
    site.built(TEXTS)
    jobs = [Job(path, "page", {"text": text}, "c2") for path, text in TEXTS.items()]
    report = Site(site.folder, Chain("2")).built(jobs)
    assert report.rendered == {"page": 3}
    assert site.files()["index.html"] == rendered("home", "2")


def test_outputs_made_of_outputs_follow_through_three_waves(site: Site) -> None:
    def jobs(text: str) -> list[Job]:
        return [
            Job("c.bin", "pdf", {"page": Output("b.bin"), "note": "c"}, "c1"),
            Job("b.bin", "pdf", {"page": Output("a.html"), "note": "b"}, "c1"),
            page("a.html", text),
        ]

    site.built(jobs("one"))
    site.built(jobs("two"))
    assert site.files()["c.bin"] == b"%PDF %PDF " + rendered("two") + b"bc"


def test_what_depends_on_a_failed_page_is_not_reported_a_second_time(site: Site) -> None:
    report = site.build(pdf("a.pdf", "WRONG"))
    assert [d.code for d in report.diagnostics] == ["T100"]
    assert not site.output.exists()


def test_two_jobs_with_one_path_are_named_and_nothing_is_published(site: Site) -> None:
    jobs = [page("a.html", "one", label="content/one.md"), page("b.html", "two", label="content/two.md")]
    site.built(jobs)
    for clash in ("a.html", "A.html", "a.html/b"):
        report = site.build([jobs[0], page(clash, "two", label="content/two.md")])
        assert report.exit_code == 1
        assert report.diagnostics[0].span is not None
        said = f"{report.diagnostics[0].span.path}: {report.diagnostics[0].message}"
        assert "content/one.md" in said
        assert "content/two.md" in said
        assert set(site.files()) == {"a.html", "b.html"}


def test_clean_forgets_the_cache_but_not_whose_the_files_are(site: Site) -> None:
    site.built(TEXTS)
    site.built({**TEXTS, "index.html": "changed"})
    assert clean(site.folder, site.output) == []
    assert site.files() == expected({**TEXTS, "index.html": "changed"})
    report = site.built({"index.html": "only"})
    assert report.removed == ["motions/20/20.pdf", "motions/20/index.html"]
    assert site.files() == expected({"index.html": "only"})


def test_the_users_own_git_files_are_carried_along(site: Site) -> None:
    site.output.mkdir()
    (site.output / ".gitignore").write_text("*\n")
    (site.output / ".gitkeep").write_text("")
    for text in ("one", "two", "three"):
        site.built({"index.html": text})
        assert (site.output / ".gitignore").read_text() == "*\n"
    (site.output / ".gitignore").write_text("*.html\n")
    (site.output / ".gitkeep").unlink()
    for text in ("four", "five", "six"):
        site.built({"index.html": text})
        assert (site.output / ".gitignore").read_text() == "*.html\n"
        assert not (site.output / ".gitkeep").exists()


def test_output_outside_the_project_and_two_outputs_of_one_project(site: Site, tmp_path: Path) -> None:
    other = tmp_path / "public" / "site"
    site.built({"index.html": "inside"})
    from toolkit_builder.build.engine import build

    for text in ("outside", "again", "and again"):
        assert build(site.folder, other, [page("index.html", text)], {}, site.chain).published
        assert (other / "index.html").read_bytes() == rendered(text)
    assert site.files() == expected({"index.html": "inside"})
    assert sorted(p.name for p in other.parent.iterdir()) == ["site"]
