"""A unit as it was laid out before, and templates that have changed since, come in; where no more than the frame around
its pages has changed, jobs go out that put the new one around each page's own part, as it is published.

Such a unit is not laid out, none of its documents is opened, and what its templates have no part in stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import json_value
from toolkit_builder.build.engine import Stock
from toolkit_builder.build.jobs import Deferred, Job, Known, Settled
from toolkit_builder.build.keys import key_of
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
    try:
        rows = {path: _ROW.decode(text) for path, text in store.texts(SEAMS, list(closures)).items()}
    except DecodeError:  # half of a surrogate pair, in a label
        return None
    if rows.keys() != closures.keys():
        return None
    seams.prepare({row.template for row in rows.values()})
    found = []
    for path, closure in closures.items():
        job = _job(draft, seams, stock, path, closure, made[path][1], rows[path])
        if job is None:
            return None
        found.append(job)
    return found


class _Row(NamedTuple):
    """What `Sink.keep_seams` has kept of a page: the digests of the file and of its payload; the template, the page's
    label, the digest of what makes its own part; and as JSON, for who renders the page, its pieces and its head."""

    name: str
    payload: str
    of: tuple[str, str, str]
    pieces: Raw
    head: Raw

    @property
    def template(self) -> str:
        return self.of[0]


_ROW = Decoder(_Row)


def _job(draft: Draft, seams: Seams, stock: Stock, path: str, closure: str, made: Made, row: _Row) -> Job | None:
    template, label, own = row.of
    now = seams.known.get(template)
    if not now or row.name != made.digest or own != now[2]:
        return None
    closure = f"{draft.code}:{closure}"
    return Job(
        path=path,
        format=_FORMAT,
        payload=Deferred(partial(_payload, draft.shared.value, stock, path, made, row)),
        closure=closure,
        reasons=draft.theme.closure_reasons(template),
        label=label,
        known=Known(key_of(_FORMAT, closure, row.payload), row.payload, told="theme: "),
    )


def _payload(site: Payload, stock: Stock, path: str, made: Made, row: _Row) -> Payload:
    template, label, _ = row.of
    return {
        "template": template,
        "site": site,
        "head": bytes(row.head).decode("ascii"),
        "label": label,
        "pieces": json_value(bytes(row.pieces)),
        "before": stock.read(path, made),
    }
