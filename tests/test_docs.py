"""The documentation is true: every command in it runs, every link in it leads somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.driver import SiteTest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)

# Commands that set a machine up or run for ever are tested elsewhere (.ci/run, tests/test_serve.py).
_ELSEWHERE = ("make ", "pip install", "cd ", "toolkit serve", "python bench/")


def commands(page: Path) -> list[str]:
    lines = [
        line.strip() for block in _CONSOLE.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()
    ]
    return [line.partition("   #")[0].strip() for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_in_the_docs_runs(page: Path, tmp_path: Path) -> None:
    wanted = [c for c in commands(page) if not c.startswith(_ELSEWHERE)]
    if not wanted:
        return
    site = SiteTest(tmp_path / "site")
    (site.folder / "toolkit.yaml").unlink()
    home = site.folder
    if "toolkit init my-site" not in wanted:
        assert site.run("init", "my-site").returncode == 0
    for extra in ("branches.csv", "motion.docx", "old-motion.txt"):
        example = ROOT / "tests" / "data" / "docs" / extra
        if example.exists():
            shutil.copyfile(example, home / extra)
    for line in wanted:
        words = shlex.split(line)
        environment = {}
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        assert words[0] == "toolkit", f"{page.name}: {line} is no command of ours"
        if words[1] != "init":
            site.folder = home / "my-site"
        done = site.run(*words[1:], TOOLKIT_CLOCK="2027-06-20T12:00", **environment)
        assert done.returncode == 0, f"{page.name}: {line}\n{done.stdout}{done.stderr}"
        site.folder = home


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"`[^`]*`", "", text)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_key_of_front_matter_and_of_the_settings_is_described() -> None:
    from toolkit_builder.config import Config
    from toolkit_builder.kinds import KINDS

    described = {p.stem: set(re.findall(r"\b[a-z_]+\b", p.read_text(encoding="utf-8"))) for p in PAGES}
    assert {f.alias or name for name, f in Config.model_fields.items()} - described["configuration"] == set()
    written = set().union(
        *(described[name] for name in ("content", "results", "branch-templates", "amendments", "print"))
    )
    for kind in KINDS:
        assert {f.alias or name for name, f in kind.fields.model_fields.items()} - written == set(), kind.name


def test_the_help_of_the_group_is_that_of_each_command() -> None:
    from importlib import import_module

    from toolkit_builder.cli import COMMANDS

    for name, (module, said) in COMMANDS.items():
        command = import_module(f"toolkit_builder.commands.{module}").command
        assert command.help.strip().splitlines()[0] == said, name
        assert command.name == name
