"""One source file in; its fields and its text, read by its kind's reader, out as plain values that can be cached.

This is the costly stage of a cold build, so it runs in workers: ``read`` sees one file and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import asdict

from toolkit_builder import contexts, decode, prose, references
from toolkit_builder.build.cache import blob_of
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.stage import WithBlobs
from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.kinds import BY_NAME
from toolkit_builder.model import Payload
from toolkit_builder.patterns import pattern
from toolkit_builder.prose.places import located

_TITLE = re.compile(r"\A(?:[ \t]*\n)* {0,3}#[ \t]+(?P<title>[^\n]+?)[ \t]*#*[ \t]*(?:\n|\Z)")


def read(payload: Payload) -> WithBlobs:
    """``{path, text, kind, language, measure, own, pin}`` -> ``{fields, body, body_line, parsed, diagnostics}``.

    ``fields`` is None where the front matter has mistakes, other than keys that are not known. Every ``diagnostics``
    entry is a Diagnostic as JSON. ``body`` and ``parsed["html_digest"]`` are the digests of texts that are kept beside
    the value.
    """
    path, kind = payload["path"], BY_NAME[payload["kind"]]
    decoded = decode.decode(kind.fields, payload["text"], path)
    found = list(decoded.diagnostics)
    body, line = decoded.body, decoded.body_line
    title = ""
    fields = decoded.rest if decoded.fields is None else decoded.fields
    if fields is not None and (head := _TITLE.match(body)):
        if not fields.title and kind.name != "amendment":
            title = prose.plain(prose.inline(head["title"]))
            body, line = body[head.end() :], line + body.count("\n", 0, head.end())
        elif _same(fields.title, head["title"]):
            body, line = body[head.end() :], line + body.count("\n", 0, head.end())
    language = (fields.language if fields else None) or payload["language"]
    reader = _Reader(
        path=path, line=line, language=language, measure=payload["measure"], own=payload["own"], pin=payload["pin"]
    )
    parsed = READERS[kind.body](reader, body, fields) if fields else {}
    if title:
        parsed["title"] = title
    found += reader.diagnostics
    if decoded.fields is None and not decoded.whole:
        fields, parsed = None, {}  # what is wrong in the text has been found all the same
    if fields is not None:
        parsed["face"] = _face(decode.freeze(fields), parsed)
        if (fragment := parsed.pop("html", None)) is not None:
            parsed["html_digest"] = reader.keep(fragment)
        found += _untitled(kind.name, fields, parsed, path, payload["text"])
    return WithBlobs(
        {
            "fields": decode.freeze(fields) if fields is not None else None,
            "body": reader.keep(body),
            "body_line": line,
            "parsed": parsed,
            "diagnostics": [d.to_json() for d in found],
        },
        reader.blobs,
    )


def _face(fields: Any, parsed: Payload) -> str:
    """The digest of all that other pages may show of a document: never its text."""
    headings = [h["text"] for h in parsed.get("headings", ())]
    return digest_of_value([fields, parsed.get("title", ""), parsed.get("excerpt", ""), headings])


def _same(a: str, b: str) -> bool:
    return " ".join(a.split()).casefold() == " ".join(b.split()).casefold()


def _untitled(kind: str, fields: Any, parsed: Payload, path: str, text: str) -> list[Diagnostic]:
    if fields.title or parsed.get("title") or kind in {"amendment"}:
        return []
    return [
        error(
            "D110",
            "the document has no title",
            Span(path, 1, 1, 1, 4),
            source=text.partition("\n")[0],
            hint="add a line such as 'title: A fair workload' between the --- lines, or begin the text with "
            "'# A fair workload'",
        )
    ]


class _Reader:
    """What every reader of a body shares: where the text stands, and the mistakes found in it."""

    def __init__(self, *, path: str, line: int, language: str, measure: int, own: str, pin: Payload | None) -> None:
        self.path, self.line, self.language, self.measure, self.own = path, line, language, measure, own
        self.pin = pin
        self.diagnostics: list[Diagnostic] = []
        self.blobs: dict[str, bytes | str] = {}

    def keep(self, text: str) -> str:
        """Keep a large text beside the reading; its digest stands for it."""
        digest = blob_of(text).digest
        self.blobs[digest] = text
        return digest

    def prose(self, body: str, line: int | None = None) -> prose.Prose:
        value, found = prose.convert(
            body, path=self.path, first_line=self.line if line is None else line, lang=self.language, top=2
        )
        self.diagnostics += found
        return value

    def mentions(self, fragment: str) -> list[tuple[Payload, str]]:
        """Each mention with the words around it."""
        found = references.find(fragment, references.others_than(self.own))
        return [(m.to_json(), contexts.context(fragment, m)) for m in found]

    def small(self, text: str) -> str:
        """A short text of the front matter as a fragment: addresses, imprints, facts."""
        return prose.convert(text, path=self.path, first_line=1, lang=self.language, top=2)[0].html if text else ""


def _facts(reader: _Reader, value: prose.Prose) -> Payload:
    """What the site needs to know about a fragment, beside the fragment itself."""
    return {
        "html": value.html,
        "headings": [asdict(h) for h in value.headings],
        "links": [asdict(n) for n in value.links],
        "ids": "\n".join(value.ids),
        "words": value.words,
        "excerpt": value.excerpt,
        "mentions": reader.mentions(value.html),
    }


def read_prose(reader: _Reader, body: str, fields: Any) -> Payload:
    parsed = _facts(reader, reader.prose(body))
    for name in ("imprint", "office"):
        if text := getattr(fields, name, ""):
            parsed[f"{name}_html"] = reader.small(text)
    if facts := getattr(fields, "facts", ()):
        parsed["facts_html"] = [prose.inline(f) for f in facts]
    return parsed


def read_bulletin(reader: _Reader, body: str, fields: Any) -> Payload:
    """A paper of articles: each ``## Headline`` begins one; the first is the lead, the next two are second."""
    parsed = read_prose(reader, body, fields)
    lead = ""
    articles: list[Payload] = []
    for section in prose.split_sections(parsed["html"], 2):
        if not section.id:
            lead = section.html
            continue
        rank = ("lead", "second", "second")[len(articles)] if len(articles) < 3 else "brief"
        articles.append(
            {
                "id": section.id,
                "headline": section.title,
                "headline_html": section.title_html,
                "html": section.html,
                "rank": rank,
            }
        )
    return {**parsed, "lead_html": lead, "articles": articles}


