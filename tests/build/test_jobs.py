"""Keys tell apart whatever a renderer could tell apart; paths that cannot be published are named."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder.build.jobs import Blob, Job, Output, SharedValue, bad_path, check_jobs
from toolkit_builder.build.keys import Encoder, resolve
from toolkit_builder.build.waves import waves


def key(payload: Any, *, format: str = "page", closure: str = "c", outputs: dict[str, str] | None = None) -> str:
    return Encoder()(Job("p", format, payload, closure)).key(outputs or {})


DIFFERENT: list[Any] = [
    {},
    {"a": 1},
    {"a": 1.0},
    {"a": "1"},
    {"a": True},
    {"a": None},
    {"a": [1]},
    {"a": {"b": 1}},
    {"a": 1, "b": 2},
    {"b": 2, "a": 1},  # the order of keys can be seen by a template
    {"a": "\0"},
    {"a": "\0\0"},
    {"a": 'x"\0'},
    {"a": "\ud800"},
    {"a": "\ufffd"},
    {"a": Output("x")},
    {"a": Output("y")},
    {"a": Blob("x")},
    {"a": Blob("y")},
    {"a": SharedValue("x", 1)},
    {"a": [Output("x"), "\0"]},
    {"a": ["\0", Output("x")]},
    {"a": ["\0\0", Output("x")]},
    {"a": [Output("x"), Output("y")]},
    {"a": [Output("y"), Output("x")]},
]


def test_different_payloads_have_different_keys() -> None:
    keys = [key(payload, outputs={"x": "1" * 40, "y": "2" * 40}) for payload in DIFFERENT]
    assert len(set(keys)) == len(DIFFERENT)


def test_format_and_closure_count_and_do_not_run_into_each_other() -> None:
    keys = {key({}), key({}, format="pdf"), key({}, closure="d"), key({}, format="pagec", closure="")}
    assert len(keys) == 4


def test_what_an_output_holds_counts_and_not_its_name_alone() -> None:
    assert key({"a": Output("x")}, outputs={"x": "1"}) != key({"a": Output("x")}, outputs={"x": "2"})


def test_reasons_label_and_path_do_not_count() -> None:
    encode = Encoder()
    one = encode(Job("p", "page", {"a": 1}, "c", {"x": "1"}, label="l")).key({})
    assert encode(Job("q", "page", {"a": 1}, "c")).key({}) == one


def test_tuples_and_read_only_mappings_are_lists_and_mappings() -> None:
    assert key(MappingProxyType({"a": MappingProxyType({"b": (1, 2)})})) == key({"a": {"b": [1, 2]}})


@pytest.mark.parametrize("payload", [{"a": {1, 2}}, {"a": b"bytes"}, {"a": float("nan")}, {"a": object()}])
def test_a_payload_that_is_not_plain_is_refused_by_name(payload: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"the payload of motions/1\.html"):
        Encoder()(Job("motions/1.html", "page", payload, "c"))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.sampled_from('a\0"\\u')),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.sampled_from("ab\0")), inner),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(plain, plain)
def test_two_plain_payloads_have_one_key_only_if_they_are_equal(a: Any, b: Any) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return ("dict", [(k, shape(v)) for k, v in value.items()])
        return ("list", [shape(v) for v in value]) if isinstance(value, list) else (type(value), value)

    assert (key({"p": a}) == key({"p": b})) == (shape(a) == shape(b))


def test_references_are_resolved_at_any_depth_and_the_payload_stays_as_it_is() -> None:
    nav = SharedValue.of(["home"])
    payload = {"page": Output("a"), "deep": [{"body": Blob("b")}, (nav, 1)], "nav": nav, "plain": {"x": [1]}}
    before = repr(payload)
    values = resolve(payload, 4, {"a": b"A"}, {"b": "B"})
    assert values == {"page": b"A", "deep": [{"body": "B"}, [["home"], 1]], "nav": ["home"], "plain": {"x": [1]}}
    assert repr(payload) == before
    assert resolve({"a": Blob("b"), "n": nav, "x": {"y": 1}}, 2, {}, {"b": b"B"}) == {
        "a": b"B",
        "n": ["home"],
        "x": {"y": 1},
    }


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("", "not the relative path"),
        ("/etc/passwd", "not the relative path"),
        ("motions/", "not the relative path"),
        ("../up", "'.' or '..'"),
        ("a/../../up", "'.' or '..'"),
        ("a//b", "empty part"),
        ("a/./b", "'.' or '..'"),
        ("a\\b", "character"),
        ("a\0b", "character"),
        ("a\nb", "character"),
        ("c:/x", "character"),
        ("\ud800", "character"),
        ("e\u0301.html", "composed form"),
        ("x" * 256, "255 bytes"),
        ("é" * 128, "255 bytes"),
        ("a./b", "dot or a space"),
        ("con/index.html", "device"),
        ("a/NUL.txt", "device"),
    ],
)
def test_paths_that_cannot_be_published(path: str, what: str) -> None:
    assert what in bad_path(path)
    (found,) = check_jobs([Job(path, "page", {}, "", label="content/x.md")])
    assert found.code == "B103"
    assert found.span is not None
    assert found.span.path == "content/x.md"
    assert found.hint


@pytest.mark.parametrize("path", ["index.html", "a/b/c.html", "w/ŵythnos/index.html", "console.html", ".nojekyll"])
def test_paths_that_can(path: str) -> None:
    assert bad_path(path) == ""


@pytest.mark.parametrize(
    ("paths", "codes"),
    [
        (["a", "b", "c/d", "c/e", "C.html"], []),
        (["a", "a"], ["B101"]),
        (["a", "a", "a"], ["B101", "B101"]),
        (["A.html", "a.html"], ["B102"]),
        (["ŵ.html", "Ŵ.html"], ["B102"]),
        (["Motions/1", "motions/2"], ["B102"]),
        (["m/A/1", "m/a/2", "m/A/3"], ["B102"]),
        (["a", "a/b"], ["B104"]),
        (["a/b/c", "A"], ["B104"]),
    ],
)
def test_clashes_name_both(paths: list[str], codes: list[str]) -> None:
    found = check_jobs([Job(path, "page", {}, "", label=f"content/{n}.md") for n, path in enumerate(paths)])
    assert [d.code for d in found] == codes
    for d in found:
        assert d.span is not None
        named = {f"content/{n}.md" for n in range(len(paths)) if f"content/{n}.md" in d.message} | {d.span.path}
        assert len(named) == 2


def job(path: str, *needs: str) -> Job:
    return Job(path, "page", {"needs": [Output(n) for n in needs]}, "")


def order(*jobs: Job) -> tuple[list[list[int]], list[str]]:
    encode = Encoder()
    found, wrong = waves(jobs, [encode(j) for j in jobs])
    return found, [d.code for d in wrong]


def test_waves_follow_from_references() -> None:
    assert order(job("c", "b", "a"), job("b", "a"), job("a"), job("d")) == ([[2, 3], [1], [0]], [])
    assert order() == ([[]], []) or order() == ([], [])


def test_circles_and_unknown_references_are_mistakes() -> None:
    assert order(job("a", "b"), job("b", "a"), job("c"))[1] == ["B105"]
    assert order(job("a", "a"))[1] == ["B105"]
    assert order(job("a", "nothing"))[1] == ["B106"]
