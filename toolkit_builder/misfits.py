"""A site's pages, theme and settings in; what does not fit together out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from toolkit_builder import logos, pictures
from toolkit_builder.decode import field_diagnostic
from toolkit_builder.diagnostics import Diagnostic, Severity, Span, error, warning
from toolkit_builder.kinds.shapes import slug
from toolkit_builder.linking.following import without_followers
from toolkit_builder.linking.leads import LINKED, broken_link
from toolkit_builder.patterns import pattern
from toolkit_builder.site import Site
from toolkit_builder.sources import Asset
from toolkit_builder.theme import Theme


class Listed(NamedTuple):
    """A page as the rest of the site knows it. ``path`` is its document's file, empty where no document makes it."""

    url: str
    template: str
    kind: str
    path: str
    updated: str

    @property
    def label(self) -> str:
        return self.path or f"the page {self.url}"


def address_clashes(listed: Sequence[Listed]) -> list[Diagnostic]:
    seen: dict[str, Listed] = {}
    found = []
    for page in listed:
        other = seen.setdefault(page.url.casefold(), page)
        if other is not page and not (page.path and other.path):
            found.append(
                error(
                    "S403",
                    f"{page.label} would be published at {page.url}, and so would {other.label}",
                    Span(page.path),
                    hint="give it another slug",
                )
            )
    return found


def missing_templates(listed: Sequence[Listed], theme: Theme) -> list[Diagnostic]:
    names = sorted(name for name in {p.template for p in listed} if not theme.has(name))
    return [
        error(
            "T110",
            f"the theme has no template '{name}'",
            Span(f"themes/{theme.name}/theme.yaml"),
            hint="add it, or name 'default' as the theme's parent",
        )
        for name in names
    ]


def menu_links(site: Site, made: Container[str]) -> list[Diagnostic]:
    """Entries of the menu that lead nowhere: at times to a list that has nothing in it yet."""
    found = []
    for item in site.config.menu:
        path = re.split("[?#]", item.url, maxsplit=1)[0]
        if path.startswith("/") and path not in made and f"{path}/" not in made:
            near = site.nearest(path)
            found.append(
                warning(
                    "S306",
                    f"the menu leads to '{item.url}', and there is no such page",
                    Span("toolkit.yaml"),
                    hint=f"did you mean {near.url}?" if near else "correct the address in 'menu:'",
                )
            )
    return found


def settings_problems(site: Site, urls: Container[str]) -> list[Diagnostic]:
    """A home page or a logo that is named in toolkit.yaml and is not there."""
    found = []
    home, logo = site.config.home, site.config.organisation.logo
    if home not in urls:
        near = site.nearest(home)
        found.append(
            error(
                "C406",
                f"the home page is to be '{home}', and there is no such page",
                Span("toolkit.yaml"),
                hint=f"did you mean {near.url}?" if near else "correct the address in 'home:'",
            )
        )
    if logo and f"content/{logo.lstrip('/')}" not in site.assets:
        found.append(
            error(
                "S206",
                f"there is no picture '{logo}' in content/",
                Span("toolkit.yaml"),
                hint="write its path below content/, such as images/logo.svg",
            )
        )
    return found


_RUNS = pattern(
    r"\.(?:[sx]?html?|xht|mht|mhtml|xml|xslt?|svgz|[mc]?js|wasm|swf|hta|htc"
    r"|php|phtml|phar|cgi|pl|aspx?|jspx?|cfm)",
    re.IGNORECASE,
)
"""Endings of files that a browser runs in the site's name, or that a web server runs instead of sending them."""


