"""Nothing comes in; the versions of all that decides a site's bytes go out: what a cluster's workers must share."""

from __future__ import annotations

import contextlib
import ctypes
import zlib
from importlib import metadata

from toolkit_builder import __version__
from toolkit_builder.intake import code_digest

LIBRARIES = (
    "babel", "fonttools", "jinja2", "markdown", "nh3", "pikepdf", "pillow", "pydyf", "pypdfium2", "python-docx",
    "pyyaml", "segno", "tinycss2", "weasyprint",
)  # fmt: skip


def made_with() -> dict[str, str]:
    """Versions by name; "" for what is not there. ``source`` is the digest of this program's own files."""
    found = {"toolkit-builder": __version__, "source": code_digest(), "zlib": zlib.ZLIB_RUNTIME_VERSION}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found | {"pango": _pango()}


def _pango() -> str:
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL("libpango-1.0.so.0")
        library.pango_version_string.restype = ctypes.c_char_p
        return str(library.pango_version_string().decode())
    return ""
