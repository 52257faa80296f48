"""A laid-out document in; pictures too coarse for the size they are printed at out.

The effective resolution is the picture's pixels over its printed inches, the worse of the two directions. Drawings
have none, and pictures set to ``image-rendering: pixelated`` (QR codes) are meant to be enlarged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics import Diagnostic, Span, error, warning
from .fetch import shown
from .layout import boxes_of, kind

_INCH = 96.0  # CSS pixels


def placed(laid_out: Any) -> Iterator[tuple[int, str, float]]:
    """Page (from 1), name and effective dpi of every placed photograph."""
    for number, page in enumerate(laid_out.pages, 1):
        for box in boxes_of(page):
            if box.style["image_rendering"] in {"pixelated", "crisp-edges"}:
                continue
            if kind(box).endswith("ReplacedBox"):
                source = (box.element.get("src") if box.element is not None else None) or "a picture"
                yield from _measured(number, source, box.replacement, _drawn_size(box))
            for layer in getattr(getattr(box, "background", None), "layers", ()):
                if layer.image is not None and getattr(layer, "size", None):
                    yield from _measured(number, "a background picture", layer.image, layer.size)


def _drawn_size(box: Any) -> tuple[float, float]:
    """The size of the whole picture in CSS pixels, of which ``object-fit: cover`` may show a part."""
    picture = box.replacement
    across, down = getattr(picture, "width", 0), getattr(picture, "height", 0)
    fit = box.style["object_fit"]
    if not across or not down or fit == "fill":
        return box.width, box.height
    scales = (box.width / across, box.height / down)
    scale = max(scales) if fit == "cover" else min(scales)
    return across * scale, down * scale


def _measured(number: int, name: str, picture: Any, size: tuple[Any, Any]) -> Iterator[tuple[int, str, float]]:
    if type(picture).__name__ != "RasterImage":
        return
    width, height = size
    if isinstance(width, int | float) and isinstance(height, int | float) and width > 0 and height > 0:
        yield number, name, min(picture.width / width, picture.height / height) * _INCH


def diagnostics(laid_out: Any, minimum: int, span: Span) -> list[Diagnostic]:
    """A warning below ``minimum`` dpi, an error below half of it; the coarsest use of each picture."""
    worst: dict[str, tuple[float, int]] = {}
    for page, name, dpi in placed(laid_out):
        if dpi < min(minimum, worst.get(name, (minimum, 0))[0]):
            worst[name] = dpi, page
    found = []
    for name, (dpi, page) in worst.items():
        report = error if dpi < minimum / 2 else warning
        text = f"the picture '{shown(name)}' on page {page} prints at {dpi:.0f} dpi, less than {minimum}"
        found.append(report("Q141", text, span, hint="use a larger picture, or print it smaller"))
    return found
