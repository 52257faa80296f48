"""What the site carries of localised documents, and what `check` says of branches that lack something."""

from __future__ import annotations

import re

from tests.driver import CONFIG, SiteTest


def test_check_says_what_branches_lack_and_where_it_is_asked_for(union: SiteTest) -> None:
    said = union.check()
    assert "content/toolkits/hands/leaflet.md:15:4: warning[L111]: the required field 'contact's name'" in said
    assert "is missing for Birch branch" in said
    assert "Alder branch" not in said
    union.write(**{"toolkit.yaml": CONFIG + "localise: off\n"})
    assert "L111" not in union.check()


def test_a_mistake_in_a_template_stops_the_build(union: SiteTest) -> None:
    union.edit("content/toolkits/hands/poster.md", "branch.title", "branch.tilte").attempt()
    assert not union.report.published
    assert "content/toolkits/hands/poster.md:8:15: error[L110]: 'branch' has no 'tilte'" in union.problems
    assert "did you mean branch.title?" in union.problems


def test_pages_of_templates_and_branches(union: SiteTest) -> None:
    union.build()
    page = union.text("toolkits/hands/letter/index.html")
    assert '<span class="field">[branch name]</span>' in page
    assert "{{" not in page
    assert "Send it on paper" in page
    assert "letter/make/" not in union.text("branches/alder/index.html").partition("branch=alder")[0].partition("#")[0]
    assert "make/#branch=alder" in union.text("branches/alder/index.html")
    assert "Send it on paper" not in union.words("/toolkits/hands/letter/make/")
    assert (union.output / "toolkits/hands/letter/letter.docx").read_bytes().startswith(b"PK")
    union.write(**{"toolkit.yaml": CONFIG + "localise: build\n"}).build()
    assert (union.output / "branches/alder/hands/letter.docx").exists()
    assert "hands/letter.docx" in union.text("branches/alder/index.html")
    union.write(**{"toolkit.yaml": CONFIG + "localise: off\n"}).build()
    assert not (union.output / "toolkits/hands/letter/make").exists()


def test_incremental_equals_clean(union: SiteTest) -> None:
    union.write(**{"toolkit.yaml": CONFIG + "localise: build\n"}).build()
    union.edit("content/branches/alder.md", "a limit of fifteen", "a limit of ten").build()
    after = union.tree()
    clean = SiteTest(union.folder.parent / "clean")
    for path in (union.folder / "content").rglob("*.md"):
        clean.write(**{path.relative_to(union.folder).as_posix(): path.read_bytes()})
    clean.write(**{"toolkit.yaml": CONFIG + "localise: build\n"}).build()
    assert clean.tree() == after


def test_lists_say_in_what_language_a_title_is(union: SiteTest) -> None:
    union.content(**{"toolkits/hands/llythyr.md": "---\ntitle: Llythyr\ntype: other\nlanguage: cy\n---\n\nTestun.\n"})
    union.build()
    listed = union.page("/toolkits/hands/").css('.resource-words[lang="cy"]')
    assert [words.css_first("a").text() for words in listed] == ["Llythyr"]


def test_a_make_page_loads_one_branch_when_it_is_picked(union: SiteTest) -> None:
    union.build()
    page = union.text("toolkits/hands/letter/make/index.html")
    assert "Ada Bell" not in page
    assert "Birch" not in page
    assert "Alder branch" in union.text("assets/branches/list.js")
    assert "Ada Bell" in union.text("assets/branches/alder.js")
    assert "Ada Bell" not in union.text("assets/branches/birch.js")
    union.edit("content/branches/birch.md", "Birch Council", "</script><script>alert(1)//").build()
    assert "<" not in union.text("assets/branches/birch.js").partition('"qr"')[0]


def test_previews_are_set_in_the_faces_of_print(union: SiteTest) -> None:
    union.build()
    css = union.text("assets/css/print.css")
    for face in set(re.findall(r'url\("\.\./(fonts/[^"]+)"\)', css)):
        assert (union.output / "assets" / face).exists(), face
    assert 'url("fonts/' not in css
    assert 'url("data:font/woff2;base64,' in union.text("assets/css/print-alone.css")
    assert 'ol[type="A"]' not in css
