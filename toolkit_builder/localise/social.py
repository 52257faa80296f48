"""A branch's social post in; its picture (1200 by 630) as SVG and PNG, its description and the words to post out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from msgspec import Struct

from toolkit_builder import logos, prose
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import pdf
from toolkit_builder.localise.documents import Made
from toolkit_builder.localise.resources import Template
from toolkit_builder.localise.sheets import Stationery

_SIZE = (1200, 630)
_HEADLINE = re.compile(r"<h[1-3]\b[^>]*>(?P<words>.*?)</h[1-3]>", re.DOTALL)
_COLOUR = re.compile(r"--(?P<name>brand|brand-ink|accent): (?P<value>#[0-9a-fA-F]{3,6});")


class Column(Struct, frozen=True):
    """What a picture says in one language: its headline, and whose it is."""

    language: str
    headline: str
    name: str


def columns(template: Template, document: Made) -> list[Column]:
    """One for each language that stands in the picture."""
    parts = zip(template.parts, document.parts, strict=True) if document.parts else [(template, document)]
    return [
        Column(part.language, _headline(part, made), made.doc["branch"].get("title") or part.union["name"])
        for part, made in parts
    ]


def _headline(template: Template, document: Made) -> str:
    """The first heading of the text, else the title."""
    match = _HEADLINE.search(document.filled.html)
    return prose.plain(match["words"]).strip() if match else template.title


def description(template: Template, document: Made) -> str:
    """What the picture shows, in words: all that stands on it."""
    found = columns(template, document)
    said = [word for column in found for word in (column.headline.rstrip("."), column.name)]
    return ". ".join(filter(None, dict.fromkeys((*said, template.union["name"])))) + "."


_LEFT, _ACROSS, _BETWEEN = 70, 1060, 60
_PLATE = (1130, 40, 280, 96)
"""Of the white plate that the branch's logo stands on: its right edge, its top, and the most that the logo may be."""
_WIDTH = 0.58
"""How wide a letter of the heaviest face is, in ems, with something to spare."""


def svg(template: Template, document: Made, stationery: Stationery) -> str:
    """The picture. Its words are text, so that it can be edited; fonts fall back to any sans serif."""
    css = next((d.decode("utf-8", "replace") for n, d in stationery.stylesheets.items() if n.endswith("brand.css")), "")
    colours = {"brand": "#7a1f5c", "brand-ink": "#ffffff", "accent": "#f2b134"}
    colours |= {m["name"]: m["value"] for m in _COLOUR.finditer(css)}
    found = columns(template, document)
    wide = (_ACROSS - _BETWEEN * (len(found) - 1)) / len(found)
    plate, left_over = _logo(document, stationery)
    union = fitted(template.union["short_name"], left_over - _LEFT - 40, 60, (34, 26, 20, 16))
    parts = [_text(_LEFT, 100, union, 700, "", above=False)]
    for n, column in enumerate(found):
        at = _LEFT + n * (wide + _BETWEEN)
        own = fitted(column.name, wide, 110, (38, 30, 24, 19, 15))
        top, bottom = 150, 550 - own.height
        head = fitted(column.headline, wide, bottom - top, (104, 80, 64, 52, 42, 32, 24, 18))
        parts.append(_text(at, top + head.size, head, 900, column.language, above=False))
        parts.append(_text(at, 575, own, 700, column.language, above=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]} {_SIZE[1]}" width="{_SIZE[0]}" '
        f'height="{_SIZE[1]}" role="img"><title>{escape(description(template, document))}</title>'
        f'<rect width="{_SIZE[0]}" height="{_SIZE[1]}" fill="{colours["brand"]}"/>'
        f'<rect y="606" width="{_SIZE[0]}" height="24" fill="{colours["accent"]}"/>{plate}'
        f'<g font-family="\'Toolkit Sans\', Arial, sans-serif" fill="{escape(colours["brand-ink"])}">'
        f"{''.join(parts)}</g></svg>\n"
    )


def _logo(document: Made, stationery: Stationery) -> tuple[str, float]:
    """The branch's logo on white, at the right of the union's name, its picture in the drawing; where it begins."""
    right, top, most_wide, most_high = _PLATE
    logo = document.doc["logo"]
    data = stationery.assets.get(logo["path"]) if logo else None
    if not logo or not data:
        return "", right + 40
    wide, high = logos.shape(logo["path"], data)
    scale = min(most_wide / wide, most_high / high)
    wide, high = wide * scale, high * scale
    drawn = (
        f'<rect x="{right - wide - 24:.1f}" y="{top}" width="{wide + 24:.1f}" height="{high + 24:.1f}" fill="#ffffff"/>'
        f'<image x="{right - wide - 12:.1f}" y="{top + 12}" width="{wide:.1f}" height="{high:.1f}" '
        f'href="{logos.address(logo["path"], data)}"/>'
    )
    return drawn, right - wide - 24


class Lines(Struct, frozen=True):
    """Words in lines, and the size of their type."""

    size: int
    lines: list[str]

    @property
    def height(self) -> int:
        return round(self.size * 1.12 * len(self.lines))


def fitted(words: str, wide: float, high: float, sizes: Sequence[int]) -> Lines:
    """The words in the largest of the sizes in which they fit. In the smallest, a word that is too long is parted."""
    for size in sizes:
        made = Lines(size, wrapped(words, int(wide / (size * _WIDTH))))
        if made.height <= high and max(map(len, made.lines), default=0) <= int(wide / (size * _WIDTH)):
            return made
    most = int(wide / (sizes[-1] * _WIDTH))
    parted = " ".join(word[n : n + most] for word in words.split() for n in range(0, len(word), most))
    return Lines(sizes[-1], wrapped(parted, most))


def _text(x: float, y: float, words: Lines, weight: int, language: str, *, above: bool) -> str:
    """Lines from a baseline on, or up to it."""
    step = round(words.size * 1.12)
    first = y - step * (len(words.lines) - 1) if above else y
    said = f' xml:lang="{escape(language)}"' if language else ""
    return "".join(
        f'<text x="{x:g}" y="{first + n * step:g}" font-size="{words.size}" font-weight="{weight}"{said}>'
        f"{escape(line)}</text>"
        for n, line in enumerate(words.lines)
    )


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters; a longer word stands on a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def png(template: Template, drawing: str, stationery: Stationery) -> tuple[bytes, list[Diagnostic]]:
    """The same picture in pixels; empty where it could not be drawn."""
    from toolkit_builder.printing import picture

    page = f"@page {{ size: {_SIZE[0]}px {_SIZE[1]}px; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}"
    html = (
        f'<!doctype html><html lang="{escape(template.language)}"><head><title>{escape(template.title)}</title>'
        f"<style>{page}</style></head><body>{drawing}</body></html>"
    )
    printed, found = pdf.render(
        {
            "html": html.encode(),
            "title": template.title,
            "language": template.language,
            "path": template.path,
            "stylesheets": stationery.stylesheets,
            "assets": stationery.assets,
            "root": stationery.root,
            "sheet": {},
        }
    )
    return (picture.pages(printed, 96, only=range(1))[0] if printed else b""), found


def words(template: Template, document: Made) -> str:
    """The words to post, the picture's description, and the other posts of the template; in each language."""
    parts = zip(template.parts, document.parts, strict=True) if document.parts else [(template, document)]
    found = []
    for part, made in parts:
        rest = prose.plain(_HEADLINE.sub("", made.filled.html, count=1)).strip()
        found.append(f"{part.post_text}\n\nDescription of the picture: {description(part, made)}\n\n{rest}\n".lstrip())
    return f"\n{'-' * 40}\n\n".join(found)
