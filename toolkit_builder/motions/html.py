"""``MotionText`` and comparisons -> HTML fragments with anchors for paragraphs, calls and lines.

``inline`` turns inline Markdown into safe HTML; without one the visible text is escaped. Line starts are empty
elements (``<span class="line" id="l27" data-line="27">``): CSS shows the number in the margin, the text flows.
Changes are ``ins`` and ``del`` with spoken labels, so that nobody has to see colours.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from toolkit_builder.motions.compare import ADDED, CHANGED, MOVED_AWAY, MOVED_HERE, REMOVED, SAME, Change, passages
from toolkit_builder.motions.diff import EQUAL, INSERT, Run
from toolkit_builder.motions.emphasis import HELD
from toolkit_builder.motions.inline import has_marks, visible
from toolkit_builder.motions.lines import MEASURE, LineMap, line_map
from toolkit_builder.motions.text import Block, MotionText

Inline = Callable[[str], str]
_SHOWN = re.compile(r"<[^>]*>|&(?:#\w+|\w+);|.", re.DOTALL)
"""A tag, an entity or a character of HTML."""


def _has_marks(source: str) -> bool:
    """Whether ``inline`` may do more with a text than curl its quotation marks."""
    return has_marks(source) or "]" in source or ">" in source or "@" in source or "://" in source or "www." in source


def _has_quotes(source: str) -> bool:
    return "'" in source or '"' in source


class Labels(Struct, frozen=True, kw_only=True):
    """The words around changes, for translation. They are read aloud; only ``was`` and ``moved`` are also seen."""

    inserted: str = "inserted: "
    end_inserted: str = " end of insertion"
    deleted: str = "deleted: "
    end_deleted: str = " end of deletion"
    was: str = "printed as {marker}"
    moved_away: str = "moved to another place: "
    moved_here: str = "moved here: "
    printed: str = "As printed"
    amended: str = "As amended"


def escaped(text: str) -> str:
    """The visible words of inline Markdown, safe in HTML."""
    return html.escape(visible(text).text, quote=False)


def motion_html(
    text: MotionText,
    *,
    inline: Inline = escaped,
    lines: LineMap | None = None,
    measure: int = MEASURE,
    prefix: str = "",
    heading_level: int = 3,
) -> str:
    """A motion with anchors. ``prefix`` comes before every id, for pages that hold several motions."""
    numbers = lines or line_map(text, measure)
    out: list[str] = []
    depth = 0
    for block in text.blocks:
        target = block.depth if block.kind == "call" else 0
        depth = _nest(out, depth, target)
        body = _block_body(text, block, numbers, inline, prefix)
        out.append(_element(block, body, prefix, heading_level))
    _nest(out, depth, 0)
    return "".join(out)


def _nest(out: list[str], depth: int, target: int) -> int:
    """Open and close lists so that the next item (at ``target``; 0: no item) stands right."""
    while depth > target:
        out.append("</li></ol>\n")
        depth -= 1
    if target and depth == target:
        out.append("</li>\n")
    while depth < target:
        depth += 1
        out.append('<ol class="calls">\n' if depth == target else '<ol class="calls">\n<li>')
    return depth


def _element(block: Block, body: str, prefix: str, heading_level: int) -> str:
    anchor = f'id="{prefix}{html.escape(block.id)}"'
    if block.kind == "call":
        return f'<li {anchor} class="call">{body}'
    if block.kind == "paragraph":
        return f'<p {anchor} class="{block.role}">{body}</p>\n'
    if block.kind == "heading":
        level = min(6, heading_level)
        return f"<h{level} {anchor}>{body}</h{level}>\n"
    if block.kind == "quote":
        return f"<blockquote {anchor}><p>{body}</p></blockquote>\n"
    if block.kind == "table":
        return f'<div {anchor} class="table" tabindex="0" role="group">{body}</div>\n'
    return f"<div {anchor}>{body}</div>\n"


def _block_body(text: MotionText, block: Block, numbers: LineMap, inline: Inline, prefix: str) -> str:
    lines = numbers.of_block(block.id)
    anchors = [_line_anchor(line.number, prefix) for line in lines]
    if block.kind == "table":
        return _table(text.source[block.start : block.end], anchors, inline)
    if block.kind == "other":
        source = text.source[block.start : block.end]
        if re.fullmatch(r"[ \t]*(?:[-*_][ \t]*){3,}", source):
            return "".join(anchors) + "<hr>"
        if source.lstrip().startswith(("```", "~~~")):
            rows = source.split("\n")
            shown = "\n".join(f"{a}{html.escape(r)}" for a, r in zip([*anchors, *[""] * len(rows)], rows, strict=False))
            return f"<pre>{shown}</pre>"
        return "".join(anchors) + inline(source)
    inline = _of_kind(block, inline)
    marker = f'<span class="marker">{html.escape(block.marker)}</span> ' if block.marker else ""
    first = anchors[0] if anchors else ""
    source = text.inline(block)
    cuts = [line.start - block.content for line in lines[1:]]
    body = first + marker + _with_lines(source, cuts, anchors[1:], inline)
    return _PICTURE_FIRST.sub(r"\1<br>\n", body) if block.kind == "paragraph" and "<img" in body else body


_PICTURE_FIRST = re.compile(
    r"\A((?:<span [^<>]*></span>)*<img [^<>]*>(?:<span [^<>]*></span>)*)(?:\n| (?=<span class=\"caption\">.*</span>\Z))"
)
"""A picture at a paragraph's head with the line under it, or with its caption and nothing more."""


