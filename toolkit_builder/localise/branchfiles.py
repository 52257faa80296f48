"""A site's branches in; for each a small file of what every template shows of it, and the list of them all, out.

Pages that make documents load the list, and one branch's file when that branch is picked: as scripts, because a page
that was opened from a memory stick may load scripts beside it and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from toolkit_builder import logos
from toolkit_builder.localise import documents, fields, languages, resources
from toolkit_builder.localise.resources import Template
from toolkit_builder.model import Document, Payload
from toolkit_builder.site import Site

LIST = "assets/branches/list.js"


class BranchFile(Struct, frozen=True, kw_only=True):
    """One file: its place in the site, what ``formats.make`` is handed for it, and the documents that it is made of."""

    path: str
    format: str
    payload: Payload
    documents: tuple[Document, ...]
    logo: str = ""
    """The path of the branch's logo, whose bytes the file holds."""


def files(site: Site) -> Iterator[BranchFile]:
    """The list of branches, and each branch's own file; nothing where no page makes documents."""
    every = resources.templates(site)
    branches = site.all("branch")
    if site.config.localise == "off" or not every or not branches:
        return
    listed = [[b.name, b.title, b.fields.region] for b in branches]
    yield BranchFile(path=LIST, format="make-branches", payload={"branches": listed}, documents=tuple(branches))
    for branch in branches:
        plain = documents.branch_of(branch, site)
        yield BranchFile(
            path=f"assets/branches/{branch.name}.js",
            format="make-branch",
            documents=(branch,),
            logo=logos.place(branch.fields.logo),
            payload={"name": branch.name, "address": documents.address(plain), "values": values(plain, every)},
        )


def values(branch: Payload, every: Sequence[Template]) -> Payload:
    """What templates show of a branch: by language, and by template what the branch says for that one alone."""
    spoken: Payload = {}
    own: Payload = {}
    for template in every:
        tag = languages.tag(template.language)
        scope = documents.scope(template, branch)
        said = {"fields": scope["fields"], "chosen": fields.choices(branch, template.compiled)}
        if len(template.family) > 1 and not template.original:
            said["variant"] = variant_id(resources.variant(template, branch) or template)
        own[key(template)] = said
        logo = documents.logo(branch, template, scope["branch"])
        words = {name: scope[name] for name in ("branch", "contact", "meeting")}
        spoken.setdefault(tag, words | ({"logo_alt": logo["alt"]} if logo else {}))
    return {"spoken": spoken, "own": own}


def key(template: Template) -> str:
    """How a branch's file calls a template."""
    return f"{template.folder}/{template.name}"


def variant_id(template: Template) -> str:
    """``cy``, or ``cy+en:side``, ``cy+en:after``: the languages of a document, and how they stand."""
    if not template.parts:
        return languages.tag(template.language)
    layout = "side" if template.layout == languages.SIDE else "after"
    return f"{'+'.join(languages.tag(part.language) for part in template.parts)}:{layout}"
