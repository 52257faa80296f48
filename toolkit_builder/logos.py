"""The path and the bytes of a branch's logo in; its kind, or what keeps it from being printed, out.

A logo is a file of the project: a drawing (SVG) or a photograph (PNG, JPEG). It stands on paper, in Word documents and
inside pages that work without a network, so nothing of it may lie elsewhere, and it is small.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Collection
from posixpath import splitext
from xml.parsers import expat

from toolkit_builder import pictures
from toolkit_builder.patterns import pattern
from toolkit_builder.wording import nearest

KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
"""Ending -> media type of what a logo can be: what print, Word and every browser show."""

MOST_BYTES = 1_000_000
MOST_POINTS = 16_000_000
"""Bytes and points of the largest logo: it is printed at 5 centimetres, and lies in the file of its branch."""

Fault = tuple[str, str]
"""What is wrong, in one sentence, and what to do."""

_ELSEWHERE = pattern(r"[a-z][a-z0-9+.-]+:|//", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[A-Za-z]:|^~|\\")
_PUT = "put the picture into content/ and write its path below it, such as images/logo.svg"
_SMALLER = "save it smaller: 1000 points across are plenty"
_SAVE = "save it as SVG, PNG or JPEG"


def place(path: str) -> str:
    """The path below content/, however it is written."""
    return path.strip().lstrip("/")


def is_drawing(path: str) -> bool:
    return path.lower().endswith(".svg")


def kind(path: str) -> str:
    """The media type that a path's ending says; empty for what can be no logo."""
    return KINDS.get(splitext(path)[1].lower(), "")


def address(path: str, data: bytes) -> str:
    """A picture as an address that holds it: it is shown wherever its page goes."""
    return f"data:{kind(path) or 'image/' + splitext(path)[1][1:].lower()};base64,{b64encode(data).decode()}"


def misnamed(path: str, there: Collection[str]) -> Fault | None:
    """Why a path cannot lead to a logo. ``there``: the paths of all files of content/, as ``content/images/a.svg``."""
    if _ELSEWHERE.match(path.strip()) and not re.match(r"[A-Za-z]:[/\\]", path.strip()):
        return f"the picture '{_short(path)}' lies elsewhere, and documents are made without a network", _PUT
    if _OUTSIDE.search(path.strip()):
        return f"the picture '{_short(path)}' lies outside content/", _PUT
    if f"content/{place(path)}" not in there:
        known = [name.removeprefix("content/") for name in sorted(there) if kind(name)]
        near = nearest(place(path).removeprefix("content/"), known)
        hint = f"did you mean {near}?" if near else "write its path below content/, such as images/logo.svg"
        return f"there is no picture '{_short(path)}' in content/", hint
    if not kind(path):
        return f"'{_short(path)}' cannot be a logo, which is an SVG, a PNG or a JPEG", _SAVE
    return None


def unusable(path: str, data: bytes) -> Fault | None:
    """Why the bytes at a path cannot be a logo."""
    name = place(path)
    return too_large(name, len(data)) or (_drawing(name, data) if is_drawing(name) else _photograph(name, data))


def too_large(path: str, size: int) -> Fault | None:
    """Why a file of so many bytes cannot be a logo."""
    if size <= MOST_BYTES:
        return None
    said = f"{size / 1_000_000:.1f} MB" if size >= 1_050_000 else f"{size:,} bytes"
    return f"the logo '{place(path)}' is {said} large, and 1 MB is the most", _SMALLER


def _photograph(name: str, data: bytes) -> Fault | None:
    wanted = "PNG" if kind(name) == "image/png" else "JPEG"
    try:
        with pictures.opened(data) as picture:
            width, height = picture.size
            if picture.format not in {"PNG", "JPEG"}:  # one of them by the other's name is shown by everything
                return f"the logo '{name}' is a {picture.format} and no {wanted}, as its name says", _SAVE
            if width * height > MOST_POINTS:
                most = f"{MOST_POINTS // 1_000_000} million is the most"
                said = f"the logo '{name}' is {width} by {height} points, and {most}"
                return said, _SMALLER
            picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        return f"the logo '{name}' is no {wanted} that can be read", "open it and save it again"
    return None


# --- drawings --------------------------------------------------------------------------------------------

_LINK = pattern(r"url\(\s*['\"]?\s*(?!['\"]?\s*(?:#|data:))([^'\")]+)|@import\s+['\"]?([^'\";)]+)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*\+?(\d*\.?\d+)(?:e\d+)?\s*(?:px|pt|pc|mm|cm|in|q|em|ex|rem)?\s*", re.IGNORECASE)
_SHOWS = {"image", "use", "feimage", "tref", "lineargradient", "radialgradient", "pattern", "filter", "textpath"}


def _drawing(name: str, data: bytes) -> Fault | None:
    """A drawing must be read, run nothing, have a shape and be whole."""
    if found := pictures.drawing(data, name):
        return found[0].message.replace("this picture", f"the logo '{name}'", 1), found[0].hint
    root, elsewhere = _looked_through(data)
    if root[0] != "svg":
        return f"the logo '{name}' is no SVG, although its name says so", _SAVE
    if elsewhere:
        said = f"the logo '{name}' shows '{_short(elsewhere)}', which is not in it and would be missing"
        return said, "put everything into the drawing itself, or save it as a PNG"
    if not _has_shape(root[1]):
        said = f"the logo '{name}' says neither how wide it is nor how high"
        return said, 'give its <svg> a viewBox, such as viewBox="0 0 300 100"'
    return None


def _looked_through(data: bytes) -> tuple[tuple[str, dict[str, str]], str]:
    """The outermost element with its attributes, and the first address in it that leads elsewhere."""
    parser = expat.ParserCreate()
    root: list[tuple[str, dict[str, str]]] = []
    elsewhere: list[str] = []
    style: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2].lower()
        root.append((name, attributes)) if not root else None
        for key, value in attributes.items():
            shown = key.rpartition(":")[2].lower() == "href" and name in _SHOWS
            if shown and not value.strip().startswith(("#", "data:image/")):
                elsewhere.append(value)
            elsewhere.extend(one or other for one, other in _LINK.findall(value))
        if name == "style":
            style.append("")

    def text(words: str) -> None:
        if style:
            style[-1] += words

    def end(tag: str) -> None:
        if tag.rpartition(":")[2].lower() == "style" and style:
            elsewhere.extend(one or other for one, other in _LINK.findall(style.pop()))

    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, text, end
    parser.Parse(data, True)
    return root[0], next(iter(elsewhere), "")


def shape(path: str, data: bytes) -> tuple[float, float]:
    """How wide and how high a logo is, in units of its own. Raises ValueError for what ``unusable`` refuses."""
    if is_drawing(path):
        return _shape(_looked_through(data)[0][1])
    with pictures.opened(data) as picture:
        return float(picture.width), float(picture.height)


def _has_shape(root: dict[str, str]) -> bool:
    try:
        return min(_shape(root)) > 0
    except ValueError:
        return False


def _shape(root: dict[str, str]) -> tuple[float, float]:
    if box := root.get("viewBox", "").strip():
        _, _, width, height = map(float, re.split(r"[\s,]+", box))
        return width, height
    sides = [_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    if sides[0] is None or sides[1] is None:
        raise ValueError("no width or no height")
    return float(sides[0][1]), float(sides[1][1])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
