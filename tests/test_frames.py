"""What many pages share is rendered once, and every page is to the byte what it is without that."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from tests.sample import Sample
from toolkit_builder.build.jobs import Parted
from toolkit_builder.formats import frames, lists, page
from toolkit_builder.formats.environment import shown
from toolkit_builder.formats.templates import Templates
from toolkit_builder.theme import Bundle


def bundle(**templates: str) -> Bundle:
    """A theme of these templates; names as in ``base__html``."""
    named = {f"0:{name.replace('__', '.')}": (f"themes/x/{name}", text) for name, text in templates.items()}
    return Bundle(templates=named, locales={"cy": {"Menu": "Dewislen"}})


def given_page(url: str = "/a/", language: str = "en-GB", **more: Any) -> dict[str, Any]:
    """A payload as a page's renderer gets it."""
    site = {"title": "S & T", "menu": [{"url": "/a/", "title": "A"}, {"url": "/", "title": "Home"}],
            "footer_html": '<p><a href="/x/">x</a></p>', "names": ["one"]}  # fmt: skip
    inner = {"url": url, "title": f"<{url}>", "language": language, "jsonld": "", "tags": [], **more}
    return {"template": "base.html", "site": site, "page": inner, "doc": {"text_html": "<p>words</p>"}, "listings": {},
            "resolve": {}, "label": "x.md", "root": "https://x.example"}  # fmt: skip


def without(payload: dict[str, Any], theme: Bundle) -> bytes:
    """The same page by templates that nothing is kept in."""
    fresh = Templates(theme)
    site = page.hydrate(payload["site"], "", payload["resolve"])
    url = payload["page"]["url"]
    for item in site["menu"]:
        item["current"] = url.startswith(item["url"]) if item["url"] != "/" else url == "/"
    doc = lists.Lists(payload, str).rows(payload["doc"]) if lists.PARTS in payload else payload["doc"]
    context = {
        "site": site,
        "page": payload["page"] | {"jsonld": Markup(payload["page"]["jsonld"])},
        "doc": page.hydrate(doc, "", payload["resolve"]),
        "listings": payload["listings"],
    }
    return page.relative(fresh.render(payload["template"], context, "x.md"), url).encode()


MASTHEAD = """
{% macro lang() %}{% if page.language != site.language %} lang="x"{% endif %}{% endmacro %}
{% block masthead %}<header><a href="/"{% if page.url == '/' %} aria-current="page"{% endif %}>{{ site.title }}</a>
{% for item in site.menu %}<a href="{{ item.url }}"{% if item.current %} class="on"{% endif %}>{{ item.title }}</a>
{% endfor %}{{ t('Menu') }} <a href="/a/b/c.html?q=1#f">c</a><a href='/d/'>d</a></header>{% endblock %}
<main>{{ page.title }}{{ doc.text_html }}<a href="/a/b/">b</a></main>"""


def blocks(text: str) -> dict[str, tuple[frames.Reads, bool]]:
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    return frames.steady_blocks(environment.parse(text), lambda name: None)


LONG = "{{ site.title }} {{ site.title }} {{ site.title }} {{ site.title }} {{ site.title }}"


def test_what_a_block_reads_is_seen_from_its_template() -> None:
    [(reads, alone)] = blocks(
        "{% macro m(x) %}{{ x }}{{ page.direction }}{% endmacro %}"
        f"{{% block b %}}{LONG}{{{{ m(page.kind) }}}}{{% if page.url == '/' %}}!{{% endif %}}{{% endblock %}}"
    ).values()
    assert reads.fields == {"language", "kind", "direction"}
    assert reads.tests == {("url", "eq", "/")}
    assert alone


@pytest.mark.parametrize(
    "inside",
    [
        "{{ doc.title }}", "{{ page }}", "{{ listings.news }}", "{{ super() }}", "{{ self.b() }}", "{{ unknown }}",
        "{% include 'x.html' %}", "{% set page = 1 %}", "{% for doc in site.menu %}{{ doc }}{% endfor %}",
        "{% do site.menu.append(1) %}", "{% block inner %}{% endblock %}", "{{ page['url'] }}", "{{ m() }}",
        "{% from 'x.html' import y with context %}{{ y() }}", "{{ [1, 2] | random }}", "{{ lipsum() }}",
    ],
)  # fmt: skip
def test_a_block_that_may_read_anything_else_is_rendered_for_every_page(inside: str) -> None:
    text = f"{{% macro m() %}}{{{{ doc.title }}}}{{% endmacro %}}{{% block b %}}{LONG}{inside}{{% endblock %}}"
    assert "b" not in blocks(text)


@pytest.mark.parametrize("url", ["/", "/a/", "/a/b/", "/a/b/c/", "/a/b/c.html", "/b/x/", "/a-b/", "/d"])
def test_pages_with_a_kept_masthead_are_those_without(url: str) -> None:
    theme = bundle(base__html=MASTHEAD)
    kept = Templates(theme)
    for other in ("/z/", "/a/b/", "/", url, url):
        for language in ("en-GB", "cy"):
            payload = given_page(other, language)
            assert page.render(payload, kept) == without(payload, theme)


def test_a_kept_masthead_is_rendered_once_for_pages_on_which_it_is_the_same() -> None:
    theme = bundle(base__html=MASTHEAD)
    kept = Templates(theme)
    rendered: list[str] = []
    kept.environment.globals["asset"] = lambda name: rendered.append(name) or name
    kept.bundle.templates["0:base.html"] = ("x", MASTHEAD.replace("<header>", "<header>{{ asset('a') }}"))
    for number in range(5):
        page.render(given_page(f"/m/{number}/"), kept)
    assert len(rendered) == 1


