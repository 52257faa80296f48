"""Upstream variable fonts in; the theme's own fonts out: subsets for the web (WOFF2) and for print (TTF).

    python themes/default/fonts/make.py [--arabic FOLDER]

Reads the PyPI packages ``fontpkg-source-sans-3`` and ``fontpkg-source-serif-4`` and, with ``--arabic``, the Noto
fonts of Debian's ``fonts-noto-core``. All are under the SIL Open Font License 1.1 (see ``OFL-*.txt`` here). "Source"
is a reserved name, so what is changed here is renamed. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import importlib.util
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).resolve().parent
WEB = HERE.parent / "assets" / "fonts"
PRINT = HERE.parent / "print" / "fonts"

# Latin-1, Latin Extended-A (Welsh, Polish ...), the other Welsh accents, Romanian, combining accents,
# typographic spaces and punctuation, euro, numero, arrows, mathematical signs and marks.
LATIN = (
    "20-7E,A0-17F,192,218-21B,1E80-1E85,1EF2-1EF3,1E9E,2C6,2C7,2D8-2DD,300-304,306-308,30A-30C,323,326-328,"
    "2002,2003,2007-2015,2018-201E,2020-2022,2026,202F,2030,2032,2033,2039,203A,2044,2060,2070,2074-2079,20AC,2116,"
    "2122,2153,2154,215B-215E,2190-2193,2196-2199,2212,2215,221E,2248,2260,2264,2265,2023,25A0,25A1,25AA,25AB,25B6,25BA,25C6,25CB,25CF,25E6,2610,2611,2713,2714,2717"
)
ARABIC = "20-2F,3A-40,5B-60,7B-7E,A0,AB,BB,600-6FF,750-77F,FB50-FDFF,FE70-FEFC,200C-200F,2010-2014,2018-201D,2026,25CC"
FEATURES = [
    "kern",
    "liga",
    "calt",
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "lnum",
    "tnum",
    "onum",
    "pnum",
    "case",
    "sups",
    "frac",
    "numr",
    "dnom",
]

VARIABLE = {
    # file: (package, upstream file, family, axes kept)
    "toolkit-sans": ("fontpkg_source_sans_3", "SourceSans3[wght].ttf", "Toolkit Sans", {"wght": (400, 800)}),
    "toolkit-serif": (
        "fontpkg_source_serif_4",
        "SourceSerif4[opsz,wght].ttf",
        "Toolkit Serif",
        {"wght": (400, 800), "opsz": 22},
    ),
    "toolkit-serif-italic": (
        "fontpkg_source_serif_4",
        "SourceSerif4-Italic[opsz,wght].ttf",
        "Toolkit Serif",
        {"wght": 400, "opsz": 18},
    ),
}
SANS, SERIF = "fontpkg_source_sans_3", "fontpkg_source_serif_4"
DISPLAY = "Toolkit Serif Display"
STATIC = {
    # file: (package, upstream file, family, weight, italic, other axes)
    "ToolkitSans-Regular": (SANS, "SourceSans3[wght].ttf", "Toolkit Sans", 400, False, {}),
    "ToolkitSans-Semibold": (SANS, "SourceSans3[wght].ttf", "Toolkit Sans", 600, False, {}),
    "ToolkitSans-Bold": (SANS, "SourceSans3[wght].ttf", "Toolkit Sans", 700, False, {}),
    "ToolkitSans-Black": (SANS, "SourceSans3[wght].ttf", "Toolkit Sans", 900, False, {}),
    "ToolkitSans-Italic": (SANS, "SourceSans3-Italic[wght].ttf", "Toolkit Sans", 400, True, {}),
    "ToolkitSans-BoldItalic": (SANS, "SourceSans3-Italic[wght].ttf", "Toolkit Sans", 700, True, {}),
    "ToolkitSerif-Regular": (SERIF, "SourceSerif4[opsz,wght].ttf", "Toolkit Serif", 400, False, {"opsz": 11}),
    "ToolkitSerif-Bold": (SERIF, "SourceSerif4[opsz,wght].ttf", "Toolkit Serif", 700, False, {"opsz": 11}),
    "ToolkitSerif-Italic": (SERIF, "SourceSerif4-Italic[opsz,wght].ttf", "Toolkit Serif", 400, True, {"opsz": 11}),
    "ToolkitSerif-BoldItalic": (SERIF, "SourceSerif4-Italic[opsz,wght].ttf", "Toolkit Serif", 700, True, {"opsz": 11}),
    "ToolkitSerifDisplay-Bold": (SERIF, "SourceSerif4[opsz,wght].ttf", DISPLAY, 700, False, {"opsz": 60}),
    "ToolkitSerifDisplay-Black": (SERIF, "SourceSerif4[opsz,wght].ttf", DISPLAY, 900, False, {"opsz": 60}),
}
NOTO = {
    "NotoNaskhArabic-Regular": ("Noto Naskh Arabic", 400),
    "NotoNaskhArabic-Bold": ("Noto Naskh Arabic", 700),
}
STYLES = {
    (400, False): "Regular",
    (600, False): "Semibold",
    (700, False): "Bold",
    (900, False): "Black",
    (400, True): "Italic",
    (700, True): "Bold Italic",
}


def upstream(package: str, name: str) -> Path:
    """The path of one font file inside an installed font package."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"install {package.replace('_', '-')} first")
    return Path(spec.origin).parent / "files" / name


