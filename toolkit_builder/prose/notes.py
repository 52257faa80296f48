"""Definitions that stand apart from the text: footnotes, abbreviations and addresses of links.

They are collected before the text is read, so that a mark may come before its definition; and each is consumed
where it stands. A second definition of one footnote, or one that nothing refers to, is still printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import escape

from toolkit_builder.diagnostics import Severity
from toolkit_builder.prose.context import Context

DEFINITION = re.compile(
    r" {0,3}(?:\[\^(?P<note>[^\]\s]+)\]:|\*\[(?P<abbr>[^\]\\]+)\]:|\[(?P<link>[^\[\]^][^\[\]]*)\]:)[ ]*(?P<rest>.*)$"
)
_TARGET = re.compile(r"(?:<([^<>]*)>|(\S+))[ ]*+(?:\"([^\"]*)\"|'([^']*)'|\(([^)]*)\))?[ ]*+$")
_NAMED = re.compile(r"\[([^\[\]]+)\]")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_WORDS = {
    "cy": ("Troednodiadau", "Yn ôl at y testun"),
    "en": ("Notes", "Back to the text"),
    "fr": ("Notes", "Retour au texte"),
    "de": ("Anmerkungen", "Zurück zum Text"),
    "es": ("Notas", "Volver al texto"),
}


class Notes:
    """The definitions of one text. ``order`` lists the footnotes in the order in which they are first referred to."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.links: dict[str, tuple[str, str]] = {}
        self.abbreviations: dict[str, tuple[str, int]] = {}
        self.footnotes: dict[str, tuple[int, int]] = {}
        self.order: list[str] = []
        self.marks: dict[str, int] = {}
        self.bodies: dict[str, tuple[list[str], int]] = {}
        self.named: Counter[str] = Counter()

    def collect(self, source: str) -> None:
        """Find all definitions outside code fences."""
        self.named.update(_folded(each) for each in _NAMED.findall(source))
        fence = ""
        for index, line in enumerate(self.context.lines):
            if (mark := _FENCE.match(line)) is not None:
                if not fence:
                    fence = mark[1][:3]
                elif mark[1].startswith(fence):
                    fence = ""
            elif not fence and "]:" in line and (match := DEFINITION.match(_inside(line))):
                self._collect(match, index)

    def _collect(self, match: re.Match[str], index: int) -> None:
        if name := match["note"]:
            self.footnotes.setdefault(name, (index, index))
        elif (abbr := match["abbr"]) and match["rest"].strip():
            self.abbreviations.setdefault(abbr.strip(), (match["rest"].strip(), index))
        elif match["link"] and (target := self._target(match)):
            self.links.setdefault(_folded(match["link"]), target)

    def _target(self, match: re.Match[str]) -> tuple[str, str] | None:
        """The address of ``[name]: address "title"``, if something in the text is linked by that name.

        If nothing is, the line is a sentence ("[Note]: none", "[Web]: example.org") and stays as it was typed;
        only ``[//]: # (words)``, the usual way to write a comment, is no text.
        """
        target = _TARGET.match(match["rest"])
        if not target:
            return None
        address = target[1] or target[2] or ""
        used = self.named[_folded(match["link"])] > 1
        if not address or not (used or address == "#"):
            return None
        return address, target[3] or target[4] or target[5] or ""

    # --- where a definition stands -----------------------------------------------------------------------

    def consume(self, lines: list[str], i: int, base: int) -> int | None:
        """If a definition starts at ``lines[i]``, keep it and return the index after it; else None."""
        match = DEFINITION.match(lines[i])
        if not match:
            return None
        if match["note"]:
            return self._footnote(match["note"], match["rest"], lines, i, base)
        if match["abbr"]:
            known = self.abbreviations.get(match["abbr"].strip())
            return i + 1 if known and known[0] == match["rest"].strip() else None
        name = _folded(match["link"])
        target = _TARGET.match(match["rest"])
        known_link = self.links.get(name)
        return i + 1 if target and known_link and known_link[0] == (target[1] or target[2]) else None

    def _footnote(self, name: str, rest: str, lines: list[str], i: int, base: int) -> int:
        end, body = i + 1, [rest]
        while end < len(lines):
            line = lines[end]
            if not line.strip():
                following = next((each for each in lines[end + 1 : end + 40] if each.strip()), "")
                if not following.startswith("    "):
                    break
                body.append("")
            elif line.startswith("    ") or (body[-1].strip() and not DEFINITION.match(line) and not _ends(line)):
                body.append(line[4:] if line.startswith("    ") else line)
            else:
                break
            end += 1
        if name in self.bodies:
            self.context.report(
                Severity.WARNING, "P111", f"the footnote '{name}' is defined twice", base + i, find=f"[^{name}]",
                hint="give one of them another name; both texts are printed",
            )  # fmt: skip
            self.bodies[name][0].extend(["", *body])
        else:
            self.bodies[name] = (body, base + i)
        return end

    # --- marks and the list at the end -------------------------------------------------------------------

    def mark(self, name: str) -> str | None:
        """The HTML of ``[^name]``, or None where no such note is defined."""
        if name not in self.footnotes:
            return None
        if name not in self.marks:
            self.order.append(name)
            self.marks[name] = 0
        self.marks[name] += 1
        number, times = self.order.index(name) + 1 if len(self.order) < 50 else self._number(name), self.marks[name]
        again = "" if times == 1 else f"-{times}"
        return (
            f'<sup class="footnote-ref"><a href="#fn-{number}" id="fnref-{number}{again}" role="doc-noteref">'
            f"{number}</a></sup>"
        )

    def _number(self, name: str) -> int:
        if self.order[-1] == name:
            return len(self.order)
        return self.order.index(name) + 1

    def write(self, render: Callable[[list[str], int], str]) -> str:
        """The list of notes; ``render`` turns a note's lines into blocks. Notes may refer to further notes."""
        if not self.bodies:
            return ""
        for name, (_, at) in self.bodies.items():
            if name not in self.marks:
                self.context.report(
                    Severity.WARNING, "P112", f"nothing in the text refers to the footnote '{name}'", at,
                    find=f"[^{name}]", hint=f"write [^{name}] where it belongs, or delete it",
                )  # fmt: skip
                self.order.append(name)
                self.marks[name] = 0
        language = self.context.lang.split("-")[0].lower()
        title, back = _WORDS.get(language, _WORDS["en"])
        items, position = [], 0
        while position < len(self.order):
            name = self.order[position]
            position += 1
            body, at = self.bodies.get(name, ([""], 0))
            html = render(body, at)
            links = self._links_back(name, position, back)
            html = html[: -len("</p>")] + " " + links + "</p>" if links and html.endswith("</p>") else html + links
            items.append(f'<li id="fn-{position}">\n{html}\n</li>')
        inside = "\n".join(items)
        return (
            f'<section class="footnotes" role="doc-endnotes" aria-label="{title}">\n<ol>\n{inside}\n</ol>\n</section>'
        )

    def _links_back(self, name: str, number: int, label: str) -> str:
        return " ".join(
            f'<a href="#fnref-{number}{"" if k == 1 else f"-{k}"}" class="footnote-backref" role="doc-backlink" '
            f'aria-label="{label}">↩</a>'
            for k in range(1, min(self.marks[name], 20) + 1)
        )

    def unused_abbreviations(self, used: set[str]) -> str:
        """The definitions whose abbreviation the text never uses, as paragraphs; each is reported.

        Their words would be lost otherwise: an abbreviation may stand in the title alone.
        """
        left = []
        for abbr, (meaning, at) in self.abbreviations.items():
            if abbr not in used:
                self.context.report(
                    Severity.WARNING, "P119", f"the text never uses the abbreviation '{abbr}' ({meaning}), so its "
                    "explanation stands at the end", at,
                    find=f"*[{abbr}]", hint="delete the definition, or check the spelling",
                )  # fmt: skip
                left.append(f"\n<p>{escape(abbr, quote=False)}: {escape(meaning, quote=False)}</p>")
        return "".join(left)


def _folded(name: str) -> str:
    """Names of links are equal whatever their capitals and spaces."""
    return " ".join(name.split()).lower()


def _inside(line: str) -> str:
    """A definition may stand in a quotation."""
    return line.lstrip("> ") if line.lstrip().startswith(">") else line


def _ends(line: str) -> bool:
    return line.lstrip().startswith(("#", ">", ":::", "```", "~~~"))
