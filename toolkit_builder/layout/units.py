"""A linked ``Site`` and a ``Theme`` come in; units go out: parts of the site that are laid out together, with keys.

A unit's key is the digest of all that its planner may look at: its own documents, what it shows of others, what
every page is given. Equal key, equal jobs. What a planner looks at is written down here by hand, so each entry names
the planners that it is for; the tests lay out again every unit that was taken from memory, and compare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any, NamedTuple

from msgspec import Struct

from toolkit_builder import downloads, frame, logos, pageset
from toolkit_builder.build.digests import digest, digest_of_value
from toolkit_builder.kinds import pages as kind_pages
from toolkit_builder.kinds.shapes import Page
from toolkit_builder.layout import feeds, motions, pages, printed
from toolkit_builder.layout.draft import Draft, output_path
from toolkit_builder.model import Document
from toolkit_builder.site import Conference
from toolkit_builder.theme.colours import brand_css


class Given(NamedTuple):
    """What a unit is given of the theme: the digest of what templates read by name (a planner sees no more of them
    than whether they are there), and that of the listings."""

    closures: dict[str, str]
    listings: str


class Unit(Struct, frozen=True, kw_only=True):
    """``make`` adds the unit's jobs to a draft and returns its pages.

    Nothing decides them but what is in ``key``, and what is ``given``: the templates that the planner asks for, and the
    listings that the theme wants on their pages. ``templates`` are asked for in other ways than by the draft. ``alone``
    has files by path that less decides than the whole unit, with the digest of that (beside what is ``given``).
    """

    name: str
    key: str
    make: Callable[[Draft], list[Page]]
    given: Callable[[Iterable[str]], Given]
    templates: Sequence[str] = ()
    alone: Callable[[], Mapping[str, str]] = dict


def units(draft: Draft) -> Iterator[Unit]:
    """All units of a site: its conferences, what is of no conference, all motions, and the subjects."""
    site, keys = draft.site, _Keys(draft)
    unit = partial(Unit, given=keys.given)
    for held in site.conferences:
        make = partial(_conference, held, held.volume.documents)
        alone = cache(partial(keys.motions_of, held))
        yield unit(name=f"conference {held.name}", key=keys.conference(held), make=make, alone=alone)
    rest = [doc for volume in site.volumes if not volume.name for doc in volume.documents]
    every = sorted({t.name for t in draft.theme.templates})
    yield unit(name="rest", key=keys.rest(rest), make=partial(_rest, rest), templates=every)
    if site.all("motion") or site.all("composite"):
        yield unit(name="motions", key=keys.motions(), make=_motions)
    tagged = kind_pages.subjects(site)
    for subject in tagged:
        yield unit(name=f"subject {subject.key}", key=keys.subject(subject), make=partial(_subject, subject))
    if tagged:
        yield unit(name="subjects", key=keys.subjects(tagged), make=partial(_subjects, tagged))


# --- planners --------------------------------------------------------------------------------------------


def _conference(held: Conference, docs: Sequence[Document], draft: Draft) -> list[Page]:
    """Its pages, papers, bulletins, feed, registers and archive."""
    made = pageset.of_a_conference(held, docs, draft.site)
    for page in made:
        pages.lay_out(draft, page)
    feeds.of_a_conference(draft, held)
    downloads.sources(docs, draft.add)
    downloads.conference(held, draft.site, draft.pins, draft.files, draft.add)
    return made


def _rest(docs: Sequence[Document], draft: Draft) -> list[Page]:
    """Campaigns, branches, news and pages, the lists of them, the site's feeds, and what is made for branches."""
    from toolkit_builder.localise import branchfiles, makepages, publish

    site, theme = draft.site, draft.theme
    offered, shortfalls = publish.offers(site, theme, draft.shared, printing=draft.printing)
    draft.diagnostics += shortfalls
    made = [*pageset.of_the_rest(docs, site), *makepages.make_pages(site, theme, printing=draft.printing)]
    for page in made:
        pages.lay_out(draft, page, offered.get(page.document.id, ()) if page.document else ())
    for each in branchfiles.files(site) if theme.has(makepages.MAKE) else ():
        reasons = {doc.path: doc.digest for doc in each.documents}
        payload = {**each.payload, "logo": printed.logo_file(draft, each.logo)} if each.logo else each.payload
        draft.add(each.path, each.format, payload, label=each.documents[0].path, reasons=reasons)
    feeds.of_the_site(draft)
    downloads.sources(docs, draft.add)
    for home in site.all("toolkit"):
        downloads.toolkit(home, site, draft.files, draft.add)
    return made


def _motions(draft: Draft) -> list[Page]:
    return _lists([motions.all_motions(draft)], draft)


def _subject(subject: kind_pages.Subject, draft: Draft) -> list[Page]:
    return _lists([kind_pages.tag_page(subject, draft.site)], draft)


def _subjects(tagged: Sequence[kind_pages.Subject], draft: Draft) -> list[Page]:
    return _lists([kind_pages.tags_page(tagged)], draft)


def _lists(made: Sequence[Page], draft: Draft) -> list[Page]:
    found = pageset.free(made, draft.site)
    for page in found:
        pages.lay_out(draft, page)
    return found


# --- what they look at -----------------------------------------------------------------------------------