def read_plan(reader: _Reader, body: str, fields: Any) -> Payload:
    """An introduction, the numbered points, and what follows them."""
    parsed = read_prose(reader, body, fields)
    intro, points, outro = points_of(parsed["html"])
    return {**parsed, "intro_html": intro, "points": points, "outro_html": outro}


_LEAD_IN = re.compile(r"\A\s*(?:<p>)?\s*<strong>(?P<lead>.*?)</strong>", re.DOTALL)


def points_of(fragment: str) -> tuple[str, list[Payload], str]:
    """A plan's fragment as (what comes before, the points, what comes after): nothing is left out.

    A point is a numbered headline with what stands under it (``## 1. Organise``, ``**1. Organise** - map ...``), else
    an item of the top-level numbered lists. What stands between two such lists (a contact panel in mid-text) stays
    with the point before it.
    """
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(f"<body>{fragment}</body>").body
    nodes = list(body.iter(include_text=True)) if body is not None else []
    if heads := _heads(nodes):
        return _headed(nodes, heads)
    lists = [i for i, n in enumerate(nodes) if n.tag == "ol" and "footnotes" not in (n.attributes.get("class") or "")]
    numbered = [i for i in lists if "points" in (nodes[i].attributes.get("class") or "")] or lists
    if not numbered:
        return fragment, [], ""
    points: list[Payload] = []
    for i in range(numbered[0], numbered[-1] + 1):
        if i not in numbered:
            if points:
                points[-1]["html"] += nodes[i].html or ""
            continue
        start = int(nodes[i].attributes.get("start") or 1)
        for n, item in enumerate(c for c in nodes[i].iter() if c.tag == "li"):
            points.append(_point(item, start + n, len(points) + 1))
    intro = "".join(n.html or "" for n in nodes[: numbered[0]]).strip()
    return intro, points, "".join(n.html or "" for n in nodes[numbered[-1] + 1 :]).strip()


