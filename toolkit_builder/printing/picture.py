"""A PDF in, its pages as PNG pictures out: for golden pictures, thumbnails and looking."""

from __future__ import annotations

import io


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
