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


def test_the_papers_of_a_composite_are_not_its_mover() -> None:
    text = "Composite 7: Rail\n\n(Motions 31, 32 and amendment)\n\nCongress notes delays.\n\nMoved: RMT\nSeconded: ASLEF\nSupported: TSSA\n"
    draft, body, report = imported(text.encode(), "c.txt", kind="motion")
    assert (draft.fields["mover"], draft.fields["seconder"]) == ("RMT", "ASLEF")
    assert "(Motions 31, 32 and amendment)" in body
    assert "Supported: TSSA" in body
    assert "'Seconded: ASLEF' became 'seconder: ASLEF'" in report


def test_a_branch_in_brackets_below_the_title_is_reported_as_the_mover() -> None:
    draft, _, report = imported(b"Fair pay\n\n(Tees Branch)\n\nConference notes delays.\n", "m.txt", kind="motion")
    assert draft.fields["mover"] == "Tees Branch"
    assert "'(Tees Branch)' became 'mover: Tees Branch'" in report


def test_a_title_of_its_own_below_the_number() -> None:
    text = b"EMERGENCY MOTION 2\nTitle: Closure of the depot\nSubmitted by: Alder Branch\n\nConference notes it.\n"
    draft, body, _ = imported(text, "e.txt", kind="motion")
    assert [draft.fields[key] for key in ("number", "title", "mover")] == [
        "EM2",
        "Closure of the depot",
        "Alder Branch",
    ]
    assert body.strip() == "Conference notes it."


def test_what_became_of_it_and_the_count_of_words_may_stand_below_the_text() -> None:
    text = b"Motion 4: Staffing\n\nConference resolves to act.\n\n(247 words)\n\nCarried\n"
    draft, body, report = imported(text, "m.txt")
    assert draft.fields["result"] == "Carried"
    assert body.strip() == "Conference resolves to act."
    assert "left out: '(247 words)'" in report


def test_the_last_words_of_a_motion_are_no_result() -> None:
    for words in ("This must be carried forward to 2028.", "Agreed standards for all, in 247 words or fewer."):
        draft, body, _ = imported(f"Motion 4: Staffing\n\nConference notes it.\n\n{words}\n".encode(), "m.txt")
        assert "result" not in draft.fields
        assert body.strip().endswith(words)


def test_the_number_and_the_day_of_a_bulletin_stand_in_one_line() -> None:
    text = "DAILY BULLETIN\nIssue 3, Wednesday 16 June 2027\n\nMotion 4 carried.\n"
    draft, body, report = imported(text.encode(), "b.txt", kind="bulletin")
    assert draft.fields == {"issue": "3", "title": "DAILY BULLETIN", "date": "2027-06-16"}
    assert body.strip() == "Motion 4 carried."
    assert "became 'issue: 3'" in report


def test_prose_that_stops_short_goes_on_in_a_line_that_is_broken_off_too() -> None:
    long = "The executive has met every fortnight since the spring. " * 4 + "The greatest threat to adult social"
    text = f"{long}\n\nCare is the rollout of\n\nbudgets for each person.\n"
    _, body, _ = imported(text.encode(), "p.txt", kind="page")
    assert "adult social Care is the rollout of budgets for each person." in body
    _, body, _ = imported(f"{long}\n\nCare matters\n\nTo us all.\n".encode(), "p.txt", kind="page")
    assert "social\n\nCare matters\n\nTo us" in body


def test_ticks_and_crosses_before_points_stay() -> None:
    _, body, _ = imported("Conference notes:\n\n✓ paid\n\n✗ unpaid\n".encode(), "m.txt", kind="motion")
    assert body.split("\n\n")[1:] == ["✓ paid", "✗ unpaid\n"]
