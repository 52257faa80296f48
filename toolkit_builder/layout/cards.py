"""A document comes in; what lists show of it goes out, as an earlier build has kept it: the document stays unopened.

Cards are kept volume by volume, each with the digest of all that decides it (`Shown.each`), so that an edit makes the
cards anew that show it, and no others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from toolkit_builder.build.digests import compact_json
from toolkit_builder.build.recall import Recall
from toolkit_builder.kinds import shapes
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site
from toolkit_builder.volumes import Volume

_STAGE = "cards"


class _Kept(NamedTuple):
    """Of one volume: what decided each card, and the card itself as JSON, both by the document's path."""

    decided: Mapping[str, str]
    cards: Mapping[str, str]

    def to_json(self) -> list[Any]:
        return [list(self.decided), list(self.decided.values()), "\n".join(self.cards.values())]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> _Kept:
        paths, decided, cards = value
        lines = cards.split("\n") if paths else []
        return cls(dict(zip(paths, decided, strict=True)), dict(zip(paths, lines, strict=True)))


class Cards:
    """The cards of a site, by document. Equal digests in `Shown`, equal settings, equal cards."""

    def __init__(self, recall: Recall) -> None:
        self._recall = recall
        self._known: dict[str, _Kept] = {}

    def __call__(self, doc: Document, site: Site) -> Payload:
        """The card of a document."""
        name = doc.conference or ""
        if name not in self._known:
            self.learn(site.volume_by_name[name], site)
        card: Payload = json.loads(self._known[name].cards[doc.path])
        return card

    def learn(self, volume: Volume, site: Site) -> None:
        """Find or make the cards of a volume."""
        key = f"{site.world}:{site.shown[volume.name].cards}"
        known = self._recall.known(_STAGE, volume.name, key, _Kept.from_json)
        self._known[volume.name] = known or self._recall.keep(
            _STAGE, volume.name, key, self._made(volume, site), _Kept.to_json
        )

    def _made(self, volume: Volume, site: Site) -> _Kept:
        before = self._recall.latest(_STAGE, volume.name, _Kept.from_json) or _Kept({}, {})
        decided = {doc.path: f"{site.world}:{site.shown[volume.name].each[doc.id]}" for doc in volume.documents}
        cards = {}
        for doc in volume.documents:
            same = before.decided.get(doc.path) == decided[doc.path]
            cards[doc.path] = before.cards[doc.path] if same else compact_json(shapes.made_card(doc, site)).decode()
        return _Kept(decided, cards)
