"""Where the default theme and the sample site lie: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_INSTALLED = _PACKAGE / "_data"


def themes() -> Path:
    """The folder that holds the theme ``default``."""
    return _INSTALLED / "themes" if _INSTALLED.is_dir() else _PACKAGE.parent / "themes"


def sample() -> Path:
    """The folder that holds the sample site's ``toolkit.yaml`` and ``content/``."""
    return _INSTALLED / "sample" if _INSTALLED.is_dir() else _PACKAGE.parent
