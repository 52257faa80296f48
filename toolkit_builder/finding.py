"""What a person types for a document in; the documents that are meant out, or what to type instead.

``bulletin 3``, ``motion 20``, ``20``, ``/plans/x/``, ``conferences/2027/index.md``, ``plan:x``, ``agenda``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit_builder.kinds import BY_NAME, shapes
from toolkit_builder.model import Document
from toolkit_builder.site import PAPERS, Site, read_number

_WORDS = {
    "agenda": "conference",
    "emergency": "motion",
    **{name: name for name in BY_NAME},
    **{kind.plural.lower(): name for name, kind in BY_NAME.items()},
}


@dataclass(frozen=True, slots=True)
class NotFound(Exception):
    """Nothing is called that; ``hint`` says what might have been meant."""

    wanted: str
    hint: str = ""

    def __str__(self) -> str:
        return f"there is no {self.wanted} on this site"


def find(site: Site, words: Sequence[str], conference: str = "") -> list[Document]:
    """The documents that ``words`` name, in order and each once; a word for a kind holds for all that follow it.

    A number is looked for in ``conference`` (a folder's name), or else in the newest conference that has it.
    Raises `NotFound`.
    """
    found: list[Document] = []
    kind, open_kind = "", ""  # the kind that holds, and one that nothing has followed yet
    for word in _split(site, words):
        if word.lower() in _WORDS:
            if open_kind and (open_kind, word.lower()) != ("motion", "motion"):  # an emergency motion
                found.append(_newest(site, open_kind, conference))
            kind = open_kind = _WORDS[word.lower()]
        else:
            found.append(_one(site, word, kind, conference))
            open_kind = ""
    if open_kind:
        found.append(_newest(site, open_kind, conference))
    if not found:  # nothing but white space was typed
        raise NotFound("document without a name")
    return list({doc.id: doc for doc in found}.values())


def _split(site: Site, words: Sequence[str]) -> Iterator[str]:
    """Single words; one that is quoted on the command line ("motion 20") may hold several."""
    for word in words:
        if site.lookup(word):
            yield word
        else:
            yield from word.replace(",", " ").split()


def _one(site: Site, word: str, kind: str, conference: str) -> Document:
    if kind and (doc := _numbered(site, word, (kind,), conference)):
        return doc
    if (
        not kind
        and word[:1].isalnum()
        and any(map(str.isdigit, word))
        and (doc := _numbered(site, word, (*PAPERS, "bulletin"), conference))
    ):
        return doc  # a number means the newest conference, though an older one's file may be named so
    path = word.replace("\\", "/").removeprefix("./")
    known = site.lookup(word, (kind,) if kind else ()) or site.lookup(path) or site.by_url.get(f"/{path.strip('/')}/")
    if known and (not kind or known.kind == kind) and conference in ("", known.conference, known.name):
        return known
    if not kind and (doc := _numbered(site, word, (*PAPERS, "bulletin"), conference)):
        return doc
    raise NotFound(f"{kind} '{word}'" if kind else f"document '{word}'", _hint(site, word, kind, conference))


def _numbered(site: Site, word: str, kinds: Sequence[str], conference: str) -> Document | None:
    for held in site.conferences:
        if conference in ("", held.name):
            for kind in kinds:
                if kind == "bulletin":
                    doc = next((b for b in held.bulletins if b.fields.issue.casefold() == word.casefold()), None)
                else:
                    doc = held.paper(word, (kind,)) if kind in PAPERS else None
                if doc is None and kind == "composite" and read_number(word, composite=True):
                    doc = held.by_number.get((kind, read_number(word, composite=True)))  # type: ignore[arg-type]
                if doc is not None:
                    return doc
    return None


def _newest(site: Site, kind: str, conference: str) -> Document:
    """The only one, or the one of the newest conference: what ``toolkit print agenda`` means."""
    if kind == "conference":
        docs = [c.document for c in site.conferences if conference in ("", c.name)]
    elif kind == "bulletin":
        docs = [b for c in site.conferences if conference in ("", c.name) for b in reversed(c.bulletins)]
    else:
        docs = list(site.all(kind))
        if len(docs) > 1:
            raise NotFound(f"{kind} without a name", f"say which, such as: {_called(docs[0])}")
    if not docs:
        raise NotFound(kind, "see what there is with: toolkit list")
    return docs[0]


def _called(doc: Document) -> str:
    if doc.kind in PAPERS and doc.fields.number:
        return shapes.label(doc).lower()
    return f"bulletin {doc.fields.issue}" if doc.kind == "bulletin" else f"{doc.kind} {doc.name}"


def _hint(site: Site, word: str, kind: str, conference: str) -> str:
    """What might have been meant: the nearest name, else all numbers of a kind that has few."""
    if conference and conference not in site.conference_by_name:
        return f"there is no conference '{conference}'; there is {', '.join(site.conference_by_name) or 'none'}"
    docs = [d for d in site.all(kind) if conference in ("", d.conference)] if kind else list(site.documents)
    if not kind and (words := difflib.get_close_matches(word.casefold(), _WORDS, n=1, cutoff=0.75)):
        return f"did you mean '{words[0]}'?"
    names = {name.casefold(): d for d in docs for name in (d.name, d.path, d.url, d.title)}
    near = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    if near and len(word) > 3:  # of numbers all are alike
        doc = names[near[0]]
        return f"did you mean {_called(doc)}? ({doc.path})"
    if kind and 0 < len(docs) <= 12:
        return f"there is {', '.join(_called(d) for d in docs)}"
    return f"see what there is with: toolkit list{' ' + kind if kind else ''}"