class _Keys:
    """Works out keys; what several need is worked out once."""

    def __init__(self, draft: Draft) -> None:
        self._draft, self._site, self._theme = draft, draft.site, draft.theme
        self._known: dict[str, str] = {}

    def conference(self, held: Conference) -> str:
        return self._key(
            self._press,
            held.volume.key,
            self._site.linked[held.name].digest,
            self._mentioned(held.name),
            self._translations(held.name),
            [doc.url for doc in self._outside if doc.url.startswith(held.document.url)],
        )

    def motions_of(self, held: Conference) -> dict[str, str]:
        """What decides the page, the text and the source of each motion: of other motions these show no more than
        cards, of all else that was moved at the conference they may show anything."""
        site, pins, resolves = self._site, self._draft.pins, self._site.resolves
        if len({doc.id for doc in held.motions}) < len(held.motions):
            return {}  # two motions have one number, and so one card: such a site is not published
        others = [doc for doc in held.volume.documents if doc.kind != "motion"]
        common = self._key(
            [(d.id, d.digest, self.shown(d), resolves.get(d.id), pins.get(d.path)) for d in others],
            repr(site.rules.get(held.name)),
            self._translations(held.name),
        )
        found: dict[str, str] = {}
        for doc in held.motions:
            digest = digest_of_value(
                [
                    common,
                    [doc.path, doc.url, doc.digest, self.shown(doc), resolves.get(doc.id), pins.get(doc.path)],
                    [near and self.shown(near) for near in held.around(doc)],
                    [moved.id for moved in held.below(doc)],
                    [(self.shown(m.by), m.context) for m in site.mentions.get(doc.id, ())],
                ]
            )
            found |= dict.fromkeys((output_path(doc.url), downloads.text_of(doc), downloads.source_of(doc)), digest)
        return found

    def rest(self, docs: Sequence[Document]) -> str:
        site = self._site
        heads = [held.document for held in site.conferences]
        issues = site.all("bulletin")
        related = [d for doc in self._rest_having("related") for r in doc.fields.related if (d := site.lookup(r))]
        return self._key(
            self._press,
            self._logos,
            [(d.path, d.digest) for d in (*docs, *heads, *issues)],
            [site.linked[volume.name].digest for volume in site.volumes if not volume.name],
            [site.resolves.get(issue.id) for issue in issues],
            self._mentioned(""),
            self._translations(""),
            [self.shown(d) for d in related],
            [pageset.crumbs(d, site) for d in self._outside],
        )

    def motions(self) -> str:
        site = self._site
        return self._key(
            [(held.document.path, held.document.digest, site.shown[held.name].papers) for held in site.conferences],
            "/motions/" in site.by_url,
        )

    def subject(self, subject: kind_pages.Subject) -> str:
        taken = f"/tags/{subject.key}/" in self._site.by_url
        return self._key(subject.name, [s.subjects.get(subject.key) for s in self._site.shown.values()], taken)

    def subjects(self, tagged: Sequence[kind_pages.Subject]) -> str:
        counts = [(s.key, s.name, len(s.documents)) for s in tagged]
        return self._key(counts, "/tags/" in self._site.by_url)

    # parts of keys

    def _key(self, *parts: Any) -> str:
        return digest_of_value([self._world, *parts])

    @cached_property
    def _world(self) -> str:
        """What every planner is given: the program, the settings, the frame of every page."""
        draft = self._draft
        config = self._site.config.model_dump_json()
        return digest_of_value([draft.code, config, draft.shared.digest, self._theme.name, draft.printing])

    def given(self, templates: Iterable[str]) -> Given:
        """What these templates read ("" for one that is not there), and the listings that the theme wants on them."""
        theme, templates = self._theme, sorted(templates)
        asked = [
            [name, listing.model_dump(mode="json"), self._listing(name)]
            for name, listing in theme.settings.listings.items()
            if not listing.for_ or not set(listing.for_).isdisjoint(templates)
        ]
        return Given({n: theme.closure_digest(n) if theme.has(n) else "" for n in templates}, digest_of_value(asked))

    def _listing(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = digest_of_value([self.shown(d) for d in pages.listed(self._draft, name)])
        return self._known[name]

    @cached_property
    def _press(self) -> list[Any]:
        """What any print page may use."""
        draft = self._draft
        if not draft.printing:
            return []
        own = [(name, digest(data)) for name, data in sorted(draft.theme.print_files.items())]
        pictures = [(a.path, a.digest) for a in draft.assets if printed.is_picture(a.path)]
        return [own, digest(brand_css(draft.theme)), pictures]

    @cached_property
    def _logos(self) -> list[tuple[str, str]]:
        """Branches' logos, which lie in Word documents and beside make pages."""
        named = {f"content/{logos.place(doc.fields.logo)}" for doc in self._site.having("logo")}
        return [(asset.path, asset.digest) for asset in self._draft.assets if asset.path in named]

    @cached_property
    def _outside(self) -> list[Document]:
        """Documents of no conference with addresses below those of conferences."""
        return [d for d in self._site.documents if d.conference is None and d.url.startswith("/conferences/")]

    def _rest_having(self, field: str) -> list[Document]:
        return [doc for doc in self._site.having(field) if doc.conference is None]

    def _mentioned(self, name: str) -> list[Any]:
        """Who mentions documents of a conference (or of none) from elsewhere, and in which words."""
        return self._from_elsewhere.get(name, [])

    @cached_property
    def _from_elsewhere(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for name, mentions in sorted(self._site.mentions.items()):
            of = self._site.by_id[name].conference
            more = [(name, self.shown(m.by), m.context) for m in mentions if m.by.conference != of]
            if more:
                found.setdefault(of or "", []).extend(more)
        return found

    def _translations(self, name: str) -> list[Any]:
        """The languages in which there are texts of a conference (or of none)."""
        return [
            [(other.id, other.url, other.fields.language) for other in docs]
            for own, docs in sorted(frame.translated(self._site).items())
            if (self._site.by_id[own].conference or "") == name
        ]

    def shown(self, doc: Document) -> str:
        """What decides a document's card: all that lists, mentions and steps show of it."""
        return self._site.shown[doc.conference or ""].each[doc.id]
