"""A built toolkit site comes in (a folder of `bench/corpus.py`, or `WORK/toolkit` of `bench/run.py`); the CPU and wall
seconds of builds as `toolkit serve` makes them, after an edit of one text each, go out.

    python bench/served.py FOLDER [--edits 5]

The first build reads what earlier ones have left in the store; from then on documents are in memory.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from toolkit_builder import intake, pipeline


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edits", type=int, default=5)
    asked = parser.parse_args()
    options = pipeline.Options(
        environment=pipeline.environment(), arguments=("serve",), warm=intake.Warm(), on_later=lambda _: None
    )
    motions = sorted((asked.folder / "content").rglob("motions/*.md"))
    edited = motions[len(motions) // 2]
    for number in range(asked.edits + 1):
        if number:
            text = edited.read_text(encoding="utf-8")
            edited.write_text(f"{text}\nConference adds edit {number}.\n", encoding="utf-8")
        cpu, wall = time.process_time(), time.perf_counter()
        report = pipeline.build(asked.folder, options)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        what = f"edit {number}" if number else "first"
        print(f"{what:8} {len(motions)} motions  cpu {cpu:5.2f}  wall {wall:5.2f}  {len(report.paths)} files made")


if __name__ == "__main__":
    main()
