"""The recorded results of one conference come in; every contradiction between them goes out.

Each check is a function ``(record, book) -> diagnostics`` in ``CHECKS``; the tuple is the list of what is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, error
from toolkit_builder.motions import consequences, numbering, results
from toolkit_builder.motions.consequences import Record
from toolkit_builder.motions.numbering import Number
from toolkit_builder.motions.outcomes import DEFAULT, Vocabulary


class Book(Struct, frozen=True, dict=True):
    """All records of a conference, and how to find one."""

    records: tuple[Record, ...]
    words: Vocabulary = DEFAULT

    @cached_property
    def by_number(self) -> dict[Number, Record]:
        return {number: record for record in self.records if (number := numbering.parsed(record.number))}

    @cached_property
    def amendments(self) -> dict[Number, tuple[Record, ...]]:
        """Motion (or amendment) -> what amends it."""
        found: dict[Number, list[Record]] = {}
        for record in self.records:
            if target := amended(record):
                found.setdefault(target, []).append(record)
        return {target: tuple(listed) for target, listed in found.items()}

    def find(self, text: str) -> Record | None:
        number = numbering.parsed(text)
        if number is None:
            return None
        return self.by_number.get(number) or numbering.find(number, self.records, key=lambda r: r.number)

    def like(self, record: Record) -> str:
        """The default outcome that the record's result behaves as."""
        return self.words[record.result.outcome].like

    def said(self, record: Record) -> str:
        return results.said(record.result, self.words).lower()

    def carried(self, record: Record) -> bool:
        return results.carries(record.result, self.words) is True


_CARRIED = {"carried", "carried-unopposed", "carried-as-amended"}

Check = Callable[[Record, Book], list[Diagnostic]]


def contradictions(records: Iterable[Record], words: Vocabulary = DEFAULT) -> list[Diagnostic]:
    """Everything recorded that cannot be true together."""
    book = Book(tuple(records), words)
    return [problem for record in book.records for check in CHECKS for problem in check(record, book)]


def amended(record: Record) -> Number | None:
    """What an amendment amends: what its record says, else the number before the last dot."""
    if record.amends:
        return numbering.parsed(record.amends)
    number = numbering.parsed(record.number)
    return number.parent if number else None


def implied(records: Iterable[Record], words: Vocabulary = DEFAULT) -> dict[str, results.Result]:
    """Results that follow from composites: a source without a final result was composited into the composite.

    A composite that was withdrawn or ruled out leaves its sources as they were.
    """
    book = Book(tuple(records), words)
    found: dict[str, results.Result] = {}
    for record in book.records:
        if book.like(record) in {"withdrawn", "ruled-out"}:
            continue
        for name in record.sources:
            source = book.find(name)
            if source and not words[source.result.outcome].final:
                found[source.number] = results.Result(outcome="composited", into=record.number)
    return found


# --- checks ----------------------------------------------------------------------------------------------


def as_amended_by_carried_amendments(record: Record, book: Book) -> list[Diagnostic]:
    """'Carried as amended by 37.1': 37.1 exists, amends this item, and was carried."""
    if book.like(record) != "carried-as-amended":
        return []
    number = numbering.parsed(record.number)
    mine = book.amendments.get(number, ()) if number else ()
    if not record.result.by and not any(book.carried(each) for each in mine):
        message = f"{record.number} is carried as amended, but no amendment to it is recorded as carried"
        return [_error("R315", message, record, "say which: 'carried as amended by 37.1'")]
    found: list[Diagnostic] = []
    for name in record.result.by:
        lead = f"{record.number} is carried as amended by {name}"
        amendment = _named(name, mine, book)
        if amendment is None:
            hint = _nearest(name, mine or book.records, "check the amendment's number")
            found.append(_error("R311", f"{lead}, and no amendment is called that", record, hint))
        elif amendment not in mine:
            message = f"{lead}, which amends {amended(amendment) or 'nothing'}"
            found.append(_error("R313", message, record, "check the amendment's number"))
        elif not book.carried(amendment):
            message = f"{lead}, which is recorded as '{book.said(amendment)}'"
            found.append(_error("R312", message, record, f"correct the result of {record.number} or of {name}"))
    return found


