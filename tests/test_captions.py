"""Captions of pictures, heads of tables and explanations: words that paper, Word and plain text show as well."""

from __future__ import annotations

import io

import docx
import pypdfium2
import pytest

from tests.driver import SiteTest
from tests.sample import Sample
from tests.test_papers_html import PICTURE
from toolkit_builder import prose
from toolkit_builder.motions.html import motion_html
from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.lines import line_map
from toolkit_builder.motions.text import parse
from toolkit_builder.printing.engine import available

CAPTION = "The lobby in May, as the local paper saw it"
MOTION = f"""Conference notes the lobby.

![Members with a banner outside the town hall](a.png "{CAPTION}")

![Members at the gate](a.png)
The picket at dawn

Conference calls on the executive to:

1. act; ![a small sign](a.png 'Sign of the branch')

| Grade | Band ![cell](a.png "Cell caption") |
|---|---|
""" + "".join(f"| Grade {n} | £{n},000 |\n" for n in range(70))
WORDS = (CAPTION, "The picket at dawn", "Sign of the branch", "Cell caption")
SHEET = "conferences/2027/motions/1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    site = SiteTest(tmp_path_factory.mktemp("captions") / "site").conference().motion("1", MOTION)
    site.content(**{"conferences/2027/motions/a.png": PICTURE}).edit("toolkit.yaml", "enabled: no", "enabled: yes")
    return Sample.of(site.folder)


def test_a_caption_is_on_the_page_in_plain_text_and_in_word(made: Sample) -> None:
    page = made.payload(f"{SHEET}/index.html")["doc"]["text_html"]
    text = " ".join(made.output(f"{SHEET}/paper.txt").decode().split())
    paper = docx.Document(io.BytesIO(made.output(f"{SHEET}/motion.docx")))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    word = " ".join(" ".join([*(p.text for p in paper.paragraphs), *cells]).split())
    for words in WORDS:
        assert words in prose.plain(page)
        assert words in word
    assert "title=" not in page
    assert 'town hall" src="a.png"><br>\n<span class="caption">The lobby in May' in page
    assert 'gate" src="a.png"><br>\nThe picket' in page
    for words in ("The picket at dawn", "Sign of the branch", "Cell caption"):
        assert words in text
    assert CAPTION.split()[-1] in text


def test_a_caption_is_in_the_pdf_and_a_table_repeats_its_head_on_the_next_page(made: Sample) -> None:
    if missing := available():
        pytest.skip(missing)
    with pypdfium2.PdfDocument(made.printed(f"{SHEET}/motion.pdf").pdf) as opened:
        pages = [" ".join(page.get_textpage().get_text_range().split()) for page in opened]
    for words in WORDS:
        assert words in " ".join(pages)
    assert len(pages) > 1
    assert all("Grade Band Cell caption" in page for page in pages)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('![a](x.png "The *caption*, here")', "a The *caption*, here"),
        ("![a](x.png 'Say \"no\"')", 'a Say "no"'),
        ('![a](x.png "one\ntwo")', "a one two"),
        ("<img src=x.png alt='Members &amp; flags' title=\"The lobby\">", "Members & flags The lobby"),
        ('[a](x.md "not a caption")', "a"),
    ],
)
def test_the_words_of_a_picture_are_words_of_its_lines(source: str, seen: str) -> None:
    found = visible(source)
    assert found.text == seen
    assert len(found.starts) == len(found.ends) == len(seen)


def test_lines_that_begin_within_the_words_of_a_picture_stand_behind_it_in_order() -> None:
    shown = f'![{"many words " * 20}](a.png "{"then the caption " * 9}") and the rest'
    text = parse(f"Conference notes {shown} of it.")[0]
    html = motion_html(text, inline=prose.inline)
    numbers = [piece.partition('"')[0] for piece in html.split('data-line="')[1:]]
    assert numbers == [str(line.number) for line in line_map(text).lines]
    assert html.index('data-line="4"') < html.index("caption")
    assert html.rindex("data-line") > html.index("then the caption")


@pytest.mark.parametrize("folder", ["news", "plans"])
def test_a_picture_within_a_sentence_has_its_caption_on_every_page(folder: str, site: SiteTest) -> None:
    text = "---\ntitle: One\ndate: 2027-06-01\n---\n\nSee ![a sign](a.png \"Sign of 'ours'\") here.\n"
    site.content(**{f"{folder}/one.md": text, f"{folder}/a.png": PICTURE}).build()
    assert "Sign of ‘ours’ here" in site.words(f"{folder}/one/")


def test_an_explanation_is_printed_behind_the_first_abbreviation_unless_the_text_has_it() -> None:
    definition = "\n\n*[NEC]: National Executive\n*[SOC]: Standing Orders Committee"
    text = f"## The NEC and the SOC\n\nThe NEC and the Standing Orders Committee (SOC).{definition}"
    html = prose.convert(text, path="a.md")[0].html
    assert html.count('class="first"') == 1
    assert '<h2 id="the-nec-and-the-soc">The <abbr class="first" title="National Executive">NEC</abbr>' in html


def test_an_explanation_of_what_only_the_title_has_stands_at_the_end() -> None:
    value, found = prose.convert("Words.\n\n*[NEC]: National <Executive>", path="a.md")
    assert value.html.endswith("<p>NEC: National &lt;Executive&gt;</p>")
    assert value.words == 4
    assert [d.code for d in found] == ["P119"]


def test_words_that_show_only_under_a_mouse_are_pointed_out(site: SiteTest) -> None:
    site.conference().motion("1", 'Conference notes [the report](https://example.org/x "Table 4, page 9").')
    report = site.check()
    assert "1.md:7:54: note[P125]: 'Table 4, page 9' shows only" in report
