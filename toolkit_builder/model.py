"""The nouns everything shares: what front matter may hold, what a document is, what a kind is.

Front matter reaches these models as text (see ``decode``): a scalar that is not quoted arrives as the
characters the author typed, so ``20.10`` stays ``20.10`` wherever a field is text, and pydantic turns it into
a number, a date or a yes/no only where the field is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Struct
from msgspec.structs import replace
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from toolkit_builder.diagnostics import Diagnostic
    from toolkit_builder.site import Site

Payload = dict[str, Any]
"""Plain JSON values (and build.jobs references): all that a renderer is handed."""


def _one_line(text: str) -> str:
    return " ".join(text.split())


Line = Annotated[str, AfterValidator(_one_line)]
"""Text on one line."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
"""Lower-case words joined by hyphens: a part of an address."""

SitePath = Annotated[str, Field(pattern=r"^/$|^/[^/\\]")]
"""An address on this site, from the root: ``/news/old-name/``."""

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")]
"""A BCP 47 language tag: ``en-GB``, ``cy``, ``ur``."""


class Part(BaseModel):
    """A group of fields inside front matter. Unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)


class Contact(Part):
    """How to reach somebody: the contact panel."""

    name: Line = Field("", description="A person or an office")
    role: Line = Field("", description="Branch secretary, press officer ...")
    phone: Line = ""
    textphone: Line = ""
    email: Line = Field("", pattern=r"^$|^[^@\s<>\"]+@[^@\s<>\"]+$")
    web: Line = Field("", pattern=r"^$|^https?://\S+$", description="A web address, with https://")
    address: str = ""
    hours: tuple[Line, ...] = Field((), description="Opening hours, a line each")
    note: str = ""


class Limits(Part):
    """How long a union's papers may be: of the site in toolkit.yaml, of one conference in its front matter."""

    motion_words: int | None = Field(None, gt=0)
    amendment_words: int | None = Field(None, gt=0)


class Fields(Part):
    """What the front matter of every kind may hold."""

    title: Line = Field("", description="The headline. If left out, the first '# Heading' of the text is the title")
    description: Line = Field("", description="One or two sentences for search results and listings")
    slug: Slug | None = Field(None, description="The last part of the address, if not made from the file's name")
    date: dt.date | None = Field(None, description="Year-month-day, such as 2027-06-14")
    updated: dt.date | None = Field(None, description="When it was last changed in substance")
    language: Language | None = Field(None, description="The language of the text, if not the site's")
    translation_of: str | None = Field(None, description="The file or id of which this is a translation")
    tags: tuple[Line, ...] = ()
    aliases: tuple[SitePath, ...] = Field((), description="Old addresses that should lead here")
    draft: bool = Field(False, description="yes: not published until --drafts or until this is removed")
    embargo: dt.datetime | None = Field(None, description="Not published before this time, such as 2027-06-14 09:30")
    expires: dt.date | None = Field(None, description="Not published after this day")
    image: str = Field("", description="A picture for sharing, a path in content/")
    image_alt: Line = Field("", description="What the picture shows, in words")
    related: tuple[str, ...] = Field((), description="Files, ids or addresses of related documents")


class Heading(Struct, frozen=True):
    level: int
    id: str
    text: str


class Kept(str):
    """A large text that is kept in the store, under ``digest``: a payload may name it in place of holding it."""

    __slots__ = ("digest",)
    digest: str


class Parsed(dict[str, Any]):
    """A kind's parsed body: plain JSON values. ``html``, most of it by far, comes from the shelf when it is asked for.

    ``shelf`` has texts by digest. What has been fetched is not kept here: ten thousand bodies are not held at once.
    """

    __slots__ = ("shelf",)

    def __init__(self, values: Mapping[str, Any], shelf: Mapping[str, bytes | str]) -> None:
        super().__init__(values)
        self.shelf = shelf

    def __missing__(self, key: str) -> Any:
        if key != "html" or "html_digest" not in self:
            raise KeyError(key)
        text = Kept(self.shelf[self["html_digest"]])
        text.digest = self["html_digest"]
        return text

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default


class Reading(Struct, frozen=True, kw_only=True):
    """What was found in one source file: ``fields`` of its front matter, ``parsed`` its body as its kind reads it.

    ``body`` is the digest of the raw Markdown below the front matter, ``body_line`` the line it starts on. ``folder``
    holds the names captured from the path, such as the conference's.
    """

    fields: Any
    parsed: Parsed
    body: str
    body_line: int
    folder: Mapping[str, str]


class Document(Struct, eq=False):
    """One source file, decoded. ``id`` is ``kind:name`` or ``kind:number@conference`` and unique in a site.

    What nearly every build asks of every document stands here; its front matter and its parsed body (fragment,
    headings, links, mentions; for motions the structured text as well) come from ``reader`` when somebody asks.
    ``conference`` is the folder's name. ``digest`` is the source file's, ``face`` that of all that other pages may show
    of the document. Nothing changes once it is made.
    """

    kind: str
    id: str
    path: str
    url: str
    name: str
    conference: str | None
    digest: str
    face: str
    reader: Callable[[Document], Reading]
    reading: Reading | None = None

    @property
    def _read(self) -> Reading:
        if (reading := self.reading) is None:
            reading = self.reading = self.reader(self)
        return reading

    @property
    def fields(self) -> Any:
        return (self.reading or self._read).fields

    @property
    def parsed(self) -> Parsed:
        return (self.reading or self._read).parsed

    def with_fields(self, fields: Any) -> Document:
        """The document, had it said this in its front matter."""
        return replace(self, reading=replace(self._read, fields=fields))

    @property
    def body_line(self) -> int:
        return self._read.body_line

    @property
    def folder(self) -> Mapping[str, str]:
        return self._read.folder

    @property
    def body(self) -> str:
        return str(self.parsed.shelf[self._read.body])

    @property
    def title(self) -> str:
        return str(self.fields.title or self.parsed.get("title", "") or self.name)


Check = Callable[["Document", "Site"], "list[Diagnostic]"]
View = Callable[["Document", "Site"], Payload]


class Kind(Struct, frozen=True, kw_only=True):
    """One family of document: where its files lie, what their front matter holds, how they are shown.

    ``folder`` is a pattern over the path below ``content/``: ``{conference}`` captures one folder's name.
    ``**`` any path. ``url`` is filled from the captures, ``{name}`` and the kind's own fields. ``body`` names
    the reader of its text (``bodies.READERS``).
    """

    name: str
    label: str
    plural: str
    fields: type[Fields]
    folder: str
    url: str
    template: str
    view: View
    body: str = "prose"
    numbered: bool = False
    checks: tuple[Check, ...] = ()