_QUOTE_MARK = re.compile(r"\n[ \t]*>[ \t>]*")


def _of_kind(block: Block, inline: Inline) -> Inline:
    """``inline`` for a block; in a quotation the marks that begin its lines are none of its words."""
    if block.kind != "quote":
        return inline

    def quoted(source: str) -> str:
        return re.sub(r"\n\s*\n", "<br><br>\n", inline(_QUOTE_MARK.sub("\n", source)))

    return quoted


def _line_anchor(number: int, prefix: str) -> str:
    return f'<span class="line" id="{prefix}l{number}" data-line="{number}"></span>'


def _with_lines(source: str, cuts: Sequence[int], anchors: Sequence[str], inline: Inline) -> str:
    """Inline HTML with an anchor at each cut."""
    if not cuts:
        return _unmarked(source, inline)
    marked = [source[at:cut] for at, cut in zip([0, *cuts], [*cuts, len(source)], strict=True)]
    if not _has_marks(source):
        if _has_quotes(source):
            shown = _curled(source, inline)
            marked = [shown[at:cut] for at, cut in zip([0, *cuts], [*cuts, len(shown)], strict=True)]
        pieces = [" ".join(piece.split()) for piece in marked]
        return pieces[0] + "".join(f" {a}{p}" if s[-1:].isspace() else f"{a}{p}"
                                   for a, p, s in zip(anchors, pieces[1:], marked, strict=False))  # fmt: skip
    rendered = _TAG_HOLDING_LINES.sub(_behind, inline(HELD.join(marked)))
    if rendered.count(HELD) != len(cuts) or re.search(rf"<[^>]*{HELD}", rendered):
        return _between_letters(inline(source), source, cuts, anchors)
    pieces = rendered.split(HELD)
    return pieces[0] + "".join(a + p for a, p in zip(anchors, pieces[1:], strict=True))


_TAG_HOLDING_LINES = re.compile(rf"<img\b[^<>]*{HELD}[^<>]*>")


def _behind(picture: re.Match[str]) -> str:
    """A picture whose words run over lines: these begin behind it."""
    return picture[0].replace(HELD, "") + HELD * picture[0].count(HELD)


def _between_letters(rendered: str, source: str, cuts: Sequence[int], anchors: Sequence[str]) -> str:
    """Inline HTML with an anchor before the first letter of each line, for lines that end within an address.

    Where the letters shown are not those of the source, nobody can say which is which, and all anchors come first.
    """
    seen = visible(source)
    letters = [start for char, start in zip(seen.text, seen.starts, strict=True) if char.isalnum()]
    places = [m.start() for m in _SHOWN.finditer(rendered) if html.unescape(m[0]).isalnum()]
    if len(letters) != len(places):
        return "".join(anchors) + rendered
    out: list[str] = []
    done = 0
    for cut, anchor in zip(cuts, anchors, strict=True):
        nth = bisect_left(letters, cut)
        at = places[nth] if nth < len(places) else len(rendered)
        while source[cut - 1].isspace() and at > done and not (rendered[at - 1].isspace() or rendered[at - 1] in ">;"):
            at -= 1  # an opening bracket or quotation mark is on the line of its word
        out += rendered[done:at], anchor
        done = at
    return "".join(out) + rendered[done:]


