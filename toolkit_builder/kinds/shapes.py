"""Documents in; the plain shapes that templates share out: links, cards, rows, results, contacts (docs/themes.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

from msgspec import Struct, field

from toolkit_builder.model import Contact, Document, Payload
from toolkit_builder.motions import editions, outcomes, results
from toolkit_builder.site import PAPERS, Conference, Site

T = TypeVar("T")


class Page(Struct, frozen=True, kw_only=True):
    """One page of the site, before the theme: ``doc`` is what its template is given under that name, or makes it.

    ``quotes`` are other documents whose fragments it shows, so that their links lead as well; ``listed`` those of
    which it shows a title or a result, so that `explain` can say which of them changed.
    """

    url: str
    template: str
    kind: str
    title: str
    doc: Payload | Callable[[], Payload]
    document: Document | None = None
    description: str = ""
    crumbs: tuple[Payload, ...] = ()
    feeds: tuple[Payload, ...] = ()
    quotes: tuple[Document, ...] = ()
    listed: tuple[Document, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)

    def shown(self) -> Payload:
        """``doc``, made where it is still to be made."""
        return self.doc() if callable(self.doc) else self.doc

    @property
    def label(self) -> str:
        """What messages call the page: its document's file, or its address."""
        return self.document.path if self.document else f"the page {self.url}"


def paper_label(doc: Document) -> str:
    """``Motion 20``, ``Amendment 20.1``, ``Composite D``, ``Emergency motion EM1``; by the mover where unnumbered."""
    number = doc.fields.number
    if doc.kind == "amendment":
        return f"Amendment {number}" if number else f"Amendment by {doc.fields.mover}"
    if doc.kind == "composite":
        return number if number.lower().startswith("composite") else f"Composite {number}"
    upper = number.upper()
    if upper.startswith(("EM", "E")) and upper.lstrip("EM").isdigit():
        return f"Emergency motion {number}"
    if upper.startswith("L") and upper[1:].isdigit():
        return f"Late motion {number}"
    return f"Motion {number}"


def label(doc: Document) -> str:
    """What a link to the document may call it, beside its title."""
    if doc.kind in PAPERS:
        return paper_label(doc)
    if doc.kind == "bulletin":
        return f"Issue {doc.fields.issue}"
    if doc.kind == "update":
        part: str = doc.fields.part
        return part[:1].upper() + part[1:]
    return ""


def title(doc: Document, site: Site) -> str:
    """The document's title; an unnamed amendment goes by what it amends."""
    if doc.fields.title or doc.kind != "amendment":
        return doc.title
    conference = site.conference_of(doc)
    above = conference.above(doc) if conference else []
    if not above:
        return paper_label(doc)
    named = next((n for n, target in enumerate(above) if target.fields.title or target.kind != "amendment"), None)
    last = above[-1] if named is None else above[named]
    depth = len(above) if named is None else named + 1
    return "Amendment to " * depth + (paper_label(last) if named is None else last.title)


def link(doc: Document, site: Site) -> Payload:
    return _memo(site, "link", doc, lambda: {"title": title(doc, site), "url": doc.url, "label": label(doc)})


def summary(doc: Document) -> str:
    fields = doc.fields
    return str(
        fields.description
        or getattr(fields, "summary", "")
        or getattr(fields, "standfirst", "")
        or doc.parsed.get("excerpt", "")
    )


def card(doc: Document, site: Site) -> Payload:
    """A link with what a listing shows beside it; a row for conference papers. One that is known is not made."""
    known = doc.reading is None and ("card", doc.id) not in site.memo and site.cards and site.cards(doc, site)
    return _memo(site, "card", doc, lambda: known or _card(doc, site))


def made_card(doc: Document, site: Site) -> Payload:
    """The same from the document itself, whatever is known of it."""
    return _memo(site, "card", doc, lambda: _card(doc, site))


