"""A Word document's bytes in; its pieces out: without its tracked changes, and, where it has some, with them.

Comments, hidden words, headers and footers, pictures and the names of those who made changes are never kept; the
report says that they were there.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from toolkit_builder.diagnostics import Diagnostic, Span, error, note
from toolkit_builder.importers import html as html_importer
from toolkit_builder.importers import wordxml
from toolkit_builder.importers.pieces import Incoming, Piece, escape, left_out
from toolkit_builder.importers.wordnumbers import CLOSE, OPEN, Numbers
from toolkit_builder.motions.markers import read_marker

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAIN = "word/document.xml"
_TEXTS = (_MAIN, "word/footnotes.xml", "word/endnotes.xml")
_LARGEST = 100 * 1024 * 1024
_CHANGES = {f"{W}{name}" for name in ("ins", "del", "moveFrom", "moveTo")}
# What Word keeps about a change of looks or structure: no words in it.
_BOOKKEEPING = {f"{W}{name}" for name in ("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange",
                "trPrChange", "numberingChange", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart",
                "moveToRangeEnd", "commentRangeStart", "commentRangeEnd", "commentReference")}  # fmt: skip
_SAVE_AGAIN = "open it in Word or LibreOffice and save it again as .docx"
_RUNS_ON = "runs-on"
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


def read(data: bytes, path: str) -> Incoming:
    """The pieces of a Word document; none, with an error, where it cannot be opened safely."""
    opened, problem = _open(data, path)
    if opened is None:
        return Incoming(path=path, pieces=(), problems=(problem,) if problem else ())
    problems: list[Diagnostic] = []
    try:
        before, edited = _both(opened, path, problems)
    except RecursionError:
        deep = error("I112", "the document is nested too deeply to be read", Span(path), hint=_SAVE_AGAIN)
        return Incoming(path=path, pieces=(), problems=(deep,))
    return Incoming(path=path, pieces=tuple(before), problems=tuple(problems), edited=edited)


def _both(
    opened: dict[str, bytes], path: str, problems: list[Diagnostic]
) -> tuple[list[Piece], tuple[Piece, ...] | None]:
    """The text without its tracked changes, and with them; None where they change no word."""
    texts = {name: ET.fromstring(opened[name]) for name in _TEXTS if name in opened}
    for root in texts.values():
        wordxml.plain(root)
    changed = _report_changes(texts.values(), path, problems)
    _report_parts(opened, path, problems)
    hidden = " ".join(filter(str.strip, map(_drop_hidden, texts.values())))
    if hidden:
        problems.append(left_out(path, "hidden words", hidden))
    _report_struck(texts.values(), path, problems)
    before = _pieces(opened, texts, path, problems, accept=False)
    if not changed:
        return before, None
    after = _pieces(opened, texts, path, [], accept=True)
    shown = [[(p.plain, p.marker) for p in pieces] for pieces in (before, after)]
    return before, None if shown[0] == shown[1] else tuple(after)


def _open(data: bytes, path: str) -> tuple[dict[str, bytes] | None, Diagnostic | None]:
    """The files of the document, if it is one and not made to harm (a bomb, an XML entity)."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return None, error(
            "I111",
            "this is a Word document of the old kind (.doc), or one with a password",
            Span(path),
            hint=_SAVE_AGAIN,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > _LARGEST:
                return None, error(
                    "I112", f"the document unpacks to more than {_LARGEST >> 20} MB", Span(path), hint=_SAVE_AGAIN
                )
            files = {member.filename: archive.read(member) for member in members}
    except _BROKEN as why:
        return None, error(
            "I111", f"this is no Word document ({str(why)[:80] or type(why).__name__})", Span(path), hint=_SAVE_AGAIN
        )
    if _MAIN not in files:
        return None, error("I111", f"this is no Word document (it has no {_MAIN})", Span(path), hint=_SAVE_AGAIN)
    for name, content in files.items():
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content[:4096]:
            return None, error(
                "I113",
                f"the document declares XML entities ({name}), which Word never does",
                Span(path),
                hint=_SAVE_AGAIN,
            )
    try:
        for name in _TEXTS:
            ET.fromstring(files.get(name, b"<none/>"))
    except ET.ParseError as why:
        return None, error("I111", f"the document is damaged ({why})", Span(path), hint=_SAVE_AGAIN)
    return files, None


