"""Templates, branches and formats in; a folder of every branch's own documents out, with a report of each of them.

The work is cut into units: one sheet of one template for one branch, in all the formats that were asked for. Units
run in worker processes or on any executor; this process alone writes files.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct, field, to_builtins
from msgspec.structs import replace

from toolkit_builder import logos
from toolkit_builder.build.digests import digest_of_value
from toolkit_builder.build.workers import Lost, Workers, processors, shared_value
from toolkit_builder.diagnostics import Diagnostic, error, warning
from toolkit_builder.formats.templates import TemplateFailure, Templates
from toolkit_builder.localise import documents, languages, outputs, resources
from toolkit_builder.localise.album import Album
from toolkit_builder.localise.journal import Foreign, Journal, digest
from toolkit_builder.localise.resources import Template
from toolkit_builder.localise.sheets import Stationery
from toolkit_builder.model import Payload
from toolkit_builder.theme import Theme

FORMATS = ("pdf", "docx", "html", "png", "txt", "svg")
_CHUNK = 8
_FIT = {"Q121", "Q122", "Q123", "Q125", "Q131"}

_MM = re.compile(r"(\d+(?:\.\d+)?) mm")
_FIELD = re.compile(r"^'([^']+)' on page")


class Plan(Struct, frozen=True, kw_only=True):
    """One run. ``branches`` may be read more than once; each has a ``name`` that no other has."""

    templates: Sequence[Template]
    branches: Iterable[Payload]
    total: int
    formats: tuple[str, ...]
    out: Path
    theme: Theme
    stationery: Stationery
    code: str
    album: Album = field(default_factory=Album)
    named: bool = False
    """Whether the branches were named one by one: then each gets every template, in whatever language."""
    strict: bool = False
    allow_overflow: bool = False
    workers: int = 0
    executor: Executor | None = None
    on_progress: Callable[[int, int], None] | None = None


class Row(Struct, frozen=True, kw_only=True):
    """One line of the report. ``status``: made, unchanged, skipped, overflow, failed."""

    branch: str
    region: str
    template: str
    files: tuple[str, ...] = ()
    status: str = "made"
    reason: str = ""
    field: str = ""
    over_mm: float = 0.0
    missing: str = ""


class Outcome(Struct):
    """Every row in order of branches and templates; what the run has to say; the files made, by branch and template."""

    rows: list[Row] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def count(self, status: str) -> int:
        return sum(row.status == status for row in self.rows)


# --- in a worker -----------------------------------------------------------------------------------------------


class Shared(Struct, frozen=True):
    """What every unit needs; worker processes inherit it."""

    templates: Sequence[Template]
    theme: Any
    stationery: Stationery
    allow_overflow: bool


class Unit(Struct, frozen=True):
    """One sheet (or -1: none, words only) of one template for one branch."""

    number: int
    template: int
    sheet: int
    branch: Payload
    formats: tuple[str, ...]
    key: str
    every: bool = False
    """Whether the branch gets every language, where it says nothing about it."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """The branch's own, by path below content/."""


class Result(Struct, frozen=True):
    number: int
    files: list[tuple[str, bytes]]
    said: Payload
    diagnostics: list[Payload]


_local = threading.local()


def render(handed: Shared | None, units: Sequence[Unit]) -> list[Result]:
    """Make the documents of some units. Never raises for what a template or a branch holds."""
    shared: Shared = shared_value(handed)
    if getattr(_local, "bundle", None) is not shared.theme:
        _local.templates = Templates(shared.theme)
        _local.bundle = shared.theme
    return [_render(shared, unit, _local.templates) for unit in units]


def _render(shared: Shared, unit: Unit, templates: Templates) -> Result:
    original = shared.templates[unit.template]
    template = resources.variant(original, unit.branch, every=unit.every) or original
    made = documents.make(template, unit.branch)
    said: Payload = {
        "missing": [m.label for m in made.missing],
        "required": [m.label for m in made.missing if m.required],
        "over": [],
    }
    try:
        paper = shared.stationery
        if unit.pictures:
            paper = replace(paper, assets={**paper.assets, **unit.pictures})
        files, found = outputs.made(template, made, unit.sheet, unit.formats, paper, templates)
    except TemplateFailure as failure:
        return Result(
            unit.number,
            [],
            {**said, "failed": failure.diagnostics[0].message},
            [d.to_json() for d in failure.diagnostics],
        )
    said["over"] = [
        [m[1] if (m := _FIELD.match(d.message)) else "", _millimetres(d.message), d.message]
        for d in found
        if d.code in _FIT
    ]
    if said["over"] and not shared.allow_overflow:
        files = []
    wrong = [d for d in found if d.is_error and d.code not in _FIT]
    if wrong:
        said["failed"], files = wrong[0].message, []
    return Result(unit.number, files, said, [d.to_json() for d in found if d.code not in _FIT])


