"""Every kind's front matter, as typed models: the one place that says which keys a file may have."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from toolkit_builder.model import Contact, Fields, Language, Limits, Line, Part

ItemNumber = Annotated[
    str, Field(min_length=1, max_length=20, description="An identifier, not a decimal: 20.1 is not 20.10")
]


class Vote(Part):
    """A card vote, or a show of hands with what the chair said."""

    for_: int | None = Field(None, alias="for", ge=0)
    against: int | None = Field(None, ge=0)
    abstain: int | None = Field(None, ge=0)
    total: int | None = Field(None, ge=0, description="As announced; checked against the three numbers")
    method: Literal["show of hands", "card vote", "electronic", "acclamation"] = "show of hands"
    note: Line = ""


class Paper(Fields):
    """What motions, amendments and composites have in common."""

    number: ItemNumber
    mover: Line = Field("", description="The body that moves it")
    seconder: Line = ""
    executive: Line = Field("", description="The executive's position: support, oppose, remit ...")
    executive_note: str = Field("", description="Why, in a sentence or two")
    result: str = Field("tabled", description="carried, lost, remitted, 'carried as amended by 37.1 & 37.2' ...")
    vote: Vote | None = None
    new_in: Line = Field("", description="The edition it first appeared in, if not the first: it is starred there")
    numbers: dict[str, str] = Field({}, description="Its number in other editions, such as {preliminary: 12}")


class MotionFields(Paper):
    section: Line = Field("", description="The section of the agenda it belongs to")


class AmendmentFields(Paper):
    number: str = Field("", max_length=20, description="Left out where amendments go by their mover, as at the TUC")
    amends: ItemNumber = Field(description="The motion's number (or the amendment's, for a sub-amendment)")
    form: Literal["instruction", "copy", "editorial"] = Field(
        "instruction",
        description="instruction: 'delete point 4 ...'; copy: the whole text as it would be; editorial: for a person",
    )


class CompositeFields(Paper):
    section: Line = ""
    sources: tuple[ItemNumber, ...] = Field(
        min_length=1, description="Numbers of the motions and amendments it is made from"
    )


class Section(Part):
    title: Line
    items: tuple[ItemNumber, ...] = ()


class Session(Part):
    """One sitting of a conference and the business taken in it, in order."""

    title: Line = Field(description="Monday morning")
    date: dt.date
    start: str = Field("", description="09:30")
    end: str = ""
    business: tuple[Line, ...] = Field((), description="Item numbers, or words: 'Address by the General Secretary'")
    not_reached: tuple[ItemNumber, ...] = ()


class Edition(Part):
    name: Line = Field(description="preliminary, final, conference or decisions")
    date: dt.date | None = None
    note: Line = ""


class ConferenceFields(Fields):
    short_title: Line = ""
    start: dt.date
    end: dt.date | None = None
    venue: Line = ""
    place: Line = ""
    paper: Line = Field("", description="The name of the daily bulletin")
    executive_name: Line = "National Executive"
    sections: tuple[Section, ...] = ()
    sessions: tuple[Session, ...] = ()
    editions: tuple[Edition, ...] = ()
    edition: Line = Field("", description="The edition now published")
    consequences: tuple[Line, ...] = Field((), description="'if 18 carried, 19 falls'")
    limits: Limits = Limits.model_construct()
    measure: int | None = Field(None, ge=40, le=120, description="Characters to a numbered line")


class BulletinFields(Fields):
    issue: Line = Field(description="1, 2 ...")
    day: Line = Field("", description="Monday; made from the date if left out")
    strapline: Line = ""
    editor: Line = ""
    imprint: str = Field("", description="Who publishes it, and where")


class PlanFields(Fields):
    campaign: Line = ""
    contact: Contact | None = None
    source: Line = Field("", description="Where the plan comes from: 'Agreed by conference 2026'")


class ToolkitFields(Fields):
    campaign: Line = ""
    version: Line = ""
    stock_number: Line = ""
    order: tuple[str, ...] = Field((), description="The resources' file names, in the order they are listed")
    contact: Contact | None = None
    imprint: str = ""


ResourceType = Literal[
    "guidance",
    "faq",
    "key-messages",
    "facts",
    "model-motion",
    "model-letter",
    "model-agreement",
    "press-release",
    "article",
    "checklist",
    "survey",
    "leaflet",
    "poster",
    "petition",
    "postcard",
    "social",
    "plan",
    "contacts",
    "other",
]
PaperSize = Literal["a3", "a4", "a5", "a6", "dl"]


class TemplateField(Part):
    """A blank that a branch fills in a template."""

    label: Line = ""
    help: Line = ""
    default: str = ""
    required: bool = False
    blank: bool = Field(False, description="yes: print a line to write on if nothing fills it")


class Question(Part):
    """One question of a survey or workload health check."""

    ask: Line
    type: Literal["scale", "yes-no", "number", "choice", "text"] = "scale"
    options: tuple[Line, ...] = ()
    low: Line = "Never"
    high: Line = "Always"
    concern: Literal["high", "low", "yes", "no", ""] = Field("", description="Which answer is a cause for concern")


class ResourceFields(Fields):
    type: ResourceType
    audience: Line = Field("", description="Stewards, members, councillors ...")
    summary: Line = ""
    template: bool = Field(False, description="yes: a template that branches fill in")
    sizes: tuple[PaperSize, ...] = ()
    fields: dict[str, TemplateField] = {}
    questions: tuple[Question, ...] = ()
    post_text: str = Field("", description="Words to post with a social image")


class Quote(Part):
    text: str
    name: Line = ""
    role: Line = ""


class Meeting(Part):
    date: dt.date | None = None
    time: Line = ""
    place: Line = ""
    access: Line = Field("", description="Step-free access, hearing loop, interpreters ...")
    link: Line = ""


class BranchFields(Fields):
    region: Line
    employer: Line = ""
    logo: str = ""
    logo_alt: Line = ""
    welsh_name: Line = ""
    bilingual: bool = False
    languages: tuple[Language, ...] = Field((), description="Those of its documents, first the first: [cy, en]")
    layout: Literal["separate", "side by side", "one after the other"] = Field(
        "separate", description="How its languages stand: a document of each, or one document of them all"
    )
    contacts: tuple[Contact, ...] = ()
    hours: tuple[Line, ...] = ()
    phone: Line = ""
    textphone: Line = ""
    email: Line = Field("", pattern=r"^$|^[^@\s<>\"]+@[^@\s<>\"]+$")
    web: Line = Field("", pattern=r"^$|^https?://\S+$")
    office: str = ""
    meeting: Meeting | None = None
    facts: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    demand: str = ""
    lobby: Line = Field("", description="Who to lobby: 'Cllr A. Name, cabinet member for adult care'")
    join_link: Line = Field("", pattern=r"^$|^https?://\S+$")
    imprint: str = ""
    custom: dict[str, str] = Field({}, description="Anything else a template asks for, by name")


class Comment(Part):
    """A reader's comment, kept as data. Only approved ones are published, as plain text."""

    name: Line = "Anonymous"
    date: dt.date | None = None
    text: str
    approved: bool = False


class UpdateFields(Fields):
    series: Line = Field("", description="The series' title; the folder's name if left out")
    part: Line = Field("", description="week 3, or 3")
    branch: str = Field("", description="The branch's file name")
    author: Line = ""
    contacts: tuple[Contact, ...] = ()
    comments: tuple[Comment, ...] = ()
    comments_closed: bool = False


class NewsFields(Fields):
    date: dt.date = Field(description="Year-month-day, such as 2027-06-14")
    author: Line = ""
    standfirst: str = ""
    sign_up: Line = Field("", description="A line that asks readers to sign up")
    comments_closed: bool = False


class PageFields(Fields):
    order: int = Field(0, description="Its place in listings; low numbers first")
    contact: bool = Field(False, description="yes: show the site's contact panel")
