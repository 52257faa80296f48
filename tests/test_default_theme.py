"""The default theme keeps its promises: readable colours, its own fonts, no inline code, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from fontTools.ttLib import TTFont

from toolkit_builder.kinds.prints import PRINTS
from toolkit_builder.theme.colours import contrast

THEME = Path(__file__).parents[1] / "themes" / "default"
TEMPLATES = sorted((THEME / "templates").rglob("*.html"))
CSS = (THEME / "assets/css/site.css").read_text(encoding="utf-8")


def tokens(dark: bool) -> dict[str, str]:
    """The plain ``#rrggbb`` custom properties of one colour scheme."""
    light, _, rest = CSS.partition("@media (prefers-color-scheme: dark)")
    rest = rest.partition("/* --- base")[0]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", light))
    return found | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", rest)) if dark else found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("ink", "panel"),
        ("ink", "mark"),
        ("ink", "good-paper"),
        ("ink", "bad-paper"),
        ("ink", "sheet"),
        ("muted", "paper"),
        ("muted", "panel"),
        ("muted", "sheet"),
        ("bad", "bad-paper"),
        ("bad", "paper"),
        ("on-tone", "good"),
    ],
)
def test_text_can_be_read_on_its_ground(text: str, ground: str, dark: bool) -> None:
    colours = tokens(dark)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(THEME).as_posix())
def test_a_template_holds_no_inline_code_and_asks_no_other_host(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style\b|\son[a-z]+=\"|javascript:", source)
    assert not re.search(r"<script(?! src=\"{{ asset\()(?! type=\"application/(?:ld\+)?json\")", source)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(THEME).as_posix())
def test_the_assets_a_template_names_exist(path: Path) -> None:
    made_by_the_builder = {"css/brand.css", "css/print.css", "css/print-alone.css", "branches/list.js"}
    for name in re.findall(r"asset\('([^']+)'\)", path.read_text(encoding="utf-8")):
        assert name in made_by_the_builder or (THEME / "assets" / name).is_file()


def test_style_sheets_ask_no_other_host() -> None:
    assert not re.search(r"url\((?!\"\.\./fonts/)|@import|https?:", CSS)
    for name in re.findall(r'url\("\.\./([^"]+)"\)', CSS):
        assert (THEME / "assets" / name).is_file()


def said(folder: Path) -> set[str]:
    """The texts that the templates below a folder ask to have translated."""
    asked = re.compile(r"\b(?:t|each|both)\((['\"])(.*?)\1[,)]")
    found = (asked.findall(p.read_text(encoding="utf-8")) for p in folder.rglob("*.html"))
    return {text for each in found for _, text in each}


def test_welsh_has_every_text_that_site_templates_say_and_none_that_nobody_says() -> None:
    words = set(yaml.safe_load((THEME / "locales/cy.yaml").read_text(encoding="utf-8")))
    assert said(THEME / "templates") - words == set()
    printed = {label for p in PRINTS if p.pdf for label in (p.label, f"{p.label}, in greys")} | {p.word for p in PRINTS}
    assert words - said(THEME) - printed == set()


def test_translations_keep_their_blanks() -> None:
    words = yaml.safe_load((THEME / "locales/cy.yaml").read_text(encoding="utf-8"))
    for english, welsh in words.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", welsh))


@pytest.mark.parametrize("name", ["toolkit-sans", "toolkit-serif", "toolkit-serif-italic"])
def test_web_fonts_hold_welsh_and_polish_letters_under_a_name_of_their_own(name: str) -> None:
    path = THEME / "assets/fonts" / f"{name}.woff2"
    font = TTFont(path)
    have = font.getBestCmap()
    assert [c for c in "ŵŷŴŶẁẃẅỳáéâêîôûïäëöąćęłńóśźżĄĆĘŁŃŚŹŻ’“”–—…£€№←→" if ord(c) not in have] == []
    family = font["name"].getDebugName(1)
    assert family.startswith("Toolkit")
    assert "Source" not in family


def test_what_a_page_loads_first_stays_small() -> None:
    fonts = sum((THEME / "assets/fonts" / f"{n}.woff2").stat().st_size for n in ("toolkit-sans", "toolkit-serif"))
    assert fonts < 120_000
    assert len(CSS.encode()) < 64_000
    assert (THEME / "assets/js/site.js").stat().st_size < 13_000


def test_each_font_comes_with_its_licence() -> None:
    for name in ("Toolkit-Sans", "Toolkit-Serif", "Noto-Naskh-Arabic"):
        assert "SIL OPEN FONT LICENSE" in (THEME / "fonts" / f"OFL-{name}.txt").read_text(encoding="utf-8").upper()
