"""Plain text in every state people have it in: no word is lost, and every change is in the report."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit_builder import importers
from toolkit_builder.decode import decode
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.importers import Draft, Options
from toolkit_builder.importers.dates import whole_date
from toolkit_builder.importers.pieces import Piece, escape, nested
from toolkit_builder.kinds.fields import MotionFields
from toolkit_builder.motions.inline import visible

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
OPTIONS = Options(today="2027-01-01")


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text.casefold()))


def bring(
    text: str | bytes, name: str = "paper.txt", options: Options = OPTIONS
) -> tuple[Draft, str, list[Diagnostic]]:
    data = text.encode() if isinstance(text, str) else text
    files, problems = importers.convert(data, name, options)
    return files[0][0], files[0][1], problems


def lost(original: str, name: str = "paper.txt") -> Counter[str]:
    """The words of a text that are in no file and not in the report."""
    files, problems = importers.convert(original.encode(), name, OPTIONS)
    kept = words(" ".join(text.replace("\\n", " ") for _, text in files))
    for problem in problems:
        kept += words(problem.message)
    return words(original) - kept


MOTION = """\
Night ferries

Back to all Motions

2027 Harbour Group Conference
14 June 2027

Conference notes that night ferries sail with half the hands they need.

Conference calls on the executive to:

1)Demand a statutory crew;

2)Publish the figures

