"""The only way a document reaches a byte: URLs in, bytes from the document's own assets out.

The engine is given a made-up https host as its base. Whatever resolves to that host is looked up in the assets by
its path; ``data:`` addresses are decoded; everything else (other hosts, ``file:``, FTP, redirects) is refused and
recorded. A made-up host rather than a made-up scheme, because ``../`` is only resolved for schemes urllib knows.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from posixpath import splitext
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

HOST = "https://print.invalid/"  # RFC 2606 reserves .invalid: no such host can ever exist

# A table of our own: the standard library's depends on files of the machine it runs on.
_TYPES = {
    ".css": "text/css",
    ".gif": "image/gif",
    ".icc": "application/vnd.iccprofile",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_ACTIVE_SVG = re.compile(rb"<\s*(script|foreignobject|iframe)\b|\son[a-z]+\s*=|javascript:", re.IGNORECASE)


class Refused(ValueError):
    """Raised to the engine, which goes on without the resource; the reason is kept for the report."""


def url_of(path: str) -> str:
    """The made-up address of an asset (or a folder) of the document."""
    return HOST + quote(path.lstrip("/"))


def path_of(url: str) -> str | None:
    """The asset's path for a made-up address; None for every other address."""
    return unquote(urlsplit(url).path).lstrip("/") if url.startswith(HOST) else None


def shown(url: str) -> str:
    """An address as the author knows it: the asset's path, or the address cut to a readable length."""
    path = path_of(url)
    text = path if path is not None else url
    if text[:5].lower() == "data:":
        return text.partition(",")[0]
    return text if len(text) <= 120 else f"{text[:100]}…"


class Shelf:
    """The assets of the document being rendered, what was served from them, and what was refused.

    One shelf lives as long as its engine, because pictures that the engine keeps hold on to it;
    ``open`` turns it to the next document.
    """

    def __init__(self) -> None:
        self._assets: Mapping[str, bytes] = {}
        self.served: dict[str, bytes] = {}
        self.refused: dict[str, str] = {}

    def open(self, assets: Mapping[str, bytes]) -> None:
        self._assets = assets
        self.served = {}
        self.refused = {}

    def holds(self, served: Mapping[str, bytes]) -> bool:
        """Whether what was once served would be served again, byte for byte."""
        return all(self._assets.get(path) == data for path, data in served.items())

    def read(self, url: str) -> tuple[bytes, str]:
        """Bytes and media type of an address, or ``Refused``."""
        try:
            return self._read(url)
        except Refused as reason:
            self.refused[url] = str(reason)
            raise

    def _read(self, url: str) -> tuple[bytes, str]:
        if url[:5].lower() == "data:":
            return _decoded(url)
        path = path_of(url)
        if path is None:
            raise Refused("reaches outside the project")
        data = self._assets.get(path)
        if data is None:
            raise Refused("does not exist among the document's assets")
        self.served[path] = data
        return data, _TYPES.get(splitext(path)[1].lower(), "application/octet-stream")


def _decoded(url: str) -> tuple[bytes, str]:
    """``data:[type][;base64],...`` (RFC 2397). Drawings that carry script are refused, though nothing would run it."""
    head, comma, body = url[5:].partition(",")
    if not comma:
        raise Refused("is not a complete data: address")
    kind = head.partition(";")[0].strip().lower() or "text/plain"
    data = unquote_to_bytes(body)
    if head.lower().endswith(";base64"):
        try:
            data = base64.b64decode(b"".join(data.split()), validate=True)
        except binascii.Error as reason:
            raise Refused("is not valid base64") from reason
    if not kind.startswith(("image/", "font/", "text/css", "application/font", "application/x-font")):
        raise Refused(f"is of type {kind}, not a picture, font or style sheet")
    if kind == "image/svg+xml" and _ACTIVE_SVG.search(data):
        raise Refused("is a drawing that carries script")
    return data, kind


def fetcher(shelf: Shelf) -> Any:
    """The engine's URL fetcher over a shelf. (Made in a function: WeasyPrint is imported only when it is used.)"""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False)

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            data, kind = shelf.read(url)
            return URLFetcherResponse(url, data, {"Content-Type": kind})

    return Fetcher()
