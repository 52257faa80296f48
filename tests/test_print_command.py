"""``toolkit print``, and what ``check`` and ``build`` say about printed documents."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.driver import SiteTest
from tests.printing.helpers import ua_failures, unpacked
from toolkit_builder import cli, finding, later, loading, pipeline, press
from toolkit_builder.build import aside
from toolkit_builder.build.cache import Store
from toolkit_builder.diagnostics import as_text
from toolkit_builder.formats import Toolchain, pdf
from toolkit_builder.printing.inspect import facts, papers, pdf_text
from toolkit_builder.site import Site

pytestmark = pytest.mark.skipif(loading.print_problem() is not None, reason="this computer cannot print")

CONFIG = "title: Test site\nbase_url: https://example.org\norganisation:\n  name: The Union\n"
BULLETIN = "---\nissue: 3\ndate: 2027-06-15\n---\n\n# Votes\n\nMotion 4 was carried.\n"
EARLIER = "---\nissue: 1\ndate: 2027-06-14\n---\n\n# Doors\n\nThey open at nine.\n"
PLAN = (
    "---\ntitle: Three points\ncampaign: Enough\n---\n\n"
    "1. **Count:** all of it.\n2. **Agree:** a number.\n3. **Say so:** now.\n"
)
TOOLKIT = "---\ntitle: Enough hands\ncampaign: Enough\n---\n\nStart.\n"


def resource(kind: str, title: str, text: str = "Words.") -> str:
    return f"---\ntitle: {title}\ntype: {kind}\n---\n\n{text}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> SiteTest:
    made = SiteTest(tmp_path_factory.mktemp("print") / "site")
    conference = (
        "---\ntitle: Conference 2027\nstart: 2027-06-14\nend: 2027-06-16\nedition: final\neditions:\n"
        "  - name: preliminary\n  - name: final\n---\n\nWelcome.\n"
    )
    made.write(**{"toolkit.yaml": CONFIG}).conference(text=conference)
    made.conference("2025", "---\ntitle: Conference 2025\nstart: 2025-06-14\n---\n\nWelcome.\n")
    for number in ("3", "4", "5"):
        made.motion(number, body=f"Conference notes fact {number}.\n\nConference calls on the executive to act.")
    made.motion("9", conference="2025").motion("3", conference="2025")
    made.amendment("4.1", "4", 'In paragraph 1, delete "fact" and insert "the truth of".')
    return made.content(**{
        "conferences/2027/bulletins/3-tuesday.md": BULLETIN, "conferences/2027/bulletins/1-monday.md": EARLIER,
        "plans/three-points.md": PLAN, "toolkits/enough/index.md": TOOLKIT,
        "news/a.md": "---\ndate: 2027-06-01\n---\n\n# Apples\n\nText.\n",
        "toolkits/enough/petition.md": resource("petition", "Sign here"),
        "toolkits/enough/motion.md": resource("model-motion", "A motion to move"),
        "toolkits/enough/messages.md": resource("key-messages", "What to say"),
        "toolkits/enough/release.md": resource("press-release", "To the press"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def linked(site: SiteTest) -> Site:
    with Store(site.folder / ".toolkit" / "store") as store:
        loaded = loading.load(site.folder, loading.Options(**site.options), store)
    assert loaded.site is not None
    assert not loaded.diagnostics, [as_text(d) for d in loaded.diagnostics]
    return loaded.site


class Printer:
    """``toolkit print`` in this process: its exit code, what it says, and the files it writes."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys, self.said = folder, capsys, ""

    def __call__(self, *arguments: str, out: str = "") -> int:
        code = cli.run(
            [
                "print",
                *arguments,
                "--out",
                str(self.folder / out) if out else f"{self.folder}/",
                "--clock",
                "2027-06-20T12:00",
            ]
        )
        captured = self._capsys.readouterr()
        self.said = captured.out + captured.err
        return code

    def pdf(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def words(self, name: str) -> str:
        return " ".join(" ".join(pdf_text(self.pdf(name))).split())


@pytest.fixture
def printer(
    site: SiteTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Printer:
    monkeypatch.chdir(site.folder)
    return Printer(tmp_path / "out", capsys)


# --- what DOC may be -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "ids"), [
    (["bulletin", "3"], ["bulletin:3@2027"]),
    (["bulletin 3"], ["bulletin:3@2027"]),
    (["bulletin"], ["bulletin:3@2027"]),
    (["motion", "4"], ["motion:4@2027"]),
    (["motions", "5", "3", "5"], ["motion:5@2027", "motion:3@2027"]),
    (["motions", "5,3"], ["motion:5@2027", "motion:3@2027"]),
    (["motion", "9"], ["motion:9@2025"]),
    (["4"], ["motion:4@2027"]),
    (["4.1"], ["amendment:4.1@2027"]),
    (["agenda"], ["conference:2027"]),
    (["agenda", "bulletin", "1"], ["conference:2027", "bulletin:1@2027"]),
    (["conference", "2025"], ["conference:2025"]),
    (["/plans/three-points/"], ["plan:three-points"]),
    (["plans/three-points"], ["plan:three-points"]),
    (["conferences/2027/index.md"], ["conference:2027"]),
    (["./content/plans/three-points.md"], ["plan:three-points"]),
    (["plan:three-points"], ["plan:three-points"]),
    (["plan"], ["plan:three-points"]),
    (["toolkit", "enough"], ["toolkit:enough"]),
])  # fmt: skip
def test_documents_are_found_by_whatever_people_call_them(linked: Site, typed: list[str], ids: list[str]) -> None:
    assert [doc.id for doc in finding.find(linked, typed)] == ids


