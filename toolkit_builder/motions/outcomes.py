"""A union's own result words come in; the vocabulary of outcomes and executive positions, as data, goes out.

``OUTCOMES`` is the default; ``vocabulary`` renames its words or adds new ones that behave like known ones.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Span, error

Tone = Literal["open", "good", "bad", "neutral"]
Detail = Literal["", "by", "into", "cause", "reason", "to", "parts"]


class Outcome(Struct, frozen=True, kw_only=True):
    """One word of the vocabulary. ``sentence`` follows the item's name: "Motion 20 *was carried*".

    ``final``: no further vote is needed. ``carries``: the text is now policy. ``detail`` is what the words after
    it mean. ``like`` is the default outcome it behaves as (itself, for the defaults).
    """

    key: str
    label: str
    sentence: str
    final: bool
    carries: bool
    tone: Tone
    phrases: tuple[str, ...] = ()
    detail: Detail = "reason"
    like: str = ""


def _outcome(key: str, label: str, sentence: str, state: str, tone: Tone, detail: Detail, phrases: str = "") -> Outcome:
    spoken = tuple(p.strip() for p in phrases.split("|") if p.strip())
    return Outcome(
        key=key, label=label, sentence=sentence, final=state != "open", carries=state == "policy", tone=tone,
        detail=detail, like=key, phrases=(key.replace("-", " "), label.lower(), *spoken),
    )  # fmt: skip


OUTCOMES: tuple[Outcome, ...] = (
    _outcome("tabled", "Tabled", "is tabled", "open", "open", "reason",
             "submitted|to be debated|pending"),
    _outcome("ruled-out", "Ruled out of order", "was ruled out of order", "closed", "bad", "reason",
             "out of order|not in order|ruled out"),
    _outcome("withdrawn", "Withdrawn", "was withdrawn", "closed", "neutral", "reason",
             "withdrawn by the mover|not moved"),
    _outcome("composited", "Composited", "was composited", "closed", "neutral", "into",
             "incorporated|see composite|merged|subsumed|superseded"),
    _outcome("carried", "Carried", "was carried", "policy", "good", "reason",
             "passed|agreed|adopted|approved|accepted|carried unamended"),
    _outcome("carried-as-amended", "Carried as amended", "was carried as amended", "policy", "good", "by",
             "carried, as amended|as amended carried|carried (as amended)|passed as amended|agreed as amended|"
             "adopted as amended|amended and carried|carried with amendment|carried with amendments"),
    _outcome("carried-unopposed", "Carried unopposed", "was carried unopposed", "policy", "good", "reason",
             "carried without opposition|passed unopposed|agreed unopposed"),
    _outcome("lost", "Lost", "was lost", "closed", "bad", "reason",
             "defeated|rejected|not carried|not agreed|fell on a vote"),
    _outcome("remitted", "Remitted", "was remitted", "closed", "neutral", "to",
             "remit|remission agreed|referred"),
    _outcome("referred-back", "Referred back", "was referred back", "closed", "neutral", "to", "reference back agreed"),
    _outcome("not-reached", "Not reached", "was not reached", "closed", "neutral", "to",
             "not taken|not heard|not debated|fell off the agenda|unreached"),
    _outcome("fell", "Fell", "fell", "closed", "neutral", "cause",
             "falls|fallen|consequentially fell"),
    _outcome("guillotined", "Guillotined", "was cut off by the guillotine", "closed", "neutral", "to", "guillotine"),
    _outcome("parts", "Taken in parts", "was taken in parts", "closed", "neutral", "parts",
             "voted in parts|in parts"),
)  # fmt: skip

POSITIONS: tuple[Outcome, ...] = (
    _outcome("support", "Support", "is supported", "closed", "good", "reason",
             "supports|supported|accept|in favour"),
    _outcome("support-and-amend", "Support and amend", "is supported with an amendment", "closed", "good", "by",
             "support with amendment|support as amended|support if amended|amend"),
    _outcome("support-with-qualifications", "Support with qualifications", "is supported with qualifications", "closed",
             "neutral", "reason", "support with qualification|qualified support|"
             "support with reservations|support with statement"),
    _outcome("oppose", "Oppose", "is opposed", "closed", "bad", "reason",
             "opposes|opposed|against|reject"),
    _outcome("seek-withdrawal", "Seek withdrawal", "should be withdrawn", "closed", "bad", "reason",
             "seek to withdraw|ask to withdraw|withdraw"),
    _outcome("remit", "Remit", "should be remitted", "closed", "neutral", "to",
             "seek remission|ask to remit|support remission|remission"),
    _outcome("no-position", "No position", "is left to the conference", "closed", "neutral", "reason",
             "neutral|leave to conference|no recommendation"),
)  # fmt: skip


class Vocabulary(Struct, frozen=True):
    """The words one union uses; find an outcome with ``vocabulary[key]``."""

    outcomes: tuple[Outcome, ...]

    def __getitem__(self, key: str) -> Outcome:
        for outcome in self.outcomes:
            if outcome.key == key:
                return outcome
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return any(outcome.key == key for outcome in self.outcomes)


DEFAULT = Vocabulary(OUTCOMES)
EXECUTIVE = Vocabulary(POSITIONS)


def vocabulary(
    extra: Mapping[str, Mapping[str, str]], base: Vocabulary = DEFAULT, *, span: Span | None = None
) -> tuple[Vocabulary, list[Diagnostic]]:
    """A union's own words over the default ones: ``{key: {label, like}}``.

    A known key is renamed; a new key behaves as the outcome named by ``like`` (another new key will not do).
    """
    outcomes = {outcome.key: outcome for outcome in base.outcomes}
    problems: list[Diagnostic] = []
    for key, word in extra.items():
        label, like = word.get("label") or key.replace("-", " ").capitalize(), word.get("like") or key
        model = next((o for o in base.outcomes if o.key == like), None)
        if model is None:
            close = difflib.get_close_matches(like, [o.key for o in base.outcomes], 1)
            hint = f"did you mean {close[0]}?" if close else "say like: " + ", ".join(o.key for o in base.outcomes)
            message = f"the result word '{key}' is like '{like}', which is no known result"
            problems.append(error("R202", message, span, hint=hint))
            continue
        phrases = (key.replace("-", " "), label.lower(), *(model.phrases if key == like else ()))
        sentence = model.sentence
        if model.label.lower() in sentence:
            sentence = sentence.replace(model.label.lower(), label.lower())
        elif label != model.label:
            sentence = f"was {label.lower()}"
        outcomes[key] = replace(model, key=key, label=label, sentence=sentence, phrases=phrases, like=model.like)
    return Vocabulary(tuple(outcomes.values())), problems