def opened(path: Path) -> TTFont:
    return TTFont(path, recalcTimestamp=False, recalcBBoxes=False)


def reopened(font: TTFont) -> TTFont:
    """The same font written and read again: the instancer cannot work on a freshly subset one."""
    buffer = BytesIO()
    font.save(buffer)
    buffer.seek(0)
    return TTFont(buffer, recalcTimestamp=False, recalcBBoxes=False)


def subset(font: TTFont, unicodes: str, *, web: bool) -> None:
    options = Options()
    options.layout_features = FEATURES if unicodes == LATIN else ["*"]
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    options.recalc_timestamp = False
    options.drop_tables += ["DSIG", "meta"] + (["STAT"] if web else [])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(unicodes))
    subsetter.subset(font)


def rename(font: TTFont, family: str, style: str) -> None:
    """Give the font the theme's name; copyright, licence and the like stay as they are."""
    names = font["name"]
    copyright_line = names.getDebugName(0) or ""
    licence = names.getDebugName(13) or "This Font Software is licensed under the SIL Open Font License, Version 1.1."
    names.names = []
    postscript = f"{family}-{style}".replace(" ", "")
    values = {
        0: copyright_line,
        1: family,
        2: style,
        3: postscript,
        4: f"{family} {style}",
        5: "Version 1.0",
        6: postscript,
        13: licence,
        14: "https://openfontlicense.org",
        16: family,
        17: style,
    }
    for number, text in values.items():
        names.setName(text, number, 3, 1, 0x409)


def set_style(font: TTFont, weight: int, italic: bool) -> None:
    bold = weight == 700
    os2 = font["OS/2"]
    os2.usWeightClass = weight
    selection = os2.fsSelection & ~0b1100001 | (1 if italic else 0) | (0b100000 if bold else 0)
    os2.fsSelection = selection if (bold or italic) else selection | 0b1000000
    font["head"].macStyle = (1 if bold else 0) | (2 if italic else 0)


def make_web() -> None:
    for file, (package, name, family, axes) in VARIABLE.items():
        font = opened(upstream(package, name))
        subset(font, LATIN, web=True)
        font = instantiateVariableFont(reopened(font), axes)
        rename(font, family, "Italic" if "italic" in file else "Regular")
        font.flavor = "woff2"
        font.save(WEB / f"{file}.woff2", reorderTables=True)


def make_print() -> None:
    for file, (package, name, family, weight, italic, axes) in STATIC.items():
        font = opened(upstream(package, name))
        subset(font, LATIN, web=False)
        font = instantiateVariableFont(reopened(font), {"wght": weight, **axes})
        rename(font, family, STYLES[weight, italic])
        set_style(font, weight, italic)
        font.save(PRINT / f"{file}.ttf", reorderTables=True)


def make_preview() -> None:
    """The print faces for pages that show a document as it is printed: the same outlines and widths, as WOFF2."""
    for file in STATIC:
        font = opened(PRINT / f"{file}.ttf")
        font.flavor = "woff2"
        font.save(WEB / "print" / f"{file}.woff2", reorderTables=True)


def make_arabic(folder: Path) -> None:
    """Noto has no reserved name, so it keeps its own; on the web it is fetched only by pages that need it."""
    for file in NOTO:
        for web, target in ((False, PRINT / f"{file}.ttf"), (True, WEB / f"{file.lower()}.woff2")):
            font = opened(folder / f"{file}.ttf")
            subset(font, ARABIC, web=web)
            if web:
                font.flavor = "woff2"
            font.save(target, reorderTables=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--arabic", type=Path, help="the folder that holds NotoNaskhArabic-*.ttf")
    arabic = parser.parse_args().arabic
    for folder in (WEB, PRINT):
        folder.mkdir(parents=True, exist_ok=True)
    make_web()
    make_print()
    make_preview()
    if arabic:
        make_arabic(arabic)


if __name__ == "__main__":
    main()
