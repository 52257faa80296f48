"""A piece of YAML that cannot be read in; one plain sentence out: what is wrong, where, and the line as it should be.

libyaml says "did not find expected ',' or ']'" where a person needs "put the whole value in quotes". The usual
mistakes of people who write prose, not YAML, are recognised from the line itself.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from toolkit_builder.patterns import pattern

_PAIR = pattern(r"(?P<lead>\s*(?:-[ \t]+)*)(?P<key>[^\s:#'\"\[\]{}&*!|>%@`,?-][^:\n]*?):(?:[ \t]+(?P<value>\S.*))?\s*$")
_ITEM = pattern(r"(?P<lead>\s*(?:-[ \t]+)+)(?P<value>\S.*)$")
_NO_SPACE = pattern(r"(?P<lead>\s*(?:-[ \t]+)*)(?P<key>[A-Za-z_][\w-]*):(?P<value>[^\s/].*)$")
_HARD_SPACE = pattern(r"[ -]*(?:\w[\w-]*:[ ]*)?\xa0")
_MEANINGFUL = "@`%&*!|>{}[],?"
_CLOSED_QUOTE = pattern(r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')(?P<rest>\s*[^\s#].*)$")
_BAD_ESCAPE = pattern(r"unknown escape|escape code|hexdecimal")


_SHOWN = 200
A_PAIR = "write 'key: value', or indent the line further if it belongs to the one above"


class Complaint(NamedTuple):
    """Offsets are into the text handed to ``explain``."""

    code: str
    message: str
    hint: str
    start: int
    end: int


def in_quotes(value: str) -> str:
    """``value`` as a quoted YAML scalar that means exactly these characters."""
    if "'" in value and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"


def explain(text: str, left: int, right: int, problem: Exception | None) -> Complaint:
    """Why ``text[left:right]``, one top-level key's lines, cannot be read as ``key: value``."""
    said = str(getattr(problem, "problem", "") or "")
    context = str(getattr(problem, "context", "") or "")
    here = _offset(problem, "problem_mark", left, right)
    there = _offset(problem, "context_mark", left, right)
    if _BAD_ESCAPE.search(said):
        line, start = _line_at(text, max(here - 1, left))
        return Complaint(
            "Y213",
            "a backslash in double quotes starts a code, and this one means nothing",
            "use single quotes, in which a backslash is only a backslash",
            max(here - 2, start),
            here + 1,
        )
    if "quoted scalar" in context and "end of stream" in said:
        return _unclosed_quote(text, there)
    for at in (there, here, left):
        line, start = _line_at(text, at)
        known = _known(line, start, text, left)
        if known:
            return known
    if "expected ':'" in said:
        line, start = _line_at(text, there)
        return Complaint("Y206", "this line is not a key with a value", A_PAIR, *_inked(line, start))
    line, start = _line_at(text, min(here, right - 1) if right > left else left)
    if "block mapping" in context or "block collection" in context or "mapping values" in said:
        return Complaint(
            "Y217",
            "this line does not line up with the lines above it",
            "the keys of a group, and the dashes of a list, start in one column",
            *_inked(line, start),
        )
    if "flow" in context:
        opening = text[there : there + 1]
        return Complaint(
            "Y204",
            f"the '{opening}' that opens here is not closed rightly",
            "close it, or put the whole value in quotes if it is text",
            there,
            there + 1,
        )
    return Complaint(
        "Y299",
        f"this cannot be read ({said or 'it is not YAML'})",
        "put the whole value in quotes",
        *_inked(line, start),
    )


def _known(line: str, start: int, text: str, left: int) -> Complaint | None:
    """The mistakes that one line gives away."""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        at = start + indent.index("\t")
        return Complaint(
            "Y203", "a tab is used to indent this line", "use two spaces for each level instead", at, at + 1
        )
    hard = _HARD_SPACE.match(line)
    if hard:
        return Complaint(
            "Y205",
            "an invisible no-break space stands here, where an ordinary one is needed",
            "delete it and press the space bar alone",
            start + hard.end() - 1,
            start + hard.end(),
        )
    if not line.strip() or line.lstrip().startswith("#"):
        return None
    pair = _PAIR.match(line) or _ITEM.match(line)
    if pair and pair["value"]:
        return _value_trouble(line, start, pair)
    glued = _NO_SPACE.match(line)
    if glued:
        at = start + glued.end("key")
        fixed = f"{glued['key']}: {glued['value']}"
        return Complaint("Y205", "there is no space after the colon", f"write {fixed}", at, at + 1)
    if pair is None and start == left:
        return _not_a_pair(line, start, text)
    return None


