"""A project's pictures in; those that documents show, as they are published, and what is wrong with a logo, out.

A picture is read when somebody asks for it: a site may have thousands of photographs, and a leaflet shows two.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from toolkit_builder import logos, pictures
from toolkit_builder.sources import Asset, Changed

_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif")
_FOLDER = "content/"


class Album:
    """The pictures below content/, by their path below it."""

    def __init__(self, assets: Iterable[Asset] = ()) -> None:
        self._every = {asset.path: asset for asset in assets}
        self._pictures = {
            path.removeprefix(_FOLDER): asset
            for path, asset in sorted(self._every.items())
            if path.lower().endswith(_ENDINGS)
        }
        self._faults: dict[str, logos.Fault | None] = {}
        self.read = lru_cache(maxsize=64)(self._read)
        """The bytes to print of the picture at a path; empty where it cannot be read."""

    def logo_fault(self, path: str) -> logos.Fault | None:
        """Why the picture at a path can be no branch's logo."""
        if path not in self._faults:
            self._faults[path] = logos.misnamed(path, self._every.keys()) or self._unusable(logos.place(path))
        return self._faults[path]

    def _unusable(self, path: str) -> logos.Fault | None:
        asset = self._pictures[path]
        try:
            return logos.too_large(path, asset.size) or logos.unusable(path, asset.read())
        except (OSError, Changed):
            return f"the picture '{path}' cannot be read", "look whether it is still there"

    def digest(self, path: str) -> str:
        """The digest of a picture's bytes; empty where there is none."""
        asset = self._pictures.get(path)
        try:
            return asset.digest if asset else ""
        except OSError:
            return ""

    def named_in(self, text: str) -> dict[str, bytes]:
        """The pictures whose files' names stand in a text, by their paths."""
        found = {}
        for path in self._pictures:
            name = path.rpartition("/")[2]
            if name in text or quote(name) in text:
                found[path] = self.read(path)
        return found

    def _read(self, path: str) -> bytes:
        asset = self._pictures.get(path)
        if asset is None:
            return b""
        try:
            data = asset.read()
        except (OSError, Changed):
            return b""
        return pictures.published(data, asset.path)[0] if path.lower().endswith(pictures.PHOTOGRAPHS) else data