def _report_changes(texts: Iterable[ET.Element], path: str, problems: list[Diagnostic]) -> bool:
    changes = [element for root in texts for element in root.iter() if element.tag in _CHANGES]
    if not changes:
        return False
    people = sorted({author for element in changes if (author := element.get(f"{W}author"))})
    by = f" by {', '.join(people)}" if people else ""
    message = f"{len(changes)} tracked changes{by} are taken as an amendment; the motion is the text without them"
    problems.append(
        note("I108", message, Span(path), hint="whoever moves it is the amendment's 'mover': write it there")
    )
    return True


def _report_parts(files: dict[str, bytes], path: str, problems: list[Diagnostic]) -> None:
    for name in sorted(files):
        if re.fullmatch(r"word/comments\.xml", name):
            count = files[name].count(b"<w:comment ")
            if count:
                problems.append(
                    note("I109", f"{count} comments were left out (comments are never published)", Span(path))
                )
        elif re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            try:
                words = " ".join(t.text or "" for t in ET.fromstring(files[name]).iter(f"{W}t"))
            except ET.ParseError:
                continue
            if words.strip():
                problems.append(left_out(path, "a page header or footer", words))


def _drop_hidden(document: ET.Element) -> str:
    """Take out runs that Word does not show; their words come back for the report."""
    words: list[str] = []
    for parent in document.iter():
        for run in list(parent):
            if run.tag == f"{W}r" and _is_on(run, "vanish"):
                words += [t.text or "" for t in run.iter(f"{W}t")]
                parent.remove(run)
    return " ".join(words)


def _report_struck(texts: Iterable[ET.Element], path: str, problems: list[Diagnostic]) -> None:
    """Words that are struck through by hand: whether they are meant to go, only a person knows."""
    struck = "".join(t.text or "" for root in texts for run in root.iter(f"{W}r") if _is_on(run, "strike", "dstrike")
                     for t in run.iter(f"{W}t"))  # fmt: skip
    if struck.strip():
        message = f"words that are struck through were kept as words of the text: '{' '.join(struck.split())}'"
        problems.append(note("I115", message, Span(path), hint="take them out if they are meant to be deleted"))


def _is_on(run: ET.Element, *names: str) -> bool:
    marks = (run.find(f"{W}rPr/{W}{name}") for name in names)
    return any(mark is not None and mark.get(f"{W}val", "true") not in {"0", "false", "off"} for mark in marks)


# --- tracked changes -------------------------------------------------------------------------------------


def _settled(document: ET.Element, *, accept: bool) -> ET.Element:
    """A text with every tracked change accepted, or rejected."""
    copy = ET.fromstring(ET.tostring(document))
    drop = {f"{W}del", f"{W}moveFrom"} if accept else {f"{W}ins", f"{W}moveTo"}
    _settle(copy, drop)
    for properties in copy.iter(f"{W}rPr"):  # mammoth would act on these marks once more
        for mark in [child for child in properties if child.tag in _CHANGES]:
            properties.remove(mark)
    if not accept:
        for element in copy.iter(f"{W}delText"):
            element.tag = f"{W}t"
    return copy


def _settle(parent: ET.Element, drop: set[str]) -> None:
    """Children without what is dropped; what is kept loses its wrapper. A paragraph whose end is dropped runs on."""
    children: list[ET.Element] = []
    run_on: ET.Element | None = None
    for child in list(parent):
        if child.tag in _BOOKKEEPING or child.tag in drop or _is_dropped_row(child, drop):
            continue
        _settle(child, drop)
        if child.tag in _CHANGES:
            children += list(child)
            continue
        if child.tag == f"{W}p" and run_on is not None:
            # What a paragraph is (a list item, a heading) is kept in its end, so the later paragraph's is what stays.
            at = 1 if child.find(f"{W}pPr") is not None else 0
            for part in reversed([part for part in run_on if part.tag != f"{W}pPr"]):
                child.insert(at, part)
            children[-1] = child
        else:
            children.append(child)
        run_on = child if child.tag == f"{W}p" and child.attrib.pop(_RUNS_ON, "") else None
    if parent.tag == f"{W}p":
        mark = parent.find(f"{W}pPr/{W}rPr")
        if mark is not None and any(mark.find(tag) is not None for tag in drop):
            parent.set(_RUNS_ON, "yes")
    if parent.tag == f"{W}rPr":  # the mark of a paragraph's end is read by the paragraph, above
        return
    parent[:] = children


def _is_dropped_row(element: ET.Element, drop: set[str]) -> bool:
    return element.tag == f"{W}tr" and any(element.find(f"{W}trPr/{tag}") is not None for tag in drop)


