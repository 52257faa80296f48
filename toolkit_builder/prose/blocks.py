"""Lines of Markdown -> blocks of HTML: the structure of a text, with every line accounted for.

Each reader takes the lines and an index and returns the index after what it read; nothing is skipped but markers.
Inline marks are the engine's. The result is not yet sanitised (see ``sanitise``).
"""

from __future__ import annotations

import re

from msgspec import Struct

from toolkit_builder.diagnostics import Severity
from toolkit_builder.motions.markers import DOTS
from toolkit_builder.motions.tags import BLOCKS
from toolkit_builder.prose import containers, lists, notes, tables
from toolkit_builder.prose.context import Context
from toolkit_builder.prose.engine import ATTRIBUTES, Engine, attribute_html, escape_all
from toolkit_builder.prose.figures import figure
from toolkit_builder.prose.markers import read as read_marker
from toolkit_builder.prose.rawhtml import Judge

DEEPEST = 24
"""How deep blocks may nest; what is deeper is shown as plain text."""

_STARTER = re.compile(rf" {{0,3}}(?:[#>`~:<|=_*+\-{DOTS}(\d\[]|[o§] {{3}}|[A-Za-z]{{1,5}}[.)])| {{4}}")
_HEADING = re.compile(r" {0,3}(#{1,6})[ ]+(.*)$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ ]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ ]*){3,}|(?:_[ ]*){3,}|(?:\*[ ]*){3,})$")
_FENCE = re.compile(r"( {0,3})(`{3,}(?!.*`)|~{3,})[ ]*(.*)$")
_QUOTE = re.compile(r" {0,3}>[ ]?")
_HTML = re.compile(r" {0,3}<(?:(/?)([A-Za-z][A-Za-z0-9]*)(?=[\s/>]|$)|(!--))")
_DEFINITION = re.compile(r" {0,3}:[ ]{1,3}(?=\S)")


class Block(Struct):
    """``kind`` is "p" (``html`` is then the inside of the paragraph, ``raw`` its lines as typed), "list", "dl" (``raw``
    then holds the HTML of each entry) or "" for the rest."""

    kind: str
    html: str
    raw: list[str] | None = None


