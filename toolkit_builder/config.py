"""``toolkit.yaml`` in; a frozen ``Config`` out: all that a site says about itself, the clock included."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from toolkit_builder.kinds.fields import Limits
from toolkit_builder.model import Contact, Language, Line, Part, SitePath


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
    title: Line
    url: Line


class ResultWord(Part):
    """A union's own word for a result, or a new one that behaves like a known one."""

    label: Line
    like: Line = ""


class MotionSettings(Part):
    measure: int = Field(80, ge=40, le=120, description="Characters to a numbered line")
    limits: Limits = Limits()
    results: dict[str, ResultWord] = {}


class PrintSettings(Part):
    enabled: bool = True
    marks: bool = False
    bleed: bool = False
    seconds: int = Field(120, gt=0, description="The longest that one document may take")


class Config(Part):
    title: Line
    description: Line = ""
    language: Language = "en-GB"
    base_url: Line = Field("", pattern=r"^$|^https?://[^\s?#]+$", description="Where it is published, with https://")
    time_zone: Line = "Europe/London"
    theme: Line = Field("default", description="A folder in themes/, or 'default'")
    organisation: Organisation = Organisation()
    contact: Contact | None = None
    menu: tuple[MenuItem, ...] = ()
    footer: str = Field("", description="A line of Markdown for the foot of every page")
    home: SitePath = "/"
    output: Line = "output"
    motions: MotionSettings = MotionSettings()
    print: PrintSettings = PrintSettings()
    localise: Literal["build", "on-demand", "off"] = "on-demand"
    robots: Literal["allow", "deny"] = "allow"
