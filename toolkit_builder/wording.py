"""A fault in front matter in; one plain sentence and what to do out, in the words of the people who write it."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from toolkit_builder.patterns import pattern
from toolkit_builder.shapes import Shape
from toolkit_builder.yamlerrors import in_quotes
from toolkit_builder.yamltext import Group, Items, Node, Scalar


class Said(NamedTuple):
    """What is wrong and what to do: a code, a sentence and a hint."""

    code: str
    message: str
    hint: str


NOT_A_GROUP = Said("Y212", "this is not a group of keys and values", "write one 'key: value' on each line")
EMPTY_ITEM = Said("V311", "this item of the list is empty", "delete the dash or the comma, or write what belongs here")

_MEANT = {
    "text": "text",
    "int": "a whole number",
    "bool": "yes or no",
    "date": "a date",
    "datetime": "a date and time",
}
_YES_NO = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "1", "0"})
_MONTHS = {name.lower(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if n}
_WELSH_MONTHS = (
    "ionawr",
    "chwefror",
    "mawrth",
    "ebrill",
    "mai",
    "mehefin",
    "gorffennaf",
    "awst",
    "medi",
    "hydref",
    "tachwedd",
    "rhagfyr",
)
_MONTHS |= {name: n for n, name in enumerate(_WELSH_MONTHS, 1)}
_ISO_DATE = pattern(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = pattern(r"[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")
_BY_NUMBERS = pattern(r"(\d{1,4})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{1,4})")
_DAY_MONTH = pattern(r"(?:[A-Za-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]+)\.?,?\s+(\d{4})")
_MONTH_DAY = pattern(r"(?:[A-Za-z]+,?\s+)?([A-Za-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    plain = {k.lower(): k for k in sorted(known, reverse=True)}
    close = difflib.get_close_matches(word.lower().replace("-", "_").replace(" ", "_"), plain, 1, 0.7)
    close = close or difflib.get_close_matches(word.lower(), plain, 1, 0.6)
    return plain[close[0]] if close else None


def named(loc: Sequence[str | int]) -> str:
    """A place in words: ``'title'``, ``'email' of 'contact'``, ``item 2 of 'tags'``."""
    parts = [f"item {part + 1}" if isinstance(part, int) else f"'{_short(part)}'" for part in reversed(loc)]
    return " of ".join(parts)


def unknown_key(name: str, keys: Mapping[str, Shape], guess: str | None) -> Said:
    """A key that nothing is known by; ``guess`` is the nearest of ``keys``."""
    if name == "<<":
        return Said("Y208", "'<<' would merge another group, which is not read here", "write the keys out")
    if (plain := "".join(c for c in name if c.isprintable() and not c.isspace())) in keys and plain != name:
        return Said("V301", f"an invisible character stands within '{plain}'", f"type the key again: {plain}")
    hint = f"did you mean '{guess}'?" if guess else f"the keys that can stand here are {', '.join(sorted(keys))}"
    return Said("V301", f"'{_short(name)}' is not a key that can stand here", hint)


def one_item(loc: Sequence[str | int], text: str) -> Said:
    """Text with commas where a list is meant."""
    several = ", ".join(part.strip() for part in text.split(","))
    return Said(
        "V312",
        f"{named(loc)} is read as a list of one, commas and all",
        f"for several write [{several}], for one put quotes around it: {in_quotes(text)}",
    )


def no_space_after_dash(text: str) -> Said:
    """``-first`` where an item of a list is meant."""
    return Said("Y205", "there is no space after the dash", f"write - {_short(text[1:].split(' -')[0])}")


def left_empty(loc: Sequence[str | int]) -> str:
    """The sentence about a field that must have a value."""
    return f"{named(loc)} is empty, but must be given"


def wrong_shape(loc: Sequence[str | int], shape: Shape, node: Node, written: str) -> Said:
    """A list where text is meant, text where a group is meant, and so on."""
    key = loc[-1] if isinstance(loc[-1], str) else "key"
    have = "text" if isinstance(node, Scalar) else "a list" if isinstance(node, Items) else "a group of keys"
    if shape.kind == "list":
        inner = shape.item.kind if shape.item else "text"
        hint = f"write [first, second] after '{key}:'"
        if inner == "model":
            hint = "begin each one with '- ' on a line of its own"
        return Said("V302", f"{named(loc)} should be a list, not {have}", hint)
    if shape.kind in ("model", "map"):
        keys = ", ".join(list(shape.keys)[:6])
        hint = (
            f"write its keys below it, each indented by two spaces: {keys}"
            if keys
            else "write 'name: value' lines below it, each indented by two spaces"
        )
        if isinstance(node, Scalar) and (glued := re.match(r"(\w+):(\S.*)", node.text)):
            hint = f"put a space after the colon: {glued[1]}: {glued[2]}"
        return Said("V302", f"{named(loc)} should be a group of keys, not {have}", hint)
    line = written.split("\n", 1)[0].strip()
    hint = "write it on one line after the colon"
    if isinstance(node, Group) and not written.startswith("{") and ": " in line:
        hint = f"a colon in text needs quotes: {in_quotes(line)}"
    elif written[:1] in ("{", "["):
        hint = f"if the brackets belong to the text, put it in quotes: {in_quotes(line)}"
    return Said("V302", f"{named(loc)} should be {_MEANT[shape.kind]}, not {have}", hint)


def not_plain_value(kind: str, text: str) -> Said | None:
    """What is wrong with one scalar where a date, a number or yes/no is meant; None if nothing is."""
    if kind == "date":
        return _not_a_date(text)
    if kind == "datetime":
        return _not_a_time(text)
    if kind == "bool" and text.lower() not in _YES_NO:
        return Said("V308", f"'{_short(text)}' is neither yes nor no", "write yes or no")
    if kind == "int" and not re.fullmatch(r"[+-]?[0-9]{1,15}", text):
        digits = re.sub(r"[,\s_]", "", text)
        hint = f"write {digits}" if re.fullmatch(r"[+-]?[0-9]{1,15}", digits) else "write digits only, such as 12"
        return Said("V307", f"'{_short(text)}' is not a whole number", hint)
    return None


def of_fault(fault: Mapping[str, Any], whole: Shape) -> Said:
    """One of pydantic's errors in plain words."""
    loc, kind, context = fault["loc"], fault["type"], fault.get("ctx") or {}
    name, given = named(loc), _short(str(fault.get("input", "")))
    if kind == "missing":
        return Said("V303", f"{name} must be given", f"add a line '{loc[-1]}: ...'")
    if kind == "literal_error":
        return _not_a_choice(name, given, _choices(whole, loc))
    if kind == "string_pattern_mismatch":
        return _not_the_pattern(name, given, str(context.get("pattern", "")))
    bounds = {
        "greater_than_equal": ("ge", "at least"),
        "greater_than": ("gt", "more than"),
        "less_than_equal": ("le", "at most"),
        "less_than": ("lt", "less than"),
    }
    if kind in bounds:
        key, words = bounds[kind]
        return Said("V310", f"{name} must be {words} {context[key]}, not {given}", "")
    if kind == "string_too_short":
        return Said("V303", f"{name} is empty, but must be given", "write what belongs here")
    if kind == "string_too_long":
        return Said("V310", f"{name} is longer than {context['max_length']} characters", "shorten it")
    if kind == "too_short":
        return Said("V303", f"{name} must have at least {_count(context['min_length'])}", f"write '{loc[-1]}: [...]'")
    said = str(fault.get("msg", "")).removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    return Said("V399", f"{name} cannot be '{given}': {said}", "")


