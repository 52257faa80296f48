"""A table of branches in; branches as their front matter would have them out, and every row that cannot be one.

A bad row is reported with its row and column letter, every fault of it, and the others are used. Nothing that stands in
a table is dropped without a word.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from pydantic import ValidationError

from toolkit_builder import logos
from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.kinds.fields import BranchFields
from toolkit_builder.kinds.shapes import slug
from toolkit_builder.localise import tables
from toolkit_builder.localise.columns import Header
from toolkit_builder.localise.rows import MOST_ROWS, Row, letter
from toolkit_builder.model import Payload

_YES, _NO = {"yes", "y", "true", "1", "x", "ydy", "oes", "ie"}, {"", "no", "n", "false", "0", "na", "nac ydy"}
_LANGUAGES = {"english": "en", "saesneg": "en", "welsh": "cy", "cymraeg": "cy"}
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
"""Characters that no reader sees: controls, and marks that turn the order of letters round."""
_NOTHING = re.compile("[\ufeff\u200b\u2060]")
"""What web pages leave behind between letters: it has no width, and no meaning in a table."""
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
"""What spreadsheets write where a formula has gone wrong."""
_LONGEST = 20_000
_SHORT_NUMBER = re.compile(r"[1-9]\d{8,9}")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ T]00:00(?::00)?)?")
_IN_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9}),? (\d{4})")
_WEEKDAY = re.compile(r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? (?=\d)", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MOST_REPORTED = 200
_LONGEST_NAME = 100  # bytes, in UTF-8: file systems take 255, and the documents' own names are below it
_PORTS = (f"{port}{n}" for port in ("com", "lpt") for n in "0123456789\u00b9\u00b2\u00b3")
_TAKEN = {"con", "prn", "aux", "nul", *_PORTS, "zip", "contact-sheets"}
"""Folders that Windows cannot make, and those that stand beside the branches' own."""


