"""Sides of a sheet and panels of a folded leaflet: which one it is becomes a class, its title a heading line."""

from __future__ import annotations

import pytest

from toolkit_builder.prose import convert

CASES = [
    ('panel inside-left "What to expect"', '<section class="panel panel-inside-left">', "What to expect"),
    ("side back", '<section class="side side-back">', None),
    ('panel "A title alone"', '<section class="panel">', "A title alone"),
]


@pytest.mark.parametrize(("head", "opening", "title"), CASES)
def test_a_placed_box_says_where_it_stands(head: str, opening: str, title: str | None) -> None:
    value, found = convert(f"::: {head}\nSome words.\n:::\n", path="x.md")
    assert not found
    assert value.html.startswith(opening)
    assert "<p>Some words.</p>" in value.html
    assert ("-title" in value.html) == (title is not None)
    assert title is None or f">{title}</p>" in value.html
