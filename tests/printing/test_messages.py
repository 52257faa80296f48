"""Every message that print can give is explained in the documentation, and no other part uses its codes."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "toolkit_builder"


def codes_in(text: str) -> set[str]:
    return set(re.findall(r'"(Q\d{3})"', text))


def test_every_code_of_print_is_explained_and_none_that_is_not_there() -> None:
    used = set().union(*(codes_in(p.read_text(encoding="utf-8")) for p in (PACKAGE / "printing").glob("*.py")))
    table = (ROOT / "docs" / "print-messages.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (Q\d{3}) \|", table, re.MULTILINE)) == used


def test_codes_that_begin_with_q_are_made_by_print_alone() -> None:
    for file in PACKAGE.rglob("*.py"):
        if "printing" not in file.parts:
            made = re.findall(r'(?:error|warning|note)\(\s*"Q\d{3}"', file.read_text(encoding="utf-8"))
            assert not made, file.name
