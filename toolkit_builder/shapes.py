"""A pydantic model in; out, the shape its YAML must have: which keys, and text, a list or a group under each.

Made once for each model. The reader of front matter walks it beside the nodes, so that it knows what is meant
before pydantic sees a value.
"""

from __future__ import annotations

import datetime as dt
import types
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct, field
from pydantic import BaseModel
from pydantic.fields import FieldInfo

ShapeKind = Literal["text", "int", "bool", "date", "datetime", "list", "map", "model"]

_SCALARS: dict[Any, ShapeKind] = {str: "text", int: "int", bool: "bool", dt.date: "date", dt.datetime: "datetime"}


class Shape(Struct, frozen=True):
    """``item`` is what a list or a map of names holds; ``keys`` are a model's, as the author writes them.

    ``coded`` is text of a set form or length (a number, an address, a language): no words for a reader.
    """

    kind: ShapeKind
    item: Shape | None = None
    keys: dict[str, Shape] = field(default_factory=dict)
    required: bool = False
    choices: tuple[str, ...] = ()
    coded: bool = False


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a whole model. Raises TypeError for an annotation that YAML cannot be read into."""
    keys = {
        info.alias or name: _shape(info.annotation, required=info.is_required(), coded=_coded(info))
        for name, info in model.model_fields.items()
    }
    return Shape("model", keys=keys)


def _coded(info: FieldInfo) -> bool:
    """Whether a field says what its text must look like, or how long it may be."""
    return any(getattr(rule, "pattern", None) or getattr(rule, "max_length", None) for rule in info.metadata)


def _shape(annotation: Any, *, required: bool = False, coded: bool = False) -> Shape:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        coded = coded or any(_coded(rule) for rule in args[1:] if isinstance(rule, FieldInfo))
        return _shape(args[0], required=required, coded=coded)
    if origin in (Union, types.UnionType):
        (only,) = [a for a in args if a is not type(None)]
        return _shape(only, required=required, coded=coded)
    if annotation in _SCALARS:
        return Shape(_SCALARS[annotation], required=required, coded=coded)
    if origin is Literal:
        return Shape("text", required=required, choices=tuple(str(a) for a in args))
    if origin in (tuple, list):
        return Shape("list", item=_shape(args[0]), required=required)
    if origin is dict:
        return Shape("map", item=_shape(args[1]), required=required)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Shape("model", keys=shape_of(annotation).keys, required=required)
    raise TypeError(f"front matter cannot hold {annotation!r}")
