"""Compiled templates in; their HTML with a marked place for all that differs between branches out.

make.js works on the print page that a theme makes of it: it puts words into places, and takes out what conditions and
choices leave out. A place in HTML is ``<span data-e="4">``; in plain text (a title, the letterhead) it is the number
between two private characters. What a condition encloses stands between two comments; a loop is a ``<template>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from toolkit_builder import prose
from toolkit_builder.localise.fields import KNOWN
from toolkit_builder.localise.fill import BLANK
from toolkit_builder.model import Payload

OPEN, CLOSE = "\ue000", "\ue001"

LOGO = "data:,logo"
"""The address of a picture in whose place make.js puts the branch's logo."""


class Shell(Struct):
    """The tables of a page, which all its templates share: each entry knows the language that it is said in.

    ``values``: by number ``[expression, path, language]``; ``conditions``: ``[language, expressions]``, one for each
    branch of the condition; ``loops``: ``[name, expression, language]``.
    """

    language: str = ""
    panels: dict[str, Payload] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)
    conditions: list[Any] = field(default_factory=list)
    loops: list[Any] = field(default_factory=list)

    @property
    def table(self) -> Payload:
        return {"values": self.values, "conditions": self.conditions, "loops": self.loops}


def write(made: Shell, compiled: Payload, language: str) -> tuple[str, dict[str, Payload]]:
    """One template's ``(HTML, panels)``, its places added to the tables."""
    made.language, made.panels = language, {}
    html = _write(made, compiled["tree"], ()).strip()
    return html, made.panels


def place(made: Shell, node: Any, path: str) -> str:
    """A place in plain text. The imprint has one place only: a theme may know it again among the words."""
    entry = [node, path, made.language]
    if path == "branch.imprint" and entry in made.values:
        return f"{OPEN}{made.values.index(entry)}{CLOSE}"
    made.values.append(entry)
    return f"{OPEN}{len(made.values) - 1}{CLOSE}"


def _write(made: Shell, tree: Sequence[Any], around: tuple[tuple[int, int], ...]) -> str:
    return "".join(node if isinstance(node, str) else _node(made, node, around) for node in tree)


def _node(made: Shell, node: Sequence[Any], around: tuple[tuple[int, int], ...]) -> str:
    kind = node[0]
    if kind == "e":
        text = place(made, node[1], node[2])
        # The theme may know an imprint among the words by its text, so it is a place in plain text.
        return text if node[2] == "branch.imprint" else f'<span data-e="{len(made.values) - 1}">{BLANK}</span>'
    if kind == "a":
        return place(made, node[1], "")
    if kind == "if":
        made.conditions.append([made.language, [condition for condition, _ in node[1]]])
        number = len(made.conditions) - 1
        trees = [*(tree for _, tree in node[1]), node[2]]
        return "".join(
            f"<!--if:{number}:{n}-->{_write(made, tree, (*around, (number, n)))}<!--/if-->"
            for n, tree in enumerate(trees)
        )
    if kind == "for":
        made.loops.append([node[1], node[2], made.language])
        number = len(made.loops) - 1
        return f'<template data-for="{number}">{_write(made, node[3], around)}</template>'
    if kind == "panel":
        inner = _write(made, node[3], around).strip()
        for number, n in reversed(around):
            inner = f"<!--if:{number}:{n}-->{inner}<!--/if-->"
        before = made.panels.get(node[1], {"title": "", "html": ""})
        made.panels[node[1]] = {
            "title": before["title"] or _title(made, node[2]),
            "html": f"{before['html']}\n{inner}".strip(),
        }
        return ""
    if kind == "choose":
        return _write(made, _with_choice(node[5], node[1]), around)
    if kind == "o":
        return f"<!--o:{node[3]}:{node[1]}-->{_write(made, node[2], around)}<!--/o-->"
    return ""


def _with_choice(tree: Sequence[Any], choice: str) -> list[Any]:
    """The options of a choice, each of which knows whose it is."""
    found: list[Any] = []
    for node in tree:
        if isinstance(node, str):
            found.append(node)
        elif node[0] == "o":
            found.append([*node[:3], choice])
        elif node[0] == "if":
            found.append(["if", [[c, _with_choice(t, choice)] for c, t in node[1]], _with_choice(node[2], choice)])
        elif node[0] == "for":
            found.append([*node[:3], _with_choice(node[3], choice)])
        else:
            found.append(node)
    return found


def _title(made: Shell, tree: Sequence[Any]) -> str:
    words = "".join(
        node if isinstance(node, str) else place(made, node[1], node[2]) if node[0] == "e" else "" for node in tree
    )
    return prose.plain(words).strip()


def plain_title(made: Shell, html: str) -> str:
    """A headline's HTML as plain text, its places too."""
    return re.sub(r'<span data-e="(\d+)">[^<]*</span>', lambda m: f"{OPEN}{m[1]}{CLOSE}", html)


def branch(made: Shell) -> Payload:
    """A branch of places, for what the theme prints of a branch beside the template's own words."""
    texts = (
        n
        for n in KNOWN["branch"]
        if n not in {"bilingual", "contacts", "meeting", "facts", "quotes", "hours", "logo", "logo_alt"}
    )
    found: Payload = {name: place(made, ["v", "branch", name], f"branch.{name}") for name in texts}
    return {
        **found,
        "bilingual": False,
        "contacts": [],
        "meeting": None,
        "facts": [],
        "quotes": [],
        "hours": place(made, ["f", ["v", "branch", "hours"], "join", "; "], "branch.hours"),
        "logo": "",
        "logo_alt": "",
        "contact": {
            name: place(made, ["v", "contact", name], f"contact.{name}") for name in KNOWN["contact"] if name != "hours"
        }
        | {"hours": []},
    }
