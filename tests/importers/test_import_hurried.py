"""Texts that were typed, forwarded or exported in a hurry: titles without an empty line, greetings above, odd bullets."""

from __future__ import annotations

import io

import docx
import pytest

from toolkit_builder.importers import Draft, Options, convert


def imported(data: bytes, path: str, **options: str) -> tuple[Draft, str, str]:
    made, found = convert(data, path, Options(today="2027-06-01", **options))
    return made[0][0], made[0][0].body, "\n".join(f"{d.code} {d.message}" for d in found)


def test_a_title_needs_no_empty_line_below_it_whatever_ends_the_lines() -> None:
    draft, body, _ = imported(
        b"Motion 6: Old Mac\rMoved by: Town Branch\rConference notes line ends.\r1. one\r2. two\r", "a.txt"
    )
    assert draft.fields == {"number": "6", "title": "Old Mac", "mover": "Town Branch"}
    assert body.split() == ["Conference", "notes", "line", "ends.", "1.", "one", "2.", "two"]


def test_words_that_only_mention_a_motion_are_no_title() -> None:
    draft, body, _ = imported(
        b"Motion 6 was carried by a\nlarge majority of those who were there to vote.", "a.txt", kind="page"
    )
    assert "Motion 6 was carried" in draft.fields["title"] + body


def test_news_has_its_day_below_its_headline() -> None:
    draft, body, _ = imported(b"Branches launch survey\n12 May 2027\n\nThe union launched it.\n", "n.txt", kind="news")
    assert (draft.fields["title"], draft.fields["date"]) == ("Branches launch survey", "2027-05-12")
    assert body.strip() == "The union launched it."


def test_a_paper_that_was_forwarded_below_a_greeting_has_no_marks_of_quotation() -> None:
    text = "Hi Sue,\n\nhere:\n\n> Conference notes that cafés close.\n>\n> Conference resolves to:\n> 1. open them\n> 2. eat cake\n\nBob\n"
    _, body, _ = imported(text.encode(), "m.txt", kind="motion")
    assert ">" not in body
    assert "1. open them" in body
    assert all(word in body + imported(text.encode(), "m.txt")[2] for word in ("Sue", "here", "Bob"))


def test_a_few_words_of_somebody_else_stay_quoted() -> None:
    _, body, _ = imported(b"Ann wrote:\n\n> We met.\n> It rained.\n> Nobody came.\n\nSo be it.", "m.txt", kind="page")
    assert body.count(">") == 3


@pytest.mark.parametrize("sign", ["\uf0b7\t", "\uf0d8 ", "■ ", "► "])
def test_bullets_of_symbol_fonts(sign: str) -> None:
    _, body, _ = imported(f"Conference notes:\n\n{sign}one\n{sign}two\n".encode(), "b.txt", kind="motion")
    assert [line.strip() for line in body.splitlines() if line.strip()][1:] == ["- one", "- two"]


def test_letters_of_symbol_fonts_are_bullets_in_a_list_and_words_elsewhere() -> None:
    _, body, _ = imported("Notes:\n\n• one\nØ\ttwo\nü\tthree\n".encode(), "b.txt", kind="motion")
    assert [line.strip() for line in body.splitlines() if line.strip()][1:] == ["- one", "- two", "- three"]
    _, alone, _ = imported(b"Conference notes:\n\nv\tis a letter\n", "b.txt", kind="motion")
    assert "v is a letter" in " ".join(alone.split())


def test_lists_within_lists_of_google_docs() -> None:
    page = (
        '<html><body><p>Conference calls on the NEC to:</p><ol class="lst-kix_a-0 start" start="1"><li>lobby;</li><li>raise:</li></ol>'
        '<ol class="lst-kix_a-1 start" start="1"><li>here</li></ol><ol class="lst-kix_a-0" start="3"><li>report.</li></ol></body></html>'
    )
    _, body, _ = imported(page.encode(), "g.html", kind="motion")
    assert [line.strip() for line in body.splitlines() if line.strip()][1:] == [
        "1. lobby;",
        "2. raise:",
        "a. here",
        "3. report.",
    ]
    assert "    a. here" in body


def test_a_numbered_bulletin_is_no_update_and_who_submits_an_amendment_moves_it() -> None:
    paper = docx.Document()
    paper.add_heading("Daily bulletin no. 2", 0)
    for words in ("Big vote", "Tomorrow"):
        paper.add_heading(words, 1)
        paper.add_paragraph("It was carried.")
    file = io.BytesIO()
    paper.save(file)
    draft, _, _ = imported(file.getvalue(), "b.docx")
    assert (draft.kind, draft.fields["issue"]) == ("bulletin", "2")
    draft, body, said = imported(b"Amendment to Motion 12\n\nSubmitted by Eastvale\n\nDelete point 2.", "a.txt")
    assert draft.fields == {"number": "12.1", "amends": "12", "mover": "Eastvale"}
    assert body.strip() == "Delete point 2."
    assert "became 'amends: 12'" in said


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"%PDF-1.7\n1 0 obj", "a PDF"), (b"{\\rtf1 Hello}", "rich text"), (b"\x89PNG\r\n\x1a\n", "a picture")],
)
def test_what_holds_no_text_is_refused(data: bytes, what: str) -> None:
    made, found = convert(data, "a.txt")
    assert made == ()
    assert [d.code for d in found] == ["I305"]
    assert what in found[0].message


def test_accents_are_letters_in_the_names_of_files() -> None:
    assert imported("Motion 8: Cafés\n\nConference notes.\n".encode(), "a.txt")[0].name == "8-cafes"
