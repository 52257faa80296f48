"""A saved page's tree in; the same without what its programs wrote around the words: comments above all.

Word, Google Docs and councils' committee pages each have their own ways to say comment, change, bold and "a link".
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from toolkit_builder.diagnostics import Diagnostic, Span, note

Node = Any

_COMMENTS = (
    "[style*='mso-element:comment'], .msocomtxt, .MsoCommentText, .MsoCommentReference, .msocomanchor, .msocomoff, "
    "[class*='comment-reference'], sup:has(> a[href^='#cmnt']), a[href^='#cmnt']:not([href^='#cmnt_ref'])"
)
_OF_GOOGLE = "a[href^='#cmnt_ref']"
_STYLE = re.compile(r"\s*([\w-]+)\s*:\s*([^;]+)")
_LISTS = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
          "upper-roman": "I", "decimal": "1"}  # fmt: skip


def without_comments(root: Node, path: str, problems: list[Diagnostic]) -> None:
    """Comments are never published: neither their words nor their marks."""
    count = 0
    for node in root.css(_OF_GOOGLE):  # the comment is the block around the link back to its mark
        block: Node = node
        while block.parent is not None and block.parent.tag in {"p", "div", "span", "sup"} and block.tag != "div":
            block = block.parent
        count += 1
        block.decompose()
    for node in root.css(_COMMENTS):
        if node.parent is not None:
            count += "comment-list" in (node.attributes.get("style") or "") or "msocomtxt" in _classes(node)
            node.decompose()
    if count:
        problems.append(note("I109", "comments were left out (comments are never published)", Span(path)))


def tracked(root: Node) -> bool:
    """Whether a text says what was inserted and deleted since."""
    return root.css_first("ins, del") is not None


def settle(root: Node, *, accept: bool) -> None:
    """The text with its changes accepted, or without them."""
    for node in root.css("del" if accept else "ins"):
        node.decompose()
    for node in root.css("ins, del"):
        node.unwrap()


def report_struck(root: Node, path: str, problems: list[Diagnostic]) -> None:
    """Words that are struck through: whether they are meant to go, only a person knows."""
    struck = [n.text(deep=True) for n in root.css("s, strike, [style*='line-through']")]
    if words := " ".join(" ".join(struck).split()):
        message = f"words that are struck through were kept as words of the text: '{words}'"
        problems.append(note("I115", message, Span(path), hint="take them out if they are meant to be deleted"))


def mark_of(node: Node) -> str:
    """``bold``, ``italic`` or nothing: by an element's name, or by the style that a program gave it instead."""
    said = style(node)
    weight, slant = said.get("font-weight", ""), said.get("font-style", "")
    if node.tag in {"strong", "b"} and weight not in {"normal", "400"}:
        return "bold"
    if node.tag in {"em", "i", "cite"} and slant != "normal":
        return "italic"
    if node.tag == "span" and (weight == "bold" or re.fullmatch(r"[6-9]00", weight)):
        return "bold"
    return "italic" if node.tag == "span" and slant in {"italic", "oblique"} else ""


def list_type(node: Node) -> str:
    """``a``, ``i``, ``A``, ``I`` or ``1``: how a list counts; empty where it does not say."""
    first = next((child for child in node.iter() if child.tag == "li"), None)
    styled = style(node).get("list-style-type") or (style(first).get("list-style-type") if first is not None else "")
    return (node.attributes.get("type") or "") or _LISTS.get(styled or "", "")


def target(address: str) -> str:
    """Where a link leads, not by way of a search engine that would count who follows it."""
    try:
        parts = urlsplit(address)
        if re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", parts.netloc) and parts.path == "/url":
            query = parse_qs(parts.query)
            return (query.get("q") or query.get("url") or [address])[0]
    except ValueError:
        pass
    return address


def style(node: Node) -> dict[str, str]:
    """The declarations of a ``style`` attribute."""
    written = (node.attributes.get("style") or "")[:2000]
    return {name.lower(): value.strip().lower() for name, value in _STYLE.findall(written)}


def _classes(node: Node) -> list[str]:
    return (node.attributes.get("class") or "").split()
