"""A unit as it was laid out before, and templates that have changed since, come in; where no more than the frame around
its pages has changed, jobs go out that put the new one around each page's own part, as it is published.

Such a unit is not laid out, none of its documents is opened, and what its templates have no part in stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from toolkit_builder.build.cache import Store
from toolkit_builder.build.engine import Stock
from toolkit_builder.build.jobs import Deferred, Job, Known, Settled, key_of
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.recall import Recall, plain
from toolkit_builder.build.results import SEAMS
from toolkit_builder.layout.draft import Draft
from toolkit_builder.model import Payload
from toolkit_builder.theme import Theme

if TYPE_CHECKING:
    from toolkit_builder.formats.templates import Templates

_STAGE = "template seams"
_FORMAT = "page"


class Seams:
    """Which blocks of a theme's pages are their own (`formats.seams`), by template: worked out when one changes."""

    def __init__(self, theme: Theme, values: Recall) -> None:
        self._theme, self._values = theme, values
        self.known: dict[str, Any] = {}

    def prepare(self, templates: Iterable[str]) -> None:
        """Look at these templates at once."""
        new = sorted({name for name in templates if name not in self.known and self._theme.has(name)})
        self._values.prepare(_STAGE, new)
        for name in new:
            key = self._theme.closure_digest(name)
            found = self._values.known(_STAGE, name, key, plain)
            if found is None:
                seams = self._templates.seams(name)
                found = seams.plain() if seams else []
                self._values.keep(_STAGE, name, key, found, plain)
            self.known[name] = found

    @cached_property
    def _templates(self) -> Templates:
        from toolkit_builder.formats.templates import Templates

        return Templates(self._theme.bundle)


def jobs(
    draft: Draft,
    seams: Seams,
    stock: Stock,
    store: Store,
    closures: Mapping[str, str],
    made: Mapping[str, tuple[Settled, Made]],
) -> list[Job] | None:
    """A job for each of these pages (path -> its closure as it is now), which are published under the keys that they
    have in ``made``; None where one of them must be rendered as a whole."""
    rows = store.fragments(SEAMS, list(closures))
    if rows.keys() != closures.keys():
        return None
    seams.prepare(rows[path][0][2][0][0] for path in closures)
    found = []
    for path, closure in closures.items():
        job = _job(draft, seams, stock, path, closure, made[path][1], rows[path][0])
        if job is None:
            return None
        found.append(job)
    return found


def _job(
    draft: Draft, seams: Seams, stock: Stock, path: str, closure: str, made: Made, row: Sequence[Any]
) -> Job | None:
    name, digest, ((template, label, own, pieces), head) = row
    now = seams.known.get(template)
    if not now or name != made.digest or own != now[2]:
        return None
    payload = {
        "template": template,
        "site": draft.shared.value,
        "head": head,
        "label": label,
        "pieces": pieces,
    }
    closure = f"{draft.code}:{closure}"
    return Job(
        path=path,
        format=_FORMAT,
        payload=Deferred(partial(_payload, payload, stock, path, name)),
        closure=closure,
        reasons=draft.theme.closure_reasons(template),
        label=label,
        known=Known(key_of(_FORMAT, closure, digest), digest, told="theme: "),
    )


def _payload(payload: Payload, stock: Stock, path: str, name: str) -> Payload:
    return {**payload, "before": stock.read(path, name)}
