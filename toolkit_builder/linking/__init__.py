"""Volumes come in; a linked ``Site`` goes out, with every reference that leads nowhere reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from msgspec.structs import replace

from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.recall import Recall
from toolkit_builder.config import Config
from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.kinds import BY_NAME
from toolkit_builder.linking import following
from toolkit_builder.linking.asked import Asked, still_so
from toolkit_builder.linking.facts import facts
from toolkit_builder.linking.fields import at_field, field_references
from toolkit_builder.linking.leads import Linker
from toolkit_builder.linking.visible import Moment, hidden
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import PAPERS, Linked, Mentioned, Site, group_conferences
from toolkit_builder.volumes import Facts, Volume


def link(
    config: Config,
    volumes: Sequence[Volume],
    assets: frozenset[str],
    when: Moment,
    texts: Mapping[str, str],
    recall: Recall,
) -> tuple[Site, list[Diagnostic]]:
    """Join the visible documents. ``texts`` maps a file's path to its text, for showing the line at fault."""
    shown, out = _visible(volumes, when)
    recall.prepare("facts", [volume.name for volume in shown])
    known = {volume.name: _facts(volume, recall) for volume in shown}
    documents = tuple(sorted((doc for volume in shown for doc in volume.documents), key=attrgetter("path")))
    site = Site(
        config=config,
        documents=documents,
        volumes=tuple(shown),
        facts=known,
        conferences=tuple(group_conferences(shown, known)),
        assets=assets,
        hidden=frozenset(doc.id for doc in out),
        unread=following.unread(texts, [doc for volume in volumes for doc in volume.documents]),
    )
    problems = [*_doubles(documents, texts), *_orphans(site, texts)]
    linked: dict[str, Linked] = {}
    recall.prepare("link", known)
    for volume in shown:
        linked[volume.name], found = _linked(volume, site, out, texts, recall)
        problems += found
    return _joined(site, linked), following.without_followers(problems, site.unread)


def _visible(volumes: Sequence[Volume], when: Moment) -> tuple[list[Volume], list[Document]]:
    """The volumes of what is public now, and all other documents."""
    shown, out = [], []
    for volume in volumes:
        waiting = {path for path, dates in volume.dates.items() if hidden(dates, when)}
        concealed = [doc for doc in volume.documents if doc.path in waiting]
        out += concealed
        # a paper whose conference is hidden has no page to stand on
        if len(concealed) < len(volume.documents) and not any(doc.kind == "conference" for doc in concealed):
            shown.append(volume.without(waiting) if concealed else volume)
    return shown, out


def _facts(volume: Volume, recall: Recall) -> Facts:
    found = recall.known("facts", volume.name, volume.key, Facts.from_json)
    return found or recall.keep("facts", volume.name, volume.key, facts(volume.documents), Facts.to_json)


def _linked(
    volume: Volume, site: Site, out: Sequence[Document], texts: Mapping[str, str], recall: Recall
) -> tuple[Linked, list[Diagnostic]]:
    """Where the links and mentions of a volume lead. What is wrong is looked at again by every build: what was meant
    instead may lie anywhere."""
    key = f"{volume.key}:{site.world}"
    if (known := recall.known("link", volume.name, key, Linked.from_json)) and still_so(known.noted, site):
        return known, []
    asked = Asked(site, volume.name)
    problems = field_references(volume.documents, site, asked, texts)
    linker = Linker(site, asked, out, texts)
    for doc in volume.documents:
        linker.link(doc)
    problems += linker.problems
    made = Linked(
        resolves=linker.resolves,
        digest=digest_of_value(linker.resolves),
        mentions=linker.mentions,
        late=linker.late,
        noted=list(asked.noted.items()),
    )
    return made if problems else recall.keep("link", volume.name, key, made, Linked.to_json), problems


def _joined(site: Site, linked: Mapping[str, Linked]) -> Site:
    """The site with all that its volumes' texts lead to."""
    mentions: dict[str, list[Mentioned]] = {}
    for each in linked.values():
        for target, path, context in each.mentions:
            mentions.setdefault(target, []).append(Mentioned(site.by_path[path], context))
    by_path = {k: tuple(sorted(found, key=lambda m: m.by.path)) for k, found in mentions.items()}
    late = [(site.by_path[path], found, wanted) for each in linked.values() for path, found, wanted in each.late]
    resolves: dict[str, Payload] = {}
    for each in linked.values():
        resolves.update(each.resolves)
    return replace(site, mentions=by_path, resolves=resolves, late=late, linked=linked, memo={})


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
        for volume in site.volumes
        if volume.name and not any(d.kind == "conference" for d in volume.documents)
        for doc in [d for d in volume.documents if d.kind in {*PAPERS, "bulletin"}][:1]
    ]
