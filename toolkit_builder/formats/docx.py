"""A fragment of HTML in; a Word document out that a branch can edit: real styles, headings, tables and numbered lists.

The same payload gives the same bytes: no clock, no name of a computer, and fixed dates in the archive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from toolkit_builder.formats import wordfile, wordpictures
from toolkit_builder.formats.page import absolute, link
from toolkit_builder.formats.wordtext import Writer
from toolkit_builder.model import Payload

VERSION = 1


def render(payload: Payload) -> bytes:
    """``{html, title, heading, head: [lines], language, author, subject, warning, imprint, resolve, root}`` -> DOCX.

    ``kind`` says what it is (Press release); ``heading`` is the title as printed (empty for a letter); ``head`` stands
    above it, line by line; ``warning`` says that the document is not ready. ``parts``: payloads of the same document in
    several languages, which stand in the columns of a table if ``layout`` is "side by side", and follow each other on
    new pages if it is anything else.
    ``logo``: ``{path, alt}`` of the picture beside the letterhead, whose bytes are in ``pictures``, by path.
    """
    language = payload["language"]
    document = wordfile.blank(language)
    wordfile.describe(
        document, title=payload["title"], author=payload["author"], subject=payload["subject"], language=language
    )
    writer = _Writer(document, language, linked=bool(payload["root"]))
    writer.pictures = payload.get("pictures") or {}
    parts = payload.get("parts") or [payload]
    if payload["warning"]:
        writer.plain(payload["warning"], "Not For Print")
    if len(parts) > 1 and payload["layout"] == "side by side":
        writer.abreast(parts)
    else:
        for n, part in enumerate(parts):
            if n:
                writer.new_page()
            writer.part(part)
    return wordfile.packed(document)


class _Writer(Writer):
    """Letters and articles, in one language or several."""

    pictures: Mapping[str, Any]

    def part(self, payload: Payload) -> None:
        """The whole document in one language, marked as that."""
        from docx.shared import Pt

        self.speak(payload["language"])
        for n, line in enumerate(payload["head"]):
            self.plain(line, "Letterhead Name" if n == 0 else "Letterhead")
        if payload["head"]:
            if logo := payload.get("logo"):
                self.logo(self._place.paragraphs[-len(payload["head"])], logo)
            self._place.paragraphs[-1].paragraph_format.space_after = Pt(18)
        if payload.get("kind"):
            self.plain(payload["kind"], "Letterhead Name")
        if payload["heading"]:
            self.plain(payload["heading"], "Title")
        html = link(payload["html"], payload["resolve"])
        self.fragment(absolute(html, payload["root"]) if payload["root"] else html)
        if payload["imprint"]:
            self.plain(unescape(payload["imprint"]), "Imprint")

    def logo(self, paragraph: Any, logo: Mapping[str, str], *, above: bool = False) -> None:
        """The branch's own mark at the right margin: beside the letterhead, or above what stands in columns."""
        data = wordpictures.points(logo["path"], bytes(self.pictures.get(logo["path"], b"")))
        if data:
            wordpictures.put(paragraph, data, logo["alt"], above=above)

    def new_page(self) -> None:
        self._document.add_page_break()

    def abreast(self, parts: Sequence[Payload]) -> None:
        """A column for each language, without lines around them."""
        if logo := parts[0].get("logo"):
            self.logo(self._paragraph("Letterhead"), logo, above=True)
        parts = [{**part, "logo": None} for part in parts]
        table = self._document.add_table(rows=1, cols=len(parts))
        outer = self._place
        for cell, part in zip(table.rows[0].cells, parts, strict=True):
            self._place, empty = cell, cell.paragraphs[0]
            self.part(part)
            if len(cell.paragraphs) > 1 and not empty.runs:
                empty._p.getparent().remove(empty._p)
        self._place = outer
        self._after_table(table, 0)
