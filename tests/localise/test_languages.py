"""A branch's documents in its languages: apart, side by side, one after the other."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from tests.driver import CONFIG, SiteTest
from tests.localise.helpers import branch
from toolkit_builder import loading
from toolkit_builder.build.cache import Store
from toolkit_builder.formats import pdf
from toolkit_builder.formats.templates import Templates
from toolkit_builder.localise import documents, languages, outputs, resources, sheets
from toolkit_builder.localise.data import open_table
from toolkit_builder.localise.resources import Template
from toolkit_builder.theme import Theme
from toolkit_builder.theme.loading import load

ROOT = Path(__file__).parents[2]
SITE = {"title": "U", "organisation": {"name": "U", "short_name": ""}}

FAMILY = ("en", "cy")
CHOICES: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ("en",)),
    ({"bilingual": True}, ("en", "cy")),
    ({"language": "cy"}, ("en", "cy")),
    ({"languages": ["cy"]}, ("cy",)),
    ({"languages": ["cy", "en-GB", "cy"]}, ("cy", "en")),
    ({"languages": ["fr"]}, ("en",)),
    ({"languages": ["fr", "cy"], "bilingual": True}, ("cy",)),
]


@pytest.mark.parametrize(("said", "wanted"), CHOICES)
def test_a_branch_gets_the_languages_that_it_asks_for(said: dict[str, Any], wanted: tuple[str, ...]) -> None:
    assert languages.wanted(said, FAMILY) == wanted


def test_nobody_is_left_without_a_document() -> None:
    assert languages.wanted({"languages": ["cy"]}, ("en",)) == ("en",)
    assert languages.wanted({}, FAMILY, every=True) == FAMILY


ENGLISH = """---
title: Letter
type: model-letter
template: true
sizes: [a4]
---

Dear {{ branch.lobby }},

::: choose 1
- One.
- Two.
:::

Come on {{ meeting.date | date }} to {{ meeting.place }}.

