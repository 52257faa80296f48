"""Conferences and their daily bulletins: the agenda, the register, the conflict matrix, the paper of the day."""

from __future__ import annotations

import datetime as dt

from toolkit_builder.kinds import editionmap, papers, shapes
from toolkit_builder.kinds.shapes import Page, card, crumb, link, row
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Conference, Site, neighbours


def _business(
    conference: Conference, items: tuple[str, ...], not_reached: tuple[str, ...], site: Site
) -> list[Payload]:
    out = {p.id for n in not_reached if (p := conference.paper(n))}
    found = []
    for text in items:
        paper = conference.paper(text)
        found.append(
            {"text": text, "row": row(paper, site) if paper else None, "not_reached": bool(paper and paper.id in out)}
        )
    return found


def sessions(conference: Conference, site: Site, day: dt.date | None = None) -> list[Payload]:
    """The order of business, sitting by sitting; of one day only if ``day`` is given."""
    return [
        {
            "title": s.title,
            "date": s.date.isoformat(),
            "start": s.start,
            "end": s.end,
            "business": _business(conference, s.business, s.not_reached, site),
        }
        for s in conference.document.fields.sessions
        if day in (None, s.date)
    ]


def sections(conference: Conference, site: Site) -> list[Payload]:
    """The agenda by section; a motion that no section claims stands in its own or under 'Other motions'."""
    listed: dict[str, list[Payload]] = {}
    placed: set[str] = set()
    for section in conference.document.fields.sections:
        rows = listed.setdefault(section.title, [])
        for number in section.items:
            if (paper := conference.paper(number)) and paper.id not in placed:
                placed.add(paper.id)
                rows.append(row(paper, site))
    for motion in conference.motions:
        if motion.id not in placed:
            listed.setdefault(motion.fields.section or "Other motions", []).append(row(motion, site))
    if len(listed) == 1 and "Other motions" in listed:
        listed = {"Motions": listed["Other motions"]}
    return [{"title": title, "items": rows} for title, rows in listed.items() if rows]


def conference(doc: Document, site: Site) -> Payload:
    held = site.conference_by_name[doc.name]
    fields = doc.fields
    agenda, composites = sections(held, site), [row(c, site) for c in held.composites]
    placed = [each for section in agenda for each in section["items"]]
    urls = {each["url"] for each in placed}
    return {
        **_head(doc),
        "venue": fields.venue,
        "paper": fields.paper,
        "edition": fields.edition,
        "editions": [
            {
                "name": e.name,
                "date": e.date.isoformat() if e.date else "",
                "note": e.note,
                "current": e.name == fields.edition,
            }
            for e in fields.editions
        ],
        "executive_name": fields.executive_name,
        "body_html": doc.parsed.get("html", ""),
        "headings": doc.parsed.get("headings", []),
        "sections": agenda,
        "sessions": sessions(held, site),
        "results": papers.tally(papers.results_of([*placed, *(c for c in composites if c["url"] not in urls)]), site),
        "counts": {
            "motions": len(held.motions),
            "amendments": len(held.amendments),
            "composites": len(held.composites),
        },
        "composites": composites,
        "bulletins": [card(b, site) for b in held.bulletins],
        "consequences": list(fields.consequences),
        "mentioned_in": shapes.mentioned_in(doc, site),
        "conflicts_url": f"{doc.url}conflicts/" if held.amendments else "",
        "register_url": f"{doc.url}register/" if held.motions else "",
        "editions_url": editionmap.url(held),
        "downloads": shapes.conference_files(doc) if held.motions else [],
        "feed_url": f"{doc.url}feed.xml",
    }


def _head(doc: Document) -> Payload:
    fields = doc.fields
    return {
        "title": doc.title,
        "short_title": fields.short_title,
        "start": fields.start.isoformat(),
        "end": fields.end.isoformat() if fields.end else "",
        "place": fields.place,
    }


def _day(doc: Document) -> str:
    if doc.fields.day or doc.fields.date is None:
        return str(doc.fields.day)
    return str(doc.fields.date.strftime("%A"))


