"""A saved web page in; the pieces of its main text out. Scripts, styles and forms never come along.

Headings, paragraphs, lists (with the numbers a browser shows), tables, quotations, emphasis and safe links are kept;
the menus around the text and its pictures are left out, each with a note of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from toolkit_builder.diagnostics import Diagnostic, Span, note
from toolkit_builder.importers import markup as written
from toolkit_builder.importers import text as text_importer
from toolkit_builder.importers.pieces import Incoming, Piece, escape, left_out, paragraph
from toolkit_builder.motions.markers import numeral_of

Node = Any
"""selectolax has no types."""

_GONE = "script, style, noscript, template, iframe, object, embed, svg, math, form, button, select, input, link, meta"
_AROUND = (
    "nav, header, footer, aside, [role=navigation], [role=banner], [role=contentinfo], [role=search], "
    "[class*=breadcrumb], [id*=breadcrumb]"
)
_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li",
     "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul"]
)  # fmt: skip
_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,30})")
_SCHEMES = {"http", "https", "mailto", "tel"}
_DEEPEST = 80
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LIST_SYSTEMS = {"a": "letter", "i": "roman", "A": "letter", "I": "roman"}


def read(data: bytes, path: str) -> Incoming:
    """The pieces of a web page."""
    text, problems = _decode(data, path)
    return read_markup(text, path, problems)


def read_markup(markup: str, path: str, problems: list[Diagnostic], *, whole: bool = False) -> Incoming:
    """``whole``: the markup is all text, with no page around it (a Word document as HTML)."""
    tree = LexborHTMLParser(markup.replace("\0", ""))
    title = _title(tree)
    for node in tree.css(_GONE):
        words = node.text(deep=True, separator=" ") if node.tag in {"form", "button", "noscript"} else ""
        if words.strip():
            problems.append(left_out(path, "a form", words))
        node.decompose()
    root = tree.body
    if root is None:
        return Incoming(path=path, pieces=(), title=title, problems=tuple(problems))
    if not whole:
        written.without_comments(root, path, problems)
        written.report_struck(root, path, problems)
        _drop_around(root, path, problems)
    edited = None
    if not whole and written.tracked(root):
        message = "what is marked as inserted and deleted is taken as an amendment; the text is the one without it"
        problems.append(
            note("I108", message, Span(path), hint="whoever moves it is the amendment's 'mover': write it there")
        )
        settled = LexborHTMLParser(root.html or "").body
        if settled is not None:
            written.settle(settled, accept=True)
            edited = _read(settled, path, [])
        written.settle(root, accept=False)
    pieces = _read(root, path, problems)
    return Incoming(path=path, pieces=pieces, title=title, problems=tuple(problems), edited=edited)


def _read(root: Node, path: str, problems: list[Diagnostic]) -> tuple[Piece, ...]:
    reader = _Reader(path, problems)
    reader.blocks(root, 0)
    return tuple(reader.pieces)


def _decode(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    named = _CHARSET.search(data[:4096])
    if named and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = named[1].decode("ascii").lower()
        name = "cp1252" if name in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else name
        try:
            return data.decode(name), []
        except (LookupError, UnicodeError):
            pass
    return text_importer.decode(data, path)


def _title(tree: LexborHTMLParser) -> str:
    for selector in ("main h1, article h1, [role=main] h1", "h1", "title"):
        node = tree.css_first(selector)
        if node is not None and (words := " ".join(node.text(deep=True, separator=" ").split())):
            return words
    return ""


def _drop_around(root: Node, path: str, problems: list[Diagnostic]) -> None:
    """Take out the page around the text. A header or aside inside the article is text."""
    main = root.css_first("main, [role=main]") or root.css_first("article")
    for node in root.css(_AROUND):
        if node.parent is None:
            continue
        inside = main is not None and _within(node, main)
        if inside and node.tag in {"header", "aside", "footer"} and node.attributes.get("role") is None:
            continue
        words = node.text(deep=True, separator=" ")
        if words.strip():
            problems.append(left_out(path, "the page around the text", words))
        node.decompose()


def _within(node: Node, outer: Node) -> bool:
    while node is not None:
        if node.mem_id == outer.mem_id:
            return True
        node = node.parent
    return False


_GOOGLE_LEVEL = re.compile(r"\blst-kix_\w+-(\d)\b")


class _Reader:
    """Walks a tree once and collects pieces; inline content gathers until the next block."""

    def __init__(self, path: str, problems: list[Diagnostic]) -> None:
        self.path = path
        self.problems = problems
        self.pieces: list[Piece] = []

    def blocks(self, parent: Node, depth: int, level: int = 0) -> None:
        gathered: list[tuple[str, str]] = []
        for child in parent.iter(include_text=True):
            if child.tag not in _BLOCKS and not _holds_blocks(child):
                gathered.append(self.inline(child, depth))
                continue
            self.flush(gathered)
            if depth > _DEEPEST:
                words = child.text(deep=True, separator=" ")
                self.flush([(escape(words), words)])
            else:
                self.block(child, depth + 1, level)
        self.flush(gathered)

    def flush(self, gathered: list[tuple[str, str]]) -> None:
        markdown, plain = _tidy("".join(m for m, _ in gathered)), _tidy("".join(p for _, p in gathered))
        gathered.clear()
        if plain:
            self.pieces.append(paragraph(plain, markdown=markdown))

    def block(self, node: Node, depth: int, level: int) -> None:
        tag = node.tag
        if re.fullmatch("h[1-6]", tag):
            markdown, plain = self.contents(node, depth)
            if plain:
                self.pieces.append(
                    Piece("heading", " ".join(markdown.split()), " ".join(plain.split()), 0, int(tag[1]))
                )
        elif tag in {"ol", "ul"}:
            self.list(node, depth, level + 1)
        elif tag == "table":
            self.table(node, depth)
        elif tag == "pre":
            words = node.text(deep=True).strip("\n")
            if words.strip():
                fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", words)), default=0))
                self.pieces.append(Piece("code", f"{fence}\n{words}\n{fence}", words))
        elif tag == "blockquote":
            start = len(self.pieces)
            self.blocks(node, depth, level)
            inner = self.pieces[start:]
            if inner and all(piece.kind == "paragraph" for piece in inner):
                self.pieces[start:] = [
                    Piece("quote", "\n\n".join(p.text for p in inner), "\n".join(p.plain for p in inner))
                ]
        else:
            self.blocks(node, depth, level)

    def list(self, node: Node, depth: int, level: int) -> None:
        ordered = node.tag == "ol"
        if google := _GOOGLE_LEVEL.search(node.attributes.get("class") or ""):
            level = int(google[1]) + 1  # Google Docs writes the lists within a list one after another
        down = ordered and "reversed" in node.attributes
        start = node.attributes.get("start") or (str(sum(c.tag == "li" for c in node.iter())) if down else "1")
        number = int(start) if start.lstrip("-").isdigit() and len(start) < 6 else 1
        shape = written.list_type(node)
        system = (
            _LIST_SYSTEMS.get(shape)
            or ("number" if shape == "1" else "")
            or ("number", "letter", "roman")[min(level, 3) - 1]
        )
        if not shape and level == 1:
            system = "number"
        for child in node.iter(include_text=True):
            if child.tag != "li":
                if child.tag in {"ol", "ul"}:
                    self.list(child, depth + 1, level + 1)
                elif child.text(deep=True).strip():
                    self.flush([self.inline(child, depth)])
                continue
            own = child.attributes.get("value") or ""
            number = int(own) if own.isdigit() and len(own) < 6 else number
            numeral = numeral_of(system, number) or str(number)
            marker = f"{numeral.upper() if shape in {'A', 'I'} else numeral}." if ordered else "-"
            self.item(child, depth, level, marker)
            number += -1 if down else 1

    def item(self, node: Node, depth: int, level: int, marker: str) -> None:
        start = len(self.pieces)
        if depth > _DEEPEST:
            words = node.text(deep=True, separator=" ")
            self.flush([(escape(words), words)])
        else:
            self.blocks(node, depth + 1, level)
        if len(self.pieces) == start:
            return
        first = self.pieces[start]
        for at in range(start + 1, len(self.pieces)):
            if self.pieces[at].kind == "paragraph" and not self.pieces[at].level:
                self.pieces[at] = replace(self.pieces[at], level=level)
        if first.kind == "paragraph":
            self.pieces[start] = Piece("item", first.text, first.plain, 0, level, marker)
        elif first.kind == "item" and not first.level:
            self.pieces[start] = Piece("item", first.text, first.plain, 0, level, first.marker)

    def table(self, node: Node, depth: int) -> None:
        if node.css_first("table table") is not None:
            self.blocks_of_cells(node, depth)
            return
        rows = []
        for row in node.css("tr"):
            cells = [c for c in row.iter() if c.tag in {"td", "th"}]
            rows.append([" ".join(self.contents(cell, depth)[0].split()) for cell in cells])
        if len(rows) < 2 or max(map(len, rows), default=0) < 2:
            self.blocks_of_cells(node, depth)
            return
        if all(re.fullmatch(r"\*\*[^*]+\*\*|", cell) for cell in rows[0]):  # a table's head is bold by itself
            rows[0] = [cell.strip("*") for cell in rows[0]]
        width = max(map(len, rows))
        caption = node.css_first("caption")
        if caption is not None:
            self.flush([self.contents(caption, depth)])
        cells_of = ([cell.replace("|", "\\|") for cell in row] + [""] * (width - len(row)) for row in rows)
        lines = ["| " + " | ".join(cells) + " |" for cells in cells_of]
        lines.insert(1, "|" + "---|" * width)
        self.pieces.append(Piece("table", "\n".join(lines), node.text(deep=True, separator=" ")))

    def blocks_of_cells(self, node: Node, depth: int) -> None:
        """A table that only lays the page out: its cells are blocks."""
        for child in node.iter():
            if depth > _DEEPEST:
                words = child.text(deep=True, separator=" ")
                self.flush([(escape(words), words)])
            elif child.tag in {"td", "th", "caption"}:
                self.blocks(child, depth + 1)
            else:
                self.blocks_of_cells(child, depth + 1)

    def contents(self, node: Node, depth: int) -> tuple[str, str]:
        """Everything in a node as one run of words (headings, cells)."""
        parts = [self.inline(child, depth) for child in node.iter(include_text=True)]
        return _tidy("".join(m for m, _ in parts)), _tidy("".join(p for _, p in parts))

    def inline(self, node: Node, depth: int) -> tuple[str, str]:
        """One inline node as Markdown and as words."""
        if node.tag == "-text":
            words = re.sub(r"\s+", " ", node.text(deep=False))
            return escape(words), words
        if node.tag == "br":
            return "\n", "\n"
        if node.tag == "img":
            alt = node.attributes.get("alt") or ""
            self.problems.append(note("I106", f"a picture was left out{f' ({alt})' if alt else ''}", Span(self.path)))
            return "", ""
        if depth > _DEEPEST:
            words = node.text(deep=True, separator=" ")
            return escape(words), words
        parts = [self.inline(child, depth + 1) for child in node.iter(include_text=True)]
        markdown, plain = "".join(m for m, _ in parts), "".join(p for _, p in parts)
        if node.tag in _BLOCKS or node.tag in {"td", "th"}:
            return f" {markdown} ", f" {plain} "
        return self.marked(node, markdown, plain), plain

    def marked(self, node: Node, markdown: str, plain: str) -> str:
        words = markdown.strip()
        if not words or "\n" in words:
            return markdown
        lead, tail = markdown[: len(markdown) - len(markdown.lstrip())], markdown[len(markdown.rstrip()) :]
        if node.tag == "sup" and re.fullmatch(r"[0-9]{1,6}", words):
            return f"{lead}{words.translate(_RAISED)}{tail}"  # 10² is not 102
        mark = written.mark_of(node)
        if mark == "bold":
            return f"{lead}**{words}**{tail}" if "*" not in words else markdown
        if mark == "italic":
            return f"{lead}*{words}*{tail}" if "*" not in words else markdown
        if node.tag == "a":
            return f"{lead}{self.link(node, words)}{tail}"
        return markdown

    def link(self, node: Node, words: str) -> str:
        target = written.target((node.attributes.get("href") or "").strip())
        if not target or target.startswith("#"):
            return words
        try:
            scheme = urlsplit(target).scheme.lower()
        except ValueError:
            scheme = "bad"
        if scheme not in _SCHEMES or re.search(r"[\s<>\"\\\x00-\x1f]", target):
            shown = target if len(target) <= 60 else target[:59] + "…"
            self.problems.append(
                note("I107", f"the link of '{' '.join(words.split())[:60]}' was left out ({shown})", Span(self.path))
            )
            return words
        return f"[{words}]({target.replace('(', '%28').replace(')', '%29')})" if "[" not in words else words


def _holds_blocks(node: Node) -> bool:
    """An inline element around blocks (``<a><div>``, ``<font><p>``) is no more than its contents."""
    return node.tag not in {"-text", "br", "img"} and any(d.tag in _BLOCKS for d in _elements(node))


def _elements(node: Node) -> Iterator[Node]:
    for at, found in enumerate(node.traverse()):
        if at > 200:
            return
        if at:
            yield found


def _tidy(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := " ".join(part.split())))