def _millimetres(message: str) -> float:
    found = _MM.search(message)
    return float(found[1]) if found else 0.0


# --- in the run ------------------------------------------------------------------------------------------------


class _Run:
    def __init__(self, plan: Plan, journal: Journal) -> None:
        self.plan = plan
        self.journal = journal
        self.rows: dict[int, Row] = {}
        self.diagnostics: list[Diagnostic] = []
        self.done = 0
        self.units = 0
        self.sheets = [
            (t, s)
            for t, template in enumerate(plan.templates)
            for s in (range(len(template.sheets)) if template.sheets else [-1])
        ]
        self.keys = [self._template_key(t, s) for t, s in self.sheets]

    def _template_key(self, t: int, s: int) -> str:
        plan, template = self.plan, self.plan.templates[t]
        printed = template.sheets[s][1] if s >= 0 else ""
        styles = [[name, data.decode("utf-8", "replace")] for name, data in sorted(plan.stationery.stylesheets.items())]
        sources = [source.source for source in plan.theme.closure(printed)] if printed else []
        files = self._files_named_in([to_builtins(template), plan.stationery.site, sources, styles])
        return digest_of_value(
            [
                plan.code,
                to_builtins(template),
                s,
                plan.theme.closure_digest(printed) if printed else "",
                styles,
                plan.stationery.site,
                plan.allow_overflow,
                sorted(plan.formats),
                files,
            ]
        )

    def _files_named_in(self, value: Any) -> list[list[str]]:
        """Path and digest of each picture or font whose file's name stands in ``value``."""
        text = json.dumps(value, ensure_ascii=False)
        return [
            [path, digest(data)]
            for path, data in sorted(self.plan.stationery.assets.items())
            if (name := path.rpartition("/")[2]) in text or quote(name) in text
        ]

    def run(self) -> Outcome:
        plan = self.plan
        shared = Shared(plan.templates, plan.theme.bundle, plan.stationery, plan.allow_overflow)
        with Workers(plan.executor, plan.workers or processors(), shared) as pool:
            if (pool.count < 2 and plan.executor is None) or plan.total * len(self.sheets) < 4:
                for chunk in self._chunks():
                    self._accept(chunk, render(shared, chunk))
            else:
                for chunk, results in pool.run(render, self._chunks()):
                    self._accept(chunk, results)
        return Outcome([self.rows[n] for n in sorted(self.rows)], self.diagnostics)

    def _chunks(self) -> Iterator[tuple[Unit, ...]]:
        """Units that have to be made, a few at a time; all others are settled on the way."""
        waiting: list[Unit] = []
        size = max(1, min(_CHUNK, self.plan.total * len(self.sheets) // (4 * (self.plan.workers or processors()))))
        for branch in self.plan.branches:
            logo = logos.place(branch.get("logo") or "")
            whole = digest_of_value([branch, self.plan.album.digest(logo)])
            for (t, s), key in zip(self.sheets, self.keys, strict=True):
                unit = self._unit(t, s, branch, f"{key}:{whole}")
                if unit is not None:
                    own = {logo: self.plan.album.read(logo)} if logo else {}
                    waiting.append(replace(unit, pictures=own) if own.get(logo) else unit)
                if len(waiting) >= size:
                    yield tuple(waiting)
                    waiting = []
        if waiting:
            yield tuple(waiting)

    def _unit(self, t: int, s: int, branch: Payload, key: str) -> Unit | None:
        template = self.plan.templates[t]
        number, self.units = self.units, self.units + 1
        formats = outputs.possible(template, s, self.plan.formats)
        if reason := self._skipped(template, branch, formats):
            self._settle(number, self._row(t, s, branch, status="skipped", reason=reason))
            return None
        entry = self.journal.known(self._name(t, s, branch), key)
        if entry and not (self.plan.strict and entry.said.get("required")):
            self._repeat(entry.said)
            self._settle(number, self._row(t, s, branch, entry.files, entry.said, unchanged=True))
            return None
        return Unit(number, t, s, branch, formats, key, self.plan.named)

    def _repeat(self, said: Mapping[str, Any]) -> None:
        """What the print engine noticed, whether a document is made now or was made before."""
        self.diagnostics += [Diagnostic.from_json(d) for d in said.get("noticed", ())]

    def _skipped(self, template: Template, branch: Payload, formats: Sequence[str]) -> str:
        if not formats:
            return "the template has none of these formats"
        if resources.variant(template, branch, every=self.plan.named) is None:
            tags = languages.wanted(branch, template.family, every=self.plan.named)
            if languages.tag(template.language) in tags:
                return f"the branch has it in one document ({', '.join(tags)})"
            return f"the branch does not ask for documents in '{template.language}'"
        return ""

    def _name(self, t: int, s: int, branch: Payload) -> str:
        template = self.plan.templates[t]
        return f"{branch['name']}/{outputs.base_name(template, s)}"

    def _accept(self, chunk: Sequence[Unit], results: Any) -> None:
        if isinstance(results, Lost):
            for unit in chunk:
                reason = f"its worker died ({results.reason})"
                self._settle(unit.number, self._row(unit.template, unit.sheet, unit.branch, said={"failed": reason}))
            return
        for unit, result in zip(chunk, results, strict=True):
            self._take(unit, result)

    def _take(self, unit: Unit, result: Result) -> None:
        t, s, branch = unit.template, unit.sheet, unit.branch
        said = {**result.said, "noticed": result.diagnostics} if result.diagnostics else result.said
        self._repeat(said)
        if said["required"] and self.plan.strict:
            said = {**said, "failed": f"the required field '{said['required'][0]}' is missing"}
        failed = "failed" in said
        files = [] if failed else [(f"{branch['name']}/{name}", data) for name, data in result.files]
        try:
            # What could not be made has no key: the next run tries again. What an earlier run made of it is gone.
            self.journal.write(self._name(t, s, branch), "" if failed else unit.key, files, said)
        except Foreign as problem:
            self.diagnostics.append(error("L140", f"{problem}, so it was left alone", hint="move it out of the folder"))
            said, files = {**said, "failed": str(problem)}, []
        self._settle(unit.number, self._row(t, s, branch, [path for path, _ in files], said))

    def _row(
        self,
        t: int,
        s: int,
        branch: Payload,
        files: Iterable[str] = (),
        said: Mapping[str, Any] | None = None,
        *,
        status: str = "",
        reason: str = "",
        unchanged: bool = False,
    ) -> Row:
        said = said or {}
        over = said.get("over") or []
        worst: list[Any] = max(over, key=lambda o: o[1]) if over else ["", 0.0, ""]
        if "failed" in said:
            status, reason = "failed", str(said["failed"])
        elif over and not self.plan.allow_overflow:
            status, reason = "overflow", worst[2]
        elif not status:
            status = "unchanged" if unchanged else "made"
        return Row(
            branch=branch.get("title") or branch["name"],
            region=branch.get("region") or "",
            template=outputs.base_name(self.plan.templates[t], s),
            files=tuple(sorted(files)),
            status=status,
            reason=reason or (worst[2] if over else ""),
            field=worst[0],
            over_mm=worst[1],
            missing=", ".join(said.get("missing") or []),
        )

    def _settle(self, number: int, row: Row) -> None:
        self.rows[number] = row
        self.done += 1
        if row.status == "failed":
            self.diagnostics.append(error("L141", f"{row.template} for {row.branch} was not made: {row.reason}"))
        elif row.status == "overflow":
            self.diagnostics.append(
                error(
                    "L142",
                    f"{row.template} for {row.branch} was not made: {row.reason}",
                    hint="shorten that branch's text, or use --allow-overflow",
                )
            )
        elif row.missing:
            self.diagnostics.append(warning("L143", f"{row.template} for {row.branch} lacks: {row.missing}"))
        if self.plan.on_progress:
            self.plan.on_progress(self.done, self.plan.total * len(self.sheets))


def run(plan: Plan, journal: Journal) -> Outcome:
    """Make what is not made yet. Overflow and missing fields are part of the report, never an exception."""
    return _Run(plan, journal).run()
