"""The part of the amendment grammar that reads ranges of labels: ``3 to 5``, ``b–d``, ``4(a) to (c)``."""

from __future__ import annotations

from msgspec.structs import replace

from toolkit_builder.motions.instructions import Place
from toolkit_builder.motions.reading import Cursor


def same_unit(unit: str) -> str:
    """The word that may stand before each of several labels: the unit's own (``paragraph 3 and point 2`` are two)."""
    return {"paragraph": r"paragraph|para", "subpoint": r"sub[\s-]?point"}.get(unit, unit)


def alike(labels: tuple[str, ...], more: tuple[str, ...]) -> bool:
    return labels[0].isdigit() == more[0].isdigit() or (len(labels) > 1 and not more[0].isdigit())


def ranged(c: Cursor, place: Place) -> Place:
    """``3 to 5``, ``3-5``, ``b–d``."""
    here = c.at
    if c.ranges and c.take(
        rf"\s*(?:(?:[-–—]|to|through|through\s+to|until|up\s+to)\s*)(?:(?:{same_unit(place.unit)})s?\s+)?(?=\(?[\da-z])"
    ):
        until = c.label()
        if until and alike(place.labels, until) and not c.peek(r"\s*(?:words|members|%)"):
            if len(place.labels) > 1 and len(until) == 1:
                until = (*place.labels[:-1], *until)
            c.take(r"\s*\(?inclusive\)?")
            return replace(place, until=until)
    c.at = here
    return place