{{ contact.name }}
"""
WELSH = (
    ENGLISH.replace("title: Letter", "title: Llythyr\nlanguage: cy\ntranslation_of: toolkits/hands/letter.md")
    .replace("Dear", "Annwyl")
    .replace("Come on", "Dewch ar")
    .replace("One.", "Un.")
    .replace("Two.", "Dau.")
)
POSTER = "---\ntitle: Poster\ntype: poster\ntemplate: true\nsizes: [a4]\n---\n\n## Enough\n\n{{ branch.imprint }}\n"
LEAFLET = (
    "---\ntitle: Leaflet\ntype: leaflet\ntemplate: true\nsizes: [dl, a5]\n---\n\n::: side front\n## Enough\n:::\n"
    "\n::: panel inside-left\nWords.\n:::\n"
)


def translated(text: str, of: str) -> str:
    return text.replace("\n", f"\nlanguage: cy\ntranslation_of: toolkits/hands/{of}.md\n", 1).replace("Enough", "Digon")


@pytest.fixture
def bilingual(tmp_path: Path) -> SiteTest:
    site = SiteTest(tmp_path / "union")
    return site.content(
        **{
            "toolkits/hands/index.md": "---\ntitle: Hands\n---\n\nText.\n",
            "toolkits/hands/letter.md": ENGLISH,
            "toolkits/hands/letter.cy.md": WELSH,
            "toolkits/hands/poster.md": POSTER,
            "toolkits/hands/poster.cy.md": translated(POSTER, "poster"),
            "toolkits/hands/leaflet.md": LEAFLET,
            "toolkits/hands/leaflet.cy.md": translated(LEAFLET, "leaflet"),
            "index.md": "---\ntitle: Home\n---\n\nText.\n",
            "branches/arad.md": "---\ntitle: Arad\nregion: Wales\n---\n\nText.\n",
        }
    )


@pytest.fixture
def known(bilingual: SiteTest) -> dict[str, Template]:
    with Store(bilingual.folder / ".toolkit" / "store") as store:
        loaded = loading.load(bilingual.folder, loading.Options(jobs=1), store)
    assert loaded.site is not None, loaded.diagnostics
    return {t.name: t for t in resources.templates(loaded.site)}


@pytest.fixture(scope="module")
def theme() -> Theme:
    found = load(ROOT, "default")[0]
    assert found is not None
    return found


ARAD = branch(
    title="Arad branch",
    name="arad",
    welsh_name="Cangen Arad",
    lobby="Cllr Rhos",
    languages=["cy", "en"],
    custom={"meeting_place_cy": "Neuadd"},
    layout="side by side",
)


def html(template: Template, values: Any, sheet: int = 0) -> str:
    theme = load(ROOT, "default")[0]
    assert theme is not None
    paper = sheets.Stationery(site=SITE, root="", stylesheets={})
    payload = sheets.page_payload(template, documents.make(template, values), template.sheets[sheet], paper)
    return pdf.page(payload, Templates(theme.bundle)).decode()


def own(known: dict[str, Template], name: str, values: Any) -> Template:
    found = resources.variant(known[name], values)
    assert found is not None
    return found


def test_side_by_side_each_part_says_its_language_and_its_own_dates(known: dict[str, Template]) -> None:
    made = html(own(known, "letter", ARAD), ARAD)
    parts = re.findall(r'<div class="tongue" lang="([^"]*)" dir="ltr">(.*?)</div>', made, re.DOTALL)
    assert [language for language, _ in parts] == ["cy", "en-GB"]
    assert "Annwyl Cllr Rhos" in parts[0][1]
    assert "14 Medi 2027 to Neuadd" in parts[0][1]
    assert "14 September 2027 to Town Hall" in parts[1][1]
    assert made.count("<html") == made.count("<body") == 1
    assert resources.variant(known["letter-cy"], ARAD) is None


def test_one_after_the_other_is_the_whole_document_twice(known: dict[str, Template]) -> None:
    values = {**ARAD, "layout": "one after the other"}
    made = html(own(known, "letter", values), values)
    first, mark, second = made.partition('letter again" lang="en-GB" dir="ltr">')
    assert mark
    assert "Annwyl" in first
    assert "Cangen Arad" in first
    assert "Dear" in second
    assert "Arad branch" in second
    assert '<html lang="cy"' in first
    assert "tongue" not in made


def test_a_folded_leaflet_has_no_room_for_columns(known: dict[str, Template]) -> None:
    template = own(known, "leaflet", ARAD)
    made = {sheet[1]: html(template, ARAD, n) for n, sheet in enumerate(template.sheets)}
    assert " again" in made["print/leaflet-dl.html"]
    assert "tongue" in made["print/leaflet-a5.html"]
    for text in made.values():
        assert "Digon" in text
        assert "Enough" in text


def test_a_choice_is_made_in_both_languages(known: dict[str, Template]) -> None:
    values = {**ARAD, "custom": {"choice-1": "2"}}
    made = html(own(known, "letter", values), values)
    assert "Dau." in made
    assert "Two." in made
    assert "Un." not in made


def test_apart_each_is_a_document_of_its_own(known: dict[str, Template]) -> None:
    values = {**ARAD, "layout": "separate"}
    assert own(known, "letter", values) == known["letter"]
    assert own(known, "letter-cy", values) == known["letter-cy"]
    welsh = {**values, "languages": ["cy"]}
    assert resources.variant(known["letter"], welsh) is None


def test_what_is_missing_is_said_once(known: dict[str, Template]) -> None:
    values = {**ARAD, "lobby": "", "contacts": []}
    made = documents.make(own(known, "letter", values), values)
    assert sorted(m.path for m in made.missing) == ["branch.lobby", "contact.name"]
    text = html(own(known, "letter", {**values, "layout": "one after the other"}), values)
    assert text.count('class="not-for-print"') == 1


@pytest.mark.parametrize("layout", ["side by side", "one after the other"])
def test_word_documents_mark_each_language(known: dict[str, Template], theme: Theme, layout: str) -> None:
    values = {**ARAD, "layout": layout}
    template = own(known, "letter", values)
    paper = sheets.Stationery(site=SITE, root="", stylesheets={})
    made = documents.make(template, values)
    files, found = outputs.made(template, made, 0, ("docx", "txt"), paper, Templates(theme.bundle))
    assert not found
    document = docx.Document(io.BytesIO(dict(files)["letter.docx"]))
    spoken = {run.text: run.find(qn("w:rPr") + "/" + qn("w:lang")) for run in document.element.iter(qn("w:r"))}
    english = next(mark for text, mark in spoken.items() if text.startswith("Dear"))
    assert english is not None
    assert english.get(qn("w:val")) == "en-GB"
    assert next(mark for text, mark in spoken.items() if text.startswith("Annwyl")) is None  # the document's own
    assert len(document.tables) == (1 if layout == "side by side" else 0)
    words = dict(files)["letter.txt"].decode()
    assert words.index("Annwyl") < words.index("Dear")


@pytest.mark.slow
@pytest.mark.parametrize(("layout", "pages"), [("side by side", 1), ("one after the other", 2)])
def test_the_pdf_says_what_language_its_parts_are_in(
    known: dict[str, Template], theme: Theme, press: None, layout: str, pages: int
) -> None:
    from toolkit_builder.printing import inspect

    values = {**ARAD, "layout": layout}
    template = own(known, "poster", values)
    paper = sheets.stationery(SITE, "", theme, {})
    files, found = outputs.made(template, documents.make(template, values), 0, ("pdf",), paper, Templates(theme.bundle))
    assert [d.message for d in found] == []
    facts = inspect.facts(files[0][1])
    assert len(facts.sheets) == pages
    assert facts.lang == "cy"
    assert b"en-GB" in _unpacked(files[0][1])


def _unpacked(data: bytes) -> bytes:
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as opened:
        opened.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


PRESS = "---\ntitle: Press\ntype: press-release\ntemplate: true\nsizes: [a4]\n---\n\n## Enough\n\nWords.\n"


def test_fixed_words_stand_in_every_language(bilingual: SiteTest, theme: Theme) -> None:
    bilingual.content(**{"toolkits/hands/press.md": PRESS, "toolkits/hands/press.cy.md": translated(PRESS, "press")})
    with Store(bilingual.folder / ".toolkit" / "store") as store:
        loaded = loading.load(bilingual.folder, loading.Options(jobs=1), store)
    assert loaded.site is not None
    every = {t.name: t for t in resources.templates(loaded.site)}
    said = html(own(every, "press", ARAD), ARAD)
    assert '<span class="each" lang="cy" dir="ltr">Datganiad i&#39;r wasg</span>' in said
    assert '<span class="each" lang="en-GB" dir="ltr">Press release</span>' in said
    numbered = {**ARAD, "textphone": "18001 1", "hours": ["9 to 5", "or later"], "region": "Wales"}
    letter = html(own(every, "letter", numbered), numbered)
    assert '<span class="each" lang="cy" dir="ltr">Cangen Arad</span>' in letter
    assert '<span class="each" lang="en-GB" dir="ltr">Arad branch</span>' in letter
    for words in ("Ffôn testun / Textphone 18001 1", "9 to 5; or later", "Wales"):
        assert words in letter
    same = {**numbered, "welsh_name": ""}
    assert html(own(every, "letter", same), same).count("Arad branch</span>") == 1
    bare = {**ARAD, "contacts": []}
    lacking = html(own(every, "letter", bare), bare)
    assert "NID I&#39;W ARGRAFFU</span>" in lacking
    assert "NOT FOR PRINT</span>" in lacking
    assert "Ar goll o hyd / Still missing" in lacking
    paper = sheets.Stationery(site=SITE, root="", stylesheets={}, locales=theme.locales)
    for layout in (languages.SIDE, languages.AFTER, languages.SEPARATE):
        values = {**numbered, "layout": layout}
        for name in ("press", "letter"):
            template = own(every, name, values)
            files, _ = outputs.made(template, documents.make(template, values), 0, ("docx",), paper, None)  # type: ignore[arg-type]
            with zipfile.ZipFile(io.BytesIO(files[0][1])) as packed:
                body = packed.read("word/document.xml").decode()
            wanted = {"press": ["Press release"], "letter": ["Textphone 18001 1", "9 to 5; or later", "Wales"]}[name]
            if layout != languages.SEPARATE:
                wanted += {"press": ["Datganiad i'r wasg"], "letter": ["Ffôn testun 18001 1", "Cangen Arad"]}[name]
            assert [words for words in wanted if words not in body] == []


SOCIAL = """---
title: Posts
type: social
template: true
post_text: Post this
---

