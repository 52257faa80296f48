"""``toolkit.yaml`` in; a frozen ``Config`` out: all that a site says about itself, the clock included."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import Field

from toolkit_builder.decode import Loc, Override, decode_yaml, field_diagnostic
from toolkit_builder.diagnostics import Diagnostic, Span, any_errors, error
from toolkit_builder.model import Contact, Language, Limits, Line, Part, SitePath
from toolkit_builder.shapes import Shape, shape_of
from toolkit_builder.sources import read_source
from toolkit_builder.wording import nearest

FILE = "toolkit.yaml"
_PREFIX = "TOOLKIT_"
_OTHERS = frozenset({"content", "themes", ".git", ".toolkit", "."})


class Organisation(Part):
    """The union that publishes."""

    name: Line = ""
    short_name: Line = ""
    logo: str = Field("", description="A picture, a path in content/")
    logo_alt: Line = ""
    address: str = ""
    imprint: str = Field("", description="Printed and published by ..., for election law and the small print")
    join_link: Line = Field("", pattern=r"^$|^https?://\S+$")


class MenuItem(Part):
    """A link of the menu on every page."""

    title: Line
    url: Line = Field(
        pattern=r"^/$|^/[^/\\]|^https?://\S+$|^mailto:\S+$|^tel:\S+$",
        description="An address on this site, such as /news/, or a whole one, with https://",
    )


class ResultWord(Part):
    """A union's own word for a result, or a new one that behaves like a known one."""

    label: Line
    like: Line = ""


class MotionSettings(Part):
    """How motions are numbered, measured and decided."""

    measure: int = Field(80, ge=40, le=120, description="Characters to a numbered line")
    limits: Limits = Limits.model_construct()
    results: dict[str, ResultWord] = Field({}, description="A union's own words for results, by name")


class PrintSettings(Part):
    """Whether and how documents are printed."""

    enabled: bool = True
    marks: bool = False
    bleed: bool = False
    greyscale: bool = Field(False, description="What is photocopied can be downloaded in greys as well")
    seconds: int = Field(300, gt=0, description="The longest that one document may take")


class Config(Part):
    """All of ``toolkit.yaml``."""

    title: Line
    description: Line = ""
    language: Language = "en-GB"
    base_url: Line = Field("", pattern=r"^$|^https?://[^\s?#]+$", description="Where it is published, with https://")
    time_zone: Line = "Europe/London"
    theme: Line = Field("default", description="A folder in themes/, or 'default'")
    organisation: Organisation = Organisation.model_construct()
    contact: Contact | None = None
    menu: tuple[MenuItem, ...] = ()
    footer: str = Field("", description="A line of Markdown for the foot of every page")
    clock: dt.datetime | None = Field(None, description="Build as if it were this moment: for archives and samples")
    home: SitePath = "/"
    output: Line = "output"
    trusted_files: tuple[Line, ...] = Field(
        (), description="Files in content/ that can run in a browser and are published all the same"
    )
    motions: MotionSettings = MotionSettings.model_construct()
    print: PrintSettings = PrintSettings.model_construct()
    localise: Literal["build", "on-demand", "off"] = "on-demand"
    robots: Literal["allow", "deny"] = "allow"


def load(project: Path, overrides: Mapping[str, str] | None = None) -> tuple[Config | None, list[Diagnostic]]:
    """Read ``toolkit.yaml``. ``overrides`` is an environment: ``TOOLKIT_BASE_URL`` replaces ``base_url``,
    ``TOOLKIT_PRINT_ENABLED`` replaces ``enabled`` of ``print``; other names in it mean nothing here.

    The value is None if there is any error.
    """
    if not (project / FILE).exists():
        return None, [
            error(
                "C401",
                f"there is no {FILE} here, so this is not a site",
                Span(FILE),
                hint="go to your site's folder, or make a new site with: toolkit init my-site",
            )
        ]
    source, found = read_source(project, FILE)
    if source is None:
        return None, found
    names = dict(_variables(shape_of(Config)))
    said = {names[n]: Override(n, text) for n, text in sorted((overrides or {}).items()) if n in names}
    decoded = decode_yaml(Config, source.text, FILE, said)
    found += decoded.diagnostics
    config = decoded.fields
    if config is not None:
        found += _checks(config, source.text, said)
    return (None if any_errors(found) else config), found


def _variables(shape: Shape, prefix: str = _PREFIX, loc: Loc = ()) -> Iterator[tuple[str, Loc]]:
    """The name of every single value of the configuration in the environment."""
    for key, inner in shape.keys.items():
        name = prefix + key.upper()
        if inner.kind == "model":
            yield from _variables(inner, name + "_", (*loc, key))
        elif inner.kind not in ("list", "map"):
            yield name, (*loc, key)


def _checks(config: Config, text: str, overrides: Mapping[Loc, Override]) -> list[Diagnostic]:
    """What the types cannot say."""
    found = []

    def wrong(code: str, key: str, message: str, hint: str) -> None:
        if (key,) in overrides:
            found.append(error(code, f"{overrides[(key,)].name}: {message}", hint=hint))
        else:
            found.append(field_diagnostic(code, message, text, FILE, (key,), hint=hint))

    if hint := _no_such_zone(config.time_zone):
        wrong("C402", "time_zone", f"there is no time zone '{config.time_zone}'", hint)
    output = PurePosixPath(config.output.replace("\\", "/"))
    if output.is_absolute() or ".." in output.parts or ":" in config.output or (output.parts or (".",))[0] in _OTHERS:
        wrong(
            "C403",
            "output",
            f"the site cannot be written to '{config.output}'",
            "name a folder of its own inside the project, such as output",
        )
    return found


def _no_such_zone(name: str) -> str:
    """What to do about a time zone that is unknown; empty if it is known."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        if not known:
            return "this computer has no list of time zones: pip install tzdata"
        guess = nearest(name, known)
        return f"did you mean {guess}?" if guess else "write it like Europe/London"
    return ""
