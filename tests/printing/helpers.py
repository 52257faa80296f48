"""What the print tests ask of a PDF."""

from __future__ import annotations

import io
from pathlib import Path

import page
import pikepdf
from PIL import Image

from toolkit_builder.diagnostics import Diagnostic


def codes(found: list[Diagnostic]) -> list[str]:
    return [item.code for item in found]


def unpacked(pdf: bytes) -> bytes:
    """The PDF with every stream and object readable."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def ua_failures(pdf: bytes, folder: Path) -> list[str]:
    """The PDF/UA-1 rules that a file breaks."""
    file = folder / "checked.pdf"
    file.write_bytes(pdf)
    result = page.validate_pdf(str(file), profile=page.ValidationProfile.PDF_UA_1)
    return [] if result.is_compliant else [failure.rule_id for failure in result.failures]


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "crimson").save(out, "PNG")
    return out.getvalue()