def _count(n: int) -> str:
    return "one item" if n == 1 else f"{n} items"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def _choices(shape: Shape | None, loc: Sequence[str | int]) -> tuple[str, ...]:
    for part in loc:
        if shape is not None:
            shape = shape.item if shape.item is not None else shape.keys.get(str(part))
    return shape.choices if shape is not None else ()


def _not_a_choice(name: str, given: str, choices: tuple[str, ...]) -> Said:
    guess = nearest(given, choices)
    words = ", ".join(c for c in choices if c)
    hint = f"did you mean '{guess}'? It can be {words}" if guess else f"it can be {words}"
    return Said("V306", f"{name} cannot be '{given}'", hint)


def _not_the_pattern(name: str, given: str, pattern: str) -> Said:
    """The sentence for each of the patterns in ``model``, by what they ask for."""
    if pattern.startswith("^/") and "https?" in pattern:
        return Said(
            "V309",
            f"'{given}' is neither an address on this site nor a whole one",
            "begin with one slash, such as /news/, or with https://",
        )
    if "https?" in pattern and given.startswith(("http://", "https://")):
        return Said("V309", f"'{given}' is not a web address", "write it without spaces")
    if "https?" in pattern:
        return Said(
            "V309", f"'{given}' is not a full web address", f"begin with https://, such as {_with_https(given)}"
        )
    if "@" in pattern:
        return Said("V309", f"'{given}' is not an e-mail address", "write it like name@example.org, without spaces")
    if pattern.startswith("^[a-z0-9]"):
        bare = unicodedata.normalize("NFKD", given).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-") or "a-short-name"
        return Said(
            "V309",
            f"'{given}' cannot be part of an address",
            f"use small letters a to z, digits and hyphens, such as {slug}",
        )
    if pattern.startswith("^/"):
        return Said(
            "V309", f"'{given}' is not an address on this site", "begin with one slash, such as /news/old-name/"
        )
    if pattern.startswith("^[A-Za-z]{2,3}"):
        return Said("V309", f"'{given}' is not a language code", "write en-GB for English, cy for Welsh, ur for Urdu")
    return Said("V309", f"{name} cannot be '{given}'", "see the description of this key with: toolkit schema")


