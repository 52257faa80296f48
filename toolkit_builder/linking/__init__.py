"""Documents come in; a linked ``Site`` goes out, with every reference that leads nowhere reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolkit_builder.config import Config
from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.kinds import BY_NAME
from toolkit_builder.linking import following
from toolkit_builder.linking.fields import at_field, field_references
from toolkit_builder.linking.leads import Linker
from toolkit_builder.linking.visible import Moment, hidden
from toolkit_builder.model import Document
from toolkit_builder.site import PAPERS, Site, group_conferences


def link(
    config: Config, everything: Sequence[Document], assets: frozenset[str], when: Moment, texts: Mapping[str, str]
) -> tuple[Site, list[Diagnostic]]:
    """Join the visible documents. ``texts`` maps a file's path to its text, for showing the line at fault."""
    out = [doc for doc in everything if hidden(doc, when)]
    concealed = {id(doc) for doc in out}
    shown = tuple(doc for doc in everything if id(doc) not in concealed)
    # a paper whose conference is hidden has no page to stand on
    gone = {doc.name for doc in out if doc.kind == "conference"}
    shown = tuple(doc for doc in shown if doc.conference not in gone)
    problems = _doubles(shown, texts)
    site = Site(
        config=config,
        documents=shown,
        conferences=tuple(group_conferences(shown)),
        assets=assets,
        hidden=frozenset(doc.id for doc in out),
        mentions={},
        unread=following.unread(texts, everything),
    )
    problems += _orphans(site, texts)
    problems += field_references(site, texts)
    linker = Linker(site, out, texts)
    for doc in shown:
        linker.link(doc)
    return replace(
        site, mentions={k: tuple(v) for k, v in linker.mentions.items()}, resolves=linker.resolves
    ), following.without_followers(problems + linker.problems, site.unread)


def _doubles(docs: Sequence[Document], texts: Mapping[str, str]) -> list[Diagnostic]:
    """Two documents with one identity or one address, each named at the place that says so."""
    problems = []
    ids: dict[str, Document] = {}
    urls: dict[str, Document] = {}
    for doc in docs:
        first = ids.setdefault(doc.id, doc)
        if first is not doc:
            number = doc.fields.number if doc.kind in PAPERS else ""
            what = f"number {number}" if number else "name"
            problems.append(
                at_field(
                    doc,
                    ("number",),
                    texts,
                    "S101",
                    f"another {BY_NAME[doc.kind].label.lower()} here has the same {what}: {first.path}",
                    "give one of them another number; 20.1 and 20.01 are one number, 20.10 is another"
                    if number
                    else "rename one of the files, or give both of them a number",
                )
            )
            continue
        first = urls.setdefault(doc.url.casefold(), doc)
        if first is not doc:
            problems.append(
                at_field(
                    doc,
                    ("slug",),
                    texts,
                    "S102",
                    f"this would be published at {doc.url}, and so would {first.path}",
                    "rename one of the files, or give one of them a slug",
                )
            )
    return problems


def _orphans(site: Site, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Papers in a conference's folder that has no index.md: they would have no conference to belong to."""
    return [
        error(
            "S103",
            f"the folder '{doc.conference}' has papers but no index.md that describes the conference",
            Span(doc.path, 1, 1, 1, 1),
            hint=f"write content/conferences/{doc.conference}/index.md with 'start: "
            f"2027-06-14' and a title, or run: toolkit new conference 'Its title' --in {doc.conference}",
        )
        for doc in {
            d.conference: d
            for d in reversed(site.documents)
            if d.kind in {*PAPERS, "bulletin"} and site.conference_of(d) is None
        }.values()
    ]