3)Report in a year.
"""


def test_a_motion_from_a_web_page() -> None:
    draft, text, problems = bring(MOTION)
    assert (draft.kind, draft.fields) == ("motion", {"number": "1", "title": "Night ferries", "date": "2027-06-14"})
    assert draft.folder == "conferences/2027-harbour-group-conference/motions"
    assert draft.name == "1-night-ferries"
    assert "\n1) Demand a statutory crew;\n\n2) Publish the figures\n\n3) Report in a year.\n" in text
    assert [p.code for p in problems] == ["I101", "I114", "I202"]
    assert "Back to all Motions" in problems[0].message
    assert problems[0].span is not None
    assert problems[0].span.line == 3
    assert lost(MOTION) == Counter()


def test_head_lines_become_fields() -> None:
    draft, _, _ = bring(
        "Motion 20: Night ferries\nMoved by: Quay Branch\nSeconded by: Locks Branch\nResult: carried\n\n"
        "Congress notes the tide.\n"
    )
    assert draft.fields == {
        "number": "20", "title": "Night ferries", "mover": "Quay Branch", "seconder": "Locks Branch",
        "result": "carried",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Amendment 20.1 to motion 20\nMoved by: Quay Branch\n\nDelete point 2.",
         {"number": "20.1", "amends": "20", "mover": "Quay Branch"}),
        ("Amendment 20.1\n\nIn paragraph 2 delete 'a'.", {"number": "20.1", "amends": "20"}),
        ("Amendment to motion 20: Ferries\n\nAdd: more.", {"number": "20.1", "amends": "20", "title": "Ferries"}),
    ],
)  # fmt: skip
def test_an_amendment_keeps_its_instruction(text: str, fields: dict[str, str]) -> None:
    draft, body, _ = bring(text)
    assert (draft.kind, draft.fields) == ("amendment", fields)
    assert body.endswith("---\n\n" + text.rpartition("\n\n")[2] + "\n")
    assert lost(text) == Counter()


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        ("20. NIGHT FERRIES\n\n(Quay Branch)", {"number": "20", "title": "NIGHT FERRIES", "mover": "Quay Branch"}),
        ("Composite 3 Night ferries\n\nMoved: Quay\nSeconded: Locks",
         {"number": "Composite 3", "title": "Night ferries", "mover": "Quay", "seconder": "Locks"}),
        ("Emergency motion 1: Storm", {"number": "EM1", "title": "Storm"}),
        ("MOTION 14\nNight ferries", {"number": "14", "title": "Night ferries"}),
    ],
)  # fmt: skip
def test_heads_of_motions(head: str, fields: dict[str, str]) -> None:
    text = f"{head}\n\nThis conference notes the tide.\n"
    draft, body, _ = bring(text)
    assert (draft.kind, draft.fields) == ("motion", fields)
    assert body.endswith("---\n\nThis conference notes the tide.\n")
    assert lost(text) == Counter()


def test_wrapped_points_and_sub_points_of_a_narrow_text() -> None:
    _, body, _ = bring(
        "Ferries\n\nThis branch resolves:\n1. To write to the council\n   about the tide, and\n   to publish it.\n"
        "   1.1 at once\n2. To report.\n"
    )
    assert body.endswith(
        "1. To write to the council about the tide, and to publish it.\n\n    1.1 at once\n\n2. To report.\n"
    )


@pytest.mark.parametrize(
    ("markers", "depths"),
    [
        ("1. a) b) i) ii) c) 2.", [1, 2, 2, 3, 3, 2, 1]),
        ("(i) (ii) (iii) (iv) (v) (vi)", [1] * 6),
        ("i) a) b) ii) a)", [1, 2, 2, 1, 2]),
        ("a) b) c) d) e) f) g) h) i) j)", [1] * 10),
        ("1) - - 2) -", [1, 2, 2, 1, 2]),
        ("- - -", [1, 1, 1]),
        ("1. 2. a. 3.", [1, 1, 2, 1]),
    ],
)
def test_depth_by_markers(markers: str, depths: list[int]) -> None:
    pieces = [Piece("item", "x", "x", marker=marker) for marker in markers.split()]
    assert [piece.level for piece in nested(pieces)] == depths


def test_the_number_given_wins_and_lines_half_understood_stay() -> None:
    draft, body, _ = bring("Ferries\n\nMotion 7\n\nMover: Quay\nsome note here.\n\nConference notes it.",
                           options=Options(kind="motion", number="9"))  # fmt: skip
    assert draft.fields == {"number": "9", "title": "Ferries"}
    assert "Mover: Quay  \nsome note here.\n\nConference notes it." in body


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("20-ferries.txt", "20"),
        ("motion-20.1.txt", "20.1"),
        ("EM1.txt", "EM1"),
        ("2027-06-14.txt", "1"),
        ("a.txt", "1"),
    ],
)
def test_the_number_from_the_file_name(name: str, number: str) -> None:
    draft, _, _ = bring("Ferries\n\nConference notes the tide.\n", name)
    assert draft.fields["number"] == number


def test_a_number_that_is_free() -> None:
    draft, _, problems = bring(
        "Ferries\n\nConference notes it.\n", options=Options(taken=frozenset({"01", "2", "EM1"}))
    )
    assert draft.fields["number"] == "3"
    assert "I202" in [p.code for p in problems]


def test_windows_1252_and_utf_16_are_read() -> None:
    text = "Pay\n\nConference notes “fair pay” – now…\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        _, body, problems = bring(text.encode(encoding))
        assert "“fair pay” – now…" in body
        assert ("I102" in [p.code for p in problems]) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("Conference notes that night ferries sail with half the hands\nthey need, and that no drill was held on the\n"
         "northern routes since spring.", "half the hands they need, and that no drill was held on the northern"),
        ("Conference notes that the national rollout of\n\n'Personal boats' has begun.", "rollout of 'Personal boats'"),
        ("Conference notes that every boat i.e.\n\na ferry is old.", "i.e. a ferry"),
        ("Conference notes that many people, more than last year, are\nwaiting for an opera-\ntion on the coast now.",
         "an operation on"),
        ("Conference notes a well-paid crew, and that everybody there is a well-\npaid person, as they should be.",
         "is a well-paid person"),
    ],
)  # fmt: skip
def test_lines_broken_by_a_pdf_are_joined(broken: str, whole: str) -> None:
    _, body, _ = bring(f"Ferries\n\n{broken}\n")
    assert whole in body


@pytest.mark.parametrize(
    "kept",
    [
        "Conference calls for:\n\nfair pay for all the crews of the northern boats\n\nno cuts to the southern boats",
        "Conference calls on the executive to:\n\n1. act\n\n2. and report",
        "Conference notes the tide.\n\nConference believes in boats.",
    ],
)
def test_what_was_apart_stays_apart(kept: str) -> None:
    _, body, problems = bring(f"Ferries\n\n{kept}\n")
    assert kept in body
    assert "I104" not in [p.code for p in problems]


def test_running_headers_and_page_numbers_are_left_out_and_reported() -> None:
    pages = "Agenda 2027\nFerries\n\nConference notes the tide.\n1\fAgenda 2027\nConference believes in boats.\n2"
    _, body, problems = bring(pages)
    assert "Agenda" not in body
    assert len([p for p in problems if p.code == "I101"]) == 4
    assert lost(pages) == Counter()


@pytest.mark.parametrize(
    "plain",
    ["2 * 3 * 4", "*not emphasis*", "snake_case and _this_", "a <b> tag & &amp; entity", "# 1 priority", "> 5 years",
     "[text](http://x.example)", "`code`", "back\\slash \\* star", "--- ", "==", "::: note", "a | b", "{{ name }}",
     "{% raw %}", "~~gone~~", "[^1]"],
)  # fmt: skip
def test_escaped_words_read_as_they_were(plain: str) -> None:
    assert visible(escape(plain)).text == " ".join(plain.split())


def test_a_plan_with_its_contact_panel() -> None:
    plan = (
        "Our 3 point plan for harbours\n\nThe tide waits for nobody.\n\nOur 3 point plan for harbours\n\n"
        "For more information\ncall 01632 960 123\nMonday – Friday\n9am – 5pm\nTextphone\n01632 960 124\n"
        "www.harbour.example\n\n1 Count the boats: every spring.\n\n2 Clear rules for the lock:\n\n"
        "written with those who work it.\n\n3 Talk to us: all of us.\n"
    )
    draft, body, _ = bring(plan)
    assert draft.kind == "plan"
    assert draft.fields["contact"] == {
        "phone": "01632 960 123", "textphone": "01632 960 124", "web": "https://www.harbour.example",
        "hours": ["Monday – Friday 9am – 5pm"], "note": "For more information call",
    }  # fmt: skip
    assert "\n1 Count the boats: every spring.\n" in body
    assert lost(plan) == Counter()


def test_an_update_with_a_comment_that_stays_unpublished() -> None:
    update = (
        "Tuesday, June 03, 2008\n\nHarbour talks – the story week 3.\n\nWe met twice this week, and will again.\n\n"
        "Ann Lee: ann@harbour.example\n\n1 comment:\n\nAnonymous said...\n\nHello Ann\n\nWell done.\n"
    )
    draft, _, problems = bring(update)
    assert draft.kind == "update"
    assert draft.fields == {
        "title": "Harbour talks – the story week 3.", "date": "2008-06-03", "series": "Harbour talks – the story",
        "part": "week 3", "contacts": [{"name": "Ann Lee", "email": "ann@harbour.example"}],
        "comments": [{"name": "Anonymous", "text": "Hello Ann\n\nWell done."}],
    }  # fmt: skip
    assert "I204" in [p.code for p in problems]
    assert lost(update) == Counter()


def test_news_with_its_furniture() -> None:
    news = (
        "Union launches survey\n\nThe survey opens on Monday.\n\nThe survey opens on Monday.\n\nIt closes in June.\n\n"
        "Sign up to our weekly letter\n\nRelated articles\n\nAnother survey\n\nComments are closed.\n"
    )
    draft, body, problems = bring(news)
    assert draft.kind == "news"
    assert draft.fields == {
        "title": "Union launches survey", "standfirst": "The survey opens on Monday.",
        "sign_up": "Sign up to our weekly letter", "comments_closed": True, "date": "2027-01-01",
    }  # fmt: skip
    assert "## Related articles\n\nAnother survey" in body
    assert [p.code for p in problems] == ["I114", "I203"]


@pytest.mark.parametrize(
    ("line", "date"),
    [("Tuesday, June 03, 2008", "2008-06-03"), ("12 June 2008", "2008-06-12"), ("1st of Sept 2027", "2027-09-01"),
     ("2027-06-14", "2027-06-14"), ("14/06/2027", "2027-06-14"), ("31 February 2027", ""), ("June 2027", ""),
     ("on 12 June 2008", "")],
)  # fmt: skip
def test_dates(line: str, date: str) -> None:
    assert whole_date(line) == date


def test_an_empty_file_is_an_error() -> None:
    files, problems = importers.convert(b" \n\n", "a.txt")
    assert files == ()
    assert [(p.code, p.is_error) for p in problems] == [("I201", True)]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the five seed documents are not here")
@pytest.mark.parametrize(
    ("name", "kind"),
    [("motion-social-care", "motion"), ("bulletin-conference", "bulletin"), ("plan-10-points", "plan"),
     ("news-toolkit-launch", "news"), ("branch-update-week-3", "update")],
)  # fmt: skip
def test_the_five_seed_families_lose_no_word(name: str, kind: str) -> None:
    original = (SEEDS / f"{name}.txt").read_text(encoding="utf-8")
    draft, _, _ = bring(original, f"{name}.txt")
    assert draft.kind == kind
    assert draft.fields.get("title")
    assert lost(original, f"{name}.txt") == Counter()


lines = st.text(alphabet="abc XY.,:;1)-*_<>#|&\n\n\n\f\t’“–", max_size=120)


@settings(max_examples=200)
@given(lines, st.sampled_from(["motion", "amendment", "bulletin", "plan", "news", "update", "page"]))
def test_no_word_of_any_text_is_lost(text: str, kind: str) -> None:
    files, problems = importers.convert(text.encode(), "x.txt", Options(kind=kind))
    if not files:
        assert not words(text) or problems
        return
    shown = visible(files[0][1]).text.replace("\\n", " ")
    kept = words(shown)
    for problem in problems:
        kept += words(problem.message)
    gone = words(text.replace("-", " ")).keys() - kept.keys() - words("".join(files[0][1].split("\n"))).keys()
    if any(problem.code == "I105" for problem in problems):  # halves of a word that was split at a line's end
        gone = {half for half in gone if not any(half in whole for whole in kept)}
    assert not gone


fields = st.dictionaries(
    st.sampled_from(["title", "mover", "seconder", "section"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30).map(lambda s: " ".join(s.split())),
)


@given(fields)
def test_front_matter_reads_back(found: dict[str, str]) -> None:
    text = importers.front_matter({"number": "20.10", **found}) + "Words.\n"
    decoded = decode(MotionFields, text, "a.md")
    assert decoded.diagnostics == ()
    for key, value in found.items():
        assert getattr(decoded.fields, key) == value


AWKWARD = ["yes", "no", "20.10", "- a", "a: b", "#5", "'q'", '"', "\\", "~", "null", "[x]", "é", "", "a #b", "a:", "?"]


@pytest.mark.parametrize("value", AWKWARD)
def test_awkward_words_read_back(value: str) -> None:
    decoded = decode(MotionFields, importers.front_matter({"number": "1", "title": value}), "a.md")
    assert decoded.diagnostics == ()
    assert decoded.fields is not None
    assert decoded.fields.title == value


@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.html", "a.docx"]))
def test_no_bytes_break_the_importer(data: bytes, name: str) -> None:
    files, problems = importers.convert(data, name)
    assert files or any(problem.is_error for problem in problems)


@pytest.mark.parametrize(
    "text",
    ["word of\n\n" * 20_000, "a line of text that is wrapped somewhere about here,\n" * 20_000, "\n---" * 50_000,
     "[" * 100_000, "* " * 100_000, "1) " * 50_000, "a-\nb" * 20_000, "Conference " * 50_000, "\f1\n" * 20_000],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    importers.convert(text.encode(), "a.txt")
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- one\n    - sub\n      wrapped\n\n    - sub two\n        * deep\n- two\n",
         "- one\n\n    - sub wrapped\n\n    - sub two\n\n        - deep\n\n- two\n"),
        ("•\tone\no\tsub\no\tsub two\n•\ttwo\n", "- one\n\n    - sub\n\n    - sub two\n\n- two\n"),
        ("• one\n◦ sub\n• two\n", "- one\n\n    - sub\n\n- two\n"),
        ("- one\n- two\n\nWords here.\n\no  kept as it is\n", "- one\n\n- two\n\nWords here.\n\no kept as it is\n"),
        ("o  bobl Cymru a'u plant hefyd\n", "o bobl Cymru a'u plant hefyd\n"),
    ],
)  # fmt: skip
def test_bullets_further_in_are_deeper(source: str, expected: str) -> None:
    files, _ = importers.convert(f"Motion: Pay\n\nConference calls on us to:\n\n{source}".encode(), "m.txt",
                                 importers.Options(kind="motion", number="1"))  # fmt: skip
    assert files[0][1].partition("us to:\n\n")[2] == expected