def test_a_number_is_looked_for_in_the_newest_conference_or_in_the_one_that_was_named(linked: Site) -> None:
    assert finding.find(linked, ["motion", "3"])[0].conference == "2027"
    assert finding.find(linked, ["motion", "3"], "2025")[0].conference == "2025"


@pytest.mark.parametrize(("typed", "conference", "hint"), [
    (["motoin", "4"], "", "did you mean 'motion'?"),
    (["motion", "99"], "", "there is motion"),
    (["bulletin", "9"], "", "there is bulletin 1, bulletin 3"),
    (["plan", "three-point"], "", "did you mean plan three-points?"),
    (["/plans/thre-points/"], "", "did you mean plan three-points?"),
    (["motion", "3"], "2026", "there is no conference '2026'; there is 2027, 2025"),
    (["resource"], "", "say which, such as: resource"),
    (["branch"], "", "toolkit list"),
    (["../../etc/passwd"], "", "toolkit list"),
])  # fmt: skip
def test_a_slip_is_answered_with_what_may_have_been_meant(
    linked: Site, typed: list[str], conference: str, hint: str
) -> None:
    with pytest.raises(finding.NotFound) as refusal:
        finding.find(linked, typed, conference)
    assert hint in refusal.value.hint


@pytest.mark.parametrize(("typed", "wish", "sentence"), [
    (["amendment", "4.1"], {}, "toolkit print motion 4"),
    (["news", "a"], {}, "what can be printed: bulletin, conference"),
    (["resource", "petition"], {}, "toolkit print enough"),
    (["plan"], {"form": "plan-a2"}, "choose one of plan-a4, plan-a3"),
    (["plan"], {"large": 16}, "can be made larger"),
    (["agenda"], {"edition": "last"}, "it has preliminary, final"),
    (["plan"], {"edition": "final"}, "only an agenda and its motions have"),
])  # fmt: skip
def test_what_cannot_be_printed_says_what_can(
    linked: Site, typed: list[str], wish: dict[str, object], sentence: str
) -> None:
    with pytest.raises(press.Unprintable) as refusal:
        press.orders(linked, finding.find(linked, typed), press.Wish(**wish), lambda name: True)  # type: ignore[arg-type]
    assert sentence in refusal.value.hint


# --- what is written -------------------------------------------------------------------------------------


