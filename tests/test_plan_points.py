"""The points of a plan, however their numbers are typed."""

from __future__ import annotations

import pytest

from toolkit_builder import prose
from toolkit_builder.bodies import points_of


@pytest.mark.parametrize(
    ("text", "leads", "before", "after"),
    [
        (
            "In.\n\n## 1. Pay\n\nMore.\n\n1. a list\n2. in it\n\n## 2. Hours\n\nLess.\n\n## Then\n\nEnd.",
            ["Pay", "Hours"],
            "In.",
            "Then",
        ),
        (
            "In.\n\n**1. Organise** – map it.\n\nMore.\n\n**2. Win**\n\nNow.\n\n::: contact\nPhone\n:::",
            ["Organise:", "Win"],
            "In.",
            "Phone",
        ),
        ("### Point 1: Pay & more\n\nx\n\n### Point 2: Hours\n\ny", ["Pay & more", "Hours"], "", ""),
        ("1 Pay: more\n\n2 Hours: fewer", ["Pay:", "Hours:"], "", ""),
        ("## 10 demands\n\n1. Pay\n2. Hours", ["", ""], "10 demands", ""),
        ("## 1. Pay\n\n## 3. Hours\n\n1. a", [""], "1. Pay", ""),
    ],
)
def test_points_of_a_plan(text: str, leads: list[str], before: str, after: str) -> None:
    whole = prose.convert(text, path="a.md", top=2)[0].html
    intro, points, outro = points_of(whole)
    assert [p["lead_in"] for p in points] == leads
    assert [p["number"] for p in points] == [str(n + 1) for n in range(len(leads))]
    assert before in prose.plain(intro)
    assert after in prose.plain(outro)
    shown = " ".join(
        [prose.plain(intro), *(f"{p['lead_in']} {prose.plain(p['html'])}" for p in points), prose.plain(outro)]
    )
    lost = {w.strip(":–.") for w in prose.plain(whole).split()} - {w.strip(":–.") for w in shown.split()}
    assert all(word.isdigit() or word in {"", "Point"} for word in lost), lost


def test_links_to_a_headline_that_became_a_point_lead_there() -> None:
    whole = prose.convert("## 1. Pay\n\nx\n\n## 2. Hours\n\ny", path="a.md", top=2)[0]
    assert [f'id="{name}"' in p["html"] for name, p in zip(whole.ids, points_of(whole.html)[1], strict=True)] == [
        True,
        True,
    ]
