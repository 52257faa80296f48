"""The ``toolkit`` command: what was typed comes in, an exit code goes out (0 good, 1 content, 2 usage, 3 fault)."""

from __future__ import annotations

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line; the build that has nothing to do is answered before anything heavy is imported."""
    if sys.getfilesystemencoding() != "utf-8":
        _start_again()
    from toolkit_builder import quick

    try:
        answered, looked = quick.answer(sys.argv[1:])
    except OSError:  # what it says cannot be written; the long way says so
        answered, looked = False, None
    if answered:
        sys.exit(0)
    gc.set_threshold(1_000_000, 50, 100)  # what is imported stays: looking through it for garbage takes a tenth of it
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # else all installed packages are asked for theirs
    from toolkit_builder.cli import run

    code = run(sys.argv[1:], looked)
    if looked:
        looked.files.end()
    gc.freeze()  # nor is there anything to be gained from looking through what ends with the process
    _leave(code)


def _leave(code: int) -> None:
    """End, without taking 200 MB apart value by value first where nobody is left who could miss it."""
    threading = sys.modules.get("threading")
    if "multiprocessing" not in sys.modules and (threading is None or threading.active_count() == 1):
        atexit._run_exitfuncs()
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:  # it is where somebody has closed it
                    stream.flush()
        except (OSError, ValueError):  # what cannot be written is reported on the usual way out
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


def _start_again() -> None:
    """In UTF-8 mode: file names must not be read otherwise because somebody's locale is of another character set."""
    words = [os.fsencode(word) for word in sys.argv[1:]]
    command = [os.fsencode(sys.executable), b"-X", b"utf8", b"-m", b"toolkit_builder", *words]
    os.execve(command[0], command, {**os.environ, "PYTHONUTF8": "1"})


if __name__ == "__main__":
    main()
