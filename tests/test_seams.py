"""Where only the frame around pages has changed, their own part is cut from what is published: to the byte what
rendering them gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.driver import SiteTest
from tests.edits import base, own, world
from tests.sample import Sample
from tests.test_frames import FRAGMENT, bundle, given_page
from tests.verified import verified
from toolkit_builder import blueprint, pipeline
from toolkit_builder.build import execute
from toolkit_builder.build.digests import compact_json
from toolkit_builder.build.explain import explain
from toolkit_builder.build.jobs import Seamed
from toolkit_builder.formats import page
from toolkit_builder.formats.templates import Templates
from toolkit_builder.theme import Bundle

BASE = """{% import "icons.html" as icons %}
<!doctype html><title>{% block title %}{{ page.title }}{% endblock %}</title>
{% block menu %}{% for i in site.menu %}<a href="{{ i.url }}"{% if i.current %} class="on"{% endif %}>{{ i.title }}</a>
{% endfor %}{{ icons.one() }}{% endblock %}
<main class="{% block kind %}plain{% endblock %}">{% block main %}{% endblock %}</main>
{% block aside %}{% endblock %}{{ t('Menu') }}<a href="/a/b/">b</a>"""
CHILD = """{% extends "base.html" %}{% import "parts.html" as parts with context %}
{% block kind %}{{ doc.kind }}{% endblock %}
{% block main %}<h1>{{ page.title }}</h1>{{ parts.words() }}{{ doc.html }}<a href="/a/x/">x</a>{% endblock %}
{% block aside %}{% if doc.aside %}<aside>{{ doc.aside }}</aside>{% endif %}{% endblock %}"""
PARTS = "{% macro words() %}{{ doc.words }}{% endmacro %}"
ICONS = "{% macro one() %}<svg></svg>{% endmacro %}"


def theme(root: str = BASE, child: str = CHILD, parts: str = PARTS, icons: str = ICONS, **more: str) -> Bundle:
    return bundle(base__html=root, page__html=child, parts__html=parts, icons__html=icons, **more)


def payload(url: str = "/a/", **doc: Any) -> dict[str, Any]:
    shown = {"kind": "k", "html": "<p>text <a href='/a/'>a</a></p>", "words": "w <", "aside": "", **doc}
    return {**given_page(url), "template": "page.html", "doc": shown}


def framed(kept: Seamed, given: dict[str, Any], templates: Templates) -> Seamed:
    """What was kept of a page, in the frame of other templates."""
    (name, label, digest), pieces, head = json.loads(f"[{kept.seams}]")
    seams = templates.seams(name)
    assert seams is not None
    assert seams.digest == digest
    again = {"template": name, "site": given["site"], "label": label, "pieces": pieces}
    again["head"] = compact_json(head).decode()
    made = page.seamed({**again, "before": kept.data}, templates)
    assert isinstance(made, Seamed)
    return made


OTHER = BASE.replace("<!doctype html>", "<!doctype html><p>é {{ page.url }}</p>").replace("{{ t(", "<hr>{{ t(")


@pytest.mark.parametrize(
    "doc", [{}, {"aside": "<a href=''>"}, {"kind": "<x>", "html": ""}, {"words": "ünd \U0001f600"}]
)
@pytest.mark.parametrize("url", ["/a/", "/a/b/c/", "/", "/x.html"])
def test_a_page_in_another_frame_is_what_rendering_it_gives(doc: dict[str, str], url: str) -> None:
    given = payload(url, **doc)
    before = page.seamed(given, Templates(theme()))
    assert isinstance(before, Seamed)
    assert before.data == page.render(given, Templates(theme()))
    other = Templates(theme(OTHER))
    again = framed(before, given, other)
    assert again == page.seamed(given, other)
    assert again.data == page.render(given, Templates(theme(OTHER)))
    assert framed(again, given, Templates(theme())) == before


@settings(max_examples=150, deadline=None)
@given(FRAGMENT, FRAGMENT, FRAGMENT, FRAGMENT)
def test_whatever_stands_around_an_own_part(first: str, second: str, fragment: str, aside: str) -> None:
    given = payload(html=f"<p>{fragment}", aside=aside)
    given["doc"]["aside_html"] = aside
    child = CHILD.replace("{{ doc.aside }}", "{{ doc.aside_html }}")
    frame = BASE.replace("<main", f"{first}<main").replace("</main>", f"{second}</main>")
    before = page.seamed(given, Templates(theme(child=child)))
    after = Templates(theme(frame, child))
    assert isinstance(before, Seamed)
    assert before.data == page.render(given, Templates(theme(child=child)))
    assert framed(before, given, after).data == page.render(given, after)


@pytest.mark.parametrize(
    ("root", "child"),
    [
        (BASE + "{% set x = page.title %}", CHILD),  # blocks see it
        (BASE + "{{ doc.kind }}", CHILD),
        (BASE + "{{ listings }}", CHILD),
        (BASE + "{{ page.tags.append('x') }}", CHILD),
        (BASE + "{{ page.tags['pop']() }}", CHILD),
        (BASE + "{{ site[page.title] }}", CHILD),
        (BASE + "{% do page.tags.sort() %}", CHILD),
        (BASE + "{{ self.main() }}", CHILD),
        (BASE + "{{ icons.two(page.tags) }}", CHILD),  # it changes what it is given
        (BASE + "{% if page.title %}{% block more %}{{ doc.kind }}{% endblock %}{% endif %}", CHILD),
        (BASE + "{% include 'parts.html' %}", CHILD),
        (BASE, CHILD + "{% set y = doc.kind %}"),
        (BASE, CHILD + "{% macro icons() %}{% endmacro %}"),  # which of the two does a block see?
        (BASE, CHILD.replace("{{ doc.html }}", "{% block title %}{{ doc.html }}{% endblock %}")),
        (BASE, CHILD.replace("{{ doc.html }}", "{{ self.title() }}")),
        (BASE, CHILD.replace('"base.html"', '"base.html" if page.title else "other.html"')),
        ("<p>{{ page.title }}</p>", CHILD),
    ],
)
def test_where_it_cannot_be_told_what_is_a_pages_own_it_is_rendered(root: str, child: str) -> None:
    two = "{% macro two(x) %}{% do x.append(1) %}{% endmacro %}"
    templates = Templates(theme(root, child, icons=ICONS + two))
    assert templates.seams("page.html") is None
    if "base.html" in child and "if page.title else" not in child and "append" not in root and "pop" not in root:
        given = {**payload(), "listings": []}
        given["site"][given["page"]["title"]] = ""
        assert page.seamed(given, templates) == page.render(given, Templates(templates.bundle))


def test_a_frame_that_reads_the_document_is_a_pages_own() -> None:
    seams = Templates(theme(BASE.replace("{{ page.title }}", "{{ doc.kind }}"))).seams("page.html")
    assert seams is not None
    assert seams.own == {"kind", "main", "title", "aside"}
    seams = Templates(theme(BASE.replace("{{ icons.one() }}", "{{ doc.kind }}"))).seams("page.html")
    assert seams is not None
    assert seams.own == {"kind", "main", "menu", "aside"}


@pytest.mark.parametrize(
    ("title", "alone"),
    [
        ("{% block title %}{% block more %}{{ page.title }}!{% endblock %}{% endblock %}", True),
        ("{% macro loud() %}{{ page.title }}!{% endmacro %}{% block title %}{{ loud() }}{% endblock %}", False),
    ],
)
def test_a_block_of_the_frame_that_the_page_has_its_own_way_of(title: str, alone: bool) -> None:
    before, other = (Templates(theme(root, CHILD + title)) for root in (BASE, OTHER))
    seams = before.seams("page.html")
    assert seams is not None
    assert (seams.own, bool(seams.chain)) == ({"kind", "main", "aside"}, alone)
    made = page.seamed(payload(), before)
    assert isinstance(made, Seamed)
    assert b"!</title>" in made.data
    assert framed(made, payload(), other).data == page.render(payload(), other)


def digest(made: Bundle) -> str:
    seams = Templates(made).seams("page.html")
    assert seams is not None
    return seams.digest


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (theme(OTHER), True),
        (theme(BASE.replace("<svg>", "<b>")), True),
        (theme(child=CHILD + " "), False),
        (theme(parts=PARTS + " "), False),
        (theme(icons=ICONS + " "), False),  # a block of the page may use what the base imports
        (theme(BASE.replace("{% block aside %}", "{% block aside %}x")), False),  # its own part may be handed on
        (theme(BASE + "{% macro more() %}{% endmacro %}"), False),
        (Bundle(templates=theme().templates, locales={"cy": {"Menu": "Bwydlen"}}), False),
    ],
)
def test_the_digest_of_own_parts_follows_what_they_are_made_by(changed: Bundle, same: bool) -> None:
    assert (digest(changed) == digest(theme())) is same


def test_a_page_whose_own_part_changes_what_the_frame_reads_keeps_nothing() -> None:
    child = CHILD.replace("<h1>", "{% do page.tags.append('x') %}<h1>")
    given = payload()
    made = page.seamed(given, Templates(theme(child=child)))
    assert isinstance(made, bytes)
    child = CHILD.replace("<h1>", "{% do site.menu.append({'url': '/z/', 'title': 'z'}) %}<h1>")
    made = page.seamed(payload(), Templates(theme(child=child)))
    assert isinstance(made, bytes)


# --- whole sites -----------------------------------------------------------------------------------------


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process of one thread, whatever other tests have left."""
    for module in (pipeline, execute):
        monkeypatch.setattr(module, "can_fork", lambda: True)


