"""Words going in or out at a place of the source -> the exact edit that reads well there.

No double spaces, no missing ones, no doubled punctuation, no emphasis marks left open; nothing else is changed.
"""

from __future__ import annotations

import re

from msgspec import Struct

from toolkit_builder.motions.inline import emphasis
from toolkit_builder.motions.sentences import ends_sentence

_OPENING = "(\"“‘'[«£$€#"
_CLOSING = ".,;:!?)”’]»%…"
_MARKUP = "*_`"
_SENTENCE = re.compile(r"[A-Z“\"‘'(].*[.!?][”\"’')]*$", re.DOTALL)


class Cut(Struct, frozen=True):
    """A replacement of ``source[start:end]`` by ``new``."""

    start: int
    end: int
    new: str = ""


def is_sentence(text: str) -> bool:
    """A whole sentence of some length: a capital at the beginning, a stop at the end."""
    return _SENTENCE.match(text) is not None and len(text.split()) >= 4


def before_of(source: str, at: int, floor: int) -> str:
    """The last visible character before an offset, or nothing at the beginning of a block."""
    while at > floor and source[at - 1] in _MARKUP:
        at -= 1
    return source[at - 1] if at > floor else ""


def after_of(source: str, at: int, ceiling: int) -> str:
    """The next visible character after an offset, or nothing at the end of a block."""
    while at < ceiling and source[at] in _MARKUP:
        at += 1
    return source[at] if at < ceiling else ""


def needs_space(left: str, right: str) -> bool:
    """Whether a space belongs between two characters that now meet."""
    if not left or not right or left.isspace() or right.isspace():
        return False
    if right in _CLOSING and right not in "’'\"":
        return False
    if left in "([“‘«£$€/" or right in "/":
        return False
    return not (left in "-–—" and left == "-")


def _starts_open(text: str, floor_char: str) -> bool:
    """Whether text begins a word or a quotation (and so wants a space before it)."""
    first = text[0]
    if first.isalnum() or first in "(“‘«£$€[&*_`–—":
        return True
    if first in "\"'":
        return text[1:2] not in {"s", "t", ""} or floor_char == "" or text.count(first) > 1
    return first == "-" and text[1:2] == " "


def insert(source: str, at: int, text: str, floor: int, ceiling: int) -> Cut:
    """Words at an offset inside a block whose text is ``source[floor:ceiling]``."""
    left, right = before_of(source, at, floor), after_of(source, at, ceiling)
    text = _without_double(text, right, left)
    if not text:
        return Cut(at, at)
    apart = left and not left.isspace() and left not in "([“‘«/-" and not _opens(source, at, floor)
    lead = " " if apart and _starts_open(text, left) else ""
    wanted = right.isalnum() or right in "–—&" or (right in _OPENING and not _closes(source, at, ceiling, left))
    trail = " " if wanted and needs_space(text[-1], right) else ""
    if left.isspace() and not _starts_open(text, left):  # punctuation stands at the word before
        start = at
        while start > floor and source[start - 1].isspace():
            start -= 1
        gap = source[start:at]
        return Cut(start, at, text + (gap if right and not right.isspace() and right not in _CLOSING else ""))
    return Cut(at, at, lead + text + trail)


def _opens(source: str, at: int, floor: int) -> bool:
    """Whether a straight mark before an offset opens the quotation that the character after it belongs to."""
    while at > floor and source[at - 1] in _MARKUP:
        at -= 1
    ahead = before_of(source, at - 1, floor)
    return source[at - 1] in "\"'" and (not ahead or ahead.isspace() or ahead in "([“‘«")


def _closes(source: str, at: int, ceiling: int, left: str) -> bool:
    """Whether a straight mark after an offset closes the quotation that the character before it belongs to."""
    while at < ceiling and source[at] in _MARKUP:
        at += 1
    behind = after_of(source, at + 1, ceiling)
    return source[at] in "\"'" and bool(left) and not left.isspace() and left not in "([“‘«" and not behind.isalnum()


