"""Every template of the sample for several branches, from one form and each by itself: the same bytes, and PDF/UA."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from unittest import mock

import pytest

from tests.printing.helpers import ua_failures
from toolkit_builder import frame, loading
from toolkit_builder.build.cache import Store
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.localise import documents, outputs, resources, sheets
from toolkit_builder.model import Payload
from toolkit_builder.printing import series
from toolkit_builder.printing.engine import WeasyPrintEngine

ROOT = Path(__file__).parents[2]
Printed = tuple[list[tuple[str, bytes]], list[Diagnostic]]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.usefixtures("press")]


def branches(own: list[Payload]) -> Iterator[Payload]:
    """Like ones, that forms are made for; one whose words need more lines; one of the site's own."""
    full = max(own, key=lambda branch: len(str(branch)))
    for n in range(3):
        yield {
            **full,
            "name": f"b{n}",
            "title": f"Branch {n} & Sons",
            "employer": f"Council {n}",
            "url": f"https://u.example/{n}/",
        }
    yield {**full, "name": "long", "employer": "The Metropolitan Borough Council of Somewhere and Elsewhere " * 3}
    yield {**own[0], "name": "own"}


def test_every_sample_template_from_a_form_and_by_itself(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        loaded = loading.load(ROOT, loading.Options(), store)
    assert loaded.site is not None
    assert loaded.theme is not None
    paper = sheets.stationery(frame.site_payload(loaded.site), "", loaded.theme, {})
    templates = Templates(loaded.theme.bundle)
    own = [documents.branch_of(doc, loaded.site) for doc in loaded.site.all("branch")]
    every = [(t, s) for t in resources.templates(loaded.site) for s in range(len(t.sheets))]
    original, taken = series.Series.filled, set[str]()

    def printed(branch: Payload, engine: WeasyPrintEngine) -> dict[str, Printed]:
        with mock.patch.object(pdf, "engine", return_value=engine):
            return {
                t.sheets[s][0]: outputs.made(t, documents.make(t, branch), s, ("pdf",), paper, templates)
                for t, s in every
            }

    def spy(self: series.Series, html: str, *rest: object) -> series.Form | None:
        form = original(self, html, *rest)  # type: ignore[arg-type]
        if form is not None:
            taken.add(unescape(html.split("<title>")[1].split(": ")[0]))
        return form

    quick, plain = WeasyPrintEngine(), WeasyPrintEngine()
    for branch in branches(own):
        with mock.patch.object(series.Series, "filled", spy):
            from_form = printed(branch, quick)
        if branch["name"] in {"b0", "b1"}:
            continue  # the first is printed whole in any case, the second makes the form
        with mock.patch.object(series.Series, "filled", return_value=None):
            assert from_form == printed(branch, plain), branch["name"]
        if branch["name"] == "b2":
            assert {name: ua_failures(files[0][1], tmp_path) for name, (files, _) in from_form.items() if files} == {
                name: [] for name, (files, _) in from_form.items() if files
            }
    assert taken == {t.title for t, _ in every}
