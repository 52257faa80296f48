"""Imports go one way. Each room may import the rooms listed for it, and nothing else of this package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "toolkit_builder"

# room -> the rooms it may import, beside itself
BASE = {"__init__", "diagnostics", "patterns"}
READING = BASE | {
    "model",
    "encodings",
    "shapes",
    "wording",
    "yamltext",
    "yamlerrors",
    "sources",
    "decode",
    "frontmatter",
}
ARROWS: dict[str, set[str]] = {
    "__init__": set(),
    "diagnostics": set(),
    "patterns": set(),
    "resources": set(),
    "newfile": set(),
    "glyphs": BASE,
    "quick": {"build", "diagnostics"},
    "model": BASE | {"site"},  # for the types of signatures only
    "encodings": BASE,
    "shapes": BASE | {"model"},
    "wording": READING,
    "yamlerrors": READING,
    "yamltext": READING,
    "sources": READING,
    "decode": READING,
    "frontmatter": READING,
    "config": READING,
    "build": BASE,
    "printing": BASE,
    "motions": BASE,
    "prose": BASE | {"motions"},
    "references": BASE | {"prose", "motions"},
    "volumes": READING,
    "site": READING | {"config", "motions", "volumes"},
    "kinds": READING | {"config", "motions", "site", "prose"},
    "schema": READING | {"config", "kinds", "theme"},
    "theme": READING | {"config", "resources"},
    "pictures": BASE,
    "logos": READING | {"pictures"},
    "formats": BASE
    | {"logos", "pictures", "model", "theme", "references", "motions", "printing", "build", "prose", "localise"},
    "localise": READING
    | {"logos", "pictures", "config", "prose", "printing", "build", "kinds", "formats", "theme", "site", "motions"},
    "contexts": BASE | {"references"},
    "bodies": READING | {"contexts", "config", "prose", "references", "motions", "kinds", "localise", "build"},
    "linking": READING | {"logos", "config", "references", "motions", "kinds", "site", "build", "volumes"},
    "intake": READING | {"config", "kinds", "build", "linking", "volumes"},
    "versions": {"__init__", "intake"},
    "decisions": READING | {"config", "motions", "kinds", "site"},
    "studies": READING | {"kinds", "site", "motions"},
    "studied": READING | {"intake", "site", "build", "studies"},
    "study": READING | {"motions", "kinds", "prose"},
    "editions": READING | {"motions", "site", "newfile"},
    "downloads": BASE | {"model", "kinds", "site", "build", "motions"},
    "pageset": BASE | {"model", "kinds", "site"},
    "frame": BASE | {"model", "kinds", "site", "prose"},
    "misfits": READING | {"logos", "pictures", "kinds", "linking", "site", "sources", "theme"},
    "layout": READING
    | {
        "config",
        "kinds",
        "site",
        "theme",
        "formats",
        "build",
        "linking",
        "localise",
        "downloads",
        "editions",
        "logos",
        "pictures",
        "redirects",
        "pageset",
        "frame",
        "misfits",
        "volumes",
    },
    "blueprint": READING | {"kinds", "site", "theme", "build", "pageset", "frame", "misfits", "layout"},
    "rehearsal": BASE | {"build", "formats", "kinds", "site", "sources", "theme"},
    "redirects": READING | {"site"},
    "importers": READING | {"motions", "prose", "kinds"},
    "finding": READING | {"motions", "kinds", "site"},
    "scaffold": READING | {"resources", "kinds", "build", "newfile"},
}
ABOVE = {
    "loading",
    "later",
    "pipeline",
    "press",
    "ahead",
    "serve",
    "commands",
    "cli",
    "__main__",
}  # these see everything below them
ORDER_ABOVE = {
    "loading": set(),
    "later": {"loading"},
    "pipeline": {"loading", "later"},
    "press": {"loading", "later"},
    "ahead": {"loading", "later"},
    "serve": {"loading", "later", "ahead"},
    "commands": {"loading", "pipeline", "press", "ahead", "serve", "cli"},
    "cli": {"commands"},
    "__main__": {"cli"},
}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(file: Path) -> Iterator[str]:
    package = ("toolkit_builder", *file.relative_to(PACKAGE).parent.parts)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            names = [f"{module}.{a.name}" for a in node.names] if module == "toolkit_builder" else [module]
        for name in names:
            if name.startswith("toolkit_builder."):
                yield name.split(".")[1]


def rooms() -> list[str]:
    return sorted({room_of(f) for f in PACKAGE.rglob("*.py")})


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    if room in ABOVE:
        allowed = set(ARROWS) | ORDER_ABOVE[room]
    else:
        assert room in ARROWS, f"'{room}' is a new room: say in ARROWS (and docs/architecture.md) what it may import"
        allowed = ARROWS[room]
    used = {r for f in PACKAGE.rglob("*.py") if room_of(f) == room for r in imports(f)} - {room, "__version__"}
    assert used <= allowed, f"{room} must not import {sorted(used - allowed)}"


def test_only_commands_print_or_exit() -> None:
    for file in PACKAGE.rglob("*.py"):
        if room_of(file) in {"commands", "cli", "__main__", "quick"}:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "exit", "quit"}, f"{file.name}:{node.lineno} prints or exits"


def test_every_room_stands_in_the_table_of_the_architecture() -> None:
    text = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = set(re.findall(r"`([\w/]+(?:\.py|/))`", text[text.index("## Rooms") : text.index("Arrows:")]))
    rooms = {
        f"{p.name}/" if p.is_dir() else p.name for p in PACKAGE.iterdir() if not p.name.startswith(("__init__", "."))
    }
    assert rooms - {"__pycache__/", "_data/"} - table == set()
    assert {name for name in table if not (PACKAGE / name).exists()} - {"content/"} == set()