def _card(doc: Document, site: Site) -> Payload:
    date = doc.fields.date or getattr(doc.fields, "start", None)
    value: Payload = {
        **link(doc, site),
        "kind": doc.kind,
        "date": date.isoformat() if date else "",
        "summary": summary(doc),
        "tags": [tag(t) for t in doc.fields.tags],
        "language": language if (language := doc.fields.language or "") != site.config.language else "",
    }
    if doc.kind in PAPERS:
        value |= {
            "number": doc.fields.number,
            "mover": doc.fields.mover,
            "result": result(doc, site),
            "section": getattr(doc.fields, "section", ""),
            "star": starred(doc, site),
        }
    if doc.kind == "branch":
        value |= {"employer": doc.fields.employer, "welsh_name": doc.fields.welsh_name}
    if doc.kind == "resource":
        value |= {"type": doc.fields.type, "audience": doc.fields.audience, "downloads": []}
    if doc.kind == "bulletin":
        value["headlines"] = [h["text"] for h in doc.parsed.get("headings", []) if h["level"] == 2]
    return value


def edition_names(held: Conference) -> tuple[str, ...]:
    """The conference's editions in the order they come out; the standard ones if it lists none."""
    return tuple(e.name for e in held.document.fields.editions) or editions.STANDARD


def starred(doc: Document, site: Site) -> bool:
    """Whether a paper is new in the edition that is out (in any but the first, where the conference names none)."""
    held = site.conference_of(doc)
    if held is None or not doc.fields.new_in:
        return False
    named, now = edition_names(held), held.document.fields.edition
    return doc.fields.new_in != named[0] and now in {"", doc.fields.new_in}


def row(doc: Document, site: Site) -> Payload:
    """A paper's card with its amendments' rows: a line of an agenda."""

    def make() -> Payload:
        conference = site.conference_of(doc)
        amendments = conference.amendments_of.get(doc.id, ()) if conference else ()
        return {**card(doc, site), "amendments": [row(a, site) for a in amendments if a is not doc]}

    return _memo(site, "row", doc, make)


def tag(name: str) -> Payload:
    return {"name": name, "url": tag_url(name)}


def tag_url(name: str) -> str:
    return f"/tags/{slug(name)}/"


_RIGHT_TO_LEFT = {"ar", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}


def direction(language: str) -> str:
    """``rtl`` or ``ltr``: how a language (a BCP 47 tag) is written."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=16384)
def slug(text: str) -> str:
    """Words of any script as a part of an address: lower case, joined by hyphens."""
    import unicodedata

    kept = "".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFC", text).lower())
    return "-".join(kept.split()) or "untitled"


def file_url(path: str) -> str:
    """The address of a file of content/: spaces, ``#`` and ``%`` in its name stay part of the name."""
    return "/" + quote(path.lstrip("/"))


def words(site: Site) -> outcomes.Vocabulary:
    """The site's vocabulary of results."""
    key = ("vocabulary", "")
    if key not in site.memo:
        extra = {k: {"label": w.label, "like": w.like} for k, w in site.config.motions.results.items()}
        site.memo[key] = outcomes.vocabulary(extra)[0]
    vocabulary: outcomes.Vocabulary = site.memo[key]
    return vocabulary


def recorded(doc: Document, site: Site) -> results.Result:
    """The recorded result; what cannot be read counts as tabled (the checks report it)."""
    if doc.id in site.derived:
        follows: results.Result = site.derived[doc.id]
        return follows
    key = ("result-text", doc.fields.result)
    if key not in site.memo:
        site.memo[key] = results.parse(doc.fields.result, words(site))[0] or results.TABLED
    read: results.Result = site.memo[key]
    return read


