"""The inline text of one block (emphasis, links, code ...) -> HTML, by Python-Markdown and with its exact output.

Most of Python-Markdown's time goes into trying every inline pattern on text that cannot match. Here a pattern is
passed over when the text lacks the character every match of it needs, text that has none of those characters is
only escaped, and one whose only marks are plain emphasis and links is done at once. ``Engine(shortcuts=False)`` runs
the stock processor on everything: the tests prove the two equal.
"""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as etree
from collections.abc import Callable
from typing import Any

import markdown
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.inlinepatterns import InlineProcessor as Pattern
from markdown.serializers import to_html_string
from markdown.treeprocessors import InlineProcessor
from markdown.util import AMP_SUBSTITUTE, HTML_PLACEHOLDER, AtomicString

from toolkit_builder.motions.inline import no_marks
from toolkit_builder.motions.tags import HIDDEN, Verdict, judge
from toolkit_builder.prose.simple import has_marks, simply

Tell = Callable[[str, str], None]
"""Called with what happened (``script``, ``left-out``, ``handler``, ``no-alt``) and the offending text."""

# What a match of each pattern cannot do without. A pattern that is not named here is always tried.
_NEEDS = {
    "backtick": "`",
    "escape": "\\",
    "footnote": "[^",
    "reference": "[",
    "link": "](",
    "image_link": "![",
    "image_reference": "![",
    "short_reference": "[",
    "short_image_ref": "![",
    "autolink": "://",
    "automail": "@",
    "linebreak": "  \n",
    "html": "<",
    "entity": "&",
    "em_strong": "*_",
}
_EITHER = {"em_strong"}
_NEED_A_DEFINITION = {"reference", "image_reference", "short_reference", "short_image_ref"}


_STX_CODE = re.compile("\x02(\\d+)\x03")
_PLACEHOLDER = re.compile(HTML_PLACEHOLDER % "([0-9]+)")
_HARD_BREAK = re.compile(r"(?<!\\)\\\n")
_HIDDEN_ELEMENT = r"<(?:script|style)\b[^<>]*>(?:(?!<(?:script|style)\b).)*?</(?:script|style)\s*>"
_ATTRIBUTE = r"""(?:[#.][\w:-]+|(?:title|lang|dir|width|height|loading|hreflang)=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+))"""
ATTRIBUTES = re.compile(r"\{:?[ ]*((?:" + _ATTRIBUTE + r")(?:[ ]+" + _ATTRIBUTE + r")*)[ ]*\}")
"""``{#id .class lang=cy}``, and nothing that could be a word or a field: ``{{ director }}`` stays text."""
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE)


class _RawHtml(HtmlInlineProcessor):
    """Raw tags are judged one by one; script and style go with what is in them."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(f"({_HIDDEN_ELEMENT})|{HTML_RE}", engine.md)
        self.compiled_re = re.compile(self.pattern, re.DOTALL | re.IGNORECASE)
        self.engine = engine

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]
        if m.group(1):
            self.engine.tell("script", self.backslash_unescape(self.unescape(m.group(1))))
            return self.md.htmlStash.store(""), m.start(0), m.end(0)
        raw = self.backslash_unescape(self.unescape(m.group(2)))
        if raw.startswith("<!--"):
            return self.md.htmlStash.store(""), m.start(0), m.end(0)
        verdict, name, handlers = judge(raw)
        if verdict is Verdict.TEXT or name in HIDDEN:
            return None, m.start(0), m.start(0) + 1
        for handler in handlers:
            self.engine.tell("handler", handler)
        if verdict is Verdict.DROP:
            if raw[1] != "/":
                self.engine.tell("left-out", raw)
            return self.md.htmlStash.store(""), m.start(0), m.end(0)
        return self.md.htmlStash.store(raw), m.start(0), m.end(0)


class _FootnoteMark(Pattern):
    """``[^name]`` where such a note is defined."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(r"\[\^([^\]\s]+)\]", engine.md)
        self.engine = engine

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]
        mark = self.engine.footnote(m.group(1))
        if mark is None:
            return None, m.start(0), m.end(0)
        return self.md.htmlStash.store(mark), m.start(0), m.end(0)


class _Gated(InlineProcessor):
    """The stock processor, which passes over patterns that cannot match.

    Its loop is a private method of the base class, which calls it by this mangled name itself, so overriding the
    name is enough. Where a future version names it otherwise, the stock loop runs: slower, the same output.
    """

    gates: list[tuple[Any, str, bool, bool]]

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        if isinstance(data, AtomicString) or not has_marks(data):
            return data
        gates = self.gates
        count = len(gates)
        references = self.md.references
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        start = 0
        while patternIndex < count:
            pattern, needs, either, defined = gates[patternIndex]
            if start == 0 and (
                (defined and not references)
                or not ((needs[0] in data or needs[1] in data) if either else needs in data)
            ):
                patternIndex += 1
                continue
            data, matched, start = apply(pattern, data, patternIndex, start)
            if not matched:
                patternIndex += 1
        return data


