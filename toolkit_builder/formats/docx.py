"""A fragment of HTML in; a Word document out that a branch can edit: real styles, headings, tables and numbered lists.

The same payload gives the same bytes: no clock, no name of a computer, and fixed dates in the archive.
"""

from __future__ import annotations

from html import unescape

from toolkit_builder.formats import wordfile
from toolkit_builder.formats.page import absolute, link
from toolkit_builder.formats.wordtext import Writer
from toolkit_builder.model import Payload

VERSION = 1


def render(payload: Payload) -> bytes:
    """``{html, title, heading, head: [lines], language, author, subject, warning, imprint, resolve, root}`` -> DOCX.

    ``heading`` is the title as printed (empty for a letter); ``head`` stands above it, line by line; ``warning`` says
    that the document is not ready.
    """
    language = payload["language"]
    document = wordfile.blank(language)
    wordfile.describe(
        document, title=payload["title"], author=payload["author"], subject=payload["subject"], language=language
    )
    html = link(payload["html"], payload["resolve"])
    html = absolute(html, payload["root"]) if payload["root"] else html
    writer = Writer(document, language, linked=bool(payload["root"]))
    if payload["warning"]:
        writer.plain(payload["warning"], "Not For Print")
    for n, line in enumerate(payload["head"]):
        writer.plain(line, "Letterhead Name" if n == 0 else "Letterhead")
    if payload["heading"]:
        writer.plain(payload["heading"], "Title")
    writer.fragment(html)
    if payload["imprint"]:
        writer.plain(unescape(payload["imprint"]), "Imprint")
    return wordfile.packed(document)
