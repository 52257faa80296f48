"""A ``Site`` comes in; the numbers and names in its front matter that lead nowhere go out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from toolkit_builder import decode, logos
from toolkit_builder.diagnostics import Diagnostic, error, warning
from toolkit_builder.linking.asked import Asked
from toolkit_builder.model import Document
from toolkit_builder.motions import numbering
from toolkit_builder.site import PAPERS, Site, number_of

SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def field_references(docs: Iterable[Document], site: Site, asked: Asked, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Numbers and names in the front matter of a volume that must lead to another document."""
    problems: list[Diagnostic] = []
    for doc in docs:
        conference = site.conference_of(doc)
        if doc.kind in PAPERS and number_of(doc) is None and doc.fields.number:
            problems.append(
                at_field(
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
                at_field(doc, ("amends",), texts, "S201", f"no motion has the number '{doc.fields.amends}'", hint)
            )
        if conference and doc.kind == "amendment" and conference.in_ring(doc):
            problems.append(
                at_field(
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
                        at_field(
                            doc,
                            ("sources", i),
                            texts,
                            "S203",
                            f"no paper has the number '{source}'",
                            f"did you mean {near}?" if near else "write the number of a paper of this conference",
                        )
                    )
        if doc.kind == "update" and doc.fields.branch and asked.named("branch", doc.fields.branch) is None:
            problems.append(
                at_field(
                    doc,
                    ("branch",),
                    texts,
                    "S204",
                    f"there is no branch '{doc.fields.branch}'",
                    did_you_mean(site, doc.fields.branch, "branch", "write the name of a file in content/branches/"),
                )
            )
        for i, wanted in enumerate(doc.fields.related):
            if asked.lookup(wanted) is None and not SCHEME.match(wanted):
                problems.append(
                    at_field(
                        doc,
                        ("related", i),
                        texts,
                        "S205",
                        f"there is no document '{wanted}'",
                        did_you_mean(site, wanted),
                    )
                )
        original = doc.fields.translation_of
        if original and asked.original_of(doc) in (None, doc):
            problems.append(
                at_field(
                    doc,
                    ("translation_of",),
                    texts,
                    "S211",
                    f"there is no document '{original}' that this could be a translation of",
                    did_you_mean(site, original),
                    severity=warning,
                )
            )
        if doc.fields.image and not asked.has_asset(f"content/{doc.fields.image.lstrip('/')}"):
            problems.append(
                at_field(
                    doc,
                    ("image",),
                    texts,
                    "S206",
                    f"there is no picture '{doc.fields.image}' in content/",
                    "write its path below content/, such as images/logo.svg",
                )
            )
        if logo := getattr(doc.fields, "logo", ""):
            asked.has_asset(f"content/{logos.place(logo)}")
            if fault := logos.misnamed(logo, site.assets):
                problems.append(at_field(doc, ("logo",), texts, "S206", *fault))
    return problems


def at_field(
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


def did_you_mean(site: Site, wanted: str, kind: str = "", otherwise: str = "") -> str:
    """What to do about a name that no document has: the nearest there is, or else how documents are named."""
    near = site.nearest(wanted)
    if near and kind in ("", near.kind):
        return f"did you mean '{near.name}'? ({near.path})"
    return otherwise or "write the path of a file below content/, or an address such as /plans/fair-pay/"
