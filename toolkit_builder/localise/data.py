"""A table of branches in; branches as their front matter would have them out, and every row that cannot be one.

A column's name says which field it fills (``COLUMNS``; spaces, capitals and hyphens do not matter). Whatever else a
template declares under ``fields`` is filled by a column of that name. A bad row is reported with its row and column
letter, and the others are used.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.kinds.fields import BranchFields
from toolkit_builder.kinds.shapes import slug
from toolkit_builder.localise import tables
from toolkit_builder.model import Payload
from toolkit_builder.wording import nearest

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("branch", "branch_name", "title", "name"), "name": ("branch_id", "branch_code", "folder", "id"),
    "region": ("region",), "employer": ("employer", "council"), "welsh_name": ("welsh_name",),
    "language": ("language",), "bilingual": ("bilingual",), "languages": ("languages", "documents_in"),
    "layout": ("layout", "language_layout"), "logo": ("logo",), "logo_alt": ("logo_alt",),
    "phone": ("phone", "telephone", "branch_phone"), "textphone": ("textphone", "minicom"),
    "email": ("email", "e_mail", "branch_email"), "web": ("web", "website", "web_address", "url"),
    "office": ("office", "address"), "hours": ("hours", "opening_hours"), "lobby": ("lobby", "who_to_lobby"),
    "demand": ("demand",), "join_link": ("join_link", "join"), "imprint": ("imprint",),
    "contact.name": ("contact", "contact_name", "secretary"), "contact.role": ("contact_role", "role"),
    "contact.phone": ("contact_phone",), "contact.textphone": ("contact_textphone",),
    "contact.email": ("contact_email", "contact_e_mail"), "contact.note": ("contact_note",),
    "meeting.date": ("meeting_date", "date_of_meeting"), "meeting.time": ("meeting_time",),
    "meeting.place": ("meeting_place", "venue", "meeting_venue"), "meeting.access": ("meeting_access", "access"),
    "meeting.link": ("meeting_link",), "facts": ("facts", "fact", "local_fact"), "quotes": ("quote", "quote_text"),
    "quote.name": ("quote_name",), "quote.role": ("quote_role",),
}  # fmt: skip
"""Field -> the names that its column may have."""

_BY_NAME = {name: path for path, names in COLUMNS.items() for name in names}
_YES, _NO = {"yes", "y", "true", "1", "x", "ydy", "oes", "ie"}, {"", "no", "n", "false", "0", "na", "nac ydy"}
_LANGUAGES = {"english": "en", "saesneg": "en", "welsh": "cy", "cymraeg": "cy"}
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9}),? (\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST_REPORTED = 200


class Bad(Exception):
    """A row that cannot be a branch: which column is at fault (or None), and why."""

    def __init__(self, column: int | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.column, self.message, self.hint = column, message, hint


@dataclass(frozen=True)
class Table:
    """The branches of a table: gone through as often as needed, in the order of its rows."""

    path: str
    packed: tuple[bytes, ...]
    names: frozenset[str]

    @property
    def total(self) -> int:
        return len(self.packed)

    def __iter__(self) -> Iterator[Payload]:
        return (json.loads(row) for row in self.packed)


def plain(name: str) -> str:
    """A column's name as it is compared: ``Meeting date`` is ``meeting_date``."""
    return re.sub(r"[^\w]+", "_", name.strip().casefold()).strip("_")


def open_table(path: Path, site: Sequence[Payload] = (), declared: Iterable[str] = (),
               used: Iterable[str] = ()) -> tuple[Table | None, list[Diagnostic]]:
    """Read a table. ``site`` are branches that its rows add to; ``declared`` the templates' own fields, ``used`` the
    paths that they ask for: what they say of unknown and missing columns depends on them."""
    listed, found = tables.rows(path)
    if listed is None:
        return None, found
    header = next(listed, tables.Row(1, 1, []))
    reader = _Reader(path.name, list(site), tuple(declared))
    found += reader.columns(header, tuple(used))
    if reader.paths is None:
        return None, found
    reader.read(listed)
    return Table(path.name, tuple(reader.packed), frozenset(reader.rows_by_name)), [*found, *reader.reported()]


