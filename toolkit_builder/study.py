"""A paper with what was moved against it in; what the motions engine finds out, as plain values, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from msgspec.structs import replace

from toolkit_builder import prose
from toolkit_builder.diagnostics import Diagnostic, Severity, any_errors
from toolkit_builder.kinds import shapes
from toolkit_builder.model import Payload
from toolkit_builder.motions import composites, html, lines, pins
from toolkit_builder.motions.amend import Amended, Amendment, apply, sub_amend
from toolkit_builder.motions.chosen import Choice, Desk, choices
from toolkit_builder.motions.compare import Change, compare
from toolkit_builder.motions.conflicts import DEPENDS, IDENTICAL, INDEPENDENT, Matrix, matrix
from toolkit_builder.motions.text import MotionText, parse


def study(payload: Payload) -> Payload:
    """``{amendments, conflicts, cells, views, choice, final, clauses, diagnostics}`` of one paper (docs/themes.md)."""
    paper = payload["paper"]
    text, _ = parse(paper["source"], paper["path"], paper["line"], title=paper["title"])
    found: list[Diagnostic] = []
    result: Payload = {
        "amendments": {},
        "conflicts": [],
        "cells": [],
        "views": [],
        "choice": None,
        "final": None,
        "clauses": [],
    }
    if payload["amendments"]:
        numbered = _lines(text, payload)
        moved = [_Moved(given, text, numbered) for given in payload["amendments"]]
        relations = matrix(text, [m.amendment for m in moved])
        _relate(result, moved, relations)
        later = {r.second for r in relations.relations if r.kind == DEPENDS}
        for each in moved:
            result["amendments"][each.id] |= each.shown()
            found += each.diagnostics if each.amendment.id not in later else []
        _views(result, text, moved, payload)
        _choice(result, text, moved, relations, numbered)
        found += _final(result, text, moved, payload, later)
    elif payload["lost_parts"]:
        _views(result, text, [], payload)
        found += _final(result, text, [], payload, set())
    if payload["sources"]:
        found += _provenance(result, text, payload["sources"])
    if len(result["views"]) < 2:
        result["views"] = []
    return {**result, "diagnostics": [d.to_json() for d in found]}


def _lines(text: MotionText, payload: Payload) -> lines.LineMap:
    """The paper's numbered lines: as its printed edition pinned them, else as they break today."""
    if payload["pin"] is None:
        return lines.line_map(text, payload["measure"])
    return pins.apply_pin(payload["pin"], text, payload["paper"]["path"])[0]


class _Moved:
    """One amendment, applied by itself to the printed text."""

    def __init__(self, given: Payload, text: MotionText, numbered: lines.LineMap) -> None:
        self.id, self.given = given["id"], given
        self.amendment = _amendment(given)
        self.outcome, problems = apply(text, [self.amendment], lines=numbered)
        self.works = given["form"] != "editorial" and not any_errors(problems)
        # a site publishes the mover's own words in any case, so what cannot be shown as a change is a warning here
        self.diagnostics = [_softened(d) for d in problems] if given["form"] != "editorial" else []

    def shown(self) -> Payload:
        if not self.works:
            return {"diff_html": "", "amended_html": "", "side_by_side_html": "", "note": self._note()}
        changes = compare(self.outcome.before, self.outcome.after)
        share = self.outcome.deleted_share
        note = f"This amendment takes out {share:.0%} of the words." if share >= 0.5 else ""
        return {
            "diff_html": html.diff_html(changes, inline=prose.inline, only_changes=True, prefix=f"{_slug(self.id)}-"),
            "amended_html": html.diff_html(changes, inline=prose.inline),
            "note": note,
            "side_by_side_html": html.side_by_side(changes, inline=prose.inline, only_changes=True),
        }

    def _note(self) -> str:
        if self.given["form"] == "editorial":
            return "This amendment is carried out by hand."
        return "This amendment could not be shown as a change to the text; its words stand above."


def _slug(doc_id: str) -> str:
    return shapes.slug(doc_id.partition("@")[0])


def _amendment(given: Payload) -> Amendment:
    return Amendment(
        id=given["number"] or given["label"],
        source=given["source"],
        form=given["form"],
        path=given["path"],
        first_line=given["line"],
    )


def _softened(d: Diagnostic) -> Diagnostic:
    if d.severity is not Severity.ERROR:
        return d
    return replace(
        d, severity=Severity.WARNING, hint=d.hint or "write 'form: editorial' if the change is to be made by hand"
    )


