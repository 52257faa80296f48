"""What was not understood in an amendment -> a diagnostic that shows the nearest forms understood."""

from __future__ import annotations

import difflib
import re

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, error, note, warning

FORMS = (
    'After "X" insert "Y"',
    'In paragraph 2, line 3, after "X" insert "Y"',
    'In point 4, delete "X"',
    'In paragraph 2, delete "X" and replace with "Y"',
    'In the second sentence of paragraph 2, replace "X" with "Y"',
    'Insert "Y" at the end of paragraph 2',
    'Add at the end of point 4: "Y"',
    'Insert new paragraph after paragraph 2: "Y"',
    'Insert new point 4: "Y" and renumber',
    'Add new point at end: "Y"',
    'Add at end of motion: "Y"',
    "Delete point 4",
    "Delete points 3 to 5",
    'Delete point 4 and replace with: "Y"',
    "Delete the last sentence of paragraph 2",
    'Delete all after "X"',
    'Delete all after "X" and insert "Y"',
    'In paragraph 2, delete from "X" to "Y"',
    'Delete all and replace with: "Y"',
    'Amend point 3 to read: "Y"',
    'In the title, replace "X" with "Y"',
    "Move point 5 to after point 2",
    'Replace "X" with "Y" throughout',
)
"""The forms of the language, one example of each, as reports and the documentation show them."""

_MESSAGES = {
    "A201": ("this instruction is not understood", ""),
    "A202": (
        "this says what is new but not where it goes",
        'say where: after "X", at the end of paragraph 2, new point 4',
    ),
    "A203": ("the new text is missing here", "put the new text in quotation marks, or after a colon"),
    "A204": ("", "close the quotation where the new text ends"),
    "A205": ("", "put the new text in quotation marks, and each instruction on a line of its own"),
    "A206": (
        "this does not say what should go",
        'quote the words to go, or name the place: delete "X", delete point 4',
    ),
    "A207": ("one new text cannot replace several words in different places", "write an instruction for each"),
    "A208": ("there is no instruction here", "for words meant for a person write in the front matter: form: editorial"),
    "A209": (
        "this is read as the mover's reasons, not as part of the amendment",
        "if it is new text, put it in quotation marks",
    ),
}


_QUOTED = re.compile(r"[“\"‘«][^”\"’»]*[”\"’»]|(?<!\w)'[^']*'")


class Refusal(Struct, frozen=True):
    """A stretch of an amendment that was not understood: where it begins, and where understanding ended."""

    code: str
    start: int
    at: int
    message: str = ""


def nearest_forms(line: str, count: int = 3) -> tuple[str, ...]:
    """The forms most like a line, its quotations and numbers put aside."""
    shape = _QUOTED.sub('"X"', line)
    shape = re.sub(r"\d+", "2", shape).lower()

    def likeness(form: str) -> float:
        words = difflib.SequenceMatcher(None, shape.split(), re.sub(r"\d+", "2", form.lower()).split()).ratio()
        return words + 0.5 * difflib.SequenceMatcher(None, shape, form.lower()).ratio()

    return tuple(sorted(FORMS, key=likeness, reverse=True)[:count])


_MARKS = re.compile(r"[“”\"‘«»]|(?<!\w)'|'(?!\w)")
_UNQUOTED = (
    re.compile(
        r"\b(?P<verb>replace|change|alter|amend|substitute)\s+(?P<old>[^:;,]{1,50}?)\s+(?P<joint>with|by|to)\s+(?P<new>[^:;,]{1,50}?)\s*\.?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?P<verb>delete|remove|strike)\s+(?P<old>[^:;,]{1,50}?)\s+(?P<joint>(?:and\s+)?(?:insert|replace\s+with|add))\s+"
        r"(?P<new>[^:;,]{1,50}?)\s*\.?$",
        re.IGNORECASE,
    ),
)
_PLACED = (
    r"(?:the\s+)?(?:\w+\s+)?(?:para|point|bullet|call|sentence|line|section|end|title|motion|clause|full\s+stop|comma|semicolon|"
    r"colon)"
)
_UNQUOTED_SPOT = re.compile(
    rf"\b(?P<how>after|before)\s+(?:the\s+words?\s+)?(?!{_PLACED}|(?:and|or|after|before|insert|add|delete)\b)"
    r"(?P<words>\w[\w’-]*(?:\s+\w[\w’-]*){0,2}?)(?=\s+(?:in|of|on|insert|add)\b|\s*[.,]?$)",
    re.IGNORECASE,
)


def _unquoted(line: str) -> str:
    """What to do where the words were not put in quotation marks: the mover's own words, with marks."""
    if _MARKS.search(line) is None:
        found = next((m for pattern in _UNQUOTED if (m := pattern.search(line))), None)
        if found is not None and not re.match(_PLACED, found["old"], re.IGNORECASE):
            old, new = (" ".join(found[name].split()) for name in ("old", "new"))
            said = " ".join(f"{found['verb']} “{old}” {found['joint']} “{new}”".split())
            return f"put the words in quotation marks: {said.lower() if said.isupper() else said}"
    elif (found := _UNQUOTED_SPOT.search(_QUOTED.sub("“”", line))) is not None:
        how = found["how"].lower()
        return f"put the words it goes {how} in quotation marks: {how} “{found['words']}”"
    return ""


def as_diagnostic(refusal: Refusal, source: str, path: str, first_line: int) -> Diagnostic:
    """Refusal -> Diagnostic; the span runs from the instruction's first word to where understanding ended."""
    line_start = source.rfind("\n", 0, refusal.start) + 1
    line_end = source.find("\n", refusal.start)
    line = source[line_start : len(source) if line_end < 0 else line_end].rstrip("\r")
    message, hint = _MESSAGES[refusal.code]
    message = refusal.message or message
    advice = _unquoted(line[:200]) if refusal.code in {"A201", "A202", "A203", "A206"} else ""
    if advice:
        hint = advice
    elif refusal.code in {"A201", "A206", "A208"}:
        forms = "; ".join(nearest_forms(line[:200]))
        hint = f"{hint + '; ' if hint else ''}forms that are understood: {forms}"
    if refusal.code == "A201":
        stop = refusal.at if refusal.start < refusal.at else refusal.start
        unread = " ".join(source[stop : stop + 60].split())
        if unread and stop > refusal.start:
            message += f" from '{unread[:40]}'"
    number = first_line + source.count("\n", 0, refusal.start)
    column = refusal.start - line_start + 1
    span = Span(path, number, column, number, max(column + 1, len(line) + 1))
    make = {"A204": warning, "A209": note}.get(refusal.code, error)
    return make(refusal.code, message, span, hint=hint, source=line)
