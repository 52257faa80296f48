"""A contact panel's lines in; phone, textphone, hours, web and e-mail out, the other words as its note."""

from __future__ import annotations

import re
from typing import Any

_NUMBER = r"(?:\+?\d[\d ()-]{6,18}\d)"
_DAYS = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_FIELDS = (
    ("textphone", rf"(?:textphone|minicom)\s*(?:on|:)?\s*({_NUMBER})"),
    ("phone", rf"(?:tel(?:ephone)?|phone)\s*(?:on|:)?\s*({_NUMBER})|({_NUMBER})"),
    ("email", r"(?:e-?mail\s*:?\s*)?([^@\s<>]+@[^@\s<>]+\.[a-z]{2,})"),
    ("web", r"(?:web(?:site)?\s*:?\s*)?((?:https?://|www\.)\S+)"),
    ("hours", rf"({_DAYS}\b.*\d\s*(?:am|pm)|{_DAYS}.*midnight)"),
)
# A label that the field's own name says; any other word before a number stays in the note.
_LABELS = {"", "tel", "telephone", "phone", "textphone", "minicom", "email", "e-mail", "web", "website"}
_ORDER = ("phone", "textphone", "email", "web", "hours", "note")


def is_panel(text: str) -> bool:
    """Does a paragraph only say how to reach somebody?"""
    digits = re.search(r"(?<!\d)0\d[\d ]{7,13}\d|\b0\d{3,4}[ -]\d{3}[ -]?\d{3,4}\b", text)
    return bool(digits) and len(text) < 400 and bool(re.search(r"(?i)\b(?:call|phone|tel|telephone|textphone)\b", text))


def read(text: str) -> dict[str, Any]:
    """The fields of a ``Contact``, and every word that is none of them as ``note``."""
    rest = " ".join(text.split())
    found: dict[str, Any] = {}
    for name, pattern in _FIELDS:
        match = re.search(f"(?i){pattern}", rest)
        if match:
            value = next(group for group in match.groups() if group)
            words = match[0][: match[0].index(value)].strip(" :")
            kept = "" if words.lower() in _LABELS else words
            rest = f"{rest[: match.start()]} {kept} {rest[match.end() :]}"
            found[name] = [value] if name == "hours" else f"https://{value}" if value.startswith("www.") else value
    if note := " ".join(rest.split()):
        found["note"] = note
    return {key: found[key] for key in _ORDER if key in found}
