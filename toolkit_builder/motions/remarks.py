"""Values that carry remarks: in go two of them, out comes whether they say the same, whatever is remarked on each."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct


class Remarked(Struct, frozen=True):
    """A value some of whose fields are remarks (where it was read, and how), named by its class in ``remarks``.

    Two that differ in nothing but remarks are equal and have the same hash.
    """

    remarks: ClassVar[frozenset[str]] = frozenset()

    def _said(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name not in self.remarks)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())