class Engine:
    """One Markdown instance. ``tell`` and ``footnote`` are set by whoever converts; ``render`` is one block's text."""

    def __init__(self, *, shortcuts: bool = True) -> None:
        self.shortcuts = shortcuts
        self.md = markdown.Markdown(output_format="html")
        self.tell: Tell = silence
        self.footnote: Callable[[str], str | None] = no_note
        patterns = self.md.inlinePatterns
        patterns.register(_RawHtml(self), "html", 90)
        patterns.register(_FootnoteMark(self), "footnote", 175)
        if shortcuts:
            inline = _Gated(self.md)
            names = {id(patterns[name]): name for name in _NEEDS if name in patterns}
            inline.gates = [
                (p, _NEEDS.get(name, ""), name in _EITHER, name in _NEED_A_DEFINITION)
                for p in patterns
                for name in [names.get(id(p), "")]
            ]
            self.md.treeprocessors.register(inline, "inline", 20)
        self._inline = self.md.treeprocessors["inline"]

    def reset(self, tell: Tell, footnote: Callable[[str], str | None]) -> None:
        """Forget the last document."""
        self.md.reset()
        self.tell, self.footnote = tell, footnote

    @property
    def references(self) -> dict[str, tuple[str, str]]:
        """Link definitions (``[name]: address "title"``): lower-case name -> (address, title)."""
        found: dict[str, tuple[str, str]] = self.md.references
        return found

    def render(self, text: str) -> str:
        """The text of one block as HTML."""
        if self.shortcuts and not has_marks(text):
            return escape(text)
        if self.shortcuts and (simple := simply(text)) is not None:
            return simple
        text = _spelled_out(text)
        root = etree.Element("div")
        block = etree.SubElement(root, "p")
        block.text = text
        self._inline.run(root)
        self._finish(block)
        html = to_html_string(root)
        html = html[html.index("<p>") + 3 : html.rindex("</p>")]
        if self.md.htmlStash.html_counter:
            stash = self.md.htmlStash.rawHtmlBlocks
            html = _unstash(html, stash)
            self.md.htmlStash.reset()
        return html.replace(AMP_SUBSTITUTE, "&") if AMP_SUBSTITUTE in html else html

    def _finish(self, block: etree.Element) -> None:
        """Attribute lists, missing alt texts, line breaks, and the characters that backslashes protected."""
        for element in block.iter():
            tail = element.tail
            if tail and element is not block:
                if tail.startswith("{"):
                    self._assign(element, tail)
                elif element.tag == "br" and not tail.startswith("\n"):
                    element.tail = "\n" + tail
            if element.tag == "img" and not element.get("alt"):
                self.tell("no-alt", element.get("src", ""))
        for element in block.iter():
            if element.text and element.tag != "code" and "\x02" in element.text:
                element.text = _STX_CODE.sub(_char, element.text)
            if element.tail and "\x02" in element.tail:
                element.tail = _STX_CODE.sub(_char, element.tail)
            for key, value in element.items():
                if "\x02" in value:
                    element.set(key, _STX_CODE.sub(_char, value))

    @staticmethod
    def _assign(element: etree.Element, tail: str) -> None:
        match = ATTRIBUTES.match(tail)
        if match:
            for key, value in attributes(match[1]):
                element.set(key, f"{element.get(key)} {value}" if key == "class" and element.get(key) else value)
            element.tail = tail[match.end() :]


def _spelled_out(text: str) -> str:
    """A text for Markdown whose asterisks and underscores are marks or escaped, and whose line breaks are spaces:
    what is a mark is for ``no_marks`` to say, so that a page and a motion's numbered lines have the same words."""
    if "\\\n" in text:
        text = _HARD_BREAK.sub("  \n", text)
    if "*" not in text and "_" not in text:
        return text
    done = 0
    out: list[str] = []
    for at in no_marks(text):
        out += text[done:at], "\\"
        done = at
    return "".join(out) + text[done:]


def _unstash(html: str, stash: list[Any]) -> str:
    """Raw pieces back in place; a piece may hold the placeholder of another (a tag inside a link's address)."""
    for _ in range(4):
        if "\x02" not in html:
            break
        html = _PLACEHOLDER.sub(lambda m: str(stash[int(m[1])]) if int(m[1]) < len(stash) else "", html)
    return html


def attributes(text: str) -> list[tuple[str, str]]:
    """The inside of an attribute list, in order; ``.name`` is a class, ``#name`` an id."""
    found: list[tuple[str, str]] = []
    for piece in _EACH_ATTRIBUTE.findall(text):
        if piece[0] in "#.":
            found.append(("id" if piece[0] == "#" else "class", piece[1:]))
        else:
            key, _, value = piece.partition("=")
            found.append((key, value.strip("\"'")))
    return found


def attribute_html(text: str) -> str:
    """The inside of ``{#id .class}`` as HTML attributes."""
    classes = " ".join(value for key, value in attributes(text) if key == "class")
    others = {key: value for key, value in attributes(text) if key != "class"}
    if classes:
        others["class"] = classes
    return "".join(f' {key}="{escape_all(value).replace(chr(34), "&quot;")}"' for key, value in sorted(others.items()))


def escape(text: str) -> str:
    """Plain text for an HTML fragment, as Python-Markdown's serialiser writes it."""
    if "&" in text:
        text = re.sub(r"&(?!(?:#[0-9]+|#x[0-9a-f]+|[0-9a-z]+);)", "&amp;", text, flags=re.IGNORECASE)
    return text.replace("<", "&lt;").replace(">", "&gt;")


def escape_all(text: str) -> str:
    """Plain text for an HTML fragment, with nothing read as an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _char(match: re.Match[str]) -> str:
    return chr(int(match[1]))


def silence(_what: str, _text: str) -> None:
    return None


def no_note(_name: str) -> str | None:
    return None


_local = threading.local()


def shared(*, shortcuts: bool = True) -> Engine:
    """This thread's engine, built once (building takes a few milliseconds)."""
    name = "fast" if shortcuts else "stock"
    engine: Engine | None = getattr(_local, name, None)
    if engine is None:
        engine = Engine(shortcuts=shortcuts)
        setattr(_local, name, engine)
    return engine


__all__ = ["ATTRIBUTES", "Engine", "attributes", "escape", "escape_all", "shared"]