def test_a_document_is_printed_as_a_build_prints_it_and_never_over_another_file(
    site: SiteTest, printer: Printer
) -> None:
    assert printer("bulletin", "3") == 0, printer.said
    assert "bulletin-3.pdf: 1 page; A4 (" in printer.said
    assert "Motion 4" in printer.words("bulletin-3.pdf")
    assert _built(site, "conferences/2027/bulletins/3/bulletin.pdf") == printer.pdf("bulletin-3.pdf")
    (printer.folder / "bulletin-3.pdf").write_bytes(b"mine")
    assert printer("bulletin", "3") == 1
    assert "--force" in printer.said
    assert printer.pdf("bulletin-3.pdf") == b"mine"
    assert printer("bulletin", "3", "--force") == 0
    assert printer.pdf("bulletin-3.pdf").startswith(b"%PDF")


def _built(site: SiteTest, path: str) -> bytes:
    """What a build of the whole site makes of one of its files."""
    with Store(site.folder / ".toolkit" / "store") as store:
        loaded = loading.load(site.folder, loading.Options(**site.options), store)
        plan = loading.lay_out(loaded)
        assert plan is not None
        assert loaded.theme is not None
        made = aside.make(
            aside.needed(plan.jobs, [path]),
            later.Values(plan.blobs, store.blobs),
            Toolchain(loaded.theme.bundle),
            store,
        )
    return made.files[path]


def test_chosen_motions_are_one_booklet_in_the_order_they_were_named(printer: Printer, tmp_path: Path) -> None:
    assert printer("motions", "5", "3", "4", "--layout", "booklet", "--title", "My motions") == 0, printer.said
    name = "motions-5-3-4-booklet.pdf"
    assert "4 pages on 1 sheet, both sides, to be folded; A4 landscape" in printer.said
    found = facts(printer.pdf(name))
    assert found.tagged
    assert found.lang == "en-GB"
    titles = [text for _, text in found.headings]
    assert [t for t in titles if t.startswith("Motion ") and t.endswith("title")] == [
        "Motion 5 title",
        "Motion 3 title",
        "Motion 4 title",
    ]
    assert "My motions" in titles
    assert any("4.1" in text for text in titles)
    assert ua_failures(printer.pdf(name), tmp_path) == []


@pytest.mark.slow
def test_large_print_greyscale_bleed_and_marks(printer: Printer) -> None:
    assert printer("motion", "4", "--large", "18", "--greyscale") == 0, printer.said
    drawn = unpacked(printer.pdf("motion-4.pdf"))
    assert b" 24 Tf" in drawn, "18 points are 24 of the engine's pixels"
    assert not re.search(rb"[\d.] rg\b", drawn)
    assert re.search(rb"[\d.] g\b", drawn)
    assert papers(printer.pdf("motion-4.pdf"))[1] == ("A4 landscape",), "so that no numbered line turns over"
    assert printer("plan", "--as", "plan-a3", "--bleed", "--marks") == 0, printer.said
    sheet = facts(printer.pdf("three-points-plan-a3.pdf")).sheets[0]
    assert [round((sheet.bleed[i + 2] - sheet.bleed[i]) / 72 * 25.4) for i in (0, 1)] == [303, 426]
    assert [round((sheet.media[i + 2] - sheet.media[i]) / 72 * 25.4) for i in (0, 1)] == [317, 440]
    assert papers(printer.pdf("three-points-plan-a3.pdf")) == (1, ("A3",))
    assert printer("agenda", "--large", "16") == 0, printer.said
    assert "16 point" in printer.words("2027-agenda-large.pdf")


@pytest.mark.parametrize("form", ["plan-a4", "plan-a3", "plan-a6"])
def test_a_plan_for_the_press_is_pdf_x(form: str, printer: Printer) -> None:
    assert printer("plan", "--as", form, "--pdfx", out=f"{form}.pdf") == 0, printer.said
    raw = unpacked(printer.pdf(f"{form}.pdf"))
    assert b"PDF/X-1a:2003" in raw
    assert b"/DeviceRGB" not in raw
    assert "Q152" not in printer.said


@pytest.mark.parametrize("more", [["--greyscale"], ["--layout", "2-up"]])
def test_pdf_x_goes_with_no_grey_and_no_layout(more: list[str], printer: Printer) -> None:
    assert printer("plan", "--pdfx", *more) == 2
    assert "--pdfx goes with neither" in printer.said


