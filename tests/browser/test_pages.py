"""Every kind of page, on a phone and on a desk, light and dark: nothing cut off, nothing broken, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.visit import MORE, PAGES, Browser, Site, Visit

WIDTHS = (340, 1280)
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module", params=[*PAGES.values(), *MORE.values()], ids=[*PAGES, *MORE])
def visit(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Visit]:
    """Each page in turn, open for all the tests that look at it."""
    with browser.visit(site, request.param, calm=True) as opened:
        yield opened


def states(visit: Visit) -> Iterator[str]:
    """The open page in each width and each colour scheme."""
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            visit.page.emulate_media(color_scheme=scheme)
            yield f"{width} {scheme}"


def test_there_is_a_page_of_every_kind_in_these_tests(site: Site) -> None:
    assert {kind for kind, _ in site.kinds()} - set(PAGES) == set()


def test_a_page_fits_its_window_and_asks_nobody_else(visit: Visit) -> None:
    wide = {state: found for state in states(visit) if (found := visit.stays_within())}
    assert wide == {}
    assert visit.problems() == []


def test_axe_finds_no_fault(visit: Visit, axe: str) -> None:
    visit.page.evaluate(axe)
    found = {}
    for state in states(visit):
        dark = {"type": "rule", "values": ["color-contrast"]}  # no other rule sees colours
        said = visit.page.evaluate(
            """(only) => axe.run(document, {runOnly: only, resultTypes: ["violations"]})
            .then((r) => r.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)}`)))""",
            dark if "dark" in state else RULES,
        )
        if said:
            found[state] = said
    assert found == {}


@pytest.mark.parametrize("kind", ["home", "conference", "motion", "bulletin", "plan", "toolkit"])
def test_a_page_opened_from_a_disk_works_as_well(browser: Browser, site: Site, kind: str) -> None:
    root = site.folder.as_uri()
    with browser.visit(site, site.file(PAGES[kind]).as_uri(), root=root) as visit:
        # a browser does not fetch a font ahead from a disk, and says so; it loads it all the same
        assert [p for p in visit.problems() if ".woff2" not in p and "ERR_FAILED" not in p] == []
        assert visit.page.evaluate("document.fonts.ready.then(() => document.fonts.check('1em \"Toolkit Sans\"'))")
        links = visit.page.eval_on_selector_all("main a[href]", "all => all.map((a) => a.href)")
        inside = [link.partition("#")[0] for link in links if link.startswith(root)]
        assert [link for link in inside if link.endswith("/")] == []


@pytest.mark.parametrize("kind", ["motion", "conference", "bulletin", "plan", "toolkit", "branch"])
def test_at_twice_the_size_no_word_is_lost(browser: Browser, site: Site, kind: str) -> None:
    with browser.visit(site, PAGES[kind]) as desk:
        whole = desk.text()
    with browser.visit(site, PAGES[kind], width=640, height=400, scale=2) as visit:
        assert visit.stays_within() == []
        assert set(whole.split()) - set(visit.text("body").split()) == set()
