"""E-mailed motions: the words come along; heads, signatures and attachments are reported."""

from __future__ import annotations

import pytest

from toolkit_builder import importers
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.importers import Options

TEXT = "Motion: Buses\n\nConference notes that the last bus “leaves” at eleven, and that cleaners walk home.\n"
HEAD = "From: Jo <jo@example.org>\nTo: office@example.org\nSubject: Motion\nDate: Mon, 4 Jan 2027 10:00:00 +0000\n"
SAVED = (
    HEAD.encode() + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: {type}; "
    b"charset=windows-1252\nContent-Transfer-Encoding: quoted-printable\n\n{text}\n--b\nContent-Type: application/msword\n"
    b"Content-Disposition: attachment; filename=plan.doc\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n"
)


def bring(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    files, problems = importers.convert(data, path, Options(kind="motion", number="1"))
    return files[0][1].split("---\n\n", 1)[1], problems


@pytest.mark.parametrize(
    ("type_", "text"),
    [("text/plain", b"Motion: Buses\n\nConference notes that the last bus =93leaves=94 at eleven, and that =\ncleaners walk home."),
     ("text/html", b"<p>Motion: Buses</p><p>Conference notes that the last bus =93leaves=94 at eleven, and that cleaners walk home.</p>")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["motion.eml", "motion"])
def test_a_saved_message_is_decoded(type_: str, text: bytes, path: str) -> None:
    body, problems = bring(SAVED.replace(b"{type}", type_.encode()).replace(b"{text}", text), path)
    assert body == "Conference notes that the last bus “leaves” at eleven, and that cleaners walk home.\n"
    said = " ".join(p.message for p in problems)
    assert "the head of an e-mail left out: 'From: Jo <jo@example.org>" in said
    assert "the attachment 'plan.doc' was left out" in said


def test_a_copied_message_loses_its_head_its_marks_and_its_signature() -> None:
    quoted = "".join(f"> {line}\n" if line else ">\n" for line in TEXT.split("\n"))
    body, problems = bring((HEAD + "\n" + quoted + "-- \nJo\nBranch Secretary\n").encode(), "mail.txt")
    assert body.split() == TEXT.split()[2:]
    assert [p.message for p in problems if p.code == "I101"] == [
        f"the head of an e-mail left out: '{'; '.join(HEAD.strip().splitlines())}'",
        "a signature left out: 'Jo Branch Secretary'",
    ]


@pytest.mark.parametrize("text", [
    "Conference notes:\n\nFrom: the sea\n\nTo: the land\n",
    "Night buses\n\nConference notes it.\n\n--\nConference calls on us to act.\n",
])  # fmt: skip
def test_a_motion_is_not_taken_for_a_message(text: str) -> None:
    body, problems = bring(text.encode(), "motion.txt")
    assert not [p for p in problems if "e-mail" in p.message or "signature" in p.message]
    assert body.split()[-1] == text.split()[-1]


def test_a_broken_message_is_an_empty_file_and_no_crash() -> None:
    files, problems = importers.convert(
        b"Content-Type: text/plain; charset=nonsense\nMIME-Version: 1\nA: b\n\n\xff\xfe", "a.eml"
    )
    assert files or problems


@pytest.mark.parametrize(
    ("subject", "title", "number"),
    [("Motion 9: Fair pay", "Fair pay", "9"), ("Fwd: RE: Motion 9: Fair pay", "Fair pay", "9"), ("Minutes", "", "1")],
)
def test_a_subject_that_names_the_paper_is_its_title(subject: str, title: str, number: str) -> None:
    head = HEAD.replace("Subject: Motion", f"Subject: {subject}")
    text = "Conference notes that cleaners walk home.\n\n-- \nJo, secretary\n"
    saved = f"{head}MIME-Version: 1.0\nContent-Type: text/plain\n\n{text}".encode()
    for data, path in ((saved, "a.eml"), (f"{head}\n{text}".encode(), "a.txt")):
        files, problems = importers.convert(data, path, Options(kind="motion"))
        assert (f"title: {title}\n" in files[0][1]) == bool(title), files[0][1]
        assert (f"number: {number}\n" in files[0][1]) or not title
        assert "secretary" not in files[0][1]
        assert any("a signature left out: 'Jo, secretary'" in p.message for p in problems)


def test_a_subject_says_what_an_amendment_amends() -> None:
    text = f"{HEAD.replace('Subject: Motion', 'Subject: Amendment to motion 20')}\nIn paragraph 2, delete “pay”.\n"
    files, _ = importers.convert(text.encode(), "a.txt", Options())
    assert "amends: 20\n" in files[0][1]