_HEAD = pattern(r"\s*(?:point\s+)?(?P<number>\d{1,2})\s*[.):–—-]?\s+(?P<lead>\S.*?)\s*\Z", re.IGNORECASE | re.DOTALL)
_HEAD_TAGS = ("h2", "h3", "h4", "p")
_BREAK = {"h2", "h3", "h4", "aside", "section", "hr"}


def _heads(nodes: Sequence[Any]) -> list[tuple[int, re.Match[str]]]:
    """The headlines, or bold words that begin a paragraph, that count from 1: (place, number and words)."""
    for tag in _HEAD_TAGS:
        found = []
        for place, node in enumerate(nodes):
            bold = node.css_first("strong") if tag == "p" and _LEAD_IN.match(_inner(node)) else None
            head = bold if tag == "p" else node
            if node.tag == tag and head is not None and (match := _HEAD.match(head.text())):
                found.append((place, match))
        if len(found) > 1 and [int(match["number"]) for _, match in found] == list(range(1, len(found) + 1)):
            return found
    return []


def _inner(node: Any) -> str:
    return (node.html or "").partition(">")[2].rpartition("</")[0]


def _headed(nodes: Sequence[Any], heads: Sequence[tuple[int, re.Match[str]]]) -> tuple[str, list[Payload], str]:
    last = heads[-1][0]
    stop = next((i for i in range(last + 1, len(nodes)) if nodes[i].tag in _BREAK), len(nodes))
    points: list[Payload] = []
    for n, (place, match) in enumerate(heads):
        node, lead = nodes[place], match["lead"]
        body = "".join(each.html or "" for each in nodes[place + 1 : heads[n + 1][0] if n + 1 < len(heads) else stop])
        if node.tag == "p" and (rest := _LEAD_IN.sub("", _inner(node))).strip():
            joint = re.match(r"\s*[–—:-]\s*", rest)
            lead += ":" if joint and lead[-1] not in ":.?!" else ""
            body = f"<p>{rest[joint.end() if joint else 0 :].strip()}</p>{body}"
        anchor = f'<span id="{node.attributes["id"]}"></span>' if node.attributes.get("id") else ""
        points.append(
            {"number": match["number"], "id": f"point-{n + 1}", "lead_in": lead, "html": anchor + body.strip()}
        )
    intro, outro = (nodes[: heads[0][0]], nodes[stop:])
    return "".join(n.html or "" for n in intro).strip(), points, "".join(n.html or "" for n in outro).strip()


def _point(item: Any, counted: int, place: int) -> Payload:
    number = (item.attributes.get("data-marker") or item.attributes.get("value") or str(counted)).strip("().: ")
    inner = (item.html or "").partition(">")[2].rpartition("</li>")[0]
    lead = _LEAD_IN.match(inner)
    if lead is None:
        return {"number": number, "id": f"point-{place}", "lead_in": "", "html": inner.strip()}
    rest = inner[lead.end() :].strip()
    if "<p>" in lead[0]:
        rest = f"<p>{rest}"
    return {"number": number, "id": f"point-{place}", "lead_in": prose.plain(lead["lead"]), "html": rest}


