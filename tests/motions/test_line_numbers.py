"""One numbering everywhere: the line map, the plain text, the anchors of the page and the stamps of the print."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import prose
from toolkit_builder.motions.html import escaped, motion_html
from toolkit_builder.motions.lines import LineMap, line_map, numbered
from toolkit_builder.motions.text import MotionText, parse

HARD = {
    "table": "Conference notes:\n\n| Year | Pay |\n|---|---|\n| 2026 | 3 % |\n\nConference calls on all.",
    "nested": "Conference calls on the NEC to:\n\n1. act:\n   a) now, in every nation;\n   b) later;\n2. report.",
    "long word": f"Conference notes {'x' * 190} and goes on.",
    "combining": "Conference notes " + "e\u0301" * 90 + " and cafe\u0301s.",
    "right to left": "Conference notes " + "שלום לכל העובדים והעובדות במדינה " * 6,
    "Welsh": "Mae'r Gynhadledd yn nodi bod ŵyl, tŷ a dŵr yn bwysig i bawb " * 4,
    "emphasis": "Conference **notes with *deep* concern** that `code` and [a link](https://example.org) " * 3,
}
_BLOCKS = st.lists(
    st.one_of(
        st.text(alphabet="abc deé\u0301של*_ŵ👩🏽‍🏭.", min_size=1, max_size=200),
        st.sampled_from(sorted(HARD.values())),
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip


def in_page(text: MotionText, lines: LineMap, inline: Callable[[str], str]) -> list[tuple[int, int]]:
    """``(anchor, stamp)`` of every line that the page marks, in order."""
    page = motion_html(text, lines=lines, inline=inline)
    found = re.findall(r'<span class="line" id="l(\d+)" data-line="(\d+)">', page)
    return [(int(anchor), int(stamp)) for anchor, stamp in found]


def agrees(source: str, measure: int) -> None:
    text, _ = parse(source)
    lines = line_map(text, measure)
    numbers = [line.number for line in lines.lines]
    assert numbers == list(range(1, len(numbers) + 1))
    for inline in (escaped, prose.inline):
        assert in_page(text, lines, inline) == [(number, number) for number in numbers]
    printed = [line for line in numbered(text, lines).split("\n") if line.strip()]
    assert [int(line.split()[0]) for line in printed] == numbers
    for line, shown in zip(lines.lines, printed, strict=True):
        assert shown.strip().removeprefix(str(line.number)).strip() == line.text.strip()
        held = lines.at(line.start)
        assert held is not None
        assert held.number == line.number
    assert LineMap.from_json(lines.to_json()) == lines


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("measure", [20, 80])
def test_all_forms_of_a_hard_text_carry_the_same_line_numbers(name: str, measure: int) -> None:
    agrees(HARD[name], measure)


@settings(max_examples=120, deadline=None)
@given(_BLOCKS, st.sampled_from([12, 40, 80]))
def test_all_forms_of_any_text_carry_the_same_line_numbers(blocks: list[str], measure: int) -> None:
    agrees("\n\n".join(blocks), measure)
