"""Themes of a site's own: a file or a block in the place of the default theme's, and what is said when they fail."""

from __future__ import annotations

from tests.driver import SiteTest

CONFIG = "title: Test site\ntheme: mine\nprint: {enabled: no}\n"
ABOUT = "---\ntitle: About us\n---\n\nThe text.\n"


def _themed(site: SiteTest, **files: str) -> SiteTest:
    site.write(**{"toolkit.yaml": CONFIG, "themes/mine/theme.yaml": "parent: default\n"})
    return site.write(**{f"themes/mine/{path}": text for path, text in files.items()}).content(**{"about.md": ABOUT})


def test_a_child_theme_overrides_one_block_of_its_parent(site: SiteTest) -> None:
    block = '{% extends "parent:page.html" %}\n{% block tags %}<p class="mine">Mine</p>{{ super() }}{% endblock %}\n'
    _themed(site, **{"templates/page.html": block}).build()
    page = site.page("/about/")
    assert page.css_first("p.mine").text() == "Mine"
    assert page.css_first("h1").text().strip() == "About us"
    assert page.css_first("footer") is not None


def test_a_child_theme_overrides_a_block_of_every_page_and_a_file(site: SiteTest) -> None:
    base = '{% extends "parent:base.html" %}\n{% block footer %}<footer><p>Our own foot</p></footer>{% endblock %}\n'
    _themed(
        site, **{"templates/base.html": base, "assets/favicon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}
    ).build()
    assert "Our own foot" in site.words("/about/")
    assert "Our own foot" in site.words("/")
    assert site.text("assets/favicon.svg") == "<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert (site.output / "assets/css/site.css").is_file()


def test_colours_without_a_style_sheet(site: SiteTest) -> None:
    _themed(site, **{"theme.yaml": 'parent: default\ncolours: {brand: "#004466"}\n'}).build()
    assert "--brand: #004466;" in site.text("assets/css/brand.css")


def test_an_undefined_name_is_shown_with_its_line_and_the_document(site: SiteTest) -> None:
    _themed(site, **{"templates/page.html": "<p>{{ doc.title }}\n  {{ doc.ttile.upper() }}</p>\n"}).attempt()
    assert not site.report.published
    assert not site.report.fault
    assert "themes/mine/templates/page.html:2:3: error[T201]: the template failed on content/about.md:" in site.problems
    assert "  2 |   {{ doc.ttile.upper() }}</p>" in site.problems


def test_a_template_that_includes_itself_is_no_fault_of_the_program(site: SiteTest) -> None:
    _themed(site, **{"templates/page.html": '{% include "page.html" %}'}).attempt()
    assert not site.report.published
    assert not site.report.fault
    assert "themes/mine/templates/page.html" in site.problems
    assert "calls itself without end" in site.problems


def test_a_template_can_neither_read_files_nor_reach_the_program(site: SiteTest) -> None:
    for reach in (
        "{{ ''.__class__.__mro__ }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../toolkit.yaml' %}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ ''['__cla' ~ 'ss__'].mro() }}",
        "{{ ''|attr('__class__') }}",
        "{{ [cycler]|map(attribute='__init__')|first }}",
        "{{ '{0.__init__.__globals__}'.format(cycler) }}",
        "{{ ''['__class__'] }}",
        "{% set f = '{0.__init__.__globals__}'.format %}{{ f(cycler) }}",
    ):
        _themed(site, **{"templates/page.html": f"<title>x</title>{reach}"}).attempt()
        assert not site.report.published, reach
        assert not site.report.fault, reach


def test_the_theme_is_part_of_what_pages_are_made_from(site: SiteTest) -> None:
    _themed(site, **{"templates/page.html": "<h1>One</h1>"}).build()
    site.write(**{"themes/mine/templates/page.html": "<h1>Two</h1>"}).build()
    assert "Two" in site.text("about/index.html")
    site.remove("themes/mine/templates/page.html").build()
    assert "The text." in site.words("/about/")


def test_a_language_from_right_to_left_and_a_translation(site: SiteTest) -> None:
    site.content(
        **{
            "start.md": "---\ntitle: Start\n---\n\nText.\n",
            "bidaya.md": "---\ntitle: بداية\nlanguage: ar\ntranslation_of: start\n---\n\nنص.\n",
        }
    ).build()
    page = site.page("/bidaya/")
    assert page.css_first("html").attributes == {"lang": "ar", "dir": "rtl"}
    assert page.css_first("link[hreflang=en-GB]").attributes["href"] == "../start/"
    assert site.page("/start/").css_first("link[hreflang=ar]").attributes["href"] == "../bidaya/"


def test_names_in_other_scripts_make_addresses_that_are_read_aloud(site: SiteTest) -> None:
    site.content(
        **{
            "Zażółć gęślą.md": ABOUT,
            "العربية.md": ABOUT,
            'it\'s "quoted" #1 £5.md': ABOUT,
            "cafe\u0301.md": ABOUT,
            "emoji 🎉.md": ABOUT,
        }
    ).build()
    pages = {path.removesuffix("/index.html") for path in site.tree() if path.endswith("/index.html")}
    assert pages >= {"zażółć-gęślą", "العربية", "it-s-quoted-1-5", "café", "emoji"}


def test_a_picture_with_a_hash_in_its_name_is_found(site: SiteTest) -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    site.content(
        **{
            "images/a #1 50%.png": out.getvalue(),
            "news/n.md": "---\ntitle: N\ndate: 2027-01-01\nimage: 'images/a #1 50%.png'\nimage_alt: x\n---\n\nText.\n",
        }
    ).build()
    assert "../../images/a%20%231%2050%25.png" in site.text("news/n/index.html")
    assert (site.output / "images/a #1 50%.png").is_file()
