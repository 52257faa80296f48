"""What every kind and every format must keep to."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from tests.driver import SiteTest
from toolkit_builder import decode, scaffold
from toolkit_builder.diagnostics import as_text
from toolkit_builder.formats import FORMATS, Toolchain
from toolkit_builder.kinds import KINDS, example, kind_of
from toolkit_builder.model import Kind
from toolkit_builder.theme import loading

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_the_example_of_a_kind_decodes_without_a_complaint(kind: Kind) -> None:
    read = decode.decode(kind.fields, example(kind.name), f"{kind.name}.md")
    assert not read.diagnostics, "\n".join(as_text(d) for d in read.diagnostics)
    assert read.body.strip()


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_the_default_theme_has_a_template_for_the_kind(kind: Kind) -> None:
    look, _ = loading.load(ROOT, "default")
    assert look is not None
    assert look.has(kind.template)


def test_the_default_theme_has_no_mistakes() -> None:
    _, found = loading.load(ROOT, "default")
    assert [as_text(d) for d in found] == []


@pytest.mark.parametrize("path", sorted(scaffold.STARTER))
def test_starter_files_lie_where_their_kind_belongs(path: str) -> None:
    assert kind_of(f"content/{path}")[0].name == scaffold.STARTER[path]


def test_the_starter_has_every_kind() -> None:
    assert set(scaffold.STARTER.values()) == {k.name for k in KINDS}


def test_a_new_site_builds_without_a_complaint(tmp_path: Path) -> None:
    site = SiteTest(tmp_path / "x")
    (tmp_path / "x" / "toolkit.yaml").unlink()
    scaffold.new_site(tmp_path / "x", "Our union")
    site.build()
    assert site.problems == ""
    assert "Our union" in site.words("/")


def test_the_toolchain_travels_to_workers_and_is_the_same_there() -> None:
    look, _ = loading.load(ROOT, "default")
    assert look is not None
    chain = Toolchain(look.bundle)
    again = pickle.loads(pickle.dumps(chain))
    assert again.digest == chain.digest
    assert set(again.renderers()) == set(FORMATS)


def test_every_kind_is_described_for_writers() -> None:
    guide = (ROOT / "docs" / "content.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert re.search(rf"^## {re.escape(kind.label)}", guide, re.MULTILINE), f"docs/content.md lacks '{kind.label}'"
