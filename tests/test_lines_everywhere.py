"""One numbering: a paper's lines have the same numbers and words on the web, in the PDFs, in Word and in plain text."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pypdfium2.raw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import word
from tests.sample import Sample
from tests.test_print_documents import MARGIN, assert_same_lines, letters, printed_lines, text_code, web_lines
from toolkit_builder import prose
from toolkit_builder.formats import wordpapers
from toolkit_builder.kinds.prints import printed_text
from toolkit_builder.motions.html import motion_html
from toolkit_builder.motions.lines import line_map, numbered
from toolkit_builder.motions.text import parse
from toolkit_builder.printing.engine import available

HELD = "content/conferences/2027-asw/motions"
HARD = {
    "901": "Conference notes:\n\n| Year | Pay | Prices |\n|---|---|---|\n| 2026 | 3 % | 4 % |\n| 2027 | 2 % | 5 % |\n\n"
           "Conference further notes what the table says.\n\nConference calls on the executive to:\n\n1. publish it.",
    "902": "Conference calls on the executive to:\n\n1. act in every nation and region, on each of these, without "
           "waiting for another report:\n   a) now, and in the open, so that every branch can see what was asked for;\n"
           "   b) later, where it must be later;\n      i. in Wales;\n      ii. in Scotland, where the law is not the "
           "same as it is in England;\n2. report.\n\nConference resolves to:\n\n- meet;\n- meet again in a year, and not "
           "before the members who were asked have had time to answer.",
    "903": "Mae’r Gynhadledd yn nodi bod ŵyl, tŷ a dŵr yn bwysig i bawb, ac y dylai pob cyngor ddarparu gwasanaeth "
           "Cymraeg heb i neb orfod gofyn amdano.\n\nMae’r Gynhadledd yn galw ar y Pwyllgor Gwaith i:\n\n(a) ŷd;\n"
           "(b) gwŷdd a gwŷn, yn yr iaith y mae’r aelod yn ei siarad gartref, ac nid yn yr iaith hawsaf i’r swyddfa.",
    "904": "Conference notes 👩🏽‍🏭 that emoji 🏴󠁧󠁢󠁷󠁬󠁳󠁿 are one character each to a reader ❤️‍🔥 however many they are to a "
           f"machine.\n\nConference notes {'x' * 190} and goes on with words of a common length.",
    "905": "Conference notes **with *deep* concern** that [a report with a long title about pay in social care]"
           "(https://example.org/report) and \"what it says\" about `code` were not read — nor was the second, "
           "*which nobody had asked for*.\n\n## What we know\n\n> A quotation that is set apart from the text and goes on "
           "for more than one line, as quotations do.\n\n3) begin at three, because two points were taken out before "
           "the paper was printed;\n4) go on with four.",
    "906": "Conference believes:\n\n1.1 that the first of all points is numbered as lawyers number, with a stop between "
           "two numbers;\n1.2 and the second too.\n\n```\nverbatim   text\n  of two lines\n```\n\nConference so resolves.",
}  # fmt: skip


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample site with motions that are hard to number."""
    files = {f"conferences/2027-asw/motions/{n}-hard.md": f"---\nnumber: '{n}'\ntitle: Hard {n}\nmover: Aldermoor\n---\n\n{text}\n"
             for n, text in HARD.items()}  # fmt: skip
    return Sample.load(tmp_path_factory.mktemp("papers"), files)


def sheets(sample: Sample) -> list[tuple[str, str]]:
    """Every motion and composite: its folder, and the name of its sheet."""
    named = ("motion.docx", "composite.docx")
    found = [Path(p) for p, job in sample.jobs.items() if job.format == "paper-docx" and p.endswith(named)]
    assert len(found) > 25
    return [(str(path.parent), path.stem) for path in found]


def plain_lines(text: str) -> list[tuple[int, str]]:
    found = re.findall(r"^ *(\d+)  (.*)$", text.partition("\n\n")[2], re.MULTILINE)
    return [(int(number), words) for number, words in found]


