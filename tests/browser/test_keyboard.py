"""Everything can be reached and worked with a keyboard, and one sees where one is."""

from __future__ import annotations

import pytest

from tests.browser.visit import CONFERENCE, MOTION, PAGES, Browser, Site, Visit

FOCUS = """() => {
    const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
    return {tag: e.tagName, text: (e.innerText || e.value || "").trim().slice(0, 40),
            ring: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
            seen: b.width > 0 && b.height > 0 && b.bottom > 0 && b.top < innerHeight};
}"""


def tab_to(visit: Visit, selector: str, most: int = 120) -> None:
    """Press Tab until the first element of ``selector`` has the focus."""
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} cannot be reached with Tab")


@pytest.mark.parametrize("kind", ["home", "motion"])
def test_the_first_stop_leads_to_the_content(browser: Browser, site: Site, kind: str) -> None:
    with browser.visit(site, PAGES[kind], calm=True) as visit:
        visit.page.keyboard.press("Tab")
        first = visit.page.evaluate(FOCUS)
        assert first["text"] == "Skip to the content"
        assert first["seen"]
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("kind", ["home", "conference", "motion", "toolkit"])
def test_one_sees_where_the_focus_is(browser: Browser, site: Site, kind: str) -> None:
    with browser.visit(site, PAGES[kind], calm=True) as visit:
        stops = []
        for _ in range(40):
            visit.page.keyboard.press("Tab")
            stops.append(visit.page.evaluate(FOCUS))
        assert [s for s in stops if not (s["ring"] and s["seen"])] == []


def test_the_menu_on_a_phone(browser: Browser, site: Site) -> None:
    with browser.visit(site, "/", width=340) as visit:
        tab_to(visit, ".menu-small summary")
        visit.page.keyboard.press("Enter")
        tab_to(visit, ".menu-small a[href*=branches]")
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/branches/")


def test_the_filter(browser: Browser, site: Site) -> None:
    with browser.visit(site, CONFERENCE) as visit:
        tab_to(visit, ".filter-buttons [data-key=withdrawn]")
        visit.page.keyboard.press("Enter")
        assert visit.page.locator("li.row:not(.row-nested):visible").count() == 1
        assert visit.text(".filter-status").startswith("1 ")


def test_the_views_and_the_amendments(browser: Browser, site: Site) -> None:
    with browser.visit(site, MOTION) as visit:
        tab_to(visit, "[data-view=carried]")
        visit.page.keyboard.press("Enter")
        assert visit.page.locator("[data-view-panel] ins").count() > 0
        tab_to(visit, "[data-pick] input[value='5-3']")
        visit.page.keyboard.press("Space")
        assert "Amendment 5.3" in visit.text(".pick-said")
        assert visit.page.evaluate("document.activeElement.value") == "5-3"  # the focus stays


def test_a_wide_table_can_be_scrolled(browser: Browser, site: Site) -> None:
    with browser.visit(site, PAGES["register"]) as visit:
        assert visit.page.get_attribute(".table-scroll", "tabindex") == "0"
        assert visit.page.get_attribute(".table-scroll", "role") == "region"
