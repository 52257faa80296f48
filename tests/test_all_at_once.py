"""Whoever has several mistakes in one file is told of all of them at once, wherever they stand."""

from __future__ import annotations

import pytest

from tests.driver import SiteTest

HOME = {"toolkit.yaml": "title: Test site\nbase_url: https://example.org\n"}
CONFERENCE = "---\ntitle: Conference 2027\n{}: 2027-06-14\nend: 2027-06-16\n---\n"
MOTION = """---
title: Pay
{number}: 2
{more}
---

Conference notes a [page](nowhere.md). <script>1</script>
"""


def codes(site: SiteTest, path: str) -> list[str]:
    found = site.attempt().report.diagnostics
    return [d.code for d in found if d.span is not None and d.span.path == f"content/{path}"]


@pytest.mark.parametrize(
    ("number", "more", "expected"),
    [
        ("nubmer", "colour: red\nresult: carrid away", ["V301", "V301", "R201", "S304", "P103"]),
        ("number", "colour: red", ["V301", "S304", "P103"]),
        ("nubmer", "tags: {a: b}", ["V301", "V302", "P103"]),
        ("number", "date: 2027-13-01\nresult: carrid away", ["V305", "P103"]),
        ("number", "tags: [a", ["Y204"]),
    ],
    ids=["misspelt and unknown keys", "an unknown key", "a wrong value and a misspelt key", "a wrong value", "no YAML"],
)
def test_a_mistake_in_the_front_matter_hides_none_behind_it(
    site: SiteTest, number: str, more: str, expected: list[str]
) -> None:
    site.write(**HOME).content(
        **{
            "conferences/2027/index.md": CONFERENCE.format("start"),
            "conferences/2027/motions/2.md": MOTION.format(number=number, more=more),
        }
    )
    assert codes(site, "conferences/2027/motions/2.md") == expected
    assert not site.output.exists()


def test_a_misspelt_key_of_a_conference_hides_no_mistake_in_its_papers(site: SiteTest) -> None:
    site.write(**HOME).content(
        **{
            "conferences/2027/index.md": CONFERENCE.format("strat"),
            "conferences/2027/motions/2.md": MOTION.format(number="number", more="result: carrid away"),
        }
    )
    assert codes(site, "conferences/2027/index.md") == ["V301"]
    assert codes(site, "conferences/2027/motions/2.md") == ["R201", "S304", "P103"]
