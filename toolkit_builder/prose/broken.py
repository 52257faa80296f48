"""Lines of a text -> what a PDF did to it: sentences broken over paragraphs, words split at a line's end."""

from __future__ import annotations

import re
from collections.abc import Callable

from toolkit_builder.diagnostics import Diagnostic, Severity
from toolkit_builder.patterns import pattern
from toolkit_builder.prose.context import tidy
from toolkit_builder.prose.markers import read

_STRUCTURE = pattern(r"\s*(?:[#>|:*+`~<\[{!]|-{2,}|[-–—•]\s|\d{1,3}[.)]|={2,})")
_SENTENCE_END = pattern(r"(?:[.!?…:;][\"'”’)\]*_]*|[\"”)\]*_])$")
_HYPHEN = pattern(r"[^\W\d_]{2,}[-\u00ad\u2010]$")
_OPEN_END = pattern(
    r"(?:,|\b(?:the|a|an|of|and|or|to|in|for|with|by|that|which|is|are|was|be|on|at|from|as|i\.e\.|e\.g\.))$",
    re.IGNORECASE,
)
# A letter's opening and close stand on lines of their own and end in a comma.
_GREETING = pattern(r"\s*(?:(?:Dear|Annwyl|Hello|Hi)\b[^!?]{0,80}|(?:Yours|In) \w+|Yn (?:gywir|bur|ddiffuant)),$")
_FENCE = pattern(r" {0,3}(`{3,}|~{3,})")


def broken_lines(source: str, path: str, first_line: int = 1, lang: str = "en-GB") -> list[Diagnostic]:
    """Warnings for places where a copied PDF broke a sentence in two paragraphs (P120), or a word (P121).

    A paragraph counts as broken when it ends without a full stop and the next starts with a small letter, or when
    it ends in a word that cannot end a sentence ("of the"); also where both are short lines in mid-sentence.
    """
    lines, context = tidy(source, path, first_line, lang)
    context.diagnostics.clear()
    skip = _in_code(lines)
    last = -1
    for index, line in enumerate(lines):
        text = line.rstrip()
        if not text or index in skip:
            continue
        if last >= 0:
            _compare(lines, last, index, context.report)
        last = -1 if _STRUCTURE.match(text) and read(text) is None else index
    return context.diagnostics


def _compare(lines: list[str], last: int, index: int, report: Callable[..., None]) -> None:
    """Look at two lines that follow each other, with or without blank lines between."""
    above, below = lines[last].rstrip(), lines[index].strip()
    if _STRUCTURE.match(below) or read(below) is not None:
        return
    if _HYPHEN.search(above) and below[:1].islower():
        whole = above.split()[-1].rstrip("-\u00ad\u2010") + below.split()[0]
        report(
            Severity.WARNING, "P121", f"a word is broken at the end of this line ('{_short(whole)}'?)", last,
            find=above.split()[-1], hint="join the two halves",
        )  # fmt: skip
        return
    if index == last + 1 or _GREETING.match(above) or (_SENTENCE_END.search(above) and not _OPEN_END.search(above)):
        return
    if below[:1].islower() or _OPEN_END.search(above):
        report(
            Severity.WARNING, "P120", "a sentence is broken off here and goes on in the next paragraph", last,
            find=above.split()[-1], hint="take out the blank line (texts copied from a PDF often break so)",
        )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _in_code(lines: list[str]) -> set[int]:
    inside: set[int] = set()
    fence = ""
    for index, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark or fence:
            inside.add(index)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1][:3]
    return inside
