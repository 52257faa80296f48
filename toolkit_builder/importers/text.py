"""A plain text file's bytes in (UTF-8, UTF-16, Windows-1252; perhaps copied from a PDF); its pieces out.

Lines that a PDF broke are joined, page furniture is taken out, and every such change is a note: no word is lost in
silence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from toolkit_builder.diagnostics import Diagnostic, Span, note, warning
from toolkit_builder.importers import mail
from toolkit_builder.importers.dates import whole_date
from toolkit_builder.importers.pieces import Incoming, Piece, escape, left_out, paragraph
from toolkit_builder.motions.markers import read_marker

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
         (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0x00AD: None, 0x200B: None,
              0xFEFF: None, 0x00A0: " ", 0x2007: " ", 0x202F: " ", 0x000B: "\n", 0x0085: "\n", 0x2028: "\n",
              0x2029: "\n\n"}  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*$")
_PAGE_NUMBER = re.compile(r"(?i)[-–\s]*(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[-–\s]*")
_END = re.compile(r"[.!?…:;][\"'”’)\]]*$")
# A word that cannot end a sentence; what follows it belongs to it, whatever the lines say.
_OPEN = re.compile(
    r"(?i)(?:\b(?:the|a|an|of|and|or|to|in|for|with|by|that|which|who|is|are|was|were|be|been|on|at|from|as|into|"
    r"their|its|our|this|these|not|has|have|will)|\bi\.e\.|\be\.g\.)$"
)
_SPLIT_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,40})[-‐]$")
_LONG = 115
_NARROW = 45


class _Line(Struct):
    number: int
    text: str
    bullet: str = ""


class _Run(Struct):
    """A line with the lines that were wrapped from it."""

    number: int
    parts: list[str]
    bullet: str = ""


def decode(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    """Bytes as text. What is not Unicode is read as Windows-1252, which has a character for nearly every byte."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace"), []
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        lost = text.count("\N{REPLACEMENT CHARACTER}")
        found: list[Diagnostic] = [note("I102", "the file is not UTF-8 and was read as Windows-1252", Span(path))]
        if lost:
            hint = "look for the sign \N{REPLACEMENT CHARACTER} and write what belongs there"
            found.append(warning("I103", f"{lost} bytes of the file stand for no character", Span(path), hint=hint))
        return text, found


_SYMBOLS = "\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf071►■□●‣⁃∙▫"
_BULLET = re.compile(
    rf"(?P<indent>[ \t]*)(?:(?P<sign>[-•*–·▪◦§➢{_SYMBOLS}])[ \t]+|(?P<o>o)(?:\t|[ ]{{2,}})|(?P<letter>[Øüvq])\t[ \t]*)"
    r"(?=\S)"
)
"""A bullet; letters and a tab are what Word writes into plain text for bullets of its symbol fonts."""
_NEEDS_A_LIST = "o§➢Øüvq"
_REWRITTEN = f"{_NEEDS_A_LIST}{_SYMBOLS}"


def _with_bullets(lines: list[_Line]) -> list[_Line]:
    """Each bullet with its depth among the bullets above it: by how far in it stands, else by its sign."""
    above: list[tuple[int, str]] = []
    listed = full = False
    for line in lines:
        found = _BULLET.match(line.text)
        sign = (found["sign"] or found["o"] or found["letter"]) if found else ""
        if found is None or (sign in _NEEDS_A_LIST and not listed):
            listed = listed and (full or not line.text.strip())  # words below an empty line end the list
            full = bool(line.text.strip())
            continue
        listed = full = True
        indent = len(found["indent"].expandtabs(4))
        while above and (indent < above[-1][0] - 1 or (indent <= above[-1][0] + 1 and (indent, sign) in above[:-1])):
            above.pop()
        if not above or indent > above[-1][0] + 1 or (sign != above[-1][1] and sign in f"◦▪–{_REWRITTEN}"):
            above.append((indent, sign))
        line.bullet = str(len(above))
        if sign in _REWRITTEN:
            line.text = f"{found['indent']}- {line.text[found.end() :]}"
    return lines


def read(data: bytes, path: str) -> Incoming:
    """The pieces of a text file."""
    text, problems = decode(data, path)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LIGATURES)
    text, more = mail.bare(_CONTROL.sub("", text), path)
    problems += more
    lines, more = _without_furniture(text, path)
    problems += more
    groups = _groups(_with_bullets(lines))
    vocabulary = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.lower()))
    pieces: list[Piece] = []
    for group in groups:
        pieces += _pieces(group, path, vocabulary, problems)
    return Incoming(path=path, pieces=tuple(_rejoined(pieces, path, problems)), problems=tuple(problems))


def _without_furniture(text: str, path: str) -> tuple[list[_Line], list[Diagnostic]]:
    """The lines, without page numbers and without what stands at the head or foot of two pages or more."""
    pages: list[list[_Line]] = [[]]
    for number, raw in enumerate(text.split("\n"), 1):
        for at, part in enumerate(raw.split("\f")):
            if at:
                pages.append([])
            pages[-1].append(_Line(number, part.rstrip()))
    if len(pages) == 1:
        return pages[0], []
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_shape(line.text) for line in _edges(page)})
    problems: list[Diagnostic] = []
    kept: list[_Line] = []
    for page in pages:
        for line in _edges(page):
            if edges[_shape(line.text)] > 1 or _PAGE_NUMBER.fullmatch(line.text.strip()):
                problems.append(left_out(path, "a running header or page number", line.text, line.number))
                line.text = ""
        kept += page
        if page is not pages[-1]:
            kept.append(_Line(page[-1].number, ""))
    return kept, problems


