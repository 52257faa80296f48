"""A page's payload in; one HTML page out, its references linked and its addresses relative."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from html import escape, unescape
from itertools import count
from posixpath import relpath
from typing import Any
from urllib.parse import urlsplit

from toolkit_builder import references
from toolkit_builder.build.digests import compact_json, json_value
from toolkit_builder.build.jobs import Parted, Seamed
from toolkit_builder.formats import frames, seams
from toolkit_builder.formats.lists import PARTS, Lists
from toolkit_builder.formats.seams import Seams
from toolkit_builder.formats.templates import Templates, safe
from toolkit_builder.model import Payload

_SPOT = re.compile(r"""=["']/(?!/)""")
_ADDRESSES = {"f": "href", "c": "src", "n": "action", "l": "data-url"}  # by their last letters
_PATH = re.compile("[^?#]*")
_MOST = 1 << 14  # addresses that are kept for the pages of one folder
_TARGETS = ('href="', 'src="')
_LOST = "/404.html"
_PLACE = "<\0"  # a number and ``>`` follow: where a fragment belongs that is held back

Change = Callable[[str], str]


def _each_address(html: str, change: Change) -> str:
    """Change every root-relative address inside tags; text that merely looks like one stays as it is."""
    out: list[str] = []
    done = 0
    for spot in _SPOT.finditer(html):
        equals = spot.start()
        name = _ADDRESSES.get(html[equals - 1])
        if name is None or not html.endswith(name, done, equals) or not html[equals - len(name) - 1].isspace():
            continue
        start = equals + 2
        end = html.find(html[equals + 1], start)
        if end > 0 and _in_tag(html, equals, end):
            value = html[start:end]
            if "'" not in value and '"' not in value:
                out += (html[done:start], change(value))
                done = end
    return "".join([*out, html[done:]])


def _in_tag(html: str, equals: int, end: int) -> bool:
    """Whether an attribute that is given at ``equals``, and whose value goes to ``end``, stands in a whole tag."""
    opened, closed = html.rfind("<", 0, equals), html.find(">", end)
    return (
        opened >= 0 and html[opened + 1].isalpha() and html[opened + 1].isascii() and html.find(">", opened, end) < 0
        and closed >= 0 and html.find("<", equals, closed) < 0
    )  # fmt: skip


def relative(html: str, url: str) -> str:
    """Make every root-relative address in the page at ``url`` relative, so that the site works anywhere."""
    return _each_address(html, _shortener(url))


def _shortener(url: str) -> Change:
    """What leads from the page at ``url`` to an address."""
    base = _folder(url)
    own = base[:-1]
    below = _below(_folder(own)) if own and url.endswith("/") else None

    def shorten(target: str) -> str:
        if below is not None and not target.startswith(own) and (short := below[target]) is not None:
            return short
        path = _PATH.match(target)[0]  # type: ignore[index]  # it matches anything
        if path == url and target[len(path) : len(path) + 1] == "#":
            return target[len(path) :]
        return _shortened(base, target, path)

    return shorten


class _Below(dict[str, "str | None"]):
    """The way to an address from any page in a folder of its own within ``above``, where it does not lead into that.

    None for addresses that go roundabout.
    """

    def __init__(self, above: str) -> None:
        super().__init__()
        self._here = f"{above}\0/"

    def __missing__(self, target: str) -> str | None:
        plain = "//" not in target and "/." not in target
        short = _shortened(self._here, target, _PATH.match(target)[0]) if plain else None  # type: ignore[index]
        if len(self) < _MOST:
            self[target] = short
        return short


@lru_cache(maxsize=256)
def _below(above: str) -> _Below:
    return _Below(above)


def _folder(url: str) -> str:
    return url[: url.rfind("/") + 1]


def _shortened(base: str, target: str, path: str) -> str:
    here = [part for part in base.split("/") if part]
    short = _from(here, path) if "//" not in path and "/." not in path else relpath(path, base)
    if path.endswith("/"):
        short = "./" if short == "." else f"{short}/"
    return short + target[len(path) :]


