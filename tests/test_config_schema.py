"""JSON Schemas accept what the reader accepts, and refuse what it refuses where an editor can know."""

from __future__ import annotations

import operator
import re
from typing import Any

import pytest
import yaml

from toolkit_builder import decode, frontmatter
from toolkit_builder.kinds import BY_NAME, KINDS, example
from toolkit_builder.schema import DIALECT, schemas

SCHEMAS = schemas()
_TYPES = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}
_WORDS = {"title", "description", "default", "$schema", "$defs", "format"}


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def accepts(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:
    """The part of JSON Schema that ours use; any other keyword is an error."""
    for word, wanted in schema.items():
        fine = True
        if word in _WORDS:
            continue
        if word == "$ref":
            fine = accepts(root["$defs"][wanted.removeprefix("#/$defs/")], value, root)
        elif word == "type":
            fine = any(_is(value, name) for name in ([wanted] if isinstance(wanted, str) else wanted))
        elif word == "anyOf":
            fine = any(accepts(inner, value, root) for inner in wanted)
        elif word == "enum":
            fine = any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)
        elif word == "pattern":
            fine = not isinstance(value, str) or re.search(wanted, value) is not None
        elif word in ("minLength", "maxLength", "minItems"):
            sized = isinstance(value, list if word == "minItems" else str)
            fine = not sized or (len(value) <= wanted if word == "maxLength" else len(value) >= wanted)
        elif word in ("minimum", "maximum", "exclusiveMinimum"):
            compare = {"minimum": operator.ge, "maximum": operator.le, "exclusiveMinimum": operator.gt}[word]
            fine = not _is(value, "number") or compare(value, wanted)
        elif word == "items":
            fine = not isinstance(value, list) or all(accepts(wanted, item, root) for item in value)
        elif word == "required":
            fine = not isinstance(value, dict) or all(name in value for name in wanted)
        elif word == "properties":
            fine = not isinstance(value, dict) or all(
                accepts(inner, value[name], root) for name, inner in wanted.items() if name in value
            )
        elif word == "additionalProperties":
            known = schema.get("properties", {})
            extra = [v for k, v in value.items() if k not in known] if isinstance(value, dict) else []
            fine = not extra if wanted is False else all(accepts(wanted, v, root) for v in extra)
        else:
            raise AssertionError(f"unknown keyword {word}")
        if not fine:
            return False
    return True


class _Editor(yaml.SafeLoader):
    """YAML as editors read it: version 1.2, in which only true and false are booleans, and dates are text."""


_Editor.yaml_implicit_resolvers = {
    char: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for char, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Editor.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def as_editors_see(front: str) -> Any:
    return yaml.load(front, _Editor)


def test_there_is_a_schema_for_every_kind_and_file() -> None:
    assert set(SCHEMAS) == {*BY_NAME, "toolkit.yaml", "theme.yaml"}
    for schema in SCHEMAS.values():
        assert schema["$schema"] == DIALECT
        assert schema["title"]
        assert schema["additionalProperties"] is False


def test_a_field_has_words_that_help() -> None:
    motion = SCHEMAS["motion"]["properties"]
    assert "not a decimal" in motion["number"]["description"]
    assert motion["date"]["title"] == "Date"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_every_kind_fits_its_schema(kind: Any) -> None:
    schema = SCHEMAS[kind.name]
    assert accepts(schema, as_editors_see(frontmatter.split(example(kind.name)).yaml_text), schema)


ACCEPTED = [
    ("motion", "number: 20.10"),
    ("motion", "number: 010\nmover: no\nseconder: 12:30\nexecutive: true"),
    ("motion", "number: 1\nvote: {for: '12', against: 3}"),
    ("motion", "number: 1\ntags: pay"),
    ("motion", "number: 1\ntags: [pay, 2027, true]"),
    ("motion", "number: 1\ndraft: yes"),
    ("motion", "number: 1\ndraft: Off"),
    ("motion", "number: 1\ndraft: true"),
    ("motion", "number: 1\ndate:\nvote:"),
    ("motion", "number: 1\nnumbers: {preliminary: 12, final: 12A}"),
    ("page", "slug: 2027"),
    ("page", "order: '3'"),
    ("page", "date: 2027-06-14\nembargo: 2027-06-14 09:30"),
    ("page", "embargo: 2027-06-14"),
    ("composite", "number: D\nsources: 9"),
    ("branch", "region: North\ncustom: {lifts: 2}"),
    ("resource", "type: survey\nquestions:\n- ask: Do you?\n  concern: no"),
]


@pytest.mark.parametrize(("kind", "front"), ACCEPTED)
def test_what_the_reader_accepts_the_schema_accepts(kind: str, front: str) -> None:
    decoded = decode.decode(BY_NAME[kind].fields, f"---\n{front}\n---\n", "a.md")
    assert decoded.diagnostics == ()
    assert accepts(SCHEMAS[kind], as_editors_see(front), SCHEMAS[kind])


def test_editors_of_the_older_yaml_may_see_a_boolean_in_the_word_no() -> None:
    seen = {"type": "survey", "questions": [{"ask": "Do you?", "concern": False}]}
    assert accepts(SCHEMAS["resource"], seen, SCHEMAS["resource"])


REFUSED = [
    ("motion", "title: x"),
    ("motion", "number: 1\ntitel: x"),
    ("motion", "number: 1\ntags: {a: b}"),
    ("motion", "number: 1\nvote: {for: -1}"),
    ("motion", "number: 1\nvote: {method: raffle}"),
    ("motion", "number: 1\nvote: {for: many}"),
    ("motion", "number: 1\nslug: Big Words"),
    ("motion", "number: [1]"),
    ("page", "draft: perhaps"),
    ("page", "order: first"),
    ("page", "embargo: tomorrow"),
    ("page", "aliases: [x]"),
    ("composite", "number: D\nsources: []"),
    ("branch", "region: North\nemail: me"),
]


@pytest.mark.parametrize(("kind", "front"), REFUSED)
def test_what_an_editor_can_refuse_the_reader_refuses_too(kind: str, front: str) -> None:
    assert decode.decode(BY_NAME[kind].fields, f"---\n{front}\n---\n", "a.md").fields is None
    assert not accepts(SCHEMAS[kind], as_editors_see(front), SCHEMAS[kind])


def test_toolkit_yaml() -> None:
    schema = SCHEMAS["toolkit.yaml"]
    assert accepts(schema, as_editors_see("title: 2027\nprint: {enabled: no}\nmotions: {measure: 72}"), schema)
    assert not accepts(schema, as_editors_see("title: x\nmotions: {measure: 20}"), schema)
    assert not accepts(schema, as_editors_see("titel: x"), schema)
