"""Characters that print has no font for are reported where they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.driver import SiteTest
from toolkit_builder import glyphs, loading
from toolkit_builder.diagnostics import Span, as_text, warning
from toolkit_builder.printing.report import no_glyph


def missing(path: str, characters: str) -> list:
    return [no_glyph(ord(char), Span(path)) for char in characters]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "toolkit.yaml": "title: Undeb ✊\n",
        "content/a/one.md": "---\ntitle: One 🎉\n---\n\nWords 日本 and 🎉.\n",
        "content/a/two.md": "---\ntitle: Two\n---\n\nשלום\n",
        "content/b.md": "שלום\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_each_line_has_one_report_that_names_its_characters(project: Path) -> None:
    found = glyphs.placed(missing("content/a/one.md", "🎉日本✊"), project)
    assert [(str(d.span), d.message.partition("character")[2]) for d in found] == [
        (str(Span("content/a/one.md", 2, 12, 2, 13)), " '🎉' U+1F389 PARTY POPPER"),
        (str(Span("content/a/one.md", 5, 7, 5, 15)), "s '日' U+65E5, '本' U+672C and '🎉' U+1F389"),
        (str(Span("toolkit.yaml", 1, 14, 1, 15)), " '✊' U+270A RAISED FIST"),
    ]
    assert "5 | Words 日本 and 🎉." in as_text(found[1])
    assert all(d.hint.startswith("write") for d in found)


def test_what_another_file_brought_in_is_reported_there_and_once(project: Path) -> None:
    found = glyphs.placed([*missing("content/a/index.md", "ש"), *missing("content/a/one.md", "ש")], project)
    assert [d.span.path for d in found if d.span] == ["content/a/two.md"]


def test_tables_are_looked_through_and_what_stands_nowhere_is_kept(project: Path) -> None:
    table = project / "branches.csv"
    table.write_text("name\nArfon ✊\n", encoding="utf-8")
    found = glyphs.placed([*missing("content/b.md", "✊会"), warning("X1", "another")], project, [str(table)])
    assert sorted((d.code, d.span.path if d.span else "") for d in found) == [
        ("Q106", str(table)), ("Q106", "content/b.md"), ("Q106", "toolkit.yaml"), ("X1", "")
    ]  # fmt: skip


def test_many_characters_are_counted(project: Path) -> None:
    (project / "content/c.md").write_text("一二三四五六七八九\n", encoding="utf-8")
    (found,) = glyphs.placed(missing("content/c.md", "一二三四五六七八九"), project)
    assert found.message.endswith("'六' U+516D and 3 more")


@pytest.mark.skipif(loading.print_problem() is not None, reason="this computer cannot print")
def test_check_build_and_print_say_where(site: SiteTest) -> None:
    site.edit("toolkit.yaml", "enabled: no", "enabled: yes")
    site.content(**{"plans/one.md": "---\ntitle: Plan\n---\n\n1 One: 🚀 go.\n\n2 Two: stop.\n"})
    place = "content/plans/one.md:5:8: error[Q106]: print has no font with the character '🚀' U+1F680 ROCKET"
    assert place in site.attempt().problems
    assert not site.report.published
    printed = site.run("print", "plan", "one")
    assert (printed.returncode, place in printed.stderr) == (1, True)
    checked = site.run("check")
    assert (checked.returncode, place in checked.stdout + checked.stderr) == (1, True)
