"""What the texts of one volume ask of the rest of the site comes in; the answers go out, and are noted.

What was linked before still holds while the same questions have the same answers. Questions that the volume answers
itself are not noted: its own documents are part of the key already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.model import Document
from toolkit_builder.site import Conference, Site


class Asked:
    """A site as one volume sees it. ``noted`` has every question beyond the volume, with a word for its answer."""

    def __init__(self, site: Site, volume: str) -> None:
        self._site, self._volume = site, volume
        self.noted: dict[tuple[str, ...], str] = {}

    def _note(self, question: str, *parts: str) -> Any:
        """The answer to a question, which is noted unless it is a document of the volume itself."""
        answer = _QUESTIONS[question](self._site, *parts)
        if not isinstance(answer, Document) or (answer.conference or "") != self._volume:
            self.noted[question, *parts] = _word(self._site, question, answer)
        return answer

    def at_url(self, url: str) -> Document | None:
        found: Document | None = self._note("url", url)
        return found

    def at_path(self, path: str) -> Document | None:
        found: Document | None = self._note("path", path)
        return found

    def has_asset(self, path: str) -> bool:
        return bool(self._note("asset", path))

    def anchors(self, doc: Document) -> list[str]:
        """The anchors of a text."""
        self._note("text", doc.path)
        return anchors(doc)

    def by_id(self, name: str) -> Document | None:
        found: Document | None = self._note("id", name)
        return found

    def named(self, kind: str, name: str) -> Document | None:
        found: Document | None = self._note("named", kind, name)
        return found

    def lookup(self, reference: str) -> Document | None:
        found: Document | None = self._note("lookup", reference)
        return found

    def original_of(self, doc: Document) -> Document | None:
        found: Document | None = self._note("original", doc.path)
        return found

    def conference(self, name: str) -> Conference | None:
        """A conference, of which anything that its papers' lists show may be used."""
        if name == self._volume:
            return self._site.conference_by_name.get(name)
        found: Conference | None = self._note("conference", name)
        return found

    def conferences(self) -> tuple[Conference, ...]:
        """All of them, for their names and first days."""
        self._note("starts")
        return self._site.conferences


def still_so(noted: Iterable[tuple[Sequence[str], str]], site: Site) -> bool:
    """Whether all these questions have the same answers today."""
    by_path = site.by_path
    for (question, *parts), word in noted:
        if question == "path":  # nearly all of them
            doc = by_path.get(parts[0])
            if (doc.url if doc else _NOTHING) != word:
                return False
        elif _word(site, question, _QUESTIONS[question](site, *parts)) != word:
            return False
    return True


def anchors(doc: Document) -> list[str]:
    """The anchors of a text: they are kept as one, since nearly nobody asks for them."""
    kept: str = doc.parsed.get("ids", "")
    return kept.split("\n") if kept else []


_NOTHING = "nothing"

_QUESTIONS: Mapping[str, Any] = {
    "url": lambda site, url: site.by_url.get(url),
    "path": lambda site, path: site.by_path.get(path),
    "asset": lambda site, path: path in site.assets,
    "text": lambda site, path: site.by_path.get(path),
    "id": lambda site, name: site.by_id.get(name),
    "named": lambda site, kind, name: site.named(kind, name),
    "lookup": lambda site, reference: site.lookup(reference),
    "original": lambda site, path: (doc := site.by_path.get(path)) and site.original_of(doc),
    "conference": lambda site, name: site.conference_by_name.get(name),
    "starts": lambda site: [[held.name, held.document.fields.start.isoformat()] for held in site.conferences],
}


def _word(site: Site, question: str, answer: Any) -> str:
    """What of an answer decides how a text is linked."""
    if answer is None:
        return _NOTHING
    if isinstance(answer, Document):
        if question == "path":
            return answer.url
        if question == "url":
            return f"{answer.path} {answer.url}"
        return f"{answer.path} {answer.digest if question == 'text' else answer.face} {answer.url}"
    if isinstance(answer, Conference):
        return answer.volume.faces
    return digest_of_value(answer) if question == "starts" else str(bool(answer))
