"""``toolkit import`` on the command line: where files land, what is refused, what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from toolkit_builder.commands.import_ import command

MOTION = "Night ferries\n\nConference notes the tide.\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--clock", "2027-01-01"], standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text(MOTION, encoding="utf-8")
    return tmp_path


def test_in_a_site_files_land_where_their_kind_belongs(folder: Path) -> None:
    (folder / "toolkit.yaml").write_text("title: Union\n", encoding="utf-8")
    done = run("in.txt", "--conference", "2027")
    assert done.return_value == 0
    assert done.stdout.splitlines()[:2] == [
        "content/conferences/2027/motions/1-night-ferries.md", "content/conferences/2027/index.md",
    ]  # fmt: skip
    assert "I208" in done.stderr
    again = run("in.txt", "--conference", "2027")
    assert "I208" not in again.stderr
    assert again.stdout.splitlines()[0] == "content/conferences/2027/motions/2-night-ferries.md"


def test_outside_a_site_they_land_in_the_folder_asked_for(folder: Path) -> None:
    assert run("in.txt", "--out", "there", "--number", "20").return_value == 0
    assert sorted(p.name for p in (folder / "there").iterdir()) == ["20-night-ferries.md"]
    assert (folder / "there/20-night-ferries.md").read_text(encoding="utf-8") == (
        "---\nnumber: 20\ntitle: Night ferries\n---\n\nConference notes the tide.\n"
    )


def test_nothing_is_overwritten(folder: Path) -> None:
    run("in.txt", "--number", "20")
    (folder / "20-night-ferries.md").write_text("mine", encoding="utf-8")
    done = run("in.txt", "--number", "20")
    assert done.return_value == 1
    assert "error[I301]: 20-night-ferries.md exists already" in done.stderr
    assert (folder / "20-night-ferries.md").read_text(encoding="utf-8") == "mine"


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    done = run("in.txt", "--dry-run", "--number", "20")
    assert done.return_value == 0
    assert "Conference notes the tide." in done.stdout
    assert [p.name for p in folder.iterdir()] == ["in.txt"]


def test_the_report_as_json(folder: Path) -> None:
    done = run("in.txt", "--messages", "json")
    assert [d["code"] for d in json.loads(done.stdout)] == ["I202"]


def test_several_files_and_all_their_problems(folder: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    (folder / "bad.docx").write_bytes(b"PK\x03\x04")
    done = run("empty.txt", "bad.docx", "in.txt")
    assert done.return_value == 1
    assert "I201" in done.stderr
    assert "I111" in done.stderr
    assert (folder / "1-night-ferries.md").is_file()


WRONG = (
    ["missing.txt"],
    ["in.txt", "--kind", "poem"],
    ["in.txt", "--conference", "../x"],
    ["in.txt", "--clock", "x"],
    [],
)


@pytest.mark.parametrize("arguments", WRONG)
def test_a_wrong_command_line_is_a_usage_error(folder: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert [p.name for p in folder.iterdir()] == ["in.txt"]
