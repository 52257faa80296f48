"""Front matter and body are told apart, and nothing of either is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import frontmatter


@pytest.mark.parametrize(
    ("text", "yaml_text", "body", "body_line"),
    [
        ("---\na: 1\n---\nBody\n", "a: 1\n", "Body\n", 4),
        ("---\na: 1\n---\n\n\nBody\n", "a: 1\n", "\n\nBody\n", 4),
        ("\n\n---\na: 1\n---\nBody\n", "a: 1\n", "Body\n", 6),
        ("---  \na: 1\n--- \t\nBody\n", "a: 1\n", "Body\n", 4),
        ("---\n---\n", "", "", 3),
        ("---\n---", "", "", 2),
        ("---\na: 1\n---", "a: 1\n", "", 3),
        ("Body\n\n---\n\nmore\n", "", "Body\n\n---\n\nmore\n", 1),
        ("----\nBody\n", "", "----\nBody\n", 1),
        ("---\na: 1\n---\nOne\n---\nTwo\n", "a: 1\n", "One\n---\nTwo\n", 4),
        ("---\na: |\n  ---\n---\nBody\n", "a: |\n  ---\n", "Body\n", 5),
        ("", "", "", 1),
    ],
)
def test_split(text: str, yaml_text: str, body: str, body_line: int) -> None:
    front = frontmatter.split(text)
    assert (front.yaml_text, front.body) == (yaml_text, body)
    assert text[front.start : front.end] == yaml_text
    if body:
        assert front.body_line == body_line
        assert text.split("\n", body_line - 1)[-1] == body


@given(st.text("-a: \n\"'[{#", max_size=60))
@settings(max_examples=300, deadline=None)
def test_splitting_loses_nothing(text: str) -> None:
    front = frontmatter.split(text)
    assert text.endswith(front.body)
    if front.closed:
        fences = text.removesuffix(front.body).replace(front.yaml_text, "", 1)
        assert fences.strip().replace("\n", "").replace(" ", "") == "------"
