"""Photographs are published without what they say of the photographer; other pictures byte for byte."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.driver import SiteTest
from toolkit_builder import pictures

ABOUT = "---\ntitle: About\n---\n\n![A square](images/p.jpg)\n"


def _picture(kind: str, *, orientation: int = 0, gps: bool = False, xmp: bool = False) -> bytes:
    image = Image.new("RGB", (40, 20), (200, 30, 30))
    image.paste((20, 20, 200), (0, 0, 20, 10))  # blue at the top left
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if gps:
        exif[0x010F] = "Secret Telephone"
        exif.get_ifd(0x8825)[2] = (51.0, 30.0, 12.5)
    more: dict[str, object] = {"exif": exif.tobytes()} if orientation or gps else {}
    if xmp:
        more["xmp"] = b"<x:xmpmeta>Secret Place</x:xmpmeta>"
    if kind == "PNG" and xmp:
        more.pop("xmp")
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", "Secret Place")
        info.add_text("Title", "A square")
        more["pnginfo"] = info
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def _pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_without_metadata_not_a_byte_changes(kind: str) -> None:
    data = _picture(kind)
    assert pictures.published(data, "p") == (data, [])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [0, 1])
def test_metadata_goes_and_the_points_stay(kind: str, orientation: int) -> None:
    data = _picture(kind, orientation=orientation, gps=True, xmp=True)
    assert b"Secret" in data
    cleaned, found = pictures.published(data, "p")
    assert found == []
    assert b"Secret" not in cleaned
    assert b"Exif" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert not picture.getexif()
    assert _pixels(cleaned) == _pixels(data)
    assert pictures.published(cleaned, "p") == (cleaned, [])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(("orientation", "corner"), [(3, (39, 19)), (6, (19, 0)), (8, (0, 39))])
def test_a_picture_that_lies_on_its_side_is_turned(kind: str, orientation: int, corner: tuple[int, int]) -> None:
    cleaned, _ = pictures.published(_picture(kind, orientation=orientation, gps=True), "p")
    assert b"Secret" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert not picture.getexif()
        red, _, blue = picture.convert("RGB").getpixel(corner)
    assert blue > red
    assert cleaned == pictures.published(_picture(kind, orientation=orientation, gps=True), "p")[0]


def test_pictures_behind_a_picture_go_too() -> None:
    with_place = _picture("JPEG", gps=True)
    data = _picture("JPEG", xmp=True) + with_place  # a "motion photo": a second file behind the end of the first
    cleaned, _ = pictures.published(data, "p")
    assert b"Secret" not in cleaned
    assert _pixels(cleaned) == _pixels(data)


def test_a_progressive_jpeg_with_a_colour_profile_keeps_it() -> None:
    image, out = Image.effect_noise((64, 64), 50).convert("RGB"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret Telephone"
    image.save(out, "JPEG", progressive=True, icc_profile=b"profile" * 9, exif=exif.tobytes(), quality=90)
    cleaned, _ = pictures.published(out.getvalue(), "p")
    assert _pixels(cleaned) == _pixels(out.getvalue())
    with Image.open(io.BytesIO(cleaned)) as picture:
        assert picture.info["icc_profile"] == b"profile" * 9
    assert b"Secret" not in cleaned


def test_other_words_of_a_png_stay() -> None:
    assert b"A square" in pictures.published(_picture("PNG", xmp=True), "p")[0]


@pytest.mark.parametrize("cut", [3, 30, 200])
def test_a_picture_cut_short_is_reported_where_it_might_keep_a_secret(cut: int) -> None:
    data = _picture("JPEG", gps=True)[:-cut] if cut > 30 else _picture("JPEG", gps=True)[:cut]
    _, found = pictures.published(data, "content/p.jpg")
    assert [d.code for d in found] == ["S209"]


def _bomb() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_of_billions_of_points_is_refused_and_never_unpacked() -> None:
    _, found = pictures.published(_bomb(), "content/p.png")
    assert [d.code for d in found] == ["S210"]
    assert "60000 by 60000" in found[0].message


def test_the_published_site_holds_no_place(site: SiteTest) -> None:
    plain = _picture("JPEG")
    site.content(**{"about.md": ABOUT, "images/p.jpg": _picture("JPEG", gps=True), "images/q.jpg": plain}).build()
    assert all(b"Secret" not in data for data in site.tree().values())
    assert (site.output / "images/q.jpg").read_bytes() == plain


def test_a_bomb_among_the_pictures_stops_the_build_with_its_name(site: SiteTest) -> None:
    site.content(**{"about.md": ABOUT, "images/p.jpg": _picture("JPEG"), "images/q.png": _bomb()}).attempt()
    assert not site.report.published
    assert "content/images/q.png: error[S210]" in site.problems
