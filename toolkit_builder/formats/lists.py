"""The long lists of a page come in, those of them that have not changed as places in the page as it was; what macros
say of each list goes out, made now or cut from there.

A page of ten thousand motions of which one has changed need not be put together anew. Where a macro is handed such a
list, and reads nothing else but the site and the language, what it says is a piece of the page: it comes with its
addresses as they are from that page, and is found again at the same place by the next build (`build.parts`). A list
that a template looks at in any other way is made again with the whole page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup

from toolkit_builder.build.parts import BEFORE, PLACES, Same

PARTS = "lists"
"""Where a payload has its long lists: ``{rows}``, the list as JSON."""

MARK = "\0list"
"""``[MARK, n]`` in a payload's ``doc`` is list ``n`` of those."""

Places = dict[str, tuple[int, int]]
"""Where the pieces of one list lie in a page's bytes, by name."""

_PLAIN = (str, int, bool, type(None))


class Gone(Exception):
    """A list is looked at of which only the pieces are there."""


class Rows(Sequence[Any]):
    """One list as templates see it. It is read when somebody looks into it."""

    def __init__(self, number: int, lists: Lists) -> None:
        self.number = number
        self._lists = lists

    def __getitem__(self, at: Any) -> Any:
        return self._lists.read(self.number)[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._lists.read(self.number))

    def __len__(self) -> int:
        return len(self._lists.read(self.number))

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self, *other]

    def __radd__(self, other: Iterable[Any]) -> list[Any]:
        return [*other, *self]


class Lists:
    """The lists of one page while it is made. ``relative`` makes the addresses of a fragment those of the page."""

    def __init__(self, payload: Mapping[str, Any], relative: Callable[[str], str]) -> None:
        self._parts: Sequence[Any] = payload[PARTS]
        self._before: bytes = payload.get(BEFORE, b"")
        self._places: Sequence[Any] = payload.get(PLACES, ())
        self._relative = relative
        self._read: dict[int, list[Any]] = {}
        self._inside: int | None = None
        self._loose: set[int] = set()
        self._said: dict[tuple[int, str], str] = {}

    def rows(self, value: Any) -> Any:
        """The same value with a list in place of each mark."""
        if isinstance(value, Mapping):
            return {key: self.rows(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            if len(value) == 2 and value[0] == MARK:
                return Rows(value[1], self)
            return [self.rows(each) for each in value]
        return value

    def read(self, number: int) -> list[Any]:
        """What a list holds. Raises Gone where it was not handed over."""
        if number != self._inside:
            self._loose.add(number)
        if number not in self._read:
            part = self._parts[number]
            if isinstance(part, Same):
                raise Gone(number)
            self._read[number] = json.loads(part["rows"])
        return self._read[number]

    def piece(self, name: str, args: Sequence[Any], say: Callable[[], str]) -> str | None:
        """What the macro of that ``name`` says of a list among plain values; None where ``args`` are anything else."""
        [number, *more] = [each.number for each in args if type(each) is Rows]
        if more or self._inside is not None or not all(type(each) is Rows or type(each) in _PLAIN for each in args):
            return None
        name = json.dumps([name, *(None if type(each) is Rows else [each] for each in args)])
        if (number, name) not in self._said:
            part = self._parts[number]
            if isinstance(part, Same):
                start, end = self._places[part.place][name]
                self._said[number, name] = self._before[start:end].decode()
            else:
                with self._within(number):
                    text = str(say())
                whole = text.lstrip().startswith("<") and text.rstrip().endswith(">")
                self._said[number, name] = self._relative(text) if whole else text
                if not whole and text.strip():
                    self._loose.add(number)
        return Markup(self._said[number, name])

    @contextmanager
    def _within(self, number: int) -> Iterator[None]:
        self._inside = number
        try:
            yield
        finally:
            self._inside = None

    def places(self, page: bytes) -> list[Places | None]:
        """Where the pieces of each list lie in the finished page; None for a list that must be made again with it."""
        found: list[Places | None] = [None if n in self._loose else {} for n in range(len(self._parts))]
        done = 0
        for (number, name), text in self._said.items():
            piece, places = text.encode(), found[number]
            if places is None:
                continue
            at = page.find(piece, done)
            at = page.find(piece) if at < 0 else at
            if at < 0:
                found[number] = None
            else:
                places[name] = (at, done := at + len(piece))
        return found
