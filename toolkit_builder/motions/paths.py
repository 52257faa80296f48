"""Places named one inside the other -> one path, outermost first, with sub-points folded into their points."""

from __future__ import annotations

from msgspec.structs import replace

from toolkit_builder.motions.instructions import RANKS, Path, Place


def join_paths(outer: Path, inner: Path) -> Path:
    """Two paths as one, outermost first."""
    return in_order((*outer, *inner)) if outer and inner else outer or inner


def in_order(path: Path) -> Path:
    """Outermost first; a sub-point named by letter beside its point becomes one label (``point 4(b)``)."""
    parts = dict.fromkeys(part for place in path for part in _apart(place))
    ordered = tuple(sorted(parts, key=lambda place: RANKS[place.unit]))
    folded: list[Place] = []
    for place in ordered:
        above = folded[-1] if folded else None
        if (
            place.unit == "subpoint"
            and place.labels
            and above
            and above.unit in {"point", "call", "clause"}
            and above.labels
        ):
            if len(place.labels) > 1 and place.labels[: len(above.labels)] == above.labels:
                labels = place.labels
            else:
                labels = (*above.labels, *place.labels)
            until = (*above.labels, *place.until) if place.until else ()
            folded[-1] = replace(place, unit=above.unit, labels=labels, until=until)
        elif place.unit == "subpoint" and len(place.labels) > 1:
            folded.append(replace(place, unit="point"))
        else:
            folded.append(place)
    return tuple(folded)


def without_asides(path: Path) -> Path:
    """A place that is meant as a whole, without the line it is said to stand on: ``delete 3(c) (line 25)``."""
    return tuple(place for place in path if not place.aside) or path


def _apart(place: Place) -> tuple[Place, ...]:
    """``Resolves 3`` is two places: the section, and the point in it."""
    if place.opener and place.unit != "section":
        return Place(unit="section", opener=place.opener), replace(place, opener="")
    return (place,)
