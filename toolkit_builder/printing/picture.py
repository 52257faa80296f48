"""A PDF in, its pages as PNG pictures out: for golden pictures, thumbnails and looking."""

from __future__ import annotations

import io

from PIL import Image, ImageChops


def pages(pdf: bytes, dpi: float = 72, *, only: range | None = None) -> list[bytes]:
    """Each page (or those of ``only``, from 0) as PNG, ``dpi`` pixels an inch. The same PDF gives the same bytes."""
    import pypdfium2

    pictures = []
    with pypdfium2.PdfDocument(pdf) as opened:
        for index in only if only is not None else range(len(opened)):
            page = opened[index]
            bitmap = page.render(scale=dpi / 72)
            picture = bitmap.to_pil().convert("RGB")
            out = io.BytesIO()
            picture.save(out, "PNG", compress_level=9)
            pictures.append(out.getvalue())
            bitmap.close()
            page.close()
    return pictures


def difference(one: bytes, two: bytes, *, tolerance: int = 48) -> float:
    """The share of pixels (0 to 1) that two PNG pictures differ in by more than ``tolerance``; 1 for other sizes.

    For golden pictures: another FreeType smooths edges a little differently, and no page changes by a hair.
    """
    with Image.open(io.BytesIO(one)) as first, Image.open(io.BytesIO(two)) as second:
        if first.size != second.size:
            return 1.0
        plates = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).split()
        strongest = ImageChops.lighter(ImageChops.lighter(plates[0], plates[1]), plates[2])
        return sum(strongest.histogram()[tolerance + 1 :]) / (first.width * first.height)
