"""Files that have been read come in; a linked ``Site`` goes out, with every reference that leads nowhere reported."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from toolkit_builder import decode, references
from toolkit_builder.config import Config
from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.kinds import BY_NAME, kind_of, shapes
from toolkit_builder.model import Document, Parsed, Payload
from toolkit_builder.motions import numbering
from toolkit_builder.site import PAPERS, Conference, Mentioned, Site, group_conferences, number_of, read_number
from toolkit_builder.sources import Source, Unread

_DATED = {"news", "bulletin", "update"}
_PLACE = re.compile(r"\{(\w+)\}")
_ONE_YEAR = dt.timedelta(days=400)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is public when: the build's clock, and what the person asked to see early."""

    now: dt.datetime
    drafts: bool = False
    future: bool = False


# --- from files to documents -----------------------------------------------------------------------------


def document(
    source: Source | Unread, reading: Payload, shelf: Mapping[str, bytes | str]
) -> tuple[Document | None, list[Diagnostic]]:
    """The document of a file whose front matter holds, and what is wrong with the file.

    ``shelf`` has the large texts that the reading speaks of by digest.
    """
    found = [Diagnostic.from_json(d) for d in reading["diagnostics"]]
    return None if reading["fields"] is None else _document(source, reading, shelf), found


def _document(source: Source | Unread, reading: Payload, shelf: Mapping[str, bytes | str]) -> Document:
    kind, captures = kind_of(source.path)
    fields = decode.thaw(kind.fields, reading["fields"])
    stem = posixpath.basename(source.path).removesuffix(".md")
    if stem == "index":
        stem = next((captures[k] for k in ("toolkit", "conference") if k in captures), "") or posixpath.basename(
            posixpath.dirname(source.path)
        )
    name = fields.slug or shapes.slug(stem)
    return Document(
        kind=kind.name,
        id=_identity(kind.name, name, captures, fields),
        path=source.path,
        url=_address(kind.url, name, captures, fields),
        name=name if kind.name != "conference" else captures["conference"],
        fields=fields,
        body_digest=reading["body"],
        body_line=reading["body_line"],
        digest=source.digest,
        folder=captures,
        parsed=Parsed(reading["parsed"], shelf),
    )


def _identity(kind: str, name: str, captures: Mapping[str, str], fields: Any) -> str:
    if kind in {"conference", "toolkit"}:
        return f"{kind}:{captures[kind]}"
    if kind == "resource":
        return f"resource:{captures['toolkit']}/{name}"
    if kind == "update":
        return f"update:{captures['series']}/{name}"
    if kind == "page":
        return f"page:{captures['path']}"
    if "conference" in captures:
        number = getattr(fields, "number", "") or getattr(fields, "issue", "") or name
        return f"{kind}:{_canonical(number)}@{captures['conference']}"
    return f"{kind}:{name}"


def _start(conference: Conference) -> dt.date:
    day: dt.date = conference.document.fields.start
    return day


def _ids(doc: Document) -> list[str]:
    """The anchors of a text: they are kept as one, since nearly nobody asks for them."""
    kept: str = doc.parsed.get("ids", "")
    return kept.split("\n") if kept else []


@lru_cache(maxsize=65536)
def _canonical(number: str) -> str:
    known = read_number(number)
    return known.canonical if known else shapes.slug(number)


def address_of(number: str) -> str:
    """A paper's number as the last part of its address: ``20-1`` for 20.01."""
    return shapes.slug(_canonical(number).replace(".", "-"))


def _address(pattern: str, name: str, captures: Mapping[str, str], fields: Any) -> str:
    def fill(match: re.Match[str]) -> str:
        key = match[1]
        if key in {"number", "issue"}:
            written = fields.slug or getattr(fields, key, "")
            return address_of(written) if written and not fields.slug else name
        if key == "path":
            parts = [shapes.slug(p) for p in captures["path"].split("/")]
            if fields.slug:
                parts[-1] = fields.slug
            return "/".join(parts[:-1] if parts[-1] == "index" else parts)
        return name if key == "name" else shapes.slug(captures[key])

    url = _PLACE.sub(fill, pattern)
    return re.sub(r"//+", "/", url) if "//" in url else url


def hidden(doc: Document, when: Moment) -> bool:
    """Whether a document must leave no trace in this build."""
    fields = doc.fields
    if fields.draft and not when.drafts:
        return True
    if fields.expires and fields.expires < when.now.date():
        return True
    if when.future:
        return False
    if fields.embargo and _aware(fields.embargo, when.now) > when.now:
        return True
    return bool(doc.kind in _DATED and fields.date and fields.date > when.now.date())


