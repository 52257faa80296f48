"""Links of a rendered fragment and the lines of its source -> where each of them was written."""

from __future__ import annotations

import bisect
import html

from toolkit_builder.prose.model import Link


def located(found: list[tuple[str, str, bool]], lines: list[str], first_line: int) -> tuple[Link, ...]:
    """``found`` holds (target, text, is an image) in the order of the fragment, as its HTML has them."""
    if not found:
        return ()
    starts = [0]
    for each in lines:
        starts.append(starts[-1] + len(each) + 1)
    source = _Source("\n".join(lines))
    links: list[Link] = []
    for raw, text, image in found:
        target = html.unescape(raw)
        at = source.find(target)
        line = bisect.bisect_right(starts, at) - 1 if at >= 0 else -1
        number, column = (first_line + line, at - starts[line] + 1) if at >= 0 else (0, 0)
        links.append(Link(target, html.unescape(text), number, column, image))
    return tuple(links)


class _Source:
    """A source in which each target is looked for once for every link to it, from where it was found last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.next: dict[str, int] = {}  # spelling -> where to look next; -1: there are no more
        self.last: dict[str, int] = {}  # target -> where it was found last

    def find(self, target: str) -> int:
        """The next place where the target stands as a target; else the last one found; else where it stands at all."""
        for written in dict.fromkeys((target, target.removeprefix("mailto:"), target.removeprefix("https://"))):
            start = self.next.get(written, 0)
            if (at := self._linked(written, start)) >= 0:
                self.next[written] = at + len(written)
                self.last[target] = at
                return at
            at = self.text.find(written, start) if written and start >= 0 else -1
            while at > 0 and self.text[at - 1] not in "(<\"'=: \n[":
                at = self.text.find(written, at + 1)
            self.next[written] = at + len(written) if at >= 0 else -1
            if at >= 0:
                self.last[target] = at
                return at
        if target not in self.last:
            self.last[target] = self.text.find(target)
        return self.last[target]

    def _linked(self, written: str, start: int) -> int:
        """Where a target stands next between the marks of a link or an attribute, or -1."""
        if not written or start < 0:
            return -1
        found = []
        for mark in _MARKS:
            at = self.text.find(mark + written, start)
            while at >= 0 and self._after(at + len(mark) + len(written)) not in _ENDS:
                at = self.text.find(mark + written, at + 1)
            if at >= 0:
                found.append(at + len(mark))
        return min(found, default=-1)

    def _after(self, at: int) -> str:
        return self.text[at : at + 1]


_MARKS = ("](", "](<", '="', "='", "]: ")
_ENDS = (")", ">", '"', "'", " ", "\n", "")