def carried_amendments_are_in_the_result(record: Record, book: Book) -> list[Diagnostic]:
    """A carried amendment shows in the result of what it amends."""
    number, like = numbering.parsed(record.number), book.like(record)
    if number is None or like not in _CARRIED or (like == "carried-as-amended" and not record.result.by):
        return []
    mine = book.amendments.get(number, ())
    named = [_named(name, mine, book) for name in record.result.by]
    missing = [each.number for each in mine if book.carried(each) and each not in named]
    if not missing:
        return []
    numbers = " & ".join(numbering.in_order(missing))
    message = f"{record.number} is recorded as '{book.said(record)}', but {numbers} is recorded as carried"
    all_names = " & ".join([*record.result.by, numbers])
    return [_error("R314", message, record, f"write 'carried as amended by {all_names}', or correct the amendment")]


def composited_into_what_exists(record: Record, book: Book) -> list[Diagnostic]:
    """'Composited into D': D exists and counts this item among its sources."""
    into = record.result.into
    if book.like(record) != "composited" or not into:
        return []
    lead = f"{record.number} is composited into {into}"
    target = book.find(into)
    if target is None:
        composites = tuple(each for each in book.records if each.sources) or book.records
        hint = _nearest(into, composites, "add the composite, or correct its number")
        return [_error("R321", f"{lead}, and there is no such composite", record, hint)]
    if target.sources and not any(numbering.same(record.number, source) for source in target.sources):
        hint = f"add {record.number} to the sources of {target.number}"
        return [_error("R322", f"{lead}, whose sources do not name it", record, hint)]
    return []


def sources_are_composited(record: Record, book: Book) -> list[Diagnostic]:
    """What a composite is made of exists and was not decided on its own."""
    found: list[Diagnostic] = []
    for name in record.sources:
        source = book.find(name)
        if source is None:
            hint = _nearest(name, book.records, "check the number")
            found.append(
                _error("R323", f"{record.number} is made from {name}, and no item has that number", record, hint)
            )
        elif book.like(source) in {*_CARRIED, "lost", "remitted"}:
            message = f"{source.number} is recorded as '{book.said(source)}', but it is part of {record.number}"
            hint = f"write 'composited into {record.number}', or take it out of the composite"
            found.append(_error("R324", message, source, hint))
    return found


def fell_for_a_cause_that_holds(record: Record, book: Book) -> list[Diagnostic]:
    """'Fell (A1 carried)': A1 exists and was carried."""
    when = consequences.condition(record.result.cause) if book.like(record) == "fell" else None
    if when is None:
        return []
    numbers = list(dict.fromkeys(item.number for clause in when.clauses for item in clause.items))
    known: dict[Number, results.Result] = {}
    for number in numbers:
        found = book.find(number.canonical)
        if found is None:
            message = f"{record.number} fell because of {number.canonical}, and no item has that number"
            return [_error("R331", message, record, _nearest(number.canonical, book.records, "check the number"))]
        known[number] = found.result
    if consequences.satisfied(when, known, book.words) is True:
        return []
    facts = [f"{n.canonical} is recorded as '{results.said(known[n], book.words).lower()}'" for n in numbers]
    message = f"{record.number} fell because '{record.result.cause}', but {', '.join(facts)}"
    return [_error("R332", message, record, f"correct the result of {record.number} or of {numbers[0].canonical}")]


CHECKS: tuple[Check, ...] = (
    as_amended_by_carried_amendments,
    carried_amendments_are_in_the_result,
    composited_into_what_exists,
    sources_are_composited,
    fell_for_a_cause_that_holds,
)


# --- inside ----------------------------------------------------------------------------------------------


def _named(name: str, mine: tuple[Record, ...], book: Book) -> Record | None:
    """The amendment a result names: by its number, or by its mover among the item's own amendments."""
    by_mover = [each for each in mine if each.mover and each.mover.casefold() == name.casefold()]
    found = numbering.find(name, mine, key=lambda each: each.number)
    return found or (by_mover[0] if by_mover else book.find(name))


def _nearest(name: str, among: Iterable[Record], otherwise: str) -> str:
    close = numbering.near(name, [each.number for each in among])
    return f"did you mean {close}?" if close else otherwise


def _error(code: str, message: str, record: Record, hint: str) -> Diagnostic:
    return error(code, message, record.span, hint=hint, source=record.source)