# --- reading ---------------------------------------------------------------------------------------------


def _pieces(
    files: dict[str, bytes], texts: dict[str, ET.Element], path: str, problems: list[Diagnostic], *, accept: bool
) -> list[Piece]:
    import mammoth

    settled = {name: _settled(root, accept=accept) for name, root in texts.items()}
    wanted = [word for root in settled.values() for word in wordxml.words(root)]
    Numbers(files).mark(settled[_MAIN])
    written = {name: ET.tostring(root, encoding="utf-8", xml_declaration=True) for name, root in settled.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {**files, **written}.items():
            archive.writestr(name, content)
    pictures: list[str] = []

    def picture(image: object) -> dict[str, str]:
        pictures.append(str(getattr(image, "alt_text", "") or ""))
        return {"src": "", "alt": pictures[-1]}

    styles = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh\nu => \nstrike => s"
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(out.getvalue()), convert_image=mammoth.images.img_element(picture), style_map=styles,
            external_file_access=False,
        )  # fmt: skip
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, ET.ParseError, RecursionError) as why:
        problems.append(error("I111", f"the document is damaged ({type(why).__name__})", Span(path),
                              hint=_SAVE_AGAIN))  # fmt: skip
        return []
    for message in dict.fromkeys(m.message for m in result.messages):
        if not message.startswith("Unrecognised paragraph style") and not message.startswith("Unrecognised run style"):
            problems.append(note("I110", f"Word's {message[:1].lower()}{message[1:].rstrip('.')}", Span(path)))
    incoming = html_importer.read_markup(_with_notes(result.value), path, problems, whole=True)
    pieces = _footnotes(incoming.pieces)
    found = Counter(re.findall(r"\w+", "\n".join(f"{piece.marker} {piece.plain}" for piece in pieces)))
    pieces = [_numbered(piece) for piece in pieces]
    lost = [word for word in wanted if (found.subtract([word]) or found[word]) < 0]
    if lost:
        problems.append(left_out(path, "words that could not be placed", " ".join(lost)))
    return pieces


_NUMBER = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}\\s*")


def _numbered(piece: Piece) -> Piece:
    """A piece with the number that Word shows: an item's marker; words, where it stands elsewhere."""
    found = _NUMBER.match(piece.plain)
    rest, plain = _NUMBER.sub("", piece.text), _NUMBER.sub("", piece.plain)
    if found and piece.kind in {"item", "paragraph"} and read_marker(f"{found[1]} x") is not None:
        return Piece("item", rest, plain, piece.line, piece.level or 1, found[1])
    shown = _NUMBER.sub(lambda m: f"{escape(m[1])} ", piece.text), _NUMBER.sub(r"\1 ", piece.plain)
    kind = "paragraph" if found and piece.kind == "item" else piece.kind
    return Piece(kind, *shown, piece.line, piece.level if kind == piece.kind else 0,
                 piece.marker if kind == piece.kind else "")  # fmt: skip


def _with_notes(markup: str) -> str:
    """Footnote marks as ``[^1]``: mammoth writes them as links to the list at the end."""
    mark = re.compile(r"<sup><a href=\"#(?:foot|end)note-(\w+)\"[^>]*>\[\d+\]</a></sup>")
    markup = mark.sub(lambda m: f"<span>\ue000{m[1]}\ue001</span>", markup)
    entry = re.compile(r"<li id=\"(?:foot|end)note-(\w+)\">")
    markup = entry.sub(lambda m: f"<li><span>\ue002{m[1]}\ue003</span>", markup)
    return re.sub(r"\s*<a href=\"#(?:foot|end)note-ref-\w+\">↑</a>", "", markup)


def _footnotes(pieces: Iterable[Piece]) -> list[Piece]:
    found: list[Piece] = []
    name = ""
    for piece in pieces:
        text = re.sub("\ue000(\\w+)\ue001", r"[^\1]", piece.text)
        plain = re.sub("\ue000\\w+\ue001", "", piece.plain)
        entry = re.match("\ue002(\\w+)\ue003\\s*", text)
        if entry:
            name = entry[1]
            text, plain = text[entry.end() :], re.sub("\ue002\\w+\ue003\\s*", "", plain)
            if not text.strip():
                continue
            found.append(Piece("note", text, plain, marker=name))
            name = ""
        elif name:
            found.append(Piece("note", text, plain, marker=name))
            name = ""
        else:
            found.append(Piece(piece.kind, text, plain, piece.line, piece.level, piece.marker))
    return found
