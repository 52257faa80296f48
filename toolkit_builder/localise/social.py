"""A branch's social post in; its picture (1200 by 630) as SVG and PNG, its description and the words to post out."""

from __future__ import annotations

import re
from html import escape

from toolkit_builder import logos, prose
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.formats import pdf
from toolkit_builder.localise.documents import Made, Stationery, Template

_SIZE = (1200, 630)
_HEADLINE = re.compile(r"<h[1-3]\b[^>]*>(?P<words>.*?)</h[1-3]>", re.DOTALL)
_COLOUR = re.compile(r"--(?P<name>brand|brand-ink|accent): (?P<value>#[0-9a-fA-F]{3,6});")


def headline(template: Template, document: Made) -> str:
    """The first heading of the text, else the title."""
    match = _HEADLINE.search(document.filled.html)
    return prose.plain(match["words"]).strip() if match else template.title


def description(template: Template, document: Made) -> str:
    """What the picture shows, in words: all that stands on it."""
    own = document.doc["branch"].get("title") or ""
    return ". ".join(filter(None, (headline(template, document).rstrip("."), own, template.union["name"]))) + "."


def svg(template: Template, document: Made, stationery: Stationery) -> str:
    """The picture. Its words are text, so that it can be edited; fonts fall back to any sans serif."""
    css = next((d.decode("utf-8", "replace") for n, d in stationery.stylesheets.items() if n.endswith("brand.css")), "")
    colours = {"brand": "#7a1f5c", "brand-ink": "#ffffff", "accent": "#f2b134"}
    colours |= {m["name"]: m["value"] for m in _COLOUR.finditer(css)}
    words = headline(template, document)
    size, lines = next(
        (fit for fit in map(_set, (words,) * len(_SIZES), _SIZES) if fit[0] * 1.12 * len(fit[1]) < 360),
        _set(words, _SIZES[-1]),
    )
    ink = escape(colours["brand-ink"])
    parts = [
        f'<text x="70" y="{130 + size + n * round(size * 1.12)}" font-size="{size}" font-weight="900">'
        f"{escape(line)}</text>"
        for n, line in enumerate(lines)
    ]
    own = document.doc["branch"].get("title") or template.union["name"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE[0]} {_SIZE[1]}" width="{_SIZE[0]}" '
        f'height="{_SIZE[1]}" role="img"><title>{escape(description(template, document))}</title>'
        f'<rect width="{_SIZE[0]}" height="{_SIZE[1]}" fill="{colours["brand"]}"/>'
        f'<rect y="606" width="{_SIZE[0]}" height="24" fill="{colours["accent"]}"/>'
        f'<g font-family="\'Toolkit Sans\', Arial, sans-serif" fill="{ink}">'
        f'<text x="70" y="100" font-size="34" font-weight="700">{escape(template.union["short_name"])}</text>'
        f"{_logo(document, stationery)}"
        f'{"".join(parts)}<text x="70" y="565" font-size="38" font-weight="700">{escape(own)}</text></g></svg>\n'
    )


_PLATE = (1130, 40, 280, 96)
"""Of the white plate that the branch's logo stands on: its right edge, its top, and the most that the logo may be."""


def _logo(document: Made, stationery: Stationery) -> str:
    """The branch's logo on white, at the right of the union's name; its picture lies in the drawing."""
    logo = document.doc["logo"]
    data = stationery.assets.get(logo["path"]) if logo else None
    if not logo or not data:
        return ""
    right, top, most_wide, most_high = _PLATE
    wide, high = logos.shape(logo["path"], data)
    scale = min(most_wide / wide, most_high / high)
    wide, high = wide * scale, high * scale
    return (
        f'<rect x="{right - wide - 24:.1f}" y="{top}" width="{wide + 24:.1f}" height="{high + 24:.1f}" fill="#ffffff"/>'
        f'<image x="{right - wide - 12:.1f}" y="{top + 12}" width="{wide:.1f}" height="{high:.1f}" '
        f'href="{logos.address(logo["path"], data)}"/>'
    )


_SIZES = (104, 80, 58, 44, 32, 22)


def _set(words: str, size: int) -> tuple[int, list[str]]:
    return size, wrapped(words, int(1060 / (size * 0.54)))


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
    """The words to post, the picture's description, and the other posts of the template."""
    rest = prose.plain(_HEADLINE.sub("", document.filled.html, count=1)).strip()
    return f"{template.post_text}\n\nDescription of the picture: {description(template, document)}\n\n{rest}\n".lstrip()