def running_files(site: Site, assets: Sequence[Asset]) -> list[Diagnostic]:
    """Files in content/ that are programs and that nobody has vouched for; and names in toolkit.yaml of no file."""
    trusted = dict.fromkeys(name.removeprefix("content/").lstrip("/") for name in site.config.trusted_files)
    names = {asset.path.removeprefix("content/"): asset.path for asset in assets}
    found = [
        error(
            "S212",
            "this kind of file can run in the reader's browser or on the server, so it is not published unasked",
            Span(path),
            hint=f"if it is meant to be there, write in toolkit.yaml: trusted_files: [{name}]; if not, delete it",
        )
        for name, path in names.items()
        if name not in trusted and _RUNS.fullmatch(PurePosixPath(name).suffix)
    ]
    return found + [
        warning(
            "S213",
            f"there is no file '{name}' in content/ to be trusted",
            Span("toolkit.yaml"),
            hint="correct its path, or take it out of 'trusted_files:'",
        )
        for name in trusted
        if name not in names
    ]


def unusable_logos(
    site: Site, assets: Sequence[Asset], texts: Mapping[str, str], *, alone: bool = False
) -> list[Diagnostic]:
    """Branches' logos that cannot be printed. ``alone``: nobody else says of drawings that something runs in them."""
    known = {asset.path: asset for asset in assets}
    faults: dict[str, logos.Fault | None] = {}
    found = []
    for doc in site.having("logo"):
        path = logos.place(doc.fields.logo)
        asset = known.get(f"content/{path}")
        if asset is None or not logos.kind(path):
            continue  # nothing is there: linking has said so
        if path not in faults:
            faults[path] = logos.too_large(path, asset.size) or _unusable(path, asset.read(), alone=alone)
        if fault := faults[path]:
            text = texts.get(doc.path, "")
            found.append(field_diagnostic("S215", fault[0], text, doc.path, ("logo",), hint=fault[1]))
    return found


def _unusable(path: str, data: bytes, *, alone: bool) -> logos.Fault | None:
    said = not alone and logos.is_drawing(path) and pictures.drawing(data, path)
    return None if said else logos.unusable(path, data)


def alike_subjects(site: Site, texts: Mapping[str, str]) -> list[Diagnostic]:
    """Tags that are written in two ways and have one page; and those that have no letter to make an address of."""
    if all(_alike(site)):
        return []
    seen: dict[str, tuple[str, str]] = {}
    found = []
    for doc in site.documents:
        for at, name in enumerate(doc.fields.tags):
            first, where = seen.setdefault(slug(name), (name, doc.path))
            nothing = not any(map(str.isalnum, name))
            if not nothing and first.casefold() == name.casefold():
                continue
            message = f"the subjects '{name}' and '{first}' ({where}) have one page, since only their signs differ"
            found.append(
                field_diagnostic(
                    "S214",
                    f"the subject '{name}' has no letter and no digit" if nothing else message,
                    texts.get(doc.path, ""),
                    doc.path,
                    ("tags", at),
                    hint="write it in letters" if nothing else "write it the same way everywhere, or name it otherwise",
                    severity=Severity.WARNING,
                )
            )
    return found


def _alike(site: Site) -> Iterator[bool]:
    """Of each subject of each volume, whether everybody writes it as somebody does in the volume before."""
    names: dict[str, str] = {}
    for known in site.facts.values():
        for key, (name, _, alike) in known.subjects.items():
            yield alike and names.setdefault(key, name.casefold()) == name.casefold()


def late_links(
    site: Site, listed: Sequence[Listed], assets: Sequence[Asset], texts: Mapping[str, str]
) -> list[Diagnostic]:
    """Links from the root that lead neither to a document nor to a page or file that the builder makes."""
    made = (
        {p.url for p in listed}
        | {f"/{a.path.removeprefix('content/')}" for a in assets}
        | {"/feed.xml", "/sitemap.xml"}
    )
    made |= {a for d in site.having("aliases") for a in d.fields.aliases}
    found = [*menu_links(site, made), *settings_problems(site, {p.url for p in listed})]
    for doc, link, path in site.late:
        if path not in made and f"{path}/" not in made:
            near = site.nearest(path)
            found.append(
                broken_link(
                    doc,
                    link,
                    f"there is no page '{path}' on this site",
                    f"did you mean {near.url}? ({near.path})" if near else LINKED,
                    texts,
                )
            )
    return without_followers(found, site.unread)
