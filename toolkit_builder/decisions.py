"""A linked ``Site`` in; what its conferences decided out: results that follow from others, and every contradiction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from toolkit_builder.config import Config
from toolkit_builder.decode import field_diagnostic, field_span
from toolkit_builder.diagnostics import Diagnostic, Severity, Span, error
from toolkit_builder.kinds import shapes
from toolkit_builder.kinds.fields import Vote as VoteFields
from toolkit_builder.model import Document
from toolkit_builder.motions import consequences, editions, numbering, outcomes, records, results, votes
from toolkit_builder.site import PAPERS, Conference, Site

Texts = Mapping[str, str]
Found = list[Diagnostic]


class Decided(NamedTuple):
    """Of one conference: the results that follow from others, by a paper's id, and what does not add up."""

    follows: Mapping[str, results.Result]
    problems: Found

    def to_json(self) -> list[Any]:
        return [{k: r.to_json() for k, r in self.follows.items()}, [d.to_json() for d in self.problems]]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Decided:
        follows, problems = value
        return cls(
            {k: results.Result.from_json(r) for k, r in follows.items()}, [Diagnostic.from_json(d) for d in problems]
        )


def decide(site: Site, texts: Texts, known: Mapping[str, Decided]) -> tuple[Site, Found, dict[str, Decided]]:
    """The site with the results that follow from its consequences, and all that cannot be true together.

    ``known``: the conferences (by name) that were looked at before, as they are; the last value are the others.
    """
    found = _vocabulary(site.config, texts)
    derived: dict[str, results.Result] = {}
    rules: dict[str, tuple[consequences.Rule, ...]] = {}
    new: dict[str, Decided] = {}
    for held in site.conferences:
        stated, problems = _rules(held, texts)
        rules[held.name] = stated
        if held.name not in known:
            new[held.name] = _of_a_conference(held, stated, problems, site, {})
            if new[held.name].problems:  # only who has something to say needs to know where it stands in the texts
                new[held.name] = _of_a_conference(held, stated, problems, site, texts)
        decided = known.get(held.name) or new[held.name]
        found += decided.problems
        derived |= decided.follows
    return replace(site, derived=derived, rules=rules, memo={}), found, new


def _of_a_conference(
    held: Conference, rules: Sequence[consequences.Rule], found: Sequence[Diagnostic], site: Site, texts: Texts
) -> Decided:
    """What follows from its ``rules``, of which ``found`` is what is wrong with them."""
    words = shapes.words(site)
    listed, problems = _records(held, site, texts)
    found = [*found, *problems]
    implied = records.implied(listed.values(), words)
    missed, problems = _not_reached(held, listed, words, texts)
    found += problems
    implied = missed | implied
    listed = {doc_id: replace(r, result=implied.get(r.number, r.result)) for doc_id, r in listed.items()}
    found += records.contradictions(listed.values(), words)
    follows, problems = consequences.apply(listed.values(), rules, words)
    follows = implied | follows
    found += problems
    by_number = {record.number: doc_id for doc_id, record in listed.items()}
    found += _editions(held, texts)
    found += _limits(held, site, texts)
    return Decided({by_number[number]: result for number, result in follows.items()}, found)


def _not_reached(
    held: Conference, listed: Mapping[str, consequences.Record], words: outcomes.Vocabulary, texts: Texts
) -> tuple[dict[str, results.Result], Found]:
    """What no sitting reached: its result, where none is recorded; an error where a vote on it is recorded.

    An item that a later sitting has in its business again is not counted with those.
    """
    missed: dict[str, results.Result] = {}
    found: Found = []
    sittings = held.document.fields.sessions
    for at, sitting in enumerate(sittings):
        later = {
            p.id for s in sittings[at + 1 :] for n in s.business if (p := held.paper(n)) and n not in s.not_reached
        }
        for n, number in enumerate(sitting.not_reached):
            paper = held.paper(number)
            span, source = _place(held.document, ("sessions", at, "not_reached", n), texts)
            if paper is None:
                hint = _near(number, held)
                found.append(error("R342", f"no paper has the number {number}, which was not reached", span,
                                   source=source, hint=hint))  # fmt: skip
            elif paper.id in listed and paper.id not in later:
                record = listed[paper.id]
                outcome = words[record.result.outcome]
                if not outcome.final:
                    missed[record.number] = results.Result(outcome="not-reached")
                elif outcome.like in _VOTED:
                    said = results.said(record.result, words).lower()
                    message = f"{record.number} was not reached, but it is recorded as '{said}'"
                    hint = f"take it out of the list, or correct the result in {paper.path}"
                    found.append(error("R341", message, span, source=source, hint=hint))
    return missed, found


_VOTED = {"carried", "carried-as-amended", "carried-unopposed", "lost"}


def _near(number: str, held: Conference) -> str:
    close = numbering.near(number, held.numbers)
    return f"did you mean {close}?" if close else "check the number"


def _vocabulary(config: Config, texts: Texts) -> Found:
    extra = {k: {"label": w.label, "like": w.like} for k, w in config.motions.results.items()}
    return outcomes.vocabulary(extra, span=Span("toolkit.yaml"))[1]