def clean_build(site: SiteTest) -> dict[str, bytes]:
    files = tree(site)
    site.folder.joinpath(".toolkit").rename(site.folder / "old-cache")
    site.folder.joinpath("output").rename(site.folder / "old-output")
    site.build()
    return files


def tree(site: SiteTest) -> dict[str, bytes]:
    output = site.folder / "output"
    return {p.relative_to(output).as_posix(): p.read_bytes() for p in sorted(output.rglob("*")) if p.is_file()}


@pytest.mark.usefixtures("forking")
def test_a_new_frame_goes_around_every_page_and_the_site_is_that_of_a_clean_build(site: SiteTest) -> None:
    world(site).build()
    path = "conferences/2027/motions/2/index.html"
    before = explain(site.folder, site.folder / "output", path)
    with verified() as counts:
        site.write(**{"themes/mine/templates/base.html": base(site, 1)}).build()  # other than the default's
        site.write(**{"themes/mine/templates/base.html": base(site, 2)}).build()
    assert counts["framed"] >= 8, counts
    assert {p for p in site.report.paths if not p.endswith(".html")} == set()
    assert b"<p>2</p></body>" in (site.folder / "output" / path).read_bytes()
    story = explain(site.folder, site.folder / "output", path)
    assert before is not None
    assert story is not None
    assert story.why == ("theme: themes/mine/templates/base.html changed",)
    assert set(story.inputs) - set(before.inputs) == {"theme: themes/mine/templates/base.html"}
    assert set(before.inputs) - set(story.inputs) == {"theme: themes/default/templates/base.html"}
    site.build()
    assert site.report.paths == []
    site.edit("content/conferences/2027/motions/6.md", "the facts", "the figures").build()
    pages = {p for p in site.report.paths if re.search(r"motions/\d+/index.html$", p)}
    assert pages == {"conferences/2027/motions/6/index.html"}
    own(site, "templates/parts/contact.html", "<", "<!-- --><")
    site.build()
    assert clean_build(site) == tree(site)