@pytest.mark.parametrize(
    "text",
    [
        "{% set site = {'title': 'Other', 'menu': []} %}" + MASTHEAD,
        "<a title='{% block b %}" + LONG + '<b href="/x/">{% endblock %}\'>x</a>',
        "{% filter upper %}" + MASTHEAD + "{% endfilter %}",
        "{% if true %}" + MASTHEAD.partition("</main>")[0].replace("{% block", "{% block") + "{% endif %}",
        "{% do site.names.append(page.url) %}{{ site.names | join }}" + MASTHEAD,
        MASTHEAD + "{{ self.masthead() | upper }}",
    ],
    ids=["set", "within a tag", "filtered", "under a condition", "mutated", "taken up"],
)
def test_templates_that_do_unusual_things_give_the_same_pages(text: str) -> None:
    theme = bundle(base__html=text)
    kept = Templates(theme)
    for url in ("/a/", "/a/b/", "/a/"):
        payload = given_page(url)
        assert page.render(payload, kept) == without(payload, theme)


def test_a_child_theme_takes_up_its_parents_masthead() -> None:
    child = "{% extends 'parent:base.html' %}{% block masthead %}{{ super() | upper }}{% endblock %}"
    theme = Bundle(templates={"0:base.html": ("c", child), "1:base.html": ("p", MASTHEAD)}, locales={})
    kept = Templates(theme)
    for url in ("/a/", "/b/", "/a/"):
        payload = given_page(url)
        assert page.render(payload, kept) == without(payload, theme)


def test_macros_that_stay_see_each_page_anew() -> None:
    parts = "{% from 'inner.html' import deep with context %}{% macro part(x) %}{{ page.url }}{{ x }}{{ deep() }}{% endmacro %}"
    theme = bundle(
        base__html="{% set own = page.title %}{% from 'parts.html' import part with context %}{{ part(1) }}"
        "{% for n in range(2) %}{% from 'parts.html' import part as other with context %}{{ other(n) }}{% endfor %}",
        parts__html=parts,
        inner__html="{% macro deep() %}[{{ page.url }}{{ own }}{{ t('Menu') }}]{% endmacro %}",
    )
    kept = Templates(theme)
    for url, language in (("/a/", "en-GB"), ("/b/", "cy"), ("/a/", "en-GB")):
        payload = given_page(url, language)
        assert page.render(payload, kept) == without(payload, theme)


def test_a_page_whose_own_links_stand_in_the_footer_has_its_own() -> None:
    theme = bundle(base__html=MASTHEAD + "{{ site.footer_html }}")
    kept = Templates(theme)
    for resolve in ({}, {"links": {"/x/": "/elsewhere/"}}, {"links": {"/y/": "/z/"}}, {}):
        payload = given_page() | {"resolve": resolve}
        made = page.render(payload, kept)
        assert made == without(payload, theme)
        assert (b"elsewhere" in made) == ("/x/" in resolve.get("links", {}))


PARTS = st.sampled_from(["a", "b", "a-b", "x.html", ".", "..", "", "c d", "?q=/a/", "#f", '"', "'", "<", ">"])
URL = st.lists(st.sampled_from(["a", "b", "a-b", "c"]), max_size=4).map(lambda p: "/".join(["", *p, ""]))
FRAGMENT = st.lists(
    st.one_of(
        st.builds(lambda p, q, n: f"<a {n}={q}/{'/'.join(p)}{q}>x</a>", st.lists(PARTS, max_size=4),
                  st.sampled_from("'\""), st.sampled_from(["href", "src", "title", "data-url", "data-src"])),
        st.sampled_from(["text", "<p>", "</p>", "<", ">", "='/a/'", 'href="/a/b/"', "<b x='"]),
    ),
    max_size=8,
).map("".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(FRAGMENT, URL, st.sampled_from(["", "x.html"]), FRAGMENT, FRAGMENT)
def test_a_frame_is_made_relative_as_the_whole_page_is(
    fragment: str, folder: str, name: str, before: str, after: str
) -> None:
    url, held = folder + name, []
    text = before + page._hold(held, fragment) + after
    shown = page.relative(text, url)
    for number, each in enumerate(held):
        shown = shown.replace(f"<\0{number}>", page._frame(each, url))
    assert shown == page.relative(before + fragment + after, url)


@given(st.one_of(st.text(), st.integers(), st.none(), st.builds(Markup, st.text())))
def test_a_value_is_shown_as_markupsafe_shows_it(value: Any) -> None:
    assert str(shown(value)) == str(escape(value))


@pytest.mark.slow
def test_every_page_of_the_sample_site_is_what_it_is_without_frames(tmp_path: Path) -> None:
    sample = Sample.load(tmp_path)
    theme = sample.templates.bundle
    for path, job in sample.jobs.items():
        if job.format == "page" and path != "404.html":
            payload = sample.payload(path)
            made = page.render(payload, sample.templates)
            assert (made.data if isinstance(made, Parted) else made) == without(payload, theme), path


def test_a_page_is_let_go_as_soon_as_it_is_made() -> None:
    """Macros and the page they are defined for hold each other: ten thousand pages would wait for the collector."""
    theme = bundle(base__html="{% macro said(x) %}{{ page.title }}{{ x }}{% endmacro %}{{ said(1) }}{% block b %}{% endblock %}",
                   child__html="{% extends 'base.html' %}{% macro own() %}{{ doc }}{% endmacro %}{% block b %}{{ own() }}{% endblock %}")  # fmt: skip
    templates = Templates(theme)

    class Held(str):
        """A text that one can have an eye on."""

    for name in ("base.html", "child.html"):
        text = Held("words")
        seen = weakref.ref(text)
        gc.disable()
        try:
            assert "words" in templates.render(name, {"page": {"title": text}, "doc": text}, "x.md")
            del text
            assert seen() is None
        finally:
            gc.enable()