@pytest.mark.slow
def test_an_edition_and_the_booklet_of_it(printer: Printer) -> None:
    assert printer("agenda", "--as", "agenda-a5", "--edition", "preliminary", "--layout", "booklet", out="a.pdf") == 0
    assert "preliminary" in printer.words("a.pdf").lower()
    assert papers(printer.pdf("a.pdf"))[1] == ("A4 landscape",)


def test_a_branch_meeting_pack_holds_what_a_meeting_needs_in_its_order(printer: Printer) -> None:
    assert printer("toolkit", "enough", "--as", "pack") == 0, printer.said
    titles = [text for _, text in facts(printer.pdf("enough-pack.pdf")).headings]
    order = [t for t in titles if t in {"Three points", "What to say", "A motion to move", "Sign here", "To the press"}]
    assert order == ["Three points", "What to say", "A motion to move", "Sign here"]


def test_wallet_cards_are_cut_from_one_sheet(printer: Printer) -> None:
    assert printer("plan", "--as", "plan-a6", "--layout", "same-4", "--sheet", "A4") == 0, printer.said
    assert papers(printer.pdf("three-points-plan-a6-same-4.pdf")) == (2, ("A4",))


@pytest.mark.parametrize(("arguments", "said"), [
    (["motion", "99"], "there is no motion '99'"),
    (["plan", "--as", "poster"], "choose one of plan-a4"),
    (["plan", "--layout", "17-up-side-down"], "there is no layout"),
    (["plan", "--sheet", "a9"], "there is no sheet 'a9'"),
    (["plan", "bulletin", "3"], "name a folder"),
])  # fmt: skip
def test_what_was_typed_wrong_ends_with_2_and_writes_nothing(printer: Printer, arguments: list[str], said: str) -> None:
    assert printer(*arguments, out="x.pdf") == 2
    assert said in printer.said
    assert not (printer.folder / "x.pdf").exists()


def test_a_layout_that_cannot_be_is_a_message_and_exit_code_1(printer: Printer) -> None:
    assert printer("plan", "--as", "plan-a6", "--layout", "99-up", out="x.pdf") == 1
    assert "Q161" in printer.said
    assert not (printer.folder / "x.pdf").exists()


# --- what check and build say ----------------------------------------------------------------------------


@pytest.fixture
def long_bulletin(tmp_path: Path) -> SiteTest:
    articles = "".join(f"## Article {n}\n\n{'Delegates met and spoke and voted. ' * 60}\n\n" for n in range(14))
    made = SiteTest(tmp_path / "site").write(**{"toolkit.yaml": CONFIG}).conference().motion("4")
    return made.content(**{"conferences/2027/bulletins/3-tuesday.md": BULLETIN + "\n" + articles})


