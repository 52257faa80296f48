"""The pieces of an imported text in; what family of document it is, its front matter and its body out.

The title, the date, the conference and the like are looked for at the top, where they stand in real documents. A
line that becomes front matter leaves the body; a line that is only page furniture is left out with a note. All
other words stay in the body, in their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from toolkit_builder.diagnostics import Diagnostic, Span, error
from toolkit_builder.importers import panel, papers
from toolkit_builder.importers.dates import whole_date
from toolkit_builder.importers.desk import TOP, Desk, Draft, Options, free_number, one_line
from toolkit_builder.importers.guess import guess
from toolkit_builder.importers.pieces import Incoming, Piece, left_out, to_markdown


def sort_out(incoming: Incoming, options: Options) -> tuple[tuple[Draft, ...], list[Diagnostic]]:
    """The content files that an imported text makes: one, and an amendment where it had tracked changes."""
    if not incoming.pieces:
        if any(problem.is_error for problem in incoming.problems):
            return (), []
        empty = error("I201", "there is no text in this file", Span(incoming.path), hint="import a file that has some")
        return (), [empty]
    kind = options.kind or guess(incoming)
    desk = Desk(incoming, options, papers.apart(incoming.pieces))
    _drop_furniture(desk)
    _FAMILIES[kind](desk)
    drafts = _drafts(kind, desk, to_markdown(desk.pieces))
    problems = desk.problems
    if incoming.edited is None:
        return tuple(drafts), problems
    if kind != "motion":
        desk.warn("I206", "only a motion's tracked changes become an amendment; these were rejected",
                  "accept them in Word first, or import the text with --kind motion")  # fmt: skip
        return tuple(drafts), problems
    edited = Desk(Incoming(path=incoming.path, pieces=incoming.edited), options, papers.apart(incoming.edited))
    _drop_furniture(edited)
    papers.motion(edited)
    return (drafts[0], _edited_copy(drafts[0], to_markdown(edited.pieces)), *drafts[1:]), problems


# --- the families ----------------------------------------------------------------------------------------

_FURNITURE = re.compile(
    r"(?i)(?:[«‹<←]\s*)?back to (?:all |the )?\w+(?: \w+)?|print (?:this )?(?:page|article)|share (?:this|on).{0,40}|"
    r"skip to (?:main )?content|(?:e-?mail|tweet) (?:this|to a friend).{0,30}|you are here:?.{0,120}|"
    r"home\s*[>›»|/].{0,120}|"
    r"(?:previous|next)(?: (?:page|motion|article|post))?\s*[»›>]?|(?:page )?top|cookie (?:policy|settings)"
)


def _plan(desk: Desk) -> None:
    _title(desk)
    title = desk.fields.get("title", "")
    for piece in list(desk.pieces):
        if title and piece.kind in {"paragraph", "heading"} and _same_words(piece.plain, title):
            desk.drop(piece, "the title, repeated,")
        elif piece.kind == "paragraph" and "contact" not in desk.fields and panel.is_panel(piece.plain):
            desk.fields["contact"] = panel.read(desk.take(piece).plain)


def _news(desk: Desk) -> None:
    _title(desk)
    _date(desk)
    pieces = desk.pieces
    if len(pieces) > 1 and _same_words(pieces[0].plain, pieces[1].plain):
        desk.fields["standfirst"] = one_line(desk.take(pieces[0]).plain)
    for at, piece in enumerate(pieces):
        if piece.kind == "paragraph" and re.fullmatch(r"(?i)related (?:articles|stories|links):?", piece.plain):
            pieces[at] = Piece("heading", piece.text.rstrip(":"), piece.plain.rstrip(":"), piece.line, 2)
    for piece in list(pieces):
        if re.match(r"(?i)comments (?:are |have been )?closed\.?$", piece.plain):
            desk.fields["comments_closed"] = True
            desk.became("comments_closed", desk.take(piece).plain, piece.line)
        elif re.search(r"(?i)\bsign up\b", piece.plain) and piece.kind == "paragraph" and len(piece.plain) < 250:
            desk.fields.setdefault("sign_up", one_line(piece.plain))
            if desk.fields["sign_up"] == one_line(piece.plain):
                desk.take(piece)
    if "date" not in desk.fields:
        desk.fields["date"] = desk.options.today
        desk.warn("I203", f"the news has no date, so it is given {desk.options.today}", "correct 'date'")


def _update(desk: Desk) -> None:
    _date(desk)
    _title(desk)
    title = desk.fields.get("title", "")
    part = re.search(r"(?i)[\s,:–-]*\b(?P<part>(?:week|part|update|day|no\.?)\s*\d{1,3})\b\.?\s*$", title)
    if part:
        desk.fields["series"] = title[: part.start()].strip(" ,:–-")
        desk.fields["part"] = part["part"]
    _comments(desk)
    contacts = []
    for piece in list(desk.pieces):
        match = re.fullmatch(
            r"(?P<name>[^\n:@]{2,60})[:,–-]\s*(?P<email>[^@\s<>]+@[^@\s<>]+\.[a-z]{2,})\.?", piece.plain
        )
        if match and piece.kind == "paragraph":
            desk.take(piece)
            contacts.append({"name": match["name"].strip(), "email": match["email"]})
    if contacts:
        desk.fields["contacts"] = contacts


def _comments(desk: Desk) -> None:
    """What readers said below the text: kept as data, published only when somebody approves it."""
    start = next(
        (at for at, p in enumerate(desk.pieces) if re.fullmatch(r"(?i)\d+ comments?:?", p.plain.strip())), None
    )
    if start is None:
        return
    found: list[dict[str, Any]] = []
    heads = [desk.pieces[start]]
    for piece in desk.pieces[start + 1 :]:
        said = re.fullmatch(r"(?i)(.{1,60}?) said(?:\.{3}|…)", piece.plain)
        if said:
            found.append({"name": said[1], "text": ""})
            heads.append(piece)
        elif found:
            last = found[-1]
            last["text"] = f"{last['text']}\n\n{piece.plain}".strip()
        else:
            return
    comments = [comment for comment in found if comment["text"]]
    if not comments or len(comments) != len(found):
        return
    desk.pieces[start:] = []
    for head in heads:
        desk.problems.append(left_out(desk.incoming.path, "a line above comments", head.plain, head.line))
    desk.fields["comments"] = comments
    count = "a reader's comment is" if len(comments) == 1 else f"{len(comments)} readers' comments are"
    desk.warn("I204", f"{count} kept, but not published", "write 'approved: yes' below one to publish it")


_ISSUE = re.compile(r"(?i)(?P<before>.{0,60}\b)?(?:issue|number|no\.?)\s*(?P<issue>\d{1,4})\b(?P<after>.{0,40})")


def _issue(desk: Desk, piece: Piece) -> bool:
    """The issue's number, and its date, from a line near the top. A line that says nothing else, and the name above it
    (``DAILY BULLETIN`` over ``Issue 3, Wednesday 16 June 2027``), leave the text."""
    lines = piece.plain.split("\n")
    for n, line in enumerate(lines):
        found = _ISSUE.fullmatch(line)
        if found is None:
            continue
        rest = found["after"].strip(" ,;.:|·–-")
        day = whole_date(rest)
        desk.fields["issue"] = found["issue"]
        if day:
            desk.fields.setdefault("date", day)
        whole = not (found["before"] or "").strip(" ,;.:|·–-") and (day or not rest)
        if whole and n + 1 == len(lines) <= 2 and all(len(each) <= 60 for each in lines):
            desk.take(piece)
            desk.became("issue", line, piece.line and piece.line + n)
            if n:
                desk.became("title", lines[0], piece.line, value=lines[0])
        return True
    return False


def _bulletin(desk: Desk) -> None:
    _date(desk)
    for piece in [piece for piece in desk.pieces[:TOP] if piece.kind != "item"]:
        if _issue(desk, piece):
            break
    if desk.pieces and desk.pieces[0].kind == "heading" and desk.pieces[0].level == 1:
        _title(desk)
    headline = next((piece.plain for piece in desk.pieces if piece.kind == "heading"), "")
    desk.fields.setdefault("title", one_line(headline) if headline else PurePosixPath(desk.incoming.path).stem)
    if "issue" not in desk.fields:
        desk.fields["issue"] = desk.options.number or free_number(desk.options.taken)
        desk.warn("I205", f"the bulletin has no issue number, so it is given {desk.fields['issue']}", "correct 'issue'")
    for at, piece in enumerate(desk.pieces):
        if piece.kind == "heading" and piece.level == 1:  # articles are second-level headings under the title
            desk.pieces[at] = Piece("heading", piece.text, piece.plain, piece.line, 2)


def _page(desk: Desk) -> None:
    _title(desk)
    _date(desk)


_FAMILIES: dict[str, Callable[[Desk], None]] = {
    "motion": papers.motion, "amendment": papers.amendment, "bulletin": _bulletin,
    "plan": _plan, "news": _news, "update": _update, "page": _page,
}  # fmt: skip


# --- finding ---------------------------------------------------------------------------------------------


def _drop_furniture(desk: Desk) -> None:
    kinds = {"paragraph", "heading"}
    if desk.incoming.path.lower().endswith((".html", ".htm")):
        kinds.add("item")  # of a menu; elsewhere "Back to work" is a point of the text
    for piece in list(desk.pieces):
        if piece.kind in kinds and _FURNITURE.fullmatch(piece.plain.strip()):
            desk.drop(piece, "page furniture")


def _title(desk: Desk) -> None:
    """The first heading or short paragraph; a first-level heading wherever it stands near the top."""
    top = [piece for piece in desk.pieces[:TOP] if piece.kind == "heading" and piece.level == 1]
    first = top[0] if top else desk.pieces[0] if desk.pieces else None
    if (
        first is not None
        and first.kind in {"heading", "paragraph"}
        and len(first.plain) <= 200
        and "\n" not in first.plain
    ):
        desk.fields["title"] = one_line(desk.take(first).plain)
    elif desk.incoming.title:
        desk.fields["title"] = one_line(desk.incoming.title)
    else:
        desk.fields["title"] = PurePosixPath(desk.incoming.path).stem
        desk.warn("I207", "the text has no title, so it is called as its file", "correct 'title'")


def _date(desk: Desk) -> None:
    for piece in desk.pieces[:TOP]:
        found = whole_date(piece.plain)
        if found:
            desk.fields["date"] = found
            desk.became("date", desk.take(piece).plain, piece.line)
            return


def _same_words(a: str, b: str) -> bool:
    def words(text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    return words(a) == words(b) != []


# --- making ----------------------------------------------------------------------------------------------


def _drafts(kind: str, desk: Desk, body: str) -> list[Draft]:
    """The document; and, for a paper or a bulletin, its conference's page."""
    fields = desk.fields
    stated = str(fields.pop("conference", ""))
    held = desk.options.conference or _slug(stated) or "imported"
    slug = _slug(str(fields.get("title", ""))) or _slug(PurePosixPath(desk.incoming.path).stem) or kind
    first = [key for key in ("number", "issue", "title") if key in fields]
    fields = {key: fields[key] for key in [*first, *(key for key in fields if key not in first)]}
    series = _slug(str(fields.get("series", ""))) or "imported"
    folder, name = {
        "motion": (f"conferences/{held}/motions", f"{_slug(str(fields.get('number', '')))}-{slug}"),
        "amendment": (f"conferences/{held}/amendments", _slug(str(fields.get("number", "")))),
        "bulletin": (f"conferences/{held}/bulletins", f"{_slug(str(fields.get('issue', '')))}-{slug}"),
        "plan": ("plans", slug),
        "news": ("news", f"{fields.get('date', '')}-{slug}".strip("-")),
        "update": (f"updates/{series}", _slug(str(fields.get("part", ""))) or slug),
        "page": ("", slug),
    }[kind]  # fmt: skip
    drafts = [Draft(kind=kind, name=name, folder=folder, fields=fields, body=body)]
    if kind in {"motion", "amendment", "bulletin"}:
        start = str(fields.get("date", "")) or desk.options.today
        if "date" not in fields:
            desk.warn("I208", f"no day is found for the conference, so its page says {start}", "correct 'start'")
        page = {"title": stated or held.replace("-", " ").capitalize(), "start": start}
        drafts.append(Draft(kind="conference", name="index", folder=f"conferences/{held}", fields=page, body=""))
    return drafts


def _edited_copy(motion: Draft, body: str) -> Draft:
    """The text with its tracked changes accepted: an amendment that is a whole edited copy."""
    number = f"{motion.fields['number']}.1"
    fields = {"number": number, "amends": motion.fields["number"], "form": "copy"}
    return Draft(kind="amendment", name=_slug(number), folder=motion.folder.replace("/motions", "/amendments"),
                 fields=fields, body=body)  # fmt: skip


def _slug(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    kept = re.sub(r"[^a-z0-9.]+", "-", plain.lower().replace("'", "").replace("’", "")).strip("-.")
    return kept[:60].rstrip("-.")
