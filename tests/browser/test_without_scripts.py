"""No script is needed to read anything."""

from __future__ import annotations

import pytest

from tests.browser.visit import CONFERENCE, MOTION, PAGES, Browser, Site


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_all_words_are_there_without_scripts(browser: Browser, site: Site, kind: str) -> None:
    """All but the controls that the script makes (views, the filter, a copy button), and none of them hidden."""
    put_away = "template, script, [data-pick], .jump, .cell-label, [data-make], path, rect"
    words = """() => {
        const main = document.querySelector("main").cloneNode(true);
        const gone = ".views, .pick, .filter, .copy, .copy-link, .line, template, [data-make]";
        main.querySelectorAll(gone).forEach((e) => e.remove());
        return main.textContent.split(/\\s+/).filter((w) => w && !/^[0-9#]+$/.test(w)).join(" ");
    }"""
    with browser.visit(site, PAGES[kind]) as with_scripts, browser.visit(site, PAGES[kind], scripts=False) as without:
        assert without.page.evaluate(words) == with_scripts.page.evaluate(words)
        hidden = """(away) => [...document.querySelectorAll("main *")].filter((e) => !e.closest(away)
            && getComputedStyle(e).display === "none").map((e) => e.outerHTML.slice(0, 80))"""
        assert without.page.evaluate(hidden, put_away) == []
        assert without.problems() == []


def test_views_of_a_text_are_pages(browser: Browser, site: Site) -> None:
    with browser.visit(site, MOTION, scripts=False) as visit:
        assert visit.page.locator("[data-pick]").is_hidden()
        labels = visit.page.locator(".views a:visible")
        assert labels.count() == 5  # as printed, with each of three amendments, as carried
        visit.page.click("text=With amendment 5.2")
        assert visit.page.url == f"{site.root}{MOTION}views/5-2/"
        assert visit.page.locator(".motion-text ins").count() > 0
        visit.page.click("text=As printed")
        assert visit.page.url == site.root + MOTION


def test_the_filter_is_lists(browser: Browser, site: Site) -> None:
    with browser.visit(site, CONFERENCE, scripts=False) as visit:
        assert visit.page.locator("li.row:not(.row-nested):visible").count() > 18
        lost = visit.page.locator("details[data-key=lost]")
        assert lost.locator("a").is_hidden()
        lost.locator("summary").click()
        assert "Motion 14" in lost.locator("a").first.inner_text()


def test_the_menu_on_a_phone_opens(browser: Browser, site: Site) -> None:
    with browser.visit(site, "/", width=340, scripts=False) as visit:
        link = visit.page.locator(".menu-small a", has_text="Branches")
        assert link.is_hidden()
        visit.page.click(".menu-small summary")
        assert link.is_visible()
