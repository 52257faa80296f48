"""Motions, amendments and composites: how a paper, with what was moved against it, is handed to a template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.anchors import own_ids
from toolkit_builder.kinds.shapes import link, row
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Conference, Site, number_of


def _conference_link(conference: Conference | None, site: Site) -> Payload | None:
    if conference is None:
        return None
    fields = conference.document.fields
    return {
        **link(conference.document, site),
        "short_title": fields.short_title,
        "start": fields.start.isoformat(),
        "end": fields.end.isoformat() if fields.end else "",
        "place": fields.place,
    }


def _step(doc: Document | None, site: Site) -> Payload | None:
    return link(doc, site) if doc else None


def _study(doc: Document, site: Site) -> Payload:
    """What the motions engine found out about a paper and its amendments; empty for one without any."""
    study: Payload = site.studies.get(doc.id, {})
    return study


def _numbers(doc: Document) -> list[Payload]:
    return [{"edition": edition, "number": number} for edition, number in doc.fields.numbers.items()]


def _common(doc: Document, site: Site) -> Payload:
    conference = site.conference_of(doc)
    previous, following = conference.around(doc) if conference else (None, None)
    return {
        "number": doc.fields.number,
        "label": shapes.label(doc),
        "title": shapes.title(doc, site),
        "mover": doc.fields.mover,
        "seconder": doc.fields.seconder,
        "section": getattr(doc.fields, "section", ""),
        "star": shapes.starred(doc, site),
        "conference": _conference_link(conference, site),
        "executive": shapes.position(doc),
        "executive_name": conference.document.fields.executive_name if conference else "",
        "result": shapes.result(doc, site),
        "mentioned_in": shapes.mentioned_in(doc, site),
        "previous": _step(previous, site),
        "next": _step(following, site),
        "numbers": _numbers(doc),
        "all": {
            "title": "All motions",
            "url": f"{conference.document.url}#motions" if conference else "/motions/",
            "label": "",
        },
        "downloads": shapes.files_of(doc),
    }


def _beside_others(shown: Payload) -> Payload:
    """An amendment on the page of what it amends: its headings and notes have names of their own there."""
    return {**shown, "instruction_html": own_ids(shown["instruction_html"], shown["anchor"])}


def amendment(doc: Document, site: Site) -> Payload:
    """One amendment as its page shows it: its instruction, what it changes, what it conflicts with."""
    conference = site.conference_of(doc)
    target = conference.paper(doc.fields.amends, besides=doc) if conference else None
    study = (_study(target, site) if target else {}).get("amendments", {}).get(doc.id, {})
    subs = conference.amendments_of.get(doc.id, ()) if conference else ()
    return {
        "id": doc.id,
        "anchor": f"amendment-{shapes.slug(doc.fields.number or doc.name)}",
        "number": doc.fields.number,
        "label": shapes.label(doc),
        "title": shapes.title(doc, site),
        "mover": doc.fields.mover,
        "seconder": doc.fields.seconder,
        "form": doc.fields.form,
        "instruction_html": doc.parsed.get("html", ""),
        "diff_html": study.get("diff_html", ""),
        "executive": shapes.position(doc),
        "result": shapes.result(doc, site),
        "conflicts": [_conflict(c, site) for c in study.get("conflicts", [])],
        "same_as": [link(site.by_id[i], site) for i in study.get("same_as", []) if i in site.by_id],
        "sub_amendments": [_beside_others(amendment(s, site)) for s in subs if s is not doc],
        "url": doc.url,
        "note": study.get("note", ""),
    }


def _conflict(found: Payload, site: Site) -> Payload:
    return {"with": link(site.by_id[found["with"]], site), "kind": found["kind"], "sentence": found["sentence"]}


def _views(doc: Document, study: Payload, current: str) -> list[Payload]:
    base = f"{doc.url}views/"
    return [
        {
            "key": v["key"],
            "label": v["label"],
            "url": doc.url if v["key"] == "printed" else f"{base}{v['key']}/",
            "current": v["key"] == current,
            "html": v["html"],
        }
        for v in study.get("views", [])
    ]


def _without_parts(views: list[Payload], study: Payload) -> list[Payload]:
    """The views, less the words of those that the page puts together from the pieces of the choice."""
    parts = {a["key"] for a in (study.get("choice") or {}).get("amendments", [])}
    return [{**v, "html": "" if v["key"] in parts else v["html"]} for v in views]


def _choice(study: Payload, site: Site) -> Payload | None:
    found = study.get("choice")
    if not found:
        return None
    chosen = [(a, site.by_id[a["id"]]) for a in found["amendments"]]
    return {
        **found,
        "amendments": [
            {
                **link(doc, site),
                "key": a["key"],
                "number": doc.fields.number,
                "mover": doc.fields.mover,
                "needs": [link(site.by_id[n], site) for n in a["needs"]],
            }
            for a, doc in chosen
        ],
    }


def _motionlike(doc: Document, site: Site) -> Payload:
    conference = site.conference_of(doc)
    study = _study(doc, site)
    amendments = conference.amendments_of.get(doc.id, ()) if conference else ()
    return {
        **_common(doc, site),
        "text_html": doc.parsed.get("html", ""),
        "words": doc.parsed.get("words", 0),
        "lines": doc.parsed.get("lines", 0),
        "contents": doc.parsed.get("headings", []),
        "amendments": [_beside_others(amendment(a, site)) for a in amendments],
        "conflicts": [
            {
                "a": link(site.by_id[c["a"]], site),
                "b": link(site.by_id[c["b"]], site),
                "kind": c["kind"],
                "sentence": c["sentence"],
            }
            for c in study.get("conflicts", [])
        ],
        "views": _without_parts(_views(doc, study, "printed"), study),
        "choice": _choice(study, site),
        "final": study.get("final"),
        "consequences": [{"sentence": s} for s in _consequences(doc, site)],
    }


def _consequences(doc: Document, site: Site) -> list[str]:
    """The committee's stated consequences that name a paper, as they were written."""
    rules = site.rules.get(doc.conference or "", ())
    number = number_of(doc)
    said = []
    for rule in rules:
        items = [i.number for clause in rule.condition.clauses for i in clause.items]
        items += [effect.item.number for effect in rule.effects]
        if number is not None and number in items:
            said.append(rule.text[:1].upper() + rule.text[1:])
    return said