def _relate(result: Payload, moved: Sequence[_Moved], relations: Matrix) -> None:
    ids = {m.amendment.id: m.id for m in moved}
    result["amendments"] = {m.id: {"conflicts": [], "same_as": []} for m in moved}
    for relation in relations.relations:
        a, b = ids[relation.first], ids[relation.second]
        cell = {"a": a, "b": b, "kind": relation.kind, "sentence": relation.sentence()}
        if relation.kind == INDEPENDENT:
            continue
        result["cells"].append(cell)
        if relation.kind == IDENTICAL:
            result["amendments"][a]["same_as"].append(b)
            result["amendments"][b]["same_as"].append(a)
        else:
            result["conflicts"].append(cell)
            for one, other in ((a, b), (b, a)):
                result["amendments"][one]["conflicts"].append(
                    {"with": other, "kind": relation.kind, "sentence": relation.sentence()}
                )


def _views(result: Payload, text: MotionText, moved: Sequence[_Moved], payload: Payload) -> None:
    """As printed, and with each amendment by itself; ``_final`` adds the text as carried."""
    numbered = _lines(text, payload)
    views = [
        {"key": "printed", "label": "As printed", "html": html.motion_html(text, inline=prose.inline, lines=numbered)}
    ]
    views += [
        {
            "key": _key(m.given),
            "label": f"With {m.given['label'].lower()}",
            "html": result["amendments"][m.id]["amended_html"],
        }
        for m in moved
        if m.works
    ]
    result["views"] = views


def _choice(
    result: Payload, text: MotionText, moved: Sequence[_Moved], relations: Matrix, numbered: lines.LineMap
) -> None:
    """What a page needs to show the text with any set of two or more amendments."""
    open_to_choice = [m for m in moved if m.given["form"] != "editorial"]
    below = {_amendment(g).id: _open_subs(g) for m in open_to_choice for g in (m.given, *_all_below(m.given))}
    if len(open_to_choice) + sum(map(len, below.values())) < 2:
        return
    amendments, subs = (
        [m.amendment for m in open_to_choice],
        {n: [*map(_amendment, given)] for n, given in below.items()},
    )
    found = choices(text, amendments, relations, subs=subs, numbered=numbered, inline=prose.inline)
    if len(found.members) < 2:
        return
    given = {_amendment(g).id: g for m in moved for g in (m.given, *_all_below(m.given))}
    keys = {name: _key(g) for name, g in given.items()}
    desk = Desk(text, amendments, relations, subs=subs, numbered=numbered, inline=prose.inline)
    _views_of_sets(result, desk, found, given)
    pieces: dict[tuple[int, str], int] = {}
    result["choice"] = {
        "amendments": [
            {"id": g["id"], "key": keys[name], "needs": [given[n]["id"] for n in found.needs.get(name, ())]}
            for name, g in given.items()
            if name in found.members
        ],
        "plan": _plan(found, keys, pieces),
        "pieces": [{"depth": depth, "html": piece} for depth, piece in pieces],
    }


def _open_subs(given: Payload) -> list[Payload]:
    return [s for s in given["subs"] if s["form"] != "editorial"]


def _all_below(given: Payload) -> Iterator[Payload]:
    """What was moved to an amendment, each followed by what was moved to it in turn."""
    for each in _open_subs(given):
        yield each
        yield from _all_below(each)


def _with_subs(given: Payload) -> tuple[Amendment, list[Diagnostic]]:
    """An amendment as the sub-amendments that were carried left it, these as theirs left them."""
    amendment, problems, subs = _amendment(given), [], []
    for each in given["subs"]:
        if each["carried"]:
            sub, found = _with_subs(each)
            problems += found
            subs.append(sub)
    if subs:
        amendment, found = sub_amend(amendment, subs)
        problems += found
    return amendment, problems


def _plan(found: Choice, keys: Mapping[str, str], pieces: dict[tuple[int, str], int]) -> Payload:
    """The choice as plain lists; each different piece is held once, in ``pieces``, and named by its place there."""
    return {
        "base": [list(block) for block in found.base],
        "groups": [
            {
                "of": [keys[n] for n in group.members],
                "slots": list(group.slots),
                "sets": {
                    " ".join(keys[n] for n in names): [
                        [pieces.setdefault((p.depth, p.html), len(pieces)) for p in slot] for slot in slots
                    ]
                    for names, slots in group.sets.items()
                },
            }
            for group in found.groups
        ],
        "apart": [[keys[a], keys[b], why] for a, b, why in found.apart],
        "needs": {keys[name]: [keys[n] for n in others] for name, others in found.needs.items()},
    }


