"""Places and quoted words of an instruction + a motion -> where they are in the printed text, or why they are not.

Places mean the text as printed. A place that could mean two things stays two candidates until quoted words decide
between them; what nothing decides is a ``Problem`` that offers the places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from msgspec.structs import replace

from toolkit_builder.motions.finding import Finder
from toolkit_builder.motions.folding import folded_text
from toolkit_builder.motions.inline import visible
from toolkit_builder.motions.instructions import Path, Place, Words, print_place, quoted
from toolkit_builder.motions.lines import LineMap
from toolkit_builder.motions.regions import Problem, Region, Searcher, short
from toolkit_builder.motions.sentences import sentences
from toolkit_builder.motions.text import Block, MotionText

_POINTS = {"point", "call", "bullet", "clause", "subpoint"}

_NUMBERED_HEADING = re.compile(
    r"(?:rule|article|standing order|bye-?law|schedule|appendix|chapter)\s+[\d.()a-z]+\W*$", re.IGNORECASE
)

_NUMBERED_RULE = re.compile(
    r"(?:rule|article|clause|standing order|bye-?law)\s+(?P<number>\d+(?:\.\d+)*(?:\s?\([a-z\d]{1,4}\))*)\W*$",
    re.IGNORECASE,
)
_LABELS = re.compile(r"[a-z]+|\d+")
_RECITAL = {
    "whereas": re.compile(r"(?:and\s+)?whereas\b", re.IGNORECASE),
    "resolved": re.compile(
        r"(?:(?:now|and|therefore),?\s+)*(?:be\s+it\s+(?:(?:further|also|finally|therefore)\s+)*)?resolved\b",
        re.IGNORECASE,
    ),
}
"""How the paragraphs of American and Canadian resolutions begin: ``THEREFORE BE IT FURTHER RESOLVED``."""


@dataclass
class Locator(Searcher):
    """Resolves the places of instructions."""

    # --- places ------------------------------------------------------------------------------------------

    def regions(self, path: Path, inherited: int = 0) -> tuple[list[Region], Problem | None]:
        """The candidates for a path. Places given once for several instructions yield to one's own."""
        found, problem = self._walk(path)
        if problem is not None and 0 < inherited < len(path):
            without, other = self._walk(path[inherited:])
            if other is None and any(p.unit in _POINTS | {"paragraph"} for p in path[inherited:]):
                return without, None
        return found, problem

    def _walk(self, path: Path) -> tuple[list[Region], Problem | None]:
        current = [self.whole]
        for place in path:
            inside: dict[tuple[int, int, str], Region] = {}
            for region in current:
                for found in self._inside(region, place):
                    inside.setdefault((found.start, found.end, found.unit), found)
            if not inside and place.numbering:
                continue
            if not inside:
                return [], self.absent(place, path)
            current = list(inside.values())
        return current, None

    def absent(self, place: Place, path: Path) -> Problem:
        """Why a place was not found, with what the motion has."""
        name = print_place(place)
        counts = []
        paragraphs = len(self.text.paragraphs)
        counts.append(f"{paragraphs} paragraph{'' if paragraphs == 1 else 's'}")
        calls = [b for b in self.text.calls if b.depth == 1]
        if calls:
            counts.append(f"points {', '.join(b.marker.strip('().') or '-' for b in calls[:12])}"
                          if not calls[0].is_bullet else f"{len(calls)} bullets")  # fmt: skip
        inside = f" in {print_place(path[0])}" if len(path) > 1 and path[0] != place else ""
        if place.unit == "part":
            headings = [quoted(self.text.text(b)) for b in self.text.blocks if b.kind == "heading"]
            has = f"the headings are {', '.join(headings[:8])}" if headings else "the motion has no headings"
            return Problem("A305", f"there is no {name.removeprefix('the ')}", f"{has}: name the paragraph or point")
        if place.unit == "row":
            return Problem("A306", f"a row is named by its words: {name}", 'write: the row beginning "..."')
        if place.unit == "sentence" and len(path) == 1:
            return Problem(
                "A306", f"{name} needs the paragraph or point it stands in", "write: the last sentence of paragraph 2"
            )
        return Problem(
            "A305",
            f"there {'are' if place.until or place.count > 1 else 'is'} no {name.removeprefix('the ')}{inside}",
            f"the motion has {' and '.join(counts)}",
        )

    def _inside(self, region: Region, place: Place) -> list[Region]:
        if place.unit == "motion":
            return [region]
        readers: dict[str, Callable[[Region, Place], list[Region]]] = {
            "title": self._title, "preamble": self._preamble, "section": self._section, "part": self._part,
            "introduction": self._introduction, "paragraph": self._paragraph, "number": self._number,
            "sentence": self._sentence, "line": self._line, "heading": self._heading, "table": self._table,
            "row": self._row, "list": self._list, "passage": self._passage,
        }  # fmt: skip
        return readers.get(place.unit, self._point)(region, place)

    def _title(self, region: Region, place: Place) -> list[Region]:
        for block in self.text.blocks[:1]:
            if block.kind == "heading" and (not self.text.title or self.text.text(block) == self.text.title):
                return [Region("heading", block.content, block.end, (block,), name="the title")]
        return [Region("title", 0, 0, name="the title")] if self.text.title else []

    def _preamble(self, region: Region, place: Place) -> list[Region]:
        blocks = []
        for block in region.blocks:
            if block.role == "operative":
                break
            if block.kind != "heading":
                blocks.append(block)
        return [self._span("preamble", blocks)] if blocks else []

    def _introduction(self, region: Region, place: Place) -> list[Region]:
        """The paragraph that ends in a colon and goes on in a list."""
        blocks = [b for b in region.blocks if b.kind == "paragraph" and self.introduces(b)]
        return [self._one(b, "paragraph") for b in blocks]

    def _section(self, region: Region, place: Place) -> list[Region]:
        if not place.opener:
            return self._clauses(region, place)
        if place.opener in {"whereas", "resolved"}:
            clauses = [b for b in region.blocks if _RECITAL[place.opener].match(self.text.text(b))]
            return [self._span("section", clauses)] if clauses else []
        wanted = place.opener.removeprefix("further ")
        runs: list[list[Block]] = []
        for block in region.blocks:
            if block.opens or not runs or runs[-1][-1].section != block.section:
                further = " further " in f" {self.text.text(block)[:80].lower()} "
                joins = runs and runs[-1][-1].section == block.section and not further and block.opens
                if joins:
                    runs[-1].append(block)
                else:
                    runs.append([block])
            else:
                runs[-1].append(block)
        found = [run for run in runs if run[0].section == wanted]
        furthers = [run for run in found if " further " in f" {self.text.text(run[0])[:80].lower()} "]
        if place.opener.startswith("further "):
            found = furthers
        elif len(found) > 1:
            found = [run for run in found if run not in furthers] or found
        return [self._span("section", run) for run in found]

    def _part(self, region: Region, place: Place) -> list[Region]:
        """What stands under a heading, up to the next; or the paragraph that a heading begins (``Background: ...``)."""
        wanted, rule = _bare_heading(place.beginning), _NUMBERED_RULE.match(place.beginning)
        found: list[Region] = []
        blocks = list(region.blocks)
        for index, block in enumerate(blocks):
            words = self.text.text(block)
            heads = block.kind == "heading" or (len(words) < 40 and not words.endswith((".", ":")))
            if heads and (_bare_heading(words) == wanted or (rule and _titled(words, wanted))):
                under = list(takewhile(self._goes_on, blocks[index + 1 :]))
                if under:
                    found.append(replace(self._span("section", under), name=print_place(place)))
            elif block.kind == "paragraph" and _led_by(words, wanted):
                found.append(self._one(block, "paragraph"))
        if not found and rule:  # "Rule 4.2.2" is what is printed as 4.2.2
            labels = tuple(_LABELS.findall(rule["number"].lower()))
            calls = [b for b in blocks if b.kind == "call"]
            found = self._labelled(calls, Place(unit="point", labels=labels)) if len(labels) > 1 else []
        return found

    def _goes_on(self, block: Block) -> bool:
        """Whether a block still stands under the heading before it."""
        return block.kind != "heading" and _NUMBERED_HEADING.match(self.text.text(block)) is None

    def _pick(self, blocks: list[Block], place: Place, unit: str) -> list[Region]:
        """Ordinals, and the words a block begins, ends or is full of."""
        if place.ordinal:
            chosen = blocks[place.ordinal :] if place.ordinal < 0 else blocks[place.ordinal - 1 :]
            if place.ordinal == -1 and place.count > 1:
                chosen = blocks[-place.count :] if place.count <= len(blocks) else []
            if not chosen or place.count > len(chosen):
                return []
            chosen = chosen[: place.count]
            blocks = [chosen[0], *chosen[1:]] if place.count > 1 else chosen[:1]
            if place.count > 1:
                return [self._several(blocks, unit)]
        blocks = [b for b in blocks if self._described(self.text.text(b), place)]
        return [self._one(b, unit, introduced=place.introduced) for b in blocks]

    def _paragraph(self, region: Region, place: Place) -> list[Region]:
        plain = [b for b in region.blocks if b.kind == "paragraph"]
        everywhere = list(self.text.paragraphs)
        by_words = bool(place.beginning or place.ending or place.containing)
        if place.labels:
            if not everywhere:  # every paragraph is numbered
                return self._point(region, replace(place, unit="point"))
            if not place.labels[0].isdigit() or len(place.labels) > 1:
                return [*self._point(region, replace(place, unit="point")), *self._in_paragraph(region, place)]
            first = int(place.labels[0])
            last = int(place.until[0]) if place.until and place.until[0].isdigit() else first
            numbered = [b for b in plain if first <= b.number <= last]
            relative = plain[first - 1 : last] if region.unit == "section" else []
            if place.until:
                sets = [chosen for chosen in (numbered, relative) if len(chosen) == last - first + 1]
                unique = {(s[0].id, s[-1].id): s for s in sets}
                return [self._several(blocks, "paragraph") for blocks in unique.values()]
            both = dict.fromkeys([*numbered, *relative])
            return self._pick(list(both), replace(place, labels=()), "paragraph")
        found = self._pick(plain, place, "paragraph")
        if not found and by_words:
            return self._pick([b for b in region.blocks if b.kind == "call"], place, "point")
        if not found and not plain and place.ordinal:
            return self._point(region, place)
        return found

    def _in_paragraph(self, region: Region, place: Place) -> list[Region]:
        """``paragraph 2(i)``: a point of the list that paragraph 2 introduces."""
        if not place.labels[0].isdigit() or place.until:
            return []
        found = [b for b in region.blocks if b.kind == "paragraph" and b.number == int(place.labels[0])]
        calls = [c for b in found for c in self.text.calls_of(b) if c.labels == place.labels[1:]]
        return [self._one(c, "point") for c in calls]

    def _number(self, region: Region, place: Place) -> list[Region]:
        """A number with no unit: a point's or a paragraph's."""
        points = self._point(region, replace(place, unit="point"))
        if region.unit in {"section", "list"} and points:
            return points
        paragraphs = [r for r in self._paragraph(region, replace(place, unit="paragraph")) if r not in points]
        return [*points, *(replace(r, wide=0) if points else r for r in paragraphs)]  # not the points it introduces

    def _clauses(self, region: Region, place: Place) -> list[Region]:
        """``clause 3``, ``section 3``: a point where there are points, else a paragraph."""
        if any(b.kind == "call" for b in region.blocks):
            return self._point(region, replace(place, unit="point"))
        return self._paragraph(region, replace(place, unit="paragraph"))

    def _point(self, region: Region, place: Place) -> list[Region]:
        if place.unit == "clause" and not any(b.kind == "call" for b in region.blocks):
            return self._paragraph(region, replace(place, unit="paragraph"))
        calls = self._calls_in(region)
        if place.unit == "call" and any(b.role == "operative" for b in calls):
            calls = [b for b in calls if b.role == "operative"]
        if place.unit == "bullet" and any(b.is_bullet for b in self.text.calls):
            calls = [b for b in calls if b.is_bullet]
        if place.labels:
            return self._labelled(calls, place)
        top = min((b.depth for b in calls), default=1)
        shallow = [b for b in calls if b.depth == top]
        lists: dict[int, list[Block]] = {}
        for block in shallow:
            lists.setdefault(block.list_no, []).append(block)
        if place.ordinal < 0 and lists:
            lists = {0: shallow}
        if not place.ordinal:
            return self._pick(calls if place.beginning or place.ending or place.containing else shallow, place, "point")
        return [found for blocks in lists.values() for found in self._pick(blocks, place, "point")]

    def _calls_in(self, region: Region) -> list[Block]:
        if region.unit == "point":
            return [b for top in region.blocks[:1] for b in self.text.children(top)]
        if region.unit == "paragraph" and region.blocks:
            return [*self.text.calls_of(region.blocks[-1])] or [b for b in region.blocks if b.kind == "call"]
        return [b for b in region.blocks if b.kind == "call"]

    def _labelled(self, calls: list[Block], place: Place) -> list[Region]:
        first = self._by_label(calls, place.labels)
        if place.unit != "bullet" and any(not b.is_bullet for b in first):
            first = [b for b in first if not b.is_bullet]
        if not place.until:
            return [r for b in first for r in self._pick([b], replace(place, labels=()), "point")]
        found = []
        for block in first:
            siblings = [b for b in calls if b.list_no == block.list_no and b.labels[:-1] == block.labels[:-1]]
            last = [b for b in siblings if b.labels == place.until or b.labels[-1:] == place.until[-1:]]
            if len(last) == 1 and last[0].start > block.start:
                run = siblings[siblings.index(block) : siblings.index(last[0]) + 1]
                found.append(self._several(run, "point"))
        return found

    @staticmethod
    def _by_label(calls: list[Block], labels: tuple[str, ...]) -> list[Block]:
        exact = [b for b in calls if b.labels == labels] or [b for b in calls if b.labels == ("".join(labels),)]
        if exact:
            return exact
        if len(labels) == 1:
            return [b for b in calls if b.labels[-1:] == labels]
        return [b for b in calls if b.labels[-len(labels) :] == labels]

    def _sentence(self, region: Region, place: Place) -> list[Region]:
        blocks = [b for b in region.blocks if b.kind in {"paragraph", "call", "quote"}]
        by_words = bool(place.beginning or place.ending or place.containing)
        if not by_words and len(blocks) > 1 and region.unit in {"paragraph", "point"}:
            blocks = blocks[:1]
        if len(blocks) > 1 and not by_words:  # "the opening sentence" is the motion's; others need their paragraph
            blocks = {1: blocks[:1], -1: blocks[-1:]}.get(place.ordinal, [])
        if not blocks:
            return []
        found: list[Region] = []
        for block in blocks:
            seen = visible(self.text.inline(block))
            spans = sentences(seen.text)
            if place.labels and place.labels[0].isdigit():
                place = replace(place, ordinal=int(place.labels[0]), labels=())
            if place.ordinal:
                if place.ordinal < 0:
                    size = place.count if place.ordinal == -1 else 1
                    first = len(spans) - (size if place.ordinal == -1 else -place.ordinal)
                else:
                    first, size = place.ordinal - 1, place.count
                if first < 0 or first + size > len(spans):
                    continue
                spans = [(spans[first][0], spans[first + size - 1][1])]
            for start, end in spans:
                if self._described(seen.text[start:end], place):
                    found.append(
                        Region(
                            "sentence",
                            block.content + seen.starts[start],
                            block.content + seen.ends[end - 1],
                            (block,),
                            name=f"{print_place(place)} of {self.text.address(block)}",
                        )
                    )
        return found

    def _line(self, region: Region, place: Place) -> list[Region]:
        numbers = self.lines.lines
        if region.unit != "motion":
            inside = {b.id for b in region.blocks}
            numbers = tuple(line for line in numbers if line.block in inside)
        first = place.ordinal or (int(place.labels[0]) if place.labels and place.labels[0].isdigit() else 0)
        last = int(place.until[0]) if place.until and place.until[0].isdigit() else first
        index = len(numbers) + first if first < 0 else first - 1
        stop = index + 1 if first < 0 else last
        chosen = numbers[index:stop] if first and index >= 0 else ()
        name = print_place(place)
        if not chosen:  # printed elsewhere with other lines: the quoted words must do without
            return [replace(region, loose=True, name=name, unit="line")] if first else []
        blocks = tuple(b for b in self.text.blocks if b.id in {line.block for line in chosen})
        return [Region("line", chosen[0].start, chosen[-1].end, blocks, wide=region.end, loose=True, name=name)]

    def _heading(self, region: Region, place: Place) -> list[Region]:
        return self._pick_numbered([b for b in region.blocks if b.kind == "heading"], place, "heading")

    def _table(self, region: Region, place: Place) -> list[Region]:
        return self._pick_numbered([b for b in region.blocks if b.kind == "table"], place, "table")

    def _pick_numbered(self, blocks: list[Block], place: Place, unit: str) -> list[Region]:
        if place.labels and place.labels[0].isdigit():
            place = replace(place, ordinal=int(place.labels[0]), labels=())
        return self._pick(blocks, place, unit)

    def _row(self, region: Region, place: Place) -> list[Region]:
        last = place.ordinal == -1 and place.count == 1  # other rows are counted in two ways: with the headings or not
        if not place.beginning and not place.containing and not last:
            return []
        found = []
        for line in self.lines.lines:
            block = self.text.block(line.block)
            inside = region.start <= line.start < max(region.end, region.wide)
            if block and block.kind == "table" and inside and self._described(line.text.strip("| "), place):
                found.append(Region("row", line.start, line.end, (block,), name=print_place(place)))
        if last:  # of each table
            return list({region.blocks[0].id: region for region in found}.values())
        return found

    def _list(self, region: Region, place: Place) -> list[Region]:
        lists: dict[int, list[Block]] = {}
        for block in region.blocks:
            if block.kind == "call":
                lists.setdefault(block.list_no, []).append(block)
        return [self._span("list", blocks) for blocks in lists.values()]

    def _passage(self, region: Region, place: Place) -> list[Region]:
        """Words that only say where to look."""
        found, _ = self.words(Words(quote=place.containing, every=True), [region])
        return [Region("passage", m.start, m.end, tuple(b for b in self.text.blocks if b.id == m.first),
                       name=f"{quoted(short(place.containing))}") for m in found]  # fmt: skip

    # --- words -------------------------------------------------------------------------------------------


def _led_by(words: str, heading: str) -> bool:
    """``Background: ...``, ``Rule 14.4 The Committee ...``."""
    folded = folded_text(words).lower().lstrip("'*_#. ")
    after = folded[len(heading) :]
    return folded.startswith(heading) and (
        after.lstrip()[:1] in {":", "–"} or (heading[-1:].isdigit() and after[:1] == " ")
    )


def _titled(words: str, rule: str) -> bool:
    """Whether a heading is a rule's number with its name: ``Rule 4.2 - Membership``."""
    return re.match(rf"{re.escape(rule)}\s*[–—:-]", _bare_heading(words)) is not None


def _bare_heading(words: str) -> str:
    return folded_text(words).lower().strip(" .:'#*_")


def locator(text: MotionText, lines: LineMap) -> Locator:
    """A motion and its line map, ready for looking up."""
    return Locator(text, lines, Finder(text))