@pytest.mark.usefixtures("forking")
def test_a_published_file_that_is_not_what_it_was_is_rendered(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    world(site).write(**{"themes/mine/templates/base.html": base(site, 1)}).build()
    place = site.folder / "output/conferences/2027/motions/2/index.html"
    builds: list[int] = []
    lay_out = pipeline.lay_out

    def meanwhile(*given: Any) -> Any:
        builds.append(1)
        plan = lay_out(*given)
        if len(builds) == 1:
            data = place.read_bytes()
            place.write_bytes(data[:-1] + b"x")
        return plan

    monkeypatch.setattr(pipeline, "lay_out", meanwhile)
    site.write(**{"themes/mine/templates/base.html": base(site, 2)}).build()
    assert len(builds) == 2  # all over again, with nothing taken from memory
    monkeypatch.undo()
    assert clean_build(site) == tree(site)


@pytest.mark.usefixtures("forking")
def test_a_frame_that_fails_publishes_nothing_and_says_where(site: SiteTest) -> None:
    world(site).write(**{"themes/mine/templates/base.html": base(site, 1)}).build()
    before = tree(site)
    broken = base(site, 2).replace("</body>", "\n{{ page.nothing.at_all }}</body>")
    site.write(**{"themes/mine/templates/base.html": broken}).attempt()
    assert tree(site) == before
    said = [d for d in site.report.diagnostics if d.code == "T201"]
    assert {d.span.path for d in said if d.span} == {"themes/mine/templates/base.html"}
    assert any("conferences/2027/motions/2.md" in d.message for d in said)
    site.write(**{"themes/mine/templates/base.html": base(site, 3)}).build()
    assert clean_build(site) == tree(site)


@pytest.mark.usefixtures("forking")
def test_who_opens_no_document_for_a_new_frame(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    world(site).write(**{"themes/mine/templates/base.html": base(site, 1)}).build()
    laid: set[str] = set()
    make = blueprint._laid
    monkeypatch.setattr(blueprint, "_laid", lambda unit, draft: (laid.add(unit.name), make(unit, draft))[1])
    site.write(**{"themes/mine/templates/base.html": base(site, 2)}).build()
    assert laid == {"rest"}


@pytest.mark.slow
def test_every_page_of_the_sample_site_in_another_frame(tmp_path: Path) -> None:
    sample = Sample.load(tmp_path)
    bundle = sample.templates.bundle
    [key] = [key for key in bundle.templates if key.endswith(":base.html")]
    path, source = bundle.templates[key]
    source = source.replace("<body", "<body data-x='/a/'").replace("{% block footer %}", "<hr>{% block footer %}<br>")
    other = Bundle(templates={**bundle.templates, key: (path, source)}, locales=bundle.locales)
    old, new = Templates(bundle), Templates(other)
    for name, job in sample.jobs.items():
        if job.format == "page" and name != "404.html":
            given = sample.payload(name)
            before = page.seamed(given, old)
            assert isinstance(before, Seamed), name
            whole = page.render(given, old)
            assert before.data == (whole if isinstance(whole, bytes) else whole.data), name
            after = page.seamed(given, new)
            assert isinstance(after, Seamed), name
            assert framed(before, given, new)[:2] == after[:2], name
