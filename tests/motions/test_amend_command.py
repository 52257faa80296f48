"""``toolkit amend`` on bare files: views, JSON, exit codes, and reports that point at the words."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.motions.cases import CORPUS
from toolkit_builder import cli
from toolkit_builder.commands.amend import command


def amend(
    tmp_path: Path, *amendments: str, options: tuple[str, ...] = (), motion: Path = CORPUS / "caseloads.md"
) -> Result:
    paths = []
    for number, text in enumerate(amendments, start=1):
        path = tmp_path / f"20.{number}.md"
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return CliRunner().invoke(command, [str(motion), *paths, *options], standalone_mode=False)


def test_the_amended_text_is_printed(tmp_path: Path) -> None:
    result = amend(tmp_path, 'In paragraph 2 delete "dropped" and insert "abandoned"')
    assert result.return_value == 0
    assert "have abandoned their own limits" in result.stdout


def test_a_plain_text_motion_without_front_matter_will_do(tmp_path: Path) -> None:
    result = amend(tmp_path, "---\ntitle: x\n---\nDelete point 3 and renumber", motion=CORPUS / "plain.txt")
    assert result.return_value == 0
    assert "3. write to the leader" in result.stdout


def test_the_diff_marks_insertions_and_deletions_in_plain_text(tmp_path: Path) -> None:
    result = amend(tmp_path, 'In paragraph 2 delete "dropped" and insert "abandoned"', options=("--view", "diff"))
    assert "{+abandoned+} [-dropped-]" in result.stdout


def test_the_instructions_are_printed_as_understood(tmp_path: Path) -> None:
    result = amend(
        tmp_path, "Kindly strike out para 2", "Remove call 4 and re-number", options=("--view", "instructions")
    )
    assert "1. Delete call 4 and renumber" in result.stdout


def test_what_cannot_be_applied_is_reported_with_a_caret_and_exit_code_1(tmp_path: Path) -> None:
    result = amend(tmp_path, '---\nnumber: 20.1\n---\nIn paragraph 2, delete "zebra"\n')
    assert result.return_value == 1
    assert "20.1.md:4:1: error[A301]: “zebra” is not in paragraph 2" in result.stderr
    assert "^^^" in result.stderr
    assert "hint:" in result.stderr


def test_json_holds_the_text_the_edits_and_the_relations(tmp_path: Path) -> None:
    result = amend(tmp_path, "Delete point 4", 'In point 4 delete "quick fix"', options=("--json",))
    data = json.loads(result.stdout)
    assert result.return_value == 1
    assert data["applied"] == [str(tmp_path / "20.1.md")]
    assert data["relations"]["relations"][0]["kind"] == "same-words"
    assert data["edits"][0]["old"].startswith("4)Work")
    assert {"text", "changes", "words", "deleted_share", "diagnostics"} <= set(data)


@pytest.mark.parametrize("arguments", [[], ["motion.md"], ["--view", "sideways", "a", "b"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(command, arguments).exit_code == 2


def test_a_missing_file_and_a_file_that_is_no_text_are_reported(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(tmp_path / "none.md"), str(tmp_path / "none.md")], standalone_mode=False)
    assert result.return_value == 1
    assert "cannot be read" in result.stderr
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(
        command, [str(CORPUS / "caseloads.md"), str(tmp_path / "bad.md")], standalone_mode=False
    )
    assert "not a text file" in result.stderr


def test_an_amended_title_is_printed_above_the_text(tmp_path: Path) -> None:
    result = amend(tmp_path, 'In the title, replace "Safe" with "Fair"')
    assert result.stdout.startswith("# Fair caseloads in children's services\n\n")


# --- files as they are -----------------------------------------------------------------------------------------

MOTION = "Conference notes that pay is low.\n\nConference calls on the NEC to:\n\n1) act;\n2) report.\n"
CHANGE = 'In point 1, after "act" insert " now".'
CHANGED = MOTION.replace("act;", "act now;")


Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """``typed("m.md", "a.md")`` in a folder with these files: exit code, what is printed, what is said to be wrong."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, piped: bytes = b"", **files: bytes) -> tuple[int, str, str]:
        for name, data in files.items():
            (tmp_path / f"{name}.md").write_bytes(data)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
        code = cli.run(["amend", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize(
    ("motion", "change"),
    [
        (MOTION.replace("\n", "\r\n").encode(), CHANGE.encode()),
        (MOTION.replace("\n", "\r").encode(), CHANGE.encode() + b"\r\n"),
        (b"\xef\xbb\xbf" + MOTION.encode(), b"\xef\xbb\xbf" + CHANGE.encode()),
        (MOTION.rstrip().encode(), CHANGE.encode()),
        (b"---\r\ntitle: 'It''s: late'\r\nnumber: 020\r\n---\r\n" + MOTION.encode(), b"---\nnumber: 20.10\n---\n" + CHANGE.encode()),
    ],
)  # fmt: skip
def test_a_file_is_read_however_it_was_saved(motion: bytes, change: bytes, typed: Typed) -> None:
    code, said, wrong = typed("m.md", "a.md", "--json", m=motion, a=change)
    assert (code, wrong) == (0, "")
    data = json.loads(said)
    assert data["text"].strip() == CHANGED.strip()
    assert data["applied"] == ["20.10" if b"20.10" in change else "a.md"]
    assert data["title"] == ("It's: late" if b"title" in motion else "")


@pytest.mark.parametrize(
    ("motion", "change", "code"),
    [
        (MOTION.encode(), b"", "A208"), (MOTION.encode(), b"  \n \n", "A208"), (MOTION.encode(), MOTION.encode(), "A201"),
        (b"", CHANGE.encode(), "A305"), (MOTION.encode(), b"Caf\xe9", "A001"), (b"a\0b", CHANGE.encode(), "A001"),
        (MOTION.encode(), MOTION.encode("utf-16"), "A001"),
        (MOTION.encode(), b"---\nform: sub\n---\n" + CHANGE.encode(), "A003"),
    ],
)  # fmt: skip
def test_what_cannot_be_amended_is_one_report_and_json_all_the_same(
    motion: bytes, change: bytes, code: str, typed: Typed
) -> None:
    exit_code, said, wrong = typed("m.md", "a.md", m=motion, a=change)
    assert exit_code == 1
    assert f"error[{code}]" in wrong
    exit_code, said, wrong = typed("m.md", "a.md", "--json", m=motion, a=change)
    assert (exit_code, wrong) == (1, "")
    data = json.loads(said)
    assert code in [d["code"] for d in data["diagnostics"]]
    assert set(data) == {
        "title",
        "text",
        "applied",
        "edits",
        "changes",
        "words",
        "deleted_share",
        "relations",
        "diagnostics",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["m.md", "missing.md"], 1, "missing.md cannot be read: No such file"),
        (["m.md", "."], 1, ". cannot be read: Is a directory"),
        (["20", "--with", "20.1"], 1, "papers go by their numbers inside the folder of a site"),
        (["m.md"], 2, "name at least one amendment"),
        (["m.md", "a.md", "--veiw", "diff"], 2, "Did you mean '--view'?"),
        (["m.md", "a.md", "--view", "dif"], 2, "'dif' is not one of"),
    ],
)
def test_a_mistyped_command_line_says_what_is_wrong(arguments: list[str], code: int, said: str, typed: Typed) -> None:
    exit_code, _, wrong = typed(*arguments, m=MOTION.encode(), a=CHANGE.encode())
    assert exit_code == code
    assert said in wrong
    assert "Traceback" not in wrong


def test_an_amendment_may_be_piped_in(typed: Typed) -> None:
    assert typed("m.md", "-", m=MOTION.encode(), piped=CHANGE.encode()) == (0, CHANGED, "")


def test_two_amendments_of_one_number_go_by_the_names_of_their_files(typed: Typed) -> None:
    head, other = "---\nnumber: 1.1\n---\n", 'In point 2, delete "report" and insert "say so".'
    _, said, _ = typed("m.md", "x.md", "y.md", "--json", m=MOTION.encode(), x=(head + CHANGE).encode(),
                       y=(head + other).encode())  # fmt: skip
    assert json.loads(said)["applied"] == ["x.md", "y.md"]
