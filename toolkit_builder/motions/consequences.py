"""Rules such as ``if 18 carried, 19 falls`` and recorded results come in; what follows, and contradictions, go out.

rule      = ("if" | "when") condition ("," | "then" | ":") effect  |  effect "if" condition   (";" or "." between rules)
condition = clause {"and" clause} | clause {"or" clause}         clause = items ["is"] ["not"] state
effect    = items ("falls" | "is not put" | "is withdrawn" | "is lost" | "is remitted") {"and" items ...}
items     = ["either" | "both" | "any of"] item {"," | "and" | "or" item}
item      = number ["(" part ")"] | part "of" number             state = carried, lost, remitted, withdrawn, falls ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.motions import numbering, results
from toolkit_builder.motions.numbering import NotANumber, Number
from toolkit_builder.motions.outcomes import DEFAULT, Vocabulary
from toolkit_builder.motions.results import Result
from toolkit_builder.patterns import pattern

Holds = bool | None
"""Yes, no, or not decided yet."""

# What people say of an item in a condition, and the outcomes that make it true.
_CARRIED = ("carried", "carried-as-amended", "carried-unopposed")
_STATES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"carried as amended|passed as amended|amended", ("carried-as-amended",)),
    (r"carried unopposed", ("carried-unopposed",)),
    (r"carried|carries|carry|passed|passes|pass|agreed|adopted|approved|accepted", _CARRIED),
    (r"lost|loses|defeated|rejected|voted down", ("lost",)),
    (r"remitted", ("remitted",)),
    (r"referred back", ("referred-back",)),
    (r"withdrawn", ("withdrawn",)),
    (r"composited", ("composited",)),
    (r"ruled out(?: of order)?", ("ruled-out",)),
    (r"reached|taken|heard", ("not-reached", "guillotined")),  # only ever said with "not"
    (r"falls|fall|fell|fallen", ("fell",)),
)
_STATE_WORDS = "|".join(pattern for pattern, _ in _STATES)
_EFFECTS: tuple[tuple[str, str], ...] = (
    (r"(?:not (?:be )?(?:put|taken|voted on|moved|heard|debated))|fall away|falls away", "fell"),
    (r"falls|fall|fell|(?:be )?deemed to (?:have fallen|fall)|lapses?", "fell"),
    (r"withdrawn", "withdrawn"),
    (r"lost|defeated", "lost"),
    (r"remitted", "remitted"),
    (r"carried|passed|agreed", "carried"),
    (r"(?:be )?(?:put|taken|heard|debated|moved|voted on)|stands?", "tabled"),  # said for clarity; nothing follows
)
_BE_WORDS = (
    "will|shall|would|should|does|do|did|automatically|then|also|both|each|all|is|are|was|were|be|been|being|has|have"
)
_BE = rf"(?:(?:{_BE_WORDS})\s+)*"
_NEITHER = pattern(r"(?i)\bneither\s+(.+?)\s+nor\s+(.+?)\s+(?:is|are|was|were)\s+")
_LONGEST = 400
# A recorded result that agrees with "falls": it was never voted on.
_NEVER_VOTED = {"fell", "withdrawn", "ruled-out", "composited", "not-reached", "guillotined"}


class Item(Struct, frozen=True):
    """A motion or amendment by its number, or one part of it."""

    number: Number
    part: str = ""

    def __str__(self) -> str:
        return f"{self.number.canonical} ({self.part})" if self.part else self.number.canonical


class Clause(Struct, frozen=True):
    """``items`` (all of them, or any) came to one of ``outcomes``; or, ``negated``, to any other final result."""

    items: tuple[Item, ...]
    outcomes: tuple[str, ...]
    word: str
    negated: bool = False
    join: Literal["all", "any"] = "all"

    def __str__(self) -> str:
        names = (" and " if self.join == "all" else " or ").join(map(str, self.items))
        return f"{names} {'not ' if self.negated else ''}{self.word}"


class Condition(Struct, frozen=True):
    clauses: tuple[Clause, ...]
    join: Literal["all", "any"] = "all"

    def __str__(self) -> str:
        return (" and " if self.join == "all" else " or ").join(map(str, self.clauses))


class Effect(Struct, frozen=True):
    item: Item
    outcome: str


class Rule(Struct, frozen=True):
    """If the condition holds, the effects follow. ``span`` and ``source`` are where the committee wrote it."""

    condition: Condition
    effects: tuple[Effect, ...]
    text: str
    span: Span | None = None
    source: str = ""


class Record(Struct, frozen=True, kw_only=True):
    """One item as recorded: ``amends`` for an amendment, ``sources`` for a composite (numbers as written)."""

    number: str
    result: Result
    amends: str = ""
    mover: str = ""
    sources: tuple[str, ...] = ()
    span: Span | None = None
    source: str = ""


# --- reading rules ---------------------------------------------------------------------------------------


def parse(text: str, *, span: Span | None = None, source: str = "") -> tuple[tuple[Rule, ...], list[Diagnostic]]:
    """One line of consequences as rules. ``span`` is where ``text`` starts; problems point into it."""
    rules: list[Rule] = []
    problems: list[Diagnostic] = []
    for match in re.finditer(r"[^;\n]+?(?=;|\n|$|\.\s|\.$)", text):
        statement = match[0].strip(" .\t")
        if not statement:
            continue
        offset = match.start() + len(match[0]) - len(match[0].lstrip(" .\t"))
        place = _within(span, offset, len(statement))
        rule, why = _rule(statement) if len(statement) <= _LONGEST else (None, f"it has over {_LONGEST} characters")
        if rule is None:
            message = f"the consequence '{statement[:80]}' is not understood: {why}"
            hint = "write it as 'if 18 carried, 19 falls', or 'if 20.1 and 20.3 are lost, 20.4 falls'"
            problems.append(error("R301", message, place, hint=hint, source=source))
            continue
        rules.append(replace(rule, span=place, source=source))
    return tuple(rules), problems


def condition(text: str) -> Condition | None:
    """``A1 carried`` or ``18 was carried and 19 lost``; None for words that are no condition."""
    parsed, _ = _condition(re.sub(r"(?i)^(?:if|because|as|since|when)\s+", "", " ".join(text.split())))
    return parsed


def _within(span: Span | None, offset: int, length: int) -> Span | None:
    if span is None or not span.line or span.end_line not in (0, span.line):
        return span
    return Span(span.path, span.line, span.column + offset, span.line, span.column + offset + length)


def _rule(statement: str) -> tuple[Rule | None, str]:
    plain = " ".join(statement.split())
    match = re.match(r"(?i)(?:if|when|where|should|in the event that|provided(?: that)?)\s+(.+)$", plain)
    if match:
        # The condition ends at the first "," or "then" after which both halves are understood; where there is none,
        # after its last word ("if 18 is carried 19 falls").
        why = "no comma or 'then' stands between what is decided and what follows"
        body = match[1]
        cuts = [(m.start(), m.end()) for m in re.finditer(r"(?i)\s*(?:,\s*then\b|,|:|\bthen\b)\s*", body)]
        bare = re.finditer(rf"(?i)\b(?:{_STATE_WORDS})(?=\s+(?!(?:and|or|not)\b))", body)
        for number, (end, start) in enumerate([*cuts, *((m.end(), m.end()) for m in bare)]):
            when, problem = _condition(body[:end])
            effects, other = _effects(body[start:])
            if when and effects:
                return Rule(when, effects, plain), ""
            why = (problem or other) if number < len(cuts) else why
        return None, why
    match = re.match(r"(?i)(.+?),?\s+(?:if|when|should|provided(?: that)?)\s+(.+)$", plain)
    if not match:
        return None, "it does not say 'if'"
    when, problem = _condition(match[2])
    effects, other = _effects(match[1])
    return (Rule(when, effects, plain), "") if when and effects else (None, problem or other)


def _condition(text: str) -> tuple[Condition | None, str]:
    verb = re.compile(rf"(?i)\s+{_BE}(?P<no>not\s+)?{_BE}(?P<state>{_STATE_WORDS})(?=$|\s*,|\s+(?:and|or)\s)")
    text = _NEITHER.sub(r"\1 and \2 is not ", text)
    clauses: list[Clause] = []
    joins: set[str] = set()
    at = 0
    while at < len(text):
        match = verb.search(text, at)
        if match is None:
            return None, f"'{text[at:].strip()[:60]}' does not say what became of an item (carried, lost, remitted ...)"
        items, join, why = _items(text[at : match.start()])
        if why:
            return None, why
        outcomes = next(found for pattern, found in _STATES if re.fullmatch(pattern, match["state"], re.IGNORECASE))
        negated = bool(match["no"])
        if outcomes == ("not-reached", "guillotined"):
            if not negated:
                return None, f"'{match['state']}' is no result (carried, lost, remitted ...)"
            negated = False
        word = "not reached" if outcomes == ("not-reached", "guillotined") else match["state"].lower()
        clauses.append(Clause(items, outcomes, word, negated, join))
        glue = re.compile(r"(?i)\s*,?\s*(?:\b(and|or)\b)?\s*(?:if\s+)?").match(text, match.end())
        at = glue.end() if glue else match.end()
        if at < len(text):
            joins.add((glue[1] if glue and glue[1] else "and").lower())
    if not clauses:
        return None, "the condition is empty"
    if len(joins) > 1:
        return None, "'and' and 'or' are mixed (write two rules)"
    return Condition(tuple(clauses), "any" if joins == {"or"} else "all"), ""


def _effects(text: str) -> tuple[tuple[Effect, ...], str]:
    words = "|".join(pattern for pattern, _ in _EFFECTS)
    verb = re.compile(rf"(?i)\s+{_BE}(?P<effect>{words})(?=$|\s*,|\s+and\s)")
    found: list[Effect] = []
    at = 0
    text = text.strip(" .,")
    while at < len(text):
        match = verb.search(text, at)
        if match is None:
            return (), f"'{text[at:].strip()[:60]}' does not say what follows (falls, is not put, is withdrawn ...)"
        items, _, why = _items(text[at : match.start()])
        if why:
            return (), why
        outcome = next(key for pattern, key in _EFFECTS if re.fullmatch(pattern, match["effect"], re.IGNORECASE))
        found += [Effect(item, outcome) for item in items]
        glue = re.compile(r"(?i)\s*,?\s*(?:\band\b)?\s*").match(text, match.end())
        at = glue.end() if glue else match.end()
    return tuple(found), "" if found else "nothing is said to follow"


def _items(text: str) -> tuple[tuple[Item, ...], Literal["all", "any"], str]:
    lead = re.match(r"(?i)\s*(either|both|any of|all of|all|any|then)?\b\s*(?:of\s+)?", text)
    listed = text[lead.end() :] if lead else text
    join: Literal["all", "any"] = "any" if re.search(r"(?i)\bor\b", listed) else "all"
    if lead and lead[1] and lead[1].lower() in {"either", "any of", "any"}:
        join = "any"
    items: list[Item] = []
    for piece in numbering.pieces(listed):
        try:
            items += _read_items(piece, items[-1].number if items else None)
        except NotANumber as why:
            return (), join, str(why)
    if not items:
        return (), join, "no item is named"
    return tuple(items), join, ""


_PART_WORDS = (
    r"(?:the\s+)?(?:(?:first|second|third|fourth|last|final|remaining)\s+)?"
    r"(?:part|paragraph|para|point|call|clause|section)s?"
)
_PART_OF_ITEM = pattern(rf"(?i)(?P<part>{_PART_WORDS}(?:\s+\w+(?:\(\w+\))?)?)\s+of\s+(?P<number>.+)")
_ITEM_PART = pattern(rf"(?i)(?P<number>.+?)\s*[(,]?\s*(?P<part>{_PART_WORDS}(?:\s+\w+(?:\(\w+\))?)?)\)?")


def _read_items(piece: str, before: Number | None) -> list[Item]:
    """One item; or those of a range, ``20.2 to 20.4``."""
    part = ""
    if match := _PART_OF_ITEM.fullmatch(piece) or _ITEM_PART.fullmatch(piece):
        part, piece = match["part"], match["number"]
    numbers = numbering.read_range(piece)
    return [Item(numbering.in_series(n, before) if before else n, _part_name(part)) for n in numbers]


def _part_name(text: str) -> str:
    return re.sub(r"\bpara\b", "paragraph", re.sub(r"^the\s+", "", " ".join(text.lower().split())))


# --- applying --------------------------------------------------------------------------------------------


def holds(clause: Clause, known: Mapping[Number, Result], words: Vocabulary = DEFAULT) -> Holds:
    """Is the clause true of the results? None while an item it needs has no final result."""
    answers = [_came_to(item, clause, known, words) for item in clause.items]
    return _joined(answers, clause.join)


def satisfied(when: Condition, known: Mapping[Number, Result], words: Vocabulary = DEFAULT) -> Holds:
    return _joined([holds(clause, known, words) for clause in when.clauses], when.join)


def _joined(answers: Sequence[Holds], join: str) -> Holds:
    decisive = join == "any"
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _came_to(item: Item, clause: Clause, known: Mapping[Number, Result], words: Vocabulary) -> Holds:
    result = known.get(item.number)
    if result is None:
        return None
    if result.parts:
        return _parts_came_to(item, clause, result, words)
    outcome = words[result.outcome]
    if not outcome.final:
        return None
    return (outcome.like in clause.outcomes) != clause.negated


def _parts_came_to(item: Item, clause: Clause, result: Result, words: Vocabulary) -> Holds:
    wanted = [p.result for p in result.parts if not item.part or _part_name(p.part) == item.part]
    found = {
        (words[part.outcome].like in clause.outcomes) != clause.negated if words[part.outcome].final else None
        for part in wanted
    }
    return found.pop() if len(found) == 1 else None


def apply(
    records: Iterable[Record], rules: Iterable[Rule], words: Vocabulary = DEFAULT
) -> tuple[dict[str, Result], list[Diagnostic]]:
    """What follows from the recorded results: number (as in its record) -> derived result, and every contradiction.

    Only an item without a final result gets a derived one; chains are followed (18 carried, so 19 falls, so 19.1
    falls). The records' own contradictions are the business of ``contradictions``.
    """
    listed = list(records)
    by_number = {number: record for record in listed if (number := numbering.parsed(record.number))}
    known = {number: record.result for number, record in by_number.items()}
    derived: dict[Number, Result] = {}
    problems = [problem for rule in rules for problem in _unknown_items(rule, by_number)]
    waiting = list(rules)
    progress = True
    while progress:
        progress = False
        for rule in list(waiting):
            if satisfied(rule.condition, known, words) is not True:
                continue
            waiting.remove(rule)
            progress = True
            for effect in rule.effects:
                record = by_number.get(effect.item.number)
                if record:
                    problems += _follow(effect, rule, record, known, derived, words)
    return {by_number[number].number: result for number, result in derived.items()}, problems


def _follow(
    effect: Effect,
    rule: Rule,
    record: Record,
    known: dict[Number, Result],
    derived: dict[Number, Result],
    words: Vocabulary,
) -> list[Diagnostic]:
    """Enter one effect into ``known`` and ``derived``, or say what it contradicts."""
    if effect.outcome == results.TABLED.outcome:
        return []
    number, part = effect.item.number, effect.item.part
    now = known[number]
    if part and now.parts:
        now = next((p.result for p in now.parts if _part_name(p.part) == part), results.TABLED)
    outcome = words[now.outcome]
    if not outcome.final:
        if not part:
            known[number] = derived[number] = Result(outcome=effect.outcome, cause=str(rule.condition))
        return []
    never_voted = effect.outcome in {"fell", "withdrawn"} and outcome.like in _NEVER_VOTED
    if never_voted or outcome.like == effect.outcome or (effect.outcome == "carried" and outcome.carries):
        return []
    said, due = results.said(now, words).lower(), words[effect.outcome].label.lower()
    message = f"{effect.item} is recorded as '{said}', but '{due}' follows from '{rule.text}'"
    hint = f"correct the result of {effect.item}, or the consequence"
    return [error("R304", message, record.span, hint=hint, source=record.source)]


def _unknown_items(rule: Rule, known: Mapping[Number, Record]) -> list[Diagnostic]:
    items = [item for clause in rule.condition.clauses for item in clause.items]
    items += [effect.item for effect in rule.effects]
    found = [
        _no_such(item.number.canonical, known, "R302", "the consequence names", rule.span, rule.source)
        for item in dict.fromkeys(items)
        if item.number not in known
    ]
    decided = {item for clause in rule.condition.clauses for item in clause.items}
    for effect in rule.effects:
        if effect.item in decided:
            found.append(error("R303", f"the consequence makes {effect.item} depend on itself", rule.span,
                               source=rule.source, hint="name another item on one side"))  # fmt: skip
    return found


def _no_such(number: str, known: Iterable[Number], code: str, lead: str, span: Span | None, source: str) -> Diagnostic:
    close = numbering.near(number, [each.canonical for each in known])
    hint = f"did you mean {close}?" if close else "check the number"
    return error(code, f"{lead} {number}, and no item has that number", span, hint=hint, source=source)
