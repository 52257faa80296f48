"""Units that a build took from memory are laid out once more, and must be what they were, and so must single files of
units that were laid out anew: a key that forgets something that its planner looks at fails here, loudly, whatever the
bytes of the site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from toolkit_builder import blueprint
from toolkit_builder.build.jobs import Settled
from toolkit_builder.build.keys import Encoder, narrowed
from toolkit_builder.build.manifest import Made
from toolkit_builder.layout.draft import Draft, Large
from toolkit_builder.layout.memory import Kept, Laid, Memory
from toolkit_builder.layout.reframed import Seams
from toolkit_builder.layout.units import Unit


@contextmanager
def verified() -> Iterator[dict[str, int]]:
    """While this is open every unit that comes from memory is checked. The counts of units come out, and the number
    of files that stand by themselves."""
    counts = {"kept": 0, "laid": 0, "framed": 0, "alone": 0}
    drafts: list[Draft] = []
    units, recall, reframed, stands = blueprint.units, Memory.recall, Memory.reframed, Memory.stands

    def noted(draft: Draft) -> Any:
        drafts.append(draft)
        return units(draft)

    def checked(memory: Memory, unit: Unit) -> Kept | None:
        kept = recall(memory, unit)
        counts["kept" if kept else "laid"] += 1
        if kept:
            _compare(memory, unit, kept, drafts[-1])
        return kept

    def framed(memory: Memory, unit: Unit, draft: Draft, seams: Seams) -> Kept | None:
        kept = reframed(memory, unit, draft, seams)
        if kept:
            counts["laid"] -= 1
            counts["framed"] += 1
            _compare(memory, unit, kept, draft)
        return kept

    def standing(memory: Memory, laid: Laid) -> dict[str, tuple[Settled, Made]]:
        found = stands(memory, laid)
        counts["alone"] += len(found)
        encode = Encoder()
        for job in laid.jobs:
            if job.path in found:
                assert found[job.path][0].key == encode(job).key({}), f"{job.path} is made otherwise now"
                assert (job.publish, job.heavy) == (found[job.path][0].publish, found[job.path][0].heavy)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blueprint, "units", noted)
        patch.setattr(Memory, "recall", checked)
        patch.setattr(Memory, "reframed", framed)
        patch.setattr(Memory, "stands", standing)
        yield counts


def _compare(memory: Memory, unit: Unit, kept: Kept, draft: Draft) -> None:
    again = replace(draft, jobs=[], blobs=Large(), files={}, diagnostics=[], asked=set(), memo={})
    pages = [blueprint._listed(page) for page in unit.make(again)]
    assert pages == list(kept.pages), f"other pages in '{unit.name}'"
    assert [d.to_json() for d in again.diagnostics] == [d.to_json() for d in kept.diagnostics], unit.name
    assert memory.stock is not None
    files = {**memory.stock.before.live.files, **memory.stock.before.live.hidden}
    encode = Encoder()
    keys = {}
    for job in again.jobs:
        encoded = encode(job)
        put_off = job.path in kept.late or (kept.late and not job.publish)  # what costly files are made from, too
        if job.path in kept.jobs or not put_off:
            if encoded.named:
                store = memory.values.store
                read = {path: store.objects.read(files[path].digest) or b"" for path in encoded.named}
                encoded = encode(replace(job, payload=narrowed(job.payload, read)))
            keys[job.path] = encoded.key({path: files[path].digest for path in encoded.outputs if path in files})
    known = {path: settled.key for path, (settled, _) in kept.jobs.items()}
    known |= {job.path: job.known.key for job in kept.again if job.known}
    for path, key in keys.items():
        assert path in known, f"'{unit.name}' has a new file: {path}"
        assert known[path] == key, f"'{unit.name}' was taken from memory, and {path} is made otherwise now"
    assert known.keys() == keys.keys(), f"'{unit.name}' has lost files"
