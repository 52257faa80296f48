"""A template's Markdown in; one JSON tree out that ``fill`` (and make.js) turn into any branch's document.

A tree is a list of nodes: a text is HTML as it is; a list starts with its kind:

``["e", node, path]`` a field's value, as text; ``["if", [[condition, tree] ...], else]``;
``["for", name, node, tree]``; ``["panel", name, title, tree]`` a side or panel of a leaflet;
``["choose", id, low, high, title, tree]`` and inside it ``["o", n, tree]`` its options, from 1;
``["guidance", tree]`` what the document leaves out; ``["a", node]`` a link's address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder import prose
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.localise import calendar, expressions
from toolkit_builder.localise.fill import BLANK
from toolkit_builder.localise.marks import MOST, Marked, mark
from toolkit_builder.model import Payload

Tree = list[Any]

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>(?:[^<>\"]|\"[^\"]*\")*)>")
_CLASS = re.compile(r'\sclass="([^"]*)"')
_RANGE = re.compile(r'data-min="(\d+)" data-max="(\d+)"')
_LINE = re.compile(r"<p>_{3,}</p>")
_VOID = {"br", "hr", "img", "input", "col", "wbr"}


class Use(Struct, frozen=True):
    """One place that asks for a value: its path, where that stands, and whether it is printed as it is."""

    path: tuple[str, ...]
    start: int
    length: int
    shown: bool


class _Frame(Struct):
    """Something open: the whole, a condition, a loop, a panel, a choice, an option, a title."""

    kind: str
    tree: Tree
    node: list[Any] = field(default_factory=list)
    depth: int = 0
    tags: tuple[str, ...] = ()
    mark: int = -1


class _Builder(Struct):
    marked: Marked
    uses: list[Use] = field(default_factory=list)
    choices: list[Payload] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    panels: list[str] = field(default_factory=list)

    def build(self, html: str) -> Tree:
        whole = _Frame("whole", [])
        self.frames = [whole]
        at = 0
        for match in _TAG.finditer(html):
            self.text(html[at : match.start()])
            at = match.end()
            self.tag(match)
        self.text(html[at:])
        for frame in self.frames[1:]:
            if frame.mark >= 0:
                word = frame.kind
                self.wrong(
                    "L106", f"this {{% {word} %}} is never closed", frame.mark, f"write {{% end{word} %}} where it ends"
                )
        return whole.tree

    # --- text and marks --------------------------------------------------------------------------------------

    def text(self, text: str) -> None:
        at = 0
        for n, letter in enumerate(text):
            number = ord(letter) - self.marked.base
            if 0 <= number < len(self.marked.marks):
                self.raw(text[at:n])
                at = n + 1
                if self.marked.marks[number].kind == "e":
                    if (node := self.expression(number)) is not None:
                        self.frames[-1].tree.append(["e", node, _path(node)])
                else:
                    self.statement(number)
        self.raw(text[at:])

    def raw(self, html: str) -> None:
        tree = self.frames[-1].tree
        if not html:
            return
        if tree and isinstance(tree[-1], str):
            tree[-1] += html
        else:
            tree.append(html)

    def expression(self, number: int, skip: int = 0) -> expressions.Node | None:
        """The expression of a mark (after a statement's word), with its uses noted; None where it is wrong."""
        made = self.marked.marks[number]
        try:
            node, uses = expressions.parse(made.inner[skip:])
        except (expressions.Mistake, RecursionError) as problem:
            self._mistake(problem, number, skip)
            return None
        self._note(uses, made.at + skip, shown=made.kind == "e")
        return node

    def _note(self, uses: list[expressions.Use], at: int, *, shown: bool) -> None:
        names = {f.node[1] for f in self.frames if f.kind == "for"}
        self.uses += [Use(u.path, at + u.at, u.length, shown and u.shown) for u in uses if u.path[0] not in names]

    def _mistake(self, problem: Exception, number: int, skip: int) -> None:
        made = self.marked.marks[number]
        if isinstance(problem, expressions.Mistake):
            at = min(made.at + skip + problem.at, max(made.at, made.end - 3))
            self.marked.report("L101", problem.message, at, problem.length, problem.hint)
        else:
            self.marked.report("L101", "this expression is nested too deeply", made.at, 1, "take it apart")

    def wrong(self, code: str, message: str, number: int, hint: str = "") -> None:
        made = self.marked.marks[number]
        self.marked.report(code, message, made.start, made.end - made.start, hint)

    # --- statements ------------------------------------------------------------------------------------------

    def statement(self, number: int) -> None:
        inner = self.marked.marks[number].inner
        word = inner.split()[0] if inner.split() else ""
        skip = inner.find(word) + len(word)
        if word == "if":
            self.open_if(number, skip)
        elif word == "for":
            self.open_for(number, skip)
        elif word in {"elif", "else"}:
            self.other(number, word, skip)
        elif word in {"endif", "endfor"}:
            self.close(number, word[3:])
        else:
            self.wrong(
                "L105",
                f"there is no statement '{word}' in templates",
                number,
                "the statements are: if, elif, else, endif, for, endfor",
            )

    def open_if(self, number: int, skip: int) -> None:
        condition = self.expression(number, skip)
        node: list[Any] = ["if", [[condition if condition is not None else ["s", False], []]], []]
        self.frames[-1].tree.append(node)
        self.frames.append(_Frame("if", node[1][0][1], node, tags=tuple(self.tags), mark=number))

    def open_for(self, number: int, skip: int) -> None:
        made = self.marked.marks[number]
        name, over = "item", list[Any](("s", ""))
        uses: list[expressions.Use] = []
        try:
            name, over, uses = expressions.parse_loop(made.inner[skip:])
        except expressions.Mistake as problem:
            self._mistake(problem, number, skip)
        self._note(uses, made.at + skip, shown=False)
        if sum(f.kind == "for" for f in self.frames) >= 2:
            self.wrong("L107", "loops may not stand three deep", number)
            over = ["s", ""]
        node: list[Any] = ["for", name, over, []]
        self.frames[-1].tree.append(node)
        self.frames.append(_Frame("for", node[3], node, tags=tuple(self.tags), mark=number))

    def other(self, number: int, word: str, skip: int) -> None:
        frame = self.frames[-1]
        if frame.kind != "if":
            self.wrong(
                "L106", f"this {{% {word} %}} belongs to no {{% if %}}", number, "delete it, or open an {% if %}"
            )
            return
        self._level(frame, number)
        if word == "elif":
            condition = self.expression(number, skip)
            branch: list[Any] = [condition if condition is not None else ["s", False], []]
            frame.node[1].append(branch)
            frame.tree = branch[1]
        else:
            frame.tree = frame.node[2]

    def close(self, number: int, word: str) -> None:
        frame = self.frames[-1]
        if frame.kind != word:
            inner = any(f.kind == word for f in self.frames)
            self.wrong(
                "L106",
                f"this {{% end{word} %}} stands where nothing is open"
                if not inner
                else f"this {{% end{word} %}} would close what was opened outside this box",
                number,
                "open and close conditions in the same box, in pairs",
            )
            return
        self._level(frame, number)
        self.frames.pop()

    def _level(self, frame: _Frame, number: int) -> None:
        """What a condition encloses must be whole paragraphs, items or words: else leaving it out breaks the page."""
        if frame.tags != tuple(self.tags):
            self.wrong(
                "L108",
                "this condition begins in one paragraph and ends in another",
                number,
                "write {% if ... %} and {% endif %} on lines of their own, with blank lines around them",
            )

    # --- elements --------------------------------------------------------------------------------------------

    def tag(self, match: re.Match[str]) -> None:
        name, classes = match["name"], set((_CLASS.search(match["rest"]) or ("", ""))[1].split())
        if match["close"]:
            self.end(name, match[0])
        elif name in _VOID:
            self.open_tag(match)
        else:
            special = self.special(name, classes, match)
            self.tags.append(name)
            if special is None:
                self.open_tag(match)
            else:
                special.depth = len(self.tags)
                self.frames.append(special)

    def special(self, name: str, classes: set[str], match: re.Match[str]) -> _Frame | None:
        tree, inner = self.frames[-1].tree, next((f for f in reversed(self.frames) if f.kind == "choose"), None)
        node: list[Any]
        if name == "aside" and "guidance" in classes:
            node = ["guidance", [match[0]]]
            tree.append(node)
            return _Frame("guidance", node[1], node)
        if name == "section" and classes & {"panel", "side"}:
            kind = "panel" if "panel" in classes else "side"
            place = next((c.partition("-")[2] for c in sorted(classes) if c.startswith(f"{kind}-")), kind)
            node = ["panel", place, [], []]
            tree.append(node)
            self.panels.append(place)
            return _Frame("panel", node[3], node)
        if name == "div" and "choose" in classes:
            given = _RANGE.search(match["rest"])
            low, high = (int(given[1]), int(given[2])) if given else (1, 1)
            node = ["choose", f"choice-{len(self.choices) + 1}", low, max(low, high), [], []]
            tree.append(node)
            self.choices.append({"id": node[1], "low": low, "high": max(low, high), "options": 0})
            return _Frame("choose", node[5], node)
        if name == "p" and classes & {"panel-title", "side-title", "choose-title"}:
            holder = next((f for f in reversed(self.frames) if f.kind in {"panel", "choose"}), None)
            if holder is not None:
                return _Frame("title", holder.node[2 if holder.kind == "panel" else 4])
        if inner is not None and name in {"ul", "ol"} and not any(f.kind == "option" for f in self.frames):
            return _Frame("options", self.frames[-1].tree)
        if (
            self.frames[-1].kind in {"options", "if", "for"}
            and name == "li"
            and inner is not None
            and not any(f.kind == "option" for f in self.frames)
        ):
            self.choices[-1]["options"] += 1
            node = ["o", self.choices[-1]["options"], []]
            tree.append(node)
            return _Frame("option", node[2], node)
        return None

    def end(self, name: str, tag: str) -> None:
        frame = self.frames[-1]
        if frame.mark >= 0 and any(f.depth == len(self.tags) for f in self.frames):
            self.wrong(
                "L108",
                "this condition is not closed in the box in which it begins",
                frame.mark,
                "open and close conditions in the same box, in pairs",
            )
            while self.frames[-1].mark >= 0:
                self.frames.pop()
            frame = self.frames[-1]
        if frame.depth and frame.depth == len(self.tags):
            self.frames.pop()
            if frame.kind == "guidance":
                frame.tree.append(tag)
            elif frame.kind == "option":
                _as_paragraph(frame.node)
        else:
            self.raw(tag)
        if self.tags:
            self.tags.pop()

    def open_tag(self, match: re.Match[str]) -> None:
        """A tag as it is; a field in a link's address becomes a node, and in any other attribute it is left out."""
        text, low, high = match[0], self.marked.base, self.marked.base + len(self.marked.marks)
        if not any(low <= ord(c) < high for c in text):
            self.raw(text)
            return
        href = re.search(r'\shref="([^"])"', text)
        number = ord(href[1]) - low if href else -1
        if href and 0 <= number < len(self.marked.marks) and self.marked.marks[number].kind == "e":
            node = self.expression(number)
            self.raw(text[: href.start(1)])
            if node is not None:
                self.frames[-1].tree.append(["a", node])
            self.raw(_without(text[href.end(1) :], low, high))
        else:
            self.raw(_without(text, low, high))


def _without(text: str, low: int, high: int) -> str:
    return "".join(c for c in text if not low <= ord(c) < high)


def _as_paragraph(node: list[Any]) -> None:
    """An option is an item of a list in the template and a paragraph of the document."""
    tree = node[2]
    if not any(isinstance(n, str) and "<p>" in n for n in tree):
        node[2] = ["<p>", *tree, "</p>"]


def _path(node: expressions.Node) -> str:
    """The path of the value that an expression prints first; empty for words."""
    if node[0] == "v":
        return ".".join(node[1:])
    return next((p for inner in node[1:] if isinstance(inner, list) and (p := _path(inner))), "")


# --- the whole -------------------------------------------------------------------------------------------------


def compile_template(
    body: str, *, path: str, first_line: int, language: str
) -> tuple[Payload, prose.Prose, list[Diagnostic]]:
    """A template's text -> ``{tree, uses, choices, panels, calendar}``, its Markdown as prose, and what is wrong.

    The prose still holds a letter for each tag; ``shown`` makes it what people read on the resource's page.
    """
    marked = mark(body, path, first_line)
    value, found = prose.convert(marked.text, path=path, first_line=1, lang=language)
    builder = _Builder(marked)
    letters = f"[{chr(marked.base)}-{chr(marked.base + MOST)}]"
    html = re.sub(rf"<p>((?:\s*{letters})+)\s*</p>", lambda m: _alone(m, marked), value.html)
    row = rf"<tr>\s*<td[^<>]*>({letters})</td>(?:\s*<td[^<>]*></td>)*\s*</tr>"
    html = re.sub(row, lambda m: _alone(m, marked), html)
    html = _LINE.sub(f'<p class="write-line"><span class="blank">{BLANK}</span></p>', html)
    tree = builder.build(html)
    uses = []
    for use in builder.uses:
        span, line = marked.span(use.start, use.length)
        uses.append(
            {
                "path": ".".join(use.path),
                "line": span.line,
                "column": span.column,
                "length": use.length,
                "source": line,
                "shown": use.shown,
            }
        )
    for choice in builder.choices:
        if not choice["options"]:
            at = max(body.find("::: choose"), 0)
            marked.report(
                "L109", "this choice has no list of options", at, 10, "write each option as a line with a dash"
            )
    compiled = {
        "tree": tree,
        "uses": uses,
        "choices": builder.choices,
        "panels": builder.panels,
        "language": language,
        "calendar": calendar.words(language),
        "base": marked.base,
        "marks": [[m.kind, _label_of(m.inner)] for m in marked.marks],
    }
    return compiled, value, [*map(marked.place, found), *marked.diagnostics]


def _alone(match: re.Match[str], marked: Marked) -> str:
    """Statements on a line of their own stand between blocks; a field on a line of its own is a paragraph."""
    numbers = [ord(c) - marked.base for c in match[1] if not c.isspace()]
    statements = all(n < len(marked.marks) and marked.marks[n].kind == "s" for n in numbers)
    return "".join(match[1].split()) if statements else match[0]


def _label_of(inner: str) -> str:
    try:
        return _path(expressions.parse(inner)[0])
    except (expressions.Mistake, RecursionError):
        return ""


def as_shown(value: prose.Prose, compiled: Payload, labels: Mapping[str, str]) -> prose.Prose:
    """A template's prose as its page shows it: fields as marked blanks, conditions gone, what they enclose kept."""
    base, last = compiled["base"], compiled["base"] + max(len(compiled["marks"]), 1) - 1
    letters = re.compile(f"[{chr(base)}-{chr(last)}]")

    def words(text: str) -> str:
        return prose.plain(shown(escape(text, quote=False), compiled, labels))

    return replace(
        value,
        html=shown(value.html, compiled, labels),
        excerpt=words(value.excerpt),
        headings=tuple(replace(h, id=letters.sub("", h.id), text=words(h.text)) for h in value.headings),
        ids=tuple(letters.sub("", name) for name in value.ids),
        links=tuple(link for link in value.links if not letters.search(link.target)),
    )


def shown(html: str, compiled: Payload, labels: Mapping[str, str]) -> str:
    """A fragment as the resource's page shows it; see ``as_shown``."""
    base, marks = compiled["base"], compiled["marks"]

    def blank(match: re.Match[str]) -> str:
        number = ord(match[0]) - base
        kind, path = marks[number] if number < len(marks) else ("s", "")
        if kind == "s":
            return ""
        return f'<span class="field">[{escape(labels.get(path, path.rpartition(".")[2].replace("_", " ")))}]</span>'

    letters = re.compile(f"[{chr(base)}-{chr(base + max(len(marks), 1) - 1)}]")
    html = re.sub(
        rf"<p>(?:\s*{letters.pattern})+\s*</p>\n?",
        lambda m: m[0] if any(marks[ord(c) - base][0] == "e" for c in letters.findall(m[0])) else "",
        html,
    )
    pieces, at = [], 0
    for match in _TAG.finditer(html):
        pieces += [letters.sub(blank, html[at : match.start()]), letters.sub("", match[0])]
        at = match.end()
    return "".join([*pieces, letters.sub(blank, html[at:])])
