"""A conference's papers (plain values) in; one Akoma Ntoso 3.0 document (OASIS LegalDocML) out.

The conference is a ``documentCollection``; every motion, composite and resolution is a ``doc`` in it, every
amendment an ``amendment``. A result is a workflow step whose outcome is a concept, a vote is parliamentary analysis.
The output validates against OASIS' schema akomantoso30.xsd.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from toolkit_builder.build.parts import BEFORE, Same
from toolkit_builder.model import Payload
from toolkit_builder.patterns import pattern

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_NOT_XML = pattern("[\x00-\x08\x0b\x0c\x0e-\x1f]|[\ud800-\udfff]|[\ufffe\uffff]")
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9_.-]+")
# Akoma Ntoso names languages by three letters (ISO 639-2); others keep what the site says.
_LANGUAGES = {"en": "eng", "cy": "cym", "gd": "gla", "ga": "gle", "fr": "fra", "de": "deu", "es": "spa", "pl": "pol",
              "ur": "urd", "bn": "ben", "pa": "pan", "ar": "ara", "pt": "por", "it": "ita", "ro": "ron"}  # fmt: skip


def render(payload: Payload) -> bytes:
    """``payload``: ``{language, organisation, conference: {title, url, start}, papers: [...]}``.

    A paper is ``{kind, number, label, title, url, mover, seconder, date, amends, result, vote, blocks}``: ``kind`` is
    motion, composite, amendment or resolution; ``place`` its place in the list, from 1; ``amends`` what is told of the
    paper that it amends, or None, and ``amended`` of those that amend it: ``{kind, number, mover, label}``; ``result``
    is ``{key, label}``; ``vote`` as in the register; ``blocks`` as ``motions.listed.blocks`` gives them. Dates are ISO.
    A paper that comes out as in the document ``before`` may be `Same`.
    """
    root = _Element("akomaNtoso", f' xmlns="{NAMESPACE}"')
    conference = payload["conference"]
    papers = payload["papers"]
    maker = _Maker(payload)
    if not papers:
        document = _add(root, "doc", name="conference")
        maker.meta(document, {"kind": "conference", "number": "", "label": conference["title"], **conference}, "conf")
        maker.preface(document, {"title": conference["title"]})
        _leaf(_add(_add(document, "mainBody"), "p"), "inline", conference["title"], name="title")
        return _bytes(root)
    collection = _add(root, "documentCollection", name="conference")
    maker.meta(collection, {"kind": "conference", "number": "", "label": conference["title"], **conference}, "conf")
    maker.preface(collection, {"title": conference["title"]})
    body = _add(collection, "collectionBody")
    before = _components(payload[BEFORE]) if BEFORE in payload else []
    for paper in papers:
        if isinstance(paper, Same):
            body.children.append(before[paper.place])
        else:
            prefix = f"cmp_{paper['place']}"
            maker.paper(_add(body, "component", eId=prefix), paper, prefix)
    return _bytes(root)


def _components(document: bytes) -> list[str]:
    """The papers of a document that `render` has made, each as it was written."""
    text = document.decode("utf-8")
    start = text.index("<collectionBody>") + len("<collectionBody>")
    body = text[start : text.rindex("</collectionBody>")]
    return [f"<component {each}" for each in body.split("<component ")[1:]]  # (no text holds a bare "<")


class _Maker:
    """Writes papers of one conference; knows what they share and hands out identifiers once."""

    def __init__(self, payload: Payload) -> None:
        self.language = _language(payload.get("language") or "en-GB")
        self.country = _country(payload.get("language") or "en-GB")
        self.organisation = payload.get("organisation") or "Union"
        self.conference: Payload = payload["conference"]
        self.taken: set[str] = set()

    def id(self, wanted: str) -> str:
        """An eId that is used once in the file."""
        plain = _NOT_IN_ID.sub("_", wanted) or "x"
        name, count = plain, 2
        while name in self.taken:
            name, count = f"{plain}_{count}", count + 1
        self.taken.add(name)
        return name

    def uri(self, paper: Mapping[str, Any]) -> str:
        number = _slug(str(paper.get("number") or paper.get("mover") or "")) or "papers"
        held = _slug(self.conference["url"].strip("/").rpartition("/")[2] or self.conference["title"])
        return f"/akn/{self.country}/doc/{_slug(paper['kind'])}/{self.conference['start'][:4]}/{held}/{number}"

    def paper(self, parent: _Element, paper: Payload, prefix: str) -> None:
        amendment = paper["kind"] == "amendment"
        document = _add(parent, "amendment" if amendment else "doc", name=paper["kind"])
        self.meta(document, paper, prefix)
        self.preface(document, paper)
        if amendment:
            content = _add(_add(document, "amendmentBody"), "amendmentContent")
            for block in paper["blocks"]:
                _flat_block(content, block)
            if not paper["blocks"]:
                _leaf(content, "p")
            return
        main = _add(document, "mainBody")
        self.body(main, paper["blocks"], prefix)
        if not main.children:
            _leaf(main, "p")

    def meta(self, document: _Element, paper: Mapping[str, Any], prefix: str) -> None:
        meta = _add(document, "meta")
        union = self.id(f"{prefix}__union")
        self.identification(meta, paper, f"#{union}")
        result = paper.get("result") or {}
        concepts: dict[str, tuple[str, str]] = {}
        date = paper.get("date") or self.conference["start"]
        if result:
            outcome = concepts[result["key"]] = (self.id(f"{prefix}__{result['key']}"), result["label"])
            step = {"date": date, "by": f"#{union}", "outcome": f"#{outcome[0]}"}
            _leaf(_add(meta, "workflow", source=f"#{union}"), "step", **step)
        vote = {key: count for key, count in (paper.get("vote") or {}).items() if isinstance(count, int)}
        if vote and result:
            analysis = _add(meta, "analysis", source=f"#{union}")
            voting = _add(_add(analysis, "parliamentary"), "voting", eId=self.id(f"{prefix}__vote"),
                          outcome=f"#{concepts[result['key']][0]}")  # fmt: skip
            for key, count in vote.items():
                concept = concepts[f"vote-{key}"] = (self.id(f"{prefix}__votes_{key}"), f"Votes: {key}")
                _leaf(
                    voting, "count", eId=self.id(f"{prefix}__count_{key}"), value=str(count), refersTo=f"#{concept[0]}"
                )
        references = _add(meta, "references", source=f"#{union}")
        self.links(references, paper, prefix)
        _leaf(references, "TLCOrganization", eId=union, href=f"/akn/ontology/organization/{_slug(self.organisation)}",
             showAs=_text(self.organisation))  # fmt: skip
        for role in ("mover", "seconder"):
            if name := paper.get(role):
                _leaf(references, "TLCOrganization", eId=self.id(f"{prefix}__{role}"),
                     href=f"/akn/ontology/organization/{_slug(name)}", showAs=_text(name))  # fmt: skip
        for key, (concept_id, label) in concepts.items():
            _leaf(
                references,
                "TLCConcept",
                eId=concept_id,
                href=f"/akn/ontology/concept/{_slug(key)}",
                showAs=_text(label),
            )

    def links(self, references: _Element, paper: Mapping[str, Any], prefix: str) -> None:
        """What an amendment amends, and what amends a motion."""
        if target := paper.get("amends"):
            _leaf(
                references,
                "activeRef",
                eId=self.id(f"{prefix}__amends"),
                href=self.uri(target),
                showAs=_text(target["label"]),
            )
        for other in paper.get("amended", ()):
            _leaf(references, "passiveRef", eId=self.id(f"{prefix}__amended"), href=self.uri(other),
                 showAs=_text(other["label"]))  # fmt: skip

    def identification(self, meta: _Element, paper: Mapping[str, Any], source: str) -> None:
        work = self.uri(paper)
        expression = f"{work}/{self.language}@{self.conference['start']}"
        date = {"date": self.conference["start"], "name": "conference"}
        found = _add(meta, "identification", source=source)
        levels = (("FRBRWork", work), ("FRBRExpression", expression), ("FRBRManifestation", f"{expression}.xml"))
        for level, uri in levels:
            element = _add(found, level)
            _leaf(element, "FRBRthis", value=uri)
            _leaf(element, "FRBRuri", value=uri)
            _leaf(element, "FRBRdate", **date)
            _leaf(element, "FRBRauthor", href=source)
            if level == "FRBRWork":
                _leaf(element, "FRBRcountry", value=self.country)
                if paper.get("number"):
                    _leaf(element, "FRBRnumber", value=_text(str(paper["number"])))
                if paper.get("title"):
                    _leaf(element, "FRBRname", value=_text(str(paper["title"])))
            elif level == "FRBRExpression":
                _leaf(element, "FRBRlanguage", language=self.language)

    def preface(self, document: _Element, paper: Mapping[str, Any]) -> None:
        preface = _add(document, "preface")
        result = paper.get("result") or {}
        for tag, value in (("docNumber", paper.get("label")), ("docTitle", paper.get("title")),
                           ("docProponent", paper.get("mover")), ("docProponent", paper.get("seconder")),
                           ("docStatus", result.get("label"))):  # fmt: skip
            if value:
                _leaf(_add(preface, "p"), tag, str(value))
        if not preface.children:
            _leaf(preface, "p")

    def body(self, main: _Element, listed: Sequence[Payload], prefix: str) -> None:
        """Blocks as paragraphs and nested points; a heading opens a section."""
        section, open_points = main, [(0, main)]
        for at, block in enumerate(listed):
            name = self.id(f"{prefix}__{block['id']}")
            if block["kind"] == "heading":
                section = _add(main, "section", eId=name)
                _leaf(section, "heading", block["text"])
                open_points = [(0, section)]
                continue
            if block["kind"] != "call":
                open_points = [(0, section)]
                paragraph = _add(section, "paragraph", eId=name)
                _flat_block(_add(paragraph, "content"), block)
                continue
            depth = max(int(block["depth"]), 1)
            while open_points[-1][0] >= depth:
                open_points.pop()
            point = _add(open_points[-1][1], "point", eId=name)
            if block["marker"]:
                _leaf(point, "num", block["marker"])
            following = listed[at + 1] if at + 1 < len(listed) else None
            deeper = following is not None and following["kind"] == "call" and int(following["depth"]) > depth
            _flat_block(_add(point, "intro" if deeper else "content"), block)
            open_points.append((depth, point))


# --- inside ----------------------------------------------------------------------------------------------


def _flat_block(parent: _Element, block: Payload) -> None:
    if block.get("rows"):
        table = _add(parent, "table")
        for cells in block["rows"]:
            row = _add(table, "tr")
            for cell in cells:
                _leaf(_add(row, "td"), "p", cell)
        return
    marker = block["marker"] if block["kind"] == "call" and parent.name == "amendmentContent" else ""
    _leaf(parent, "p", f"{marker} {block['text']}" if marker else block["text"])


class _Element:
    """An element in the making: its opening tag, and what is in it: other elements, and XML as it is written."""

    __slots__ = ("children", "head", "name")

    def __init__(self, name: str, attributes: str = "") -> None:
        self.name = name
        self.head = f"<{name}{attributes}"
        self.children: list[_Element | str] = []

    def write(self, out: list[str]) -> None:
        if not self.children:
            out.append(f"{self.head} />")
            return
        out.append(f"{self.head}>")
        for child in self.children:
            if type(child) is str:
                out.append(child)
            else:
                child.write(out)  # type: ignore[union-attr]
        out.append(f"</{self.name}>")


def _add(parent: _Element, name: str, /, **attributes: str) -> _Element:
    """An element that others are put into."""
    element = _Element(name, _attributes(attributes))
    parent.children.append(element)
    return element


def _leaf(parent: _Element, name: str, text: str = "", /, **attributes: str) -> None:
    """An element that holds text alone, or nothing."""
    head = f"<{name}{_attributes(attributes)}" if attributes else f"<{name}"
    parent.children.append(f"{head}>{_escaped(_text(text))}</{name}>" if text else f"{head} />")


def _attributes(values: Mapping[str, str]) -> str:
    return "".join([f' {key}="{_attribute(value)}"' for key, value in values.items()])


def _text(text: str) -> str:
    return text if text.isprintable() else _NOT_XML.sub(" ", text)


def _escaped(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _attribute(value: str) -> str:
    plain = _escaped(value)
    if '"' in plain or not plain.isprintable():
        plain = plain.replace('"', "&quot;").replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#09;")
    return plain


def _bytes(root: _Element) -> bytes:
    out: list[str] = []
    root.write(out)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{"".join(out)}\n'.encode("utf-8", "xmlcharrefreplace")


@lru_cache(maxsize=4096)
def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.") or "x"


def _language(tag: str) -> str:
    first = tag.partition("-")[0].lower()
    return _LANGUAGES.get(first, first)


def _country(tag: str) -> str:
    regions: Iterable[str] = re.findall(r"-([A-Za-z]{2})(?=-|$)", tag)
    return next(iter(regions), "gb").lower()