def _with_https(given: str) -> str:
    bare = re.sub(r"^[a-z]*:?/*", "", given) if "://" in given or given.startswith("/") else given
    return f"https://{bare}" if re.fullmatch(r"\S+\.\S+", bare) else "https://example.org"


# --- dates -----------------------------------------------------------------------------------------------


def _not_a_date(text: str) -> Said | None:
    match = _ISO_DATE.match(text)
    if match and match.end() == len(text):
        return _impossible(int(match[1]), int(match[2]), int(match[3]), text)
    if match and _TIME.match(text, match.end()):
        return Said("V304", f"'{_short(text)}' has a time, but only a day is meant here", f"write {match[0]}")
    return _other_date(text, "a date")


def _not_a_time(text: str) -> Said | None:
    match = _ISO_DATE.match(text)
    if not match:
        return _other_date(text, "a date and time")
    said = _impossible(int(match[1]), int(match[2]), int(match[3]), text)
    if said or match.end() == len(text):
        return said
    time = _TIME.match(text, match.end())
    if not time or len(time[1]) != 2:
        return Said("V304", f"'{_short(text)}' is not a date and time", f"write {match[0]} 09:30")
    if int(time[1]) > 23 or int(time[2]) > 59 or int(time[3] or 0) > 59:
        return Said("V305", f"there is no such time as {text[time.start() + 1 :].strip()}", f"write {match[0]} 09:30")
    return None


def _impossible(year: int, month: int, day: int, text: str) -> Said | None:
    if not 1 <= month <= 12:
        return Said("V305", f"{_short(text)}: there is no month {month}", "write year-month-day, such as 2027-06-14")
    if year < 1:
        return Said("V305", f"{_short(text)}: there is no year 0", "write year-month-day, such as 2027-06-14")
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        month_name = f"{calendar.month_name[month]} {year}"
        return Said("V305", f"{_short(text)}: {month_name} has {days} days", "correct the day")
    return None


def _other_date(text: str, wanted: str) -> Said:
    """A date in another order or in words: named, and written as it should be."""
    bare = text.strip()
    clock = "" if wanted == "a date" or not (found := re.search(r" \d{1,2}:\d{2}$", bare)) else f" {found[0][1:]:0>5}"
    plain = "write year-month-day, such as 2027-06-14" + (" 09:30" if wanted != "a date" else "")
    if re.fullmatch(r"\d{8}", bare) and (iso := _iso(bare[:4], bare[4:6], bare[6:])):
        return Said("V304", f"'{bare}' has no hyphens", f"write {iso}{clock}")
    words = _DAY_MONTH.match(bare)
    named_month = words and (words[3], _MONTHS.get(words[2].lower()), words[1])
    if not named_month:
        words = _MONTH_DAY.match(bare)
        named_month = words and (words[3], _MONTHS.get(words[1].lower()), words[2])
    if named_month and (iso := _iso(*named_month)):
        return Said("V304", f"'{_short(bare)}' is a date in words", f"write {iso}{clock}")
    numbers = _BY_NUMBERS.match(bare)
    if not numbers:
        return Said("V304", f"'{_short(bare)}' is not {wanted}", plain)
    first, _, middle, last = numbers.groups()
    if len(first) == 4 and (iso := _iso(first, middle, last)):
        return Said("V304", f"'{_short(bare)}' is not written as year-month-day", f"write {iso}{clock}")
    year = last if len(last) == 4 else f"20{last:0>2}"
    british, american = _iso(year, middle, first), _iso(year, first, middle)
    if british:
        other = f" (or {american}, if it is month/day/year)" if american and american != british else ""
        return Said("V304", f"'{_short(bare)}' looks like day/month/year", f"write {british}{clock}{other}")
    if american:
        return Said("V304", f"'{_short(bare)}' looks like month/day/year", f"write {american}{clock}")
    return Said("V304", f"'{_short(bare)}' is not {wanted}", plain)


def _iso(year: str, month: str | int | None, day: str | int) -> str | None:
    try:
        return dt.date(int(year), int(month or 0), int(day)).isoformat()
    except ValueError:
        return None
