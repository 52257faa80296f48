"""A site whose every field and every text holds markup that would like to run: it is shown as text, or left out."""

from __future__ import annotations

import io
import json
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from tests.crawl import ATOM, Published
from tests.driver import SiteTest

ROOT = "https://example.org/a"
NASTY = """</script><script>alert(1)</script>' onmouseover="x &amp; <b>b</b> ]]> {{ 7*7 }} {% include 'x' %}"""
SAID = json.dumps(NASTY)  # a YAML text in double quotes

BODY = """<script>alert(1)</script>

<img src=/images/x.png onerror=alert(1)>

[x](javascript:alert(1)) <a href="JaVaScript:alert(1)">y</a> <svg onload=alert(1)><script>alert(2)</script></svg>

<iframe src="https://evil.example/"></iframe>

![a picture](https://evil.example/p.png) <img src="https://evil.example/track.gif"> <style>*{display:none}</style>
<p style="position:fixed">z</p> <form action="https://evil.example/"><input name=a><button>go</button></form>

[![both](https://evil.example/q.png)](https://evil.example/)

Words stay.
"""


def _doc(**fields: str) -> str:
    return "---\n" + "".join(f"{k}: {v}\n" for k, v in fields.items()) + f"---\n\n{BODY}"


FILES = {
    "about.md": _doc(title=SAID, description=SAID, tags=f"[{SAID}]", image="images/x.png", image_alt=SAID),
    "conferences/2027/index.md": _doc(title=SAID, start="2027-06-14", end="2027-06-16", venue=SAID, place=SAID),
    "conferences/2027/motions/1.md": _doc(number="1", title=SAID, mover=SAID, seconder=SAID, tags=f"[{SAID}]"),
    "conferences/2027/composites/a.md": _doc(number="A", title=SAID, sources="[1]", mover=SAID),
    "conferences/2027/bulletins/1.md": _doc(issue="1", title=SAID, date="2027-06-14", editor=SAID, imprint=SAID),
    "plans/p.md": f"---\ntitle: {SAID}\n---\n\n1 <script>x</script> **Lead**: body\n\n2 Two: {BODY}",
    "toolkits/t/index.md": _doc(title=SAID),
    "toolkits/t/letter.md": _doc(title=SAID, type="model-letter", audience=SAID),
    "branches/b.md": _doc(title=SAID, region=SAID, employer=SAID),
    "updates/s/1.md": _doc(
        title=SAID,
        series=SAID,
        part=SAID,
        date="2027-05-03",
        author=SAID,
        comments=f"\n  - name: {SAID}\n    date: 2027-05-04\n    text: {SAID}\n    approved: yes",
    ),
    "news/n.md": _doc(title=SAID, date="2027-05-03", standfirst=SAID, author=SAID),
    "conferences/2027/amendments/1.1.md": f"---\nnumber: 1.1\namends: 1\nmover: {SAID}\n---\n\n"
    'Add at end "and <script>alert(1)</script> <img src=/images/x.png onerror=alert(2)> more".\n',
}

CONFIG = f"""title: {SAID}
description: {SAID}
base_url: {ROOT}
organisation:
  name: {SAID}
  short_name: {SAID}
  address: {SAID}
  imprint: {SAID}
  logo: images/x.png
  logo_alt: {SAID}
contact: {{name: {SAID}, phone: {SAID}, hours: [{SAID}], note: {SAID}, address: {SAID}}}
menu:
  - {{title: {SAID}, url: /about/}}
footer: {SAID}
print: {{enabled: no}}
"""


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Published:
    site = SiteTest(tmp_path_factory.mktemp("hostile") / "site").write(**{"toolkit.yaml": CONFIG})
    site.content(**FILES, **{"images/x.png": _png()}).build()
    return Published(site.output, ROOT)


def test_nothing_runs_nothing_is_fetched_and_every_page_is_well_formed(hostile: Published) -> None:
    assert hostile.problems() == []


def test_titles_are_shown_as_they_were_written(hostile: Published) -> None:
    for path in (
        "about/index.html",
        "news/n/index.html",
        "branches/b/index.html",
        "plans/p/index.html",
        "toolkits/t/letter/index.html",
        "conferences/2027/index.html",
    ):
        page = hostile.pages[path]
        assert NASTY in " ".join("".join(page.words).split()), path
        assert page.meta["og:title"] == NASTY, path


def test_words_around_what_is_left_out_stay(hostile: Published) -> None:
    for path, page in hostile.pages.items():
        if path.startswith(("about", "news/n", "branches/b", "toolkits/t/index", "updates/s/1")):
            words = "".join(page.words)
            assert "Words stay." in words, path
            assert "a picture" in words, path


