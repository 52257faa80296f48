"""The pieces of an imported text in; the family of document it most likely belongs to out."""

from __future__ import annotations

import re

from toolkit_builder.importers.pieces import Incoming

_BODIES = "Conference|Congress|Council|Committee|Assembly|Branch|Union|AGM|Meeting|UCU|UNISON"
_OPENS = (
    "notes?|believes?|condemns?|welcomes?|resolves?|calls? (?:on|upon|for)|instructs?|recognises?|deplores?|views?|"
    "applauds?|agrees?|supports?|opposes?|congratulates?|affirms?|reaffirms?|demands?|rejects?|regrets?"
)
# "This Conference therefore calls on ...": how a motion's paragraphs begin.
_LEAD = r"(?:[^\w\n]{0,3}\w{1,20},? )?(?:[Tt]his )?"
OPENER = rf"(?m)^{_LEAD}(?i:{_BODIES}) (?:further |also |therefore |furthermore )?(?:{_OPENS})\b"
_MOTION = r"(?im)^back to all motions|\A(?:motion|composite|emergency motion) (?:no\.? )?\w{1,4}\b"
_ISSUE = r"(?i)\b(?:bulletin|newsheet|daily)\b[ ,:–-]{1,3}(?:no\.?|number|issue|#)\s*\d"
_BULLETIN = r"(?i)\b(?:bulletins?|delegates?)\b"
_POINT = re.compile(r"\d{1,2}[.)]?\s+[A-Z]")
_POINT_PLAN = r"(?i)\b(?:\d{1,2}|five|six|seven|eight|nine|ten|twelve)[- ]point (?:plan|charter|programme)\b"


def guess(incoming: Incoming) -> str:
    """The family the text most likely belongs to."""
    pieces = incoming.pieces
    text = "\n".join(piece.plain for piece in pieces)
    top = "\n".join([incoming.title, *(piece.plain for piece in pieces[:6])])
    headings = sum(1 for piece in pieces if piece.kind == "heading" and piece.level > 1)
    opened = len(re.findall(OPENER, text))
    scores = {
        "motion": 3 * min(opened, 3) + 4 * bool(re.search(_MOTION, text)),
        "amendment": 12 * bool(re.match(r"(?i)(?:sub-)?amendment\b", top.strip())),
        "plan": 8 * bool(re.search(_POINT_PLAN, top)),
        "update": 6 * bool(re.search(r"(?i)\b(?:week|part|update|no\.?)\s*\d{1,3}\b", top))
        + 4 * bool(re.search(r"(?im)^\d+ comments?:?$|^\S.{0,40} said(?:\.{3}|…)$", text)),
        "bulletin": 8 * bool(re.search(_ISSUE, top)) + 3 * bool(re.search(_BULLETIN, text))
        + 4 * (headings >= 2) + (headings >= 3),
        "news": 3 * bool(re.search(r"(?im)^(?:related articles|comments are closed|sign up|more from)\b", text)) + 1,
    }  # fmt: skip
    if scores["plan"] and not sum(1 for piece in pieces if _POINT.match(piece.plain) or piece.kind == "item") > 2:
        scores["plan"] = 0
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] > 1 or re.search(OPENER, text) else "page"
