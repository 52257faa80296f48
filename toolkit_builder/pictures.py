"""A picture's bytes as they lie in content/ come in; the bytes to publish go out: nothing private, nothing that runs.

Where a photograph says where, when and with whose telephone it was taken, that is left out (Exif, XMP, IPTC, and
pictures behind the picture), and it is turned the way up that it was shown. Any other stays byte for byte as it is.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.parsers import expat

from toolkit_builder.diagnostics import Diagnostic, Span, error

if TYPE_CHECKING:
    from PIL import Image

MOST_POINTS = 100_000_000
"""Points of the largest picture: what a reader's computer can still show."""

PHOTOGRAPHS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
"""Endings of the pictures that are made of points."""

_QUALITY = 92
_ORIENTATION = 0x0112
_MARKERS = {0xE1, 0xED}  # APP1: Exif and XMP; APP13: IPTC
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_PNG = b"\x89PNG\r\n\x1a\n"
_PROFILES = (b"Raw profile type ", b"XML:com.adobe.xmp\0")
_BEHIND = {b"eXIf", b"tIME"}


def published(data: bytes, path: str) -> tuple[bytes, list[Diagnostic]]:
    """The bytes to publish for the photograph at ``path``, and what is wrong with it."""
    if found := _too_many_points(data, path):
        return data, found
    for begins, strip in _KINDS.items():
        if data.startswith(begins):
            try:
                return strip(data), []
            except (ValueError, struct.error, IndexError, OSError, SyntaxError):
                return data, [
                    error(
                        "S209", "this picture cannot be read to its end", Span(path), hint="open it and save it again"
                    )
                ]
    return data, []


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """A picture, of any size, that is refused where half of it is missing. Raises OSError, ValueError, SyntaxError.

    Opening reads the head only, and the limit of its size is ours; the print engine lets halves pass, everywhere.
    """
    from PIL import Image, ImageFile

    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
    try:
        with Image.open(io.BytesIO(data)) as picture:
            yield picture
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_many_points(data: bytes, path: str) -> list[Diagnostic]:
    try:
        with opened(data) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError):
        return []  # no picture that is known here: published as it is
    if width * height <= MOST_POINTS:
        return []
    most = f"{MOST_POINTS // 1_000_000} million is the most"
    return [
        error(
            "S210",
            f"this picture is {width} by {height} points, and {most}",
            Span(path),
            hint="make it smaller: 2000 points across are plenty for a page",
        )
    ]


# --- JPEG ------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> bytes:
    """Without the segments that hold metadata, and without what follows the end; turned if they ask for it."""
    kept, private = [b"\xff\xd8"], False
    for marker, piece in _segments(data):
        behind = marker == 0xE2 and piece[4:8] == b"MPF\0"  # says where the pictures behind this one begin
        if marker in _MARKERS or behind:
            private = True
        else:
            kept.append(piece)
    if not private:
        return data
    bare = b"".join(kept)
    return _turned(data, "JPEG") or bare


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment with its marker, up to the end of the picture; compressed data goes with the segment before it."""
    at = 2
    while True:
        start = at
        while data[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = data[at + 1]
        if data[at] != 0xFF or marker == 0:
            raise ValueError("no marker where one belongs")
        if marker == 0xD9:
            yield marker, data[start : at + 2]
            return
        at += 2
        if marker not in _ALONE:
            at += struct.unpack_from(">H", data, at)[0]
        if marker == 0xDA:
            at = _end_of_scan(data, at)
        yield marker, data[start:at]


def _end_of_scan(data: bytes, at: int) -> int:
    while True:
        at = data.index(b"\xff", at)
        following = data[at + 1]
        if following != 0 and following != 0xFF and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2


# --- PNG and WebP ----------------------------------------------------------------------------------------


def _png(data: bytes) -> bytes:
    """Without the chunks that hold metadata, and without what follows the end."""
    kept, private, at = [_PNG], False, len(_PNG)
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length or struct.unpack(">I", chunk[-4:])[0] != zlib.crc32(chunk[4:-4]):
            raise ValueError("a chunk is damaged")
        at += 12 + length
        if name in _BEHIND or (name in {b"tEXt", b"zTXt", b"iTXt"} and chunk[8:].startswith(_PROFILES)):
            private = True
        else:
            kept.append(chunk)
        if name == b"IEND":
            break
    if not private:
        return data
    return _turned(data, "PNG") or b"".join(kept)


def _webp(data: bytes) -> bytes:
    """Without the chunks Exif and XMP, and without the head's word that they are there."""
    if data[8:12] != b"WEBP":
        return data
    kept, private, at = [], False, 12
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        size = 8 + length + length % 2
        if at + 8 + length > len(data):
            raise ValueError("a chunk is damaged")
        if name in {b"EXIF", b"XMP "}:
            private = True
        else:
            kept.append(bytearray(data[at : at + size]))
        at += size
    if not private:
        return data
    if kept and kept[0][:4] == b"VP8X":
        kept[0][8] &= ~0x0C
    body = b"WEBP" + b"".join(kept)
    return _turned(data, "WEBP") or b"RIFF" + struct.pack("<I", len(body)) + body


def _turned(data: bytes, kind: str) -> bytes:
    """The picture, set down anew as it is shown; empty where it is the right way up already."""
    from PIL import ImageOps

    with opened(data) as picture:
        if picture.getexif().get(_ORIENTATION, 1) not in range(2, 9):
            return b""
        upright = ImageOps.exif_transpose(picture)
        profile = picture.info.get("icc_profile")
    upright.info.pop("exif", None)
    upright.info.pop("xmp", None)
    out = io.BytesIO()
    more = {"quality": _QUALITY} if kind != "PNG" else {}
    upright.save(out, kind, **more, **({"icc_profile": profile} if profile else {}))
    return out.getvalue()


_KINDS: dict[bytes, Callable[[bytes], bytes]] = {b"\xff\xd8\xff": _jpeg, _PNG: _png, b"RIFF": _webp}


# --- SVG -------------------------------------------------------------------------------------------------

_RUNS = {"script", "foreignobject", "iframe", "embed", "object", "handler", "listener"}


class _Unwanted(Exception):
    """What there is in a drawing that does not belong in one."""


def drawing(data: bytes, path: str) -> list[Diagnostic]:
    """Nothing in a drawing may run: whoever opens it by itself opens it as a page of the union's site."""
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2].lower()
        if name in _RUNS:
            raise _Unwanted(f"<{tag}>")
        for key, value in attributes.items():
            bare = "".join(value.split()).lower()
            if key.lower().startswith("on") or "javascript:" in bare or "vbscript:" in bare or "data:text" in bare:
                raise _Unwanted(f'{key}="{value[:40]}"')

    def entity(name: str, *rest: object) -> None:
        raise _Unwanted(f"the entity '{name}'")

    def instruction(target: str, rest: str) -> None:
        raise _Unwanted(f"<?{target} ...?>")

    parser.StartElementHandler = start
    parser.EntityDeclHandler = entity
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(data, True)
    except _Unwanted as what:
        return [
            error(
                "S208",
                f"this picture has {what} in it, which could run on the reader's computer",
                Span(path),
                hint="save it as a plain SVG (without scripts), or as a PNG",
            )
        ]
    except expat.ExpatError as problem:
        return [
            error(
                "S208",
                f"this picture is no SVG that can be read: {expat.ErrorString(problem.code)} in line {problem.lineno}",
                Span(path),
                hint="save it again as a plain SVG, or as a PNG",
            )
        ]
    return []