def test_data_for_search_engines_says_the_title_as_text(hostile: Published) -> None:
    (data,) = hostile.pages["news/n/index.html"].jsonld
    assert json.loads(data)["headline"] == NASTY
    assert "<" not in data


def test_feeds_say_the_title_as_text(hostile: Published) -> None:
    feed = ET.fromstring((hostile.output / "news/feed.xml").read_bytes())
    assert [e.findtext(f"{ATOM}title") for e in feed.findall(f"{ATOM}entry")] == [NASTY]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("toolkit.yaml", "title: x\nmenu:\n  - {title: x, url: 'javascript:alert(1)'}\n"),
        ("toolkit.yaml", "title: x\nmenu:\n  - {title: x, url: '//evil.example/'}\n"),
        ("toolkit.yaml", "title: x\nmenu:\n  - {title: x, url: ' data:text/html,x'}\n"),
        ("toolkit.yaml", "title: x\norganisation: {join_link: 'javascript:alert(1)'}\n"),
        ("toolkit.yaml", "title: x\ncontact: {web: 'javascript:alert(1)'}\n"),
        (
            "content/branches/b.md",
            "---\ntitle: B\ncontacts:\n  - {name: x, web: 'javascript:alert(1)'}\n---\n\nText.\n",
        ),
        ("content/a.md", "---\ntitle: A\naliases: ['//evil.example/']\n---\n\nText.\n"),
    ],
)
def test_no_field_leads_to_a_script_or_another_host(site: SiteTest, place: str, text: str) -> None:
    site.write(**{place: text}).content(**{"about.md": "---\ntitle: About\n---\n\nText.\n"}).attempt()
    assert not site.report.published
    assert place in site.problems


NS = 'xmlns="http://www.w3.org/2000/svg"'


@pytest.mark.parametrize(
    "svg",
    [
        f"<svg {NS}><script>alert(1)</script></svg>",
        f'<svg {NS} onload="alert(1)"></svg>',
        f'<svg {NS} xmlns:x="http://www.w3.org/1999/xlink"><a x:href="java&#10;script:alert(1)"/></svg>',
        '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script href="data:text/javascript,alert(1)"/></s:svg>',
        f'<svg {NS}><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>',
        f'<svg {NS}><animate attributeName="href" values="javascript:alert(1)"/></svg>',
        f'<!DOCTYPE svg [<!ENTITY a "b">]><svg {NS}>&a;</svg>',
        f'<?xml-stylesheet href="https://evil.example/x.xsl"?><svg {NS}/>',
        "<svg><not closed",
    ],
)
def test_a_picture_with_a_script_is_refused(site: SiteTest, svg: str) -> None:
    site.content(**{"about.md": "---\ntitle: About\n---\n\nText.\n", "images/x.svg": svg}).attempt()
    assert not site.report.published
    assert "content/images/x.svg: error[S208]" in site.problems
    assert "content/images/x.svg: error[S208]" in site.check()


def test_a_picture_without_one_is_published_as_it_is(site: SiteTest) -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    drawn = '<style>.a{fill:red}</style><a href="/about/"><path class="a" d="M0 0"/></a>'
    svg = f'<?xml version="1.0"?>\n{doctype}\n<svg {NS}>{drawn}</svg>\n'
    site.content(**{"about.md": "---\ntitle: About\n---\n\nText.\n", "images/x.svg": svg}).build()
    assert site.text("images/x.svg") == svg


def test_a_menu_that_leads_nowhere_is_a_warning(site: SiteTest) -> None:
    site.content(**{"about.md": "---\ntitle: About\n---\n\nText.\n"})
    site.edit("toolkit.yaml", append="menu: [{title: News, url: /news/}, {title: About, url: '/about/#top'}]\n").build()
    assert "warning[S306]: the menu leads to '/news/', and there is no such page" in site.problems
    assert "/about/" not in site.problems


def test_a_menu_entry_of_a_section_whose_only_file_cannot_be_read_is_not_reported_as_well(site: SiteTest) -> None:
    site.edit(
        "toolkit.yaml",
        "title: Test site",
        "title: Test site\nmenu:\n  - {title: News, url: /news/}\n  - {title: Gone, url: /gone/}",
    )
    site.content(**{"news/one.md": "---\ntitle: One\ndate: [\n---\n\nText.\n"})
    report = site.check()
    assert "Y204" in report
    assert "'/news/'" not in report
    assert "S306]: the menu leads to '/gone/'" in report