def motion(doc: Document, site: Site) -> Payload:
    conference = site.conference_of(doc)
    payload = _motionlike(doc, site)
    into = (
        next((c for c in conference.composites for s in c.fields.sources if conference.paper(s) is doc), None)
        if conference
        else None
    )
    return {**payload, "composited_into": link(into, site) if into else None}


def composite(doc: Document, site: Site) -> Payload:
    conference = site.conference_of(doc)
    sources = [s for n in doc.fields.sources if conference and (s := conference.paper(n, besides=doc))]
    clauses = [
        {
            "html": c["html"],
            "from": [link(site.by_id[i], site) for i in c["from"] if i in site.by_id],
            "words_from_nowhere": c["words_from_nowhere"],
        }
        for c in _study(doc, site).get("clauses", [])
    ]
    return {
        **_motionlike(doc, site),
        "composited_into": None,
        "sources": [row(s, site) for s in sources],
        "clauses": clauses,
    }


def amendment_page(doc: Document, site: Site) -> Payload:
    conference = site.conference_of(doc)
    target = conference.paper(doc.fields.amends, besides=doc) if conference else None
    study = (_study(target, site) if target else {}).get("amendments", {}).get(doc.id, {})
    return {
        **_common(doc, site),
        **amendment(doc, site),
        "motion": link(target, site) if target else None,
        "amended_html": study.get("amended_html", ""),
        "side_by_side_html": study.get("side_by_side_html", ""),
    }


def quoted(doc: Document, site: Site) -> tuple[Document, ...]:
    """The documents whose words a paper's page shows besides its own: its amendments, and theirs."""
    conference = site.conference_of(doc)
    return conference.below(doc) if conference else ()


