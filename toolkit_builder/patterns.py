"""A regular expression comes in; a pattern goes out that is compiled when it is first used.

Most of this program's expressions are for mistakes and rare forms: an edit of one text uses one in four. What is used
for every line of every text is compiled with `re.compile`, which saves a look-up at each use.
"""

from __future__ import annotations

import re
from typing import Any, cast


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Like ``re.compile``. A mistake in ``source`` is found when the pattern is used: the tests use each."""
    return cast("re.Pattern[str]", _Later(source, flags))


class _Later:
    def __init__(self, source: str, flags: int) -> None:
        self._asked = source, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._asked), name)  # (re keeps what it has compiled)
        setattr(self, name, value)
        return value
