"""A linked ``Site`` and a ``Theme`` in; jobs out: every file of the site, with the payload it is made from.

Units that an earlier build has laid out under the same key come as settled jobs, without payloads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder import misfits
from toolkit_builder.build.jobs import Job, Settled, SharedValue
from toolkit_builder.build.manifest import Made
from toolkit_builder.build.recall import Recall
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.frame import site_payload
from toolkit_builder.kinds.prints import Print
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.layout import feeds, plain, printed
from toolkit_builder.layout.draft import Draft
from toolkit_builder.layout.memory import Laid, Memory
from toolkit_builder.layout.reframed import Seams
from toolkit_builder.layout.units import Unit, units
from toolkit_builder.misfits import Listed
from toolkit_builder.model import Document
from toolkit_builder.pageset import document_page
from toolkit_builder.site import Site
from toolkit_builder.sources import Asset, Source, Texts, Unread
from toolkit_builder.theme import Theme


class Blueprint(Struct, frozen=True, kw_only=True):
    """All jobs of a build, and the large values that they refer to by digest.

    ``settled`` jobs (by path) need not be made; ``laid`` are the units that the others are of; ``late`` are costly
    files of settled units that were put off when those were laid out; ``seams`` is what is known of the templates of
    their pages (`theme.Bundle`).
    """

    jobs: tuple[Job, ...]
    blobs: Mapping[str, bytes | str]
    diagnostics: tuple[Diagnostic, ...] = ()
    settled: Mapping[str, tuple[Settled, Made]] = field(default_factory=dict)
    laid: tuple[Laid, ...] = ()
    late: frozenset[str] = frozenset()
    seams: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def published(self) -> list[str]:
        """The paths of all files of the site."""
        return [j.path for j in self.jobs if j.publish] + [p for p, (job, _) in self.settled.items() if job.publish]


def blueprint(
    site: Site,
    theme: Theme,
    assets: Sequence[Asset],
    code: str,
    sources: Sequence[Source | Unread],
    *,
    pins: Mapping[str, Any] | None = None,
    printing: bool = True,
    memory: Memory | None = None,
) -> Blueprint:
    """Lay out the whole site. ``code`` is the digest of the builder itself."""
    texts = Texts(sources)
    recall = memory.values if memory else None
    draft = _draft(site, theme, assets, code, texts, pins=pins, printing=printing, recall=recall)
    listed: list[Listed] = []
    settled: dict[str, tuple[Settled, Made]] = {}
    late: set[str] = set()
    laid: list[Laid] = []
    seams = Seams(theme, memory.values) if memory else None
    every = list(units(draft))
    if memory:
        memory.prepare(unit.name for unit in every)
    for unit in every:
        kept = (memory.recall(unit) or memory.reframed(unit, draft, seams)) if memory and seams else None
        if kept:
            settled |= kept.jobs
            draft.jobs += kept.again
            late.update(kept.late)
            listed += kept.pages
            draft.diagnostics += kept.diagnostics
        else:
            laid.append(_less_what_stands(_laid(unit, draft), draft, memory))
            listed += laid[-1].pages
            settled |= laid[-1].stands
    draft.diagnostics += misfits.address_clashes(listed)
    draft.diagnostics += misfits.missing_templates(listed, theme)
    draft.diagnostics += misfits.running_files(site, assets)
    draft.diagnostics += misfits.unusable_logos(site, assets, texts)
    draft.diagnostics += misfits.alike_subjects(site, texts)
    draft.diagnostics += misfits.late_links(site, listed, assets, texts)
    if seams:
        seams.prepare(page.template for each in laid for page in each.pages)
    plain.for_machines(draft, listed)
    draft.blobs.keep_texts(sources)
    taken = {page.url for page in listed}
    plain.old_addresses(draft, taken)
    plain.old_numbers(draft, taken)
    plain.files(draft)
    return Blueprint(
        jobs=tuple(draft.jobs),
        blobs=draft.blobs,
        diagnostics=tuple(draft.diagnostics),
        settled=settled,
        laid=tuple(laid),
        late=frozenset(late),
        seams=seams.known if seams else {},
    )


def _draft(
    site: Site,
    theme: Theme,
    assets: Sequence[Asset],
    code: str,
    texts: Mapping[str, str],
    *,
    pins: Mapping[str, Any] | None = None,
    printing: bool = True,
    recall: Recall | None = None,
) -> Draft:
    return Draft(
        site=site,
        theme=theme,
        code=code,
        shared=SharedValue.of(site_payload(site)),
        assets=tuple(assets),
        texts=texts,
        pins=pins or {},
        printing=printing,
        recall=recall,
    )


def _laid(unit: Unit, draft: Draft) -> Laid:
    jobs, said = len(draft.jobs), len(draft.diagnostics)
    draft.asked = set(unit.templates)
    pages = [_listed(page) for page in unit.make(draft)]
    return Laid(
        unit=unit,
        jobs=draft.jobs[jobs:],
        pages=pages,
        templates=frozenset(draft.asked),
        diagnostics=draft.diagnostics[said:],
    )


def _less_what_stands(laid: Laid, draft: Draft, memory: Memory | None) -> Laid:
    """A unit that has just been laid out; those of its jobs that stand as they are, are the draft's no more."""
    if not memory or not (stands := memory.stands(laid)):
        return laid
    jobs = [job for job in laid.jobs if job.path not in stands]
    draft.jobs[len(draft.jobs) - len(laid.jobs) :] = jobs
    return replace(laid, stands=stands)


def _listed(page: Page) -> Listed:
    doc = page.document
    return Listed(page.url, page.template, page.kind, doc.path if doc else "", feeds.when(doc) if doc else "")


def print_jobs(
    site: Site, theme: Theme, assets: Sequence[Asset], code: str, wanted: Iterable[tuple[Document, Print]]
) -> Blueprint:
    """Only the jobs of these printed documents, in order, and of the files that they may show."""
    draft = _draft(site, theme, assets, code, {})
    for doc, each in wanted:
        printed.document_jobs(draft, document_page(doc, site), each)
    plain.files(draft)
    return Blueprint(jobs=tuple(draft.jobs), blobs=draft.blobs)
