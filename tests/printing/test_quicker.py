"""The memories put behind the engine's text layout: in place, and without a trace in any file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.printing.conftest import document
from toolkit_builder.printing import quicker
from toolkit_builder.printing.engine import WeasyPrintEngine, available

ROOT = Path(__file__).parents[2]
PRINT = """
import hashlib, sys
from tests.printing.conftest import document
from toolkit_builder.printing import quicker
if "without" in sys.argv:
    quicker.KNOWN["strut"] = "another engine"
from toolkit_builder.printing.engine import WeasyPrintEngine
words = "Delegates heard that caseloads have grown for the sixth year running while posts stand empty. " * 9
body = "".join(f"<h2>Part {n}</h2><p lang=en>{words}</p><ul><li>{words}</li><li>a\\u00add\\u00adf</li></ul>" for n in range(8))
tall = f"<div style='columns: 3; column-span: none'>{body}<p style='column-span: all'>{words}</p>{body}</div>"
beside = f"<div style='float: left; width: 60%; columns: 2'><p style='letter-spacing: 1px'>{words}</p></div><p>{words}</p>"
css = "p { text-align: justify; hyphens: auto } li::first-line { font-weight: 700 } h2 { text-decoration: underline }"
printed, found = WeasyPrintEngine().render(document(beside + tall, css))
print(printed.pages, hashlib.sha256(printed.pdf).hexdigest(), [d.message for d in found])
"""


@pytest.fixture(autouse=True)
def _printing() -> None:
    if missing := available():
        pytest.skip(missing)


def test_the_engine_is_one_that_the_memories_fit() -> None:
    WeasyPrintEngine().render(document("<p>Words</p>", ""))
    from weasyprint.layout import inline

    assert inline.split_first_line.__module__ == quicker.__name__


def test_an_engine_that_differs_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from weasyprint.text import line_break

    before = line_break.get_font_description
    monkeypatch.setitem(quicker.KNOWN, "strut", "another")
    assert not quicker.install()
    assert line_break.get_font_description is before


def test_files_are_the_same_with_and_without() -> None:
    made = [
        subprocess.run(
            [sys.executable, "-c", PRINT, *more],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        ).stdout
        for more in ((), ("without",))
    ]
    assert made[0] == made[1]
    assert int(made[0].split()[0]) > 2
