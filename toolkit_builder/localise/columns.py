"""The first row of a table of branches in; what each column fills, and what is wrong with the columns, out.

A column's name says which field it fills (``COLUMNS``; spaces, capitals and hyphens do not matter). Whatever else a
template declares under ``fields`` is filled by a column of that name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from toolkit_builder.diagnostics import Diagnostic, Span, error, warning
from toolkit_builder.localise.rows import MOST_COLUMNS, Row, letter
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


def plain(name: str) -> str:
    """A column's name as it is compared: ``Meeting date`` is ``meeting_date``."""
    return re.sub(r"[^\w]+", "_", name.strip().casefold()).strip("_")


class Header(Struct, frozen=True):
    """What the columns may be for: ``declared`` are the templates' own fields, ``used`` the paths that they ask for.

    ``added`` says that rows add to branches that the site has, which may fill what the table has no column for.
    """

    path: str
    declared: Sequence[str]
    used: Sequence[str]
    added: bool

    def read(self, row: Row, following: Sequence[Row]) -> tuple[list[str] | None, list[Diagnostic]]:
        """The field that each column fills (empty for one without a name); None where the table cannot be used."""
        span = Span(self.path, row.line, 1)
        if row.broken:
            return None, [error("L123", f"the first row cannot be read: {row.broken}", span, hint=row.hint)]
        if sum(1 for cell in row.cells if cell.strip()) > MOST_COLUMNS:
            return None, [
                error(
                    "L123",
                    f"this table has more than {MOST_COLUMNS} columns",
                    span,
                    hint="delete the columns that are not about branches",
                )
            ]
        paths = [self._path(plain(name)) for name in row.cells]
        if "title" not in paths and "name" not in paths:
            return None, [
                error(
                    "L126",
                    "this table has no column with the branches' names",
                    span,
                    hint=self._where(following) or "name one column 'branch' in the first row",
                )
            ]
        found, seen = [], dict[str, int]()
        for n, (path, name) in enumerate(zip(paths, row.cells, strict=True)):
            if path and path in seen:
                found.append(self._twice(span, row.cells, seen[path], n))
            seen.setdefault(path, n)
            own = path.removeprefix("custom.")
            if path.startswith("custom.") and not self._asked(own):
                near = nearest(own, [*_BY_NAME, *self.declared])
                found.append(
                    warning(
                        "L125",
                        f"no template asks for column {letter(n)}, '{name.strip()}'",
                        span,
                        hint=f"did you mean '{near}'?" if near else "rename it, or leave it as it is",
                    )
                )
        if any(d.is_error for d in found):
            return None, found
        if not self.added and (lacking := self._lacking(seen)):
            listed = ", ".join(f"'{name}'" for name in lacking)
            found.append(
                warning(
                    "L127",
                    f"the templates ask for {listed}, and no column has it"
                    if len(lacking) == 1
                    else f"the templates ask for {listed}, and no columns have them",
                    span,
                    hint="add the columns, or the documents have blanks there",
                )
            )
        return paths, found

    def _twice(self, span: Span, names: Sequence[str], first: int, second: int) -> Diagnostic:
        one, two = names[first].strip(), names[second].strip()
        what = f" are both '{two}'" if plain(one) == plain(two) else f", '{one}' and '{two}', fill the same field"
        return error(
            "L124", f"columns {letter(first)} and {letter(second)}{what}", span, hint="rename one of them, or delete it"
        )

    def _where(self, following: Sequence[Row]) -> str:
        """Where the names of the columns seem to stand, if there are other lines above them."""
        for row in following:
            if {"title", "name"} & {self._path(plain(cell)) for cell in row.cells}:
                return f"row {row.number} looks like the names of the columns: delete what stands above it"
        return ""

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
        return (
            name in self.declared
            or base in self.declared
            or name.startswith("choice_")
            or any(base == p.replace(".", "_") or base == p.rpartition(".")[2] for p in COLUMNS)
        )

    def _lacking(self, seen: Mapping[str, int]) -> list[str]:
        """Column names for what the templates use and the table does not have."""
        found = []
        for path in dict.fromkeys(self.used):
            own = path.removeprefix("branch.")
            have = (
                own,
                path,
                f"contact.{own}",
                path.replace("contact.", ""),
                path.replace("fields.", "custom."),
                path.replace("fields.", ""),
            )
            if not any(h in seen for h in have):
                found.append(COLUMNS[own][0] if own in COLUMNS else path.partition(".")[2] or path)
        return sorted(set(found))
