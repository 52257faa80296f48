"""On paper, from right to left, in Welsh, without movement, on a slow line."""

from __future__ import annotations

import re

import pytest

from tests.browser.visit import CONFERENCE, MOTION, PAGES, Browser, Site

MOST_BYTES = 150_000
"""What a motion's page may weigh without its fonts, as it lies on the disk: conference Wi-Fi."""


def test_a_motion_printed_from_the_browser(browser: Browser, site: Site) -> None:
    with browser.visit(site, MOTION, width=720) as visit:
        visit.page.emulate_media(media="print", color_scheme="dark")
        for gone in (".menu", ".skip", ".views", ".pick", ".turn", ".breadcrumbs", ".panel-downloads"):
            assert visit.page.locator(gone).first.is_hidden(), gone
        assert visit.page.locator(".motion-text").first.is_visible()
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert visit.page.evaluate("getComputedStyle(document.querySelector('.masthead')).color") == "rgb(0, 0, 0)"
        assert visit.page.evaluate("getComputedStyle(document.querySelector('.line'), '::before').content") == '"1"'
        assert visit.stays_within() == []
        assert visit.page.pdf()[:5] == b"%PDF-"


def test_amendments_on_paper_do_not_need_colour(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{MOTION}views/5-2/") as visit:
        visit.page.emulate_media(media="print")
        line = "e => getComputedStyle(e).textDecorationLine"
        assert visit.page.eval_on_selector(".motion-text ins", line) == "underline"
        assert visit.page.eval_on_selector(".motion-text del", line) == "line-through"


def test_insertions_and_deletions_are_spoken(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{MOTION}?with=5-2") as visit:
        words = visit.page.eval_on_selector("[data-view-panel] :is(ins, del)", "e => e.textContent")
        assert re.match(r"\s*(inserted|deleted): ", words)


def test_a_page_from_right_to_left(browser: Browser, site: Site) -> None:
    for width in (340, 1280):
        with browser.visit(site, "/ahlan/", width=width) as visit:
            assert visit.page.get_attribute("html", "dir") == "rtl"
            assert visit.page.get_attribute("html", "lang") == "ar"
            title, room = visit.page.evaluate(
                "['h1', 'main'].map((s) => document.querySelector(s).getBoundingClientRect().right)"
            )
            assert abs(title - room) <= 2
            assert visit.page.get_attribute(".nameplate", "lang") == "en-GB"
            assert visit.stays_within() == []


@pytest.mark.parametrize("url", ["/croeso/", "/plans/adult-social-work-cy/"])
def test_a_welsh_page_speaks_welsh_and_says_what_is_not(browser: Browser, site: Site, url: str) -> None:
    with browser.visit(site, url) as visit:
        assert visit.page.get_attribute("html", "lang") == "cy"
        assert "Neidio" in visit.page.text_content(".skip")
        assert visit.page.get_attribute(".nameplate", "lang") == "en-GB"


def test_nothing_moves_for_who_asked_for_no_movement(browser: Browser, site: Site) -> None:
    moving = """() => [...document.querySelectorAll("*")].map((e) => getComputedStyle(e)).filter((s) =>
        s.transitionDuration.split(", ").some((d) => parseFloat(d) > 0) || s.animationName !== "none").length"""
    with browser.visit(site, MOTION, calm=True) as visit:
        assert visit.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        assert visit.page.evaluate(moving) == 0
    with browser.visit(site, MOTION) as visit:
        assert visit.page.evaluate(moving) > 0  # so that the test can see one


def test_a_motion_with_its_amendments_is_light(browser: Browser, site: Site) -> None:
    motions = [p.parent.name for p in (site.folder / CONFERENCE.strip("/") / "motions").glob("*/index.html")]
    biggest = max(motions, key=lambda n: site.file(f"{CONFERENCE}motions/{n}/").stat().st_size)
    sizes = {}
    with browser.visit(site) as visit:
        visit.page.on("response", lambda r: sizes.__setitem__(r.url, len(r.body())))
        visit.go(f"{CONFERENCE}motions/{biggest}/")
        visit.page.wait_for_load_state("networkidle")
    weight = sum(size for url, size in sizes.items() if not url.endswith(".woff2"))
    assert len(sizes) >= 4
    assert weight <= MOST_BYTES, sizes


def test_pages_load_two_fonts_and_three_files_first(browser: Browser, site: Site) -> None:
    with browser.visit(site, PAGES["home"]) as visit:
        visit.page.wait_for_load_state("networkidle")
        assert sum(url.endswith(".woff2") for url in visit.asked) == 2
        assert sum(url.endswith((".css", ".js")) for url in visit.asked) == 3
