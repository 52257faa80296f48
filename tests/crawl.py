"""A folder of published files comes in; everything that is wrong with it as a site goes out, a sentence each.

It knows nothing of the builder: it reads what a web server would send, and asks what a browser, a screen reader, a
feed reader or a search engine would trip over.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_FETCHED = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("img", "srcset"),
    ("iframe", "src"),
    ("video", "src"),
    ("audio", "src"),
    ("video", "poster"),
    ("object", "data"),
    ("embed", "src"),
    ("use", "href"),
    ("image", "href"),
    ("form", "action"),
}
_FOLLOWED = {("a", "href"), ("area", "href")}
_NAMED = {"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "headers", "list"}
_PHRASING = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "a", "strong", "em", "dt", "summary", "label", "button"}
_BLOCKS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "figure",
    "blockquote",
    "form",
    "nav",
    "aside",
    "header",
    "footer",
    "main",
    "pre",
}
_LISTS = {
    "ul": {"li", "template"},
    "ol": {"li", "template"},
    "tr": {"td", "th"},
    "dl": {"dt", "dd", "div"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "select": {"option", "optgroup"},
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Page(HTMLParser):
    """One page: its ids, its links, and what is wrong with its markup by itself."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.ids: Counter[str] = Counter()
        self.names: list[str] = []
        self.links: list[tuple[str, str]] = []  # (how: fetched or followed, address)
        self.jsonld: list[str] = []
        self.meta: dict[str, str] = {}
        self.canonical = ""
        self.html: dict[str, str] = {}
        self.headings: list[int] = []
        self.problems: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self._script: list[str] | None = None
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is never closed" for tag in self._open]
        self.problems += [f"the id '{name}' is there {n} times" for name, n in self.ids.items() if n > 1]
        self.problems += [f"nothing has the id '{name}'" for name in self.names if name not in self.ids]
        if self.headings.count(1) != 1 and not self.is_redirect:
            self.problems.append(f"it has {self.headings.count(1)} first headings")
        for above, here in zip(self.headings, self.headings[1:], strict=False):
            if here > above + 1:
                self.problems.append(f"a heading of level {here} follows one of level {above}")

    @cached_property
    def is_redirect(self) -> bool:
        return "refresh" in self.meta

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._place(tag)
        if len(said) < len(attrs):
            self.problems.append(f"<{tag}> says an attribute twice: {sorted(n for n, _ in attrs)}")
        self._attributes(tag, said)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "script":
            kind = said.get("type", "")
            self._script = [] if kind == "application/ld+json" else None
            if kind not in {"application/ld+json", "application/json"} and "src" not in said:  # data does not run
                self.problems.append("it has a script of its own")
        if tag == "style":
            self.problems.append("it has a style sheet of its own")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def _place(self, tag: str) -> None:
        above = self._open[-1] if self._open else ""
        if above in _LISTS and tag not in _LISTS[above] | {"script", "template"}:
            self.problems.append(f"<{tag}> stands right in <{above}>")
        if tag in _BLOCKS and above in _PHRASING - {"a"}:
            self.problems.append(f"<{tag}> stands in <{above}>")
        if tag in {"a", "button"} and {"a", "button"} & set(self._open):
            self.problems.append(f"<{tag}> stands in another link or button")
        if tag == "li" and above not in {"ul", "ol", "menu", "template"}:
            self.problems.append(f"<li> stands in <{above}>")

    def _attributes(self, tag: str, said: dict[str, str]) -> None:
        for name, value in said.items():
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.problems.append(f"<{tag}> has {name}={value!r}")
            if (tag, name) in _FETCHED and said.get("rel") not in {"canonical", "alternate"}:
                self.links.append(("fetched", value))
            if (tag, name) in _FOLLOWED or (tag == "link" and name == "href" and said.get("rel") == "alternate"):
                self.links.append(("followed", value))
            if name in _NAMED:
                self.names += value.split()
        if "id" in said and "template" not in self._open:  # a template is a document of its own
            self.ids[said["id"]] += 1
            if not said["id"] or " " in said["id"]:
                self.problems.append(f"an id is {said['id']!r}")
        if tag == "img" and "alt" not in said:
            self.problems.append(f"the picture {said.get('src')} has no alt")
        if tag == "html":
            self.html = said
        if tag == "meta":
            name = said.get("property") or said.get("name") or said.get("http-equiv") or "charset"
            self.meta[name] = said.get("content", "")
        if tag == "link" and said.get("rel") == "canonical":
            self.canonical = said["href"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._script is not None:
            self.jsonld.append("".join(self._script))
            self._script = None
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.problems.append(f"</{tag}> comes where <{self._open[-1] if self._open else ''}> is open")
            if tag in self._open:
                while self._open.pop() != tag:
                    pass

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._script.append(data)
        elif not {"script", "style", "head"} & set(self._open):
            self.words.append(data)


class Published:
    """A published site, read from its files. ``root`` is the base_url that it was built for."""

    def __init__(self, output: Path, root: str) -> None:
        self.output, self.root = output, root.rstrip("/")
        self.files = {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_file()}
        self.pages = {
            path: Page(path, (output / path).read_text(encoding="utf-8"))
            for path in sorted(self.files)
            if path.endswith(".html")
        }

    def problems(self) -> list[str]:
        """Everything, in order of the pages."""
        return [*self._pages(), *self._feeds(), *self._map(), *self._styles()]

    def target(self, path: str, address: str) -> tuple[str, str]:
        """The file and the fragment that an address on the page at ``path`` leads to."""
        parts = urlsplit(address)
        if parts.path.startswith("/"):
            wanted = re.sub(f"^{re.escape(urlsplit(self.root).path)}/", "/", parts.path).lstrip("/")
        elif parts.path:
            wanted = normpath(join(dirname(path), unquote(parts.path)))
            wanted = "" if wanted == "." else wanted + ("/" if parts.path.endswith("/") else "")
        else:
            wanted = path
        wanted = unquote(wanted)
        return (f"{wanted}index.html" if wanted.endswith("/") or not wanted else wanted), unquote(parts.fragment)

    def _here(self, address: str) -> str:
        """An address of this site without its scheme and host."""
        return urlsplit(address).path if address.startswith(f"{self.root}/") else address

    def _pages(self) -> Iterator[str]:
        for path, page in self.pages.items():
            for problem in (*page.problems, *self._links(page), *self._head(page)):
                yield f"{path}: {problem}"

    def _links(self, page: Page) -> Iterator[str]:
        for how, address in page.links:
            scheme = urlsplit(address).scheme
            if how == "followed" and scheme in {"http", "https", "mailto", "tel"}:
                continue
            if scheme or address.startswith("//"):
                if not address.startswith(self.root + "/"):
                    yield f"{how} is {address}"
                continue
            if address.startswith("/") and page.path != "404.html":
                yield f"the address {address} begins with a slash, so the site works in one place only"
            file, fragment = self.target(page.path, address)
            if file not in self.files:
                yield f"the link {address} leads to no file ({file})"
            elif fragment and "=" not in fragment and file in self.pages and fragment not in self.pages[file].ids:
                yield f"the link {address} leads to no place on {file}"

    def _head(self, page: Page) -> Iterator[str]:
        if not page.html.get("lang"):
            yield "it does not say its language"
        if page.is_redirect:
            file, _ = self.target(page.path, page.meta["refresh"].partition("url=")[2])
            if file not in self.files:
                yield f"it leads on to no file ({file})"
            return
        for text in page.jsonld:
            try:
                json.loads(text)
            except ValueError as why:
                yield f"its JSON-LD cannot be read: {why}"
        for name in ("og:url", "og:image"):
            if (value := page.meta.get(name)) is not None and not value.startswith(f"{self.root}/"):
                yield f"{name} is {value!r}"
        if page.canonical and self.target(page.path, self._here(page.canonical))[0] != page.path:
            yield f"it says that it is {page.canonical}"

    def _feeds(self) -> Iterator[str]:
        for path in sorted(f for f in self.files if f.endswith("feed.xml")):
            feed = ET.fromstring((self.output / path).read_bytes())
            every = [feed.findtext(f"{ATOM}id"), *(e.findtext(f"{ATOM}id") for e in feed.findall(f"{ATOM}entry"))]
            if not all(every) or len(every) != len(set(every)):
                yield f"{path}: its ids are not unique: {[k for k, n in Counter(every).items() if n > 1]}"
            for item in (feed, *feed.findall(f"{ATOM}entry")):
                if not _MOMENT.fullmatch(item.findtext(f"{ATOM}updated") or ""):
                    yield f"{path}: an entry has no date: {item.findtext(f'{ATOM}title')}"
                elif (item.findtext(f"{ATOM}updated") or "") < "1971":
                    yield f"{path}: an entry is older than the web: {item.findtext(f'{ATOM}title')}"
                if not item.findtext(f"{ATOM}title"):
                    yield f"{path}: an entry has no title"
                for link in item.findall(f"{ATOM}link"):
                    if self.target("", self._here(link.get("href", "")))[0] not in self.files:
                        yield f"{path}: {link.get('href')} leads to no file"
                if (html := item.findtext(f"{ATOM}content")) is not None:
                    for _, address in Page("", f"<h1>x</h1>{html}").links:
                        if not urlsplit(address).scheme and not address.startswith("#"):
                            yield f"{path}: an entry has the address {address}, which leads nowhere in a feed reader"

    def _map(self) -> Iterator[str]:
        if "sitemap.xml" not in self.files:
            yield "there is no sitemap.xml"
            return
        urls = [e.text or "" for e in ET.fromstring((self.output / "sitemap.xml").read_bytes()).iter(f"{MAP}loc")]
        if len(set(urls)) != len(urls):
            yield "sitemap.xml: a page is there twice"
        for url in urls:
            if not url.startswith(f"{self.root}/") or self.target("", self._here(url))[0] not in self.files:
                yield f"sitemap.xml: {url} leads to no file"

    def _styles(self) -> Iterator[str]:
        for path in sorted(f for f in self.files if f.endswith(".css")):
            text = (self.output / path).read_text(encoding="utf-8")
            for address in re.findall(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")]+)", text):
                if address.startswith(("data:", "#")):
                    continue
                if urlsplit(address).scheme or address.startswith("//"):
                    yield f"{path}: fetches {address}"
                elif self.target(path, address)[0] not in self.files:
                    yield f"{path}: {address} leads to no file"