def _views_of_sets(result: Payload, desk: Desk, found: Choice, given: Mapping[str, Payload]) -> None:
    """A view for each that can only be read with another: a sub-amendment with what it amends."""
    for name in (n for n in found.members if n in found.needs):
        shown = desk.amended(names := desk.least(name))
        if shown is not None:
            label = " and ".join(given[n]["label"].lower() for n in names)
            changes = html.diff_html(compare(*shown), inline=prose.inline)
            result["views"].append({"key": _key(given[name]), "label": f"With {label}", "html": changes})
            if name in desk.after and (needed := desk.amended(names[:-1])) is not None:
                _shown_after(result["amendments"][given[name]["id"]], compare(needed[1], shown[1]), names, given)


def _shown_after(shown: Payload, changes: Sequence[Change], names: Sequence[str], given: Mapping[str, Payload]) -> None:
    """An amendment that only fits after another, as a change to the text with that."""
    needed = " and ".join(given[n]["label"].lower() for n in names[:-1])
    prefix = f"{_slug(given[names[-1]]['id'])}-"
    shown |= {
        "diff_html": html.diff_html(changes, inline=prose.inline, only_changes=True, prefix=prefix),
        "amended_html": html.diff_html(changes, inline=prose.inline),
        "side_by_side_html": html.side_by_side(changes, inline=prose.inline, only_changes=True),
        "note": f"Shown as a change to the text with {needed}, without which it cannot be applied.",
    }


def _key(given: Payload) -> str:
    return shapes.slug(given["number"] or given["id"])


def _final(
    result: Payload, text: MotionText, moved: Sequence[_Moved], payload: Payload, later: Set[str]
) -> list[Diagnostic]:
    """The text as carried, computed from what was carried with it; ``later``: amendments that need another."""
    if not payload["carried"]:
        return []
    named = payload["by"]
    chosen = [m for m in moved if (m.id in named if named else m.given["carried"])]
    lost = payload["lost_parts"]
    if not chosen and not lost:
        return []
    problems: list[Diagnostic] = []
    ready = []
    for each in chosen:
        amendment, found = _with_subs(each.given)
        problems += found
        ready.append(amendment)
    if any(a.form == "editorial" for a in ready):
        return problems
    if lost:  # what was lost in a vote in parts goes as if an amendment had deleted it
        paper = payload["paper"]
        words = "\n\n".join(f"Delete {part}." for part in lost)
        ready.append(Amendment(id="vote", source=words, path=paper["path"], first_line=paper["line"]))
    amended, found = apply(text, [a for a in ready if a.id not in later], lines=_lines(text, payload))
    if second := [a for a in ready if a.id in later]:
        done, more = apply(amended.after, second)
        amended, found = replace(done, before=amended.before), found + more
    problems += [d for d in found if d.is_error]
    if any_errors(problems):
        return problems
    names = shapes.listed([m.given["label"].lower() for m in chosen])
    said = [f"as amended by {names}"] if chosen else []
    said += [f"without {shapes.listed(lost)}, lost in a vote in parts"] if lost else []
    sentence = "; ".join(said)
    result["final"] = {"html": _resolution(amended), "sentence": f"{sentence[0].upper()}{sentence[1:]}."}
    result["views"].append(
        {
            "key": "carried",
            "label": "As carried",
            "html": html.diff_html(compare(amended.before, amended.after), inline=prose.inline),
        }
    )
    return problems


def _resolution(amended: Amended) -> str:
    return html.motion_html(amended.after, inline=prose.inline, prefix="resolution-")


# --- composites -------------------------------------------------------------------------------------------


def _passages(text: MotionText) -> list[composites.Passage]:
    return [
        composites.Passage(text.address(b), text.text(b), text.span(b.start, b.end), text.source_line(b.start))
        for b in text.blocks
        if b.kind in {"paragraph", "call", "quote", "table"}
    ]


def _provenance(result: Payload, text: MotionText, given: Sequence[Mapping[str, Any]]) -> list[Diagnostic]:
    sources = []
    ids = {}
    for paper in given:
        read, _ = parse(paper["source"], paper["path"], paper["line"], title=paper["title"])
        sources.append(composites.Source(paper["number"], tuple(_passages(read))))
        ids[paper["number"]] = paper["id"]
    found = composites.provenance(_passages(text), sources)
    result["clauses"] = [
        {
            "html": prose.inline(clause.text),
            "from": [ids[n] for n in dict.fromkeys(o.number for o in clause.origins)],
            "words_from_nowhere": [s.text.strip() for s in clause.new],
        }
        for clause in found.clauses
    ]
    return [d for d in composites.check(found) if d.severity is not Severity.NOTE]