def _aware(moment: dt.datetime, now: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def next_change(docs: Iterable[Document], when: Moment) -> dt.datetime | None:
    """The next moment at which the clock alone changes what is published."""
    moments: list[dt.datetime] = []
    for doc in docs:
        fields = doc.fields
        if fields.embargo:
            moments.append(_aware(fields.embargo, when.now))
        if doc.kind in _DATED and fields.date:
            moments.append(dt.datetime.combine(fields.date, dt.time(), when.now.tzinfo))
        if fields.expires:
            moments.append(dt.datetime.combine(fields.expires + dt.timedelta(days=1), dt.time(), when.now.tzinfo))
    return min((m for m in moments if m > when.now), default=None)


# --- from documents to a site ----------------------------------------------------------------------------


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
    )
    problems += _orphans(site, texts)
    problems += _field_references(site, texts)
    linker = _Linker(site, out, texts)
    for doc in shown:
        linker.link(doc)
    return replace(
        site, mentions={k: tuple(v) for k, v in linker.mentions.items()}, resolves=linker.resolves
    ), problems + linker.problems


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
                _at(
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
                _at(
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


def _at(
    doc: Document,
    field: Sequence[str | int],
    texts: Mapping[str, str],
    code: str,
    message: str,
    hint: str = "",
    severity: Any = error,
) -> Diagnostic:
    text = texts.get(doc.path, "")
    span = decode.field_span(text, doc.path, field)
    lines = text.split("\n")
    source = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    found: Diagnostic = severity(code, message, span, hint=hint, source=source)
    return found


def _field_references(site: Site, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Numbers and names in front matter that must lead to another document."""
    problems: list[Diagnostic] = []
    for doc in site.documents:
        conference = site.conference_of(doc)
        if doc.kind in PAPERS and number_of(doc) is None and doc.fields.number:
            problems.append(
                _at(
                    doc,
                    ("number",),
                    texts,
                    "S202",
                    f"'{doc.fields.number}' cannot be a paper's number",
                    "write a number such as 20, 20.1, 11A.3, EM1 or C02",
                )
            )
        if conference and doc.kind == "amendment" and conference.paper(doc.fields.amends, besides=doc) is None:
            near = numbering.near(doc.fields.amends, [m.fields.number for m in conference.motions])
            other = next((m for m in conference.motions if m.fields.number == near), None)
            hint = (
                f"did you mean {near}? ({other.path})" if other else "write the number of a motion of this conference"
            )
            problems.append(
                _at(doc, ("amends",), texts, "S201", f"no motion has the number '{doc.fields.amends}'", hint)
            )
        if conference and doc.kind == "amendment" and conference.in_ring(doc):
            problems.append(
                _at(
                    doc,
                    ("amends",),
                    texts,
                    "S207",
                    "these amendments amend each other in a ring",
                    "write the number of the motion that is meant",
                )
            )
        if conference and doc.kind == "composite":
            for i, source in enumerate(doc.fields.sources):
                if conference.paper(source, besides=doc) is None:
                    near = numbering.near(source, conference.numbers)
                    problems.append(
                        _at(
                            doc,
                            ("sources", i),
                            texts,
                            "S203",
                            f"no paper has the number '{source}'",
                            f"did you mean {near}?" if near else "",
                        )
                    )
        if doc.kind == "update" and doc.fields.branch and site.named("branch", doc.fields.branch) is None:
            problems.append(
                _at(
                    doc,
                    ("branch",),
                    texts,
                    "S204",
                    f"there is no branch '{doc.fields.branch}'",
                    _did_you_mean(site, doc.fields.branch, "branch"),
                )
            )
        for i, wanted in enumerate(doc.fields.related):
            if site.lookup(wanted) is None and not _SCHEME.match(wanted):
                problems.append(
                    _at(
                        doc,
                        ("related", i),
                        texts,
                        "S205",
                        f"there is no document '{wanted}'",
                        _did_you_mean(site, wanted),
                    )
                )
        original = doc.fields.translation_of
        if original and site.original_of(doc) in (None, doc):
            problems.append(
                _at(
                    doc,
                    ("translation_of",),
                    texts,
                    "S211",
                    f"there is no document '{original}' that this could be a translation of",
                    _did_you_mean(site, original),
                    severity=warning,
                )
            )
        for name in ("image", "logo"):
            picture = getattr(doc.fields, name, "")
            if picture and f"content/{picture.lstrip('/')}" not in site.assets:
                problems.append(
                    _at(
                        doc,
                        (name,),
                        texts,
                        "S206",
                        f"there is no picture '{picture}' in content/",
                        "write its path below content/, such as images/logo.svg",
                    )
                )
    return problems


def _did_you_mean(site: Site, wanted: str, kind: str = "") -> str:
    near = site.nearest(wanted)
    return f"did you mean '{near.name}'? ({near.path})" if near and kind in ("", near.kind) else ""


class _Linker:
    """Resolves links and mentions, document by document, and remembers who mentions whom."""

    def __init__(self, site: Site, concealed: Sequence[Document], texts: Mapping[str, str]) -> None:
        self.site, self.texts = site, texts
        self.concealed = {d.path for d in concealed}
        self.hidden_papers = {
            (d.conference, d.kind, number) for d in concealed if d.kind in PAPERS and (number := number_of(d))
        }
        self.mentions: dict[str, list[Mentioned]] = {}
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
        if _SCHEME.match(target) or target.startswith("//") or not target:
            return None
        path, _, fragment = target.partition("#")
        path, _, query = path.partition("?")
        path = unicodedata.normalize("NFC", path)
        suffix = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
        if not path:
            if fragment and unquote(fragment) not in _ids(doc) and not _made_by_template(fragment):
                self._broken(doc, found, f"this text has no heading '#{fragment}'", "link to a heading of this page")
            return None
        if path.startswith("/"):
            wanted = path
            other = self.site.by_url.get(path if path.endswith("/") else f"{path}/")
            if other is None and f"content{unquote(path)}" in self.site.assets:
                return None
        else:
            wanted = posixpath.normpath(posixpath.join(posixpath.dirname(doc.path), unquote(path)))
            wanted = unicodedata.normalize("NFC", wanted)
            if wanted in self.site.assets:
                return f"{shapes.file_url(wanted.removeprefix('content/'))}{suffix}"
            other = (
                self.site.by_path.get(wanted)
                or self.site.by_path.get(f"{wanted}.md")
                or self.site.by_path.get(f"{wanted}/index.md")
            )
            if other is None and (
                by_url := self.site.by_url.get(
                    posixpath.normpath(posixpath.join(doc.url, unquote(path))).rstrip("/") + "/"
                )
            ):
                other = by_url
        if other is None:
            if wanted.startswith("/"):
                self.late.append((doc, found, wanted))
                return None
            what = "picture" if found["image"] else "document"
            hint = _did_you_mean(self.site, wanted)
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
        ids = _ids(other) if fragment else []
        if fragment and unquote(fragment) not in ids and not _made_by_template(fragment):
            self._broken(
                doc,
                found,
                f"'{other.path}' has no heading '#{fragment}'",
                f"its headings are: {', '.join('#' + i for i in ids[:8])}" if ids else "",
                severity=warning,
            )
        return f"{other.url}{suffix}"

    @property
    def late(self) -> list[tuple[Document, Payload, str]]:
        """Root-relative links to no document: they may lead to a page that the builder makes (see ``site.late``)."""
        return self.site.late

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
                self.mentions.setdefault(target.id, []).append(Mentioned(doc, context))
            return
        if self._must_exist(doc, mention):
            self.problems.append(self._unknown(doc, mention))

    def _resolve(self, doc: Document, mention: references.Mention) -> Document | None:
        kind, number = mention.kind, mention.number
        if mention.explicit and kind and kind not in PAPERS:
            if kind == "bulletin":
                name = mention.conference or doc.conference
                return self.site.by_id.get(f"bulletin:{_canonical(number)}@{name}")
            return self.site.named(kind, number)
        name = self._meant(doc, mention)
        conference = self.site.conference_by_name.get(name or "")
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
        held = [c.name for c in self.site.conferences if _start(c).year == year]
        return doc.conference if doc.conference in held else held[0] if len(held) == 1 else None

    def _at_hand(self, doc: Document) -> str | None:
        """Outside a conference's folder: the conference nearest to the text's date, or the newest if it has none."""
        if not self.site.conferences:
            return None
        if (day := doc.fields.date) is None:
            return self.site.conferences[0].name
        nearest = min(self.site.conferences, key=lambda c: abs(_start(c) - day))
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
