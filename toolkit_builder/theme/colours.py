"""A theme's colours in; the stylesheet that names them out, with companions that are readable, or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.theme import Theme

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """The WCAG 2.2 contrast ratio of two ``#rrggbb`` colours, 1 to 21."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def problems(theme: Theme) -> Iterator[Diagnostic]:
    span = Span(f"themes/{theme.name}/theme.yaml")
    for name, value in theme.settings.colours.items():
        if not _HEX.fullmatch(value):
            yield error(
                "T108",
                f"the colour {name} is '{value}', which is not a colour such as #7a1f5c",
                span,
                hint="write # and six digits 0-9 a-f, in quotes",
            )
        elif name == "brand" and (ratio := contrast(value, "#ffffff")) < 4.5:
            yield warning(
                "T109",
                f"white text on the brand colour {value} has a contrast of {ratio:.1f}; WCAG asks for 4.5",
                span,
                hint="choose a darker brand colour",
            )


def brand_css(theme: Theme) -> bytes:
    """The theme's colours as custom properties, with readable companions for text on them and for dark pages."""
    lines = []
    for name, value in sorted(theme.settings.colours.items()):
        if _HEX.fullmatch(value) and re.fullmatch(r"[a-z][a-z0-9-]*", name):
            ink = "#ffffff" if contrast(value, "#ffffff") >= contrast(value, "#000000") else "#000000"
            lines += [
                f"  --{name}: {value};",
                f"  --{name}-ink: {ink};",
                f"  --{name}-on-dark: {_towards(value, '#ffffff', '#121212')};",
                f"  --{name}-on-light: {_towards(value, '#000000', '#ffffff')};",
            ]
    return (":root {\n" + "\n".join(lines) + "\n}\n").encode()


def _towards(colour: str, end: str, ground: str) -> str:
    """``colour`` mixed with ``end`` until it has a contrast of 4.5 on ``ground``."""

    def channels(c: str) -> list[int]:
        digits = c[1:] if len(c) == 7 else "".join(x * 2 for x in c[1:])
        return [int(digits[i : i + 2], 16) for i in (0, 2, 4)]

    start, stop = channels(colour), channels(end)
    for step in range(21):
        mixed = "#" + "".join(f"{round(a + (b - a) * step / 20):02x}" for a, b in zip(start, stop, strict=True))
        if contrast(mixed, ground) >= 4.5:
            return mixed
    return end