def _value_trouble(line: str, start: int, pair: re.Match[str]) -> Complaint | None:
    value = pair["value"].rstrip()
    at, end = start + pair.start("value"), start + pair.start("value") + len(value)
    prefix = line[: pair.start("value")].strip()
    whole = _unwrapped(value)
    hint = "put quotes around all of it" + (f": {prefix} {in_quotes(whole)}" if len(whole) <= _SHOWN else "")
    if value[0] in "\"'":
        more = _CLOSED_QUOTE.match(value)
        if more:
            return Complaint("Y204", "the text goes on after the closing quote", hint, at + more.start("rest"), end)
        return None
    if value[0] in "[{" and not value.endswith(("]", "}")) and not re.search(r"[\]}]\s*\w", value):
        close = "]" if value[0] == "[" else "}"
        return Complaint(
            "Y204",
            f"the '{value[0]}' that opens here is not closed",
            f"close it with {close}, or put all of it in quotes if it is text",
            at,
            end,
        )
    if re.fullmatch(r"[|>][-+]?\d?", value):
        return Complaint(
            "Y217",
            "the lines of the text below do not line up",
            "indent every line of it by the same number of spaces",
            at,
            end,
        )
    if value[0] in "|>":
        return Complaint(
            "Y204",
            f"after '{value[0]}' the text begins on the next line",
            f"move it there, indented by two spaces, or delete the '{value[0]}'",
            at,
            end,
        )
    if value[0] + value[-1] in ("[]", "{}"):
        return Complaint(
            "Y204",
            "what stands in these brackets cannot be read",
            "put quotes around every part that has a comma, a colon, a quote or a # in it",
            at,
            end,
        )
    if value[0] in _MEANINGFUL:
        return Complaint("Y204", f"a value cannot begin with '{value[0]}' unless it is in quotes", hint, at, at + 1)
    if value.startswith("- ") or value == "-":
        return Complaint("Y204", "a value cannot begin with '- ' unless it is in quotes", hint, at, at + 1)
    colon = re.search(r":(?=\s|$)", value)
    if colon:
        here = at + colon.start()
        return Complaint(
            "Y204", "a colon followed by a space cannot stand in text without quotes", hint, here, here + 1
        )
    return None


def _unwrapped(value: str) -> str:
    """A quoted text that has the same quote inside (``'Don't know'``, ``"Say "no" now"``), without its own quotes."""
    mark = value[0]
    inner = value[1:-1]
    if mark not in "\"'" or value[-1] != mark:
        return value
    at = inner.find(mark)
    return inner if re.match(r"\w", inner[at + 1 :]) or inner[at - 1 : at].isspace() else value


def _not_a_pair(line: str, start: int, text: str) -> Complaint:
    """A line at the left margin that is not ``key: value``: stray words, or the document's text."""
    if re.fullmatch(r"-{2,}|[–—]+-*", line.strip()):
        return Complaint(
            "Y201",
            f"'{line.strip()}' does not close the front matter",
            "write three hyphens: ---",
            *_inked(line, start),
        )
    before = text[:start]
    if before.endswith("\n\n"):
        return Complaint(
            "Y201",
            "the text begins here, but the front matter above is not closed",
            "put --- on a line of its own below the last key",
            *_inked(line, start),
        )
    return Complaint("Y206", "this line is not a key with a value", A_PAIR, *_inked(line, start))


def _unclosed_quote(text: str, at: int) -> Complaint:
    mark = text[at : at + 1]
    line, start = _line_at(text, at)
    value = line[at - start :].rstrip()
    apostrophe = (mark == "'" and value.count("'") > 1) or (mark == "'" and re.match(r"'\w{1,3}\b", value))
    hint = f"close it with {mark} at the end of the text"
    if apostrophe:
        hint += f", or if it is an apostrophe write {in_quotes(value[:_SHOWN])}"
    return Complaint("Y202", "the quote that opens here is never closed", hint, at, at + len(value))


def _line_at(text: str, offset: int) -> tuple[str, int]:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end], start


def _inked(line: str, start: int) -> tuple[int, int]:
    return start + len(line) - len(line.lstrip()), start + len(line.rstrip())


def _offset(problem: Exception | None, mark: str, left: int, right: int) -> int:
    found = getattr(problem, mark, None)
    return left if found is None else min(left + int(found.index), max(right - 1, left))