@pytest.mark.slow
def test_check_says_by_how_many_lines_a_bulletin_is_over_and_the_second_time_prints_nothing(
    long_bulletin: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = loading.Options(**long_bulletin.options)
    assert "Q131" not in "".join(as_text(d) for d in pipeline.check(long_bulletin.folder, options, printing=False))
    first = pipeline.check(long_bulletin.folder, options)
    over = [d for d in first if d.code == "Q131"]
    assert len(over) == 1
    assert over[0].span is not None
    assert over[0].span.path == "content/conferences/2027/bulletins/3-tuesday.md"
    assert int(over[0].message.split()[3]) > 20
    monkeypatch.setattr(pdf, "engine", lambda seconds: pytest.fail("it was printed again"))
    assert pipeline.check(long_bulletin.folder, options) == first
    long_bulletin.edit("content/conferences/2027/bulletins/3-tuesday.md", append="\nMore.\n")
    with pytest.raises(pytest.fail.Exception):
        pipeline.check(long_bulletin.folder, options)


@pytest.mark.slow
def test_warnings_of_print_are_shown_by_every_build_until_they_are_mended(long_bulletin: SiteTest) -> None:
    said = [long_bulletin.build().problems for _ in range(2)]
    assert "warning[Q131]" in said[0]
    assert said[1] == said[0]
    assert long_bulletin.report.rendered == {}
    long_bulletin.content(**{"news/a.md": "---\ndate: 2027-06-01\n---\n\n# Apples\n\nText.\n"})
    assert "warning[Q131]" in long_bulletin.build().problems
    long_bulletin.attempt(strict=True)
    assert not long_bulletin.report.published
    assert "error[Q131]" in long_bulletin.problems
    path = "content/conferences/2027/bulletins/3-tuesday.md"
    text = (long_bulletin.folder / path).read_text(encoding="utf-8")
    (long_bulletin.folder / path).write_text(text[: text.index("## Article 4")], encoding="utf-8")
    assert "Q131" not in long_bulletin.build().problems


HERE = {"LC_ALL": "C", "TZ": "UTC"}
ELSEWHERE = {
    "LC_ALL": "cy_GB.UTF-8",
    "LANG": "tr_TR.UTF-8",
    "TZ": "Pacific/Auckland",
    "PYTHONHASHSEED": "77",
    "SOURCE_DATE_EPOCH": "1",
}


@pytest.mark.slow
def test_two_builds_in_different_places_languages_and_time_zones_print_the_same_bytes(
    site: SiteTest, tmp_path: Path
) -> None:
    made = []
    for name, environment in (("one", HERE), ("two folders deep/ŵy", ELSEWHERE)):
        folder = tmp_path / name
        shutil.copytree(site.folder / "content", folder / "content")
        shutil.copyfile(site.folder / "toolkit.yaml", folder / "toolkit.yaml")
        done = subprocess.run(
            [sys.executable, "-m", "toolkit_builder", "build", "--clock", "2027-06-20T12:00"],
            cwd=folder,
            text=True,
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        made.append(
            {
                p.relative_to(folder / "output").as_posix(): p.read_bytes()
                for p in sorted((folder / "output").rglob("*"))
                if p.is_file()
            }
        )
    assert sum(path.endswith(".pdf") for path in made[0]) > 10
    assert [path for path in made[0] if made[0][path] != made[1].get(path)] == []


@pytest.mark.slow
def test_bleed_and_marks_of_the_settings_are_for_what_goes_to_a_print_shop(site: SiteTest, tmp_path: Path) -> None:
    other = SiteTest(tmp_path / "shop", **site.options)
    shutil.copytree(site.folder / "content", other.folder / "content")
    other.write(**{"toolkit.yaml": f"{CONFIG}print:\n  bleed: yes\n  marks: yes\n"})
    poster = facts(_built(other, "plans/three-points/plan-a3.pdf")).sheets[0]
    assert [round((poster.bleed[i + 2] - poster.bleed[i]) / 72 * 25.4) for i in (0, 1)] == [303, 426]
    assert poster.media != poster.bleed
    bulletin = facts(_built(other, "conferences/2027/bulletins/3/bulletin.pdf")).sheets[0]
    assert bulletin.media == bulletin.trim


@pytest.mark.slow
def test_what_is_photocopied_can_be_had_in_greys_where_the_settings_ask_for_it(site: SiteTest, tmp_path: Path) -> None:
    other = SiteTest(tmp_path / "greys", **site.options)
    shutil.copytree(site.folder / "content", other.folder / "content")
    other.write(**{"toolkit.yaml": f"{CONFIG}print:\n  greyscale: yes\n"})
    drawn = unpacked(_built(other, "plans/three-points/plan-a5-grey.pdf"))
    assert not re.search(rb"[\d.] rg\b", drawn)
    assert re.search(rb"[\d.] rg\b", unpacked(_built(other, "plans/three-points/plan-a5.pdf")))
    assert b"in greys" in _built(other, "plans/three-points/index.html")
    with pytest.raises(KeyError):
        _built(other, "plans/three-points/plan-a3-grey.pdf")


@pytest.mark.slow
def test_a_build_that_has_nothing_to_do_says_again_what_print_warns_of(long_bulletin: SiteTest) -> None:
    said = [long_bulletin.run("build", "--quiet", TOOLKIT_CLOCK="2027-06-20T12:00").stderr for _ in range(2)]
    assert "warning[Q131]" in said[0]
    assert said[1] == said[0]
