"""A conference's papers through its editions in; their numbers in each, what is new and what has another number out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.shapes import Page, crumb, link
from toolkit_builder.model import Document, Payload
from toolkit_builder.motions import editions
from toolkit_builder.site import Conference, Site


def items(docs: Iterable[Document]) -> list[editions.Item]:
    """Numbered papers as the engine looks at them."""
    return [
        editions.Item(id=doc.id, number=doc.fields.number, numbers=doc.fields.numbers, new_in=doc.fields.new_in)
        for doc in docs
        if doc.fields.number
    ]


def redirects(held: Conference) -> list[tuple[Document, str]]:
    """``(paper, old number)``: numbers of earlier editions that no other paper of its kind has today."""
    found = []
    for docs in (held.motions, held.amendments, held.composites) if held.facts.having.get("numbers") else ():
        if any(doc.fields.numbers for doc in docs):
            by_id = {doc.id: doc for doc in docs}
            led, _ = editions.redirects(items(docs), held.document.fields.edition, shapes.edition_names(held))
            found += [(by_id[each.id], each.old) for each in led]
    return found


def url(held: Conference) -> str:
    """The page's address; empty where no paper was renumbered or came later."""
    every = (*held.motions, *held.amendments, *held.composites)
    return f"{held.document.url}editions/" if any(d.fields.numbers or d.fields.new_in for d in every) else ""


def page(held: Conference, site: Site) -> Page | None:
    """Which number a paper had in which edition: the map that a reference in an old paper is looked up in."""
    if not url(held):
        return None
    head, current, named = held.document, held.document.fields.edition, shapes.edition_names(held)
    shown = named[: named.index(current) + 1] if current in named else named
    papers = [d for d in (*held.motions, *held.composites, *held.amendments) if d.fields.number]
    changed = [_changes(held, papers, before, name, site) for before, name in pairwise(shown)]
    return Page(
        url=url(held),
        template="editions.html",
        kind="editions",
        title=f"Editions and numbers: {head.title}",
        doc={
            "conference": link(head, site),
            "title": "Editions and numbers",
            "editions": list(shown),
            "changes": [c for c in changed if c["new"] or c["renumbered"]],
            "papers": [_row(doc, shown, named, site) for doc in papers],
        },
        crumbs=(crumb(head.title, head.url),),
        listed=(head, *papers),
    )


def _row(doc: Document, shown: Sequence[str], named: Sequence[str], site: Site) -> Payload:
    (item,) = items([doc])
    numbers = [editions.number_in(item, name, named) or "" for name in shown]
    return {
        **link(doc, site),
        "numbers": [
            {
                "edition": name,
                "number": number,
                "anchor": shapes.slug(f"{name} {doc.kind} {number}") if number else "",
                "star": doc.fields.new_in == name and name != named[0],
            }
            for name, number in zip(shown, numbers, strict=True)
        ],
        "moved": len({number for number in numbers if number}) > 1,
    }


def _changes(held: Conference, papers: Sequence[Document], before: str, name: str, site: Site) -> Payload:
    """What an edition renumbered, and what is new in it."""
    found = editions.changes(items(papers), before, name, shapes.edition_names(held))
    by_id = {doc.id: doc for doc in papers}
    return {
        "edition": name,
        "new": [link(by_id[i], site) for i in found.new],
        "renumbered": [{**link(by_id[i], site), "old": old, "new": new} for i, old, new in found.renumbered],
    }
