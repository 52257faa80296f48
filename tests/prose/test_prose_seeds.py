"""Real documents, as they come out of web pages and PDFs: whole, and numbered as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from toolkit_builder.prose import convert, plain
from toolkit_builder.references import find

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
NAMES = ("branch-update-week-3", "bulletin-conference", "motion-social-care", "news-toolkit-launch", "plan-10-points")


def seed(name: str) -> str:
    path = SEEDS / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"{name}.txt is not beside this checkout")
    return path.read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"[’']", "", text))


@pytest.mark.parametrize("name", NAMES)
def test_a_real_text_loses_no_word(name: str) -> None:
    source = seed(name)
    prose, diagnostics = convert(source, path=f"{name}.md")
    assert words(plain(prose.html)) == words(source)
    assert [d for d in diagnostics if d.is_error] == []


def test_the_ten_calls_of_the_motion_are_numbered_as_printed() -> None:
    fragment = convert(seed("motion-social-care"), path="m.md")[0].html
    assert re.findall(r'<li data-marker="([^"]*)"', fragment) == [f"{n})" for n in range(1, 11)]
    assert fragment.count("<ol") == 1


def test_the_ten_points_of_the_plan_have_bold_lead_ins() -> None:
    fragment = convert(seed("plan-10-points"), path="p.md")[0].html
    points = re.findall(r'<li data-marker="(\d+)"><strong>[^<]+:</strong> \S', fragment)
    assert points == [str(n) for n in range(1, 11)]
    assert len(re.findall(r'<aside class="contact">', fragment)) == 1


def test_the_amendments_in_the_bulletin_are_mentioned_once_each() -> None:
    mentions = find(convert(seed("bulletin-conference"), path="b.md")[0].html)
    assert [m.number for m in mentions] == ["20.1", "13.2"]
    assert {m.kind for m in mentions} == {"amendment"}