def _place(doc: Document, field: Sequence[str | int], texts: Texts) -> tuple[Span, str]:
    text = texts.get(doc.path, "")
    span = field_span(text, doc.path, field)
    lines = text.split("\n")
    return span, lines[span.line - 1] if 0 < span.line <= len(lines) else ""


def _line(doc: Document, key: str, texts: Texts) -> tuple[Span, str]:
    """The place of a top-level value, found as text: every paper of an archive needs one, so no YAML is read."""
    text = texts.get(doc.path, "")
    at = text.find(f"\n{key}:")
    if at < 0:
        return Span(doc.path, 1, 1, 1, 4), text.partition("\n")[0]
    line = text.count("\n", 0, at) + 2
    source = text[at + 1 :].partition("\n")[0]
    value = source[len(key) + 1 :].lstrip()
    column = len(source) - len(value) + 1
    return Span(doc.path, line, column, line, len(source.rstrip()) + 1), source


def _rules(held: Conference, texts: Texts) -> tuple[tuple[consequences.Rule, ...], Found]:
    rules: list[consequences.Rule] = []
    found: Found = []
    for i, line in enumerate(held.document.fields.consequences):
        span, source = _place(held.document, ("consequences", i), texts)
        read, problems = consequences.parse(line, span=span, source=source)
        rules += read
        found += problems
    return tuple(rules), found


def _records(held: Conference, site: Site, texts: Texts) -> tuple[dict[str, consequences.Record], Found]:
    """Every paper's record by its id; results that cannot be read, and votes that do not add up, are reported."""
    listed: dict[str, consequences.Record] = {}
    found: Found = []
    good: dict[str, results.Result] = {}  # an archive says "carried" ten thousand times
    for doc in (*held.motions, *held.amendments, *held.composites):
        span, source = _line(doc, "result", texts)
        result: results.Result | None = good.get(doc.fields.result)
        if result is None:
            result, problems = results.parse(doc.fields.result, shapes.words(site), span=span, source=source)
            found += problems
            if result is not None and not problems:
                good[doc.fields.result] = result
        if doc.fields.executive:
            at, line = _line(doc, "executive", texts)
            found += results.position(doc.fields.executive, span=at, source=line)[1]
        if result is None or not doc.fields.number:
            continue
        found += _vote(doc, result, shapes.words(site), texts)
        number = (
            f"Composite {doc.fields.number}"
            if (doc.kind == "composite" and "composite" not in doc.fields.number.lower())
            else doc.fields.number
        )
        listed[doc.id] = consequences.Record(
            number=number,
            result=result,
            mover=doc.fields.mover,
            span=span,
            source=source,
            amends=getattr(doc.fields, "amends", ""),
            sources=tuple(getattr(doc.fields, "sources", ())),
        )
    return listed, found


def _vote(doc: Document, result: results.Result, words: outcomes.Vocabulary, texts: Texts) -> Found:
    cast: VoteFields | None = doc.fields.vote
    if cast is None:
        return []
    span, source = _place(doc, ("vote",), texts)
    counted = votes.Vote(
        for_=cast.for_, against=cast.against, abstain=cast.abstain, total=cast.total, method=cast.method, note=cast.note
    )
    return votes.check(counted, results.voted(result, words), span=span, source=source)


def _editions(held: Conference, texts: Texts) -> Found:
    """Numbers and stars by edition; a conference that lists no editions has the standard ones."""
    names = shapes.edition_names(held)
    found: Found = []
    for kind in PAPERS:
        docs = [d for d in (*held.motions, *held.amendments, *held.composites) if d.kind == kind and d.fields.number]
        items = []
        if not any(d.fields.numbers or d.fields.new_in for d in docs):
            continue  # one number in every edition: two equal ones are reported as such
        for doc in docs:
            span, source = _line(doc, "numbers" if doc.fields.numbers else "new_in", texts)
            items.append(
                editions.Item(
                    id=doc.id,
                    number=doc.fields.number,
                    numbers=doc.fields.numbers,
                    new_in=doc.fields.new_in,
                    span=span,
                    source=source,
                )
            )
        found += editions.check(items, names)
        found += editions.redirects(items, held.document.fields.edition, names)[1]
    return found


def _limits(held: Conference, site: Site, texts: Texts) -> Found:
    """Papers longer than the conference (or else the site) allows."""
    own, common = held.document.fields.limits, site.config.motions.limits
    found: Found = []
    for kind, limit in (
        ("motion", own.motion_words or common.motion_words),
        ("amendment", own.amendment_words or common.amendment_words),
    ):
        for doc in held.motions if kind == "motion" else held.amendments:
            if kind == "amendment" and doc.fields.form != "instruction":
                continue  # a whole text as it would be: its words are mostly the motion's own
            count = doc.parsed.get("words", 0)
            if limit and count > limit:
                found.append(
                    field_diagnostic(
                        "R601",
                        f"this {kind} has {count} words; the limit is {limit}",
                        texts.get(doc.path, ""),
                        doc.path,
                        ("title",),
                        hint=f"take out {count - limit} or more",
                        severity=Severity.WARNING,
                    )
                )
    return found