def _unmarked(source: str, inline: Inline) -> str:
    """The inline HTML of a text on one line."""
    if _has_marks(source):
        return inline(source)
    return " ".join((_curled(source, inline) if _has_quotes(source) else source).split())


def _curled(source: str, inline: Inline) -> str:
    """Text without marks with the quotation marks that ``inline`` gives it, character for character."""
    shown = html.unescape(inline(source))
    return shown if len(shown) == len(source) else source


def _table(source: str, anchors: list[str], inline: Inline) -> str:
    rows = [row.strip() for row in source.split("\n") if row.strip()]
    body = [row for row in rows if row.strip("|-: \t")]
    headed = len(body) < len(rows)
    out = ["<table>"]
    for index, row in enumerate(body):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip("|"))]
        tag = "th" if headed and index == 0 else "td"
        scope = ' scope="col"' if tag == "th" else ""
        shown = [inline(cell) if cell else "" for cell in cells]
        if index < len(anchors) and shown:
            shown[0] = anchors[index] + shown[0]
        cells_html = "".join(f"<{tag}{scope}>{cell}</{tag}>" for cell in shown)
        # a head of its own is repeated where the table goes on over the page
        out.append(f"<thead><tr>{cells_html}</tr></thead>" if tag == "th" else f"<tr>{cells_html}</tr>")
    return "\n".join([*out, "</table>"])


# --- changes ----------------------------------------------------------------------------------------------


def diff_html(
    changes: Iterable[Change],
    *,
    inline: Inline = escaped,
    labels: Labels | None = None,
    only_changes: bool = False,
    prefix: str = "",
    heading_level: int = 3,
) -> str:
    """A comparison in one column; ``only_changes`` leaves out what stayed, but for a line around each change."""
    words = labels or Labels()
    shown = list(passages(list(changes))) if only_changes else list(changes)
    out: list[str] = []
    depth = 0
    for change in shown:
        block = change.new or change.old
        if block is None:
            continue
        depth = _nest(out, depth, block.depth if block.kind == "call" else 0)
        anchor = "" if change.new is None else prefix
        element = _element(block, _changed_body(change, block, inline, words), anchor, heading_level)
        if change.new is None:  # the id belongs to a block that is no longer there
            element = re.sub(r' id="[^"]*"', "", element, count=1)
        out.append(element)
    _nest(out, depth, 0)
    return "".join(out)


def piece(change: Change, *, inline: Inline = escaped, labels: Labels | None = None, heading_level: int = 3) -> str:
    """One block of a comparison by itself, under the address that it was printed with; none if it is new."""
    block = change.new or change.old
    if block is None:
        return ""
    element = _element(block, _changed_body(change, block, inline, labels or Labels()), "", heading_level)
    anchor = f' id="{html.escape(change.old.id)}"' if change.old else ""
    return re.sub(r' id="[^"]*"', lambda _: anchor, element, count=1) + ("</li>" if block.kind == "call" else "")


def side_by_side(
    changes: Iterable[Change], *, inline: Inline = escaped, labels: Labels | None = None, only_changes: bool = False
) -> str:
    """A comparison as a table of two columns, for wide screens and print."""
    words = labels or Labels()
    shown = list(passages(list(changes))) if only_changes else list(changes)
    rows = [
        f'<tr><th scope="col">{html.escape(words.printed)}</th><th scope="col">{html.escape(words.amended)}</th></tr>'
    ]
    for change in shown:
        left = _side(
            change,
            change.old,
            [r for r in change.runs if r.op != INSERT and (r.old or not r.new)],
            inline,
            words,
            old=True,
        )
        right = _side(change, change.new, [r for r in change.runs if r.new], inline, words, old=False)
        rows.append(f'<tr class="{change.kind}"><td>{left}</td><td>{right}</td></tr>')
    return '<table class="side-by-side">\n' + "\n".join(rows) + "\n</table>\n"


