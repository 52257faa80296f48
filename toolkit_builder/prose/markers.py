"""One line -> the list marker it begins with, if any, as people write them: ``1)Campaign``, ``(b)``, ``iv.``, bullets.

Whether a marker starts a list is for ``lists`` to judge by what stands around it; here is only its form.
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from toolkit_builder.motions.markers import DOTS
from toolkit_builder.patterns import pattern

_MARK = pattern(
    r"(?P<indent> {0,3})(?:"
    rf"(?P<bullet>[-*+](?= |$)|[{DOTS}](?=\s*\S)|[o§](?=(?:\t| {{3}})\s*\S))"
    r"|\((?P<inner>\d{1,3}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})\)"
    r"|(?P<label>\d{1,3}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})(?P<end>[.)])"
    r")(?P<gap> *)"
)
_STARTS = pattern(rf" {{0,3}}(?:[-*+{DOTS}(\d]|[o§](?:\t| {{3}})|[A-Za-z]{{1,5}}[.)])")
_ROMAN = pattern(r"(x{0,3})(ix|iv|v?i{0,3})")
_TASK = pattern(r"\[([ xX])\] +(?=\S)")


class Marker(Struct, frozen=True):
    """``shape`` is what siblings share: "-" for a bullet, "N." "N)" "(N)" for the rest, with N standing for the label.

    ``width`` is where the text starts. ``label`` is as printed (``4``, ``b``, ``IV``), ``printed`` the whole marker.
    """

    indent: int
    shape: str
    label: str
    printed: str
    width: int
    tight: bool
    """Whether the text follows without a space."""

    def readings(self) -> list[tuple[str, int]]:
        """What the label may mean: (kind of numbering, value), the likelier first. Bullets mean nothing."""
        label = self.label
        if not label:
            return []
        if label.isdigit():
            return [("1", int(label))]
        found: list[tuple[str, int]] = []
        roman = roman_value(label.lower())
        if roman:
            found.append(("i" if label.islower() else "I", roman))
        if len(label) == 1:
            letter = ("a" if label.islower() else "A", ord(label.lower()) - 96)
            found.insert(0 if label.lower() in "vx" else len(found), letter)
        return found


def roman_value(label: str) -> int:
    """iv -> 4, up to 39; 0 for what is no Roman numeral."""
    match = _ROMAN.fullmatch(label)
    if not label or not match:
        return 0
    ones = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
    return 10 * len(match[1]) + ones[match[2]]


@lru_cache(maxsize=4096)
def read(line: str) -> Marker | None:
    """The marker a line begins with (up to three spaces before it), or None."""
    if not _STARTS.match(line):
        return None
    match = _MARK.match(line)
    if match is None:
        return None
    indent, gap, rest = len(match["indent"]), match["gap"], line[match.end() :]
    if match["bullet"]:
        shape = "-" if match["bullet"] in "-*+" else "•"
        return Marker(indent, shape, "", match["bullet"], match.end(), False)
    label = match["inner"] or match["label"]
    shape = "(N)" if match["inner"] else "N" + match["end"]
    tight = not gap and bool(rest)
    if tight and not _may_follow_tightly(label, shape, rest):
        return None
    return Marker(indent, shape, label, line[indent : match.end() - len(gap)], match.end(), tight)


def _may_follow_tightly(label: str, shape: str, rest: str) -> bool:
    """``1)Campaign`` and ``a)Campaign`` are markers; ``7.30``, ``e.g.`` and ``(s)he`` are not."""
    if shape == "N)" and label.isdigit():
        return rest[0].isalpha() or rest[0] in "\"'“‘£(*_[`"
    if not label.isdigit() and shape == "N.":
        return False
    return rest[0].isupper() and len(rest) > 1 and rest[1] != "." and (rest[1].islower() or rest[1] == " ")


_DASH = pattern(r" {0,3}(?P<dash>[–—])[ \t]+\S")


def dashes_as_bullets(lines: list[str]) -> list[str]:
    """Lines that begin with dashes, two or more at the beginning of a paragraph or under a colon -> with bullets. A
    dash alone goes on with a sentence, or says whose words stand above it (``— Name``)."""
    dashed = {at: match["dash"] for at, line in enumerate(lines) if (match := _DASH.match(line))}
    out = list(lines)
    before, fenced = "", False
    run: list[int] = []
    for at, line in enumerate(lines):
        text = line.strip()
        if text.startswith(("```", "~~~")):
            fenced = not fenced
        elif not text or fenced:
            before = before if fenced else ""
            continue
        if dashed.get(at, "") and ((run and dashed[run[-1]] == dashed[at]) or not before or before.endswith(":")):
            run = [*run, at] if run and dashed[run[-1]] == dashed[at] else [at]
            if len(run) > 1:
                for each in run:
                    out[each] = lines[each].replace(dashed[at], "-", 1)
        elif not before or not run:
            run = []
        before = text
    return out


def split_task(text: str) -> tuple[str, bool | None]:
    """``[x] Book the hall`` -> (``Book the hall``, True); None where there is no box to tick."""
    match = _TASK.match(text)
    return (text[match.end() :], match[1] != " ") if match else (text, None)
