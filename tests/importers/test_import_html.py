"""Saved web pages: the text comes along, the page around it is reported, nothing dangerous passes."""

from __future__ import annotations

import re
import time

import pytest

from toolkit_builder import importers
from toolkit_builder.importers import Options

PAGE = """<!DOCTYPE html><html><head><title>Night ferries | Union</title><style>p {{}}</style></head><body>
<nav>Home | Motions</nav><header>The Union</header><main><h1>Night ferries</h1>
<p><a href="/motions">Back to all Motions</a></p>
{body}</main><footer>Copyright</footer><script>alert(1)</script></body></html>"""


def bring(body: str) -> tuple[str, list[str], list[str]]:
    options = Options(kind="motion", today="2027-01-01", number="20")
    files, problems = importers.convert(PAGE.format(body=body).encode(), "page.html", options)
    text = files[0][1]
    return text[text.index("---\n\n") + 5 :], [p.code for p in problems], [p.message for p in problems]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Conference <b>notes</b> and <em>believes</em>.</p>", "Conference **notes** and *believes*.\n"),
        ("<p>Conference notes<br>two lines</p>", "Conference notes  \ntwo lines\n"),
        ("<p>Conference notes a * b and &lt;i&gt;</p>", "Conference notes a * b and &lt;i\\>\n"),
        ("<p>Conference calls on:</p><ol><li>one</li><li>two</li></ol>", "Conference calls on:\n\n1. one\n\n2. two\n"),
        ("<p>Conference notes:</p><ol start=4 type=a><li>four<ul><li>deep</li></ul></li></ol>",
         "Conference notes:\n\nd. four\n\n    - deep\n"),
        ("<p>Conference notes:</p><ol type=a><li><p>one</p><p>more</p><li>two</ol><p>After</p>",
         "Conference notes:\n\na. one\n\n    more\n\nb. two\n\nAfter\n"),
        ("<p>Conference notes:</p><ol start=7 reversed><li>seven<li>six</ol>",
         "Conference notes:\n\n7. seven\n\n6. six\n"),
        ("<p>Conference notes:</p><ol reversed><li>two<li>one</ol>", "Conference notes:\n\n2. two\n\n1. one\n"),
        ("<p>Conference notes 10<sup>2</sup> m<sup>2</sup> on the 1<sup>st</sup></p>", "Conference notes 10² m² on the 1st\n"),
        ("<p>Conference notes:</p><ul><li>1)Own number</li></ul>", "Conference notes:\n\n1) Own number\n"),
        ("<p>Conference notes</p><table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td></tr></table>",
         "Conference notes\n\n| a | b |\n|---|---|\n| 1\\|2 |  |\n"),
        ("<p>Conference notes</p><table><tr><td><p>Laid out</p><p>in a cell</p></td></tr></table>",
         "Conference notes\n\nLaid out\n\nin a cell\n"),
        ("<div>Conference notes <span><div>inner</div></span> tail</div>", "Conference notes\n\ninner\n\ntail\n"),
        ("<p>Conference notes</p><blockquote><p>Said.</p></blockquote>", "Conference notes\n\n> Said.\n"),
        ('<p>Conference notes <a href="https://x.example/a">this</a></p>', "Conference notes [this](https://x.example/a)\n"),
        ("<p>Conference notes</p><h3>Part</h3><pre>a  b</pre>", "Conference notes\n\n### Part\n\n```\na  b\n```\n"),
        ("Conference notes bare text<!-- a comment -->", "Conference notes bare text\n"),
    ],
)  # fmt: skip
def test_markup_to_markdown(html: str, markdown: str) -> None:
    assert bring(html)[0] == markdown


def test_the_page_around_the_text_is_in_the_report() -> None:
    _, codes, messages = bring("<p>Conference notes it.</p>")
    assert codes.count("I101") == 4
    for words in ("Home | Motions", "The Union", "Copyright", "Back to all Motions"):
        assert any(words in message for message in messages)


@pytest.mark.parametrize(
    "html",
    [
        '<p>Conference notes <a href="javascript:alert(1)">x</a></p>',
        '<p>Conference notes <a href=" java&#10;script:alert(1)">x</a></p>',
        '<p>Conference notes <a href="data:text/html,x">x</a></p>',
        '<p>Conference notes <a href="//evil.example/">x</a></p>',
        '<p>Conference notes <a href="/local">x</a></p>',
        '<p>Conference notes <a href="http://[bad">x</a></p>',
    ],
)
def test_a_link_that_is_not_safe_leaves_its_words(html: str) -> None:
    text, codes, _ = bring(html)
    assert text == "Conference notes x\n"
    assert "I107" in codes


def test_no_script_passes() -> None:
    text, _, _ = bring("<p>Conference notes <script>alert(1)</script><img src=x onerror=alert(2) alt='A boat'></p>"
                       "<svg><p>hidden</p></svg><p>&lt;script&gt;alert(3)&lt;/script&gt;</p>")  # fmt: skip
    assert "<" not in text
    assert not re.search(r"alert\([12]\)", text)


def test_a_picture_is_reported_with_its_words() -> None:
    _, codes, messages = bring("<p>Conference notes it.</p><img src=a.png alt='A boat'>")
    assert "I106" in codes
    assert any("A boat" in message for message in messages)


