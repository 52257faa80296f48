"""A walk of random edits, however builds are made, each compared with a clean build; two test modules walk it.

Builds are made as `toolkit build` makes them, as `toolkit serve` does with what it holds in memory, and by the command
in a process of its own, in any order. Every unit that a build takes from memory is laid out once more (`verified`).
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec.structs import replace

from tests.driver import SiteTest
from tests.edits import CONTENT, EDITS, LEFT_BEHIND, SETTINGS, THEME, State, reported, setting, states, world
from tests.verified import verified
from toolkit_builder import cli, formats, intake, quick, rehearsal
from toolkit_builder.ahead import Scout
from toolkit_builder.build import glance
from toolkit_builder.later import Later
from toolkit_builder.loading import Options
from toolkit_builder.theme import templates

CHANCE = st.integers(0, 2**32 - 1).map(random.Random)  # drawn at once: what is drawn is the same whatever is there
HOW = st.sampled_from(["build", "serve", "build", "serve", "build", "serve", "command"])
NOT_THERE = (AssertionError, OSError, IndexError, ValueError)  # an edit of what another edit has taken away


BUILD = ["build", "-q"]
PHASES = list(Phase) if os.environ.get("TOOLKIT_SHRINK") else [Phase.explicit, Phase.reuse, Phase.generate]
"""A walk that fails is told as it is; to look for a shorter one takes an hour, for who asks for it."""


def stamped(payload: Any) -> bytes:
    """In place of a PDF or a Word document: a digest, for this process, of all that it would be made from."""
    said = blake2b(digest_size=16)
    leaves = [payload]
    while leaves:
        value = leaves.pop()
        if isinstance(value, Mapping):
            leaves += [part for item in value.items() for part in item]
        elif isinstance(value, (list, tuple)):
            leaves += value
        else:
            said.update(f"{hash(value) if isinstance(value, (str, bytes)) else value!r} ".encode())
    return b"%PDF " + said.hexdigest().encode()


@contextmanager
def made_by(renderers: Mapping[str, Callable[[Any], Any]]) -> Iterator[None]:
    """While this is open, these formats are made by these functions, and no template is looked over twice."""
    known: dict[bytes, Any] = {}
    look_over = templates.look_over

    def looked_over(template: Any) -> Any:
        name = stamped(template)
        if name not in known:
            known[name] = look_over(template)
        return known[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "look_over", looked_over)
        changed = {name: replace(formats.FORMATS[name], render=render) for name, render in renderers.items()}
        patch.setattr(formats, "FORMATS", {**formats.FORMATS, **changed})
        yield


STAMPED = {"pdf": stamped, "paper-docx": stamped}


class Edits(RuleBasedStateMachine):
    """A project, the server that may be running on it, and what has been tried in this process."""

    edits: ClassVar[Counter[str]] = Counter()
    builds: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()
    units: ClassVar[Counter[str]] = Counter()
    foreseen: ClassVar[int] = 0

    @initialize()
    def start(self) -> None:
        self.place = Path(tempfile.mkdtemp())
        self.site = SiteTest(self.place / "site", clock="", jobs=2)
        world(self.site)
        setting(self.site, "clock", "2027-06-20T12:00")
        self.site.edit("toolkit.yaml", "enabled: no", "enabled: yes")
        self.warm = intake.Warm()
        self.steps = 0
        self.last: Later | None = None
        self.seen: State = {}
        self.build("build")

    def teardown(self) -> None:
        if hasattr(self, "place"):
            shutil.rmtree(self.place)

    # --- what people do ------------------------------------------------------------------------------------

    @rule(what=st.sampled_from(sorted(CONTENT)), chance=CHANCE, how=HOW)
    def edit_content(self, what: str, chance: random.Random, how: str) -> None:
        self.edit(what, chance, how)

    @rule(what=st.sampled_from(sorted(CONTENT)), chance=CHANCE, how=HOW)
    def edit_content_again(self, what: str, chance: random.Random, how: str) -> None:
        self.edit(what, chance, how)

    @rule(what=st.sampled_from(sorted(SETTINGS)), chance=CHANCE, how=HOW)
    def edit_settings(self, what: str, chance: random.Random, how: str) -> None:
        self.edit(what, chance, how)

    @rule(what=st.sampled_from(sorted(THEME)), chance=CHANCE, how=HOW)
    def edit_theme(self, what: str, chance: random.Random, how: str) -> None:
        self.edit(what, chance, how)

    @rule(what=st.sampled_from(sorted(LEFT_BEHIND)), chance=CHANCE, how=HOW)
    def meddle(self, what: str, chance: random.Random, how: str) -> None:
        self.edit(what, chance, how)

    @rule(how=HOW, fresh=st.booleans())
    def build_again(self, how: str, fresh: bool) -> None:
        """Nothing has changed since, but perhaps how the last build was made."""
        if fresh:
            self.warm = intake.Warm()
        assert self.build(how)

    def edit(self, what: str, chance: random.Random, how: str) -> None:
        """Make an edit and build; one that cannot be published leaves the site as it was, and is undone."""
        self.steps += 1
        before, stood = self.project(), self.tree()
        try:
            EDITS[what](self.site, self.steps, chance)
        except NOT_THERE:
            self.restore(before)
            return
        meddled = self.tree()
        if self.build(how):
            type(self).edits[what] += 1
            return
        type(self).refused[what] += 1
        assert self.tree() in (stood, meddled), f"'{what}' could not be published, and output/ is another site"
        self.restore(before)
        assert self.build(how), f"after '{what}' was undone: {self.site.problems}"

    # --- building and comparing ------------------------------------------------------------------------------

    def build(self, how: str) -> bool:
        """Build, and compare with a clean build; whether it was published."""
        later: list[Later] = []
        with verified() as counts:
            if how == "command":
                code = self.command()
                assert code in (0, 1)
                published = code == 0
            else:
                served = self.as_served(later) if how == "serve" else {}
                published = self.site.attempt(**served).report.published
                assert not self.site.report.fault, self.site.problems
        type(self).units.update(counts)
        if published:
            type(self).builds[how] += 1
            if later:
                self.last, self.seen = later[0], states(self.site)
            self.compare(how, later[0] if later else None)
        return published

    def as_served(self, later: list[Later]) -> dict[str, Any]:
        """How a server builds: it remembers, and has looked ahead at what it was told of."""
        told = {"warm": self.warm, "arguments": ("serve",)}
        found = None
        if self.last:
            changed = [str(self.site.folder / name) for name in reported(self.seen, states(self.site))]
            found = Scout(self.site.folder, Options(**{**self.site.options, **told})).look(self.last, changed)
        type(self).foreseen += found is not None
        return {**told, "on_later": later.append, "foreseen": found.foreseen if found else None}

    def compare(self, how: str, later: Later | None) -> None:
        folder = Path(tempfile.mkdtemp(dir=self.place))
        with self.clean_printer():
            clean = self.site.clean_build_of_the_same(folder)
        wanted, found = clean.tree(), self.tree()
        put_off = later.paths if later else frozenset()
        assert found.keys() <= wanted.keys()
        assert wanted.keys() - found.keys() <= put_off
        wrong = [path for path in found if path not in put_off and found[path] != wanted[path]]
        assert not wrong, f"not as a clean build makes them: {wrong}"
        if how != "command":
            assert self.site.problems == clean.problems or put_off
        for path in sorted(put_off)[:: max(1, len(put_off) // 3)]:
            assert later is not None
            assert later.make(path).files[path] == wanted[path], f"{path}, as it was served"
        shutil.rmtree(folder)

    def command(self) -> int:
        """`toolkit build`, with what answers it where there is nothing to do; the exit code."""
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.chdir(self.site.folder),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            patch.setattr("sys.argv", ["toolkit", *BUILD])
            patch.setenv("TOOLKIT_JOBS", "1")
            patch.setattr(glance, "_FEW", 5)  # even so small a site is looked at by two processes,
            patch.setattr(rehearsal, "MANY", 0)  # and its pages are rendered by one of its own
            answered, looked = quick.answer(BUILD)
            return 0 if answered else cli.run(BUILD, looked)

    def clean_printer(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()

    def tree(self) -> dict[str, bytes]:
        return self.site.tree() if self.site.output.exists() else {}

    def project(self) -> dict[Path, bytes]:
        """Every file that a person writes."""
        found = [self.site.folder / "toolkit.yaml"]
        for name in ("content", "themes"):
            found += [p for p in (self.site.folder / name).rglob("*") if p.is_file()]
        return {path: path.read_bytes() for path in found}

    def restore(self, before: Mapping[Path, bytes]) -> None:
        for path in self.project().keys() - before.keys():
            path.unlink()
        for path, data in before.items():
            if not path.exists() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def walked(machine: type[Edits], examples: int, steps: int) -> None:
    """Run a machine, and check that its edits were of nearly all kinds, and nearly all could be published."""
    for counts in (machine.edits, machine.builds, machine.refused, machine.units):
        counts.clear()
    machine.foreseen = 0
    several = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
    )
    run_state_machine_as_test(machine, settings=several)  # type: ignore[no-untyped-call]
    builds = ", ".join(f"{count} as {how}" for how, count in sorted(machine.builds.items()))
    print(
        f"counted: {machine.edits.total()} edits of {len(machine.edits)} kinds published ({machine.refused.total()} "
        f"refused), {machine.builds.total()} builds ({builds}), each equal to a clean one; "
        f"{machine.units['kept']} units from memory, {machine.units['laid']} laid out; "
        f"{machine.foreseen} sites foreseen"
    )
