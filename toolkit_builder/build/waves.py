"""Jobs come in, each with the references in its payload; the order in which they can be made goes out."""

from __future__ import annotations

from collections.abc import Container, Sequence

from toolkit_builder.build.jobs import Job
from toolkit_builder.build.keys import Encoded
from toolkit_builder.diagnostics import Diagnostic, error


def waves(
    jobs: Sequence[Job], encoded: Sequence[Encoded | None], there: Container[str] = ()
) -> tuple[list[list[int]], list[Diagnostic]]:
    """Positions of jobs, wave by wave: a wave needs only outputs of the waves before it, and what is ``there``.

    ``encoded`` has None for payloads that are still to be made, and need none.
    """
    place = {job.path: n for n, job in enumerate(jobs)}
    level = [0] * len(jobs)
    waiting: dict[int, set[int]] = {}
    found: list[Diagnostic] = []
    for n, one in enumerate(encoded):
        needs = one.outputs if one and one.marks else ()
        for path in needs:
            if path not in place and path not in there:
                found.append(error("B106", f"{jobs[n].who} is made from '{path}', which no document produces"))
        if needs:
            waiting[n] = {place[path] for path in needs if path in place}
    if found:
        return [], found
    while waiting:
        ready = [n for n, needs in waiting.items() if not any(m in waiting for m in needs)]
        if not ready:
            names = ", ".join(sorted(jobs[n].who for n in waiting)[:5])
            return [], [error("B105", f"these outputs are made from one another in a circle: {names}")]
        for n in ready:
            level[n] = 1 + max((level[m] for m in waiting[n]), default=-1)
        for n in ready:
            del waiting[n]
    result: list[list[int]] = [[] for _ in range(max(level, default=-1) + 1)]
    for n, at in enumerate(level):
        result[at].append(n)
    return result, []
