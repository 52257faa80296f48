"""The values that prose becomes: a safe fragment and what can be known about it without reading it again."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, to_builtins


class Heading(Struct, frozen=True):
    """One heading of a fragment: ``level`` 1 to 6, its anchor, and its text without markup."""

    level: int
    id: str
    text: str


class Link(Struct, frozen=True):
    """One link or image: ``target`` as the author wrote it, the words it is put on (an image's: its alt text).

    ``line`` and ``column`` count from 1 in the source file; ``line`` is 0 where the place is not known.
    """

    target: str
    text: str
    line: int = 0
    column: int = 0
    image: bool = False


class Section(Struct, frozen=True):
    """A piece of a fragment: its heading's anchor, text and inline HTML, and the HTML that follows the heading.

    What stands before the first heading has an empty ``id``, ``title`` and ``title_html``.
    """

    id: str
    title: str
    title_html: str
    html: str


class Prose(Struct, frozen=True, kw_only=True):
    """A Markdown text, rendered.

    ``html`` is sanitised; ``ids`` are all anchors in it, in order; ``words`` counts the words a reader sees;
    ``excerpt`` is the plain text of the first paragraph, about 200 characters; ``footnotes`` counts the notes.
    """

    html: str
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    ids: tuple[str, ...] = ()
    words: int = 0
    excerpt: str = ""
    footnotes: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the cache and for workers."""
        data = to_builtins(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Prose:
        """The inverse of ``to_json``."""
        return cls(
            html=data["html"],
            headings=tuple(Heading(**each) for each in data["headings"]),
            links=tuple(Link(**each) for each in data["links"]),
            ids=tuple(data["ids"]),
            words=data["words"],
            excerpt=data["excerpt"],
            footnotes=data["footnotes"],
        )
