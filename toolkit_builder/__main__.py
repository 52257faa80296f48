"""The ``toolkit`` command: what was typed comes in, an exit code goes out (0 good, 1 content, 2 usage, 3 fault)."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line; the build that has nothing to do is answered before anything heavy is imported."""
    from toolkit_builder import quick

    if quick.nothing_to_do(sys.argv[1:]):
        sys.exit(0)
    gc.set_threshold(100_000, 50, 100)  # what is imported stays: looking through it for garbage takes a tenth of it
    from toolkit_builder.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
