"""A decided ``Site`` comes in; digests of all that lists, mentions and steps show of its volumes go out."""

from __future__ import annotations

from msgspec.structs import replace

from toolkit_builder.build.digests import digest, digest_of_value
from toolkit_builder.build.recall import Recall
from toolkit_builder.kinds import shapes
from toolkit_builder.layout.cards import Cards
from toolkit_builder.model import Document
from toolkit_builder.site import PAPERS, Shown, Site
from toolkit_builder.volumes import Volume


def with_shown(site: Site, recall: Recall) -> Site:
    """The site with ``shown``. Nothing decides a volume's but itself, what follows from its results, the settings."""
    names = [volume.name for volume in site.volumes]
    recall.prepare("shown", names)
    found = {}
    others = []
    for volume in site.volumes:
        key = digest_of_value([volume.key, site.world, site.following.get(volume.name)])
        known = recall.known("shown", volume.name, key, Shown.from_json)
        if known is None:
            before = recall.latest("shown", volume.name, Shown.from_json)
            known = recall.keep("shown", volume.name, key, _shown(volume, site), Shown.to_json)
            others += [volume] if before is None or before.cards != known.cards else []
        found[volume.name] = known
    cards = Cards(recall)
    shown = replace(site, shown=found, cards=cards, memo=site.memo)
    for volume in others:  # whose documents are open now
        cards.learn(volume, shown)
    return shown


def _shown(volume: Volume, site: Site) -> Shown:
    each = {
        doc.id: _digest([line for one in (doc, *_company(doc, site)) for line in _face(one, site)])
        for doc in volume.documents
    }
    return Shown(
        each=each,
        subjects={
            key: _digest([each[volume.documents[n].id] for n in tagged.places])
            for key, tagged in site.facts[volume.name].subjects.items()
        },
        papers=_digest([x for doc in volume.documents if doc.kind != "bulletin" for x in _face(doc, site)]),
        cards=_digest([f"{doc.path} {each[doc.id]}" for doc in volume.documents]),
    )


def _digest(lines: list[str]) -> str:
    return digest("\n".join(lines).encode("utf-8", "surrogatepass"))


def _face(doc: Document, site: Site) -> list[str]:
    derived = site.derived.get(doc.id)
    return [doc.id, doc.url, doc.face, repr(derived) if derived else ""]


def _company(doc: Document, site: Site) -> list[Document]:
    """The papers that a paper's card names beside it: by which it was amended, what it went into or amends."""
    if doc.kind not in PAPERS or (held := site.conference_of(doc)) is None:
        return []
    result = shapes.recorded(doc, site)
    if not (result.by or result.into or doc.kind == "amendment"):
        return [held.document]  # whose edition decides the stars
    named = [held.document, *(held.paper(number) for number in result.by)]
    named += [held.paper(result.into, ("composite",))] if result.into else []
    found = [other for other in named if other is not None]
    unnamed = [other for other in (doc, *found) if other.kind == "amendment" and not other.fields.title]
    return [*found, *(above for other in unnamed for above in held.above(other))]  # of which they have their names
