"""Reading a motion: a line to point at, views to switch, amendments to tick, addresses to send."""

from __future__ import annotations

import pytest

from tests.browser.visit import CONFERENCE, MOTION, Browser, Site, Visit

NINE = f"{CONFERENCE}motions/9/"
FOUR = f"{CONFERENCE}motions/4/"


def marked(visit: Visit, tag: str, selector: str = "[data-view-panel]") -> list[str]:
    """What the shown text inserts (``ins``) or deletes (``del``), without the words that are only spoken."""
    found: list[str] = visit.page.eval_on_selector_all(
        f"{selector} {tag}",
        """all => all.map((e) => {
            const copy = e.cloneNode(true);
            copy.querySelectorAll(".visually-hidden, .marker, .was").forEach((x) => x.remove());
            return copy.textContent.trim();
        })""",
    )
    return found


def in_sight(visit: Visit, selector: str) -> bool:
    seen: bool = visit.page.eval_on_selector(
        selector, "e => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
    )
    return seen


@pytest.mark.parametrize("address", ["?line=27", "#l27"])
@pytest.mark.parametrize("width", [340, 1280])
def test_an_address_points_at_a_line(browser: Browser, site: Site, address: str, width: int) -> None:
    with browser.visit(site, MOTION + address, width=width, calm=True) as visit:
        assert visit.page.get_attribute(".line-here", "id") == "l27"
        assert visit.page.locator(".line-here").count() == 1
        assert in_sight(visit, ".line-here")


def test_an_address_points_at_a_paragraph(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{MOTION}#p3", calm=True) as visit:
        assert in_sight(visit, "#p3")
        plain, here = visit.page.evaluate(
            "['#p2', '#p3'].map((s) => getComputedStyle(document.querySelector(s)).backgroundColor)"
        )
        assert plain != here


def test_a_line_that_the_shown_view_has_not_brings_back_the_printed_text(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{NINE}?view=carried#l20", calm=True) as visit:
        assert visit.page.get_attribute(".line-here", "id") == "l20"
        assert visit.page.get_attribute("[data-view][aria-current]", "data-view") == "printed"


def test_a_tab_switches_the_text_and_the_address_can_be_sent(browser: Browser, site: Site) -> None:
    with browser.visit(site, NINE) as visit:
        printed = visit.text("[data-view-panel]")
        visit.page.click("[data-view=carried]")
        carried = visit.text("[data-view-panel]")
        assert carried != printed
        assert visit.page.url == f"{site.root}{NINE}?view=carried"
        with browser.visit(site, visit.page.url) as other:
            assert other.text("[data-view-panel]") == carried
        visit.page.click("[data-view=printed]")
        assert visit.text("[data-view-panel]") == printed
        assert visit.page.url == site.root + NINE
        assert visit.problems() == []


def test_ticked_amendments_are_read_together_and_the_address_can_be_sent(browser: Browser, site: Site) -> None:
    expected: dict[str, list[str]] = {"ins": [], "del": []}
    for view in ("5-1", "5-2"):
        with browser.visit(site, f"{MOTION}views/{view}/") as visit:
            for tag, found in expected.items():
                found += marked(visit, tag, ".motion-text")
    with browser.visit(site, MOTION) as visit:
        for number in ("5-1", "5-2"):
            visit.page.check(f"[data-pick] input[value='{number}']")
        assert sorted(marked(visit, "ins")) == sorted(expected["ins"])
        assert sorted(marked(visit, "del")) == sorted(expected["del"])
        assert "The text with Amendment 5.1 and Amendment 5.2" in visit.text(".pick-said")
        assert visit.page.url == f"{site.root}{MOTION}?with=5-1,5-2"
        shown = visit.text("[data-view-panel]")
        with browser.visit(site, visit.page.url) as other:
            assert other.text("[data-view-panel]") == shown
            assert other.page.is_checked("input[value='5-2']")
        assert visit.problems() == []


def test_a_sub_amendment_is_ticked_and_unticked_with_its_amendment(browser: Browser, site: Site) -> None:
    ticked = "() => [...document.querySelectorAll('[data-pick] input:checked')].map((b) => b.value)"
    with browser.visit(site, f"{NINE}?with=9-1-1") as visit:
        assert visit.page.evaluate(ticked) == ["9-1", "9-1-1"]
        assert "approved mental health professionals" in visit.text("[data-view-panel]")
        visit.page.uncheck("[data-pick] input[value='9-1']")
        assert visit.page.evaluate(ticked) == []
        assert "approved mental health professionals" not in visit.text("[data-view-panel]")
        visit.page.check("[data-pick] input[value='9-1-1']")
        assert visit.page.url == f"{site.root}{NINE}?with=9-1,9-1-1"
        assert "The text with Amendment 9.1 and Amendment 9.1.1" in visit.text(".pick-said")
        assert visit.problems() == []


def test_what_cannot_be_combined_is_said_in_words(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{MOTION}?with=5-2,5-3") as visit:
        said = visit.text(".pick-said")
        assert "The text with Amendment 5.2" in said
        assert "Amendment 5.3 is left out: 5.2 and 5.3 change the same words" in said
        assert visit.page.get_attribute(".pick-said", "role") == "status"
        visit.page.click(".pick-said a")
        assert visit.page.url == f"{site.root}{MOTION}views/5-3/"


def test_words_that_no_amendment_touches_keep_their_printed_line_numbers(browser: Browser, site: Site) -> None:
    with browser.visit(site, NINE) as visit:
        lines = "all => all.map((e) => e.id)"
        printed = visit.page.eval_on_selector_all("[data-view-panel] .line", lines)
        visit.page.check("input[value='9-2']")
        shown = visit.page.eval_on_selector_all("[data-view-panel] .line", lines)
        assert shown
        assert [n for n in printed if n in shown] == shown
        assert set(printed) - set(shown)  # those of the point that 9.2 replaces
        visit.page.uncheck("input[value='9-2']")
        assert visit.page.eval_on_selector_all("[data-view-panel] .line", lines) == printed


def test_one_amendment_alone_reads_as_its_own_page_does(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{FOUR}views/4-1/") as page, browser.visit(site, f"{FOUR}?with=4-1") as visit:
        # the address of a paragraph is a link on the page, and quotes are as they were typed
        words = """e => { e.querySelectorAll(".copy-link").forEach((x) => x.remove());
            return e.innerText.replace(/[’‘]/g, "'").split(/\\s+/).join(" "); }"""
        assert visit.page.eval_on_selector("[data-view-panel]", words) == page.page.eval_on_selector(
            ".motion-text", words
        )


def test_filtering_an_agenda_is_in_the_address(browser: Browser, site: Site) -> None:
    with browser.visit(site, f"{CONFERENCE}?result=lost") as visit:
        assert visit.page.get_attribute(".filter-buttons [data-key=lost]", "aria-pressed") == "true"
        rows = visit.page.locator("li.row:not(.row-nested):visible")
        assert [rows.nth(n).get_attribute("data-result") for n in range(rows.count())] == ["lost"]
        visit.page.click(".filter-buttons [data-key='']")
        assert visit.page.url == site.root + CONFERENCE
