"""What became of it, for spreadsheets, programs and archives."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from toolkit_builder import downloads
from toolkit_builder.build.parts import BEFORE, Same
from toolkit_builder.formats import akoma_ntoso, register
from toolkit_builder.motions import listed, text

SCHEMA = Path(__file__).parents[1] / "data" / "akn" / "akomantoso30.xsd"
AKN = {"a": akoma_ntoso.NAMESPACE}


def row(**more: Any) -> dict[str, Any]:
    return {
        "number": "20.10", "label": "Amendment 20.10", "title": "Amendment to Night ferries", "kind": "amendment",
        "mover": "Quay Branch", "seconder": "", "result": {"key": "lost", "label": "Lost", "sentence": "was lost"},
        "by": [], "vote": {"for": 120, "against": 1180, "abstain": None, "total": None, "method": "card vote"},
        "url": "/conferences/2027/amendments/20.10/", **more,
    }  # fmt: skip


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_has_a_byte_order_mark_and_a_cell_for_everything() -> None:
    data = register.as_csv([row(), row(number="37", by=[{"label": "37.1"}, {"title": "37.2"}], vote=None)], "2027")
    assert data.startswith(b"\xef\xbb\xbfConference,Item,Number,Title,")
    first, second = read(data)
    assert first["Item"] == "Amendment 20.10"
    assert (first["For"], first["Against"], first["Abstentions"], first["Vote"]) == ("120", "1180", "", "card vote")
    assert (second["Amended by"], second["Vote"], second["Conference"]) == ("37.1, 37.2", "", "2027")


FORMULAS = [
    '=HYPERLINK("http://a.example")',
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "\u00a0=1",
]
PLAIN = ["Night ferries", "Pay - again", "1 + 1", 'He said "no", twice', "Líne\nbreak", "'quoted'"]


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_is_a_formula(title: str) -> None:
    cell = read(register.as_csv([row(title=title, mover=title)]))[0]
    assert cell["Title"] == f"'{title}"
    assert cell["Mover"] == f"'{title}"


@pytest.mark.parametrize("title", PLAIN)
def test_ordinary_text_is_not_touched(title: str) -> None:
    assert read(register.as_csv([row(title=title)]))[0]["Title"] == title


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20))
def test_every_cell_comes_back(title: str) -> None:
    cell = read(register.as_csv([row(title=title)]))[0]["Title"]
    assert cell.removeprefix("'") == title.removeprefix("'")


def test_json_has_numbers_for_votes() -> None:
    assert json.loads(register.as_json([row()], "2027"))[0] == {
        "conference": "2027", "item": "Amendment 20.10", "number": "20.10", "title": "Amendment to Night ferries",
        "kind": "amendment", "mover": "Quay Branch", "result": "Lost", "decision": "was lost", "method": "card vote",
        "for": 120, "against": 1180, "url": "/conferences/2027/amendments/20.10/",
    }  # fmt: skip


def test_a_table_leaves_empty_columns_out() -> None:
    shown = register.table([row(vote=None)])
    assert [column["key"] for column in shown["columns"]] == [
        "item", "number", "title", "kind", "mover", "result", "decision", "url",
    ]  # fmt: skip
    assert shown["rows"][0]["number"] == "20.10"


# --- Akoma Ntoso -----------------------------------------------------------------------------------------

MOTION = """\
## Background

Conference notes that night ferries sail with *half* the hands they need.

| Route | Hands |
|---|---|
| North | 3 |

Conference calls on the executive to:

1. demand a statutory minimum crew
    a. on every night sailing;
    b. on every lock;
