"""Bad input and its report, side by side: one test a file in ``tests/diagnostics``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.diagnostics_cases import REFERENCE, Case, all_cases, reference
from toolkit_builder import config, decode, sources
from toolkit_builder.diagnostics import Diagnostic, as_text, ordered
from toolkit_builder.kinds import kind_of

CASES = all_cases()
# These need a file without permission or a very long one, or are the words for what nobody foresaw.
TESTED_ELSEWHERE = {"F102", "Y216", "Y299", "V399"}
READING = ("sources", "encodings", "yamltext", "yamlerrors", "decode", "wording", "config")


def report(case: Case, project: Path) -> list[Diagnostic]:
    """What ``toolkit check`` says; for a case of reading, what reading alone says: its projects are no whole sites."""
    if case.area in ("file", "yaml", "value", "config"):
        return reading(project)
    from toolkit_builder.loading import Options
    from toolkit_builder.pipeline import check

    return check(project, Options(clock="2027-06-20T12:00", jobs=1))


def reading(project: Path) -> list[Diagnostic]:
    """Everything that is wrong with a project's files, as far as reading them can tell."""
    _, found = config.load(project, {})
    tree, more = sources.scan(project)
    found += more
    for source in tree.sources:
        kind, _ = kind_of(source.path)
        found += decode.decode(kind.fields, source.text, source.path).diagnostics
    return ordered(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_report(case: Case, tmp_path: Path) -> None:
    if sys.platform == "win32" and any(f.how == "pipe" or f.how.startswith("link") for f in case.files):
        pytest.skip("needs pipes or links")
    case.make(tmp_path)
    shown = "".join(as_text(d) + "\n" for d in report(case, tmp_path))
    assert shown == case.report


def test_every_code_of_reading_is_shown_in_the_reference() -> None:
    package = Path(decode.__file__).parent
    used = {code for name in READING for code in re.findall(r'"([FYVC]\d{3})"', (package / f"{name}.py").read_text())}
    shown = {code for case in CASES for code in case.codes}
    assert used - shown == TESTED_ELSEWHERE


def test_no_message_ends_in_a_full_stop_or_speaks_of_pydantic() -> None:
    for case in CASES:
        for line in re.findall(r"(?:error|warning|note)\[\w+\]: (.*)", case.report):
            assert not line.endswith("."), line
            assert not re.search(r"pydantic|validat|input should|string_|field required", line, re.IGNORECASE), line


def test_the_error_reference_is_up_to_date() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "run: python tests/diagnostics_cases.py"
