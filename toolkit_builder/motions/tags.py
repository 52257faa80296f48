"""A raw HTML tag as an author typed it -> what to do with it: keep it, leave the tag out, or show it as text.

The sanitiser would silently take away what it does not allow, and words with it ("if a <b and c> d"). So
every tag is judged here first, where the source line is still known; nh3 has the last word on safety.
"""

from __future__ import annotations

import re
from enum import Enum

from toolkit_builder.patterns import pattern


def names(spaced: str) -> frozenset[str]:
    """Names written with spaces between them, as a set."""
    return frozenset(spaced.split())


KEPT = names(
    "a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark nav ol p pre q rp rt "
    "ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr"
)
"""Tags that content may use as they are."""

HIDDEN = frozenset({"script", "style"})
"""Elements whose content is no text: they go, with a report."""

DROPPED = names(
    "applet audio base body button canvas datalist dialog embed fieldset font form frame frameset head html iframe "
    "input label legend link main map area marquee menu meta meter noembed noframes noscript object optgroup option "
    "output param picture plaintext portal progress select slot source svg math template textarea title tt track "
    "video xmp strike big blink basefont hgroup search script style"
)
"""Real tags that content may not use: the tag goes, the words in it stay."""

BLOCKS = names(
    "address article aside blockquote center details dialog dd div dl dt fieldset figcaption figure footer form h1 "
    "h2 h3 h4 h5 h6 header hr iframe legend li link main meta nav ol p pre script search section style summary "
    "table tbody td tfoot th thead title tr ul object video audio svg math noscript template html head body"
)
"""Tags that start a block of raw HTML when they start a line."""

_BARE = names("open reversed hidden controls nowrap checked disabled selected required async defer muted loop")

TAG = pattern(
    r"</?(?P<name>[A-Za-z][A-Za-z0-9-]*)"
    r"(?P<attrs>(?:\s++[^\s\"'<>/=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+)\s*+/?>"
)
_NAME = re.compile(r"\s([^\s\"'<>/=]+)(\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?")


class Verdict(Enum):
    KEEP = "keep"
    DROP = "drop"
    TEXT = "text"


def judge(tag: str) -> tuple[Verdict, str, tuple[str, ...]]:
    """A tag with its angle brackets -> (what to do, its lower-case name, names of its ``on...`` attributes)."""
    match = TAG.fullmatch(tag)
    if match is None:
        return Verdict.TEXT, "", ()
    name = match["name"].lower()
    if name not in KEPT and name not in DROPPED:
        return Verdict.TEXT, name, ()
    handlers: list[str] = []
    for attribute, value in _NAME.findall(match["attrs"]):
        if not value and attribute.lower() not in _BARE:
            return Verdict.TEXT, name, ()  # "<b and c>": words, not a tag
        if attribute.lower().startswith("on"):
            handlers.append(attribute.lower())
    return (Verdict.KEEP if name in KEPT else Verdict.DROP), name, tuple(handlers)
