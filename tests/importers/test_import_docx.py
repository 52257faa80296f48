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