def agree(one: list[tuple[int, str]], other: list[tuple[int, str]], where: str) -> None:
    """The same numbers, and on each line the same letters; a line that names another paper shows its title too."""
    assert [n for n, _ in one] == [n for n, _ in other], where
    for (number, mine), (_, theirs) in zip(one, other, strict=True):
        if "[[" not in mine + theirs and theirs:
            assert letters(mine) == letters(theirs), f"{where}, line {number}"


def test_web_plain_text_and_word_have_the_same_lines_for_every_paper(papers: Sample) -> None:
    for folder, name in sheets(papers):
        web = papers.payload(f"{folder}/index.html")["doc"]
        wanted = web_lines(web["text_html"])
        assert len(wanted) == web["lines"], folder
        agree(plain_lines(papers.output(f"{folder}/paper.txt").decode()), wanted, f"{folder}, plain text")
        found = word.numbered_lines(papers.output(f"{folder}/{name}.docx"))
        agree(found[: len(wanted)], wanted, f"{folder}, Word")


def test_the_agenda_in_word_has_the_lines_of_every_paper_and_no_heading_out_of_order(papers: Sample) -> None:
    path = "conferences/2027-asw/agenda.docx"
    wanted = [line for part in papers.payload(".print/conferences/2027-asw/agenda.html")["doc"]["parts"]
              for paper in part["papers"] for html in _texts(paper) for line in web_lines(html)]  # fmt: skip
    data = papers.output(path)
    agree(word.numbered_lines(data), wanted, path)
    levels = [level for level, _ in word.headings(data)]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    assert len(levels) > 60


def _texts(paper: dict) -> list[str]:
    return [paper["text_html"], *([paper["final"]["html"]] if paper["final"] and paper["amendments"] else [])]


def test_lists_are_lists_that_word_numbers_as_they_are_printed(papers: Sample) -> None:
    lines = dict(word.numbered_lines(papers.output("conferences/2027-asw/motions/902/motion.docx")))
    labels = [text.split()[0] for text in lines.values() if re.match(r"\S+[.)] |[-•] ", text)]
    assert labels == ["1.", "a)", "b)", "i.", "ii.", "2.", "-", "-"]
    third = dict(word.numbered_lines(papers.output("conferences/2027-asw/motions/905/motion.docx")))
    assert [text[:8] for text in third.values()][-3:] == ["3) begin", "printed;", "4) go on"]


@pytest.mark.slow
def test_pdf_has_the_same_lines_for_every_paper(papers: Sample) -> None:
    if missing := available():
        pytest.skip(missing)
    for folder, name in sheets(papers):
        wanted = web_lines(papers.payload(f"{folder}/index.html")["doc"]["text_html"])
        found = printed_lines(papers.printed(f"{folder}/{name}.pdf").pdf, MARGIN["a4"])
        assert_same_lines(found[: len(wanted)], wanted)


@pytest.mark.slow
def test_large_print_has_the_same_lines_for_every_paper(papers: Sample) -> None:
    if missing := available():
        pytest.skip(missing)
    parts = papers.payload(".print/conferences/2027-asw/agenda-large.html")["doc"]["parts"]
    wanted = [line for part in parts for paper in part["papers"] for html in _texts(paper) for line in web_lines(html)]
    made = papers.printed("conferences/2027-asw/agenda-large.pdf")
    assert_same_lines(printed_lines(made.pdf, MARGIN["large"], first=1), wanted)


