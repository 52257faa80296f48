"""What an edition printed, kept: ``content/conferences/*/lines/EDITION.json`` in, each paper's pinned lines out.

A pin is written once, when an edition goes to print; from then on a paper's line numbers are those of its latest
printed edition, whatever is changed in the text later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit_builder import newfile
from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.model import Document, Payload
from toolkit_builder.motions.editions import STANDARD
from toolkit_builder.site import Conference
from toolkit_builder.sources import Asset

if TYPE_CHECKING:  # most builds read editions and number nothing
    from toolkit_builder.motions import lines

_PATH = re.compile(r"content/conferences/(?P<conference>[^/]+)/lines/(?P<edition>[^/]+)\.json")
_LARGEST = 50_000_000


def is_pin(path: str) -> bool:
    """Whether a file of content/ is a record of printed lines, which is read and never published."""
    return _PATH.fullmatch(path) is not None


def read(assets: Sequence[Asset]) -> tuple[dict[str, Payload], list[Diagnostic]]:
    """The pinned lines of every paper, by the path of its file; of several editions the latest counts."""
    found: dict[str, Payload] = {}
    problems: list[Diagnostic] = []
    files = [(match, asset) for asset in assets if (match := _PATH.fullmatch(asset.path))]
    for _, asset in sorted(files, key=lambda f: (f[0]["conference"], _rank(f[0]["edition"]))):
        try:
            if asset.size > _LARGEST:
                raise ValueError("it is too large")
            papers = json.loads(asset.file.read_text(encoding="utf-8"))["papers"]
            found |= {f"content/{path}": record for path, record in papers.items() if isinstance(record, dict)}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            problems.append(
                error(
                    "R513",
                    f"the pinned lines cannot be read: {problem}",
                    Span(asset.path),
                    hint="restore the file, or delete it to number the lines anew",
                )
            )
    return found, problems


def _rank(edition: str) -> tuple[int, str]:
    return (STANDARD.index(edition), "") if edition in STANDARD else (len(STANDARD), edition)


def write(
    project: Path, held: Conference, edition: str, measure: int, pinned: Mapping[str, Payload]
) -> tuple[str, int]:
    """Keep the line numbers of every motion and composite as ``edition`` prints them.

    A paper that an earlier edition printed keeps the numbers of that edition. Returns the file written and how many
    papers it holds. Raises FileExistsError where that edition is pinned already.
    """
    papers = {
        doc.path.removeprefix("content/"): _record(doc, edition, measure, pinned.get(doc.path))
        for doc in (*held.motions, *held.composites)
    }
    path = f"content/conferences/{held.name}/lines/{edition}.json"
    pinned_now = {"edition": edition, "papers": papers}
    newfile.write(project / path, json.dumps(pinned_now, ensure_ascii=False, indent=1) + "\n")
    return path, len(papers)


def _record(doc: Document, edition: str, measure: int, before: Payload | None) -> Payload:
    from toolkit_builder.motions import pins

    return pins.pin(numbered(doc.body, doc.path, doc.body_line, measure, before)[0], edition)


def numbered(
    body: str, path: str, line: int, measure: int, pin: Payload | None
) -> tuple[lines.LineMap, list[Diagnostic]]:
    """A paper's lines: as pinned, else broken at ``measure``."""
    from toolkit_builder.motions import lines, pins, text

    read_, _ = text.parse(body, path, line)
    if pin is None:
        return lines.line_map(read_, measure), []
    return pins.apply_pin(pin, read_, path)