class Bad(Exception):
    """Why a row cannot be a branch: which column is at fault (or None), and what to do."""

    def __init__(self, column: int | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.column, self.message, self.hint = column, message, hint


class BadRow(Exception):
    """Everything that is wrong with a row."""

    def __init__(self, *problems: Bad) -> None:
        super().__init__(problems)
        self.problems = problems


class Table(Struct, frozen=True):
    """The branches of a table: gone through as often as needed, in the order of its rows."""

    path: str
    packed: tuple[bytes, ...]
    names: frozenset[str]

    @property
    def total(self) -> int:
        return len(self.packed)

    def __iter__(self) -> Iterator[Payload]:
        return (json.loads(row) for row in self.packed)


def open_table(
    path: Path,
    site: Sequence[Payload] = (),
    declared: Iterable[str] = (),
    used: Iterable[str] = (),
    logo_fault: Callable[[str], logos.Fault | None] = lambda _: None,
) -> tuple[Table | None, list[Diagnostic]]:
    """Read a table. ``site`` are branches that its rows add to; ``declared`` the templates' own fields, ``used`` the
    paths that they ask for: what they say of unknown and missing columns depends on them. ``logo_fault`` says why the
    picture at a path can be no branch's logo."""
    listed, found = tables.rows(path)
    if listed is None:
        return None, found
    header = next(listed, Row(1, 1, []))
    following = list(islice(listed, 10))
    paths, problems = Header(path.name, tuple(declared), tuple(used), bool(site)).read(header, following)
    found += problems
    if paths is None:
        return None, found
    known = {b["name"]: b for b in site} | {slug(b["title"]): b for b in site}
    reader = _Reader(path.name, header, paths, known, logo_fault)
    reader.read(chain(following, listed))
    found += reader.reported()
    if not reader.packed and not any(d.is_error for d in found):
        hint = "write each branch on a row of its own"
        found.append(
            error("L132", "below the names of its columns this table has no branch", Span(path.name), hint=hint)
        )
    return Table(path.name, tuple(reader.packed), frozenset(reader.rows_by_name)), found


def folder(name: str) -> str:
    """A folder's name for a branch: lower-case words and hyphens, for every file system, not too long."""
    made = slug(name)
    while len(made.encode()) > _LONGEST_NAME:
        made = made[:-1].rstrip("-")
    return f"{made}-branch" if made in _TAKEN else made


class _Reader(Struct):
    path: str
    header: Row
    paths: list[str]
    site: dict[str, Payload]
    logo_fault: Callable[[str], logos.Fault | None]
    packed: list[bytes] = field(default_factory=list)
    rows_by_name: dict[str, int] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    unreported: int = 0
    remarks: dict[tuple[str, int], tuple[Row, str]] = field(default_factory=dict)
    """Code and column of what is said once for a whole column -> the first row that it is true of, and its cell."""

    def read(self, listed: Iterable[Row]) -> None:
        count = 0
        for row in listed:
            if not row.broken and not any(map(str.strip, row.cells)):
                continue
            if count >= MOST_ROWS:
                self.report(row, Bad(None, f"a table may have {MOST_ROWS} rows, and the rest was not read"))
                break
            count += 1
            try:
                branch = self.branch(row)
            except BadRow as bad:
                for problem in bad.problems:
                    self.report(row, problem)
                continue
            self.rows_by_name[branch["name"]] = row.number
            self.packed.append(json.dumps(branch, ensure_ascii=False, separators=(",", ":")).encode())

    def branch(self, row: Row) -> Payload:
        if row.broken:
            raise BadRow(Bad(None, row.broken, row.hint))
        values, wrong = self._cells(row)
        if {problem.column for problem in wrong} & {self._column("title"), self._column("name")} - {None}:
            raise BadRow(*wrong)  # what it is called cannot be known
        try:
            name, title = self._named(values)
        except Bad as problem:
            raise BadRow(*wrong, problem) from None
        branch = self._shaped(values, self.site.get(name), title)
        wrong += self._validate(branch)
        branch["name"] = name
        if (first := self.rows_by_name.get(branch["name"])) is not None:
            wrong.append(
                Bad(
                    self._column("title"),
                    f"the branch '{_short(title)}' stands in row {first} already",
                    "delete one of the rows, or give them different values in a column 'branch_id'",
                )
            )
        if wrong:
            raise BadRow(*wrong)
        return branch

    def _cells(self, row: Row) -> tuple[dict[str, Any], list[Bad]]:
        """The values of a row by their field, and the cells that cannot be one."""
        values: dict[str, Any] = {}
        wrong: list[Bad] = []
        if other := self._other_separator(row):
            wrong.append(Bad(0, f"the cells of this row stand between '{other}', and those of the first row do not",
                             "put the same separator between all cells of the table"))  # fmt: skip
            return values, wrong
        if extra := [n for n, cell in enumerate(row.cells) if n >= len(self.paths) and cell.strip()]:
            wrong.append(
                Bad(
                    extra[0],
                    f"this row has {len(row.cells)} cells, but there are {len(self.paths)} columns",
                    "put cells that hold the separator between quotation marks",
                )
            )
        for n, (path, cell) in enumerate(zip(self.paths, row.cells, strict=False)):
            text = _NOTHING.sub("", cell).strip()
            if not text:
                continue
            if problem := _unusable(n, text):
                wrong.append(problem)
                continue
            self._remark(row, n, path, text)
            try:
                if path:
                    values[path] = self._value(path, text, n)
            except Bad as bad:
                wrong.append(bad)
        for path in [path for path in values if _is_lonely(path, values)]:
            del values[path]
            name = path.rpartition(".")[0].replace(".", " ")
            wrong.append(
                Bad(
                    self._column(path),
                    "somebody is named here, but there is no quote",
                    f"write it in a column '{name}'",
                )
            )
        return values, wrong

    def _other_separator(self, row: Row) -> str:
        """The mark that stands in a row's only cell as often as the table has columns; empty where none does."""
        if len(row.cells) != 1 or len(self.paths) < 3:
            return ""
        return next((mark for mark in tables.SEPARATORS if row.cells[0].count(mark) >= len(self.paths) - 1), "")

    def _remark(self, row: Row, column: int, path: str, text: str) -> None:
        """What is worth a word, and no reason to leave a branch out."""
        codes = []
        if not path:
            codes.append("L129")
        if text.startswith("=") and len(text) > 1:
            codes.append("L135")
        if column in row.numbers and path.endswith("phone") and _SHORT_NUMBER.fullmatch(text):
            codes.append("L134")
        for code in codes:
            self.remarks.setdefault((code, column), (row, text))

    def _named(self, values: Mapping[str, Any]) -> tuple[str, str]:
        title = values.get("title") or values.get("name") or ""
        called = values.get("name") or title
        known = self.site.get(slug(called))
        name = known["name"] if known else folder(called)
        if not re.search(r"[^\W_]", called):
            raise Bad(
                self._column("title"),
                "this row has no name of a branch" if not title else f"'{title}' has no letters to name a folder with",
                "give it one, or delete the row",
            )
        return name, values.get("title") or (known or {}).get("title") or title

    def _column(self, path: str) -> int | None:
        return next((n for n, p in enumerate(self.paths) if p == path), None)

    def _value(self, path: str, text: str, column: int) -> Any:
        if path == "bilingual":
            if text.casefold() not in _YES | _NO:
                raise Bad(column, f"'{_short(text)}' is neither yes nor no", "write yes or no, or leave the cell empty")
            return text.casefold() in _YES
        if path == "languages":
            return [_LANGUAGES.get(word, word) for word in re.findall(r"[a-z-]{2,}", text.casefold()) if word != "and"]
        if path == "layout":
            return " ".join(re.findall(r"[a-z]+", text.casefold()))
        if path == "meeting.date":
            if (day := _date(text)) is None:
                raise Bad(column, f"'{_short(text)}' is not a date", "write 2027-09-14 or 14/09/2027, the day first")
            return day
        if path == "logo":
            if fault := self.logo_fault(text):
                raise Bad(column, *fault)
            return logos.place(text)
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
            branch["facts"] = [*values.get("facts", []), *(facts[n] for n in sorted(facts))]
        if quotes:
            branch["quotes"] = [quotes[n] for n in sorted(quotes)]
        return branch

    def _validate(self, branch: Payload) -> list[Bad]:
        """As strict as a branch's own file, with the columns that are at fault."""
        try:
            fields = BranchFields.model_validate({k: v for k, v in branch.items() if k not in {"name", "url"}})
        except ValidationError as problem:
            return [self._fault(wrong) for wrong in problem.errors()]
        url = branch.get("url", "")
        branch |= fields.model_dump(mode="json", exclude={"tags", "aliases", "related"}) | {"url": url}
        return []

    def _fault(self, wrong: Any) -> Bad:
        loc = [str(part) for part in wrong["loc"]]
        path = f"contact.{loc[2]}" if loc[0] == "contacts" and len(loc) > 2 else loc[0]
        if loc[0] in {"meeting", "custom"} and len(loc) > 1:
            path = f"{loc[0]}.{loc[1]}"
        column = self._column(path)
        if column is None:
            column = self._column(loc[0])
        return Bad(
            column,
            f"'{_short(str(wrong.get('input', '')))}' cannot be the "
            f"{path.replace('.', ' ').replace('_', ' ')} of a branch",
            _HINTS.get(path.rpartition(".")[2], ""),
        )

    # --- what is wrong ---------------------------------------------------------------------------------------

    def report(self, row: Row, problem: Bad) -> None:
        if len(self.diagnostics) >= _MOST_REPORTED:
            self.unreported += 1
            return
        where = f"row {row.number}"
        if problem.column is not None:
            where += f", column {letter(problem.column)}"
        span = Span(self.path, row.line, (problem.column or 0) + 1)
        self.diagnostics.append(error("L128", f"{where}: {problem.message}", span, hint=problem.hint))

    def reported(self) -> list[Diagnostic]:
        if self.unreported:
            self.diagnostics.append(error("L128", f"{self.unreported} more faults are in other rows", Span(self.path)))
        remarks = [
            warning(
                code,
                _REMARKS[code][0].format(letter=letter(column), row=row.number, text=_short(text)),
                Span(self.path, row.line, column + 1),
                hint=_REMARKS[code][1],
            )
            for (code, column), (row, text) in self.remarks.items()
        ]
        return [*self.diagnostics, *remarks]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _unusable(column: int, text: str) -> Bad | None:
    """Why a cell cannot stand in any document."""
    if match := _CONTROL.search(text):
        return Bad(column, f"an invisible character stands here (U+{ord(match[0]):04X})", "delete it")
    if "\ufffd" in text:
        return Bad(column, f"a letter of '{_short(text)}' cannot be read", "write it anew, and save as CSV UTF-8")
    if text in _ERRORS:
        return Bad(column, f"the spreadsheet shows a fault here: {text}", "put it right, or empty the cell")
    if len(text) > _LONGEST:
        return Bad(column, f"this cell has {len(text)} characters, and at most {_LONGEST} are taken", "shorten it")
    return None


def _is_lonely(path: str, values: Mapping[str, Any]) -> bool:
    """Whether this is a quote's name or role, and the quote is not there."""
    head, _, last = path.rpartition(".")
    if last not in {"name", "role"} or not head.startswith("quote"):
        return False
    return not ({"quotes"} if head == "quote" else {head, f"{head}.text"}) & values.keys()


_REMARKS = {
    "L129": ("column {letter} has no name, so nothing is filled by its cells ('{text}' in row {row})",
             "name the column in the first row, or delete it"),
    "L134": ("column {letter} holds telephone numbers as numbers, which have lost their zero ('{text}' in row {row})",
             "give the column the format 'text' and write the numbers anew"),
    "L135": ("column {letter} holds formulas, and they are printed as they are written ('{text}' in row {row})",
             "copy the column and paste its values, if the results were meant"),
}  # fmt: skip

_HINTS = {
    "email": "an e-mail address has one @ and no spaces", "web": "write the whole address, with https://",
    "join_link": "write the whole address, with https://", "language": "write a language tag, such as cy",
    "link": "write the whole address, with https://",
    "languages": "write language tags, the first first, such as cy, en",
    "layout": "write separate, side by side, or one after the other",
}  # fmt: skip


def _date(text: str) -> str | None:
    """``2027-09-14``, ``14/09/2027`` (the day first), ``Tuesday 14 September 2027`` as ISO; None for anything else.

    A weekday that is not that day's is no date: one of the two is wrong.
    """
    year = month = day = 0
    weekday = _WEEKDAY.match(text)
    rest = text[weekday.end() :] if weekday else text
    if match := _YEAR_FIRST.fullmatch(rest):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.fullmatch(rest):
        year, month, day = int(match[3]), int(match[2]), int(match[1])
    elif (match := _IN_WORDS.fullmatch(rest)) and match[2][:3].lower() in _MONTHS:
        year, month, day = int(match[3]), _MONTHS.index(match[2][:3].lower()) + 1, int(match[1])
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return found.isoformat() if weekday is None or days[found.weekday()] == text[:3].lower() else None
