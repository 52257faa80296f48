"""An open PDF in; all its colours turned into greys, or into process colours, in place.

What is done: fills, strokes, gradients and pictures in content streams, forms, patterns and soft masks' groups.
What cannot be done here, for want of colour management: process colours are computed (full black generation), not
taken from a press profile, so a print shop should proof them. Neutral tones become black ink alone, which keeps text
sharp; a theme that wants rich black or a spot of ink writes ``device-cmyk()`` in its CSS, and that stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator
from PIL import Image, ImageChops, ImageMath

from ..diagnostics import Diagnostic, Span, warning

Convert = Callable[[tuple[float, ...]], tuple[float, ...]]
_SETTERS = {"g", "rg", "k"}
_KNOWN = {"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/lab-d50", "/lab-d65"}


def rgb_of(values: tuple[float, ...]) -> tuple[float, float, float]:
    """Grey, RGB or CMYK (by their number of values, 0 to 1) as RGB."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    if len(values) == 3:
        return values[0], values[1], values[2]
    cyan, magenta, yellow, black = values
    return tuple(1 - min(1.0, ink + black) for ink in (cyan, magenta, yellow))  # type: ignore[return-value]


def rgb_of_lab(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """CIE L*a*b* (CIE 15:2004) as sRGB (IEC 61966-2-1). Lab is relative to its white, so D50 and D65 are one here."""
    middle = (lightness + 16) / 116
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (
        whole * (part**3 if part > 6 / 29 else 3 * (6 / 29) ** 2 * (part - 4 / 29))
        for whole, part in zip(white, (middle + a / 500, middle, middle - b / 200), strict=True)
    )
    linear = (
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    )
    red, green, blue = (
        min(1.0, max(0.0, 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)) for part in linear
    )
    return red, green, blue


def grey_of(values: tuple[float, ...]) -> tuple[float, ...]:
    """Luma by ITU-R BT.601, as Pillow computes it for pictures, so that tint and photograph agree."""
    red, green, blue = rgb_of(values)
    return (round(0.299 * red + 0.587 * green + 0.114 * blue, 4),)


def cmyk_of(values: tuple[float, ...]) -> tuple[float, ...]:
    """Process colour with all neutral parts in the black ink; process colours stay as they are."""
    if len(values) == 4:
        return values
    red, green, blue = rgb_of(values)
    black = 1 - max(red, green, blue)
    if black >= 1:
        return 0.0, 0.0, 0.0, 1.0
    return (*(round((1 - value - black) / (1 - black), 4) for value in (red, green, blue)), round(black, 4))


def to_grey(pdf: pikepdf.Pdf, span: Span) -> list[Diagnostic]:
    """Turn every colour of the document into a grey."""
    return _Converter(pdf, grey_of, 1, _grey_picture).run(span)


def to_cmyk(pdf: pikepdf.Pdf, span: Span) -> list[Diagnostic]:
    """Turn every grey and RGB colour of the document into process colours."""
    return _Converter(pdf, cmyk_of, 4, _cmyk_picture).run(span)


def _grey_picture(picture: Image.Image) -> Image.Image:
    return picture.convert("L")


def _cmyk_picture(picture: Image.Image) -> Image.Image:
    """Pillow's own conversion leaves the black plate empty: move what the three inks share into it."""
    if picture.mode == "CMYK":
        return picture
    inks = [ImageChops.invert(plate) for plate in picture.convert("RGB").split()]
    black = ImageChops.darker(ImageChops.darker(inks[0], inks[1]), inks[2])
    rest = ImageChops.invert(black)
    plates = [_divided(ImageChops.subtract(ink, black), rest) for ink in inks]
    return Image.merge("CMYK", (*plates, black))


def _divided(part: Image.Image, whole: Image.Image) -> Image.Image:
    """``part / whole`` for each pixel, 0 where the whole is 0 (there black ink does all; ImageMath divides so)."""
    quotient = ImageMath.lambda_eval(
        lambda plates: plates["convert"](plates["part"] * 255 / plates["whole"], "L"), part=part, whole=whole
    )
    assert isinstance(quotient, Image.Image)
    return quotient


def _as_device(space: str, operands: list[Any]) -> list[Any]:
    """Operands of a colour space as grey, RGB or CMYK values."""
    if not space.startswith("/lab"):
        return operands
    lightness, a, b = (float(value) for value in operands)
    return list(rgb_of_lab(lightness, a, b))


class _Converter:
    """One walk over a document's pages and all that they draw, each object once."""

    def __init__(
        self, pdf: pikepdf.Pdf, convert: Convert, parts: int, picture: Callable[[Image.Image], Image.Image]
    ) -> None:
        self._pdf = pdf
        self._convert = convert
        self._parts = parts
        self._picture = picture
        self._seen: set[tuple[int, int]] = set()
        self._left: set[str] = set()

    def run(self, span: Span) -> list[Diagnostic]:
        for page in self._pdf.pages:
            resources = page.obj.get(Name.Resources, Dictionary())
            page.contents_coalesce()
            if Name.Contents in page.obj:
                page.obj.Contents = self._pdf.make_stream(self._drawing(page.obj.Contents, resources))
            self._resources(resources)
        hint = "write the colour in RGB or device-cmyk()"
        return [
            warning("Q151", f"colours of the kind {kind} were left as they are", span, hint=hint)
            for kind in sorted(self._left)
        ]

    def _new(self, thing: pikepdf.Object) -> bool:
        if not thing.is_indirect:
            return True
        key = thing.objgen
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _resources(self, resources: pikepdf.Object) -> None:
        if not self._new(resources):
            return
        for _, drawn in resources.get(Name.XObject, Dictionary()).items():
            if self._new(drawn):
                self._x_object(drawn)
        for _, pattern in resources.get(Name.Pattern, Dictionary()).items():
            if self._new(pattern):
                if isinstance(pattern, pikepdf.Stream):
                    self._form(pattern)
                if Name.Shading in pattern:
                    self._shading(pattern.Shading)
        for _, shading in resources.get(Name.Shading, Dictionary()).items():
            self._shading(shading)
        for _, state in resources.get(Name.ExtGState, Dictionary()).items():
            mask = state.get(Name.SMask)
            if isinstance(mask, Dictionary) and Name.G in mask and self._new(mask.G):
                self._resources(mask.G.get(Name.Resources, Dictionary()))

    def _x_object(self, drawn: Any) -> None:
        if drawn.get(Name.Subtype) == Name.Form:
            self._form(drawn)
        elif drawn.get(Name.Subtype) == Name.Image:
            self._image(drawn)

    def _form(self, form: Any) -> None:
        resources = form.get(Name.Resources, Dictionary())
        form.write(self._drawing(form, resources))
        self._resources(resources)
        group = form.get(Name.Group)
        if group is not None and Name.CS in group:
            group.CS = self._space()

    def _space(self) -> Name:
        return {1: Name.DeviceGray, 4: Name.DeviceCMYK}[self._parts]

    def _image(self, image: Any) -> None:
        if image.get(Name.ImageMask) or image.get(Name.ColorSpace) in {self._space(), Name.DeviceGray}:
            return
        picture = self._picture(pikepdf.PdfImage(image).as_pil_image())
        mask = image.get(Name.SMask)
        image.write(picture.tobytes())
        image.ColorSpace = self._space()
        image.BitsPerComponent = 8
        for name in (Name.DecodeParms, Name.Decode):
            if name in image:
                del image[name]
        if mask is not None:
            image.SMask = mask

    def _drawing(self, stream: pikepdf.Object, resources: pikepdf.Object) -> bytes:
        """A content stream with its colour operators replaced."""
        spaces = {"fill": "", "stroke": ""}
        out: list[Any] = []
        for instruction in pikepdf.parse_content_stream(stream):
            operator = str(instruction.operator)
            which = "stroke" if operator.isupper() else "fill"
            operands: list[Any] = list(instruction.operands)
            if operator.lower() in _SETTERS:
                spaces[which] = ""
                out.append(self._setter(operands, which))
            elif operator in {"cs", "CS"}:
                spaces[which] = str(operands[0])
                if spaces[which] not in _KNOWN:
                    out.append(instruction)
            elif operator in {"sc", "scn", "SC", "SCN"} and spaces[which] in _KNOWN:
                out.append(self._setter(_as_device(spaces[which], operands), which))
            else:
                if operator in {"scn", "SCN"} and spaces[which] not in {"/Pattern", ""}:
                    self._left.add(spaces[which].lstrip("/"))
                out.append(instruction)
        return pikepdf.unparse_content_stream(out)

    def _setter(self, operands: list[Any], which: str) -> Any:
        values = self._convert(tuple(float(value) for value in operands))
        name = {1: "g", 4: "k"}[self._parts]
        return pikepdf.ContentStreamInstruction(
            [pikepdf.Object.parse(f"{value:g}".encode()) for value in values],
            Operator(name.upper() if which == "stroke" else name),
        )

    def _shading(self, shading: Any) -> None:
        """A gradient: its functions' end colours, stops and sampled tables."""
        if not self._new(shading) and shading.is_indirect:
            return
        if Name.Function in shading and shading.get(Name.ColorSpace) in {Name.DeviceRGB, Name.DeviceGray}:
            if shading.ColorSpace == self._space():
                return
            functions = shading.Function if isinstance(shading.Function, Array) else [shading.Function]
            for function in functions:
                self._function(function)
            shading.ColorSpace = self._space()
        elif Name.ColorSpace in shading and shading.ColorSpace != self._space():
            self._left.add("gradient")

    def _function(self, function: Any) -> None:
        if not self._new(function) and function.is_indirect:
            return
        for name in (Name.C0, Name.C1):
            if name in function:
                values = self._convert(tuple(float(value) for value in function[name]))
                function[name] = Array([round(value, 4) for value in values])
        if Name.Range in function:
            function.Range = Array([0, 1] * self._parts)
        for inner in function.get(Name.Functions, []):
            self._function(inner)