def listed(doc: Document, site: Site) -> tuple[Document, ...]:
    """The documents of which a paper's page shows the title: what it amends, its neighbours, who mentions it."""
    conference = site.conference_of(doc)
    if conference is None:
        return ()
    target = conference.paper(doc.fields.amends, besides=doc) if doc.kind == "amendment" else None
    around = (target, *conference.around(doc))
    return (*(d for d in around if d is not None), *(m.by for m in site.mentions.get(doc.id, ())))


# --- pages that no single document makes ------------------------------------------------------------------


def view_pages(doc: Document, site: Site) -> list[shapes.Page]:
    """One page for each view of a motion's text, so that readers without scripts can switch as well."""
    study = _study(doc, site)
    conference = site.conference_of(doc)
    return [
        shapes.Page(
            url=f"{doc.url}views/{v['key']}/",
            template="motion-view.html",
            kind="motion-view",
            title=f"{shapes.label(doc)}: {v['label'].lower()}",
            document=doc,
            doc={
                "motion": link(doc, site),
                "label": v["label"],
                "html": v["html"],
                "key": v["key"],
                "views": [{k: x[k] for k in ("key", "label", "url", "current")} for x in _views(doc, study, v["key"])],
                "conference": _conference_link(conference, site),
                "title": shapes.title(doc, site),
            },
            quotes=quoted(doc, site),
        )
        for v in study.get("views", [])
        if v["key"] != "printed"
    ]


class Listing(NamedTuple):
    """What the list of all motions says of one conference beside its rows: how many of these came to which result,
    and how many motions are on which subject, as it is written."""

    title: str
    url: str
    year: int
    results: Mapping[str, int]
    tags: Mapping[str, int]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Listing:
        return cls(*value)

    def to_json(self) -> list[Any]:
        return list(self)


def rows(held: Conference, site: Site) -> list[Payload]:
    """A conference in the list of all motions."""
    return [row(doc, site) for doc in (*held.motions, *held.composites)]


def listing(held: Conference, site: Site) -> Listing:
    """What is told of a conference above that list."""
    head = held.document
    tags = [tag["name"] for doc in sorted(held.motions, key=attrgetter("path")) for tag in row(doc, site)["tags"]]
    return Listing(head.title, head.url, head.fields.start.year, results_of(rows(held, site)), Counter(tags))


def results_of(listed: Iterable[Payload]) -> dict[str, int]:
    """How many papers came to which result."""
    return Counter(each["result"]["key"] for each in listed)


def all_motions(listings: Sequence[Listing], lists: Sequence[Any], site: Site) -> shapes.Page:
    """Every motion of every conference, by year, conference, result and tag. ``lists``: the rows of each conference."""
    years: dict[int, list[Payload]] = {}
    for each, shown in zip(listings, lists, strict=True):
        years.setdefault(each.year, []).append({"title": each.title, "url": each.url, "rows": shown})
    tags: Counter[str] = Counter()
    for each in sorted(listings, key=attrgetter("url")):
        tags.update(each.tags)
    return shapes.Page(
        url="/motions/",
        template="motions.html",
        kind="motions",
        title="All motions",
        doc={
            "title": "All motions",
            "years": [{"year": y, "conferences": c} for y, c in years.items()],
            "results": tally(sum((Counter(each.results) for each in listings), Counter()), site),
            "tags": [{**shapes.tag(name), "count": n} for name, n in sorted(tags.items(), key=lambda i: i[0].lower())],
            "conferences": [{"title": each.title, "url": each.url, "label": ""} for each in listings],
        },
    )


def tally(counts: Mapping[str, int], site: Site) -> list[Payload]:
    """How many papers came to which result, in the vocabulary's order."""
    return [
        {"key": o.key, "label": o.label, "tone": o.tone, "count": counts[o.key]}
        for o in shapes.words(site).outcomes
        if o.key in counts
    ]
