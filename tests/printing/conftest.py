"""Small documents to print: two faces of a test font, a style sheet, and one engine for the whole run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from toolkit_builder.printing.engine import PrintDocument, WeasyPrintEngine, available

FONTS = {f"fonts/{file.name}": file.read_bytes() for file in sorted((Path(__file__).parent / "fonts").glob("*.ttf"))}
CSS = """
@font-face { font-family: "Print Test"; font-weight: 400; src: url(fonts/PrintTest-Regular.ttf) }
@font-face { font-family: "Print Test"; font-weight: 700; src: url(fonts/PrintTest-Bold.ttf) }
@page { size: A4; margin: 20mm; @bottom-center { content: counter(page) " of " counter(pages) } }
html { font: 11pt/1.4 "Print Test" }
h1, h2, h3 { break-after: avoid }
"""


def document(body: str, css: str = "", assets: dict[str, bytes] | None = None, **more: Any) -> PrintDocument:
    html = f'<!doctype html><html lang="en-GB"><head><title>A paper</title></head><body>{body}</body></html>'
    settings: dict[str, Any] = {"title": "A paper", "lang": "en-GB", "path": "content/paper.md", **more}
    return PrintDocument(html=html, stylesheets=(CSS, css), assets={**FONTS, **(assets or {})}, **settings)


@pytest.fixture(scope="session")
def engine() -> WeasyPrintEngine:
    missing = available()
    if missing:
        pytest.skip(missing)
    return WeasyPrintEngine()