def _edges(page: list[_Line]) -> list[_Line]:
    full = [line for line in page if line.text.strip()]
    return full[:1] + full[-1:] if len(full) > 1 else full


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", " ".join(text.lower().split()))


def _groups(lines: Sequence[_Line]) -> list[list[_Line]]:
    groups: list[list[_Line]] = [[]]
    for line in lines:
        if line.text.strip():
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _pieces(group: list[_Line], path: str, vocabulary: Counter[str], problems: list[Diagnostic]) -> list[Piece]:
    """One run of lines without a blank line between: wrapped lines joined, headings and list items apart."""
    width = max(len(line.text) for line in group)
    pieces: list[Piece] = []
    held: list[_Run] = []
    before: _Line | None = None

    def close() -> None:
        if held:
            listed = bool(pieces) and pieces[-1].kind == "item" and _is_decimal(held[0].parts[0])
            made = paragraph("\n".join(" ".join(run.parts) for run in held), held[0].number, listed=listed)
            pieces.append(replace(made, bullet=held[0].bullet))
            held.clear()

    for line in group:
        words = line.text.strip()
        heading = _HEADING.fullmatch(words)
        if heading:
            close()
            pieces.append(Piece("heading", escape(heading[2]), heading[2], line.number, len(heading[1])))
            before = None
            continue
        marker = read_marker(line.text)
        begins = marker is not None and (marker.strong or (_is_decimal(words) and (pieces or _is_item(held))))
        if begins or (before and len(before.text) > _LONG):
            close()
        if held and before and _continues(before.text, words, width, wrapped=_is_item(held)):
            last = held[-1].parts
            last[-1:] = _join(last[-1], words, line.number, path, vocabulary, problems)
        else:
            held.append(_Run(line.number, [words], line.bullet))
        before = line
    close()
    return pieces


def _is_decimal(words: str) -> bool:
    """``1.1 at once``: a sub-point where it stands below a point, a number anywhere else."""
    marker = read_marker(words)
    return marker is not None and marker.style.system == "decimal"


def _is_item(held: Sequence[_Run]) -> bool:
    marker = read_marker(held[0].parts[0]) if held else None
    return marker is not None and marker.strong


def _continues(above: str, below: str, width: int, *, wrapped: bool = False) -> bool:
    """Is ``below`` the wrapped rest of ``above``? In a narrow run (an address, a panel) lines stay as they are,
    but for those of a list's item (``wrapped``)."""
    if _SPLIT_WORD.search(above, max(0, len(above) - 45)) and below[:1].islower():
        return True
    if whole_date(above) or whole_date(below):
        return False
    if _OPEN.search(above.rstrip()):
        return True
    if width < _NARROW:
        rest = below[:1].islower() and not _END.search(above)
        return rest and (bool(_OPEN.search(above.rstrip())) or (wrapped and len(above) >= 0.6 * width))
    return len(above) >= 0.6 * width or (below[:1].islower() and not _END.search(above))


def _join(
    above: str, below: str, line: int, path: str, vocabulary: Counter[str], problems: list[Diagnostic]
) -> list[str]:
    """Two lines that belong together; a word split by a hyphen is whole again, but for one that is written with it."""
    split = _SPLIT_WORD.search(above, max(0, len(above) - 45))
    rest = re.match(r"[^\W\d_]+", below)
    if not split or not rest or not below[:1].islower():
        return [above.rstrip(), below]
    whole, hyphened = f"{split[1]}{rest[0]}", f"{split[1]}-{rest[0]}"
    both_words = vocabulary[split[1].lower()] and vocabulary[rest[0].lower()] > 1 and not vocabulary[whole.lower()]
    word = hyphened if vocabulary[hyphened.lower()] or both_words else whole
    problems.append(note("I105", f"the word '{word}' was split at the end of a line and is joined", Span(path, line, 1),
                         hint="look at its hyphen"))  # fmt: skip
    return [above[: split.start()] + word + below[rest.end() :]]


def _rejoined(pieces: Sequence[Piece], path: str, problems: list[Diagnostic]) -> list[Piece]:
    """Sentences that a PDF broke over a blank line, whole again. Only where the words leave no doubt."""
    joined: list[Piece] = []
    in_list = False  # after "calls for:", lines that begin small are the points of a list
    for piece, after in zip_longest(pieces, pieces[1:]):
        last = joined[-1] if joined else None
        small = piece.plain[:1].islower()
        if last is None or piece.kind != "paragraph" or last.kind not in {"paragraph", "item"}:
            joined.append(piece)
            in_list = False
            continue
        tail = last.plain[-60:]
        ends = _END.search(tail) and not re.search(r"(?i)\b(?:i\.e\.|e\.g\.)$", tail)
        open_end = bool(_OPEN.search(tail)) or (tail.endswith(",") and small)
        in_list = small and (in_list or tail.endswith((":", ":-")))
        broken = open_end or (
            small and not ends and not in_list and len(last.plain) >= _NARROW and last.kind == "paragraph"
        )
        # prose that stops short, above a line that is broken off as well: "in adult Social / Care is the rollout of"
        shard = after is not None and after.kind == "paragraph" and len(piece.plain) < 80 and _OPEN.search(piece.plain)
        broken = broken or bool(shard and not ends and len(last.plain) >= 200 and tail[-1:].isalpha())
        if not broken or (ends and not open_end):
            joined.append(piece)
            continue
        problems.append(note("I104", f"the sentence '… {last.plain[-40:].strip()} / {piece.plain[:40].strip()} …' was "
                             "broken over two paragraphs and is joined", Span(path, piece.line, 1)))  # fmt: skip
        joined[-1] = Piece(last.kind, f"{last.text} {piece.text}", f"{last.plain} {piece.plain}", last.line,
                           last.level, last.marker)  # fmt: skip
    return joined
