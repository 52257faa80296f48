"""Documents and the build's clock come in; which of them are public, and when the next change is due, go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit_builder.model import Document

_DATED = {"news", "bulletin", "update"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is public when: the build's clock, and what the person asked to see early."""

    now: dt.datetime
    drafts: bool = False
    future: bool = False


def hidden(doc: Document, when: Moment) -> bool:
    """Whether a document must leave no trace in this build."""
    fields = doc.fields
    if fields.draft and not when.drafts:
        return True
    if fields.expires and fields.expires < when.now.date():
        return True
    if when.future:
        return False
    if fields.embargo and _aware(fields.embargo, when.now) > when.now:
        return True
    return bool(doc.kind in _DATED and fields.date and fields.date > when.now.date())


def _aware(moment: dt.datetime, now: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def next_change(docs: Iterable[Document], when: Moment) -> dt.datetime | None:
    """The next moment at which the clock alone changes what is published."""
    moments: list[dt.datetime] = []
    for doc in docs:
        fields = doc.fields
        if fields.embargo:
            moments.append(_aware(fields.embargo, when.now))
        if doc.kind in _DATED and fields.date:
            moments.append(dt.datetime.combine(fields.date, dt.time(), when.now.tzinfo))
        if fields.expires:
            moments.append(dt.datetime.combine(fields.expires + dt.timedelta(days=1), dt.time(), when.now.tzinfo))
    return min((m for m in moments if m > when.now), default=None)
