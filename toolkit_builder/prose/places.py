"""Links of a rendered fragment and the lines of its source -> where each of them was written."""

from __future__ import annotations

import bisect
import html

from toolkit_builder.prose.model import Link


def located(found: list[tuple[str, str, bool]], lines: list[str], first_line: int) -> tuple[Link, ...]:
    """``found`` holds (target, text, is an image) in the order of the fragment, as its HTML has them."""
    if not found:
        return ()
    source = "\n".join(lines)
    starts = [0]
    for each in lines:
        starts.append(starts[-1] + len(each) + 1)
    cursors: dict[str, int] = {}
    links: list[Link] = []
    for raw, text, image in found:
        target = html.unescape(raw)
        at = _find(source, target, cursors)
        line = bisect.bisect_right(starts, at) - 1 if at >= 0 else -1
        number, column = (first_line + line, at - starts[line] + 1) if at >= 0 else (0, 0)
        links.append(Link(target, html.unescape(text), number, column, image))
    return tuple(links)


def _find(source: str, target: str, cursors: dict[str, int]) -> int:
    """The next place where the target stands as a target; else the last one found; else where it stands at all."""
    start = cursors.get(target, 0)
    for written in dict.fromkeys((target, target.removeprefix("mailto:"), target.removeprefix("https://"))):
        at = source.find(written, start)
        while at > 0 and source[at - 1] not in "(<\"'=: \n[":
            at = source.find(written, at + 1)
        if at >= 0 and written:
            cursors[target] = at + len(written)
            cursors["@" + target] = at
            return at
    return cursors.get("@" + target, source.find(target))