# --- motions that nobody wrote ---------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    ["[a link](https://example.org/x)", f"<https://example.org/{'years/' * 15}>", f"[{'long' * 24}](https://example.org/y)", f"{'long' * 24}", "שלום", "日本語", *["Conference", "notes", "that", "pay", "is", "low", "and", "dŵr", "tŷ", "ŵyl", "gwŷn", "it's", "“quoted”", "'single'", "👩🏽\u200d🏭", "❤️\u200d🔥", "naïve", "été", "*deep*", "**strong**", "`code`", "members’", "3,400", "(see", "below)", "—", "20.1", "A&B", "<b>", "~~gone~~", "_under_", "schoolteachersandothers"]]
)  # fmt: skip
_SENTENCE = st.lists(_WORDS, min_size=1, max_size=40).map(" ".join)
_CELL = st.sampled_from(
    ["3 %", "dŵr a thŷ", "👩🏽‍🏭 members", "*deep* concern", "", "the “quoted” words of a cell that is long"]
)
_TABLE = st.lists(st.lists(_CELL, min_size=2, max_size=2), min_size=1, max_size=4).map(
    lambda rows: "| Year | Pay |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)
)
_LIST = st.lists(st.tuples(st.sampled_from(["1) ", "   a) ", "      i. "]), _SENTENCE), min_size=1, max_size=5).map(
    lambda items: "\n".join(f"{lead.replace('1', str(n + 1))}{words}" for n, (lead, words) in enumerate(items))
)
_MOTION = st.lists(st.one_of(_SENTENCE, _TABLE, _LIST), min_size=1, max_size=4).map("\n\n".join)


@given(source=_MOTION, measure=st.sampled_from([80, 40, 17]))
@settings(max_examples=40, deadline=None)
def test_any_motion_has_the_same_lines_on_the_web_in_plain_text_and_in_word(source: str, measure: int) -> None:
    text, _ = parse(source)
    lines = line_map(text, measure)
    html = motion_html(text, inline=prose.inline, lines=lines)
    wanted = web_lines(html)
    plain = [(line.number, line.text) for line in lines.lines]
    agree(plain, wanted, "the line map")
    agree(plain_lines(f"head\n\n{numbered(text, lines)}"), wanted, "plain text")
    page = f"<body><div class='motion-text'>{printed_text(html, 'm')}</div></body>"
    payload = {"html": page.encode(), "title": "T", "language": "en-GB", "author": "", "subject": "", "root": ""}
    agree(word.numbered_lines(wordpapers.render(payload)), wanted, "Word")


# --- in LibreOffice --------------------------------------------------------------------------------------------


def office_lines(pdf: bytes, edge: float) -> list[tuple[int, str]]:
    """Numbers in the left margin of a PDF that an office program made, with the letters of the row beside each."""
    found: list[tuple[int, str]] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    with pypdfium2.PdfDocument(pdf) as opened:
        for sheet in opened:
            text = sheet.get_textpage()
            rows: dict[int, list[tuple[float, str]]] = {}
            for index in range(text.count_chars()):
                pypdfium2.raw.FPDFText_GetCharOrigin(text.raw, index, x, y)
                rows.setdefault(round(y.value), []).append((x.value, chr(text_code(text, index))))
            margin = {at: "".join(c for left, c in row if left < edge and c.isdigit()) for at, row in rows.items()}
            words = {at: letters("".join(c for left, c in sorted(row) if left > edge)) for at, row in rows.items()}
            for at in sorted((at for at, number in margin.items() if number), reverse=True):
                nearest = min((other for other in words if words[other]), key=lambda other, at=at: abs(other - at))
                found.append((int(margin[at]), words[nearest] if abs(nearest - at) < 9 else ""))
    return found


@pytest.mark.slow
@pytest.mark.office
def test_libreoffice_sets_the_same_numbers_beside_the_same_words(papers: Sample, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    held = "conferences/2027-asw/motions"
    for number in ("5", "901", "902", "903", "906"):
        (tmp_path / f"{number}.docx").write_bytes(papers.output(f"{held}/{number}/motion.docx"))
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir",
         str(tmp_path), *map(str, sorted(tmp_path.glob("*.docx")))], check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    for number in ("5", "901", "902", "903", "906"):
        wanted = web_lines(papers.payload(f"{held}/{number}/index.html")["doc"]["text_html"])
        found = office_lines((tmp_path / f"{number}.pdf").read_bytes(), 24 * 72 / 25.4 - 2)[: len(wanted)]
        assert [n for n, _ in found] == [n for n, _ in wanted], number
        for (line, mine), (_, theirs) in zip(found, wanted, strict=True):
            assert mine[:8] == theirs[:8], f"motion {number}, line {line}"
