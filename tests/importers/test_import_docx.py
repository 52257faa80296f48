"""Word documents: structure comes along, tracked changes become an amendment, comments never do."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from docx import Document

from toolkit_builder import importers
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.importers import Draft, Options

INS = '<w:ins w:id="{0}" w:author="Ann Lee" w:date="2027-01-01T00:00:00Z">{1}</w:ins>'
DEL = '<w:del w:id="{0}" w:author="Bo Mill" w:date="2027-01-01T00:00:00Z">{1}</w:del>'


def run(words: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{words}</w:{tag}></w:r>'


def inserted(words: str) -> str:
    return INS.format(1, run(words))


def deleted(words: str) -> str:
    return DEL.format(2, run(words, "delText"))


def para(*runs: str, mark: str = "") -> str:
    return f"<w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr>{''.join(runs)}</w:p>"


def word(*paragraphs: str, files: dict[str, str] | None = None) -> bytes:
    """A .docx whose body is the given XML paragraphs."""
    made = io.BytesIO()
    Document().save(made)
    out = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = re.sub(r"<w:body>.*?(?=<w:sectPr)", lambda _: "<w:body>" + "".join(paragraphs),
                                 content.decode(), flags=re.S).encode()  # fmt: skip
            new.writestr(name, content)
        for name, text in (files or {}).items():
            new.writestr(name, text)
    return out.getvalue()


def bring(data: bytes) -> tuple[dict[str, tuple[Draft, str]], list[Diagnostic]]:
    options = Options(kind="motion", number="20", today="2027-01-01")
    files, problems = importers.convert(data, "motion.docx", options)
    return {draft.kind: (draft, text.split("---\n\n", 1)[1]) for draft, text in files}, problems


def made(build: Callable[[object], None]) -> bytes:
    document = Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_structure_comes_along() -> None:
    def build(document: object) -> None:
        assert hasattr(document, "add_heading")
        document.add_heading("Night ferries", 0)
        document.add_paragraph("Conference ").add_run("notes").bold = True  # type: ignore[attr-defined]
        document.add_paragraph("Conference calls on the executive to:")  # type: ignore[attr-defined]
        for words in ("act;", "report."):
            document.add_paragraph(words, style="List Number")  # type: ignore[attr-defined]
        document.add_paragraph("a boat", style="List Bullet")  # type: ignore[attr-defined]
        table = document.add_table(2, 2)  # type: ignore[attr-defined]
        for at, words in enumerate("abcd"):
            table.cell(at // 2, at % 2).text = words

    files, _ = bring(made(build))
    draft, body = files["motion"]
    assert draft.fields["title"] == "Night ferries"
    assert body == (
        "Conference **notes**\n\nConference calls on the executive to:\n\n1. act;\n\n2. report.\n\n- a boat\n\n"
        "| a | b |\n|---|---|\n| c | d |\n"
    )


def test_tracked_changes_become_an_amendment_and_the_motion_is_without_them() -> None:
    files, problems = bring(word(
        para(run("Night ferries")),
        para(run("Conference notes the "), deleted("slow "), inserted("rising "), run("tide.")),
        para(inserted("Conference believes in boats."), mark='<w:ins w:id="9" w:author="Ann Lee"/>'),
        para(run("Conference calls on us to act.")),
    ))  # fmt: skip
    assert files["motion"][1] == "Conference notes the slow tide.\n\nConference calls on us to act.\n"
    draft, body = files["amendment"]
    assert draft.fields == {"number": "20.1", "amends": "20", "form": "copy"}
    assert draft.folder == "conferences/imported/amendments"
    assert body == (
        "Conference notes the rising tide.\n\nConference believes in boats.\n\nConference calls on us to act.\n"
    )
    (said,) = [p for p in problems if p.code == "I108"]
    assert "4 tracked changes by Ann Lee, Bo Mill" in said.message


@pytest.mark.parametrize(
    ("paragraphs", "before", "after"),
    [
        ((para(run("Conference notes one "), mark='<w:del w:id="3" w:author="A"/>'), para(run("tide."))),
         "Conference notes one\n\ntide.\n", "Conference notes one tide.\n"),
        ((para(run("Conference notes one "), mark='<w:ins w:id="3" w:author="A"/>'), para(run("tide."))),
         "Conference notes one tide.\n", "Conference notes one\n\ntide.\n"),
        ((para(run("Conference notes "), '<w:moveFrom w:id="4" w:author="A">' + run("old") + "</w:moveFrom>",
               '<w:moveTo w:id="5" w:author="A">' + run("new") + "</w:moveTo>"),),
         "Conference notes old\n", "Conference notes new\n"),
        ((para(run("Conference notes "), INS.format(1, DEL.format(2, run("never ", "delText"))), run("boats")),),
         "Conference notes boats\n", None),
    ],
)  # fmt: skip
def test_every_kind_of_change_can_be_taken_and_refused(
    paragraphs: tuple[str, ...], before: str, after: str | None
) -> None:
    files, _ = bring(word(para(run("Ferries")), *paragraphs))
    assert files["motion"][1] == before
    assert files.get("amendment", (None, None))[1] == after


def test_comments_headers_and_hidden_words_are_not_published() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    comment = f'<w:comments {space}><w:comment w:id="1">{para(run("private word"))}</w:comment></w:comments>'
    data = word(
        para(run("Ferries")),
        para(run("Conference notes it."), "<w:r><w:rPr><w:vanish/></w:rPr><w:t>our secret</w:t></w:r>"),
        files={"word/comments.xml": comment,
               "word/header1.xml": f"<w:hdr {space}>{para(run('DRAFT 3'))}</w:hdr>"},
    )  # fmt: skip
    files, problems = bring(data)
    assert files["motion"][1] == "Conference notes it.\n"
    messages = {p.code: p.message for p in problems if p.code in {"I101", "I109"}}
    assert messages["I109"].startswith("1 comments were left out")
    assert any("DRAFT 3" in p.message for p in problems)
    assert any("our secret" in p.message for p in problems)
    assert not any("private word" in p.message for p in problems)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 not a zip", "I111"),
        (b"\xd0\xcf\x11\xe0 an old .doc", "I111"),
        (word("<w:p>broken"), "I111"),
        (word(para(run("x")), files={"word/evil.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "I113"),
        (word("<w:sdt><w:sdtContent>" * 30_000 + "</w:sdtContent></w:sdt>" * 30_000), "I112"),
    ],
)
def test_a_bad_document_is_one_error(data: bytes, code: str) -> None:
    files, problems = importers.convert(data, "a.docx")
    assert files == ()
    assert [p.code for p in problems if p.is_error] == [code]


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("word/media/big.bin", b"\0" * (101 * 1024 * 1024))
    files, problems = importers.convert(out.getvalue(), "a.docx")
    assert files == ()
    assert [p.code for p in problems] == ["I112"]


def test_an_instruction_in_a_plain_document_is_no_amendment() -> None:
    files, problems = bring(word(para(run("Ferries")), para(run("Conference notes it."))))
    assert set(files) == {"motion", "conference"}
    assert "I108" not in [p.code for p in problems]


# --- the ways in which Word keeps words ------------------------------------------------------------------------

SPACES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
BOX = f"<w:txbxContent>{para(run('in the box'))}</w:txbxContent>"
CHOICE = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{BOX}</wps:txbx></w:drawing></mc:Choice>'
FALLBACK = f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback>"
WAYS = {
    "a simple field": ('<w:fldSimple w:instr=" DATE ">' + run("today") + "</w:fldSimple>", "today"),
    "a field": ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> REF a </w:instrText></w:r><w:r>'
                '<w:fldChar w:fldCharType="separate"/></w:r>' + run("shown") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
                "shown"),
    "a box for new readers": (f"<w:r {SPACES}><mc:AlternateContent>{CHOICE}</mc:AlternateContent></w:r>", "in the box"),
    "a box for both": (f"<w:r {SPACES}><mc:AlternateContent>{CHOICE}{FALLBACK}</mc:AlternateContent></w:r>", "in the box"),
    "a box for old readers": (f"<w:r {SPACES}><w:pict><v:textbox>{BOX}</v:textbox></w:pict></w:r>", "in the box"),
    "a control": ("<w:sdt><w:sdtContent>" + run("controlled") + "</w:sdtContent></w:sdt>", "controlled"),
    "a tag": ('<w:smartTag w:element="place">' + run("Leeds") + "</w:smartTag>", "Leeds"),
    "a formula": (f"<m:oMath {SPACES}><m:r><m:t>x=2</m:t></m:r></m:oMath>", "x=2"),
    "a reading": ("<w:r><w:ruby><w:rt>" + run("read") + "</w:rt><w:rubyBase>" + run("base") + "</w:rubyBase></w:ruby></w:r>",
                  "base (read)"),
    "a place to go to": ('<w:hyperlink w:anchor="a">' + run("above") + "</w:hyperlink>", "above"),
    "small capitals": ("<w:r><w:rPr><w:smallCaps/></w:rPr><w:t>small</w:t></w:r>", "small"),
    "a direction": ('<w:bdo w:val="rtl">' + run("שלום") + "</w:bdo>", "שלום"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_words_are_found_wherever_word_keeps_them(way: str) -> None:
    xml, words = WAYS[way]
    files, problems = bring(word(para(run("Ferries")), para(run("Conference notes "), xml, run(" and so on."))))
    body = files["motion"][1]
    assert body.count(words) == 1
    assert "Conference notes" in body
    assert "and so on." in body
    assert not [p for p in problems if "could not be placed" in p.message or p.code == "I110"]


def test_words_that_are_struck_through_are_kept_and_reported() -> None:
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>never </w:t></w:r>"
    files, problems = bring(word(para(run("Ferries")), para(run("Conference has "), struck, run("met."))))
    assert files["motion"][1] == "Conference has never met.\n"
    assert [p.message for p in problems if p.code == "I115"] == [
        "words that are struck through were kept as words of the text: 'never'"
    ]


def test_changes_in_footnotes_are_taken_and_refused_too() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    notes = (f"<w:footnotes {space}><w:footnote w:id=\"1\">{para(run('a note '), inserted('added'), deleted('gone'))}"
             "</w:footnote></w:footnotes>")  # fmt: skip
    data = word(para(run("Ferries")), para(run("Conference notes it.") + '<w:r><w:footnoteReference w:id="1"/></w:r>'),
                files={"word/footnotes.xml": notes})  # fmt: skip
    data = with_part(data, "footnotes")
    files, _ = bring(data)
    assert files["motion"][1] == "Conference notes it.[^1]\n\n[^1]: a note gone\n"
    assert files["amendment"][1] == "Conference notes it.[^1]\n\n[^1]: a note added\n"


def with_part(data: bytes, name: str) -> bytes:
    """The document with a relation to its part of that name."""
    out = io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "word/_rels/document.xml.rels":
                more = f'<Relationship Id="rX" Type="{kind}/{name}" Target="{name}.xml"/></Relationships>'
                content = content.replace(b"</Relationships>", more.encode())
            new.writestr(member, content)
    return out.getvalue()


# --- numbers ---------------------------------------------------------------------------------------------------


def lists(*definitions: str) -> str:
    """word/numbering.xml: list 1, 2 ... each of levels ``start:kind:text`` parted by spaces."""
    found = numbers = ""
    for n, levels in enumerate(definitions, start=1):
        inner = ""
        for at, level in enumerate(levels.split()):
            start, kind, text = level.split(":", 2)
            inner += (f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>'
                      f'<w:lvlText w:val="{text}"/></w:lvl>')  # fmt: skip
        found += f'<w:abstractNum w:abstractNumId="{n}">{inner}</w:abstractNum>'
        numbers += f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
    anew = ('<w:num w:numId="9"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
            "</w:lvlOverride></w:num>")  # fmt: skip
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return f"<w:numbering {space}>{found}{numbers}{anew}</w:numbering>"


def item(words: str, number: int = 1, level: int = 0, before: str = "") -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{before}{run(words)}</w:p>"


def replaced(data: bytes, name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            new.writestr(member, text if member == name else old.read(member))
    return out.getvalue()


@pytest.mark.parametrize(
    ("levels", "paragraphs", "body"),
    [
        (["1:decimal:%1) 1:lowerLetter:(%2) 1:lowerRoman:%3."],
         [item("one"), item("under", level=1), item("deep", level=2), item("next", level=1), item("two")],
         "1) one\n\n    (a) under\n\n        i. deep\n\n    (b) next\n\n2) two\n"),
        (["1:decimal:%1."], [item("one"), para(run("Conference also notes:")), item("two")],
         "1. one\n\nConference also notes:\n\n2. two\n"),
        (["1:decimal:%1."], [item("one"), item("two"), item("anew", 9), item("again", 9)],
         "1. one\n\n2. two\n\n1. anew\n\n2. again\n"),
        (["3:upperLetter:%1."], [item("three"), item("four")], "C. three\n\nD. four\n"),
        (["1:decimal:%1. 1:decimal:%1.%2"], [item("one"), item("sub", level=1), item("sub", level=1), item("two")],
         "1. one\n\n    1.1 sub\n\n    1.2 sub\n\n2. two\n"),
        (["1:bullet:\uf0b7"], [item("dot")], "- dot\n"),
        (["1:decimal:Call_%1:"], [item("act;")], "Call_1: act;\n"),
        (["1:decimal:%1."], [item("kept"), item("", before=deleted("gone")), item("last")],
         "1. kept\n\n2. gone\n\n3. last\n"),
    ],
)  # fmt: skip
def test_numbers_are_those_that_word_shows(levels: list[str], paragraphs: list[str], body: str) -> None:
    data = replaced(word(para(run("Ferries")), *paragraphs), "word/numbering.xml", lists(*levels))
    files, _ = bring(data)
    assert files["motion"][1] == body


def test_numbers_of_styles_and_of_headings_are_shown_too() -> None:
    def build(document: object) -> None:
        assert hasattr(document, "add_heading")
        document.add_heading("Ferries", 1)
        for words in ("first", "second"):
            document.add_paragraph(words, style="List Number")  # type: ignore[attr-defined]
        document.add_paragraph("below", style="List Number 2")  # type: ignore[attr-defined]

    files, _ = bring(made(build))
    assert files["motion"][1] == "1. first\n\n2. second\n\n1. below\n"


def test_a_document_of_this_program_comes_back_without_its_line_numbers() -> None:
    from toolkit_builder.formats import wordpapers
    from toolkit_builder.kinds.prints import printed_text
    from toolkit_builder.motions.html import motion_html
    from toolkit_builder.motions.text import parse

    source = ("Conference notes that the ferry is late, and that it was late last year as well, and in the year before "
              "that one.\n\n| Year | Late |\n|---|---|\n| 2026 | 9 |\n\nConference calls on us to:\n\n1) act;\n\n"
              "    (a) now;\n\n2) report.\n")  # fmt: skip
    html = printed_text(motion_html(parse(source)[0]), "m")
    page = f"<body><p class='paper-label'>Motion 20</p><h1>Ferries</h1><div class='motion-text'>{html}</div></body>"
    data = wordpapers.render({"html": page.encode(), "title": "Ferries", "language": "en-GB", "author": "",
                              "subject": "", "root": ""})  # fmt: skip
    files, problems = bring(data)
    assert files["motion"][0].fields["title"] == "Ferries"
    assert files["motion"][1] == source
    assert not [p for p in problems if "could not be placed" in p.message]