class Structure:
    """One text being read. ``options`` as in ``prose.convert``."""

    def __init__(self, context: Context, engine: Engine, *, lead_ins: bool = False) -> None:
        self.context = context
        self.engine = engine
        self.lead_ins = lead_ins
        self.notes = notes.Notes(context)
        self.at = 0
        self.effort = 0
        self.judge = Judge()
        self.break_lines = 0

    # --- inline ----------------------------------------------------------------------------------------------

    def inline(self, text: str, at: int) -> str:
        """The text of one block, whose first line is ``at``."""
        self.at = at
        marks = 0
        if len(text) > 300:
            marks = sum(map(text.count, "[<`*_\\&!"))
            effort = marks * len(text)
            if effort > _MOST_EFFORT or (self.effort + effort > 4 * _MOST_EFFORT and effort > _MOST_EFFORT // 64):
                return self._given_up(text, at)
            self.effort += effort
        try:
            return self.engine.render(text)
        except RecursionError:
            return self._given_up(text, at)

    def raw_html(self, text: str, at: int) -> str:
        """A block of raw HTML with each tag judged."""
        self.at = at
        return self.judge.block(text, self.engine.tell)

    def _given_up(self, text: str, at: int) -> str:
        self.context.report(
            Severity.WARNING,
            "P114",
            "this paragraph has more marks ([ * _ ` <) than can be read, so it is shown as plain text",
            at,
            hint="split it into paragraphs, or take out the marks",
        )
        # The sanitiser's time grows with the square of the entities between two nodes; it takes the comments out.
        return "<!---->".join(escape_all(text[i : i + 2000]) for i in range(0, len(text), 2000))

    # --- blocks ----------------------------------------------------------------------------------------------

    def blocks(self, lines: list[str], base: int, depth: int = 0) -> list[Block]:
        """All blocks of ``lines``, the first of which is line ``base`` of the source."""
        if depth > DEEPEST:
            return self._too_deep(lines, base)
        scan = _Scan(self, lines, base, depth)
        return scan.run()

    def _too_deep(self, lines: list[str], base: int) -> list[Block]:
        self.context.report(
            Severity.WARNING,
            "P113",
            f"this text is nested more than {DEEPEST} levels deep, so the rest is shown as plain text",
            base,
            hint="take out some of the markers at the start of the line",
        )
        return [Block("p", escape_all("\n".join(lines)))]

    def html(self, lines: list[str], base: int, depth: int = 0) -> str:
        return join(self.blocks(lines, base, depth))


_MOST_EFFORT = 4_000_000


def join(blocks: list[Block]) -> str:
    return "\n".join(_written(block) for block in blocks)


def _written(block: Block) -> str:
    if block.kind == "p":
        return f"<p>{block.html}</p>"
    return "<dl>\n" + "\n".join(block.raw or ()) + "\n</dl>" if block.kind == "dl" else block.html


class _Scan:
    """One level of lines: the top, the inside of a container, an item, a quotation."""

    def __init__(self, structure: Structure, lines: list[str], base: int, depth: int) -> None:
        self.s = structure
        self.lines = lines
        self.base = base
        self.depth = depth
        self.out: list[Block] = []
        self.paragraph: list[str] = []
        self.start = 0
        self.ended: dict[tuple[str, str], int] = {}
        text = "\n".join(lines) if len(lines) > 1 else ""
        self.points = lists.find_points(lines) if "1 " in text and lists.HAS_POINTS.search(text) else {}
        self.closers = containers.pair(lines) if ":::" in text else {}

    def run(self) -> list[Block]:
        lines, i, count = self.lines, 0, len(self.lines)
        starter = _STARTER.match
        while i < count:
            line = lines[i]
            if not line or line.isspace():
                if self.paragraph:
                    self.flush()
                i += 1
            elif starter(line) and (after := self.special(i)) is not None:
                i = after
            else:
                if not self.paragraph:
                    self.start = i
                self.paragraph.append(line)
                i += 1
        self.flush()
        return self.out

    def flush(self) -> None:
        """End the paragraph that was being read."""
        if not self.paragraph:
            return
        raw, self.paragraph = self.paragraph, []
        text = "\n".join(raw).strip()
        html = self.s.inline(text, self.base + self.start)
        if self.s.break_lines and "\n" in html:
            html = re.sub(r"(?<!<br>)\n", "<br>\n", html)
        shown = figure(html) if "<img" in html else ""
        if shown:
            self.out.append(Block("", shown))
        elif not self.depth and containers.is_contact(raw):
            lines = re.sub(r"(?<!<br>)\n", "<br>\n", html)
            self.out.append(Block("", f'<aside class="contact">\n<p>{lines}</p>\n</aside>'))
        else:
            self.out.append(Block("p", html, raw))

    def add(self, html: str, kind: str = "") -> None:
        self.out.append(Block(kind, html))

    def breaks(self, line: str) -> bool:
        """Whether a line ends the paragraph before it whatever follows."""
        return bool(
            _HEADING.match(line) or _FENCE.match(line) or _QUOTE.match(line) or _RULE.match(line)
            or line.lstrip().startswith(":::") or notes.DEFINITION.match(line) or self._opens_html(line)
        )  # fmt: skip

    def special(self, i: int) -> int | None:
        """Read what starts at line ``i`` if it is more than a line of a paragraph; the index after it, or None."""
        line = self.lines[i]
        first = line.lstrip(" ")[:1]
        if line.startswith("    ") and first not in ":":
            return self.code(i) if not self.paragraph else None
        if i in self.points:
            return self.plan_points(i)
        reader = {
            "#": self.heading, ">": self.quote, "`": self.fence, "~": self.fence, ":": self.colon, "<": self.raw,
            "|": self.table, "=": self.underline, "[": self.note,
        }.get(first)  # fmt: skip
        if reader is not None:
            return reader(i)
        if first == "-" and "|" in line and (after := self.table(i)) is not None:
            return after
        if first in "-_*" and (after := self.rule(i)) is not None:
            return after
        if first == "*" and (after := self.note(i)) is not None:
            return after
        return self.list(i)

    # --- one reader for each kind of block -------------------------------------------------------------------

    def heading(self, i: int) -> int | None:
        match = _HEADING.match(self.lines[i])
        if not match:
            return None
        self.flush()
        text = match[2].rstrip()
        if text.endswith("#") and text.rstrip("#")[-1:] in ("", " "):
            text = text.rstrip("#").rstrip()  # "## Closed ##"
        self._heading(len(match[1]), text, i)
        return i + 1

    def _heading(self, level: int, text: str, i: int) -> None:
        given = ""
        match = ATTRIBUTES.fullmatch(text, text.rfind("{")) if text.endswith("}") else None
        if match and text[match.start() - 1 : match.start()] in ("", " "):
            given = attribute_html(match[1])
            text = text[: match.start()]
        self.add(f"<h{level}{given}>{self.s.inline(text.strip(), self.base + i)}</h{level}>")

    def underline(self, i: int) -> int | None:
        match = _SETEXT.match(self.lines[i])
        if not match or len(self.paragraph) != 1:
            return None
        text, self.paragraph = self.paragraph[0], []
        self._heading(1 if match[1][0] == "=" else 2, text.strip(), self.start)
        return i + 1

    def rule(self, i: int) -> int | None:
        if self.lines[i].lstrip()[0] == "-" and self.paragraph and (after := self.underline(i)) is not None:
            return after
        if not _RULE.match(self.lines[i]):
            return None
        self.flush()
        self.add("<hr>")
        return i + 1

    def code(self, i: int) -> int:
        """A block indented by four spaces: code, or the sub-points of rules and agreements, which stand in as far."""
        end = i
        while end < len(self.lines) and (self.lines[end].startswith("    ") or not self.lines[end].strip()):
            end += 1
        while not self.lines[end - 1].strip():
            end -= 1
        if read_marker(self.lines[i].lstrip()):
            least = min(len(line) - len(line.lstrip()) for line in self.lines[i:end] if line.strip())
            self.add(self.s.html([line[least:] for line in self.lines[i:end]], self.base + i, self.depth + 1))
            return end
        text = "\n".join(line[4:] for line in self.lines[i:end])
        self.add(f"<pre><code>{escape_all(text)}\n</code></pre>")
        self.s.context.report(
            Severity.NOTE, "P116", "lines indented by four spaces are shown as computer code", self.base + i,
            hint="take out the spaces, or write ``` above and below if code is meant",
        )  # fmt: skip
        return end

    def fence(self, i: int) -> int | None:
        match = _FENCE.match(self.lines[i])
        if not match:
            return None
        self.flush()
        indent, mark, info = len(match[1]), match[2], match[3].strip()
        closing = re.compile(rf" {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ ]*$")
        end = i + 1
        while end < len(self.lines) and not closing.match(self.lines[end]):
            end += 1
        if end == len(self.lines):
            self.s.context.report(
                Severity.WARNING, "P117", f"the code that starts here has no closing {mark}", self.base + i,
                hint=f"write {mark} on a line of its own after the code",
            )  # fmt: skip
        said = re.sub(r"\{[^{}]*\}|\S+=(?:\"[^\"]*\"|\S+)", "", info).split()
        if len(said) > 1:
            self.s.context.report(
                Severity.WARNING, "P123", "only a language may stand behind the marks of code, and this is not shown",
                self.base + i, find=" ".join(said), hint="move the words to a line of their own",
            )  # fmt: skip
        body = [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in self.lines[i + 1 : end]]
        language = re.match(r"\{?\.?([\w+#.-]+)", info)
        css = f' class="language-{escape_all(language[1])}"' if language else ""
        self.add(f"<pre><code{css}>{escape_all(chr(10).join(body))}\n</code></pre>")
        return end + 1

    def quote(self, i: int) -> int | None:
        match = _QUOTE.match(self.lines[i])
        if not match:
            return None
        self.flush()
        inside: list[str] = []
        end = i
        while end < len(self.lines):
            line = self.lines[end]
            marked = _QUOTE.match(line)
            if marked:
                inside.append(line[marked.end() :])
            elif not line.strip() or not inside[-1].strip() or self.breaks(line) or read_marker(line):
                break
            else:
                inside.append(line)
            end += 1
        self.add(f"<blockquote>\n{self.s.html(inside, self.base + i, self.depth + 1)}\n</blockquote>")
        return end

    def table(self, i: int) -> int | None:
        header = self.paragraph[-1] if self.paragraph else self.lines[i]
        first = i - 1 if self.paragraph else i
        if self.paragraph and not tables.is_delimiter(self.lines[i]):
            return None
        if not self.paragraph and not (i + 1 < len(self.lines) and tables.is_delimiter(self.lines[i + 1])):
            return None
        found = tables.take(self.lines, first, header)
        if found is None:
            return None
        if self.paragraph:
            self.paragraph.pop()
        self.flush()
        self.add(tables.write(found, self.base, self.s.inline, self.s.context))
        return found.end

    def colon(self, i: int) -> int | None:
        line = self.lines[i]
        if line.lstrip().startswith(":::"):
            self.flush()
            return containers.read(self, i)
        match = _DEFINITION.match(line)
        if not match:
            return self.table(i)
        return self._definition(i, match.end())

    def _definition(self, i: int, width: int) -> int | None:
        last = self.out[-1] if self.out else None
        if self.paragraph:
            terms, self.paragraph, at = self.paragraph, [], self.start
        elif last and last.kind == "p" and last.raw:
            terms, at = last.raw, max(i - len(last.raw) - 1, 0)
            self.out.pop()
        elif last and last.kind == "dl":
            terms, at = [], i
        else:
            return None
        inside = [self.lines[i][width:]]
        end = i + 1
        while end < len(self.lines):
            line = self.lines[end]
            indented = line.startswith("  ")
            if not line.strip():
                following = self._next_text(end)
                if not following.startswith("  "):
                    break
                inside.append("")
            elif indented and not _DEFINITION.match(line):
                inside.append(line[min(4, len(line) - len(line.lstrip(" "))) :])
            elif inside[-1].strip() and not _STARTER.match(line):
                inside.append(line)
            else:
                break
            end += 1
        html = "".join(f"<dt>{self.s.inline(t.strip(), self.base + at)}</dt>\n" for t in terms)
        body = self.s.blocks(inside, self.base + i, self.depth + 1)
        html += f"<dd>{body[0].html if len(body) == 1 and body[0].kind == 'p' else chr(10) + join(body) + chr(10)}</dd>"
        last = self.out[-1] if self.out else None
        if last and last.kind == "dl" and last.raw:
            last.raw.append(html)
        else:
            self.out.append(Block("dl", "", [html]))
        return end

    def _next_text(self, i: int) -> str:
        """The first line from ``i`` on that is not blank, if it comes soon."""
        return next((each for each in self.lines[i : i + 40] if each.strip()), "")

    def note(self, i: int) -> int | None:
        """A definition of a footnote, an abbreviation or a link; the words are kept by ``notes``."""
        end = self.s.notes.consume(self.lines, i, self.base)
        if end is not None:
            self.flush()
        return end

    def _opens_html(self, line: str) -> bool:
        match = _HTML.match(line)
        return bool(match and (match[3] or match[2].lower() in BLOCKS))

    def raw(self, i: int) -> int | None:
        """A block of raw HTML: to the next blank line; a comment, script, style or pre: to its own end."""
        match = _HTML.match(self.lines[i])
        if not match or not (match[3] or match[2].lower() in BLOCKS):
            return None
        name = "!--" if match[3] else match[2].lower()
        text, end = self.lines[i], i + 1
        closing = {"!--": "-->", "script": "</script", "style": "</style", "pre": "</pre"}.get(name)
        if closing and not match[1]:
            while closing not in text.lower() and end < len(self.lines):
                text += "\n" + self.lines[end]
                end += 1
            if closing not in text.lower():
                if name != "pre":
                    return None  # never closed: its words are text
                end = i + 1
                text = self.lines[i]
        whole = name == "!--" and text.rstrip().endswith("-->")
        while end < len(self.lines) and self.lines[end].strip() and not whole:
            text += "\n" + self.lines[end]
            end += 1
        self.flush()
        self.add(self.s.raw_html(text, self.base + i))
        return end

    def plan_points(self, i: int) -> int:
        self.flush()
        found = lists.take_points(self.lines, i, self.points, self.breaks)
        self.write_list(found)
        return found.end

    def list(self, i: int) -> int | None:
        opened = lists.opens(self.lines, i, self.paragraph, self.ended, bool(self.paragraph))
        if opened is None:
            return None
        marker, kind, value = opened
        self.flush()
        found = lists.take(self.lines, i, marker, kind, value, self.breaks)
        if kind:
            self.ended[(kind, found.shape)] = found.items[-1].value
        self.write_list(found)
        return found.end

    def write_list(self, found: lists.Found) -> None:
        parts = [lists.open_tag(found)]
        bold = found.points or (self.s.lead_ins and found.kind == "1" and self.depth == 0)
        for position, item in enumerate(found.items):
            given = lists.item_attributes(found, position)
            state = lists.ticked(item)
            box = "" if state is None else "☑ " if state else "☐ "
            if state is not None:
                given += ' class="task"'
            lead = ""
            if bold:
                text = "\n".join(item.lines)
                start, rest = lists.lead_in(text)
                if start:
                    lead = f"<strong>{self.s.inline(start, self.base + item.at)}</strong> "
                    item.lines = rest.lstrip(" ").split("\n")
            body = self.s.blocks(item.lines, self.base + item.at, self.depth + 1)
            parts.append(f"<li{given}>{_item_html(body, box + lead)}</li>")
        parts.append("</ol>" if found.kind else "</ul>")
        self.add("\n".join(parts), "list")


def _item_html(blocks: list[Block], prefix: str) -> str:
    """One paragraph, perhaps with lists under it, needs no <p>."""
    if blocks and blocks[0].kind == "p" and all(b.kind == "list" for b in blocks[1:]):
        return "\n".join([(prefix + blocks[0].html).rstrip(), *(b.html for b in blocks[1:])]) + (
            "\n" if len(blocks) > 1 else ""
        )
    if prefix and blocks and blocks[0].kind == "p":
        return "\n" + join([Block("p", prefix + blocks[0].html), *blocks[1:]]) + "\n"
    if prefix:
        blocks = [Block("p", prefix.rstrip()), *blocks]
    return "\n" + join(blocks) + "\n" if blocks else ""
