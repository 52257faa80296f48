"""A linked ``Site`` in; the old addresses that lead on to its pages out, and those that cannot."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from urllib.parse import unquote

from msgspec import Struct

from toolkit_builder.decode import field_diagnostic
from toolkit_builder.diagnostics import Diagnostic
from toolkit_builder.model import Document
from toolkit_builder.site import Site

_NO_PATH = re.compile(r"[\x00-\x1f\x7f?#%:*\"<>|\\]")


class Redirect(Struct, frozen=True):
    """An address that leads on to ``target``; ``doc`` claims it, or nobody where it is the bare address of the site."""

    url: str
    target: str
    title: str
    language: str
    doc: Document | None = None


def redirects(site: Site, taken: Container[str], texts: Mapping[str, str]) -> tuple[list[Redirect], list[Diagnostic]]:
    """Every alias that is free. ``taken``: the addresses of pages; ``texts``: each file's text, to show the place."""
    found: list[Redirect] = []
    problems: list[Diagnostic] = []
    claimed: dict[str, Document] = {}
    config = site.config
    if config.home in taken and "/" not in taken:
        found.append(Redirect("/", config.home, config.title, config.language))
    for doc in site.having("aliases"):
        for n, alias in enumerate(doc.fields.aliases):
            url = _address(alias)
            if said := _fault(url) or _whose(url, doc, taken, claimed):
                code, message, hint = said
                problems.append(
                    field_diagnostic(
                        code,
                        f"the alias '{alias}' {message}",
                        texts.get(doc.path, ""),
                        doc.path,
                        ("aliases", n),
                        hint=hint,
                    )
                )
                continue
            if url.casefold() not in claimed:  # one page may well say the same twice
                claimed[url.casefold()] = doc
                found.append(Redirect(url, doc.url, doc.title, doc.fields.language or config.language, doc))
    return found, problems


def _address(alias: str) -> str:
    """An alias as a server reads it: ``/caf%C3%A9`` is ``/café/``."""
    plain = unquote(alias)
    return plain if plain.endswith(("/", ".html")) else f"{plain}/"


def _fault(url: str) -> tuple[str, str, str] | None:
    if {".", ".."} & set(url.split("/")) or "\\" in url:
        return "S401", "leads out of the site", "write an address from the root, such as /news/old-name/"
    if "//" in url or _NO_PATH.search(url):
        hint = 'leave out what begins with ? or #, and % : * " < > |'
        return "S401", "is no address that a server can lead on from", hint
    return None


def _whose(
    url: str, doc: Document, taken: Container[str], claimed: Mapping[str, Document]
) -> tuple[str, str, str] | None:
    other = claimed.get(url.casefold(), doc)
    if url not in taken and other is doc:
        return None
    whose = other.path if other is not doc else "a page that exists"
    return "S402", f"is taken by {whose}", "remove it from one of them"