def _from(here: Sequence[str], path: str) -> str:
    """``posixpath.relpath`` for plain paths: the steps up from the folder ``here``, and down to ``path``."""
    there = [part for part in path.split("/") if part]
    same = 0
    for mine, theirs in zip(here, there, strict=False):
        if mine != theirs:
            break
        same += 1
    return "/".join([".."] * (len(here) - same) + there[same:]) or "."


def absolute(html: str, root: str) -> str:
    """Put ``root`` (``https://example.org/toolkit`` or ``/toolkit``) before every root-relative address."""
    return _each_address(html, lambda target: root + target)


_LEAVES = frozenset({str, int, bool, float, type(None)})


def hydrate(value: Any, name: str, resolve: Mapping[str, Any]) -> Any:
    """Turn each ``*_html`` value into safe markup with its links and references resolved."""
    if isinstance(value, dict):
        found = dict(value)
        for key, each in value.items():
            if type(each) not in _LEAVES or key.endswith("html"):
                found[key] = hydrate(each, key, resolve)
        return found
    if isinstance(value, list):
        return [hydrate(each, name, resolve) for each in value]
    if isinstance(value, str) and (name == "html" or name.endswith("_html")):
        return safe(link(value, resolve))
    return value


def link(html: str, resolve: Mapping[str, Any]) -> str:
    """Resolve a fragment: links to files become addresses, mentions of papers become links."""
    if targets := resolve.get("links"):
        html = _each_target(html, lambda written: _target(written, targets))
    if mentions := resolve.get("mentions"):
        html = references.link(
            html,
            {k: references.Target(*v) for k, v in mentions.items()},
            references.others_than(resolve.get("own", "")),
        )
    return html


def _each_target(html: str, change: Change) -> str:
    """Change what ``href`` and ``src`` lead to, in double quotes, as ``prose`` writes them."""
    out: list[str] = []
    done = 0
    spots = {name: html.find(name) for name in _TARGETS}
    while places := [(at, name) for name, at in spots.items() if at >= 0]:
        at, name = min(places)
        start = at + len(name)
        end = html.find('"', start)
        if end < 0:
            break
        out += (html[done:start], change(html[start:end]))
        done = end
        spots = {name: at if at < 0 or at > end else html.find(name, end + 1) for name, at in spots.items()}
    return "".join([*out, html[done:]])


def _target(written: str, targets: Mapping[str, str]) -> str:
    found = targets.get(unescape(written))
    return written if found is None else escape(found, quote=True)


_NUMBERS = count(1)


class _Site:
    """What every page is given of the site, made ready once: its fragments are safe, and each page has its own copy."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self.value = value
        self.number = next(_NUMBERS)
        self._ready = pickle.dumps(hydrate(value, "", {}))  # read back right here: the quickest way to copy
        self._plain: dict[str, Any] = pickle.loads(self._ready)
        self._spare: dict[str, Any] | None = None
        fragments = list(_fragments(value, ""))
        self._targets: set[str] = set()
        for each in fragments:
            _each_target(each, self._seen)
        self._mentions = any(references.find(each, ()) for each in fragments)

    def _seen(self, written: str) -> str:
        self._targets.add(unescape(written))
        return written

    def for_page(self, resolve: Mapping[str, Any]) -> dict[str, Any] | None:
        """The site as a page shows it; None where the page's own links and mentions stand in it as well."""
        if (self._mentions and resolve.get("mentions")) or not self._targets.isdisjoint(resolve.get("links") or ()):
            return None
        found, self._spare = self._spare or pickle.loads(self._ready), None
        return found

    def shows(self, site: dict[str, Any], current: Sequence[bool]) -> bool:
        """Whether a page's copy is what it was before the page's templates were shown it. Then the next page has it."""
        for item, here in zip(self._plain["menu"], current, strict=True):
            item["current"] = here
        if self._plain != site:
            return False
        self._spare = site
        return True


