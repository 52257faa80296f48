"""The HTML of a paragraph -> a figure, where the paragraph is a picture and its caption."""

from __future__ import annotations

import re

_FIGURE = re.compile(r"\s*<img [^<>]*>\s*", re.DOTALL)
_TITLE = re.compile(r' title="([^"]*)"')


def figure(html: str) -> str:
    """A picture alone in its paragraph, with a title or a line under it: a figure with a caption; else ""."""
    match = _FIGURE.match(html)
    if not match:
        return ""
    image, caption = match.group().strip(), html[match.end() :]
    newline = "\n" in html[: match.end()].rstrip(" ")[len(match.group().rstrip()) :] or not caption
    title = _TITLE.search(image)
    if caption and not newline:
        return ""
    if not caption and title:
        caption = title[1]
        image = image.replace(title.group(), "", 1)
    if not caption:
        return f"<figure>{image}</figure>"
    return f"<figure>\n{image}\n<figcaption>{caption.strip()}</figcaption>\n</figure>"