@dataclass(slots=True)
class _Reader:
    path: str
    site: list[Payload]
    declared: tuple[str, ...]
    paths: list[str] | None = None
    packed: list[bytes] = field(default_factory=list)
    rows_by_name: dict[str, int] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unreported: int = 0
    _site: dict[str, Payload] = field(default_factory=dict)

    # --- columns ---------------------------------------------------------------------------------------------

    def columns(self, header: tables.Row, used: Sequence[str]) -> list[Diagnostic]:
        """What each column fills; unknown columns fill a field of their own name."""
        found, seen = [], dict[str, int]()
        paths = []
        span = Span(self.path, header.line, 1)
        if header.broken:
            return [error("L123", f"the first row cannot be read: {header.broken}", span)]
        for n, name in enumerate(header.cells[: tables.MOST_COLUMNS]):
            path = self._path(plain(name))
            if path and path in seen:
                found.append(error("L124", f"columns {tables.letter(seen[path])} and {tables.letter(n)} are both "
                                   f"'{name.strip()}'", span, hint="rename one of them"))
            if path:
                seen.setdefault(path, n)
            paths.append(path)
            own = path.removeprefix("custom.")
            if path.startswith("custom.") and not self._asked(own):
                near = nearest(own, [*_BY_NAME, *self.declared])
                found.append(warning("L125", f"no template asks for column {tables.letter(n)}, '{name.strip()}'", span,
                                     hint=f"did you mean '{near}'?" if near else "rename it, or leave it as it is"))
        if "title" not in seen and "name" not in seen:
            found.append(error("L126", "this table has no column with the branches' names", span,
                               hint="name one column 'branch' in the first row"))
        if any(d.is_error for d in found):
            return found
        if not self.site and (lacking := self._lacking(seen, used)):
            listed = ", ".join(f"'{name}'" for name in lacking)
            found.append(warning("L127", f"the templates ask for {listed}, and no column has it" if len(lacking) == 1
                                 else f"the templates ask for {listed}, and no columns have them", span,
                                 hint="add the columns, or the documents have blanks there"))
        self.paths = paths
        return found

    def _path(self, name: str) -> str:
        numbered = re.fullmatch(r"(facts?|quotes?)_(\d{1,2})(?:_(name|role|text))?", name)
        if numbered:
            kind = "facts" if name.startswith("fact") else "quotes"
            return f"{kind}.{int(numbered[2])}" + (f".{numbered[3]}" if numbered[3] and kind == "quotes" else "")
        if name in self.declared and name not in _BY_NAME:
            return f"custom.{name}"
        return _BY_NAME.get(name, f"custom.{name.removeprefix('field_')}" if name else "")

    def _asked(self, name: str) -> bool:
        base = re.sub(r"_[a-z]{2,3}$", "", name)
        return name in self.declared or base in self.declared or name.startswith("choice_") or any(
            base == p.replace(".", "_") or base == p.rpartition(".")[2] for p in COLUMNS)

    def _lacking(self, seen: Mapping[str, int], used: Sequence[str]) -> list[str]:
        """Column names for what the templates use and the table does not have."""
        found = []
        for path in dict.fromkeys(used):
            own = path.removeprefix("branch.")
            have = (own, path, f"contact.{own}", path.replace("contact.", ""), path.replace("fields.", "custom."),
                    path.replace("fields.", ""))
            if not any(h in seen for h in have):
                found.append(COLUMNS[own][0] if own in COLUMNS else path.partition(".")[2] or path)
        return sorted(set(found))

    # --- rows ------------------------------------------------------------------------------------------------

    def read(self, listed: Iterable[tables.Row]) -> None:
        self._site = {b["name"]: b for b in self.site} | {slug(b["title"]): b for b in self.site}
        for count, row in enumerate(listed):
            if count >= tables.MOST_ROWS:
                self.report(row, Bad(None, f"a table may have {tables.MOST_ROWS} rows, and the rest was not read"))
                break
            if not row.broken and not any(cell.strip() for cell in row.cells):
                continue
            try:
                branch = self.branch(row)
            except Bad as problem:
                self.report(row, problem)
                continue
            self.rows_by_name[branch["name"]] = row.number
            self.packed.append(json.dumps(branch, ensure_ascii=False, separators=(",", ":")).encode())

    def branch(self, row: tables.Row) -> Payload:
        if row.broken:
            raise Bad(None, row.broken, "close it, or write two of them where the cell has one")
        assert self.paths is not None
        if extra := [n for n, cell in enumerate(row.cells) if n >= len(self.paths) and cell.strip()]:
            raise Bad(extra[0], f"this row has {len(row.cells)} cells, but there are {len(self.paths)} columns",
                      "put cells that hold the separator between quotation marks")
        values: dict[str, Any] = {}
        for n, (path, cell) in enumerate(zip(self.paths, row.cells, strict=False)):
            if match := _CONTROL.search(cell):
                raise Bad(n, f"an invisible character stands here (U+{ord(match[0]):04X})", "delete it")
            if path and (text := cell.strip()):
                values[path] = self._value(path, text, n)
        name, title = self._named(values)
        branch = self._shaped(values, self._site.get(name), title)
        self._validate(branch)
        branch["name"] = slug(name)
        if (first := self.rows_by_name.get(branch["name"])) is not None:
            raise Bad(self._column("title"), f"the branch '{title}' stands in row {first} already",
                      "delete one of the rows, or give them different values in a column 'branch_id'")
        return branch

    def _named(self, values: Mapping[str, Any]) -> tuple[str, str]:
        title = values.get("title") or values.get("name") or ""
        called = values.get("name") or title
        known = self._site.get(slug(called))
        name = known["name"] if known else slug(called)
        if not re.search(r"[^\W_]", called):
            raise Bad(self._column("title"), "this row has no name of a branch" if not title else
                      f"'{title}' has no letters to name a folder with", "give it one, or delete the row")
        return name, values.get("title") or (known or {}).get("title") or title

    def _column(self, path: str) -> int | None:
        paths = self.paths or []
        return next((n for n, p in enumerate(paths) if p == path), None)

    def _value(self, path: str, text: str, column: int) -> Any:
        if path == "bilingual":
            if text.casefold() not in _YES | _NO:
                raise Bad(column, f"'{text}' is neither yes nor no")
            return text.casefold() in _YES
        if path == "languages":
            return [_LANGUAGES.get(word, word) for word in re.findall(r"[a-z-]{2,}", text.casefold()) if word != "and"]
        if path == "layout":
            return " ".join(re.findall(r"[a-z]+", text.casefold()))
        if path == "meeting.date":
            if (day := _date(text)) is None:
                raise Bad(column, f"'{text[:40]}' is not a date", "write 2027-09-14 or 14/09/2027")
            return day
        if path in {"hours", "facts"}:
            return [line.strip() for line in text.split("\n") if line.strip()]
        if path in {"office", "imprint", "demand", "quotes"} or path.startswith(("custom.", "facts.", "quotes.")):
            return text
        return " ".join(text.split())

    def _shaped(self, values: Mapping[str, Any], known: Payload | None, title: str) -> Payload:
        """The cells in the shape of front matter, over what the site has of the same branch."""
        branch: Payload = dict(known or {})
        branch["title"] = title
        branch.setdefault("region", "")
        parts: dict[str, dict[str, Any]] = {"contact": {}, "meeting": {}, "custom": {}}
        facts, quotes = dict[int, str](), dict[int, dict[str, str]]()
        for path, value in values.items():
            head, _, tail = path.partition(".")
            if head in parts and tail:
                parts[head][tail] = value
            elif head == "facts" and tail:
                facts[int(tail)] = value
            elif head in {"quotes", "quote"}:
                number, _, key = tail.partition(".")
                place, key = (int(number), key) if number.isdigit() else (0, number)
                quotes.setdefault(place, {})[key or "text"] = value
            elif path != "name":
                branch[head] = value
        if parts["contact"]:
            first, *others = branch.get("contacts") or [{}]
            branch["contacts"] = [{**first, **parts["contact"]}, *others]
        if parts["meeting"]:
            branch["meeting"] = {**(branch.get("meeting") or {}), **parts["meeting"]}
        if parts["custom"]:
            branch["custom"] = {**(branch.get("custom") or {}), **parts["custom"]}
        if facts:
            branch["facts"] = [facts[n] for n in sorted(facts)]
        if quotes := {n: q for n, q in quotes.items() if q.get("text")}:
            branch["quotes"] = [quotes[n] for n in sorted(quotes)]
        return branch

    def _validate(self, branch: Payload) -> None:
        """As strict as a branch's own file, with the column that is at fault."""
        try:
            fields = BranchFields.model_validate({k: v for k, v in branch.items() if k not in {"name", "url"}})
        except ValidationError as problem:
            wrong = problem.errors()[0]
            loc = [str(part) for part in wrong["loc"]]
            path = f"contact.{loc[2]}" if loc[0] == "contacts" and len(loc) > 2 else ".".join(loc)
            column = self._column(path)
            if column is None:
                column = self._column(loc[0])
            shown = str(wrong.get("input", ""))[:40]
            raise Bad(column, f"'{shown}' cannot be the {path.replace('.', ' ').replace('_', ' ')} of a branch",
                      _HINTS.get(path.rpartition(".")[2], "")) from None
        url = branch.get("url", "")
        branch |= fields.model_dump(mode="json", exclude={"tags", "aliases", "related"}) | {"url": url}

    # --- what is wrong ---------------------------------------------------------------------------------------

    def report(self, row: tables.Row, problem: Bad) -> None:
        if len(self.diagnostics) >= _MOST_REPORTED:
            self.unreported += 1
            return
        where = f"row {row.number}"
        if problem.column is not None:
            where += f", column {tables.letter(problem.column)}"
        span = Span(self.path, row.line, (problem.column or 0) + 1)
        self.diagnostics.append(error("L128", f"{where}: {problem.message}", span, hint=problem.hint))

    def reported(self) -> list[Diagnostic]:
        if self.unreported:
            self.diagnostics.append(error("L128", f"{self.unreported} more rows are wrong", Span(self.path)))
        return self.diagnostics


_HINTS = {
    "email": "an e-mail address has one @ and no spaces", "web": "write the whole address, with https://",
    "join_link": "write the whole address, with https://", "language": "write a language tag, such as cy",
    "link": "write the whole address, with https://",
    "languages": "write language tags, the first first, such as cy, en",
    "layout": "write separate, side by side, or one after the other",
}  # fmt: skip


def _date(text: str) -> str | None:
    """``2027-09-14``, ``14/09/2027`` (the day first), ``14 September 2027`` as ISO; None for anything else."""
    year = month = day = 0
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?", text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.fullmatch(text):
        year, month, day = int(match[3]), int(match[2]), int(match[1])
    elif (match := _IN_WORDS.fullmatch(text)) and match[2][:3].lower() in _MONTHS:
        year, month, day = int(match[3]), _MONTHS.index(match[2][:3].lower()) + 1, int(match[1])
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