def bulletin(doc: Document, site: Site) -> Payload:
    held = site.conference_of(doc)
    fields = doc.fields
    issues = held.bulletins if held else (doc,)
    previous, following = neighbours(issues, doc)
    archive = held.document if held else None
    return {
        "title": doc.title,
        "issue": fields.issue,
        "day": _day(doc),
        "date": fields.date.isoformat() if fields.date else "",
        "strapline": fields.strapline,
        "conference": link(archive, site) if archive else None,
        "paper": archive.fields.paper if archive else "",
        "editor": fields.editor,
        "imprint_html": doc.parsed.get("imprint_html", ""),
        "articles": doc.parsed.get("articles", []),
        "about_html": doc.parsed.get("lead_html", ""),
        "today": sessions(held, site, fields.date) if held and fields.date else [],
        "yesterday": _results_before(held, fields.date, site) if held and fields.date else [],
        "previous": link(previous, site) if previous else None,
        "next": link(following, site) if following else None,
        "archive": {"title": "All issues", "url": f"{archive.url}bulletins/", "label": ""} if archive else None,
        "downloads": [],
    }


def _results_before(held: Conference, day: dt.date, site: Site) -> list[Payload]:
    """The decided items of the last conference day before ``day``, in the order they were taken."""
    days = sorted({s.date for s in held.document.fields.sessions if s.date < day})
    rows = []
    for session in held.document.fields.sessions:
        if days and session.date == days[-1]:
            for text in session.business:
                paper = held.paper(text)
                if paper and shapes.words(site)[shapes.recorded(paper, site).outcome].final:
                    rows.append(row(paper, site))
    return rows


# --- pages that no single document makes ------------------------------------------------------------------


def conference_pages(held: Conference, site: Site) -> list[Page]:
    pages: list[Page] = []
    head, url = held.document, held.document.url
    crumbs = (crumb(head.title, url),)
    everything = (head, *held.motions, *held.amendments, *held.composites)
    base = {"conference": {**link(head, site), **_head(head)}}
    if held.motions:
        pages.append(
            Page(
                url=f"{url}register/",
                template="register.html",
                kind="register",
                title=f"Register: {head.title}",
                doc={
                    **base,
                    "rows": register_rows(held, site),
                    "title": "Register of decisions",
                    "downloads": shapes.conference_files(head),
                },
                crumbs=crumbs,
                listed=everything,
            )
        )
    if held.amendments:
        pages.append(
            Page(
                url=f"{url}conflicts/",
                template="conflicts.html",
                kind="conflicts",
                title=f"Amendments that meet: {head.title}",
                doc={**base, "title": "Amendments that meet", **_conflicts(held, site)},
                crumbs=crumbs,
                listed=everything,
            )
        )
    if numbers := editionmap.page(held, site):
        pages.append(numbers)
    if held.bulletins:
        pages.append(
            Page(
                url=f"{url}bulletins/",
                template="bulletins.html",
                kind="bulletins",
                title=f"{head.fields.paper or 'Bulletins'}: {head.title}",
                doc={
                    **base,
                    "title": head.fields.paper or "Bulletins",
                    "issues": [card(b, site) for b in held.bulletins],
                },
                crumbs=crumbs,
                listed=held.bulletins,
            )
        )
    return pages


def register_rows(held: Conference, site: Site) -> list[Payload]:
    """Every motion with its amendments, then every composite with its: what was moved and what became of it."""
    rows = []
    for paper in (*held.motions, *held.composites):
        for doc in (paper, *held.below(paper)):
            shown = shapes.result(doc, site)
            rows.append(
                {
                    **row(doc, site),
                    "seconder": doc.fields.seconder,
                    "by": shown["by"],
                    "vote": shown["vote"],
                    "kind": doc.kind,
                }
            )
    return rows


def _conflicts(held: Conference, site: Site) -> Payload:
    groups = []
    for paper in (*held.motions, *held.composites, *held.amendments):
        amendments = held.amendments_of.get(paper.id, ())
        if not amendments or (paper.kind == "amendment" and len(amendments) < 2):
            continue
        study = site.studies.get(paper.id, {})
        cells = [
            {
                "a": link(site.by_id[c["a"]], site),
                "b": link(site.by_id[c["b"]], site),
                "kind": c["kind"],
                "sentence": c["sentence"],
            }
            for c in study.get("cells", [])
        ]
        groups.append({"motion": row(paper, site), "amendments": [row(a, site) for a in amendments], "cells": cells})
    return {
        "papers": [row(p, site) for p in (*held.motions, *held.composites) if held.amendments_of.get(p.id)],
        "groups": groups,
    }
