"""A line of text in; the date that it is, if it is nothing else, out."""

from __future__ import annotations

import datetime as dt
import re

_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
_MONTH = "|".join([*_NAMES, *(name[:3] for name in _NAMES), "sept"])
_TH = r"(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"(?i)(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?(?:"
    rf"(?P<d1>\d{{1,2}}){_TH}\s+(?:of\s+)?(?P<m1>{_MONTH})\.?,?\s+(?P<y1>\d{{4}})"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}}){_TH},?\s+(?P<y2>\d{{4}})"
    r"|(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})"
    r"|(?P<d4>\d{1,2})[/.](?P<m4>\d{1,2})[/.](?P<y4>\d{4}))"
)


def whole_date(text: str) -> str:
    """``Tuesday, June 03, 2008`` -> ``2008-06-03``; "" for a line with any other word. 3/6/2008 is 3 June."""
    match = _DATE.fullmatch(text.strip().rstrip("."))
    if match is None:
        return ""
    got = {key[0]: value for key, value in match.groupdict().items() if value}
    month = got["m"].lower()
    number = int(month) if month.isdigit() else next(i for i, name in enumerate(_NAMES, 1) if name[:3] == month[:3])
    try:
        return dt.date(int(got["y"]), number, int(got["d"])).isoformat()
    except ValueError:
        return ""
