"""The registry of kinds: one entry a family of document. A new kind is an entry here, its fields and its view."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from toolkit_builder.kinds import campaigns, conferences, fields, pages, papers, people
from toolkit_builder.model import Kind

_EXAMPLES = Path(__file__).parent / "examples"


# The first kind whose folder fits a path is the path's kind, so the catch-all comes last.
KINDS: tuple[Kind, ...] = (
    Kind(name="conference", label="Conference", plural="Conferences", fields=fields.ConferenceFields,
         folder="conferences/{conference}/index.md", url="/conferences/{conference}/", template="conference.html",
         view=conferences.conference),
    Kind(name="motion", label="Motion", plural="Motions", fields=fields.MotionFields, body="paper", numbered=True,
         folder="conferences/{conference}/motions/**", url="/conferences/{conference}/motions/{number}/",
         template="motion.html", view=papers.motion),
    Kind(name="amendment", label="Amendment", plural="Amendments", fields=fields.AmendmentFields, body="amendment",
         folder="conferences/{conference}/amendments/**", url="/conferences/{conference}/amendments/{number}/",
         numbered=True, template="amendment.html", view=papers.amendment_page),
    Kind(name="composite", label="Composite", plural="Composites", fields=fields.CompositeFields, body="paper",
         folder="conferences/{conference}/composites/**", url="/conferences/{conference}/composites/{number}/",
         numbered=True, template="composite.html", view=papers.composite),
    Kind(name="bulletin", label="Bulletin", plural="Bulletins", fields=fields.BulletinFields, body="bulletin",
         folder="conferences/{conference}/bulletins/**", url="/conferences/{conference}/bulletins/{issue}/",
         template="bulletin.html", view=conferences.bulletin),
    Kind(name="plan", label="Plan", plural="Plans", fields=fields.PlanFields, body="plan",
         folder="plans/**", url="/plans/{name}/", template="plan.html", view=campaigns.plan),
    Kind(name="toolkit", label="Toolkit", plural="Toolkits", fields=fields.ToolkitFields,
         folder="toolkits/{toolkit}/index.md", url="/toolkits/{toolkit}/", template="toolkit.html",
         view=campaigns.toolkit),
    Kind(name="resource", label="Resource", plural="Resources", fields=fields.ResourceFields, body="resource",
         folder="toolkits/{toolkit}/**", url="/toolkits/{toolkit}/{name}/", template="resource.html",
         view=campaigns.resource),
    Kind(name="branch", label="Branch", plural="Branches", fields=fields.BranchFields,
         folder="branches/**", url="/branches/{name}/", template="branch.html", view=people.branch),
    Kind(name="update", label="Branch update", plural="Branch updates", fields=fields.UpdateFields,
         folder="updates/{series}/**", url="/updates/{series}/{name}/", template="update.html", view=people.update),
    Kind(name="news", label="News", plural="News", fields=fields.NewsFields,
         folder="news/**", url="/news/{name}/", template="news.html", view=pages.news),
    Kind(name="page", label="Page", plural="Pages", fields=fields.PageFields,
         folder="**", url="/{path}/", template="page.html", view=pages.page),
)  # fmt: skip

_WITH_A_FRONT = {"plans/**", "branches/**", "updates/{series}/**", "news/**"}
"""Folders whose index.md is no plan, branch or news but a page: what stands above the list of them."""

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


@cache
def example(kind: str) -> str:
    """A whole source file of that kind that decodes cleanly: what `toolkit new` writes and the tests build."""
    return (_EXAMPLES / f"{kind}.md").read_text(encoding="utf-8")


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    def regex(folder: str) -> re.Pattern[str]:
        front = r"(?!index\.md$)" if folder in _WITH_A_FRONT else ""
        escaped = re.escape(folder).replace(r"\*\*", front + r"(?P<path>.+)\.md")
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", escaped))

    return tuple((kind, regex(kind.folder)) for kind in KINDS)


def kind_of(path: str) -> tuple[Kind, dict[str, str]]:
    """The kind of a source file and the names captured from its path below ``content/``.

    ``path`` in the captures is the part that ``**`` stands for, without ``.md``.
    """
    below = path.removeprefix("content/")
    for kind, pattern in _patterns():
        if match := pattern.fullmatch(below):
            return kind, match.groupdict()
    raise ValueError(f"{path} is not a Markdown file")