def result(doc: Document, site: Site) -> Payload:
    """The result in words: ``{key, label, tone, sentence, by, note, vote, parts}``."""

    def make() -> Payload:
        found = recorded(doc, site)
        outcome = words(site)[found.outcome]
        conference = site.conference_of(doc)
        by = [
            link(a, site)
            if (a := conference and conference.paper(number))
            else {"title": number, "url": "", "label": number}
            for number in found.by
        ]
        into = conference.paper(found.into, ("composite",)) if conference and found.into else None
        return {
            "key": outcome.key,
            "label": outcome.label,
            "tone": outcome.tone,
            "sentence": _sentence(found, outcome),
            "by": by,
            "into": link(into, site) if into else None,
            "note": found.reason,
            "vote": vote(doc),
            "parts": [
                {
                    "part": p.part,
                    "label": words(site)[p.result.outcome].label,
                    "tone": words(site)[p.result.outcome].tone,
                }
                for p in found.parts
            ],
        }

    return _memo(site, "shown-result", doc, make)


def _sentence(found: results.Result, outcome: outcomes.Outcome) -> str:
    """``was carried as amended by 37.1 and 37.2``: follows the item's name."""
    said = outcome.sentence
    if found.by:
        said += f" by {listed(found.by)}"
    if found.into:
        said += f" into {found.into}"
    if found.to:
        said += f" and referred to {found.to}" if outcome.key in {"not-reached", "guillotined"} else f" to {found.to}"
    if found.cause:
        said += f" ({found.cause})"
    if found.rule:
        said += f" under {found.rule}"
    if found.parts:
        said += ": " + "; ".join(f"{p.part} {words_of(p.result)}" for p in found.parts)
    if found.reason:
        said += f" ({found.reason})"
    return said


def words_of(result: results.Result) -> str:
    return result.outcome.replace("-", " ")


def listed(items: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else list(items))


def position(doc: Document) -> Payload | None:
    """The executive's position: ``{label, key, note}``."""
    if not doc.fields.executive:
        return None
    found, _ = results.position(doc.fields.executive)
    known = found and outcomes.EXECUTIVE[found.outcome]
    return {
        "label": known.label if known else doc.fields.executive,
        "key": known.key if known else "other",
        "note": doc.fields.executive_note or (found.reason if found else ""),
    }


def vote(doc: Document) -> Payload | None:
    if (v := doc.fields.vote) is None:
        return None
    return {
        "for": v.for_,
        "against": v.against,
        "abstain": v.abstain,
        "total": v.total,
        "method": v.method,
        "note": v.note,
    }


def contact(value: Contact | None) -> Payload | None:
    return value.model_dump(mode="json") if value else None


def download(label: str, url: str, format: str) -> Payload:
    return {"label": label, "url": url, "format": format, "size": None, "note": ""}


def files_of(doc: Document) -> list[Payload]:
    """The files that a paper or resource offers beside its page (``downloads`` makes them)."""
    found = [download("The text as Markdown", f"{doc.url}source.md", "Markdown")]
    if doc.kind in {"motion", "composite"}:
        found.insert(0, download("Plain text with line numbers", f"{doc.url}paper.txt", "Text"))
    return found


def conference_files(doc: Document) -> list[Payload]:
    return [
        download("Register of decisions", f"{doc.url}register/register.csv", "CSV"),
        download("Register of decisions", f"{doc.url}register/register.json", "JSON"),
        download("All papers, for machines (Akoma Ntoso)", f"{doc.url}papers.xml", "XML"),
        download("The whole conference in one file", f"{doc.url}{doc.name}.zip", "ZIP"),
    ]


def crumb(title: str, url: str) -> Payload:
    return {"title": title, "url": url}


def mentioned_in(doc: Document, site: Site) -> list[Payload]:
    """Who mentions the document, each once, with the words around the first mention."""
    seen: dict[str, Payload] = {}
    for mention in site.mentions.get(doc.id, ()):
        if mention.by is not doc and mention.by.id not in seen:
            seen[mention.by.id] = {**card(mention.by, site), "context": mention.context}
    return list(seen.values())


def _memo(site: Site, what: str, doc: Document, make: Callable[[], T]) -> T:
    key = (what, doc.id)
    if key not in site.memo:
        site.memo[key] = make()
    value: T = site.memo[key]
    return value
