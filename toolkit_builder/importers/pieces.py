"""What every importer hands on: the pieces of a text in order, as Markdown; and the escaping that keeps words words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Span, note
from toolkit_builder.motions.markers import SIGNS, letter_value, read_marker, roman_value

PieceKind = Literal["heading", "paragraph", "item", "table", "quote", "code", "note"]


class Piece(Struct, frozen=True):
    """One block. ``text`` is Markdown (lines to be kept apart are separated by a line feed), ``plain`` its words.

    ``line`` is its first line in the imported file, 0 where that has none; ``level`` a heading's level or an item's
    depth, from 1, or 0 where only its marker tells (a paragraph's is not 0 where it belongs to the item above it);
    ``marker`` an item's number or bullet, or a note's name;
    ``bullet`` tells apart the bullets of one list that stand further in than others.
    """

    kind: PieceKind
    text: str
    plain: str
    line: int = 0
    level: int = 0
    marker: str = ""
    bullet: str = ""


class Incoming(Struct, frozen=True, kw_only=True):
    """A file as read: its pieces, the title it states about itself, what was not kept or was changed.

    ``edited`` holds the text with its tracked changes accepted; ``pieces`` is then the text without them.
    """

    path: str
    pieces: tuple[Piece, ...]
    title: str = ""
    problems: tuple[Diagnostic, ...] = field(default=())
    edited: tuple[Piece, ...] | None = None

    def span(self, piece: Piece) -> Span:
        return Span(self.path, piece.line, 1) if piece.line else Span(self.path)


def left_out(path: str, what: str, words: str, line: int = 0) -> Diagnostic:
    """The note for words that are not in the imported file: they are all in the note."""
    return note("I101", f"{what} left out: '{' '.join(words.split())}'", Span(path, line, 1) if line else Span(path))


def became(path: str, key: str, value: str, words: str, line: int = 0) -> Diagnostic:
    """The note for a line that is front matter now, in other words."""
    message = f"the line '{' '.join(words.split())}' became '{key}: {value}'"
    return note("I114", message, Span(path, line, 1) if line else Span(path))


_INLINE = re.compile(
    r"(?P<back>\\(?=[\\`*_{}\[\]()#+\-.!|<>]))|(?P<tick>`)|(?P<star>\*(?=\S)|(?<=\S)\*)|(?P<under>(?<!\w)_|_(?!\w))"
    r"|(?P<angle><(?=[A-Za-z/!?]))|(?P<amp>&(?=#?\w{1,31};))|(?P<open>\[(?=[^\[\]]*\][(\[:])|\[(?=\^))"
    r"|(?P<brace>\{(?=[{%:#.]))|(?P<tilde>~(?=~))"
)
_ENTITIES = {"<": "&lt;", "&": "&amp;", "=": "&#61;", ":": "&#58;", "~": "&#126;"}
_LINE_START = re.compile(r"(?P<indent>[ \t]*)(?P<mark>#{1,6}(?=\s|$)|>|[+](?=\s)|={2,}\s*$|-{2,}\s*$|:{3,}|~{3,})")


def escape(text: str) -> str:
    """Plain words as Markdown that reads the same: only characters that Markdown would act on are escaped."""

    escaped = _INLINE.sub(lambda match: _escaped(match[0]), text)
    lines = (
        _LINE_START.sub(lambda match: match["indent"] + _escaped(match["mark"]), line) for line in escaped.split("\n")
    )
    return "\n".join(lines)


def _escaped(mark: str) -> str:
    """The mark with its first character made harmless: by an entity where a backslash would be shown."""
    entity = _ENTITIES.get(mark[0])
    return entity + mark[1:] if entity else "\\" + mark


def paragraph(text: str, line: int = 0, *, markdown: str | None = None, listed: bool = False) -> Piece:
    """A paragraph, or an item where the words begin with a list marker: with any where a list is ``listed``."""
    plain = "\n".join(" ".join(part.split()) for part in text.split("\n") if part.strip())
    marker = read_marker(plain)
    if marker is not None and (marker.strong or listed) and plain[marker.content :].strip():
        words = plain[marker.content :]
        shown = _without(markdown, marker.text) if markdown is not None else None
        label = "-" if marker.style.system == "bullet" and marker.text not in SIGNS else marker.text
        return Piece("item", shown or escape(words), words, line, 0, label)
    return Piece("paragraph", escape(plain) if markdown is None else markdown.strip(), plain, line)


def _without(markdown: str, mark: str) -> str:
    """The Markdown of a list item without the marker that its words begin with."""
    bare = markdown.lstrip()
    return bare[len(mark) :].lstrip() if bare.startswith(mark) else ""


def nested(pieces: Iterable[Piece]) -> list[Piece]:
    """Items with their depth: what the file said, else by their markers (a style not seen above is a deeper list)."""
    settled: list[Piece] = []
    open_lists: list[_Open] = []
    for piece in pieces:
        if piece.kind != "item" or piece.level:
            open_lists = []
            settled.append(piece)
            continue
        choices = _styles(piece.marker, piece.bullet)
        known = [(at, *choice) for at, lst in enumerate(open_lists) for choice in choices if lst.style == choice[0]]
        following = [found for found in known if found[2] == open_lists[found[0]].value + 1]
        style, value = choices[0]
        fresh = value == 1 and all(style != found[1] for found in known)  # (i) below (b) begins a list of its own
        if following or (known and not fresh):
            at, style, value = (following or known)[0]
            del open_lists[at:]
        open_lists.append(_Open(style, value))
        settled.append(replace(piece, level=len(open_lists)))
    return settled


class _Open(Struct, frozen=True):
    """A list that an item may continue: how it writes its markers, and its last number."""

    style: tuple[str, str, str, bool]
    value: int


def _styles(marker: str, bullet: str) -> list[tuple[tuple[str, str, str, bool], int]]:
    """How a marker may be read: (i) is Roman or the letter after h."""
    read = read_marker(f"{marker} x")
    if read is None:
        return [(("bullet", "", "", False), 0)]
    style = read.style
    if style.system == "bullet":
        return [(("bullet", bullet, "", False), 0)]
    systems = [style.system]
    if len(read.label) == 1 and read.label in "ivx":
        systems = ["roman", "letter"]
    values = {"roman": roman_value(read.label), "letter": letter_value(read.label)}
    found = [((system, style.before, style.after, style.upper), values.get(system, read.value)) for system in systems]
    return found if found[0][1] == 1 else found[::-1] if len(found) > 1 else found


def to_markdown(pieces: Sequence[Piece]) -> str:
    """The body of a content file."""
    parts: list[str] = []
    inside = ""  # how far the paragraphs of the last item stand in
    for piece in nested(pieces):
        lines = piece.text.split("\n")
        if piece.kind not in {"item", "paragraph"} or not (piece.level or piece.kind == "item"):
            inside = ""
        if piece.kind == "heading":
            parts.append("#" * max(piece.level, 1) + " " + " ".join(lines))
        elif piece.kind == "item":
            indent = "    " * max(piece.level - 1, 0)
            inside = indent + "    "
            parts.append(f"{indent}{piece.marker or '-'} " + f"  \n{indent}    ".join(lines))
        elif piece.kind == "quote":
            parts.append("\n".join(f"> {line}".rstrip() for line in lines))
        elif piece.kind == "note":
            parts.append(f"[^{piece.marker}]: " + " ".join(lines))
        elif piece.kind in {"table", "code"}:
            parts.append(piece.text)
        else:
            parts.append(inside + f"  \n{inside}".join(lines))
    return "\n\n".join(parts) + "\n" if parts else ""
