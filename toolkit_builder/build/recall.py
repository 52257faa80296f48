"""The name of what is to be worked out and a digest of all it is made from come in; what an earlier build made of just
that goes out, or nothing.

Of each name only the newest value is kept: in memory while a process makes one build after the other, else in the
store. A build that starts with nothing runs the same code, and finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from toolkit_builder.build.cache import Store
from toolkit_builder.build.digests import quick_json

T = TypeVar("T")

Held = dict[tuple[str, str], tuple[str, Any]]
"""Values in memory, by stage and name, each with its key."""

_DAMAGED = (KeyError, TypeError, ValueError, IndexError, AttributeError)


class Recall:
    """Values of earlier builds, by stage and name. ``code`` is the digest of the program, and part of every key.

    Values are plain JSON in the store, and whatever ``thaw`` makes of that in memory. What it cannot make anything of
    is as good as absent.
    """

    def __init__(self, store: Store, held: Held, code: str) -> None:
        self.store = store
        self._held = held
        self._code = code
        self._rows: dict[tuple[str, str], tuple[str, Any]] = {}

    def prepare(self, stage: str, names: Iterable[str]) -> None:
        """Read those that are not in memory at once."""
        wanted = [name for name in names if (stage, name) not in self._held and (stage, name) not in self._rows]
        found = self.store.fragments(stage, wanted) if wanted else {}
        for name in wanted:
            value = found[name][0] if name in found else None
            self._rows[stage, name] = ("", None)
            if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
                self._rows[stage, name] = (value[0], value[1])

    def known(self, stage: str, name: str, key: str, thaw: Callable[[Any], T]) -> T | None:
        """The value that was made under this very key."""
        place, key = (stage, name), f"{self._code}:{key}"
        held = self._held.get(place)
        if held is None:
            self.prepare(stage, [name])
            if self._rows[place][0] == key:
                held = self._thawed(place, thaw)
        return held[1] if held and held[0] == key else None

    def latest(self, stage: str, name: str, thaw: Callable[[Any], T]) -> T | None:
        """The newest value that this very program has made, whatever its key: a part of it may still hold."""
        place = stage, name
        held = self._held.get(place)
        if held is None:
            self.prepare(stage, [name])
            if self._rows[place][0].startswith(f"{self._code}:"):
                held = self._thawed(place, thaw)
        return held[1] if held and held[0].startswith(f"{self._code}:") else None

    def _thawed(self, place: tuple[str, str], thaw: Callable[[Any], Any]) -> tuple[str, Any] | None:
        key, plain = self._rows.pop(place)
        try:
            self._held[place] = (key, thaw(plain))
        except _DAMAGED:
            self._rows[place] = ("", None)
        return self._held.get(place)

    def keep(self, stage: str, name: str, key: str, value: T, freeze: Callable[[T], Any]) -> T:
        """Remember what has just been worked out; it goes out as well."""
        key = f"{self._code}:{key}"
        self._held[stage, name] = (key, value)
        self.store.add_fragments(stage, [(name, quick_json([key, freeze(value)]), ())])
        return value


def plain(value: Any) -> Any:
    """``thaw`` and ``freeze`` of a value that is plain JSON already."""
    return value