## Enough hands at {{ branch.title }}

### Others

1. More.
"""


def test_a_social_picture_has_both_languages(known: dict[str, Template], bilingual: SiteTest, theme: Theme) -> None:
    bilingual.content(
        **{
            "toolkits/hands/social.md": SOCIAL,
            "toolkits/hands/social.cy.md": translated(SOCIAL, "social").replace("hands at", "o ddwylo yn"),
        }
    )
    with Store(bilingual.folder / ".toolkit" / "store") as store:
        loaded = loading.load(bilingual.folder, loading.Options(jobs=1), store)
    assert loaded.site is not None
    every = {t.name: t for t in resources.templates(loaded.site)}
    paper = sheets.Stationery(site=SITE, root="", stylesheets={})

    def files(layout: str) -> dict[str, str]:
        template = own(every, "social", {**ARAD, "layout": layout})
        made = documents.make(template, {**ARAD, "layout": layout})
        done, _ = outputs.made(template, made, -1, ("svg", "txt"), paper, Templates(theme.bundle))
        return {name: data.decode() for name, data in done}

    side = files(languages.SIDE)
    assert list(side) == ["social.svg", "social.txt"]
    welsh, english = (re.findall(rf'x="(\d+)"[^>]*xml:lang="{tag}">', side["social.svg"]) for tag in ("cy", "en-GB"))
    assert set(welsh) == {"70"}
    assert set(english) == {"630"}
    assert "Cangen Arad" in side["social.svg"]
    assert "Arad branch" in side["social.svg"]
    after = files(languages.AFTER)
    assert list(after) == ["social.svg", "social-2.svg", "social.txt"]
    assert "Digon" in after["social.svg"]
    assert "Enough" not in after["social.svg"]
    assert "Enough" in after["social-2.svg"]
    assert side["social.txt"].index("Digon o ddwylo") < side["social.txt"].index("Enough hands")
    assert list(files(languages.SEPARATE)) == ["social.svg", "social.txt"]


def test_columns_of_a_table_say_it_too(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text(
        'Branch,Languages,Layout\nArad,"Welsh, English",Side-by-side\nBro,cy+en,\nCwm,en,upside down\n', "utf-8"
    )
    table, found = open_table(path)
    assert table is not None
    rows = list(table)
    assert [(r["languages"], r["layout"]) for r in rows] == [(["cy", "en"], "side by side"), (["cy", "en"], "separate")]
    assert "row 4, column C: 'upside down' cannot be the layout of a branch" in found[-1].message


def test_the_site_carries_one_document_where_a_branch_wants_one(bilingual: SiteTest) -> None:
    bilingual.write(**{"toolkit.yaml": CONFIG + "localise: build\n"})
    bilingual.edit(
        "content/branches/arad.md", "region: Wales", "region: Wales\nlanguages: [cy, en]\nlayout: side by side"
    ).build()
    assert (bilingual.output / "branches/arad/hands/letter.docx").exists()
    assert not (bilingual.output / "branches/arad/hands/letter-cy.docx").exists()
    bilingual.edit("content/branches/arad.md", "layout: side by side", "layout: separate").build()
    assert (bilingual.output / "branches/arad/hands/letter-cy.docx").exists()
