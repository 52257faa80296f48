"""As `test_walks`, with real PDFs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

import pytest

from tests.walks import BUILD, Edits, made_by, stamped, walked
from toolkit_builder.formats import pdf

CLEAN_ENGINE = cache(pdf.engine.__wrapped__)


class PrintedEdits(Edits):
    """The same with real PDFs, and with commands in processes of their own; a clean build's are made by an engine of
    its own, which remembers what it has made of the same bytes before."""

    made: ClassVar[dict[bytes, Any]] = {}

    def command(self) -> int:
        return self.site.run(*BUILD, "-j", "1").returncode

    @contextmanager
    def clean_printer(self) -> Iterator[None]:
        def render(payload: Any) -> Any:
            name = stamped(payload)
            if name not in self.made:
                self.made[name] = pdf.render(payload)
            return self.made[name]

        with pytest.MonkeyPatch.context() as patch, made_by({"pdf": render}):
            patch.setattr(pdf, "engine", CLEAN_ENGINE)
            yield


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_random_edits_of_a_site_that_is_printed() -> None:
    walked(PrintedEdits, 3, 12)
    assert PrintedEdits.builds.total() >= 10
