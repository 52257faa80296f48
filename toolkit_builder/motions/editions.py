"""Items with their numbers in each edition of the papers come in; number maps, stars and redirects go out.

An item has one number today (``number``), another in an edition only where its ``numbers`` say so, and none in an
edition before the one it was ``new_in``. Editions are in the order they were published.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from toolkit_builder.diagnostics import Diagnostic, Span, error, note
from toolkit_builder.motions import numbering
from toolkit_builder.motions.numbering import NotANumber, Number

PRELIMINARY, FINAL, CONFERENCE, DECISIONS = "preliminary", "final", "conference", "decisions"
STANDARD = (PRELIMINARY, FINAL, CONFERENCE, DECISIONS)


class Item(Struct, frozen=True, kw_only=True):
    """One motion, amendment or composite through all editions. ``id`` never changes."""

    id: str
    number: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    new_in: str = ""
    span: Span | None = None
    source: str = ""


class Entry(Struct, frozen=True):
    """One item as an edition prints it."""

    number: str
    id: str
    starred: bool


class Changes(Struct, frozen=True):
    """From one edition to a later one: ``renumbered`` holds (id, old number, new number)."""

    renumbered: tuple[tuple[str, str, str], ...]
    new: tuple[str, ...]


class Redirect(Struct, frozen=True):
    """An old number of an earlier edition, and the number its item has now."""

    edition: str
    id: str
    old: str
    new: str


def number_in(item: Item, edition: str, editions: Sequence[str] = STANDARD) -> str | None:
    """The item's number in an edition; None where the edition came before the item."""
    if edition in item.numbers:
        return item.numbers[edition]
    if item.new_in in editions and edition in editions and editions.index(edition) < editions.index(item.new_in):
        return None
    return item.number


def listing(items: Iterable[Item], edition: str, editions: Sequence[str] = STANDARD) -> tuple[Entry, ...]:
    """All items of an edition in natural order, what is new since the last edition starred."""
    first = bool(editions) and edition == editions[0]
    entries = [
        Entry(number, item.id, item.new_in == edition and not first)
        for item in items
        if (number := number_in(item, edition, editions)) is not None
    ]
    return tuple(numbering.in_order(entries, key=lambda entry: entry.number))


def changes(items: Iterable[Item], before: str, after: str, editions: Sequence[str] = STANDARD) -> Changes:
    """What the later edition renumbered, and what is new in it."""
    renumbered: list[tuple[str, str, str]] = []
    new: list[str] = []
    for item in items:
        old, now = number_in(item, before, editions), number_in(item, after, editions)
        if now is None:
            continue
        if old is None:
            new.append(item.id)
        elif not numbering.same(old, now):
            renumbered.append((item.id, old, now))
    return Changes(tuple(renumbered), tuple(new))


def redirects(
    items: Iterable[Item], current: str, editions: Sequence[str] = STANDARD
) -> tuple[tuple[Redirect, ...], list[Diagnostic]]:
    """Old numbers that should lead to the number of today; a note for each that is another item's number now.

    Where two earlier editions used one number for two items, the later edition's meaning wins.
    """
    listed = list(items)
    taken = {number: item for item in listed if (number := _number(number_in(item, current, editions)))}
    found: dict[Number, Redirect] = {}
    problems: list[Diagnostic] = []
    earlier = editions[: editions.index(current)] if current in editions else editions
    for edition in earlier:
        for item in listed:
            old, now = _number(number_in(item, edition, editions)), _number(number_in(item, current, editions))
            if old is None or now is None or old == now:
                continue
            other = taken.get(old)
            if other is None:
                found[old] = Redirect(edition, item.id, old.canonical, now.canonical)
                continue
            message = (
                f"{old.canonical} of the {edition} edition is now {now.canonical}, and {other.id} now has its number"
            )
            hint = f"links to {old.canonical} lead to {other.id}; the page of editions leads to the other"
            problems.append(note("R503", message, item.span, hint=hint, source=item.source))
    ordered = numbering.in_order(found.values(), key=lambda redirect: redirect.old)
    return tuple(ordered), problems


def check(items: Iterable[Item], editions: Sequence[str] = STANDARD) -> list[Diagnostic]:
    """Unknown editions, what is no number, and two items with one number in one edition."""
    listed = list(items)
    problems = [problem for item in listed for problem in _check_item(item, editions)]
    for edition in editions:
        seen: dict[Number, Item] = {}
        for item in listed:
            number = _number(number_in(item, edition, editions))
            if number is None:
                continue
            first = seen.setdefault(number, item)
            if first is not item:
                where = f" ({first.span.path})" if first.span else ""
                message = f"two items have the number {number.canonical} in the {edition} edition"
                hint = f"the other is {first.id}{where}; give one its own number in 'numbers'"
                problems.append(error("R501", message, item.span, hint=hint, source=item.source))
    return list(dict.fromkeys(problems))


def _check_item(item: Item, editions: Sequence[str]) -> list[Diagnostic]:
    problems: list[Diagnostic] = []
    named = [("numbers", edition) for edition in item.numbers] + ([("new_in", item.new_in)] if item.new_in else [])
    for where, edition in named:
        if edition not in editions:
            close = difflib.get_close_matches(edition, editions, 1)
            hint = f"did you mean {close[0]}?" if close else f"the editions are {', '.join(editions)}"
            message = f"'{where}' names the edition '{edition}', which the conference does not have"
            problems.append(error("R502", message, item.span, hint=hint, source=item.source))
    for edition, text in item.numbers.items():
        try:
            Number.parse(text)
        except NotANumber as why:
            message = f"the number for the {edition} edition cannot be one: {why}"
            problems.append(
                error("R504", message, item.span, source=item.source, hint="write it as in the papers, 20 or 20.1")
            )
    return problems


def _number(text: str | None) -> Number | None:
    try:
        return Number.parse(text) if text else None
    except NotANumber:
        return None