def test_deep_nesting_neither_breaks_nor_loses() -> None:
    text, _, _ = bring("<div>" * 3000 + "Conference notes depth" + "</div>" * 3000)
    assert "Conference notes depth" in text
    text, _, _ = bring("<p>" + "<b>" * 3000 + "Conference notes depth" + "</b>" * 3000)
    assert "Conference notes depth" in text


@pytest.mark.parametrize("tags", ["<table><tr><td>", "<ul><li>", "<div>", "<b>", "<blockquote>", "<table><td><ol><li>"])
def test_no_nesting_takes_long_or_loses_a_word(tags: str) -> None:
    start = time.process_time()
    files, _ = importers.convert((tags * 2000 + "Conference notes depth").encode(), "a.html")
    assert "Conference notes depth" in files[0][1]
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset=windows-1252><p>Conference notes “pay”".encode("cp1252"),
        "<meta http-equiv=content-type content='text/html; charset=latin1'><p>Conference notes “pay”".encode("cp1252"),
        "<p>Conference notes “pay”".encode(),
        "<p>Conference notes “pay”".encode("utf-16"),
    ],
)
def test_encodings(data: bytes) -> None:
    files, _ = importers.convert(data, "a.html")
    assert "“pay”" in files[0][1]


# --- what programs write -----------------------------------------------------------------------------------------

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><body><p class=MsoTitle>Motion 14: Libraries</p>
<p class=MsoNormal>Conference notes <ins cite="mailto:Jo">new </ins><del cite="mailto:Jo">old </del>books<span
class=MsoCommentReference><a class=msocomanchor href="#_msocom_1">[JS1]</a></span>.<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1)<span>&nbsp;
</span></span><![endif]>act;</p><p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>a)<span>&nbsp;</span></span><![endif]>now.</p>
<div style='mso-element:comment-list'><div style='mso-element:comment'><div class=msocomtxt><p class=MsoCommentText>a secret</p>
</div></div></div></body></html>"""
GOOGLE = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h1><span>Motion 9: Shelters</span></h1>
<p><span style="font-weight:400">Conference believes </span><span style="font-weight:700">strongly</span><span
style="font-style:italic"> so</span><sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup>.</p>
<ol><li style="list-style-type:lower-roman"><p><span>open <a href="https://www.google.com/url?q=https://example.org/r&amp;sa=D">a</a></span></p>
</li></ol><div style="border:1px"><p><a href="#cmnt_ref1" id="cmnt1">[a]</a><span>a secret</span></p></div></b>"""
COUNCIL = """<html><head><title>Agenda item</title></head><body><div class="breadcrumbs"><ul><li>Home</li></ul></div>
<h1>Agenda item</h1><h2>Notice of Motion: Care workers</h2><p>Councillor J. Smith to move and Councillor K. Jones to second:</p>
<p>This Council resolves to:</p><ol style="list-style-type:lower-alpha"><li>write;</li><li value="4">report.</li></ol></body></html>"""


def brought(markup: str) -> tuple[dict[str, tuple[dict, str]], list]:
    files, problems = importers.convert(markup.encode(), "page.html", Options(kind="motion"))
    return {draft.kind: (draft.fields, text.split("---\n\n", 1)[1]) for draft, text in files}, problems


def test_what_word_saves_as_a_page_is_read_as_what_word_shows() -> None:
    files, problems = brought(WORD)
    fields, body = files["motion"]
    assert (fields["number"], fields["title"]) == ("14", "Libraries")
    assert body == "Conference notes old books.\n\n1) act;\n\n    a) now.\n"
    assert files["amendment"][1] == "Conference notes new books.\n\n1) act;\n\n    a) now.\n"
    assert {p.code for p in problems} >= {"I108", "I109"}
    assert "secret" not in str(files) + " ".join(p.message for p in problems)


def test_what_google_docs_copies_keeps_its_emphasis_and_loses_its_comments() -> None:
    files, problems = brought(GOOGLE)
    assert files["motion"][1] == ("Conference believes **strongly** *so*.\n\ni. open [a](https://example.org/r)\n")
    assert "I109" in {p.code for p in problems}
    assert "secret" not in str(files) + " ".join(p.message for p in problems)


def test_a_councils_page_gives_the_title_the_mover_and_the_letters_that_are_shown() -> None:
    files, problems = brought(COUNCIL)
    fields, body = files["motion"]
    assert fields["title"] == "Care workers"
    assert (fields["mover"], fields["seconder"]) == ("Councillor J. Smith", "Councillor K. Jones")
    assert body == "This Council resolves to:\n\na. write;\n\nd. report.\n"
    assert "'Home'" in " ".join(p.message for p in problems)


def test_words_that_are_struck_through_on_a_page_are_kept_and_reported() -> None:
    files, problems = brought("<h1>T</h1><p>Conference has <s>never</s> met.</p>")
    assert files["motion"][1] == "Conference has never met.\n"
    assert "I115" in {p.code for p in problems}


def test_what_a_page_says_of_a_paper_in_one_line() -> None:
    page = "<main><h1>Fair pay</h1><p>Motion 22 &middot; Moved by: Tees branch &middot; Status: <b>Carried</b></p>"
    files, _ = importers.convert(f"{page}<p>Conference notes.</p></main>".encode(), "page.html", Options())
    assert files[0][0].fields == {"number": "22", "title": "Fair pay", "mover": "Tees branch", "result": "Carried"}
    assert files[0][0].body == "Conference notes.\n"
