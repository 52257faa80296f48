"""A rendered fragment -> the one text in which mentions are looked for, with the way back to each place in it."""

from __future__ import annotations

import bisect
import re

from msgspec import Struct

from toolkit_builder.prose.plain import BLOCK, NAME, TAG

_NO_LINKS = frozenset({"a", "code", "pre", "kbd", "samp", "button", "script", "style"})
EDGE = "\ue000"  # a block's edge: no wording reaches across it
_HOLE = "\ufffc"  # something that is not read (a link, code)


class Text(Struct):
    """The readable text of a fragment with, for each stretch, where it starts in the text and in the fragment."""

    flat: str
    starts: list[int]
    places: list[int]

    def place(self, at: int) -> int:
        """Where the character ``at`` of the text stands in the fragment."""
        stretch = bisect.bisect_right(self.starts, at) - 1
        return self.places[stretch] + at - self.starts[stretch]

    def together(self, start: int, end: int) -> bool:
        """Whether no tag stands between two places of the text."""
        return bisect.bisect_right(self.starts, start) == bisect.bisect_right(self.starts, end - 1)


def read(fragment: str) -> Text:
    flat: list[str] = []
    starts, places = [0], [0]
    length = place = 0
    closed: list[str] = []  # elements that are not read, and everything opened inside the first of them
    for position, piece in enumerate(TAG.split(fragment)):
        if position % 2 == 0:
            if piece and not closed:
                starts.append(length)
                places.append(place)
                flat.append(piece)
                length += len(piece)
        else:
            match = NAME.match(piece)
            name = match[1].lower() if match else ""
            mark = EDGE if name in BLOCK else ""
            if closed:
                _track(closed, name, piece)
                mark = mark or ("" if closed else _HOLE)
            elif piece[1] != "/" and (name in _NO_LINKS or _is_other_papers(piece)):
                closed.append(name)
            if mark:
                starts.append(length)
                places.append(place)
                flat.append(mark)
                length += 1
        place += len(piece)
    return Text("".join(flat), starts, places)


def _track(closed: list[str], name: str, tag: str) -> None:
    """Follow the nesting of the element that is not read, by its own name: sanitised fragments are balanced."""
    if name == closed[0]:
        if tag[1] == "/":
            closed.pop()
        else:
            closed.append(name)


def _is_other_papers(tag: str) -> bool:
    match = re.search(r' class="([^"]*)"', tag)
    return bool(match and "other-papers" in match[1].split())