def continued(source: str, at: int, text: str, floor: int, ceiling: int) -> Cut:
    """Words after quoted words; where those end a sentence that the new words go on with, before its full stop."""
    goes_on = text[0] in ",–—" or (text[0].islower() and text[-1] not in ".!?")
    ends = source[at - 1 : at] == "." and (at == ceiling or ends_sentence(source[floor:at], source[at:ceiling]))
    if goes_on and ends and source[at - 2 : at - 1].isalnum():
        joined = text if text[0] == "," else f" {text}"
        return Cut(at - 1, at, joined + source[at - 1])
    return insert(source, at, text, floor, ceiling)


def _without_double(text: str, right: str, left: str) -> str:
    """Punctuation at the edges of the new words that stands there already, or that a stronger one makes idle."""
    while (
        text
        and right
        and (
            (text[-1] == right and right in ",;:.")
            or (text[-1] in ",;" and right in ".;:")
            or (len(text) > 1 and text[-1] == "." and right in ",;")
        )
    ):
        text = text[:-1].rstrip()
    if right and right in ".;:,!?)":
        text = text.rstrip(" –—") or text
    if text[:1] and text[0] == left and left in ",;:":
        text = text[1:].lstrip()
    return text


def delete(source: str, start: int, end: int, floor: int, ceiling: int) -> Cut:
    """Words out, with the space that would be left over."""
    start, end = _with_marks(source, start, end, floor, ceiling)
    if _ends_with_its_words(source, start, end, ceiling) and _goes_on(source, start, floor):
        end -= 1  # the sentence lost its end, not its full stop: another follows
    start, end, closing, opening = _with_open_marks(source, start, end, floor, ceiling)
    left, right = before_of(source, start, floor), after_of(source, end, ceiling)
    if not left:
        while end < ceiling and (source[end].isspace() or source[end] in ",;"):
            end += 1
    elif left.isspace() and (not right or right.isspace() or right in ".,;:!?)"):
        while start > floor and source[start - 1].isspace():
            start -= 1
        before = source[start - 1] if start > floor else ""
        if before and before in ",;" and ((right and right in ",;.") or (not right and before == ",")):  # an idle comma
            start -= 1
        elif before and before in ".!?" and right == ".":  # a sentence went, its full stop stayed
            end += 1
    elif right.isspace() and left in "([“‘":
        while end < ceiling and source[end].isspace():
            end += 1
    gap = source[end] if opening and end < ceiling and source[end].isspace() else ""
    return Cut(start, end + len(gap), closing + gap + opening)


def _ends_with_its_words(source: str, start: int, end: int, ceiling: int) -> bool:
    """Whether words go together with the end of their sentence; a full stop that goes by itself is meant to go."""
    removed = source[start:end]
    return any(char.isalnum() for char in removed) and ends_sentence(removed, source[end:ceiling])


def _goes_on(source: str, at: int, floor: int) -> bool:
    """Whether words of the same sentence stand before an offset."""
    before = source[floor:at].rstrip(" \n\t*_")
    return bool(before) and before.rstrip("”\"’')")[-1:] not in {".", "!", "?", ":", ";", ""}


def swap(source: str, start: int, end: int, text: str, floor: int, ceiling: int) -> Cut:
    """New words in the place of old ones."""
    start, end = _whole_marks(source, start, end)
    start, end, closing, opening = _with_open_marks(source, start, end, floor, ceiling)
    left, right = before_of(source, start, floor), after_of(source, end, ceiling)
    text = _without_double(text, right, left)
    if text and text[-1].isalnum() and _ends_with_its_words(source, start, end, ceiling):
        text += source[end - 1]
    if not text:
        return delete(source, start, end, floor, ceiling)
    lead = trail = ""
    if text[0] in ".,;:!?)" and left in {" ", "\n", ",", ";"}:
        while start > floor and source[start - 1].isspace():
            start -= 1
        if start > floor and source[start - 1] in ",;" and text[0] in ".;:":
            start -= 1  # a comma before the stop that now ends the sentence
    elif left and not left.isspace() and left not in "([“‘«/-" and _starts_open(text, left) and left not in "\"'*_":
        lead = " "
    if right and right.isalnum() and text[-1] not in "-/(":
        trail = " "
    while opening and end < ceiling and source[end].isspace():  # an opening mark stands at its word
        trail, end = trail + source[end], end + 1
    return Cut(start, end, lead + text + closing + trail + opening)