def _fragments(value: Any, name: str) -> Iterator[str]:
    """Every text that ``hydrate`` makes safe."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _fragments(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _fragments(each, name)
    elif isinstance(value, str) and (name == "html" or name.endswith("_html")):
        yield value


def _site(value: Mapping[str, Any], resolve: Mapping[str, Any], templates: Templates) -> tuple[dict[str, Any], int]:
    """The site as one page shows it, and its number if others are shown the same; else 0."""
    kept = templates.site
    if not isinstance(kept, _Site) or (kept.value is not value and kept.value != value):
        kept = templates.site = _Site(value)
    found = kept.for_page(resolve)
    return (hydrate(value, "", resolve), 0) if found is None else (found, kept.number)


def render(payload: Payload, templates: Templates) -> bytes | Parted:
    """``payload``: ``template, site, page, doc, listings, resolve, label``, and ``lists`` where they are long."""
    data, places, _ = _rendered(payload, templates, None)
    return data if places is None else Parted(data, places)


def seamed(payload: Payload, templates: Templates) -> bytes | Parted | Seamed:
    """The same, with what it takes to put another frame around the page's own part, where that can be told.

    Or, with ``template, site, head, label, pieces, before`` in the payload: that other frame around the own ``pieces``
    of the page as it was ``before``, of which ``head`` is the ``page`` as JSON.
    """
    if "head" in payload:
        payload = {**payload, "page": json_value(payload["head"])}
    known = templates.seams(payload["template"])
    if known is None or payload["page"]["url"] == _LOST:
        return render(payload, templates)
    cut = _Cut(known, payload.get("pieces"), payload.get("before", b""))
    head = payload.get("head") or compact_json(payload["page"]).decode("ascii")
    data, places, stands = _rendered(payload, templates, cut)
    if not stands or ("pieces" not in payload and compact_json(cut.page).decode("ascii") != head):
        return data if places is None else Parted(data, places)
    of = compact_json([[payload["template"], payload["label"], known.digest], cut.pieces]).decode("ascii")
    return Seamed(data, f"{of[1:-1]},{head}", places)


class _Cut:
    """Asked for each own block of a page: renders it, or takes it from the page as it was; and notes its place."""

    def __init__(self, seams: Seams, there: Mapping[str, Any] | None, before: bytes) -> None:
        self.root, self.own = seams.root, seams.own
        self.chain = () if there is None else seams.chain
        self.held: list[str] = []
        self.pieces: dict[str, Any] = dict(there or {})  # by block: from and to in the bytes of the page; or its text
        self.at: dict[int, str] = {}
        self.bytes: dict[int, bytes] = {}
        self.page: Any = None
        self._there, self._before = there, before

    def __call__(self, name: str, render: Callable[[], str]) -> str:
        if self._there is None:
            text = render()
            if not _of_tags(text):
                self.pieces[name] = text
                return text
        elif isinstance(piece := self._there[name], str):
            return piece
        else:
            text = ""
            self.bytes[len(self.held)] = self._before[piece[0] : piece[1]]
        self.at[len(self.held)] = name
        self.held.append(text)
        return f"{_PLACE}{len(self.held) - 1}>"


def _rendered(payload: Payload, templates: Templates, cut: _Cut | None) -> tuple[bytes, list[Any] | None, bool]:
    """A page, the places of its long lists, if it has any, and whether it shows the site as others do, unchanged."""
    resolve, page = payload.get("resolve", {}), payload["page"]
    lists = Lists(payload, partial(relative, url=page["url"])) if PARTS in payload else None
    site, number = _site(payload["site"], resolve, templates)
    current = tuple([page["url"].startswith(i["url"]) if i["url"] != "/" else page["url"] == "/" for i in site["menu"]])
    for item, here in zip(site["menu"], current, strict=True):
        item["current"] = here
    context: dict[str, Any] = {"site": site, "page": {**page, "jsonld": safe(page["jsonld"])}}
    if "doc" in payload:
        shown = lists.rows(payload["doc"]) if lists else payload["doc"]
        context |= {"doc": hydrate(shown, "", resolve), "listings": payload["listings"]}
    held: list[str] = cut.held if cut else []
    if number:
        context |= {frames.SITE: (number, current), frames.PLACES: partial(_hold, held)}
    if cut:
        context |= {seams.CUT: cut}
        cut.page = context["page"]
    html = templates.render(payload["template"], context, payload["label"], lists, cut.chain if cut else ())
    if page["url"] == _LOST:
        # shown at whatever address was wrong: from the root of the host, on whichever host it is
        root = urlsplit(payload["root"]).path
        data = _put_back(absolute(html, root), [absolute(each, root) for each in held]).encode()
    elif cut is None:
        data = _put_back(relative(html, page["url"]), [_frame(each, page["url"]) for each in held]).encode()
    else:
        data = _with_pieces(relative(html, page["url"]), cut, page["url"])
    kept = templates.site
    stands = number > 0 and isinstance(kept, _Site) and kept.shows(site, current)
    return data, lists.places(data) if lists else None, stands


def _with_pieces(html: str, cut: _Cut, url: str) -> bytes:
    """A page with all in it that was held back, and in ``cut`` the places of its own pieces."""
    held: list[str] = []
    for n, each in enumerate(cut.held):
        if n in cut.bytes:
            held.append("")
        else:
            held.append(_put_back(relative(each, url), held) if n in cut.at else _frame(each, url))
    first, *others = html.split(_PLACE)
    out, size = [first], 0
    parts: list[bytes] = []
    for each in others:
        number, _, rest = each.partition(">")
        n = int(number)
        if n in cut.at:
            before = "".join(out).encode()
            piece = cut.bytes[n] if n in cut.bytes else held[n].encode()
            start = size + len(before)
            size = start + len(piece)
            cut.pieces[cut.at[n]] = [start, size]
            parts += (before, piece)
            out = [rest]
        else:
            out += (held[n], rest)
    return b"".join([*parts, "".join(out).encode()])


def _of_tags(fragment: str) -> bool:
    """Whether a fragment begins with a tag and ends with one, so that no tag reaches into or out of it."""
    return fragment.lstrip().startswith("<") and fragment.rstrip().endswith(">")


def _hold(held: list[str], fragment: str) -> str:
    """A fragment whose addresses are seen to apart from the page's, where it is made of whole tags."""
    if '="/' not in fragment and "='/" not in fragment:
        return fragment
    if not _of_tags(fragment):
        return fragment
    held.append(fragment)
    return f"{_PLACE}{len(held) - 1}>"


def _put_back(html: str, held: Sequence[str]) -> str:
    """A page with the fragments in it that were held back."""
    first, *others = html.split(_PLACE) if held else [html]
    out = [first]
    for each in others:
        number, _, rest = each.partition(">")
        out += (held[int(number)], rest)
    return "".join(out)


def _frame(fragment: str, url: str) -> str:
    """A fragment that many pages share, with its addresses as they are from the page at ``url``."""
    own = url[:-1]
    if not url.endswith("/") or not own or f'"{own}' in fragment or f"'{own}" in fragment or not _straight(fragment):
        return relative(fragment, url)
    return _frame_below(fragment, _folder(own))


@lru_cache(maxsize=512)
def _straight(fragment: str) -> bool:
    """Whether no address goes roundabout (``/a/../b``)."""
    return re.search(r"""=["']/(?:[^"']*/)??[/.]""", fragment) is None


@lru_cache(maxsize=512)
def _frame_below(fragment: str, above: str) -> str:
    """The same from any page in a folder of its own within ``above``, where nothing leads into that folder."""
    below = _below(above)
    return _each_address(fragment, lambda target: below[target] or target)
