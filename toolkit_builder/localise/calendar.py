"""A date and a language in; the date in words out. The same table serves make.js, so both write the same words."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any

STYLES = {"date": "d M y", "long": "w d M y", "short": "d m y", "weekday": "w", "month": "M y", "year": "y"}
"""Style -> day, Month, month in short, year and weekday, in the order that they are written."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def words(language: str) -> dict[str, Any]:
    """``{months, short, days}`` of a language: 12, 12 and 7 names (Monday first); English where it is unknown."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import get_day_names, get_month_names

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse("en_GB")
    months, short = (get_month_names(width, "format", locale) for width in ("wide", "abbreviated"))
    days = get_day_names("wide", "format", locale)
    return {
        "months": [months[n] for n in range(1, 13)],
        "short": [short[n] for n in range(1, 13)],
        "days": [days[n] for n in range(7)],
    }


def in_words(value: str, style: str, table: dict[str, Any]) -> str:
    """``2027-09-14`` as ``14 September 2027``. What is no date comes back as it is; an unknown style is ``date``."""
    if not _ISO.fullmatch(value):
        return value
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return value
    parts = {
        "d": str(day.day),
        "M": table["months"][day.month - 1],
        "m": table["short"][day.month - 1],
        "y": str(day.year),
        "w": table["days"][day.weekday()],
    }
    return " ".join(parts[p] for p in STYLES.get(style, STYLES["date"]).split())