2. publish the accident figures.
"""


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def paper(**more: Any) -> dict[str, Any]:
    return {
        "kind": "motion", "number": "20", "label": "Motion 20", "title": "Night ferries", "url": "/c/2027/20/",
        "mover": "Quay Branch", "seconder": "Locks & Weirs", "date": "2027-06-15", "amends": "",
        "result": {"key": "carried-as-amended", "label": "Carried as amended"},
        "vote": {"for": 1200, "against": 80, "abstain": 4, "total": 1284, "method": "card vote", "note": ""},
        "blocks": listed.blocks(text.parse(MOTION, "20.md", 1)[0]), **more,
    }  # fmt: skip


def amendment(**more: Any) -> dict[str, Any]:
    words = text.parse("Delete point 2 and insert:\n\n1. publish everything;\n\n2. at once.", "a.md", 1)[0]
    moved: dict[str, Any] = {
        "kind": "amendment", "number": "20.1", "label": "Amendment 20.1", "title": "", "url": "/c/2027/20.1/",
        "vote": None, "amends": "/c/2027/20/", "blocks": listed.blocks(words),
    }  # fmt: skip
    return paper(**{**moved, **more})


def conference(*papers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"language": "en-GB", "organisation": "Harbour Workers' Union", "papers": downloads.linked(papers),
            "conference": {"title": "Conference 2027", "url": "/c/2027/", "start": "2027-06-14"}, **more}  # fmt: skip


def valid(payload: dict[str, Any]) -> etree._Element:
    root = etree.fromstring(akoma_ntoso.render(payload))
    schema().assertValid(root)
    return root


def test_a_conference_validates_against_the_schema_of_oasis() -> None:
    root = valid(conference(paper(), amendment()))
    assert [e.get("name") for e in root.iterfind(".//a:component/*", AKN)] == ["motion", "amendment"]


def test_every_word_and_number_of_a_motion_is_in_it() -> None:
    root = valid(conference(paper()))
    body = root.find(".//a:mainBody", AKN)
    assert body is not None
    said = " ".join(" ".join(body.itertext()).split())
    for words in ("Background", "sail with half the hands", "North", "3", "1.", "a.", "on every lock;", "2.",
                  "publish the accident figures."):  # fmt: skip
        assert words in said
    nested = body.xpath("//a:point/a:point/a:num/text()", namespaces=AKN)
    assert nested == ["a.", "b."]


def test_results_votes_and_references_are_data() -> None:
    root = valid(conference(paper(), amendment()))
    steps = root.xpath("//a:step/@outcome", namespaces=AKN)
    counts = {e.get("eId").rpartition("_")[2]: e.get("value") for e in root.iterfind(".//a:count", AKN)}
    assert steps == ["#cmp_1__carried-as-amended", "#cmp_2__carried-as-amended"]
    assert counts == {"for": "1200", "against": "80", "abstain": "4", "total": "1284"}
    assert root.xpath("//a:activeRef/@href", namespaces=AKN) == ["/akn/gb/doc/motion/2027/2027/20"]
    assert root.xpath("//a:passiveRef/@showAs", namespaces=AKN) == ["Amendment 20.1"]


def test_every_reference_inside_leads_somewhere() -> None:
    root = valid(conference(paper(), amendment()))
    ids = set(root.xpath("//@eId"))
    inner = [value[1:] for name in ("outcome", "by", "source", "refersTo") for value in root.xpath(f"//@{name}")
             if value.startswith("#")]  # fmt: skip
    assert inner
    assert set(inner) <= ids


@pytest.mark.parametrize(
    "payload",
    [
        conference(),
        conference(paper(blocks=[], vote=None, result=None, title="", mover="", seconder="")),
        conference(amendment(), paper(blocks=[])),
        conference(paper(title="Bad \x00 \x0b characters & <tags>", number="Composite D", kind="composite")),
        conference(paper(), paper(), language="cy"),
        conference(amendment(number="", mover="Harbour & Dock"), language="zh-Hant-TW"),
        conference(paper(blocks=[{"kind": "call", "id": "c1 (a)", "marker": "•", "text": "one", "depth": 3},
                                 {"kind": "call", "id": "c1 (a)", "marker": "", "text": "two", "depth": 1}])),
    ],
)  # fmt: skip
def test_every_shape_validates(payload: dict[str, Any]) -> None:
    valid(payload)


block = st.fixed_dictionaries({
    "kind": st.sampled_from(["heading", "paragraph", "call", "quote", "other"]),
    "id": st.text(max_size=4), "marker": st.text(max_size=3), "depth": st.integers(0, 4), "text": st.text(max_size=20),
})  # fmt: skip


@given(st.lists(block, max_size=6))
def test_any_text_validates_and_is_the_same_twice(blocks: list[dict[str, Any]]) -> None:
    payload = conference(paper(blocks=blocks), amendment())
    valid(payload)
    assert akoma_ntoso.render(payload) == akoma_ntoso.render(payload)


@given(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("abc"), max_size=4))
def test_papers_may_be_taken_from_the_document_as_it_was(old: list[str], new: list[str]) -> None:
    def papers(names: list[str]) -> dict[str, Any]:
        return conference(*(paper(number=name, url=f"/c/2027/{n}/", title=f"<{name}>") for n, name in enumerate(names)))

    before, after = papers(old), papers(new)
    mixed = [Same(before["papers"].index(p)) if p in before["papers"] else p for p in after["papers"]]
    if any(isinstance(p, Same) for p in mixed):
        again = akoma_ntoso.render({**after, "papers": mixed, BEFORE: akoma_ntoso.render(before)})
        assert again == akoma_ntoso.render(after)
