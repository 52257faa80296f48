"""Run by the kill tests in a process of its own: build a site, and die at a named step or when told to.

python -m tests.build.crash FOLDER TEXTS.json STEP [two-renames | layers | follow | follow-alone]

STEP: "name" or "name:2" (the second time), or "" (do not die). ``two-renames``: as where folders cannot be exchanged in
one call; ``layers``: as where a folder from a lower layer of an image can be emptied, but not moved; ``follow``: as
where many files are published, so that another process sees to the standby tree: its steps kill the build, or with
``follow-alone`` that process.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from toolkit_builder.build import exchange, publish, twin

from .fake import Site


def immovable(a: Path, b: Path) -> bool:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(b))


def main() -> None:
    folder, texts, step, *more = sys.argv[1:]
    name, _, times = step.partition(":")
    left = [int(times or 1)]
    build = os.getpid()

    def die(now: str) -> None:
        if now == name:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid() if "follow-alone" in more else build, signal.SIGKILL)
                time.sleep(60)

    publish._step = die
    if {"follow", "follow-alone"} & set(more):
        twin._MANY, twin.processors = 1, lambda: 2
        link = os.link

        def linked(*names: str, **how: bool) -> None:
            link(*names, **how)
            if os.getpid() != build:
                die("a link")
                die("a helper's link" if os.getppid() != build else "its own link")

        os.link = linked  # type: ignore[assignment]
    if "two-renames" in more:
        exchange.in_one_call = lambda a, b: False
        plain = exchange.in_two_renames

        def renames(new: Path, live: Path, aside: Path) -> None:
            rename = os.rename
            os.rename = lambda a, b: (rename(a, b), die("one rename"))[0]  # type: ignore[assignment]
            try:
                plain(new, live, aside)
            finally:
                os.rename = rename

        exchange.in_two_renames = renames
    if "layers" in more:
        exchange.in_one_call = immovable
        unlink = os.unlink

        def emptied(place: Path) -> None:
            os.unlink = lambda *a, **o: (unlink(*a, **o), die("a file is gone"))[0]
            remove(place)
            os.unlink = unlink
            die("all is gone")

        remove = shutil.rmtree
        shutil.rmtree = emptied  # type: ignore[assignment]
    site = Site(Path(folder))
    print("ready", flush=True)
    report = site.build(json.loads(Path(texts).read_text()), workers=1)
    print(report.exit_code, flush=True)


if __name__ == "__main__":
    main()
