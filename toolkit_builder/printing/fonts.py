"""Font files in; digits for line numbers out."""

from __future__ import annotations

import io

import pikepdf
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from pikepdf import Array, Dictionary, Name


def opened(data: bytes) -> TTFont:
    """A font file (TTF, OTF, WOFF, WOFF2, the first of a collection), which will not be stamped with the time."""
    return TTFont(io.BytesIO(data), fontNumber=0, recalcTimestamp=False, lazy=True)


class Digits:
    """The ten digits of a font, ready to be embedded in a PDF."""

    def __init__(self, data: bytes) -> None:
        font = opened(data)
        worker = subset.Subsetter(subset.Options(hinting=False, layout_features=[], notdef_outline=True))
        worker.populate(text="0123456789")
        worker.subset(font)
        if "fvar" in font:
            axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
            font = instantiateVariableFont(font, axes, static=True)
        font.flavor = None
        out = io.BytesIO()
        font.save(out)
        self._data = out.getvalue()
        self._curves = "CFF " in font
        scale = font["head"].unitsPerEm
        table = font.getBestCmap()
        glyphs = [table[ord("0") + digit] for digit in range(10)]
        self._ids = [font.getGlyphID(glyph) for glyph in glyphs]
        self._widths = [font["hmtx"][glyph][0] * 1000 / scale for glyph in glyphs]

    def width(self, number: str) -> float:
        """How wide a number is, in ems."""
        return float(sum(self._widths[int(digit)] for digit in number)) / 1000

    def shown(self, number: str) -> str:
        """The operand that shows a number: glyph ids as a hexadecimal string."""
        return "<" + "".join(f"{self._ids[int(digit)]:04x}" for digit in number) + ">"

    def embed(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """Add the font to a PDF and return its dictionary."""
        name = Name("/LINENO+Digits")
        stream = pdf.make_stream(self._data)
        if self._curves:
            stream.Subtype = Name.OpenType
        else:
            stream.Length1 = len(self._data)
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=Array([0, -250, 1000, 950]),
            ItalicAngle=0,
            Ascent=950,
            Descent=-250,
            CapHeight=700,
            StemV=80,
        )
        descriptor[Name.FontFile3 if self._curves else Name.FontFile2] = stream
        order = sorted(range(10), key=lambda digit: self._ids[digit])
        widths = Array()
        for digit in order:
            widths.extend([self._ids[digit], Array([round(self._widths[digit], 3)])])
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType0 if self._curves else Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            FontDescriptor=pdf.make_indirect(descriptor),
            W=widths,
        )
        if not self._curves:
            descendant.CIDToGIDMap = Name.Identity
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([pdf.make_indirect(descendant)]),
                ToUnicode=pdf.make_stream(self._to_unicode()),
            )
        )

    def _to_unicode(self) -> bytes:
        pairs = "\n".join(f"<{glyph:04x}> <{ord('0') + digit:04x}>" for digit, glyph in enumerate(self._ids))
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            f"10 beginbfchar\n{pairs}\nendbfchar\n"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()