def _side(change: Change, block: Block | None, runs: Sequence[Run], inline: Inline, words: Labels, *, old: bool) -> str:
    if block is None:
        return ""
    inline = _of_kind(block, inline)
    marker = f'<span class="marker">{html.escape(block.marker)}</span> ' if block.marker else ""
    moved = ""
    if change.kind in {MOVED_AWAY, MOVED_HERE}:
        moved = f"<em>{html.escape(words.moved_away if old else words.moved_here)}</em>"
    return moved + marker + _runs(runs, inline, words, old=old, moved=bool(moved))


def _changed_body(change: Change, block: Block, inline: Inline, words: Labels) -> str:
    inline = _of_kind(block, inline)
    marker = f'<span class="marker">{html.escape(block.marker)}</span> ' if block.marker else ""
    if change.renumbered and change.old is not None and change.old.marker:
        was = words.was.format(marker=html.escape(change.old.marker.strip("().")))
        marker += f'<span class="was">({was})</span> '
    if change.kind in {MOVED_AWAY, MOVED_HERE}:
        label = words.moved_away if change.kind == MOVED_AWAY else words.moved_here
        tag = "del" if change.kind == MOVED_AWAY else "ins"
        run = change.runs[0]
        return f'{marker}<{tag} class="moved"><em>{html.escape(label)}</em>{inline(run.old or run.new)}</{tag}>'
    if change.kind in {ADDED, REMOVED}:
        return _marked(change.runs[0], marker + inline(change.runs[0].old or change.runs[0].new), words)
    if change.kind == SAME:
        return marker + inline("".join(r.new for r in change.runs))
    return marker + _runs(_spaced(change.runs), inline, words)


def _spaced(runs: Sequence[Run]) -> list[Run]:
    """Which side of an equal run is shown where they differ in white space: the one its neighbour fits."""
    out = list(runs)
    for index, run in enumerate(out):
        follower = out[index + 1] if index + 1 < len(out) else None
        if run.op == EQUAL and follower is not None and follower.op not in {EQUAL, INSERT}:
            out[index] = Run(EQUAL, run.old, run.old)
    return out


def _runs(runs: Sequence[Run], inline: Inline, words: Labels, *, old: bool = False, moved: bool = False) -> str:
    """Runs one after another. A quotation mark at the start of one closes what the run before it left open."""
    out: list[str] = []
    before = " "
    for run in runs:
        text = run.old if old or not run.new else run.new
        body = _kept_space(text, inline, before)
        out.append(body if run.op == EQUAL or moved else _marked(run, body, words))
        before = text[-1:] or before
    return "".join(out)


def _kept_space(text: str, inline: Inline, before: str = " ") -> str:
    """Inline HTML of a piece of a paragraph, with the space at its ends; torn marks are shown as they are.

    ``before`` is the character that stands before the piece.
    """
    stripped = text.strip()
    if not stripped:
        return " " if text else ""
    torn = any(stripped.count(mark) % 2 for mark in ("**", "__", "`")) or stripped.count("[") != stripped.count("]")
    plain = torn or not (_has_marks(stripped) or _has_quotes(stripped))
    body = html.escape(stripped, quote=False) if plain else inline(stripped)
    if not plain and text[0] in "'\"" and _closes_behind(before) and (behind := inline(f"x{stripped}")).startswith("x"):
        body = behind[1:]
    return (" " if text[0].isspace() else "") + body + (" " if text[-1].isspace() else "")


def _closes_behind(char: str) -> bool:
    """Whether a quotation mark behind a character closes."""
    return not char.isspace() and char not in "([{-–—/“‘\"'"


def _marked(run: Run, body: str, words: Labels) -> str:
    added = run.op == INSERT or (not run.old and run.new)
    tag = "ins" if added else "del"
    before, after = (words.inserted, words.end_inserted) if added else (words.deleted, words.end_deleted)
    lead = " " if body.startswith(" ") else ""
    tail = " " if body.endswith(" ") and len(body) > 1 else ""
    return (f'{lead}<{tag}><span class="visually-hidden">{html.escape(before)}</span>{body.strip()}'
            f'<span class="visually-hidden">{html.escape(after)}</span></{tag}>{tail}')  # fmt: skip


__all__ = ["CHANGED", "Labels", "diff_html", "escaped", "motion_html", "piece", "side_by_side"]
