"""A built toolkit site comes in (a folder of `bench/corpus.py`, or `WORK/toolkit` of `bench/run.py`); what an edit of
one text takes `toolkit serve` goes out: CPU and wall seconds until its page can be made, of making it, of publishing.

    python bench/served.py FOLDER [--edits 5]

The first build reads what earlier ones have left in the store; from then on documents are in memory.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from toolkit_builder import ahead, intake, later, loading, pipeline

T = TypeVar("T")


def timed(what: str, work: Callable[[], T]) -> T:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"  {what:10} cpu {cpu:6.3f}  wall {wall:6.3f}")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edits", type=int, default=5)
    asked = parser.parse_args()
    last: list[later.Later] = []
    options = loading.Options(environment=loading.environment(), arguments=("serve",), warm=intake.Warm())
    scout = ahead.Scout(asked.folder.absolute(), options)
    motions = sorted((asked.folder / "content").rglob("motions/*.md"))
    edited = motions[len(motions) // 2].absolute()
    edited.touch()  # so that it is this text that is got ready for
    print(f"{len(motions)} motions")
    build = partial(pipeline.build, asked.folder, options, on_later=last.append)
    timed("built", build)
    found = timed("warmed up", partial(scout.warm_up, last[-1]))
    assert found, "there is nothing to be served"
    warm, page = found
    timed("first page", partial(warm.make, page))
    for number in range(1, asked.edits + 1):
        text = edited.read_text(encoding="utf-8")
        edited.write_text(f"{text}\nConference adds edit {number}.\n", encoding="utf-8")
        print(f"edit {number}")
        seen = timed("looked", partial(scout.look, last[-1], [str(edited)]))
        assert seen, "the build must tell"
        made = timed("page made", partial(seen.make, page))
        assert isinstance(made, bytes)
        report = timed("published", partial(build, foreseen=seen.foreseen))
        print(f"  {len(report.paths)} files made")


if __name__ == "__main__":
    main()
