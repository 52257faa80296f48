"""Links and mentions in texts come in; where they lead goes out, and those that lead nowhere."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from toolkit_builder import references
from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.kinds import shapes
from toolkit_builder.linking.addresses import canonical
from toolkit_builder.linking.asked import Asked, anchors
from toolkit_builder.linking.fields import SCHEME, did_you_mean
from toolkit_builder.model import Document, Payload
from toolkit_builder.motions import numbering
from toolkit_builder.site import PAPERS, Conference, Site, number_of

_ONE_YEAR = dt.timedelta(days=400)


class Linker:
    """Resolves links and mentions, document by document, and remembers who mentions whom."""

    def __init__(self, site: Site, asked: Asked, concealed: Sequence[Document], texts: Mapping[str, str]) -> None:
        self.site, self.asked, self.texts = site, asked, texts
        self.concealed = {d.path for d in concealed}
        self.hidden_papers = {
            (d.conference, d.kind, number) for d in concealed if d.kind in PAPERS and (number := number_of(d))
        }
        self.mentions: list[tuple[str, str, str]] = []
        self.late: list[tuple[str, Payload, str]] = []
        self.resolves: dict[str, Payload] = {}
        self.problems: list[Diagnostic] = []

    def link(self, doc: Document) -> None:
        links = {n["target"]: url for n in doc.parsed.get("links", ()) if (url := self._target(doc, n)) is not None}
        mentions: dict[str, Any] = {}
        for raw in doc.parsed.get("mentions", ()):
            self._mention(doc, references.Mention.from_json(raw[0]), raw[1], mentions)
        if links or mentions:
            self.resolves[doc.id] = {
                "links": links,
                "mentions": mentions,
                "own": self.site.config.organisation.short_name,
            }

    # links, as people write them: to a file of content/, to an address of the site, to a heading

    def _target(self, doc: Document, found: Payload) -> str | None:
        """The address that a link as written stands for; None leaves it as it is."""
        target = found["target"]
        if SCHEME.match(target) or target.startswith("//") or not target:
            return None
        path, _, fragment = target.partition("#")
        path, _, query = path.partition("?")
        path = unicodedata.normalize("NFC", path)
        suffix = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
        if not path:
            if fragment and unquote(fragment) not in anchors(doc) and not _made_by_template(fragment):
                self._broken(doc, found, f"this text has no heading '#{fragment}'", "link to a heading of this page")
            return None
        if path.startswith("/"):
            wanted = path
            other = self.asked.at_url(path if path.endswith("/") else f"{path}/")
            if other is None and self.asked.has_asset(f"content{unquote(path)}"):
                return None
        else:
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(doc.path), unquote(path)))
            wanted = unicodedata.normalize("NFC", wanted)
            if not wanted.endswith(".md") and self.asked.has_asset(wanted):
                return f"{shapes.file_url(wanted.removeprefix('content/'))}{suffix}"
            other = (
                self.asked.at_path(wanted)
                or self.asked.at_path(f"{wanted}.md")
                or self.asked.at_path(f"{wanted}/index.md")
            )
            if other is None and (
                by_url := self.asked.at_url(
                    posixpath.normpath(posixpath.join(doc.url, unquote(path))).rstrip("/") + "/"
                )
            ):
                other = by_url
        if other is None:
            if wanted.startswith("/"):
                self.late.append((doc.path, found, wanted))
                return None
            what = "picture" if found["image"] else "document"
            hint = _PICTURE if found["image"] else did_you_mean(self.site, wanted, otherwise=LINKED)
            if wanted in self.concealed:
                self._broken(
                    doc,
                    found,
                    f"'{path}' is not published yet",
                    "it is a draft, or its day has not come",
                    severity=warning,
                )
            else:
                self._broken(doc, found, f"there is no {what} '{path}'", hint)
            return None
        ids = self.asked.anchors(other) if fragment else []
        if fragment and unquote(fragment) not in ids and not _made_by_template(fragment):
            self._broken(
                doc,
                found,
                f"'{other.path}' has no heading '#{fragment}'",
                f"its headings are: {', '.join('#' + i for i in ids[:8])}" if ids else "",
                severity=warning,
            )
        return f"{other.url}{suffix}"

    def _broken(self, doc: Document, found: Payload, message: str, hint: str, severity: Any = error) -> None:
        self.problems.append(broken_link(doc, found, message, hint, self.texts, severity))

    # mentions: "motion 20", "(20.01)", [[motion:20@2027-lg]]

    def _mention(self, doc: Document, mention: references.Mention, context: str, into: dict[str, Any]) -> None:
        target = self._resolve(doc, mention)
        if target is not None:
            if target is not doc:
                shown = shapes.card(target, self.site)
                result = shown["result"]["label"] if target.kind in PAPERS else ""
                into[mention.key] = [target.url, shown["title"], result]
                self.mentions.append((target.id, doc.path, context))
            return
        if self._must_exist(doc, mention):
            self.problems.append(self._unknown(doc, mention))

    def _resolve(self, doc: Document, mention: references.Mention) -> Document | None:
        kind, number = mention.kind, mention.number
        if mention.explicit and kind and kind not in PAPERS:
            if kind == "bulletin":
                name = mention.conference or doc.conference
                return self.asked.by_id(f"bulletin:{canonical(number)}@{name}")
            return self.asked.named(kind, number)
        name = self._meant(doc, mention)
        conference = self.asked.conference(name) if name else None
        if conference is None:
            return None
        if kind:
            wanted = f"Composite {number}" if kind == "composite" and "composite" not in number.lower() else number
            found = conference.paper(wanted, (kind,))
            # people say "motion 20.1" for an amendment, and "motion 4" for what became a composite
            return found or (conference.paper(number) if kind == "motion" and "." in number else None)
        return conference.paper(number)

    def _meant(self, doc: Document, mention: references.Mention) -> str | None:
        """The conference whose paper is mentioned: the one named, that of the year named, or the one at hand."""
        if mention.explicit or not mention.conference:
            return mention.conference or doc.conference or self._at_hand(doc)
        year = int(mention.conference)
        held = [c.name for c in self.asked.conferences() if _start(c).year == year]
        return doc.conference if doc.conference in held else held[0] if len(held) == 1 else None

    def _at_hand(self, doc: Document) -> str | None:
        """Outside a conference's folder: the conference nearest to the text's date, or the newest if it has none."""
        if not (conferences := self.asked.conferences()):
            return None
        if (day := doc.fields.date) is None:
            return conferences[0].name
        nearest = min(conferences, key=lambda c: abs(_start(c) - day))
        return nearest.name if abs(_start(nearest) - day) < _ONE_YEAR else None

    def _must_exist(self, doc: Document, mention: references.Mention) -> bool:
        if mention.strength is references.Strength.FAINT:
            return False
        if mention.conference and not mention.explicit:
            return doc.conference is not None and self._meant(doc, mention) == doc.conference
        return mention.explicit or doc.conference is not None

    def _unknown(self, doc: Document, mention: references.Mention) -> Diagnostic:
        text = self.texts.get(doc.path, "")
        span = references.locate_in_source(mention, text, doc.path)
        lines = text.split("\n")
        source = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
        name = (mention.conference if mention.explicit else None) or doc.conference or ""
        conference = self.site.conference_by_name.get(name)
        if self._is_hidden(name, mention):
            return warning("S302", f"{mention.text} is not published yet, so it is not a link", span, source=source)
        if mention.explicit and mention.conference and conference is None:
            return error(
                "S303",
                f"there is no conference '{mention.conference}'",
                span,
                source=source,
                hint=f"the conferences are: {', '.join(c.name for c in self.site.conferences)}",
            )
        near = numbering.near(mention.number, conference.numbers) if conference else None
        what = {"motion": "motion", "amendment": "amendment", "composite": "composite"}.get(mention.kind or "", "paper")
        where = f" of {name}" if name else ""
        severity = error if mention.explicit else warning
        return severity(
            "S301",
            f"no {what}{where} has the number '{mention.number}'",
            span,
            source=source,
            hint=f"did you mean {near}?"
            if near
            else "check the number; write a backslash or code marks around what is no reference",
        )

    def _is_hidden(self, conference: str, mention: references.Mention) -> bool:
        try:
            number = numbering.Number.parse(mention.number)
        except numbering.NotANumber:
            return False
        return any((conference, kind, number) in self.hidden_papers for kind in PAPERS)


_PICTURE = "check its name, and that it lies in content/"
LINKED = (
    "link to a file by its path from this text, such as ../plans/fair-pay.md, or to an address such as /plans/fair-pay/"
)


def broken_link(
    doc: Document, found: Payload, message: str, hint: str, texts: Mapping[str, str], severity: Any = error
) -> Diagnostic:
    lines = texts.get(doc.path, "").split("\n")
    line = found["line"]
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    span = (
        Span(doc.path, line, found["column"], line, found["column"] + len(found["target"])) if line else Span(doc.path)
    )
    result: Diagnostic = severity("S304", message, span, hint=hint, source=source)
    return result


def _made_by_template(fragment: str) -> bool:
    """Anchors that pages have beyond those of their text: line numbers, amendments, sections of a page."""
    return bool(
        re.fullmatch(
            r"(?:l\d+|p\d+|c\w+|amendment-[\w-]+|main|motions|agenda|amendments|results|contact|top)", fragment
        )
    )


def _start(conference: Conference) -> dt.date:
    day: dt.date = conference.document.fields.start
    return day
