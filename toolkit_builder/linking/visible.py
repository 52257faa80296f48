"""When documents are public and the build's clock come in; which are now, and when the next change is due, go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from toolkit_builder.volumes import Dates


class Moment(Struct, frozen=True, kw_only=True):
    """What is public when: the build's clock, and what the person asked to see early."""

    now: dt.datetime
    drafts: bool = False
    future: bool = False


def hidden(dates: Dates, when: Moment) -> bool:
    """Whether a document must leave no trace in this build."""
    if dates.draft and not when.drafts:
        return True
    if dates.expires and dates.expires < when.now.date():
        return True
    if when.future:
        return False
    if dates.embargo and _aware(dates.embargo, when.now) > when.now:
        return True
    return bool(dates.day and dates.day > when.now.date())


def _aware(moment: dt.datetime, now: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def next_change(every: Iterable[Dates], when: Moment) -> dt.datetime | None:
    """The next moment at which the clock alone changes what is published."""
    moments: list[dt.datetime] = []
    for dates in every:
        if dates.embargo:
            moments.append(_aware(dates.embargo, when.now))
        if dates.day:
            moments.append(dt.datetime.combine(dates.day, dt.time(), when.now.tzinfo))
        if dates.expires:
            moments.append(dt.datetime.combine(dates.expires + dt.timedelta(days=1), dt.time(), when.now.tzinfo))
    return min((m for m in moments if m > when.now), default=None)
