"""The rows of a run in; ZIPs by branch and by template, and pages of thumbnails, out.

What is made of which documents comes first, as plain values: what was made of the same ones before is not made again.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from toolkit_builder.build.workers import shared_value
from toolkit_builder.formats.files import archive
from toolkit_builder.localise.batch import Row

_ACROSS, _DOWN = 6, 5
_CELL, _HEAD = (200, 283), 34


class Beside(Struct, frozen=True):
    """A file that lies beside the documents: its path, and the paths of the documents that it is made of, in order."""

    path: str
    files: tuple[str, ...]

    @property
    def is_archive(self) -> bool:
        return self.path.endswith(".zip")


def zips(rows: Sequence[Row]) -> list[Beside]:
    """``zip/by-branch/aldermoor.zip`` and ``zip/by-template/leaflet-a5.zip``: the same bytes from the same files."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        for name in row.files:
            groups.setdefault(f"zip/by-branch/{name.partition('/')[0]}.zip", []).append(name)
            groups.setdefault(f"zip/by-template/{row.template}.zip", []).append(name)
    return [Beside(path, tuple(files)) for path, files in sorted(groups.items())]


def contact_sheets(rows: Sequence[Row]) -> list[Beside]:
    """``contact-sheets/001.png``: the first page of each PDF, 30 to a sheet, with its name below."""
    listed = [name for row in rows for name in row.files if name.endswith(".pdf")]
    pages = [tuple(listed[i : i + _ACROSS * _DOWN]) for i in range(0, len(listed), _ACROSS * _DOWN)]
    return [Beside(f"contact-sheets/{n:03}.png", page) for n, page in enumerate(pages, 1)]


def render(handed: Path | None, beside: Beside) -> bytes:
    """The bytes of a file beside the documents of the folder ``handed``. Raises OSError."""
    out: Path = shared_value(handed)
    if beside.is_archive:
        return archive({"entries": [(name, (out / name).read_bytes()) for name in sorted(beside.files)]})
    return _contact_sheet(out, beside.files)


def _contact_sheet(out: Path, names: Sequence[str]) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    down = -(-len(names) // _ACROSS)
    width, height = _CELL[0] + 20, _CELL[1] + _HEAD + 16
    sheet = Image.new("RGB", (_ACROSS * width + 20, down * height + 20), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for name, (left, top) in zip(names, _places(width, height), strict=False):
        thumbnail = _thumbnail((out / name).read_bytes())
        x = left + (_CELL[0] - thumbnail.width) // 2
        y = top + _CELL[1] - thumbnail.height
        sheet.paste(thumbnail, (x, y))
        draw.rectangle((x - 1, y - 1, x + thumbnail.width, y + thumbnail.height), outline="#888888")
        for n, part in enumerate(name.removesuffix(".pdf").split("/")):
            draw.text((left, top + _CELL[1] + 4 + 15 * n), part[:30], fill="black", font=font)
    made = io.BytesIO()
    sheet.save(made, "PNG", compress_level=6)
    return made.getvalue()


def _places(width: int, height: int) -> Iterator[tuple[int, int]]:
    return ((20 + column * width, 14 + row * height) for row in range(_DOWN) for column in range(_ACROSS))


def _thumbnail(pdf: bytes):  # type: ignore[no-untyped-def]  # Pillow's image, which is imported late
    from PIL import Image

    from toolkit_builder.printing import picture

    first = Image.open(io.BytesIO(picture.pages(pdf, 40, only=range(1))[0]))
    first.thumbnail(_CELL)
    return first