def read_paper(reader: _Reader, body: str, fields: Any) -> Payload:
    """A motion's or composite's text: paragraphs and calls with their addresses and numbered lines.

    ``printed`` is the digest of what ``formats.papers`` sets: ``{numbered, blocks}`` as JSON.
    """
    from toolkit_builder.motions import html, lines, listed, pins, text

    value, found = text.parse(body, reader.path, reader.line)
    reader.diagnostics += found
    numbered = lines.line_map(value, reader.measure)
    if reader.pin is not None:
        numbered, found = pins.apply_pin(reader.pin, value, reader.path)
        reader.diagnostics += found
    if _may_lose(body):
        reader.diagnostics += [d for d in prose.convert(body, path=reader.path, first_line=reader.line)[1]
                               if d.code in _LEFT_OUT]  # fmt: skip
    fragment = html.motion_html(value, inline=prose.inline, lines=numbered)
    plain = value.plain()
    printed = {"numbered": lines.numbered(value, numbered), "blocks": listed.blocks(value)}
    return {
        "html": fragment,
        "printed": reader.keep(json.dumps(printed, separators=(",", ":"))),
        "headings": [{"level": 2, "id": b.id, "text": value.text(b)} for b in value.blocks if b.kind == "heading"],
        "links": _links(fragment, body, reader.line),
        "ids": "\n".join(_ids(fragment)),
        "words": value.words(),
        "lines": len(numbered.lines),
        "excerpt": prose.excerpt(prose.plain(fragment) if "<" in plain else plain),
        "mentions": reader.mentions(fragment),
    }


_LEFT_OUT = frozenset({"P103", "P104", "P105", "P106", "P118", "P122", "P124", "P125"})
"""What is left out of a paper's text as of any other: scripts, tags, links that may not lead there."""
_PLAIN_LINK = re.compile(r"\]\((?!//)(?:(?:https?|mailto|tel):)?[\w./#?=%+~,@-]*\)")
_DEFINED_LINK = re.compile(r"^ {0,3}\[(?!\^)[^\]\n]+\]:", re.MULTILINE)


def _may_lose(body: str) -> bool:
    """Whether anything may have to be left out of a text: it has tags, pictures, or links to unusual places."""
    if "<" in body or "![" in body:
        return True
    links = body.count("](")
    return links != len(_PLAIN_LINK.findall(body) if links else ()) or bool("]:" in body and _DEFINED_LINK.search(body))


_HREF = re.compile(r'<(?P<tag>a|img)\s[^<>]*?(?:href|src)="(?P<target>[^"]*)"')

_ID = re.compile(r'id="(?<=\sid=")([^"]*)"')  # begins with a character: found sooner


def _ids(fragment: str) -> list[str]:
    """The anchors of a fragment, in order."""
    return _ID.findall(fragment)


def _links(fragment: str, body: str, first_line: int) -> list[Payload]:
    """The links of a fragment, each with the place of its target in the source."""
    found = [(match["target"], "", match["tag"] == "img") for match in _HREF.finditer(fragment)]
    return [
        {"target": link.target, "text": "", "line": link.line, "column": link.column, "image": link.image}
        for link in located(found, body.split("\n"), first_line)
    ]


def read_amendment(reader: _Reader, body: str, fields: Any) -> Payload:
    return read_prose(reader, body, fields)


def read_resource(reader: _Reader, body: str, fields: Any) -> Payload:
    """A template is read once, here: its page shows its fields as marked blanks, ``template`` is what fills them."""
    if not fields.template:
        return read_prose(reader, body, fields)
    from toolkit_builder.localise import fields as localise_fields
    from toolkit_builder.localise import template

    compiled, value, found = template.compile_template(
        body, path=reader.path, first_line=reader.line, language=reader.language
    )
    reader.diagnostics += [*found, *localise_fields.unknown(compiled, fields.fields, reader.path)]
    shown = template.as_shown(value, compiled, localise_fields.labels(fields.fields, reader.language))
    kept = {k: v for k, v in compiled.items() if k not in {"base", "marks"}}
    return {**_facts(reader, shown), "template": kept}


READERS: dict[str, Callable[[_Reader, str, Any], Payload]] = {
    "prose": read_prose,
    "bulletin": read_bulletin,
    "plan": read_plan,
    "paper": read_paper,
    "amendment": read_amendment,
    "resource": read_resource,
}
