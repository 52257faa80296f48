"""``toolkit amend`` on bare files: views, JSON, exit codes, and reports that point at the words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.motions.cases import CORPUS
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
