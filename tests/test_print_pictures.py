"""A printed document depends on the pictures that it shows, and on no other."""

from __future__ import annotations

import pytest

from tests.driver import SiteTest
from toolkit_builder import loading

SETTINGS = "title: Test site\nbase_url: https://example.org\n"
PLAN = """---
title: Three points
campaign: Enough hands
---

Agreed by conference. ![A badge]({})

1. **Count the work:** every week.
2. **Agree a number:** fifteen.
"""
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="{}"/></svg>'


@pytest.fixture
def plan(site: SiteTest) -> SiteTest:
    if missing := loading.print_problem():
        pytest.skip(missing)
    site.write(**{"toolkit.yaml": SETTINGS, "content/images/our badge.svg": DRAWING.format("red")})
    return site.content(**{"plans/three-points.md": PLAN.format("<../images/our badge.svg>")})


def printed(site: SiteTest) -> int:
    report = site.build().report
    assert report.published, report.diagnostics
    return report.rendered.get("pdf", 0)


def documents(site: SiteTest) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site.output / "plans/three-points").glob("*.pdf")}


@pytest.mark.slow
def test_only_what_shows_a_picture_is_printed_again(plan: SiteTest) -> None:
    every = printed(plan)
    assert every > 0
    plan.write(**{"content/images/another.svg": DRAWING.format("blue")})
    assert printed(plan) == 0
    plan.write(**{"content/images/our badge.svg": DRAWING.format("green")})
    before = documents(plan)
    assert printed(plan) == 2
    changed = {name for name, data in documents(plan).items() if data != before[name]}
    assert changed == {"plan-a4.pdf", "plan-a5.pdf"}, "poster and card have no introduction"