def append(source: str, end: int, text: str, floor: int, *, sentence: bool = False) -> Cut:
    """Words at the end of a block: a continuation goes before the closing punctuation, a new sentence after it."""
    stop = end
    while stop > floor and source[stop - 1] in _MARKUP:
        stop -= 1
    last = source[stop - 1] if stop > floor else ""
    goes_on = text[0] in ",;:–—-(" or text[0].islower()
    if goes_on and last and last in ".;," and not sentence:
        cut = stop - 1
        closing = "" if text[-1] in ".;,:!?" else last
        joined = text if text[0] in ",;:" else " " + text
        return Cut(cut, stop, joined + closing)
    at = end if last in ".;,:!?" or stop == end else stop
    lead = " " if last and text[0] not in ",;:.!?" else ""
    return Cut(at, at, lead + text)


def prepend(source: str, at: int, text: str) -> Cut:
    """Words at the beginning of a block."""
    return Cut(at, at, text + ("" if text[-1].isspace() else " "))


def _with_marks(source: str, start: int, end: int, floor: int, ceiling: int) -> tuple[int, int]:
    """Emphasis that held only the words that go, goes with them."""
    start, end = _whole_marks(source, start, end)
    while start > floor and end < ceiling and source[start - 1] in _MARKUP and source[end] == source[start - 1]:
        start, end = start - 1, end + 1
    pair = source[start - 1 : start] + source[end : end + 1] if start > floor and end < ceiling else ""
    if pair in {"“”", "‘’", '""', "()", "«»"}:  # empty quotation marks would be left
        start, end = start - 1, end + 1
    return start, end


def _whole_marks(source: str, start: int, end: int) -> tuple[int, int]:
    """A stretch never begins or ends inside a run of emphasis marks."""
    while start < end and source[start] in "*" and start > 0 and source[start - 1] == source[start]:
        start += 1
    return start, end


def _with_open_marks(source: str, start: int, end: int, floor: int, ceiling: int) -> tuple[int, int, str, str]:
    """A stretch that goes, and the emphasis marks in it that must stay since their partners do: the closing ones, then
    the opening ones. A mark whose partner stands right beside the stretch goes with it."""
    marks = emphasis(source, floor, ceiling)
    torn = [pair for pair in marks if (start <= pair.opening < end) != (start <= pair.closing < end)]
    while torn:
        if any(pair.opening + pair.size == start for pair in torn):
            start = next(pair.opening for pair in torn if pair.opening + pair.size == start)
        elif any(pair.closing == end for pair in torn):
            end = next(end + pair.size for pair in torn if pair.closing == end)
        else:
            break
        torn = [pair for pair in marks if (start <= pair.opening < end) != (start <= pair.closing < end)]
    closing = "".join(source[p.closing : p.closing + p.size] for p in torn if p.opening < start)
    opening = "".join(source[p.opening : p.opening + p.size] for p in torn if p.closing >= end)
    return start, end, closing, opening


def breaks_link(removed: str) -> bool:
    """Whether a stretch holds one end of a link or image only."""
    return removed.count("[") != removed.count("]") or removed.count("](") != len(re.findall(r"\]\([^)]*\)", removed))


def breaks_quotation(removed: str, new: str) -> bool:
    """Whether one mark of a pair would go and the other stay. Single marks may be apostrophes and do not count."""
    curly = removed.count("“") - removed.count("”") != new.count("“") - new.count("”")
    return curly or removed.count('"') % 2 != new.count('"') % 2


def stops_short(source: str, end: int, text: str, ceiling: int) -> bool:
    """Whether new words would put a full stop into the middle of a sentence."""
    rest = source[end:ceiling].lstrip(" \n\t*_”\"'’)")
    return (
        bool(rest)
        and rest[0].islower()
        and text.rstrip("”\"'’)*_")[-1:] in {"!", "?", "."}
        and ends_sentence(text, " A")
    )
