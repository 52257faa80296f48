"""The models in; JSON Schemas (draft 2020-12) out, with which editors complete and check front matter.

A schema accepts what the reader accepts: an unquoted ``20.10`` is a number to an editor and text to us, a single
value may stand for a list of one, and a key may be left empty.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from toolkit_builder.config import Config
from toolkit_builder.kinds import KINDS
from toolkit_builder.theme import ThemeFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Schema = dict[str, Any]
_YES_NO = "^([Yy]([Ee][Ss])?|[Nn]([Oo])?|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Oo][Nn]|[Oo][Ff][Ff])$"
_DATE_TIME = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?$"
_KEPT = ("title", "description", "default")


def schemas() -> dict[str, _Schema]:
    """Kind's name -> schema of its front matter; and ``toolkit.yaml`` and ``theme.yaml`` by those names."""
    made = {kind.name: _schema(kind.fields, f"{kind.label}: front matter") for kind in KINDS}
    made["toolkit.yaml"] = _schema(Config, "toolkit.yaml")
    made["theme.yaml"] = _schema(ThemeFile, "theme.yaml")
    return made


def _schema(model: type[BaseModel], title: str) -> _Schema:
    made = _widened(model.model_json_schema(by_alias=True, mode="validation"))
    return {"$schema": DIALECT, **made, "title": title}


def _widened(node: _Schema, *, optional: bool = False) -> _Schema:
    """One schema, and all those in it, as wide as the reader is."""
    wide = _alternatives(node) if "anyOf" in node else _one(node)
    if optional and not _takes_null(wide):
        outer = {key: wide.pop(key) for key in _KEPT if key in wide}
        wide = {**outer, "anyOf": [*(wide.pop("anyOf", None) or [wide]), {"type": "null"}]}
    if "$defs" in node:
        wide["$defs"] = {name: _widened(inner) for name, inner in node["$defs"].items()}
    return wide


def _alternatives(node: _Schema) -> _Schema:
    flat: list[_Schema] = []
    for inner in node["anyOf"]:
        wide = _widened(inner)
        flat += wide["anyOf"] if set(wide) == {"anyOf"} else [wide]
    return {**{k: v for k, v in node.items() if k not in ("anyOf", "$defs")}, "anyOf": flat}


def _one(node: _Schema) -> _Schema:
    kept = {key: node[key] for key in _KEPT if key in node}
    rest = {key: value for key, value in node.items() if key not in (*_KEPT, "$defs")}
    kind = node.get("type")
    if "enum" in node or "const" in node:
        return {**kept, "enum": _words(node.get("enum", [node.get("const")]))}
    if kind == "object":
        return {**kept, **_object(rest)}
    if kind == "array":
        return {**kept, **_array(rest)}
    if kind == "boolean":
        words = {"type": "string", "pattern": _YES_NO}
        return {**kept, "anyOf": [{"type": "boolean"}, words, {"enum": [0, 1, "0", "1"]}]}
    if kind == "integer":
        return {**kept, "anyOf": [rest, {"type": "string", "pattern": "^[+-]?[0-9]{1,15}$"}]}
    if kind == "string" and rest.get("format") == "date-time":
        return {**kept, "type": "string", "pattern": _DATE_TIME}
    if kind == "string" and "format" not in rest:
        return {**kept, **rest, "type": ["string", "number", "boolean"]}
    return {**kept, **rest}


def _words(choices: list[Any]) -> list[Any]:
    """An editor may read an unquoted ``yes`` or ``no`` as a boolean."""
    more: list[Any] = [value for word, value in (("yes", True), ("no", False)) if word in choices]
    return [*choices, *more]


def _object(rest: _Schema) -> _Schema:
    required = set(rest.get("required", ()))
    if "properties" in rest:
        rest["properties"] = {
            name: _widened(inner, optional=name not in required) for name, inner in rest["properties"].items()
        }
    if isinstance(rest.get("additionalProperties"), dict):
        rest["additionalProperties"] = _widened(rest["additionalProperties"], optional=True)
    return rest


def _array(rest: _Schema) -> _Schema:
    item = _widened(rest["items"])
    whole = {**rest, "items": item}
    is_group = "$ref" in item or item.get("type") == "object"
    return whole if is_group else {"anyOf": [whole, item]}


def _takes_null(schema: _Schema) -> bool:
    return any(inner.get("type") == "null" for inner in schema.get("anyOf", ()))
